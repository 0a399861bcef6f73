//! What holds for every file: healthy ones read as midly wrote them and survive a round
//! trip, damaged ones neither panic nor hang, and mending gives a healthy file.
#![expect(clippy::unwrap_used, reason = "test code outside the reach of the allow-in-tests keys")]

use engine::model::{Clip, Project, Track};
use engine::smf::{self, ExportOptions, Limits, Message};
use midly::num::{u4, u7, u14, u15, u28};
use midly::{
    Format, Header, MetaMessage, MidiMessage, PitchBend, Smf, Timing, TrackEvent, TrackEventKind,
};
use proptest::prelude::*;
use std::sync::Arc;

/// An event as the tests make it.
#[derive(Clone, Debug, PartialEq)]
enum Made {
    Channel(u8, [u8; 2]),
    Meta(u8, Vec<u8>),
    Sysex(Vec<u8>),
    Escape(Vec<u8>),
    End,
}

type MadeTrack = Vec<(u64, Made)>;

fn made() -> impl Strategy<Value = Made> {
    let data = || prop::collection::vec(any::<u8>(), 0..9);
    prop_oneof![
        12 => (0u8..3, 55u8..60, 0u8..128).prop_map(|(c, key, v)| Made::Channel(0x90 | c, [key, v])),
        9 => (0u8..3, 55u8..60, 0u8..128).prop_map(|(c, key, v)| Made::Channel(0x80 | c, [key, v])),
        4 => (0x80u8..0xF0, 0u8..128, 0u8..128).prop_map(|(status, a, b)| {
            Made::Channel(status, [a, if status & 0xE0 == 0xC0 { 0 } else { b }])
        }),
        1 => (0u8..16, data()).prop_map(|(kind, text)| Made::Meta(kind, text)),
        1 => (0x60u8..128, data()).prop_map(|(kind, data)| Made::Meta(kind, data)),
        1 => (1u32..0x0100_0000).prop_map(|tempo| Made::Meta(0x51, tempo.to_be_bytes()[1..].to_vec())),
        1 => (1u8..13, 0u8..6).prop_map(|(n, power)| Made::Meta(0x58, vec![n, power, 24, 8])),
        1 => (-7i8..8, 0u8..2).prop_map(|(sharps, minor)| Made::Meta(0x59, vec![sharps as u8, minor])),
        1 => data().prop_map(|mut data| { data.push(0xF7); Made::Sysex(data) }),
        1 => data().prop_map(Made::Escape),
    ]
}

fn delta() -> impl Strategy<Value = u32> {
    prop_oneof![6 => 0u32..4, 6 => 0u32..500, 2 => 0u32..100_000, 1 => 0u32..0x1000_0000]
}

/// Ticks, then End of Track.
fn track() -> impl Strategy<Value = MadeTrack> {
    (prop::collection::vec((delta(), made()), 0..60), delta()).prop_map(|(events, end)| {
        let mut tick = 0;
        let mut at = |delta: u32| {
            tick += u64::from(delta);
            tick
        };
        let mut track: MadeTrack =
            events.into_iter().map(|(delta, event)| (at(delta), event)).collect();
        track.push((at(end), Made::End));
        track
    })
}

fn song() -> impl Strategy<Value = (u8, Vec<MadeTrack>)> {
    prop_oneof![
        track().prop_map(|track| (0, vec![track])),
        prop::collection::vec(track(), 1..5).prop_map(|tracks| (1, tracks)),
        prop::collection::vec(track(), 1..3).prop_map(|tracks| (2, tracks)),
    ]
}

/// midly's bytes of a song.
fn write(format: u8, tracks: &[MadeTrack]) -> Vec<u8> {
    let format = match format {
        0 => Format::SingleTrack,
        1 => Format::Parallel,
        _ => Format::Sequential,
    };
    let mut smf = Smf::new(Header::new(format, Timing::Metrical(u15::new(480))));
    for track in tracks {
        let mut last = 0;
        let events = track.iter().map(|(tick, event)| {
            let delta = u28::new((tick - last) as u32);
            last = *tick;
            TrackEvent { delta, kind: to_midly(event) }
        });
        smf.tracks.push(events.collect());
    }
    let mut bytes = Vec::new();
    smf.write_std(&mut bytes).unwrap();
    bytes
}

