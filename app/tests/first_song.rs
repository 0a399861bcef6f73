//! A new user's first song, from nothing: eight bars of melody, bass and drums, once by mouse
//! and once by keyboard alone.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on may panic")]

use egui::{Event, Key, Modifiers, PointerButton, Pos2, Rect, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;
use engine::model::{Note, Project, TrackId};
use engine::time::Tick;
use midi_daw::app::{MidiApp, Start};
use midi_daw::state::Layout;
use std::sync::Arc;

const CTRL_SHIFT: Modifiers = Modifiers { shift: true, ..Modifiers::COMMAND };

/// The window with nothing in it.
struct Desk(Harness<'static, MidiApp>);

impl Desk {
    fn empty() -> Self {
        let harness = Harness::builder()
            .with_size(vec2(1600.0, 1000.0))
            .with_step_dt(1.0 / 60.0)
            .build_eframe(|cc| MidiApp::new(&cc.egui_ctx, Start::headless(Layout::default())));
        let mut desk = Self(harness);
        desk.0.run_steps(4);
        desk
    }

    fn key(&mut self, key: Key) {
        self.keys(Modifiers::NONE, key);
    }

    fn keys(&mut self, held: Modifiers, key: Key) {
        self.0.key_press_modifiers(held, key);
        self.0.run_steps(2);
    }

    fn type_text(&mut self, text: &str) {
        self.0.event(Event::Text(text.to_owned()));
        self.0.run_steps(2);
    }

    /// Runs a command through the palette.
    fn palette(&mut self, words: &str) {
        self.keys(Modifiers::COMMAND, Key::P);
        self.0.run_steps(2);
        self.type_text(words);
        self.key(Key::Enter);
        self.0.run_steps(2);
    }

    fn rect(&self, label: &str) -> Rect {
        self.0.query_all_by_label_contains(label).next().unwrap().rect()
    }

    fn press(&mut self, at: Pos2) {
        self.0.hover_at(at);
        for pressed in [true, false] {
            let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
            self.0.event(Event::PointerButton { pos: at, button, pressed, modifiers });
        }
        self.0.run_steps(2);
    }

    fn click(&mut self, label: &str) {
        let node = self.0.query_all_by_label(label).next();
        let rect = node.unwrap_or_else(|| panic!("nothing is called {label:?}")).rect();
        self.press(rect.center());
        self.0.run_steps(2);
    }

    fn choose(&mut self, menu: &str, row: &str) {
        self.click(menu);
        self.click(row);
    }

    fn project(&self) -> Arc<Project> {
        Arc::clone(self.0.state().studio().snapshot())
    }

    /// The notes of the track at `index`, on the song's time line.
    fn notes(&self, index: usize) -> Vec<Note> {
        let project = self.project();
        let clips = project.tracks.get(index).unwrap().clips.iter();
        clips
            .flat_map(|clip| {
                let start = clip.start.0;
                clip.notes.iter().map(move |note| Note { start: note.start.after(start), ..*note })
            })
            .collect()
    }

    /// Plays for so long and says which tracks were heard.
    fn heard(&mut self, secs: f32) -> Vec<bool> {
        let ids: Vec<TrackId> = self.project().tracks.iter().map(|track| track.id).collect();
        let mut heard = vec![false; ids.len()];
        self.key(Key::Home);
        self.key(Key::Space);
        assert!(self.0.state().studio().transport().playing);
        for _ in 0..(secs * 60.0) as usize {
            self.0.state_mut().studio_mut().advance(800);
            self.0.run_steps(1);
            let meters = self.0.state().studio().meters();
            for (id, heard) in ids.iter().zip(&mut heard) {
                *heard |= meters.track(*id).peak() > 0.001;
            }
        }
        heard
    }
}

/// Whether the notes reach over eight bars of four quarters.
fn eight_bars(project: &Project, notes: &[Note]) -> bool {
    let bar = u64::from(project.division.ticks_per_quarter()) * 4;
    let last = notes.iter().map(Note::end).max().unwrap_or(Tick::ZERO);
    last > Tick(bar * 7) && last <= Tick(bar * 8)
}

#[test]
fn a_song_is_written_by_keyboard_alone() {
    let mut desk = Desk::empty();
    desk.keys(Modifiers::COMMAND, Key::T);
    desk.keys(CTRL_SHIFT, Key::N);
    // The grid a quarter, whatever it was.
    for _ in 0..8 {
        desk.key(Key::Comma);
    }
    for _ in 0..4 {
        desk.key(Key::Period);
    }
    // Up and down a scale of four notes, a quarter each, for eight bars.
    for bar in 0..8 {
        for _ in 0..4 {
            desk.key(Key::Enter);
            desk.key(if bar % 2 == 0 { Key::ArrowUp } else { Key::ArrowDown });
        }
    }
    let melody = desk.notes(0);
    assert_eq!(melody.len(), 32);
    assert!(eight_bars(&desk.project(), &melody), "{melody:?}");
    let keys: Vec<u8> = melody.iter().take(6).map(|note| note.key).collect();
    assert_eq!(keys, [60, 61, 62, 63, 64, 63]);

    // Whole notes two octaves below; the sound is chosen in the palette.
    desk.keys(Modifiers::COMMAND, Key::T);
    desk.palette("next sound");
    desk.keys(CTRL_SHIFT, Key::N);
    for _ in 0..2 {
        desk.keys(Modifiers::SHIFT, Key::ArrowDown);
    }
    for _ in 0..2 {
        desk.key(Key::Comma);
    }
    for _ in 0..8 {
        desk.key(Key::Enter);
    }
    let bass = desk.notes(1);
    assert_eq!((bass.len(), bass.first().map(|note| note.key)), (8, Some(36)));
    assert!(eight_bars(&desk.project(), &bass), "{bass:?}");
    assert_eq!(desk.project().tracks.get(1).unwrap().program(), Some(1));

    // A bass drum on every quarter of a bar, which is repeated.
    desk.palette("add drum track");
    desk.keys(CTRL_SHIFT, Key::N);
    for _ in 0..2 {
        desk.key(Key::Period);
        desk.keys(Modifiers::SHIFT, Key::ArrowDown);
    }
    for _ in 0..32 {
        desk.key(Key::Enter);
    }
    let drums = desk.notes(2);
    assert!(desk.project().tracks.get(2).unwrap().is_drums());
    assert_eq!((drums.len(), drums.first().map(|note| note.key)), (32, Some(36)));
    assert!(eight_bars(&desk.project(), &drums), "{drums:?}");

    assert_eq!(desk.heard(1.0), [true, true, true]);
}

#[test]
fn a_song_is_written_by_mouse() {
    let mut desk = Desk::empty();
    let rows = [("Add track", 4), ("Add track", 1), ("Add drum track", 4)];
    for (index, (add, per_bar)) in rows.into_iter().enumerate() {
        desk.choose("Track", add);
        // A double click in the empty lane makes a clip and opens it.
        let lanes = desk.rect("Clips");
        let at = pos2(lanes.left() + 30.0, lanes.top() + 46.0 * index as f32 + 23.0);
        // Clicks right after those in the menu would be a triple one.
        desk.0.run_steps(40);
        desk.press(at);
        desk.press(at);
        desk.0.run_steps(3);
        assert!(desk.0.state().selection().clip().is_some(), "the new clip opens");
        desk.write_bars(per_bar);
    }
    for track in 0..3 {
        let notes = desk.notes(track);
        let per_bar = rows.get(track).unwrap().1;
        assert!(notes.len() >= 8 * per_bar, "{} notes on track {track}", notes.len());
    }
    assert_eq!(desk.heard(1.0), [true, true, true]);
}

impl Desk {
    /// Draws `per_bar` notes in each of four bars, beyond the clip's end, which grows, and
    /// doubles them.
    fn write_bars(&mut self, per_bar: usize) {
        self.click("Draw tool");
        let quarter = u64::from(self.project().division.ticks_per_quarter());
        let (origin, scale) = self.measure();
        let canvas = self.rect("Piano roll of");
        for bar in 0..4 {
            for beat in 0..per_bar as u64 {
                let tick = (bar * 4 + beat) * quarter;
                let x = origin + tick as f32 * scale + 3.0;
                assert!(x < canvas.right(), "four bars are in view");
                let y = canvas.top() + 40.0 + 28.0 * ((bar + beat) % 5) as f32;
                self.press(pos2(x, y));
                // Two clicks on one place are a double click.
                self.0.run_steps(24);
            }
        }
        self.choose("Edit", "Select all notes");
        self.choose("Edit", "Duplicate after");
    }

    /// Where the clip's first tick is on the screen, and the points of a tick: measured by two
    /// notes off the grid, which are taken back.
    fn measure(&mut self) -> (f32, f32) {
        let canvas = self.rect("Piano roll of");
        let track = self.project().tracks.len() - 1;
        self.click("Snap");
        let places = [canvas.left() + 60.0, canvas.left() + 360.0];
        for x in places {
            self.press(pos2(x, canvas.top() + 9.0));
            self.0.run_steps(24);
        }
        let starts: Vec<f32> = self.notes(track).iter().map(|note| note.start.0 as f32).collect();
        let [first, second] = *starts.as_slice() else { panic!("two notes, not {starts:?}") };
        for _ in 0..2 {
            self.keys(Modifiers::COMMAND, Key::Z);
        }
        self.click("Snap");
        let scale = 300.0 / (second - first);
        (places[0] - first * scale, scale)
    }
}
