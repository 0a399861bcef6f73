//! The roll's menu of the clips that are open together: which is active, which are shown.

use crate::command::{Action, AppCommand};
use crate::state::{Part, Selection};
use crate::view_ctx::ViewCtx;
use crate::widgets::menu_row;
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, Checkbox, PopupCloseBehavior, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};
use engine::model::TrackId;
use std::collections::BTreeSet;

/// Draws the menu while more than one clip is open.
pub(super) fn clips_menu(
    ctx: &ViewCtx<'_>,
    ui: &mut Ui,
    button: fn(&ViewCtx<'_>, String) -> Button<'static>,
) {
    let parts = ctx.selection.parts();
    if parts.len() < 2 {
        return;
    }
    let label = summary(ctx.selection);
    // Several are shown or hidden one after the other.
    let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let menu = MenuButton::from_button(button(ctx, label)).config(config);
    let (response, _) = menu.ui(ui, |ui| {
        ui.set_min_width(248.0);
        ScrollArea::vertical().max_height(300.0).show(ui, |ui| {
            for part in parts {
                part_ui(ctx, ui, part);
            }
        });
        ui.separator();
        for action in
            [Action::NextClip, Action::PreviousClip, Action::ShowAllClips, Action::ClipAlone]
        {
            menu_row(ctx, ui, action);
        }
    });
    if response.hovered() {
        ctx.hint.set("The open clips: click one to make it active, untick one to hide it");
    }
    response.on_hover_text("Clips that are open together; new notes go to the active one");
}

/// "3 clips · 2 tracks", and how many of them are hidden.
fn summary(selection: &Selection) -> String {
    let parts = selection.parts();
    let tracks: BTreeSet<TrackId> = parts.iter().map(|part| part.clip.track).collect();
    let s = if tracks.len() == 1 { "" } else { "s" };
    let text = format!("{} clips · {} track{s}", parts.len(), tracks.len());
    match parts.len() - selection.shown().count() {
        0 => text,
        hidden => format!("{text} · {hidden} hidden"),
    }
}

/// A clip: its colour, whether it is shown, and its name, which makes it active.
fn part_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, part: &Part) {
    let at = part.clip;
    let Some(track) = ctx.snapshot.track(at.track) else { return };
    let Some(clip) = track.clip(at.clip) else { return };
    let bar = ctx.snapshot.conductor.meter.position(clip.start).bar + 1;
    let name = format!("{}, bar {bar}", track.name);
    let select = |selection: Selection| ctx.commands.send(AppCommand::Select(selection));
    ui.horizontal(|ui| {
        let (swatch, _) = ui.allocate_exact_size(vec2(10.0, 14.0), Sense::hover());
        ui.painter().rect_filled(swatch, 2.0, ctx.theme.track(track.color));
        let mut shown = !part.hidden;
        let response = ui.add(Checkbox::without_text(&mut shown));
        let label = format!("Show {name}");
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, shown, &label));
        if response.on_hover_text("Shown and edited in the roll").changed() {
            select(ctx.selection.with_hidden(at, !shown));
        }
        let is_active = ctx.selection.clip() == Some(at);
        if ui.selectable_label(is_active, &name).clicked() {
            select(ctx.selection.activated(at));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::model::{ClipId, ClipRef};

    #[test]
    fn the_header_says_how_many_clips_and_tracks_are_open() {
        let at = |track, clip| ClipRef { track: TrackId(track), clip: ClipId(clip) };
        let three = Selection::of_clips([at(1, 2), at(3, 4), at(3, 5)], at(1, 2));
        assert_eq!(summary(&three), "3 clips · 2 tracks");
        let hidden = three.with_hidden(at(3, 5), true).without_clip(at(1, 2));
        assert_eq!(summary(&hidden), "2 clips · 1 track · 1 hidden");
    }
}
