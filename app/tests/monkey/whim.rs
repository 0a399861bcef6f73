//! What a monkey wants next: chance, seeded.

use crate::deed::{Deed, Drag};
use egui::{Key, Modifiers, PointerButton, Pos2, Rect, pos2, vec2};
use engine::model::{Clip, ClipId, ClipRef, Project};
use engine::testkit::{Rng, commands};
use midi_daw::command::{Action, Family, Keymap, Scope};

/// Where things are at the moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    pub(crate) window: Option<Rect>,
    pub(crate) canvas: Option<Rect>,
    pub(crate) keys: Option<Rect>,
    pub(crate) ruler: Option<Rect>,
    pub(crate) lanes: Vec<Rect>,
    /// Where files are opened and written: not for monkeys.
    pub(crate) forbidden: Option<Rect>,
}

/// Chance, and where it has been.
pub(crate) struct Whim {
    rng: Rng,
    /// Places where something was done: there is something there now.
    haunts: Vec<Pos2>,
}

const HAUNTS: usize = 12;
/// Notes that make a clip worth a visit.
const FEW: usize = 20;
const HELD: [Modifiers; 8] = [
    Modifiers::NONE,
    Modifiers::NONE,
    Modifiers::SHIFT,
    Modifiers::COMMAND,
    Modifiers::ALT,
    Modifiers { shift: true, ..Modifiers::COMMAND },
    Modifiers { shift: true, ..Modifiers::ALT },
    Modifiers { alt: true, ..Modifiers::COMMAND },
];
const KEYS: [Key; 40] = [
    Key::ArrowUp,
    Key::ArrowDown,
    Key::ArrowLeft,
    Key::ArrowRight,
    Key::Enter,
    Key::Space,
    Key::Escape,
    Key::Tab,
    Key::Delete,
    Key::Backspace,
    Key::Home,
    Key::End,
    Key::PageUp,
    Key::PageDown,
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::A,
    Key::B,
    Key::C,
    Key::D,
    Key::G,
    Key::I,
    Key::J,
    Key::K,
    Key::L,
    Key::M,
    Key::O,
    Key::P,
    Key::Q,
    Key::R,
    Key::S,
    Key::T,
    Key::V,
    Key::X,
    Key::Z,
    Key::Insert,
    Key::F12,
];
const WORDS: [&str; 10] =
    ["quantize", "transpose", "legato", "zoom", "loop", "mute", "velocity", "snap", "tool", "undo"];

/// Commands that a monkey may give: not those about files.
pub(crate) fn harmless(action: Action) -> bool {
    action.info().family != Family::File || action == Action::Settings
}

