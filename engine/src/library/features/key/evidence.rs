//! One pass over the notes: what sounds when, coarse enough to be cheap.

use super::profiles::Histogram;
use crate::library::features::NoteEvent;
use crate::library::features::sheet::{class_of, nearest};
use std::hint::select_unpredictable;

/// Length of a block: two of them make the window of a local decision.
const BLOCK_SECS: f64 = 8.0;
/// Frames in a block: chords and basses are read every half second.
const FRAMES: usize = 16;
/// Blocks of the longest song that is heard in full detail (two hours); a longer one gets
/// longer blocks, so that no file can ask for more memory than this.
const MOST_BLOCKS: f64 = 900.0;
/// A note held for longer than 16 seconds says no more about chords and basses.
const LONGEST_FRAMES: usize = 2 * FRAMES;
/// Longer than any note that a file can hold, in seconds; the test for an infinite one takes
/// twenty steps.
const LONGEST_SECS: f64 = 1e300;
/// No key is this low a note.
const SILENCE: u8 = u8::MAX;
/// What a block is cut into, as a power of two: parts of eight microseconds, so that times are
/// whole numbers and blocks and frames their upper bits.
const BLOCK_BITS: u32 = 20;
const FRAME_BITS: u32 = BLOCK_BITS - FRAMES.trailing_zeros();

/// What sounds in each stretch of a song.
pub(super) struct Evidence {
    /// Time by pitch class, block after block from the first onset on.
    pub(super) blocks: Vec<Histogram>,
    /// When the first block begins, in seconds.
    pub(super) start_secs: f64,
    /// How long a block is, in seconds.
    pub(super) block_secs: f64,
    /// Frames by the pitch class of their lowest note.
    pub(super) bass: Histogram,
    /// Frames that hold a major triad, by root; those with the root in the bass count twice.
    pub(super) major_triads: Histogram,
    /// The same for minor triads.
    pub(super) minor_triads: Histogram,
}

