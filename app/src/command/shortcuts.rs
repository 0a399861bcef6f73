//! Keys to commands. Runs in the logic part of a frame, before any panel sees the keys.

use super::actions::CTRL;
use super::{Action, AppCommand, CommandSender, Facts, Keymap, Scope};
use egui::{Context, Event, Key};

/// Keys that mean one thing tapped and another held.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeldKeys {
    /// The space bar both plays and, held, drags the view: which it was shows on release.
    space: Option<Held>,
    /// A tool's key takes the tool up for a drag, or, tapped, for good.
    tool: Option<(Key, Action, Held)>,
}

/// How long a key has been held, as far as it matters.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    /// Whether the pointer was pressed meanwhile.
    dragged: bool,
}

/// Takes the shortcuts that work in `scope` out of this frame's input and sends their commands.
pub fn take(
    ctx: &Context,
    scope: Scope,
    keymap: &Keymap,
    facts: &Facts,
    held: &mut HeldKeys,
    commands: &CommandSender,
) {
    let send = |action: Action| {
        if action.enabled(facts) {
            commands.send(action);
        }
    };
    ctx.input_mut(|input| {
        let pointer_down = input.pointer.any_down();
        if let Some(space) = &mut held.space {
            space.dragged |= pointer_down;
        }
        if let Some((_, _, tool)) = &mut held.tool {
            tool.dragged |= pointer_down;
        }
        input.events.retain(|event| {
            // The system's own keys for these come as events of their own.
            let clip = match event {
                Event::Cut => Some(Key::X),
                Event::Copy => Some(Key::C),
                Event::Paste(_) | Event::PasteImage(_) => Some(Key::V),
                _ => None,
            };
            if let Some(key) = clip {
                return !take_clip(event, keymap.find(scope, CTRL, key), facts, commands);
            }
            let Event::Key { key, pressed, repeat, modifiers, .. } = *event else { return true };
            let found = || keymap.find(scope, modifiers, key);
            if key == Key::Space && modifiers.is_none() {
                // A widget with the focus may want to see the space bar too.
                match (pressed, repeat) {
                    (true, false) => held.space = Some(Held { dragged: pointer_down }),
                    (false, _) => {
                        let space = held.space.take();
                        if space.is_some_and(|space| !space.dragged)
                            && let Some(action) = found()
                        {
                            send(action);
                        }
                    }
                    (true, true) => {}
                }
                return true;
            }
            if !pressed {
                return true;
            }
            let Some(action) = found().filter(|action| action.enabled(facts)) else { return true };
            if is_tool(action) && modifiers.is_none() {
                if !repeat {
                    held.tool = Some((key, action, Held { dragged: pointer_down }));
                    commands.send(AppCommand::HoldTool(Some(action)));
                }
            } else if !repeat || repeats(action) {
                commands.send(action);
            }
            false
        });
        if let Some((key, action, tool)) = held.tool
            && !input.keys_down.contains(&key)
        {
            held.tool = None;
            commands.send(AppCommand::HoldTool(None));
            if !tool.dragged {
                send(action);
            }
        }
    });
}

/// Takes an event of the system's clipboard that `action` is bound to; whether it was taken.
/// What is pasted may come from another window, so its text goes along.
fn take_clip(
    event: &Event,
    action: Option<Action>,
    facts: &Facts,
    commands: &CommandSender,
) -> bool {
    let Some(action) = action else { return false };
    if let (Action::Paste, Event::Paste(text)) = (action, event)
        && facts.has_clip
    {
        commands.send(AppCommand::PasteText(text.clone()));
        return true;
    }
    let enabled = action.enabled(facts);
    if enabled {
        commands.send(action);
    }
    enabled
}

/// Forgets what is held: text is typed now, or a question waits.
pub fn let_go(held: &mut HeldKeys, commands: &CommandSender) {
    if held.tool.is_some() {
        commands.send(AppCommand::HoldTool(None));
    }
    *held = HeldKeys::default();
}

