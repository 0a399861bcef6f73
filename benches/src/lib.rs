//! What the criterion benches and the performance budgets share.
//!
//! Owns measuring and the inputs to measure on; is imported by nothing that ships.
//! The benches live in `benches/`, the budgets in `src/bin/budgets.rs`.

pub mod inputs;
pub mod measure;
pub mod profiled;
pub mod report;
pub mod suites;
