//! What the status bar says the pointer would do. Every word comes from the map in
//! [`super::verbs`], so that a hint cannot lie.

use super::gesture::Gesture;
use super::verbs::{Act, Button, Hand, Held, Place, Verb};
use egui::CursorIcon;

/// What can be done at a place: with these modifiers if any are held, else with all.
pub(super) fn over(hand: Hand, place: Place, held: Held) -> String {
    // That nothing happens is worth a word only where somebody is about to do it.
    let is_wanted =
        |press: &Press| press.held == held || (held == Held::NONE && press.verb != Verb::Keep);
    let named = presses(hand, place).filter(is_wanted);
    let (drags, others): (Vec<Press>, Vec<Press>) =
        named.partition(|press| (press.button, press.act) == (Button::Left, Act::Drag));
    let mut parts: Vec<String> = drags.iter().copied().map(Press::text).collect();
    if held == Held::NONE && drags.iter().any(|press| press.verb.is_constrained()) {
        let (free, lock) = hand.constraints();
        parts.push(format!("then {} no snap, {} locks axis", free.names(), lock.names()));
    }
    parts.extend(others.into_iter().map(Press::text));
    if parts.is_empty() {
        // These modifiers name nothing here: what is done without them is done.
        let drag = hand.verb(place, Button::Left, held, Act::Drag);
        parts.extend(drag.map(|verb| text(held, "drag", verb)));
    }
    if held == Held::NONE {
        parts.extend(wheel(place).map(str::to_owned));
    }
    let mut hint = parts.join(" · ");
    if let Some(first) = hint.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    hint
}

/// What a gesture under way does, how it looks, and which modifiers matter to it.
pub(super) fn during(hand: Hand, gesture: &Gesture) -> Option<(CursorIcon, String)> {
    let (free, lock) = hand.constraints();
    let (free, lock) = (free.names(), lock.names());
    let (cursor, text) = match gesture {
        Gesture::Idle | Gesture::Press(_) => return None,
        Gesture::Shift(shift) => {
            let cursor = if shift.copies() { CursorIcon::Copy } else { CursorIcon::Grabbing };
            (cursor, format!("{free} no snap · {lock} locks axis"))
        }
        Gesture::Resize(_) => (CursorIcon::ResizeHorizontal, format!("{free} no snap")),
        Gesture::Stretch(_) => (
            CursorIcon::ResizeHorizontal,
            format!("Stretches all selected in proportion · {free} no snap"),
        ),
        Gesture::Marquee(_) => (CursorIcon::Crosshair, "Release to select".to_owned()),
        Gesture::Create(_) => {
            (CursorIcon::ResizeHorizontal, format!("Drag sets the length · {free} no snap"))
        }
        Gesture::Brush(_) => {
            (CursorIcon::Crosshair, format!("A note on every grid step · {lock} keeps the row"))
        }
        Gesture::Paint(_) => (CursorIcon::Crosshair, "Paints velocities".to_owned()),
        Gesture::Trim(trim) => (
            CursorIcon::ResizeVertical,
            format!("Velocity {} · Up is louder, down is softer", trim.velocity()),
        ),
        Gesture::Erase(_) => (CursorIcon::Crosshair, "Sweep over notes to erase them".to_owned()),
        Gesture::Cut(_) => (
            CursorIcon::VerticalText,
            format!("Sweep up or down to cut more notes · {free} no snap · {lock} keeps the place"),
        ),
        Gesture::Ramp(_) => {
            (CursorIcon::Crosshair, format!("Velocities along the line · {lock} bends it"))
        }
    };
    Some((cursor, format!("{text} · Esc cancels")))
}

/// How the pointer looks where a press would begin something.
pub(super) fn cursor(hand: Hand, place: Place, held: Held) -> Option<CursorIcon> {
    Some(match hand.verb(place, Button::Left, held, Act::Drag)? {
        Verb::Copy => CursorIcon::Copy,
        Verb::Resize | Verb::Stretch => CursorIcon::ResizeHorizontal,
        Verb::Velocity => CursorIcon::ResizeVertical,
        Verb::Cut => CursorIcon::VerticalText,
        Verb::Create | Verb::Paint | Verb::Erase | Verb::Ramp => CursorIcon::Crosshair,
        _ => return None,
    })
}

/// A press that the map names.
#[derive(Clone, Copy)]
struct Press {
    button: Button,
    held: Held,
    act: Act,
    verb: Verb,
    /// Click and drag mean the same.
    either: bool,
}

