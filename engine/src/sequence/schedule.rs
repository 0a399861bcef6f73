//! The whole song as the callback plays it, and the compiler that keeps what did not change.

use super::frames::FrameMap;
use super::plan::{Control, TrackPlan};
use super::shared::{Habits, inherited};
use crate::model::{Channel, Clip, Event, Mix, Output, Project, Track, TrackId};
use crate::parallel;
use crate::time::{Frame, MeterMap, TempoMap, Tick};
use profiling::{CacheCounters, HeapSize};
use std::collections::HashMap;
use std::sync::Arc;

/// A track's part in a [`Schedule`].
#[derive(Clone, Debug)]
pub struct TrackEntry {
    /// Which track.
    pub id: TrackId,
    /// What it plays.
    pub plan: Arc<TrackPlan>,
    /// The channel that live notes go to.
    pub channel: Channel,
    /// Gain of the left side, pan included; 0 when muted or not soloed.
    pub left: f32,
    /// Gain of the right side.
    pub right: f32,
    /// Where it plays to.
    pub output: Output,
}

impl TrackEntry {
    /// Whether it is neither muted nor kept quiet by another track's solo.
    pub fn is_audible(&self) -> bool {
        self.left > 0.0 || self.right > 0.0
    }

    /// Whether the built-in synthesizer plays it.
    pub fn is_internal(&self) -> bool {
        matches!(self.output, Output::Synth)
    }
}

/// A song compiled for one sample rate. Immutable; made and freed on the compiler thread.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// Frames per second.
    pub rate: u32,
    /// Ticks to frames.
    pub tempo: Arc<TempoMap>,
    /// Ticks to bars, for the metronome.
    pub meter: Arc<MeterMap>,
    /// The tracks, in the project's order.
    pub tracks: Vec<TrackEntry>,
    /// Where each track is in `tracks`, sorted by id.
    places: Vec<(TrackId, u32)>,
    /// The frame after the last message.
    pub end: u32,
    /// How many tracks sound at once where most do, a second of release counted in.
    pub most_sounding: usize,
}

impl Schedule {
    /// Nothing to play.
    pub fn empty(rate: u32) -> Self {
        let conductor = crate::model::Conductor::empty(crate::time::Division::DEFAULT);
        Self {
            rate,
            tempo: conductor.tempo,
            meter: conductor.meter,
            tracks: Vec::new(),
            places: Vec::new(),
            end: 0,
            most_sounding: 0,
        }
    }

    /// Where `track` is in `tracks`.
    pub fn index_of(&self, track: TrackId) -> Option<usize> {
        let place = self.places.binary_search_by_key(&track, |(id, _)| *id).ok()?;
        self.places.get(place).map(|(_, index)| *index as usize)
    }

    /// The frame of `tick`; stops at the end of `u64`.
    pub fn frame(&self, tick: Tick) -> u64 {
        self.tempo.frame_from_tick(tick, self.rate).0
    }

    /// The tick at `frame`, with its fraction.
    pub fn tick(&self, frame: u64) -> f64 {
        self.tempo.tick_from_frame(Frame(frame), self.rate)
    }

    /// Heap bytes of its own tables: what it shares with no other schedule.
    pub fn table_bytes(&self) -> usize {
        self.tracks.capacity() * size_of::<TrackEntry>()
            + self.places.capacity() * size_of::<(TrackId, u32)>()
    }
}

/// Plans that several schedules share are counted in full.
impl HeapSize for Schedule {
    fn heap_bytes(&self) -> usize {
        let plans: usize = self.tracks.iter().map(|entry| entry.plan.heap_bytes()).sum();
        plans + self.table_bytes()
    }
}

/// Compiles snapshots; a track whose music did not change keeps its [`TrackPlan`].
#[derive(Debug, Default)]
pub struct Compiler {
    known: HashMap<TrackId, Known>,
    frames: Option<(Arc<TempoMap>, FrameMap)>,
    /// What `inherited` was last computed from.
    habits: Vec<Arc<Habits>>,
    inherited: Vec<Arc<[Control]>>,
    /// How often a track kept its plan.
    counters: CacheCounters,
}

