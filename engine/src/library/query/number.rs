//! Numbers as people write them: ranges, comparisons, minutes and seconds.

use super::ast::NumberField;
use std::fmt;

/// Tempos are written in steps of a tempo event, so that 110 may be kept as 109.9999: the ends
/// of ranges give way by this much.
const BPM_SLACK: f64 = 0.05;
/// About the same tempo.
const BPM_NEAR: f64 = 0.03;
/// About the same number, of everything else.
const NEAR: f64 = 0.1;
/// More digits than this say nothing more.
const MOST_DIGITS: usize = 15;

/// Seconds from here on are no duration: a billion, three decades.
const LONGEST: f64 = 1e9;

/// A number and the digits it was written with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number {
    /// Its value.
    pub value: f64,
    /// Digits after the point, at most 6.
    pub decimals: u8,
}

/// What a number must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NumberTest {
    /// This, to the digits written.
    Exactly(Number),
    /// From here to there, both included; the first is not greater.
    Between(Number, Number),
    /// More.
    Above(Number),
    /// This or more.
    AtLeast(Number),
    /// Less.
    Below(Number),
    /// This or less.
    AtMost(Number),
    /// About this; of a tempo, half and double too.
    About(Number),
    /// Not known.
    None,
}

type Comparison = fn(Number) -> NumberTest;

/// An interval, both ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The least.
    pub low: f64,
    /// The greatest.
    pub high: f64,
}

impl Interval {
    /// The steps of a field that lie in it, from the first to the last, both included; none
    /// where the last lies before the first.
    pub fn steps(self, field: NumberField) -> (f64, f64) {
        let step = field.step();
        ((self.low / step - 1e-3).ceil(), (self.high / step + 1e-3).floor())
    }

    /// Whether `value`, rounded to the field's step, lies in it.
    pub fn contains(self, field: NumberField, value: f64) -> bool {
        let (first, last) = self.steps(field);
        let nearest = (value / field.step()).round();
        first <= nearest && nearest <= last
    }
}

impl NumberField {
    /// What the library tells apart: a hundredth of a beat a minute, a millisecond, one.
    pub const fn step(self) -> f64 {
        match self {
            Self::Bpm => 0.01,
            Self::Duration => 0.001,
            _ => 1.0,
        }
    }

    /// Whether some files lack it, so that `none` makes sense.
    pub const fn is_optional(self) -> bool {
        matches!(self, Self::Bpm | Self::Bars | Self::Rating)
    }

    /// Whether it counts things, so that `k` makes thousands of it.
    const fn is_count(self) -> bool {
        matches!(self, Self::Bars | Self::Notes | Self::Tracks | Self::Rating)
    }
}

impl NumberTest {
    /// The intervals that pass; none for [`NumberTest::None`].
    pub fn intervals(self, field: NumberField) -> Vec<Interval> {
        let between = |low: f64, high: f64| vec![Interval { low, high }];
        let slack = if field == NumberField::Bpm { BPM_SLACK } else { 0.0 };
        // Just beyond an end that is left out, and short of the next step that is kept.
        let beyond = slack.max(0.4 * field.step());
        match self {
            Self::Exactly(number) => {
                let written = 10f64.powi(-i32::from(number.decimals));
                let half = 0.5 * if field.is_count() { 0.0 } else { written.max(field.step()) };
                // The upper end rounds to the next number: it is left out.
                let short = if half > 0.0 { 0.4 * field.step() } else { 0.0 };
                between(number.value - half, number.value + half - short)
            }
            Self::Between(low, high) => between(low.value - slack, high.value + slack),
            Self::Above(number) => between(number.value + beyond, f64::INFINITY),
            Self::AtLeast(number) => between(number.value - slack, f64::INFINITY),
            Self::Below(number) => between(f64::NEG_INFINITY, number.value - beyond),
            Self::AtMost(number) => between(f64::NEG_INFINITY, number.value + slack),
            Self::About(number) if field == NumberField::Bpm => {
                [0.5, 1.0, 2.0].map(|times| near(number.value * times, BPM_NEAR)).to_vec()
            }
            Self::About(number) => vec![near(number.value, NEAR)],
            Self::None => Vec::new(),
        }
    }

