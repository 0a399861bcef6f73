//! One map from what the hand does to what happens: place, button, modifiers and act give
//! a verb. Every press asks it, and so does the hint in the status bar.
//!
//! A preset is a table: the rows of [`COMMON`] and its own. A row may belong to a tool;
//! such a row goes before the others while that tool is in hand.

use crate::state::{GesturePreset, RollTool};
use egui::{Modifiers, PointerButton};

/// What the pointer is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// The canvas, where no note is.
    Empty,
    /// The middle of a note.
    Body,
    /// Either end of a note.
    Edge,
    /// A lane under the notes.
    Lane,
    /// The key strip.
    Keys,
    /// The ruler.
    Ruler,
}

/// A button that verbs hang on; the middle one always pans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Button {
    /// The main one.
    #[default]
    Left,
    /// The other.
    Right,
}

/// What the button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Act {
    /// Down and up in one place.
    Click,
    /// Down for the second time, shortly after the first.
    Double,
    /// Down, away, and up.
    Drag,
}

/// The modifiers that are held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Held(u8);

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Verb {
    /// The selection is empty.
    Clear,
    /// The selection stays as it is.
    Keep,
    /// This note alone is selected.
    Select,
    /// This note is selected too.
    Add,
    /// This note changes sides, on release.
    Toggle,
    /// The menu opens.
    Menu,
    /// A rectangle selects.
    Marquee,
    /// A rectangle selects more.
    MarqueeAdd,
    /// A rectangle toggles.
    MarqueeToggle,
    /// The selected notes follow.
    Move,
    /// Copies of them follow.
    Copy,
    /// The edge follows, on every selected note.
    Resize,
    /// Places and lengths follow in proportion.
    Stretch,
    /// Velocities go up and down.
    Velocity,
    /// A note is made, the drag sets its length.
    Create,
    /// Notes are made, one on every grid step.
    Paint,
    /// Notes swept over are deleted.
    Erase,
    /// Notes are cut in two.
    Cut,
    /// Velocities lie along a line.
    Ramp,
    /// The lane's values follow.
    Stroke,
    /// The lane's values lie along a line.
    Line,
    /// Values of the lane are chosen.
    Choose,
    /// Keys sound.
    Play,
    /// Every note of the key is selected.
    SelectPitch,
    /// The key's row is marked.
    MarkRow,
    /// The playhead comes here.
    Seek,
}

/// The tool in hand and whose habits it follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hand {
    /// Whose habits.
    pub(super) preset: GesturePreset,
    /// The tool.
    pub(super) tool: RollTool,
}

/// What the modifiers say while something is dragged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Constraint {
    /// The grid does not hold.
    pub(super) free: bool,
    /// One axis alone moves; a line is bent.
    pub(super) lock: bool,
}

/// A line of the map.
struct Row {
    tool: Option<RollTool>,
    places: &'static [Place],
    button: Button,
    held: Held,
    act: Act,
    verb: Verb,
}

impl Held {
    /// None.
    pub(super) const NONE: Self = Self(0);
    /// Shift.
    pub(super) const SHIFT: Self = Self(1);
    /// Ctrl, or Command on a Mac.
    pub(super) const CTRL: Self = Self(2);
    /// Alt.
    pub(super) const ALT: Self = Self(4);
    const CTRL_SHIFT: Self = Self(3);
    const CTRL_ALT: Self = Self(6);

    /// Every combination, the simple ones first.
    pub(super) const ALL: [Self; 8] =
        [Self(0), Self(1), Self(2), Self(4), Self(3), Self(6), Self(5), Self(7)];

    /// What egui says is held.
    pub(super) const fn of(modifiers: Modifiers) -> Self {
        let Modifiers { alt, shift, command, ctrl, .. } = modifiers;
        Self(shift as u8 | ((command || ctrl) as u8) << 1 | (alt as u8) << 2)
    }

