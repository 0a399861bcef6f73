//! Cut, copy and paste: of the selected notes, or of the chosen points of a lane.
//!
//! What is copied last is pasted, whichever it is. It is kept here, and told to the system's
//! clipboard as text, so that it comes from other windows of this program too. Changes nothing
//! but the roll's own view: what should happen to the song is returned.

use super::gesture::Gesture;
use super::grid::Grid;
use super::keyboard::Look;
use super::lanes::LaneView;
use super::perform::UNSEEN_SCALE;
use super::view::PianoRollView;
use crate::command::{Action, AppCommand};
use crate::state::Selection;
use crate::theme::size;
use crate::wording::grouped;
use engine::edit::{Command, CopiedNotes, LaneKind, LanePoint};
use engine::model::{Channel, Note, Notes, Project, Release};
use engine::time::Tick;
use std::sync::Arc;

/// The first words of what the system's clipboard gets, so that other text is told apart.
const NOTES_HEAD: &str = "MIDI notes";
const POINTS_HEAD: &str = "MIDI lane";
/// No more notes than this are written out for other windows.
const NOTES_WRITTEN: usize = 10_000;
/// No note of a text may lie further away: 2⁴⁰ ticks are years.
const FURTHEST: u64 = 1 << 40;

/// What was copied last.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Copied {
    /// Notes.
    Notes(CopiedNotes),
    /// Points of a lane.
    Points(CopiedPoints),
}

impl Copied {
    /// The points, if it is points.
    pub(super) const fn points(&self) -> Option<&CopiedPoints> {
        match self {
            Self::Points(points) => Some(points),
            Self::Notes(_) => None,
        }
    }
}

/// Points of a lane, counting from 0.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct CopiedPoints {
    pub(super) kind: LaneKind,
    pub(super) length: u64,
    pub(super) points: Arc<[LanePoint]>,
}

impl PianoRollView {
    /// Whether anything was copied.
    pub const fn has_copied(&self) -> bool {
        self.live.copied.is_some()
    }

    /// Whether points of a lane are chosen.
    pub const fn has_points(&self) -> bool {
        self.live.lanes.chosen().is_some()
    }

    /// Takes over what another window has copied; any other text changes nothing.
    pub fn take_text(&mut self, text: &str) {
        let read = read_notes(text).map(Copied::Notes);
        if let Some(copied) = read.or_else(|| read_points(text).map(Copied::Points)) {
            self.live.copied = Some(copied);
        }
    }

    /// Cuts, copies or pastes; returns what the application has to do. Chosen points go
    /// before notes; points are the lanes' business, which see to it in the next frame.
    pub fn clip(
        &mut self,
        action: Action,
        project: &Project,
        selection: &Selection,
        playhead: f64,
    ) -> Vec<AppCommand> {
        if self.live.gesture != Gesture::Idle || self.live.lanes.has_stroke() {
            return Vec::new();
        }
        // Turns of the wheel that wait to become a step become one now.
        let mut asked = Vec::new();
        if self.live.wheel.take().is_some() | self.live.lanes.settle() {
            asked.push(self.live.deferred.take().map_or(AppCommand::Commit, AppCommand::Apply));
        }
        match (action, &self.live.copied) {
            (Action::Paste, Some(Copied::Notes(notes))) => {
                let notes = notes.clone();
                asked.extend(self.paste(notes, project, selection, playhead));
            }
            (Action::Cut | Action::Copy, _) if !self.has_points() => {
                asked.extend(self.copy(project, selection));
                if action == Action::Cut {
                    let parts = selection.parts().iter().filter(|part| !part.notes.is_empty());
                    let cut = parts.map(|part| Command::DeleteNotes { notes: part.selection() });
                    asked.extend(Command::several(cut).map(AppCommand::Apply));
                }
            }
            (Action::Paste, Some(Copied::Points(points))) => {
                let kind = points.kind;
                let shown = self.lanes.shown.iter().any(|lane| lane.kind == kind);
                if !shown && !self.has_points() && !self.live.lanes.has_focus() {
                    let lane = LaneView { kind, channel: None, height: size::LANE };
                    self.lanes.shown.push(lane);
                }
                self.live.lanes.ask(action);
            }
            (Action::Paste, None) => self.say("Nothing was copied".to_owned()),
            _ => self.live.lanes.ask(action),
        }
        asked
    }

