//! Carries out the commands of the roll: on the notes that are selected, else on the note
//! cursor and on what the next note will be like.
//!
//! Changes nothing but the roll's own view: what should happen to the song is returned.

use super::cursor::Cursor;
use super::gesture::Gesture;
use super::grid::{Grid, GridChoice, NoteValue};
use super::keyboard::{Look, Reach};
use super::speech::{self, place_text};
use super::view::{PianoRollView, neighbour};
use crate::command::{Action, AppCommand};
use crate::state::{NoteSet, RollTool, Selection};
use engine::edit::ops::Transpose;
use engine::edit::{Command, Edge, NewNote, NoteOp, NoteSelection, Selected, VelocityChange};
use engine::model::{Clip, ClipRef, Note, NoteRef, Project};
use engine::theory::Scale;
use engine::time::{Tick, TickRange};

/// Points a tick that the adaptive grid goes by while the roll is not on the screen.
pub(super) const UNSEEN_SCALE: f64 = 0.1;

/// Carries out a command of the roll; returns what the application has to do, in order.
/// `scale` is what steps in the scale go by.
pub fn perform(
    action: Action,
    project: &Project,
    selection: &Selection,
    scale: Scale,
    view: &mut PianoRollView,
) -> Vec<AppCommand> {
    if let Some(tool) = tool(action, view.tool) {
        view.tool = tool;
        view.live.keyed.speech.say(format!("{} tool", tool.label()));
        return Vec::new();
    }
    if action == Action::ToggleSnap {
        view.snap = !view.snap;
        view.live.keyed.speech.say(format!("Snap {}", if view.snap { "on" } else { "off" }));
        return Vec::new();
    }
    let Some(at) = selection.clip() else { return Vec::new() };
    let Some(clip) = project.clip(at) else { return Vec::new() };
    if let Some(clips) = clips(action, selection) {
        if !view.is_busy() {
            view.live.keyed.speech.say(active_text(project, &clips));
            return vec![AppCommand::Select(clips)];
        }
        return Vec::new();
    }
    if action == Action::Cancel {
        view.live.keyed.cancels = true;
        return Vec::new();
    }
    if view.live.gesture != Gesture::Idle || view.live.lanes.has_stroke() {
        return Vec::new();
    }
    // Turns of the wheel that wait to become a step become one now.
    let mut asked = Vec::new();
    if view.live.wheel.take().is_some() | view.live.lanes.settle() {
        asked.push(view.live.deferred.take().map_or(AppCommand::Commit, AppCommand::Apply));
    }
    let first = first_chosen(project, selection, view);
    let mut desk = Desk { project, selection, scale, at, clip, first, view, asked };
    desk.run(action);
    desk.asked
}

impl PianoRollView {
    /// Takes up the tool of a command for as long as its key is held, or lets it go again.
    pub fn hold_tool(&mut self, action: Option<Action>) {
        self.momentary_tool = action.and_then(|action| tool(action, self.tool));
    }

    /// Takes back what the pointer or the wheel is doing, in the next frame.
    pub const fn give_up(&mut self) {
        self.live.keyed.cancels = true;
    }

    /// Gives the canvas the keyboard in the next frame.
    pub const fn take_focus(&mut self) {
        self.live.keyed.wants_focus = true;
    }

    /// Whether the canvas has the focus.
    pub fn has_focus(&self, ctx: &egui::Context) -> bool {
        let focused = ctx.memory(egui::Memory::focused);
        focused.is_some() && focused == self.live.keyed.canvas
    }

    /// Whether the grid is one of triplets.
    pub const fn has_triplets(&self) -> bool {
        matches!(self.grid, GridChoice::Fixed(value) if value.is_triplet())
    }

    /// Tells a screen reader what a command did; a preview tells when it is made a step.
    pub fn tell(&mut self, project: &Project, command: &Command, after: Option<&Selected>) {
        if let Some(text) = speech::edited(project, command, after) {
            self.live.keyed.speech.say(text);
        }
    }

    /// Keeps what a preview would do for [`Self::confirm`].
    pub fn prepare(&mut self, project: &Project, command: &Command, after: Option<&Selected>) {
        let text = speech::edited(project, command, after).unwrap_or_default();
        self.live.keyed.speech.prepare(text);
    }

    /// Tells what the last preview did.
    pub fn confirm(&mut self) {
        self.live.keyed.speech.confirm();
    }