    /// These, but for `other`.
    #[must_use]
    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Those that both hold.
    #[must_use]
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether all of `other` are among them.
    pub(super) const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// How they are written: `Ctrl+Shift`.
    pub(super) fn names(self) -> String {
        let named = [(Self::CTRL, "Ctrl"), (Self::SHIFT, "Shift"), (Self::ALT, "Alt")];
        let names = named.iter().filter(|(held, _)| self.contains(*held)).map(|(_, name)| *name);
        names.collect::<Vec<_>>().join("+")
    }
}

impl Button {
    /// What egui calls it.
    pub(super) const fn egui(self) -> PointerButton {
        match self {
            Self::Left => PointerButton::Primary,
            Self::Right => PointerButton::Secondary,
        }
    }
}

impl Verb {
    /// What the hint says that the hand does: "drag *moves*".
    pub(super) const fn does(self) -> &'static str {
        match self {
            Self::Clear => "clears the selection",
            Self::Keep => "keeps the selection",
            Self::Select | Self::Marquee => "selects",
            Self::Add | Self::MarqueeAdd => "adds",
            Self::Toggle | Self::MarqueeToggle => "toggles",
            Self::Menu => "opens the menu",
            Self::Move => "moves",
            Self::Copy => "copies",
            Self::Resize => "resizes all selected",
            Self::Stretch => "stretches in proportion",
            Self::Velocity => "changes velocity",
            Self::Create => "draws a note",
            Self::Paint => "paints notes",
            Self::Erase => "erases",
            Self::Cut => "cuts",
            Self::Ramp => "lays velocities along a line",
            Self::Stroke => "paints values",
            Self::Line => "draws a straight line",
            Self::Choose => "chooses values",
            Self::Play => "plays",
            Self::SelectPitch => "selects the pitch",
            Self::MarkRow => "marks the row",
            Self::Seek => "moves the playhead",
        }
    }

    /// Whether the grid and the axes have a say in it.
    pub(super) const fn is_constrained(self) -> bool {
        matches!(
            self,
            Self::Move | Self::Copy | Self::Resize | Self::Stretch | Self::Create | Self::Cut
        )
    }
}

impl Hand {
    /// What `act` means here; a modifier that no row names is left out, Shift first: it is
    /// there for what comes while dragging.
    pub(super) fn verb(self, place: Place, button: Button, held: Held, act: Act) -> Option<Verb> {
        let both = held.without(Held::SHIFT).without(Held::ALT);
        [held, held.without(Held::SHIFT), held.without(Held::ALT), both]
            .into_iter()
            .find_map(|held| self.exactly(place, button, held, act))
    }

    /// What the map says for just these modifiers.
    pub(super) fn exactly(
        self,
        place: Place,
        button: Button,
        held: Held,
        act: Act,
    ) -> Option<Verb> {
        let find = |tool: Option<RollTool>| {
            self.rows().find(|row| {
                (row.tool, row.button, row.held, row.act) == (tool, button, held, act)
                    && row.places.contains(&place)
            })
        };
        // A tool with a verb of its own takes two quick presses one by one.
        let shared = act != Act::Double || !self.has_own(place);
        find(Some(self.tool)).or_else(|| find(None).filter(|_| shared)).map(|row| row.verb)
    }

    /// Whether the tool in hand has a verb of its own here.
    fn has_own(self, place: Place) -> bool {
        self.rows().any(|row| row.tool == Some(self.tool) && row.places.contains(&place))
    }

    /// The modifiers at the press that have picked the verb: until let go they are no
    /// constraint.
    pub(super) fn spent(self, place: Place, button: Button, held: Held, act: Act) -> Held {
        let verb = self.verb(place, button, held, act);
        let picks = |one: &Held| {
            held.contains(*one) && self.verb(place, button, held.without(*one), act) != verb
        };
        let spent = [Held::SHIFT, Held::CTRL, Held::ALT].into_iter().filter(picks);
        spent.fold(Held::NONE, |all, one| Held(all.0 | one.0))
    }

    /// What the modifiers ask for during a drag.
    pub(super) const fn constraint(self, held: Held) -> Constraint {
        let (free, lock) = self.constraints();
        Constraint { free: held.contains(free), lock: held.contains(lock) }
    }

