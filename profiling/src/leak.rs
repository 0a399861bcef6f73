//! Growth that never comes back down.
//!
//! Owns the recent history of each component's bytes. Time is passed in, as
//! the time since any fixed moment. Plain data, bounded; any thread.

use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    time::Duration,
};

use serde::{Deserialize, Serialize};

use crate::{HeapSize, units::format_bytes};

/// Window of [`LeakDetector::default`].
pub const DEFAULT_WINDOW: Duration = Duration::from_mins(2);
/// Growth below this is no leak, in bytes: a list that grows by a few names is
/// how programs live.
pub const DEFAULT_MIN_GROWTH: u64 = 256 * 1024;
/// Points kept per component.
const POINTS: u32 = 96;
/// The window is cut into this many parts, and the floor of each has to lie
/// above the one before: one step up (a file was opened) or a sawtooth (caches
/// and garbage) has floors that stay.
const PARTS: usize = 6;
/// Components that are followed; more are not looked at.
const MAX_COMPONENTS: usize = 1024;

/// A component that only grows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Leak {
    /// Which one.
    pub component: String,
    /// Slope of the growth, in bytes per second (least squares).
    pub bytes_per_sec: f64,
    /// Growth over the window, in bytes.
    pub growth_bytes: u64,
    /// How long it was watched, in seconds.
    pub window_secs: f64,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} grows by {}/s ({} in {:.0} s) and never comes back down",
            self.component,
            format_bytes(self.bytes_per_sec.max(0.0) as u64),
            format_bytes(self.growth_bytes),
            self.window_secs,
        )
    }
}

/// The bytes of one component at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemoryPoint {
    /// Seconds since the start of watching.
    pub secs: f64,
    /// Bytes held; the least of what was told for this point.
    pub bytes: u64,
}

/// Watches components for growth that never comes back down.
///
/// ```
/// use profiling::leak::LeakDetector;
/// use std::time::Duration;
///
/// let mut detector = LeakDetector::new(Duration::from_secs(60));
/// for second in 0..=60 {
///     let at = Duration::from_secs(second);
///     detector.sample("leaky", 1_000_000 * second, at);
///     detector.sample("steady", 5_000_000, at);
/// }
/// let leaks = detector.leaks();
/// assert_eq!(leaks.len(), 1);
/// assert_eq!(leaks[0].component, "leaky");
/// assert!((leaks[0].bytes_per_sec - 1_000_000.0).abs() < 1.0);
/// ```
#[derive(Clone, Debug)]
pub struct LeakDetector {
    /// Growth below this over a window is no leak, in bytes.
    pub min_growth: u64,
    window: Duration,
    components: BTreeMap<String, VecDeque<MemoryPoint>>,
}

impl Default for LeakDetector {
    fn default() -> Self {
        Self::new(DEFAULT_WINDOW)
    }
}

impl LeakDetector {
    /// Judges the newest `window` of time, at least a tenth of a second.
    pub fn new(window: Duration) -> Self {
        Self {
            min_growth: DEFAULT_MIN_GROWTH,
            window: window.max(Duration::from_millis(100)),
            components: BTreeMap::new(),
        }
    }

    /// `component` holds `bytes` at `at`; times may not run backwards, and one
    /// that does is ignored.
    pub fn sample(&mut self, component: &str, bytes: u64, at: Duration) {
        let secs = at.as_secs_f64();
        let step = self.window.as_secs_f64() / f64::from(POINTS);
        if !self.components.contains_key(component) {
            if self.components.len() >= MAX_COMPONENTS {
                return;
            }
            self.components.insert(component.to_owned(), VecDeque::new());
        }
        let Some(points) = self.components.get_mut(component) else { return };
        match points.back_mut() {
            Some(last) if secs < last.secs => return,
            // Samples closer than a step share a point, which keeps their least.
            Some(last) if secs - last.secs < step => last.bytes = last.bytes.min(bytes),
            _ => points.push_back(MemoryPoint { secs, bytes }),
        }
        let oldest = secs - self.window.as_secs_f64() - step;
        while points.front().is_some_and(|point| point.secs < oldest) {
            points.pop_front();
        }
    }

