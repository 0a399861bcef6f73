//! The compiler thread: newest snapshot → schedule → callback, and old ones back to be freed.

use super::boundary::Stage;
use super::meters::TrackMeter;
use super::stage::{MakeSynth, StageBuilder};
use crate::model::Project;
use crate::sequence::Schedule;
use parking_lot::Mutex;
use profiling::{CacheCounters, HeapSize};
use rtrb::{Consumer, Producer};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What to play; the newest of each is what counts.
#[derive(Default)]
struct Mailbox {
    project: Option<Arc<Project>>,
    make: Option<MakeSynth>,
    rate: Option<u32>,
    /// Who waits for everything above to be published.
    waiting: Vec<flume::Sender<()>>,
    quit: bool,
}

impl Mailbox {
    /// Who has waited long enough once everything that was taken out is published: nobody
    /// while there is newer mail, which may be what they wait for.
    fn answered(&mut self) -> Vec<flume::Sender<()>> {
        let is_read = self.project.is_none() && self.make.is_none() && self.rate.is_none();
        if is_read { std::mem::take(&mut self.waiting) } else { Vec::new() }
    }
}

/// What the compiler says about its last schedule.
#[derive(Default)]
pub(super) struct Published {
    /// Heap bytes of all schedules that live, and of the compiler.
    pub(super) schedule_bytes: AtomicUsize,
    /// Heap bytes of what the callback has beside each schedule: places and level cells.
    pub(super) mixer_bytes: AtomicUsize,
    /// Heap bytes of the instruments, without their font.
    pub(super) synth_bytes: AtomicUsize,
    /// Plans kept from schedule to schedule.
    pub(super) plans: CacheCounters,
    /// Instruments made.
    pub(super) instruments: AtomicUsize,
    /// Time the last compilation took, in nanoseconds.
    pub(super) compile_nanos: AtomicU64,
    /// The level cells of the tracks.
    pub(super) cells: Mutex<Arc<[Arc<TrackMeter>]>>,
    /// The newest schedule, for who plays to MIDI ports.
    pub(super) newest: Mutex<Option<Arc<Schedule>>>,
}

/// The UI thread's handle on the compiler thread, which ends with it.
pub(super) struct Publisher {
    mailbox: Arc<Mutex<Mailbox>>,
    ring: flume::Sender<()>,
    pub(super) published: Arc<Published>,
    thread: Option<JoinHandle<()>>,
}

impl Publisher {
    /// Starts the thread; without one (the system refuses) nothing will be heard.
    pub(super) fn start(
        rate: u32,
        make: MakeSynth,
        stages: Producer<Box<Stage>>,
        returns: Consumer<Box<Stage>>,
    ) -> Self {
        let mailbox: Arc<Mutex<Mailbox>> = Arc::default();
        let (ring, bell) = flume::bounded(1);
        let builder = StageBuilder::new(rate, make);
        let published =
            Arc::new(Published { plans: builder.plans().clone(), ..Published::default() });
        let worker = Worker {
            mailbox: Arc::clone(&mailbox),
            published: Arc::clone(&published),
            stages,
            returns,
            builder,
            project: Arc::new(Project::new("")),
            stale: true,
            away: 0,
        };
        let thread = std::thread::Builder::new()
            .name("compiler".to_owned())
            .spawn(move || worker.run(&bell))
            .inspect_err(|error| log::error!("the compiler thread did not start: {error}"))
            .ok();
        let publisher = Self { mailbox, ring, published, thread };
        publisher.wake();
        publisher
    }

    /// Plays this from now on.
    pub(super) fn set_project(&self, project: Arc<Project>) {
        self.mailbox.lock().project = Some(project);
        self.wake();
    }

    /// Uses these instruments from now on.
    pub(super) fn set_instruments(&self, make: MakeSynth) {
        self.mailbox.lock().make = Some(make);
        self.wake();
    }

    /// Compiles for another rate from now on.
    pub(super) fn set_rate(&self, rate: u32) {
        self.mailbox.lock().rate = Some(rate);
        self.wake();
    }

    /// Becomes ready, or disconnected, once everything asked for so far is on its way.
    pub(super) fn settled(&self) -> flume::Receiver<()> {
        let (done, settled) = flume::bounded(1);
        if self.thread.is_some() {
            self.mailbox.lock().waiting.push(done);
            self.wake();
        }
        settled
    }

    fn wake(&self) {
        // Full means that it is being woken already.
        self.ring.try_send(()).ok();
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.mailbox.lock().quit = true;
        self.wake();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            log::error!("the compiler thread had panicked");
        }
    }
}

