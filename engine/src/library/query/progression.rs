//! Chords that follow each other, as roman numerals or by name.

use super::names::SIGNS;
use crate::theory::{Chord, ChordKind, PitchClass, Spelling};
use std::fmt;

/// More chords than a file keeps are found nowhere.
const MOST_CHORDS: usize = 64;
const LETTERS: [&str; 7] = ["I", "II", "III", "IV", "V", "VI", "VII"];

/// Chords that follow each other. What stands above the triad is read and not looked at: a
/// progression is found however it is voiced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progression {
    /// Roman numerals.
    Numerals(Vec<Numeral>),
    /// Chords by name.
    Chords(Vec<Chord>),
}

/// A degree and its third.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numeral {
    /// Semitones that its signs raise it by.
    pub raised: i8,
    /// The degree, 1 to 7.
    pub degree: u8,
    /// Small letters.
    pub minor: bool,
}

impl Progression {
    /// Reads numerals or names between spaces.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn read(text: &str) -> Result<Self, String> {
        let ends = |c: char| c.is_whitespace() || matches!(c, '|' | ',' | '–' | '→');
        let steps = text.split(ends).map(|step| step.trim_matches('-'));
        let steps: Vec<&str> = steps.filter(|step| !step.is_empty()).collect();
        if steps.is_empty() {
            return Err("chords are missing, such as \"ii V I\" or \"Am F C G\"".to_owned());
        }
        if steps.len() > MOST_CHORDS {
            return Err(format!("these are more than {MOST_CHORDS} chords"));
        }
        let numerals: Option<Vec<Numeral>> = steps.iter().map(|step| Numeral::read(step)).collect();
        if let Some(numerals) = numerals {
            return Ok(Self::Numerals(numerals));
        }
        let named =
            |step: &&str| chord(step).ok_or_else(|| format!("“{step}” is not a chord among these"));
        steps.iter().map(named).collect::<Result<_, _>>().map(Self::Chords)
    }
}

impl Numeral {
    fn read(text: &str) -> Option<Self> {
        let letters = text.trim_start_matches(['b', '♭', '#', '♯']);
        let (signs, _) = text.split_at(text.len() - letters.len());
        let raised = signs.chars().map(|c| if matches!(c, 'b' | '♭') { -1 } else { 1 }).sum();
        let end = letters.find(|c: char| !matches!(c, 'i' | 'v' | 'I' | 'V'));
        let (letters, figure) = letters.split_at(end.unwrap_or(letters.len()));
        let minor = letters.starts_with(['i', 'v']);
        let one_case = letters.chars().all(|c| c.is_ascii_lowercase() == minor);
        let degree = LETTERS.iter().position(|numeral| numeral.eq_ignore_ascii_case(letters))?;
        let fits = one_case && signs.chars().count() <= 2 && kind(figure).is_some();
        fits.then_some(Self { raised, degree: degree as u8 + 1, minor })
    }
}

fn chord(text: &str) -> Option<Chord> {
    // Roots are capitals: a small letter is the start of some other word.
    if !text.starts_with(|c: char| c.is_ascii_uppercase()) {
        return None;
    }
    let (root, rest) = PitchClass::read(text, SIGNS)?;
    let bass = rest.rsplit_once('/').and_then(|(quality, bass)| {
        let (bass, after) = PitchClass::read(bass, SIGNS)?;
        after.is_empty().then_some((quality, bass))
    });
    let (quality, bass) = bass.unwrap_or((rest, root));
    Some(Chord { root, kind: kind(quality)?, bass })
}

