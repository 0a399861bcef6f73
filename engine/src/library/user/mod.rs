//! What the user says of files: ratings, favourites, tags, collections, tempos and keys of
//! their own. Kept by the hash of a file's bytes in a database of its own, so that files that
//! move keep it and a new index takes nothing away.
//!
//! All of it is in memory too: a user marks thousands of files, not millions. Every change is
//! one transaction, synced to the disk before the call returns.

mod backup;
mod data;

pub use backup::{BACKUPS_KEPT, backups};
pub(crate) use backup::{backup_if_due, newest_good};
pub(crate) use data::UserData;
pub use data::{Collection, Mark, UserTag};

/// The BLAKE3 hash of a file's bytes.
pub type FileHash = [u8; 32];
