//! Musical and physical time: ticks, frames, tempo map, meter map, bars.
//!
//! Pure arithmetic: no I/O, no clocks. A tick means nothing without a
//! [`TempoMap`]; a frame means nothing without a sample rate.

mod division;
mod meter;
mod tempo;

pub use division::Division;
pub use meter::{BarPosition, Meter, MeterMap, MeterPoint};
pub use tempo::{Tempo, TempoClock, TempoMap, TempoPoint};

use serde::{Deserialize, Serialize};

/// A point on a musical time line, in ticks of the project's [`Division`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Tick(pub u64);

impl Tick {
    /// The start of the time line.
    pub const ZERO: Self = Self(0);

    /// This point moved by `ticks`; stops at zero and at the end of `u64`.
    pub const fn offset(self, ticks: i64) -> Self {
        Self(self.0.saturating_add_signed(ticks))
    }

    /// This point `ticks` later; stops at the end of `u64`.
    pub const fn after(self, ticks: u64) -> Self {
        Self(self.0.saturating_add(ticks))
    }

    /// Ticks from `earlier` to here; 0 when `earlier` is later.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// A point on an audio time line, in sample frames at the engine's rate.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Frame(pub u64);

/// A half-open stretch of musical time, `start <= end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TickRange {
    start: Tick,
    end: Tick,
}

impl TickRange {
    /// The range between two points, whichever comes first.
    pub fn between(a: Tick, b: Tick) -> Self {
        Self { start: a.min(b), end: a.max(b) }
    }

    /// First tick inside.
    pub const fn start(self) -> Tick {
        self.start
    }

    /// First tick after the range.
    pub const fn end(self) -> Tick {
        self.end
    }

    /// Length in ticks.
    pub const fn len(self) -> u64 {
        self.end.0 - self.start.0
    }

    /// Whether nothing lies inside.
    pub const fn is_empty(self) -> bool {
        self.start.0 == self.end.0
    }

    /// Whether `tick` lies inside; the end does not.
    pub fn contains(self, tick: Tick) -> bool {
        self.start <= tick && tick < self.end
    }
}
