//! What a budget says: a figure, its limit, what lies around it.

use serde_json::{Value, json};
use std::fmt;

/// One line of the budget table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Stable name, such as `roll_1m_scroll`.
    pub id: &'static str,
    /// What was measured, for people.
    pub what: String,
    /// The figure.
    pub value: f64,
    /// What it may be at most; none for a figure that is only reported.
    pub budget: Option<f64>,
    /// `ms`, `x`, `MB`.
    pub unit: &'static str,
    /// Other figures of the same run, such as percentiles.
    pub beside: Vec<(&'static str, f64)>,
}

impl Row {
    /// Whether the figure is within its budget.
    pub fn holds(&self) -> bool {
        self.budget.is_none_or(|budget| self.value <= budget)
    }

    /// One object with stable snake_case keys.
    pub fn to_json(&self) -> Value {
        let beside: serde_json::Map<String, Value> =
            self.beside.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        json!({
            "id": self.id,
            "what": self.what,
            "value": self.value,
            "budget": self.budget,
            "unit": self.unit,
            "holds": self.holds(),
            "beside": beside,
        })
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match (self.budget, self.holds()) {
            (None, _) => "    ",
            (Some(_), true) => "ok  ",
            (Some(_), false) => "OVER",
        };
        let budget = self.budget.map_or_else(String::new, |budget| format!(" of {budget:.3}"));
        write!(f, "{verdict} {:<22} {:>9.3}{budget} {}", self.id, self.value, self.unit)?;
        write!(f, "  {}", self.what)?;
        for (name, value) in &self.beside {
            write!(f, "  {name} {value:.3}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_holds_up_to_its_budget() {
        let row = |value, budget| Row {
            id: "x",
            what: String::new(),
            value,
            budget,
            unit: "ms",
            beside: Vec::new(),
        };
        assert!(row(2.0, Some(2.0)).holds() && row(9.0, None).holds());
        assert!(!row(2.1, Some(2.0)).holds());
        assert_eq!(row(1.0, None).to_json()["budget"], Value::Null);
    }
}
