//! The query language of the library: one for the search box, its chips and the command line.
//!
//! [`parse`] never fails: what is not understood is told with its place, and the rest still
//! searches. A [`Query`] written is read as the same. Pure; docs/library.md has the grammar.

mod ast;
mod compile;
mod complete;
mod field;
mod instrument;
mod lex;
mod names;
mod number;
mod parse;
mod progression;
#[cfg(test)]
mod tests;
mod tune;
mod words;
mod write;

pub use ast::{
    DrumTest, Flag, KeyTest, NumberField, Query, QueryProblem, Sort, SortBy, Span, Term, Test,
    compatible,
};
pub use compile::{BY_WORDS, Clause, Plan, Set, Statement, Value, WordPlan, compile};
pub use complete::{Candidate, Completion, MOST_CANDIDATES, NoValues, Values, complete};
pub use field::{Choice, DRUMS, FIELDS, FLAGS, Field, Kind, SORTS, table};
pub use instrument::Instrument;
pub use number::{Interval, Number, NumberTest};
pub use parse::{MOST_ALTERNATIVES, MOST_CHARS, MOST_TERMS, parse};
pub use progression::{Numeral, Progression};
pub use tune::Tune;
