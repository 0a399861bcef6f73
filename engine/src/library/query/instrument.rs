//! Instruments by the names of General MIDI.

use crate::smf::gm;

/// Programs that pass for what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instrument {
    /// What was asked, in small letters.
    pub name: String,
    /// Bit n is set when program n passes.
    pub programs: [u64; 2],
    /// Whether drums pass.
    pub drums: bool,
}

impl Instrument {
    /// A family, programs by words of their names, a program by its number from 1, or `drums`.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn named(name: &str) -> Result<Self, String> {
        let name = name.trim().to_lowercase();
        let drums = matches!(name.as_str(), "drums" | "drum" | "drum kit" | "drumkit");
        let programs = if drums { [0; 2] } else { programs(&name) };
        if !drums && programs == [0; 2] {
            return Err(format!("no instrument of General MIDI is called “{name}”"));
        }
        Ok(Self { name, programs, drums })
    }

    /// The families all of whose programs pass, if they are all that passes: bit n for family n.
    pub fn families(&self) -> Option<u16> {
        let bytes = self.programs.map(u64::to_le_bytes);
        let mut families = 0;
        for (family, programs) in bytes.iter().flatten().enumerate() {
            match programs {
                0 => {}
                0xFF => families |= 1 << family,
                _ => return None,
            }
        }
        Some(families)
    }

    /// The numbers of the programs that pass, from 0.
    pub fn each_program(&self) -> impl Iterator<Item = u8> {
        let programs = self.programs;
        (0..128u8).filter(move |program| has(programs, *program))
    }
}

/// Whether the program's bit is set.
pub(crate) fn has(programs: [u64; 2], program: u8) -> bool {
    programs.get(usize::from(program / 64)).is_some_and(|bits| bits >> (program % 64) & 1 == 1)
}

fn programs(name: &str) -> [u64; 2] {
    if let Ok(number) = name.parse::<u8>() {
        return mask(|program| program + 1 == number);
    }
    let words = words(name);
    if words.is_empty() {
        return [0; 2];
    }
    // "strings" is a family, though programs elsewhere have the word too.
    let family = mask(|program| gm::family_name(program).eq_ignore_ascii_case(name));
    if family != [0; 2] {
        return family;
    }
    mask(|program| {
        let called = self::words(gm::program_name(program));
        words.iter().all(|word| called.iter().any(|other| other.starts_with(word.as_str())))
    })
}

fn mask(passes: impl Fn(u8) -> bool) -> [u64; 2] {
    let half = |from: u8| (0..64).filter(|n| passes(from + n)).fold(0u64, |bits, n| bits | 1 << n);
    [half(0), half(64)]
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(asked: &str) -> Vec<&'static str> {
        Instrument::named(asked).unwrap().each_program().map(gm::program_name).collect()
    }

    #[test]
    fn an_instrument_answers_to_its_family_its_words_and_its_number() {
        assert_eq!(names("Piano").len(), 8);
        assert_eq!(Instrument::named("piano").unwrap().families(), Some(1));
        assert_eq!(names("slap bass"), ["Slap Bass 1", "Slap Bass 2"]);
        assert_eq!(names("sax").len(), 4);
        assert_eq!(names("33"), ["Acoustic Bass"]);
        assert_eq!(Instrument::named("sax").unwrap().families(), None);
        assert!(Instrument::named("Drums").unwrap().drums);
        for text in ["", "theremin", "0", "129", "-", "256"] {
            assert!(Instrument::named(text).is_err(), "{text}");
        }
    }
}
