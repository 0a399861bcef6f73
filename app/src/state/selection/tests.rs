use super::*;
use engine::model::ClipId;
use engine::testkit;
use engine::time::Tick;

const fn at(track: u32, clip: u32) -> ClipRef {
    ClipRef { track: TrackId(track), clip: ClipId(clip) }
}

const A: ClipRef = at(1, 2);
const B: ClipRef = at(3, 4);
const C: ClipRef = at(3, 5);

const fn note(id: u32) -> NoteRef {
    NoteRef { start: Tick(0), id }
}

fn set(ids: &[u32]) -> NoteSet {
    ids.iter().map(|&id| note(id)).collect()
}

/// "2:1,7 *4: (5)": clip 2 with notes 1 and 7, clip 4 active, clip 5 hidden.
fn written(selection: &Selection) -> String {
    let part = |part: &Part| {
        let ids: Vec<String> = part.notes.iter().map(|note| note.id.to_string()).collect();
        let mark = if selection.clip() == Some(part.clip) { "*" } else { "" };
        let text = format!("{mark}{}:{}", part.clip.clip.0, ids.join(","));
        if part.hidden { format!("({text})") } else { text }
    };
    selection.parts().iter().map(part).collect::<Vec<_>>().join(" ")
}

fn three() -> Selection {
    let notes = [(A, set(&[1])), (B, set(&[2, 3]))];
    Selection::of_clips([A, B, C, A], B).with_each(notes)
}

#[test]
fn several_clips_are_open_and_one_is_active() {
    let selection = three();
    assert_eq!(written(&selection), "2:1 *4:2,3 5:");
    assert_eq!((selection.clip(), selection.track()), (Some(B), Some(TrackId(3))));
    assert_eq!((selection.n_notes(), selection.notes().len()), (3, 2));
    assert_eq!(selection.notes_of(A), &set(&[1]));
    let selected = selection.selected().unwrap();
    assert_eq!(selected.parts().len(), 2, "clips without selected notes are left out");
    assert_eq!(Selection::of_clips([A, B], C).clip(), Some(A));
    assert!(Selection::default().selected().is_none() && Selection::default().clip().is_none());
}

#[test]
fn notes_are_chosen_in_any_open_clip() {
    let selection = three();
    assert_eq!(written(&selection.only(A, set(&[9]))), "*2:9 4: 5:");
    assert_eq!(written(&selection.added(A, note(9))), "*2:1,9 4:2,3 5:");
    assert_eq!(written(&selection.toggled(B, note(2))), "2:1 *4:3 5:");
    assert_eq!(written(&selection.toggled(C, note(2))), "2:1 4:2,3 *5:2");
    assert_eq!(written(&selection.with_notes(set(&[7]))), "2: *4:7 5:");
    assert_eq!(written(&selection.cleared()), "2: *4: 5:");
}

#[test]
fn what_an_edit_selects_leaves_the_clips_open() {
    let selection = three();
    let after: Selected = [NoteSelection::of(A, set(&[8]))].into_iter().collect();
    assert_eq!(written(&selection.showing(&after)), "2:8 *4: 5:");
    let elsewhere = Selected::from(NoteSelection::of(at(9, 9), set(&[8])));
    assert_eq!(written(&selection.showing(&elsewhere)), "*9:8");
    // A step that is undone may be about a clip that was hidden since.
    let hidden = selection.with_hidden(A, true);
    assert_eq!(written(&hidden.showing(&after)), "2:8 *4: 5:");
}

#[test]
fn clips_open_close_and_change_places() {
    let selection = Selection::of_clip(A).with_clip(B);
    assert_eq!(written(&selection), "2: *4:");
    assert_eq!(written(&selection.without_clip(B)), "*2:");
    assert_eq!(written(&selection.without_clip(A)), "*4:");
    assert_eq!(selection.without_clip(A).without_clip(B), Selection::of_track(B.track));
    assert_eq!(written(&three().alone()), "*4:2,3");
    let steps = |forward| {
        let mut selection = three();
        let mut next = || {
            selection = selection.activated(selection.neighbour(forward).unwrap());
            selection.clip().unwrap()
        };
        [next(), next(), next()]
    };
    assert_eq!((steps(true), steps(false)), ([C, A, B], [A, C, B]));
    assert_eq!(Selection::of_clip(A).neighbour(true), None);
}

#[test]
fn a_hidden_clip_has_no_notes_and_one_clip_is_always_shown() {
    let hidden = three().with_hidden(B, true);
    assert_eq!(written(&hidden), "2:1 (4:) *5:");
    assert_eq!(hidden.neighbour(true), Some(A));
    let alone = hidden.with_hidden(C, true);
    assert_eq!(written(&alone), "*2:1 (4:) (5:)");
    assert_eq!(alone.with_hidden(A, true), alone);
    assert_eq!(written(&alone.activated(B)), "2:1 *4: (5:)");
    assert_eq!(written(&alone.with_each([(B, set(&[3]))])), "*2: (4:) (5:)");
    assert_eq!(written(&alone.all_shown()), "*2:1 4: 5:");
}

#[test]
fn what_is_gone_is_selected_no_longer() {
    let project = testkit::project(1, 3, 300);
    let clips: Vec<ClipRef> = project
        .tracks
        .iter()
        .flat_map(|track| track.clips.iter().map(|clip| ClipRef { track: track.id, clip: clip.id }))
        .collect();
    let notes = |clip: ClipRef| NoteSet::all(&project.clip(clip).unwrap().notes);
    let (first, last) = (clips[0], clips[clips.len() - 1]);
    let whole = Selection::of_clips([first, last, at(99, 99)], at(99, 99))
        .with_each([(first, notes(first)), (last, notes(last).with([note(u32::MAX)]))]);
    let left = whole.within(&project);
    assert_eq!(left.clip(), Some(first), "the active clip was gone");
    assert_eq!((left.notes_of(first), left.notes_of(last)), (&notes(first), &notes(last)));
    assert_eq!(left.parts().len(), 2);
}

#[test]
fn no_more_clips_open_than_a_frame_can_look_at() {
    let many = (0..1000).map(|clip| at(1, clip));
    let selection = Selection::of_clips(many, at(1, 3));
    assert_eq!(selection.parts().len(), Selection::MOST_CLIPS);
    assert_eq!(selection.with_clip(at(1, 999)), selection);
    assert!(selection.is_same(&selection.clone()) && !selection.is_same(&three()));
}