/// Without the plans: those are the schedule's.
impl HeapSize for Compiler {
    fn heap_bytes(&self) -> usize {
        let Self { known, frames: _, habits, inherited, counters: _ } = self;
        let table = known.capacity() * (size_of::<(TrackId, Known)>() + 1);
        let own = known.values().map(|known| known.habits.heap_bytes()).sum::<usize>();
        let lists = habits.capacity() * size_of::<Arc<Habits>>()
            + inherited.capacity() * size_of::<Arc<[Control]>>();
        let taken: usize = inherited.iter().map(|list| size_of_val::<[Control]>(list) + 16).sum();
        table + own + lists + taken
    }
}

/// What is kept of a track. The `Arc`s are held so that an equal pointer means equal music.
#[derive(Debug)]
struct Known {
    clips: Arc<[Arc<Clip>]>,
    events: Arc<[Event]>,
    habits: Arc<Habits>,
    compiled: Option<(Arc<[Control]>, Arc<TrackPlan>)>,
}

impl Known {
    fn is_current(&self, track: &Track) -> bool {
        Arc::ptr_eq(&self.clips, &track.clips) && Arc::ptr_eq(&self.events, &track.events)
    }

    /// What was compiled with these controls of other tracks.
    fn plan(&self, inherited: &Arc<[Control]>) -> Option<&Arc<TrackPlan>> {
        let (with, plan) = self.compiled.as_ref()?;
        (Arc::ptr_eq(with, inherited) || with == inherited).then_some(plan)
    }
}

impl Compiler {
    /// A compiler that knows nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Plans that were kept and plans that were made: a cache without a bound, since it
    /// holds what the newest schedule holds.
    pub const fn counters(&self) -> &CacheCounters {
        &self.counters
    }

    /// Compiles `project` for `rate` frames per second. A change of the mix costs a few
    /// microseconds, a change in a track that track, a change of tempo everything.
    pub fn compile(&mut self, project: &Project, rate: u32) -> Schedule {
        puffin::profile_function!();
        self.take_tempo(&project.conductor.tempo, rate);
        self.learn(&project.tracks);
        let habits: Vec<Arc<Habits>> =
            project.tracks.iter().map(|track| self.habits_of(track)).collect();
        let unchanged = habits.len() == self.habits.len()
            && habits.iter().zip(&self.habits).all(|(new, old)| Arc::ptr_eq(new, old));
        if !unchanged {
            self.inherited = inherited(&habits);
            self.habits = habits;
        }
        if self.known.len() > project.tracks.len() {
            let mut present: Vec<TrackId> = project.tracks.iter().map(|track| track.id).collect();
            present.sort_unstable();
            self.known.retain(|id, _| present.binary_search(id).is_ok());
        }
        let any_solo = project.any_solo();
        let inherited = std::mem::take(&mut self.inherited);
        self.plan_ahead(&project.tracks, &inherited);
        let tracks: Vec<TrackEntry> = project
            .tracks
            .iter()
            .zip(&inherited)
            .map(|(track, inherited)| self.entry(track, inherited, any_solo))
            .collect();
        self.inherited = inherited;
        let mut places: Vec<(TrackId, u32)> =
            tracks.iter().zip(0..).map(|(entry, index)| (entry.id, index)).collect();
        places.sort_unstable();
        let last = |entry: &TrackEntry| entry.plan.events().last().map_or(0, |e| e.frame() + 1);
        Schedule {
            rate,
            tempo: Arc::clone(&project.conductor.tempo),
            meter: Arc::clone(&project.conductor.meter),
            end: tracks.iter().map(last).max().unwrap_or(0),
            most_sounding: most_sounding(&tracks, rate),
            places,
            tracks,
        }
    }

    /// Forgets every plan when the tempo map or the rate is another one.
    fn take_tempo(&mut self, tempo: &Arc<TempoMap>, rate: u32) {
        let current = self
            .frames
            .as_ref()
            .is_some_and(|(known, map)| map.rate() == rate && same_tempo(known, tempo));
        if !current {
            self.frames = Some((Arc::clone(tempo), FrameMap::new(tempo, rate)));
            self.known.values_mut().for_each(|known| known.compiled = None);
        }
    }

