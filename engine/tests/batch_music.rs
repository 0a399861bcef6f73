//! What operations of the library do to music: through plan and execution, on generated files.
#![expect(clippy::unwrap_used, reason = "test code outside the reach of the allow-in-tests keys")]

use engine::library::batch::{
    Destination, Layout, Operation, Outcome, Remark, Source, SplitBy, TrimTo, Unchanged, Watch,
    execute, plan,
};
use engine::model::Project;
use engine::smf::{self, Limits, Message, ProblemKind};
use engine::testkit::{SmfShape, damaged, smf_file};
use std::collections::BTreeMap;
use std::path::Path;

/// What an operation makes of a file: the names and bytes, or why not.
fn done(operation: Operation, bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Outcome> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("song.mid");
    std::fs::write(&source, bytes).unwrap();
    let out = folder.path().join("out");
    let destination = Destination::Folder { path: out.clone(), layout: Layout::Flat };
    let plan = plan(vec![Source::file(&source)], operation, destination, &Watch::silent()).unwrap();
    assert!(!out.exists(), "a preview writes nothing");
    let report = execute(&plan, &folder.path().join("undo.jsonl"), &Watch::silent()).unwrap();
    assert_eq!(std::fs::read(&source).unwrap(), bytes, "the original is as it was");
    let Outcome::Write(outputs) = &plan.items[0].outcome else {
        return Err(plan.items[0].outcome.clone());
    };
    assert_eq!(report.failed, []);
    let made = outputs.iter().map(|output| {
        let bytes = std::fs::read(&output.path).unwrap();
        assert_eq!(bytes.len() as u64, output.bytes, "as the preview said");
        assert_eq!(Some(read(&bytes).note_ons()), output.notes, "as the preview said");
        (output.path.file_name().unwrap().to_str().unwrap().to_owned(), bytes)
    });
    Ok(made.collect())
}

fn one(operation: Operation, bytes: &[u8]) -> Vec<u8> {
    done(operation, bytes).unwrap().remove(0).1
}

fn read(bytes: &[u8]) -> smf::Song<'_> {
    smf::read(bytes, &Limits::default()).unwrap()
}

fn import(bytes: &[u8]) -> Project {
    smf::import(bytes.into(), "x", &Limits::default()).unwrap().project
}

/// Onset, length, channel, key, velocity of every note, sorted.
fn notes(bytes: &[u8]) -> Vec<(u64, u32, u8, u8, u8)> {
    let project = import(bytes);
    let clips = project.tracks.iter().flat_map(|track| track.clips.iter());
    let notes = clips.flat_map(|clip| {
        clip.notes.iter().map(|note| {
            let at = clip.start.after(note.start.0).0;
            (at, note.length, note.channel.index(), note.key, note.velocity)
        })
    });
    let mut notes: Vec<_> = notes.collect();
    notes.sort_unstable();
    notes
}

/// Every event that is not a note-on or note-off, in the order of a player, by channel; 16
/// stands for those without.
fn events(bytes: &[u8], with_notes: bool) -> BTreeMap<u8, Vec<(u64, Vec<u8>)>> {
    let song = read(bytes);
    let mut all: Vec<(u64, u8, Vec<u8>)> = Vec::new();
    for track in &song.tracks {
        for event in song.events(track) {
            let (channel, bytes) = match event.message {
                Message::Channel { status, .. } if status < 0xA0 && !with_notes => continue,
                Message::Channel { status, data } => (status & 15, vec![status, data[0], data[1]]),
                Message::Meta { kind, data } => (16, [&[0xFF, kind], data].concat()),
                Message::Sysex(data) => (16, [&[0xF0], data].concat()),
                Message::Escape(data) => (16, [&[0xF7], data].concat()),
                Message::EndOfTrack => continue,
            };
            all.push((event.tick, channel, bytes));
        }
    }
    all.sort_by_key(|(tick, _, _)| *tick);
    let mut by_channel: BTreeMap<u8, Vec<(u64, Vec<u8>)>> = BTreeMap::new();
    for (tick, channel, bytes) in all {
        by_channel.entry(channel).or_default().push((tick, bytes));
    }
    by_channel
}

