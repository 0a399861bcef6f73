//! The profiler overlay: F12, and the Profiler tab.
//!
//! Owns what it shows: a copy of the figures, refreshed ten times a second
//! while it is open and not paused, and the flame graph's frames. Reads the
//! [`ProfilingState`], changes nothing in it but by the reset button. Does no
//! I/O: files are the host's business, which is asked by [`OverlayAction`].
//! Colours and sizes are the host's. UI thread only. Closed (dropped, or
//! [`Overlay::close`]), it takes no frames from puffin and costs nothing.

mod charts;
mod dress;
mod flame;
mod legacy_egui;
mod sections;
mod snapshot;

use crate::{
    ProfilingState, Report,
    regression::{CompareError, Regression, Thresholds, compare},
};
use flame::Flame;
use snapshot::Snapshot;

/// The figures are looked at again after this many seconds.
const REFRESH_SECS: f64 = 0.1;
/// Below this height, in points, a flame graph says nothing.
const FLAME_LEAST: f32 = 240.0;
/// Without any other reason to draw, the overlay is drawn again after this.
const IDLE_REFRESH: std::time::Duration = std::time::Duration::from_millis(500);

/// A part of the overlay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OverlayTab {
    /// A little of everything.
    #[default]
    Overview,
    /// Frame times, percentiles, phases.
    Frames,
    /// puffin's scopes.
    Flame,
    /// Bytes by component, over time.
    Memory,
    /// Caches, pools, virtual lists, SQL statements.
    Caches,
    /// The audio callback, background work, the process.
    Audio,
    /// What a saved report says beside this one.
    Compare,
}

impl OverlayTab {
    /// Every tab, in the order of the strip.
    pub const ALL: [Self; 7] = [
        Self::Overview,
        Self::Frames,
        Self::Flame,
        Self::Memory,
        Self::Caches,
        Self::Audio,
        Self::Compare,
    ];

    /// What the strip calls it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Frames => "Frames",
            Self::Flame => "Flame graph",
            Self::Memory => "Memory",
            Self::Caches => "Caches and lists",
            Self::Audio => "Audio and work",
            Self::Compare => "Compare",
        }
    }
}

/// What the overlay wants the host to do, since it touches no files itself.
#[must_use = "a button that nobody answers is dead"]
#[derive(Clone, Debug, PartialEq)]
pub enum OverlayAction {
    /// Write this report as JSON where the user says.
    SaveReport(Box<Report>),
    /// Let the user choose a saved report and give it to [`Overlay::set_baseline`].
    LoadBaseline,
}

/// One piece of background work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverlayJob {
    /// What it does.
    pub label: String,
    /// How far it is, 0..=1; `None` when that is not known.
    pub progress: Option<f32>,
}

/// What the state does not know: the audio thread's load and running work.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OverlayExtra {
    /// Share of the block the callback takes; `None` without a device.
    pub audio_load: Option<f64>,
    /// Background work that is running.
    pub jobs: Vec<OverlayJob>,
}

/// The overlay's own state.
#[derive(Default)]
pub struct Overlay {
    /// The tab that shows.
    pub tab: OverlayTab,
    /// Leaves puffin's scopes on when the overlay closes. Set by itself where
    /// they were on before: somebody else wants them, such as an external viewer.
    pub keep_scopes_on: bool,
    is_paused: bool,
    flame: Option<Flame>,
    snapshot: Option<Snapshot>,
    baseline: Option<Baseline>,
}

struct Baseline {
    name: String,
    report: Report,
}

impl std::fmt::Debug for Overlay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Overlay")
            .field("tab", &self.tab)
            .field("is_open", &self.is_open())
            .field("is_paused", &self.is_paused)
            .finish_non_exhaustive()
    }
}

impl Overlay {
    /// Closed; the first drawing opens it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Turns puffin's scopes on and begins to take its frames.
    pub fn open(&mut self) {
        if self.flame.is_none() {
            self.keep_scopes_on |= puffin::are_scopes_on();
            puffin::set_scopes_on(true);
            self.flame = Some(Flame::new());
        }
    }

    /// Lets go of puffin: its scopes go off unless [`Self::keep_scopes_on`].
    pub fn close(&mut self) {
        if self.flame.take().is_some() && !self.keep_scopes_on {
            puffin::set_scopes_on(false);
        }
        self.snapshot = None;
        self.is_paused = false;
    }

    /// Whether it takes frames.
    pub fn is_open(&self) -> bool {
        self.flame.is_some()
    }

    /// Whether the figures stand still.
    pub fn is_paused(&self) -> bool {
        self.is_paused
    }

    /// puffin frames the flame graph can show.
    pub fn flame_frames(&self) -> usize {
        self.flame.as_ref().map_or(0, |flame| flame.frames().recent_frames().count())
    }

    /// Heap bytes of the flame graph's frames, as puffin counts them.
    pub fn flame_bytes(&self) -> usize {
        self.flame.as_ref().map_or(0, |flame| flame.frames().stats().bytes_of_ram_used())
    }

