//! Thread CPU time, percentiles, and a yardstick for the machine.

use profiling::thread_cpu::ThreadCpuTimer;
use std::hint::black_box;

/// Runs of which the best one counts: what the rest measures is the machine's mood.
pub const RUNS: usize = 5;

/// Times of one run, in milliseconds.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    sorted: Vec<f64>,
}

impl Samples {
    /// Takes samples in any order.
    pub fn new(mut samples: Vec<f64>) -> Self {
        samples.sort_unstable_by(f64::total_cmp);
        Self { sorted: samples }
    }

    /// The sample that `percent` of all do not exceed, by nearest rank; 0 without samples.
    pub fn percentile(&self, percent: f64) -> f64 {
        // 99.9 % of 1,000 is 999 and a hair in floating point: the hair is taken off.
        let exact = percent * self.sorted.len() as f64 / 100.0 * (1.0 - 1e-12);
        let rank = exact.ceil().max(1.0) as usize;
        self.sorted.get(rank.min(self.sorted.len()).saturating_sub(1)).copied().unwrap_or(0.0)
    }

    /// Half of the samples are below it.
    pub fn median(&self) -> f64 {
        self.percentile(50.0)
    }

    /// The largest sample; 0 without samples.
    pub fn max(&self) -> f64 {
        self.percentile(100.0)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.sorted.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }
}

/// CPU time of the calling thread in `work`, in milliseconds, and its result.
pub fn cpu_ms<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let timer = ThreadCpuTimer::start();
    let result = black_box(work());
    (timer.elapsed_ms(), result)
}

/// The best of [`RUNS`] runs, by their `percent`th percentile.
///
/// # Errors
/// The first error of a run.
pub fn best_run<E>(
    percent: f64,
    mut run: impl FnMut() -> Result<Samples, E>,
) -> Result<Samples, E> {
    let mut best = run()?;
    for _ in 1..RUNS {
        let next = run()?;
        if next.percentile(percent) < best.percentile(percent) {
            best = next;
        }
    }
    Ok(best)
}

/// Milliseconds for a fixed piece of arithmetic and memory traffic, best of [`RUNS`]:
/// figures from two machines, or two moods of one, are compared by it.
pub fn calibration_ms() -> f64 {
    let mut table = vec![0u64; 1 << 16];
    let mut best = f64::MAX;
    for _ in 0..RUNS {
        let (ms, ()) = cpu_ms(|| {
            let mut state = 0x9E37_79B9_7F4A_7C15u64;
            for _ in 0..4_000_000 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                if let Some(cell) = table.get_mut((state >> 48) as usize) {
                    *cell ^= state;
                }
            }
            black_box(&table);
        });
        best = best.min(ms);
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_go_by_nearest_rank() {
        let samples = Samples::new((1..=100).rev().map(f64::from).collect());
        assert_eq!(
            (samples.median(), samples.percentile(95.0), samples.max()),
            (50.0, 95.0, 100.0)
        );
        assert_eq!(samples.percentile(99.9), 100.0);
        assert_eq!(Samples::default().percentile(95.0), 0.0);
    }

    #[test]
    fn the_best_run_is_the_one_with_the_lowest_percentile() {
        let mut next = [9.0, 7.0, 3.0, 8.0, 5.0].into_iter();
        let best = best_run(95.0, || next.next().map(|ms| Samples::new(vec![ms])).ok_or(()));
        assert_eq!(best.map(|samples| samples.max()), Ok(3.0));
    }
}
