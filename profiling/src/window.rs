//! A bounded window over the newest times, in ms.
//! Plain data; the owner decides about threads.

use std::collections::VecDeque;

/// Longest time that is kept as it is, in ms (31 years); longer ones count as
/// this, so that no sum of a window can leave the range of finite numbers.
pub(crate) const LONGEST_MS: f64 = 1e12;

/// The time to count: `None` when it is negative or not a number.
pub(crate) fn counted_ms(ms: f64) -> Option<f64> {
    // `-0.0` is a time of zero and becomes a plain one.
    (ms.is_finite() && ms >= 0.0).then(|| ms.min(LONGEST_MS).abs())
}

/// The newest `capacity` times, oldest first.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    times: VecDeque<f64>,
    capacity: usize,
}

impl Window {
    /// A window of at least one; nothing is reserved ahead, so any bound will do.
    pub(crate) fn new(capacity: usize) -> Self {
        Self { times: VecDeque::new(), capacity: capacity.max(1) }
    }

    /// Adds a time that went through [`counted_ms`].
    pub(crate) fn push(&mut self, ms: f64) {
        if self.times.len() >= self.capacity {
            self.times.pop_front();
        }
        self.times.push_back(ms);
    }

    pub(crate) fn heap_bytes(&self) -> usize {
        self.times.capacity().saturating_mul(size_of::<f64>())
    }

    pub(crate) fn clear(&mut self) {
        self.times.clear();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.times.len()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = f64> + '_ {
        self.times.iter().copied()
    }

    /// The mean, 0 when empty.
    ///
    /// Summed with Neumaier's correction: a thousand frames of exactly 16.67 ms
    /// must have a mean of 16.67, since that is the limit of a smooth frame.
    pub(crate) fn mean(&self) -> f64 {
        if self.times.is_empty() {
            return 0.0;
        }
        let (mut sum, mut lost) = (0.0_f64, 0.0_f64);
        for &ms in &self.times {
            let next = sum + ms;
            lost += if sum >= ms { (sum - next) + ms } else { (ms - next) + sum };
            sum = next;
        }
        (sum + lost) / self.times.len() as f64
    }

    /// Times in rising order, for several percentiles at once.
    pub(crate) fn sorted(&self) -> Sorted {
        let mut times: Vec<f64> = self.times.iter().copied().collect();
        times.sort_unstable_by(f64::total_cmp);
        Sorted(times)
    }
}

/// Times in rising order.
pub(crate) struct Sorted(Vec<f64>);

impl Sorted {
    /// The `p`th percentile by nearest rank; `p` is held to 0..=100, 0 when empty.
    pub(crate) fn percentile(&self, p: f64) -> f64 {
        let p = if p.is_finite() { p.clamp(0.0, 100.0) } else { 100.0 };
        // 99.9 % of 1,000 is 999, and 999.0000000000001 in floating point: a
        // hair is taken off before it is rounded up.
        let rank = (p * self.0.len() as f64 / 100.0 * (1.0 - 1e-12)).ceil() as usize;
        self.0.get(rank.max(1) - 1).or(self.0.last()).copied().unwrap_or(0.0)
    }

    pub(crate) fn max(&self) -> f64 {
        self.0.last().copied().unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let mut window = Window::new(10);
        for ms in 1..=10 {
            window.push(f64::from(ms));
        }
        let sorted = window.sorted();
        for (p, expected) in [(0.0, 1.0), (50.0, 5.0), (90.0, 9.0), (91.0, 10.0), (100.0, 10.0)] {
            assert_eq!(sorted.percentile(p), expected, "p{p}");
        }
        assert_eq!(sorted.percentile(-5.0), 1.0);
        assert_eq!(sorted.percentile(500.0), 10.0);
    }

    #[test]
    fn a_rank_that_is_a_whole_number_is_not_rounded_up() {
        let mut window = Window::new(1000);
        for ms in 1..=1000 {
            window.push(f64::from(ms));
        }
        let sorted = window.sorted();
        for (p, rank) in [(99.9, 999.0), (99.0, 990.0), (55.0, 550.0), (0.1, 1.0), (7.0, 70.0)] {
            assert_eq!(sorted.percentile(p), rank, "p{p}");
        }
        assert_eq!(sorted.percentile(99.91), 1000.0);
    }

    #[test]
    fn a_window_of_nothing_keeps_one() {
        let mut window = Window::new(0);
        window.push(1.0);
        window.push(2.0);
        assert_eq!(window.iter().collect::<Vec<_>>(), [2.0]);
    }

    #[test]
    fn the_mean_of_equal_times_is_that_time() {
        let mut window = Window::new(1000);
        for _ in 0..1000 {
            window.push(16.67);
        }
        assert_eq!(window.mean(), 16.67);
    }

    #[test]
    fn times_that_are_none_do_not_count() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.001] {
            assert_eq!(counted_ms(bad), None);
        }
        assert_eq!(counted_ms(f64::MAX), Some(LONGEST_MS));
    }
}