fn songs() -> Vec<Vec<u8>> {
    let mut songs = Vec::new();
    for (seed, format, tracks, extras) in
        [(1, 1, 6, true), (2, 0, 5, true), (3, 1, 20, true), (4, 1, 3, false), (5, 0, 1, false)]
    {
        let shape = SmfShape { format, tracks, notes: 400, extras, ..SmfShape::default() };
        songs.push(smf_file(seed, &shape));
    }
    songs
}

/// A file of format 1 at 96 ticks; each track is its events without End of Track.
fn file(format: u8, tracks: &[&[u8]]) -> Vec<u8> {
    let mut bytes = b"MThd\0\0\0\x06\0".to_vec();
    bytes.extend([format, 0, tracks.len() as u8, 0, 96]);
    for track in tracks {
        bytes.extend(b"MTrk");
        bytes.extend((track.len() as u32 + 4).to_be_bytes());
        bytes.extend(*track);
        bytes.extend([0, 0xFF, 0x2F, 0]);
    }
    bytes
}

#[test]
fn parts_together_hold_exactly_the_notes_and_each_has_the_songs_maps() {
    for song in songs() {
        let whole = import(&song);
        for by in [SplitBy::Track, SplitBy::Channel, SplitBy::Instrument] {
            let parts = match done(Operation::Split(by), &song) {
                Ok(parts) => parts,
                Err(outcome) => {
                    assert_eq!(outcome, Outcome::Unchanged(Unchanged::OnePart));
                    continue;
                }
            };
            assert!(parts.len() > 1);
            let mut together: Vec<_> = parts.iter().flat_map(|(_, part)| notes(part)).collect();
            together.sort_unstable();
            assert_eq!(together, notes(&song), "{by:?}");
            for (name, part) in &parts {
                let project = import(part);
                assert_eq!(project.conductor.tempo, whole.conductor.tempo, "{name}");
                assert_eq!(project.conductor.meter, whole.conductor.meter, "{name}");
                assert_eq!(project.conductor.keys, whole.conductor.keys, "{name}");
                assert_eq!(project.conductor.markers, whole.conductor.markers, "{name}");
                assert_eq!(project.shape.format, whole.shape.format, "{name}");
            }
            if by == SplitBy::Channel {
                // All that a channel hears goes with it.
                let before = events(&song, false);
                for (name, part) in &parts {
                    let after = events(part, false);
                    let channel = notes(part)[0].2;
                    assert_eq!(after.get(&channel), before.get(&channel), "{name}");
                }
            }
        }
    }
}

#[test]
fn a_part_by_instrument_is_one_sound_even_where_a_channel_changes_it() {
    let track = [
        &[0, 0xC0, 0, 0, 0x90, 60, 90, 48, 0x80, 60, 0][..],
        &[0, 0xC0, 40, 0, 0x90, 62, 90, 48, 0x80, 62, 0],
        &[0, 0x99, 36, 90, 48, 0x89, 36, 0, 0, 0xC0, 0, 0, 0x90, 64, 90, 48, 0x80, 64, 0],
    ]
    .concat();
    let parts = done(Operation::Split(SplitBy::Instrument), &file(0, &[&track])).unwrap();
    let named: Vec<(&str, Vec<u8>)> = parts
        .iter()
        .map(|(name, part)| (name.as_str(), notes(part).iter().map(|note| note.3).collect()))
        .collect();
    assert_eq!(
        named,
        [
            ("song - 001 Acoustic Grand Piano.mid", vec![60, 64]),
            ("song - 041 Violin.mid", vec![62]),
            ("song - Drums.mid", vec![36]),
        ]
    );
}

#[test]
fn a_track_split_off_plays_the_sound_that_another_track_has_chosen() {
    let right = [0, 0xC0, 19, 0, 0xB0, 7, 80, 0, 0x90, 72, 90, 48, 0x80, 72, 0];
    let left = [0, 0x90, 48, 90, 48, 0x80, 48, 0];
    let setup = [0, 0xB0, 91, 33];
    let song = file(1, &[&[0, 0xFF, 0x51, 3, 9, 0x27, 0xC0], &setup, &right, &left]);
    let parts = done(Operation::Split(SplitBy::Track), &song).unwrap();
    assert_eq!(parts.len(), 2);
    for (name, part) in &parts {
        let heard = events(part, true)[&0].clone();
        let place = |wanted: &[u8]| heard.iter().position(|(_, bytes)| bytes == wanted);
        let note = heard.iter().position(|(_, bytes)| bytes[0] == 0x90);
        for needed in [[0xC0, 19, 0], [0xB0, 7, 80], [0xB0, 91, 33]] {
            assert!(place(&needed).is_some_and(|at| Some(at) < note), "{name}: {needed:?}");
        }
    }
}

