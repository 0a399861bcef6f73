//! Where the song is in physical time.
//!
//! The audio callback writes, the MIDI-out thread reads; neither ever waits for the other.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Ties frames of the song to instants. Written by one thread.
#[derive(Debug)]
pub struct PlayClock {
    base: Instant,
    /// Odd while it is being written.
    version: AtomicU64,
    position: AtomicU64,
    nanos: AtomicU64,
    playing: AtomicBool,
    jumps: AtomicU64,
}

/// What the clock said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockReading {
    /// The frame that began at `at`.
    pub position: u64,
    /// When it began.
    pub at: Instant,
    /// Whether the song moves on from there.
    pub playing: bool,
    /// Counts jumps, so that a reader can tell moving from jumping.
    pub jumps: u64,
}

impl Default for PlayClock {
    fn default() -> Self {
        Self {
            base: Instant::now(),
            version: AtomicU64::new(0),
            position: AtomicU64::new(0),
            nanos: AtomicU64::new(0),
            playing: AtomicBool::new(false),
            jumps: AtomicU64::new(0),
        }
    }
}

impl PlayClock {
    /// Frame `position` begins at `now`. Called by the callback; does not wait.
    pub fn tick(&self, position: u64, playing: bool, now: Instant) {
        let version = self.version.load(Ordering::Relaxed);
        self.version.store(version.wrapping_add(1), Ordering::SeqCst);
        self.position.store(position, Ordering::SeqCst);
        let nanos = now.saturating_duration_since(self.base).as_nanos();
        self.nanos.store(u64::try_from(nanos).unwrap_or(u64::MAX), Ordering::SeqCst);
        self.playing.store(playing, Ordering::SeqCst);
        self.version.store(version.wrapping_add(2), Ordering::SeqCst);
    }

    /// The song goes on somewhere else: what sounds must be let go.
    pub fn interrupt(&self) {
        self.jumps.fetch_add(1, Ordering::SeqCst);
    }

    /// What was written last; `None` if it was being written all the while.
    pub fn read(&self) -> Option<ClockReading> {
        for _ in 0..64 {
            let before = self.version.load(Ordering::SeqCst);
            let position = self.position.load(Ordering::SeqCst);
            let nanos = self.nanos.load(Ordering::SeqCst);
            let playing = self.playing.load(Ordering::SeqCst);
            let jumps = self.jumps.load(Ordering::SeqCst);
            if before.is_multiple_of(2) && self.version.load(Ordering::SeqCst) == before {
                let at = self.base + Duration::from_nanos(nanos);
                return Some(ClockReading { position, at, playing, jumps });
            }
            std::hint::spin_loop();
        }
        None
    }
}