    /// Names of all scopes the flame graph knows; egui's own are among them.
    pub fn scope_names(&self) -> Vec<String> {
        let Some(flame) = &self.flame else { return Vec::new() };
        let mut names: Vec<String> = flame
            .frames()
            .scope_collection()
            .scopes_by_id()
            .values()
            .map(|scope| scope.name().clone().into_owned())
            .collect();
        names.sort_unstable();
        names
    }

    /// Names of the scopes in the newest frame of the flame graph, outermost
    /// first.
    pub fn shown_scopes(&self) -> Vec<String> {
        self.flame.as_ref().map(Flame::shown_scopes).unwrap_or_default()
    }

    /// A saved report to compare with; shows the comparison.
    pub fn set_baseline(&mut self, name: impl Into<String>, report: Report) {
        self.baseline = Some(Baseline { name: name.into(), report });
        self.tab = OverlayTab::Compare;
    }

    /// What got worse since the baseline; `None` without one.
    pub fn regressions(&self, now: &Report) -> Option<Result<Vec<Regression>, CompareError>> {
        let baseline = self.baseline.as_ref()?;
        Some(compare(&baseline.report, now, &Thresholds::default()))
    }

    /// Draws the overlay into all the room that is left, and says what the
    /// host has to do.
    pub fn overlay_ui(
        &mut self,
        ui: &mut egui::Ui,
        state: &ProfilingState,
        extra: &OverlayExtra,
    ) -> Option<OverlayAction> {
        puffin::profile_scope!("profiler overlay");
        self.open();
        self.refresh(ui, state);
        let action = self.toolbar_ui(ui, state);
        ui.separator();
        self.body_ui(ui, extra);
        if !self.is_paused {
            ui.ctx().request_repaint_after(IDLE_REFRESH);
        }
        action
    }

    fn refresh(&mut self, ui: &egui::Ui, state: &ProfilingState) {
        let now = ui.input(|input| input.time);
        let is_due = self.snapshot.as_ref().is_none_or(|snapshot| {
            // A clock that was set back must not stop the figures.
            now < snapshot.taken || now - snapshot.taken >= REFRESH_SECS
        });
        if !self.is_paused && is_due {
            self.snapshot = Some(Snapshot::take(state, now));
        }
        if let Some(flame) = &mut self.flame
            && !self.is_paused
        {
            flame.take_frames();
        }
    }

    fn toolbar_ui(&mut self, ui: &mut egui::Ui, state: &ProfilingState) -> Option<OverlayAction> {
        let mut action = None;
        ui.horizontal_wrapped(|ui| {
            for tab in OverlayTab::ALL {
                ui.selectable_value(&mut self.tab, tab, tab.label());
            }
            ui.separator();
            let pause = if self.is_paused { "Resume" } else { "Pause" };
            if ui.button(pause).on_hover_text("Hold all figures where they are").clicked() {
                self.is_paused = !self.is_paused;
            }
            let reset = ui.button("Reset");
            if reset.on_hover_text("Start every counter anew").clicked() {
                state.reset();
                if let Some(flame) = &mut self.flame {
                    flame.reset();
                }
                self.snapshot = None;
                self.is_paused = false;
            }
            let save = ui.button("Save report…");
            if save.on_hover_text("Write all figures to a JSON file").clicked() {
                action = Some(OverlayAction::SaveReport(Box::new(self.shown_report(state))));
            }
            let load = ui.button("Compare with…");
            if load.on_hover_text("Choose a saved report and name what got worse").clicked() {
                action = Some(OverlayAction::LoadBaseline);
            }
        });
        action
    }

    /// The report as it shows: the held one while paused.
    fn shown_report(&self, state: &ProfilingState) -> Report {
        match &self.snapshot {
            Some(snapshot) if self.is_paused => snapshot.report.clone(),
            _ => state.report(),
        }
    }

    fn body_ui(&mut self, ui: &mut egui::Ui, extra: &OverlayExtra) {
        let Some(snapshot) = &self.snapshot else { return };
        if self.tab == OverlayTab::Flame {
            // Not in a scroll area of ours: the wheel is the flame graph's.
            if let Some(flame) = &mut self.flame {
                flame.ui(ui);
            }
            return;
        }
        if self.tab == OverlayTab::Overview {
            let figures = egui::ScrollArea::vertical().auto_shrink([false, true]);
            figures.show(ui, |ui| sections::overview_ui(ui, snapshot, extra));
            // Where there is room below the figures, the flame graph has it.
            if let Some(flame) = &mut self.flame
                && ui.available_height() >= FLAME_LEAST
            {
                ui.separator();
                flame.ui(ui);
            }
            return;
        }
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| match self.tab {
            OverlayTab::Frames => sections::frames_ui(ui, snapshot),
            OverlayTab::Memory => sections::memory_ui(ui, snapshot),
            OverlayTab::Caches => sections::caches_ui(ui, snapshot),
            OverlayTab::Audio => sections::audio_ui(ui, snapshot, extra),
            OverlayTab::Compare => {
                let found = self.regressions(&snapshot.report);
                let name = self.baseline.as_ref().map(|baseline| baseline.name.as_str());
                sections::compare_ui(ui, name, found);
            }
            OverlayTab::Overview | OverlayTab::Flame => {}
        });
    }
}

impl Drop for Overlay {
    fn drop(&mut self) {
        self.close();
    }
}
