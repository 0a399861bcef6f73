//! The last stage: what the others have found goes into the index, in batches.

use super::progress::{Cancel, Count, Progress, Timer};
use crate::library::row::{Place, Row};
use crate::library::store::{Failure, Store, StoreError, Writer};
use flume::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Rows of one transaction.
pub(super) const ROWS: usize = 2_000;
/// A batch is written after this time even when it is not full, so that a slow disk shows
/// results too.
const PATIENCE: Duration = Duration::from_millis(500);

/// What happened to a file.
#[derive(Debug)]
pub(super) enum News {
    /// It was analysed.
    Row(Box<Row>),
    /// It was refused.
    Failed(Failure),
    /// It is not there.
    Absent(u32),
    /// It was absent and is there again.
    Present(u32),
    /// It was refused, and is not there.
    NoLongerFailed(Place),
}

/// What was written, and the writer, to end with.
pub(super) struct Done {
    pub(super) writer: Writer,
    pub(super) absent: u64,
}

/// Writes until all others have hung up. On an error it hangs up, and so ends them.
#[expect(clippy::needless_pass_by_value, reason = "dropping it is what tells the others")]
pub(super) fn write_news(
    store: &Store,
    ready: Receiver<Vec<News>>,
    rows: usize,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<Done, StoreError> {
    let mut writer = store.writer()?;
    let mut batch = Batch::default();
    let mut since = Instant::now();
    let mut absent = 0;
    loop {
        let next = ready.recv_timeout(PATIENCE);
        let is_over = matches!(next, Err(RecvTimeoutError::Disconnected));
        next.into_iter().flatten().for_each(|news| batch.add(news));
        if is_over || batch.rows.len() >= rows || since.elapsed() >= PATIENCE {
            let timer = Timer::start(progress, Count::WriteNanos);
            absent += batch.absent.len() as u64;
            let written = batch.write(&mut writer)?;
            drop(timer);
            progress.add(Count::Written, written);
            since = Instant::now();
        }
        // What waits in the channel when the scan is cancelled is given up: it is redone.
        if is_over || cancel.is_set() {
            return Ok(Done { writer, absent });
        }
    }
}

#[derive(Default)]
struct Batch {
    rows: Vec<Row>,
    failures: Vec<Failure>,
    absent: Vec<u32>,
    present: Vec<u32>,
    no_longer_failed: Vec<Place>,
}

impl Batch {
    fn add(&mut self, news: News) {
        match news {
            News::Row(row) => self.rows.push(*row),
            News::Failed(failure) => self.failures.push(failure),
            News::Absent(id) => self.absent.push(id),
            News::Present(id) => self.present.push(id),
            News::NoLongerFailed(place) => self.no_longer_failed.push(place),
        }
    }

    /// Writes and empties the batch; gives how many rows there were.
    fn write(&mut self, writer: &mut Writer) -> Result<u64, StoreError> {
        let Self { rows, failures, absent, present, no_longer_failed } = std::mem::take(self);
        if !rows.is_empty() {
            writer.write(&rows)?;
        }
        if !failures.is_empty() {
            writer.fail(&failures)?;
        }
        for (ids, is_absent) in [(absent, true), (present, false)] {
            if !ids.is_empty() {
                writer.set_absent(&ids, is_absent)?;
            }
        }
        for place in &no_longer_failed {
            writer.unfail(place)?;
        }
        Ok(rows.len() as u64)
    }
}