    /// Reads what stands after a field's colon.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn read(text: &str, field: NumberField) -> Result<Self, String> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("none") {
            let lacking = field.is_optional().then_some(Self::None);
            return lacking.ok_or_else(|| "every file has this".to_owned());
        }
        let signs: [(&str, Comparison); 6] = [
            (">=", Self::AtLeast),
            ("<=", Self::AtMost),
            (">", Self::Above),
            ("<", Self::Below),
            ("~", Self::About),
            ("=", Self::Exactly),
        ];
        for (sign, make) in signs {
            if let Some(rest) = text.strip_prefix(sign) {
                return Number::read(rest, field).map(make);
            }
        }
        let dash = ["..", "-", "–"].into_iter().find_map(|dash| text.split_once(dash));
        let Some((low, high)) = dash else { return Number::read(text, field).map(Self::Exactly) };
        match (low.trim(), high.trim()) {
            ("", "") => Err(not_a_number(text, field)),
            ("", high) => Number::read(high, field).map(Self::AtMost),
            (low, "") => Number::read(low, field).map(Self::AtLeast),
            (low, high) => {
                let (low, high) = (Number::read(low, field)?, Number::read(high, field)?);
                let rises = low.value <= high.value;
                Ok(if rises { Self::Between(low, high) } else { Self::Between(high, low) })
            }
        }
    }

    /// Writes it so that [`NumberTest::read`] reads the same.
    pub(super) fn write(self, field: NumberField, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |number: Number| Written { number, field };
        match self {
            Self::Exactly(number) => write!(f, "{}", written(number)),
            Self::Between(low, high) => write!(f, "{}-{}", written(low), written(high)),
            Self::Above(number) => write!(f, ">{}", written(number)),
            Self::AtLeast(number) => write!(f, ">={}", written(number)),
            Self::Below(number) => write!(f, "<{}", written(number)),
            Self::AtMost(number) => write!(f, "<={}", written(number)),
            Self::About(number) => write!(f, "~{}", written(number)),
            Self::None => f.write_str("none"),
        }
    }
}

fn near(value: f64, share: f64) -> Interval {
    Interval { low: value * (1.0 - share), high: value * (1.0 + share) }
}

impl Number {
    fn read(text: &str, field: NumberField) -> Result<Self, String> {
        let text = text.trim();
        let number = match field {
            NumberField::Duration => seconds(text),
            _ if field.is_count() => count(text),
            _ => decimal(text),
        };
        number.ok_or_else(|| not_a_number(text, field))
    }
}

fn not_a_number(text: &str, field: NumberField) -> String {
    let wanted = match field {
        NumberField::Duration => "a time, such as 90, 1:30 or 5m",
        NumberField::Bpm => "a tempo, such as 120 or 110-130",
        _ => "a number, such as 4, 8-16 or >100",
    };
    if text.is_empty() {
        format!("{wanted} is missing")
    } else {
        format!("“{text}” is not {wanted}")
    }
}

/// Digits and perhaps a point with digits.
fn decimal(text: &str) -> Option<Number> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let fine = !whole.is_empty() && whole.len() + part.len() <= MOST_DIGITS && part.len() <= 6;
    if !(fine && digits(whole) && digits(part)) {
        return None;
    }
    Some(Number { value: text.parse().ok()?, decimals: part.len() as u8 })
}

/// A whole number, perhaps in thousands or millions.
fn count(text: &str) -> Option<Number> {
    let (digits, times) = match text.as_bytes().last()? {
        b'k' | b'K' => (text.get(..text.len() - 1)?, 1e3),
        b'm' | b'M' => (text.get(..text.len() - 1)?, 1e6),
        _ => (text, 1.0),
    };
    let Number { value, decimals } = decimal(digits)?;
    let value = value * times;
    let whole = value.fract() == 0.0 && value < 1e15 && (times > 1.0 || decimals == 0);
    whole.then_some(Number { value, decimals: 0 })
}

/// Seconds: `90`, `90s`, `1:30`, `1:02:03`, `1.5m`, `2h`.
fn seconds(text: &str) -> Option<Number> {
    let number = spelled_seconds(text)?;
    // Rounded to its digits, so that it is read back as it is written.
    let scale = 10f64.powi(i32::from(number.decimals));
    let value = (number.value * scale).round() / scale;
    (value < LONGEST).then_some(Number { value, ..number })
}

fn spelled_seconds(text: &str) -> Option<Number> {
    let units = [("min", 60.0), ("sec", 1.0), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];
    let lower = text.to_ascii_lowercase();
    for (unit, times) in units {
        if let Some(number) = lower.strip_suffix(unit) {
            let Number { value, decimals } = decimal(number.trim_end())?;
            let value = value * times;
            // Minutes and hours say whole seconds at least.
            let decimals = if times > 1.0 && value.fract() == 0.0 { 0 } else { decimals };
            return Some(Number { value, decimals });
        }
    }
    let mut parts = text.split(':');
    let mut sum = decimal(parts.next()?)?;
    let mut depth = 0;
    for part in parts {
        let Number { value, decimals } = decimal(part)?;
        depth += 1;
        if depth > 2 || sum.decimals > 0 || value >= 60.0 {
            return None;
        }
        sum = Number { value: sum.value * 60.0 + value, decimals };
    }
    Some(sum)
}

