//! Measures the inference of key and tempo against `truth.tsv` of a corpus.

use bumpalo::Bump;
use engine::library::features::pulses::pulses;
use engine::library::features::tempo::fits;
use engine::library::features::{
    KeyEstimate, NoteEvent, Sheet, infer_tempo, key_of_pulses, notes_of, timed,
};
use engine::smf::{self, Limits, Song};
use engine::theory::Key;
use engine::time::Division;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How many of how many were right.
#[derive(Clone, Copy, Default)]
pub(crate) struct Rate {
    pub(crate) right: usize,
    pub(crate) of: usize,
}

impl Rate {
    fn count(&mut self, right: bool) {
        self.right += usize::from(right);
        self.of += 1;
    }

    pub(crate) fn share(self) -> f64 {
        self.right as f64 / self.of.max(1) as f64
    }

    /// Wilson's interval at 95 % (Wilson 1927).
    fn interval(self) -> (f64, f64) {
        const Z: f64 = 1.96;
        let (n, p) = (self.of.max(1) as f64, self.share());
        let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        (middle - half, middle + half)
    }
}

/// The whole table.
#[derive(Default)]
pub(crate) struct Accuracy {
    pub(crate) pop_key: Rate,
    pub(crate) pop_weighted: f64,
    pub(crate) asap_signature: Rate,
    pub(crate) pop_tempo: Rate,
    pub(crate) pop_octave: Rate,
    pub(crate) asap_tempo: Rate,
    pub(crate) asap_octave: Rate,
    /// Songs whose declared tempo is believed, and performances where it is not.
    pub(crate) pop_trusted: Rate,
    pub(crate) asap_distrusted: Rate,
    secs: f64,
}

impl fmt::Display for Accuracy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut row = |what: &str, rate: Rate| {
            let (low, high) = rate.interval();
            let [share, low, high] = [rate.share(), low, high].map(|part| part * 100.0);
            let Rate { right, of } = rate;
            writeln!(f, "{what:<44}{share:6.1} %  [{low:.1}, {high:.1}]  {right} of {of}")
        };
        row("POP909 key, exact", self.pop_key)?;
        row("ASAP scores, key signature", self.asap_signature)?;
        row("POP909 tempo within 4 %", self.pop_tempo)?;
        row("POP909 tempo, octaves allowed", self.pop_octave)?;
        row("ASAP performances, tempo within 4 %", self.asap_tempo)?;
        row("ASAP performances, octaves allowed", self.asap_octave)?;
        row("POP909, declared tempo believed", self.pop_trusted)?;
        row("ASAP performances, declared not believed", self.asap_distrusted)?;
        let n_tempi = (self.pop_tempo.of + self.asap_tempo.of).max(1) as f64;
        writeln!(f, "tempo inference {:.2} ms a file", self.secs * 1e3 / n_tempi)?;
        let weighted = self.pop_weighted / self.pop_key.of.max(1) as f64 * 100.0;
        writeln!(f, "POP909 key, weighted (MIREX) {weighted:.1} %")
    }
}

impl Accuracy {
    /// Whether the inferred tempo is within 4 %, and whether it, its half or its double is.
    fn tempo(&mut self, notes: &[NoteEvent], expected: f64) -> [bool; 2] {
        let start = Instant::now();
        let found = infer_tempo(notes).bpm;
        self.secs += start.elapsed().as_secs_f64();
        let near =
            |times: f64| found.is_some_and(|bpm| (bpm * times / expected - 1.0).abs() <= 0.04);
        [near(1.0), [0.5, 1.0, 2.0].into_iter().any(near)]
    }
}

