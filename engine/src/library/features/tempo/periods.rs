//! How a pulse's period moves through a song: an autocorrelation of the accents, second by
//! second, and the smoothest strong path through it.

use super::accents::Accent;

/// Shortest and longest lag of the autocorrelation, in seconds.
const SHORTEST_LAG: f64 = 0.05;
const LONGEST_LAG: f64 = 2.2;
/// Lags are spaced evenly in pitch, so to speak: this many to the octave.
const PER_OCTAVE: f64 = 48.0;
/// From [`SHORTEST_LAG`] up, 5.5 octaves.
const N_LAGS: usize = 264;
/// Twice a lag, and three times, in steps.
const DOUBLE: usize = 48;
const TRIPLE: usize = 76;
/// Half the width of what one pair of onsets says: timing errs by 18 ms (a spread found in
/// skilled piano playing), tempo by 4 % within a second.
const TIMING_SECS: f64 = 0.018;
const TEMPO_SHARE: f64 = 0.04;
/// Each second hears three seconds to either side, twice over (a triangle of six).
const REACH: usize = 3;
/// A pulse is supported by its double and triple period.
const DOUBLE_WEIGHT: f32 = 0.7;
const TRIPLE_WEIGHT: f32 = 0.4;
/// What one step of tempo change a second costs; a jump costs this at most.
const CHANGE_COST: f32 = 0.01;
const JUMP_COST: f32 = 0.5;
/// Steps that a tempo may glide within a second without a jump: 9 %.
const GLIDE: usize = 6;
/// A path is sought in bands of this many steps that begin this far apart.
const BAND: usize = 44;
const BAND_STEP: usize = 22;
const FIRST_LAG: usize = 12;
const LAST_LAG: usize = 240;

type Lags = [f32; N_LAGS];

/// The period of a pulse, second by second.
pub(super) struct Path {
    start_secs: f64,
    periods: Vec<f64>,
    /// How strong it is against the strongest of each second, 0..=1.
    pub(super) strength: f64,
}

impl Path {
    /// The period at a moment, in seconds.
    pub(super) fn period(&self, secs: f64) -> f64 {
        let second = ((secs - self.start_secs) as usize).min(self.periods.len().saturating_sub(1));
        self.periods.get(second).copied().unwrap_or(0.5)
    }
}

/// The best path of each band of periods, from 0.06 s to 1.6 s, without repeats.
pub(super) fn paths(accents: &[Accent]) -> Vec<Path> {
    let (Some(first), Some(last)) = (accents.first(), accents.last()) else { return Vec::new() };
    let seconds = (last.secs - first.secs) as usize + 1;
    let mut gram = autocorrelation(accents, first.secs, seconds);
    gram = averaged(&averaged(&gram));
    for lags in &mut gram {
        *lags = combed(lags);
    }
    let mut found: Vec<Path> = Vec::new();
    let mut medians: Vec<f64> = Vec::new();
    let mut low = FIRST_LAG;
    while low + BAND_STEP + 2 < LAST_LAG {
        let high = (low + BAND).min(LAST_LAG);
        let path = best_path(&gram, low, high);
        let at_edge = path.iter().filter(|&&lag| lag <= low + 1 || lag + 2 >= high).count();
        let mut sorted = path.clone();
        sorted.sort_unstable();
        let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default() as f64;
        low += BAND_STEP;
        // A path along the edge of its band wants to be in the next one.
        if at_edge * 2 > path.len() || medians.iter().any(|other| (other - median).abs() < 1.5) {
            continue;
        }
        medians.push(median);
        let along = gram.iter().zip(&path).filter_map(|(lags, &lag)| lags.get(lag));
        found.push(Path {
            strength: f64::from(along.sum::<f32>()) / seconds as f64,
            start_secs: first.secs,
            periods: path.iter().map(|&lag| secs_of(lag as f64)).collect(),
        });
    }
    found
}

