//! What carries: piano, strings, choir, guitar, marimba, pluck. Their voices are led by rule.

use super::super::score::{BAR, Changes, PPQ, Part, STEP, Voice};
use super::melody::verse_line;
use super::{
    BARS, BRIDGE_END, BUILD_END, CHORUS_END, CHORUS2_END, INTERLUDE_END, INTRO_END, LAST_END,
    VERSE_END, VERSE2_END,
};
use std::ops::Range;

/// Grand piano: the first hint of the hook, the first verse, then chords.
pub(super) fn piano(changes: &Changes) -> Part {
    let voice =
        Voice { name: "Grand Piano", channel: 0, program: 0, volume: 100, pan: 60, reverb: 44 };
    let mut part = Part::new(voice, BAR);
    left_hand(&mut part, changes, 0..VERSE_END, 62);
    let hint =
        ["r.8 A5.3 F#5.3 A5.2", "G#5.4 F#5.12", "r.8 A5.3 F#5.3 A5.2", "B5.4 F#5.4 G#5.4 E#5.4"];
    for (bar, line) in (0..).zip(hint) {
        part.line(bar, line, 0, 76, 100);
    }
    verse_line(&mut part, INTRO_END, 84, 100);
    chorus_chords(&mut part, changes, VERSE_END..CHORUS_END, 82);
    for (at, length, keys) in changes.voiced(INTERLUDE_END..VERSE2_END, (57, 74), 3) {
        let strikes: &[(u64, u64)] =
            if length == BAR { &[(0, 6), (6, 4), (12, 3)] } else { &[(0, 6)] };
        for &(step, steps) in strikes {
            part.chord(at + step * STEP, steps * STEP, &keys, 70, 4);
        }
    }
    for (at, length, keys) in changes.voiced(VERSE2_END..BUILD_END, (57, 77), 4) {
        for eighth in 0..length / (PPQ / 2) {
            // Two bars' worth of growing, bar by bar.
            let growth = (at / BAR - VERSE2_END) as i64 * 5 + (eighth as i64) / 2;
            part.chord(at + eighth * PPQ / 2, PPQ / 2 - 40, &keys, 64 + growth, 0);
        }
    }
    chorus_chords(&mut part, changes, BUILD_END..CHORUS2_END, 85);
    for (at, length, keys) in changes.voiced(CHORUS2_END + 4..BRIDGE_END, (54, 78), 5) {
        part.chord(at, length - 30, &keys, 70, 34);
        part.pedal(at, at + length);
    }
    chorus_chords(&mut part, changes, BRIDGE_END..LAST_END, 90);
    left_hand(&mut part, changes, LAST_END..BARS - 1, 56);
    for (bar, line) in (LAST_END..).zip(hint.into_iter().take(2)) {
        part.line(bar, line, 0, 68, 100);
    }
    part.line(LAST_END + 2, "r.8 F#5.3 D5.3 F#5.2", 0, 62, 100);
    let last = (BARS - 1) * BAR;
    part.chord(last, BAR - 60, &[30, 42, 54, 61, 66, 68, 70, 73, 78], 64, 46);
    part.pedal(last, last + BAR);
    part
}

/// Root, fifth, tenth, fifth in eighths, under the pedal.
fn left_hand(part: &mut Part, changes: &Changes, bars: Range<u64>, velocity: i64) {
    for (at, length, chord) in changes.spans(bars) {
        let root = chord.bass_from(38);
        let fifth = chord.fifth_from(root);
        let tenth = chord.third_from(root + 12);
        let figure = [root, fifth, tenth, fifth, root + 12, fifth, tenth, fifth];
        for (eighth, key) in (0..length / (PPQ / 2)).zip(figure) {
            let weight = if eighth == 0 { 8 } else { 0 };
            part.note(at + eighth * PPQ / 2, PPQ / 2, key, velocity + weight);
        }
        part.pedal(at, at + length);
    }
}

