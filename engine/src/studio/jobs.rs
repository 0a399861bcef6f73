//! Background work: who is at it, how far, and what came of it.

use super::Wake;
use crate::edit::Watch;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Names a piece of background work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JobId(u64);

/// A piece of background work as the status bar shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    /// Its name for [`super::Studio::cancel_job`].
    pub id: JobId,
    /// What it does, such as "Opening song.mid".
    pub label: String,
    /// How much is done, 0..=1, where it can be known.
    pub progress: Option<f32>,
    /// How long it will go on as it did so far; after a second, and where progress is known.
    pub left: Option<Duration>,
}

/// What a worker may ask of its job while it runs, and what it says of its progress.
#[derive(Clone, Debug, Default)]
pub(super) struct Ticket {
    watch: Arc<Watch>,
    measured: Arc<AtomicBool>,
}

impl Ticket {
    /// Says how much is done; false when the work is no longer wanted.
    pub(super) fn reached(&self, share: f32) -> bool {
        self.watch().reached(share).is_ok()
    }

    /// For work that says by itself how far it is.
    pub(super) fn watch(&self) -> &Watch {
        self.measured.store(true, Ordering::Relaxed);
        &self.watch
    }

    /// For work that can be given up but does not say how far it is.
    pub(super) fn silent(&self) -> &Watch {
        &self.watch
    }

    fn progress(&self) -> Option<f32> {
        self.measured.load(Ordering::Relaxed).then(|| self.watch.progress())
    }
}

/// What a worker brings back. Big values come boxed inside the closure.
pub(super) type Outcome = Box<dyn FnOnce(&mut super::Studio) -> Vec<super::StudioEvent> + Send>;

struct Running {
    id: JobId,
    label: String,
    ticket: Ticket,
    started: Instant,
}

/// All background work of a studio.
pub(super) struct Jobs {
    running: Vec<Running>,
    next: u64,
    sender: flume::Sender<(JobId, Outcome)>,
    receiver: flume::Receiver<(JobId, Outcome)>,
    wake: Wake,
}

/// Outcomes waiting to be polled; a worker waits when there are more.
const MAX_WAITING: usize = 64;

impl Jobs {
    pub(super) fn new(wake: Wake) -> Self {
        let (sender, receiver) = flume::bounded(MAX_WAITING);
        Self { running: Vec::new(), next: 1, sender, receiver, wake }
    }

    /// Runs `work` on a thread of its own.
    ///
    /// # Errors
    ///
    /// When the system gives no thread; the work is not done then.
    pub(super) fn start(
        &mut self,
        label: String,
        work: impl FnOnce(&Ticket) -> Outcome + Send + 'static,
    ) -> std::io::Result<JobId> {
        let id = JobId(self.next);
        self.next += 1;
        let ticket = Ticket::default();
        let (sender, wake, own) = (self.sender.clone(), Arc::clone(&self.wake), ticket.clone());
        let name = label.clone();
        std::thread::Builder::new().name("worker".to_owned()).spawn(move || {
            // Whatever the work leaves half done goes down with it: nothing of it is shared.
            let done = std::panic::catch_unwind(AssertUnwindSafe(|| {
                puffin::profile_scope!("job", name.as_str());
                work(&own)
            }));
            let outcome = done.unwrap_or_else(|_| {
                Box::new(move |studio: &mut super::Studio| studio.broke(id, &name))
            });
            // A closed channel means that the studio is gone: nobody waits for this.
            drop(sender.send((id, outcome)));
            wake();
        })?;
        self.running.push(Running { id, label, ticket, started: Instant::now() });
        Ok(id)
    }

    /// Forgets a job; its outcome is dropped when it comes.
    pub(super) fn cancel(&mut self, id: JobId) {
        self.running.retain(|job| {
            if job.id == id {
                job.ticket.watch.cancel();
            }
            job.id != id
        });
    }

    /// What has come back, less what was cancelled.
    pub(super) fn take(&mut self) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        while let Ok((id, outcome)) = self.receiver.try_recv() {
            if self.running.iter().any(|job| job.id == id) {
                self.running.retain(|job| job.id != id);
                outcomes.push(outcome);
            }
        }
        outcomes
    }

    pub(super) fn list(&self) -> Vec<Job> {
        let job = |running: &Running| {
            let progress = running.ticket.progress();
            let elapsed = running.started.elapsed();
            let known = progress.filter(|done| *done > 0.02 && elapsed > Duration::from_secs(1));
            Job {
                id: running.id,
                label: running.label.clone(),
                progress,
                left: known.map(|done| elapsed.mul_f32((1.0 - done).max(0.0) / done)),
            }
        };
        self.running.iter().map(job).collect()
    }
}
