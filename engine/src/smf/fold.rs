//! Turns a track's fader and pan pot into the controllers that a MIDI file has for them.

use crate::model::{Channel, EventKind, Track};
use crate::time::Tick;
use std::collections::BTreeSet;

const VOLUME: u8 = 7;
const PAN: u8 = 10;

/// What a channel's volume is before anyone sets it (General MIDI 1).
const DEFAULT_VOLUME: f32 = 100.0;

/// How one track's mixer strip changes what is written.
pub(super) struct Fold {
    /// Factor on controller 7: loudness goes with its square (General MIDI 1).
    volume: Option<f32>,
    /// Added to controller 10.
    pan: Option<f32>,
}

impl Fold {
    /// `None` when the strip is as it was read.
    pub(super) fn of(track: &Track) -> Option<Self> {
        let gain = track.mix.gain.linear();
        let pan = track.mix.pan.position();
        let fold = Self {
            volume: (gain != 1.0).then(|| gain.sqrt()),
            pan: (pan != 0.0).then_some(pan * 64.0),
        };
        (fold.volume.is_some() || fold.pan.is_some()).then_some(fold)
    }

    /// The event as it is written; `None` when it stays as it is.
    pub(super) fn apply(&self, kind: &EventKind) -> Option<EventKind> {
        let EventKind::Control { channel, number, value } = *kind else { return None };
        let value = f32::from(value);
        let value = match (number, self.volume, self.pan) {
            (VOLUME, Some(factor), _) => value * factor,
            (PAN, _, Some(shift)) => value + shift,
            _ => return None,
        };
        Some(EventKind::Control { channel, number, value: seven_bits(value) })
    }

    /// What must be put at the start because the track never sets it.
    pub(super) fn missing(&self, track: &Track) -> Vec<EventKind> {
        let notes = track.clips.iter().flat_map(|clip| clip.notes.iter());
        let mut channels: BTreeSet<Channel> = notes.map(|note| note.channel).collect();
        if channels.is_empty() {
            channels.insert(track.channel);
        }
        let volume = self.volume.map(|factor| (VOLUME, seven_bits(DEFAULT_VOLUME * factor)));
        let pan = self.pan.map(|shift| (PAN, seven_bits(64.0 + shift)));
        let mut missing = Vec::new();
        for channel in channels {
            for (number, value) in volume.into_iter().chain(pan) {
                if !sets(track, channel, number) {
                    missing.push(EventKind::Control { channel, number, value });
                }
            }
        }
        missing
    }
}

/// Where controllers that a track lacks are put: at tick 0, behind everything that is
/// there except notes, so that a reset does not undo them.
pub(super) fn place(track: &Track) -> (Tick, u32) {
    let first = track.clips.first().and_then(|clip| {
        clip.notes.iter().next().filter(|note| clip.start.after(note.start.0) == Tick::ZERO)
    });
    (Tick::ZERO, first.map_or(u32::MAX, |note| note.id))
}

fn sets(track: &Track, channel: Channel, wanted: u8) -> bool {
    let inside = track.clips.iter().flat_map(|clip| clip.events.iter());
    track.events.iter().chain(inside).any(|event| {
        matches!(event.kind, EventKind::Control { channel: c, number, .. }
            if c == channel && number == wanted)
    })
}

fn seven_bits(value: f32) -> u8 {
    value.round().clamp(0.0, 127.0) as u8
}