    /// The modifiers that leave the grid, and that lock an axis.
    pub(super) const fn constraints(self) -> (Held, Held) {
        match self.preset {
            GesturePreset::Standard | GesturePreset::Reaper => (Held::SHIFT, Held::ALT),
            GesturePreset::Fl | GesturePreset::Live => (Held::ALT, Held::SHIFT),
        }
    }

    fn rows(self) -> impl Iterator<Item = &'static Row> {
        let own = match self.preset {
            GesturePreset::Standard => STANDARD,
            GesturePreset::Fl => FL,
            GesturePreset::Reaper => REAPER,
            GesturePreset::Live => LIVE,
        };
        COMMON.iter().chain(own)
    }
}

const fn left(places: &'static [Place], held: Held, act: Act, verb: Verb) -> Row {
    Row { tool: None, places, button: Button::Left, held, act, verb }
}

const fn right(places: &'static [Place], held: Held, act: Act, verb: Verb) -> Row {
    Row { tool: None, places, button: Button::Right, held, act, verb }
}

const fn with(tool: RollTool, places: &'static [Place], held: Held, act: Act, verb: Verb) -> Row {
    Row { tool: Some(tool), places, button: Button::Left, held, act, verb }
}

use Act::{Click, Double, Drag};
use Place::{Body, Edge, Empty, Keys, Lane, Ruler};

const NOTE: &[Place] = &[Body, Edge];
const CANVAS: &[Place] = &[Empty, Body, Edge];

/// What all presets have. Where click and drag mean the same, it begins at the press.
const COMMON: &[Row] = &[
    left(NOTE, Held::NONE, Click, Verb::Select),
    left(NOTE, Held::SHIFT, Click, Verb::Add),
    left(NOTE, Held::CTRL, Click, Verb::Toggle),
    left(&[Body], Held::NONE, Drag, Verb::Move),
    left(&[Edge], Held::NONE, Drag, Verb::Resize),
    left(&[Edge], Held::CTRL, Drag, Verb::Stretch),
    left(NOTE, Held::ALT, Drag, Verb::Velocity),
    left(&[Lane], Held::NONE, Click, Verb::Stroke),
    left(&[Lane], Held::NONE, Drag, Verb::Stroke),
    left(&[Lane], Held::CTRL, Click, Verb::Line),
    left(&[Lane], Held::CTRL, Drag, Verb::Line),
    left(&[Lane], Held::SHIFT, Click, Verb::Choose),
    left(&[Lane], Held::SHIFT, Drag, Verb::Choose),
    right(&[Lane], Held::NONE, Click, Verb::Menu),
    left(&[Keys], Held::NONE, Click, Verb::Play),
    left(&[Keys], Held::NONE, Drag, Verb::Play),
    // Some window managers take Alt: Ctrl is the second route.
    left(&[Keys], Held::ALT, Click, Verb::SelectPitch),
    left(&[Keys], Held::CTRL, Click, Verb::SelectPitch),
    right(&[Keys], Held::NONE, Click, Verb::MarkRow),
    left(&[Ruler], Held::NONE, Click, Verb::Seek),
    left(&[Ruler], Held::NONE, Drag, Verb::Seek),
    with(RollTool::Draw, &[Empty], Held::NONE, Click, Verb::Create),
    with(RollTool::Draw, &[Empty], Held::NONE, Drag, Verb::Create),
    with(RollTool::Draw, &[Empty], Held::CTRL, Click, Verb::Paint),
    with(RollTool::Draw, &[Empty], Held::CTRL, Drag, Verb::Paint),
    with(RollTool::Erase, CANVAS, Held::NONE, Click, Verb::Erase),
    with(RollTool::Erase, CANVAS, Held::NONE, Drag, Verb::Erase),
    with(RollTool::Knife, CANVAS, Held::NONE, Click, Verb::Cut),
    with(RollTool::Knife, CANVAS, Held::NONE, Drag, Verb::Cut),
    // Shift and Alt are its constraints: they may be held before the press.
    with(RollTool::Knife, CANVAS, Held::SHIFT, Click, Verb::Cut),
    with(RollTool::Knife, CANVAS, Held::SHIFT, Drag, Verb::Cut),
    with(RollTool::Knife, CANVAS, Held::ALT, Click, Verb::Cut),
    with(RollTool::Knife, CANVAS, Held::ALT, Drag, Verb::Cut),
    with(RollTool::Ramp, CANVAS, Held::NONE, Drag, Verb::Ramp),
    with(RollTool::Ramp, &[Lane], Held::NONE, Click, Verb::Line),
    with(RollTool::Ramp, &[Lane], Held::NONE, Drag, Verb::Line),
];

