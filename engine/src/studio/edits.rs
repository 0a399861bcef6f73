//! Edits: quick ones at once, slow ones on a worker.
//!
//! One edit at a time is worked out in the background. While it is, other clips can be edited
//! as ever; what concerns its own clip is refused with a reason, and undo gives it up.

use super::jobs::{Outcome, Ticket};
use super::{JobId, Studio, StudioEvent};
use crate::doc::{Base, HistoryStep};
use crate::edit::{Command, EditError, Edited, Selected, apply_watched, weight};
use std::sync::Arc;

/// Edits heavier than this go to a worker: their notes, more or less. Measured on a million
/// notes in a test build, an operation costs 30 to 100 ns a note: at most three milliseconds,
/// less than a frame may take.
const SLOW: usize = 32_768;

/// The edit that a worker is at.
pub(super) struct Slow {
    job: JobId,
    base: Base,
    command: Command,
    kind: Kind,
    /// Worked out, but a gesture elsewhere is in the way.
    parked: Option<Edited>,
}

enum Kind {
    /// Becomes an undo step when it is done.
    Step,
    /// Shows what a drag does.
    Preview {
        /// What the drag has come to meanwhile: worked out next.
        next: Option<Command>,
        /// The drag has ended: what comes last is the undo step.
        ended: bool,
    },
}

impl Studio {
    /// Applies a command at once as one undo step; returns the notes to select.
    ///
    /// # Errors
    ///
    /// The command's own, or that its clip is being edited in the background; no step is made
    /// then.
    pub fn apply(&mut self, command: &Command) -> Result<Option<Selected>, EditError> {
        self.make_way(command)?;
        let selection = self.document.apply(command);
        // One that failed has still ended the drag that was under way.
        self.publish();
        selection
    }

    /// Whether a command is better applied by [`Self::apply_in_background`].
    pub fn is_slow(&self, command: &Command) -> bool {
        weight(self.document.current(), command) > SLOW
    }

    /// Works a command out on a worker; [`StudioEvent::Edited`] or [`StudioEvent::Failed`]
    /// tells. It becomes one undo step when it is done. [`Self::jobs`] says how far it is,
    /// [`Self::cancel_job`] gives it up.
    ///
    /// # Errors
    ///
    /// When another edit is being worked out, or the system gives no thread.
    pub fn apply_in_background(&mut self, command: Command) -> Result<JobId, EditError> {
        self.make_way(&command)?;
        if let Some(slow) = &self.slow {
            return Err(EditError::Busy(slow.command.name()));
        }
        if self.document.in_gesture() {
            self.document.cancel();
            self.publish();
        }
        let base = self.document.base();
        self.work_out(base, command, Kind::Step)
    }

    /// Shows and plays what a command would do, from where the gesture began. A heavy one is
    /// shown when a worker has worked it out, the newest one next, and
    /// [`StudioEvent::Edited`] tells which notes to select then.
    ///
    /// # Errors
    ///
    /// The command's own, or that its clip is being edited in the background; the previous
    /// preview stays.
    pub fn preview(&mut self, command: &Command) -> Result<Option<Selected>, EditError> {
        if let Some(Slow { kind: Kind::Preview { next, ended: false }, .. }) = &mut self.slow {
            *next = Some(command.clone());
            return Ok(None);
        }
        self.refuse_conflict(command)?;
        if self.is_slow(command) {
            if let Some(slow) = &self.slow {
                return Err(EditError::Busy(slow.command.name()));
            }
            self.document.begin();
            let base = self.document.base();
            self.work_out(base, command.clone(), Kind::Preview { next: None, ended: false })?;
            return Ok(None);
        }
        let selection = self.document.preview(command)?;
        self.publish();
        Ok(selection)
    }

    /// Makes the last preview one undo step, as soon as it is worked out.
    pub fn commit(&mut self) {
        if let Some(Slow { kind: Kind::Preview { ended, .. }, .. }) = &mut self.slow {
            *ended = true;
            return;
        }
        self.document.commit();
        self.publish();
    }

    /// Whether a gesture is under way: shown, and neither a step nor taken back yet.
    pub const fn in_gesture(&self) -> bool {
        self.document.in_gesture()
    }

    /// Goes back to where the gesture began.
    pub fn cancel(&mut self) {
        self.give_up_preview();
        self.document.cancel();
        self.publish();
    }

    /// Takes the last step back; returns the notes that were selected before it. What is
    /// being worked out or dragged is given up instead.
    pub fn undo(&mut self) -> Option<Selected> {
        if self.slow.as_ref().is_some_and(|slow| matches!(slow.kind, Kind::Step)) {
            self.give_up_edit();
            return None;
        }
        self.give_up_preview();
        let selection = self.document.undo();
        self.publish();
        selection
    }

    /// Does the last undone step again; returns the notes that were selected after it.
    /// Nothing happens while an edit is being worked out: it ends what could be redone.
    pub fn redo(&mut self) -> Option<Selected> {
        if self.slow.is_some() {
            return None;
        }
        let selection = self.document.redo();
        self.publish();
        selection
    }

