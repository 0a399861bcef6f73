//! One pass over the notes: what sounds when, coarse enough to be cheap.

use super::profiles::Histogram;
use crate::library::features::NoteEvent;
use crate::library::features::sheet::nearest;

/// Length of a block: two of them make the window of a local decision.
const BLOCK_SECS: f64 = 8.0;
/// Frames in a block: chords and basses are read every half second.
const FRAMES: usize = 16;
/// Blocks of the longest song that is heard in full detail (two hours); a longer one gets
/// longer blocks, so that no file can ask for more memory than this.
const MOST_BLOCKS: f64 = 900.0;
/// A note held for longer than 16 seconds says no more about chords and basses.
const LONGEST_FRAMES: usize = 2 * FRAMES;
/// No key is this low a note.
const SILENCE: u8 = u8::MAX;

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
            // What compares is no NaN, so that these three keep out all that is not finite.
            notes.iter().filter(|note| {
                note.is_pitched()
                    && note.end_secs > note.start_secs
                    && note.start_secs > f64::NEG_INFINITY
                    && note.end_secs < f64::INFINITY
            })
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
        let n_blocks = ((end - start) / block_secs) as usize + 1;
        let mut times = Times::new(n_blocks);
        let mut frames = vec![Frame { classes: 0, lowest: SILENCE }; n_blocks * FRAMES];
        for note in heard() {
            let (from, to) = (note.start_secs - start, note.end_secs - start);
            let class = usize::from(note.key % 12);
            let (from, to) = (from / block_secs, to / block_secs);
            times.add(class, from, to);
            // A frame hears what sounds at its middle, and the note whose only frame it is.
            let frame_of = |blocks: f64| up(blocks * FRAMES as f64 - 0.5);
            let first = frame_of(from);
            let last = frame_of(to).clamp(first + 1, first + LONGEST_FRAMES);
            let last = last.min(frames.len());
            for frame in frames.get_mut(first..last).unwrap_or_default() {
                frame.classes |= 1 << class;
                frame.lowest = frame.lowest.min(note.key);
            }
        }
        let mut evidence = Self {
            blocks: times.finish(block_secs),
            start_secs: start,
            block_secs,
            bass: [0.0; 12],
            major_triads: [0.0; 12],
            minor_triads: [0.0; 12],
        };
        for frame in frames.iter().filter(|frame| frame.lowest != SILENCE) {
            evidence.count_chord(*frame);
        }
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

    fn count_chord(&mut self, frame: Frame) {
        let bass = usize::from(frame.lowest % 12);
        // Bit n is set where class n has its fifth, and then its third: the roots of triads.
        let twice = u32::from(frame.classes) | u32::from(frame.classes) << 12;
        let fifths = twice & twice >> 7;
        let triads = [(4, &mut self.major_triads), (3, &mut self.minor_triads)];
        for (third, counts) in triads {
            let mut roots = fifths & twice >> third & 0x0FFF;
            while roots != 0 {
                let root = roots.trailing_zeros() as usize;
                if let Some(count) = counts.get_mut(root) {
                    *count += if root == bass { 2.0 } else { 1.0 };
                }
                roots &= roots - 1;
            }
        }
        if let Some(count) = self.bass.get_mut(bass) {
            *count += 1.0;
        }
    }
}

/// Bit n of the classes is set when pitch class n sounds.
#[derive(Clone, Copy)]
struct Frame {
    classes: u16,
    lowest: u8,
}

/// Time by block and pitch class. A note costs the same however long it is: the blocks that
/// it fills are marked where they begin and end, and added up in the end.
struct Times {
    edges: Vec<Histogram>,
    full: Vec<Histogram>,
}

impl Times {
    fn new(n_blocks: usize) -> Self {
        Self { edges: vec![[0.0; 12]; n_blocks], full: vec![[0.0; 12]; n_blocks] }
    }

    /// `from` and `to` in blocks.
    fn add(&mut self, class: usize, from: f64, to: f64) {
        let (first, last) = (down(from), down(to));
        if first == last {
            add(&mut self.edges, first, class, to - from);
            return;
        }
        add(&mut self.edges, first, class, (first + 1) as f64 - from);
        add(&mut self.edges, last, class, to - last as f64);
        add(&mut self.full, first + 1, class, 1.0);
        add(&mut self.full, last, class, -1.0);
    }

    fn finish(mut self, block_secs: f64) -> Vec<Histogram> {
        let mut sounding = [0.0; 12];
        for (edges, full) in self.edges.iter_mut().zip(&self.full) {
            for ((time, sounding), change) in edges.iter_mut().zip(&mut sounding).zip(full) {
                *sounding += change;
                *time = (*time + *sounding) * block_secs;
            }
        }
        self.edges
    }
}

/// To the next whole number; of numbers above -1, as only these are asked for. Rounding up is a
/// call on processors that have no instruction for it.
const fn up(value: f64) -> usize {
    let near = nearest(value);
    (near + (value > near as f64) as i32) as usize
}

/// To the whole number before; of numbers that are not negative.
const fn down(value: f64) -> usize {
    let near = nearest(value);
    (near - (value < near as f64) as i32) as usize
}

fn add(blocks: &mut [Histogram], at: usize, class: usize, time: f64) {
    if let Some(cell) = blocks.get_mut(at).and_then(|block| block.get_mut(class)) {
        *cell += time;
    }
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
