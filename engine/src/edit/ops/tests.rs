//! Each operation on the least music that shows what it does.

use super::*;
use crate::edit::{Command, EditError, NewNote, NoteSelection, apply};
use crate::model::{ClipRef, Note, Project};
use crate::theory::{PitchClass, ScaleKind};
use crate::time::{Tick, TickRange};
use proptest::prelude::*;
use std::sync::Arc;

/// Notes from "key@start+length~velocity"; velocity 100 may be left out.
fn read(text: &str) -> Vec<NewNote> {
    let note = |word: &str| {
        let (word, velocity) = word.split_once('~').unwrap_or((word, "100"));
        let (key, rest) = word.split_once('@').unwrap();
        let (start, length) = rest.split_once('+').unwrap();
        NewNote {
            start: Tick(start.parse().unwrap()),
            length: length.parse().unwrap(),
            key: key.parse().unwrap(),
            velocity: velocity.parse().unwrap(),
            channel: None,
        }
    };
    text.split_whitespace().map(note).collect()
}

fn write(project: &Project, clip: ClipRef) -> String {
    let one = |note: &Note| {
        let velocity = match note.velocity {
            100 => String::new(),
            other => format!("~{other}"),
        };
        format!("{}@{}+{}{velocity}", note.key, note.start.0, note.length)
    };
    let mut notes: Vec<Note> = project.clip(clip).unwrap().notes.iter().copied().collect();
    notes.sort_by_key(|note| (note.start, note.key));
    notes.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// A project at 960 PPQ in 4/4 with one clip from `start` that holds these notes.
fn project(start: u64, notes: Vec<NewNote>) -> (Project, ClipRef) {
    let project = Project::new("test");
    let project = apply(&project, &Command::AddTrack { name: "Piano".into() }).unwrap().project;
    let track = project.tracks[0].id;
    let range = TickRange::between(Tick(start), Tick(start + 7680));
    let project = apply(&project, &Command::AddClip { track, range }).unwrap().project;
    let clip = ClipRef { track, clip: project.tracks[0].clips[0].id };
    let project = apply(&project, &Command::AddNotes { clip, notes }).unwrap().project;
    (project, clip)
}

fn all(project: &Project, clip: ClipRef) -> NoteSelection {
    NoteSelection::new(clip, project.clip(clip).unwrap().notes.iter().map(Note::reference))
}

fn check_in(start: u64, before: &str, op: NoteOp, after: &str) {
    let (project, clip) = project(start, read(before));
    let notes = all(&project, clip);
    let edited = apply(&project, &Command::Transform { notes, op }).unwrap();
    assert_eq!(write(&edited.project, clip), after);
    let notes = &edited.project.clip(clip).unwrap().notes;
    let selected = edited.selection.unwrap().parts()[0].clone();
    assert!(
        selected.refs().iter().all(|&note| notes.get(note).is_some()),
        "selects what is not there"
    );
}

fn check(before: &str, op: NoteOp, after: &str) {
    check_in(0, before, op, after);
}

fn c_major() -> Scale {
    Scale::new(PitchClass::C, ScaleKind::Major)
}

fn quantize(step: u32, edges: Edges, strength: u8) -> NoteOp {
    let grid = Grid::straight(step);
    NoteOp::Quantize(Quantize { grid, edges, strength: Percent::new(strength) })
}

#[test]
fn quantizing_moves_onsets_to_the_nearest_line_and_keeps_lengths() {
    check("60@10+200 62@470+100", quantize(240, Edges::Start, 100), "60@0+200 62@480+100");
    check("60@100+200", quantize(240, Edges::Start, 50), "60@50+200");
    check("60@200+200", quantize(240, Edges::Start, 0), "60@200+200");
}

#[test]
fn quantizing_ends_never_empties_a_note() {
    check("60@10+200 62@480+50", quantize(240, Edges::End, 100), "60@10+230 62@480+240");
    check("60@110+20", quantize(240, Edges::Both, 100), "60@0+240");
    check("60@130+300", quantize(240, Edges::Both, 100), "60@240+240");
}

#[test]
fn the_grid_counts_from_the_songs_bar_lines_wherever_the_clip_begins() {
    check_in(100, "60@0+50 62@150+50", quantize(240, Edges::Start, 100), "60@0+50 62@140+50");
}

#[test]
fn swung_lines_come_late() {
    let grid = Grid { swing: Swing::TRIPLET, ..Grid::straight(480) };
    let op = Quantize { grid, edges: Edges::Start, strength: Percent::FULL };
    check("60@0+100 62@480+100", NoteOp::Quantize(op), "60@0+100 62@640+100");
}

#[test]
fn half_strength_applied_again_goes_further() {
    let (mut project, clip) = project(0, read("60@100+50"));
    for expected in ["60@50+50", "60@25+50", "60@12+50"] {
        let notes = all(&project, clip);
        let op = quantize(240, Edges::Start, 50);
        project = apply(&project, &Command::Transform { notes, op }).unwrap().project;
        assert_eq!(write(&project, clip), expected);
    }
}

#[test]
fn a_groove_brings_its_deviations_and_velocities() {
    let (source, clip) = project(0, read("36@0+100~120 38@990+100~60 38@4830+100~80"));
    let meter = &source.conductor.meter;
    let step = NonZeroU32::new(480).unwrap();
    let groove = Groove::of_clip(source.clip(clip).unwrap(), meter, step).unwrap();
    assert_eq!(groove.steps[2], GrooveStep { offset: 30, velocity: Some(70) });
    let op = |share| {
        let share = Percent::new(share);
        NoteOp::Groove(ApplyGroove {
            groove: Arc::new(groove.clone()),
            timing: share,
            velocity: share,
        })
    };
    check("60@5+10 60@960+10", op(100), "60@0+10~120 60@990+10~70");
    check("60@0+10 60@960+10", op(50), "60@0+10~110 60@975+10~85");
}

#[test]
fn humanizing_is_seeded_and_bounded() {
    let humanize = |seed| {
        let length = Percent::new(10);
        NoteOp::Humanize(Humanize { seed, ticks: 20, velocity: 10, length })
    };
    let (project, clip) = project(0, read("60@480+240 62@960+240 64@1440+240"));
    let apply = |seed| {
        let notes = all(&project, clip);
        apply(&project, &Command::Transform { notes, op: humanize(seed) }).unwrap().project
    };
    assert_eq!(apply(1), apply(1));
    assert_ne!(apply(1), apply(2));
    let human = apply(1);
    for (old, new) in
        project.clip(clip).unwrap().notes.iter().zip(human.clip(clip).unwrap().notes.iter())
    {
        assert!(old.start.0.abs_diff(new.start.0) <= 20);
        assert!(old.velocity.abs_diff(new.velocity) <= 10);
        assert!(old.length.abs_diff(new.length) <= 24);
    }
}

#[test]
fn transposing_stops_at_the_keyboards_ends() {
    let keys = |keys| NoteOp::Transpose(Transpose::Keys(keys));
    check("60@0+9 64@9+9", keys(3), "63@0+9 67@9+9");
    check("60@0+9 120@9+9", keys(12), "67@0+9 127@9+9");
    check("60@0+9", NoteOp::Transpose(Transpose::Octaves(-2)), "36@0+9");
    check("60@0+9 120@9+9", NoteOp::Transpose(Transpose::Octaves(1)), "60@0+9 120@9+9");
}

#[test]
fn transposing_in_scale_goes_by_degrees() {
    let steps = |steps| NoteOp::Transpose(Transpose::Steps { scale: c_major(), steps });
    check("60@0+9 64@9+9 61@18+9", steps(1), "62@0+9 65@9+9 63@18+9");
    check("60@0+9", steps(-7), "48@0+9");
}

#[test]
fn legato_reaches_to_the_next_chord() {
    let legato = |overlap| NoteOp::Legato(Legato { overlap });
    check("60@0+100 64@20+100 67@960+50", legato(0), "60@0+960 64@20+940 67@960+50");
    check("60@0+2000 67@960+50", legato(-60), "60@0+900 67@960+50");
    check("60@0+100 67@960+50", legato(10), "60@0+970 67@960+50");
}

#[test]
fn staccato_keeps_a_share_and_at_least_a_tick() {
    let staccato = NoteOp::Staccato(Staccato { share: Percent::new(25) });
    check("60@0+400 61@500+1", staccato, "60@0+100 61@500+1");
}

#[test]
fn notes_are_split_at_a_tick_at_lines_and_into_parts() {
    check(
        "60@0+480 62@300+100",
        NoteOp::Split(Split::At(Tick(200))),
        "60@0+200 60@200+280 62@300+100",
    );
    check(
        "60@100+480",
        NoteOp::Split(Split::Grid(Grid::straight(240))),
        "60@100+140 60@240+240 60@480+100",
    );
    let three = NonZeroU16::new(3).unwrap();
    check(
        "60@0+100 61@200+2",
        NoteOp::Split(Split::Into(three)),
        "60@0+33 60@33+33 60@66+34 61@200+1 61@201+1",
    );
    check_in(
        100,
        "60@0+480",
        NoteOp::Split(Split::Grid(Grid::straight(240))),
        "60@0+140 60@140+240 60@380+100",
    );
}

#[test]
fn joining_makes_neighbours_of_a_pitch_one_note() {
    let join = |gap| NoteOp::Join(Join { gap });
    check("60@0+100~80 60@100+100 62@100+50", join(0), "60@0+200~80 62@100+50");
    check("60@0+100 60@150+100", join(0), "60@0+100 60@150+100");
    check("60@0+100 60@150+100 60@300+1", join(50), "60@0+301");
}

#[test]
fn reversing_mirrors_the_selection_in_time() {
    check("60@100+50 62@200+300", NoteOp::Reverse, "62@100+300 60@450+50");
}

#[test]
fn inverting_mirrors_pitches() {
    let invert = |axis, scale| NoteOp::Invert(Invert { axis, scale });
    check("60@0+9 64@9+9 67@18+9", invert(Axis::Middle, None), "67@0+9 63@9+9 60@18+9");
    check("60@0+9 64@9+9", invert(Axis::Key(60), None), "60@0+9 56@9+9");
    check("60@0+9 64@9+9 67@18+9", invert(Axis::Middle, Some(c_major())), "67@0+9 64@9+9 60@18+9");
    check("10@0+9", invert(Axis::Key(100), None), "118@0+9");
}

#[test]
fn double_and_half_time_stretch_in_proportion() {
    let stretch = |factor, anchor| NoteOp::Stretch(Stretch { anchor, factor });
    check(
        "60@100+100 62@300+50",
        stretch(Ratio::HALF, StretchAnchor::Start),
        "60@100+50 62@200+25",
    );
    check(
        "60@100+100 62@300+50",
        stretch(Ratio::DOUBLE, StretchAnchor::Start),
        "60@100+200 62@500+100",
    );
    check("60@100+100 62@300+50", stretch(Ratio::HALF, StretchAnchor::End), "60@225+50 62@325+25");
    // Stretched over the clip's start, the whole selection is pushed right.
    check(
        "60@100+100 62@300+50",
        stretch(Ratio::DOUBLE, StretchAnchor::End),
        "60@0+200 62@400+100",
    );
    let thirds = Ratio::new(2, 3).unwrap();
    check(
        "60@0+480 62@480+480",
        stretch(thirds, StretchAnchor::At(Tick(0))),
        "60@0+320 62@320+320",
    );
}

#[test]
fn overlaps_of_a_pitch_end_where_the_next_begins() {
    check(
        "60@0+500 60@240+100 62@100+500",
        NoteOp::RemoveOverlaps,
        "60@0+240 62@100+500 60@240+100",
    );
    check("60@0+100 60@0+300 60@200+50", NoteOp::RemoveOverlaps, "60@0+200 60@200+50");
}

#[test]
fn of_doubles_the_loudest_stays() {
    let doubles = |within| NoteOp::RemoveDoubles(RemoveDoubles { within });
    check("60@0+100~80 60@0+50~90 62@0+10", doubles(0), "60@0+50~90 62@0+10");
    check("60@0+100 60@5+100", doubles(0), "60@0+100 60@5+100");
    check("60@0+100 60@5+100", doubles(5), "60@0+100");
}

#[test]
fn foreign_notes_go_into_the_scale() {
    let fit = |toward| NoteOp::FitToScale(FitToScale { scale: c_major(), toward });
    check("61@0+9 60@9+9", fit(Toward::Nearest), "60@0+9 60@9+9");
    check("61@0+9", fit(Toward::Up), "62@0+9");
    check("66@0+9", fit(Toward::Down), "65@0+9");
}

#[test]
fn a_strum_spreads_each_chord_and_keeps_its_ends() {
    let strum = |direction, curve| NoteOp::Strum(Strum { direction, ticks: 40, curve });
    let chords = "60@0+400 64@0+400 67@0+400 60@960+400 64@960+400";
    check(
        chords,
        strum(StrumDirection::Up, 0),
        "60@0+400 64@20+380 67@40+360 60@960+400 64@1000+360",
    );
    check(
        chords,
        strum(StrumDirection::Down, 0),
        "67@0+400 64@20+380 60@40+360 64@960+400 60@1000+360",
    );
    check(
        chords,
        strum(StrumDirection::Alternate, 0),
        "60@0+400 64@20+380 67@40+360 64@960+400 60@1000+360",
    );
    check(
        "60@0+400 64@0+400 67@0+400",
        strum(StrumDirection::Up, -50),
        "60@0+400 64@10+390 67@40+360",
    );
}

#[test]
fn arpeggios_play_for_as_long_as_the_chord() {
    let arp = |order, octaves| {
        let (step, gate) = (NonZeroU32::new(100).unwrap(), Percent::HALF);
        NoteOp::Arpeggiate(Arpeggiate { order, step, gate, octaves })
    };
    check(
        "64@0+400 60@0+400~90",
        arp(ArpOrder::Up, 1),
        "60@0+50~90 64@100+50 60@200+50~90 64@300+50",
    );
    check("60@0+300 64@0+300", arp(ArpOrder::Down, 2), "76@0+50 72@100+50 64@200+50");
    check(
        "60@0+500 64@0+500 67@0+500",
        arp(ArpOrder::UpDown, 1),
        "60@0+50 64@100+50 67@200+50 64@300+50 60@400+50",
    );
    check("64@0+220 60@0+220", arp(ArpOrder::AsPlayed, 1), "64@0+50 60@100+50 64@200+20");
}

#[test]
fn chords_grow_above_each_note() {
    check(
        "60@0+9~70",
        NoteOp::Chord(ChordShape::Fixed(ChordKind::Minor7)),
        "60@0+9~70 63@0+9~70 67@0+9~70 70@0+9~70",
    );
    let in_scale = NoteOp::Chord(ChordShape::InScale { scale: c_major(), notes: 3 });
    check("62@0+9", in_scale, "62@0+9 65@0+9 69@0+9");
    check("125@0+9", NoteOp::Chord(ChordShape::Fixed(ChordKind::Major)), "125@0+9");
}

#[test]
fn velocities_are_set_scaled_ramped_and_compressed() {
    let velocity = NoteOp::Velocity;
    check("60@0+9~50 61@9+9~120", velocity(VelocityOp::Fixed(0)), "60@0+9~1 61@9+9~1");
    check("60@0+9~50 61@9+9~120", velocity(VelocityOp::Scale(120)), "60@0+9~60 61@9+9~127");
    check("60@0+9~50 61@9+9~120", velocity(VelocityOp::Add(-60)), "60@0+9~1 61@9+9~60");
    check(
        "60@0+9 61@50+9 62@100+9",
        velocity(VelocityOp::Ramp { from: 20, to: 120 }),
        "60@0+9~20 61@50+9~70 62@100+9~120",
    );
    let compress = VelocityOp::Compress { toward: 80, ratio: Percent::HALF };
    check("60@0+9~50 61@9+9~120", velocity(compress), "60@0+9~65 61@9+9");
}

#[test]
fn cropping_to_a_range_cuts_what_crosses_it() {
    let range = TickRange::between(Tick(100), Tick(200));
    check(
        "60@0+50 61@50+100 62@150+500 63@200+9",
        NoteOp::Crop(Crop::Range(range)),
        "61@100+50 62@150+50",
    );
}

#[test]
fn cropping_to_the_selection_removes_all_others() {
    let (project, clip) = project(0, read("60@0+9 61@10+9 62@20+9"));
    let middle = all(&project, clip).refs()[1];
    let command = |op| Command::Transform { notes: NoteSelection::new(clip, [middle]), op };
    let edited = apply(&project, &command(NoteOp::Crop(Crop::Others))).unwrap();
    assert_eq!(write(&edited.project, clip), "61@10+9");
}

#[test]
fn repeats_follow_each_other_at_beats_or_bars() {
    let repeat =
        |times, period| NoteOp::Repeat(Repeat { times: NonZeroU16::new(times).unwrap(), period });
    check("60@0+100", repeat(2, Period::Span), "60@0+100 60@100+100 60@200+100");
    check("60@0+100", repeat(1, Period::Beats), "60@0+100 60@960+100");
    check("60@10+4000", repeat(1, Period::Bars), "60@10+4000 60@7690+4000");
    let ticks = NonZeroU32::new(7).unwrap();
    check("60@0+100", repeat(1, Period::Ticks(ticks)), "60@0+100 60@7+100");
}

#[test]
fn an_operation_that_would_make_millions_of_notes_is_refused() {
    let (project, clip) = project(0, read("60@0+4000000000"));
    let op = NoteOp::Split(Split::Grid(Grid::straight(1)));
    let command = Command::Transform { notes: all(&project, clip), op };
    assert_eq!(apply(&project, &command), Err(EditError::TooManyNotes));
}

#[test]
fn what_an_operation_leaves_alone_is_shared() {
    let notes = (0..10_000).map(|i| format!("60@{}+10", i * 240)).collect::<Vec<_>>().join(" ");
    let (project, clip) = project(0, read(&notes));
    let before = &project.clip(clip).unwrap().notes;
    let op = quantize(240, Edges::Start, 100);
    let command = Command::Transform { notes: all(&project, clip), op };
    let after = apply(&project, &command).unwrap().project;
    let same = after.clip(clip).unwrap().notes.chunks().iter().zip(before.chunks());
    assert!(same.clone().count() > 5 && same.into_iter().all(|(new, old)| new.id() == old.id()));
}

/// Every operation: those of the menu, and a groove.
fn every_op() -> Vec<NoteOp> {
    let mut ops = NoteOp::defaults(960, Scale::new(PitchClass::of(62), ScaleKind::Blues));
    let steps = [(0, Some(100)), (-12, None), (15, Some(20))];
    let steps = steps.map(|(offset, velocity)| GrooveStep { offset, velocity });
    let groove = Groove { step: NonZeroU32::new(240).unwrap(), steps: steps.into() };
    ops.push(NoteOp::Groove(ApplyGroove {
        groove: Arc::new(groove),
        timing: Percent::FULL,
        velocity: Percent::HALF,
    }));
    ops.push(NoteOp::Split(Split::Grid(Grid::straight(240))));
    ops.push(NoteOp::Split(Split::At(Tick(700))));
    ops.push(NoteOp::Crop(Crop::Range(TickRange::between(Tick(300), Tick(5000)))));
    ops.push(quantize(333, Edges::Both, 70));
    ops.push(NoteOp::Stretch(Stretch {
        anchor: StretchAnchor::End,
        factor: Ratio::new(7, 5).unwrap(),
    }));
    ops
}

#[test]
fn every_operation_has_a_name_and_is_among_those_that_are_tested() {
    assert!(every_op().iter().all(|op| !op.name().is_empty()));
    let mut names: Vec<&str> = NoteOp::defaults(480, c_major()).iter().map(NoteOp::name).collect();
    names.dedup();
    assert_eq!(
        names.len(),
        NoteOp::defaults(480, c_major()).len() - 1,
        "only the two chords share a name"
    );
}

proptest! {
    #[test]
    fn every_operation_keeps_notes_in_bounds_and_leaves_others_alone(
        notes in proptest::collection::vec((0u64..6000, 1u32..3000, 0u8..128, 1u8..128), 1..40),
        every in 1usize..4,
        start in 0u64..5000,
        which in 0usize..64,
    ) {
        let new = notes.iter().map(|&(start, length, key, velocity)| {
            NewNote { start: Tick(start), length, key, velocity, channel: None }
        });
        let (project, clip) = project(start, new.collect());
        let before = &project.clip(clip).unwrap().notes;
        let chosen = NoteSelection::new(clip, before.iter().step_by(every).map(Note::reference));
        let ops = every_op();
        let op = ops[which % ops.len()].clone();
        let command = Command::Transform { notes: chosen.clone(), op: op.clone() };
        let edited = apply(&project, &command).unwrap();
        prop_assert_eq!(&edited, &apply(&project, &command).unwrap());
        let edited_clip = edited.project.clip(clip).unwrap();
        let after = &edited_clip.notes;
        for note in after.iter() {
            prop_assert!(note.key < 128 && (1..128).contains(&note.velocity) && note.length > 0);
            prop_assert!(note.end().0 <= edited_clip.length);
        }
        let mut ids: Vec<u32> = after.iter().map(|note| note.id).collect();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), after.len());
        prop_assert!(ids.iter().all(|&id| id < edited_clip.next_note));
        if !matches!(op, NoteOp::Crop(Crop::Others)) {
            for other in before.iter().filter(|note| !chosen.contains(note.reference())) {
                prop_assert_eq!(after.get(other.reference()), Some(other));
            }
        }
        let keeps_count = !matches!(op, NoteOp::Split(_) | NoteOp::Join(_) | NoteOp::RemoveOverlaps
            | NoteOp::RemoveDoubles(_) | NoteOp::Arpeggiate(_) | NoteOp::Chord(_) | NoteOp::Crop(_)
            | NoteOp::Repeat(_));
        if keeps_count {
            prop_assert_eq!(after.len(), before.len());
            prop_assert!(before.iter().all(|note| ids.binary_search(&note.id).is_ok()));
        }
        let selected = edited.selection.unwrap().parts()[0].clone();
        prop_assert!(selected.refs().iter().all(|&note| after.get(note).is_some()));
    }

    #[test]
    fn reversing_or_mirroring_twice_gives_the_notes_back(
        notes in proptest::collection::vec((0u64..6000, 1u32..3000, 0u8..128), 1..30),
    ) {
        let new = notes.iter().map(|&(start, length, key)| {
            NewNote { start: Tick(start), length, key, velocity: 9, channel: None }
        });
        let (project, clip) = project(0, new.collect());
        for op in [NoteOp::Reverse, NoteOp::Invert(Invert { axis: Axis::Middle, scale: None })] {
            let mut twice = project.clone();
            for _ in 0..2 {
                let notes = all(&twice, clip);
                twice = apply(&twice, &Command::Transform { notes, op: op.clone() }).unwrap().project;
            }
            prop_assert_eq!(write(&twice, clip), write(&project, clip));
        }
    }

    #[test]
    fn quantizing_fully_twice_changes_nothing_more(
        notes in proptest::collection::vec((0u64..6000, 1u32..3000), 1..30), step in 1u32..2000,
        swing in 500u16..750,
    ) {
        let new = notes.iter().map(|&(start, length)| {
            NewNote { start: Tick(start), length, key: 60, velocity: 9, channel: None }
        });
        let (project, clip) = project(0, new.collect());
        let grid = Grid { swing: Swing::from_per_mille(swing), ..Grid::straight(step) };
        let op = NoteOp::Quantize(Quantize { grid, edges: Edges::Both, strength: Percent::FULL });
        let apply = |project: &Project| {
            let notes = all(project, clip);
            apply(project, &Command::Transform { notes, op: op.clone() }).unwrap().project
        };
        let once = apply(&project);
        prop_assert_eq!(write(&apply(&once), clip), write(&once, clip));
    }
}
