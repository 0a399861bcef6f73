//! What drives: bass and drums.

use super::super::score::{BAR, Changes, Part, STEP, Voice};
use super::{
    BRIDGE_END, BUILD_END, CHORUS_END, CHORUS2_END, INTERLUDE_END, INTRO_END, LAST_END, VERSE_END,
    VERSE2_END,
};
use std::ops::Range;

/// Lowest key of the bass: E1.
const LOWEST: u8 = 28;

/// Fretless bass.
pub(super) fn bass(changes: &Changes) -> Part {
    let voice =
        Voice { name: "Fretless Bass", channel: 2, program: 35, volume: 104, pan: 64, reverb: 20 };
    let mut part = Part::new(voice, BAR);
    walk(&mut part, changes, INTRO_END..VERSE_END, &SPARSE, 86);
    walk(&mut part, changes, VERSE_END..CHORUS_END, &DRIVING, 96);
    walk(&mut part, changes, INTERLUDE_END..VERSE2_END, &SPARSE, 88);
    walk(&mut part, changes, VERSE2_END..BUILD_END, &PULSE, 92);
    walk(&mut part, changes, BUILD_END..CHORUS2_END, &DRIVING, 99);
    walk(&mut part, changes, CHORUS2_END + 2..BRIDGE_END, &SLOW, 86);
    walk(&mut part, changes, BRIDGE_END..LAST_END, &DRIVING, 102);
    walk(&mut part, changes, LAST_END..LAST_END + 3, &SLOW, 80);
    if let Some(chord) = changes.at(LAST_END + 3, 0) {
        part.note((LAST_END + 3) * BAR, BAR - STEP * 4, chord.bass_from(LOWEST), 78);
    }
    part
}

#[derive(Clone, Copy)]
enum Degree {
    Root,
    Fifth,
    Octave,
    /// A step below or above the next root.
    Approach,
}

/// Sixteenth, length in sixteenths, degree, weight.
type Figure = [(u64, u64, Degree, i64)];

use Degree::{Approach, Fifth, Octave, Root};

const SPARSE: [(u64, u64, Degree, i64); 5] = [
    (0, 5, Root, 4),
    (6, 2, Root, -4),
    (8, 4, Fifth, 0),
    (12, 2, Octave, -2),
    (14, 2, Approach, -6),
];
const DRIVING: [(u64, u64, Degree, i64); 8] = [
    (0, 2, Root, 6),
    (3, 2, Root, 0),
    (6, 1, Octave, 2),
    (7, 1, Root, -8),
    (8, 2, Root, 3),
    (11, 1, Octave, -3),
    (12, 2, Fifth, 0),
    (14, 2, Approach, -3),
];
const PULSE: [(u64, u64, Degree, i64); 8] = [
    (0, 2, Root, 6),
    (2, 2, Root, -4),
    (4, 2, Root, 0),
    (6, 2, Root, -4),
    (8, 2, Root, 2),
    (10, 2, Root, -4),
    (12, 2, Root, 0),
    (14, 2, Approach, 2),
];
const SLOW: [(u64, u64, Degree, i64); 3] =
    [(0, 7, Root, 4), (8, 6, Fifth, -2), (14, 2, Approach, -8)];

fn walk(part: &mut Part, changes: &Changes, bars: Range<u64>, figure: &Figure, velocity: i64) {
    for bar in bars {
        for &(step, steps, degree, weight) in figure {
            let (Some(chord), Some(next)) = (changes.at(bar, step / 8), changes.at(bar + 1, 0))
            else {
                continue;
            };
            let root = chord.bass_from(LOWEST);
            let key = match degree {
                Root => root,
                // On a chord that changes half way the second half begins with its root.
                Fifth if step == 8 && changes.splits(bar) => root,
                Fifth => chord.fifth_from(root),
                Octave => root + 12,
                Approach => approach(root, next.bass_from(LOWEST)),
            };
            let length = steps * STEP * 92 / 100;
            part.note(bar * BAR + step * STEP, length, key, velocity + weight);
        }
    }
}

