//! Splits a song into parts that together hold exactly its notes.
//!
//! Every part has the whole conductor: tempo, meter, key signatures, markers, and whatever
//! belongs to no channel. It keeps the layout of its file (format, order of the tracks), less
//! what belongs to other parts.

use super::{Part, events, with_clips, with_notes};
use crate::library::batch::operation::SplitBy;
use crate::model::{
    Channel, Clip, ConductorEvent, Event, EventKind, FIRST_ORDER_OF_NEW, FileShape, MtrkShape,
    Note, Project, Track,
};
use crate::smf::{conductor, gm};
use crate::time::Tick;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The parts in the order of their tracks, channels or programs; `None` when the song is in
/// truth several songs (format 2) and not split by track.
pub(in crate::library::batch) fn split(project: &Project, by: SplitBy) -> Option<Vec<Part>> {
    let several = project.shape.format == 2;
    if several && by != SplitBy::Track {
        return None;
    }
    let programs = Programs::of(project);
    let sort = Sorter { by, programs: &programs };
    let mut claims: BTreeMap<Group, Claim> = BTreeMap::new();
    for (index, track) in project.tracks.iter().enumerate() {
        for (clip, note) in notes(track) {
            let at = clip.start.after(note.start.0);
            let claim = claims.entry(sort.group(index, track, at, note)).or_default();
            claim.tracks.insert(index);
            claim.channels |= bit(note.channel);
            let first = claim.first.entry(note.channel).or_insert(at);
            *first = at.min(*first);
        }
    }
    let scene = Scene { project, sort, contents: project.tracks.iter().map(contents).collect() };
    let parts = claims.into_iter().enumerate().map(|(number, (group, claim))| Part {
        label: Some(scene.label(number, group)),
        project: if several { scene.own_song(group) } else { scene.part(group, &claim) },
    });
    Some(parts.collect())
}

/// What a note belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Track(usize),
    Channel(Channel),
    Program(u8),
    Drums,
}

/// What a part is made of.
#[derive(Default)]
struct Claim {
    /// The tracks that give it notes.
    tracks: BTreeSet<usize>,
    channels: u16,
    /// When each of its channels is first heard.
    first: BTreeMap<Channel, Tick>,
}

/// Tells which part a note goes to.
#[derive(Clone, Copy)]
struct Sorter<'a> {
    by: SplitBy,
    programs: &'a Programs,
}

impl Sorter<'_> {
    fn group(self, index: usize, track: &Track, at: Tick, note: &Note) -> Group {
        match self.by {
            SplitBy::Track => Group::Track(index),
            SplitBy::Channel => Group::Channel(note.channel),
            SplitBy::Instrument if note.channel == Channel::DRUMS => Group::Drums,
            SplitBy::Instrument => {
                let place = Place { tick: at, mtrk: track.mtrk, order: note.id };
                Group::Program(self.programs.at(note.channel, place).unwrap_or(0))
            }
        }
    }
}

/// Where an event stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    tick: Tick,
    mtrk: u16,
    order: u32,
}

/// The program changes of each channel, in order.
struct Programs(Vec<Vec<(Place, u8)>>);

impl Programs {
    fn of(project: &Project) -> Self {
        let mut all = vec![Vec::new(); 16];
        for track in project.tracks.iter() {
            for (tick, event) in events(track) {
                let EventKind::Program { channel, program } = event.kind else { continue };
                if let Some(list) = all.get_mut(usize::from(channel.index())) {
                    list.push((Place { tick, mtrk: track.mtrk, order: event.order }, program));
                }
            }
        }
        for list in &mut all {
            list.sort_by_key(|(place, _)| *place);
        }
        Self(all)
    }

    /// The program that a note at `place` plays. Of what stands at its very tick the changes
    /// of other tracks count too: a player sends them before or after, nobody knows.
    fn at(&self, channel: Channel, place: Place) -> Option<u8> {
        let list = self.0.get(usize::from(channel.index()))?;
        let until = list.partition_point(|(change, _)| change.tick <= place.tick);
        let before = list.get(..until)?.iter().rev();
        let after_it = |change: &Place| {
            change.tick == place.tick && change.mtrk == place.mtrk && change.order > place.order
        };
        before.filter(|(change, _)| !after_it(change)).map(|(_, program)| *program).next()
    }
}

