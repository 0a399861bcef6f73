//! Paper to write on: parts, lines in letters, drums in grids, a hand that is not a machine's.

use super::super::encode::TrackEvents;
use super::super::rng::Rng;
use super::harmony::{Chord, root_of};

/// Ticks in a quarter note.
pub(super) const PPQ: u64 = 480;
/// Ticks in a sixteenth.
pub(super) const STEP: u64 = PPQ / 4;
/// Ticks in a bar of 4/4.
pub(super) const BAR: u64 = PPQ * 4;

/// What a part is called and how it sits in the mix.
#[derive(Clone, Copy, Debug)]
pub(super) struct Voice {
    pub(super) name: &'static str,
    pub(super) channel: u8,
    /// General MIDI program, from 0.
    pub(super) program: u8,
    /// Controller 7.
    pub(super) volume: u8,
    /// Controller 10.
    pub(super) pan: u8,
    /// Controller 91.
    pub(super) reverb: u8,
}

#[derive(Clone, Copy, Debug)]
struct Played {
    start: u64,
    length: u64,
    key: u8,
    velocity: u8,
}

/// A track while it is written.
#[derive(Debug)]
pub(super) struct Part {
    voice: Voice,
    /// Ticks in a bar, for accents and expression.
    bar: u64,
    rng: Rng,
    notes: Vec<Played>,
    events: TrackEvents,
}

impl Part {
    pub(super) fn new(voice: Voice, bar: u64) -> Self {
        let mut events = TrackEvents::default();
        events.text(0, 0x03, voice.name);
        events.program(0, voice.channel, voice.program);
        events.control(0, voice.channel, 7, voice.volume);
        events.control(0, voice.channel, 10, voice.pan);
        events.control(0, voice.channel, 91, voice.reverb);
        events.control(0, voice.channel, 93, 12);
        Self { voice, bar, rng: Rng::new(u64::from(voice.channel) + 1), notes: Vec::new(), events }
    }

    /// A note at a tick, placed and struck as a person would: up to 6 ms late, stressed by
    /// its place in the bar.
    pub(super) fn note(&mut self, at: u64, length: u64, key: u8, velocity: i64) {
        let stress = match at % self.bar {
            0 => 7,
            rest if rest % PPQ == 0 => 2,
            rest if rest % (PPQ / 2) == 0 => -2,
            _ => -5,
        };
        // Never early: a note before the bar line belongs to another bar.
        let late = self.rng.below(if stress > 0 { 3 } else { 7 });
        let velocity = velocity + stress + self.rng.between(-4, 4);
        self.notes.push(Played {
            start: at + late,
            length: length.saturating_sub(late).max(10),
            key: key.min(127),
            velocity: velocity.clamp(1, 127) as u8,
        });
    }

    /// Keys together, the lower ones a breath before the upper when `roll` ticks are given.
    pub(super) fn chord(&mut self, at: u64, length: u64, keys: &[u8], velocity: i64, roll: u64) {
        for (place, key) in keys.iter().enumerate() {
            let delay = roll * place as u64;
            self.note(at + delay, length.saturating_sub(delay), *key, velocity);
        }
    }

    /// A melody in letters: `A5.3` is A in the fifth octave for three sixteenths, `r.2` a rest,
    /// `gate` is the part of each note that sounds,
    /// in percent.
    pub(super) fn line(&mut self, bar: u64, text: &str, shift: i8, velocity: i64, gate: u64) {
        let mut at = bar * self.bar;
        for (key, steps) in tokens(text) {
            let length = steps * STEP;
            if let Some(key) = key {
                let key = key.saturating_add_signed(shift);
                // Long notes and high ones are what a line leans on.
                let lean = i64::from(steps >= 4) * 4 + (i64::from(key) - 72).clamp(-6, 8) / 2;
                // A note that rings on past its successor still ends with the bar.
                let bar_end = (bar + 1) * self.bar;
                let ring = (length * gate / 100).min(bar_end.saturating_sub(at + 20)).max(20);
                self.note(at, ring, key, velocity + lean);
            }
            at += length;
        }
    }

    /// A drum in a grid of sixteenths: digits are loudness from 1 to 9, anything else is silence.
    pub(super) fn grid(&mut self, bar: u64, key: u8, grid: &str, force: i64) {
        for (place, letter) in (0u64..).zip(grid.chars()) {
            if let Some(digit) = letter.to_digit(10) {
                let velocity = 22 + i64::from(digit) * 11 + force;
                self.note(bar * self.bar + place * STEP, STEP / 2, key, velocity);
            }
        }
    }

