//! The library: what files hold, by what they declare, what their notes say and how they are
//! named; where that is kept, and how it is found again.
//!
//! `features` are pure functions over notes; `row` is what is kept of a file; `store` is where,
//! with `facets` in memory beside it and `user` for what the user says; `query` is the language
//! it is asked in, `search` what answers. `batch` works on files, `table` writes the index for
//! other programs.

mod analysis;
pub mod batch;
mod date;
pub mod facets;
mod facts;
pub mod features;
mod home;
pub mod query;
pub mod row;
pub mod scan;
pub mod search;
mod shelf;
pub mod store;
#[cfg(feature = "cli")]
pub mod table;
pub mod user;

pub use analysis::{Analysis, analyse};
pub use facts::{InferTempo, facts_of};
pub use home::default_index;
pub use shelf::{SHELF_BYTES, Shelf};
