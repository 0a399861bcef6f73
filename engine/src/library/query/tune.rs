//! Notes that follow each other, as they are typed, played or drawn.

use super::names::SIGNS;
use crate::library::features::Contour;
use crate::library::features::contour::FEWEST_NOTES;
use crate::theory::{key_at, semitones_above_c};
use std::fmt;
use std::ops::Range;

/// More notes than anyone remembers.
const MOST_NOTES: usize = 64;
/// The octave of a first name without one.
const FIRST_OCTAVE: i32 = 4;
const EXAMPLE: &str = "60-62-64-65-67-69 or C4,D4,E4,F4,G4,A4";

/// A melody that is looked for: what counts are its intervals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tune(Vec<u8>);

/// What is wrong with a tune, and where in the text that was read last; everywhere where that
/// is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) place: Option<Range<usize>>,
    pub(super) message: String,
}

/// Reads the notes of a tune, which may come in several texts.
#[derive(Debug, Default)]
pub(super) struct TuneReader(Vec<u8>);

impl Tune {
    /// A melody of these keys, 0..=127.
    ///
    /// # Errors
    /// What is wrong with it, for people: too few notes, too many, or all on one pitch.
    pub fn of(keys: &[u8]) -> Result<Self, String> {
        let count = keys.len();
        if count < FEWEST_NOTES {
            let message = format!("a melody has at least {FEWEST_NOTES} notes, such as {EXAMPLE}");
            return Err(message);
        }
        if count > MOST_NOTES {
            return Err(format!("these are more than {MOST_NOTES} notes"));
        }
        // Every run of six would be in every song, and is in no index.
        let stands = |run: &[u8]| run.windows(2).all(|pair| pair.first() == pair.last());
        if keys.windows(FEWEST_NOTES).all(stands) {
            return Err("a melody has to move".to_owned());
        }
        Ok(Self(keys.to_vec()))
    }

    /// Its keys.
    pub fn keys(&self) -> &[u8] {
        &self.0
    }

    /// What of it counts.
    pub fn contour(&self) -> Contour {
        Contour::of(self.0.iter().copied())
    }
}

impl fmt::Display for Tune {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<String> = self.0.iter().map(u8::to_string).collect();
        f.write_str(&keys.join("-"))
    }
}

impl TuneReader {
    /// Reads the notes of a text: numbers or names between hyphens, commas or spaces.
    pub(super) fn read(&mut self, text: &str) -> Result<(), Wrong> {
        let mut rest = text;
        loop {
            rest = rest.trim_start_matches(parts);
            if rest.is_empty() {
                return Ok(());
            }
            let Some((key, after)) = self.note(rest) else {
                let at = text.len() - rest.len();
                let length = rest.find(parts).unwrap_or(rest.len());
                let note = rest.get(..length).unwrap_or(rest);
                let message = format!("“{note}” is not a note, such as 60, C4 or F#3");
                return Err(Wrong { place: Some(at..at + length), message });
            };
            self.0.push(key);
            rest = after;
        }
    }

    pub(super) fn finish(self) -> Result<Tune, Wrong> {
        Tune::of(&self.0).map_err(|message| Wrong { place: None, message })
    }

    /// A number or a name off the front.
    fn note<'t>(&self, text: &'t str) -> Option<(u8, &'t str)> {
        let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, after) = text.split_at(end);
        if !digits.is_empty() {
            let key: u8 = digits.parse().ok()?;
            return (key < 128 && ends(after)).then_some((key, after));
        }
        let (semitones, rest) = semitones_above_c(text, SIGNS)?;
        let (octave, after) = octave(rest);
        let octave = octave.or_else(|| self.0.is_empty().then_some(FIRST_OCTAVE));
        let key = match (octave, self.0.last()) {
            (Some(octave), _) => key_at(semitones, octave)?,
            // The nearest to the note before it; of two as near the upper one.
            (None, Some(last)) => {
                let last = i32::from(*last);
                let step = (semitones - last + 5).rem_euclid(12) - 5;
                key_at(last + step, -1)?
            }
            (None, None) => return None,
        };
        ends(after).then_some((key, after))
    }
}

/// An octave off the front. A hyphen before a single 1 is its minus: nobody goes from a name to
/// key number 1.
fn octave(text: &str) -> (Option<i32>, &str) {
    let digits = text.strip_prefix("-1").filter(|after| ends(after));
    if let Some(after) = digits {
        return (Some(-1), after);
    }
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, after) = text.split_at(end);
    (digits.parse().ok(), after)
}

/// What stands between notes.
const fn parts(c: char) -> bool {
    matches!(c, '-' | '–' | ',' | '|' | '>' | '→') || c.is_whitespace()
}

fn ends(text: &str) -> bool {
    text.is_empty() || text.starts_with(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<u8>, String> {
        let mut reader = TuneReader::default();
        let read = reader.read(text).and_then(|()| reader.finish());
        read.map(|tune| tune.keys().to_vec()).map_err(|wrong| wrong.message)
    }

    #[test]
    fn notes_are_numbers_or_names_with_or_without_octave() {
        let scale = Ok(vec![60, 62, 64, 65, 67, 69]);
        for text in [
            "60-62-64-65-67-69",
            "60, 62 64|65→67 – 69",
            "C4-D4-E4-F4-G4-A4",
            "c,d,e,f,g,a",
            "C D4 62-F-G-A".replace("62", "E").as_str(),
            "B#3 60".replace("60", "D E F G A").as_str(),
        ] {
            assert_eq!(read(text), scale, "{text}");
        }
        assert_eq!(read("C4 B A G F E"), Ok(vec![60, 59, 57, 55, 53, 52]));
        assert_eq!(read("C4 F# C F C G"), Ok(vec![60, 66, 72, 77, 72, 67]));
        assert_eq!(read("C-1-C0-D0-E0-F0-G0"), Ok(vec![0, 12, 14, 16, 17, 19]));
        assert_eq!(read("E♭4 Bb3 Ebb4 d#4 G9 0"), Ok(vec![63, 58, 62, 63, 127, 0]));
    }

    #[test]
    fn what_is_no_melody_is_told() {
        for (text, message) in [
            ("60-62-H4", "“H4” is not a note"),
            ("60-128", "“128” is not a note"),
            ("C4x", "“C4x” is not a note"),
            ("Cb-1", "“Cb” is not a note"),
            ("60-62-64-65-67", "a melody has at least 6 notes"),
            ("60-60-60-60-60-60-60", "a melody has to move"),
        ] {
            let found = read(text).unwrap_err();
            assert!(found.starts_with(message), "{text}: {found}");
        }
        assert!(read(&"60-62-".repeat(33)).is_err());
        let mut reader = TuneReader::default();
        let wrong = reader.read("60, x9-61").unwrap_err();
        assert_eq!(wrong.place, Some(4..6));
    }
}