    /// Controller `number` in a straight line, a step every eighth note.
    pub(super) fn ramp(&mut self, number: u8, (from, to): (u64, u64), (low, high): (u8, u8)) {
        let steps = (to.saturating_sub(from) / (PPQ / 2)).max(1);
        for step in 0..steps {
            let span = i64::from(high) - i64::from(low);
            let value = i64::from(low) + span * step as i64 / (steps as i64 - 1).max(1);
            let tick = from + step * (PPQ / 2);
            self.events.control(tick, self.voice.channel, number, value.clamp(0, 127) as u8);
        }
    }

    /// The sustain pedal, down just after `from` and up just before `to`.
    pub(super) fn pedal(&mut self, from: u64, to: u64) {
        self.events.control(from + 12, self.voice.channel, 64, 127);
        self.events.control(to.saturating_sub(18), self.voice.channel, 64, 0);
    }

    /// A slide into a note that begins at `tick`: the pitch comes from below within a sixteenth.
    pub(super) fn scoop(&mut self, tick: u64) {
        for (step, value) in [-1500, -800, -300, 0].into_iter().enumerate() {
            self.events.bend(tick + step as u64 * 24, self.voice.channel, value);
        }
    }

    /// What a file holds of this part. Of two notes of one key the earlier makes room.
    pub(super) fn finish(mut self) -> TrackEvents {
        self.notes.sort_by_key(|note| (note.key, note.start));
        self.notes.dedup_by(|later, kept| {
            let twin = later.key == kept.key && later.start < kept.start + 30;
            if twin {
                kept.length = kept.length.max(later.length);
            }
            twin
        });
        let next: Vec<Option<u64>> = self
            .notes
            .iter()
            .zip(self.notes.iter().skip(1).map(Some).chain([None]))
            .map(|(note, next)| next.filter(|n| n.key == note.key).map(|n| n.start))
            .collect();
        for (note, next) in self.notes.iter().zip(next) {
            let room = next.map_or(note.length, |next| (next - note.start).saturating_sub(2));
            let length = note.length.min(room).max(1);
            let sound = (note.key, note.velocity);
            self.events.note(self.voice.channel, note.start, length, sound, Some(64));
        }
        self.events
    }
}

/// The harmony of a song, and a memory of how a part last voiced it.
#[derive(Debug)]
pub(super) struct Changes {
    halves: Vec<Chord>,
    bar: u64,
}

impl Changes {
    pub(super) const fn new(halves: Vec<Chord>, bar: u64) -> Self {
        Self { halves, bar }
    }

    /// The chord of one half of a bar (0 or 1); the last one goes on for ever.
    pub(super) fn at(&self, bar: u64, half: u64) -> Option<&Chord> {
        self.halves.get((bar * 2 + half) as usize).or(self.halves.last())
    }

    /// Whether the chord changes in the middle of the bar.
    pub(super) fn splits(&self, bar: u64) -> bool {
        self.at(bar, 0) != self.at(bar, 1)
    }

    /// The chords of these bars with the tick each begins at and how long it holds.
    pub(super) fn spans(&self, bars: std::ops::Range<u64>) -> Vec<(u64, u64, &Chord)> {
        let mut spans = Vec::new();
        for bar in bars {
            let pieces: &[u64] = if self.splits(bar) { &[0, 1] } else { &[0] };
            for &half in pieces {
                let length = self.bar / pieces.len() as u64;
                let Some(chord) = self.at(bar, half) else { continue };
                spans.push((bar * self.bar + half * length, length, chord));
            }
        }
        spans
    }

    /// The same with a voicing led from one to the next.
    pub(super) fn voiced(
        &self,
        bars: std::ops::Range<u64>,
        range: (u8, u8),
        voices: usize,
    ) -> Vec<(u64, u64, Vec<u8>)> {
        // The first chord is led from voices spread evenly over the range.
        let span = usize::from(range.1 - range.0);
        let mut before: Vec<u8> = (0..voices)
            .map(|voice| range.0 + ((2 * voice + 1) * span / (2 * voices)) as u8)
            .collect();
        self.spans(bars)
            .into_iter()
            .map(|(at, length, chord)| {
                before = chord.voiced(&before, range, voices);
                (at, length, before.clone())
            })
            .collect()
    }
}

/// Keys (none for a rest) with their lengths in sixteenths. What cannot be read is left out;
/// tests measure every line.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = (Option<u8>, u64)> + '_ {
    text.split_whitespace().filter_map(|token| {
        let (name, steps) = token.split_once('.')?;
        let steps = steps.parse().ok()?;
        if name == "r" {
            return Some((None, steps));
        }
        let (class, octave) = root_of(name)?;
        let octave: u8 = octave.parse().ok()?;
        Some((Some(class + 12 * (octave + 1)), steps))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_become_keys() {
        let read: Vec<_> = tokens("C4.4 r.2 F#5.1 E#5.3").collect();
        assert_eq!(read, [(Some(60), 4), (None, 2), (Some(78), 1), (Some(77), 3)]);
    }
}
