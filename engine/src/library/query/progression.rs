//! Chords that follow each other, as roman numerals or by name, and where a file has them.

use super::names;
use crate::theory::{PitchClass, Spelling};
use std::fmt;

/// More chords than a file keeps are found nowhere.
const MOST_CHORDS: usize = 64;
/// No chord's quality is longer.
const LONGEST_QUALITY: usize = 16;

/// Chords that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progression {
    /// Roman numerals.
    Numerals(Vec<Numeral>),
    /// Chords by name.
    Chords(Vec<NamedChord>),
}

/// A degree and what stands on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numeral {
    /// Semitones that its signs raise it by.
    pub raised: i8,
    /// The degree, 1 to 7.
    pub degree: u8,
    /// Small letters.
    pub minor: bool,
    /// What follows the letters.
    pub figure: String,
}

/// A chord's root, quality and bass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedChord {
    /// The root.
    pub root: PitchClass,
    /// What follows the root, in one of its spellings.
    pub quality: String,
    /// The note below, where it is another than the root.
    pub bass: Option<PitchClass>,
}

impl Progression {
    /// Reads numerals or names between spaces.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn read(text: &str) -> Result<Self, String> {
        let steps: Vec<&str> = steps(text).collect();
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
        let chord = |step: &&str| {
            NamedChord::read(step).ok_or_else(|| format!("“{step}” is not a chord among these"))
        };
        steps.iter().map(chord).collect::<Result<_, _>>().map(Self::Chords)
    }

    /// Whether a file goes through these, whose chords are `chords` by name and `numerals`.
    pub fn is_in(&self, chords: &str, numerals: &str) -> bool {
        match self {
            Self::Numerals(wanted) => {
                let there: Vec<_> = steps(numerals).map(Numeral::read).collect();
                runs(&there, wanted, Numeral::passes_for)
            }
            Self::Chords(wanted) => {
                let there: Vec<_> = steps(chords).map(NamedChord::read).collect();
                runs(&there, wanted, NamedChord::passes_for)
            }
        }
    }
}

fn steps(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '|' | ',' | '–' | '→');
    text.split(ends).map(|step| step.trim_matches('-')).filter(|step| !step.is_empty())
}

fn runs<T>(there: &[Option<T>], wanted: &[T], passes: impl Fn(&T, &T) -> bool) -> bool {
    there.windows(wanted.len().max(1)).any(|run| {
        let mut pairs = run.iter().zip(wanted);
        pairs.all(|(there, wanted)| there.as_ref().is_some_and(|there| passes(there, wanted)))
    })
}

impl Numeral {
    fn read(text: &str) -> Option<Self> {
        let signs = text.trim_start_matches(['b', '♭', '#', '♯']);
        let (before, _) = text.split_at(text.len() - signs.len());
        let raised = before.chars().map(|c| if matches!(c, 'b' | '♭') { -1 } else { 1 }).sum();
        let letters = signs.find(|c: char| !matches!(c, 'i' | 'v' | 'I' | 'V'));
        let (letters, figure) = signs.split_at(letters.unwrap_or(signs.len()));
        let minor = letters.starts_with(['i', 'v']);
        let one_case = letters.chars().all(|c| c.is_ascii_lowercase() == minor);
        let degree = ["I", "II", "III", "IV", "V", "VI", "VII"]
            .iter()
            .position(|numeral| numeral.eq_ignore_ascii_case(letters))?;
        let fits = one_case && before.chars().count() <= 2 && is_suffix(figure);
        fits.then(|| Self { raised, degree: degree as u8 + 1, minor, figure: spelled(figure) })
    }

    /// Whether this, in a file, is what `wanted` asks: without a figure, any that leaves the
    /// triad as it is.
    fn passes_for(&self, wanted: &Self) -> bool {
        let same = |it: &Self| (it.raised, it.degree, it.minor);
        let alters = ["dim", "aug", "m7b5", "7b5", "7#5", "sus"];
        let figure = if wanted.figure.is_empty() {
            !alters.iter().any(|figure| self.figure.starts_with(figure))
        } else {
            // Small letters say minor already, so that iim7 is ii7.
            let plain = |it: &Self| match it.figure.strip_prefix('m') {
                Some(rest) if it.minor && !it.figure.starts_with("maj") => rest.to_owned(),
                _ => it.figure.clone(),
            };
            plain(self) == plain(wanted)
        };
        same(self) == same(wanted) && figure
    }
}

impl NamedChord {
    fn read(text: &str) -> Option<Self> {
        // Roots are capitals: a small letter is the start of some other word.
        if !text.starts_with(|c: char| c.is_ascii_uppercase()) {
            return None;
        }
        let (root, rest) = names::pitch(text)?;
        let slash = rest.rsplit_once('/').and_then(|(quality, bass)| {
            names::pitch(bass)
                .filter(|(_, after)| after.is_empty())
                .map(|(bass, _)| (quality, bass))
        });
        let (quality, bass) = slash.map_or((rest, None), |(quality, bass)| (quality, Some(bass)));
        let bass = bass.filter(|bass| *bass != root);
        is_suffix(quality).then(|| Self { root, quality: spelled(quality), bass })
    }

    /// Whether this, in a file, is what `wanted` asks: without a bass, any.
    fn passes_for(&self, wanted: &Self) -> bool {
        let bass = wanted.bass.is_none() || wanted.bass == self.bass;
        self.root == wanted.root && self.quality == wanted.quality && bass
    }
}

