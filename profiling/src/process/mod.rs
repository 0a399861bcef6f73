//! What the machine says about this process: memory, CPU, disk, open files.
//!
//! The one module that asks the system; each system has its file, and where
//! one cannot tell, the figure is zero. Any thread; a sample is a few reads of
//! `/proc`, some 50 µs: take it once a second, not once a frame.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use other as system;

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::report::ProcessReport;

/// One look at the process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProcessSample {
    /// Resident bytes.
    pub rss_bytes: u64,
    /// Live heap bytes of the counting allocator; 0 when it is not installed.
    pub heap_bytes: u64,
    /// CPU time of all threads per wall time, over the last quarter of a
    /// second or more; 1 is one core.
    pub cpu_share: f64,
    /// Bytes read from disk since the start.
    pub read_bytes: u64,
    /// Bytes written to disk since the start.
    pub written_bytes: u64,
    /// Open files, sockets and pipes.
    pub open_files: u64,
}

impl ProcessSample {
    /// The report's `process` object.
    pub fn report(&self) -> ProcessReport {
        ProcessReport {
            cpu_share: self.cpu_share,
            read_bytes: self.read_bytes,
            written_bytes: self.written_bytes,
            open_files: self.open_files,
        }
    }
}

/// A CPU share is of at least this long: over less it would be noise.
const SHARE_OVER: Duration = Duration::from_millis(250);

/// Looks at the process from time to time.
#[derive(Debug)]
pub struct ProcessSampler {
    /// When the CPU share was last worked out, and the CPU time then.
    base: (Instant, Duration),
    cpu_share: f64,
}

impl Default for ProcessSampler {
    fn default() -> Self {
        Self::new()
    }
}

impl ProcessSampler {
    /// The first CPU share will be of the time from now on.
    pub fn new() -> Self {
        let base = (Instant::now(), crate::thread_cpu::process_now());
        Self { base, cpu_share: 0.0 }
    }

    /// Forgets the CPU share: the next one will be of the time from `now` on.
    pub fn reset_at(&mut self, now: Instant) {
        *self = Self { base: (now, crate::thread_cpu::process_now()), cpu_share: 0.0 };
    }

    /// Looks now.
    pub fn sample(&mut self) -> ProcessSample {
        self.sample_at(Instant::now())
    }

    /// Looks, taking the time to be `now`.
    pub fn sample_at(&mut self, now: Instant) -> ProcessSample {
        let (then, cpu_then) = self.base;
        let wall = now.saturating_duration_since(then);
        if wall >= SHARE_OVER {
            let cpu = crate::thread_cpu::process_now();
            self.cpu_share = cpu_share(cpu.saturating_sub(cpu_then), wall);
            self.base = (now, cpu);
        }
        let system = system::read();
        ProcessSample {
            rss_bytes: system.rss_bytes,
            heap_bytes: crate::alloc::live_bytes(),
            cpu_share: self.cpu_share,
            read_bytes: system.read_bytes,
            written_bytes: system.written_bytes,
            open_files: system.open_files,
        }
    }
}

/// The most bytes that were resident at once since the process began; 0 where the system cannot
/// tell.
pub fn peak_rss_bytes() -> u64 {
    system::peak_rss_bytes()
}

/// What only the system knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SystemFigures {
    rss_bytes: u64,
    read_bytes: u64,
    written_bytes: u64,
    open_files: u64,
}

/// CPU time per wall time; 0 when no time has passed.
fn cpu_share(cpu: Duration, wall: Duration) -> f64 {
    if wall.is_zero() { 0.0 } else { cpu.as_secs_f64() / wall.as_secs_f64() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_one_is_one_core() {
        assert_eq!(cpu_share(Duration::from_secs(3), Duration::from_secs(2)), 1.5);
        assert_eq!(cpu_share(Duration::from_secs(3), Duration::ZERO), 0.0);
    }

    #[test]
    fn a_share_is_of_a_quarter_of_a_second_at_least_and_time_may_stand_still() {
        let mut sampler = ProcessSampler::new();
        let start = Instant::now();
        assert_eq!(sampler.sample_at(start).cpu_share, 0.0);
        let later = start + Duration::from_mins(1);
        let share = sampler.sample_at(later).cpu_share;
        assert!((0.0..1.0).contains(&share), "{share}");
        assert_eq!(sampler.sample_at(later).cpu_share, share);
        assert_eq!(sampler.sample_at(start).cpu_share, share);
        sampler.reset_at(later);
        assert_eq!(sampler.sample_at(later).cpu_share, 0.0);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_is_resident_and_has_files_open() {
        let sample = ProcessSampler::new().sample();
        assert!(sample.rss_bytes > 100_000, "{sample:?}");
        assert!(sample.open_files > 0, "{sample:?}");
    }
}
