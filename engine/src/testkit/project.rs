//! Projects of any size, as if made here note by note.

use super::music::{self, Sketch};
use crate::model::{
    Channel, Clip, ClipId, Conductor, ConductorEvent, Event, EventKind, FIRST_ORDER_OF_NEW,
    FileShape, KeySignature, Marker, Mix, MtrkShape, Note, Notes, Output, Project, Release, Track,
    TrackColor, TrackId,
};
use crate::time::{Division, MeterMap, Tempo, TempoMap, TempoPoint, Tick};
use std::sync::Arc;

const PPQ: u16 = 480;

/// A song of `tracks` tracks with `notes` notes in all, spread evenly: melodies, chords,
/// basses and drums in several clips a track, with General MIDI programs.
pub fn project(seed: u64, tracks: usize, notes: usize) -> Project {
    let share = notes / tracks.max(1);
    let rest = notes % tracks.max(1);
    let sketches = (0..tracks).map(|index| {
        let own = share + usize::from(index < rest);
        music::sketch(seed, index, own, u64::from(PPQ))
    });
    assemble("Generated", sketches)
}

/// A song of one track with one clip that holds all `notes`, however many.
pub fn one_clip(seed: u64, notes: usize) -> Project {
    let mut sketch = music::sketch(seed, 0, notes, u64::from(PPQ));
    let last = sketch.phrases.last().map_or(1, |phrase| phrase.first_bar + phrase.bars);
    sketch.phrases = vec![music::Phrase { first_bar: 0, bars: last, notes: 0..sketch.notes.len() }];
    assemble("One clip", std::iter::once(sketch))
}

fn assemble(name: &str, sketches: impl Iterator<Item = Sketch>) -> Project {
    let mut next_id = 1;
    let tracks: Arc<[Arc<Track>]> = sketches
        .enumerate()
        .map(|(index, sketch)| Arc::new(track(&mut next_id, index, &sketch)))
        .collect();
    let end = tracks.iter().map(|track| track.end()).max().unwrap_or(Tick::ZERO);
    // A file counts its tracks in 16 bits; what is past that shares the last chunk.
    let n_mtrks = (tracks.len() + 1).min(usize::from(u16::MAX));
    Project {
        name: name.into(),
        division: Division::Ppq(PPQ),
        shape: Arc::new(FileShape {
            format: 1,
            mtrks: vec![MtrkShape { end }; n_mtrks],
            alien: Vec::new(),
        }),
        conductor: conductor(end),
        tracks,
        source: None,
        next_id,
    }
}

fn conductor(end: Tick) -> Conductor {
    let division = Division::Ppq(PPQ);
    let tempo = Tempo::from_bpm(124.0).unwrap_or(Tempo::DEFAULT);
    let section = Tick(u64::from(PPQ) * 4 * 16);
    let meta = |tick: Tick, order: u32, kind: u8, data: &[u8]| ConductorEvent {
        mtrk: 0,
        event: Event {
            tick,
            order: FIRST_ORDER_OF_NEW + order,
            kind: EventKind::Meta { kind, data: data.into() },
        },
    };
    let [_, high, middle, low] = tempo.micros().to_be_bytes();
    let mut events = vec![
        meta(Tick::ZERO, 0, 0x51, &[high, middle, low]),
        meta(Tick::ZERO, 1, 0x58, &[4, 2, 24, 8]),
        meta(Tick::ZERO, 2, 0x59, &[3, 1]),
    ];
    let names = ["Verse", "Chorus", "Verse", "Chorus", "Bridge", "Chorus"];
    let mut markers = Vec::new();
    for (place, name) in names.into_iter().cycle().take(64).enumerate() {
        let tick = Tick(section.0 * place as u64);
        if tick >= end {
            break;
        }
        events.push(meta(tick, 3 + place as u32, 0x06, name.as_bytes()));
        markers.push(Marker { tick, name: name.into() });
    }
    Conductor {
        events: events.into(),
        tempo: Arc::new(TempoMap::new(division, [TempoPoint { tick: Tick::ZERO, tempo }])),
        meter: Arc::new(MeterMap::new(division, [])),
        keys: Arc::from([KeySignature { tick: Tick::ZERO, sharps: 3, minor: true }]),
        markers: markers.into(),
    }
}

