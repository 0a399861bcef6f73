//! What gestures draw over the notes, and rows that are marked.

use super::cut::CutLine;
use super::gesture::{Gesture, World};
use super::layout::Spot;
use super::marquee::Marquee;
use super::open::Open;
use super::paint::Scene;
use super::ramp::Ramp;
use super::verbs::{Act, Button, Held, Place, Verb};
use super::view::Live;
use crate::theme::{fonts, size, translucent};
use egui::{Align2, Painter, Pos2, Rect, Response, Shape, StrokeKind, Ui, pos2, vec2};
use engine::edit::Command;
use engine::model::Key;

/// How far notes are drawn from where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// Later by this.
    pub(super) ticks: i64,
    /// Higher by this.
    pub(super) keys: i16,
}

/// How far the selected notes have been dragged, if that is not done before the release or
/// is still being worked out. They stop where the command would stop them. `None` when the
/// command is about other notes than those selected now.
pub(super) fn offset(open: &[Open<'_>], live: &Live) -> Option<Offset> {
    let command = live.deferred.as_ref().or(live.landing.as_ref())?;
    let commands = match command {
        Command::Several(several) => several.commands(),
        one => std::slice::from_ref(one),
    };
    let mut way = (0, 0);
    let (mut room, mut low, mut high) = (u64::MAX, 127, 0);
    let mut chosen = open.iter().filter(|part| !part.chosen.is_empty());
    for command in commands {
        let (Command::MoveNotes { notes, ticks, keys } | Command::CopyNotes { notes, ticks, keys }) =
            command
        else {
            return None;
        };
        let part = chosen.find(|part| part.at == notes.clip)?;
        let first = part.chosen.iter().next()?;
        // The first note stands for all of them: other notes may be selected by now.
        notes.notes.ends().filter(|(start, _)| *start == first.reference())?;
        let (lowest, highest) = part.chosen.keys()?;
        (room, low, high) = (room.min(first.start.0), low.min(lowest), high.max(highest));
        way = (*ticks, *keys);
    }
    if chosen.next().is_some() {
        return None;
    }
    let (ticks, keys) = way;
    Some(Offset {
        ticks: ticks.max(-i64::try_from(room).unwrap_or(i64::MAX)),
        keys: keys.clamp(-i16::from(low), 127 - i16::from(high.min(127))),
    })
}

/// Where the knife cuts, or would cut if the button went down here.
pub(super) fn cut_line(
    world: &World<'_>,
    ui: &Ui,
    canvas: &Response,
    live: &Live,
) -> Option<CutLine> {
    match &live.gesture {
        Gesture::Cut(cut) => return Some(cut.line()),
        Gesture::Idle => {}
        _ => return None,
    }
    let (pos, modifiers) = ui.input(|input| (input.pointer.latest_pos(), input.modifiers));
    let pos = pos.filter(|_| canvas.contains_pointer())?;
    let held = Held::of(modifiers);
    let verb = world.hand.verb(Place::Body, Button::Left, held, Act::Drag);
    (verb == Some(Verb::Cut)).then(|| CutLine::at(world, pos, world.hand.constraint(held)))
}

impl Scene<'_> {
    /// What is under way.
    pub(super) fn gesture(&self, painter: &Painter) {
        match self.gesture {
            Gesture::Marquee(marquee) => self.marquee(painter, marquee),
            Gesture::Ramp(ramp) => self.ramp(painter, ramp),
            _ => {}
        }
        if let Some(line) = self.cut {
            self.cut(painter, line);
        }
    }

    fn marquee(&self, painter: &Painter, marquee: &Marquee) {
        let corner = |spot: Spot| self.layout.pos(spot);
        let rect = Rect::from_two_pos(corner(marquee.from), corner(marquee.to));
        painter.rect_filled(rect, 2.0, translucent(self.theme.accent, 28));
        painter.rect_stroke(rect, 2.0, (1.0, self.theme.accent), StrokeKind::Inside);
    }

    /// The line, with the velocities at its ends.
    fn ramp(&self, painter: &Painter, ramp: &Ramp) {
        let color = self.theme.accent;
        let (points, (from, to)) = ramp.line(self.layout);
        let ends = [(points.first().copied(), from), (points.last().copied(), to)];
        painter.add(Shape::line(points, (1.5, color)));
        for (at, velocity) in ends {
            let Some(at) = at else { continue };
            painter.circle_filled(at, 3.0, color);
            let said = velocity.to_string();
            let ink = self.theme.text;
            let text = painter.layout_no_wrap(said, fonts::mono(size::CAPTION), ink);
            let place = Align2::LEFT_BOTTOM.anchor_size(at + vec2(6.0, -3.0), text.size());
            painter.rect_filled(place.expand(2.0), 3.0, translucent(self.theme.well, 220));
            painter.galley(place.min, text, ink);
        }
    }

    /// A faint line through all rows, a strong one through those that are cut.
    fn cut(&self, painter: &Painter, line: CutLine) {
        let Self { theme, layout, open, .. } = self;
        let x = layout.x_from_tick(line.tick.0 as f64).round() + 0.5;
        painter.vline(x, layout.canvas.y_range(), (1.0, translucent(theme.marker, 90)));
        let row = layout.viewport.row_height;
        let (low, high) = line.keys;
        let (top, bottom) = (layout.y_from_key(high), layout.y_from_key(low) + row);
        painter.vline(x, top..=bottom, (1.5, theme.marker));
        for end in [pos2(x, top), pos2(x, bottom)] {
            painter.circle_filled(end, 2.0, theme.marker);
        }
        // Notes lie above each other by the hundred only where none can be told apart.
        const SHOWN: usize = 256;
        let cut = open.iter().flat_map(|part| line.notes(part.clip));
        for note in cut.take(SHOWN) {
            let y = layout.y_from_key(note.key);
            let at = |x: f32| Rect::from_min_max(pos2(x - 1.5, y), pos2(x + 1.5, y + row));
            painter.rect_filled(at(x), 0.0, theme.marker);
        }
    }

    /// Stripes behind the rows that are marked.
    pub(super) fn marked_rows(&self, painter: &Painter, rect: Rect) {
        let stripe = translucent(self.theme.accent, 26);
        for row in self.marked(rect) {
            painter.rect_filled(row, 0.0, stripe);
        }
    }

    /// Flags on the keys that are marked.
    pub(super) fn marked_keys(&self, painter: &Painter, rect: Rect) {
        for row in self.marked(rect) {
            let tip = pos2(row.right() - 7.0, row.center().y);
            let back = |y: f32| -> Pos2 { pos2(row.right() - 1.0, y) };
            let flag = vec![tip, back(row.top() + 1.0), back(row.bottom() - 1.0)];
            painter.add(Shape::convex_polygon(flag, self.theme.accent, egui::Stroke::NONE));
        }
    }

    /// The marked rows in view, as wide as `rect`.
    fn marked(&self, rect: Rect) -> impl Iterator<Item = Rect> {
        let (marks, row) = (self.marks, self.layout.viewport.row_height);
        let keys = self.layout.shown_keys();
        keys.filter(move |key| marks >> (key & 127) & 1 == 1).map(move |key: Key| {
            let y = self.layout.y_from_key(key);
            Rect::from_x_y_ranges(rect.x_range(), y..=y + row)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::edit::NoteSelection;
    use engine::model::{ClipId, ClipRef, Note, Notes, TrackId};

    const A: ClipRef = ClipRef { track: TrackId(1), clip: ClipId(1) };
    const B: ClipRef = ClipRef { clip: ClipId(2), ..A };

    /// Moves the notes of some clips.
    fn moving(clips: &[(ClipRef, &Notes)], ticks: i64, keys: i16) -> Live {
        let moves = clips.iter().map(|(at, notes)| {
            let notes = NoteSelection::new(*at, notes.iter().map(Note::reference));
            Command::MoveNotes { notes, ticks, keys }
        });
        Live { landing: Command::several(moves), ..Live::default() }
    }

    #[test]
    fn notes_drawn_elsewhere_stop_where_the_command_stops_them() {
        let project = engine::testkit::one_clip(3, 100);
        let (track, clip) = (&project.tracks[0], &project.tracks[0].clips[0]);
        let part = |at, chosen: &Notes| Open { at, track, clip, chosen: chosen.clone() };
        let notes = clip.notes.clone();
        let later: Notes = notes.iter().skip(50).copied().collect();
        let (low, _) = notes.keys().unwrap();
        let first = notes.iter().next().unwrap().start.0 as i64;
        let open = [part(A, &notes)];
        let one = |ticks, keys| offset(&open, &moving(&[(A, &notes)], ticks, keys));
        assert_eq!(one(480, 2), Some(Offset { ticks: 480, keys: 2 }));
        let stopped = Offset { ticks: -first, keys: -i16::from(low) };
        assert_eq!(one(i64::MIN, -200), Some(stopped));
        // Those of another clip stop with them.
        let both = [part(A, &later), part(B, &notes)];
        let together = moving(&[(A, &later), (B, &notes)], i64::MIN, -200);
        assert_eq!(offset(&both, &together), Some(stopped));
        // Other notes are selected by now, or others too, or another clip is shown.
        assert_eq!(offset(&[part(A, &later)], &moving(&[(A, &notes)], 480, 2)), None);
        assert_eq!(offset(&both, &moving(&[(A, &later)], 480, 2)), None);
        assert_eq!(offset(&[part(B, &notes)], &moving(&[(A, &notes)], 480, 2)), None);
        assert_eq!(offset(&open, &Live::default()), None);
    }
}
