//! How numbers and keys are written for people. Pure text: no interface, no state.

use engine::model::{Key, KeySignature};
use engine::smf::key_name;
use engine::theory::{PitchClass, Spelling};
use engine::time::{BarPosition, MeterMap, Tick};

/// A count with its thousands set apart: "1,024".
pub fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A key's name with its octave, black keys as sharps; key 60 is C4.
pub fn note_name(key: Key) -> String {
    format!("{}{}", PitchClass::of(key).name(Spelling::Sharps), i16::from(key / 12) - 1)
}

/// Where `tick` lies, as "017 . 3 . 240": three, one and three figures at least,
/// so that nothing jumps.
pub fn position_text(meter: &MeterMap, tick: Tick) -> String {
    let at = meter.position(tick);
    format!("{:03} . {} . {:03}", at.bar + 1, at.beat + 1, at.tick)
}

/// The tick of what somebody typed: "17", "17.3" or "17.3.240", with dots, colons, commas or
/// spaces; a beat or tick past its bar runs into the next.
pub fn read_position(meter: &MeterMap, text: &str) -> Option<Tick> {
    let mut parts = text
        .split(|letter: char| matches!(letter, '.' | ':' | ',') || letter.is_whitespace())
        .filter(|part| !part.is_empty())
        .map(str::parse::<u64>);
    let bar = parts.next()?.ok()?.checked_sub(1)?;
    let beat = parts.next().transpose().ok()?.unwrap_or(1).checked_sub(1)?;
    let tick = parts.next().transpose().ok()?.unwrap_or(0);
    // Bars of the longest meter are below 2²⁵ ticks each: what is below 2²⁴ bars is a number
    // that the playhead, a 64-bit float, holds exactly, and a year of music at any tempo.
    let sane = bar < 1 << 24 && beat < 1 << 16 && tick < 1 << 32 && parts.next().is_none();
    sane.then(|| meter.tick(BarPosition { bar, beat, tick }))
}

/// A key signature as a tonic, short: "F♯m", "E♭".
pub fn tonic(key: KeySignature) -> String {
    key_name(key.sharps, key.minor).replace('#', "♯").replace('b', "♭")
}

/// A key signature in full: "F♯ minor".
pub fn key_in_full(key: KeySignature) -> String {
    let tonic = tonic(key);
    match tonic.strip_suffix('m') {
        Some(tonic) => format!("{tonic} minor"),
        None => format!("{tonic} major"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::time::Division;

    #[test]
    fn a_position_that_is_shown_can_be_typed() {
        let meter = MeterMap::new(Division::Ppq(480), []);
        for tick in [0, 1, 479, 480, 1919, 1920, 123_456_789] {
            let text = position_text(&meter, Tick(tick));
            assert_eq!(read_position(&meter, &text), Some(Tick(tick)), "{text}");
        }
    }

    #[test]
    fn positions_are_read_as_people_type_them() {
        let meter = MeterMap::new(Division::Ppq(480), []);
        let read = |text: &str| read_position(&meter, text).map(|tick| tick.0);
        for text in ["3.2.10", "3:2:10", "3,2,10", " 3 2 10 ", "003 . 2 . 010"] {
            assert_eq!(read(text), Some(4330), "{text}");
        }
        assert_eq!([read("3"), read("3.2"), read("3.6")], [Some(3840), Some(4320), Some(6240)]);
        assert_eq!(read("16777216"), Some(16_777_215 * 1920));
        for text in
            ["0", "0.1.0", "1.0", "x", "", ".", "1.1.1.1", "-1", "16777217", "99999999999999999999"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
