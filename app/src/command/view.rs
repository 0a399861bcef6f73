//! What is shown.

use super::Action;
use crate::app::MidiApp;
use crate::state::EditorTab;
use crate::theme::ThemeKind;

/// Steps of the interface's size.
const SCALES: [f32; 9] = [0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5];

/// Runs a command of the View menu.
pub(super) fn run(app: &mut MidiApp, action: Action) {
    let layout = &mut app.layout;
    match action {
        Action::ToggleTheme => {
            layout.theme = match layout.theme {
                ThemeKind::Dark => ThemeKind::Light,
                ThemeKind::Light => ThemeKind::Dark,
            };
        }
        Action::ToggleEditor => layout.editor_open = !layout.editor_open,
        Action::ShowPianoRoll => {
            show(app, EditorTab::PianoRoll);
            app.layout.piano_roll.take_focus();
        }
        Action::ShowEvents => show(app, EditorTab::Events),
        Action::ShowProfiler => show(app, EditorTab::Profiler),
        Action::ToggleOverlay => app.overlay_open = !app.overlay_open,
        Action::ToggleFollow => layout.follow = !layout.follow,
        Action::LargerInterface => {
            let next = SCALES.into_iter().find(|&scale| scale > layout.ui_scale + 0.01);
            layout.ui_scale = next.unwrap_or(layout.ui_scale);
        }
        Action::SmallerInterface => {
            let next = SCALES.into_iter().rev().find(|&scale| scale < layout.ui_scale - 0.01);
            layout.ui_scale = next.unwrap_or(layout.ui_scale);
        }
        Action::ResetInterface => layout.ui_scale = 1.0,
        Action::FullScreen => app.toggle_full_screen(),
        _ => {}
    }
}

fn show(app: &mut MidiApp, tab: EditorTab) {
    app.layout.editor_tab = tab;
    app.layout.editor_open = true;
}
