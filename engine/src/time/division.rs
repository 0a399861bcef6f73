//! What a tick is worth.

use serde::{Deserialize, Serialize};

/// The header's division: ticks per quarter note, or per SMPTE frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Division {
    /// Ticks per quarter note, 1..=32767; the tempo map says how long a quarter is.
    Ppq(u16),
    /// SMPTE time: frames per second (24, 25, 29 for 29.97, or 30) and ticks per frame.
    /// Tempo events do not apply.
    Smpte {
        /// Frames per second as the header writes them; 29 means 30000/1001.
        fps: u8,
        /// Ticks per frame, 1..=255.
        ticks_per_frame: u8,
    },
}

impl Division {
    /// What a new project uses: divides evenly by every grid up to 1/128 triplets.
    pub const DEFAULT: Self = Self::Ppq(960);

    /// Ticks in a quarter note; for SMPTE the ticks in half a second, which is
    /// a quarter at 120 bpm, so that grids have something to stand on.
    pub fn ticks_per_quarter(self) -> u32 {
        match self {
            Self::Ppq(ppq) => u32::from(ppq).max(1),
            Self::Smpte { fps, ticks_per_frame } => {
                (u32::from(fps) * u32::from(ticks_per_frame) / 2).max(1)
            }
        }
    }

    /// Seconds of one tick as an exact fraction (numerator, denominator), for
    /// SMPTE only; `None` for PPQ, where it depends on the tempo.
    pub fn smpte_tick_secs(self) -> Option<(u64, u64)> {
        match self {
            Self::Ppq(_) => None,
            Self::Smpte { fps: 29, ticks_per_frame } => {
                Some((1001, 30_000 * u64::from(ticks_per_frame.max(1))))
            }
            Self::Smpte { fps, ticks_per_frame } => {
                Some((1, u64::from(fps.max(1)) * u64::from(ticks_per_frame.max(1))))
            }
        }
    }
}
