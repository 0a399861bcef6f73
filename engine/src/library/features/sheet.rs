//! The notes of a song laid on a grid: what most features look at instead of the notes.
//!
//! Ticks become grains, 192 to the quarter whatever the file's division, so that two files of
//! the same music look the same. A note becomes eight bytes. Bars and pulses are laid beside.

use super::notes::{DRUM_CHANNEL, PlayedNote};
use crate::smf::Song;
use crate::time::{Division, Meter, MeterMap, Tick};
use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

/// Grains in a quarter: every note value down to a 64th triplet is a whole number of them.
pub const GRAINS: u32 = 192;
/// Music is looked at up to here, in quarters: over two hours at 120 beats a minute. A single
/// note at the end of time must not ask for memory.
pub(super) const MOST_QUARTERS: u32 = 1 << 14;
/// Bars are counted up to this many.
const MOST_BARS: usize = 1 << 14;

/// A note on the grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Onset, in grains, to the nearest.
    pub start: u32,
    /// Length in grains, to the nearest, 1..=65,535.
    pub length: u16,
    /// Pitch, 0..=127.
    pub key: u8,
    /// Which channel, 0..=15.
    pub channel: u8,
}

impl Mark {
    /// Its end, in grains.
    pub const fn end(self) -> u32 {
        // No sheet is that long.
        self.start.wrapping_add(self.length as u32)
    }

    /// Its pitch class, 0..=11 from C up.
    #[inline]
    pub const fn class(self) -> usize {
        class_of(self.key)
    }

    /// Whether its key is a drum.
    pub const fn is_drum(self) -> bool {
        self.channel == DRUM_CHANNEL
    }

    /// Where in its quarter it begins, in grains.
    pub const fn phase(self) -> u32 {
        self.start % GRAINS
    }
}

/// A bar on the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bar {
    /// Its first grain.
    pub start: u32,
    /// How long it is; at least 1.
    pub length: u32,
    /// The index of its first pulse.
    pub first_pulse: u32,
    /// How many pulses it has; at least 1.
    pub pulses: u32,
}

/// A song on the grid. Lives in the arena of its file.
#[derive(Debug)]
pub struct Sheet<'s> {
    /// The notes in order; those after the first 16,384 quarters are left out.
    pub marks: &'s [Mark],
    /// Those of them whose keys are pitches, in order.
    pub pitched: &'s [Mark],
    /// Those on the drum channel, in order.
    pub drums: &'s [Mark],
    /// The bars up to the end of the last note.
    pub bars: &'s [Bar],
    /// Where each pulse begins, in grains, and after the last where it ends. A pulse is what
    /// one beats: a quarter in 4/4, a dotted quarter in 6/8.
    pub pulses: &'s [u32],
    /// When the last note has ended, in grains; 0 without notes.
    pub last_end: u32,
    /// The lengths of all notes together, in grains.
    pub lengths: u64,
    /// The lowest and the highest key outside the drums.
    pub pitches: Option<(u8, u8)>,
    /// The keys outside the drums, added up.
    pub keys: u64,
    /// Whether the file has beats; with an SMPTE division half a second counts as a quarter.
    pub has_beats: bool,
}

impl<'s> Sheet<'s> {
    /// Lays out the notes of a song, which come by onset.
    pub fn of(song: &Song<'_>, notes: &[PlayedNote], arena: &'s Bump) -> Self {
        Self::new(song.division, &song.meter_map(), notes, arena)
    }

    /// Lays out notes, which come by onset.
    pub fn new(
        division: Division,
        meters: &MeterMap,
        notes: &[PlayedNote],
        arena: &'s Bump,
    ) -> Self {
        let last = u64::from(MOST_QUARTERS) * u64::from(division.ticks_per_quarter());
        let heard = notes.get(..notes.partition_point(|note| note.tick < last)).unwrap_or_default();
        let grains = PerTick::of(division);
        let (mut end, mut n_drums, mut lengths) = (0, 0, 0);
        let marks = &*arena.alloc_slice_fill_iter(heard.iter().map(|note| {
            let mark = Mark {
                // The tick fits: it is less than `last`.
                start: grains.start(note.tick as u32),
                length: grains.length(note.ticks),
                key: note.key(),
                channel: note.channel(),
            };
            end = end.max(mark.end());
            n_drums += usize::from(mark.is_drum());
            lengths += u64::from(mark.length);
            mark
        }));
        let (pitched, drums) = part(marks, n_drums, arena);
        let per_tick = f64::from(GRAINS) / f64::from(division.ticks_per_quarter());
        let (bars, pulses) = lay_bars(division, meters, end, per_tick, arena);
        let (pitches, keys) = range(pitched);
        let has_beats = matches!(division, Division::Ppq(_));
        Self {
            marks,
            pitched,
            drums,
            bars,
            pulses,
            last_end: end,
            lengths,
            pitches,
            keys,
            has_beats,
        }
    }

