//! How far an edit is, and whether it is still wanted.

use super::EditError;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

/// Shared between an edit that runs on a worker and those who wait for it.
#[derive(Debug, Default)]
pub struct Watch {
    cancelled: AtomicBool,
    /// 0..=1 as the bits of an `f32`; 0 bits are 0.0.
    progress: AtomicU32,
    /// Which part of the whole is at work, and how many there are; 0 is one.
    part: AtomicU32,
    parts: AtomicU32,
}

impl Watch {
    /// How much is done, 0..=1.
    pub fn progress(&self) -> f32 {
        f32::from_bits(self.progress.load(Ordering::Relaxed))
    }

    /// Asks the edit to stop; it does so within a few milliseconds.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked it to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Says which of some parts is at work from now on: what is reached is reached of it.
    pub(super) fn part(&self, index: usize, count: usize) {
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        self.part.store(number(index), Ordering::Relaxed);
        self.parts.store(number(count), Ordering::Relaxed);
    }

    /// Says how much is done.
    ///
    /// # Errors
    ///
    /// [`EditError::Cancelled`] when the edit is no longer wanted.
    pub fn reached(&self, share: f32) -> Result<(), EditError> {
        let part = self.part.load(Ordering::Relaxed) as f32;
        let parts = self.parts.load(Ordering::Relaxed).max(1) as f32;
        let whole = (part + share.clamp(0.0, 1.0)) / parts;
        self.progress.store(whole.min(1.0).to_bits(), Ordering::Relaxed);
        if self.is_cancelled() { Err(EditError::Cancelled) } else { Ok(()) }
    }
}
