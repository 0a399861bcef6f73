//! The facts of a file that have no column of their own, as one compact blob.
//!
//! Small numbers are variable-length, floats keep all their bits, chords are written as a
//! list of the different ones and a byte for each place. Four bytes of a BLAKE3 digest stand
//! at the end, so that a damaged blob is known and the file analysed again.

use super::codes::{ACTIONS, PROBLEMS, action_code, key_code, key_of, problem_code};
use crate::library::row::{DrumFacts, Facts, Form, Harmony, Named, NoteFacts, Texts};
use crate::smf::Problem;

/// The first byte.
const FORM: u8 = 1;

/// What of `facts` has no column.
pub(super) fn encode(facts: &Facts) -> Vec<u8> {
    let mut out = Out(vec![FORM]);
    let shape = &facts.shape;
    out.number(u64::from(shape.format));
    out.number(shape.ppq.map_or(0, |ppq| u64::from(ppq) + 1));
    out.number(shape.events);
    out.option(shape.last_note_secs.map(f64::to_le_bytes));
    out.number(shape.problems.len() as u64);
    for Problem { track, offset, kind, action } in &shape.problems {
        out.number(track.map_or(0, |track| u64::from(track) + 1));
        out.number(*offset);
        out.byte(problem_code(*kind));
        out.byte(action_code(*action));
    }
    let tempo = &facts.tempo;
    for value in [tempo.first, tempo.min, tempo.max] {
        // Nearly always the one that lasts longest.
        if value == tempo.declared {
            out.byte(2);
        } else {
            out.option(value.map(f32::to_le_bytes));
        }
    }
    out.floats(&tempo.alternatives);
    out.number(u64::from(facts.key.modulations));
    notes(&mut out, &facts.notes);
    out.number(u64::from(facts.instruments.channels));
    out.bits(facts.instruments.kit);
    let Harmony { chords, numerals } = &facts.harmony;
    out.words(chords);
    out.words(numerals);
    let DrumFacts { class: _, feel: _, kick, snare } = &facts.drums;
    out.number(u64::from(*kick));
    out.number(u64::from(*snare));
    let Form { sections, starts, repeated } = &facts.form;
    out.text(sections);
    out.number(starts.len() as u64);
    let mut last = 0;
    for start in starts {
        out.number(u64::from(start.wrapping_sub(last)));
        last = *start;
    }
    out.bytes(&repeated.to_le_bytes());
    let Texts { title, tracks, copyright, lyrics, markers, other, encoding } = &facts.text;
    for text in [title, tracks, copyright, lyrics, markers, other, encoding] {
        out.text(text);
    }
    let Named { bpm, key, bars, section, instrument, artist, chords } = &facts.named;
    out.option(bpm.map(f32::to_le_bytes));
    out.number(key.map_or(0, |key| u64::from(key_code(key)) + 1));
    out.number(bars.map_or(0, |bars| u64::from(bars) + 1));
    for text in [section, instrument, artist, chords] {
        out.byte(u8::from(text.is_some()));
        out.text(text.as_deref().unwrap_or(""));
    }
    out.number(facts.thumbnail.len() as u64);
    out.bytes(&facts.thumbnail);
    let digest = blake3::hash(&out.0);
    out.bytes(digest.as_bytes().first_chunk::<4>().unwrap_or(&[0; 4]));
    out.0
}