fn track(next_id: &mut u32, index: usize, sketch: &Sketch) -> Track {
    let channel = Channel::new(sketch.channel);
    let id = TrackId(take_id(next_id));
    let setup = |order: u32, kind: EventKind| Event {
        tick: Tick::ZERO,
        order: FIRST_ORDER_OF_NEW + order,
        kind,
    };
    let clips: Vec<Arc<Clip>> = sketch
        .phrases
        .iter()
        .enumerate()
        .map(|(place, phrase)| Arc::new(clip(ClipId(take_id(next_id)), place, phrase, sketch)))
        .collect();
    Track {
        id,
        name: sketch.name.as_str().into(),
        name_meta: None,
        color: TrackColor((index % 10) as u8),
        mtrk: (index + 1).min(usize::from(u16::MAX) - 1) as u16,
        channel,
        mix: Mix::default(),
        output: Output::Synth,
        clips: clips.into(),
        events: Arc::from([
            setup(0, EventKind::Program { channel, program: sketch.program }),
            setup(1, EventKind::Control { channel, number: 7, value: 96 }),
            setup(
                2,
                EventKind::Control { channel, number: 10, value: 34 + (index * 13 % 60) as u8 },
            ),
        ]),
    }
}

fn clip(id: ClipId, place: usize, phrase: &music::Phrase, sketch: &Sketch) -> Clip {
    let bar = u64::from(PPQ) * 4;
    let start = Tick(phrase.first_bar * bar);
    let played = sketch.notes.get(phrase.notes.clone()).unwrap_or_default();
    let notes: Vec<Note> = played
        .iter()
        .zip(FIRST_ORDER_OF_NEW..)
        .map(|(note, id)| Note {
            start: Tick(note.start - start.0),
            length: note.length,
            id,
            off_order: 0,
            key: note.key,
            velocity: note.velocity,
            release: Release::DEFAULT,
            channel: Channel::new(sketch.channel),
        })
        .collect();
    Clip {
        id,
        name: format!("{} {}", sketch.name, place + 1).into(),
        start,
        length: phrase.bars.max(1) * bar,
        next_note: FIRST_ORDER_OF_NEW + notes.len() as u32,
        notes: Notes::new(notes),
        events: Arc::from([]),
    }
}

const fn take_id(next_id: &mut u32) -> u32 {
    let id = *next_id;
    *next_id += 1;
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_has_the_size_that_was_asked_for() {
        let project = project(3, 40, 10_007);
        assert_eq!((project.tracks.len(), project.note_count()), (40, 10_007));
        assert!(project.tracks.iter().any(|track| track.clips.len() > 2));
        assert!(project.tracks.iter().any(|track| track.is_drums()));
    }

    #[test]
    fn every_note_lies_in_its_clip() {
        let project = project(5, 24, 20_000);
        for clip in project.tracks.iter().flat_map(|track| track.clips.iter()) {
            assert!(clip.notes.last_end().0 <= clip.length, "{}", clip.name);
        }
    }

    #[test]
    fn clips_of_a_track_come_in_order_and_do_not_overlap() {
        let project = project(8, 24, 20_000);
        for track in project.tracks.iter() {
            assert!(track.clips.is_sorted_by(|a, b| a.end() <= b.start));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_project() {
        assert_eq!(project(9, 12, 3000), project(9, 12, 3000));
        assert_ne!(project(9, 12, 3000), project(10, 12, 3000));
    }

    #[test]
    fn one_clip_holds_everything() {
        let project = one_clip(1, 50_000);
        let clips: Vec<usize> =
            project.tracks.iter().flat_map(|t| t.clips.iter().map(|c| c.notes.len())).collect();
        assert_eq!(clips, [50_000]);
    }
}
