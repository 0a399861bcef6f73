//! What sings: lead, flute, brass, celesta. Lines are written by hand.

use super::super::score::{BAR, Changes, PPQ, Part, STEP, Voice};
use super::{
    BRIDGE_END, BUILD_END, CHORUS_END, CHORUS2_END, INTERLUDE_END, LAST_END, VERSE_END, VERSE2_END,
};

/// The hook: eight bars over the chorus. Ends with a pick-up, or with [`HOME`] in its last bar.
const HOOK: [&str; 7] = [
    "A5.3 F#5.3 A5.2 B5.4 A5.4",
    "G#5.3 E5.3 G#5.2 A5.2 G#5.2 E5.4",
    "F#5.3 C#5.3 F#5.2 G#5.2 A5.2 C#6.4",
    "B5.2 A5.6 E5.4 r.4",
    "A5.3 F#5.3 A5.2 B5.4 C#6.4",
    "B5.3 G#5.3 B5.2 C#6.2 B5.2 G#5.4",
    "E#5.3 G#5.3 B5.2 C#6.2 B5.2 G#5.2 E#5.2",
];
const HOME: &str = "F#5.12 r.4";
const HOME_HIGH: &str = "F#5.4 A5.2 C#6.2 F#6.8";
/// The last four bars as the last chorus has them: the same climb, further up.
const HOOK_HIGH: [&str; 3] = [
    "A5.3 F#5.3 A5.2 B5.2 C#6.2 D6.4",
    "C#6.3 B5.3 G#5.2 E6.4 D6.2 B5.2",
    "C#6.3 G#5.3 B5.2 C#6.2 D6.2 C#6.2 B5.2",
];
/// The verse's melody: short calls with air around them.
const VERSE_LINE: [&str; 8] = [
    "r.4 C#5.2 F#5.4 E5.2 C#5.4",
    "r.2 A4.2 C#5.4 B4.2 A4.6",
    "r.4 E5.2 A5.4 G#5.2 E5.4",
    "F#5.2 E5.2 B4.8 r.4",
    "r.4 C#5.2 F#5.4 G#5.2 A5.4",
    "B5.3 A5.3 F#5.2 D5.4 r.4",
    "r.2 F#5.2 A5.4 F#5.2 E5.2 D5.4",
    "C#5.4 F#5.4 E#5.6 r.2",
];
/// The build climbs a step a bar.
const BUILD_LINE: [&str; 4] = [
    "D5.6 C#5.2 D5.4 F#5.4",
    "E5.6 D#5.2 E5.4 G#5.4",
    "F#5.6 E5.2 F#5.4 A5.4",
    "G#5.6 F#5.2 E#5.4 C#6.4",
];
/// The bridge: round the circle of fifths, the second pair of bars answering the first.
const BRIDGE_LINE: [&str; 8] = [
    "C#6.4 B5.2 A5.2 F#5.4 D5.4",
    "E5.2 G#5.2 B5.2 C#6.6 B5.4",
    "B5.4 A5.2 G#5.2 E5.4 C#5.4",
    "D5.2 F#5.2 A5.2 C#6.6 A5.4",
    "B5.4 A5.2 F#5.2 D5.4 B4.4",
    "C#5.2 E#5.2 G#5.2 B5.4 D6.2 C#6.4",
    "C#6.3 A5.3 F#5.2 G#5.2 A5.2 B5.4",
    "G#5.8 B5.4 C#6.4",
];

/// The melody of the verse, for whoever plays it.
pub(super) fn verse_line(part: &mut Part, bar: u64, velocity: i64, gate: u64) {
    lines(part, bar, &VERSE_LINE, 0, velocity, gate);
}

/// Saw lead: the hook, and the climb before it.
pub(super) fn lead() -> Part {
    let voice =
        Voice { name: "Synth Lead", channel: 3, program: 81, volume: 88, pan: 64, reverb: 52 };
    let mut part = Part::new(voice, BAR);
    for (bar, velocity, home) in
        [(VERSE_END, 92, HOME), (BUILD_END, 95, HOME_HIGH), (BRIDGE_END, 100, HOME_HIGH)]
    {
        lines(&mut part, bar, &HOOK, 0, velocity, 94);
        part.line(bar + 7, home, 0, velocity, 94);
        part.scoop(bar * BAR);
        part.scoop((bar + 4) * BAR);
        for long in [3, 7] {
            let from = (bar + long) * BAR + PPQ;
            part.ramp(1, (from, from + 2 * PPQ), (0, 58));
            part.ramp(1, (from + 2 * PPQ, from + 3 * PPQ), (20, 0));
        }
    }
    // Out of reach of the first two: a quiet echo of the verse before the build.
    lines(&mut part, VERSE2_END, &BUILD_LINE, 0, 78, 90);
    part
}

