//! Live MIDI input: what is played goes to the selected track.

use super::{Studio, Wake};
use crate::io::{Inputs, PortList};
use std::time::{Duration, Instant};

/// How long a lamp stays lit after a message.
const LAMP: Duration = Duration::from_millis(120);

/// The MIDI lamps of the top bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MidiLamps {
    /// Something came in just now.
    pub input: bool,
    /// Something went out to a port just now.
    pub output: bool,
}

pub(super) struct Ports {
    inputs: Inputs,
    last_input: Option<Instant>,
    last_output: Option<Instant>,
    sent: u64,
}

impl Ports {
    pub(super) fn new(wake: Wake) -> Self {
        Self { inputs: Inputs::new(wake), last_input: None, last_output: None, sent: 0 }
    }
}

impl Studio {
    /// The MIDI ports of the machine; `None` when this studio leaves them alone.
    pub fn ports(&self) -> Option<&PortList> {
        self.ports.as_ref().map(|ports| ports.inputs.ports())
    }

    /// Whether MIDI came in or went out just now.
    pub fn lamps(&self) -> MidiLamps {
        let lit = |at: Option<Instant>| at.is_some_and(|at| at.elapsed() < LAMP);
        self.ports.as_ref().map_or(MidiLamps::default(), |ports| MidiLamps {
            input: lit(ports.last_input),
            output: lit(ports.last_output),
        })
    }

    pub(super) fn take_in_midi(&mut self) {
        let Some(ports) = &mut self.ports else { return };
        let sent = self.player.midi_sent();
        if ports.sent != sent {
            (ports.sent, ports.last_output) = (sent, Some(Instant::now()));
        }
        let (messages, _) = ports.inputs.poll();
        let Some(last) = messages.last() else { return };
        ports.last_input = Some(last.at);
        if let Some(track) = self.live_track {
            self.load_wanted_font();
            for message in messages {
                self.player.live(track, message.bytes);
            }
        }
    }
}
