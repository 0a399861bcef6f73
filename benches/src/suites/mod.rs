//! The rows of the budget table, by what they measure.

pub mod callback;
pub mod editing;
pub mod frames;
pub mod memory;
pub mod opening;
pub mod reading;
pub mod schedule;
