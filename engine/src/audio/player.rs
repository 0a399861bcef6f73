//! The interface's handle on the sound: transport, live notes, meters, device.
//!
//! Lives on the UI thread and never waits for the callback. Every wish is a numbered
//! command; until the callback has carried it out, [`Player::view`] shows the wish.

use super::boundary::{BlockReport, Command, Numbered, Shared};
use super::device::{DeviceState, Seat};
use super::meters::Meters;
use super::publish::Publisher;
use super::rt::{Ends, Renderer};
use super::soundfont::SoundFont;
use super::stage::MakeSynth;
use super::synth::{RustySynth, Synth, SynthConfig};
use crate::model::{Output, Project, TrackId};
use crate::sequence::Schedule;
use crate::time::{Tick, TickRange};
use profiling::{CacheCounters, HeapSize};
use rtrb::{Consumer, Producer, RingBuffer};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Commands that may wait for the callback.
const COMMANDS: usize = 1_024;
/// Block reports that may wait for the interface: five seconds at 256 frames.
const REPORTS: usize = 1_024;
/// Schedules on the way in, and as many places on the way out, and one more to be sure.
const STAGES: usize = 4;
/// Blocks that the 99th percentile is taken over.
const WINDOW: usize = 2_048;

/// Between two looks at that percentile, unless so many blocks have come since: a run
/// without a device plays faster than the clock.
const PERCENTILE_EVERY: Duration = Duration::from_millis(200);
const PERCENTILE_BLOCKS: usize = 64;

/// How the engine runs when nobody says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayerConfig {
    /// Frames per second, unless the device insists on another rate.
    pub rate: u32,
    /// Frames per block that the device is asked for.
    pub block: u32,
}

impl Default for PlayerConfig {
    fn default() -> Self {
        Self { rate: 48_000, block: 256 }
    }
}

/// Where the transport stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TransportView {
    /// Whether it plays.
    pub playing: bool,
    /// Position in ticks, with its fraction.
    pub position: f64,
    /// Position in seconds.
    pub secs: f64,
    /// What is repeated.
    pub loop_range: Option<TickRange>,
    /// Whether clicks are on.
    pub metronome: bool,
}

/// How the callback is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AudioStats {
    /// Share of the time that the callback takes, smoothed; 1 is all of it.
    pub load: f32,
    /// Wall time of a callback at the 99th percentile, in microseconds.
    pub callback_p99_us: f64,
    /// Time a block lasts, in microseconds.
    pub budget_us: f64,
    /// Blocks that came too late, and those the device reports, since the start.
    pub dropouts: u64,
    /// Voices that sound.
    pub voices: usize,
    /// The most voices that ever sounded.
    pub voices_max: usize,
    /// Instruments that were rendered in the last block.
    pub instruments_active: usize,
    /// Instruments in the pool.
    pub instruments: usize,
    /// Schedules that the callback has taken since the start.
    pub schedules: u64,
    /// Heap bytes of the schedules that live, and of what compiling keeps.
    pub schedule_bytes: usize,
    /// Heap bytes of levels and of the places that the callback keeps.
    pub mixer_bytes: usize,
    /// Heap bytes of the instruments, without their font.
    pub synth_bytes: usize,
    /// Time the last compilation took, in microseconds.
    pub compile_us: f64,
}

/// Plays a song. Dropping it stops the threads and closes the device.
pub struct Player {
    config: PlayerConfig,
    shared: Arc<Shared>,
    commands: Producer<Numbered>,
    reports: Consumer<BlockReport>,
    publisher: Publisher,
    seat: Seat,
    outputs: crate::io::Outputs,
    project: Arc<Project>,
    serial: u64,
    /// Commands that found the queue full; they go before any other.
    backlog: VecDeque<Numbered>,
    wish: TransportView,
    meters: Meters,
    metered: Instant,
    /// Frames rendered here since the meters last moved.
    rendered: usize,
    window: VecDeque<BlockReport>,
    /// The 99th percentile of the window, in microseconds, and when it was taken.
    p99: (f64, Option<Instant>),
    /// Time a whole block lasts, in microseconds: the longest of the window, since a run
    /// without a device plays parts of blocks too.
    budget_us: f64,
    /// Blocks since the percentile was taken.
    fresh: usize,
}