#[test]
fn of_several_songs_in_one_file_each_becomes_a_file() {
    let note = |key: u8| [0, 0x90, key, 90, 48, 0x80, key, 0];
    let first = [&[0, 0xFF, 0x51, 3, 9, 0x27, 0xC0][..], &note(60)].concat();
    let song = file(2, &[&first, &note(64)]);
    let parts = done(Operation::Split(SplitBy::Track), &song).unwrap();
    assert_eq!(parts.len(), 2);
    assert_eq!((read(&parts[0].1).tempos.len(), read(&parts[1].1).tempos.len()), (1, 0));
    assert_eq!(read(&parts[1].1).format, 0);
    for refused in [Operation::Split(SplitBy::Channel), Operation::Convert { format: 0 }] {
        assert!(matches!(done(refused, &song), Err(Outcome::Failed(_))));
    }
}

#[test]
fn one_track_and_back_keeps_tick_and_order_of_every_event() {
    for song in songs() {
        let format = read(&song).format;
        let other = 1 - format;
        let there = one(Operation::Convert { format: other }, &song);
        assert_eq!(read(&there).format, other);
        assert_eq!(events(&there, true), events(&song, true));
        let back = one(Operation::Convert { format }, &there);
        assert_eq!(read(&back).format, format);
        assert_eq!(events(&back, true), events(&song, true));
        let same = done(Operation::Convert { format }, &song);
        assert_eq!(same, Err(Outcome::Unchanged(Unchanged::ThatFormat)));
    }
}

#[test]
fn transposing_there_and_back_gives_the_song_and_leaves_drums_and_controllers() {
    for song in songs() {
        let up = one(Operation::Transpose { semitones: 3 }, &song);
        let moved: Vec<_> = notes(&song)
            .into_iter()
            .map(|(at, length, channel, key, velocity)| {
                (at, length, channel, if channel == 9 { key } else { key + 3 }, velocity)
            })
            .collect();
        let mut moved = moved;
        moved.sort_unstable();
        assert_eq!(notes(&up), moved);
        let down = one(Operation::Transpose { semitones: -3 }, &up);
        assert_eq!(notes(&down), notes(&song));
        let (mut before, mut after) = (events(&song, true), events(&down, true));
        for events in [&mut before, &mut after] {
            // Of two spellings of a key the shorter one comes back.
            events.get_mut(&16).unwrap().retain(|(_, bytes)| bytes[..2] != [0xFF, 0x59]);
        }
        assert_eq!(before, after);
    }
}

