//! What can go wrong with the databases.

use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why the library's store did not do what it was asked for. What was there before is there
/// still, whatever the error.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A newer program has written the database.
    #[error(
        "the library has form {found}, and this program knows forms up to {known}: a newer version has written it"
    )]
    Newer {
        /// Its form.
        found: u32,
        /// The newest form that is known here.
        known: u32,
    },
    /// An older program has written the database, where this one cannot write.
    #[error(
        "the library has form {found}, an older version's, and cannot be brought to form {known} where it lies: nothing can be written there"
    )]
    Older {
        /// Its form.
        found: u32,
        /// The form that it should have.
        known: u32,
    },
    /// The file is a database of another program.
    #[error("this is no library: {}", .0.display())]
    Foreign(PathBuf),
    /// Another program writes the library, or it lies where nothing can be written.
    #[error("the library is open for reading only")]
    ReadOnly,
    /// Someone else holds the database for longer than can be waited for.
    #[error("the library is busy")]
    Busy,
    /// No room is left.
    #[error("no room is left for the library")]
    Full,
    /// The database is damaged; it is put aside and made anew at the next start.
    #[error("the library's database is damaged: {0}")]
    Damaged(String),
    /// The work was interrupted.
    #[error("interrupted")]
    Interrupted,
    /// No reader came free in time.
    #[error("no connection to the library came free in time")]
    NoReader(#[source] r2d2::Error),
    /// There is one writer already.
    #[error("the library is being written already")]
    Writing,
    /// More than 65,535 tags, or 2³² files.
    #[error("the library holds no more {0}")]
    TooMany(&'static str),
    /// A file or folder beside the database.
    #[error("{source}: {}", path.display())]
    Io {
        /// What the system says.
        source: std::io::Error,
        /// Of what.
        path: PathBuf,
    },
    /// What SQLite says.
    #[error(transparent)]
    Sql(rusqlite::Error),
}

impl StoreError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { source, path }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::Full,
            Some(Code::ReadOnly) => Self::ReadOnly,
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::Busy,
            Some(Code::OperationInterrupted) => Self::Interrupted,
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Damaged(error.to_string()),
            _ => Self::Sql(error),
        }
    }
}

impl From<rusqlite::types::FromSqlError> for StoreError {
    fn from(error: rusqlite::types::FromSqlError) -> Self {
        Self::Sql(error.into())
    }
}