/// Products of accents by the time between them and the second in which the pair begins.
fn autocorrelation(accents: &[Accent], start: f64, seconds: usize) -> Vec<Lags> {
    let mut gram = vec![[0.0_f32; N_LAGS]; seconds];
    for (index, accent) in accents.iter().enumerate() {
        let Some(lags) = gram.get_mut((accent.secs - start) as usize) else { continue };
        for later in accents.iter().skip(index + 1) {
            let lag = later.secs - accent.secs;
            if lag > LONGEST_LAG {
                break;
            }
            if lag < SHORTEST_LAG {
                continue;
            }
            let middle = (lag / SHORTEST_LAG).log2() * PER_OCTAVE;
            let spread = (TIMING_SECS / lag).max(TEMPO_SHARE);
            // A relative error as a share of an octave is 1.44 times as large.
            let radius = (spread * PER_OCTAVE * std::f64::consts::LOG2_E).max(1.0);
            let weight = accent.strength * later.strength / radius.sqrt();
            let from = (middle - radius).ceil().max(0.0) as usize;
            let to = (middle + radius) as usize + 1;
            for (step, cell) in lags.iter_mut().enumerate().take(to).skip(from) {
                let off = (step as f64 - middle).abs() / (radius + 0.5);
                *cell += ((1.0 - off) * weight) as f32;
            }
        }
    }
    gram
}

/// The sum over [`REACH`] seconds to either side.
fn averaged(gram: &[Lags]) -> Vec<Lags> {
    let mut sum = [0.0_f32; N_LAGS];
    let add = |sum: &mut Lags, lags: Option<&Lags>, sign: f32| {
        for (sum, value) in sum.iter_mut().zip(lags.into_iter().flatten()) {
            *sum = (*sum + sign * value).max(0.0);
        }
    };
    for lags in gram.iter().take(REACH) {
        add(&mut sum, Some(lags), 1.0);
    }
    let mut averages = Vec::with_capacity(gram.len());
    for second in 0..gram.len() {
        add(&mut sum, gram.get(second + REACH), 1.0);
        if let Some(past) = second.checked_sub(REACH + 1) {
            add(&mut sum, gram.get(past), -1.0);
        }
        averages.push(sum);
    }
    averages
}

/// Each lag with what its multiples add, relative to the best.
fn combed(lags: &Lags) -> Lags {
    let mut combed = *lags;
    for (step, value) in combed.iter_mut().enumerate() {
        let at = |lag: usize| lags.get(lag).copied().unwrap_or_default();
        *value += DOUBLE_WEIGHT * at(step + DOUBLE) + TRIPLE_WEIGHT * at(step + TRIPLE);
    }
    let highest = combed.iter().copied().fold(1e-6, f32::max);
    combed.map(|value| value / highest)
}

/// The path with the greatest sum less the cost of its changes (Viterbi), within a band.
fn best_path(gram: &[Lags], low: usize, high: usize) -> Vec<usize> {
    let width = high - low;
    let band = |lags: &Lags| -> Vec<f32> { lags.iter().take(high).skip(low).copied().collect() };
    let mut best = gram.first().map_or_else(|| vec![0.0; width], band);
    let mut steps: Vec<Vec<u8>> = Vec::with_capacity(gram.len());
    for lags in gram.iter().skip(1) {
        let leader = strongest(&best);
        let jump = best.get(leader).copied().unwrap_or_default() - JUMP_COST;
        let mut from = Vec::with_capacity(width);
        let mut next = Vec::with_capacity(width);
        for (step, value) in lags.iter().take(high).skip(low).enumerate() {
            let (mut reached, mut source) = (jump, leader);
            let first = step.saturating_sub(GLIDE);
            for (other, before) in best.iter().enumerate().take(step + GLIDE + 1).skip(first) {
                let change = other.abs_diff(step) as f32;
                let value = before - CHANGE_COST * change * (change + 1.0);
                if value > reached {
                    (reached, source) = (value, other);
                }
            }
            next.push(reached + value);
            from.push(source as u8);
        }
        best = next;
        steps.push(from);
    }
    let mut step = strongest(&best);
    let mut path = vec![step + low];
    for from in steps.iter().rev() {
        step = from.get(step).map_or(step, |&before| usize::from(before));
        path.push(step + low);
    }
    path.reverse();
    path
}

fn strongest(values: &[f32]) -> usize {
    let mut best = (0, f32::MIN);
    for (index, &value) in values.iter().enumerate() {
        if value >= best.1 {
            best = (index, value);
        }
    }
    best.0
}

fn secs_of(lag: f64) -> f64 {
    SHORTEST_LAG * (lag / PER_OCTAVE).exp2()
}
