//! The sound card, or what stands in for it.
//!
//! The renderer is always in exactly one place: here (offline), in the device's stream, or
//! on a thread that keeps time when there is no device. A stream hands it back when it ends.

use super::boundary::Shared;
use super::rt::Renderer;
use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{FromSample, SampleFormat, SizedSample, StreamConfig};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Frames a device may ask for at once; more are rendered in pieces of this.
const MOST_FRAMES: usize = 8_192;
/// Between two attempts to get a lost device back.
const RETRY: Duration = Duration::from_secs(1);

/// What plays the sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceState {
    /// A device plays.
    Running {
        /// What the system calls it.
        name: String,
        /// Frames per second.
        rate: u32,
        /// Frames per block.
        block: u32,
    },
    /// There is none; the transport runs in silence.
    None {
        /// Why, for the status bar.
        why: String,
    },
    /// There was one. It is looked for once a second.
    Lost {
        /// What happened to it.
        why: String,
    },
}

/// Prepares the renderer for a device's rate.
pub(super) trait Prepare: FnMut(&mut Renderer, u32) {}
impl<F: FnMut(&mut Renderer, u32)> Prepare for F {}

/// Where the renderer is.
pub(super) struct Seat {
    place: Place,
    state: DeviceState,
    home: flume::Receiver<Box<Renderer>>,
    home_sender: flume::Sender<Box<Renderer>>,
    trouble: flume::Receiver<cpal::Error>,
    trouble_sender: flume::Sender<cpal::Error>,
    shared: Arc<Shared>,
    wake: Arc<dyn Fn() + Send + Sync>,
    retry_at: Option<Instant>,
}

enum Place {
    Here(Box<Renderer>),
    Stream(cpal::Stream),
    Timer(Timer),
    /// On its way, or lost with a thread that panicked.
    Nowhere,
}

impl Seat {
    pub(super) fn new(
        renderer: Box<Renderer>,
        shared: Arc<Shared>,
        wake: Arc<dyn Fn() + Send + Sync>,
    ) -> Self {
        let (home_sender, home) = flume::bounded(1);
        let (trouble_sender, trouble) = flume::bounded(16);
        Self {
            place: Place::Here(renderer),
            state: DeviceState::None { why: "no audio device was asked for".to_owned() },
            home,
            home_sender,
            trouble,
            trouble_sender,
            shared,
            wake,
            retry_at: None,
        }
    }

    pub(super) const fn state(&self) -> &DeviceState {
        &self.state
    }

    /// The renderer, unless a device or a thread has it.
    pub(super) const fn renderer_here(&mut self) -> Option<&mut Renderer> {
        match &mut self.place {
            Place::Here(renderer) => Some(renderer),
            _ => None,
        }
    }

    /// Opens the default output; falls back to keeping time in silence.
    pub(super) fn open(&mut self, block: u32, prepare: impl Prepare) {
        self.retry_at = None;
        if let Err(why) = self.try_open(block, prepare) {
            log::info!("no audio device: {why}");
            self.keep_time(block);
            self.state = DeviceState::None { why };
        }
    }

    /// Notices a lost device and looks for it again.
    pub(super) fn poll(&mut self, block: u32, prepare: impl Prepare) {
        while let Ok(error) = self.trouble.try_recv() {
            if matches!(self.place, Place::Stream(_)) && is_fatal(error.kind()) {
                log::warn!("audio device lost: {error}");
                self.keep_time(block);
                self.state = DeviceState::Lost { why: error.to_string() };
                self.retry_later();
            }
        }
        if self.retry_at.is_some_and(|at| at <= Instant::now()) {
            self.retry_at = None;
            if self.try_open(block, prepare).is_err() {
                self.keep_time(block);
                self.retry_later();
            }
        }
    }

    /// Looks again in a while, and sees to it that somebody polls then: an interface at
    /// rest draws no frames.
    fn retry_later(&mut self) {
        self.retry_at = Some(Instant::now() + RETRY);
        let wake = Arc::clone(&self.wake);
        let ring = move || {
            std::thread::sleep(RETRY + Duration::from_millis(10));
            wake();
        };
        if let Err(error) = std::thread::Builder::new().name("audio-retry".to_owned()).spawn(ring) {
            log::warn!("nobody looks for the audio device by itself: {error}");
        }
    }

    /// Takes the renderer from wherever it is.
    fn fetch(&mut self) -> Option<Box<Renderer>> {
        match std::mem::replace(&mut self.place, Place::Nowhere) {
            Place::Here(renderer) => Some(renderer),
            Place::Stream(stream) => {
                drop(stream);
                self.home.recv_timeout(Duration::from_secs(2)).ok()
            }
            Place::Timer(timer) => timer.stop(),
            // A stream that took its time to end may have sent it home since.
            Place::Nowhere => self.home.try_recv().ok(),
        }
    }

