//! Commands while several clips are open in the roll: about the notes of all of them.

use super::*;

/// A program with a second clip open, two bars later on a track of its own; all notes of both
/// are selected, and the first one is active.
fn two_clips(first: &str, second: &str) -> Program {
    let mut program = Program::new(first);
    let at = program.app().selection().clip().unwrap();
    program.send(Command::AddTrack { name: "Bass".into() });
    let track = program.app().studio().snapshot().tracks[1].id;
    let range = TickRange::between(Tick(32 * STEP), Tick(64 * STEP));
    program.send(Command::AddClip { track, range });
    let clip = program.app().studio().snapshot().tracks[1].clips[0].id;
    let other = ClipRef { track, clip };
    let notes = second.split_whitespace().map(parse).collect();
    program.send(Command::AddNotes { clip: other, notes });
    program.send(AppCommand::Select(Selection::of_clips([at, other], at)));
    program.press("Ctrl+1 Ctrl+A");
    program
}

#[test]
fn commands_are_about_the_notes_of_every_open_clip_as_one_step() {
    let (first, second) = ("60@0+2 64@4+1", "72@2+2");
    let check = |keys: &str, after: [&str; 2]| {
        let mut program = two_clips(first, second);
        let before = [program.notes_of(0), program.notes_of(1)];
        assert_eq!(before, ["*60@0+2 *64@4+1", "*72@2+2"], "everything is selected");
        program.press(keys);
        assert_eq!([program.notes_of(0), program.notes_of(1)], after, "after {keys}");
        program.press("Ctrl+Z");
        assert_eq!([program.notes_of(0), program.notes_of(1)], before, "{keys} undone");
        program.press("Ctrl+Y");
        assert_eq!([program.notes_of(0), program.notes_of(1)], after, "{keys} again");
    };
    check("Up", ["*61@0+2 *65@4+1", "*73@2+2"]);
    check("Alt+Right", ["*60@0.1+2 *64@4.1+1", "*72@2.1+2"]);
    check("Alt+I", ["*72@0+2 *68@4+1", "*60@2+2"]);
    check("Delete", ["", ""]);
    // The whole is 36 sixteenths long: nine beats on it begins again.
    check("Ctrl+D", ["60@0+2 64@4+1 *60@36+2 *64@40+1", "72@2+2 *72@38+2"]);
}

#[test]
fn an_operation_is_one_step_over_every_open_clip() {
    let mut program = two_clips("60@0+2 64@4+1", "72@2+2");
    program.press("Alt+Right Q");
    let notes = |program: &Program| [program.notes_of(0), program.notes_of(1)];
    assert_eq!(notes(&program), ["*60@0+2 *64@4+1", "*72@2+2"]);
    assert_eq!(program.app().studio().undo_name(), Some("Quantize"));
    program.press("Ctrl+Z");
    assert_eq!(notes(&program), ["*60@0.1+2 *64@4.1+1", "*72@2.1+2"]);
    // With its dialog too: what it shows is what it applies.
    program.send(Action::TransposeWith);
    program.harness.run_steps(3);
    let shown = notes(&program);
    assert!(shown[0] != "*60@0.1+2 *64@4.1+1" && shown[1] != "*72@2.1+2", "{shown:?}");
    program.press("Enter");
    assert_eq!(notes(&program), shown);
    program.press("Ctrl+Z");
    assert_eq!(notes(&program), ["*60@0.1+2 *64@4.1+1", "*72@2.1+2"]);
}

#[test]
fn clips_are_chosen_hidden_and_closed_by_commands() {
    let mut program = two_clips("60@0+2", "72@2+2");
    let track = |program: &Program| program.app().selection().track();
    let tracks: Vec<_> = program.app().studio().snapshot().tracks.iter().map(|it| it.id).collect();
    program.press("Ctrl+PageDown");
    assert_eq!(track(&program), Some(tracks[1]));
    assert_eq!(program.said(), "Bass, bar 3: clip 2 of 2");
    program.press("Ctrl+PageUp");
    assert_eq!(track(&program), Some(tracks[0]));
    program.harness.get_by_label("2 clips · 2 tracks");

    let other = program.app().selection().parts()[1].clip;
    let hidden = program.app().selection().with_hidden(other, true);
    program.send(AppCommand::Select(hidden));
    program.harness.get_by_label("2 clips · 2 tracks · 1 hidden");
    program.press("Ctrl+A");
    assert_eq!([program.notes_of(0), program.notes_of(1)], ["*60@0+2", "72@2+2"]);
    program.send(Action::ShowAllClips);
    program.press("Ctrl+A");
    assert_eq!([program.notes_of(0), program.notes_of(1)], ["*60@0+2", "*72@2+2"]);
    // Selecting by what notes are looks into every open clip.
    program.press("Ctrl+Shift+A");
    program.send(Action::InvertSelection);
    assert_eq!([program.notes_of(0), program.notes_of(1)], ["*60@0+2", "*72@2+2"]);
    program.send(Action::LoopSelection);
    let looped = program.app().studio().transport().loop_range;
    assert_eq!(looped, Some(TickRange::between(Tick(0), Tick(36 * STEP))));

    program.send(Action::ClipAlone);
    assert_eq!(program.app().selection().parts().len(), 1);
    assert!(!program.app().can_run(&program.harness.ctx, Action::NextClip));
    assert!(program.harness.query_by_label_contains("2 clips").is_none());
}

#[test]
fn the_menu_of_open_clips_hides_and_activates_them() {
    let mut program = two_clips("60@0+2", "72@2+2");
    program.harness.get_by_label("2 clips · 2 tracks").click();
    program.harness.run_steps(3);
    program.harness.get_by_label("Show Piano, bar 1").click();
    program.harness.run_steps(3);
    let selection = program.app().selection().clone();
    assert_eq!(selection.clip(), Some(selection.parts()[1].clip), "the one that is left");
    assert!(selection.parts()[0].hidden);
    program.harness.get_by_label("Piano, bar 1").click();
    program.harness.run_steps(3);
    let selection = program.app().selection();
    assert_eq!(selection.clip(), Some(selection.parts()[0].clip));
    assert!(selection.parts().iter().all(|part| !part.hidden));
}
