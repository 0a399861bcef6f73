//! From an operation and its parameters to what the engine carries out.

use super::{Operation, Values};
use crate::panels::piano_roll::NoteValue;
use crate::state::Selection;
use engine::edit::ops::{
    ApplyGroove, ArpOrder, Arpeggiate, Axis, ChordShape, Crop, Edges, FitToScale, Grid, Groove,
    Humanize, Invert, Join, Legato, Percent, Period, Quantize, Ratio, RemoveDoubles, Repeat, Split,
    Staccato, Stretch, StretchAnchor, Strum, StrumDirection, Swing, Toward, Transpose, VelocityOp,
};
use engine::edit::select::{Among, Criterion, Likeness, Place};
use engine::edit::{Command, NoteOp, Selected};
use engine::library::features::{NoteEvent, infer_key};
use engine::model::{Channel, Clip, KeySignature, Note, Project, Track};
use engine::theory::{ChordKind, PitchClass, Scale, ScaleKind};
use engine::time::{Tick, TickRange};
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;

/// Notes that the key is estimated from when the file names none.
const HEARD: usize = 20_000;

/// What operations are made from.
pub struct Bench<'a> {
    project: &'a Project,
    clip: &'a Clip,
    /// Some of the selected notes, to see whether a tick lies in one.
    selection: &'a Selection,
    quarter: u32,
    /// Ticks of a step of the roll's grid.
    step: u32,
    /// Where a cut goes, on the song's time line: the note cursor, the playhead.
    cuts: Vec<Tick>,
    looped: Option<TickRange>,
    /// The scale that the roll shows.
    shown: Option<Scale>,
}

impl<'a> Bench<'a> {
    /// For the open clips. `step` is the roll's grid in ticks; `cut`, where the note cursor
    /// stands, and `looped`, what repeats, are on the song's time line.
    pub fn new(
        project: &'a Project,
        selection: &'a Selection,
        step: u32,
        cut: impl IntoIterator<Item = Tick>,
        looped: Option<TickRange>,
    ) -> Option<Self> {
        let clip = project.clip(selection.clip()?)?;
        let quarter = project.division.ticks_per_quarter();
        let cuts = cut.into_iter().collect();
        Some(Self { project, clip, selection, quarter, step, cuts, looped, shown: None })
    }

    /// With the scale that the roll shows, which goes before the song's own.
    #[must_use]
    pub fn in_scale(self, shown: Option<Scale>) -> Self {
        Self { shown, ..self }
    }

    /// The operation on selected notes of the open clips, as one step; `None` when what it
    /// needs is not there. What is said of the song is said of each clip where it lies.
    pub fn command(
        &self,
        operation: Operation,
        values: &Values,
        notes: &Selected,
    ) -> Option<Command> {
        let op = self.build(operation, values)?;
        let cut = self.cut();
        notes.each(|notes| {
            let start = self.project.clip(notes.clip).map_or(self.clip.start, |clip| clip.start);
            let inside = |tick: Tick| Tick(tick.since(start));
            let op = match (&op, cut, self.looped) {
                (NoteOp::Split(Split::At(_)), Some(cut), _) => {
                    NoteOp::Split(Split::At(inside(cut)))
                }
                (NoteOp::Crop(Crop::Range(_)), _, Some(range)) => {
                    let range = TickRange::between(inside(range.start()), inside(range.end()));
                    NoteOp::Crop(Crop::Range(range))
                }
                _ => op.clone(),
            };
            Command::Transform { notes, op }
        })
    }