    /// Every step that is remembered, from the oldest on.
    pub fn history(&self) -> impl ExactSizeIterator<Item = HistoryStep> + '_ {
        self.document.history()
    }

    /// Goes to where exactly `done` steps of [`Self::history`] are done; returns the notes
    /// that were selected there. What is being worked out or dragged is given up.
    pub fn jump(&mut self, done: usize) -> Option<Selected> {
        self.give_up_edit();
        let selection = self.document.jump(done);
        self.publish();
        selection
    }

    /// What undo would take back: the edit that is being worked out, if there is one.
    pub fn undo_name(&self) -> Option<&'static str> {
        match &self.slow {
            Some(slow) if matches!(slow.kind, Kind::Step) => Some(slow.command.name()),
            _ => self.document.undo_name(),
        }
    }

    /// What redo would do again.
    pub fn redo_name(&self) -> Option<&'static str> {
        self.document.redo_name().filter(|_| self.slow.is_none())
    }

    /// Lands an edit that had to wait for a gesture to end.
    pub(super) fn land_parked(&mut self) -> Vec<StudioEvent> {
        if self.document.in_gesture() {
            return Vec::new();
        }
        let Some(edited) = self.slow.as_mut().and_then(|slow| slow.parked.take()) else {
            return Vec::new();
        };
        self.slow.take().map_or_else(Vec::new, |slow| self.land(slow, edited))
    }

    /// Gives up whatever is being worked out, with its drag if it is one.
    pub(super) fn give_up_edit(&mut self) {
        if let Some(slow) = self.slow.take() {
            self.jobs.cancel(slow.job);
            if matches!(slow.kind, Kind::Preview { .. }) {
                self.document.cancel();
                self.publish();
            }
        }
    }

    /// The same for a job that has ended without a result.
    pub(super) fn forget_edit(&mut self, id: JobId) {
        if self.slow.as_ref().is_some_and(|slow| slow.job == id) {
            self.give_up_edit();
        }
    }

    fn give_up_preview(&mut self) {
        if let Some(slow) = self.slow.take_if(|slow| matches!(slow.kind, Kind::Preview { .. })) {
            self.jobs.cancel(slow.job);
        }
    }

    /// A command ends a drag that is under way, but waits for one that has ended.
    fn make_way(&mut self, command: &Command) -> Result<(), EditError> {
        self.refuse_conflict(command)?;
        self.give_up_preview();
        Ok(())
    }

    fn refuse_conflict(&self, command: &Command) -> Result<(), EditError> {
        let Some(slow) = &self.slow else { return Ok(()) };
        let conflicts = match &slow.kind {
            Kind::Step => share_a_clip(&slow.command, command),
            // Until it has landed, the document shows what was there before the drag.
            Kind::Preview { ended, .. } => *ended,
        };
        if conflicts { Err(EditError::Busy(slow.command.name())) } else { Ok(()) }
    }

    fn work_out(&mut self, base: Base, command: Command, kind: Kind) -> Result<JobId, EditError> {
        let (project, order) = (Arc::clone(&base.project), command.clone());
        let started = self.jobs.start(command.name().to_owned(), move |ticket: &Ticket| {
            // Only operations, and commands one after the other, say how far they are.
            let measured = matches!(order, Command::Transform { .. } | Command::Several(_));
            let watch = if measured { ticket.watch() } else { ticket.silent() };
            let edited = apply_watched(&project, &order, watch);
            let outcome: Outcome = Box::new(move |studio: &mut Self| studio.worked_out(edited));
            outcome
        });
        match started {
            Ok(job) => {
                self.slow = Some(Slow { job, base, command, kind, parked: None });
                Ok(job)
            }
            Err(error) => {
                log::error!("no thread for an edit: {error}");
                Err(EditError::NoThread)
            }
        }
    }

    /// The worker is done. Results of what was given up do not come here.
    fn worked_out(&mut self, edited: Result<Edited, EditError>) -> Vec<StudioEvent> {
        let Some(slow) = self.slow.take() else { return Vec::new() };
        match edited {
            Err(error) => self.failed(slow, error),
            Ok(edited) => self.land(slow, edited),
        }
    }

    fn land(&mut self, mut slow: Slow, edited: Edited) -> Vec<StudioEvent> {
        let name = slow.command.name();
        let (next, ended) = match &mut slow.kind {
            Kind::Step if self.document.in_gesture() => {
                self.slow = Some(Slow { parked: Some(edited), ..slow });
                return Vec::new();
            }
            Kind::Step => {
                return match self.document.land(&slow.base, &slow.command, edited) {
                    Ok(selection) => {
                        self.publish();
                        vec![StudioEvent::Edited { name, selection }]
                    }
                    // Something it depends on was changed: once more, from what there is now.
                    Err(_stale) => {
                        let base = self.document.base();
                        self.restart(base, slow.command, slow.kind)
                    }
                };
            }
            Kind::Preview { next, ended } => (next.take(), *ended),
        };
        let Ok(selection) = self.document.land_preview(&slow.base, &slow.command, edited) else {
            return Vec::new();
        };
        let mut events = vec![StudioEvent::Edited { name, selection }];
        if let Some(next) = next {
            events.extend(self.restart(slow.base, next, Kind::Preview { next: None, ended }));
        } else if ended {
            self.document.commit();
        }
        self.publish();
        events
    }

    fn restart(&mut self, base: Base, command: Command, kind: Kind) -> Vec<StudioEvent> {
        match self.work_out(base, command, kind) {
            Ok(_) => Vec::new(),
            Err(error) => vec![failure(error)],
        }
    }

    fn failed(&mut self, slow: Slow, error: EditError) -> Vec<StudioEvent> {
        if let Kind::Preview { next, ended } = slow.kind {
            if let Some(next) = next {
                return self.restart(slow.base, next, Kind::Preview { next: None, ended });
            }
            if ended {
                self.document.commit();
                self.publish();
            }
        }
        vec![failure(error)]
    }
}

/// Whether two commands change the same clip.
fn share_a_clip(one: &Command, other: &Command) -> bool {
    let (Some(one), Some(other)) = (one.clips(), other.clips()) else { return false };
    one.iter().any(|clip| other.contains(clip))
}

fn failure(error: EditError) -> StudioEvent {
    StudioEvent::Failed { message: format!("Nothing was changed: {error}") }
}