    fn copy(&mut self, project: &Project, selection: &Selection) -> Option<AppCommand> {
        let notes = CopiedNotes::of(project, &selection.selected()?)?;
        self.say(format!("{} copied", count(notes.len())));
        let text = written_notes(&notes);
        self.live.copied = Some(Copied::Notes(notes));
        Some(AppCommand::CopyText(text))
    }

    /// Puts notes where the playhead is, on the nearest line of the grid unless it is off, and
    /// looks there. Before the clip is where the clip begins.
    fn paste(
        &mut self,
        notes: CopiedNotes,
        project: &Project,
        selection: &Selection,
        playhead: f64,
    ) -> Option<AppCommand> {
        let clip = selection.clip()?;
        let start = project.clip(clip)?.start;
        let scale = self.live.shown.map_or(UNSEEN_SCALE, |(_, viewport)| viewport.scale);
        let quarter = project.division.ticks_per_quarter();
        let grid = Grid::new(&project.conductor.meter, self.grid, quarter, scale);
        let playhead = playhead.max(0.0);
        let place = if self.snap { grid.snap(playhead) } else { Tick(playhead as u64) };
        let place = place.max(start);
        if let Some(first) = notes.notes().iter().next() {
            self.live.keyed.look = Some(Look::At(place.0 as f64, first.key));
        }
        let at = Tick(place.since(start));
        Some(AppCommand::Apply(Command::PasteNotes { clip, at, notes }))
    }
}

/// "1 note", "1,200 notes"
fn count(notes: usize) -> String {
    format!("{} note{}", grouped(notes), if notes == 1 { "" } else { "s" })
}

/// Notes as text for the system's clipboard: quarter and channel of their track, then for
/// each note start, length, key, velocity, release velocity and channel. Very many are not
/// written out: nobody pastes megabytes into a letter.
fn written_notes(copied: &CopiedNotes) -> String {
    let own = copied.own_channel().index() + 1;
    let mut lines = vec![format!("{NOTES_HEAD} {} {own}", copied.quarter())];
    if copied.len() > NOTES_WRITTEN {
        lines.push(format!("{} in the program's own clipboard", count(copied.len())));
    } else {
        lines.extend(copied.notes().iter().map(line_of));
    }
    lines.join("\n") + "\n"
}

fn line_of(note: &Note) -> String {
    let Note { start, length, key, velocity, release, channel, .. } = note;
    let release = release.velocity().map_or_else(|| "-".to_owned(), |by| by.to_string());
    format!("{} {length} {key} {velocity} {release} {}", start.0, channel.index() + 1)
}

/// The inverse of [`written_notes`]; `None` for any other text.
fn read_notes(text: &str) -> Option<CopiedNotes> {
    let mut lines = text.lines();
    let head = lines.next()?.strip_prefix(NOTES_HEAD)?.trim();
    let (quarter, own) = head.split_once(' ')?;
    let channel = |text: &str| {
        let number = text.parse::<u8>().ok()?.checked_sub(1)?;
        (number < 16).then(|| Channel::new(number))
    };
    let note = |(id, line): (u32, &str)| {
        let mut words = line.split_whitespace();
        let start = Tick(words.next()?.parse().ok().filter(|start| *start < FURTHEST)?);
        let length = words.next()?.parse().ok().filter(|length| *length > 0)?;
        let key = words.next()?.parse().ok().filter(|key| *key < 128)?;
        let velocity = words.next()?.parse().ok().filter(|by| (1..128).contains(by))?;
        let release = match words.next()? {
            "-" => Release::NOTE_ON_ZERO,
            other => Release::note_off(other.parse().ok().filter(|by| *by < 128)?),
        };
        let channel = channel(words.next()?)?;
        let note = Note { start, length, id, off_order: 0, key, velocity, release, channel };
        words.next().is_none().then_some(note)
    };
    let notes = (0..).zip(lines.filter(|line| !line.trim().is_empty())).map(note);
    let notes: Notes = notes.collect::<Option<Vec<Note>>>()?.into_iter().collect();
    CopiedNotes::new(notes, quarter.parse().ok()?, channel(own)?)
}

