//! Commands about single events that are no notes, as a list of events makes them.

use super::{EditError, Edited, with_track};
use crate::model::{Clip, ClipRef, Event, EventKind, FIRST_ORDER_OF_NEW, Project};
use crate::time::Tick;
use std::sync::Arc;

/// Puts `to` in place of an event of a clip, or removes it. At another tick it comes after
/// what is there.
pub(super) fn change(
    project: &Project,
    at: ClipRef,
    was: &Event,
    to: Option<(Tick, &EventKind)>,
) -> Result<Edited, EditError> {
    let project = with_track(project, at.track, |track| {
        let index = track.clips.iter().position(|clip| clip.id == at.clip);
        let clip = index.and_then(|index| Arc::make_mut(&mut track.clips).get_mut(index));
        let clip = Arc::make_mut(clip.ok_or(EditError::NoSuchClip(at))?);
        replace(clip, was, to)
    })?;
    Ok(Edited { project, selection: None })
}

fn replace(clip: &mut Clip, was: &Event, to: Option<(Tick, &EventKind)>) -> Result<(), EditError> {
    let first = clip.events.partition_point(|event| event.tick < was.tick);
    let here = clip.events.iter().enumerate().skip(first);
    let mut here = here.take_while(|(_, event)| event.tick == was.tick);
    let place = here.find(|(_, event)| *event == was).map(|(place, _)| place);
    let place = place.ok_or(EditError::NoSuchEvent)?;
    let Some((tick, kind)) = to else {
        let (before, after) = clip.events.split_at(place);
        clip.events = before.iter().chain(after.iter().skip(1)).cloned().collect();
        return Ok(());
    };
    let kind = kind.within_seven_bits();
    if tick == was.tick {
        if let Some(event) = Arc::make_mut(&mut clip.events).get_mut(place) {
            event.kind = kind;
        }
        return Ok(());
    }
    let tick = tick.min(Tick(clip.length.saturating_sub(1)));
    let mut events: Vec<Event> = clip.events.to_vec();
    events.remove(place);
    let to = events.partition_point(|event| event.tick <= tick);
    let last = to.checked_sub(1).and_then(|last| events.get(last));
    let last = last.filter(|last| last.tick == tick).map_or(0, |last| last.order);
    events.insert(to, Event { tick, order: last.max(FIRST_ORDER_OF_NEW), kind });
    clip.events = events.into();
    Ok(())
}

impl EventKind {
    /// The same with every value as a MIDI message can hold it.
    fn within_seven_bits(&self) -> Self {
        match self.clone() {
            Self::PolyPressure { channel, key, value } => {
                Self::PolyPressure { channel, key: key.min(127), value: value.min(127) }
            }
            Self::Control { channel, number, value } => {
                Self::Control { channel, number: number.min(127), value: value.min(127) }
            }
            Self::Program { channel, program } => {
                Self::Program { channel, program: program.min(127) }
            }
            Self::ChannelPressure { channel, value } => {
                Self::ChannelPressure { channel, value: value.min(127) }
            }
            Self::PitchBend { channel, value } => {
                Self::PitchBend { channel, value: value.clamp(-8192, 8191) }
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Command, apply};
    use crate::model::Channel;
    use crate::time::TickRange;

    fn control(tick: u64, order: u32, value: u8) -> Event {
        let kind = EventKind::Control { channel: Channel::new(0), number: 7, value };
        Event { tick: Tick(tick), order, kind }
    }

    fn song(events: &[Event]) -> (Project, ClipRef) {
        let add = Command::AddTrack { name: "Track".into() };
        let mut project = apply(&Project::new("song"), &add).unwrap().project;
        let track = project.tracks[0].id;
        let range = TickRange::between(Tick(0), Tick(3840));
        project = apply(&project, &Command::AddClip { track, range }).unwrap().project;
        let clip = ClipRef { track, clip: project.tracks[0].clips[0].id };
        project = with_track(&project, track, |track| {
            let clip = &mut Arc::make_mut(&mut track.clips)[0];
            Arc::make_mut(clip).events = events.into();
            Ok(())
        })
        .unwrap();
        (project, clip)
    }

    fn changed(events: &[Event], was: &Event, to: Option<(u64, u8)>) -> Vec<(u64, u32, u8)> {
        let (project, clip) = song(events);
        let to = to.map(|(tick, value)| (Tick(tick), control(0, 0, value).kind));
        let command = Command::ChangeEvent { clip, was: was.clone(), to };
        let project = apply(&project, &command).unwrap().project;
        let events = project.clip(clip).unwrap().events.iter();
        let said = |event: &Event| match event.kind {
            EventKind::Control { value, .. } => (event.tick.0, event.order, value),
            _ => unreachable!("controllers alone"),
        };
        events.map(said).collect()
    }

    #[test]
    fn of_two_events_at_one_tick_the_named_one_changes() {
        let events = [control(0, 1, 10), control(0, 1, 20), control(480, 5, 30)];
        let other = changed(&events, &events[1], Some((0, 99)));
        assert_eq!(other, [(0, 1, 10), (0, 1, 99), (480, 5, 30)], "in its place");
        let gone = changed(&events, &events[0], None);
        assert_eq!(gone, [(0, 1, 20), (480, 5, 30)]);
    }

    #[test]
    fn an_event_that_moves_comes_after_what_is_there_and_stays_in_its_clip() {
        let events = [control(0, 1, 10), control(480, 5, 30)];
        let new = FIRST_ORDER_OF_NEW;
        assert_eq!(changed(&events, &events[0], Some((480, 10))), [(480, 5, 30), (480, new, 10)]);
        assert_eq!(changed(&events, &events[1], Some((9999, 30))), [(0, 1, 10), (3839, new, 30)]);
    }

    #[test]
    fn values_stay_within_what_a_message_holds() {
        let events = [control(0, 1, 10)];
        assert_eq!(changed(&events, &events[0], Some((0, 200))), [(0, 1, 127)]);
    }

    #[test]
    fn an_event_that_has_gone_is_told_of() {
        let (project, clip) = song(&[control(0, 1, 10)]);
        let command = Command::ChangeEvent { clip, was: control(0, 1, 11), to: None };
        assert_eq!(apply(&project, &command).unwrap_err(), EditError::NoSuchEvent);
    }
}
