//! How lanes and their values are written.

use engine::edit::{Lane, LaneKind};
use engine::smf::gm;

/// A lane's name, with its channel where that is not the track's own.
pub(super) fn name(lane: Lane, names_channel: bool) -> String {
    let name = match lane.kind {
        LaneKind::PolyPressure(Some(key)) => {
            format!("Poly pressure {}", crate::wording::note_name(key))
        }
        kind => kind.name(),
    };
    if names_channel && !lane.kind.is_of_notes() && lane.kind != LaneKind::Tempo {
        format!("{name} ch {}", lane.channel.index() + 1)
    } else {
        name
    }
}

/// A value as people read it.
pub(super) fn value(kind: LaneKind, value: f64) -> String {
    match kind {
        LaneKind::Tempo => format!("{value:.1}"),
        LaneKind::Program => {
            let program = value.clamp(0.0, 127.0) as u8;
            format!("{} {}", program + 1, gm::program_name(program))
        }
        LaneKind::PitchBend if value > 0.0 => format!("+{value:.0}"),
        LaneKind::PitchBend if value < 0.0 => format!("−{:.0}", -value),
        LaneKind::Controller(64..=69) => if value >= 64.0 { "down" } else { "up" }.to_owned(),
        // Semitones and hundredths (MIDI 1.0, "Pitch Bend Sensitivity").
        LaneKind::Rpn(0) => format!("{:.2}", (value / 128.0).floor() + value % 128.0 / 100.0),
        _ => format!("{value:.0}"),
    }
}

/// The same, short enough for the caption.
pub(super) fn short(kind: LaneKind, of: f64) -> String {
    match kind {
        LaneKind::Program => format!("{:.0}", of + 1.0),
        _ => value(kind, of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::model::Channel;

    #[test]
    fn lanes_and_values_have_words() {
        let lane = |kind| Lane { kind, channel: Channel::new(2) };
        assert_eq!(name(lane(LaneKind::PitchBend), true), "Pitch bend ch 3");
        assert_eq!(name(lane(LaneKind::Tempo), true), "Tempo");
        assert_eq!(name(lane(LaneKind::PolyPressure(Some(60))), false), "Poly pressure C4");
        assert_eq!(value(LaneKind::PitchBend, -8192.0), "−8192");
        assert_eq!(value(LaneKind::Rpn(0), 280.0), "2.24");
        assert_eq!(value(LaneKind::Controller(64), 63.0), "up");
        assert_eq!(value(LaneKind::Tempo, 120.04), "120.0");
    }
}
