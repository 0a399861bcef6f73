//! An estimate of the voices that sound, since rustysynth-ext does not tell.
//!
//! Runs in the callback: the table is as long as the polyphony and never grows.

/// A released note is believed to ring this long, in seconds; true silence ends it earlier.
const RELEASE_SECS: f32 = 0.6;
/// Silence under a held key is believed after this long, in seconds (a zone may start late).
const HELD_SILENCE_SECS: u64 = 5;
/// Silence without a held key is believed after this many frames.
const RELEASED_SILENCE_FRAMES: u64 = 512;

#[derive(Clone, Copy, Debug)]
struct Sounding {
    channel: u8,
    key: u8,
    /// Released by the key, held by the pedal.
    pedalled: bool,
    /// Frame at which it is believed to have ended.
    ends: u64,
}

/// The notes believed to sound.
#[derive(Debug)]
pub(super) struct Shadow {
    notes: Vec<Sounding>,
    capacity: usize,
    rate: u32,
    now: u64,
    silent_frames: u64,
}

impl Shadow {
    pub(super) fn new(capacity: usize, rate: u32) -> Self {
        let silent_frames = HELD_SILENCE_SECS * u64::from(rate) + 1;
        Self { notes: Vec::with_capacity(capacity), capacity, rate, now: 0, silent_frames }
    }

    pub(super) fn bytes(&self) -> usize {
        self.capacity * size_of::<Sounding>()
    }

    /// Any message may change what is heard.
    pub(super) fn wake(&mut self) {
        self.silent_frames = 0;
    }

    pub(super) fn note_on(&mut self, channel: u8, key: u8) {
        if self.notes.len() >= self.capacity {
            let first = self.notes.iter().enumerate().min_by_key(|(_, note)| note.ends);
            let Some((oldest, _)) = first else { return };
            self.notes.swap_remove(oldest);
        }
        self.notes.push(Sounding { channel, key, pedalled: false, ends: u64::MAX });
    }

    pub(super) fn note_off(&mut self, channel: u8, key: u8, pedal: bool) {
        let ends = self.now + self.release_frames();
        for note in self.notes.iter_mut().filter(|n| n.channel == channel && n.key == key) {
            if note.ends != u64::MAX {
                continue;
            }
            if pedal {
                note.pedalled = true;
            } else {
                note.ends = ends;
            }
        }
    }

    pub(super) fn pedal_up(&mut self, channel: u8) {
        let ends = self.now + self.release_frames();
        for note in self.notes.iter_mut().filter(|n| n.channel == channel && n.pedalled) {
            note.pedalled = false;
            note.ends = ends;
        }
    }

    pub(super) fn channel_off(&mut self, channel: u8, pedal: bool) {
        let ends = self.now + self.release_frames();
        for note in &mut self.notes {
            if note.channel == channel && note.ends == u64::MAX {
                note.pedalled = pedal;
                note.ends = if pedal { u64::MAX } else { ends };
            }
        }
    }

    pub(super) fn channel_gone(&mut self, channel: u8) {
        self.notes.retain(|note| note.channel != channel);
    }

    pub(super) fn clear(&mut self) {
        self.notes.clear();
        self.silent_frames = HELD_SILENCE_SECS * u64::from(self.rate) + 1;
    }

    /// Frames went by; `silent` when each of them was exactly zero.
    pub(super) fn advance(&mut self, frames: usize, silent: bool) {
        self.now += frames as u64;
        self.silent_frames = if silent { self.silent_frames + frames as u64 } else { 0 };
        let now = self.now;
        self.notes.retain(|note| note.ends > now);
    }

    pub(super) fn active(&self) -> usize {
        let held = self.notes.iter().any(|note| note.ends == u64::MAX);
        let patience =
            if held { HELD_SILENCE_SECS * u64::from(self.rate) } else { RELEASED_SILENCE_FRAMES };
        if self.silent_frames > patience {
            0
        } else {
            // A tail may outlast its estimate: what is not yet silent counts as a voice.
            self.notes.len().max(1)
        }
    }

    fn release_frames(&self) -> u64 {
        (RELEASE_SECS * self.rate as f32) as u64
    }
}
