//! Random commands: every kind there is, on whatever a project holds.

use super::{Rng, project};
use crate::edit::ops::{
    ApplyGroove, ArpOrder, Arpeggiate, Axis, ChordShape, Crop, Edges, FitToScale, Grid, Groove,
    Humanize, Invert, Join, Legato, Percent, Period, Quantize, Ratio, RemoveDoubles, Repeat, Split,
    Staccato, Stretch, StretchAnchor, Strum, StrumDirection, Swing, Toward, Transpose, VelocityOp,
};
use crate::edit::{
    Command, CopiedNotes, Edge, Lane, LaneEdit, LaneKind, LanePoint, NewNote, NoteOp,
    NoteSelection, NoteSet, TrackChange, VelocityChange,
};
use crate::model::{
    Channel, Clip, ClipRef, EventKind, Gain, Note, Notes, Output, Pan, Project, TrackColor, TrackId,
};
use crate::theory::{ChordKind, PitchClass, Scale, ScaleKind};
use crate::time::{Tick, TickRange};
use std::num::{NonZeroU16, NonZeroU32};
use std::sync::Arc;

/// A clip with more notes than this is thinned out next.
const MOST_NOTES: usize = 120;
/// A clip whose notes reach further than this is cropped next.
const MOST_TICKS: u64 = 200_000;
/// No more tracks than this are added.
const MOST_TRACKS: usize = 6;

/// A command for this project, one in twelve several as one. Most succeed; some are about
/// notes that are not there. Songs stay small however many commands follow each other.
pub fn command(rng: &mut Rng, project: &Project) -> Command {
    let first = single(rng, project);
    if !rng.chance(8) {
        return first;
    }
    let several = match same_in_every_clip(rng, project) {
        Some(same) if rng.chance(70) => same,
        _ => vec![first.clone(), single(rng, project)],
    };
    Command::several(several).unwrap_or(first)
}

/// The same for some notes of each clip, as the roll does it.
fn same_in_every_clip(rng: &mut Rng, project: &Project) -> Option<Vec<Command>> {
    let (_, clip) = any_clip(rng, project)?;
    let op = note_op(rng, project, clip);
    let (ticks, keys, kind) = (ticks(rng), rng.between(-20, 20) as i16, rng.below(4));
    let clips = project.tracks.iter().flat_map(|track| {
        track.clips.iter().map(|clip| (ClipRef { track: track.id, clip: clip.id }, &**clip))
    });
    let with_notes = clips.filter(|(_, clip)| {
        (1..=MOST_NOTES).contains(&clip.notes.len()) && clip.notes.last_end().0 <= MOST_TICKS
    });
    let command = |(at, clip): (ClipRef, &Clip)| {
        let notes = some_notes(rng, at, clip);
        let command = match kind {
            0 => Command::MoveNotes { notes, ticks, keys },
            1 => Command::CopyNotes { notes, ticks, keys },
            _ => Command::Transform { notes, op: op.clone() },
        };
        Some(command).filter(|command| command.n_notes() > 0)
    };
    Some(with_notes.filter_map(command).collect())
}

fn single(rng: &mut Rng, project: &Project) -> Command {
    let Some((at, clip)) = any_clip(rng, project) else { return without_clips(rng, project) };
    if clip.notes.last_end().0 > MOST_TICKS {
        let op = NoteOp::Crop(Crop::Range(TickRange::between(Tick(0), Tick(MOST_TICKS / 4))));
        return Command::Transform { notes: everything(at, clip), op };
    }
    if clip.notes.len() > MOST_NOTES {
        // By place: ids alone could leave notes that are all kept, over and over.
        let places = clip.notes.iter().enumerate().filter(|(place, _)| place % 8 != 0);
        let most = places.map(|(_, note)| note.reference());
        return Command::DeleteNotes { notes: NoteSelection::new(at, most) };
    }
    let notes = some_notes(rng, at, clip);
    match rng.below(23) {
        0 => Command::MoveNotes { notes, ticks: ticks(rng), keys: rng.between(-20, 20) as i16 },
        1 => Command::CopyNotes { notes, ticks: ticks(rng), keys: rng.between(-20, 20) as i16 },
        2 => {
            let count = rng.between(1, 8);
            Command::AddNotes { clip: at, notes: (0..count).map(|_| new_note(rng)).collect() }
        }
        3 => {
            let few = notes.refs().iter().step_by(3).copied();
            Command::DeleteNotes { notes: NoteSelection::new(at, few) }
        }
        4 => {
            let edge = rng.pick(&[Edge::Start, Edge::End]).unwrap_or(Edge::End);
            Command::ResizeNotes { notes, edge, ticks: ticks(rng) }
        }
        5 => Command::ChangeVelocity { change: velocity_change(rng, &notes), notes },
        6 => Command::ChangeRelease { change: velocity_change(rng, &notes), notes },
        7 | 8 => lane(rng, at, clip),
        9 => without_clips(rng, project),
        10 => paste(rng, project, at).unwrap_or_else(|| lane(rng, at, clip)),
        11 => event(rng, at, clip).unwrap_or_else(|| lane(rng, at, clip)),
        12 => Command::ChangeChannel { notes, channel: Channel::new(rng.below(16) as u8) },
        _ => Command::Transform { notes, op: note_op(rng, project, clip) },
    }
}

