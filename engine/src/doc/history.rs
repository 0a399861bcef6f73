//! Undo and redo: old versions within a byte budget.

use super::Version;
use crate::edit::Selected;
use profiling::HeapSize;
use std::collections::VecDeque;

/// One step of the history. On the undo side `version` is what was before it,
/// on the redo side what was after.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) version: Version,
    pub(super) name: &'static str,
    pub(super) before: Option<Selected>,
    pub(super) after: Option<Selected>,
    pub(super) bytes: usize,
}

#[derive(Debug)]
pub(super) struct History {
    undo: VecDeque<Step>,
    redo: Vec<Step>,
    bytes: usize,
    max_bytes: usize,
}

/// What only the history holds: its steps, and of their projects what the next one changed.
impl HeapSize for History {
    fn heap_bytes(&self) -> usize {
        self.bytes + (self.undo.capacity() + self.redo.capacity()) * size_of::<Step>()
    }
}

impl History {
    pub(super) const fn new(max_bytes: usize) -> Self {
        Self { undo: VecDeque::new(), redo: Vec::new(), bytes: 0, max_bytes }
    }

    /// A new step ends what could be redone; the oldest steps make room.
    pub(super) fn push(&mut self, step: Step) {
        self.bytes -= self.redo.drain(..).map(|step| step.bytes).sum::<usize>();
        self.bytes += step.bytes;
        self.undo.push_back(step);
        while self.bytes > self.max_bytes && self.undo.len() > 1 {
            if let Some(oldest) = self.undo.pop_front() {
                self.bytes -= oldest.bytes;
            }
        }
    }

    /// Moves the last step to the redo side, holding `current`; returns it as it was.
    pub(super) fn undo(&mut self, current: &Version) -> Option<Step> {
        let step = self.undo.pop_back()?;
        self.redo.push(Step { version: current.clone(), ..step.clone() });
        Some(step)
    }

    pub(super) fn redo(&mut self, current: &Version) -> Option<Step> {
        let step = self.redo.pop()?;
        self.undo.push_back(Step { version: current.clone(), ..step.clone() });
        Some(step)
    }

    pub(super) fn undo_name(&self) -> Option<&'static str> {
        self.undo.back().map(|step| step.name)
    }

    pub(super) fn redo_name(&self) -> Option<&'static str> {
        self.redo.last().map(|step| step.name)
    }

    /// Every step's name from the oldest on; those that were undone come last.
    pub(super) fn names(&self) -> impl ExactSizeIterator<Item = &'static str> + '_ {
        let name = |index: usize| {
            let undone = || self.redo.len().checked_sub(index - self.undo.len() + 1);
            let step = match self.undo.get(index) {
                Some(step) => Some(step),
                None => undone().and_then(|index| self.redo.get(index)),
            };
            step.map_or("", |step| step.name)
        };
        (0..self.undo.len() + self.redo.len()).map(name)
    }

    /// How many steps are done, and how many there are.
    pub(super) fn position(&self) -> (usize, usize) {
        (self.undo.len(), self.undo.len() + self.redo.len())
    }

    pub(super) const fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }
}
