//! What notes are called, written inside them where there is room.

use super::drums::drum_name;
use super::open::Open;
use super::paint::Scene;
use crate::theme::{contrast_ratio, fonts, size};
use crate::wording::note_name;
use egui::{Align2, Color32, Painter, pos2};
use engine::model::{Key, Note};
use engine::time::{Tick, TickRange};

/// Row height from which a name fits.
const ROW_FROM: f32 = 16.0;
/// Width of a note from which one fits, in points.
const WIDTH_FROM: f32 = 30.0;
/// Names that a frame writes at most; more could not be read.
const MOST: usize = 400;
/// Notes that a frame looks at for them.
const LOOKED_AT: usize = 4_000;

impl Scene<'_> {
    /// Names inside the notes of a clip in view.
    pub(super) fn labels(&self, painter: &Painter, part: &Open<'_>, fills: (Color32, Color32)) {
        let (layout, clip) = (self.layout, part.clip);
        let row = layout.viewport.row_height;
        if row < ROW_FROM {
            return;
        }
        let origin = clip.start.0 as f64;
        let (from, to) = layout.visible_ticks();
        let tick = |tick: f64| Tick((tick - origin).max(0.0) as u64);
        let notes = clip.notes.sounding_in(TickRange::between(tick(from), tick(to)));
        let inks = Inks::new(self, fills);
        let (low, high) = layout.visible_keys();
        let wide =
            |note: &&Note| f64::from(note.length) * layout.viewport.scale >= WIDTH_FROM.into();
        let shown =
            notes.take(LOOKED_AT).filter(wide).filter(|note| (low..=high).contains(&note.key));
        for note in shown.take(MOST) {
            let start = clip.start.after(note.start.0).0 as f64;
            let rect = layout.note_rect(note.key, start, start + f64::from(note.length));
            // What began left of the canvas says its name where it comes into view.
            let before = if layout.hits { layout.hit_reach() } else { 0.0 };
            let left = rect.left().max(layout.canvas.left()) + before + 4.0;
            let chosen = part.chosen.get(note.reference()).is_some();
            if chosen && self.offset.is_some() {
                continue;
            }
            let painter = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
            let at = pos2(left, rect.center().y);
            let ink = inks.of(note.velocity, chosen);
            let name = name(part, note.key);
            painter.text(at, Align2::LEFT_CENTER, name, fonts::text(size::TINY), ink);
        }
    }
}

fn name(part: &Open<'_>, key: Key) -> String {
    let drum = if part.track.is_drums() { drum_name(key) } else { None };
    drum.map_or_else(|| note_name(key), str::to_owned)
}

/// What reads on a note of each velocity.
struct Inks {
    plain: [Color32; 16],
    chosen: Color32,
    hits: Option<Color32>,
}

impl Inks {
    fn new(scene: &Scene<'_>, (low, high): (Color32, Color32)) -> Self {
        let theme = scene.theme;
        let reads = |fill: Color32| {
            let contrast = |ink: &Color32| contrast_ratio(*ink, fill);
            let inks = [theme.text, theme.on_accent, theme.bg];
            let best = inks.into_iter().max_by(|a, b| contrast(a).total_cmp(&contrast(b)));
            best.unwrap_or(theme.text)
        };
        let plain =
            std::array::from_fn(|step| reads(crate::theme::mix(low, high, step as f32 / 15.0)));
        // Beside a diamond the name stands on the row, not on the note.
        let hits = scene.layout.hits.then_some(theme.muted);
        Self { plain, chosen: reads(theme.note_selected), hits }
    }

    fn of(&self, velocity: u8, chosen: bool) -> Color32 {
        let plain = || self.plain.get(usize::from(velocity / 8)).copied();
        match (self.hits, chosen) {
            (Some(ink), _) => ink,
            (None, true) => self.chosen,
            (None, false) => plain().unwrap_or(self.chosen),
        }
    }
}
