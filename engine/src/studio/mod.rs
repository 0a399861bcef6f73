//! The façade: the application changes things only through it.
//!
//! Lives on the UI thread. Nothing here waits: files are read and written on worker
//! threads and come back through [`Studio::poll`], sound runs in its own callback.

mod edits;
mod files;
mod fonts;
mod jobs;
mod ports;

pub use crate::audio::{AudioStats, DeviceState, Level, Meters, TransportView};
pub use files::{Opened, StudioEvent};
pub use jobs::{Job, JobId};
pub use ports::MidiLamps;

use crate::audio::soundfont::SoundFont;
use crate::audio::{Player, PlayerConfig};
use crate::doc::Document;
use crate::model::{Project, TrackId};
use crate::sequence::Schedule;
use crate::smf::{self, Problem};
use crate::time::{Tick, TickRange};
use jobs::Jobs;
use profiling::alloc::measured;
use profiling::{CacheCounters, HeapSize};
use std::cell::Cell;
use std::path::PathBuf;
use std::sync::Arc;

/// Called from any thread when there is something to poll or to repaint.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Whether sound goes to a device or is stepped by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudioMode {
    /// The default output device; none is a normal state.
    Device,
    /// No device: [`Studio::advance`] plays.
    Offline,
}

/// How to start.
#[derive(Clone)]
pub struct StudioOptions {
    /// Where sound goes.
    pub audio: AudioMode,
    /// A SoundFont to use instead of what is found or built in.
    pub soundfont: Option<PathBuf>,
    /// Whether to open MIDI ports.
    pub midi: bool,
    /// Told when something moved on another thread.
    pub wake: Wake,
}

/// Everything that the application works with: document, files, sound, ports.
pub struct Studio {
    document: Document,
    problems: Vec<Problem>,
    /// The file being opened, if any: a newer request gives it up.
    opening: Option<JobId>,
    /// The edit that a worker is at, if any.
    slow: Option<edits::Slow>,
    jobs: Jobs,
    player: Player,
    font: Arc<SoundFont>,
    /// Offline, the font is loaded when something first plays.
    font_wanted: Option<fonts::Wanted>,
    ports: Option<ports::Ports>,
    live_track: Option<TrackId>,
    /// The revision whose document was last weighed, and what it weighed.
    weighed: Cell<(u64, usize)>,
    /// The revision whose end was last looked for, and where it is.
    end: (u64, Tick),
    /// Heap bytes of queues and buffers that the player was made with.
    player_bytes: usize,
}

impl Studio {
    /// Starts with an empty project. With a device, the SoundFont is looked for in the
    /// background and everything is silent until it is there; offline, the first sound loads it.
    pub fn new(options: StudioOptions) -> Self {
        let StudioOptions { audio, soundfont, midi, wake } = options;
        let font = SoundFont::silent();
        let (mut player, player_bytes) =
            measured(|| Player::new(PlayerConfig::default(), Arc::clone(&font), Arc::clone(&wake)));
        let online = audio == AudioMode::Device;
        if online {
            player.open_device();
        }
        let mut studio = Self {
            document: Document::new(Arc::new(Project::new("Untitled"))),
            problems: Vec::new(),
            opening: None,
            slow: None,
            jobs: Jobs::new(Arc::clone(&wake)),
            player,
            font,
            font_wanted: None,
            ports: midi.then(|| ports::Ports::new(wake)),
            live_track: None,
            weighed: Cell::default(),
            end: (0, Tick::ZERO),
            player_bytes: usize::try_from(player_bytes).unwrap_or(0),
        };
        if online {
            studio.choose_font(soundfont);
        } else {
            studio.font_wanted = Some(fonts::Wanted::from(soundfont));
        }
        studio
    }

    /// The project as it is now, a running gesture's preview included.
    pub const fn snapshot(&self) -> &Arc<Project> {
        self.document.current()
    }

    /// Goes up whenever the snapshot changes.
    pub const fn revision(&self) -> u64 {
        self.document.revision()
    }

    /// What the reader mended in the file, and what it only found odd.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether closing now would lose something that a MIDI file could hold.
    pub const fn is_edited(&self) -> bool {
        self.document.is_edited()
    }

    /// Background work under way.
    pub fn jobs(&self) -> Vec<Job> {
        self.jobs.list()
    }

    /// Gives up a piece of background work; what it would have brought is dropped.
    pub fn cancel_job(&mut self, id: JobId) {
        self.jobs.cancel(id);
        self.forget_edit(id);
    }

    /// Takes in what other threads have brought. Call once a frame.
    pub fn poll(&mut self) -> Vec<StudioEvent> {
        let mut events = self.take_in_files();
        events.extend(self.land_parked());
        self.take_in_midi();
        self.player.poll();
        self.stop_at_end();
        events
    }