    /// The end of the last note, in grains; 0 without notes.
    pub fn end(&self) -> u32 {
        self.pulses.last().copied().unwrap_or_default()
    }

    /// The drums of each bar that has any, with the bar.
    pub fn drums_by_bar(&self) -> impl Iterator<Item = (Bar, &'s [Mark])> {
        let mut rest = self.drums;
        self.bars.iter().filter_map(move |&bar| {
            let end = bar.start + bar.length;
            let count = rest.iter().take_while(|mark| mark.start < end).count();
            let (own, later) = rest.split_at(count);
            rest = later;
            (!own.is_empty()).then_some((bar, own))
        })
    }
}

/// Pitches and drums apart, both in order, so that no feature asks each note which it is: they
/// alternate unpredictably.
fn part<'s>(marks: &'s [Mark], n_drums: usize, arena: &'s Bump) -> (&'s [Mark], &'s [Mark]) {
    if n_drums == 0 {
        return (marks, &[]);
    }
    // Each mark is written as both, and stays as what it is. The last one needs room for both.
    let pitched = arena.alloc_slice_fill_copy(marks.len() - n_drums + 1, Mark::default());
    let drums = arena.alloc_slice_fill_copy(n_drums + 1, Mark::default());
    let (mut n_pitched, mut n_drums) = (0, 0);
    for mark in marks {
        if let (Some(pitch), Some(drum)) = (pitched.get_mut(n_pitched), drums.get_mut(n_drums)) {
            (*pitch, *drum) = (*mark, *mark);
        }
        n_pitched += usize::from(!mark.is_drum());
        n_drums += usize::from(mark.is_drum());
    }
    (pitched.get(..n_pitched).unwrap_or_default(), drums.get(..n_drums).unwrap_or_default())
}

/// The lowest and the highest key, and the sum of all.
fn range(marks: &[Mark]) -> (Option<(u8, u8)>, u64) {
    let mut counts = [0_u32; 128];
    for mark in marks {
        counts[usize::from(mark.key & 127)] += 1;
    }
    let lowest = counts.iter().position(|&count| count > 0);
    let highest = counts.iter().rposition(|&count| count > 0);
    let sum = counts.iter().zip(0..).map(|(&count, key)| u64::from(count) * key).sum();
    (lowest.zip(highest).map(|(low, high)| (low as u8, high as u8)), sum)
}

/// The pitch class of a key, 0..=127: looked up, as dividing takes three times as long and
/// every other feature asks for it.
#[inline]
pub(super) const fn class_of(key: u8) -> usize {
    const CLASSES: [u8; 128] = {
        let mut classes = [0; 128];
        let mut key = 0;
        while key < classes.len() {
            classes[key] = (key % 12) as u8;
            key += 1;
        }
        classes
    };
    CLASSES[(key & 127) as usize] as usize
}

/// To the nearest whole number; of numbers that 32 bits hold. Beside this number no fraction has
/// room, so that the sum is rounded and its last bits are the answer; a conversion that must ask
/// for its limits takes three times as long, and half of the work on a note is such.
#[inline]
pub(super) const fn nearest(value: f64) -> i32 {
    const SHIFT: f64 = (3_u64 << 51) as f64;
    (value + SHIFT).to_bits() as i32
}

/// Grains of ticks: a product in fixed point, as conversions from and to fractions would be half of
/// the work on a note. Exact unless a quarter has thousands of ticks, and then to a 4,096th.
struct PerTick {
    /// Grains of a tick times 2⁴¹, rounded up: a half is never rounded down.
    factor: u64,
    /// More ticks than this are the longest length.
    longest: u32,
}

impl PerTick {
    const BITS: u32 = 41;

    fn of(division: Division) -> Self {
        let quarter = u64::from(division.ticks_per_quarter());
        let longest = (u64::from(u16::MAX) * quarter).div_ceil(u64::from(GRAINS));
        Self {
            factor: (u64::from(GRAINS) << Self::BITS).div_ceil(quarter),
            longest: u32::try_from(longest).unwrap_or(u32::MAX),
        }
    }