impl Player {
    /// Starts the compiler thread; nothing sounds until [`Self::open_device`] or
    /// [`Self::advance_offline`]. `wake` is called from other threads when the interface
    /// has something new to show.
    pub fn new(
        config: PlayerConfig,
        font: Arc<SoundFont>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        Self::with_synth(config, instruments_of(font), wake)
    }

    /// The same with instruments of the caller's, for tests.
    pub(super) fn with_synth(
        config: PlayerConfig,
        make: MakeSynth,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        let (command_sender, commands) = RingBuffer::new(COMMANDS);
        let (reports, report_receiver) = RingBuffer::new(REPORTS);
        let (stage_sender, stages) = RingBuffer::new(STAGES);
        let (returns, return_receiver) = RingBuffer::new(STAGES + 1);
        let shared = Arc::new(Shared::default());
        let ends = Ends { commands, reports, stages, returns };
        let renderer = Box::new(Renderer::new(config.rate, ends, Arc::clone(&shared)));
        let outputs = crate::io::Outputs::new(Arc::clone(&shared.clock));
        Self {
            config,
            commands: command_sender,
            reports: report_receiver,
            publisher: Publisher::start(config.rate, make, stage_sender, return_receiver),
            seat: Seat::new(renderer, Arc::clone(&shared), wake),
            outputs,
            shared,
            project: Arc::new(Project::new("")),
            serial: 0,
            backlog: VecDeque::new(),
            wish: TransportView::default(),
            meters: Meters::default(),
            metered: Instant::now(),
            rendered: 0,
            window: VecDeque::with_capacity(WINDOW),
            p99: (0.0, None),
            budget_us: 0.0,
            fresh: 0,
        }
    }

    /// Opens the system's default output and plays through it. Without one the transport
    /// runs in silence, which is a normal state.
    pub fn open_device(&mut self) -> DeviceState {
        let Self { seat, publisher, config, .. } = self;
        seat.open(config.block, |renderer, rate| {
            publisher.set_rate(rate);
            settle(publisher, renderer);
        });
        self.seat.state().clone()
    }

    /// The device and how it does.
    pub fn device(&self) -> &DeviceState {
        self.seat.state()
    }

    /// Plays this snapshot from now on. Costs nothing here; the compiler thread takes the
    /// newest one.
    pub fn set_project(&mut self, project: Arc<Project>) {
        self.project = Arc::clone(&project);
        self.publisher.set_project(project);
    }

    /// Plays with this font from now on; what sounds is cut.
    pub fn set_font(&mut self, font: Arc<SoundFont>) {
        self.publisher.set_instruments(instruments_of(font));
    }

    /// Starts from where the transport stands.
    pub fn play(&mut self) {
        self.wish = TransportView { playing: true, ..self.view() };
        self.send(Command::Play);
    }

    /// Stops and lets every note go.
    pub fn stop(&mut self) {
        self.wish = TransportView { playing: false, ..self.view() };
        self.send(Command::Stop);
    }

    /// Goes to `tick`, playing or not.
    pub fn seek(&mut self, tick: Tick) {
        let secs = self.project.conductor.tempo.secs_from_tick(tick);
        self.wish = TransportView { position: tick.0 as f64, secs, ..self.view() };
        self.send(Command::Seek(tick));
    }

    /// Repeats `range`; an empty one and `None` end it.
    pub fn set_loop(&mut self, range: Option<TickRange>) {
        let range = range.filter(|range| !range.is_empty());
        self.wish = TransportView { loop_range: range, ..self.view() };
        self.send(Command::Loop(range));
    }

