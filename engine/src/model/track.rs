//! A track: clips, events between them, and its strip in the mixer.

use super::{Channel, Clip, ClipId, Event, EventKind};
use crate::time::Tick;
use profiling::HeapSize;
use std::sync::Arc;

/// Unique in its project, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrackId(pub u32);

/// An index into the interface's table of track colours (taken modulo its length).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct TrackColor(pub u8);

/// A linear gain, 0 (silence) to 2 (+6 dB).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Gain(f32);

/// Never NaN.
impl Eq for Gain {}

impl Gain {
    /// 0 dB.
    pub const UNITY: Self = Self(1.0);
    /// As loud as it gets: +6.02 dB.
    pub const MAX: Self = Self(2.0);

    /// Clamped to 0..=2; unity when not a number.
    pub fn new(linear: f32) -> Self {
        if linear.is_nan() { Self::UNITY } else { Self(linear.clamp(0.0, 2.0)) }
    }

    /// From decibels: 10^(dB / 20).
    pub fn from_db(db: f32) -> Self {
        Self::new(10.0_f32.powf(db / 20.0))
    }

    /// The factor.
    pub const fn linear(self) -> f32 {
        self.0
    }

    /// In decibels; negative infinity for silence.
    pub fn db(self) -> f32 {
        20.0 * self.0.log10()
    }
}

/// A place between left (−1) and right (1).
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Pan(f32);

/// Never NaN.
impl Eq for Pan {}

impl Pan {
    /// The middle.
    pub const CENTER: Self = Self(0.0);

    /// Clamped to −1..=1; the middle when not a number.
    pub fn new(position: f32) -> Self {
        if position.is_nan() { Self::CENTER } else { Self(position.clamp(-1.0, 1.0)) }
    }

    /// −1..=1.
    pub const fn position(self) -> f32 {
        self.0
    }
}

/// A track's strip in the mixer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mix {
    /// The fader.
    pub gain: Gain,
    /// The pan pot.
    pub pan: Pan,
    /// Silent.
    pub muted: bool,
    /// When any track is soloed, only soloed ones sound.
    pub soloed: bool,
}

impl Default for Mix {
    fn default() -> Self {
        Self { gain: Gain::UNITY, pan: Pan::CENTER, muted: false, soloed: false }
    }
}

/// Where a track plays to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// The built-in synthesizer.
    #[default]
    Synth,
    /// A MIDI port, by name, so that a project finds it again.
    Port(Arc<str>),
}

/// The track-name meta event (FF 03) that a track was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameMeta {
    /// Where it stood.
    pub tick: Tick,
    /// Its order at that tick.
    pub order: u32,
    /// Its bytes, in whatever encoding.
    pub bytes: Arc<[u8]>,
}

/// One row of the arrangement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Unique in the project.
    pub id: TrackId,
    /// What the interface calls it. May be made up when the file names nothing.
    pub name: Arc<str>,
    /// The file's own name for it; renaming replaces its bytes.
    pub name_meta: Option<NameMeta>,
    /// Its colour.
    pub color: TrackColor,
    /// Which MTrk chunk of the file it came from and goes back to.
    pub mtrk: u16,
    /// The channel new notes and live input use: the one most of its notes are on.
    pub channel: Channel,
    /// Its strip.
    pub mix: Mix,
    /// Where it plays to.
    pub output: Output,
    /// Its clips, sorted by start.
    pub clips: Arc<[Arc<Clip>]>,
    /// Events outside any clip (set-up before the first, say), on the song's time line,
    /// sorted by tick, then order.
    pub events: Arc<[Event]>,
}

impl Track {
    /// The clip with this id.
    pub fn clip(&self, id: ClipId) -> Option<&Arc<Clip>> {
        self.clips.iter().find(|clip| clip.id == id)
    }

    /// How many notes its clips hold.
    pub fn note_count(&self) -> usize {
        self.clips.iter().map(|clip| clip.notes.len()).sum()
    }

    /// Whether its notes are drums in General MIDI.
    pub fn is_drums(&self) -> bool {
        self.channel == Channel::DRUMS
    }

    /// The first program change on its channel, wherever it stands.
    pub fn program(&self) -> Option<u8> {
        let program = |event: &Event| match event.kind {
            EventKind::Program { channel, program } if channel == self.channel => Some(program),
            _ => None,
        };
        let outside = self.events.iter().find_map(|event| Some((event.tick, program(event)?)));
        let inside = self.clips.iter().find_map(|clip| {
            clip.events
                .iter()
                .find_map(|event| Some((clip.start.after(event.tick.0), program(event)?)))
        });
        outside.into_iter().chain(inside).min_by_key(|(tick, _)| *tick).map(|(_, program)| program)
    }

    /// First tick after its last clip.
    pub fn end(&self) -> Tick {
        self.clips.iter().map(|clip| clip.end()).max().unwrap_or(Tick::ZERO)
    }
}

/// What is shared with other versions is counted in full.
impl HeapSize for Track {
    fn heap_bytes(&self) -> usize {
        let meta = self.name_meta.as_ref().map_or(0, |meta| meta.bytes.heap_bytes());
        self.name.heap_bytes() + meta + self.clips.heap_bytes() + self.events.heap_bytes()
    }
}