impl Evidence {
    /// `None` when nothing pitched sounds.
    pub(super) fn of(notes: &[NoteEvent]) -> Option<Self> {
        let heard = || {
            // Nothing that is not finite has a length below this.
            let is_heard = |secs: f64| secs > 0.0 && secs < LONGEST_SECS;
            notes.iter().filter(move |note| note.is_pitched() && is_heard(note.secs()))
        };
        let (mut start, mut end) = (f64::INFINITY, f64::NEG_INFINITY);
        for note in heard() {
            start = if note.start_secs < start { note.start_secs } else { start };
            end = if note.end_secs > end { note.end_secs } else { end };
        }
        if end < start {
            return None;
        }
        let block_secs = BLOCK_SECS.max((end - start) / MOST_BLOCKS);
        let per_sec = f64::from(1 << BLOCK_BITS) / block_secs;
        // Both fit 31 bits: there are at most 901 blocks.
        let part_of = |secs: f64| nearest((secs - start) * per_sec) as u32;
        let n_blocks = (part_of(end) >> BLOCK_BITS) as usize + 1;
        let mut blocks = vec![Block::default(); n_blocks];
        let mut frames = vec![Frame { classes: 0, lowest: SILENCE }; n_blocks * FRAMES + 1];
        for note in heard() {
            let (from, to) = (part_of(note.start_secs), part_of(note.end_secs));
            let class = class_of(note.key);
            add_time(&mut blocks, class, from, to);
            // A frame hears what sounds at its middle, and the note whose only frame it is.
            let frame_of =
                |part: u32| ((part + (1 << (FRAME_BITS - 1)) - 1) >> FRAME_BITS) as usize;
            let first = frame_of(from);
            let last = frame_of(to).clamp(first + 1, first + LONGEST_FRAMES);
            let last = last.min(n_blocks * FRAMES);
            let mut hear = |frame: usize, key: u8, classes: u16| {
                if let Some(frame) = frames.get_mut(frame) {
                    frame.classes |= classes;
                    frame.lowest = frame.lowest.min(key);
                }
            };
            // Most notes have one frame or two, at random: the second hears silence in place of
            // a branch.
            let (bit, is_two) = (1 << class, last > first + 1);
            hear(first, note.key, bit);
            let second = select_unpredictable(is_two, (note.key, bit), (SILENCE, 0));
            hear(first + 1, second.0, second.1);
            for frame in first + 2..last {
                hear(frame, note.key, bit);
            }
        }
        // Beyond the last block nothing sounds.
        frames.truncate(n_blocks * FRAMES);
        let mut evidence = Self {
            blocks: histograms(&blocks, per_sec),
            start_secs: start,
            block_secs,
            bass: [0.0; 12],
            major_triads: [0.0; 12],
            minor_triads: [0.0; 12],
        };
        evidence.count_chords(&frames);
        Some(evidence)
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

    fn count_chords(&mut self, frames: &[Frame]) {
        // Neither can overflow: there are at most 14,416 frames, which count twice at most.
        let (mut major, mut minor) = ([0_u16; 12], [0_u16; 12]);
        for frame in frames.iter().filter(|frame| frame.lowest != SILENCE) {
            let bass = class_of(frame.lowest);
            // Bit n is set where class n has its fifth, and then its third: the roots of triads.
            let twice = u32::from(frame.classes) | u32::from(frame.classes) << 12;
            let fifths = twice & twice >> 7;
            for (third, counts) in [(4, &mut major), (3, &mut minor)] {
                let roots = (fifths & twice >> third) as u16;
                for (count, bit) in counts.iter_mut().zip(BITS) {
                    *count += u16::from(roots & bit != 0);
                }
                if let Some(count) = counts.get_mut(bass) {
                    *count += roots >> bass & 1;
                }
            }
            if let Some(count) = self.bass.get_mut(bass) {
                *count += 1.0;
            }
        }
        self.major_triads = major.map(f64::from);
        self.minor_triads = minor.map(f64::from);
    }
}

/// The bit of each pitch class.
const BITS: [u16; 12] = {
    let mut bits = [1; 12];
    let mut class = 1;
    while class < bits.len() {
        bits[class] = bits[class - 1] << 1;
        class += 1;
    }
    bits
};

/// Bit n of the classes is set when pitch class n sounds.
#[derive(Clone, Copy)]
struct Frame {
    classes: u16,
    lowest: u8,
}

/// Time by pitch class, in parts of a block: what begins or ends in it, and by how much more
/// sounds all through it than through the one before. A note then costs the same however long it
/// is.
#[derive(Clone, Copy, Default)]
struct Block {
    edges: [i64; 12],
    through: [i64; 12],
}

fn add_time(blocks: &mut [Block], class: usize, from: u32, to: u32) {
    const BLOCK: i64 = 1 << BLOCK_BITS;
    let (first, last) = ((from >> BLOCK_BITS) as usize, (to >> BLOCK_BITS) as usize);
    let (since, until) = (i64::from(from) & (BLOCK - 1), i64::from(to) & (BLOCK - 1));
    let mut add = |block: usize, edge: i64, through: i64| {
        if let Some(block) = blocks.get_mut(block)
            && let (Some(edges), Some(all)) =
                (block.edges.get_mut(class), block.through.get_mut(class))
        {
            *edges += edge;
            *all += through;
        }
    };
    if first == last {
        add(first, until - since, 0);
    } else {
        add(first, BLOCK - since, 0);
        add(first + 1, 0, BLOCK);
        add(last, until, -BLOCK);
    }
}

/// In seconds.
fn histograms(blocks: &[Block], per_sec: f64) -> Vec<Histogram> {
    let mut sounding = [0; 12];
    let each = blocks.iter().map(|block| {
        let mut histogram = [0.0; 12];
        let parts = block.edges.iter().zip(&block.through).zip(&mut sounding);
        for (time, ((edge, change), sounding)) in histogram.iter_mut().zip(parts) {
            *sounding += change;
            *time = (edge + *sounding) as f64 / per_sec;
        }
        histogram
    });
    each.collect()
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
