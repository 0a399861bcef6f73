//! Healthy SMF bytes of any size.

use super::encode::{self, TrackEvents};
use super::music::{self, Sketch};
use super::rng::Rng;

/// What a generated file looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmfShape {
    /// 0 or 1; anything else is written as 1.
    pub format: u8,
    /// Ticks per quarter note, 1..=32767.
    pub ppq: u16,
    /// Parts with notes; format 1 adds a chunk for tempo and meter.
    pub tracks: usize,
    /// Notes in all.
    pub notes: usize,
    /// Whether a status byte that repeats is left out.
    pub running_status: bool,
    /// Whether to add what files in the wild carry: controllers, bends, pressure,
    /// sysex, lyrics, unknown metas, tempo and meter changes.
    pub extras: bool,
}

impl Default for SmfShape {
    /// A small file with something of everything.
    fn default() -> Self {
        Self { format: 1, ppq: 480, tracks: 8, notes: 2000, running_status: true, extras: true }
    }
}

/// A healthy file: every note closed, and in a chunk no two of one key and channel overlap
/// (with format 0 for up to 16 parts).
pub fn smf_file(seed: u64, shape: &SmfShape) -> Vec<u8> {
    let ppq = shape.ppq.clamp(1, 0x7FFF);
    let mut rng = Rng::new(seed);
    let mut tracks = vec![conductor(&mut rng, shape, u64::from(ppq))];
    let share = shape.notes / shape.tracks.max(1);
    let rest = shape.notes % shape.tracks.max(1);
    for index in 0..shape.tracks {
        let own = share + usize::from(index < rest);
        let mut sketch = music::sketch(seed, index, own, u64::from(ppq));
        if shape.format == 0 {
            // One chunk for all: parts of one channel would run into each other.
            sketch.channel = (index % 16) as u8;
        }
        tracks.push(part(&mut rng, &sketch, shape.extras));
    }
    if shape.format == 0 {
        let mut all = TrackEvents::default();
        for track in tracks {
            all.append(track);
        }
        return encode::file(0, ppq, vec![all], 0, shape.running_status);
    }
    encode::file(1, ppq, tracks, 0, shape.running_status)
}

fn conductor(rng: &mut Rng, shape: &SmfShape, ppq: u64) -> TrackEvents {
    let mut events = TrackEvents::default();
    events.text(0, 0x03, "Generated");
    events.tempo(0, 60.0 + rng.below(120) as f64);
    events.meta(0, 0x58, &[4, 2, 24, 8]);
    events.meta(0, 0x59, &[rng.between(-7, 7) as i8 as u8, rng.below(2) as u8]);
    if !shape.extras {
        return events;
    }
    for place in 1..6 {
        let tick = place * 16 * 4 * ppq;
        events.tempo(tick, 60.0 + rng.below(1200) as f64 / 10.0);
        events.text(tick, 0x06, &format!("Part {place}"));
    }
    events.meta(5 * 16 * 4 * ppq, 0x58, &[3, 2, 24, 8]);
    events.meta(0, 0x54, &[0x60, 0, 0, 0, 0]);
    events.meta(7, 0x7F, &[0x00, 0x00, 0x41, 1, 2, 3]);
    events.meta(9, 0x4B, b"of no known kind");
    events.sysex(0, &[0x7E, 0x7F, 0x09, 0x01, 0xF7]);
    events
}

fn part(rng: &mut Rng, sketch: &Sketch, extras: bool) -> TrackEvents {
    let mut events = TrackEvents::with_capacity(sketch.notes.len() * 2 + 64);
    let channel = sketch.channel;
    events.text(0, 0x03, &sketch.name);
    events.control(0, channel, 7, 70 + rng.below(50) as u8);
    events.control(0, channel, 10, 30 + rng.below(68) as u8);
    events.program(0, channel, sketch.program);
    let release = rng.chance(50).then_some(64);
    for note in &sketch.notes {
        let sound = (note.key, note.velocity);
        events.note(channel, note.start, u64::from(note.length), sound, release);
    }
    if extras {
        let end = sketch.notes.last().map_or(1, |note| note.start + 1);
        for place in 0..16 {
            let tick = rng.below(end);
            events.control(tick, channel, 64, if place % 2 == 0 { 127 } else { 0 });
            events.bend(rng.below(end), channel, rng.between(-8192, 8191) as i32);
            events.short(rng.below(end), 0xD0 | channel, rng.below(128) as u8, None);
            events.short(rng.below(end), 0xA0 | channel, 60, Some(rng.below(128) as u8));
            events.text(rng.below(end), 0x05, "la");
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note_ons(bytes: &[u8]) -> usize {
        let file = midly::Smf::parse(bytes).unwrap();
        let is_onset = |event: &&midly::TrackEvent<'_>| {
            matches!(event.kind, midly::TrackEventKind::Midi {
                message: midly::MidiMessage::NoteOn { vel, .. }, ..
            } if vel > 0)
        };
        file.tracks.iter().flatten().filter(is_onset).count()
    }

    #[test]
    fn another_reader_counts_the_notes_that_were_asked_for() {
        for format in [0, 1] {
            for running_status in [false, true] {
                for extras in [false, true] {
                    let shape = SmfShape { format, running_status, extras, ..SmfShape::default() };
                    assert_eq!(note_ons(&smf_file(11, &shape)), 2000, "{shape:?}");
                }
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let shape = SmfShape::default();
        assert_eq!(smf_file(4, &shape), smf_file(4, &shape));
        assert_ne!(smf_file(4, &shape), smf_file(5, &shape));
    }
}
