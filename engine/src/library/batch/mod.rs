//! Operations over files of the library: split, convert, transpose, trim, remove doubles,
//! repair, rename, export a set.
//!
//! All of them flow the same way. [`plan`] reads the sources and says what would be written
//! (the preview; it writes nothing), [`execute`] does it and reports, [`undo`] takes it back.
//! Originals are never changed: copies go to a folder, nothing is ever overwritten, and only
//! [`Operation::Rename`] may work in place. Before each step the journal says what is about to
//! happen, so that undoing works after a crash as well. `music` is what is done to the notes:
//! pure functions over projects. Runs on the caller's thread.

mod apply;
mod disk;
mod execute;
mod fields;
mod journal;
mod music;
mod names;
mod operation;
mod order;
mod plan;
mod preview;
mod report;
mod source;
mod template;
mod undo;

pub use apply::{Remark, Unchanged};
pub use disk::{Disk, RealDisk};
pub use execute::{ExecuteError, execute, execute_on};
pub use journal::{JournalError, free_journal};
pub use operation::{Operation, SplitBy, TrimTo, UnknownWord};
pub use plan::{Destination, Item, Layout, Outcome, Output, Plan, PlanError, Watch, plan};
pub use report::{Failure, Report, Written};
pub(super) use source::Reader;
pub use source::{Source, SourceError, sources};
pub use template::{Template, TemplateError};
pub use undo::{UndoReport, undo, undo_on};
