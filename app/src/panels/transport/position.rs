//! Bar, beat and tick as people write them.

use engine::time::{BarPosition, MeterMap, Tick};

/// Where `tick` lies, as "017 . 3 . 240": three, one and three figures at least,
/// so that nothing jumps.
pub fn position_text(meter: &MeterMap, tick: Tick) -> String {
    let at = meter.position(tick);
    format!("{:03} . {} . {:03}", at.bar + 1, at.beat + 1, at.tick)
}

/// The tick of what somebody typed: "17", "17.3" or "17.3.240", with dots, colons or spaces.
pub fn parse_position(meter: &MeterMap, text: &str) -> Option<Tick> {
    let mut parts = text
        .split(|letter: char| matches!(letter, '.' | ':' | ',') || letter.is_whitespace())
        .filter(|part| !part.is_empty())
        .map(str::parse::<u64>);
    let bar = parts.next()?.ok()?.checked_sub(1)?;
    let beat = parts.next().transpose().ok()?.unwrap_or(1).checked_sub(1)?;
    let tick = parts.next().transpose().ok()?.unwrap_or(0);
    // Far beyond any song, and small enough that no product overflows.
    let sane = bar < 1 << 32 && beat < 1 << 16 && tick < 1 << 32 && parts.next().is_none();
    sane.then(|| meter.tick(BarPosition { bar, beat, tick }))
}

/// Minutes, seconds and thousandths; hours only when there are any.
pub(super) fn time_text(secs: f64) -> String {
    let millis = (secs.max(0.0) * 1000.0) as u64;
    let (minutes, seconds, rest) = (millis / 60_000, millis / 1000 % 60, millis % 1000);
    if minutes < 60 {
        return format!("{minutes:02}:{seconds:02}.{rest:03}");
    }
    format!("{}:{:02}:{seconds:02}.{rest:03}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::time::Division;

    #[test]
    fn what_is_shown_can_be_typed() {
        let meter = MeterMap::new(Division::Ppq(480), []);
        for tick in [0, 1, 479, 480, 1919, 1920, 123_456_789] {
            let text = position_text(&meter, Tick(tick));
            assert_eq!(parse_position(&meter, &text), Some(Tick(tick)), "{text}");
        }
    }

    #[test]
    fn a_bar_alone_is_enough() {
        let meter = MeterMap::new(Division::Ppq(480), []);
        assert_eq!(parse_position(&meter, "3"), Some(Tick(3840)));
        assert_eq!(parse_position(&meter, "3.2"), Some(Tick(4320)));
        assert_eq!(parse_position(&meter, "0"), None);
        assert_eq!(parse_position(&meter, "x"), None);
        assert_eq!(parse_position(&meter, "99999999999999999999"), None);
    }

    #[test]
    fn time_is_read_as_minutes_and_seconds() {
        assert_eq!(time_text(32.417), "00:32.417");
        assert_eq!(time_text(3_661.5), "1:01:01.500");
    }
}
