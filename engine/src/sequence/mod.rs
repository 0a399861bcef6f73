//! Snapshot to schedule: what the callback plays.
