//! Ten thousand random commands, every kind there is: undone and redone they give the same
//! song, bit for bit, and the same file.
#![expect(clippy::panic, reason = "a test may stop at the first surprise")]

use engine::doc::Document;
use engine::edit::{Command, EditError, apply};
use engine::model::{Note, Project};
use engine::smf::{ExportOptions, export};
use engine::testkit::{Rng, commands, project};
use std::collections::{BTreeSet, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

const SEEDS: u64 = 10;
const COMMANDS: usize = 1_000;

/// A version of the song as it was when it was made, in a form that no shared memory can change.
fn fingerprint(project: &Project) -> u64 {
    let mut hasher = DefaultHasher::new();
    let bytes = export(project, ExportOptions::default());
    bytes.unwrap_or_else(|error| panic!("not written: {error}")).hash(&mut hasher);
    for track in project.tracks.iter() {
        let mix = track.mix;
        (track.id, &track.name, track.color, mix.muted, mix.soloed).hash(&mut hasher);
        (mix.gain.linear().to_bits(), mix.pan.position().to_bits()).hash(&mut hasher);
        format!("{:?}", track.output).hash(&mut hasher);
        for clip in track.clips.iter() {
            (clip.id, clip.start, clip.length, clip.next_note).hash(&mut hasher);
            for note in clip.notes.iter() {
                (note.start, note.length, note.id, note.off_order, note.key).hash(&mut hasher);
                (note.velocity, note.release, note.channel).hash(&mut hasher);
            }
            format!("{:?}", clip.events).hash(&mut hasher);
        }
    }
    format!("{:?}", project.conductor.events).hash(&mut hasher);
    hasher.finish()
}

/// What holds of every project.
fn check_sound(project: &Project, command: &Command) {
    let mut ids = HashSet::new();
    for track in project.tracks.iter() {
        assert!(ids.insert(track.id.0), "an id twice after {command:?}");
        for clip in track.clips.iter() {
            assert!(ids.insert(clip.id.0), "an id twice after {command:?}");
            let notes = &clip.notes;
            let refs: Vec<_> = notes.iter().map(Note::reference).collect();
            assert!(refs.is_sorted_by(|a, b| a < b), "not in order after {command:?}");
            let own: BTreeSet<u32> = notes.iter().map(|note| note.id).collect();
            assert_eq!((own.len(), refs.len()), (notes.len(), notes.len()), "{command:?}");
            assert!(own.last().is_none_or(|&last| last < clip.next_note), "{command:?}");
            assert!(notes.last_end().0 <= clip.length, "past its clip after {command:?}");
            let fits = |note: &Note| note.key < 128 && (1..128).contains(&note.velocity);
            assert!(notes.iter().all(fits), "out of range after {command:?}");
            assert_eq!(notes.last_end(), notes.iter().map(Note::end).max().unwrap_or_default());
            let keys = notes.iter().map(|note| note.key);
            assert_eq!(notes.keys(), keys.clone().min().zip(keys.max()), "{command:?}");
        }
    }
}

#[test]
fn ten_thousand_commands_undone_and_redone_give_the_same_song_bit_for_bit() {
    let mut names = BTreeSet::new();
    let (mut tried, mut done, mut together) = (0, 0, 0);
    for seed in 0..SEEDS {
        let mut rng = Rng::new(seed);
        let start = Arc::new(project(seed, 3, 60));
        let mut document = Document::with_history(Arc::clone(&start), usize::MAX);
        let mut versions = vec![fingerprint(&start)];
        let mut selections = Vec::new();
        while selections.len() < COMMANDS {
            tried += 1;
            let before = Arc::clone(document.current());
            let command = commands::command(&mut rng, &before);
            match document.apply(&command) {
                Ok(selection) => {
                    done += 1;
                    names.insert(command.name());
                    together += usize::from(matches!(command, Command::Several(_)));
                    check_sound(document.current(), &command);
                    if done % 4 == 0 {
                        let again = apply(&before, &command).map(|edited| edited.project);
                        assert_eq!(again.as_ref(), Ok(&**document.current()), "{command:?}");
                    }
                    versions.push(fingerprint(document.current()));
                    selections.push((command.selection(), selection));
                }
                Err(error) => {
                    assert_ne!(error, EditError::TooManyNotes, "{command:?}");
                    assert!(Arc::ptr_eq(document.current(), &before));
                }
            }
        }
        let last = Project::clone(document.current());
        for (version, (selected, _)) in versions.iter().zip(&selections).rev() {
            assert_eq!(&document.undo(), selected);
            assert_eq!(fingerprint(document.current()), *version);
        }
        assert_eq!((document.undo_name(), document.is_edited()), (None, false));
        assert_eq!(document.current(), &start);
        for (version, (_, selected)) in versions.iter().skip(1).zip(&selections) {
            assert_eq!(&document.redo(), selected);
            assert_eq!(fingerprint(document.current()), *version);
        }
        assert_eq!((document.redo_name(), &**document.current()), (None, &last));
        for _ in 0..20 {
            let to = rng.below(versions.len() as u64) as usize;
            document.jump(to);
            assert_eq!(Some(&fingerprint(document.current())), versions.get(to));
        }
    }
    assert!(done == 10_000 && tried < 12_500, "{done} done of {tried}");
    assert!(together > 400, "{together} were several as one");
    assert!(names.len() >= 55, "only {} kinds of commands: {names:?}", names.len());
}
