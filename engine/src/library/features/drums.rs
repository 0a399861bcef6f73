//! What the drums do: their likeliest bar, what they are for, how they move.

use super::sheet::Sheet;
use super::swing::swing;
use crate::library::row::{DrumClass, DrumFacts, DrumFeel};
use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;

/// Steps of a bar.
const STEPS: u32 = 16;
/// From here on long and short are heard as swing: between even and triplets (1 and 2) the
/// ear draws the line near 1.2 (Friberg and Sundström, "Swing ratios and ensemble timing in
/// jazz performance", Music Perception 19, 2002, measure 1 to 3.5 by tempo).
const LEAST_SWING: f32 = 1.25;
/// A bar or two that are no groove are a fill.
const LONGEST_FILL: usize = 2;

/// The drums of a song; nothing without notes on the drum channel.
pub fn drum_facts(sheet: &Sheet<'_>, arena: &Bump) -> DrumFacts {
    if sheet.drums.is_empty() {
        return DrumFacts::default();
    }
    let mut bars = ArenaVec::new_in(arena);
    let mut onsets = 0;
    for (bar, marks) in sheet.drums_by_bar() {
        let mut steps = Steps::default();
        let mut before = u32::MAX;
        for mark in marks {
            let step = ((mark.start - bar.start) * STEPS * 2 + bar.length) / (bar.length * 2);
            steps.strike(mark.key, step % STEPS);
            onsets += u32::from(mark.start != before);
            before = mark.start;
        }
        bars.push(steps);
    }
    let class = classify(&bars, onsets);
    let (kick, snare) = likeliest(&bars, arena);
    let feel = (class == DrumClass::Groove).then(|| {
        if is_half_time(&bars) {
            DrumFeel::HalfTime
        } else if swing(sheet.drums, sheet.last_end, arena)
            .is_some_and(|ratio| ratio >= LEAST_SWING)
        {
            DrumFeel::Swung
        } else {
            DrumFeel::Straight
        }
    });
    DrumFacts { class: Some(class), feel, kick, snare }
}

/// One bar: bit n is set when something is struck on step n.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Steps {
    any: u16,
    kick: u16,
    snare: u16,
    /// Hi-hats, rides, shakers: what keeps time.
    time: u16,
    tom: u16,
}

impl Steps {
    fn strike(&mut self, key: u8, step: u32) {
        let bit = 1 << step;
        self.any |= bit;
        // The keys of General MIDI.
        match key {
            35 | 36 => self.kick |= bit,
            37..=40 => self.snare |= bit,
            42 | 44 | 46 | 51 | 53 | 54 | 59 | 69 | 70 | 82 => self.time |= bit,
            41 | 43 | 45 | 47 | 48 | 50 => self.tom |= bit,
            _ => {}
        }
    }
}

/// A groove repeats: a bar that comes back, or time kept through a bar. A single stroke is a
/// one-shot; a bar or two of anything else are a fill, more than that a groove.
fn classify(bars: &[Steps], onsets: u32) -> DrumClass {
    if onsets <= 1 {
        return DrumClass::OneShot;
    }
    let comes_back = bars.iter().enumerate().any(|(index, bar)| {
        bar.any.count_ones() > 1 && bars.iter().take(index.min(16)).any(|other| other == bar)
    });
    if comes_back || bars.len() > LONGEST_FILL {
        return DrumClass::Groove;
    }
    let keeps_time = bars.iter().all(|bar| {
        let even = [0x1111, 0x5555, 0x4444, 0x1249].iter().any(|grid| bar.time & grid == *grid);
        even && bar.tom.count_ones() < 4
    });
    if keeps_time { DrumClass::Groove } else { DrumClass::Fill }
}

/// Kick and snare of the bar that occurs most often, the earliest of equals; where no bar
/// occurs twice, of each step what at least half of the bars have.
fn likeliest(bars: &[Steps], arena: &Bump) -> (u16, u16) {
    let pattern =
        |(index, bar): (usize, &Steps)| (u32::from(bar.kick) << 16 | u32::from(bar.snare), index);
    let sorted = arena.alloc_slice_fill_iter(bars.iter().enumerate().map(pattern));
    sorted.sort_unstable();
    let mut best: Option<(usize, u32, usize)> = None;
    for run in sorted.chunk_by(|a, b| a.0 == b.0) {
        // The first of a run is the earliest bar of its kind.
        let Some(&(value, first)) = run.first().filter(|it| it.0 != 0) else { continue };
        let better = best.is_none_or(|(count, _, earliest)| {
            run.len() > count || run.len() == count && first < earliest
        });
        if better {
            best = Some((run.len(), value, first));
        }
    }
    match best {
        None => (0, 0),
        Some((count, value, _)) if count > 1 || bars.len() == 1 => {
            ((value >> 16) as u16, value as u16)
        }
        Some(_) => (majority(bars, |bar| bar.kick), majority(bars, |bar| bar.snare)),
    }
}