    /// The operation with these parameters, for the active clip; `None` when what it needs is
    /// not there.
    pub fn build(&self, operation: Operation, values: &Values) -> Option<NoteOp> {
        let of = |key: &str| values.of(operation, key);
        let percent = |key: &str| Percent::new(of(key).clamp(0, 100) as u8);
        let ticks = |key: &str| self.ticks(of(key)).unsigned_abs();
        let step = || self.step(of("grid"));
        let scale = || self.scale(operation, values);
        Some(match operation {
            Operation::Quantize => NoteOp::Quantize(Quantize {
                grid: Grid {
                    step: step(),
                    swing: Swing::from_per_mille((of("swing") * 10) as u16),
                },
                edges: pick(&[Edges::Start, Edges::End, Edges::Both], of("edges"))?,
                strength: percent("strength"),
            }),
            Operation::Groove => NoteOp::Groove(ApplyGroove {
                groove: Arc::new(self.groove(of("clip"), step())?),
                timing: percent("timing"),
                velocity: percent("velocity"),
            }),
            Operation::Humanize => NoteOp::Humanize(Humanize {
                seed: of("seed") as u64,
                ticks: ticks("timing"),
                velocity: of("velocity") as u8,
                length: percent("length"),
            }),
            Operation::Transpose => NoteOp::Transpose(match of("keys") {
                octaves if octaves % 12 == 0 => Transpose::Octaves((octaves / 12) as i8),
                keys => Transpose::Keys(keys as i16),
            }),
            Operation::StepInScale => {
                NoteOp::Transpose(Transpose::Steps { scale: scale(), steps: of("steps") as i16 })
            }
            Operation::Legato => NoteOp::Legato(Legato { overlap: self.ticks(of("overlap")) }),
            Operation::Staccato => NoteOp::Staccato(Staccato { share: percent("share") }),
            Operation::Split => NoteOp::Split(match of("how") {
                0 => self.cut().map_or(Split::Into(count(2)), |cut| {
                    Split::At(Tick(cut.since(self.clip.start)))
                }),
                1 => Split::Into(count(of("parts"))),
                _ => Split::Grid(Grid { step: step(), swing: Swing::STRAIGHT }),
            }),
            Operation::Join => NoteOp::Join(Join { gap: ticks("gap") }),
            Operation::Reverse => NoteOp::Reverse,
            Operation::Invert => NoteOp::Invert(Invert {
                axis: if of("axis") == 0 { Axis::Middle } else { Axis::Key(of("key") as u8) },
                scale: (of("by") == 1).then(scale),
            }),
            Operation::Stretch => NoteOp::Stretch(Stretch {
                anchor: pick(&[StretchAnchor::Start, StretchAnchor::End], of("anchor"))?,
                factor: Ratio::new(of("percent") as u32, 100)?,
            }),
            Operation::DoubleTime => {
                NoteOp::Stretch(Stretch { anchor: StretchAnchor::Start, factor: Ratio::HALF })
            }
            Operation::HalfTime => {
                NoteOp::Stretch(Stretch { anchor: StretchAnchor::Start, factor: Ratio::DOUBLE })
            }
            Operation::RemoveOverlaps => NoteOp::RemoveOverlaps,
            Operation::RemoveDoubles => {
                NoteOp::RemoveDoubles(RemoveDoubles { within: ticks("within") })
            }
            Operation::FitToScale => NoteOp::FitToScale(FitToScale {
                scale: scale(),
                toward: pick(&[Toward::Nearest, Toward::Down, Toward::Up], of("toward"))?,
            }),
            Operation::Strum => {
                use StrumDirection::{Alternate, Down, Up};
                NoteOp::Strum(Strum {
                    direction: pick(&[Up, Down, Alternate], of("direction"))?,
                    ticks: ticks("time"),
                    curve: of("curve") as i8,
                })
            }
            Operation::Arpeggiate => {
                use ArpOrder::{AsPlayed, Down, Up, UpDown};
                NoteOp::Arpeggiate(Arpeggiate {
                    order: pick(&[Up, Down, UpDown, AsPlayed], of("order"))?,
                    step: step(),
                    gate: percent("gate"),
                    octaves: of("octaves") as u8,
                })
            }
            Operation::Chord => NoteOp::Chord(match of("shape") {
                0 => ChordShape::InScale { scale: scale(), notes: of("notes") as u8 },
                _ => ChordShape::Fixed(pick(&ChordKind::ALL, of("kind"))?),
            }),
            Operation::Velocity => NoteOp::Velocity(match of("how") {
                0 => VelocityOp::Fixed(of("to") as u8),
                1 => VelocityOp::Scale(of("percent") as u16),
                2 => VelocityOp::Add(of("by") as i16),
                3 => VelocityOp::Random {
                    seed: of("seed") as u64,
                    low: of("low").min(of("high")) as u8,
                    high: of("high").max(of("low")) as u8,
                },
                4 => VelocityOp::Ramp { from: of("low") as u8, to: of("high") as u8 },
                _ => VelocityOp::Compress { toward: of("to") as u8, ratio: percent("ratio") },
            }),
            Operation::Crop => NoteOp::Crop(Crop::Others),
            Operation::CropToLoop => {
                let range = self.looped?;
                let inside = |tick: Tick| Tick(tick.since(self.clip.start));
                let range = TickRange::between(inside(range.start()), inside(range.end()));
                NoteOp::Crop(Crop::Range(range))
            }
            Operation::Select | Operation::SelectLike | Operation::SelectInverse => return None,
            Operation::Repeat => NoteOp::Repeat(Repeat {
                times: count(of("times")),
                period: pick(&[Period::Bars, Period::Beats, Period::Span], of("period"))?,
            }),
        })
    }