/// Any note operation, with any parameters that make sense.
pub fn note_op(rng: &mut Rng, project: &Project, clip: &Clip) -> NoteOp {
    let quarter = project.division.ticks_per_quarter();
    let scale = scale(rng);
    match rng.below(24) {
        0 => NoteOp::Quantize(Quantize {
            grid: grid(rng, quarter),
            edges: rng.pick(&[Edges::Start, Edges::End, Edges::Both]).unwrap_or_default(),
            strength: percent(rng),
        }),
        1 => {
            let groove = Groove::of_clip(clip, &project.conductor.meter, step(rng, quarter));
            let groove = Arc::new(
                groove.unwrap_or_else(|| Groove { step: step(rng, quarter), steps: Arc::from([]) }),
            );
            NoteOp::Groove(ApplyGroove { groove, timing: percent(rng), velocity: percent(rng) })
        }
        2 => NoteOp::Humanize(Humanize {
            seed: rng.next_u64(),
            ticks: rng.below(100) as u32,
            velocity: rng.below(60) as u8,
            length: percent(rng),
        }),
        3 => NoteOp::Transpose(Transpose::Keys(rng.between(-40, 40) as i16)),
        4 => NoteOp::Transpose(Transpose::Octaves(rng.between(-3, 3) as i8)),
        5 => NoteOp::Transpose(Transpose::Steps { scale, steps: rng.between(-9, 9) as i16 }),
        6 => NoteOp::Legato(Legato { overlap: rng.between(-60, 60) as i32 }),
        7 => NoteOp::Staccato(Staccato { share: percent(rng) }),
        8 => NoteOp::Split(Split::Into(
            NonZeroU16::new(rng.between(1, 5) as u16).unwrap_or(NonZeroU16::MIN),
        )),
        9 => NoteOp::Split(Split::At(Tick(rng.below(8000)))),
        10 => NoteOp::Split(Split::Grid(Grid::straight(quarter))),
        11 => NoteOp::Join(Join { gap: rng.below(u64::from(quarter)) as u32 }),
        12 => NoteOp::Reverse,
        13 => NoteOp::Invert(Invert {
            axis: rng.pick(&[Axis::Middle, Axis::Key(60), Axis::Key(3)]).unwrap_or_default(),
            scale: rng.chance(50).then_some(scale),
        }),
        14 => NoteOp::Stretch(Stretch {
            anchor: rng
                .pick(&[
                    StretchAnchor::Start,
                    StretchAnchor::End,
                    StretchAnchor::At(Tick(960)),
                    StretchAnchor::OnSong(Tick(4000)),
                ])
                .unwrap_or_default(),
            factor: Ratio::new(rng.between(1, 5) as u32, rng.between(1, 5) as u32)
                .unwrap_or(Ratio::HALF),
        }),
        15 => match rng.below(3) {
            0 => NoteOp::RemoveOverlaps,
            1 => NoteOp::RemoveDoubles(RemoveDoubles { within: 10 }),
            _ => NoteOp::Crop(Crop::Others),
        },
        16 => NoteOp::FitToScale(FitToScale {
            scale,
            toward: rng.pick(&[Toward::Nearest, Toward::Down, Toward::Up]).unwrap_or_default(),
        }),
        17 => NoteOp::Strum(Strum {
            direction: rng
                .pick(&[StrumDirection::Up, StrumDirection::Down, StrumDirection::Alternate])
                .unwrap_or_default(),
            ticks: rng.below(200) as u32,
            curve: rng.between(-100, 100) as i8,
        }),
        18 => NoteOp::Arpeggiate(Arpeggiate {
            order: rng
                .pick(&[ArpOrder::Up, ArpOrder::Down, ArpOrder::UpDown, ArpOrder::AsPlayed])
                .unwrap_or_default(),
            step: step(rng, quarter),
            gate: percent(rng),
            octaves: rng.between(1, 3) as u8,
        }),
        19 => NoteOp::Chord(ChordShape::InScale { scale, notes: rng.between(2, 4) as u8 }),
        20 => {
            NoteOp::Chord(ChordShape::Fixed(rng.pick(&ChordKind::ALL).unwrap_or(ChordKind::Major)))
        }
        21 => NoteOp::Velocity(velocity(rng)),
        22 => NoteOp::Crop(Crop::Range(TickRange::between(
            Tick(rng.below(4000)),
            Tick(rng.between(4000, 40_000) as u64),
        ))),
        _ => {
            let ticks = Period::Ticks(step(rng, quarter));
            let periods = [Period::Span, Period::Beats, Period::Bars, ticks];
            let period = rng.pick(&periods).unwrap_or(Period::Bars);
            NoteOp::Repeat(Repeat { times: NonZeroU16::MIN, period })
        }
    }
}

