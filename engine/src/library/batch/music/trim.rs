//! Removes what is blank before the first note.

use super::{events, with_clips, with_tracks};
use crate::library::batch::operation::TrimTo;
use crate::model::{
    Channel, Clip, ConductorEvent, Event, EventKind, FileShape, MtrkShape, NameMeta, Note, Notes,
    Project, Track,
};
use crate::smf::conductor;
use crate::time::{Division, Tick};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Tempo, meter and key signature: of those before the cut the last one holds.
const IN_FORCE: [u8; 3] = [0x51, 0x58, 0x59];

/// The project without what is blank at its start, and how many ticks that was; `None` when
/// there is nothing to remove. Everything that stood before the cut stands at the start
/// afterwards, in its order, so that every controller is where it was; of tempo, meter and key
/// only what is in force at the cut is kept.
pub(in crate::library::batch) fn trim_start(
    project: &Project,
    to: TrimTo,
) -> Option<(Project, u64)> {
    let starts = project
        .tracks
        .iter()
        .flat_map(|track| track.clips.iter())
        .filter_map(|clip| clip.notes.iter().next().map(|note| clip.start.after(note.start.0)));
    let first = starts.min()?;
    let by_bar = to == TrimTo::Bar && matches!(project.division, Division::Ppq(_));
    let cut = if by_bar { project.conductor.meter.floor_to_bar(first) } else { first };
    if cut == Tick::ZERO {
        return None;
    }
    let earlier = |tick: Tick| Tick(tick.since(cut));
    let last_words = LastWords::of(project, cut);
    let tracks = project.tracks.iter().map(|track| {
        let track = last_words.keep(track);
        let trimmed = with_clips(&track, |clip| trim_clip(clip, cut));
        let name_meta = track.name_meta.clone();
        let name_meta = name_meta.map(|meta| NameMeta { tick: earlier(meta.tick), ..meta });
        Track { name_meta, events: moved(&track.events, earlier), ..trimmed }
    });
    let mut trimmed = with_tracks(project, tracks);
    trimmed.conductor = conductor(project.division, trim_conductor(project, cut));
    trimmed.shape = Arc::new(FileShape {
        mtrks: project.shape.mtrks.iter().map(|it| MtrkShape { end: earlier(it.end) }).collect(),
        ..(*project.shape).clone()
    });
    Some((trimmed, cut.0))
}

fn trim_clip(clip: &Clip, cut: Tick) -> Clip {
    let inside = cut.since(clip.start);
    let earlier = |tick: Tick| Tick(tick.0.saturating_sub(inside));
    let notes = clip.notes.iter().map(|note| Note { start: earlier(note.start), ..*note });
    Clip {
        start: Tick(clip.start.since(cut)),
        length: clip.length.saturating_sub(inside).max(1),
        notes: Notes::new(notes.collect()),
        events: moved(&clip.events, earlier),
        ..clip.clone()
    }
}

fn moved(events: &[Event], earlier: impl Fn(Tick) -> Tick) -> Arc<[Event]> {
    events.iter().map(|event| Event { tick: earlier(event.tick), ..event.clone() }).collect()
}

fn trim_conductor(project: &Project, cut: Tick) -> Vec<ConductorEvent> {
    let events = &project.conductor.events;
    let mut last: BTreeMap<u8, (Tick, usize)> = BTreeMap::new();
    for (index, item) in events.iter().enumerate() {
        if let Some(kind) = governing(&item.event.kind).filter(|_| item.event.tick <= cut) {
            // Of two at one tick the later in the file wins, as in the maps.
            let place = (item.event.tick, index);
            last.entry(kind).and_modify(|it| *it = place.max(*it)).or_insert(place);
        }
    }
    let stays = |index: usize, item: &ConductorEvent| match governing(&item.event.kind) {
        Some(kind) if item.event.tick <= cut => {
            last.get(&kind).is_some_and(|&(_, winner)| winner == index)
        }
        _ => true,
    };
    let kept = events.iter().enumerate().filter(|(index, item)| stays(*index, item));
    kept.map(|(_, item)| {
        let event = Event { tick: Tick(item.event.tick.since(cut)), ..item.event.clone() };
        ConductorEvent { mtrk: item.mtrk, event }
    })
    .collect()
}

fn governing(kind: &EventKind) -> Option<u8> {
    match kind {
        EventKind::Meta { kind, .. } if IN_FORCE.contains(kind) => Some(*kind),
        _ => None,
    }
}

/// What an event sets: its channel, its kind, and the controller or key.
type Slot = (Channel, u8, u8);

/// Who has the last word on what before the cut. Everything from before ends up on one tick,
/// where the later track comes later: where tracks share a channel, one that was overruled
/// must not overrule in its turn.
struct LastWords {
    cut: Tick,
    /// The track with the last word; only of what several tracks speak of.
    winners: BTreeMap<Slot, u16>,
}

impl LastWords {
    fn of(project: &Project, cut: Tick) -> Self {
        let mut last: BTreeMap<Slot, (Tick, u16)> = BTreeMap::new();
        let mut disputed: BTreeSet<Slot> = BTreeSet::new();
        for track in project.tracks.iter() {
            for (tick, event) in events(track) {
                let Some(slot) = slot(&event.kind).filter(|_| tick <= cut) else { continue };
                let word = (tick, track.mtrk);
                let winner = last.entry(slot).or_insert(word);
                if winner.1 != track.mtrk {
                    disputed.insert(slot);
                }
                *winner = word.max(*winner);
            }
        }
        let winners = last.into_iter().filter(|(slot, _)| disputed.contains(slot));
        Self { cut, winners: winners.map(|(slot, (_, mtrk))| (slot, mtrk)).collect() }
    }

    /// The track without what was overruled and would come last.
    fn keep(&self, track: &Track) -> Track {
        if self.winners.is_empty() {
            return track.clone();
        }
        let stays = |tick: Tick, event: &Event| {
            let slot = slot(&event.kind).filter(|_| tick <= self.cut);
            let winner = slot.and_then(|slot| self.winners.get(&slot));
            winner.is_none_or(|winner| track.mtrk <= *winner)
        };
        let events = track.events.iter().filter(|event| stays(event.tick, event)).cloned();
        let clip = |clip: &Clip| {
            let stays = |event: &&Event| stays(clip.start.after(event.tick.0), event);
            Clip { events: clip.events.iter().filter(stays).cloned().collect(), ..clip.clone() }
        };
        Track { events: events.collect(), ..with_clips(track, clip) }
    }
}

/// What an event sets; none for what is one step of several (registered parameters), or no state.
fn slot(kind: &EventKind) -> Option<Slot> {
    match *kind {
        EventKind::Control { number: 6 | 38 | 96..=101, .. } => None,
        EventKind::Control { channel, number, .. } => Some((channel, 0, number)),
        EventKind::Program { channel, .. } => Some((channel, 1, 0)),
        EventKind::ChannelPressure { channel, .. } => Some((channel, 2, 0)),
        EventKind::PitchBend { channel, .. } => Some((channel, 3, 0)),
        EventKind::PolyPressure { channel, key, .. } => Some((channel, 4, key)),
        _ => None,
    }
}
