//! What a monkey can do to the window, frame by frame.

use egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, TouchPhase, Vec2,
};
use engine::edit::NoteOp;
use engine::model::ClipRef;
use midi_daw::command::Action;

/// One thing that is done; what a failure prints to be done again.
#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// Presses and releases, once or several times in a row.
    Click { at: Pos2, button: PointerButton, held: Modifiers, times: usize },
    /// Presses, goes along, releases.
    Drag(Drag),
    /// Turns the wheel.
    Wheel { at: Pos2, delta: Vec2, held: Modifiers, turns: usize },
    /// Pinches.
    Pinch { at: Pos2, factor: f32 },
    /// Types a key, or holds it down until it repeats.
    Press { key: Key, held: Modifiers, repeats: usize },
    /// Holds a key over a drag.
    Over(Key, Drag),
    /// Runs a command, if it is enabled.
    Run(Action),
    /// Does a note operation with what is selected.
    Operate(NoteOp),
    /// Opens a clip in the roll.
    Open(ClipRef),
    /// Opens several together, the first of them active.
    OpenSeveral(Vec<ClipRef>),
    /// Types into the palette and takes what it finds first.
    Palette(&'static str),
    /// Makes the window this large.
    Resize(Vec2),
    /// Moves the pointer out of the window.
    Leave,
    /// Lets time pass.
    Wait(usize),
}

/// A drag with all that can happen on its way.
#[derive(Clone, Debug)]
pub(crate) struct Drag {
    pub(crate) path: Vec<Pos2>,
    pub(crate) button: PointerButton,
    pub(crate) held: Modifiers,
    /// Other modifiers from this place of the path on.
    pub(crate) change: Option<(usize, Modifiers)>,
    /// Escape at this place.
    pub(crate) escape: Option<usize>,
    /// A key at this place.
    pub(crate) key: Option<(usize, Key)>,
    /// The second press of a double click begins it.
    pub(crate) double: bool,
    /// Everything in one frame, as when the machine is slow.
    pub(crate) fast: bool,
}

/// The input of each frame.
pub(crate) type Frames = Vec<Vec<Event>>;

impl Deed {
    /// Its input, where it is input.
    pub(crate) fn frames(&self) -> Frames {
        match self {
            Self::Click { at, button, held, times } => {
                let mut frames =
                    vec![vec![Event::ModifiersChanged(*held), Event::PointerMoved(*at)]];
                for _ in 0..*times {
                    frames.push(vec![press(*at, *button, *held, true)]);
                    frames.push(vec![press(*at, *button, *held, false)]);
                }
                frames.push(vec![Event::ModifiersChanged(Modifiers::NONE)]);
                frames
            }
            Self::Drag(drag) => drag.frames(),
            Self::Wheel { at, delta, held, turns } => {
                let mut frames =
                    vec![vec![Event::ModifiersChanged(*held), Event::PointerMoved(*at)]];
                let turn = Event::MouseWheel {
                    unit: MouseWheelUnit::Point,
                    delta: *delta,
                    modifiers: *held,
                    phase: TouchPhase::Move,
                    source: MouseWheelSource::Wheel,
                };
                frames.extend((0..*turns).map(|_| vec![turn.clone()]));
                frames.push(vec![Event::ModifiersChanged(Modifiers::NONE)]);
                frames
            }
            Self::Pinch { at, factor } => {
                vec![vec![Event::PointerMoved(*at)], vec![Event::Zoom(*factor)]]
            }
            Self::Press { key, held, repeats } => {
                let mut frames =
                    vec![vec![Event::ModifiersChanged(*held), typed(*key, *held, true, false)]];
                frames.extend((0..*repeats).map(|_| vec![typed(*key, *held, true, true)]));
                frames.push(vec![
                    typed(*key, *held, false, false),
                    Event::ModifiersChanged(Modifiers::NONE),
                ]);
                frames
            }
            Self::Over(key, drag) => {
                let mut frames = vec![vec![typed(*key, Modifiers::NONE, true, false)]];
                frames.extend(drag.frames());
                frames.push(vec![typed(*key, Modifiers::NONE, false, false)]);
                frames
            }
            Self::Leave => vec![vec![Event::PointerGone]],
            Self::Wait(frames) => vec![Vec::new(); *frames],
            Self::Run(_)
            | Self::Operate(_)
            | Self::Open(_)
            | Self::OpenSeveral(_)
            | Self::Palette(_)
            | Self::Resize(_) => Vec::new(),
        }
    }
}

impl Drag {
    fn frames(&self) -> Frames {
        let Self { path, button, held, change, escape, key, double, fast } = self;
        let (Some(&first), Some(&last)) = (path.first(), path.last()) else { return Vec::new() };
        let mut frames = vec![vec![Event::ModifiersChanged(*held), Event::PointerMoved(first)]];
        if *double {
            frames.push(vec![press(first, *button, *held, true)]);
            frames.push(vec![press(first, *button, *held, false)]);
        }
        frames.push(vec![press(first, *button, *held, true)]);
        let mut now = *held;
        for (index, at) in path.iter().enumerate() {
            let mut frame = Vec::new();
            if let Some((when, other)) = change
                && *when == index
            {
                now = *other;
                frame.push(Event::ModifiersChanged(now));
            }
            frame.push(Event::PointerMoved(*at));
            let keys = [escape.map(|when| (when, Key::Escape)), *key];
            for (_, key) in keys.into_iter().flatten().filter(|(when, _)| *when == index) {
                frame.push(typed(key, now, true, false));
                frame.push(typed(key, now, false, false));
            }
            frames.push(frame);
        }
        frames.push(vec![press(last, *button, now, false)]);
        frames.push(vec![Event::ModifiersChanged(Modifiers::NONE)]);
        if *fast { vec![frames.concat(), Vec::new()] } else { frames }
    }
}

fn press(pos: Pos2, button: PointerButton, modifiers: Modifiers, pressed: bool) -> Event {
    Event::PointerButton { pos, button, pressed, modifiers }
}

fn typed(key: Key, modifiers: Modifiers, pressed: bool, repeat: bool) -> Event {
    Event::Key { key, physical_key: None, pressed, repeat, modifiers }
}
