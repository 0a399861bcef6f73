//! Where the library is kept: the index, the user's own data, and the way in and out.
//!
//! `schema` says what the databases look like; `words` how text is indexed and looked for;
//! `codes` which small numbers stand for what.

mod codes;
mod error;
pub mod schema;
pub mod words;

pub use codes::{
    class_code, class_of, feel_code, feel_of, key_code, key_of, method_code, method_of,
};
pub use error::StoreError;

/// How much of the index is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexState {
    /// A first import runs, or was broken off: no secondary indexes, no words yet.
    Building,
    /// Everything is there.
    Ready,
}
