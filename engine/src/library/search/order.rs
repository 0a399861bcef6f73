//! Orders of results: how two files compare, and how an index is walked from a place on
//! without counting what lies before it.

use crate::library::facets::Facets;
use crate::library::query::{Sort, SortBy};
use rusqlite::types::Value;
use std::cmp::Ordering;

/// What a file is sorted by; the last of a page is where the next goes on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// The file.
    pub id: u32,
    /// Its name for display.
    pub name: String,
    /// Its winning tempo.
    pub bpm: Option<f64>,
    /// Its winning key's code.
    pub key: Option<u8>,
    /// Seconds.
    pub duration: f64,
    /// Nanoseconds since 1970.
    pub mtime: i64,
    /// The user's stars.
    pub rating: Option<u8>,
    /// How well it fits; 0 where nothing is ranked.
    pub score: f64,
}

impl Place {
    /// Where it stands among tempos or lengths, as the facets have them.
    pub(super) fn in_column(&self, sort: Sort) -> u64 {
        match sort.by {
            SortBy::Bpm => Facets::place_of_bpm(self.bpm, sort.descending, self.id),
            _ => Facets::place_of_duration(self.duration, sort.descending, self.id),
        }
    }
}

/// An index that serves an order.
pub(super) struct Walk {
    pub(super) index: &'static str,
    columns: &'static [Column],
}

struct Column {
    sql: &'static str,
    /// What lacks it comes last in either direction, not first.
    lacking_last: bool,
    value: fn(&Place) -> Value,
}

const NAME: Column = Column {
    sql: "name COLLATE NOCASE",
    lacking_last: false,
    value: |place| Value::Text(place.name.clone()),
};
const TEMPO: Column = Column {
    sql: "bpm",
    lacking_last: false,
    value: |place| place.bpm.map_or(Value::Null, Value::Real),
};

/// How an order is walked; none where there is no index for it, or none is needed.
pub(super) fn walk(by: SortBy) -> Option<Walk> {
    let (index, columns): (_, &[Column]) = match by {
        SortBy::Name => ("files_by_name", &[NAME, TEMPO]),
        SortBy::Key => (
            "files_by_key",
            &[
                Column {
                    sql: "key",
                    lacking_last: true,
                    value: |place| place.key.map_or(Value::Null, |key| Value::Integer(key.into())),
                },
                NAME,
                TEMPO,
            ],
        ),
        SortBy::Date => (
            "files_by_mtime",
            &[Column {
                sql: "mtime",
                lacking_last: false,
                value: |place| Value::Integer(place.mtime),
            }],
        ),
        SortBy::Bpm | SortBy::Duration | SortBy::Rating | SortBy::Relevance => return None,
    };
    Some(Walk { index, columns })
}

/// A stretch of an index: a condition, and what is bound to it.
#[derive(Debug, PartialEq)]
pub(super) struct Stretch {
    pub(super) sql: String,
    pub(super) values: Vec<Value>,
}

impl Walk {
    /// The stretches of the index that lie after a place, or all, in order. Each is one seek
    /// and a run of neighbours. `only` narrows them down to a value of the first column.
    pub(super) fn stretches(
        &self,
        descending: bool,
        after: Option<&Place>,
        only: Option<Value>,
    ) -> Vec<Stretch> {
        let (direction, beyond) = if descending { (" DESC", "<") } else { ("", ">") };
        let Some(place) = after else {
            let fixed: Vec<Value> = only.into_iter().collect();
            return self.ends(fixed, "", direction);
        };
        let mut values: Vec<Value> = self.columns.iter().map(|it| (it.value)(place)).collect();
        let mut all = Vec::new();
        // The same in all columns, and a later id.
        let mut bound = values.clone();
        bound.push(Value::Integer(place.id.into()));
        all.push(self.stretch(bound, &format!("id {beyond} ?"), direction));
        let shortest = usize::from(only.is_some());
        while values.len() > shortest {
            let Some(value) = values.pop() else { break };
            let Some(column) = self.columns.get(values.len()) else { break };
            if value != Value::Null {
                let mut bound = values.clone();
                bound.push(value);
                all.push(self.stretch(bound, &format!("{} {beyond} ?", column.sql), direction));
                // Numbers come before what lacks them where that is last.
                if column.lacking_last || descending {
                    let lacking = format!("{} IS NULL", column.sql);
                    all.push(self.stretch(values.clone(), &lacking, direction));
                }
            } else if !column.lacking_last && !descending {
                let having = format!("{} IS NOT NULL", column.sql);
                all.push(self.stretch(values.clone(), &having, direction));
            }
        }
        all
    }