/// The grammar of this program.
const STANDARD: &[Row] = &[
    left(&[Empty], Held::NONE, Click, Verb::Clear),
    left(&[Empty], Held::SHIFT, Click, Verb::Keep),
    left(&[Empty], Held::CTRL, Click, Verb::Keep),
    left(&[Empty], Held::NONE, Double, Verb::Create),
    left(&[Empty], Held::NONE, Drag, Verb::Marquee),
    left(&[Empty], Held::SHIFT, Drag, Verb::MarqueeAdd),
    left(&[Empty], Held::CTRL, Drag, Verb::MarqueeToggle),
    left(&[Body], Held::CTRL, Drag, Verb::Copy),
    right(CANVAS, Held::NONE, Click, Verb::Menu),
    right(CANVAS, Held::NONE, Drag, Verb::Erase),
];

const FL: &[Row] = &[
    left(&[Empty], Held::NONE, Click, Verb::Create),
    left(&[Empty], Held::NONE, Drag, Verb::Create),
    left(&[Empty], Held::CTRL, Click, Verb::Clear),
    left(&[Empty], Held::CTRL_SHIFT, Click, Verb::Keep),
    left(&[Empty], Held::CTRL, Drag, Verb::Marquee),
    left(&[Empty], Held::CTRL_SHIFT, Drag, Verb::MarqueeAdd),
    left(&[Empty], Held::CTRL_ALT, Drag, Verb::MarqueeToggle),
    left(&[Body], Held::SHIFT, Drag, Verb::Copy),
    right(CANVAS, Held::NONE, Click, Verb::Erase),
    right(CANVAS, Held::NONE, Drag, Verb::Erase),
    right(CANVAS, Held::SHIFT, Click, Verb::Menu),
];

const REAPER: &[Row] = &[
    left(&[Empty], Held::NONE, Click, Verb::Clear),
    left(&[Empty], Held::SHIFT, Click, Verb::Keep),
    left(&[Empty], Held::CTRL, Click, Verb::Keep),
    left(&[Empty], Held::NONE, Double, Verb::Create),
    left(&[Empty], Held::NONE, Drag, Verb::Create),
    left(&[Empty], Held::CTRL, Drag, Verb::Paint),
    left(NOTE, Held::NONE, Double, Verb::Erase),
    left(&[Body], Held::CTRL, Drag, Verb::Copy),
    right(CANVAS, Held::NONE, Click, Verb::Menu),
    right(CANVAS, Held::NONE, Drag, Verb::Marquee),
    right(CANVAS, Held::SHIFT, Drag, Verb::MarqueeAdd),
    right(CANVAS, Held::CTRL, Drag, Verb::MarqueeToggle),
    right(CANVAS, Held::ALT, Drag, Verb::Erase),
];

