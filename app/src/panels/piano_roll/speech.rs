//! What the roll says to a screen reader: the note that was reached, what an edit did.

use super::open::Open;
use crate::state::Selection;
use crate::wording::{grouped, note_name};
use egui::{Id, Rect, Role, Sense, Ui, WidgetInfo, accesskit};
use engine::edit::{Command, Edge, Selected, VelocityChange};
use engine::model::{Clip, Key, Note, Project};
use engine::time::{MeterMap, Tick};

/// The line that a screen reader reads out when it changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Speech {
    text: String,
    /// What the preview under way would do.
    pending: String,
    /// The selection and the revision that were last spoken about.
    selection: Selection,
    revision: u64,
}

impl Speech {
    /// Says this from now on.
    pub(super) fn say(&mut self, text: String) {
        self.text = text;
    }

    /// Keeps what a preview would do for when it is made a step.
    pub(super) fn prepare(&mut self, text: String) {
        self.pending = text;
    }

    /// Says what was prepared.
    pub(super) fn confirm(&mut self) {
        if !self.pending.is_empty() {
            self.text = std::mem::take(&mut self.pending);
        }
    }

    /// Says what is selected if that changed by itself. An edit has spoken for itself.
    pub(super) fn watch(
        &mut self,
        meter: &MeterMap,
        open: &[Open<'_>],
        selection: &Selection,
        revision: u64,
    ) {
        if !selection.is_same(&self.selection) {
            self.selection = selection.clone();
            if revision == self.revision {
                self.text = selected(meter, open);
            }
        }
        self.revision = revision;
    }

    /// Puts the line where a screen reader finds it: it takes no room and no pointer.
    pub(super) fn ui(&self, ui: &Ui, id: Id, rect: Rect) {
        let line = Rect::from_min_size(rect.left_bottom(), egui::Vec2::ZERO);
        let response = ui.interact(line, id.with("speech"), Sense::hover());
        let text = if self.text.is_empty() { "Nothing edited yet" } else { &self.text };
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_live(accesskit::Live::Polite);
        });
    }
}

/// "E4, bar 3 beat 2, velocity 90"
pub(super) fn note_text(meter: &MeterMap, clip: &Clip, note: &Note) -> String {
    format!("{}, velocity {}", place_text(meter, clip, note.start, note.key), note.velocity)
}

/// "E4, bar 3 beat 2"; with the tick when it is off the beat.
pub(super) fn place_text(meter: &MeterMap, clip: &Clip, tick: Tick, key: Key) -> String {
    let at = meter.position(clip.start.after(tick.0));
    let off = if at.tick == 0 { String::new() } else { format!(" tick {}", at.tick) };
    format!("{}, bar {} beat {}{off}", note_name(key), at.bar + 1, at.beat + 1)
}

/// What a command did: "12 notes moved up 1 semitone", or the note itself when it is one.
pub(super) fn edited(
    project: &Project,
    command: &Command,
    after: Option<&Selected>,
) -> Option<String> {
    let touched = command.selection().or_else(|| after.cloned())?;
    let gone = command.name() == "Delete notes";
    if let Some(after) = after.filter(|_| !gone)
        && let Some((at, only)) = after.single()
        && let Some(clip) = project.clip(at)
        && let Some(note) = clip.notes.get(only)
    {
        return Some(note_text(&project.conductor.meter, clip, note));
    }
    let count = after.filter(|_| !gone).map_or(touched.len(), Selected::len);
    let notes = count_text(count);
    // What is done to several clips is the same in each.
    let one = match command {
        Command::Several(several) => several.commands().first()?,
        one => one,
    };
    Some(match one {
        Command::MoveNotes { ticks, keys, .. } => format!("{notes} moved{}", way(*ticks, *keys)),
        Command::CopyNotes { .. } => format!("{notes} copied"),
        Command::PasteNotes { .. } => format!("{notes} pasted"),
        Command::AddNotes { .. } => format!("{notes} added"),
        Command::DeleteNotes { .. } => format!("{notes} deleted"),
        Command::ResizeNotes { edge: Edge::End, ticks, .. } if *ticks >= 0 => {
            format!("{notes} longer by {ticks} ticks")
        }
        Command::ResizeNotes { edge: Edge::End, ticks, .. } => {
            format!("{notes} shorter by {} ticks", ticks.unsigned_abs())
        }
        Command::ChangeVelocity { change: VelocityChange::By(by), .. } if *by >= 0 => {
            format!("{notes} louder by {by}")
        }
        Command::ChangeVelocity { change: VelocityChange::By(by), .. } => {
            format!("{notes} softer by {}", by.unsigned_abs())
        }
        Command::ChangeVelocity { change: VelocityChange::To(to), .. } => {
            format!("{notes} at velocity {to}")
        }
        _ => format!("{}: {notes}", command.name()),
    })
}

fn selected(meter: &MeterMap, open: &[Open<'_>]) -> String {
    let mut filled = open.iter().filter(|part| !part.chosen.is_empty());
    let first = filled.next().and_then(|part| Some((part, part.chosen.iter().next()?)));
    match (open.iter().map(|part| part.chosen.len()).sum(), first) {
        (1, Some((part, note))) => note_text(meter, part.clip, note),
        (0, _) | (_, None) => "Nothing selected".to_owned(),
        (many, Some(_)) => match filled.count() {
            0 => format!("{} selected", count_text(many)),
            others => format!("{} selected in {} clips", count_text(many), others + 1),
        },
    }
}

fn count_text(count: usize) -> String {
    format!("{} {}", grouped(count), if count == 1 { "note" } else { "notes" })
}

/// " up 1 semitone right 240 ticks"
fn way(ticks: i64, keys: i16) -> String {
    let mut text = String::new();
    let amount =
        |count: u64, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    if keys != 0 {
        let by = u64::from(keys.unsigned_abs());
        let by =
            if by.is_multiple_of(12) { amount(by / 12, "octave") } else { amount(by, "semitone") };
        text.extend([if keys > 0 { " up " } else { " down " }, &by]);
    }
    if ticks != 0 {
        let way = if ticks > 0 { " right " } else { " left " };
        text.extend([way, &amount(ticks.unsigned_abs(), "tick")]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_said_as_people_say_them() {
        assert_eq!(way(0, 1), " up 1 semitone");
        assert_eq!(way(0, -24), " down 2 octaves");
        assert_eq!(way(-240, 3), " up 3 semitones left 240 ticks");
    }
}