fn without_clips(rng: &mut Rng, project: &Project) -> Command {
    let room = project.tracks.len() < MOST_TRACKS;
    let Some(track) = any_track(rng, project) else {
        return Command::AddTrack { name: "First".into() };
    };
    match rng.below(8) {
        0 if room => Command::AddTrack { name: format!("Track {}", rng.below(100)).into() },
        1 if room => {
            let range = TickRange::between(Tick(rng.below(8) * 1920), Tick(20_000));
            Command::AddClip { track, range }
        }
        2 if room => {
            let song = Arc::new(project::project(rng.next_u64(), 1, 12));
            Command::AddSong { song, at: Tick(rng.below(10_000)) }
        }
        3 => Command::SoloOnly { track },
        4 => Command::MuteOthers { track },
        _ => Command::ChangeTracks { tracks: [track].into(), change: track_change(rng) },
    }
}

fn track_change(rng: &mut Rng) -> TrackChange {
    match rng.below(7) {
        0 => TrackChange::Mute(rng.chance(50)),
        1 => TrackChange::Solo(rng.chance(50)),
        2 => TrackChange::Gain(Gain::new(rng.below(200) as f32 / 100.0)),
        3 => TrackChange::Pan(Pan::new(rng.between(-100, 100) as f32 / 100.0)),
        4 => TrackChange::Rename(format!("Named {}", rng.below(1000)).into()),
        5 => TrackChange::Recolor(TrackColor(rng.below(10) as u8)),
        _ => TrackChange::Route(Output::Port("Somewhere".into())),
    }
}

fn lane(rng: &mut Rng, clip: ClipRef, on: &Clip) -> Command {
    let kinds = [
        LaneKind::Velocity,
        LaneKind::ReleaseVelocity,
        LaneKind::PitchBend,
        LaneKind::ChannelPressure,
        LaneKind::PolyPressure(None),
        LaneKind::Program,
        LaneKind::Controller(11),
        LaneKind::Controller14(1),
        LaneKind::Rpn(0),
        LaneKind::Tempo,
    ];
    let kind = rng.pick(&kinds).unwrap_or(LaneKind::PitchBend);
    let channel = on.notes.iter().next().map_or(Channel::new(0), |note| note.channel);
    let (low, high) = kind.range();
    let value = |rng: &mut Rng| low + (high - low) * rng.below(1001) as f64 / 1000.0;
    let first = rng.below(4000);
    let range = TickRange::between(Tick(first), Tick(first + 1 + rng.below(4000)));
    let mut points: Vec<LanePoint> = (0..rng.between(1, 6))
        .map(|_| {
            let tick = Tick(range.start().0 + rng.below(range.len()));
            LanePoint::new(tick, kind.nearest(value(rng)))
        })
        .collect();
    points.sort_by_key(|point| point.tick);
    let edit = match rng.below(6) {
        0 | 1 => LaneEdit::Draw { range, points: points.into() },
        2 => LaneEdit::Move { range, ticks: rng.between(-900, 900), by: (high - low) / 10.0 },
        3 => LaneEdit::Delete { range },
        4 => LaneEdit::Scale { range, base: low, factor: 0.5 },
        _ => LaneEdit::Tilt { range, from: 0.0, to: (high - low) / 5.0 },
    };
    Command::Lane { clip, lane: Lane { kind, channel }, edit }
}

/// A few notes of any clip, as if they came from a song of another resolution.
fn paste(rng: &mut Rng, project: &Project, clip: ClipRef) -> Option<Command> {
    let (_, from) = any_clip(rng, project)?;
    let few: Notes = from.notes.iter().take(12).copied().collect();
    let quarter = rng.pick(&[96, 480, 960, 1000])?;
    let notes = CopiedNotes::new(few, quarter, Channel::new(rng.below(3) as u8))?;
    Some(Command::PasteNotes { clip, at: Tick(rng.below(8000)), notes })
}

