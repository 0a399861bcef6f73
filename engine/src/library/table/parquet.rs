//! The table as a Parquet file: Snappy, row groups of 65,536 files, every column optional.

use super::{COLUMNS, Column, Entry, Kind, TableError, Value};
use ::parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use ::parquet::column::writer::ColumnWriter;
use ::parquet::data_type::ByteArray;
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::Type;
use std::error::Error;
use std::io::Write;
use std::sync::Arc;

/// Files in a row group: what is held in memory before it is written.
const GROUP: usize = 1 << 16;

/// Writes all entries and says how many they were.
///
/// # Errors
/// At the first entry or the first write that fails.
pub fn write_parquet<E: Into<Box<dyn Error + Send + Sync>>>(
    entries: impl IntoIterator<Item = Result<Entry, E>>,
    writer: impl Write + Send,
) -> Result<u64, TableError> {
    write_grouped(entries, writer, GROUP)
}

/// [`write_parquet`] with row groups of `group` files.
pub(super) fn write_grouped<E: Into<Box<dyn Error + Send + Sync>>>(
    entries: impl IntoIterator<Item = Result<Entry, E>>,
    writer: impl Write + Send,
    group: usize,
) -> Result<u64, TableError> {
    let fields = COLUMNS.iter().map(field).collect::<Result<_, ParquetError>>()?;
    let schema = Type::group_type_builder("file").with_fields(fields).build()?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut file = SerializedFileWriter::new(writer, Arc::new(schema), Arc::new(properties))?;
    let mut buffers: Vec<Buffer> = COLUMNS.iter().map(|column| Buffer::of(column.kind)).collect();
    let (mut count, mut held) = (0, 0);
    for entry in entries {
        let entry = entry.map_err(|error| TableError::Entries(error.into()))?;
        for (buffer, column) in buffers.iter_mut().zip(COLUMNS) {
            buffer.push((column.get)(&entry));
        }
        count += 1;
        held += 1;
        if held == group {
            write_group(&mut file, &mut buffers)?;
            held = 0;
        }
    }
    if held > 0 {
        write_group(&mut file, &mut buffers)?;
    }
    file.close()?;
    Ok(count)
}

fn field(column: &Column) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match column.kind {
        Kind::Bool => (PhysicalType::BOOLEAN, None),
        Kind::Int => (PhysicalType::INT64, None),
        Kind::Float => (PhysicalType::DOUBLE, None),
        Kind::Text => (PhysicalType::BYTE_ARRAY, Some(LogicalType::String)),
    };
    let builder = Type::primitive_type_builder(column.name, physical);
    let builder = builder.with_repetition(Repetition::OPTIONAL).with_logical_type(logical);
    Ok(Arc::new(builder.build()?))
}

fn write_group<W: Write + Send>(
    file: &mut SerializedFileWriter<W>,
    buffers: &mut [Buffer],
) -> Result<(), ParquetError> {
    let mut group = file.next_row_group()?;
    for buffer in buffers {
        let Some(mut column) = group.next_column()? else { break };
        buffer.write(column.untyped())?;
        column.close()?;
    }
    group.close()?;
    Ok(())
}

/// The values of a column that are there, and for each line whether there is one.
struct Buffer {
    values: Values,
    /// 1 where there is a value.
    levels: Vec<i16>,
}

enum Values {
    Bool(Vec<bool>),
    Int(Vec<i64>),
    Float(Vec<f64>),
    Text(Vec<ByteArray>),
}

impl Buffer {
    const fn of(kind: Kind) -> Self {
        let values = match kind {
            Kind::Bool => Values::Bool(Vec::new()),
            Kind::Int => Values::Int(Vec::new()),
            Kind::Float => Values::Float(Vec::new()),
            Kind::Text => Values::Text(Vec::new()),
        };
        Self { values, levels: Vec::new() }
    }

    /// A value of another kind than the column's counts as missing; a test looks for those.
    fn push(&mut self, value: Value) {
        let is_there = match (&mut self.values, value) {
            (Values::Bool(values), Value::Bool(value)) => {
                values.push(value);
                true
            }
            (Values::Int(values), Value::Int(value)) => {
                values.push(value);
                true
            }
            (Values::Float(values), Value::Float(value)) => {
                values.push(value);
                true
            }
            (Values::Text(values), Value::Text(value)) => {
                values.push(ByteArray::from(value.into_bytes()));
                true
            }
            _ => false,
        };
        self.levels.push(i16::from(is_there));
    }

    /// Writes what it holds and is empty afterwards.
    fn write(&mut self, column: &mut ColumnWriter<'_>) -> Result<(), ParquetError> {
        let Self { values, levels } = self;
        let levels = std::mem::take(levels);
        match (values, column) {
            (Values::Bool(values), ColumnWriter::BoolColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(values), Some(&levels), None)?;
            }
            (Values::Int(values), ColumnWriter::Int64ColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(values), Some(&levels), None)?;
            }
            (Values::Float(values), ColumnWriter::DoubleColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(values), Some(&levels), None)?;
            }
            (Values::Text(values), ColumnWriter::ByteArrayColumnWriter(writer)) => {
                writer.write_batch(&std::mem::take(values), Some(&levels), None)?;
            }
            _ => return Err(ParquetError::General("a column of another kind".into())),
        }
        Ok(())
    }
}
