//! The rows of the budget table, by what they measure.

pub mod callback;
pub mod reading;
pub mod schedule;