struct Written {
    number: Number,
    field: NumberField,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Number { value, decimals } = self.number;
        let minutes = (value / 60.0).trunc();
        if self.field == NumberField::Duration && decimals == 0 && minutes >= 1.0 {
            return write!(f, "{minutes}:{:02}", value - minutes * 60.0);
        }
        write!(f, "{value:.*}", usize::from(decimals))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intervals(field: NumberField, text: &str) -> Vec<(f64, f64)> {
        let test = NumberTest::read(text, field).unwrap();
        test.intervals(field).into_iter().map(|it| (it.low, it.high)).collect()
    }

    fn passes(field: NumberField, text: &str, value: f64) -> bool {
        let test = NumberTest::read(text, field).unwrap();
        test.intervals(field).into_iter().any(|interval| interval.contains(field, value))
    }

    #[test]
    fn a_tempo_gives_way_by_what_tempo_events_cannot_say() {
        use NumberField::Bpm;
        for (text, inside, outside) in [
            ("120", &[119.5, 120.0, 120.49][..], &[119.4, 120.5][..]),
            ("120.5", &[120.45, 120.54], &[120.4, 120.56]),
            ("110-130", &[109.9999, 130.0001, 120.0], &[109.9, 130.1]),
            ("130-110", &[109.9999, 130.0001, 120.0], &[109.9, 130.1]),
            (">120", &[120.1, 500.0], &[120.0, 120.0001]),
            (">=120", &[119.9999, 120.0], &[119.9]),
            ("<120", &[119.9, 20.0], &[119.9999, 120.0]),
            ("<=120", &[120.0001], &[120.1]),
            ("~124", &[62.0, 124.0, 248.0, 127.0, 60.5], &[130.0, 186.0, 31.0]),
            ("90..", &[90.0, 200.0], &[89.0]),
            ("-90", &[90.0, 20.0], &[91.0]),
            ("none", &[], &[120.0]),
        ] {
            for value in inside {
                assert!(passes(Bpm, text, *value), "{text} {value}");
            }
            for value in outside {
                assert!(!passes(Bpm, text, *value), "{text} {value}");
            }
        }
    }

    #[test]
    fn counts_are_exact() {
        assert_eq!(intervals(NumberField::Notes, "1k"), [(1000.0, 1000.0)]);
        assert_eq!(intervals(NumberField::Notes, "1.5k-2m"), [(1500.0, 2_000_000.0)]);
        assert!(passes(NumberField::Notes, ">1000", 1001.0));
        assert!(!passes(NumberField::Notes, ">1000", 1000.0));
        assert!(!passes(NumberField::Notes, "<1000", 1000.0));
        assert!(passes(NumberField::Notes, "0", 0.0));
    }

    #[test]
    fn times_are_seconds_or_minutes_and_seconds() {
        use NumberField::Duration;
        for (text, secs) in [
            ("90", 90.0),
            ("1:30", 90.0),
            ("1:02:03", 3723.0),
            ("5m", 300.0),
            ("1.5min", 90.0),
            ("2h", 7200.0),
            ("30s", 30.0),
        ] {
            assert_eq!(
                intervals(Duration, &format!(">={text}")),
                [(secs, f64::INFINITY)],
                "{text}"
            );
        }
        assert_eq!(intervals(Duration, "1:30-2:00"), [(90.0, 120.0)]);
        assert!(passes(Duration, "3:00", 179.6) && !passes(Duration, "3:00", 180.6));
    }

    #[test]
    fn what_is_no_number_is_said() {
        for text in [
            "",
            "x",
            "1e9",
            "--",
            "-",
            "..",
            ">",
            "1:2:3:4",
            "1:99",
            "∞",
            "NaN",
            "1.2.3",
            "0x10",
            "1234567890123456",
            ".5",
            "+5",
        ] {
            assert!(NumberTest::read(text, NumberField::Duration).is_err(), "{text}");
        }
        assert!(NumberTest::read("1.5", NumberField::Notes).is_err());
        assert!(NumberTest::read("none", NumberField::Notes).is_err());
    }
}
