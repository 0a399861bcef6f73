//! Coarser levels of a clip's notes: what to draw where notes are closer than a pixel.
//!
//! Pure. Level 0 are the chunks themselves. A block of the next level covers
//! [`FAN`] blocks of the one below, with notes of one key melted together where
//! the silence between them is shorter than the block's `gap`; the gap is the
//! smallest power of two that leaves at most [`BLOCK_MAX`] pieces. Above the block that
//! covers the whole clip, thinner ones of the same stretch follow, for clips that are a few
//! pixels wide. All levels above 0 together take about two bytes a note.

use super::instance::{Instance, Piece, Scale};
use engine::model::{NoteChunk, Notes};
use engine::time::{Tick, TickRange};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Blocks of a level that one of the next covers.
const FAN: usize = 4;
/// Pieces in a block, at most.
pub(super) const BLOCK_MAX: usize = 512;
/// Below this many pieces a level is thin enough.
const THINNEST: usize = 48;
/// Ids of blocks begin here, those of chunks never get there.
const FIRST_BLOCK_ID: u64 = 1 << 63;

/// The levels of one version of a clip's notes.
#[derive(Debug)]
pub(super) struct Pyramid {
    notes: Notes,
    chunks: Vec<Stretch>,
    levels: Vec<Level>,
}

/// Where a chunk lies, kept together: asking every chunk would miss the cache each time.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    start: Tick,
    end: Tick,
}

#[derive(Debug)]
struct Level {
    /// Blocks of the level below that one of these covers.
    fan: usize,
    blocks: Vec<Block>,
}

/// A stretch of a clip at a coarser level.
#[derive(Debug)]
pub(super) struct Block {
    /// Unique in the process, among chunks too.
    pub(super) id: u64,
    /// How its instances count.
    pub(super) scale: Scale,
    /// Its pieces, by start.
    pub(super) instances: Box<[Instance]>,
    end: Tick,
    /// Silences shorter than this have been filled, in ticks.
    gap: u64,
}

/// What to draw.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    Chunk(&'a Arc<NoteChunk>),
    Block(&'a Block),
}

impl Pyramid {
    /// Reads every note once.
    pub(super) fn new(notes: &Notes) -> Self {
        let chunks: Vec<Stretch> = notes
            .chunks()
            .iter()
            .map(|chunk| Stretch { start: chunk.start(), end: chunk.last_end() })
            .collect();
        let mut levels = Vec::new();
        let mut pieces = Vec::new();
        let blocks = notes.chunks().chunks(FAN).map(|group| {
            pieces.clear();
            pieces.extend(group.iter().flat_map(|chunk| chunk.notes()).map(|note| Piece {
                start: note.start.0,
                end: note.end().0,
                key: note.key,
                velocity: note.velocity,
            }));
            Block::new(&mut pieces, 1, BLOCK_MAX)
        });
        let mut below = Level { fan: FAN, blocks: blocks.collect() };
        while let Some(next) = below.next() {
            levels.push(std::mem::replace(&mut below, next));
        }
        levels.push(below);
        Self { notes: notes.clone(), chunks, levels }
    }

    /// Whether it was built from exactly these.
    pub(super) fn is_of(&self, notes: &Notes) -> bool {
        std::ptr::eq(self.notes.chunks(), notes.chunks())
    }

    /// Whether it was built from an earlier version of these, or a later one.
    pub(super) fn is_akin_to(&self, notes: &Notes) -> bool {
        let (ours, theirs) = (self.notes.chunks(), notes.chunks());
        let same = |a: Option<&Arc<NoteChunk>>, b: Option<&Arc<NoteChunk>>| {
            a.zip(b).is_some_and(|(a, b)| a.id() == b.id())
        };
        same(ours.first(), theirs.first()) || same(ours.last(), theirs.last())
    }

    /// Heap bytes beside the notes.
    pub(super) fn heap_bytes(&self) -> usize {
        let blocks = self.levels.iter().flat_map(|level| &level.blocks);
        size_of_val(self.chunks.as_slice())
            + blocks
                .map(|block| size_of::<Block>() + size_of_val::<[Instance]>(&block.instances))
                .sum::<usize>()
    }