/// Whether this can follow a root: letters, digits and signs of chords.
fn is_suffix(text: &str) -> bool {
    const WORDS: [&str; 13] =
        ["maj", "Maj", "min", "Min", "dim", "aug", "sus", "add", "alt", "m", "M", "no", "omit"];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let word = WORDS.iter().find(|word| rest.starts_with(**word));
        let length = match word {
            Some(word) => word.len(),
            None if first.is_ascii_digit() || "#♯b♭()°øØΔ+-/o^".contains(first) => {
                first.len_utf8()
            }
            None => return false,
        };
        rest = rest.get(length..).unwrap_or("");
    }
    spelled(text).chars().count() <= LONGEST_QUALITY
}

/// One spelling of the many that a quality has.
fn spelled(quality: &str) -> String {
    let plain: String = quality
        .chars()
        .filter(|c| !matches!(c, '(' | ')'))
        .map(|c| match c {
            '♯' => '#',
            '♭' => 'b',
            c => c,
        })
        .collect();
    let plain = plain.replace("Maj", "maj").replace("Min", "m").replace("min", "m");
    match plain.as_str() {
        "M" | "maj" => return String::new(),
        "°" | "o" => return "dim".to_owned(),
        "°7" | "o7" => return "dim7".to_owned(),
        "ø" | "Ø" | "ø7" | "Ø7" => return "m7b5".to_owned(),
        "+" => return "aug".to_owned(),
        "+7" | "aug7" => return "7#5".to_owned(),
        "Δ" | "Δ7" | "^" | "^7" | "M7" => return "maj7".to_owned(),
        "sus" => return "sus4".to_owned(),
        _ => {}
    }
    let minor = plain.strip_prefix('-').map(|rest| format!("m{rest}"));
    minor.unwrap_or(plain).replace('M', "maj")
}

impl fmt::Display for Progression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps: Vec<String> = match self {
            Self::Numerals(numerals) => numerals.iter().map(ToString::to_string).collect(),
            Self::Chords(chords) => chords.iter().map(ToString::to_string).collect(),
        };
        f.write_str(&steps.join(" "))
    }
}

impl fmt::Display for Numeral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.raised < 0 { "b" } else { "#" };
        let letters = ["I", "II", "III", "IV", "V", "VI", "VII"];
        let letters = letters.get(usize::from(self.degree.wrapping_sub(1))).copied().unwrap_or("");
        let letters = if self.minor { letters.to_lowercase() } else { letters.to_owned() };
        let signs = sign.repeat(usize::from(self.raised.unsigned_abs()));
        write!(f, "{signs}{letters}{}", self.figure)
    }
}

impl fmt::Display for NamedChord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |pitch: PitchClass| ascii(pitch.name(Spelling::Usual));
        write!(f, "{}{}", name(self.root), self.quality)?;
        self.bass.map_or(Ok(()), |bass| write!(f, "/{}", name(bass)))
    }
}

fn ascii(name: &str) -> String {
    name.replace('♯', "#").replace('♭', "b")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_in(wanted: &str, there: &str) -> bool {
        Progression::read(wanted).unwrap().is_in(there, there)
    }

    #[test]
    fn numerals_are_found_in_a_row_and_with_any_seventh() {
        for (wanted, there, expected) in [
            ("ii V I", "I vi ii V I", true),
            ("ii V I", "iim7 V7 Imaj7", true),
            ("ii V I", "ii7 V9 Imaj7", true),
            ("ii V I", "II V I", false),
            ("ii V I", "ii V vi I", false),
            ("V", "IV VI", false),
            ("ii-V-I", "ii V I", false),
            ("ii", "iim7♭5", false),
            ("iiø V7 i", "iim7♭5 V7 i", true),
            ("ii7", "iim7", true),
            ("V7", "V9", false),
            ("bVII IV", "♭VII IV", true),
            ("vii°", "viidim", true),
            ("I", "", false),
        ] {
            if wanted == "ii-V-I" {
                assert!(Progression::read(wanted).is_err());
            } else {
                assert_eq!(is_in(wanted, there), expected, "{wanted} in {there}");
            }
        }
    }

    #[test]
    fn chords_are_found_by_any_spelling() {
        for (wanted, there, expected) in [
            ("Am F C G", "C Am F C G C", true),
            ("Am F C G", "Am F C7 G", false),
            ("Dbm7", "C♯m7", true),
            ("C-7", "Cm7", true),
            ("Cmin7b5", "Cm7♭5", true),
            ("CM7", "Cmaj7/E", true),
            ("Cmaj7/E", "Cmaj7", false),
            ("C6/9", "C6/9", true),
            ("C/E", "C/E", true),
            ("Cm(maj7)", "Cm(maj7)", true),
        ] {
            assert_eq!(is_in(wanted, there), expected, "{wanted} in {there}");
        }
        for text in ["", "hello", "Hm", "Am X", "am", "Beautiful"] {
            assert!(Progression::read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["ii V I", "bVIImaj7 #iv°", "Am7 D7 Gmaj7/B C#m(maj7)", "C6/9 Ebsus"] {
            let read = Progression::read(text).unwrap();
            assert_eq!(Progression::read(&read.to_string()), Ok(read), "{text}");
        }
    }
}
