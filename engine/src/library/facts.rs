//! Everything that the library says of a file: the one entry of the analysis.

use super::analysis::{is_default, key_of};
use super::features::chords::harmony;
use super::features::contour::Contour;
use super::features::drums::drum_facts;
use super::features::form::form;
use super::features::instruments::instruments;
use super::features::melody::melody;
use super::features::names::named;
use super::features::phases::Phases;
use super::features::prints::{musical, version};
use super::features::pulses::{Pulse, pulses};
use super::features::sheet::Sheet;
use super::features::stats::note_facts;
use super::features::tags::{TagTable, tags_of};
use super::features::tempo::{Declared, choose};
use super::features::texts::texts;
use super::features::thumbnail::thumbnail;
use super::features::vector::vector;
use super::features::{
    BpmDetectionResult, BpmMethod, PlayedNote, infer_tempo, key_of_pulses, timed,
};
use super::row::{Facts, KeyFacts, Prints, Shape, TempoFacts};
use crate::smf::Song;
use crate::time::{Division, MeterMap, TempoMap, Tick};
use bumpalo::Bump;

/// When the tempo is inferred from the notes, which costs more than all the rest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InferTempo {
    /// Where none is declared, and where the notes contradict the declared one.
    #[default]
    Auto,
    /// Of every file.
    Always,
}

/// What is known of a file that was read, with its notes in order. `names` is its path as far
/// as it may speak, folders parted by `/`. Scratch memory comes from `arena`, which the caller
/// resets.
///
/// Linear in the notes but for sorting a few numbers a bar; docs/library.md has the formulas.
pub fn facts_of(
    song: &Song<'_>,
    notes: &[PlayedNote],
    names: &[u8],
    tags: &TagTable,
    infer: InferTempo,
    arena: &Bump,
) -> Facts {
    let (tempo, meters) = (song.tempo_map(), song.meter_map());
    let sheet = Sheet::new(song.division, &meters, notes, arena);
    let phases = Phases::of(sheet.marks);
    let heard = pulses(&sheet, arena);
    let shape = shape(song, notes, &tempo, &meters);
    let sounding = notes.first().zip(shape.last_note_secs);
    let sounding = sounding.map(|(first, end)| end - tempo.secs_from_tick(Tick(first.tick)));
    let mut facts = Facts {
        shape,
        tempo: tempo_facts(song, notes, &phases, &tempo, infer),
        key: key_facts(song, heard, sheet.pulses),
        meter: song.meters.first().map(|it| (it.meter.numerator, it.meter.denominator() as u16)),
        notes: note_facts(notes, sounding.unwrap_or_default(), &sheet, &phases, arena),
        instruments: instruments(notes),
        drums: drum_facts(&sheet, arena),
        form: form(&sheet, arena),
        text: texts(&song.texts),
        named: named(names, tags),
        thumbnail: thumbnail(&sheet),
        ..Facts::default()
    };
    let (bpm, key) = (facts.bpm(), facts.key());
    facts.harmony = harmony(sheet.bars, heard, key);
    // The prints stand on the notes alone: names and signatures come and go with copies.
    let inferred = facts.key.inferred;
    let line = melody(&sheet, arena);
    facts.prints = Prints {
        musical: musical(&sheet),
        version: version(line, arena),
        melody: Contour::of_melody(line),
        vector: vector(&sheet, heard, &facts.notes, &facts.instruments, bpm, inferred),
    };
    facts.tags = tags_of(names, &facts, tags);
    facts
}

fn shape(song: &Song<'_>, notes: &[PlayedNote], tempo: &TempoMap, meters: &MeterMap) -> Shape {
    let last = song.last_note_end();
    let has_beats = matches!(song.division, Division::Ppq(_));
    let bars = last.filter(|_| has_beats && !notes.is_empty()).map(|end| {
        let bar = meters.position(Tick(end.0.saturating_sub(1))).bar;
        u32::try_from(bar + 1).unwrap_or(u32::MAX)
    });
    Shape {
        format: song.format,
        ppq: match song.division {
            Division::Ppq(ppq) => Some(ppq),
            Division::Smpte { .. } => None,
        },
        tracks: u16::try_from(song.tracks.len()).unwrap_or(u16::MAX),
        events: song.tracks.iter().map(|track| track.events).sum(),
        note_ons: song.note_ons(),
        duration_secs: tempo.secs_from_tick(song.end()),
        last_note_secs: last.map(|end| tempo.secs_from_tick(end)),
        bars,
        salvaged: song.salvaged,
        problems: song.problems.clone(),
    }
}

