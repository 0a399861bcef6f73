//! When the program should say that it is slow or growing.
//!
//! Owns the judgement of single seconds and the pause between two alerts: the
//! status bar shows a chip and the log gets a line, at most once a minute.
//! Pure; time is passed in. UI thread.

use std::{
    collections::VecDeque,
    fmt,
    time::{Duration, Instant},
};

use crate::{leak::Leak, regression::Regression, window::counted_ms};

/// The least time between two alerts.
pub const BETWEEN_ALERTS: Duration = Duration::from_mins(1);
/// How often a report is saved while the program runs.
pub const BETWEEN_REPORTS: Duration = Duration::from_mins(10);
/// Frames are judged together for this long.
const SECOND: Duration = Duration::from_secs(1);
/// Alerts that wait for their turn; the oldest make room.
const MAX_WAITING: usize = 16;

/// Something the user should know.
#[derive(Clone, Debug, PartialEq)]
pub enum Alert {
    /// A second of animation was not smooth.
    NotSmooth {
        /// Mean frame of that second, in ms.
        mean_ms: f64,
        /// What a frame may take, in ms.
        budget_ms: f64,
    },
    /// A component only grows.
    Leak(Leak),
    /// A figure got worse since the last saved report.
    Regression(Regression),
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSmooth { mean_ms, budget_ms } => {
                write!(
                    f,
                    "a second was not smooth: {mean_ms:.2} ms a frame, {budget_ms:.2} allowed"
                )
            }
            Self::Leak(leak) => leak.fmt(f),
            Self::Regression(regression) => regression.fmt(f),
        }
    }
}

/// Collects reasons for an alert and lets one through a minute.
///
/// ```
/// use profiling::alerts::{Alert, Alerts};
/// use std::time::{Duration, Instant};
///
/// let start = Instant::now();
/// let mut alerts = Alerts::new();
/// for frame in 0..40 {
///     alerts.record_frame_at(25.0, 16.67, start + Duration::from_millis(frame * 30));
/// }
/// let now = start + Duration::from_secs(2);
/// assert!(matches!(alerts.take_at(now), Some(Alert::NotSmooth { .. })));
/// assert_eq!(alerts.take_at(now), None);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Alerts {
    /// When the second began that is being judged, its frames and their sum in ms.
    second: Option<(Instant, u32, f64)>,
    waiting: VecDeque<Alert>,
    last: Option<Instant>,
}

impl Alerts {
    /// Nothing has happened yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A frame took `ms` of work at `now`; to be called only while something
    /// animates. A gap ends the second without a verdict.
    pub fn record_frame_at(&mut self, ms: f64, budget_ms: f64, now: Instant) {
        let Some(ms) = counted_ms(ms) else { return };
        let (began, frames, sum) = self.second.unwrap_or((now, 0, 0.0));
        let passed = now.saturating_duration_since(began);
        if passed >= SECOND * 2 {
            self.second = Some((now, 1, ms));
        } else if passed >= SECOND {
            let mean_ms = sum / f64::from(frames.max(1));
            if mean_ms > budget_ms {
                self.push(Alert::NotSmooth { mean_ms, budget_ms });
            }
            self.second = Some((now, 1, ms));
        } else {
            self.second = Some((began, frames.saturating_add(1), sum + ms));
        }
    }

    /// Components that only grow; one that waits to be told is not added again.
    pub fn set_leaks(&mut self, leaks: &[Leak]) {
        for leak in leaks {
            let is_known = |alert: &Alert| matches!(alert, Alert::Leak(known) if known.component == leak.component);
            if !self.waiting.iter().any(is_known) {
                self.push(Alert::Leak(leak.clone()));
            }
        }
    }

    /// What a comparison of two saved reports has found; the worst is told.
    pub fn set_regressions(&mut self, regressions: &[Regression]) {
        if let Some(worst) = regressions.first() {
            self.push(Alert::Regression(worst.clone()));
        }
    }

    /// The next alert, unless there was one within the last minute.
    pub fn take_at(&mut self, now: Instant) -> Option<Alert> {
        let is_too_soon =
            self.last.is_some_and(|then| now.saturating_duration_since(then) < BETWEEN_ALERTS);
        if is_too_soon {
            return None;
        }
        let alert = self.waiting.pop_front()?;
        // The rest of this minute was the same trouble: it is not told again later.
        self.waiting.retain(|other| !matches!(other, Alert::NotSmooth { .. }));
        self.last = Some(now);
        Some(alert)
    }