    /// What an operation that selects looks for, and among which notes.
    pub fn criterion(&self, operation: Operation, values: &Values) -> Option<(Among, Criterion)> {
        let of = |key: &str| values.of(operation, key);
        let ticks = |key: &str| self.ticks(of(key)).unsigned_abs();
        let byte = |key: &str| of(key).clamp(0, 127) as u8;
        let scale = || self.scale(operation, values);
        let criterion = match operation {
            Operation::SelectInverse => Criterion::Inverse,
            Operation::SelectLike => Criterion::Similar(match of("like") {
                0 => Likeness::Key,
                1 => Likeness::PitchClass,
                2 => Likeness::Velocity(byte("velocity")),
                3 => Likeness::Length(byte("length")),
                _ => Likeness::Place(ticks("within")),
            }),
            Operation::Select => match of("how") {
                0 => Criterion::Keys(byte("low-key")..=byte("high-key")),
                1 => Criterion::PitchClass(PitchClass::new(of("pitch"))),
                2 => Criterion::Velocity(byte("low-velocity")..=byte("high-velocity")),
                3 => Criterion::Length(ticks("low-length")..=ticks("high-length")),
                4 => Criterion::Place {
                    place: match of("place") {
                        0 => Place::OnBeat,
                        1 => Place::OffBeat,
                        beat => Place::Beat((beat - 2) as u8),
                    },
                    within: ticks("within"),
                },
                5 => Criterion::InScale(scale()),
                6 => Criterion::OutOfScale(scale()),
                7 => Criterion::EveryNth(NonZeroU32::new(of("nth").unsigned_abs())?),
                _ => Criterion::Channel(Channel::new((of("channel") - 1) as u8)),
            },
            _ => return None,
        };
        let among = if of("among") == 1 { Among::Selected } else { Among::Clip };
        Some((among, criterion))
    }

    /// The scale that the parameters name, else the one that the roll shows, else the song's.
    pub fn scale(&self, operation: Operation, values: &Values) -> Scale {
        let root = values.of(operation, "scale.root");
        if root == 0 {
            return self.shown.unwrap_or_else(|| song_scale(self.project, self.clip));
        }
        let kind = pick(&ScaleKind::ALL, values.of(operation, "scale.kind")).unwrap_or_default();
        Scale::new(PitchClass::new(root - 1), kind)
    }

    /// A number of per cent of a sixteenth, in ticks.
    fn ticks(&self, percent: i32) -> i32 {
        let quarter = i64::from(self.quarter);
        i32::try_from(i64::from(percent) * quarter / 400).unwrap_or(i32::MAX)
    }

    fn step(&self, choice: i32) -> NonZeroU32 {
        let place = usize::try_from(choice - 1).ok();
        let value = place.and_then(|place| NoteValue::rows().flatten().nth(place));
        let meter = &self.project.conductor.meter;
        let first = meter.position(self.clip.start).bar;
        let bar = meter.bar_start(first + 1).since(meter.bar_start(first));
        let ticks = value.map_or(self.step, |value| value.whole_ticks(self.quarter, bar));
        NonZeroU32::new(ticks).unwrap_or(NonZeroU32::MIN)
    }

