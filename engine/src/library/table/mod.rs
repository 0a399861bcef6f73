//! The whole library as a table: for spreadsheets (CSV) and cluster engines (Parquet).
//!
//! One line for each file, one column for each fact that can be searched; `columns` says
//! which, once for both. Streams: memory does not grow with the library.

mod columns;
mod csv;
mod parquet;

pub use self::columns::{COLUMNS, Column, Kind, Value};
pub use self::csv::write_csv;
pub use self::parquet::write_parquet;

use super::row::Row;
use crate::theory::Key;

/// One file of the library, with what its user has said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What the index keeps.
    pub row: Row,
    /// What the user has said.
    pub own: Own,
}

/// What a user has said of a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Own {
    /// 1..=5.
    pub rating: Option<u8>,
    /// Whether it is among the favourites.
    pub favourite: bool,
    /// The user's tags.
    pub tags: Vec<String>,
    /// The tempo that it really has.
    pub bpm: Option<f32>,
    /// The key that it really is in.
    pub key: Option<Key>,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self { row, own: Own::default() }
    }
}

/// Why a table was not written. What is there of it is not whole.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The CSV could not be written.
    #[error("cannot write the table: {0}")]
    Csv(#[from] ::csv::Error),
    /// The Parquet file could not be written.
    #[error("cannot write the table: {0}")]
    Parquet(#[from] ::parquet::errors::ParquetError),
    /// The file system said no.
    #[error("cannot write the table: {0}")]
    Io(#[from] std::io::Error),
    /// Whoever gives the entries has failed.
    #[error("cannot read the library: {0}")]
    Entries(Box<dyn std::error::Error + Send + Sync>),
}

#[cfg(test)]
mod tests;
