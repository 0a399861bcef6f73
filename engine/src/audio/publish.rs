//! The compiler thread: newest snapshot → schedule → callback, and old ones back to be freed.
//!
//! Also makes the instruments, since they too must be made and freed away from the callback.

use super::boundary::{Pool, Stage, TrackState};
use super::meters::TrackMeter;
use super::rt::Slot;
use super::synth::Synth;
use crate::model::{Project, TrackId};
use crate::sequence::{Compiler, Schedule};
use parking_lot::Mutex;
use rtrb::{Consumer, Producer};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Instruments at most: as many tracks sound at once, and more take turns.
const MOST_INSTRUMENTS: usize = 256;
/// Instruments kept ready beyond what the schedule needs, for live notes.
const SPARE_INSTRUMENTS: usize = 2;

/// Makes a synthesizer for a rate in frames per second and a polyphony; `None` if it cannot.
pub(super) type MakeSynth = Arc<dyn Fn(u32, u16) -> Option<Box<dyn Synth>> + Send + Sync>;

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

/// What the compiler says about its last schedule.
#[derive(Default)]
pub(super) struct Published {
    /// Heap bytes of the schedule.
    pub(super) schedule_bytes: AtomicUsize,
    /// Instruments made.
    pub(super) instruments: AtomicUsize,
    /// Time the last compilation took, in nanoseconds.
    pub(super) compile_nanos: AtomicU64,
    /// Frame after the last message.
    pub(super) end: AtomicU64,
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
        let mailbox = Arc::new(Mutex::new(Mailbox { make: Some(make), ..Mailbox::default() }));
        let published = Arc::new(Published::default());
        let (ring, bell) = flume::bounded(1);
        let worker = Worker {
            mailbox: Arc::clone(&mailbox),
            published: Arc::clone(&published),
            stages,
            returns,
            compiler: Compiler::new(),
            project: Arc::new(Project::new("")),
            rate,
            make: None,
            instruments: 0,
            stale: true,
            fresh: false,
            away: 0,
            meters: HashMap::new(),
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
    compiler: Compiler,
    project: Arc<Project>,
    rate: u32,
    make: Option<MakeSynth>,
    /// How many instruments the callback has or is about to get.
    instruments: usize,
    /// Something changed since the last schedule.
    stale: bool,
    /// The instruments are to be made anew.
    fresh: bool,
    /// Schedules sent minus schedules that came back.
    away: usize,
    meters: HashMap<TrackId, Arc<TrackMeter>>,
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
                let waiting = std::mem::take(&mut self.mailbox.lock().waiting);
                waiting.into_iter().for_each(|done| drop(done.try_send(())));
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
        if let Some(rate) = mailbox.rate.take().filter(|rate| *rate != self.rate) {
            self.rate = rate;
            (self.stale, self.fresh) = (true, true);
        }
        if let Some(make) = mailbox.make.take() {
            self.make = Some(make);
            (self.stale, self.fresh) = (true, true);
        }
        !mailbox.quit
    }

    fn publish(&mut self) {
        let start = std::time::Instant::now();
        let schedule = self.compiler.compile(&self.project, self.rate);
        let nanos = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let published = Arc::clone(&self.published);
        published.compile_nanos.store(nanos, Ordering::Relaxed);
        published.schedule_bytes.store(schedule.heap_bytes(), Ordering::Relaxed);
        published.end.store(u64::from(schedule.end), Ordering::Relaxed);
        *published.newest.lock() =
            schedule.tracks.iter().any(|entry| !entry.is_internal()).then(|| {
                // Plans are shared; only the table of tracks is copied.
                Arc::new(schedule.clone())
            });
        let meters = self.meters_of(&schedule);
        let pool = self.pool_for(&schedule);
        published.instruments.store(self.instruments, Ordering::Relaxed);
        let stage = Box::new(Stage {
            tracks: vec![TrackState::default(); schedule.tracks.len()],
            meters,
            pool,
            fresh: std::mem::take(&mut self.fresh),
            schedule,
        });
        // There is room: it was looked at before, and only this end fills it.
        if self.stages.push(stage).is_ok() {
            self.away += 1;
        }
        self.stale = false;
    }

    fn meters_of(&mut self, schedule: &Schedule) -> Vec<Arc<TrackMeter>> {
        let mut known = std::mem::take(&mut self.meters);
        let meters: Vec<Arc<TrackMeter>> = schedule
            .tracks
            .iter()
            .map(|entry| {
                known.remove(&entry.id).unwrap_or_else(|| Arc::new(TrackMeter::new(entry.id)))
            })
            .collect();
        let mut cells = self.published.cells.lock();
        let same = cells.len() == meters.len()
            && cells.iter().zip(&meters).all(|(a, b)| Arc::ptr_eq(a, b));
        if !same {
            *cells = meters.clone().into();
        }
        self.meters = meters.iter().map(|meter| (meter.id, Arc::clone(meter))).collect();
        meters
    }

    /// A new pool, if the callback's is too small or of the wrong kind.
    fn pool_for(&mut self, schedule: &Schedule) -> Option<Pool> {
        let wanted =
            (schedule.most_sounding + SPARE_INSTRUMENTS).next_multiple_of(8).min(MOST_INSTRUMENTS);
        if !self.fresh && wanted <= self.instruments {
            return None;
        }
        let make = self.make.as_ref()?;
        let kept = if self.fresh { 0 } else { self.instruments };
        let polyphony = polyphony(wanted);
        let mut pool: Pool = Vec::with_capacity(wanted);
        pool.resize_with(kept, || None);
        while pool.len() < wanted {
            let Some(synth) = make(self.rate, polyphony) else { break };
            pool.push(Some(Box::new(Slot::new(synth, self.rate))));
        }
        self.instruments = pool.len();
        Some(pool)
    }
}

/// Few instruments may have many voices each; many share what the processor can do.
fn polyphony(instruments: usize) -> u16 {
    match instruments {
        0..=16 => 128,
        17..=64 => 64,
        _ => 32,
    }
}

const fn disconnected() -> flume::RecvTimeoutError {
    flume::RecvTimeoutError::Disconnected
}
