//! Scanning: from folders to rows.
//!
//! Three stages over bounded channels, which run at the same time: **fetch** (one walker lists
//! folders, readers skip what has not changed and read or map the rest), **analyse** (one
//! worker a core: hash, parse, features) and **write** (one thread, batches of rows in one
//! transaction). Files are worked on side by side, one file never is. What is written is
//! found at once; a scan that is broken off goes on where it was.

mod analyst;
mod archive;
mod fetch;
mod looked;
mod map;
mod news;
mod pipeline;
mod progress;
mod report;
mod retag;
mod walk;
mod watch;

pub use analyst::{Analyst, FILE_TIME};
pub use archive::{ArchiveLimits, Member, members};
pub use fetch::MAP_FROM;
pub use pipeline::{ScanError, ScanOptions, scan};
pub use progress::{Cancel, Count, Progress};
pub use report::ScanReport;
pub use walk::{DEEPEST, WalkCounts};
pub use watch::{WatchError, Watcher};
