//! How a plan is shown, to people and to programs.

use super::apply::{Remark, Unchanged};
use super::plan::{Item, Outcome, Plan};
use serde::{Serialize, Serializer};
use std::fmt;

/// For people: a line for each source and each file it becomes.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} files from {}", self.operation, self.outputs(), self.items.len())?;
        for Item { source, outcome, remarks, .. } in &self.items {
            match outcome {
                Outcome::Unchanged(why) => writeln!(f, "{}: unchanged, {why}", source.place)?,
                Outcome::Failed(why) => writeln!(f, "{}: failed, {why}", source.place)?,
                Outcome::Write(outputs) => {
                    writeln!(f, "{}", source.place)?;
                    for output in outputs {
                        write!(f, "  -> {}", output.path.display())?;
                        match output.notes {
                            Some(notes) => writeln!(f, " ({notes} notes)")?,
                            None => writeln!(f)?,
                        }
                    }
                }
            }
            for remark in remarks {
                writeln!(f, "  {remark}")?;
            }
        }
        if self.cancelled { writeln!(f, "broken off") } else { Ok(()) }
    }
}

/// For programs; paths are as people read them.
impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = ShownPlan {
            operation: self.operation.to_string(),
            files: self.outputs(),
            cancelled: self.cancelled,
            sources: self.items.iter().map(ShownItem::of).collect(),
        };
        shown.serialize(serializer)
    }
}

#[derive(Serialize)]
struct ShownPlan<'a> {
    operation: String,
    files: usize,
    cancelled: bool,
    sources: Vec<ShownItem<'a>>,
}

#[derive(Serialize)]
struct ShownItem<'a> {
    source: String,
    writes: Vec<ShownOutput>,
    unchanged: Option<Unchanged>,
    failed: Option<&'a str>,
    remarks: &'a [Remark],
}

#[derive(Serialize)]
struct ShownOutput {
    path: String,
    bytes: u64,
    notes: Option<u64>,
}

impl<'a> ShownItem<'a> {
    fn of(item: &'a Item) -> Self {
        let Item { source, outcome, remarks, .. } = item;
        let mut shown = Self {
            source: source.place.to_string(),
            writes: Vec::new(),
            unchanged: None,
            failed: None,
            remarks,
        };
        match outcome {
            Outcome::Unchanged(why) => shown.unchanged = Some(*why),
            Outcome::Failed(why) => shown.failed = Some(why),
            Outcome::Write(outputs) => {
                let outputs = outputs.iter().map(|output| ShownOutput {
                    path: output.path.display().to_string(),
                    bytes: output.bytes,
                    notes: output.notes,
                });
                shown.writes = outputs.collect();
            }
        }
        shown
    }
}
