//! A monkey at the window: random gestures, keys and commands, then a look at whether
//! document, undo, schedule and screen still say the same.
//!
//! With `MONKEY_SECS` and `MIDI_CORPUS` it plays for so long on a file of that folder (or
//! with that file); `MONKEY_SEED` gives another seed. A failure prints what was done.
#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on may panic")]
#![expect(clippy::print_stderr, reason = "a failure says how to see it again")]

mod check;
mod deed;
mod whim;

use deed::{Deed, Frames};
use egui::{Event, Key, Modifiers, PointerButton, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use engine::edit::Command;
use engine::model::Project;
use engine::smf::{ExportOptions, export};
use engine::testkit;
use midi_daw::app::{MidiApp, Start};
use midi_daw::command::{Action, AppCommand};
use midi_daw::state::{Layout, Selection};
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use whim::{Places, Whim};

/// Deeds between two looks.
const BURST: usize = 6;
/// Deeds that a failure prints.
const TOLD: usize = 40;
/// Frames a second.
const RATE: f64 = 60.0;
/// Sample frames that are played in a frame.
const AUDIO: usize = 48_000 / 60;
/// Notes from which on a clip is given back as it was: chords of chords grow fast.
const MOST_NOTES: usize = 30_000;

#[test]
fn a_monkey_breaks_nothing_in_a_small_song() {
    let mut changes = BTreeMap::new();
    for seed in 1..=3 {
        let song = testkit::project(seed, 5, 1500);
        let done = Monkey::new(seed, Some(&written(&song))).play(|monkey| monkey.step >= 120);
        changes.extend(done.changes);
    }
    assert!(changes.len() >= 8, "it did little: {changes:?}");
}

#[test]
fn a_monkey_breaks_nothing_in_a_song_of_its_own() {
    let mut monkey = Monkey::new(7, None);
    for _ in 0..2 {
        monkey.harness.state().send(Action::AddTrack);
        monkey.frame(Vec::new());
    }
    monkey.play(|monkey| monkey.step >= 90);
}

#[test]
fn a_monkey_breaks_nothing_in_a_file_of_the_corpus() {
    let (Ok(secs), Ok(corpus)) = (std::env::var("MONKEY_SECS"), std::env::var("MIDI_CORPUS"))
    else {
        eprintln!("MONKEY_SECS and MIDI_CORPUS are not set: no long run");
        return;
    };
    let secs = Duration::from_secs(secs.parse().expect("MONKEY_SECS is a number of seconds"));
    let seed = std::env::var("MONKEY_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let file = file_of(Path::new(&corpus), seed).expect("MIDI_CORPUS has a MIDI file");
    let until = Instant::now() + secs;
    let song = std::fs::read(&file).expect("the file can be read");
    let done = Monkey::new(seed, Some(&song)).play(|_| Instant::now() >= until);
    eprintln!("{} deeds with {}, seed {seed}: {:?}", done.steps, file.display(), done.changes);
}

/// A MIDI file of a folder of any depth, another for each seed.
fn file_of(place: &Path, seed: u64) -> Option<PathBuf> {
    if place.is_file() {
        return Some(place.to_owned());
    }
    let (mut folders, mut files) = (vec![place.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).ok()?.flatten() {
            let path = entry.path();
            let is_midi = path.extension().is_some_and(|ext| ext.eq_ignore_ascii_case("mid"));
            if path.is_dir() {
                folders.push(path);
            } else if is_midi {
                files.push(path);
            }
        }
    }
    files.sort();
    files.get(testkit::Rng::new(seed).below(files.len() as u64) as usize).cloned()
}

fn written(song: &Project) -> Vec<u8> {
    export(song, ExportOptions::default()).expect("the song can be written")
}

/// What came of it.
struct Done {
    steps: usize,
    /// What the history was seen to end with, and after how many deeds that was new.
    changes: BTreeMap<&'static str, usize>,
}

struct Monkey {
    seed: u64,
    /// Deeds done.
    step: usize,
    harness: Harness<'static, MidiApp>,
    clock: f64,
    whim: Whim,
    told: VecDeque<Deed>,
    changes: BTreeMap<&'static str, usize>,
    /// Notes that the song began with.
    notes: usize,
    /// The revision after the last deed.
    revision: u64,
    /// Versions that the history held at the last look, the oldest last.
    versions: Vec<Arc<Project>>,
    /// Whatever might be written by accident is written here.
    folder: tempfile::TempDir,
}

impl Drop for Monkey {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let Self { seed, step, told, .. } = self;
            eprintln!("seed {seed}, step {step}; the last deeds:");
            for deed in told {
                eprintln!("  {deed:?}");
            }
        }
    }
}