/// A scale step on the near side of `next`; the fifth above when the root stays.
const fn approach(root: u8, next: u8) -> u8 {
    if next == root {
        root + 7
    } else if next > root {
        // F♯ minor has a whole step below every root but D, A and F♯ (E♯ in the dominant).
        if matches!(next % 12, 2 | 6 | 9) { next - 1 } else { next - 2 }
    } else if matches!(next % 12, 1 | 8) {
        next + 1
    } else {
        next + 2
    }
}

const KICK: u8 = 36;
const SIDE_STICK: u8 = 37;
const SNARE: u8 = 38;
const CLAP: u8 = 39;
const CLOSED_HAT: u8 = 42;
const PEDAL_HAT: u8 = 44;
const OPEN_HAT: u8 = 46;
const CRASH: u8 = 49;
const RIDE: u8 = 51;
const RIDE_BELL: u8 = 53;
const TAMBOURINE: u8 = 54;
const SHAKER: u8 = 70;
const TOMS: [u8; 4] = [50, 48, 45, 41];

/// One bar: which drum plays which grid.
type Beat = [(u8, &'static str)];

const SHAKE: &Beat = &[(SHAKER, "5.3.5.3.5.3.5.34")];
const VERSE_A: &Beat = &[
    (KICK, "8.....6.7......."),
    (SIDE_STICK, "....6.......6..."),
    (CLOSED_HAT, "6.4.5.4.6.4.5.43"),
    (SHAKER, "5.3.5.3.5.3.5.3."),
];
const VERSE_B: &Beat = &[
    (KICK, "8.....6.7..6...."),
    (SIDE_STICK, "....6.......6..4"),
    (CLOSED_HAT, "6.4.5.4.6.4.5..."),
    (OPEN_HAT, "..............5."),
    (SHAKER, "5.3.5.3.5.3.5.3."),
];
const CHORUS_A: &Beat = &[
    (KICK, "9..7..8...8..6.."),
    (SNARE, "....8..2.2..8..."),
    (CLAP, "....6.......6..."),
    (CLOSED_HAT, "7.5.7.5.7.5.7.5."),
    (TAMBOURINE, "..5...5...5...5."),
];
const CHORUS_B: &Beat = &[
    (KICK, "9..7..8...8....6"),
    (SNARE, "....8..2.2..8..3"),
    (CLAP, "....6.......6..."),
    (CLOSED_HAT, "7.5.7.5.7.5.7..."),
    (OPEN_HAT, "..............6."),
    (TAMBOURINE, "..5...5...5...5."),
];
const BUILD: [&Beat; 4] = [
    &[(KICK, "8...8...8...8..."), (CLOSED_HAT, "5.4.5.4.5.4.5.4.")],
    &[(KICK, "8...8...8...8..."), (CLOSED_HAT, "5.4.5.4.5.4.5.4."), (SNARE, "4.......4.......")],
    &[(KICK, "9...9...9...9..."), (CLOSED_HAT, "6.5.6.5.6.5.6.5."), (SNARE, "4...4...4...5...")],
    &[(KICK, "9...9...9......."), (SNARE, "4.4.5.5.56667788"), (PEDAL_HAT, "5...5...5...5...")],
];
const HALF_TIME: &Beat = &[
    (KICK, "8.........6....."),
    (SNARE, "........7......."),
    (RIDE, "6.4.6.4.6.4.6.4."),
    (PEDAL_HAT, "....5.......5..."),
];

/// The kit, on channel 10.
pub(super) fn drums() -> Part {
    let voice =
        Voice { name: "Drum Kit", channel: 9, program: 0, volume: 106, pan: 64, reverb: 28 };
    let mut part = Part::new(voice, BAR);
    repeat(&mut part, 2..INTRO_END, SHAKE, SHAKE, -4);
    repeat(&mut part, INTRO_END..VERSE_END - 1, VERSE_A, VERSE_B, 0);
    fill(&mut part, VERSE_END - 1, Fill::Toms, -4);
    repeat(&mut part, VERSE_END..CHORUS_END - 1, CHORUS_A, CHORUS_B, 0);
    part.grid(VERSE_END, CRASH, "9...............", 0);
    fill(&mut part, CHORUS_END - 1, Fill::Stop, 0);
    // Two bars of silence, then the beat comes back from under the water.
    repeat(&mut part, CHORUS_END + 2..INTERLUDE_END - 1, SHAKE, SHAKE, 0);
    fill(&mut part, INTERLUDE_END - 1, Fill::Snare, -8);
    repeat(&mut part, INTERLUDE_END..VERSE2_END - 1, VERSE_A, VERSE_B, 3);
    fill(&mut part, VERSE2_END - 1, Fill::Snare, -2);
    for (bar, beat) in (VERSE2_END..).zip(BUILD) {
        play(&mut part, bar, beat, 0);
    }
    repeat(&mut part, BUILD_END..CHORUS2_END - 1, CHORUS_A, CHORUS_B, 3);
    part.grid(BUILD_END, CRASH, "9...............", 0);
    part.grid(BUILD_END + 4, CRASH, "7...............", 0);
    fill(&mut part, CHORUS2_END - 1, Fill::Stop, 0);
    repeat(&mut part, CHORUS2_END + 4..BRIDGE_END - 1, HALF_TIME, HALF_TIME, 0);
    fill(&mut part, BRIDGE_END - 1, Fill::Toms, 4);
    repeat(&mut part, BRIDGE_END..LAST_END - 1, CHORUS_A, CHORUS_B, 5);
    for bar in (BRIDGE_END..LAST_END).step_by(2) {
        part.grid(bar, RIDE_BELL, "6...5...6...5...", 0);
    }
    part.grid(BRIDGE_END, CRASH, "9...............", 4);
    part.grid(BRIDGE_END + 4, CRASH, "8...............", 0);
    fill(&mut part, LAST_END - 1, Fill::Toms, 0);
    part.grid(LAST_END, CRASH, "7...............", -6);
    part.grid(LAST_END, KICK, "8...............", -6);
    part
}

#[derive(Clone, Copy)]
enum Fill {
    /// Down the toms in the hook's rhythm.
    Toms,
    /// A roll that grows.
    Snare,
    /// The band stops on the third beat.
    Stop,
}

fn fill(part: &mut Part, bar: u64, fill: Fill, force: i64) {
    match fill {
        Fill::Toms => {
            play(part, bar, &[(KICK, "8.....6........."), (SNARE, "....7..........7")], force);
            play(part, bar, &[(CLOSED_HAT, "6.4.5.4.........")], force);
            let [high, middle, low, floor] = TOMS;
            let toms = [
                (high, "........78......"),
                (middle, "..........6....."),
                (low, "...........78..."),
            ];
            play(part, bar, &toms, force);
            play(part, bar, &[(floor, ".............89.")], force);
        }
        Fill::Snare => {
            play(part, bar, &[(KICK, "8.....6.7......."), (SNARE, "....6...3.4.5678")], force);
            play(part, bar, &[(CLOSED_HAT, "6.4.5.4.")], force);
        }
        Fill::Stop => {
            play(part, bar, &[(KICK, "9..7..8........."), (SNARE, "....8..5........")], force);
            play(part, bar, &[(CLOSED_HAT, "7.5.7.5."), (CRASH, "........8.......")], force);
        }
    }
}

/// Beat `a` in even bars and `b` in odd ones, counted from the first.
fn repeat(part: &mut Part, bars: Range<u64>, a: &Beat, b: &Beat, force: i64) {
    for (place, bar) in bars.enumerate() {
        play(part, bar, if place % 2 == 0 { a } else { b }, force);
    }
}

fn play(part: &mut Part, bar: u64, beat: &Beat, force: i64) {
    for (key, grid) in beat {
        part.grid(bar, *key, grid, force);
    }
}
