//! Keys and time signatures as people write them.

use super::ast::KeyTest;
use crate::theory::{Key, PitchClass};

/// Signs that a pitch may have.
pub(super) const SIGNS: usize = 2;

/// Reads what stands after `key:`.
///
/// # Errors
/// What is wrong, for people.
pub(super) fn key_test(text: &str) -> Result<KeyTest, String> {
    let text = text.trim();
    match text.to_lowercase().as_str() {
        "none" => return Ok(KeyTest::None),
        "major" | "maj" | "dur" => return Ok(KeyTest::Mode { minor: false }),
        "minor" | "min" | "moll" => return Ok(KeyTest::Mode { minor: true }),
        _ => {}
    }
    let (near, name) = text.strip_prefix('~').map_or((false, text), |name| (true, name));
    let Some(key) = key(name) else {
        return Err(format!("“{name}” is not a key, such as F#m, Eb or 8A"));
    };
    Ok(if near { KeyTest::Compatible(key) } else { KeyTest::Is(key) })
}

/// The key of that name: `F#m`, `Gb minor`, `e-moll`, or on the Camelot wheel `11A`.
pub(super) fn key(name: &str) -> Option<Key> {
    let name = name.trim();
    if let Some(key) = camelot(name) {
        return Some(key);
    }
    let (tonic, rest) = PitchClass::read(name, SIGNS)?;
    let mode = rest.trim_start_matches([' ', '-', '_']);
    let minor = match mode {
        "" | "M" => false,
        "m" => true,
        _ => match mode.to_lowercase().as_str() {
            "maj" | "major" | "dur" => false,
            "min" | "minor" | "moll" => true,
            _ => return None,
        },
    };
    Some(Key { tonic, minor })
}

/// `1A` to `12B`: A minor, B major, a fifth up for each number; 8 is without signs.
fn camelot(text: &str) -> Option<Key> {
    let minor = match text.as_bytes().last()? {
        b'A' | b'a' => true,
        b'B' | b'b' => false,
        _ => return None,
    };
    let number: i8 = text.get(..text.len() - 1)?.parse().ok()?;
    if !(1..=12).contains(&number) || text.starts_with('+') {
        return None;
    }
    Some(Key::of_signature(number - 8, minor))
}

/// Reads what stands after `meter:`; `None` is none.
///
/// # Errors
/// What is wrong, for people.
pub(super) fn meter(text: &str) -> Result<Option<(u8, u16)>, String> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("none") {
        return Ok(None);
    }
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = text.split_once('/').filter(|(beats, unit)| digits(beats) && digits(unit));
    let numbers = parts.and_then(|(beats, unit)| Some((beats.parse().ok()?, unit.parse().ok()?)));
    let fine = numbers.filter(|&(beats, unit): &(u8, u16)| beats > 0 && unit.is_power_of_two());
    fine.map(Some).ok_or_else(|| format!("“{text}” is not a time signature, such as 3/4"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::row::key_text;

    #[test]
    fn a_key_has_many_names() {
        for (name, expected) in [
            ("F#m", "F#m"),
            ("f♯ minor", "F#m"),
            ("Gbm", "F#m"),
            ("gb-moll", "F#m"),
            ("11A", "F#m"),
            ("8a", "Am"),
            ("8B", "C"),
            ("12B", "E"),
            ("1A", "G#m"),
            ("b", "B"),
            ("bb", "Bb"),
            ("BBM", "?"),
            ("Bbm", "Bbm"),
            ("A#", "Bb"),
            ("Cb", "B"),
            ("E##", "F#"),
            ("Es", "?"),
            ("H", "?"),
            ("", "?"),
            ("0A", "?"),
            ("13A", "?"),
            ("+8A", "?"),
            ("C min", "Cm"),
            ("CM", "C"),
        ] {
            let found = key(name).map_or_else(|| "?".to_owned(), key_text);
            assert_eq!(found, expected, "{name}");
        }
    }

    #[test]
    fn meters_are_numbers_over_powers_of_two() {
        assert_eq!(meter("3/4"), Ok(Some((3, 4))));
        assert_eq!(meter("none"), Ok(None));
        for text in ["3", "3/5", "0/4", "3/4/4", "+3/4", "/", "300/4"] {
            assert!(meter(text).is_err(), "{text}");
        }
    }
}