fn tempo_facts(
    song: &Song<'_>,
    notes: &[PlayedNote],
    phases: &Phases,
    tempo: &TempoMap,
    infer: InferTempo,
) -> TempoFacts {
    let map = declared(song, tempo);
    let declared = map.longest.zip(ppq_of(song)).map(|(bpm, ppq)| Declared { bpm, ppq });
    let mut inferred = (infer == InferTempo::Always).then(|| infer_tempo(&timed(notes, tempo)));
    let mut heard = None;
    let winner = if let (Some(declared), Some(strength)) = (&declared, phases.fit()) {
        // As nearly always: the cheap form of the fit test has decided.
        BpmDetectionResult {
            bpm: Some(declared.bpm),
            method: BpmMethod::Declared,
            confidence: f64::from(strength),
            alternatives: Vec::new(),
        }
    } else {
        let notes = timed(notes, tempo);
        choose(&notes, declared.as_ref(), || {
            let result = inferred.take().unwrap_or_else(|| infer_tempo(&notes));
            heard = Some(result.clone());
            result
        })
    };
    let heard = heard.or(inferred);
    let (inferred, alternatives) = heard.map_or((None, Vec::new()), |it| (it.bpm, it.alternatives));
    TempoFacts {
        declared: map.longest.map(|bpm| bpm as f32),
        first: map.first.map(|bpm| bpm as f32),
        min: map.min.map(|bpm| bpm as f32),
        max: map.max.map(|bpm| bpm as f32),
        inferred: inferred.map(|bpm| bpm as f32),
        method: if winner.bpm.is_some() { winner.method } else { BpmMethod::None },
        confidence: winner.confidence as f32,
        alternatives: alternatives.into_iter().map(|bpm| bpm as f32).collect(),
    }
}

const fn ppq_of(song: &Song<'_>) -> Option<u16> {
    match song.division {
        Division::Ppq(ppq) => Some(ppq),
        Division::Smpte { .. } => None,
    }
}

/// What tempo events say, in beats a minute; nothing without one, or in frames, which have no
/// beats.
#[derive(Default)]
pub(super) struct DeclaredTempi {
    first: Option<f64>,
    min: Option<f64>,
    max: Option<f64>,
    /// The one that lasts longest in all.
    pub(super) longest: Option<f64>,
}

pub(super) fn declared(song: &Song<'_>, map: &TempoMap) -> DeclaredTempi {
    if song.tempos.is_empty() || ppq_of(song).is_none() {
        return DeclaredTempi::default();
    }
    let end = song.end();
    let mut clock = map.clock();
    let mut lasting: Vec<(u32, f64)> = Vec::with_capacity(map.points().len());
    let mut points = map.points().peekable();
    let mut first = None;
    let first_declared = song.tempos.iter().map(|point| point.tick).min().unwrap_or_default();
    while let Some(point) = points.next() {
        let until = points.peek().map_or(end, |next| next.tick.min(end));
        let ticks = until.since(point.tick);
        // The default that holds before the first event is not declared.
        if point.tick >= first_declared {
            first.get_or_insert(point.tempo.bpm());
            let secs =
                clock.secs_from_tick(point.tick.after(ticks)) - clock.secs_from_tick(point.tick);
            lasting.push((point.tempo.micros(), secs));
        }
    }
    lasting.sort_by_key(|(micros, _)| *micros);
    let bpm = |micros: u32| 60e6 / f64::from(micros);
    let mut longest: Option<(f64, u32)> = None;
    for same in lasting.chunk_by(|a, b| a.0 == b.0) {
        let secs: f64 = same.iter().map(|(_, secs)| secs).sum();
        let Some((micros, _)) = same.first() else { continue };
        if longest.is_none_or(|(most, _)| secs > most) {
            longest = Some((secs, *micros));
        }
    }
    DeclaredTempi {
        first,
        min: lasting.last().map(|(micros, _)| bpm(*micros)),
        max: lasting.first().map(|(micros, _)| bpm(*micros)),
        longest: longest.map(|(_, micros)| bpm(micros)),
    }
}

fn key_facts(song: &Song<'_>, heard: &[Pulse], starts: &[u32]) -> KeyFacts {
    let inferred = key_of_pulses(heard, starts);
    let passages = inferred.as_ref().map_or(0, |it| it.passages.len().saturating_sub(1));
    KeyFacts {
        declared: song.keys.first().map(key_of),
        declared_is_default: is_default(&song.keys),
        confidence: inferred.as_ref().map_or(0.0, |it| it.confidence as f32),
        modulations: u16::try_from(passages).unwrap_or(u16::MAX),
        inferred: inferred.map(|it| it.key),
    }
}

#[cfg(test)]
mod tests;
