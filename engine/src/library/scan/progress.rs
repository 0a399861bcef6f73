//! How far a scan is: counters that any thread may read, and the wish to stop.

use profiling::thread_cpu;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Ends a scan early; clones share one wish. What was written stays, and the next scan goes on
/// from there.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks for the end.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the end was asked for.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a running scan has done so far; clones share the counters.
#[derive(Clone, Debug)]
pub struct Progress(Arc<Counters>);

#[derive(Debug)]
struct Counters {
    started: Instant,
    cells: [AtomicU64; Count::ALL],
    walked: AtomicBool,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Count {
    /// MIDI files and archives found, and archives' members.
    Seen,
    /// Not read, since size and time are those of the last scan.
    Unchanged,
    /// Read, analysed and handed to the writer.
    Analysed,
    /// Of those, mended.
    Salvaged,
    /// Refused, with a reason.
    Failed,
    /// Bytes read.
    Bytes,
    /// Rows committed.
    Written,
    /// Files whose tempo was heard in their notes.
    TempoHeard,
    /// Nanoseconds spent listing folders.
    WalkNanos,
    /// Nanoseconds of CPU spent getting bytes.
    FetchNanos,
    /// Nanoseconds of CPU spent hashing, parsing and analysing.
    AnalyseNanos,
    /// Nanoseconds of CPU spent writing.
    WriteNanos,
}

impl Count {
    const ALL: usize = Self::WriteNanos as usize + 1;
}

impl Default for Progress {
    fn default() -> Self {
        Self(Arc::new(Counters {
            started: Instant::now(),
            cells: std::array::from_fn(|_| AtomicU64::new(0)),
            walked: AtomicBool::new(false),
        }))
    }
}

impl Progress {
    /// The value of a counter now.
    pub fn get(&self, count: Count) -> u64 {
        self.cell(count).load(Ordering::Relaxed)
    }

    /// How long the scan runs.
    pub fn elapsed(&self) -> Duration {
        self.0.started.elapsed()
    }

    /// Whether every folder was listed, so that [`Count::Seen`] is the whole (but for members of
    /// archives that were not opened yet).
    pub fn is_walked(&self) -> bool {
        self.0.walked.load(Ordering::Acquire)
    }

    /// Files that are done with, whatever became of them.
    pub fn done(&self) -> u64 {
        [Count::Unchanged, Count::Analysed, Count::Failed].map(|count| self.get(count)).iter().sum()
    }

    /// Time left at the mean rate so far; `None` before the whole is known.
    pub fn time_left(&self) -> Option<Duration> {
        let (done, seen) = (self.done(), self.get(Count::Seen));
        if !self.is_walked() || done == 0 {
            return None;
        }
        let left = seen.saturating_sub(done) as f64 / done as f64;
        Duration::try_from_secs_f64(self.elapsed().as_secs_f64() * left).ok()
    }

    pub(super) fn add(&self, count: Count, more: u64) {
        self.cell(count).fetch_add(more, Ordering::Relaxed);
    }

    pub(super) fn set_walked(&self) {
        self.0.walked.store(true, Ordering::Release);
    }

    fn cell(&self, count: Count) -> &AtomicU64 {
        // An enum without gaps indexes an array of its own length.
        self.0.cells.get(count as usize).unwrap_or(&self.0.cells[0])
    }
}

/// Adds the CPU time of its thread to a counter when it is dropped.
pub(super) struct Timer<'a> {
    progress: &'a Progress,
    count: Count,
    started: Duration,
}

impl<'a> Timer<'a> {
    pub(super) fn start(progress: &'a Progress, count: Count) -> Self {
        Self { progress, count, started: thread_cpu::now() }
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        let spent = thread_cpu::now().saturating_sub(self.started);
        self.progress.add(self.count, u64::try_from(spent.as_nanos()).unwrap_or(u64::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_told_once_the_whole_is_known() {
        let progress = Progress::default();
        progress.add(Count::Seen, 10);
        progress.add(Count::Analysed, 4);
        progress.add(Count::Failed, 1);
        assert_eq!((progress.done(), progress.time_left()), (5, None));
        progress.set_walked();
        let (elapsed, left) = (progress.elapsed(), progress.time_left().unwrap());
        assert!(left >= elapsed);
    }
}