/// Whether a key held down runs the command again and again.
fn repeats(action: Action) -> bool {
    use Action::{LargerInterface, Redo, SmallerInterface, Undo};
    let moves = action.info().scope == Scope::Roll;
    moves || matches!(action, Undo | Redo | LargerInterface | SmallerInterface)
}

const fn is_tool(action: Action) -> bool {
    matches!(
        action,
        Action::ToolSelect
            | Action::ToolDraw
            | Action::ToolErase
            | Action::ToolKnife
            | Action::ToolRamp
            | Action::ToggleDraw
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Modifiers, RawInput};

    /// What `events`, a frame for each list, send in the piano roll.
    fn sent(frames: &[&[&Event]]) -> Vec<String> {
        let (ctx, commands) = (Context::default(), CommandSender::default());
        let facts = Facts { has_clip: true, ..Facts::default() };
        let mut held = HeldKeys::default();
        for events in frames {
            let events = events.iter().map(|event| (*event).clone()).collect();
            ctx.begin_pass(RawInput { events, ..RawInput::default() });
            take(&ctx, Scope::Roll, Keymap::standard(), &facts, &mut held, &commands);
            ctx.end_pass().textures_delta.clear();
        }
        let said = |command: &AppCommand| match command {
            AppCommand::Run(action) => format!("{action:?}"),
            AppCommand::HoldTool(Some(action)) => format!("hold {action:?}"),
            AppCommand::HoldTool(None) => "let go".to_owned(),
            other => format!("{other:?}"),
        };
        commands.drain().iter().map(said).collect()
    }

    fn key(key: Key, pressed: bool, repeat: bool) -> Event {
        let modifiers = Modifiers::NONE;
        Event::Key { key, physical_key: None, pressed, repeat, modifiers }
    }

    fn button(pressed: bool) -> Event {
        Event::PointerButton {
            pos: egui::pos2(5.0, 5.0),
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        }
    }

    #[test]
    fn space_plays_on_release_unless_something_was_dragged_meanwhile() {
        let (down, up) = (key(Key::Space, true, false), key(Key::Space, false, false));
        assert_eq!(sent(&[&[&down], &[]]), [""; 0]);
        assert_eq!(sent(&[&[&down], &[&up]]), ["PlayStop"]);
        let dragged = sent(&[&[&down], &[&button(true)], &[&button(false)], &[&up]]);
        assert_eq!(dragged, [""; 0]);
    }

    #[test]
    fn a_tools_key_tapped_switches_and_held_over_a_drag_comes_back() {
        let (down, up) = (key(Key::Num3, true, false), key(Key::Num3, false, false));
        assert_eq!(sent(&[&[&down], &[&up]]), ["hold ToolErase", "let go", "ToolErase"]);
        let dragged = sent(&[&[&down], &[&button(true)], &[&button(false)], &[&up]]);
        assert_eq!(dragged, ["hold ToolErase", "let go"]);
    }

    #[test]
    fn a_key_held_down_moves_again_and_again_but_switches_once() {
        let (first, again) = (key(Key::ArrowUp, true, false), key(Key::ArrowUp, true, true));
        assert_eq!(sent(&[&[&first, &again]]), ["TransposeUp", "TransposeUp"]);
        let (first, again) = (key(Key::K, true, false), key(Key::K, true, true));
        assert_eq!(sent(&[&[&first, &again]]), ["ToggleMetronome"]);
    }

    #[test]
    fn what_is_not_enabled_leaves_its_key_to_others() {
        let ctx = Context::default();
        let input = RawInput { events: vec![key(Key::Escape, true, false)], ..RawInput::default() };
        ctx.begin_pass(input);
        let commands = CommandSender::default();
        let mut held = HeldKeys::default();
        let facts = Facts::default();
        take(&ctx, Scope::Roll, Keymap::standard(), &facts, &mut held, &commands);
        assert!(ctx.input(|input| input.key_pressed(Key::Escape)));
        ctx.end_pass().textures_delta.clear();
        assert_eq!(commands.drain().len(), 0);
    }
}