impl Monkey {
    fn new(seed: u64, song: Option<&[u8]>) -> Self {
        let folder = tempfile::tempdir().expect("a folder of its own");
        let mut files = Vec::new();
        if let Some(song) = song {
            let file = folder.path().join("song.mid");
            std::fs::write(&file, song).expect("the song can be written");
            files.push(file);
        }
        let harness = Harness::builder()
            .with_size(vec2(1600.0, 1000.0))
            .with_step_dt(1.0 / RATE as f32)
            .build_eframe(|cc| {
                let start = Start { files, ..Start::headless(Layout::default()) };
                MidiApp::new(&cc.egui_ctx, start)
            });
        let mut monkey = Self {
            seed,
            step: 0,
            harness,
            clock: 10.0,
            whim: Whim::new(seed),
            told: VecDeque::new(),
            changes: BTreeMap::new(),
            notes: 0,
            revision: 0,
            versions: Vec::new(),
            folder,
        };
        std::env::set_current_dir(monkey.folder.path()).expect("the folder is there");
        monkey.settle();
        let opened = song.is_none() || !monkey.project().tracks.is_empty();
        assert!(opened, "the song opens");
        monkey.versions = vec![monkey.project()];
        monkey.notes = monkey.project().note_count();
        monkey
    }

    /// Does one deed after the other until `done`; returns what came of it.
    fn play(mut self, done: impl Fn(&Self) -> bool) -> Done {
        while !done(&self) {
            for _ in 0..BURST {
                self.deed();
            }
            self.settle();
            if let Err(what) = self.look() {
                panic!("{what}");
            }
        }
        Done { steps: self.step, changes: std::mem::take(&mut self.changes) }
    }

    fn deed(&mut self) {
        self.step += 1;
        let places = self.places();
        let app = self.harness.state();
        let project = Arc::clone(app.studio().snapshot());
        let clip = app.selection().clip().and_then(|at| project.clip(at));
        let deed = self.whim.next(&places, &project, clip.map(AsRef::as_ref), app.keymap());
        if self.told.len() == TOLD {
            self.told.pop_front();
        }
        self.told.push_back(deed.clone());
        let asked = rect(&self.harness, "Apply");
        match asked {
            // The dialog of an operation is a place like any other.
            Some(_) if self.whim.chance(50) => {}
            Some(apply) if self.whim.chance(60) => self.click(apply),
            _ => self.put_questions_away(),
        }
        match &deed {
            // Nobody gets at these while a dialog waits.
            Deed::Run(_) | Deed::Operate(_) | Deed::Open(_) | Deed::OpenSeveral(_)
                if asked.is_some() => {}
            Deed::Run(action) if self.harness.state().can_run(&self.harness.ctx, *action) => {
                self.harness.state().send(*action);
            }
            Deed::Operate(op) => {
                let selected = self.harness.state().selection().selected();
                let each = |notes| Command::Transform { notes, op: op.clone() };
                if let Some(command) = selected.and_then(|selected| selected.each(each)) {
                    self.harness.state().send(command);
                }
            }
            Deed::Open(at) => {
                self.harness.state().send(AppCommand::Select(Selection::of_clip(*at)));
            }
            Deed::OpenSeveral(clips) => {
                if let Some(first) = clips.first() {
                    let several = Selection::of_clips(clips.iter().copied(), *first);
                    self.harness.state().send(AppCommand::Select(several));
                }
            }
            Deed::Palette(word) => self.palette(word),
            Deed::Resize(size) => {
                self.harness.set_size(*size);
            }
            _ => {}
        }
        self.frames(deed.frames());
        self.frame(Vec::new());
        self.count();
        // The wheel's changes are no step yet, but what is selected is there.
        let app = self.harness.state();
        if let Err(what) = check::song(app.studio().snapshot()).and(check::selection(app)) {
            panic!("{what}");
        }
    }

    /// Counts what the history ends with now, if that is new.
    fn count(&mut self) {
        let studio = self.harness.state().studio();
        if std::mem::replace(&mut self.revision, studio.revision()) != studio.revision()
            && let Some(name) = studio.undo_name()
        {
            *self.changes.entry(name).or_default() += 1;
        }
    }