    /// To the nearest grain, of a tick within [`MOST_QUARTERS`].
    #[inline]
    const fn start(&self, tick: u32) -> u32 {
        ((tick as u64 * self.factor + (1 << (Self::BITS - 1))) >> Self::BITS) as u32
    }

    /// To the nearest grain, cut at both ends.
    #[inline]
    fn length(&self, ticks: u32) -> u16 {
        self.start(ticks.min(self.longest)).clamp(1, u32::from(u16::MAX)) as u16
    }
}

/// How many pulses a bar has: three eighths and their like are one pulse where a bar has
/// more than three of them.
const fn pulses_of(meter: Meter) -> u32 {
    let beats = meter.numerator as u32;
    match beats {
        0 => 1,
        _ if meter.denominator_power >= 3 && beats.is_multiple_of(3) && beats > 3 => beats / 3,
        _ => beats,
    }
}

/// Bars and pulses up to `end`, and the end of the last pulse.
fn lay_bars<'s>(
    division: Division,
    meters: &MeterMap,
    end: u32,
    per_tick: f64,
    arena: &'s Bump,
) -> (&'s [Bar], &'s [u32]) {
    let n_quarters = (end / GRAINS) as usize + 8;
    let mut bars = ArenaVec::with_capacity_in(n_quarters / 3 + 1, arena);
    let mut pulses = ArenaVec::with_capacity_in(n_quarters + 1, arena);
    let mut points = meters.points().peekable();
    let grain_of = |tick: Tick| (tick.0 as f64 * per_tick + 0.5) as u32;
    let mut start = 0;
    while let Some(point) = points.next() {
        let until = points.peek().map_or(end, |next| grain_of(next.tick).min(end));
        let quarter = f64::from(division.ticks_per_quarter());
        let ticks = 4.0 * quarter / f64::from(point.meter.denominator());
        let length = (ticks * f64::from(point.meter.numerator) * per_tick).max(1.0) as u32;
        let n_pulses = pulses_of(point.meter).min(length);
        start = start.max(grain_of(point.tick));
        while start < until && bars.len() < MOST_BARS {
            // A change inside a bar cuts it short; the last bar is whole.
            let room = if points.peek().is_some() { until - start } else { length };
            let length = length.min(room);
            let n_pulses = n_pulses.min(length);
            let first_pulse = pulses.len() as u32;
            bars.push(Bar { start, length, first_pulse, pulses: n_pulses });
            if length.is_multiple_of(n_pulses) {
                let even = length / n_pulses;
                pulses.extend((0..n_pulses).map(|pulse| start + pulse * even));
            } else {
                pulses.extend((0..n_pulses).map(|pulse| start + pulse * length / n_pulses));
            }
            start += length;
        }
    }
    pulses.push(start);
    (bars.into_bump_slice(), pulses.into_bump_slice())
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::NoteEvent;
    use super::*;
    use crate::time::MeterPoint;
    use proptest::prelude::*;

    /// A note for tests: quarters, and a second is two of them.
    pub(in crate::library) fn note(start: f64, length: f64, key: u8) -> NoteEvent {
        NoteEvent {
            start_secs: start / 2.0,
            end_secs: start / 2.0 + length / 2.0,
            tick: (start * 480.0).round() as u64,
            ticks: (length * 480.0).round() as u32,
            key,
            velocity: 90,
            channel: 0,
            program: 0,
        }
    }

    /// The same on the drum channel, a sixteenth long.
    pub(in crate::library) fn drum(start: f64, key: u8) -> NoteEvent {
        NoteEvent { channel: DRUM_CHANNEL, ..note(start, 0.25, key) }
    }

    /// As a file has them.
    pub(in crate::library) fn played(notes: &[NoteEvent]) -> Vec<PlayedNote> {
        notes.iter().map(PlayedNote::from).collect()
    }

    /// In 4/4 at 480 ticks a quarter; the notes may come in any order.
    pub(in crate::library) fn sheet<'s>(notes: &mut [NoteEvent], arena: &'s Bump) -> Sheet<'s> {
        sheet_in(notes, 4, 2, arena)
    }

    /// In any meter.
    pub(in crate::library) fn sheet_in<'s>(
        notes: &mut [NoteEvent],
        numerator: u8,
        denominator_power: u8,
        arena: &'s Bump,
    ) -> Sheet<'s> {
        notes.sort_by_key(|note| (note.tick, note.key));
        let meter = Meter { numerator, denominator_power };
        let point = MeterPoint { tick: Tick::ZERO, meter };
        let division = Division::Ppq(480);
        Sheet::new(division, &MeterMap::new(division, [point]), &played(notes), arena)
    }

    #[test]
    fn a_quarter_is_192_grains_in_any_division() {
        let arena = Bump::new();
        let laid = sheet(&mut [note(1.5, 0.25, 60)], &arena);
        assert_eq!(laid.marks, [Mark { start: 288, length: 48, key: 60, channel: 0 }]);
        let (bars, pulses) = (laid.bars, laid.pulses);
        assert_eq!(bars, [Bar { start: 0, length: 768, first_pulse: 0, pulses: 4 }]);
        assert_eq!(pulses, [0, 192, 384, 576, 768]);
        for ppq in [24, 96, 480, 960] {
            let division = Division::Ppq(ppq);
            let notes = [NoteEvent { tick: u64::from(ppq) * 3 / 8, ..note(0.0, 0.5, 60) }];
            let laid = Sheet::new(division, &MeterMap::new(division, []), &played(&notes), &arena);
            assert_eq!(laid.marks[0].start, 72);
        }
    }

    proptest! {
        #[test]
        fn ticks_are_rounded_to_the_nearest_grain(ppq in 1u16..4_000, tick: u32, long: bool) {
            let division = Division::Ppq(ppq);
            let tick = tick % (u32::from(ppq) * if long { MOST_QUARTERS } else { 64 });
            let (halves, whole) = (u64::from(tick) * 2 * u64::from(GRAINS), u64::from(ppq) * 2);
            let nearest = (halves + u64::from(ppq)) / whole;
            let grains = PerTick::of(division);
            prop_assert_eq!(u64::from(grains.start(tick)), nearest);
            prop_assert_eq!(u64::from(grains.length(tick)), nearest.clamp(1, 65_535));
            prop_assert_eq!(grains.length(u32::MAX), u16::MAX);
        }
    }

    #[test]
    fn six_eighths_have_two_pulses_and_three_quarters_three() {
        let arena = Bump::new();
        assert_eq!(sheet_in(&mut [note(0.0, 1.0, 60)], 6, 3, &arena).pulses, [0, 288, 576]);
        assert_eq!(sheet_in(&mut [note(0.0, 1.0, 60)], 3, 2, &arena).pulses, [0, 192, 384, 576]);
    }

    #[test]
    fn a_change_of_meter_cuts_the_bar_short() {
        let arena = Bump::new();
        let division = Division::Ppq(480);
        let meter = Meter { numerator: 3, denominator_power: 2 };
        let map = MeterMap::new(division, [MeterPoint { tick: Tick(960), meter }]);
        let notes = [drum(0.0, 36), drum(4.0, 36)];
        let laid = Sheet::new(division, &map, &played(&notes), &arena);
        let bars: Vec<(u32, u32)> = laid.bars.iter().map(|bar| (bar.start, bar.length)).collect();
        assert_eq!(bars, [(0, 384), (384, 576)]);
        let counts: Vec<usize> = laid.drums_by_bar().map(|(_, marks)| marks.len()).collect();
        assert_eq!(counts, [1, 1]);
    }

    #[test]
    fn pitches_and_drums_lie_apart_in_their_order() {
        let arena = Bump::new();
        let mut notes = vec![note(0.0, 1.0, 60), drum(0.0, 36), drum(1.0, 38), note(2.0, 1.0, 64)];
        let keys = |marks: &[Mark]| marks.iter().map(|mark| mark.key).collect::<Vec<u8>>();
        let laid = sheet(&mut notes, &arena);
        assert_eq!((keys(laid.pitched), keys(laid.drums)), (vec![60, 64], vec![36, 38]));
        assert_eq!(laid.pitches, Some((60, 64)));
        let laid = sheet(&mut [drum(0.0, 36)], &arena);
        assert_eq!((laid.pitched, laid.drums.len(), laid.pitches), (&[][..], 1, None));
    }

    #[test]
    fn a_note_at_the_end_of_time_costs_nothing() {
        let arena = Bump::new();
        let far = NoteEvent { tick: u64::MAX, ticks: u32::MAX, ..note(0.0, 1.0, 60) };
        let laid = sheet(&mut [note(0.0, 1.0, 60), far], &arena);
        assert_eq!((laid.marks.len(), laid.bars.len()), (1, 1));
    }
}
