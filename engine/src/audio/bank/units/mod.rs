//! The recipes: one a family, each makes its presets and the waves they share.

mod simple;

use super::patch::Unit;

/// Every unit of the bank. Each runs alone on a worker.
pub(super) const RECIPES: &[fn() -> Unit] = &[simple::programs, simple::drums];
