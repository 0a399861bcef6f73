//! What a panel may see. Panels look; commands act.
//!
//! Made anew for every frame on the UI thread; holds nothing of its own.

use crate::command::{CommandSender, Facts, Keymap};
use crate::state::Selection;
use crate::theme::Theme;
use engine::model::Project;
use engine::time::Tick;
use profiling::CacheCounters;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

pub use engine::studio::{Level, Meters, MidiLamps, TransportView};

/// Where panels leave the line of help for what the pointer is over.
#[derive(Debug, Default)]
pub struct HintSlot(RefCell<String>);

impl HintSlot {
    /// Shows `hint` in the status bar: the gesture, then its modifiers, such as
    /// "Drag note to move · Ctrl copies · Shift no snap". The last one set in a frame wins.
    pub fn set(&self, hint: &str) {
        let mut slot = self.0.borrow_mut();
        slot.clear();
        slot.push_str(hint);
    }

    /// Takes what this frame left.
    pub fn take(&self) -> String {
        std::mem::take(&mut self.0.borrow_mut())
    }
}

/// One virtual list as it was drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct ScrollReport {
    /// Which list.
    pub list: &'static str,
    /// Rows there are.
    pub total: usize,
    /// First row drawn.
    pub start: usize,
    /// One past the last row drawn.
    pub end: usize,
    /// Height of a row, in points.
    pub row_height: f32,
}

/// Where panels leave what they measured; the application feeds it to the profiler.
#[derive(Debug, Default)]
pub struct FrameReport {
    scrolls: RefCell<Vec<ScrollReport>>,
    gpu_bytes: Cell<usize>,
    caches: RefCell<BTreeMap<&'static str, CacheCounters>>,
    new_caches: RefCell<Vec<&'static str>>,
}

impl FrameReport {
    /// Tells which rows of a virtual list were drawn.
    pub fn scroll(&self, report: ScrollReport) {
        self.scrolls.borrow_mut().push(report);
    }

    /// Tells how many bytes of GPU buffers a renderer holds.
    pub fn add_gpu_bytes(&self, bytes: usize) {
        self.gpu_bytes.set(self.gpu_bytes.get().saturating_add(bytes));
    }

    /// Tells of a panel's cache. Call it every frame: a cache that was made anew is noticed.
    pub fn cache(&self, name: &'static str, counters: &CacheCounters) {
        let mut caches = self.caches.borrow_mut();
        if caches.get(name).is_none_or(|known| !known.is_same(counters)) {
            caches.insert(name, counters.clone());
            self.new_caches.borrow_mut().push(name);
        }
    }

    /// Caches that were not known before.
    pub fn take_new_caches(&self) -> Vec<(&'static str, CacheCounters)> {
        let caches = self.caches.borrow();
        let named = |name| Some((name, caches.get(name)?.clone()));
        self.new_caches.borrow_mut().drain(..).filter_map(named).collect()
    }

    /// Heap bytes of the panels' caches.
    pub fn cache_bytes(&self) -> usize {
        let bytes = self.caches.borrow().values().map(CacheCounters::bytes).sum::<u64>();
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }

    /// Takes what this frame left: the lists drawn and the GPU's bytes.
    pub fn take(&self) -> (Vec<ScrollReport>, usize) {
        (std::mem::take(&mut self.scrolls.borrow_mut()), self.gpu_bytes.replace(0))
    }
}

/// What it all costs, refreshed a few times a second so that it can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Costs {
    /// Share of a sound block's time that its callback takes, 0..=1.
    pub dsp: f32,
    /// Work of a frame on the UI thread, in milliseconds.
    pub ui_ms: f32,
    /// Frames a second while something moves; 0 while nothing does.
    pub fps: f32,
    /// Frames that took too long, since the start.
    pub dropped: u64,
}

/// Everything a panel is given. It holds `&mut` to its own view state beside it.
pub struct ViewCtx<'a> {
    /// Colours.
    pub theme: &'a Theme,
    /// The song.
    pub snapshot: &'a Arc<Project>,
    /// Changes whenever the song does: a key for caches.
    pub revision: u64,
    /// The playhead.
    pub transport: TransportView,
    /// Levels.
    pub meters: &'a Meters,
    /// What is selected.
    pub selection: &'a Selection,
    /// Whether the view follows the playhead while playing.
    pub follow: bool,
    /// What commands are enabled and on.
    pub facts: Facts,
    /// Which keys run what.
    pub keymap: &'a Keymap,
    /// What it all costs.
    pub costs: Costs,
    /// Whether MIDI comes in or goes out.
    pub lamps: MidiLamps,
    /// MIDI ports that a track can play to, by name.
    pub outputs: &'a [String],
    /// Where to send what should happen.
    pub commands: &'a CommandSender,
    /// Where to leave the line of help.
    pub hint: &'a HintSlot,
    /// Where to leave measurements.
    pub report: &'a FrameReport,
}

impl ViewCtx<'_> {
    /// The whole tick that the playhead is on.
    pub fn playhead(&self) -> Tick {
        Tick(self.transport.position.max(0.0) as u64)
    }
}