/// Reads what [`encode`] has written into `facts`, whose declared tempo is known already;
/// none when it is something else, and then `facts` is half read.
pub(super) fn decode(bytes: &[u8], facts: &mut Facts) -> Option<()> {
    let (body, digest) = bytes.split_last_chunk::<4>()?;
    if !blake3::hash(body).as_bytes().starts_with(digest) {
        return None;
    }
    let mut from = In(body);
    if from.byte()? != FORM {
        return None;
    }
    let shape = &mut facts.shape;
    shape.format = from.small()?;
    shape.ppq = from.number()?.checked_sub(1).map(|it| it as u16);
    shape.events = from.number()?;
    shape.last_note_secs = from.option()?.first().map(|it| f64::from_le_bytes(*it));
    for _ in 0..from.number()? {
        let track = from.number()?.checked_sub(1).map(|it| it as u16);
        let offset = from.number()?;
        let (kind, action) = (from.byte()?, from.byte()?);
        let kind = PROBLEMS.into_iter().find(|it| problem_code(*it) == kind)?;
        let action = ACTIONS.into_iter().find(|it| action_code(*it) == action)?;
        shape.problems.push(Problem { track, offset, kind, action });
    }
    let declared = facts.tempo.declared;
    for value in [&mut facts.tempo.first, &mut facts.tempo.min, &mut facts.tempo.max] {
        *value = match from.byte()? {
            0 => None,
            1 => Some(f32::from_le_bytes(*from.chunk()?)),
            _ => declared,
        };
    }
    facts.tempo.alternatives = from.floats()?;
    facts.key.modulations = from.number()? as u16;
    facts.notes = notes_of(&mut from)?;
    facts.instruments.channels = from.number()? as u16;
    facts.instruments.kit = from.bits()?;
    facts.harmony = Harmony { chords: from.words()?, numerals: from.words()? };
    facts.drums.kick = from.number()? as u16;
    facts.drums.snare = from.number()? as u16;
    facts.form.sections = from.text()?;
    let mut last = 0_u32;
    for _ in 0..from.number()? {
        last = last.wrapping_add(from.number()? as u32);
        facts.form.starts.push(last);
    }
    facts.form.repeated = f32::from_le_bytes(*from.chunk()?);
    let Texts { title, tracks, copyright, lyrics, markers, other, encoding } = &mut facts.text;
    for text in [title, tracks, copyright, lyrics, markers, other, encoding] {
        *text = from.text()?;
    }
    let Named { bpm, key, bars, section, instrument, artist, chords } = &mut facts.named;
    *bpm = from.option()?.first().map(|it| f32::from_le_bytes(*it));
    *key = from.number()?.checked_sub(1).and_then(|code| key_of(code as u8));
    *bars = from.number()?.checked_sub(1).map(|it| it as u32);
    for text in [section, instrument, artist, chords] {
        let some = from.byte()? == 1;
        let read = from.text()?;
        *text = some.then_some(read);
    }
    let size = from.number()?;
    facts.thumbnail = from.take(size)?.to_vec();
    from.0.is_empty().then_some(())
}

fn notes(out: &mut Out, notes: &NoteFacts) {
    let NoteFacts {
        lowest,
        highest,
        density,
        polyphony_mean,
        polyphony_max,
        velocity_min,
        velocity_mean,
        velocity_max,
        velocity_deviation,
        length_classes,
        swing,
        off_grid,
    } = notes;
    out.byte(lowest.map_or(0, |it| it.saturating_add(1)));
    out.byte(highest.map_or(0, |it| it.saturating_add(1)));
    out.number(u64::from(*polyphony_max));
    out.byte(*velocity_min);
    out.byte(*velocity_max);
    for value in [density, polyphony_mean, velocity_mean, velocity_deviation, off_grid] {
        out.bytes(&value.to_le_bytes());
    }
    // Most files have notes of one or two lengths.
    let used = length_classes.iter().zip(0..).filter(|(it, _)| it.to_bits() != 0);
    out.byte(used.clone().fold(0, |mask, (_, bit)| mask | 1 << bit));
    used.for_each(|(share, _)| out.bytes(&share.to_le_bytes()));
    out.option(swing.map(f32::to_le_bytes));
}

fn notes_of(from: &mut In<'_>) -> Option<NoteFacts> {
    let (lowest, highest) = (from.byte()?.checked_sub(1), from.byte()?.checked_sub(1));
    let polyphony_max = from.number()? as u16;
    let (velocity_min, velocity_max) = (from.byte()?, from.byte()?);
    let mut floats = [0.0; 5];
    for value in &mut floats {
        *value = f32::from_le_bytes(*from.chunk()?);
    }
    let [density, polyphony_mean, velocity_mean, velocity_deviation, off_grid] = floats;
    let used = from.byte()?;
    let mut length_classes = [0.0; 5];
    for (bit, share) in length_classes.iter_mut().enumerate() {
        if used >> bit & 1 == 1 {
            *share = f32::from_le_bytes(*from.chunk()?);
        }
    }
    Some(NoteFacts {
        lowest,
        highest,
        density,
        polyphony_mean,
        polyphony_max,
        velocity_min,
        velocity_mean,
        velocity_max,
        velocity_deviation,
        length_classes,
        swing: from.option()?.first().map(|it| f32::from_le_bytes(*it)),
        off_grid,
    })
}

struct Out(Vec<u8>);