    /// Ticks of a step of the grid in a song.
    pub fn step_ticks(&self, project: &Project) -> u32 {
        let scale = self.live.shown.map_or(UNSEEN_SCALE, |(_, viewport)| viewport.scale);
        let quarter = project.division.ticks_per_quarter();
        let grid = Grid::new(&project.conductor.meter, self.grid, quarter, scale);
        u32::try_from(grid.step().whole()).unwrap_or(u32::MAX)
    }

    /// Where the note cursor stands in a clip, if it was used there.
    pub fn cursor_in(&self, at: ClipRef) -> Option<Tick> {
        self.live.keyed.cursor.filter(|cursor| cursor.at == at).map(|cursor| cursor.tick)
    }

    /// Whether the pointer is in the middle of something.
    pub fn is_busy(&self) -> bool {
        self.live.is_busy()
    }

    /// Tells a screen reader something.
    pub fn say(&mut self, text: String) {
        self.live.keyed.speech.say(text);
    }
}

/// The tool that a command takes up when `now` is in hand.
fn tool(action: Action, now: RollTool) -> Option<RollTool> {
    Some(match action {
        Action::ToggleDraw if now == RollTool::Draw => RollTool::Select,
        Action::ToolDraw | Action::ToggleDraw => RollTool::Draw,
        Action::ToolSelect => RollTool::Select,
        Action::ToolErase => RollTool::Erase,
        Action::ToolKnife => RollTool::Knife,
        Action::ToolRamp => RollTool::Ramp,
        _ => return None,
    })
}

/// What a command about the open clips makes of them; `None` when it is about something else.
fn clips(action: Action, selection: &Selection) -> Option<Selection> {
    let neighbour = |forward| {
        let other = selection.neighbour(forward);
        other.map_or_else(|| selection.clone(), |other| selection.activated(other))
    };
    Some(match action {
        Action::NextClip => neighbour(true),
        Action::PreviousClip => neighbour(false),
        Action::ClipAlone => selection.alone(),
        Action::ShowAllClips => selection.all_shown(),
        _ => return None,
    })
}

/// "Strings, bar 9: clip 2 of 3"
fn active_text(project: &Project, selection: &Selection) -> String {
    let Some(at) = selection.clip() else { return String::new() };
    let (Some(track), Some(clip)) = (project.track(at.track), project.clip(at)) else {
        return String::new();
    };
    let bar = project.conductor.meter.position(clip.start).bar + 1;
    let place = selection.parts().iter().position(|part| part.clip == at).unwrap_or(0) + 1;
    format!("{}, bar {bar}: clip {place} of {}", track.name, selection.parts().len())
}

/// The first of the selected notes with the start of its clip.
fn first_chosen(
    project: &Project,
    selection: &Selection,
    view: &mut PianoRollView,
) -> Option<(Tick, Note)> {
    let active = selection.parts().iter().filter(|part| selection.clip() == Some(part.clip));
    let mut parts = active.chain(selection.parts()).filter(|part| !part.notes.is_empty());
    let part = parts.next()?;
    let clip = project.clip(part.clip)?;
    let first = *view.live.cache.chosen(clip, &part.notes).iter().next()?;
    Some((clip.start, first))
}

/// A command at work.
struct Desk<'a> {
    project: &'a Project,
    selection: &'a Selection,
    scale: Scale,
    at: ClipRef,
    clip: &'a Clip,
    /// The first of the selected notes, and where its clip begins: of the active clip if
    /// some of it are selected.
    first: Option<(Tick, Note)>,
    view: &'a mut PianoRollView,
    asked: Vec<AppCommand>,
}