const LIVE: &[Row] = &[
    left(&[Empty], Held::NONE, Click, Verb::Clear),
    left(&[Empty], Held::SHIFT, Click, Verb::Keep),
    left(&[Empty], Held::CTRL, Click, Verb::Keep),
    left(&[Empty], Held::NONE, Double, Verb::Create),
    left(&[Empty], Held::NONE, Drag, Verb::Marquee),
    left(&[Empty], Held::SHIFT, Drag, Verb::MarqueeAdd),
    left(&[Empty], Held::CTRL, Drag, Verb::MarqueeToggle),
    left(NOTE, Held::NONE, Double, Verb::Erase),
    left(&[Body], Held::CTRL, Drag, Verb::Copy),
    right(CANVAS, Held::NONE, Click, Verb::Menu),
    right(CANVAS, Held::NONE, Drag, Verb::Erase),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeSet, HashMap};

    const PLACES: [Place; 6] = [Empty, Body, Edge, Lane, Keys, Ruler];

    fn hands() -> impl Iterator<Item = Hand> {
        let tools = |preset| RollTool::ALL.map(|tool| Hand { preset, tool });
        GesturePreset::ALL.into_iter().flat_map(tools)
    }

    fn asked() -> impl Iterator<Item = (Place, Button, Held, Act)> {
        PLACES.into_iter().flat_map(|place| {
            [Button::Left, Button::Right].into_iter().flat_map(move |button| {
                Held::ALL.into_iter().flat_map(move |held| {
                    [Click, Double, Drag].map(|act| (place, button, held, act))
                })
            })
        })
    }

    /// Verbs that a hand reaches, by looking up every press there is.
    fn reached(preset: GesturePreset) -> BTreeSet<Verb> {
        let of = |hand: Hand| {
            asked()
                .filter_map(move |(place, button, held, act)| hand.verb(place, button, held, act))
        };
        hands().filter(|hand| hand.preset == preset).flat_map(of).collect()
    }

    #[test]
    fn no_press_has_two_verbs() {
        for preset in GesturePreset::ALL {
            let mut seen = HashMap::new();
            let hand = Hand { preset, tool: RollTool::Select };
            for row in hand.rows() {
                for place in row.places {
                    let press = (row.tool, *place, row.button, row.held, row.act);
                    let before = seen.insert(press, row.verb);
                    assert_eq!(before, None, "{preset:?}: {press:?} also is {:?}", row.verb);
                }
            }
        }
    }

    #[test]
    fn every_verb_of_the_standard_is_within_reach_of_every_preset() {
        let standard = reached(GesturePreset::Standard);
        assert_eq!(standard.len(), 26, "every verb there is: {standard:?}");
        for preset in GesturePreset::ALL {
            let missing: Vec<_> = standard.difference(&reached(preset)).copied().collect();
            assert_eq!(missing, [], "{preset:?}");
        }
    }

    #[test]
    fn no_tool_is_a_trap() {
        // Whatever is in hand: the menu and a marquee are a modifier away.
        for hand in hands() {
            let verbs: BTreeSet<Verb> = asked()
                .filter(|(place, ..)| *place == Empty)
                .filter_map(|(place, button, held, act)| hand.verb(place, button, held, act))
                .collect();
            assert!(verbs.contains(&Verb::Menu), "{hand:?}");
            assert!(verbs.range(Verb::Marquee..=Verb::MarqueeToggle).count() > 0, "{hand:?}");
        }
    }

    #[test]
    fn a_modifier_that_picks_the_verb_is_no_constraint() {
        let hand = |preset| Hand { preset, tool: RollTool::Select };
        let spent = |preset, held| hand(preset).spent(Body, Button::Left, held, Drag);
        assert_eq!(spent(GesturePreset::Standard, Held::SHIFT), Held::NONE);
        assert_eq!(spent(GesturePreset::Standard, Held::ALT), Held::ALT);
        assert_eq!(spent(GesturePreset::Standard, Held::CTRL_SHIFT), Held::CTRL);
        assert_eq!(spent(GesturePreset::Fl, Held::SHIFT), Held::SHIFT);
        for hand in hands() {
            let (free, lock) = hand.constraints();
            assert!(free != lock && !free.contains(Held::CTRL) && !lock.contains(Held::CTRL));
        }
    }

    #[test]
    fn what_a_drag_ignores_at_the_press_still_names_a_verb() {
        let hand = Hand { preset: GesturePreset::Standard, tool: RollTool::Select };
        let drag = |place, held| hand.verb(place, Button::Left, held, Drag);
        assert_eq!(drag(Body, Held::SHIFT), Some(Verb::Move));
        assert_eq!(drag(Body, Held::CTRL_SHIFT), Some(Verb::Copy));
        assert_eq!(drag(Edge, Held::CTRL), Some(Verb::Stretch));
        assert_eq!(drag(Empty, Held::CTRL_SHIFT), Some(Verb::MarqueeToggle));
    }
}