/// `None`, with a word on stderr, when `MIDI_CORPUS` is not set.
pub(crate) fn measure() -> Option<Accuracy> {
    let Some(corpus) = std::env::var_os("MIDI_CORPUS").map(PathBuf::from) else {
        eprintln!("MIDI_CORPUS is not set: no accuracy is measured");
        return None;
    };
    let mut accuracy = Accuracy::default();
    for row in truth(&corpus.join("pop909")) {
        let bytes = std::fs::read(&row.path).expect("readable");
        let song = smf::read(&bytes, &Limits::default()).expect("healthy");
        let (notes, ppq) = notes_and_ppq(&song);
        let bpm: f64 = row.columns[4].parse().expect("a number");
        let [exact, octave] = accuracy.tempo(&notes, bpm);
        accuracy.pop_tempo.count(exact);
        accuracy.pop_octave.count(octave);
        accuracy.pop_trusted.count(fits(&notes, ppq).trusted);
        let estimate = key(&song);
        let expected = key_named(&row.columns[1]);
        accuracy.pop_key.count(estimate.as_ref().is_some_and(|it| it.key == expected));
        accuracy.pop_weighted += estimate.map_or(0.0, |it| weighted(expected, it.key));
    }
    for row in truth(&corpus.join("asap")) {
        let bytes = std::fs::read(&row.path).expect("readable");
        let song = smf::read(&bytes, &Limits::default()).expect("healthy");
        if row.columns[1] == "performance" {
            let (notes, ppq) = notes_and_ppq(&song);
            let bpm: f64 = row.columns[6].parse().expect("a number");
            let [exact, octave] = accuracy.tempo(&notes, bpm);
            accuracy.asap_tempo.count(exact);
            accuracy.asap_octave.count(octave);
            accuracy.asap_distrusted.count(!fits(&notes, ppq).trusted);
        }
        if row.columns[1] == "score" {
            let signature: i32 = row.columns[2].parse().expect("a number");
            let same =
                |it: KeyEstimate| (i32::from(it.key.signature()) - signature).rem_euclid(12) == 0;
            accuracy.asap_signature.count(key(&song).is_some_and(same));
        }
    }
    Some(accuracy)
}

struct Row {
    path: PathBuf,
    columns: Vec<String>,
}

fn truth(folder: &Path) -> Vec<Row> {
    let table = std::fs::read_to_string(folder.join("truth.tsv")).unwrap_or_default();
    // A comment and the names of the columns come first.
    let rows = table.lines().skip(2).map(|line| {
        let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
        Row { path: folder.join(&columns[0]), columns }
    });
    rows.collect()
}

fn notes_and_ppq(song: &Song<'_>) -> (Vec<NoteEvent>, u16) {
    let notes = timed(&notes_of(song), &song.tempo_map());
    let Division::Ppq(ppq) = song.division else { return (notes, 480) };
    (notes, ppq)
}

fn key(song: &Song<'_>) -> Option<KeyEstimate> {
    let arena = Bump::new();
    let sheet = Sheet::of(song, &notes_of(song), &arena);
    key_of_pulses(pulses(&sheet, &arena), sheet.pulses)
}

/// `Db:maj`, `A:min`.
fn key_named(text: &str) -> Key {
    let (tonic, mode) = text.split_once(':').expect("tonic and mode");
    let mut letters = tonic.chars();
    let natural = letters.next().and_then(|letter| "FCGDAEB".find(letter)).expect("a letter");
    let fifths = letters.fold(natural as i8 - 1, |fifths, sign| match sign {
        '#' => fifths + 7,
        _ => fifths - 7,
    });
    let minor = mode.starts_with("min");
    Key { tonic: Key::of_signature(fifths, false).tonic, minor }
}

/// The score of MIREX's key task: 1 for the key, 0.5 for a fifth off, 0.3 for the relative,
/// 0.2 for the parallel.
fn weighted(expected: Key, found: Key) -> f64 {
    let up = expected.tonic.up_to(found.tonic);
    let relative = if expected.minor { 3 } else { 9 };
    match (expected.minor == found.minor, up) {
        (true, 0) => 1.0,
        (true, 5 | 7) => 0.5,
        (false, 0) => 0.2,
        (false, up) if up == relative => 0.3,
        _ => 0.0,
    }
}