impl Desk<'_> {
    fn run(&mut self, action: Action) {
        match action {
            Action::TransposeUp => self.transpose(1),
            Action::TransposeDown => self.transpose(-1),
            Action::OctaveUp => self.transpose(12),
            Action::OctaveDown => self.transpose(-12),
            Action::ScaleUp => self.step_in_scale(1),
            Action::ScaleDown => self.step_in_scale(-1),
            Action::NudgeRight => self.nudge(true),
            Action::NudgeLeft => self.nudge(false),
            Action::TickRight => self.creep(1),
            Action::TickLeft => self.creep(-1),
            Action::Lengthen => self.lengthen(1),
            Action::Shorten => self.lengthen(-1),
            Action::Louder => self.strengthen(8),
            Action::Softer => self.strengthen(-8),
            Action::LittleLouder => self.strengthen(1),
            Action::LittleSofter => self.strengthen(-1),
            Action::Delete => self.delete(),
            Action::NextNote => self.step_to(true),
            Action::PreviousNote => self.step_to(false),
            Action::ExtendNext => self.extend(true),
            Action::ExtendPrevious => self.extend(false),
            Action::ExtendToStart => self.extend_to_end(false),
            Action::ExtendToEnd => self.extend_to_end(true),
            Action::InsertNote => self.insert(true),
            Action::InsertChordNote => self.insert(false),
            Action::CursorNextBar => self.cursor_by_bar(true),
            Action::CursorPreviousBar => self.cursor_by_bar(false),
            Action::CursorToStart => {
                let cursor = self.cursor();
                self.put(Cursor { tick: Tick::ZERO, ..cursor });
            }
            Action::CursorToEnd => self.cursor_to_end(),
            Action::FinerGrid => self.regrid(NoteValue::finer),
            Action::CoarserGrid => self.regrid(NoteValue::coarser),
            Action::TripletGrid => {
                self.regrid(NoteValue::in_triplets_or_not);
            }
            Action::ZoomToSelection => self.view.live.keyed.look = Some(Look::AtSelection),
            Action::ZoomBack => self.view.live.keyed.look = Some(Look::Back),
            _ => {}
        }
    }

    fn transpose(&mut self, by: i16) {
        let Some((origin, first)) = self.first else {
            let cursor = self.cursor();
            let cursor = Cursor { key: self.view.live.rows.stepped(cursor.key, by), ..cursor };
            self.view.live.keyed.strike = Some((cursor.key, self.view.live.next.velocity));
            return self.put(cursor);
        };
        let key = (i16::from(first.key) + by).clamp(0, 127) as u8;
        self.view.live.keyed.strike = Some((key, first.velocity));
        self.look_at(origin, &Note { key, ..first });
        self.apply(|notes| Command::MoveNotes { notes, ticks: 0, keys: by });
    }

    fn step_in_scale(&mut self, steps: i16) {
        let scale = self.scale;
        if self.first.is_none() {
            let cursor = self.cursor();
            let Some(key) = scale.step(cursor.key, i32::from(steps)) else { return };
            self.view.live.keyed.strike = Some((key, self.view.live.next.velocity));
            return self.put(Cursor { key, ..cursor });
        }
        let op = NoteOp::Transpose(Transpose::Steps { scale, steps });
        self.apply(|notes| Command::Transform { notes, op: op.clone() });
    }

    fn nudge(&mut self, forward: bool) {
        if self.first.is_none() {
            let (cursor, bar) = (self.cursor(), self.bar_length());
            let cursor = cursor.stepped(forward, &self.grid(), self.clip, bar);
            return self.put(cursor);
        }
        let step = self.grid_step();
        self.shift(if forward { step } else { -step });
    }

    fn creep(&mut self, ticks: i64) {
        if self.first.is_none() {
            let (cursor, bar) = (self.cursor(), self.bar_length());
            let cursor = cursor.put(cursor.tick.offset(ticks), self.clip, bar);
            return self.put(cursor);
        }
        self.shift(ticks);
    }

    fn shift(&mut self, ticks: i64) {
        if let Some((origin, first)) = self.first {
            self.look_at(origin, &Note { start: first.start.offset(ticks), ..first });
        }
        self.apply(|notes| Command::MoveNotes { notes, ticks, keys: 0 });
    }

    fn lengthen(&mut self, steps: i64) {
        let step = self.grid_step();
        if self.first.is_none() {
            let now = i64::from(self.next_length());
            let length = (now + steps * step).clamp(step.max(1), i64::from(u32::MAX));
            self.view.live.next.length = Some(length as u32);
            let text = format!("Next note {length} ticks long");
            return self.view.live.keyed.speech.say(text);
        }
        let ticks = steps * step;
        self.apply(|notes| Command::ResizeNotes { notes, edge: Edge::End, ticks });
    }

    fn strengthen(&mut self, by: i16) {
        if self.first.is_none() {
            let next = &mut self.view.live.next;
            next.velocity = (i16::from(next.velocity) + by).clamp(1, 127) as u8;
            let text = format!("Next note velocity {}", next.velocity);
            return self.view.live.keyed.speech.say(text);
        }
        self.apply(|notes| {
            let change = VelocityChange::By(by);
            Command::ChangeVelocity { notes, change }
        });
    }

    /// The selection, or the chosen points of a lane, or else, as when text is typed, what stands before the cursor.
    fn delete(&mut self) {
        if self.first.is_some() {
            return self.apply(|notes| Command::DeleteNotes { notes });
        }
        if let Some(command) = self.view.delete_points(self.at) {
            return self.asked.push(AppCommand::Apply(command));
        }
        let cursor = self.cursor();
        let here = NoteRef { start: cursor.tick, id: 0 };
        let Some(last) = neighbour(&self.clip.notes, Some(here), false) else { return };
        let range = TickRange::between(last.start, last.start.after(1));
        let together = self.clip.notes.sounding_in(range).filter(|note| note.start == last.start);
        let notes = NoteSelection::new(self.at, together.map(Note::reference));
        self.asked.push(AppCommand::Apply(Command::DeleteNotes { notes }));
        self.move_to(Cursor { tick: last.start, ..cursor });
    }

    /// Selects the next note, or the one before, and lets it sound.
    fn step_to(&mut self, forward: bool) {
        let Some(note) = self.beyond(forward) else { return };
        self.choose([note.reference()].into_iter().collect());
        self.reach_note(&note);
    }

    fn extend(&mut self, forward: bool) {
        let kept = self.view.live.keyed.reach.take();
        let kept =
            kept.filter(|reach| reach.set == *self.selection.notes() && !reach.set.is_empty());
        let (anchor, head) = match (kept, self.selection.notes().ends()) {
            (Some(reach), _) => (reach.anchor, reach.head),
            (None, Some((first, last))) if forward => (first, last),
            (None, Some((first, last))) => (last, first),
            (None, None) => return self.step_to(forward),
        };
        let note = neighbour(&self.clip.notes, Some(head), forward);
        let note = note.or_else(|| self.clip.notes.get(head).copied());
        let Some(note) = note else { return };
        let head = note.reference();
        let set = self.between(anchor.min(head), anchor.max(head));
        self.choose(set.clone());
        self.reach_note(&note);
        self.view.live.keyed.reach = Some(Reach { anchor, head, set });
    }

    fn extend_to_end(&mut self, forward: bool) {
        let here = NoteRef { start: self.cursor().tick, id: 0 };
        let low = NoteRef { start: Tick::ZERO, id: 0 };
        let high = NoteRef { start: Tick(u64::MAX), id: u32::MAX };
        let set = match (forward, self.selection.notes().ends()) {
            (true, Some((first, _))) => self.between(first, high),
            (true, None) => self.between(here, high),
            (false, Some((_, last))) => self.between(low, last),
            (false, None) => match here.start.0.checked_sub(1) {
                Some(before) => self.between(low, NoteRef { start: Tick(before), id: u32::MAX }),
                None => NoteSet::default(),
            },
        };
        self.choose(set);
    }

    /// Writes a note at the cursor; on a note, takes that one instead.
    fn insert(&mut self, goes_on: bool) {
        let cursor = self.cursor();
        if let Some(note) = cursor.note(self.clip) {
            let set = if goes_on {
                [note.reference()].into_iter().collect()
            } else {
                self.selection.notes().toggled(note.reference())
            };
            self.choose(set);
            self.view.live.keyed.strike = Some((note.key, note.velocity));
            return;
        }
        let (length, velocity) = (self.next_length(), self.view.live.next.velocity);
        let new = NewNote { start: cursor.tick, length, key: cursor.key, velocity, channel: None };
        let add = Command::AddNotes { clip: self.at, notes: vec![new] };
        self.asked.push(AppCommand::Apply(add));
        // Nothing is selected, so that the arrows go on moving the cursor.
        self.choose(NoteSet::default());
        self.view.live.keyed.strike = Some((cursor.key, velocity));
        let on = if goes_on { u64::from(length) } else { 0 };
        self.move_to(Cursor { tick: cursor.tick.after(on), ..cursor });
    }

    fn cursor_by_bar(&mut self, forward: bool) {
        let cursor = self.cursor();
        let meter = &self.project.conductor.meter;
        let song = self.clip.start.after(cursor.tick.0);
        let bar = meter.position(song).bar;
        let line = if forward {
            meter.bar_start(bar + 1)
        } else if meter.bar_start(bar) == song {
            meter.bar_start(bar.saturating_sub(1))
        } else {
            meter.bar_start(bar)
        };
        let tick = Tick(line.since(self.clip.start));
        let cursor = cursor.put(tick, self.clip, self.bar_length());
        self.put(cursor);
    }

    fn cursor_to_end(&mut self) {
        let end = self.clip.start.after(self.clip.notes.last_end().0).0 as f64;
        let grid = self.grid();
        let line = if grid.floor(end).0 as f64 >= end { grid.floor(end) } else { grid.after(end) };
        let tick = Tick(line.since(self.clip.start));
        let cursor = self.cursor().put(tick, self.clip, self.bar_length());
        self.put(cursor);
    }

    fn regrid(&mut self, change: impl FnOnce(NoteValue) -> NoteValue) {
        let value = change(self.grid().value());
        self.view.grid = GridChoice::Fixed(value);
        self.view.live.keyed.speech.say(format!("Grid {}", value.label()));
    }

    /// The cursor, or where it stands before its first use.
    fn cursor(&self) -> Cursor {
        let kept = self.view.live.keyed.cursor.filter(|cursor| cursor.at == self.at);
        kept.unwrap_or_else(|| Cursor::first(self.at, self.clip))
    }

    /// Moves the cursor and says where it is.
    fn put(&mut self, cursor: Cursor) {
        let meter = &self.project.conductor.meter;
        let place = place_text(meter, self.clip, cursor.tick, cursor.key);
        let text = match cursor.note(self.clip) {
            Some(note) => format!("Cursor {place}, on a note, velocity {}", note.velocity),
            None => format!("Cursor {place}"),
        };
        self.view.live.keyed.speech.say(text);
        self.move_to(cursor);
    }

    /// Moves the cursor and looks at it.
    fn move_to(&mut self, cursor: Cursor) {
        self.view.live.keyed.cursor = Some(cursor);
        let song = self.clip.start.after(cursor.tick.0).0 as f64;
        self.view.live.keyed.look = Some(Look::At(song, cursor.key));
    }

    fn look_at(&mut self, origin: Tick, note: &Note) {
        let song = origin.after(note.start.0).0 as f64;
        self.view.live.keyed.look = Some(Look::At(song, note.key));
    }

    /// The cursor follows the selection, which is seen and heard.
    fn reach_note(&mut self, note: &Note) {
        self.look_at(self.clip.start, note);
        self.view.live.keyed.strike = Some((note.key, note.velocity));
        let at = self.at;
        self.view.live.keyed.cursor = Some(Cursor { at, tick: note.start, key: note.key });
    }

    /// The note after the selection, or after the cursor; or before.
    fn beyond(&self, forward: bool) -> Option<Note> {
        let ends = self.selection.notes().ends();
        let from = ends.map(|(first, last)| if forward { last } else { first });
        let cursor = self.view.live.keyed.cursor.filter(|cursor| cursor.at == self.at);
        let from = from.or_else(|| {
            let tick = cursor?.tick;
            if forward {
                // A note at the cursor comes next.
                Some(NoteRef { start: Tick(tick.0.checked_sub(1)?), id: u32::MAX })
            } else {
                Some(NoteRef { start: tick, id: 0 })
            }
        });
        neighbour(&self.clip.notes, from, forward)
    }

    /// Every note from one to another, both included.
    fn between(&self, from: NoteRef, to: NoteRef) -> NoteSet {
        let chunks = self.clip.notes.chunks().iter();
        let near =
            chunks.filter(|chunk| chunk.start() <= to.start && chunk.last_start() >= from.start);
        let refs = near.flat_map(|chunk| chunk.notes()).map(Note::reference);
        refs.filter(|reference| (from..=to).contains(reference)).collect()
    }

    fn choose(&mut self, notes: NoteSet) {
        self.asked.push(AppCommand::Select(self.selection.only(self.at, notes)));
    }

    /// A change of the selected notes of every clip, if there are any.
    fn apply(&mut self, command: impl FnMut(NoteSelection) -> Command) {
        let command = self.selection.selected().and_then(|notes| notes.each(command));
        self.asked.extend(command.map(AppCommand::Apply));
    }

    fn grid(&self) -> Grid<'_> {
        let scale = self.view.live.shown.map_or(UNSEEN_SCALE, |(_, viewport)| viewport.scale);
        let quarter = self.project.division.ticks_per_quarter();
        Grid::new(&self.project.conductor.meter, self.view.grid, quarter, scale)
    }

    fn grid_step(&self) -> i64 {
        i64::try_from(self.grid().step().whole()).unwrap_or(i64::MAX)
    }

    fn next_length(&self) -> u32 {
        let step = u32::try_from(self.grid().step().whole()).unwrap_or(u32::MAX);
        self.view.live.next.length.unwrap_or(step)
    }

    /// Ticks of the bar at the clip's end: so far behind it the cursor may stand.
    fn bar_length(&self) -> u64 {
        let meter = &self.project.conductor.meter;
        let bar = meter.position(self.clip.end()).bar;
        meter.bar_start(bar + 1).since(meter.bar_start(bar))
    }
}