    /// Hands out what to draw of `range` when a pixel is `ticks_per_px` wide, at the
    /// coarsest level on which nothing of a pixel or more is lost.
    pub(super) fn visit<'a>(
        &'a self,
        range: TickRange,
        ticks_per_px: f64,
        draw: &mut impl FnMut(Part<'a>),
    ) {
        let Some(top) = self.levels.len().checked_sub(1) else { return };
        self.visit_level(top, 0..usize::MAX, range, ticks_per_px, draw);
    }

    fn visit_level<'a>(
        &'a self,
        level_idx: usize,
        blocks: std::ops::Range<usize>,
        range: TickRange,
        ticks_per_px: f64,
        draw: &mut impl FnMut(Part<'a>),
    ) {
        let Some(level) = self.levels.get(level_idx) else { return };
        let end = blocks.end.min(level.blocks.len());
        for block_idx in blocks.start..end {
            let Some(block) = level.blocks.get(block_idx) else { continue };
            if !overlaps(block.scale.origin, block.end, range) {
                continue;
            }
            let children = block_idx * level.fan..(block_idx + 1) * level.fan;
            if block.gap as f64 <= ticks_per_px {
                draw(Part::Block(block));
            } else if let Some(below) = level_idx.checked_sub(1) {
                self.visit_level(below, children, range, ticks_per_px, draw);
            } else {
                self.visit_chunks(children, range, draw);
            }
        }
    }

    fn visit_chunks<'a>(
        &'a self,
        chunks: std::ops::Range<usize>,
        range: TickRange,
        draw: &mut impl FnMut(Part<'a>),
    ) {
        for chunk_idx in chunks {
            let Some(stretch) = self.chunks.get(chunk_idx) else { return };
            if let Some(chunk) = self.notes.chunks().get(chunk_idx)
                && overlaps(stretch.start, stretch.end, range)
            {
                draw(Part::Chunk(chunk));
            }
        }
    }
}

impl Level {
    /// The level above; `None` when this one is thin enough.
    fn next(&self) -> Option<Self> {
        let fan = if self.blocks.len() > 1 { FAN } else { 1 };
        let max = match self.blocks.as_slice() {
            [] => return None,
            [only] if only.instances.len() <= THINNEST => return None,
            [only] => only.instances.len() / 4,
            _ => BLOCK_MAX,
        };
        let mut pieces = Vec::new();
        let blocks: Vec<Block> = self
            .blocks
            .chunks(fan)
            .map(|group| {
                pieces.clear();
                for block in group {
                    pieces.extend(block.instances.iter().map(|one| block.scale.piece(*one)));
                }
                let gap = group.iter().map(|block| block.gap).max().unwrap_or(1);
                Block::new(&mut pieces, gap * 2, max)
            })
            .collect();
        // 128 keys may stay 128 pieces however coarse the gap.
        let thinner = blocks.len() < self.blocks.len()
            || blocks.iter().zip(&self.blocks).any(|(a, b)| a.instances.len() < b.instances.len());
        thinner.then_some(Self { fan, blocks })
    }
}

impl Block {
    /// Melts `pieces` until at most `max` are left, or one a key.
    fn new(pieces: &mut Vec<Piece>, mut gap: u64, max: usize) -> Self {
        let start = pieces.iter().map(|piece| piece.start).min().unwrap_or(0);
        let end = pieces.iter().map(|piece| piece.end).max().unwrap_or(start);
        melt(pieces, gap);
        while pieces.len() > max && gap <= end - start {
            gap *= 2;
            melt(pieces, gap);
        }
        let scale = Scale::new(Tick(start), Tick(end));
        Self {
            id: next_block_id(),
            scale,
            instances: pieces.iter().map(|piece| scale.instance(*piece)).collect(),
            end: Tick(end),
            gap,
        }
    }
}

/// Joins pieces of one key where less than `gap` ticks lie between; keeps the order by start.
fn melt(pieces: &mut Vec<Piece>, gap: u64) {
    // The last piece of each key, as an index into what has been kept.
    let mut last = [usize::MAX; 256];
    let mut kept = 0;
    for read in 0..pieces.len() {
        let Some(piece) = pieces.get(read).copied() else { break };
        let Some(open) = last.get_mut(usize::from(piece.key)) else { continue };
        match pieces.get_mut(*open) {
            Some(before) if piece.start < before.end.saturating_add(gap) => {
                before.end = before.end.max(piece.end);
                before.velocity = before.velocity.max(piece.velocity);
            }
            _ => {
                *open = kept;
                if let Some(slot) = pieces.get_mut(kept) {
                    *slot = piece;
                }
                kept += 1;
            }
        }
    }
    pieces.truncate(kept);
}