/// What a track holds.
struct Contents {
    /// Channels of its notes.
    notes: u16,
    /// Channels of its other events.
    events: u16,
    /// Channels with a program change.
    programs: u16,
}

fn contents(track: &Arc<Track>) -> Contents {
    let mut found = Contents { notes: 0, events: 0, programs: 0 };
    for (_, note) in notes(track) {
        found.notes |= bit(note.channel);
    }
    for (_, event) in events(track) {
        let Some(channel) = event.kind.channel() else { continue };
        found.events |= bit(channel);
        if matches!(event.kind, EventKind::Program { .. }) {
            found.programs |= bit(channel);
        }
    }
    found
}

/// The song and what was found out about it.
struct Scene<'a> {
    project: &'a Project,
    sort: Sorter<'a>,
    /// One for each track.
    contents: Vec<Contents>,
}

impl Scene<'_> {
    fn label(&self, number: usize, group: Group) -> String {
        match group {
            Group::Track(index) => {
                let name = self.project.tracks.get(index).map_or("", |track| &track.name);
                format!("{:02} {name}", number + 1)
            }
            Group::Channel(channel) => {
                let from_start = self.sort.programs.0.get(usize::from(channel.index()));
                let first = from_start.and_then(|list| list.first()).map(|(_, program)| *program);
                format!("ch {:02} {}", channel.index() + 1, gm::track_name(channel, first))
            }
            Group::Program(program) => format!("{:03} {}", program + 1, gm::program_name(program)),
            Group::Drums => "Drums".into(),
        }
    }

    /// A track of a format-2 file: a song of its own.
    fn own_song(&self, group: Group) -> Project {
        let Group::Track(index) = group else { return self.project.clone() };
        let tracks = self.project.tracks.get(index).into_iter().map(|track| (**track).clone());
        let tracks: Vec<Track> = tracks.collect();
        let own = tracks.first().map_or(0, |track| track.mtrk);
        let events = self.project.conductor.events.iter().filter(|item| item.mtrk == own);
        let events = events.cloned().collect();
        self.assemble(tracks, events, &BTreeSet::from([own]), 0)
    }

    fn part(&self, group: Group, claim: &Claim) -> Project {
        let mut tracks: Vec<Track> = Vec::new();
        for (index, (track, contents)) in self.project.tracks.iter().zip(&self.contents).enumerate()
        {
            let own = claim.tracks.contains(&index);
            let is_setup = contents.notes == 0;
            let shares_channel = contents.events & claim.channels != 0;
            if own && self.sort.by == SplitBy::Track {
                tracks.push((**track).clone());
            } else if own || shares_channel && (is_setup || self.sort.by != SplitBy::Track) {
                tracks.push(self.reduced(index, track, group, claim, own || is_setup));
            }
        }
        let mut kept: BTreeSet<u16> = tracks.iter().map(|track| track.mtrk).collect();
        let musical: BTreeSet<u16> = self.project.tracks.iter().map(|track| track.mtrk).collect();
        let conductor = &self.project.conductor.events;
        // Tracks without a channel message belong to the song; what stands in the tracks of
        // other parts goes to the first.
        kept.extend(conductor.iter().map(|item| item.mtrk).filter(|it| !musical.contains(it)));
        if conductor.iter().any(|item| item.mtrk == 0 || !kept.contains(&item.mtrk)) {
            kept.insert(0);
        }
        let mut orders = FIRST_ORDER_OF_NEW..;
        let mut events: Vec<ConductorEvent> = Vec::with_capacity(conductor.len());
        for item in conductor.iter() {
            let mut item = item.clone();
            if !kept.contains(&item.mtrk) {
                item.mtrk = 0;
                item.event.order = orders.next().unwrap_or(FIRST_ORDER_OF_NEW);
            }
            events.push(item);
        }
        if self.sort.by == SplitBy::Track {
            let borrowed = self.borrowed(group, claim);
            if !borrowed.is_empty() {
                kept.insert(0);
                events.splice(0..0, borrowed);
            }
        }
        self.assemble(tracks, events, &kept, self.project.shape.format)
    }

    /// What the part needs of a track that it shares with others, or that sets it up.
    fn reduced(
        &self,
        index: usize,
        track: &Arc<Track>,
        group: Group,
        claim: &Claim,
        with_texts: bool,
    ) -> Track {
        let keeps = |event: &&Event| match event.kind.channel() {
            Some(channel) => claim.channels & bit(channel) != 0,
            None => with_texts,
        };
        let clip = |clip: &Clip| {
            let at = |note: &Note| clip.start.after(note.start.0);
            let own = |note: &&Note| self.sort.group(index, track, at(note), note) == group;
            let notes = clip.notes.iter().filter(own).copied();
            let events = clip.events.iter().filter(keeps).cloned().collect();
            Clip { events, ..with_notes(clip, notes) }
        };
        let events = track.events.iter().filter(keeps).cloned().collect();
        Track { events, ..with_clips(track, clip) }
    }

    /// A track that never chooses its sound plays the one that another track has chosen on
    /// its channel: programs and controllers from before its first note.
    fn borrowed(&self, group: Group, claim: &Claim) -> Vec<ConductorEvent> {
        let Group::Track(own) = group else { return Vec::new() };
        let chosen = self.contents.get(own).map_or(0, |contents| contents.programs);
        let missing = claim.channels & !chosen;
        let mut borrowed: Vec<ConductorEvent> = Vec::new();
        for (index, (track, contents)) in self.project.tracks.iter().zip(&self.contents).enumerate()
        {
            if index == own || contents.notes == 0 || contents.events & missing == 0 {
                continue;
            }
            for (tick, event) in events(track) {
                let first = event.kind.channel().and_then(|channel| {
                    claim.first.get(&channel).filter(|_| missing & bit(channel) != 0)
                });
                let is_setup =
                    matches!(event.kind, EventKind::Program { .. } | EventKind::Control { .. });
                if is_setup && first.is_some_and(|first| tick <= *first) {
                    // Before whatever stands at its tick, so that the first note hears it.
                    let event = Event { tick, order: 0, kind: event.kind.clone() };
                    borrowed.push(ConductorEvent { mtrk: 0, event });
                }
            }
        }
        borrowed
    }

    /// A file of the tracks `kept`, counted anew.
    fn assemble(
        &self,
        mut tracks: Vec<Track>,
        mut events: Vec<ConductorEvent>,
        kept: &BTreeSet<u16>,
        format: u8,
    ) -> Project {
        let place: BTreeMap<u16, u16> = kept.iter().copied().zip(0..).collect();
        let new = |old: u16| place.get(&old).copied().unwrap_or_default();
        for track in &mut tracks {
            track.mtrk = new(track.mtrk);
        }
        for item in &mut events {
            item.mtrk = new(item.mtrk);
        }
        let shape = &self.project.shape;
        let end = |mtrk: &u16| shape.mtrks.get(usize::from(*mtrk)).map_or(Tick::ZERO, |it| it.end);
        Project {
            shape: Arc::new(FileShape {
                format,
                mtrks: kept.iter().map(|mtrk| MtrkShape { end: end(mtrk) }).collect(),
                alien: shape.alien.clone(),
            }),
            conductor: conductor(self.project.division, events),
            tracks: tracks.into_iter().map(Arc::new).collect(),
            source: None,
            ..self.project.clone()
        }
    }
}

const fn bit(channel: Channel) -> u16 {
    1 << channel.index()
}

fn notes(track: &Track) -> impl Iterator<Item = (&Clip, &Note)> {
    track.clips.iter().flat_map(|clip| clip.notes.iter().map(move |note| (&**clip, note)))
}