impl Out {
    fn byte(&mut self, it: u8) {
        self.0.push(it);
    }

    fn bytes(&mut self, it: &[u8]) {
        self.0.extend_from_slice(it);
    }

    /// Seven bits a byte, the lowest first.
    fn number(&mut self, mut it: u64) {
        while it > 0x7F {
            self.byte(it as u8 | 0x80);
            it >>= 7;
        }
        self.byte(it as u8);
    }

    fn option<const N: usize>(&mut self, it: Option<[u8; N]>) {
        self.byte(u8::from(it.is_some()));
        if let Some(it) = it {
            self.bytes(&it);
        }
    }

    fn floats(&mut self, list: &[f32]) {
        self.number(list.len() as u64);
        for it in list {
            self.bytes(&it.to_le_bytes());
        }
    }

    /// Few bits of many: how many, then one byte each.
    fn bits(&mut self, bits: [u64; 2]) {
        let set = (0..128_u8).filter(|bit| bits[usize::from(bit >> 6)] >> (bit & 63) & 1 == 1);
        self.byte(set.clone().count() as u8);
        set.for_each(|bit| self.byte(bit));
    }

    fn text(&mut self, it: &str) {
        self.number(it.len() as u64);
        self.bytes(it.as_bytes());
    }

    /// Words between single spaces: the different ones, and which stands where. Anything else
    /// is written as it is, after a 0.
    fn words(&mut self, it: &str) {
        let mut different: Vec<&str> = Vec::new();
        let mut places = Vec::new();
        for word in it.split(' ') {
            let place = different.iter().position(|known| *known == word).unwrap_or_else(|| {
                different.push(word);
                different.len() - 1
            });
            places.push(place as u8);
        }
        if different.len() > 255 || different.contains(&"") {
            self.byte(0);
            return self.text(it);
        }
        self.byte(different.len() as u8);
        for word in &different {
            self.text(word);
        }
        self.number(places.len() as u64);
        if different.len() > 16 {
            return self.bytes(&places);
        }
        for pair in places.chunks(2) {
            self.byte(pair.iter().rev().fold(0, |byte, place| byte << 4 | place));
        }
    }
}

struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    fn byte(&mut self) -> Option<u8> {
        self.chunk::<1>().map(|[it]| *it)
    }

    fn chunk<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (chunk, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(chunk)
    }

    fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn small(&mut self) -> Option<u8> {
        self.number()?.try_into().ok()
    }

    /// An optional value, as a list of it or of nothing.
    fn option<const N: usize>(&mut self) -> Option<&'a [[u8; N]]> {
        let count = u64::from(self.byte()?.min(1));
        Some(self.take(count * N as u64)?.as_chunks().0)
    }

    fn floats(&mut self) -> Option<Vec<f32>> {
        let count = self.number()?;
        let bytes = self.take(count.checked_mul(4)?)?;
        Some(bytes.as_chunks().0.iter().map(|it| f32::from_le_bytes(*it)).collect())
    }

    fn bits(&mut self) -> Option<[u64; 2]> {
        let mut bits = [0; 2];
        for _ in 0..self.byte()? {
            let bit = self.byte()?;
            *bits.get_mut(usize::from(bit >> 6))? |= 1 << (bit & 63);
        }
        Some(bits)
    }

    fn text(&mut self) -> Option<String> {
        let size = self.number()?;
        String::from_utf8(self.take(size)?.to_vec()).ok()
    }

    fn words(&mut self) -> Option<String> {
        let count = self.byte()?;
        if count == 0 {
            return self.text();
        }
        let different: Vec<String> = (0..count).map(|_| self.text()).collect::<Option<_>>()?;
        let places = self.number()?;
        let packed = count <= 16;
        let bytes = self.take(if packed { places.div_ceil(2) } else { places })?;
        let mut text = String::new();
        for index in 0..places as usize {
            let byte = *bytes.get(if packed { index / 2 } else { index })?;
            let place = if packed { byte >> (index % 2 * 4) & 15 } else { byte };
            if index > 0 {
                text.push(' ');
            }
            text.push_str(different.get(usize::from(place))?);
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8], declared: Option<f32>) -> Option<Facts> {
        let mut facts = Facts::default();
        facts.tempo.declared = declared;
        decode(bytes, &mut facts).map(|()| facts)
    }

    #[test]
    fn chords_take_a_byte_or_less_each() {
        let mut facts = Facts::default();
        let empty = encode(&facts).len();
        facts.harmony.chords = ["Am", "F", "C", "G"].repeat(16).join(" ");
        // Before: 0 and an empty text. After: four chords, and half a byte for each place.
        assert_eq!(encode(&facts).len() - empty, 1 + 9 + 1 + 32 - 2);
        assert_eq!(read(&encode(&facts), None), Some(facts));
    }

    proptest! {
        #[test]
        fn facts_come_back_as_they_were(
            words in proptest::collection::vec("[ a-zA-Z#é夜]{0,9}", 12),
            chords in proptest::collection::vec("[A-G](m7|maj9|)", 0..70),
            numbers in proptest::array::uniform12(any::<u32>()),
            floats in proptest::array::uniform12(-1.0e6..1.0e6_f32),
            some in any::<[bool; 12]>(),
            thumbnail in proptest::collection::vec(any::<u8>(), 0..256),
        ) {
            let optional = |at: usize| some[at].then(|| words[at].clone());
            let mut facts = Facts::default();
            facts.shape.format = numbers[0] as u8;
            facts.shape.ppq = some[0].then_some(numbers[1] as u16);
            facts.shape.events = u64::from(numbers[2]) << 20;
            facts.shape.last_note_secs = some[1].then_some(f64::from(floats[0]) / 3.0);
            for (kind, action) in PROBLEMS.into_iter().zip(ACTIONS).take(numbers[3] as usize % 13) {
                let track = some[2].then_some(numbers[4] as u16 / 2);
                facts.shape.problems.push(Problem { track, offset: u64::MAX / 3, kind, action });
            }
            facts.tempo.declared = some[3].then_some(floats[1]);
            facts.tempo.first = some[4].then_some(floats[1]);
            facts.tempo.max = some[5].then_some(floats[2]);
            facts.tempo.alternatives = floats[..numbers[5] as usize % 4].to_vec();
            facts.key.modulations = numbers[6] as u16;
            facts.notes = NoteFacts {
                lowest: some[6].then_some(numbers[7] as u8 & 127),
                highest: Some(127),
                density: floats[3],
                polyphony_mean: floats[4],
                polyphony_max: numbers[8] as u16,
                velocity_min: 1,
                velocity_mean: floats[5],
                velocity_max: 127,
                velocity_deviation: floats[6],
                length_classes: [0.0, floats[7], 0.0, -0.0, floats[8]],
                swing: some[7].then_some(floats[9]),
                off_grid: floats[10],
            };
            facts.instruments.channels = numbers[9] as u16;
            facts.instruments.kit = [u64::from(numbers[10]) << 9, u64::from(numbers[11]) << 32];
            facts.harmony.chords = chords.join(" ");
            facts.harmony.numerals = words[0].clone();
            facts.drums.kick = numbers[0] as u16;
            facts.drums.snare = numbers[1] as u16;
            facts.form.sections = words[1].clone();
            facts.form.starts = numbers.to_vec();
            facts.form.repeated = floats[11];
            facts.text = Texts {
                title: words[2].clone(),
                tracks: words.join("\n"),
                copyright: words[3].clone(),
                lyrics: words[4].repeat(40),
                markers: words[5].clone(),
                other: words[6].clone(),
                encoding: words[7].clone(),
            };
            facts.named = Named {
                bpm: some[8].then_some(floats[0]),
                key: key_of(numbers[2] as u8 % 30),
                bars: some[9].then_some(numbers[3] / 2),
                section: optional(8),
                instrument: optional(9),
                artist: optional(10),
                chords: optional(11),
            };
            facts.thumbnail = thumbnail;
            let bytes = encode(&facts);
            prop_assert_eq!(read(&bytes, facts.tempo.declared), Some(facts));
            for place in (0..bytes.len()).step_by(7) {
                let mut broken = bytes.clone();
                broken[place] ^= 0x40;
                prop_assert_eq!(read(&broken, None), None);
                prop_assert_eq!(read(&bytes[..place], None), None);
            }
        }

        #[test]
        fn bytes_that_are_nothing_are_no_facts(bytes in proptest::collection::vec(any::<u8>(), 0..99)) {
            let mut facts = Facts::default();
            let digest = *blake3::hash(&bytes).as_bytes().first_chunk::<4>().unwrap();
            // May read or not; must end, without a panic.
            decode(&[&bytes[..], &digest].concat(), &mut facts);
        }
    }
}
