//! The reader and the writer against a folder of real files, named by `MIDI_CORPUS`.
//! Without it these tests say so and check nothing.
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "test code outside the reach of the allow-in-tests keys"
)]

use engine::smf::{self, ExportOptions, Limits, Message, RawEvent, ReadError};
use midly::{MetaMessage, MidiMessage, Timing, TrackEventKind};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[test]
fn healthy_files_read_as_midly_reads_them() {
    for path in healthy() {
        let bytes = std::fs::read(&path).expect("readable");
        let ours = smf::inspect(&bytes, &Limits::default()).expect("healthy");
        let theirs = Oracle::of(&bytes);
        let name = path.display();
        assert_eq!(ours.tracks, theirs.tracks, "tracks of {name}");
        assert_eq!(ours.note_ons, theirs.note_ons, "note_ons of {name}");
        assert_eq!(ours.events, theirs.events, "events of {name}");
        near(ours.duration_secs, theirs.duration_secs, &format!("duration of {name}"));
        let last = ours.last_note_secs.unwrap_or_default();
        near(last, theirs.last_note_secs, &format!("last note of {name}"));
        assert!(!ours.salvaged, "{name} is healthy, yet {:?}", ours.problems);
    }
}

#[test]
fn healthy_files_come_back_byte_for_byte_and_event_for_event() {
    for path in healthy() {
        let bytes: Arc<[u8]> = std::fs::read(&path).expect("readable").into();
        let mut project =
            smf::import(Arc::clone(&bytes), "test", &Limits::default()).expect("healthy").project;
        let options = ExportOptions::default();
        let name = path.display();
        assert_eq!(*smf::export(&project, options).expect("fits"), *bytes, "{name}");
        project.source = None;
        let rewritten = smf::export(&project, options).expect("fits");
        same_events(&bytes, &rewritten, &name.to_string());
    }
}

#[test]
fn damaged_files_keep_their_notes_and_are_marked() {
    let Some(folder) = corpus("broken") else { return };
    let manifest = std::fs::read_to_string(folder.join("manifest.tsv")).expect("manifest");
    let (mut recovered, mut damaged) = (0, 0);
    for line in manifest.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let (name, class) = (columns[0], columns[4]);
        let expect: u64 = columns[5].parse().expect("a number");
        let floor: u64 = columns[6].parse().expect("a number");
        let anomalies = columns[12];
        let bytes: Arc<[u8]> = std::fs::read(folder.join(name)).expect("readable").into();
        let imported = smf::import(bytes, name, &Limits::default());
        if class == "N" {
            assert!(matches!(imported, Err(ReadError::NotMidi)), "{name} is not MIDI");
            continue;
        }
        let imported = imported.unwrap_or_else(|error| panic!("{name}: {error}"));
        let found = imported.project.note_count() as u64;
        let near = found.abs_diff(expect) * 100 <= expect;
        let whole = near || class != "A" && (floor..=expect).contains(&found);
        // Overlapping and unclosed notes are no damage.
        let is_damage = |what: &str| !what.starts_with("overl") && !what.starts_with("note-w");
        let mended = anomalies.split(';').any(|what| !what.is_empty() && is_damage(what));
        assert_eq!(imported.salvaged, mended, "{name} ({anomalies}): {:?}", imported.problems);
        assert!(whole || imported.salvaged, "{name} is silently short: {found} of {expect}");
        if class != "C" {
            damaged += 1;
            recovered += u64::from(whole);
        }
    }
    assert!(recovered * 100 >= damaged * 97, "{recovered} of {damaged}");
}

#[test]
fn a_mended_file_is_healthy_and_has_the_same_notes() {
    let Some(folder) = corpus("broken") else { return };
    for path in files(&folder) {
        let bytes: Arc<[u8]> = std::fs::read(&path).expect("readable").into();
        let Ok(imported) = smf::import(Arc::clone(&bytes), "test", &Limits::default()) else {
            continue;
        };
        let options = ExportOptions { repair: true, ..ExportOptions::default() };
        let mended = smf::export(&imported.project, options).expect("fits");
        let song = smf::read(&mended, &Limits::default()).expect("just written");
        assert!(!song.salvaged, "{}: {:?}", path.display(), song.problems);
        assert_eq!(song.note_ons(), imported.project.note_count() as u64, "{}", path.display());
        assert_eq!(Oracle::of(&mended).note_ons, song.note_ons(), "{}", path.display());
        same_events(&bytes, &mended, &path.display().to_string());
    }
}

