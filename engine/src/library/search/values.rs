//! What completion can offer out of the library: values and how many files have them.

use crate::library::facets::{Facet, FacetCount, FacetValue, meter_of};
use crate::library::query::{DRUMS, DrumTest, Kind, NumberField, Values};
use crate::library::row::key_text;
use crate::library::store::{Store, StoreError, key_of};
use crate::smf::gm;
use profiling::HeapSize;
use std::cmp::Reverse;

/// The values of a library, the most frequent first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownValues {
    values: Vec<(Kind, String, u64)>,
}

impl KnownValues {
    /// Names what the facets of the whole library count.
    pub(super) fn read(store: &Store, counts: &[FacetCount]) -> Result<Self, StoreError> {
        let reader = store.reader()?;
        let given = store.user_tags()?;
        let mut values = Vec::new();
        for FacetCount { value: FacetValue { facet, value }, files } in counts {
            let named = match facet {
                Facet::Key => {
                    let key = u8::try_from(*value).ok().and_then(key_of);
                    key.map(|key| (Kind::Key, key_text(key)))
                }
                Facet::Meter => {
                    meter_of(*value).map(|(beats, unit)| (Kind::Meter, format!("{beats}/{unit}")))
                }
                Facet::Family => u8::try_from(*value)
                    .ok()
                    .map(|family| (Kind::Instrument, gm::family_name(family * 8).to_lowercase())),
                Facet::Drums => Some((Kind::Drums, drums(DrumTest::Yes))),
                Facet::DrumClass => {
                    let class = [DrumTest::Groove, DrumTest::Fill, DrumTest::OneShot];
                    nth(class, *value).map(|test| (Kind::Drums, drums(test)))
                }
                Facet::DrumFeel => {
                    let feel = [DrumTest::Straight, DrumTest::Swung, DrumTest::HalfTime];
                    nth(feel, *value).map(|test| (Kind::Drums, drums(test)))
                }
                Facet::Rating => Some((Kind::Number(NumberField::Rating), value.to_string())),
                Facet::Tag => {
                    let id = u16::try_from(*value).unwrap_or(u16::MAX);
                    let name = store.tag_names(&reader, &[id])?.pop();
                    name.map(|name| (Kind::Tag, name))
                }
                Facet::UserTag => {
                    let tag = given.iter().find(|tag| tag.id == *value);
                    tag.map(|tag| (Kind::Tag, tag.name.to_lowercase()))
                }
                Facet::Folder => folder(&reader, *value)?.map(|name| (Kind::In, name)),
                _ => None,
            };
            values.extend(named.map(|(kind, name)| (kind, name, *files)));
        }
        values.sort_by(|a, b| (Reverse(a.2), &a.1).cmp(&(Reverse(b.2), &b.1)));
        Ok(Self { values })
    }
}

impl Values for KnownValues {
    fn values(&self, kind: Kind, _typed: &str) -> Vec<(String, u64)> {
        let of_kind = self.values.iter().filter(|value| value.0 == kind);
        of_kind.map(|(_, name, files)| (name.clone(), *files)).collect()
    }
}

impl HeapSize for KnownValues {
    fn heap_bytes(&self) -> usize {
        let texts: usize = self.values.iter().map(|(_, name, _)| name.capacity()).sum();
        texts + self.values.capacity() * size_of::<(Kind, String, u64)>()
    }
}

fn drums(test: DrumTest) -> String {
    crate::library::query::Choice::name_of(&DRUMS, test).to_owned()
}

fn nth(tests: [DrumTest; 3], code: u32) -> Option<DrumTest> {
    tests.get(code.checked_sub(1)? as usize).copied()
}

/// The last part of a folder's path.
fn folder(reader: &rusqlite::Connection, id: u32) -> Result<Option<String>, StoreError> {
    let mut find = reader.prepare_cached("SELECT display FROM folders WHERE id = ?1")?;
    let mut rows = find.query([id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let path: String = row.get(0)?;
    let name = path.rsplit(['/', '\\']).find(|part| !part.is_empty());
    Ok(name.map(str::to_owned))
}