struct Worker {
    mailbox: Arc<Mutex<Mailbox>>,
    published: Arc<Published>,
    stages: Producer<Box<Stage>>,
    returns: Consumer<Box<Stage>>,
    builder: StageBuilder,
    project: Arc<Project>,
    /// Something changed since the last schedule.
    stale: bool,
    /// Schedules sent minus schedules that came back.
    away: usize,
}

impl Worker {
    fn run(mut self, bell: &flume::Receiver<()>) {
        loop {
            let patience = match (self.stale, self.away) {
                (true, _) => Some(Duration::from_millis(2)),
                // The last one stays with the callback.
                (false, 2..) => Some(Duration::from_millis(50)),
                _ => None,
            };
            let rung = match patience {
                Some(patience) => bell.recv_timeout(patience) != Err(disconnected()),
                None => bell.recv().is_ok(),
            };
            if !rung || !self.read_mail() {
                return;
            }
            while let Ok(old) = self.returns.pop() {
                drop(old);
                self.away = self.away.saturating_sub(1);
            }
            if self.stale && self.stages.slots() > 0 {
                self.publish();
            }
            if !self.stale {
                let answered = self.mailbox.lock().answered();
                for done in answered {
                    // Who does not wait any more needs no answer.
                    done.try_send(()).ok();
                }
            }
        }
    }

    /// False when it is time to go.
    fn read_mail(&mut self) -> bool {
        let mut mailbox = self.mailbox.lock();
        if let Some(project) = mailbox.project.take() {
            self.project = project;
            self.stale = true;
        }
        if let Some(rate) = mailbox.rate.take() {
            self.stale |= self.builder.set_rate(rate);
        }
        if let Some(make) = mailbox.make.take() {
            self.builder.set_instruments(make);
            self.stale = true;
        }
        !mailbox.quit
    }

    /// The newest schedule in full; those that are still with the callback, or on their way
    /// back, share its plans and have their own tables.
    fn weigh(&self, stage: &Stage) {
        let Self { published, builder, away, .. } = self;
        let schedule = &stage.schedule;
        let plans = schedule.heap_bytes();
        let schedules = plans + schedule.table_bytes() * away + builder.compiler_bytes();
        published.schedule_bytes.store(schedules, Ordering::Relaxed);
        published.plans.set_held(schedule.tracks.len() as u64, plans as u64);
        let mixer = stage.heap_bytes() * (away + 1) + builder.meter_bytes();
        published.mixer_bytes.store(mixer, Ordering::Relaxed);
        published.synth_bytes.store(builder.synth_bytes(), Ordering::Relaxed);
    }

    fn publish(&mut self) {
        let start = Instant::now();
        let stage = self.builder.build(&self.project);
        let nanos = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let schedule = &stage.schedule;
        let published = &self.published;
        published.compile_nanos.store(nanos, Ordering::Relaxed);
        self.weigh(&stage);
        published.instruments.store(self.builder.instruments(), Ordering::Relaxed);
        let any_port = schedule.tracks.iter().any(|entry| !entry.is_internal());
        // Plans are shared; only the table of tracks is copied.
        *published.newest.lock() = any_port.then(|| Arc::new(schedule.clone()));
        let mut cells = published.cells.lock();
        let same = cells.len() == stage.meters.len()
            && cells.iter().zip(&stage.meters).all(|(a, b)| Arc::ptr_eq(a, b));
        if !same {
            *cells = stage.meters.as_slice().into();
        }
        drop(cells);
        // There is room: it was looked at before, and only this end fills it.
        if self.stages.push(stage).is_ok() {
            self.away += 1;
        }
        self.stale = false;
    }
}

const fn disconnected() -> flume::RecvTimeoutError {
    flume::RecvTimeoutError::Disconnected
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_newer_mail_is_not_answered_for_the_older() {
        let (done, settled) = flume::bounded(1);
        let mut mailbox = Mailbox { waiting: vec![done], ..Mailbox::default() };
        mailbox.project = Some(Arc::new(Project::new("newer")));
        assert!(mailbox.answered().is_empty());
        mailbox.project = None;
        mailbox.rate = Some(44_100);
        assert!(mailbox.answered().is_empty());
        mailbox.rate = None;
        for done in mailbox.answered() {
            done.send(()).unwrap();
        }
        assert_eq!(settled.try_recv(), Ok(()));
        assert!(mailbox.waiting.is_empty());
    }
}
