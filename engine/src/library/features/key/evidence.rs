//! What sounds when, as the key is heard from it: the pulses of a song, added up.

use super::profiles::Histogram;
use crate::library::features::pulses::{BITS, LANES, Pulse, SILENCE};
use crate::library::features::sheet::{GRAINS, class_of};

/// Length of a block, in grains: 16 quarters, two of which make the window of a local decision.
pub(super) const BLOCK: u32 = GRAINS * 16;

/// Every pitch class.
const ALL: u16 = (1 << 12) - 1;

/// What sounds in each stretch of a song.
pub(super) struct Evidence {
    /// Time by pitch class, block after block from the first pulse that sounds.
    pub(super) blocks: Vec<Histogram>,
    /// Where the first block begins, in grains.
    pub(super) start: u32,
    /// Pulses by the pitch class of their lowest note.
    pub(super) bass: Histogram,
    /// Pulses that hold a major triad, by root; those with the root in the bass count twice.
    pub(super) major_triads: Histogram,
    /// The same for minor triads.
    pub(super) minor_triads: Histogram,
}

impl Evidence {
    /// Of pulses and where each begins. `None` when nothing pitched sounds.
    pub(super) fn of(pulses: &[Pulse], starts: &[u32]) -> Option<Self> {
        let sounds = |pulse: &Pulse| pulse.lowest != SILENCE;
        let first = pulses.iter().position(sounds)?;
        let last = pulses.iter().rposition(sounds)?;
        let (pulses, starts) = (pulses.get(first..=last)?, starts.get(first..=last)?);
        let (start, end) = (*starts.first()?, *starts.last()?);
        let mut blocks = vec![[0_u32; LANES]; ((end - start) / BLOCK) as usize + 1];
        let mut bass = [0_u32; 12];
        let [mut major, mut minor] = [[0_u16; LANES]; 2];
        for (pulse, at) in pulses.iter().zip(starts) {
            if let Some(block) = blocks.get_mut(((at - start) / BLOCK) as usize) {
                for (time, weight) in block.iter_mut().zip(pulse.weights) {
                    *time += u32::from(weight);
                }
            }
            if !sounds(pulse) {
                continue;
            }
            let lowest = class_of(pulse.lowest);
            if let Some(count) = bass.get_mut(lowest) {
                *count += 1;
            }
            // Bit n is set where class n has its fifth, and then its third: the roots of triads.
            let classes = u32::from(pulse.mask(1));
            let twice = classes | classes << 12;
            let fifths = twice & twice >> 7;
            if fifths as u16 & ALL == 0 {
                continue;
            }
            for (third, counts) in [(4, &mut major), (3, &mut minor)] {
                let roots = (fifths & twice >> third) as u16;
                for (count, bit) in counts.iter_mut().zip(BITS) {
                    *count = count.saturating_add(u16::from(roots & bit != 0));
                }
                if let Some(count) = counts.get_mut(lowest) {
                    *count = count.saturating_add(roots >> lowest & 1);
                }
            }
        }
        Some(Self {
            blocks: blocks.iter().map(|block| histogram(block, |time| time as f32)).collect(),
            start,
            bass: histogram(&bass, |count| count as f32),
            major_triads: histogram(&major, f32::from),
            minor_triads: histogram(&minor, f32::from),
        })
    }

    /// Time by pitch class of the whole song.
    pub(super) fn total(&self) -> Histogram {
        sum(&self.blocks)
    }

    /// Windows of two blocks that overlap by one: their place, and their histogram. Silent
    /// ones are left out.
    pub(super) fn windows(&self) -> impl Iterator<Item = (usize, Histogram)> + '_ {
        (0..self.blocks.len())
            .map(|at| (at, sum(self.blocks.iter().skip(at).take(2))))
            .filter(|(_, window)| window.iter().any(|&time| time > 0.0))
    }
}

fn histogram<T: Copy>(counts: &[T], number: impl Fn(T) -> f32) -> Histogram {
    let mut histogram = [0.0; 12];
    for (place, count) in histogram.iter_mut().zip(counts) {
        *place = number(*count);
    }
    histogram
}

/// Histograms added up.
pub(super) fn sum<'h>(histograms: impl IntoIterator<Item = &'h Histogram>) -> Histogram {
    let mut total = [0.0; 12];
    for histogram in histograms {
        for (sum, time) in total.iter_mut().zip(histogram) {
            *sum += time;
        }
    }
    total
}