    /// Nobody waits for a song that is over: playback stops once it has rung out.
    fn stop_at_end(&mut self) {
        let transport = self.player.view();
        if !transport.playing || transport.loop_range.is_some() {
            return;
        }
        let end = self.song_end();
        let over = end > Tick::ZERO
            && transport.position > end.0 as f64
            && self.player.meters().is_silent();
        if over {
            self.player.stop();
            self.player.seek(Tick::ZERO);
        }
    }

    /// Where the song ends; every track is asked once a revision, not once a frame.
    fn song_end(&mut self) -> Tick {
        let revision = self.revision();
        if self.end.0 != revision {
            self.end = (revision, self.document.current().end());
        }
        self.end.1
    }

    /// Plays from where the playhead is.
    pub fn play(&mut self) {
        self.load_wanted_font();
        self.player.play();
    }

    /// Stops; nothing is left hanging.
    pub fn stop(&mut self) {
        self.player.stop();
    }

    /// Moves the playhead, playing or not.
    pub fn seek(&mut self, tick: Tick) {
        self.player.seek(tick);
    }

    /// Plays this range again and again, or no longer.
    pub fn set_loop(&mut self, range: Option<TickRange>) {
        self.player.set_loop(range);
    }

    /// Switches the metronome.
    pub fn set_metronome(&mut self, on: bool) {
        self.player.set_metronome(on);
    }

    /// Where playback is.
    pub fn transport(&self) -> TransportView {
        self.player.view()
    }

    /// How loud every track is.
    pub const fn meters(&self) -> &Meters {
        self.player.meters()
    }

    /// What sound costs.
    pub fn audio_stats(&self) -> AudioStats {
        self.player.stats()
    }

    /// Where sound goes.
    pub fn device(&self) -> &DeviceState {
        self.player.device()
    }

    /// The track that live input plays.
    pub const fn set_live_track(&mut self, track: Option<TrackId>) {
        self.live_track = track;
    }

    /// Plays a channel message on a track at once, as a key of the roll does.
    pub fn live(&mut self, track: TrackId, message: [u8; 3]) {
        self.load_wanted_font();
        self.player.live(track, message);
    }

    /// Silences everything.
    pub fn panic(&mut self) {
        self.player.panic();
    }

    /// Offline: plays this many frames of sound on the calling thread.
    pub fn advance(&mut self, frames: usize) {
        self.player.advance_offline(frames);
    }

    /// What the callback plays once it has the newest snapshot; `None` while a device plays.
    /// Waits for the compiler: for checks.
    pub fn settled_schedule(&mut self) -> Option<&Schedule> {
        self.player.settled_schedule()
    }

    /// Heap bytes of the engine's big parts, by name.
    pub fn component_bytes(&self) -> Vec<(&'static str, usize)> {
        let project = self.document.current();
        let source = project.source.as_ref().map_or(0, |source| source.len());
        let audio = self.player.stats();
        vec![
            ("document", self.document_bytes()),
            ("source", source),
            ("problems", self.problems.capacity() * size_of::<Problem>()),
            ("undo", self.document.heap_bytes()),
            ("sequencer", audio.schedule_bytes),
            ("mixer", audio.mixer_bytes),
            ("synth", audio.synth_bytes),
            ("player", self.player_bytes),
            ("soundfont", self.font.heap_bytes()),
            ("file buffers", smf::file_buffers().idle_bytes()),
        ]
    }

    /// The engine's caches, by name.
    pub fn caches(&self) -> [(&'static str, &CacheCounters); 1] {
        [("track_plans", self.player.plans())]
    }

    /// Weighing visits every clip, so a document at rest is weighed once.
    fn document_bytes(&self) -> usize {
        let (revision, bytes) = self.weighed.get();
        if revision == self.revision() {
            return bytes;
        }
        let bytes = self.document.current().heap_bytes();
        self.weighed.set((self.revision(), bytes));
        bytes
    }

    fn replace_document(&mut self, project: Project, problems: Vec<Problem>) {
        self.give_up_edit();
        self.player.stop();
        self.document.replace(Arc::new(project));
        self.problems = problems;
        self.publish();
        self.player.set_loop(None);
        self.player.seek(Tick::ZERO);
    }

    /// A worker's panic: whatever waited for it waits no longer.
    fn broke(&mut self, id: JobId, label: &str) -> Vec<StudioEvent> {
        self.opening.take_if(|opening| *opening == id);
        self.forget_edit(id);
        vec![StudioEvent::Failed { message: format!("{label}: stopped by a fault in the program") }]
    }

    /// Hands the newest snapshot to whoever plays it.
    fn publish(&mut self) {
        self.player.set_project(Arc::clone(self.document.current()));
    }
}
