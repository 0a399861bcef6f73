//! MIDI out: a thread with a timed queue that follows the callback's clock.
//!
//! Sleeps until 300 µs before the next message, then spins, and only while playing.

use super::clock::{ClockReading, PlayClock};
use super::dispatch::Dispatcher;
use super::ports;
use crate::sequence::{Message, Schedule};
use crate::time::TickRange;
use midir::MidiOutputConnection;
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long before a message the thread stops sleeping: a sleep ends up to that late.
const SPIN: Duration = Duration::from_micros(300);
/// At most this long between two looks at the clock while playing.
const LOOK: Duration = Duration::from_millis(2);
/// Live messages that may wait.
const QUEUE: usize = 1_024;
/// A port that could not be opened is tried again after this.
const RETRY: Duration = Duration::from_secs(2);

/// What the UI thread wants.
#[derive(Default)]
struct Job {
    schedule: Option<Arc<Schedule>>,
    changed: bool,
    looped: Option<TickRange>,
    now: Vec<(Arc<str>, [u8; 3])>,
    panic: bool,
    quit: bool,
}

/// The UI thread's handle on the MIDI-out thread, which starts when it is first needed.
pub struct Outputs {
    clock: Arc<PlayClock>,
    job: Arc<Mutex<Job>>,
    sent: Arc<AtomicU64>,
    followed: Option<Arc<Schedule>>,
    looped: Option<TickRange>,
    thread: Option<(JoinHandle<()>, flume::Sender<()>)>,
}

impl Outputs {
    /// Follows `clock`. Opens nothing yet.
    pub fn new(clock: Arc<PlayClock>) -> Self {
        Self {
            clock,
            job: Arc::default(),
            sent: Arc::default(),
            followed: None,
            looped: None,
            thread: None,
        }
    }

    /// Plays the port tracks of `schedule` from now on.
    pub fn follow(&mut self, schedule: Option<Arc<Schedule>>, looped: Option<TickRange>) {
        let same = match (&self.followed, &schedule) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (a, b) => a.is_none() && b.is_none(),
        };
        if same && self.looped == looped {
            return;
        }
        self.followed.clone_from(&schedule);
        self.looped = looped;
        {
            let mut job = self.job.lock();
            (job.schedule, job.looped, job.changed) = (schedule, looped, true);
        }
        if self.followed.is_some() || self.thread.is_some() {
            self.wake();
        }
    }

    /// Sends a channel message to a port at once.
    pub fn send_now(&mut self, port: &Arc<str>, bytes: [u8; 3]) {
        {
            let mut job = self.job.lock();
            if job.now.len() < QUEUE {
                job.now.push((Arc::clone(port), bytes));
            }
        }
        self.wake();
    }

    /// How many messages have gone out.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// All sound off on every channel of every port that is open.
    pub fn panic(&mut self) {
        if self.thread.is_some() {
            self.job.lock().panic = true;
            self.wake();
        }
    }

    fn wake(&mut self) {
        if self.thread.is_none() {
            let (ring, bell) = flume::bounded(1);
            let (clock, job) = (Arc::clone(&self.clock), Arc::clone(&self.job));
            let sent = Arc::clone(&self.sent);
            self.thread = std::thread::Builder::new()
                .name("midi-out".to_owned())
                .spawn(move || run(&clock, &job, sent, &bell))
                .inspect_err(|error| log::error!("the MIDI-out thread did not start: {error}"))
                .ok()
                .map(|thread| (thread, ring));
        }
        if let Some((_, ring)) = &self.thread {
            // Full means that it is being woken already.
            ring.try_send(()).ok();
        }
    }
}

impl Drop for Outputs {
    fn drop(&mut self) {
        self.job.lock().quit = true;
        if let Some((thread, ring)) = self.thread.take() {
            ring.try_send(()).ok();
            if thread.join().is_err() {
                log::error!("the MIDI-out thread had panicked");
            }
        }
    }
}

