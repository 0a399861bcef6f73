//! Benches live in `benches/`, the budgets in `src/bin/budgets.rs`.