#[test]
fn keys_move_along_and_what_would_leave_the_keyboard_stays_in_an_octave() {
    let note = [0, 0x90, 126, 90, 48, 0x80, 126, 0, 0, 0xA0, 126, 5];
    let song = file(0, &[&[&[0, 0xFF, 0x59, 2, 0xFF, 0][..], &note].concat()]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("song.mid");
    std::fs::write(&path, &song).unwrap();
    let destination = Destination::Folder { path: folder.path().into(), layout: Layout::Flat };
    let operation = Operation::Transpose { semitones: 5 };
    let planned =
        plan(vec![Source::file(&path)], operation.clone(), destination, &Watch::silent()).unwrap();
    assert_eq!(planned.items[0].remarks, [Remark::OtherOctave(1), Remark::Numbered]);
    let made = one(operation, &song);
    assert_eq!(notes(&made)[0].3, 126 + 5 - 12);
    assert_eq!(events(&made, false)[&0], [(48, vec![0xA0, 126 + 5 - 12, 5])]);
    // F major, five semitones up.
    assert_eq!(read(&made).keys[0].sharps, -2);
    let drums = file(0, &[&[0, 0x99, 36, 90, 48, 0x89, 36, 0]]);
    let nothing = done(Operation::Transpose { semitones: 5 }, &drums);
    assert_eq!(nothing, Err(Outcome::Unchanged(Unchanged::NothingToMove)));
}

#[test]
fn a_blank_start_goes_and_all_that_is_in_force_stays() {
    // 100 bpm at once, 150 in bar 2; 3/4; a program, a lyric; the first note 24 ticks into bar 3.
    let conductor = [
        &[0, 0xFF, 0x51, 3, 9, 0x27, 0xC0, 0, 0xFF, 0x58, 4, 3, 2, 24, 8][..],
        &[0x82, 0x20, 0xFF, 0x51, 3, 6, 0x1A, 0x80],
        &[0x84, 0x40, 0xFF, 0x51, 3, 9, 0x27, 0xC0],
    ]
    .concat();
    let part = [
        &[0, 0xC0, 19, 0x83, 0x00, 0xB0, 7, 100, 0, 0xB0, 7, 50, 0, 0xFF, 5, 2, b'l', b'a'][..],
        &[0x81, 0x58, 0x90, 60, 90, 96, 0x80, 60, 0],
    ]
    .concat();
    let song = file(1, &[&conductor, &part]);
    let start = notes(&song)[0].0;
    assert_eq!(start, 2 * 288 + 24);
    for (to, cut) in [(TrimTo::Bar, 576), (TrimTo::Note, 600)] {
        let made = one(Operation::TrimStart(to), &song);
        assert_eq!(notes(&made), [(start - cut, 96, 0, 60, 90)]);
        let read = read(&made);
        let tempos: Vec<(u64, u32)> =
            read.tempos.iter().map(|it| (it.tick.0, it.tempo.micros())).collect();
        assert_eq!(tempos, [(0, 400_000), (288 + 576 - cut, 600_000)]);
        assert_eq!((read.meters.len(), read.meters[0].tick.0), (1, 0));
        let set = |bytes: &[u8]| (0, bytes.to_vec());
        let before = &events(&made, false)[&0];
        assert_eq!(*before, [set(&[0xC0, 19, 0]), set(&[0xB0, 7, 100]), set(&[0xB0, 7, 50])]);
        assert_eq!(read.texts.len(), 1);
        let again = done(Operation::TrimStart(to), &made);
        assert_eq!(again, Err(Outcome::Unchanged(Unchanged::NothingBlank)));
    }
}

#[test]
fn trimming_moves_notes_and_nothing_else_about_them() {
    for song in songs() {
        let blank = {
            // Two bars more at the start.
            let mut project = import(&song);
            project.source = None;
            let tracks = project.tracks.iter().map(|track| {
                let clips = track.clips.iter().map(|clip| {
                    let start = clip.start.after(3840);
                    std::sync::Arc::new(engine::model::Clip { start, ..(**clip).clone() })
                });
                let clips = clips.collect();
                std::sync::Arc::new(engine::model::Track { clips, ..(**track).clone() })
            });
            project.tracks = tracks.collect();
            smf::export(&project, smf::ExportOptions::default()).unwrap()
        };
        let made = one(Operation::TrimStart(TrimTo::Note), &blank);
        let first = notes(&blank)[0].0;
        let moved: Vec<_> =
            notes(&blank).into_iter().map(|(at, a, b, c, d)| (at - first, a, b, c, d)).collect();
        assert_eq!(notes(&made), moved);
        assert_eq!(state(&made, 0), state(&blank, first));
        // Where tracks share a channel, what another track has overruled is left out.
        if smf_channels_are_shared(&blank) {
            continue;
        }
        let (before, after) = (events(&blank, false), events(&made, false));
        for channel in 0..16 {
            let messages = |of: &BTreeMap<u8, Vec<(u64, Vec<u8>)>>| -> Vec<Vec<u8>> {
                of.get(&channel).into_iter().flatten().map(|(_, bytes)| bytes.clone()).collect()
            };
            assert_eq!(messages(&before), messages(&after), "in their order");
        }
    }
}

/// The last value of every controller, program, pressure and bend up to a tick.
fn state(bytes: &[u8], until: u64) -> BTreeMap<(u8, u8), Vec<u8>> {
    let mut state = BTreeMap::new();
    for (tick, event) in events(bytes, false).into_values().flatten() {
        let number = if matches!(event[0] & 0xF0, 0xA0 | 0xB0) { event[1] } else { 0 };
        if tick <= until && event[0] < 0xF0 {
            state.insert((event[0], number), event);
        }
    }
    state
}

fn smf_channels_are_shared(bytes: &[u8]) -> bool {
    let tracks = read(bytes).tracks;
    let used = tracks.iter().map(|track| track.channels);
    used.clone().fold(0u16, |all, it| all | it).count_ones()
        < used.map(u16::count_ones).sum::<u32>()
}

#[test]
fn where_tracks_share_a_channel_the_last_word_before_the_cut_holds() {
    // The second track speaks at 48, then the first at 96; the note comes at 480.
    let first = [96, 0xB0, 7, 100, 0x83, 0x00, 0x90, 60, 90, 48, 0x80, 60, 0];
    let second = [48, 0xB0, 7, 20, 0, 0xB0, 10, 30];
    let made = one(Operation::TrimStart(TrimTo::Note), &file(1, &[&first, &second]));
    let expected = [(0, vec![0xB0, 7, 100]), (0, vec![0xB0, 10, 30])];
    assert_eq!(events(&made, false)[&0], expected);
}

#[test]
fn of_doubled_notes_the_louder_stays_even_across_tracks() {
    let first = [
        0, 0x90, 60, 50, 0, 0x90, 60, 90, 0, 0x90, 64, 90, 48, 0x80, 60, 0, 0, 0x80, 60, 0, 0,
        0x80, 64, 0,
    ];
    let second = [0, 0x90, 60, 40, 96, 0x80, 60, 0];
    let song = file(1, &[&first, &second]);
    let made = one(Operation::RemoveDoubles, &song);
    assert_eq!(notes(&made), [(0, 48, 0, 60, 90), (0, 48, 0, 64, 90)]);
    let again = done(Operation::RemoveDoubles, &made);
    assert_eq!(again, Err(Outcome::Unchanged(Unchanged::NoDoubles)));
}

#[test]
fn what_was_repaired_reads_without_problems_and_with_every_note() {
    let (mut repaired, mut refused) = (0, 0);
    for seed in 0..150 {
        let format = (seed % 2) as u8;
        let shape = SmfShape { format, tracks: 3, notes: 60, ..SmfShape::default() };
        let wreck = damaged(seed, &smf_file(seed, &shape));
        match done(Operation::Repair, &wreck) {
            Ok(made) => {
                let [(_, made)] = &made[..] else { panic!("one file makes one") };
                let found = read(made);
                let hurt = |kind: ProblemKind| kind != ProblemKind::OverlappingNotes;
                let left: Vec<_> = found.problems.iter().filter(|it| hurt(it.kind)).collect();
                assert!(left.is_empty(), "seed {seed}: {left:?}");
                // Silences of many years, which damage makes, are cut.
                let near = |bytes: &[u8]| -> Vec<_> {
                    let notes = notes(bytes).into_iter();
                    notes.map(|(at, a, b, c, d)| (at.min(1 << 39), a, b, c, d)).collect()
                };
                assert_eq!(near(made), near(&wreck), "seed {seed}");
                let again = done(Operation::Repair, made);
                assert_eq!(again, Err(Outcome::Unchanged(Unchanged::Healthy)), "seed {seed}");
                repaired += 1;
            }
            Err(Outcome::Unchanged(why)) => {
                assert_eq!(why, Unchanged::Healthy);
                assert!(!read(&wreck).salvaged, "seed {seed}");
            }
            Err(Outcome::Failed(why)) => {
                assert!(smf::read(&wreck, &Limits::default()).is_err(), "seed {seed}: {why}");
                refused += 1;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(repaired > 100 && refused < 20, "{repaired} repaired, {refused} refused");
}

#[test]
fn damaged_files_are_worked_on_and_it_is_said() {
    let mut song = smf_file(7, &SmfShape { tracks: 3, notes: 90, ..SmfShape::default() });
    song.truncate(song.len() - 10);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cut.mid");
    std::fs::write(&path, &song).unwrap();
    let destination = Destination::Folder { path: folder.path().join("out"), layout: Layout::Flat };
    let operation = Operation::Split(SplitBy::Track);
    let plan = plan(vec![Source::file(&path)], operation, destination, &Watch::silent()).unwrap();
    assert!(matches!(plan.items[0].remarks[..], [Remark::Mended(_)]));
    assert!(plan.to_string().contains("mended"), "{plan}");
    assert_eq!(plan.outputs(), 3);
    assert!(!Path::new(&folder.path().join("out")).exists());
}