    /// The points of a component, oldest first: for drawing.
    pub fn history(&self, component: &str) -> impl Iterator<Item = MemoryPoint> + '_ {
        self.components.get(component).into_iter().flatten().copied()
    }

    /// Components that are followed, by name.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.components.keys().map(String::as_str)
    }

    /// Every component that only grew over a whole window, the fastest first.
    pub fn leaks(&self) -> Vec<Leak> {
        let mut leaks: Vec<Leak> =
            self.components.iter().filter_map(|(name, points)| self.judge(name, points)).collect();
        leaks.sort_by(|a, b| {
            b.bytes_per_sec.total_cmp(&a.bytes_per_sec).then_with(|| a.component.cmp(&b.component))
        });
        leaks
    }

    /// Forgets what was seen; the window stays.
    pub fn reset(&mut self) {
        self.components.clear();
    }

    fn judge(&self, name: &str, points: &VecDeque<MemoryPoint>) -> Option<Leak> {
        let (first, last) = (points.front()?, points.back()?);
        let watched = last.secs - first.secs;
        // A little less than the window will do: samples come when they come.
        if watched < self.window.as_secs_f64() * 0.9 || points.len() < PARTS * 2 {
            return None;
        }
        let mut floors = [u64::MAX; PARTS];
        for point in points {
            let part = ((point.secs - first.secs) / watched * PARTS as f64) as usize;
            if let Some(floor) = floors.get_mut(part.min(PARTS - 1)) {
                *floor = point.bytes.min(*floor);
            }
        }
        let [lowest, .., highest] = floors;
        let growth = highest.checked_sub(lowest)?;
        // An empty part has no floor, and what was not seen is not judged.
        let only_rises = floors.is_sorted_by(|a, b| a < b) && highest != u64::MAX;
        (only_rises && growth >= self.min_growth).then(|| Leak {
            component: name.to_owned(),
            bytes_per_sec: slope(points),
            growth_bytes: last.bytes.saturating_sub(first.bytes),
            window_secs: watched,
        })
    }
}

impl HeapSize for LeakDetector {
    fn heap_bytes(&self) -> usize {
        let points = size_of::<MemoryPoint>();
        // A tree's node keeps its entries side by side, and is filled by two thirds or so.
        let entry = size_of::<(String, VecDeque<MemoryPoint>)>() * 3 / 2;
        self.components.iter().fold(0, |sum: usize, (name, history)| {
            let own = entry.saturating_add(name.capacity());
            sum.saturating_add(own).saturating_add(history.capacity().saturating_mul(points))
        })
    }
}

/// Slope of the least-squares line through the points, in bytes per second.
fn slope(points: &VecDeque<MemoryPoint>) -> f64 {
    let n = points.len().max(1) as f64;
    let mean_secs = points.iter().map(|p| p.secs / n).sum::<f64>();
    let mean_bytes = points.iter().map(|p| p.bytes as f64 / n).sum::<f64>();
    let (mut above, mut below) = (0.0, 0.0);
    for point in points {
        let off = point.secs - mean_secs;
        above += off * (point.bytes as f64 - mean_bytes);
        below += off * off;
    }
    if below > 0.0 { above / below } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Components that leak, after feeding `bytes(second)` for `secs` seconds.
    fn leaks(secs: u64, bytes: impl Fn(u64) -> u64) -> Vec<Leak> {
        let mut detector = LeakDetector::new(Duration::from_mins(1));
        for second in 0..=secs {
            detector.sample("it", bytes(second), Duration::from_secs(second));
        }
        detector.leaks()
    }

    #[test]
    fn steady_growth_is_reported_with_its_slope() {
        let found = leaks(300, |s| 10_000_000 + 50_000 * s);
        assert_eq!(found.len(), 1);
        assert!((found[0].bytes_per_sec - 50_000.0).abs() < 1.0, "{found:?}");
        assert!((found[0].window_secs - 60.0).abs() < 1.5, "{found:?}");
        assert!(found[0].to_string().starts_with("it grows by 48.83 KB/s ("), "{}", found[0]);
    }

    #[test]
    fn growth_with_a_sawtooth_on_top_is_a_leak_all_the_same() {
        assert_eq!(leaks(120, |s| 100_000 * s + (s % 5) * 80_000).len(), 1);
    }

    #[test]
    fn what_comes_back_down_is_none() {
        assert!(leaks(120, |s| (s % 20) * 1_000_000).is_empty());
    }

    #[test]
    fn opening_a_file_is_none() {
        assert!(leaks(120, |s| if s < 80 { 1_000 } else { 90_000_000 }).is_empty());
    }

    #[test]
    fn standing_still_is_none() {
        assert!(leaks(120, |_| 5_000_000).is_empty());
        assert!(leaks(120, |s| 5_000_000 + s).is_empty(), "too little to matter");
    }

    #[test]
    fn nothing_is_said_before_a_whole_window_was_seen() {
        assert!(leaks(30, |s| 1_000_000 * s).is_empty());
    }

    #[test]
    fn memory_of_the_detector_is_bounded() {
        let mut detector = LeakDetector::new(Duration::from_secs(1));
        for n in 0..10_000_u64 {
            detector.sample("it", n, Duration::from_millis(n));
            detector.sample(&format!("{n}"), 1, Duration::from_millis(n));
        }
        assert!(detector.history("it").count() <= POINTS as usize + 3);
        assert!(detector.components().count() <= MAX_COMPONENTS);
    }

    #[test]
    fn extreme_sizes_and_times_do_no_harm() {
        let mut detector = LeakDetector::new(Duration::ZERO);
        for at in [0, 5, 3, u64::MAX, 1] {
            detector.sample("it", u64::MAX, Duration::from_secs(at));
            detector.sample("it", 0, Duration::from_secs(at));
        }
        assert!(detector.leaks().is_empty());
    }
}