    /// Turns the clicks on or off.
    pub fn set_metronome(&mut self, on: bool) {
        self.wish = TransportView { metronome: on, ..self.view() };
        self.send(Command::Metronome(on));
    }

    /// Plays a channel message on a track, now, through the track's instrument or port and
    /// on its channel.
    pub fn live(&mut self, track: TrackId, message: [u8; 3]) {
        match self.project.track(track).map(|track| (&track.output, track.channel)) {
            Some((Output::Port(port), channel)) => {
                let [status, data1, data2] = message;
                let status = (status & 0xF0) | channel.index();
                self.outputs.send_now(port, [status, data1, data2]);
            }
            _ => self.send(Command::Live(track, message)),
        }
    }

    /// Silences everything at once, ports included.
    pub fn panic(&mut self) {
        self.send(Command::Panic);
        self.outputs.panic();
    }

    /// How many messages have gone to MIDI ports.
    pub fn midi_sent(&self) -> u64 {
        self.outputs.sent()
    }

    /// Where the transport stands; a wish shows at once.
    pub fn view(&self) -> TransportView {
        if self.shared.done() < self.serial {
            return self.wish;
        }
        let (position, secs) = self.shared.position();
        TransportView { playing: self.shared.is_playing(), position, secs, ..self.wish }
    }

    /// The levels as of the last [`Self::poll`].
    pub const fn meters(&self) -> &Meters {
        &self.meters
    }

    /// How the callback is doing, as of the last [`Self::poll`]. Costs nothing.
    pub fn stats(&self) -> AudioStats {
        let published = &self.publisher.published;
        AudioStats {
            load: self.shared.load(),
            callback_p99_us: self.p99.0,
            budget_us: self.budget_us,
            dropouts: self.shared.dropouts.load(Ordering::Relaxed),
            voices: self.shared.voices.load(Ordering::Relaxed) as usize,
            voices_max: self.shared.voices_max.load(Ordering::Relaxed) as usize,
            instruments_active: self.shared.instruments.load(Ordering::Relaxed) as usize,
            instruments: published.instruments.load(Ordering::Relaxed),
            schedules: self.shared.schedules.load(Ordering::Relaxed),
            schedule_bytes: published.schedule_bytes.load(Ordering::Relaxed),
            mixer_bytes: published.mixer_bytes.load(Ordering::Relaxed) + self.meters.heap_bytes(),
            synth_bytes: published.synth_bytes.load(Ordering::Relaxed),
            compile_us: published.compile_nanos.load(Ordering::Relaxed) as f64 / 1e3,
        }
    }

    /// Plans of tracks that are kept from schedule to schedule.
    pub fn plans(&self) -> &CacheCounters {
        &self.publisher.published.plans
    }

    /// Renders `frames` on the calling thread, as the device would have, and drops the
    /// sound; the clock of a run without a device. Compiles first, so that every run hears
    /// the same. Does nothing while a device plays.
    pub fn advance_offline(&mut self, frames: usize) {
        let mut left = vec![0.0; frames];
        let mut right = vec![0.0; frames];
        self.render_offline(&mut left, &mut right);
    }

    /// The same, and keeps the sound.
    pub fn render_offline(&mut self, left: &mut [f32], right: &mut [f32]) {
        self.flush_backlog();
        let Some(renderer) = self.seat.renderer_here() else { return };
        settle(&self.publisher, renderer);
        self.rendered += left.len();
        let block = self.config.block.max(1) as usize;
        for (left, right) in left.chunks_mut(block).zip(right.chunks_mut(block)) {
            renderer.process(left, right);
        }
    }

    /// Runs the callback once on the calling thread, as a device does: without waiting for
    /// the compiler. For measurements and checks; silence while a device plays.
    pub fn render_block(&mut self, left: &mut [f32], right: &mut [f32]) {
        if let Some(renderer) = self.seat.renderer_here() {
            renderer.process(left, right);
        } else {
            left.fill(0.0);
            right.fill(0.0);
        }
    }

