//! What an onset and its surroundings say about whether a beat falls on it: eighteen numbers
//! for each onset, the input of [`super::network`].

use crate::library::features::NoteEvent;
use crate::library::features::onsets::mean;

/// How many numbers an onset has.
pub(super) const N_HINTS: usize = 18;
/// The numbers of one onset. Times are logarithms to the base 2 of seconds.
pub(super) type Hints = [f32; N_HINTS];

/// Where the two numbers are that the network also reads in bands: the time to the next
/// onset and from the last one.
pub(super) const TO_NEXT: usize = 0;
pub(super) const FROM_LAST: usize = 1;

/// Onsets to either side that loudness and register are compared with.
const AROUND: usize = 16;
/// Shortest and longest time between onsets that is told from others.
const INTERVAL: (f64, f64) = (0.03, 4.0);
/// Shortest and longest length of a note, likewise.
const LENGTH: (f64, f64) = (0.05, 4.0);
/// How far to look for an onset as low or as high, or for the same key.
const SEARCH_SECS: f64 = 8.0;
/// How far onsets count for the density.
const DENSITY_SECS: f64 = 2.0;
/// How far the pitch classes before and after an onset are compared.
const HARMONY_SECS: f64 = 1.0;
/// Onsets before, among which a pitch class is not new.
const NOVELTY_ONSETS: usize = 8;

/// What is read from the notes of one onset.
struct Onset {
    secs: f64,
    low: f64,
    high: f64,
    length: f64,
    loudness: f64,
    n_notes: f64,
    pitch_classes: [f64; 12],
    /// Seconds since one of its keys was last struck.
    since_same: f64,
}

/// The numbers of each onset; `groups` are the notes by onset, in order.
pub(super) fn hints(groups: &[Vec<NoteEvent>]) -> Vec<Hints> {
    let onsets = read(groups);
    let mut hints = Vec::with_capacity(onsets.len());
    for (index, onset) in onsets.iter().enumerate() {
        let first = index.saturating_sub(AROUND);
        let near = onsets.get(first..(index + AROUND + 1).min(onsets.len())).unwrap_or_default();
        let (before, after) = onsets.split_at(index);
        let later = after.get(1..).unwrap_or_default();
        let next = later.first().map_or(onset.length, |next| next.secs - onset.secs);
        let last = before.last().map_or(2.0, |last| onset.secs - last.secs);
        let earlier_in = |reach: f64| {
            before.iter().rev().take_while(move |other| onset.secs - other.secs <= reach)
        };
        let later_in =
            |reach: f64| later.iter().take_while(move |other| other.secs - onset.secs <= reach);
        let lower = |other: &&Onset| other.low <= onset.low;
        let higher = |other: &&Onset| other.high >= onset.high;
        let wait = |other: Option<&Onset>| {
            log_secs(
                other.map_or(SEARCH_SECS, |other| (other.secs - onset.secs).abs()),
                (INTERVAL.0, SEARCH_SECS),
            )
        };
        let (mut n_onsets, mut n_notes) = (1.0, onset.n_notes);
        for other in earlier_in(DENSITY_SECS).chain(later_in(DENSITY_SECS)) {
            n_onsets += 1.0;
            n_notes += other.n_notes;
        }
        let past = sum_of_classes(earlier_in(HARMONY_SECS));
        let coming = sum_of_classes(
            later_in(HARMONY_SECS)
                .filter(|other| other.secs - onset.secs < HARMONY_SECS)
                .chain([onset]),
        );
        let mean_low = mean(near, |other| other.low);
        let mean_high = mean(near, |other| other.high);
        let values = [
            log_secs(next, INTERVAL),
            log_secs(last, INTERVAL),
            onset.n_notes.log2(),
            (onset.loudness - mean(near, |other| other.loudness)) / 16.0,
            (onset.low - mean_low) / 12.0,
            (onset.high - mean_high) / 12.0,
            log_secs(onset.length, LENGTH),
            wait(earlier_in(SEARCH_SECS).find(lower)),
            wait(later_in(SEARCH_SECS).find(lower)),
            wait(earlier_in(SEARCH_SECS).find(higher)),
            wait(later_in(SEARCH_SECS).find(higher)),
            f64::log2(n_onsets),
            f64::log2(n_notes),
            log_secs(onset.since_same, (LENGTH.0, SEARCH_SECS)),
            1.0 - likeness(&past, &coming),
            novelty(onset, before),
            (mean_low - 48.0) / 12.0,
            (mean_high - 72.0) / 12.0,
        ];
        hints.push(values.map(|value| value as f32));
    }
    hints
}

fn read(groups: &[Vec<NoteEvent>]) -> Vec<Onset> {
    let mut struck = [f64::NEG_INFINITY; 128];
    // An onset of drums alone lies where the last pitch was.
    let (mut low, mut high) = (60.0, 60.0);
    let read = |group: &Vec<NoteEvent>| {
        let secs = mean(group, |note| note.start_secs);
        let mut onset = Onset {
            secs,
            low,
            high,
            length: group.iter().map(NoteEvent::secs).fold(0.0, f64::max),
            loudness: f64::from(group.iter().map(|note| note.velocity).max().unwrap_or_default()),
            n_notes: group.len() as f64,
            pitch_classes: [0.0; 12],
            since_same: SEARCH_SECS,
        };
        let pitches = || group.iter().filter(|note| note.is_pitched()).map(|note| note.key);
        if let (Some(lowest), Some(highest)) = (pitches().min(), pitches().max()) {
            (low, high) = (f64::from(lowest), f64::from(highest));
            (onset.low, onset.high) = (low, high);
        }
        for key in pitches() {
            if let Some(class) = onset.pitch_classes.get_mut(usize::from(key % 12)) {
                *class += 1.0;
            }
            let last = struck.get(usize::from(key)).copied().unwrap_or(f64::NEG_INFINITY);
            onset.since_same = onset.since_same.min(secs - last);
        }
        for key in pitches() {
            if let Some(struck) = struck.get_mut(usize::from(key)) {
                *struck = secs;
            }
        }
        onset
    };
    groups.iter().map(read).collect()
}

fn log_secs(secs: f64, (least, most): (f64, f64)) -> f64 {
    secs.clamp(least, most).log2()
}

fn sum_of_classes<'a>(onsets: impl Iterator<Item = &'a Onset>) -> [f64; 12] {
    let mut sum = [0.0; 12];
    for onset in onsets {
        for (sum, value) in sum.iter_mut().zip(onset.pitch_classes) {
            *sum += value;
        }
    }
    sum
}

/// The cosine of two counts of pitch classes: 1 where the harmony stays.
fn likeness(a: &[f64; 12], b: &[f64; 12]) -> f64 {
    let product = |a: &[f64; 12], b: &[f64; 12]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    product(a, b) / (product(a, a) * product(b, b) + 1e-9).sqrt()
}

/// The share of an onset's pitch classes that none of the last few onsets had.
fn novelty(onset: &Onset, before: &[Onset]) -> f64 {
    let first = before.len().saturating_sub(NOVELTY_ONSETS);
    let known = sum_of_classes(before.iter().skip(first));
    let mut own = (0.0, 0.0);
    for (class, known) in onset.pitch_classes.iter().zip(known) {
        if *class > 0.0 {
            own.0 += f64::from(u8::from(known == 0.0));
            own.1 += 1.0;
        }
    }
    own.0 / f64::max(own.1, 1.0)
}