/// Chords in the hook's rhythm over octaves in the left hand.
fn chorus_chords(part: &mut Part, changes: &Changes, bars: Range<u64>, velocity: i64) {
    for (at, _, keys) in changes.voiced(bars.clone(), (60, 79), 4) {
        for (step, steps) in [(0, 3), (3, 3), (6, 4), (10, 2), (12, 4)] {
            let weight = if step == 0 { 4 } else { -4 };
            part.chord(at + step * STEP, steps * STEP - 24, &keys, velocity + weight, 0);
        }
    }
    for (at, length, chord) in changes.spans(bars) {
        let root = chord.bass_from(33);
        part.chord(at, length / 2 - 24, &[root, root + 12], velocity, 0);
        part.chord(at + length / 2, length / 2 - 24, &[root, root + 12], velocity - 10, 0);
    }
}

/// Strings: under the verse, a line of their own above the second and third chorus.
pub(super) fn strings(changes: &Changes) -> Part {
    let voice =
        Voice { name: "Warm Strings", channel: 1, program: 48, volume: 90, pan: 52, reverb: 68 };
    let mut part = Part::new(voice, BAR);
    sustain(&mut part, changes, INTRO_END + 4..CHORUS_END, (52, 74), 4, 66);
    sustain(&mut part, changes, INTERLUDE_END + 4..BUILD_END, (52, 74), 4, 70);
    let above = [
        "F#5.8 A5.8",
        "B5.8 G#5.8",
        "A5.8 F#5.8",
        "E6.6 D6.2 C#6.8",
        "D6.8 F#6.8",
        "E6.8 B5.8",
        "G#5.8 E#6.8",
        "F#6.14 r.2",
    ];
    for (start, velocity) in [(BUILD_END, 74), (BRIDGE_END, 80)] {
        sustain(&mut part, changes, start..start + 8, (52, 71), 3, velocity - 8);
        for (bar, line) in (start..).zip(above) {
            part.line(bar, line, 0, velocity, 99);
        }
    }
    sustain(&mut part, changes, CHORUS2_END + 4..BRIDGE_END, (54, 78), 4, 62);
    sustain(&mut part, changes, LAST_END..BARS, (54, 74), 4, 56);
    part
}

/// Choir: the water under everything.
pub(super) fn choir(changes: &Changes) -> Part {
    let voice =
        Voice { name: "Choir Pad", channel: 4, program: 52, volume: 82, pan: 76, reverb: 84 };
    let mut part = Part::new(voice, BAR);
    sustain(&mut part, changes, 0..INTRO_END + 4, (57, 74), 3, 58);
    sustain(&mut part, changes, VERSE_END..CHORUS_END, (59, 78), 4, 64);
    sustain(&mut part, changes, VERSE2_END..CHORUS2_END, (59, 78), 4, 66);
    sustain(&mut part, changes, BRIDGE_END..BARS, (59, 78), 4, 68);
    part
}

/// Whole chords, led from one to the next; expression breathes over two bars.
fn sustain(
    part: &mut Part,
    changes: &Changes,
    bars: Range<u64>,
    range: (u8, u8),
    voices: usize,
    velocity: i64,
) {
    let (from, to) = (bars.start, bars.end);
    for (at, length, keys) in changes.voiced(bars, range, voices) {
        part.chord(at, length - 16, &keys, velocity, 0);
    }
    for bar in (from..to).step_by(2) {
        part.ramp(11, (bar * BAR, (bar + 1) * BAR), (84, 112));
        part.ramp(11, ((bar + 1) * BAR, (bar + 2).min(to) * BAR), (112, 88));
    }
}