/// Any event of a clip, elsewhere, as something else, or gone.
fn event(rng: &mut Rng, clip: ClipRef, on: &Clip) -> Option<Command> {
    let was = on.events.get(rng.below(on.events.len() as u64) as usize)?.clone();
    let channel = Channel::new(rng.below(16) as u8);
    let value = rng.below(128) as u8;
    let kind = match rng.below(3) {
        0 => EventKind::Control { channel, number: 11, value },
        1 => EventKind::PitchBend { channel, value: i16::from(value) * 64 },
        _ => was.kind.clone(),
    };
    let to = rng.chance(70).then(|| (Tick(rng.below(8000)), kind));
    Some(Command::ChangeEvent { clip, was, to })
}

fn velocity_change(rng: &mut Rng, notes: &NoteSelection) -> VelocityChange {
    match rng.below(3) {
        0 => VelocityChange::To(rng.between(1, 127) as u8),
        1 => VelocityChange::By(rng.between(-60, 60) as i16),
        _ => {
            let each = notes.refs().iter().map(|&note| (note, rng.between(1, 127) as u8));
            VelocityChange::Each(each.collect())
        }
    }
}

fn velocity(rng: &mut Rng) -> VelocityOp {
    match rng.below(6) {
        0 => VelocityOp::Fixed(rng.below(140) as u8),
        1 => VelocityOp::Scale(rng.below(300) as u16),
        2 => VelocityOp::Add(rng.between(-99, 99) as i16),
        3 => VelocityOp::Random { seed: rng.next_u64(), low: 30, high: 120 },
        4 => VelocityOp::Ramp { from: rng.below(128) as u8, to: rng.below(128) as u8 },
        _ => VelocityOp::Compress { toward: 80, ratio: percent(rng) },
    }
}

fn any_track(rng: &mut Rng, project: &Project) -> Option<TrackId> {
    let index = rng.below(project.tracks.len() as u64) as usize;
    project.tracks.get(index).map(|track| track.id)
}

fn any_clip<'a>(rng: &mut Rng, project: &'a Project) -> Option<(ClipRef, &'a Clip)> {
    let clips = project.tracks.iter().flat_map(|track| {
        track.clips.iter().map(|clip| (ClipRef { track: track.id, clip: clip.id }, &**clip))
    });
    let clips: Vec<_> = clips.collect();
    rng.pick(&clips)
}

fn everything(at: ClipRef, clip: &Clip) -> NoteSelection {
    NoteSelection::of(at, NoteSet::all(&clip.notes))
}

/// All of them, every so manieth, or a run of neighbours.
fn some_notes(rng: &mut Rng, at: ClipRef, clip: &Clip) -> NoteSelection {
    let refs = clip.notes.iter().map(Note::reference);
    match rng.below(3) {
        0 => everything(at, clip),
        1 => NoteSelection::new(at, refs.step_by(rng.between(2, 9) as usize)),
        _ => {
            let from = rng.below(clip.notes.len() as u64 + 1) as usize;
            NoteSelection::new(at, refs.skip(from).take(rng.between(1, 12) as usize))
        }
    }
}

fn new_note(rng: &mut Rng) -> NewNote {
    NewNote {
        start: Tick(rng.below(16_000)),
        length: rng.between(1, 2000) as u32,
        key: rng.below(128) as u8,
        velocity: rng.between(1, 127) as u8,
        channel: rng.chance(20).then(|| Channel::new(rng.below(16) as u8)),
    }
}

fn ticks(rng: &mut Rng) -> i64 {
    rng.between(-3000, 3000)
}

const fn percent(rng: &mut Rng) -> Percent {
    Percent::new(rng.below(101) as u8)
}

fn grid(rng: &mut Rng, quarter: u32) -> Grid {
    let swing = Swing::from_per_mille(rng.between(450, 760) as u16);
    Grid { step: step(rng, quarter), swing }
}

fn step(rng: &mut Rng, quarter: u32) -> NonZeroU32 {
    let divisor = rng.pick(&[1, 2, 3, 4]).unwrap_or(1);
    NonZeroU32::new(quarter / divisor).unwrap_or(NonZeroU32::MIN)
}

fn scale(rng: &mut Rng) -> Scale {
    let kind = rng.pick(&ScaleKind::ALL).unwrap_or_default();
    Scale::new(PitchClass::new(rng.below(12) as i32), kind)
}
