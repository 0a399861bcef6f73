//! Which messages of a schedule are due at MIDI ports. Pure: the caller brings the time.

use super::clock::ClockReading;
use crate::model::{Output, TrackId};
use crate::sequence::{Chased, HeldNotes, Message, Schedule, StateTable};
use std::sync::Arc;

/// Plays the port tracks of a schedule, told again and again which frame it is.
#[derive(Default)]
pub(super) struct Dispatcher {
    schedule: Option<Arc<Schedule>>,
    tracks: Vec<PortTrack>,
    chased: Box<Chased>,
    playing: bool,
    jumps: u64,
}

struct PortTrack {
    id: TrackId,
    /// Index in the schedule.
    index: usize,
    port: Arc<str>,
    cursor: usize,
    audible: bool,
    held: HeldNotes,
    told: StateTable,
}

impl Dispatcher {
    /// Takes a new schedule; the tracks find their places at the next [`Self::advance`].
    /// What sounds on a port that is not played to any more is let go.
    pub(super) fn set_schedule(
        &mut self,
        schedule: Option<Arc<Schedule>>,
        mut send: impl FnMut(&str, Message),
    ) {
        let mut before = std::mem::take(&mut self.tracks);
        let entries = schedule.iter().flat_map(|schedule| schedule.tracks.iter().enumerate());
        for (index, entry) in entries {
            let Output::Port(port) = &entry.output else { continue };
            let audible = entry.is_audible();
            let known = before
                .iter()
                .position(|track| track.id == entry.id && track.port == *port)
                .map(|place| before.swap_remove(place));
            let mut track = known.unwrap_or_else(|| PortTrack {
                id: entry.id,
                index,
                port: Arc::clone(port),
                cursor: 0,
                audible,
                held: HeldNotes::default(),
                told: StateTable::default(),
            });
            (track.index, track.audible) = (index, audible);
            self.tracks.push(track);
        }
        for track in &mut before {
            track.let_go(&mut send);
        }
        self.schedule = schedule;
        // Cursors are found anew.
        self.playing = false;
    }

    /// Whether any track plays to a port.
    pub(super) fn is_idle(&self) -> bool {
        self.tracks.is_empty()
    }

    /// Sends what is due up to and including `frame` and before `limit`; the frame of the
    /// next message.
    pub(super) fn advance(
        &mut self,
        reading: ClockReading,
        frame: u64,
        limit: u64,
        mut send: impl FnMut(&str, Message),
    ) -> Option<u64> {
        if !reading.playing {
            self.stop(&mut send);
            return None;
        }
        if !self.playing || self.jumps != reading.jumps {
            self.start(reading, &mut send);
        }
        let schedule = self.schedule.as_ref()?;
        let mut next = None;
        for track in &mut self.tracks {
            let Some(entry) = schedule.tracks.get(track.index) else { continue };
            let events = entry.plan.events();
            while let Some(event) = events.get(track.cursor).filter(|event| {
                u64::from(event.frame()) <= frame && u64::from(event.frame()) < limit
            }) {
                track.cursor += 1;
                track.play(event.message(), &mut send);
            }
            let upcoming = events.get(track.cursor).map(|event| u64::from(event.frame()));
            next = match (next, upcoming) {
                (Some(a), Some(b)) => Some(std::cmp::min::<u64>(a, b)),
                (a, b) => a.or(b),
            };
        }
        next.filter(|next| *next < limit)
    }

    /// Lets every note go.
    pub(super) fn stop(&mut self, mut send: impl FnMut(&str, Message)) {
        if std::mem::take(&mut self.playing) {
            self.tracks.iter_mut().for_each(|track| track.let_go(&mut send));
        }
    }

    fn start(&mut self, reading: ClockReading, send: &mut impl FnMut(&str, Message)) {
        let Self { schedule, tracks, chased, .. } = self;
        let frame = u32::try_from(reading.position).unwrap_or(u32::MAX);
        for track in tracks {
            let entry = schedule.as_ref().and_then(|s| s.tracks.get(track.index));
            let Some(entry) = entry else { continue };
            track.cursor = entry.plan.index_at(frame);
            entry.plan.chase(track.cursor, chased);
            track.chase(chased, entry.plan.channels(), send);
        }
        self.playing = true;
        self.jumps = reading.jumps;
    }
}

impl PortTrack {
    fn play(&mut self, message: Message, send: &mut impl FnMut(&str, Message)) {
        if message.is_note_on() && !self.audible {
            return;
        }
        self.held.apply(message);
        self.told.apply(message);
        send(&self.port, message);
    }

