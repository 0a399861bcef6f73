//! What the program says about its own cost: a chip in the status bar and one line in the
//! log, at most once a minute; reports kept in a folder where the user wants them.
//!
//! Runs on the UI thread; reports are written on one of their own. The time is passed in.

use super::MidiApp;
use super::reports::write_in_background;
use crate::profile_dir::{Kept, ProfileDir, ProfileDirError};
use crate::state::EditorTab;
use egui::Context;
use profiling::alerts::{Alert, ReportSchedule};
use std::time::{Instant, SystemTime};

/// Seconds that a chip stays when nobody looks.
const STAYS_SECS: f64 = 60.0;

/// Something that the user should know about the program's cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// In a word or two.
    pub short: String,
    /// What exactly.
    pub text: String,
    /// Since when, in seconds of the interface's clock.
    pub since: f64,
    /// The profiler was open already: its opening is no answer then.
    while_open: bool,
}

/// Reports kept in a folder, and when the next one is due.
pub(super) struct Keeping {
    dir: ProfileDir,
    schedule: ReportSchedule,
}

impl MidiApp {
    /// What the status bar warns of.
    pub const fn alarm(&self) -> Option<&Alarm> {
        self.alarm.as_ref()
    }

    /// Keeps reports in this folder from `now` on: every ten minutes, and at exit. The last
    /// one that is there becomes what the profiler compares with.
    pub fn keep_reports(&mut self, dir: ProfileDir, now: Instant) {
        if let Some(last) = dir.last() {
            self.profiler.set_baseline(last.name, last.report);
        }
        self.keeping = Some(Keeping { dir, schedule: ReportSchedule::new(now) });
    }

    /// Raises and lowers the chip, and keeps a report when one is due.
    pub fn watch_costs(&mut self, ctx: &Context, now: Instant) {
        let is_open = self.profiler_is_open();
        if let Some(alert) = self.metering.alerts.take_at(now) {
            log::warn!("{alert}");
            self.alarm = Some(Alarm {
                short: short(&alert),
                text: alert.to_string(),
                since: self.now,
                while_open: is_open,
            });
        }
        if let Some(alarm) = &mut self.alarm {
            alarm.while_open &= is_open;
            let left = STAYS_SECS - (self.now - alarm.since);
            if left <= 0.0 || (is_open && !alarm.while_open) {
                self.alarm = None;
            } else {
                ctx.request_repaint_after_secs(left as f32);
            }
        }
        if let Some(keeping) = &mut self.keeping {
            if keeping.schedule.is_due_at(now) {
                let (dir, report) = (keeping.dir.clone(), self.profiling_report(ctx));
                let when = SystemTime::now();
                write_in_background(&self.reports, move || dir.keep(report, when));
            }
            ctx.request_repaint_after(profiling::alerts::BETWEEN_REPORTS);
        }
    }

    /// Keeps a last report, at once; says what came of it.
    pub fn keep_last_report(&mut self, ctx: &Context) -> Option<Result<Kept, ProfileDirError>> {
        let Keeping { dir, .. } = self.keeping.take()?;
        Some(dir.keep(self.profiling_report(ctx), SystemTime::now()))
    }

    /// Takes in a report that was kept.
    pub(super) fn take_kept(&mut self, kept: Kept) {
        self.metering.alerts.set_regressions(&kept.regressions);
        if let Some(before) = kept.before {
            self.profiler.set_baseline(before.name, before.report);
        }
    }

    pub(super) fn profiler_is_open(&self) -> bool {
        let in_tab = self.layout.editor_open && self.layout.editor_tab == EditorTab::Profiler;
        in_tab || self.overlay_open
    }
}

fn short(alert: &Alert) -> String {
    match alert {
        Alert::NotSmooth { .. } => "Not smooth".to_owned(),
        Alert::Leak(leak) => format!("Memory grows: {}", leak.component),
        Alert::Regression(it) if it.kind == profiling::regression::Kind::Bytes => {
            "Larger than before".to_owned()
        }
        Alert::Regression(_) => "Slower than before".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Start;
    use crate::state::Layout;
    use std::time::Duration;

    /// Lets three minutes pass in which component "x" holds what `bytes` says at each second.
    fn after_three_minutes(bytes: impl Fn(usize) -> usize) -> Option<Alarm> {
        let ctx = Context::default();
        let mut app = MidiApp::new(&ctx, Start::headless(Layout::default()));
        let start = Instant::now();
        for second in 0..180 {
            let now = start + Duration::from_secs(second as u64);
            app.now = second as f64;
            app.metering.state.set_component("x", bytes(second));
            app.metering.sample_at(now);
            app.watch_costs(&ctx, now);
        }
        app.alarm
    }

    #[test]
    fn what_only_grows_raises_the_chip_and_what_stays_does_not() {
        let grown = after_three_minutes(|second| second << 20).unwrap();
        assert_eq!(grown.short, "Memory grows: x");
        assert!(grown.text.starts_with("x grows by 1.00 MB/s"), "{}", grown.text);
        assert_eq!(after_three_minutes(|_| 100 << 20), None);
        // A sawtooth: a cache that is filled and emptied.
        assert_eq!(after_three_minutes(|second| (1 + second % 20) << 20), None);
    }

    #[test]
    fn a_slow_second_is_told_for_a_minute_and_then_goes() {
        let ctx = Context::default();
        let mut app = MidiApp::new(&ctx, Start::headless(Layout::default()));
        let start = Instant::now();
        for frame in 0..60 {
            let now = start + Duration::from_millis(frame * 30);
            app.metering.alerts.record_frame_at(25.0, 16.67, now);
        }
        app.watch_costs(&ctx, start);
        assert_eq!(app.alarm().map(|alarm| alarm.short.as_str()), Some("Not smooth"));
        app.now = STAYS_SECS + 0.1;
        app.watch_costs(&ctx, start);
        assert_eq!(app.alarm(), None);
    }

    #[test]
    fn a_report_is_kept_every_ten_minutes_and_what_got_worse_raises_the_chip() {
        let folder = tempfile::tempdir().unwrap();
        let dir = ProfileDir::open(folder.path(), "window").unwrap();
        dir.keep(profiling::Report::default(), SystemTime::UNIX_EPOCH).unwrap();
        let ctx = Context::default();
        let mut app = MidiApp::new(&ctx, Start::headless(Layout::default()));
        let start = Instant::now();
        app.keep_reports(dir, start);
        app.watch_costs(&ctx, start + Duration::from_secs(599));
        let files = || std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files(), 1);
        app.metering.state.set_component("x", 64 << 20);
        let due = start + Duration::from_mins(10);
        app.watch_costs(&ctx, due);
        for _ in 0..1000 {
            app.take_reports();
            app.watch_costs(&ctx, due);
            if app.alarm.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        assert_eq!(files(), 2);
        let alarm = app.alarm.unwrap();
        assert_eq!(alarm.short, "Larger than before");
    }
}