/// Flute: the second verse, the bridge alone, a descant at the end, the last word.
pub(super) fn flute() -> Part {
    let voice = Voice { name: "Flute", channel: 11, program: 73, volume: 98, pan: 72, reverb: 64 };
    let mut part = Part::new(voice, BAR);
    verse_line(&mut part, INTERLUDE_END, 86, 96);
    lines(&mut part, CHORUS2_END, &BRIDGE_LINE, 0, 92, 97);
    for bar in (CHORUS2_END..BRIDGE_END).step_by(2) {
        part.ramp(11, (bar * BAR, (bar + 1) * BAR), (88, 118));
        part.ramp(11, ((bar + 1) * BAR, (bar + 2) * BAR), (118, 92));
    }
    let descant = ["r.4 D6.4 F#6.8", "E6.6 D6.2 B5.8", "G#5.4 C#6.4 F6.4 G#6.4", "F#6.14 r.2"];
    lines(&mut part, BRIDGE_END + 4, &descant, 0, 88, 97);
    lines(&mut part, LAST_END + 2, &["r.4 D5.2 F#5.2 G#5.8", "A#5.12 r.4"], 0, 76, 98);
    part
}

/// Celesta: the hook from far away, and bells between phrases.
pub(super) fn celesta() -> Part {
    let voice = Voice { name: "Celesta", channel: 10, program: 8, volume: 84, pan: 88, reverb: 76 };
    let mut part = Part::new(voice, BAR);
    let far = [
        "A5.3 F#5.3 A5.2 G#5.8",
        "C#6.3 A5.3 C#6.2 B5.4 A5.4",
        "A5.3 F#5.3 A5.2 C#6.8",
        "B5.3 G#5.3 B5.2 E6.4 B5.4",
    ];
    lines(&mut part, CHORUS_END, &far, 12, 74, 160);
    let bells = [
        "r.8 F#6.2 D6.2 B5.2 A5.2",
        "r.8 G#6.2 E6.2 C#6.2 B5.2",
        "r.8 E6.2 C#6.2 B5.2 G#5.2",
        "r.8 F#6.2 C#6.2 A5.2 F#5.2",
        "r.8 F#6.2 D6.2 B5.2 G#5.2",
        "r.8 F6.2 D6.2 B5.2 G#5.2",
    ];
    lines(&mut part, CHORUS2_END, &bells, 0, 66, 150);
    lines(&mut part, BRIDGE_END, &HOOK, 12, 58, 90);
    let end =
        ["r.8 C#6.2 A5.2 G#5.2 F#5.2", "r.8 C#6.2 A5.2 F#5.2 D5.2", "r.8 G#5.2 F#5.2 D5.2 B4.2"];
    lines(&mut part, LAST_END, &end, 12, 60, 200);
    part.line(LAST_END + 3, "r.4 F#5.2 G#5.2 A#5.2 C#6.6", 12, 58, 200);
    part
}

/// Brass: stabs against the hook, a swell before it, the hook itself at the end.
pub(super) fn brass(changes: &Changes) -> Part {
    let voice =
        Voice { name: "Brass Section", channel: 8, program: 61, volume: 92, pan: 46, reverb: 48 };
    let mut part = Part::new(voice, BAR);
    stabs(&mut part, changes, VERSE_END + 4..CHORUS_END, 84);
    // The swell: two bars of the build, from nothing.
    for (at, length, keys) in changes.voiced(VERSE2_END + 2..BUILD_END, (54, 74), 3) {
        part.chord(at, length - STEP / 2, &keys, 88, 0);
    }
    part.ramp(11, ((VERSE2_END + 2) * BAR, BUILD_END * BAR), (40, 127));
    stabs(&mut part, changes, BUILD_END..CHORUS2_END, 90);
    let last: Vec<&str> = HOOK.into_iter().take(4).chain(HOOK_HIGH).collect();
    lines(&mut part, BRIDGE_END, &last, -12, 92, 86);
    part.line(BRIDGE_END + 7, "F#5.3 A5.3 C#6.2 F#6.8", -12, 98, 92);
    stabs(&mut part, changes, BRIDGE_END + 4..LAST_END - 1, 86);
    part
}

/// Three short chords in the hook's rhythm, then one that leans over the bar.
fn stabs(part: &mut Part, changes: &Changes, bars: std::ops::Range<u64>, velocity: i64) {
    for (at, length, keys) in changes.voiced(bars, (57, 77), 3) {
        let strikes: &[(u64, u64)] = if (at / BAR).is_multiple_of(2) {
            &[(0, 2), (3, 2), (6, 3)]
        } else {
            &[(0, 2), (10, 2), (12, 4)]
        };
        for &(step, steps) in strikes {
            if step * STEP < length {
                part.chord(at + step * STEP, steps * STEP * 85 / 100, &keys, velocity, 0);
            }
        }
    }
}

fn lines(part: &mut Part, bar: u64, lines: &[&str], shift: i8, velocity: i64, gate: u64) {
    for (bar, line) in (bar..).zip(lines) {
        part.line(bar, line, shift, velocity, gate);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::score::tokens;
    use super::*;

    #[test]
    fn every_line_fills_its_bar() {
        let all = HOOK.iter().chain([&HOME, &HOME_HIGH]).chain(&HOOK_HIGH).chain(&VERSE_LINE);
        for line in all.chain(&BUILD_LINE).chain(&BRIDGE_LINE) {
            assert_eq!(tokens(line).map(|(_, steps)| steps).sum::<u64>(), 16, "{line}");
            assert_eq!(tokens(line).count(), line.split_whitespace().count(), "{line}");
        }
    }
}