fn run(clock: &PlayClock, job: &Mutex<Job>, sent: Arc<AtomicU64>, bell: &flume::Receiver<()>) {
    let mut ports = Ports { sent, open: HashMap::new() };
    let mut dispatcher = Dispatcher::default();
    let mut flow = Flow::default();
    let mut limits = (None, 48_000_u32);
    loop {
        let (changed, now, panic, quit, schedule, looped) = {
            let mut job = job.lock();
            let changed = std::mem::take(&mut job.changed);
            let schedule = if changed { job.schedule.take() } else { None };
            let now = std::mem::take(&mut job.now);
            (changed, now, std::mem::take(&mut job.panic), job.quit, schedule, job.looped)
        };
        if changed {
            limits = schedule
                .as_ref()
                .map_or((None, 48_000), |s| (looped.map(|range| s.frame(range.end())), s.rate));
            dispatcher.set_schedule(schedule, |port, message| ports.send(port, message));
        }
        for (port, [status, data1, data2]) in now {
            ports.send(&port, Message { status, data1, data2 });
        }
        if panic {
            ports.panic();
        }
        if quit {
            dispatcher.stop(|port, message| ports.send(port, message));
            return;
        }
        let reading = clock.read().filter(|_| !dispatcher.is_idle());
        let Some(reading) = reading.filter(|reading| reading.playing) else {
            dispatcher.stop(|port, message| ports.send(port, message));
            // Stopped: a look now and then notices the start; without port tracks, none.
            let rung = if dispatcher.is_idle() {
                bell.recv().is_ok()
            } else {
                bell.recv_timeout(LOOK * 2) != Err(flume::RecvTimeoutError::Disconnected)
            };
            if !rung {
                return;
            }
            continue;
        };
        let (end, rate) = limits;
        let limit = end.filter(|end| reading.position < *end).unwrap_or(u64::MAX);
        let frame = flow.frame(reading, Instant::now(), rate);
        let next =
            dispatcher.advance(reading, frame, limit, |port, message| ports.send(port, message));
        wait(next.map(|next| flow.instant(next, rate)), bell);
    }
}

fn wait(until: Option<Instant>, bell: &flume::Receiver<()>) {
    let left = until.map_or(LOOK, |until| until.saturating_duration_since(Instant::now()));
    if left > SPIN {
        // Whether the bell rang or the time is up: the caller looks at everything again.
        bell.recv_timeout(left.saturating_sub(SPIN).min(LOOK)).ok();
        return;
    }
    while until.is_some_and(|until| Instant::now() < until) {
        std::hint::spin_loop();
    }
}

/// Turns the callback's block-wise clock into a steady one: blocks start a little early
/// or late, and messages should not.
#[derive(Default)]
struct Flow {
    anchor: Option<(u64, Instant, u64)>,
}

impl Flow {
    fn frame(&mut self, reading: ClockReading, now: Instant, rate: u32) -> u64 {
        let (position, at) = match self.anchor {
            Some((position, at, jumps)) if jumps == reading.jumps => {
                let expected = at + frames(reading.position.saturating_sub(position), rate);
                let late = reading.at.saturating_duration_since(expected).as_secs_f64();
                let early = expected.saturating_duration_since(reading.at).as_secs_f64();
                if late > 0.02 || early > 0.02 || reading.position < position {
                    (reading.position, reading.at)
                } else {
                    // One part in sixteen of the difference: a slow loop that follows drift.
                    let nudge = Duration::from_secs_f64((late + early) / 16.0);
                    let steady = if late > early {
                        Some(expected + nudge)
                    } else {
                        expected.checked_sub(nudge)
                    };
                    (reading.position, steady.unwrap_or(expected))
                }
            }
            _ => (reading.position, reading.at),
        };
        self.anchor = Some((position, at, reading.jumps));
        let since = now.saturating_duration_since(at).as_secs_f64();
        position + (since * f64::from(rate)) as u64
    }

    fn instant(&self, frame: u64, rate: u32) -> Instant {
        self.anchor.map_or_else(Instant::now, |(position, at, _)| {
            at + frames(frame.saturating_sub(position), rate)
        })
    }
}

fn frames(count: u64, rate: u32) -> Duration {
    Duration::from_secs_f64(count as f64 / f64::from(rate.max(1)))
}

struct Ports {
    sent: Arc<AtomicU64>,
    open: HashMap<Arc<str>, Result<MidiOutputConnection, Instant>>,
}

impl Ports {
    fn send(&mut self, name: &str, message: Message) {
        let bytes = message.bytes();
        let Some(bytes) = bytes.get(..message.len_on_wire()) else { return };
        let now = Instant::now();
        let connection = match self.open.remove(name) {
            Some(Ok(connection)) => Ok(connection),
            Some(Err(failed)) if now < failed + RETRY => Err(failed),
            _ => connect(name).map_err(|why| {
                log::warn!("MIDI output {name} stays closed: {why}");
                now
            }),
        };
        let sent = connection.and_then(|mut connection| match connection.send(bytes) {
            Ok(()) => {
                self.sent.fetch_add(1, Ordering::Relaxed);
                Ok(connection)
            }
            Err(error) => {
                log::warn!("MIDI output {name} closed: {error}");
                Err(now)
            }
        });
        self.open.insert(name.into(), sent);
    }

    fn panic(&mut self) {
        let names: Vec<Arc<str>> = self.open.keys().cloned().collect();
        for name in names {
            for channel in 0..16 {
                self.send(&name, Message::control(channel, 64, 0));
                self.send(&name, Message::control(channel, 123, 0));
                self.send(&name, Message::control(channel, 120, 0));
            }
        }
    }
}

fn connect(name: &str) -> Result<MidiOutputConnection, String> {
    let midi = ports::open_output()?;
    let port = ports::find(&midi, name).ok_or("there is no such port")?;
    midi.connect(&port, "output").map_err(|error| error.to_string())
}