/// The quality that is written so after a root.
fn kind(quality: &str) -> Option<ChordKind> {
    let plain = plain(quality);
    let plain = match plain.as_str() {
        "maj" => "",
        "°" | "o" => "dim",
        "°7" | "o7" => "dim7",
        "ø" | "ø7" | "Ø" | "Ø7" | "half-dim" => "m7b5",
        "+" => "aug",
        "+7" | "7+" | "aug7" => "7#5",
        "Δ" | "Δ7" | "^" | "^7" => "maj7",
        "sus" => "sus4",
        "2" => "add9",
        "69" => "6/9",
        "m69" => "m6/9",
        other => other,
    };
    ChordKind::ALL.into_iter().find(|kind| self::plain(kind.suffix()) == plain)
}

/// One spelling of the many that a quality has.
fn plain(quality: &str) -> String {
    let quality: String = quality.chars().filter(|c| !matches!(c, '(' | ')')).collect();
    let quality = quality.replace('♯', "#").replace('♭', "b").replace("Maj", "maj");
    let quality = quality.replace("min", "m").replace("Min", "m").replace('M', "maj");
    quality.strip_prefix('-').map(|rest| format!("m{rest}")).unwrap_or(quality)
}

impl fmt::Display for Progression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: Vec<String> = match self {
            Self::Numerals(numerals) => numerals.iter().map(ToString::to_string).collect(),
            Self::Chords(chords) => chords.iter().map(|chord| written(*chord)).collect(),
        };
        f.write_str(&steps.join(" "))
    }
}

impl fmt::Display for Numeral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let letters = LETTERS.get(usize::from(self.degree.wrapping_sub(1))).copied().unwrap_or("");
        let letters = if self.minor { letters.to_lowercase() } else { letters.to_owned() };
        let sign = if self.raised < 0 { "b" } else { "#" };
        write!(f, "{}{letters}", sign.repeat(usize::from(self.raised.unsigned_abs())))
    }
}

fn written(chord: Chord) -> String {
    let name = |pitch: PitchClass| pitch.name(Spelling::Usual);
    let bass = if chord.bass == chord.root { "" } else { name(chord.bass) };
    let slash = if bass.is_empty() { "" } else { "/" };
    let text = format!("{}{}{slash}{bass}", name(chord.root), chord.kind.suffix());
    text.replace('♯', "#").replace('♭', "b")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plainly(text: &str) -> String {
        Progression::read(text).map_or_else(|_| "?".to_owned(), |it| it.to_string())
    }

    #[test]
    fn numerals_keep_their_third_and_lose_their_figures() {
        for (text, expected) in [
            ("ii V I", "ii V I"),
            ("iim7 V7 Imaj7", "ii V I"),
            ("iiø | V7(b9) – i", "ii V i"),
            ("♭VII #iv°7", "bVII #iv"),
            ("vIi", "?"),
            ("VIII", "?"),
            ("Vx", "?"),
            ("bbbV", "?"),
        ] {
            assert_eq!(plainly(text), expected, "{text}");
        }
    }

    #[test]
    fn chords_go_by_any_spelling() {
        for (text, expected) in [
            ("Am F C G", "Am F C G"),
            ("Dbm7 C-7", "C#m7 Cm7"),
            ("Cmin7b5 Cø", "Cm7b5 Cm7b5"),
            ("CM7 CMaj7/E C^", "Cmaj7 Cmaj7/E Cmaj7"),
            ("C6/9 C/C Cm(maj7)", "C6/9 C Cmmaj7"),
            ("Caug7 B+ Esus", "C7#5 Baug Esus4"),
            ("", "?"),
            ("hello", "?"),
            ("Hm", "?"),
            ("Am X", "?"),
            ("am", "?"),
            ("Beautiful", "?"),
        ] {
            let expected = expected.replace("Cmmaj7", "Cm(maj7)");
            assert_eq!(plainly(text), expected, "{text}");
        }
    }

    #[test]
    fn every_quality_is_read_as_it_is_written() {
        for kind in ChordKind::ALL {
            let chord = Chord { root: PitchClass::new(1), kind, bass: PitchClass::new(5) };
            assert_eq!(Progression::read(&written(chord)), Ok(Progression::Chords(vec![chord])));
        }
    }
}
