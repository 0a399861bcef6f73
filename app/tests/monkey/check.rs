//! What has to hold whatever was done: document, undo, schedule and screen say the same.

use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use engine::model::{Clip, Note, Project};
use engine::sequence::{Compiler, Schedule};
use midi_daw::app::MidiApp;
use midi_daw::notices::Grade;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The song as the document has it keeps its own rules.
pub(crate) fn song(project: &Project) -> Result<(), String> {
    let mut ids = BTreeSet::new();
    for track in project.tracks.iter() {
        if !ids.insert(track.id.0) || track.id.0 >= project.next_id {
            return Err(format!("the id of {:?} is used twice or not yet given", track.name));
        }
        for clip in track.clips.iter() {
            if !ids.insert(clip.id.0) || clip.id.0 >= project.next_id {
                return Err(format!(
                    "the id of clip {:?} is used twice or not yet given",
                    clip.name
                ));
            }
            notes(clip).map_err(|what| format!("{what} in clip {:?}", clip.name))?;
        }
    }
    Ok(())
}

fn notes(clip: &Clip) -> Result<(), String> {
    let notes: Vec<Note> = clip.notes.iter().copied().collect();
    let mut ids: Vec<u32> = notes.iter().map(|note| note.id).collect();
    ids.sort_unstable();
    let bad = |note: &&Note| note.key > 127 || !(1..=127).contains(&note.velocity);
    let chunked: usize = clip.notes.chunks().iter().map(|chunk| chunk.notes().len()).sum();
    let events = clip.events.iter().map(|event| (event.tick, event.order));
    let problem = if !notes.is_sorted_by_key(Note::reference) {
        "notes out of order".to_owned()
    } else if !ids.is_sorted_by(|a, b| a < b) {
        "two notes with one id".to_owned()
    } else if let Some(note) = notes.iter().find(bad) {
        format!("an impossible note {note:?}")
    } else if chunked != clip.notes.len() || notes.len() != clip.notes.len() {
        format!("{} notes that are {chunked}", clip.notes.len())
    } else if clip.notes.last_end().0 > clip.length {
        format!("a note that ends at {} of {}", clip.notes.last_end().0, clip.length)
    } else if !events.is_sorted() {
        "events out of order".to_owned()
    } else {
        return Ok(());
    };
    Err(problem)
}

/// Nothing hangs in the air once pointer, wheel and keys have come to rest.
pub(crate) fn at_rest(app: &MidiApp) -> Result<(), String> {
    if app.studio().in_gesture() {
        return Err("something is still being dragged".to_owned());
    }
    if app.layout().piano_roll.is_busy() {
        return Err("the piano roll waits for a pointer that has gone".to_owned());
    }
    Ok(())
}

/// What is selected is there.
pub(crate) fn selection(app: &MidiApp) -> Result<(), String> {
    let (selection, project) = (app.selection(), app.studio().snapshot());
    if selection.clip().is_none() {
        let none = !selection.has_notes();
        return none.then_some(()).ok_or_else(|| "notes are selected without a clip".to_owned());
    }
    for part in selection.parts() {
        let Some(clip) = project.clip(part.clip) else {
            return Err(format!("{:?} is open and gone", part.clip));
        };
        if let Some(note) = part.notes.iter().find(|note| clip.notes.get(*note).is_none()) {
            return Err(format!("{note:?} is selected and gone"));
        }
        if part.hidden && (!part.notes.is_empty() || selection.clip() == Some(part.clip)) {
            return Err(format!("{:?} is hidden, but worked on", part.clip));
        }
    }
    Ok(())
}

