//! The phases of one frame.

use serde::{Deserialize, Serialize};

/// A part of a frame's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Gathering and translating input events.
    Input,
    /// `logic`: polling the engine, dispatching commands.
    Logic,
    /// `ui`: building the interface.
    Ui,
    /// Turning shapes into triangles.
    Tessellate,
    /// What paint callbacks do in `prepare`: note instances to the GPU.
    Upload,
    /// The GPU's own time, from timestamp queries.
    Gpu,
}

impl Phase {
    /// Every phase, in the order of a frame.
    pub const ALL: [Self; 6] =
        [Self::Input, Self::Logic, Self::Ui, Self::Tessellate, Self::Upload, Self::Gpu];

    /// The key in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Logic => "logic",
            Self::Ui => "ui",
            Self::Tessellate => "tessellate",
            Self::Upload => "upload",
            Self::Gpu => "gpu",
        }
    }

    /// Whether the phase is work of the UI thread.
    pub const fn is_ui_thread(self) -> bool {
        !matches!(self, Self::Gpu)
    }
}

/// What one frame spent in each phase, in ms; `None` where it was not measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PhaseTimes {
    /// See [`Phase::Input`].
    pub input_ms: Option<f64>,
    /// See [`Phase::Logic`].
    pub logic_ms: Option<f64>,
    /// See [`Phase::Ui`].
    pub ui_ms: Option<f64>,
    /// See [`Phase::Tessellate`].
    pub tessellate_ms: Option<f64>,
    /// See [`Phase::Upload`].
    pub upload_ms: Option<f64>,
    /// See [`Phase::Gpu`].
    pub gpu_ms: Option<f64>,
}

impl PhaseTimes {
    /// The time of one phase.
    pub const fn get(&self, phase: Phase) -> Option<f64> {
        match phase {
            Phase::Input => self.input_ms,
            Phase::Logic => self.logic_ms,
            Phase::Ui => self.ui_ms,
            Phase::Tessellate => self.tessellate_ms,
            Phase::Upload => self.upload_ms,
            Phase::Gpu => self.gpu_ms,
        }
    }

    /// Adds time to a phase that may have been measured in parts; times that
    /// are negative or not finite add nothing.
    pub fn add(&mut self, phase: Phase, ms: f64) {
        let Some(ms) = crate::window::counted_ms(ms) else { return };
        let slot = match phase {
            Phase::Input => &mut self.input_ms,
            Phase::Logic => &mut self.logic_ms,
            Phase::Ui => &mut self.ui_ms,
            Phase::Tessellate => &mut self.tessellate_ms,
            Phase::Upload => &mut self.upload_ms,
            Phase::Gpu => &mut self.gpu_ms,
        };
        *slot = crate::window::counted_ms(slot.unwrap_or(0.0) + ms);
    }

    /// input + logic + ui + tessellate + upload, in ms: no GPU, no vsync wait.
    /// `None` when none of them was measured.
    pub fn ui_thread_ms(&self) -> Option<f64> {
        let mut sum = None;
        for phase in Phase::ALL.into_iter().filter(|phase| phase.is_ui_thread()) {
            if let Some(ms) = self.get(phase).and_then(crate::window::counted_ms) {
                sum = Some(sum.unwrap_or(0.0) + ms);
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ui_thread_is_every_phase_but_the_gpu() {
        let mut times = PhaseTimes::default();
        assert_eq!(times.ui_thread_ms(), None);
        for (idx, phase) in Phase::ALL.into_iter().enumerate() {
            times.add(phase, (idx + 1) as f64);
        }
        assert_eq!(times.ui_thread_ms(), Some(15.0));
        assert_eq!(times.get(Phase::Gpu), Some(6.0));
    }

    #[test]
    fn a_phase_measured_in_parts_adds_up() {
        let mut times = PhaseTimes::default();
        times.add(Phase::Ui, 1.0);
        times.add(Phase::Ui, 0.5);
        times.add(Phase::Ui, f64::NAN);
        times.add(Phase::Ui, -3.0);
        assert_eq!(times.ui_ms, Some(1.5));
    }
}