    /// What the callback plays once it has everything asked for; `None` while a device plays.
    /// Waits for the compiler: for checks.
    pub fn settled_schedule(&mut self) -> Option<&Schedule> {
        let renderer = self.seat.renderer_here()?;
        settle(&self.publisher, renderer);
        Some(renderer.schedule())
    }

    /// Once a frame: takes what the callback reported, watches the device, frees nothing.
    pub fn poll(&mut self) {
        self.flush_backlog();
        while let Ok(report) = self.reports.pop() {
            if self.window.len() == WINDOW {
                self.window.pop_front();
            }
            self.window.push_back(report);
            self.fresh += 1;
        }
        self.take_percentile();
        let cells = Arc::clone(&self.publisher.published.cells.lock());
        self.meters.watch(&cells);
        let now = Instant::now();
        let mut secs = now.duration_since(self.metered).as_secs_f32();
        self.metered = now;
        let rendered = std::mem::take(&mut self.rendered);
        if let Some(renderer) = self.seat.renderer_here() {
            // Offline, time is what was rendered: a slow machine draws the same meters.
            secs = rendered as f32 / self.config.rate as f32;
            renderer.listen();
        }
        let instruments = self.shared.instruments.load(Ordering::Relaxed);
        self.meters.update(&self.shared.master, secs, instruments);
        let newest = self.publisher.published.newest.lock().clone();
        self.outputs.follow(newest, self.wish.loop_range);
        let Self { seat, publisher, config, .. } = self;
        seat.poll(config.block, |renderer, rate| {
            publisher.set_rate(rate);
            settle(publisher, renderer);
        });
    }

    /// A few times a second: it looks at every block of the window.
    fn take_percentile(&mut self) {
        let now = Instant::now();
        let (_, taken) = self.p99;
        let recent = taken.is_some_and(|at| now.duration_since(at) < PERCENTILE_EVERY);
        if self.fresh == 0 || (recent && self.fresh < PERCENTILE_BLOCKS) {
            return;
        }
        self.fresh = 0;
        let budgets = self.window.iter().map(|report| report.budget_micros);
        self.budget_us = f64::from(budgets.fold(0.0, f32::max));
        let mut micros: Vec<f32> = self.window.iter().map(|report| report.micros).collect();
        let rank = micros.len().saturating_sub(1) * 99 / 100;
        if rank < micros.len() {
            let (_, p99, _) = micros.select_nth_unstable_by(rank, f32::total_cmp);
            self.p99 = (f64::from(*p99), Some(now));
        }
    }

    fn send(&mut self, command: Command) {
        self.serial += 1;
        self.backlog.push_back(Numbered { serial: self.serial, command });
        self.flush_backlog();
    }

    fn flush_backlog(&mut self) {
        while let Some(next) = self.backlog.front() {
            if self.commands.push(*next).is_err() {
                return;
            }
            self.backlog.pop_front();
        }
    }
}

/// Waits until the compiler is done with everything asked for, taking its schedules.
/// Commands wait: they may speak of what only the newest schedule knows.
fn settle(publisher: &Publisher, renderer: &mut Renderer) {
    let settled = publisher.settled();
    loop {
        renderer.take_stages();
        match settled.recv_timeout(Duration::from_millis(1)) {
            Err(flume::RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(flume::RecvTimeoutError::Disconnected) => break,
        }
    }
    renderer.take_stages();
}

/// A maker of synthesizers that share `font`.
pub(super) fn instruments_of(font: Arc<SoundFont>) -> MakeSynth {
    Arc::new(move |rate, polyphony| {
        RustySynth::new(&font, SynthConfig { rate, polyphony })
            .inspect_err(|error| log::error!("no instrument: {error}"))
            .ok()
            .map(|synth| Box::new(synth) as Box<dyn Synth>)
    })
}
