//! What is written is read back by readers that are not ours.

use super::parquet::write_grouped;
use super::*;
use crate::library::row::{Facts, Place, Stamp};
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;
use std::convert::Infallible;

fn entry(number: u64) -> Entry {
    let mut facts = Facts::default();
    facts.shape.note_ons = number * 10;
    facts.shape.duration_secs = number as f64 / 4.0;
    facts.tempo.declared = Some(120.1);
    facts.key.inferred = Some(Key::of_signature(3, true));
    facts.meter = (!number.is_multiple_of(2)).then_some((6, 8));
    facts.text.title = format!("Line \"one\",\nline two; 夜曲 {number}");
    facts.instruments.programs = [1 | 1 << 40, 0];
    facts.instruments.drums = number > 1;
    facts.tags = vec!["jazz".into(), "slow".into()];
    let place = Place {
        path: b"/a/pack.zip".as_slice().into(),
        member: Some(b"b/c.mid".as_slice().into()),
    };
    let stamp = Stamp { bytes: 1 << 33, mtime_nanos: -1 };
    let row = Row { place, stamp, hash: [7; 32], version: 1, facts };
    Entry { row, own: Own { rating: Some(4), ..Own::default() } }
}

fn entries() -> impl Iterator<Item = Result<Entry, Infallible>> {
    (0..5).map(|number| Ok(entry(number)))
}

fn column(name: &str) -> usize {
    COLUMNS.iter().position(|column| column.name == name).unwrap()
}

#[test]
fn columns_have_names_of_their_own_and_values_of_their_kind() {
    for (index, Column { name, kind, get }) in COLUMNS.iter().enumerate() {
        assert_eq!(column(name), index, "{name} is there twice");
        for number in 0..3 {
            let fits = match get(&entry(number)) {
                Value::Missing => true,
                Value::Bool(_) => *kind == Kind::Bool,
                Value::Int(_) => *kind == Kind::Int,
                Value::Float(_) => *kind == Kind::Float,
                Value::Text(_) => *kind == Kind::Text,
            };
            assert!(fits, "{name}");
        }
    }
}

#[test]
fn csv_comes_back_whatever_is_in_its_texts() {
    let mut bytes = Vec::new();
    assert_eq!(write_csv(entries(), &mut bytes).unwrap(), 5);
    let mut reader = ::csv::Reader::from_reader(&bytes[..]);
    assert_eq!(reader.headers().unwrap().len(), COLUMNS.len());
    let lines: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(lines.len(), 5);
    let cell = |line: usize, name: &str| lines[line][column(name)].to_owned();
    assert_eq!(cell(3, "title"), "Line \"one\",\nline two; 夜曲 3");
    assert_eq!(cell(3, "bpm"), "120.1");
    assert_eq!(cell(3, "key"), "F#m");
    assert_eq!((cell(2, "meter"), cell(3, "meter")), (String::new(), "6/8".into()));
    assert_eq!(cell(0, "name"), "c.mid");
    assert_eq!(cell(0, "instruments"), "Acoustic Grand Piano;Violin");
    assert_eq!(cell(0, "modified_secs"), "-1");
    assert_eq!(cell(1, "drums"), "false");
}

#[test]
fn parquet_comes_back_line_by_line_over_several_groups() {
    let mut bytes = Vec::new();
    assert_eq!(write_grouped(entries(), &mut bytes, 2).unwrap(), 5);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &bytes).unwrap();
    let reader = SerializedFileReader::new(file.reopen().unwrap()).unwrap();
    assert_eq!(reader.metadata().num_row_groups(), 3);
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 5);
    for (number, row) in rows.iter().enumerate() {
        let entry = entry(number as u64);
        for ((name, field), column) in row.get_column_iter().zip(COLUMNS) {
            assert_eq!(name, column.name);
            let expected = match (column.get)(&entry) {
                Value::Missing => Field::Null,
                Value::Bool(value) => Field::Bool(value),
                Value::Int(value) => Field::Long(value),
                Value::Float(value) => Field::Double(value),
                Value::Text(value) => Field::Str(value),
            };
            assert_eq!(*field, expected, "{name}");
        }
    }
}

#[test]
fn an_entry_that_cannot_be_read_ends_the_table_with_its_reason() {
    let broken = || [Ok(entry(1)), Err("the disk is gone")];
    for result in [write_csv(broken(), Vec::new()), write_parquet(broken(), Vec::new())] {
        assert!(result.unwrap_err().to_string().contains("the disk is gone"));
    }
    assert_eq!(write_parquet(std::iter::empty::<Result<_, Infallible>>(), Vec::new()).unwrap(), 0);
}
