//! Which chord sounds in each bar or half of it, and its name over the bar.
//!
//! Only bars in view are listened to; what was heard is kept until the notes change.

use super::paint::Scene;
use crate::theme::{fonts, size, translucent};
use egui::{Align2, Painter, Rect, pos2, vec2};
use engine::model::{Clip, Notes};
use engine::theory::{Chord, Spelling};
use engine::time::{MeterMap, Tick, TickRange};
use std::collections::BTreeMap;

/// Points that a bar needs for its chord to be read.
const ROOM: f64 = 26.0;
/// Notes of a half bar that are listened to.
const HEARD: usize = 2_048;
/// Bars that are kept.
const KEPT: usize = 2_048;
/// Parts of the span that a pitch has to sound for to belong to the chord, in the order in
/// which they are tried: held chords, then broken ones, then what lies under a busy melody.
const SHARES: [u64; 3] = [4, 8, 2];

/// The chords of some notes of a clip, by bar.
#[derive(Debug, Default)]
pub(super) struct Chords {
    of: Notes,
    revision: u64,
    bars: BTreeMap<u64, [Option<Chord>; 2]>,
}

impl Chords {
    /// The chords of a bar's halves; a bar that does not fall into halves has one.
    fn bar(
        &mut self,
        meter: &MeterMap,
        revision: u64,
        (clip, notes): (&Clip, &Notes),
        bar: u64,
    ) -> [Option<Chord>; 2] {
        if self.revision != revision || !self.of.is_same(notes) || self.bars.len() > KEPT {
            *self = Self { of: notes.clone(), revision, bars: BTreeMap::new() };
        }
        *self.bars.entry(bar).or_insert_with(|| {
            let [first, second] = halves(meter, bar);
            let heard = |range: TickRange| heard(clip, notes, range);
            [heard(first), heard(second)]
        })
    }
}

/// The halves of a bar whose beats can be halved, else the whole bar.
fn halves(meter: &MeterMap, bar: u64) -> [TickRange; 2] {
    let (start, end) = (meter.bar_start(bar), meter.bar_start(bar + 1));
    let beats = end.since(start) / meter.beat_ticks_at(start).max(1);
    let middle =
        if beats >= 4 && beats.is_multiple_of(2) { start.after(end.since(start) / 2) } else { end };
    [TickRange::between(start, middle), TickRange::between(middle, end)]
}

/// The chord that sounds in a stretch of the song.
fn heard(clip: &Clip, notes: &Notes, range: TickRange) -> Option<Chord> {
    let on_clip = |tick: Tick| Tick(tick.0.saturating_sub(clip.start.0));
    if range.end() <= clip.start || range.is_empty() {
        return None;
    }
    let range = TickRange::between(on_clip(range.start()), on_clip(range.end()));
    let sounding = notes.sounding_in(range).take(HEARD);
    let overlaps = sounding.map(|note| {
        let (from, to) = (note.start.max(range.start()), note.end().min(range.end()));
        (note.key, to.since(from))
    });
    recognize(overlaps, range.len())
}

/// The chord of keys that each sound for a part of `span`.
fn recognize(overlaps: impl Iterator<Item = (u8, u64)>, span: u64) -> Option<Chord> {
    let mut sounding = [0_u64; 128];
    for (key, ticks) in overlaps {
        if let Some(sum) = sounding.get_mut(usize::from(key)) {
            *sum += ticks;
        }
    }
    let held = |share: u64| {
        let long = move |&(_, ticks): &(u8, &u64)| *ticks > 0 && *ticks * share >= span;
        (0..128).zip(&sounding).filter(long).map(|(key, _)| key)
    };
    let classes = |share| held(share).fold(0_u16, |set, key| set | 1 << (key % 12)).count_ones();
    let mut full = SHARES.into_iter().filter(|share| classes(*share) >= 3);
    let named = full.find_map(|share| Chord::recognize(held(share)));
    named.or_else(|| Chord::recognize(held(SHARES[0])))
}