impl Whim {
    pub(crate) fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed), haunts: Vec::new() }
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.rng.chance(percent)
    }

    /// What to do next.
    pub(crate) fn next(
        &mut self,
        places: &Places,
        project: &Project,
        clip: Option<&Clip>,
        keymap: &Keymap,
    ) -> Deed {
        // Where there is little, little can go wrong.
        if clip.is_none_or(|clip| clip.notes.len() < FEW) && self.chance(10) {
            return self.open(project);
        }
        if places.canvas.is_none() && self.chance(25) {
            return Deed::Run(Action::ShowPianoRoll);
        }
        match self.rng.below(100) {
            0..=34 => Deed::Drag(self.drag(places)),
            35..=49 => {
                let button = self.button();
                let times = [1, 1, 1, 2, 2, 3];
                let times = self.rng.pick(&times).unwrap_or(1);
                Deed::Click { at: self.spot(places), button, held: self.held(), times }
            }
            50..=57 => {
                let turn = self.rng.between(-160, 160) as f32;
                let across = if self.chance(20) { self.rng.between(-90, 90) as f32 } else { 0.0 };
                let turns = self.rng.between(1, 4) as usize;
                Deed::Wheel {
                    at: self.spot(places),
                    delta: vec2(across, turn),
                    held: self.held(),
                    turns,
                }
            }
            58 => {
                let factor = self.rng.between(50, 200) as f32 / 100.0;
                Deed::Pinch { at: self.spot(places), factor }
            }
            59..=74 => self.press(keymap),
            75..=77 => {
                let tools =
                    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::B, Key::Space];
                let key = self.rng.pick(&tools).unwrap_or(Key::Num1);
                Deed::Over(key, self.drag(places))
            }
            78..=85 => self.command(),
            86 => Deed::Run(Action::SelectAll),
            87 => self.open(project),
            97 if self.chance(60) => self.open_several(project),
            88..=92 => match clip {
                Some(clip) => Deed::Operate(commands::note_op(&mut self.rng, project, clip)),
                None => self.command(),
            },
            93..=94 => Deed::Palette(self.rng.pick(&WORDS).unwrap_or("")),
            95 => {
                let (width, height) = (self.rng.between(420, 2600), self.rng.between(300, 1500));
                Deed::Resize(vec2(width as f32, height as f32))
            }
            96 => Deed::Leave,
            97 => Deed::Run(Action::ShowPianoRoll),
            _ => Deed::Wait(self.rng.between(1, 40) as usize),
        }
    }

    /// Where there is something to do.
    pub(crate) fn open(&mut self, project: &Project) -> Deed {
        let clips = project.tracks.iter().flat_map(|track| {
            let of = |clip: ClipId| ClipRef { track: track.id, clip };
            let full = track.clips.iter().filter(|clip| clip.notes.len() >= FEW);
            full.map(move |clip| of(clip.id))
        });
        let clips: Vec<ClipRef> = clips.collect();
        self.rng.pick(&clips).map_or(Deed::Run(Action::AddTrack), Deed::Open)
    }

    /// Two to four clips together.
    fn open_several(&mut self, project: &Project) -> Deed {
        let clips = project.tracks.iter().flat_map(|track| {
            track.clips.iter().map(|clip| ClipRef { track: track.id, clip: clip.id })
        });
        let clips: Vec<ClipRef> = clips.collect();
        let count = self.rng.between(2, 4);
        let some: Vec<ClipRef> = (0..count).filter_map(|_| self.rng.pick(&clips)).collect();
        if some.is_empty() { self.open(project) } else { Deed::OpenSeveral(some) }
    }

    fn command(&mut self) -> Deed {
        let all: Vec<Action> = Action::all().iter().copied().filter(|it| harmless(*it)).collect();
        Deed::Run(self.rng.pick(&all).unwrap_or(Action::Undo))
    }

    fn press(&mut self, keymap: &Keymap) -> Deed {
        const SCOPES: [Scope; 3] = [Scope::Global, Scope::Roll, Scope::Arrangement];
        loop {
            let key = self.rng.pick(&KEYS).unwrap_or(Key::A);
            let held = self.held();
            let runs = SCOPES.iter().filter_map(|scope| keymap.find(*scope, held, key));
            if runs.into_iter().all(harmless) {
                let often = key != Key::Enter && key != Key::Space && self.chance(25);
                let repeats = if often { self.rng.between(1, 9) as usize } else { 0 };
                return Deed::Press { key, held, repeats };
            }
        }
    }

    fn drag(&mut self, places: &Places) -> Drag {
        let from = self.spot(places);
        let far = if self.chance(50) { 40 } else { 600 };
        let steps = self.rng.between(1, 7) as usize;
        let mut path = vec![from];
        let mut at = from;
        let (dx, dy) = (self.rng.between(-far, far), self.rng.between(-far / 2, far / 2));
        for _ in 0..steps {
            let shake = |rng: &mut Rng| rng.between(-20, 20) as f32;
            let (x, y) = (shake(&mut self.rng), shake(&mut self.rng));
            at += vec2(dx as f32 + x, dy as f32 + y) / steps as f32;
            path.push(at);
        }
        let place = |rng: &mut Rng| rng.below(path.len() as u64) as usize;
        let change = self.rng.chance(25).then(|| place(&mut self.rng));
        let change = change.map(|when| (when, self.held()));
        let escape = self.rng.chance(12).then(|| place(&mut self.rng));
        let keys = [Key::Delete, Key::ArrowUp, Key::Num2, Key::Num1, Key::Z, Key::Enter];
        let key = self.rng.chance(8).then(|| place(&mut self.rng));
        let key = key.and_then(|when| Some((when, self.rng.pick(&keys)?)));
        self.haunt(at);
        Drag {
            path,
            button: self.button(),
            held: self.held(),
            change,
            escape,
            key,
            double: self.rng.chance(20),
            fast: self.rng.chance(10),
        }
    }

    fn held(&mut self) -> Modifiers {
        self.rng.pick(&HELD).unwrap_or_default()
    }

    fn button(&mut self) -> PointerButton {
        match self.rng.below(20) {
            0..=2 => PointerButton::Secondary,
            3 => PointerButton::Middle,
            _ => PointerButton::Primary,
        }
    }

    fn spot(&mut self, places: &Places) -> Pos2 {
        let at = self.any_spot(places);
        let at = if places.forbidden.is_some_and(|rect| rect.expand(2.0).contains(at)) {
            at + vec2(0.0, 300.0)
        } else {
            at
        };
        self.haunt(at);
        at
    }

    fn any_spot(&mut self, places: &Places) -> Pos2 {
        if self.chance(35)
            && let Some(haunt) = self.rng.pick(&self.haunts)
        {
            let (x, y) = (self.rng.between(-6, 6), self.rng.between(-3, 3));
            return haunt + vec2(x as f32, y as f32);
        }
        let rect = match self.rng.below(20) {
            0..=10 => places.canvas,
            11..=13 => self.rng.pick(&places.lanes),
            14 => places.keys,
            15 => places.ruler,
            _ => places.window,
        };
        let Some(rect) = rect.or(places.window) else { return pos2(300.0, 300.0) };
        let along = |rng: &mut Rng, from: f32, to: f32| {
            from + (to - from) * rng.below(1000) as f32 / 1000.0
        };
        pos2(
            along(&mut self.rng, rect.left(), rect.right()),
            along(&mut self.rng, rect.top(), rect.bottom()),
        )
    }

    fn haunt(&mut self, at: Pos2) {
        if self.haunts.len() == HAUNTS {
            self.haunts.remove(0);
        }
        self.haunts.push(at);
    }
}