/// Points and where they came from, as text for the system's clipboard.
pub(super) fn written_points(copied: &CopiedPoints) -> String {
    let kind = serde_json::to_string(&copied.kind).unwrap_or_default();
    let head = format!("{POINTS_HEAD} {} {kind}", copied.length);
    let line = |point: &LanePoint| {
        let key = point.key.map(|key| format!(" {key}")).unwrap_or_default();
        format!("{} {}{key}", point.tick.0, point.value)
    };
    let lines: Vec<String> = std::iter::once(head).chain(copied.points.iter().map(line)).collect();
    lines.join("\n") + "\n"
}

/// The inverse of [`written_points`]; `None` for any other text.
fn read_points(text: &str) -> Option<CopiedPoints> {
    let mut lines = text.lines();
    let head = lines.next()?.strip_prefix(POINTS_HEAD)?.trim();
    let (length, kind) = head.split_once(' ')?;
    let kind: LaneKind = serde_json::from_str(kind).ok()?;
    let point = |line: &str| {
        let mut words = line.split_whitespace();
        let tick = Tick(words.next()?.parse().ok()?);
        let value: f64 = words.next()?.parse().ok()?;
        let key = words.next().and_then(|key| key.parse().ok()).filter(|key| *key < 128);
        value.is_finite().then_some(LanePoint { tick, value, key })
    };
    let points = lines.filter(|line| !line.trim().is_empty()).map(point);
    let points: Vec<LanePoint> = points.collect::<Option<_>>()?;
    Some(CopiedPoints { kind, length: length.parse().ok()?, points: points.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copied_points_are_text_and_back() {
        let points =
            [LanePoint::new(Tick(0), 1.5), LanePoint { tick: Tick(7), value: -3.0, key: Some(60) }];
        let copied =
            CopiedPoints { kind: LaneKind::Controller(74), length: 8, points: points.into() };
        assert_eq!(read_points(&written_points(&copied)), Some(copied));
        for other in ["", "MIDI lane", "some words\n1 2", "MIDI lane 5 \"Tempo\"\n1 x"] {
            assert_eq!(read_points(other), None, "{other:?}");
        }
    }

    fn copied(count: u32) -> CopiedNotes {
        let note = |id: u32| Note {
            start: Tick(u64::from(id) * 120),
            length: 100,
            id,
            off_order: 0,
            key: (id % 128) as u8,
            velocity: 90,
            release: if id.is_multiple_of(2) {
                Release::NOTE_ON_ZERO
            } else {
                Release::note_off(7)
            },
            channel: Channel::new((id % 16) as u8),
        };
        CopiedNotes::new((0..count).map(note).collect(), 480, Channel::new(9)).unwrap()
    }

    #[test]
    fn copied_notes_are_text_and_back() {
        let notes = copied(40);
        assert_eq!(read_notes(&written_notes(&notes)), Some(notes));
        for other in [
            "",
            "MIDI notes",
            "MIDI notes 480 1\n",
            "MIDI notes 480 17\n0 1 60 90 - 1\n",
            "MIDI notes 480 1\n0 1 128 90 - 1\n",
            "MIDI notes 480 1\n0 0 60 90 - 1\n",
            "MIDI notes 480 1\n9999999999999 1 60 90 - 1\n",
            "MIDI notes 480 1\n0 1 60 90 - 1 2\n",
        ] {
            assert_eq!(read_notes(other), None, "{other:?}");
        }
    }

    #[test]
    fn very_many_notes_stay_in_the_programs_own_clipboard() {
        let text = written_notes(&copied(20_000));
        assert!(text.len() < 100 && text.contains("20,000 notes"), "{text}");
        let mut view = PianoRollView::default();
        view.live.copied = Some(Copied::Notes(copied(20_000)));
        view.take_text(&text);
        assert_eq!(view.live.copied, Some(Copied::Notes(copied(20_000))), "still there");
    }
}