/// Where chord names go, and whose they are.
pub(super) struct ChordStrip<'a> {
    /// Over the notes when there is no strip of their own.
    pub(super) rect: Rect,
    /// Whose chords.
    pub(super) notes: &'a Notes,
    /// Which song this is.
    pub(super) revision: u64,
    /// How black keys are written.
    pub(super) spelling: Spelling,
}

impl Scene<'_> {
    /// Chord names over the bars in view; returns how many were written.
    pub(super) fn chords(
        &self,
        painter: &Painter,
        strip: &ChordStrip<'_>,
        meter: &MeterMap,
        chords: &mut Chords,
    ) -> usize {
        let Self { theme, layout, clip, .. } = self;
        let (from, to) = layout.visible_ticks();
        let bar_of = |tick: f64| meter.position(Tick(tick.max(0.0) as u64)).bar;
        let (first, last) = (bar_of(from), bar_of(to));
        let width = (to - from) * layout.viewport.scale / ((last - first).max(1) as f64);
        let own = strip.rect == layout.chords;
        let painter = painter.with_clip_rect(strip.rect.intersect(painter.clip_rect()));
        if own {
            painter.rect_filled(strip.rect, 0.0, theme.panel);
            painter.hline(strip.rect.x_range(), strip.rect.bottom() - 0.5, (1.0, theme.line));
        }
        if width < ROOM {
            return 0;
        }
        let mut before: Option<Chord> = None;
        let mut n_written = 0;
        for bar in first.saturating_sub(1)..=last {
            let heard = chords.bar(meter, strip.revision, (clip, strip.notes), bar);
            for (half, chord) in halves(meter, bar).into_iter().zip(heard) {
                if half.is_empty() {
                    continue;
                }
                if let Some(chord) = chord.filter(|chord| bar >= first && before != Some(*chord)) {
                    self.chord(&painter, strip, half, chord, own);
                    n_written += 1;
                }
                before = chord;
            }
        }
        n_written
    }

    fn chord(
        &self,
        painter: &Painter,
        strip: &ChordStrip<'_>,
        half: TickRange,
        chord: Chord,
        own: bool,
    ) {
        let Self { theme, layout, .. } = self;
        let x = layout.x_from_tick(half.start().0 as f64);
        let name = chord.name(strip.spelling);
        let ink = theme.accent;
        let text = painter.layout_no_wrap(name, fonts::strong(size::CAPTION), ink);
        let at = pos2(x + 5.0, strip.rect.center().y);
        let place = Align2::LEFT_CENTER.anchor_size(at, text.size());
        if !own {
            let ground = place.expand2(vec2(3.0, 1.0));
            painter.rect_filled(ground, 3.0, translucent(theme.panel, 225));
        }
        painter.galley(place.min, text, ink);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::time::Division;

    fn name(keys: &[(u8, u64)]) -> String {
        let chord = recognize(keys.iter().copied(), 1920);
        chord.map_or_else(|| "–".to_owned(), |chord| chord.name(Spelling::Usual))
    }

    #[test]
    fn held_broken_and_ornamented_chords_are_named() {
        assert_eq!(name(&[(60, 1920), (64, 1920), (67, 1920)]), "C");
        assert_eq!(name(&[(60, 240), (64, 240), (67, 240), (72, 240)]), "C");
        let passing = [(57, 1920), (60, 1920), (64, 1920), (71, 100), (73, 100)];
        assert_eq!(name(&passing), "Am");
        assert_eq!(name(&[(64, 1920), (67, 1920), (72, 1920)]), "C/E");
        assert_eq!((name(&[(60, 1920)]), name(&[])), ("–".into(), "–".into()));
    }

    #[test]
    fn bars_of_four_beats_have_halves_and_those_of_three_have_not() {
        let meter = |numerator| {
            let meter = engine::time::Meter { numerator, denominator_power: 2 };
            let point = engine::time::MeterPoint { tick: Tick(0), meter };
            MeterMap::new(Division::Ppq(480), [point])
        };
        let lengths = |numerator| halves(&meter(numerator), 1).map(TickRange::len);
        assert_eq!(lengths(4), [960, 960]);
        assert_eq!(lengths(3), [1440, 0]);
    }
}
