//! Transposes, removes doubled notes, ends notes that were never let go.

use super::{with_clips, with_notes, with_tracks};
use crate::edit::ops::into_keyboard;
use crate::model::{
    Channel, Clip, ConductorEvent, Event, EventKind, Note, NoteRef, Project, Track, UNCLOSED,
};
use crate::smf::conductor;
use crate::theory::Key;
use crate::time::Tick;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Comes after everything else at its tick; `u32::MAX` says that a note is never let go.
const LAST: u32 = UNCLOSED - 1;
const KEY_SIGNATURE: u8 = 0x59;

/// The project transposed, drums apart, and how many notes had to stay in another octave;
/// `None` when nothing moves.
pub(in crate::library::batch) fn transpose(
    project: &Project,
    semitones: i8,
) -> Option<(Project, usize)> {
    let semitones = i32::from(semitones);
    let moves = |channel: Channel| channel != Channel::DRUMS;
    if semitones == 0 || !notes(project).any(|(_, _, note)| moves(note.channel)) {
        return None;
    }
    let to = |key: u8| into_keyboard(i32::from(key) + semitones);
    let folded = notes(project).filter(|(_, _, note)| {
        moves(note.channel) && i32::from(to(note.key)) != i32::from(note.key) + semitones
    });
    let folded = folded.count();
    let event = |event: &Event| {
        let mut event = event.clone();
        match &mut event.kind {
            EventKind::StrayNoteOff { channel, key, .. }
            | EventKind::PolyPressure { channel, key, .. }
                if moves(*channel) =>
            {
                *key = to(*key);
            }
            _ => {}
        }
        event
    };
    let clip = |clip: &Clip| {
        let notes = clip.notes.iter().map(|note| {
            if moves(note.channel) { Note { key: to(note.key), ..*note } } else { *note }
        });
        Clip { events: clip.events.iter().map(event).collect(), ..with_notes(clip, notes) }
    };
    let tracks = project.tracks.iter().map(|track| Track {
        events: track.events.iter().map(event).collect(),
        ..with_clips(track, clip)
    });
    let mut transposed = with_tracks(project, tracks);
    let events = project.conductor.events.iter().map(|item| transpose_key(item, semitones));
    transposed.conductor = conductor(project.division, events.collect());
    Some((transposed, folded))
}

fn transpose_key(item: &ConductorEvent, semitones: i32) -> ConductorEvent {
    let mut item = item.clone();
    if let EventKind::Meta { kind: KEY_SIGNATURE, data } = &mut item.event.kind
        && semitones % 12 != 0
        && let [sharps, scale, rest @ ..] = &**data
    {
        let key = Key::of_signature(sharps.cast_signed(), *scale == 1).transposed(semitones);
        *data = [&[key.signature().cast_unsigned(), *scale][..], rest].concat().into();
    }
    item
}

/// The project without doubled notes, and how many there were; `None` without any.
pub(in crate::library::batch) fn remove_doubles(project: &Project) -> Option<(Project, usize)> {
    let mut best: HashMap<(Tick, Channel, u8), (usize, usize, Note)> = HashMap::new();
    let mut gone: HashSet<(usize, usize, NoteRef)> = HashSet::new();
    for (track, clip_index, note) in notes(project) {
        let clip = project.tracks.get(track).and_then(|track| track.clips.get(clip_index));
        let Some(clip) = clip else { continue };
        let place = (clip.start.after(note.start.0), note.channel, note.key);
        let this = (track, clip_index, *note);
        let Some(kept) = best.get_mut(&place) else {
            best.insert(place, this);
            continue;
        };
        let under = if rank(note) > rank(&kept.2) { std::mem::replace(kept, this) } else { this };
        gone.insert((under.0, under.1, under.2.reference()));
    }
    if gone.is_empty() {
        return None;
    }
    let tracks = project.tracks.iter().enumerate().map(|(track_index, track)| {
        let clips = track.clips.iter().enumerate().map(|(clip_index, clip)| {
            let is_gone = |note: &Note| gone.contains(&(track_index, clip_index, note.reference()));
            if !clip.notes.iter().any(is_gone) {
                return Arc::clone(clip);
            }
            let stay = clip.notes.iter().filter(|note| !is_gone(note)).copied();
            Arc::new(with_notes(clip, stay))
        });
        Track { clips: clips.collect(), ..(**track).clone() }
    });
    Some((with_tracks(project, tracks), gone.len()))
}

/// Of notes that begin together the one that is let go, is louder, is longer stays.
fn rank(note: &Note) -> (bool, u8, u32) {
    (note.off_order != UNCLOSED, note.velocity, note.length)
}

/// The project with an end for every note, and how many had none.
pub(in crate::library::batch) fn end_notes(project: Project) -> (Project, usize) {
    let open = notes(&project).filter(|(_, _, note)| note.off_order == UNCLOSED).count();
    if open == 0 {
        return (project, 0);
    }
    let end = |note: &Note| {
        let off_order = if note.off_order == UNCLOSED { LAST } else { note.off_order };
        Note { off_order, ..*note }
    };
    let tracks = project
        .tracks
        .iter()
        .map(|track| with_clips(track, |clip| with_notes(clip, clip.notes.iter().map(end))));
    (with_tracks(&project, tracks), open)
}

/// The channels, counted from 1, that notes of more than one track are on.
pub(in crate::library::batch) fn shared_channels(project: &Project) -> Vec<u8> {
    let mut tracks_on = [0u32; 16];
    for track in project.tracks.iter() {
        let mut used = 0u16;
        for note in track.clips.iter().flat_map(|clip| clip.notes.iter()) {
            used |= 1 << note.channel.index();
        }
        for (channel, count) in tracks_on.iter_mut().enumerate() {
            *count += u32::from(used >> channel & 1);
        }
    }
    (1..).zip(tracks_on).filter(|(_, tracks)| *tracks > 1).map(|(channel, _)| channel).collect()
}

/// Every note with the indices of its track and clip.
fn notes(project: &Project) -> impl Iterator<Item = (usize, usize, &Note)> {
    project.tracks.iter().enumerate().flat_map(|(track, it)| {
        it.clips
            .iter()
            .enumerate()
            .flat_map(move |(clip, it)| it.notes.iter().map(move |note| (track, clip, note)))
    })
}