    /// Where a cut goes through one of the selected notes, on the song's time line.
    fn cut(&self) -> Option<Tick> {
        let through = |note: &Note, at: Tick| note.start < at && at < note.end();
        let parts = || self.selection.parts().iter().filter(|part| !part.notes.is_empty());
        self.cuts.iter().copied().find(|&cut| {
            parts().any(|part| {
                let Some(clip) = self.project.clip(part.clip) else { return false };
                let at = Tick(cut.since(clip.start));
                let here = TickRange::between(at, at.after(1));
                let mut sounding = clip.notes.sounding_in(here);
                cut >= clip.start
                    && sounding
                        .any(|note| through(note, at) && part.notes.contains(note.reference()))
            })
        })
    }

    fn groove(&self, place: i32, step: NonZeroU32) -> Option<Groove> {
        let (_, clip) = clips(self.project).nth(usize::try_from(place).ok()?)?;
        Groove::of_clip(clip, &self.project.conductor.meter, step)
    }
}

/// Every clip of the song that has notes, with its track: those that a groove can come from.
pub(super) fn clips(project: &Project) -> impl Iterator<Item = (&Track, &Clip)> {
    let tracks = project.tracks.iter();
    tracks
        .flat_map(|track| track.clips.iter().map(move |clip| (&**track, &**clip)))
        .filter(|(_, clip)| !clip.notes.is_empty())
}

/// The scale of the song where a clip is: of the key that the file names, else of the one
/// that its notes suggest, else C major.
pub fn song_scale(project: &Project, clip: &Clip) -> Scale {
    if let Some(key) = project.conductor.key_at(clip.start) {
        return named(key);
    }
    let tempo = &project.conductor.tempo;
    let heard = clip.notes.iter().take(HEARD);
    let heard: Vec<NoteEvent> =
        heard.map(|note| NoteEvent::of(note, clip.start.0, tempo)).collect();
    infer_key(&heard)
        .map_or_else(|| Scale::new(PitchClass::C, ScaleKind::Major), |found| found.key.scale())
}

fn named(key: KeySignature) -> Scale {
    // Seven semitones a step round the circle of fifths.
    let major = PitchClass::new(i32::from(key.sharps) * 7);
    if key.minor {
        Scale::new(major.transposed(-3), ScaleKind::NaturalMinor)
    } else {
        Scale::new(major, ScaleKind::Major)
    }
}

fn count(value: i32) -> NonZeroU16 {
    u16::try_from(value).ok().and_then(NonZeroU16::new).unwrap_or(NonZeroU16::MIN)
}

fn pick<T: Copy>(options: &[T], place: i32) -> Option<T> {
    options.get(usize::try_from(place).ok()?).copied()
}

impl super::Range {
    /// What can be chosen, by name; empty for numbers.
    pub fn options(self, project: &Project) -> Vec<String> {
        let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        match self {
            Self::Number { .. } => Vec::new(),
            Self::Choice(names) => own(names),
            Self::Grid => std::iter::once("The roll's grid".to_owned())
                .chain(NoteValue::rows().flatten().map(NoteValue::label))
                .collect(),
            Self::Root => std::iter::once("The song's key".to_owned())
                .chain(
                    PitchClass::ALL
                        .iter()
                        .map(|class| class.name(engine::theory::Spelling::Usual).to_owned()),
                )
                .collect(),
            Self::Scale => ScaleKind::ALL.iter().map(|kind| kind.name().to_owned()).collect(),
            Self::Chord => ChordKind::ALL.iter().map(|kind| chord_label(*kind)).collect(),
            Self::Clip => clips(project)
                .take(CLIPS_OFFERED)
                .map(|(track, clip)| {
                    let bar = project.conductor.meter.position(clip.start).bar + 1;
                    format!("{}, bar {bar}", track.name)
                })
                .collect(),
        }
    }
}

/// Clips that the groove dialog lists.
const CLIPS_OFFERED: usize = 500;

/// "Minor 7 (m7)" would want names that the theory has not: the suffix on a C says it all.
fn chord_label(kind: ChordKind) -> String {
    format!("C{}", kind.suffix())
}
