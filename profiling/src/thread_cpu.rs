//! The CPU time of the calling thread and of the whole process.
//!
//! Budgets are told in CPU time: on a busy machine wall time says how often
//! the thread was kept waiting, not what the frame cost. Any thread; each
//! reads its own clock. One system call (vDSO does not serve it, 200-300 ns).

use std::time::Duration;

/// CPU time the calling thread has used since it began.
///
/// On Unix this is `CLOCK_THREAD_CPUTIME_ID`. Elsewhere it is the time since
/// the thread's first call, which includes waiting: see [`IS_CPU_TIME`].
pub fn now() -> Duration {
    imp::thread()
}

/// CPU time all threads of this process have used; where there is no such
/// clock, zero.
pub fn process_now() -> Duration {
    imp::process()
}

/// Whether [`now`] is CPU time on this system, or wall time in its stead.
pub const IS_CPU_TIME: bool = cfg!(unix);

/// Measures one stretch of work of one thread.
///
/// ```
/// let timer = profiling::thread_cpu::ThreadCpuTimer::start();
/// let work: u64 = (0..1000).sum();
/// assert_eq!(work, 499_500);
/// assert!(timer.elapsed_ms() >= 0.0);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ThreadCpuTimer {
    start: Duration,
    // The start belongs to one thread's clock: sending it to another is a mistake.
    not_send: std::marker::PhantomData<*const ()>,
}

impl ThreadCpuTimer {
    /// Begins now, on this thread.
    pub fn start() -> Self {
        Self { start: now(), not_send: std::marker::PhantomData }
    }

    /// CPU time since the start.
    pub fn elapsed(&self) -> Duration {
        now().saturating_sub(self.start)
    }

    /// CPU time since the start, in ms.
    pub fn elapsed_ms(&self) -> f64 {
        self.elapsed().as_secs_f64() * 1000.0
    }

    /// CPU time since the start, in ms, and begins anew: one clock reading
    /// both ends a phase and starts the next.
    pub fn lap_ms(&mut self) -> f64 {
        let now = now();
        let lap = now.saturating_sub(self.start);
        self.start = now;
        lap.as_secs_f64() * 1000.0
    }
}

#[cfg(unix)]
mod imp {
    use std::time::Duration;

    use rustix::time::{ClockId, clock_gettime};

    pub(super) fn thread() -> Duration {
        read(ClockId::ThreadCPUTime)
    }

    pub(super) fn process() -> Duration {
        read(ClockId::ProcessCPUTime)
    }

    fn read(clock: ClockId) -> Duration {
        let time = clock_gettime(clock);
        // Never negative for these two clocks; zero rather than a panic if it were.
        let secs = u64::try_from(time.tv_sec).unwrap_or(0);
        let nanos = u32::try_from(time.tv_nsec).unwrap_or(0).min(999_999_999);
        Duration::new(secs, nanos)
    }
}

#[cfg(not(unix))]
mod imp {
    use std::time::{Duration, Instant};

    std::thread_local! {
        static FIRST: Instant = Instant::now();
    }

    pub(super) fn thread() -> Duration {
        FIRST.try_with(Instant::elapsed).unwrap_or_default()
    }

    pub(super) fn process() -> Duration {
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_takes_cpu_time() {
        let timer = ThreadCpuTimer::start();
        let mut x = 1_u64;
        while timer.elapsed() < Duration::from_millis(2) {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            std::hint::black_box(x);
        }
        assert!(timer.elapsed_ms() >= 2.0);
        assert!(!IS_CPU_TIME || process_now() >= Duration::from_millis(2));
    }

    #[test]
    fn sleeping_takes_next_to_none() {
        let timer = ThreadCpuTimer::start();
        std::thread::sleep(Duration::from_millis(30));
        assert!(!IS_CPU_TIME || timer.elapsed() < Duration::from_millis(30));
    }

    #[test]
    fn a_lap_begins_where_the_last_one_ended() {
        let mut timer = ThreadCpuTimer::start();
        let whole = timer;
        let laps = timer.lap_ms() + timer.lap_ms();
        assert!(laps <= whole.elapsed_ms() + 1e-9);
    }
}