#[test]
fn formats_0_and_1_hold_the_same_music() {
    for path in healthy().into_iter().step_by(7) {
        let bytes: Arc<[u8]> = std::fs::read(&path).expect("readable").into();
        let imported = smf::import(bytes, "test", &Limits::default()).expect("healthy");
        for format in [0, 1] {
            let options = ExportOptions { format: Some(format), repair: false };
            let written = smf::export(&imported.project, options).expect("fits");
            let before =
                smf::inspect(&imported.project.source.clone().unwrap(), &Limits::default());
            let (before, after) =
                (before.unwrap(), smf::inspect(&written, &Limits::default()).unwrap());
            assert_eq!(after.format, format);
            assert_eq!(after.note_ons, before.note_ons);
            near(after.duration_secs, before.duration_secs, "duration");
            near(after.last_note_secs.unwrap(), before.last_note_secs.unwrap(), "last note");
        }
    }
}

/// Every event of every track, in order, has the same tick and message.
fn same_events(before: &[u8], after: &[u8], name: &str) {
    let limits = Limits::default();
    let (before, after) = (smf::read(before, &limits).unwrap(), smf::read(after, &limits).unwrap());
    assert_eq!(before.tracks.len(), after.tracks.len(), "{name}");
    for (a, b) in before.tracks.iter().zip(&after.tracks) {
        let plain = |event: RawEvent<'_>| (event.tick, format!("{:?}", event.message));
        // An End of Track that was missing is added.
        let is_music = |event: &RawEvent<'_>| event.message != Message::EndOfTrack;
        let (x, y) = (before.events(a), after.events(b));
        let (mut x, mut y) = (x.filter(is_music).map(plain), y.filter(is_music).map(plain));
        loop {
            let (x, y) = (x.next(), y.next());
            assert_eq!(x, y, "{name}");
            if x.is_none() {
                break;
            }
        }
        assert_eq!(a.end, b.end, "{name}");
    }
}

fn near(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() < 1e-6, "{what}: {ours}, midly says {theirs}");
}

fn healthy() -> Vec<PathBuf> {
    ["pop909", "asap"].into_iter().filter_map(corpus).flat_map(|folder| files(&folder)).collect()
}

fn corpus(folder: &str) -> Option<PathBuf> {
    let corpus = std::env::var_os("MIDI_CORPUS");
    if corpus.is_none() {
        eprintln!("MIDI_CORPUS is not set: no real files are checked");
    }
    corpus.map(|corpus| Path::new(&corpus).join(folder)).filter(|folder| folder.is_dir())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "mid") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// What midly makes of a file, computed the plain way.
struct Oracle {
    tracks: usize,
    events: u64,
    note_ons: u64,
    duration_secs: f64,
    last_note_secs: f64,
}

impl Oracle {
    fn of(bytes: &[u8]) -> Self {
        let song = midly::Smf::parse(bytes).expect("midly reads it");
        let Timing::Metrical(ppq) = song.header.timing else { panic!("SMPTE") };
        let mut tempos: BTreeMap<u64, u32> = BTreeMap::new();
        let (mut end, mut last_note, mut note_ons, mut events) = (0, 0, 0, 0);
        for track in &song.tracks {
            let mut tick = 0;
            let mut open = BTreeMap::<(u8, u8), u32>::new();
            for event in track {
                tick += u64::from(event.delta.as_int());
                events += 1;
                match event.kind {
                    TrackEventKind::Meta(MetaMessage::Tempo(tempo)) => {
                        tempos.insert(tick, tempo.as_int());
                    }
                    TrackEventKind::Midi { channel, message } => {
                        let (key, on) = match message {
                            MidiMessage::NoteOn { key, vel } => (key, vel.as_int() > 0),
                            MidiMessage::NoteOff { key, .. } => (key, false),
                            _ => continue,
                        };
                        let open = open.entry((channel.as_int(), key.as_int())).or_default();
                        if on {
                            note_ons += 1;
                            *open += 1;
                        } else if *open > 0 {
                            *open -= 1;
                            last_note = last_note.max(tick);
                        }
                    }
                    _ => {}
                }
            }
            end = end.max(tick);
            if open.values().any(|&count| count > 0) {
                last_note = last_note.max(tick);
            }
        }
        let secs = |until: u64| {
            let (mut secs, mut at, mut tempo) = (0.0, 0, 500_000_u32);
            for (&tick, &next) in tempos.range(..until) {
                secs += (tick - at) as f64 * f64::from(tempo) / 1e6 / f64::from(ppq.as_int());
                (at, tempo) = (tick, next);
            }
            secs + (until - at) as f64 * f64::from(tempo) / 1e6 / f64::from(ppq.as_int())
        };
        Self {
            tracks: song.tracks.len(),
            events,
            note_ons,
            duration_secs: secs(end),
            last_note_secs: secs(last_note),
        }
    }
}
