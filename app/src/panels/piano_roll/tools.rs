//! The tool strip: a button for each tool, the one in hand with a bar under it.

use super::view::PianoRollView;
use crate::command::Action;
use crate::state::RollTool;
use crate::theme::size;
use crate::view_ctx::ViewCtx;
use crate::widgets::{IconButton, shortcut_text};
use egui::{Rect, Ui, pos2};

/// Points of a button's height and width.
const SIDE: f32 = 24.0;
/// Points of the bar under the tool in hand.
const BAR: f32 = 2.0;

/// Draws the tools; `ui` runs from left to right.
pub fn piano_roll_tools_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, view: &PianoRollView) {
    ui.add_space(3.0 * size::STEP);
    ui.spacing_mut().item_spacing.x = 2.0;
    let active = view.active_tool();
    for tool in RollTool::ALL {
        let in_hand = tool == active;
        let name = format!("{} tool", tool.label());
        let button = IconButton::new(ctx.theme, tool.icon(), &name).bare().side(SIDE);
        let response = ui.add(button.on(in_hand));
        if in_hand {
            // Colour is never the only sign.
            let rect = response.rect;
            let bar = Rect::from_min_max(
                pos2(rect.left() + 4.0, rect.bottom() - BAR),
                pos2(rect.right() - 4.0, rect.bottom()),
            );
            ui.painter().rect_filled(bar, 1.0, ctx.theme.accent);
        }
        let action = action(tool);
        if response.clicked() {
            ctx.commands.send(action);
        }
        let key = ctx.keymap.first(action).map(|keys| shortcut_text(ui.ctx(), &keys));
        let about = match key {
            Some(key) => format!("{} · {key}, held for this moment", tool.tooltip()),
            None => tool.tooltip().to_owned(),
        };
        if response.hovered() {
            ctx.hint.set(&about);
        }
        response.on_hover_text(about);
    }
}

/// The command that takes up a tool.
const fn action(tool: RollTool) -> Action {
    match tool {
        RollTool::Select => Action::ToolSelect,
        RollTool::Draw => Action::ToolDraw,
        RollTool::Erase => Action::ToolErase,
        RollTool::Knife => Action::ToolKnife,
        RollTool::Ramp => Action::ToolRamp,
    }
}
