//! What a lane can show, and what values that takes.

use crate::model::Key;
use crate::time::Tempo;
use serde::{Deserialize, Serialize};

/// What a lane shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum LaneKind {
    /// How hard notes are struck.
    Velocity,
    /// How fast they are let go.
    ReleaseVelocity,
    /// Pitch bend.
    PitchBend,
    /// Pressure of the channel.
    ChannelPressure,
    /// Pressure of one key, or of all of them.
    PolyPressure(Option<Key>),
    /// Programs.
    Program,
    /// A controller, 0..=127.
    Controller(u8),
    /// A controller of 14 bits, 0..=31: its high half is that controller, its low half the
    /// one 32 above (MIDI 1.0, "Control Change").
    Controller14(u8),
    /// A registered parameter: controllers 101, 100, 6 and 38.
    Rpn(u16),
    /// A non-registered parameter: controllers 99, 98, 6 and 38.
    Nrpn(u16),
    /// The song's tempo, in quarter notes a minute.
    Tempo,
}

/// The slowest tempo of a lane: 24 bits of microseconds hold down to 3.577 a minute.
const SLOWEST: f64 = 3.58;
/// The fastest tempo of a lane.
const FASTEST: f64 = 3_000.0;

impl LaneKind {
    /// Lowest and highest value.
    pub const fn range(self) -> (f64, f64) {
        match self {
            Self::Velocity => (1.0, 127.0),
            Self::PitchBend => (-8192.0, 8191.0),
            Self::Controller14(_) | Self::Rpn(_) | Self::Nrpn(_) => (0.0, 16_383.0),
            Self::Tempo => (SLOWEST, FASTEST),
            Self::ReleaseVelocity
            | Self::ChannelPressure
            | Self::PolyPressure(_)
            | Self::Program
            | Self::Controller(_) => (0.0, 127.0),
        }
    }

    /// The nearest value that a file can hold: whole numbers, for tempo whole microseconds.
    #[must_use]
    pub fn nearest(self, value: f64) -> f64 {
        let (low, high) = self.range();
        let value = if value.is_nan() { self.rest() } else { value.clamp(low, high) };
        match self {
            Self::Tempo => Tempo::from_bpm(value).unwrap_or(Tempo::DEFAULT).bpm(),
            _ => value.round(),
        }
    }

    /// The value that holds where nothing says another, as General MIDI recommends it.
    pub const fn rest(self) -> f64 {
        match self {
            Self::ReleaseVelocity | Self::Controller(8 | 10 | 70..=79) => 64.0,
            Self::Velocity | Self::Controller(7) => 100.0,
            Self::Controller(11) => 127.0,
            Self::Controller(91) => 40.0,
            Self::Controller14(7) => 12_800.0,
            Self::Controller14(8 | 10) | Self::Rpn(1 | 2) => 8_192.0,
            Self::Controller14(11) => 16_256.0,
            Self::Rpn(0) => 256.0,
            Self::Tempo => 120.0,
            _ => 0.0,
        }
    }

    /// The least difference worth a point of its own when a curve is drawn.
    pub const fn step(self) -> f64 {
        match self {
            Self::Tempo => 0.05,
            _ => 1.0,
        }
    }

    /// Whether its values are the notes' own, so that it has no points besides.
    pub const fn is_of_notes(self) -> bool {
        matches!(self, Self::Velocity | Self::ReleaseVelocity)
    }

    /// Whether values between two others mean nothing: programs, and pedals that are
    /// either down (64 and more) or up.
    pub const fn is_stepped(self) -> bool {
        matches!(self, Self::Program | Self::Controller(64..=69))
    }

    /// What it is called.
    pub fn name(self) -> String {
        match self {
            Self::Velocity => "Velocity".to_owned(),
            Self::ReleaseVelocity => "Release velocity".to_owned(),
            Self::PitchBend => "Pitch bend".to_owned(),
            Self::ChannelPressure => "Channel pressure".to_owned(),
            Self::PolyPressure(None) => "Poly pressure".to_owned(),
            Self::PolyPressure(Some(key)) => format!("Poly pressure of key {key}"),
            Self::Program => "Program".to_owned(),
            Self::Controller(number) => match controller_name(number) {
                Some(name) => name.to_owned(),
                None => format!("Controller {number}"),
            },
            Self::Controller14(number) => match controller_name(number) {
                Some(name) => format!("{name} 14-bit"),
                None => format!("Controller {number} 14-bit"),
            },
            Self::Rpn(number) => match RPNS.get(usize::from(number)) {
                Some(name) => (*name).to_owned(),
                None => format!("RPN {number}"),
            },
            Self::Nrpn(number) => format!("NRPN {number}"),
            Self::Tempo => "Tempo".to_owned(),
        }
    }
}

/// The first registered parameters (MIDI 1.0, "Registered Parameter Numbers").
const RPNS: [&str; 6] = [
    "Pitch bend range",
    "Fine tuning",
    "Coarse tuning",
    "Tuning program",
    "Tuning bank",
    "Modulation range",
];

/// The name of a controller that has one (MIDI 1.0, "Control Change Messages").
pub(super) const fn controller_name(number: u8) -> Option<&'static str> {
    Some(match number {
        0 => "Bank",
        1 => "Modulation",
        2 => "Breath",
        4 => "Foot",
        5 => "Portamento time",
        6 => "Data entry",
        7 => "Volume",
        8 => "Balance",
        10 => "Pan",
        11 => "Expression",
        12 => "Effect 1",
        13 => "Effect 2",
        64 => "Sustain",
        65 => "Portamento",
        66 => "Sostenuto",
        67 => "Soft pedal",
        68 => "Legato pedal",
        69 => "Hold 2",
        70 => "Variation",
        71 => "Resonance",
        72 => "Release time",
        73 => "Attack time",
        74 => "Brightness",
        75 => "Decay time",
        76 => "Vibrato rate",
        77 => "Vibrato depth",
        78 => "Vibrato delay",
        84 => "Portamento from",
        91 => "Reverb",
        92 => "Tremolo",
        93 => "Chorus",
        94 => "Detune",
        95 => "Phaser",
        120 => "All sound off",
        121 => "Reset controllers",
        123 => "All notes off",
        _ => return None,
    })
}