    /// Looks at the tracks that are new or changed, on every core.
    fn learn(&mut self, tracks: &[Arc<Track>]) {
        let is_new = |track: &&Arc<Track>| {
            self.known.get(&track.id).is_none_or(|known| !known.is_current(track))
        };
        let new: Vec<&Arc<Track>> = tracks.iter().filter(is_new).collect();
        let notes = new.iter().map(|track| track.note_count()).sum();
        let habits = parallel::map(new.clone(), notes, |track| Arc::new(Habits::of(track)));
        for (track, habits) in new.into_iter().zip(habits) {
            let known = Known {
                clips: Arc::clone(&track.clips),
                events: Arc::clone(&track.events),
                habits,
                compiled: None,
            };
            self.known.insert(track.id, known);
        }
    }

    fn habits_of(&self, track: &Track) -> Arc<Habits> {
        self.known.get(&track.id).map(|known| Arc::clone(&known.habits)).unwrap_or_default()
    }

    /// Compiles what has no plan yet, on every core.
    fn plan_ahead(&mut self, tracks: &[Arc<Track>], inherited: &[Arc<[Control]>]) {
        let Some((_, frames)) = &self.frames else { return };
        let unplanned: Vec<(&Arc<Track>, &Arc<[Control]>)> = tracks
            .iter()
            .zip(inherited)
            .filter(|(track, inherited)| {
                self.known.get(&track.id).is_none_or(|known| known.plan(inherited).is_none())
            })
            .collect();
        let made = unplanned.len() as u64;
        self.counters.count(tracks.len() as u64 - made, made);
        let notes = unplanned.iter().map(|(track, _)| track.note_count()).sum();
        let plans = parallel::map(unplanned.clone(), notes, |(track, inherited)| {
            Arc::new(TrackPlan::compile(track, inherited, frames))
        });
        for ((track, inherited), plan) in unplanned.into_iter().zip(plans) {
            if let Some(known) = self.known.get_mut(&track.id) {
                known.compiled = Some((Arc::clone(inherited), plan));
            }
        }
    }

    fn entry(&self, track: &Track, inherited: &Arc<[Control]>, any_solo: bool) -> TrackEntry {
        let (left, right) = gains(track.mix, any_solo);
        TrackEntry {
            id: track.id,
            plan: self
                .known
                .get(&track.id)
                .and_then(|known| known.plan(inherited))
                .map(Arc::clone)
                .unwrap_or_default(),
            channel: track.channel,
            left,
            right,
            output: track.output.clone(),
        }
    }
}

fn same_tempo(a: &Arc<TempoMap>, b: &Arc<TempoMap>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}

/// The strip's gains. Panning turns one side down and leaves the other, as a balance
/// control does: the sound is stereo already, and nothing gets louder.
fn gains(mix: Mix, any_solo: bool) -> (f32, f32) {
    if mix.muted || (any_solo && !mix.soloed) {
        return (0.0, 0.0);
    }
    let side = |amount: f32| (amount.clamp(0.0, 1.0) * std::f32::consts::FRAC_PI_2).cos().max(0.0);
    let (gain, pan) = (mix.gain.linear(), mix.pan.position());
    let quiet = |value: f32| if value < 1e-6 { 0.0 } else { value };
    (quiet(gain * side(pan)), quiet(gain * side(-pan)))
}

/// Counts how many spans overlap where most do, each a second longer for its release.
fn most_sounding(tracks: &[TrackEntry], rate: u32) -> usize {
    let mut edges: Vec<(u32, bool)> = Vec::new();
    for entry in tracks.iter().filter(|entry| entry.is_internal()) {
        for &(start, end) in entry.plan.spans() {
            edges.push((start, true));
            edges.push((end.saturating_add(rate), false));
        }
    }
    // At one frame an end comes before a start.
    edges.sort_unstable();
    let (mut now, mut most) = (0_usize, 0_usize);
    for (_, starts) in edges {
        now = if starts { now + 1 } else { now.saturating_sub(1) };
        most = most.max(now);
    }
    most
}
