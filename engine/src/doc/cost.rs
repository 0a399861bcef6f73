//! What keeping an old version costs beyond what the next one shares with it.

use crate::model::{Clip, Event, NoteChunk, Notes, Project, Track};
use profiling::HeapSize;
use std::sync::Arc;

/// Heap bytes that `old` holds and `new` does not. Tracks and clips are compared by
/// pointer at their place, note chunks by identity.
pub(super) fn unshared_bytes(old: &Project, new: &Project) -> usize {
    let mut bytes = size_of::<Project>();
    if !same_source(old, new) {
        bytes += old.source.as_ref().map_or(0, |source| source.len());
    }
    if !Arc::ptr_eq(&old.conductor.events, &new.conductor.events) {
        bytes += old.conductor.heap_bytes();
    }
    if Arc::ptr_eq(&old.tracks, &new.tracks) {
        return bytes;
    }
    bytes += size_of_val::<[Arc<Track>]>(&old.tracks);
    for (index, track) in old.tracks.iter().enumerate() {
        match new.tracks.get(index) {
            Some(other) if Arc::ptr_eq(track, other) => {}
            Some(other) => bytes += size_of::<Track>() + clip_bytes(track, other),
            None => bytes += track.heap_bytes(),
        }
    }
    bytes
}

fn same_source(old: &Project, new: &Project) -> bool {
    match (&old.source, &new.source) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        (None, _) => true,
        _ => false,
    }
}

fn clip_bytes(old: &Track, new: &Track) -> usize {
    if Arc::ptr_eq(&old.clips, &new.clips) {
        return 0;
    }
    let each = |(index, clip): (usize, &Arc<Clip>)| {
        // Mostly it is where it was: looking for it among thousands is for the rest.
        let there = new.clips.get(index).filter(|other| other.id == clip.id);
        match there.or_else(|| new.clip(clip.id)) {
            Some(other) if Arc::ptr_eq(clip, other) => 0,
            Some(other) => {
                let notes = note_bytes(&clip.notes, &other.notes);
                size_of::<Clip>() + notes + event_bytes(&clip.events, &other.events)
            }
            None => clip.heap_bytes(),
        }
    };
    let clips = old.clips.iter().enumerate().map(each).sum::<usize>();
    size_of_val::<[Arc<Clip>]>(&old.clips) + clips
}

/// Payloads are shared even where the list is not.
fn event_bytes(old: &Arc<[Event]>, new: &Arc<[Event]>) -> usize {
    if Arc::ptr_eq(old, new) { 0 } else { size_of_val::<[Event]>(old) }
}

/// By pointer, so that only chunks that are gone are looked into.
fn note_bytes(old: &Notes, new: &Notes) -> usize {
    if old.is_same(new) {
        return 0;
    }
    let mut kept: Vec<*const NoteChunk> = new.chunks().iter().map(Arc::as_ptr).collect();
    kept.sort_unstable();
    let lost = old.chunks().iter().filter(|chunk| kept.binary_search(&Arc::as_ptr(chunk)).is_err());
    let notes: usize = lost.map(|chunk| size_of_val(chunk.notes())).sum();
    notes + size_of_val::<[Arc<NoteChunk>]>(old.chunks())
}
