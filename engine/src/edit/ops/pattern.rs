//! Operations that lay notes out in time: strum, arpeggio, repeats, crop.

use super::Percent;
use super::apply::{Scene, move_to, set_length, too_many};
use super::timing::span;
use crate::edit::EditError;
use crate::model::Note;
use crate::time::{Tick, TickRange};
use std::num::{NonZeroU16, NonZeroU32};

/// Which note of a chord sounds first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StrumDirection {
    /// The lowest.
    #[default]
    Up,
    /// The highest.
    Down,
    /// The lowest of the first chord, the highest of the second, and so on.
    Alternate,
}

/// Spreads the onsets of each chord over some ticks; ends stay where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strum {
    /// Which note comes first.
    pub direction: StrumDirection,
    /// From the first onset to the last.
    pub ticks: u32,
    /// −100..=100: 0 spreads evenly, above it the strum slows down, below it speeds up.
    pub curve: i8,
}

/// In which order an arpeggio plays its chord.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ArpOrder {
    /// From the lowest up.
    #[default]
    Up,
    /// From the highest down.
    Down,
    /// Up and down, the outer notes once.
    UpDown,
    /// As the notes were struck.
    AsPlayed,
}

/// Plays each chord's notes one after the other for as long as the chord lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arpeggiate {
    /// In which order.
    pub order: ArpOrder,
    /// Ticks from note to note.
    pub step: NonZeroU32,
    /// Which share of a step a note lasts.
    pub gate: Percent,
    /// Over how many octaves, 1 to 4.
    pub octaves: u8,
}

/// What is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crop {
    /// All other notes of the clip.
    Others,
    /// Whatever of the notes lies outside this range of the clip; notes are cut at its edges.
    Range(TickRange),
}

/// How far apart repeats are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Each begins where the one before ends.
    Span,
    /// The span made up to whole beats.
    Beats,
    /// The span made up to whole bars.
    Bars,
    /// This many ticks.
    Ticks(NonZeroU32),
}

/// Copies the notes after themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// How many copies.
    pub times: NonZeroU16,
    /// How far apart.
    pub period: Period,
}

pub(super) fn strum(scene: &Scene<'_>, notes: &mut [Note], strum: Strum) -> Result<(), EditError> {
    let mut upwards = strum.direction != StrumDirection::Down;
    let exponent = (f64::from(strum.curve.clamp(-100, 100)) / -50.0).exp2();
    let mut order: Vec<usize> = Vec::new();
    scene.chords(notes, |chord| {
        let Some(first) = chord.first().map(|note| note.start) else { return };
        order.clear();
        order.extend(0..chord.len());
        order.sort_by_key(|&index| chord.get(index).map(|note| note.key));
        if !upwards {
            order.reverse();
        }
        if chord.len() < 2 {
            return;
        }
        let gaps = (order.len() - 1) as f64;
        for (place, &index) in order.iter().enumerate() {
            let Some(note) = chord.get_mut(index) else { continue };
            let share = (place as f64 / gaps).powf(exponent);
            let delay = (f64::from(strum.ticks) * share).round() as u64;
            let end = note.end();
            let start = first.after(delay).min(end.offset(-1).max(note.start));
            move_to(note, start);
            set_length(note, end.since(start));
        }
        if strum.direction == StrumDirection::Alternate {
            upwards = !upwards;
        }
    })
}

/// The notes that take the chords' place.
pub(super) fn arpeggiate(
    scene: &Scene<'_>,
    notes: &mut [Note],
    arp: Arpeggiate,
) -> Result<Vec<Note>, EditError> {
    let step = u64::from(arp.step.get());
    let mut total = 0u64;
    scene.chords(notes, |chord| {
        let (first, last) = span(chord);
        total = total.saturating_add(last.since(first).div_ceil(step));
    })?;
    too_many(total)?;
    let gate = arp.gate.of(step as i64).max(1).unsigned_abs();
    let mut made = Vec::new();
    let mut pattern: Vec<Note> = Vec::new();
    scene.chords(notes, |chord| {
        let (first, last) = span(chord);
        if arp.order != ArpOrder::AsPlayed {
            chord.sort_by_key(|note| note.key);
        }
        pattern.clear();
        for octave in 0..arp.octaves.clamp(1, 4) {
            let up = chord.iter().filter_map(|note| {
                let key = note.key.checked_add(octave * 12).filter(|&key| key < 128)?;
                Some(Note { key, ..*note })
            });
            pattern.extend(up);
        }
        match arp.order {
            ArpOrder::Up | ArpOrder::AsPlayed => {}
            ArpOrder::Down => pattern.reverse(),
            ArpOrder::UpDown => {
                let back = pattern.iter().rev().skip(1).copied();
                let back: Vec<Note> = back.take(pattern.len().saturating_sub(2)).collect();
                pattern.extend(back);
            }
        }
        let places = (first.0..last.0.max(first.0 + 1)).step_by(step as usize);
        made.extend(places.zip(pattern.iter().cycle()).map(|(start, note)| Note {
            start: Tick(start),
            length: gate.min(last.0.saturating_sub(start)).clamp(1, u64::from(u32::MAX)) as u32,
            ..*note
        }));
    })?;
    Ok(made)
}

pub(super) fn crop(notes: &mut Vec<Note>, range: TickRange) {
    notes.retain(|note| note.start < range.end() && note.end() > range.start());
    for note in notes {
        let end = note.end().min(range.end());
        let start = note.start.max(range.start());
        move_to(note, start);
        set_length(note, end.since(start));
    }
}

/// The copies.
pub(super) fn repeat(
    scene: &Scene<'_>,
    notes: &[Note],
    repeat: Repeat,
) -> Result<Vec<Note>, EditError> {
    let (first, last) = scene.span(notes);
    let at = scene.clip.start.offset(first);
    let span = last.abs_diff(first).max(1);
    let whole = |unit: u64| span.div_ceil(unit.max(1)).saturating_mul(unit.max(1));
    let period = match repeat.period {
        Period::Span => span,
        Period::Beats => whole(scene.meter.beat_ticks_at(at)),
        Period::Bars => {
            let bar = scene.meter.position(at).bar;
            whole(scene.meter.bar_start(bar + 1).since(scene.meter.bar_start(bar)))
        }
        Period::Ticks(ticks) => u64::from(ticks.get()),
    };
    too_many((notes.len() as u64).saturating_mul(u64::from(repeat.times.get())))?;
    let mut made = Vec::with_capacity(notes.len() * usize::from(repeat.times.get()));
    for time in 1..=u64::from(repeat.times.get()) {
        let later = period.saturating_mul(time);
        scene.look(notes, |note| {
            made.push(Note { start: note.start.after(later), ..*note });
        })?;
    }
    Ok(made)
}