fn to_midly(event: &Made) -> TrackEventKind<'_> {
    match event {
        Made::Channel(status, [a, b]) => {
            let (x, y) = (u7::new(*a), u7::new(*b));
            let message = match status & 0xF0 {
                0x80 => MidiMessage::NoteOff { key: x, vel: y },
                0x90 => MidiMessage::NoteOn { key: x, vel: y },
                0xA0 => MidiMessage::Aftertouch { key: x, vel: y },
                0xB0 => MidiMessage::Controller { controller: x, value: y },
                0xC0 => MidiMessage::ProgramChange { program: x },
                0xD0 => MidiMessage::ChannelAftertouch { vel: x },
                _ => {
                    let bend = u14::new(u16::from(*b) << 7 | u16::from(*a));
                    MidiMessage::PitchBend { bend: PitchBend(bend) }
                }
            };
            TrackEventKind::Midi { channel: u4::new(status & 0x0F), message }
        }
        Made::Meta(kind, data) => TrackEventKind::Meta(MetaMessage::Unknown(*kind, data)),
        Made::Sysex(data) => TrackEventKind::SysEx(data),
        Made::Escape(data) => TrackEventKind::Escape(data),
        Made::End => TrackEventKind::Meta(MetaMessage::EndOfTrack),
    }
}

/// What our reader finds in a file.
fn walk(bytes: &[u8]) -> Vec<MadeTrack> {
    let song = smf::read(bytes, &Limits::default()).unwrap();
    let made = |message: Message<'_>| match message {
        Message::Channel { status, data } => Made::Channel(status, data),
        Message::Meta { kind, data } => Made::Meta(kind, data.to_vec()),
        Message::Sysex(data) => Made::Sysex(data.to_vec()),
        Message::Escape(data) => Made::Escape(data.to_vec()),
        Message::EndOfTrack => Made::End,
    };
    let events = |track| song.events(track).map(|event| (event.tick, made(event.message)));
    song.tracks.iter().map(|track| events(track).collect()).collect()
}

fn import(bytes: &[u8]) -> Option<smf::Imported> {
    smf::import(bytes.into(), "test", &Limits::default()).ok()
}

fn export(project: &Project, format: Option<u8>) -> Vec<u8> {
    smf::export(project, ExportOptions { format, repair: true }).unwrap()
}

/// Velocity 1 added to the first note that there is, and its MTrk, tick and key.
fn change_a_note(project: &mut Project) -> Option<(usize, u64, u8)> {
    let index = project.tracks.iter().position(|track| track.note_count() > 0)?;
    let mut tracks = project.tracks.to_vec();
    let track = &tracks[index];
    let clip = Clip::clone(track.clips.first()?);
    let note = *clip.notes.iter().next()?;
    let changed = engine::model::Note { velocity: 127 - note.velocity.min(126), ..note };
    let notes = clip.notes.edited(vec![note.reference()], vec![changed]);
    let mut clips = track.clips.to_vec();
    let place = (usize::from(track.mtrk), clip.start.0 + note.start.0, note.key);
    clips[0] = Arc::new(Clip { notes, ..clip });
    tracks[index] = Arc::new(Track { clips: clips.into(), ..Track::clone(track) });
    project.tracks = tracks.into();
    project.source = None;
    Some(place)
}