/// What the screen says agrees with the document.
pub(crate) fn screen(harness: &Harness<'_, MidiApp>) -> Result<(), String> {
    let app = harness.state();
    if let Some(error) = app.notices().iter().find(|notice| notice.grade == Grade::Error) {
        return Err(format!("the window complains: {}", error.text));
    }
    let Some(node) = harness.query_all_by_label_contains("Piano roll of").next() else {
        return Ok(());
    };
    let label = node.accesskit_node().label().unwrap_or_default();
    let clips = app.selection().shown().filter_map(|part| app.studio().snapshot().clip(part.clip));
    let (n_clips, there) = clips.fold((0, 0), |(n, sum), clip| (n + 1, sum + clip.notes.len()));
    if n_clips == 0 {
        return Err(format!("{label:?} is shown without a clip"));
    }
    let chosen = app.selection().n_notes();
    let said = |count: usize, what: &str| label.contains(&format!(" {count} {what}"));
    if said(there, "note") && said(chosen, "selected") {
        Ok(())
    } else {
        Err(format!("{label:?}, but there are {there} notes, {chosen} selected"))
    }
}

/// What is played is what the document says.
pub(crate) fn schedule(app: &mut MidiApp) -> Result<(), String> {
    let project = Arc::clone(app.studio().snapshot());
    let Some(played) = app.studio_mut().settled_schedule() else {
        return Err("no schedule".to_owned());
    };
    let fresh = Compiler::new().compile(&project, played.rate);
    same(played, &fresh)
}

fn same(played: &Schedule, fresh: &Schedule) -> Result<(), String> {
    if (played.end, played.most_sounding) != (fresh.end, fresh.most_sounding) {
        return Err(format!("the schedule ends at {} and not at {}", played.end, fresh.end));
    }
    if played.tempo != fresh.tempo || played.meter != fresh.meter {
        return Err("the schedule keeps another time".to_owned());
    }
    if played.tracks.len() != fresh.tracks.len() {
        return Err(format!("{} tracks are played of {}", played.tracks.len(), fresh.tracks.len()));
    }
    for (played, fresh) in played.tracks.iter().zip(&fresh.tracks) {
        let strip = |entry: &engine::sequence::TrackEntry| {
            (
                entry.id,
                entry.channel,
                entry.left.to_bits(),
                entry.right.to_bits(),
                entry.output.clone(),
            )
        };
        if strip(played) != strip(fresh) {
            return Err(format!("track {:?} is played otherwise than mixed", played.id));
        }
        let (track, played, fresh) = (played.id, &played.plan, &fresh.plan);
        let pairs = || played.events().iter().zip(fresh.events());
        if let Some((played, fresh)) = pairs().find(|(played, fresh)| played != fresh) {
            return Err(format!("{track:?} plays {played:?}, {fresh:?} would be right"));
        }
        if (played.events().len(), played.spans(), played.channels())
            != (fresh.events().len(), fresh.spans(), fresh.channels())
        {
            let (played, fresh) = (played.events().len(), fresh.events().len());
            return Err(format!("{track:?} plays {played} messages, {fresh} would be right"));
        }
    }
    Ok(())
}

/// Undoing everything and doing it again gives the same projects, bit for bit, on the way
/// down as on the way up. The oldest is one of those `before`. Returns all, the oldest last.
pub(crate) fn history(
    app: &mut MidiApp,
    before: &[Arc<Project>],
) -> Result<Vec<Arc<Project>>, String> {
    let studio = app.studio_mut();
    let redone = studio.history().filter(|step| !step.done).count();
    let mut versions = vec![Arc::clone(studio.snapshot())];
    while studio.undo_name().is_some() {
        let done = studio.history().filter(|step| step.done).count();
        studio.undo();
        if studio.history().filter(|step| step.done).count() == done {
            return Err("undo takes nothing back".to_owned());
        }
        versions.push(Arc::clone(studio.snapshot()));
    }
    for version in versions.iter().rev().skip(1) {
        studio.redo();
        let now = studio.snapshot();
        if !Arc::ptr_eq(now, version) && **now != **version {
            return Err("redo gives another song than there was".to_owned());
        }
    }
    if studio.history().filter(|step| !step.done).count() != redone {
        return Err("going through the history changes it".to_owned());
    }
    let Some(oldest) = versions.last() else { return Ok(versions) };
    let known = |version: &Arc<Project>| Arc::ptr_eq(version, oldest) || **version == **oldest;
    if !before.is_empty() && !before.iter().any(known) {
        return Err("the oldest version is one that never was".to_owned());
    }
    Ok(versions)
}