    /// What may have been opened by accident and would write or read files.
    fn put_questions_away(&mut self) {
        for _ in 0..4 {
            let Some(cancel) = rect(&self.harness, "Cancel") else { return };
            self.click(cancel);
        }
    }

    fn click(&mut self, rect: Rect) {
        let click = Deed::Click {
            at: rect.center(),
            button: PointerButton::Primary,
            held: Modifiers::NONE,
            times: 1,
        };
        self.frames(click.frames());
        self.frame(Vec::new());
    }

    fn palette(&mut self, word: &str) {
        let press = |key, held| Deed::Press { key, held, repeats: 0 }.frames();
        self.frames(press(Key::P, Modifiers::COMMAND));
        self.frame(Vec::new());
        if self.harness.ctx.text_edit_focused() && rect(&self.harness, "Cancel").is_none() {
            self.frame(vec![Event::Text(word.to_owned())]);
            self.frame(Vec::new());
            self.frames(press(Key::Enter, Modifiers::NONE));
        }
    }

    /// Until nothing is under way any more.
    fn settle(&mut self) {
        self.frame(vec![Event::ModifiersChanged(Modifiers::NONE)]);
        for _ in 0..3 {
            self.put_questions_away();
            self.frames(
                Deed::Press { key: Key::Escape, held: Modifiers::NONE, repeats: 0 }.frames(),
            );
        }
        for _ in 0..2000 {
            self.frame(Vec::new());
            if self.harness.state().studio().jobs().is_empty() {
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        // The wheel's step waits for a while without turns.
        self.clock += 1.0;
        for _ in 0..4 {
            self.frame(Vec::new());
        }
    }

    fn look(&mut self) -> Result<(), String> {
        let project = self.project();
        check::song(&project)?;
        check::at_rest(self.harness.state())?;
        check::selection(self.harness.state())?;
        check::screen(&self.harness)?;
        check::schedule(self.harness.state_mut())?;
        let most =
            project.tracks.iter().flat_map(|track| track.clips.iter()).map(|clip| clip.notes.len());
        let too_many = most.max().unwrap_or(0) > MOST_NOTES;
        // A song with next to nothing in it is no place for a monkey either.
        let again = too_many || project.note_count() * 4 < self.notes;
        if again || self.whim.chance(30) {
            self.versions = check::history(self.harness.state_mut(), &self.versions)?;
        }
        if again {
            self.harness.state_mut().studio_mut().jump(0);
            let open = self.whim.open(&self.project());
            if let Deed::Open(at) = open {
                self.harness.state().send(AppCommand::Select(Selection::of_clip(at)));
            } else {
                self.harness.state().send(Action::SelectNone);
            }
            self.frame(Vec::new());
        }
        Ok(())
    }

    fn project(&self) -> Arc<Project> {
        Arc::clone(self.harness.state().studio().snapshot())
    }

    fn frames(&mut self, frames: Frames) {
        for events in frames {
            self.frame(events);
        }
    }

    fn frame(&mut self, events: Vec<Event>) {
        if self.harness.state().studio().transport().playing {
            self.harness.state_mut().studio_mut().advance(AUDIO);
        }
        self.clock += 1.0 / RATE;
        let input = self.harness.input_mut();
        input.time = Some(self.clock);
        input.events.extend(events);
        self.harness.step();
    }

    fn places(&self) -> Places {
        let harness = &self.harness;
        Places {
            window: Some(harness.ctx.content_rect()),
            canvas: rect_like(harness, "Piano roll of"),
            keys: rect(harness, "Piano keys"),
            ruler: rect(harness, "Piano roll ruler"),
            lanes: rects_like(harness, "lane"),
            forbidden: rect(harness, "File"),
        }
    }
}

fn rect(harness: &Harness<'_, MidiApp>, label: &str) -> Option<Rect> {
    harness.query_all_by_label(label).find_map(|node| bounds(&node))
}

fn rect_like(harness: &Harness<'_, MidiApp>, label: &str) -> Option<Rect> {
    harness.query_all_by_label_contains(label).find_map(|node| bounds(&node))
}

fn rects_like(harness: &Harness<'_, MidiApp>, label: &str) -> Vec<Rect> {
    harness.query_all_by_label_contains(label).filter_map(|node| bounds(&node)).collect()
}

fn bounds(node: &egui_kittest::Node<'_>) -> Option<Rect> {
    node.accesskit_node().bounding_box().map(|_| node.rect())
}
