//! Whether a declared tempo is the music's own: whether the notes lie on its grid.

use crate::library::features::NoteEvent;
use std::f64::consts::TAU;

/// Grids of a quarter note that music is written on: sixteenths and triplets. A finer grid
/// would fit anything.
const GRIDS: [f64; 3] = [2.0, 3.0, 4.0];
/// Least concentration on a grid. Sixteenths at 120 played with an error of 20 ms reach 0.6;
/// a recording under a tempo that is not its own stays under 0.1.
const LEAST_STRENGTH: f64 = 0.25;
/// Fewer onsets contradict nothing.
const FEWEST_ONSETS: usize = 8;
/// Onsets looked at: more change nothing.
const MOST_ONSETS: usize = 4096;

/// What a file says about its tempo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Declared {
    /// Beats (quarter notes) a minute: of several tempi the one that lasts longest.
    pub bpm: f64,
    /// Ticks per quarter note.
    pub ppq: u16,
}

/// How well notes lie on the grid of their file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Concentration on the best grid, 0..=1: the length of the mean resultant of the onsets'
    /// phases (Mardia and Jupp, "Directional Statistics", 2000).
    pub strength: f64,
    /// Whether the declared tempo may be believed.
    pub trusted: bool,
}

/// How well notes in ticks lie on the grid of quarters of `ppq` ticks.
pub fn fits(notes: &[NoteEvent], ppq: u16) -> Fit {
    let step = (notes.len() / MOST_ONSETS).max(1);
    let onsets = || notes.iter().step_by(step).filter(|note| note.velocity > 0);
    let n_onsets = onsets().count();
    if n_onsets < FEWEST_ONSETS {
        return Fit { strength: 1.0, trusted: true };
    }
    let quarter = u64::from(ppq.max(1));
    let strength = GRIDS.map(|grid| {
        let (mut x, mut y) = (0.0, 0.0);
        for note in onsets() {
            let phase = TAU * grid * (note.tick % quarter) as f64 / quarter as f64;
            x += phase.cos();
            y += phase.sin();
        }
        x.hypot(y) / n_onsets as f64
    });
    let strength = strength.into_iter().fold(0.0, f64::max);
    // By chance a concentration of 3/√n comes about once in 8,000 files (Rayleigh: e⁻⁹).
    let chance = 3.0 / (n_onsets as f64).sqrt();
    Fit { strength, trusted: strength > LEAST_STRENGTH.max(chance.min(0.9)) }
}
