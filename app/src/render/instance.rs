//! The form a note takes on the GPU: 12 bytes.

use super::layer::NoteBox;
use engine::model::NoteChunk;
use engine::time::Tick;

/// One quad. Start and length are in units of `1 << shift` ticks from the block's origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub(super) struct Instance {
    pub(super) start: u32,
    pub(super) length: u32,
    pub(super) key: u8,
    pub(super) velocity: u8,
    /// How many keys further down it reaches.
    pub(super) span: u8,
    /// Keeps the size a multiple of four.
    pub(super) unused: u8,
}

/// How instances of a block count ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scale {
    /// The tick of unit 0.
    pub(super) origin: Tick,
    /// A unit is `1 << shift` ticks. 0 unless the block is longer than 2³⁰ ticks.
    pub(super) shift: u32,
}

/// A note or several that melted into one, between the model and an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) key: u8,
    pub(super) velocity: u8,
}

impl Scale {
    /// For a block from `start` to `end`. Units stay below 2³⁰, so that differences
    /// of two fit the shader's `i32`.
    pub(super) fn new(start: Tick, end: Tick) -> Self {
        let bits = u64::BITS - end.since(start).leading_zeros();
        Self { origin: start, shift: bits.saturating_sub(30) }
    }

    pub(super) fn instance(self, piece: Piece) -> Instance {
        Instance {
            start: (Tick(piece.start).since(self.origin) >> self.shift) as u32,
            length: (piece.end.saturating_sub(piece.start) >> self.shift) as u32,
            key: piece.key,
            velocity: piece.velocity,
            span: 0,
            unused: 0,
        }
    }

    pub(super) fn piece(self, instance: Instance) -> Piece {
        let start = self.origin.0 + (u64::from(instance.start) << self.shift);
        Piece {
            start,
            end: start + (u64::from(instance.length) << self.shift),
            key: instance.key,
            velocity: instance.velocity,
        }
    }
}

/// The scale of a chunk's instances.
pub(super) fn scale_of(chunk: &NoteChunk) -> Scale {
    Scale::new(chunk.start(), chunk.last_end())
}

/// Every note of a chunk, appended to `into`.
pub(super) fn from_chunk(chunk: &NoteChunk, into: &mut Vec<Instance>) {
    let scale = scale_of(chunk);
    into.extend(chunk.notes().iter().map(|note| {
        scale.instance(Piece {
            start: note.start.0,
            end: note.end().0,
            key: note.key,
            velocity: note.velocity,
        })
    }));
}

/// One box around a chunk, for as long as its coarser level is being built.
pub(super) fn around_chunk(chunk: &NoteChunk) -> (Scale, Instance) {
    let scale = scale_of(chunk);
    let (lowest, highest) = chunk.keys();
    let whole =
        Piece { start: chunk.start().0, end: chunk.last_end().0, key: highest, velocity: 40 };
    (scale, Instance { span: highest.saturating_sub(lowest), ..scale.instance(whole) })
}

/// Single notes, appended to `into`.
pub(super) fn from_boxes(boxes: &[NoteBox], into: &mut Vec<Instance>) -> Scale {
    let start = boxes.iter().map(|note| note.start).min().unwrap_or(Tick::ZERO);
    let end = boxes.iter().map(|note| note.start.after(note.length)).max().unwrap_or(start);
    let scale = Scale::new(start, end);
    into.extend(boxes.iter().map(|note| {
        scale.instance(Piece {
            start: note.start.0,
            end: note.start.after(note.length).0,
            key: note.key,
            velocity: note.velocity,
        })
    }));
    scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_instance_takes_12_bytes() {
        assert_eq!(size_of::<Instance>(), 12);
    }

    proptest! {
        #[test]
        fn a_piece_comes_back_to_within_a_unit(
            origin in 0u64..1 << 50,
            start in 0u64..1 << 40,
            length in 0u64..1 << 32,
        ) {
            let piece = Piece { start: origin + start, end: origin + start + length, key: 60, velocity: 1 };
            let scale = Scale::new(Tick(origin), Tick(piece.end));
            let back = scale.piece(scale.instance(piece));
            let unit = 1u64 << scale.shift;
            prop_assert!(piece.start - back.start < unit);
            prop_assert!(piece.end.abs_diff(back.end) < 2 * unit);
            prop_assert!(scale.instance(piece).start < 1 << 30);
            if start + length < 1 << 30 {
                prop_assert_eq!(back, piece);
            }
        }
    }
}