    /// Forgets what happened.
    pub fn reset(&mut self) {
        *self = Self::new();
    }

    fn push(&mut self, alert: Alert) {
        if self.waiting.len() >= MAX_WAITING {
            self.waiting.pop_front();
        }
        self.waiting.push_back(alert);
    }
}

/// When the next report of a `--profile-dir` run is due.
#[derive(Clone, Copy, Debug)]
pub struct ReportSchedule {
    last: Instant,
}

impl ReportSchedule {
    /// The first is due [`BETWEEN_REPORTS`] after `start`.
    pub fn new(start: Instant) -> Self {
        Self { last: start }
    }

    /// Whether a report is due; if so, the next is due ten minutes from `now`.
    pub fn is_due_at(&mut self, now: Instant) -> bool {
        let is_due = now.saturating_duration_since(self.last) >= BETWEEN_REPORTS;
        if is_due {
            self.last = now;
        }
        is_due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Alerts after frames of `ms`, one every `every` ms, for two seconds.
    fn alerts(ms: f64, every: u64, start: Instant) -> Alerts {
        let mut alerts = Alerts::new();
        for n in 0..2000 / every {
            alerts.record_frame_at(ms, 16.67, start + Duration::from_millis(n * every));
        }
        alerts
    }

    fn leak(component: &str) -> Leak {
        Leak {
            component: component.to_owned(),
            bytes_per_sec: 1024.0,
            growth_bytes: 1 << 20,
            window_secs: 120.0,
        }
    }

    #[test]
    fn a_smooth_second_is_silent_and_another_is_told_once() {
        let start = Instant::now();
        assert_eq!(alerts(16.0, 16, start).take_at(start), None);
        let mut slow = alerts(20.0, 20, start);
        let told = slow.take_at(start).map(|alert| alert.to_string());
        let expected = "a second was not smooth: 20.00 ms a frame, 16.67 allowed";
        assert_eq!(told.as_deref(), Some(expected));
        assert_eq!(slow.take_at(start + Duration::from_mins(2)), None);
    }

    #[test]
    fn there_is_at_most_one_alert_a_minute() {
        let start = Instant::now();
        let mut alerts = Alerts::new();
        alerts.set_leaks(&[leak("a"), leak("b"), leak("a")]);
        assert_eq!(alerts.take_at(start), Some(Alert::Leak(leak("a"))));
        assert_eq!(alerts.take_at(start + Duration::from_secs(59)), None);
        assert_eq!(alerts.take_at(start + Duration::from_mins(1)), Some(Alert::Leak(leak("b"))));
    }

    #[test]
    fn a_pause_in_the_animation_is_no_slow_second() {
        let start = Instant::now();
        let mut alerts = Alerts::new();
        alerts.record_frame_at(500.0, 16.67, start);
        alerts.record_frame_at(f64::NAN, 16.67, start);
        alerts.record_frame_at(1.0, 16.67, start + Duration::from_secs(30));
        assert_eq!(alerts.take_at(start), None);
    }

    #[test]
    fn of_several_regressions_the_worst_is_told() {
        let regression = |metric: &str| Regression {
            metric: metric.to_owned(),
            kind: crate::regression::Kind::Millis,
            before: 1.0,
            after: 2.0,
        };
        let mut alerts = Alerts::new();
        alerts.set_regressions(&[]);
        alerts.set_regressions(&[regression("worst"), regression("second")]);
        let now = Instant::now();
        assert_eq!(alerts.take_at(now), Some(Alert::Regression(regression("worst"))));
        alerts.reset();
        assert_eq!(alerts.take_at(now), None);
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut alerts = Alerts::new();
        for n in 0..100 {
            alerts.set_leaks(&[leak(&n.to_string())]);
        }
        assert_eq!(alerts.waiting.len(), MAX_WAITING);
    }

    #[test]
    fn a_report_is_due_every_ten_minutes() {
        let start = Instant::now();
        let mut schedule = ReportSchedule::new(start);
        assert!(!schedule.is_due_at(start + Duration::from_mins(9)));
        assert!(schedule.is_due_at(start + Duration::from_mins(10)));
        assert!(!schedule.is_due_at(start + Duration::from_mins(19)));
        assert!(schedule.is_due_at(start + Duration::from_mins(20)));
    }
}