    /// Goes from what sounds to what should.
    fn chase(&mut self, wanted: &Chased, mask: u16, send: &mut impl FnMut(&str, Message)) {
        let Self { held, told, port, audible, .. } = self;
        let sounding: Vec<(u8, u8, u8)> = held.iter().collect();
        for (channel, key, _) in sounding {
            if !*audible || !wanted.held.is_down(channel, key) {
                held.release(channel, key);
                send(port, Message::note_off(channel, key));
            }
        }
        told.send_changes(&wanted.state, mask, |message| send(port, message));
        // Drums are struck where they begin.
        let missing = wanted.held.iter().filter(|&(channel, ..)| *audible && channel != 9);
        for (channel, key, velocity) in missing {
            if !held.is_down(channel, key) {
                held.press(channel, key, velocity);
                send(port, Message::note_on(channel, key, velocity));
            }
        }
    }

    fn let_go(&mut self, send: &mut impl FnMut(&str, Message)) {
        for (channel, key, _) in self.held.iter() {
            send(&self.port, Message::note_off(channel, key));
        }
        self.held.clear();
        for channel in 0..16 {
            for pedal in [64, 66] {
                if self.told.channel(channel).control(pedal) > 0 {
                    let up = Message::control(channel, pedal, 0);
                    self.told.apply(up);
                    send(&self.port, up);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Note, Notes, Project, Release, Track};
    use crate::sequence::Compiler;
    use crate::time::Tick;
    use std::time::Instant;

    fn schedule(port: &str) -> Arc<Schedule> {
        let note = Note {
            start: Tick(960),
            length: 960,
            id: 0,
            off_order: 0,
            key: 60,
            velocity: 100,
            release: Release::DEFAULT,
            channel: crate::model::Channel::new(0),
        };
        let clip = crate::model::Clip {
            id: crate::model::ClipId(2),
            name: "clip".into(),
            start: Tick::ZERO,
            length: 3_840,
            notes: Notes::new(vec![note]),
            events: Arc::from([]),
            next_note: 1,
        };
        let track = Track {
            id: TrackId(1),
            name: "track".into(),
            name_meta: None,
            color: crate::model::TrackColor(0),
            mtrk: 0,
            channel: crate::model::Channel::new(0),
            mix: crate::model::Mix::default(),
            output: Output::Port(port.into()),
            clips: Arc::from([Arc::new(clip)]),
            events: Arc::from([]),
        };
        let project = Project { tracks: Arc::from([Arc::new(track)]), ..Project::new("trial") };
        Arc::new(Compiler::new().compile(&project, 48_000))
    }

    fn reading(position: u64, playing: bool, jumps: u64) -> ClockReading {
        ClockReading { position, at: Instant::now(), playing, jumps }
    }

    /// Advances and lists what was sent: port, kind, key.
    fn advance(
        dispatcher: &mut Dispatcher,
        reading: ClockReading,
        frame: u64,
    ) -> (Vec<(String, u8, u8)>, Option<u64>) {
        let mut sent = Vec::new();
        let next = dispatcher.advance(reading, frame, u64::MAX, |port, message| {
            sent.push((port.to_owned(), message.kind(), message.data1));
        });
        (sent, next)
    }

    #[test]
    fn messages_go_out_when_their_frame_has_come() {
        let mut dispatcher = Dispatcher::default();
        dispatcher.set_schedule(Some(schedule("synth")), |_, _| {});
        assert_eq!(advance(&mut dispatcher, reading(0, true, 0), 0), (vec![], Some(24_000)));
        let on = vec![("synth".to_owned(), 0x90, 60)];
        assert_eq!(advance(&mut dispatcher, reading(0, true, 0), 24_000), (on, Some(48_000)));
        let off = vec![("synth".to_owned(), 0x80, 60)];
        assert_eq!(advance(&mut dispatcher, reading(0, true, 0), 48_000), (off, None));
    }

    #[test]
    fn stopping_and_jumping_let_notes_go() {
        let off = vec![("synth".to_owned(), 0x80, 60)];
        for after in [reading(30_000, false, 0), reading(0, true, 1)] {
            let mut dispatcher = Dispatcher::default();
            dispatcher.set_schedule(Some(schedule("synth")), |_, _| {});
            advance(&mut dispatcher, reading(0, true, 0), 30_000);
            assert_eq!(advance(&mut dispatcher, after, after.position).0, off);
        }
    }

    #[test]
    fn starting_inside_a_note_strikes_it() {
        let mut dispatcher = Dispatcher::default();
        dispatcher.set_schedule(Some(schedule("synth")), |_, _| {});
        let (sent, _) = advance(&mut dispatcher, reading(30_000, true, 0), 30_000);
        assert_eq!(sent, [("synth".to_owned(), 0x90, 60)]);
    }

    #[test]
    fn a_track_that_changes_its_port_lets_its_notes_go_on_the_old_one() {
        let mut dispatcher = Dispatcher::default();
        dispatcher.set_schedule(Some(schedule("old")), |_, _| {});
        advance(&mut dispatcher, reading(0, true, 0), 30_000);
        let mut sent = Vec::new();
        dispatcher.set_schedule(Some(schedule("new")), |port, message| {
            sent.push((port.to_owned(), message.kind()));
        });
        assert_eq!(sent, [("old".to_owned(), 0x80)]);
    }
}