fn overlaps(start: Tick, end: Tick, range: TickRange) -> bool {
    start < range.end() && end >= range.start()
}

fn next_block_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(FIRST_BLOCK_ID);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::model::{Channel, Note, Release};
    use proptest::prelude::*;

    fn notes(count: u64, every: u64, length: u32, n_keys: u64) -> Notes {
        (0..count)
            .map(|i| Note {
                start: Tick(i * every),
                length,
                id: i as u32,
                off_order: 0,
                key: (40 + i % n_keys) as u8,
                velocity: 80,
                release: Release::DEFAULT,
                channel: Channel::new(0),
            })
            .collect()
    }

    fn drawn(pyramid: &Pyramid, range: TickRange, ticks_per_px: f64) -> (usize, usize) {
        let (mut parts, mut instances) = (0, 0);
        pyramid.visit(range, ticks_per_px, &mut |part| {
            parts += 1;
            instances += match part {
                Part::Chunk(chunk) => chunk.notes().len(),
                Part::Block(block) => block.instances.len(),
            };
        });
        (parts, instances)
    }

    #[test]
    fn a_million_notes_on_a_thousand_pixels_are_few_instances() {
        let notes = notes(1_000_000, 60, 50, 48);
        let all = TickRange::between(Tick::ZERO, Tick(60_000_000));
        let pyramid = Pyramid::new(&notes);
        let (parts, instances) = drawn(&pyramid, all, 60_000.0);
        assert!(instances < 100_000 && parts < 400, "{parts} parts, {instances} instances");
        assert!(pyramid.heap_bytes() < 3_000_000, "{} bytes", pyramid.heap_bytes());
    }

    #[test]
    fn close_up_only_the_chunks_in_view_are_drawn() {
        let notes = notes(100_000, 60, 50, 48);
        let view = TickRange::between(Tick(3_000_000), Tick(3_001_000));
        let (parts, instances) = drawn(&Pyramid::new(&notes), view, 1.0);
        assert!(parts <= 2 && instances <= 4096, "{parts} parts, {instances} instances");
    }

    #[test]
    fn a_clip_a_few_pixels_wide_is_a_few_instances() {
        let notes = notes(1024, 60, 50, 24);
        let all = TickRange::between(Tick::ZERO, Tick(1024 * 60));
        let (_, instances) = drawn(&Pyramid::new(&notes), all, 1024.0 * 60.0 / 4.0);
        assert!(instances <= 48, "{instances}");
    }

    #[test]
    fn ten_million_ticks_of_silence_are_not_filled_close_up() {
        let notes = notes(5000, 10_000, 10, 3);
        let view = TickRange::between(Tick::ZERO, Tick(50_000_000));
        let mut widest = 0;
        Pyramid::new(&notes).visit(view, 1000.0, &mut |part| {
            if let Part::Block(block) = part {
                let wide = |one: &Instance| u64::from(one.length) << block.scale.shift;
                widest = block.instances.iter().map(wide).max().unwrap_or(0).max(widest);
            }
        });
        assert!(widest < 10_000, "{widest}");
    }

    proptest! {
        #[test]
        fn melting_covers_every_note_and_adds_at_most_the_gap(
            mut notes in proptest::collection::vec((0u64..100_000, 1u64..500, 0u8..6), 1..300),
            gap in 1u64..2000,
        ) {
            notes.sort_unstable();
            let whole: Vec<Piece> = notes
                .iter()
                .map(|&(start, length, key)| Piece { start, end: start + length, key, velocity: 9 })
                .collect();
            let mut melted = whole.clone();
            melt(&mut melted, gap);
            prop_assert!(melted.is_sorted_by_key(|piece| piece.start));
            for note in &whole {
                prop_assert!(melted.iter().any(|piece| piece.key == note.key
                    && piece.start <= note.start && piece.end >= note.end));
            }
            // Two pieces of a key are never closer than the gap.
            for (i, a) in melted.iter().enumerate() {
                for b in melted.iter().skip(i + 1).filter(|b| b.key == a.key) {
                    prop_assert!(b.start >= a.end + gap);
                }
            }
        }
    }
}