fn majority(bars: &[Steps], drum: impl Fn(&Steps) -> u16) -> u16 {
    (0..STEPS).fold(0, |steps, step| {
        let count = bars.iter().filter(|bar| drum(bar) >> step & 1 == 1).count();
        steps | u16::from(count * 2 >= bars.len()) << step
    })
}

/// The backbeat on the third beat alone, in most bars that have a snare: beat 3 is step 8,
/// beats 2 and 4 are steps 4 and 12.
fn is_half_time(bars: &[Steps]) -> bool {
    let heard = || bars.iter().filter(|bar| bar.snare != 0);
    let half = heard().filter(|bar| bar.snare & 0x1111 == 0x0100).count();
    half > 0 && half * 3 > heard().count() * 2
}

#[cfg(test)]
mod tests {
    use super::super::NoteEvent;
    use super::super::sheet::tests::{drum, note, sheet};
    use super::*;

    fn facts(mut notes: Vec<NoteEvent>) -> DrumFacts {
        let arena = Bump::new();
        let sheet = sheet(&mut notes, &arena);
        drum_facts(&sheet, &arena)
    }

    /// So many bars of a kick, a snare and hats on the steps given.
    fn bars(count: usize, kick: &[u8], snare: &[u8], hats: &[u8]) -> Vec<NoteEvent> {
        let of = |key: u8, steps: &[u8]| -> Vec<(f64, u8)> {
            steps.iter().map(|&step| (f64::from(step) / 4.0, key)).collect()
        };
        let bar = [of(36, kick), of(38, snare), of(42, hats)].concat();
        let bars = (0..count)
            .flat_map(|index| bar.iter().map(move |&(at, key)| drum(index as f64 * 4.0 + at, key)));
        bars.collect()
    }

    const EIGHTHS: [u8; 8] = [0, 2, 4, 6, 8, 10, 12, 14];

    #[test]
    fn a_rock_beat_is_a_straight_groove() {
        let found = facts(bars(4, &[0, 8, 10], &[4, 12], &EIGHTHS));
        assert_eq!(found.class, Some(DrumClass::Groove));
        assert_eq!(found.feel, Some(DrumFeel::Straight));
        assert_eq!((found.kick, found.snare), (1 | 1 << 8 | 1 << 10, 1 << 4 | 1 << 12));
        // One bar of it is a groove too: the hats keep time.
        assert_eq!(facts(bars(1, &[0], &[4, 12], &EIGHTHS)).class, Some(DrumClass::Groove));
    }

    #[test]
    fn the_bar_that_occurs_most_often_is_the_likeliest() {
        let mut notes = bars(3, &[0, 8], &[4, 12], &EIGHTHS);
        notes.extend(
            bars(1, &[0, 3, 6], &[4, 12, 15], &EIGHTHS)
                .into_iter()
                .map(|note| NoteEvent { tick: note.tick + 3 * 4 * 480, ..note }),
        );
        let found = facts(notes);
        assert_eq!((found.kick, found.snare), (1 | 1 << 8, 1 << 4 | 1 << 12));
    }

    #[test]
    fn a_backbeat_once_a_bar_is_half_time() {
        assert_eq!(facts(bars(4, &[0], &[8], &EIGHTHS)).feel, Some(DrumFeel::HalfTime));
    }

    #[test]
    fn triplets_on_the_ride_swing() {
        let ride = |beat: i32| [drum(f64::from(beat), 51), drum(f64::from(beat) + 2.0 / 3.0, 51)];
        let mut notes: Vec<NoteEvent> = (0..16).flat_map(ride).collect();
        notes.extend((0..16).step_by(2).map(|beat| drum(f64::from(beat), 36)));
        let found = facts(notes);
        assert_eq!((found.class, found.feel), (Some(DrumClass::Groove), Some(DrumFeel::Swung)));
    }

    #[test]
    fn toms_across_a_bar_are_a_fill_and_a_stroke_is_a_one_shot() {
        let fill =
            (0..16).map(|step| drum(f64::from(step) / 4.0, [50, 48, 45, 41][step as usize / 4]));
        let fill = facts(fill.collect());
        assert_eq!((fill.class, fill.feel), (Some(DrumClass::Fill), None));
        assert_eq!(facts(vec![drum(0.0, 49), drum(0.0, 36)]).class, Some(DrumClass::OneShot));
        assert_eq!(facts(vec![note(0.0, 1.0, 36)]), DrumFacts::default());
    }
}
