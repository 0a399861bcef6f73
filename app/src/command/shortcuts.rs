//! Keys to commands. Runs in the logic part of a frame, before any panel sees the keys.

use super::{Action, CommandSender, Facts};
use egui::{Context, Key, KeyboardShortcut};

/// The space bar both plays and, held, drags the view: which it was shows on release.
#[derive(Clone, Copy, Debug, Default)]
pub struct SpaceBar {
    held: bool,
    dragged: bool,
}

/// Takes the shortcuts out of this frame's input and sends their commands.
pub fn take(ctx: &Context, facts: &Facts, space: &mut SpaceBar, commands: &CommandSender) {
    if ctx.text_edit_focused() {
        *space = SpaceBar::default();
        return;
    }
    if space_released(ctx, space) {
        commands.send(Action::PlayStop);
    }
    for (shortcut, action) in by_modifiers() {
        if shortcut.logical_key == Key::Space {
            continue;
        }
        let pressed = ctx.input_mut(|input| input.consume_shortcut(&shortcut));
        if pressed && action.enabled(facts) {
            commands.send(action);
        }
    }
}

/// Whether Space was let go without having dragged anything meanwhile.
fn space_released(ctx: &Context, space: &mut SpaceBar) -> bool {
    ctx.input(|input| {
        let bare = input.modifiers.is_none();
        let mut released = false;
        for event in &input.events {
            if let egui::Event::Key { key: Key::Space, pressed, repeat: false, .. } = event {
                if *pressed && bare {
                    *space = SpaceBar { held: true, dragged: false };
                } else if !pressed && space.held {
                    released = !space.dragged;
                    *space = SpaceBar::default();
                }
            }
        }
        space.dragged |= space.held && input.pointer.any_down();
        released
    })
}

/// All shortcuts, those with more modifiers first: egui takes Ctrl+Shift+Z for Ctrl+Z too.
fn by_modifiers() -> impl Iterator<Item = (KeyboardShortcut, Action)> {
    let with = |wanted: usize| {
        Action::ALL.iter().filter_map(move |&action| {
            let shortcut = action.info().shortcut?;
            let modifiers = shortcut.modifiers;
            let count = usize::from(modifiers.command || modifiers.ctrl)
                + usize::from(modifiers.shift)
                + usize::from(modifiers.alt);
            (count == wanted).then_some((shortcut, action))
        })
    };
    [3, 2, 1, 0].into_iter().flat_map(with)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcuts_with_more_modifiers_come_first() {
        let order: Vec<Action> = by_modifiers().map(|(_, action)| action).collect();
        let place = |action| order.iter().position(|&other| other == action);
        assert!(place(Action::Redo) < place(Action::Undo));
        assert!(place(Action::Undo) < place(Action::PlayStop));
    }
}