    /// A whole index, or what of it has these values in its first columns.
    fn ends(&self, fixed: Vec<Value>, condition: &str, direction: &str) -> Vec<Stretch> {
        let first = self.columns.first().filter(|column| column.lacking_last && fixed.is_empty());
        let Some(column) = first else { return vec![self.stretch(fixed, condition, direction)] };
        ["IS NOT NULL", "IS NULL"]
            .map(|end| self.stretch(Vec::new(), &format!("{} {end}", column.sql), direction))
            .into()
    }

    /// The first columns are what is bound, but for what the condition takes.
    fn stretch(&self, values: Vec<Value>, condition: &str, direction: &str) -> Stretch {
        let taken = usize::from(condition.ends_with('?'));
        let fixed = values.len() - taken;
        let mut conditions: Vec<String> =
            self.columns.iter().take(fixed).map(|column| format!("{} IS ?", column.sql)).collect();
        if !condition.is_empty() {
            conditions.push(condition.to_owned());
        }
        let named = self.columns.iter().map(|column| column.sql);
        let order: Vec<String> =
            named.chain(["id"]).map(|column| format!("{column}{direction}")).collect();
        let filter = if conditions.is_empty() { "" } else { " WHERE " };
        let sql = format!(
            "SELECT id FROM files INDEXED BY {}{filter}{} ORDER BY {}",
            self.index,
            conditions.join(" AND "),
            order.join(", "),
        );
        Stretch { sql, values }
    }
}

/// How two files lie in an order.
pub(super) fn compare(sort: Sort, a: &Place, b: &Place) -> Ordering {
    let turned = |order: Ordering| if sort.descending { order.reverse() } else { order };
    let names = || by_name(&a.name, &b.name).then(tempos(a.bpm, b.bpm));
    let ids = || a.id.cmp(&b.id);
    match sort.by {
        SortBy::Name => turned(names().then_with(ids)),
        SortBy::Bpm | SortBy::Duration => a.in_column(sort).cmp(&b.in_column(sort)),
        SortBy::Key => {
            let order = a.key.cmp(&b.key).then_with(|| names().then_with(ids));
            a.key.is_none().cmp(&b.key.is_none()).then(turned(order))
        }
        SortBy::Date => turned(a.mtime.cmp(&b.mtime).then_with(ids)),
        // Within as many stars names rise, whichever way the stars go.
        SortBy::Rating => a
            .rating
            .is_none()
            .cmp(&b.rating.is_none())
            .then(turned(a.rating.cmp(&b.rating)))
            .then_with(|| names().then_with(ids)),
        SortBy::Relevance => {
            turned(b.score.total_cmp(&a.score).then_with(|| names().then_with(ids)))
        }
    }
}

/// As SQLite's NOCASE: letters of ASCII are small, bytes compare.
fn by_name(a: &str, b: &str) -> Ordering {
    let small = |byte: u8| byte.to_ascii_lowercase();
    a.bytes().map(small).cmp(b.bytes().map(small))
}

fn tempos(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sql(by: SortBy, descending: bool, after: Option<&Place>) -> Vec<String> {
        let stretches = walk(by).unwrap().stretches(descending, after, None);
        let condition = |it: Stretch| {
            let from = it.sql.find(" WHERE ").map_or(it.sql.len(), |at| at + 7);
            let to = it.sql.find(" ORDER ").unwrap();
            assert_eq!(it.sql.matches('?').count(), it.values.len(), "{}", it.sql);
            it.sql.get(from..to).unwrap_or("").to_owned()
        };
        stretches.into_iter().map(condition).collect()
    }

    #[test]
    fn a_page_goes_on_by_seeks() {
        let place =
            Place { name: "b".to_owned(), bpm: Some(9.0), key: Some(3), ..Place::default() };
        let lacking = Place { name: "b".to_owned(), ..Place::default() };
        assert_eq!(
            sql(SortBy::Name, false, Some(&place)),
            [
                "name COLLATE NOCASE IS ? AND bpm IS ? AND id > ?",
                "name COLLATE NOCASE IS ? AND bpm > ?",
                "name COLLATE NOCASE > ?",
            ]
        );
        assert_eq!(
            sql(SortBy::Key, false, Some(&lacking)),
            [
                "key IS ? AND name COLLATE NOCASE IS ? AND bpm IS ? AND id > ?",
                "key IS ? AND name COLLATE NOCASE IS ? AND bpm IS NOT NULL",
                "key IS ? AND name COLLATE NOCASE > ?",
            ]
        );
        assert_eq!(sql(SortBy::Key, false, None), ["key IS NOT NULL", "key IS NULL"]);
        assert_eq!(sql(SortBy::Name, false, None), [""]);
    }

    #[test]
    fn names_compare_as_the_database_has_them() {
        for (a, b) in [("a", "B"), ("A", "b"), ("a", "aa"), ("_", "a"), ("z", "Ä")] {
            assert_eq!(by_name(a, b), Ordering::Less, "{a} {b}");
        }
        assert_eq!(by_name("ABC", "abc"), Ordering::Equal);
    }
}