    fn keep_time(&mut self, block: u32) {
        if matches!(self.place, Place::Timer(_)) {
            return;
        }
        let Some(mut renderer) = self.fetch() else { return };
        renderer.silence();
        self.place = match Timer::start(renderer, block) {
            Ok(timer) => Place::Timer(timer),
            Err(renderer) => renderer.map_or(Place::Nowhere, Place::Here),
        };
    }

    fn try_open(&mut self, block: u32, mut prepare: impl Prepare) -> Result<(), String> {
        let said = |error: cpal::Error| error.to_string();
        check_system()?;
        let host = cpal::default_host();
        let device = host.default_output_device().ok_or("the system has no audio output")?;
        let offered = device.default_output_config().map_err(said)?;
        let config = config_for(&offered, block);
        let mut renderer = self.fetch().ok_or("the audio engine did not come back")?;
        prepare(&mut renderer, config.sample_rate);
        let lease = Lease::new(renderer, self.home_sender.clone());
        let stream = self.build(&device, config, offered.sample_format(), lease);
        let started = stream.and_then(|stream| stream.play().map(|()| stream).map_err(said));
        match started {
            Ok(stream) => {
                let block = stream.buffer_size().unwrap_or(block);
                let name = device
                    .description()
                    .map_or_else(|_| device.to_string(), |about| about.name().to_owned());
                self.state = DeviceState::Running { name, rate: config.sample_rate, block };
                self.place = Place::Stream(stream);
                Ok(())
            }
            Err(why) => {
                // Whatever was built is gone by now and has sent the renderer home.
                self.place = self
                    .home
                    .recv_timeout(Duration::from_secs(2))
                    .map_or(Place::Nowhere, Place::Here);
                Err(why)
            }
        }
    }

    fn build(
        &self,
        device: &cpal::Device,
        config: StreamConfig,
        format: SampleFormat,
        lease: Lease,
    ) -> Result<cpal::Stream, String> {
        match format {
            SampleFormat::F32 => self.stream::<f32>(device, config, lease),
            SampleFormat::F64 => self.stream::<f64>(device, config, lease),
            SampleFormat::I8 => self.stream::<i8>(device, config, lease),
            SampleFormat::I16 => self.stream::<i16>(device, config, lease),
            SampleFormat::I24 => self.stream::<cpal::I24>(device, config, lease),
            SampleFormat::I32 => self.stream::<i32>(device, config, lease),
            SampleFormat::U8 => self.stream::<u8>(device, config, lease),
            SampleFormat::U16 => self.stream::<u16>(device, config, lease),
            SampleFormat::U32 => self.stream::<u32>(device, config, lease),
            other => Err(format!("the device wants samples as {other}, which is not supported")),
        }
    }

    fn stream<S: SizedSample + FromSample<f32>>(
        &self,
        device: &cpal::Device,
        config: StreamConfig,
        mut lease: Lease,
    ) -> Result<cpal::Stream, String> {
        let channels = usize::from(config.channels).max(1);
        let (trouble, wake) = (self.trouble_sender.clone(), Arc::clone(&self.wake));
        let shared = Arc::clone(&self.shared);
        device
            .build_output_stream::<S, _, _>(
                config,
                move |data, _| lease.fill(data, channels),
                move |error: cpal::Error| {
                    if error.kind() == cpal::ErrorKind::Xrun {
                        shared.dropouts.fetch_add(1, Ordering::Relaxed);
                    } else {
                        // A full queue holds enough bad news already.
                        trouble.try_send(error).ok();
                        wake();
                    }
                },
                None,
            )
            .map_err(|error| error.to_string())
    }
}

/// ALSA itself fills the terminal when it finds nothing at all, so it is not asked then.
pub(super) fn check_system() -> Result<(), String> {
    if !cfg!(target_os = "linux") {
        return Ok(());
    }
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(std::path::PathBuf::from);
    let home = std::env::var_os("HOME").map(std::path::PathBuf::from);
    let in_runtime =
        ["pulse/native", "pipewire-0"].iter().filter_map(|name| Some(runtime.as_ref()?.join(name)));
    let in_home = home.iter().map(|home| home.join(".asoundrc"));
    let elsewhere = ["/dev/snd", "/etc/asound.conf"].iter().map(std::path::PathBuf::from);
    let any = in_runtime.chain(in_home).chain(elsewhere).any(|path| path.exists())
        || ["PULSE_SERVER", "JACK_DEFAULT_SERVER", "ALSA_CONFIG_PATH"]
            .iter()
            .any(|name| std::env::var_os(name).is_some());
    if any { Ok(()) } else { Err("this machine has no sound card".to_owned()) }
}