/// Mends `bytes` and checks that what comes out is healthy and holds the same notes.
fn mend(bytes: &[u8]) {
    let Some(imported) = import(bytes) else { return };
    let mended = export(&imported.project, None);
    let song = smf::read(&mended, &Limits::default()).unwrap();
    let same_shape = song.tracks.len() == imported.project.shape.mtrks.len();
    assert!(!song.salvaged, "{:?}", song.problems);
    assert!(same_shape, "{} tracks", song.tracks.len());
    assert_eq!(song.note_ons(), imported.project.note_count() as u64);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn healthy_files_read_as_midly_wrote_them((format, tracks) in song()) {
        let bytes = write(format, &tracks);
        let read = smf::read(&bytes, &Limits::default()).unwrap();
        prop_assert!(!read.salvaged, "{:?}", read.problems);
        prop_assert_eq!(read.format, format);
        prop_assert_eq!(walk(&bytes), tracks.clone());
        // midly reads the same channel messages from it.
        let theirs = Smf::parse(&bytes).unwrap();
        for (theirs, ours) in theirs.tracks.iter().zip(&tracks) {
            let theirs = theirs.iter().filter(|event| matches!(event.kind, TrackEventKind::Midi { .. }));
            let ours = ours.iter().filter(|(_, event)| matches!(event, Made::Channel(..)));
            prop_assert!(theirs.map(|event| event.kind).eq(ours.map(|(_, event)| to_midly(event))));
        }
    }

    #[test]
    fn a_healthy_file_comes_back_byte_for_byte((format, tracks) in song()) {
        let bytes = write(format, &tracks);
        let project = import(&bytes).unwrap().project;
        prop_assert_eq!(smf::export(&project, ExportOptions::default()).unwrap(), bytes);
    }

    #[test]
    fn without_its_source_every_event_comes_back((format, tracks) in song()) {
        let mut project = import(&write(format, &tracks)).unwrap().project;
        project.source = None;
        prop_assert_eq!(walk(&export(&project, None)), tracks);
    }

    #[test]
    fn after_one_edit_everything_else_survives((format, tracks) in song()) {
        let mut project = import(&write(format, &tracks)).unwrap().project;
        if let Some((mtrk, tick, key)) = change_a_note(&mut project) {
            let after = walk(&export(&project, None));
            prop_assert_eq!(after.len(), tracks.len());
            let mut changes = Vec::new();
            for (index, (before, after)) in tracks.iter().zip(&after).enumerate() {
                prop_assert_eq!(before.len(), after.len());
                let differ = before.iter().zip(after).filter(|(before, after)| before != after);
                changes.extend(differ.map(|(_, (tick, event))| (index, *tick, event.clone())));
            }
            prop_assert_eq!(changes.len(), 1);
            let (at, when, event) = changes.remove(0);
            prop_assert_eq!((at, when), (mtrk, tick));
            prop_assert!(matches!(event, Made::Channel(_, [changed, _]) if changed == key));
        }
    }

    #[test]
    fn the_other_format_holds_the_same_notes((format, tracks) in song()) {
        let project = import(&write(format, &tracks)).unwrap().project;
        for other in [0, 1] {
            let bytes = export(&project, Some(other));
            let song = smf::read(&bytes, &Limits::default()).unwrap();
            prop_assert!(!song.salvaged);
            prop_assert_eq!(song.format, other);
            prop_assert_eq!(song.note_ons(), project.note_count() as u64);
            prop_assert_eq!(song.end(), project.shape.mtrks.iter().map(|mtrk| mtrk.end).max().unwrap());
            prop_assert!(Smf::parse(&bytes).is_ok());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        mend(&bytes);
        let mut with_head = b"MThd\0\0\0\x06\0\x01\0\x02\0\x60MTrk\0\0\0\x40".to_vec();
        with_head.extend(&bytes);
        mend(&with_head);
    }

    #[test]
    fn a_damaged_file_is_mended_into_a_healthy_one(
        (format, tracks) in song(),
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 1..12),
    ) {
        let mut bytes = write(format, &tracks);
        for (at, value, how) in hits {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = value,
                1 => bytes[at] ^= 1 << (value & 7),
                2 => bytes.insert(at, value),
                _ => { bytes.remove(at); }
            }
        }
        mend(&bytes);
        let half = bytes.len() / 2;
        mend(&bytes[..half]);
        mend(&bytes[half..]);
    }
}

#[test]
fn a_file_of_nothing_but_trouble_takes_linear_time() {
    for unit in
        [&[0x00, 0xF8][..], b"MTrk", b"MThd", &[0x80], &[0xFF, 0xFF, 0xFF], &[0, 0xF0, 0x7F]]
    {
        let mut bytes = b"MThd\0\0\0\x06\0\x01\xFF\xFF\0\x60MTrk\0\0\0\0".to_vec();
        bytes.extend(unit.iter().cycle().take(1 << 20));
        let limits = Limits::default();
        match smf::read(&bytes, &limits) {
            Ok(song) => assert!(song.problems.len() <= limits.problems),
            Err(error) => panic!("{error}"),
        }
    }
}
