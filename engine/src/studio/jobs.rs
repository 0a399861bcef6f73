//! Background work: who is at it, how far, and what came of it.

use super::Wake;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Names a piece of background work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct JobId(u64);

/// A piece of background work as the status bar shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its name for [`super::Studio::cancel_job`].
    pub id: JobId,
    /// What it does, such as "Opening song.mid".
    pub label: String,
}

/// What a worker may ask of its job while it runs.
#[derive(Clone, Debug)]
pub(super) struct Ticket {
    cancelled: Arc<AtomicBool>,
}

impl Ticket {
    /// Whether the work is no longer wanted.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}

/// What a worker brings back. Big values come boxed inside the closure.
pub(super) type Outcome = Box<dyn FnOnce(&mut super::Studio) -> Vec<super::StudioEvent> + Send>;

struct Running {
    id: JobId,
    label: String,
    ticket: Ticket,
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
        let ticket = Ticket { cancelled: Arc::new(AtomicBool::new(false)) };
        let (sender, wake, own) = (self.sender.clone(), Arc::clone(&self.wake), ticket.clone());
        let name = label.clone();
        std::thread::Builder::new().name("worker".to_owned()).spawn(move || {
            let outcome = {
                puffin::profile_scope!("job", name);
                work(&own)
            };
            // A closed channel means that the studio is gone: nobody waits for this.
            drop(sender.send((id, outcome)));
            wake();
        })?;
        self.running.push(Running { id, label, ticket });
        Ok(id)
    }

    /// Forgets a job; its outcome is dropped when it comes.
    pub(super) fn cancel(&mut self, id: JobId) {
        self.running.retain(|job| {
            if job.id == id {
                job.ticket.cancelled.store(true, Ordering::Relaxed);
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
        let job = |running: &Running| Job { id: running.id, label: running.label.clone() };
        self.running.iter().map(job).collect()
    }
}
