//! Several clips open together: gestures on the notes of all of them, as one step.

use super::*;
use engine::model::Clip;

/// Where the clips begin: on two tracks, the last one behind the first one on its track.
const STARTS: [u64; 3] = [0, 1920, 5 * 3840];

/// A roll of clips that begin at [`STARTS`]; the first is active. Notes are written as for
/// [`Roll::new`], in ticks of their clip.
fn roll(notes: &[&str]) -> Roll {
    let mut roll = Roll::new("");
    let host = roll.harness.state_mut();
    let first = host.selection.clip().unwrap();
    let mut clips = vec![first];
    for start in &STARTS[1..notes.len()] {
        let track = if clips.len() == 1 {
            host.studio.apply(&Command::AddTrack { name: "Bass".into() }).unwrap();
            host.studio.snapshot().tracks.last().unwrap().id
        } else {
            first.track
        };
        let range = TickRange::between(Tick(*start), Tick(start + 3840));
        host.studio.apply(&Command::AddClip { track, range }).unwrap();
        let of_track = &host.studio.snapshot().track(track).unwrap().clips;
        clips.push(ClipRef { track, clip: of_track.last().unwrap().id });
    }
    let mut each = Vec::new();
    for (clip, notes) in clips.iter().zip(notes) {
        let mut chosen = NoteSet::default();
        for word in notes.split_whitespace() {
            let (marked, word) = word.strip_prefix('*').map_or((false, word), |word| (true, word));
            let add = Command::AddNotes { clip: *clip, notes: vec![parse(word)] };
            let added = host.studio.apply(&add).unwrap().unwrap();
            if marked {
                chosen = chosen.with(added.parts()[0].notes.iter());
            }
        }
        each.push((*clip, chosen));
    }
    host.selection = Selection::of_clips(clips, first).with_each(each);
    host.view.live.shown = Some((first, VIEWPORT));
    roll.harness.run_steps(2);
    roll
}