fn config_for(offered: &cpal::SupportedStreamConfig, block: u32) -> StreamConfig {
    let mut config = offered.config();
    config.buffer_size = match offered.buffer_size() {
        cpal::SupportedBufferSize::Range { min, max } if min <= max => {
            cpal::BufferSize::Fixed(block.clamp(*min, *max))
        }
        _ => cpal::BufferSize::Default,
    };
    config
}

fn is_fatal(kind: cpal::ErrorKind) -> bool {
    use cpal::ErrorKind as Kind;
    !matches!(kind, Kind::Xrun | Kind::RealtimeDenied | Kind::DeviceChanged)
}

/// The renderer while a device has it; goes home when the device lets go.
struct Lease {
    renderer: Option<Box<Renderer>>,
    home: flume::Sender<Box<Renderer>>,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Lease {
    fn new(renderer: Box<Renderer>, home: flume::Sender<Box<Renderer>>) -> Self {
        Self {
            renderer: Some(renderer),
            home,
            left: vec![0.0; MOST_FRAMES],
            right: vec![0.0; MOST_FRAMES],
        }
    }

    /// The device's callback.
    fn fill<S: SizedSample + FromSample<f32>>(&mut self, data: &mut [S], channels: usize) {
        let Some(renderer) = &mut self.renderer else { return };
        for data in data.chunks_mut(MOST_FRAMES * channels) {
            let frames = data.len() / channels;
            let (Some(left), Some(right)) =
                (self.left.get_mut(..frames), self.right.get_mut(..frames))
            else {
                return;
            };
            renderer.process(left, right);
            for ((frame, left), right) in data.chunks_mut(channels).zip(left).zip(right) {
                match frame {
                    [mono] => *mono = S::from_sample((*left + *right) * 0.5),
                    [first, second, rest @ ..] => {
                        *first = S::from_sample(*left);
                        *second = S::from_sample(*right);
                        rest.fill(S::from_sample(0.0));
                    }
                    [] => {}
                }
            }
        }
    }
}

impl Drop for Lease {
    /// Runs on the thread that drops the stream, never in the callback.
    fn drop(&mut self) {
        if let Some(renderer) = self.renderer.take() {
            self.home.try_send(renderer).ok();
        }
    }
}

/// A thread that keeps the transport moving when there is no device.
struct Timer {
    quit: Arc<AtomicBool>,
    thread: JoinHandle<Option<Box<Renderer>>>,
}

impl Timer {
    fn start(renderer: Box<Renderer>, block: u32) -> Result<Self, Option<Box<Renderer>>> {
        let quit = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&quit);
        let (hand, over) = flume::bounded(1);
        let thread = std::thread::Builder::new().name("silent-audio".to_owned()).spawn(move || {
            // Sent below, right after the thread has started.
            let mut renderer: Box<Renderer> = over.recv().ok()?;
            keep_time(&mut renderer, block, &stop);
            Some(renderer)
        });
        match thread {
            Ok(thread) => match hand.send(renderer) {
                Ok(()) => Ok(Self { quit, thread }),
                Err(flume::SendError(renderer)) => Err(Some(renderer)),
            },
            Err(error) => {
                log::error!("no thread to keep time: {error}");
                Err(Some(renderer))
            }
        }
    }

    fn stop(self) -> Option<Box<Renderer>> {
        self.quit.store(true, Ordering::Relaxed);
        self.thread.thread().unpark();
        self.thread.join().ok().flatten()
    }
}

fn keep_time(renderer: &mut Renderer, block: u32, stop: &AtomicBool) {
    let frames = block.clamp(16, MOST_FRAMES as u32) as usize;
    let (mut left, mut right) = (vec![0.0; frames], vec![0.0; frames]);
    let mut next = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        if renderer.is_at_rest() {
            renderer.listen();
            std::thread::park_timeout(Duration::from_millis(15));
            next = Instant::now();
            continue;
        }
        renderer.process(&mut left, &mut right);
        next += Duration::from_secs_f64(frames as f64 / f64::from(renderer.rate().max(1)));
        let now = Instant::now();
        if next > now {
            std::thread::sleep(next - now);
        } else if now - next > Duration::from_millis(200) {
            // The machine was asleep or too slow: go on from here instead of racing.
            next = now;
        }
    }
}
