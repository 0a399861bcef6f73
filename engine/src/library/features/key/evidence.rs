//! What sounds when, as the key is heard from it: the pulses of a song, added up.

use super::profiles::Histogram;
use crate::library::features::pulses::{LANES, Pulse, SILENCE};
use crate::library::features::sheet::{GRAINS, class_of};

/// Length of a block, in grains: 16 quarters, two of which make the window of a local decision.
pub(super) const BLOCK: u32 = GRAINS * 16;

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
        let mut blocks = Vec::with_capacity(((end - start) / BLOCK) as usize + 1);
        let (mut all, mut block_end) = (Sums::default(), start);
        let mut rest = pulses.iter().zip(starts).peekable();
        while rest.peek().is_some() {
            block_end += BLOCK;
            let (mut block, mut triads) = ([0_u32; LANES], Triads::default());
            while let Some((pulse, _)) = rest.next_if(|(_, start)| **start < block_end) {
                for (time, weight) in block.iter_mut().zip(pulse.weights) {
                    *time += u32::from(weight);
                }
                if sounds(pulse) {
                    all.hear(pulse, &mut triads);
                }
            }
            all.add(&triads);
            blocks.push(histogram(&block));
        }
        let Sums { bass, major, minor } = all;
        let [bass, major_triads, minor_triads] = [bass, major, minor].map(|it| histogram(&it));
        Some(Self { blocks, start, bass, major_triads, minor_triads })
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

/// What is counted of all pulses, by pitch class.
#[derive(Default)]
struct Sums {
    bass: [u32; LANES],
    major: [u32; LANES],
    minor: [u32; LANES],
}

impl Sums {
    #[inline]
    fn hear(&mut self, pulse: &Pulse, triads: &mut Triads) {
        // Bit n is set where class n has its fifth, and then its third: the roots of triads.
        let classes = u32::from(pulse.mask(1));
        let twice = classes | classes << 12;
        let fifths = twice & twice >> 7;
        let (major, minor) = ((fifths & twice >> 4) as u16, (fifths & twice >> 3) as u16);
        triads.major.add(major);
        triads.minor.add(minor);
        let bass = class_of(pulse.lowest) % LANES;
        self.bass[bass] += 1;
        self.major[bass] += u32::from(major >> bass & 1);
        self.minor[bass] += u32::from(minor >> bass & 1);
    }

    fn add(&mut self, triads: &Triads) {
        triads.major.add_to(&mut self.major);
        triads.minor.add_to(&mut self.minor);
    }
}

/// Triads of one block, by root.
#[derive(Default)]
struct Triads {
    major: Counts,
    minor: Counts,
}

/// How often each of twelve bits was set, four counts to a word: a block has too few pulses to
/// leave 16 bits.
#[derive(Clone, Copy, Default)]
struct Counts([u64; 3]);

impl Counts {
    #[inline]
    fn add(&mut self, bits: u16) {
        /// Each bit of four as a word of its own.
        const SPREAD: [u64; 16] = {
            let mut spread = [0; 16];
            let mut bits = 0;
            while bits < spread.len() {
                let bits_u64 = bits as u64;
                spread[bits] = bits_u64 & 1
                    | (bits_u64 & 2) << 15
                    | (bits_u64 & 4) << 30
                    | (bits_u64 & 8) << 45;
                bits += 1;
            }
            spread
        };
        let [a, b, c] = &mut self.0;
        *a += SPREAD[usize::from(bits & 15)];
        *b += SPREAD[usize::from(bits >> 4 & 15)];
        *c += SPREAD[usize::from(bits >> 8 & 15)];
    }

    fn add_to(self, sums: &mut [u32; LANES]) {
        for (four, word) in sums.as_chunks_mut::<4>().0.iter_mut().zip(self.0) {
            for (sum, count) in four.iter_mut().zip([word, word >> 16, word >> 32, word >> 48]) {
                *sum += u32::from(count as u16);
            }
        }
    }
}

fn histogram(counts: &[u32; LANES]) -> Histogram {
    let mut histogram = [0.0; 12];
    for (place, count) in histogram.iter_mut().zip(counts) {
        *place = *count as f32;
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