fn written(clip: &Clip, chosen: &NoteSet) -> String {
    let word = |note: &engine::model::Note| {
        let mark = if chosen.contains(note.reference()) { "*" } else { "" };
        format!("{mark}{}@{}+{}", note.key, note.start.0, note.length)
    };
    clip.notes.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// The notes of every open clip, with ">" before those of the active one.
fn all(roll: &Roll) -> Vec<String> {
    let host = roll.host();
    let project = host.studio.snapshot();
    let part = |part: &crate::state::Part| {
        let mark = if host.selection.clip() == Some(part.clip) { ">" } else { "" };
        format!("{mark}{}", written(project.clip(part.clip).unwrap(), &part.notes))
    };
    host.selection.parts().iter().map(part).collect()
}

fn velocities(roll: &Roll) -> Vec<Vec<u8>> {
    let host = roll.host();
    let project = host.studio.snapshot();
    let of = |part: &crate::state::Part| {
        let notes = &project.clip(part.clip).unwrap().notes;
        notes.iter().map(|note| note.velocity).collect()
    };
    host.selection.parts().iter().map(of).collect()
}

/// Drags from one (key, song tick) to another; then takes it back with one undo, which gives
/// the selection back too; then does it again and gives it up with Escape.
fn check(before: [&str; 2], by: By, held: Modifiers, way: [(u8, f64); 2], after: [&str; 2]) {
    for gives_up in [false, true] {
        let mut roll = roll(&before);
        roll.harness.state_mut().view.tool = by.tool;
        let was = all(&roll);
        let [start, end] = way.map(|(key, tick)| roll.at(key, tick));
        roll.hold(held);
        roll.button(start, by.button, true, held);
        roll.drag_to(start + (end - start) / 2.0);
        roll.drag_to(end);
        if gives_up {
            roll.key(Key::Escape, NONE);
            roll.let_go(end, by.button);
            assert_eq!(all(&roll), was, "given up");
            continue;
        }
        roll.let_go(end, by.button);
        assert_eq!(all(&roll), after, "{before:?} dragged with {held:?}");
        let steps = roll.host().studio.history().filter(|step| step.done).count();
        roll.undo();
        let left = roll.host().studio.history().filter(|step| step.done).count();
        assert_eq!(left + 1, steps, "one step");
        // What was erased need not have been selected.
        let marks = if by.tool == RollTool::Select { ">" } else { ">*" };
        let plain = |all: &[String]| all.join("|").replace(|c| marks.contains(c), "");
        assert_eq!(plain(&all(&roll)), plain(&was), "undone, with what was selected");
    }
}

const SELECT: By = By::STANDARD;
/// Notes that both clips have selected, one beyond the other in the song.
const BOTH: [&str; 2] = ["*72@960+960", "*76@960+480 60@0+240"];

#[test]
fn dragging_a_note_moves_the_selected_ones_of_every_clip() {
    let after = ["*74@1440+960", ">60@0+240 *78@1440+480"];
    check(BOTH, SELECT, NONE, [(76, 3000.0), (78, 3490.0)], after);
}

#[test]
fn a_group_over_clips_stops_where_its_first_note_does() {
    let before = ["*72@960+480", "*76@240+480"];
    let after = ["*72@720+480", ">*76@0+480"];
    check(before, SELECT, NONE, [(76, 2300.0), (76, 1100.0)], after);
}

#[test]
fn ctrl_dragging_copies_in_every_clip() {
    let after = ["72@960+960 *72@1920+960", ">60@0+240 76@960+480 *76@1920+480"];
    check(BOTH, SELECT, CTRL, [(76, 3000.0), (76, 3960.0)], after);
}

#[test]
fn an_edge_resizes_and_with_ctrl_stretches_over_all_clips() {
    let edge = [(76, 3350.0), (76, 3830.0)];
    let longer = ["*72@960+1440", ">60@0+240 *76@960+960"];
    check(BOTH, SELECT, NONE, edge, longer);
    // From song tick 960, which stays, the last end goes from 3360 to 5760: twice as far.
    let before = ["*72@960+480", "*76@960+480"];
    let twice = ["*72@960+960", ">*76@2880+960"];
    check(before, SELECT, CTRL, [(76, 3350.0), (76, 5750.0)], twice);
}

#[test]
fn erasing_sweeps_over_notes_of_every_clip() {
    let before = ["72@960+960 74@0+240", "*76@960+480 60@0+240"];
    let after = [">74@0+240", "60@0+240"];
    check(before, By::tool(RollTool::Erase), NONE, [(72, 1400.0), (76, 3000.0)], after);
}

#[test]
fn the_knife_cuts_notes_of_every_clip() {
    let before = ["72@960+1920", "74@480+960"];
    let after = [">*72@960+1440 *72@2400+480", "*74@480+480 *74@960+480"];
    let mut roll = roll(&before);
    roll.harness.state_mut().view.tool = RollTool::Knife;
    // Song tick 2400 and 2880 lie on the grid: the cut goes down through both rows.
    let (from, to) = (roll.at(75, 2400.0), roll.at(71, 2400.0));
    roll.drag(from, to, NONE);
    assert_eq!(all(&roll)[0], after[0]);
    assert_eq!(all(&roll)[1], "74@480+960", "it begins where the cut is");
    let (from, to) = (roll.at(75, 2880.0), roll.at(71, 2880.0));
    roll.undo();
    roll.drag(from, to, NONE);
    assert_eq!(all(&roll)[1], after[1]);
}

#[test]
fn a_marquee_selects_in_every_clip() {
    let before = ["72@960+960 60@0+240", "76@960+480 61@0+240"];
    let mut roll = roll(&before);
    let (from, to) = (roll.at(78, 1500.0), roll.at(70, 3100.0));
    roll.drag(from, to, NONE);
    assert_eq!(all(&roll), [">60@0+240 *72@960+960", "61@0+240 *76@960+480"]);
    // With Shift another one is added, with Ctrl what it touches is turned round.
    let (from, to) = (roll.at(62, 100.0), roll.at(59, 500.0));
    roll.drag(from, to, SHIFT);
    assert_eq!(all(&roll), [">*60@0+240 *72@960+960", "61@0+240 *76@960+480"]);
    let (from, to) = (roll.at(78, 1500.0), roll.at(59, 3100.0));
    roll.drag(from, to, CTRL);
    assert_eq!(all(&roll), [">*60@0+240 72@960+960", "*61@0+240 76@960+480"]);
}

#[test]
fn a_click_selects_one_note_alone_and_makes_its_clip_active() {
    let mut roll = roll(&BOTH);
    let pos = roll.at(76, 3000.0);
    roll.click(pos, NONE);
    assert_eq!(all(&roll), ["72@960+960", ">60@0+240 *76@960+480"]);
    let pos = roll.at(72, 1400.0);
    roll.click(pos, SHIFT);
    assert_eq!(all(&roll), [">*72@960+960", "60@0+240 *76@960+480"]);
    roll.click(pos, CTRL);
    assert_eq!(all(&roll), [">72@960+960", "60@0+240 *76@960+480"]);
}

#[test]
fn a_new_note_goes_to_the_active_clip() {
    let mut roll = roll(&["", "76@960+480"]);
    let draw = |roll: &mut Roll, key| {
        let pos = roll.at(key, 2410.0);
        for _ in 0..2 {
            roll.press(pos, NONE);
            roll.release(pos);
        }
        roll.harness.run_steps(30);
    };
    draw(&mut roll, 70);
    assert_eq!(all(&roll), [">*70@2400+240", "76@960+480"]);
    let note = roll.at(76, 3000.0);
    roll.click(note, NONE);
    draw(&mut roll, 71);
    let [first, second] = &all(&roll)[..] else { panic!("two clips") };
    assert_eq!((first.as_str(), second.contains("*71@480+")), ("70@2400+240", true), "{second}");
}

#[test]
fn behind_the_active_clip_another_open_one_of_its_track_takes_the_note() {
    let mut roll = roll(&["72@0+240", "76@0+240", "60@0+240"]);
    let host = roll.harness.state_mut();
    host.view.live.shown.as_mut().unwrap().1.scale = 0.04;
    roll.harness.run_steps(2);
    let pos = roll.at(70, 5.5 * 3840.0 + 10.0);
    for _ in 0..2 {
        roll.press(pos, NONE);
        roll.release(pos);
    }
    assert_eq!(all(&roll), ["72@0+240", "76@0+240", ">60@0+240 *70@1920+240"]);
}

#[test]
fn velocities_of_every_clip_change_together() {
    let mut roll = roll(&["*72@960+960 70@0+240", "*76@960+480"]);
    let from = roll.at(76, 3000.0);
    roll.drag(from, from - vec2(0.0, 20.0), ALT);
    assert_eq!(velocities(&roll), [vec![96, 116], vec![116]]);
    roll.undo();
    roll.wheel(from, vec2(0.0, 1.0), ALT);
    assert_eq!(velocities(&roll), [vec![96, 100], vec![100]]);
    roll.harness.run_steps(60);
    roll.undo();
    assert_eq!(velocities(&roll), [vec![96, 96], vec![96]]);
    // Painted in the lane: the stems of both clips, as far as they are selected.
    let (from, to) = (roll.lane(100.0, 40.0), roll.lane(3000.0, 40.0));
    roll.drag(from, to, NONE);
    let painted = velocities(&roll);
    assert!(painted[0][0] == 96 && painted[0][1] < 45 && painted[1][0] < 45, "{painted:?}");
    roll.undo();
    assert_eq!(velocities(&roll), [vec![96, 96], vec![96]]);
}

#[test]
fn the_ramp_tool_lays_a_line_over_every_clip() {
    let mut roll = roll(&["72@480+240", "76@480+240"]);
    roll.harness.state_mut().view.tool = RollTool::Ramp;
    let canvas = roll.layout().canvas;
    let x = |tick| roll.layout().x_from_tick(tick);
    // Next to the lower edge lies what the lanes are resized by.
    let from = pos2(x(470.0), canvas.bottom() - 8.0);
    roll.drag(from, pos2(x(2410.0), canvas.top() + 1.0), NONE);
    let drawn = velocities(&roll);
    assert!(drawn[0][0] <= 8 && drawn[1][0] >= 124, "{drawn:?}");
    roll.undo();
    assert_eq!(velocities(&roll), [vec![96], vec![96]]);
}

#[test]
fn keys_move_transpose_and_delete_in_every_clip() {
    let mut roll = roll(&BOTH);
    roll.focus();
    roll.key(Key::ArrowUp, NONE);
    assert_eq!(all(&roll), [">*73@960+960", "60@0+240 *77@960+480"]);
    roll.key(Key::ArrowRight, NONE);
    assert_eq!(all(&roll), [">*73@1200+960", "60@0+240 *77@1200+480"]);
    roll.key(Key::ArrowRight, SHIFT);
    roll.key(Key::ArrowUp, CTRL);
    assert_eq!(all(&roll), [">*73@1200+1200", "60@0+240 *77@1200+720"]);
    assert_eq!(velocities(&roll), [vec![104], vec![96, 104]]);
    roll.key(Key::Delete, NONE);
    assert_eq!(all(&roll), [">", "60@0+240"]);
    roll.undo();
    assert_eq!(all(&roll), [">*73@1200+1200", "60@0+240 *77@1200+720"]);
    roll.key(Key::Escape, NONE);
    assert_eq!(all(&roll), [">73@1200+1200", "60@0+240 77@1200+720"]);
}

#[test]
fn keys_make_another_clip_active_and_the_view_stays() {
    let mut roll = roll(&["72@960+960", "76@960+480", "60@0+240"]);
    roll.focus();
    let viewport = |roll: &Roll| roll.host().view.live.shown.unwrap().1;
    let before = viewport(&roll);
    roll.key(Key::PageDown, CTRL);
    assert_eq!(all(&roll), ["72@960+960", ">76@960+480", "60@0+240"]);
    assert_eq!(viewport(&roll), before);
    roll.harness.get_by_label_contains("Piano roll of 3 clips, Bass active, 3 notes");
    // The third one lies further to the right: it comes into view.
    roll.key(Key::PageDown, CTRL);
    assert_eq!(all(&roll)[2], ">60@0+240");
    assert_eq!(viewport(&roll).left, STARTS[2] as f64);
    roll.key(Key::PageUp, CTRL);
    roll.key(Key::PageUp, CTRL);
    assert_eq!(all(&roll)[0], ">72@960+960");
}

#[test]
fn notes_cut_from_several_clips_are_pasted_into_the_active_one() {
    let mut roll = roll(&BOTH);
    roll.focus();
    roll.key(Key::X, CTRL);
    assert_eq!(all(&roll), [">", "60@0+240"]);
    roll.harness.state_mut().studio.seek(Tick(960));
    roll.key(Key::V, CTRL);
    // In the song the second note began 1,920 ticks behind the first.
    assert_eq!(all(&roll), [">*72@960+960 *76@2880+480", "60@0+240"]);
    roll.undo();
    roll.undo();
    assert_eq!(all(&roll), [">*72@960+960", "60@0+240 *76@960+480"]);
}

#[test]
fn a_hidden_clip_is_neither_hit_nor_selected() {
    let mut roll = roll(&BOTH);
    let host = roll.harness.state_mut();
    let other = host.selection.parts()[1].clip;
    host.selection = host.selection.with_hidden(other, true);
    roll.harness.run_steps(2);
    let (from, to) = (roll.at(80, 100.0), roll.at(59, 5000.0));
    roll.drag(from, to, NONE);
    assert_eq!(all(&roll), [">*72@960+960", "60@0+240 76@960+480"]);
    roll.focus();
    roll.key(Key::Delete, NONE);
    assert_eq!(all(&roll), [">", "60@0+240 76@960+480"]);
}

#[test]
fn a_drag_of_very_many_notes_of_several_clips_is_one_step_too() {
    let mut roll = roll(&["72@960+480", "76@960+480"]);
    let host = roll.harness.state_mut();
    let clips: Vec<ClipRef> = host.selection.parts().iter().map(|part| part.clip).collect();
    let new =
        |n: u64| NewNote { start: Tick(n / 8), length: 10, key: 40, velocity: 96, channel: None };
    for clip in &clips {
        let many = Command::AddNotes { clip: *clip, notes: (0..12_000).map(new).collect() };
        host.studio.apply(&many).unwrap();
    }
    let project = Arc::clone(host.studio.snapshot());
    let everything = |clip: &ClipRef| (*clip, NoteSet::all(&project.clip(*clip).unwrap().notes));
    host.selection = host.selection.with_each(clips.iter().map(everything));
    roll.harness.run_steps(2);
    let firsts = |roll: &Roll| -> Vec<(u64, u8)> {
        let project = roll.host().studio.snapshot();
        let first = |clip: &ClipRef| *project.clip(*clip).unwrap().notes.iter().next().unwrap();
        clips.iter().map(first).map(|note| (note.start.0, note.key)).collect()
    };
    let revision = roll.host().studio.revision();
    let (from, to) = (roll.at(72, 1200.0), roll.at(74, 1690.0));
    roll.press(from, NONE);
    roll.drag_to(to);
    assert_eq!(roll.host().studio.revision(), revision, "nothing is done yet");
    roll.release(to);
    assert_eq!(firsts(&roll), [(480, 42), (480, 42)]);
    roll.undo();
    assert_eq!(firsts(&roll), [(0, 40), (0, 40)]);
    assert_eq!(roll.host().selection.n_notes(), 24_002);
}
