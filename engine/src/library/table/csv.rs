//! The table as CSV (RFC 4180): a line of names, then a line for each file; what is missing is
//! empty.

use super::{COLUMNS, Entry, TableError, Value};
use std::error::Error;
use std::io::Write;

/// Writes all entries and says how many they were.
///
/// # Errors
/// At the first entry or the first write that fails.
pub fn write_csv<E: Into<Box<dyn Error + Send + Sync>>>(
    entries: impl IntoIterator<Item = Result<Entry, E>>,
    writer: impl Write,
) -> Result<u64, TableError> {
    let mut writer = csv::Writer::from_writer(writer);
    writer.write_record(COLUMNS.iter().map(|column| column.name))?;
    let mut count = 0;
    for entry in entries {
        let entry = entry.map_err(|error| TableError::Entries(error.into()))?;
        writer.write_record(COLUMNS.iter().map(|column| written((column.get)(&entry))))?;
        count += 1;
    }
    writer.flush()?;
    Ok(count)
}

fn written(value: Value) -> String {
    match value {
        Value::Missing => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Text(value) => value,
    }
}