/// Nylon guitar: fingers in the verses, slow arpeggios at the end.
pub(super) fn guitar(changes: &Changes) -> Part {
    let voice =
        Voice { name: "Nylon Guitar", channel: 5, program: 24, volume: 96, pan: 40, reverb: 40 };
    let mut part = Part::new(voice, BAR);
    let eighths = [0, 2, 3, 4, 2, 3, 4, 3];
    let sixteenths = [0, 2, 3, 4, 3, 2, 4, 3, 1, 2, 3, 4, 3, 4, 2, 3];
    pick(&mut part, changes, INTRO_END..VERSE_END, &eighths, 74);
    pick(&mut part, changes, CHORUS_END..VERSE2_END, &sixteenths, 66);
    for (at, length, keys) in changes.voiced(CHORUS2_END..CHORUS2_END + 4, (45, 72), 5) {
        part.chord(at, length / 2, &keys, 70, 16);
        part.chord(at + length * 5 / 8, length * 3 / 8 - 20, &keys, 60, 10);
    }
    pick(&mut part, changes, LAST_END..BARS - 1, &eighths, 62);
    let last = (BARS - 1) * BAR;
    part.chord(last, BAR - 80, &[42, 49, 54, 58, 66], 62, 40);
    part
}

/// Fingers take turns over a bass and four voices; each string rings until it is next plucked.
fn pick(part: &mut Part, changes: &Changes, bars: Range<u64>, order: &[usize], velocity: i64) {
    let basses: Vec<u8> =
        changes.spans(bars.clone()).iter().map(|(_, _, chord)| chord.bass_from(40)).collect();
    let beat = BAR / order.len() as u64;
    for ((at, length, mut strings), bass) in
        changes.voiced(bars, (54, 73), 4).into_iter().zip(basses)
    {
        strings.insert(0, bass);
        for (place, finger) in (0..length / beat).zip(order) {
            let Some(key) = strings.get(*finger) else { continue };
            let start = at + place * beat;
            let ring = (beat * 3).min(at + length - start);
            part.note(start, ring - 12, *key, velocity + if *finger == 0 { 8 } else { 0 });
        }
    }
}

/// Marimba: threes against four.
pub(super) fn marimba(changes: &Changes) -> Part {
    let voice = Voice { name: "Marimba", channel: 6, program: 12, volume: 94, pan: 92, reverb: 46 };
    let mut part = Part::new(voice, BAR);
    for bars in
        [0..8, CHORUS_END..INTERLUDE_END + 4, BUILD_END..CHORUS2_END, LAST_END - 4..BARS - 1]
    {
        for (at, length, keys) in changes.voiced(bars, (61, 81), 4) {
            let figure = [(0, 0), (3, 2), (6, 1), (9, 3), (12, 2), (14, 1)];
            for (step, voice) in figure {
                let (Some(key), true) = (keys.get(voice), step * STEP < length) else { continue };
                part.note(at + step * STEP, STEP * 2, *key, 76);
                // A second mallet, softly, an octave up on the outer notes.
                if voice % 2 == 0 {
                    part.note(at + step * STEP + STEP, STEP, key + 12, 50);
                }
            }
        }
    }
    part
}

/// Square pluck: sixteenths up and down, loudest where the hook is.
pub(super) fn pluck(changes: &Changes) -> Part {
    let voice = Voice { name: "Arp", channel: 7, program: 80, volume: 66, pan: 100, reverb: 56 };
    let mut part = Part::new(voice, BAR);
    for (bars, velocity) in [
        (VERSE_END..CHORUS_END, 70),
        (INTERLUDE_END + 4..CHORUS2_END, 66),
        (BRIDGE_END..LAST_END, 76),
    ] {
        for (at, length, chord) in changes.spans(bars) {
            let keys = chord.keys(66, 90);
            let top = keys.len().saturating_sub(1).max(1);
            for step in 0..length / STEP {
                // Up to the top and down again.
                let phase = (step as usize) % (2 * top);
                let place = if phase > top { 2 * top - phase } else { phase };
                let Some(key) = keys.get(place) else { continue };
                let weight = if matches!(step % 8, 0 | 3 | 6) { 10 } else { -6 };
                part.note(at + step * STEP, STEP * 3 / 5, *key, velocity + weight);
            }
        }
    }
    part
}