impl Press {
    fn text(self) -> String {
        let gesture = match (self.button, self.act, self.either) {
            (Button::Left, _, true) => "click or drag",
            (Button::Left, Act::Drag, _) => "drag",
            (Button::Left, Act::Click, _) => "click",
            (Button::Left, Act::Double, _) => "double click",
            (Button::Right, _, true) => "right click or drag",
            (Button::Right, Act::Drag, _) => "right drag",
            (Button::Right, Act::Click, _) => "right click",
            (Button::Right, Act::Double, _) => "right double click",
        };
        text(self.held, gesture, self.verb)
    }
}

/// The presses that mean something at a place, in the order in which they are worth knowing.
fn presses(hand: Hand, place: Place) -> impl Iterator<Item = Press> {
    let order = [
        (Button::Left, Act::Drag),
        (Button::Left, Act::Double),
        (Button::Right, Act::Drag),
        (Button::Right, Act::Click),
        (Button::Left, Act::Click),
    ];
    order.into_iter().flat_map(move |(button, act)| {
        Held::ALL.into_iter().filter_map(move |held| {
            let of = |act| hand.exactly(place, button, held, act);
            let verb = of(act)?;
            let either = of(Act::Click) == of(Act::Drag);
            let said = either && act == Act::Click;
            (!said).then_some(Press { button, held, act, verb, either: either && act == Act::Drag })
        })
    })
}

fn text(held: Held, gesture: &str, verb: Verb) -> String {
    let plus = if held == Held::NONE { "" } else { "+" };
    format!("{}{plus}{gesture} {}", held.names(), verb.does())
}

/// What the wheel does, which is the same in every preset.
const fn wheel(place: Place) -> Option<&'static str> {
    match place {
        Place::Empty => Some("Ctrl+wheel zooms"),
        Place::Body | Place::Edge => Some("Alt+wheel changes velocity"),
        Place::Lane => Some("wheel ±1"),
        Place::Keys => Some("Ctrl+Shift+wheel row height"),
        Place::Ruler => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::{GesturePreset, RollTool};

    const PLACES: [Place; 6] =
        [Place::Empty, Place::Body, Place::Edge, Place::Lane, Place::Keys, Place::Ruler];

    /// The press that a part of a hint names, and what it says of it.
    fn read(part: &str) -> Option<(Button, Held, Vec<Act>, String)> {
        let part = part.to_lowercase();
        let held = [("ctrl+", Held::CTRL), ("shift+", Held::SHIFT), ("alt+", Held::ALT)];
        let held = Held::ALL
            .into_iter()
            .find(|all| held.iter().all(|(name, one)| part.contains(name) == all.contains(*one)))?;
        let rest = part.rsplit_once('+').map_or(part.as_str(), |(_, rest)| rest);
        let rest = rest.trim_start();
        let (button, rest) =
            rest.strip_prefix("right ").map_or((Button::Left, rest), |rest| (Button::Right, rest));
        let gestures = [
            ("click or drag ", vec![Act::Click, Act::Drag]),
            ("double click ", vec![Act::Double]),
            ("drag ", vec![Act::Drag]),
            ("click ", vec![Act::Click]),
        ];
        gestures.into_iter().find_map(|(name, acts)| {
            Some((button, held, acts, rest.strip_prefix(name)?.to_owned()))
        })
    }

    #[test]
    fn every_press_that_a_hint_names_does_what_it_says() {
        let mut n_read = 0;
        for preset in GesturePreset::ALL {
            for tool in RollTool::ALL {
                let hand = Hand { preset, tool };
                for (place, held) in PLACES.iter().flat_map(|p| Held::ALL.map(|h| (*p, h))) {
                    for part in over(hand, place, held).split(" · ") {
                        let Some((button, held, acts, says)) = read(part) else {
                            let other = part.contains("wheel") || part.starts_with("then ");
                            assert!(other || part.is_empty(), "{part}");
                            continue;
                        };
                        n_read += 1;
                        for act in acts {
                            let verb = hand.verb(place, button, held, act).map(Verb::does);
                            assert_eq!(verb, Some(says.as_str()), "{hand:?} {place:?}: {part}");
                        }
                    }
                }
            }
        }
        assert!(n_read > 1000, "{n_read}");
    }

    #[test]
    fn a_held_modifier_narrows_the_hint() {
        let hand = Hand { preset: GesturePreset::Standard, tool: RollTool::Select };
        assert_eq!(over(hand, Place::Body, Held::CTRL), "Ctrl+drag copies · Ctrl+click toggles");
        assert_eq!(
            over(hand, Place::Edge, Held::CTRL).split(" · ").next(),
            Some("Ctrl+drag stretches in proportion")
        );
        let all = over(hand, Place::Body, Held::NONE);
        assert!(all.starts_with("Drag moves · Ctrl+drag copies"), "{all}");
    }
}
