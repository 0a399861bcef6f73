//! Track headers and clip lanes, virtual in both axes: a frame costs what is in view.
//!
//! Looks at the snapshot and sends commands; owns only how it is scrolled and zoomed.

mod controls;
mod grid;
mod headers;
mod interact;
mod layout;
mod marquee;
mod paint;
mod rows;
mod ruler;
mod scrollbar;
mod sound;
#[cfg(test)]
mod tests;

pub(crate) use sound::kit_after;

use crate::command::AppCommand;
use crate::render;
use crate::state::Selection;
use crate::theme::{fonts, size};
use crate::view_ctx::{ScrollReport, ViewCtx};
use crate::wording::grouped;
use egui::{Align2, Id, Key, Rect, Role, Sense, TextEdit, Ui, WidgetInfo, vec2};
use engine::model::TrackId;
use engine::time::Tick;
use grid::Grid;
use layout::Layout;
use profiling::CacheCounters;
use rows::Rows;
use serde::{Deserialize, Serialize};

/// The arrangement's own view state; what is worth keeping survives a restart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ArrangementView {
    /// Zoom in time: points per quarter note.
    pub points_per_quarter: f64,
    /// Height of a row, in points.
    pub row_height: f32,
    /// The tick at the left edge.
    #[serde(skip)]
    pub left: f64,
    /// Points of rows above the upper edge.
    #[serde(skip)]
    pub top: f64,
    /// Only tracks whose name contains this are shown.
    #[serde(skip)]
    pub filter: String,
    #[serde(skip)]
    rows: Rows,
    /// The track whose name is being typed, and what has been typed.
    #[serde(skip)]
    rename: Option<(TrackId, String)>,
    /// The name's field has been given the keyboard.
    #[serde(skip)]
    renaming: bool,
    #[serde(skip)]
    held: Option<Held>,
    /// A rectangle around clips that is being drawn.
    #[serde(skip)]
    marquee: Option<marquee::Marquee>,
    /// The clips that a click on one of them has just closed: a double click opens them all.
    #[serde(skip)]
    closed: Option<Selection>,
    /// Where a range in the ruler is dragged from.
    #[serde(skip)]
    range_from: Option<Tick>,
    /// The row on which the selected track was last found.
    #[serde(skip)]
    cursor: usize,
}

/// A fader or pot in the hand.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Held {
    id: Id,
    position: f32,
}

impl Default for ArrangementView {
    fn default() -> Self {
        Self {
            points_per_quarter: 10.75,
            row_height: size::TRACK_ROW.1,
            left: 0.0,
            top: 0.0,
            filter: String::new(),
            rows: Rows::default(),
            rename: None,
            renaming: false,
            held: None,
            marquee: None,
            closed: None,
            range_from: None,
            cursor: 0,
        }
    }
}

impl ArrangementView {
    /// Back to the first bar of the first track, unfiltered: for another song.
    pub fn show_start(&mut self) {
        *self = Self {
            points_per_quarter: self.points_per_quarter,
            row_height: self.row_height,
            ..Self::default()
        };
    }
}

/// Draws the arrangement into what is left of `ui`.
pub fn arrangement_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, view: &mut ArrangementView) {
    let rect = ui.available_rect_before_wrap();
    ui.allocate_rect(rect, Sense::hover());
    let mut ui = headers::clipped(ui, rect);
    view.rows.update(ctx.snapshot, &view.filter);
    cancel_by_escape(ctx, &ui, view);

    let before = Layout::new(rect, view, ctx.snapshot, view.rows.len());
    interact::scroll_and_zoom(&ui, &before, view);
    let panned = interact::pan_by_drag(&ui, &before, view);
    interact::follow(ctx, &ui, &before, view);
    view.clamp(&Layout::new(rect, view, ctx.snapshot, view.rows.len()), view.rows.end());
    let layout = Layout::new(rect, view, ctx.snapshot, view.rows.len());
    let grid = Grid::new(&layout, &ctx.snapshot.conductor.meter);

    let lanes_ui = headers::clipped(&mut ui, layout.lanes);
    let id = lanes_ui.make_persistent_id("lanes");
    let lanes = lanes_ui.interact(layout.lanes, id, Sense::click_and_drag());
    lanes.widget_info(|| WidgetInfo::labeled(Role::Canvas, true, "Clips"));
    if !panned {
        interact::lanes(ctx, &lanes_ui, &lanes, &layout, view);
    }
    marquee::marquee(ctx, &lanes_ui, &lanes, &layout, view, panned);
    lanes.context_menu(|ui| interact::menu_ui(ctx, ui, &layout));
    paint::lanes(ctx, lanes_ui.painter(), &layout, grid, view);
    marquee::paint(ctx, lanes_ui.painter(), &layout, view);
    scrollbar::scroll_bars_ui(ctx, &lanes_ui, &layout, view.rows.end(), view);
    headers::headers_ui(ctx, &mut ui, &layout, view);
    ruler::ruler_ui(ctx, &mut ui, &layout, grid, view);
    corner_ui(ctx, &mut ui, layout.corner, view);
    let over_lanes = ui.painter().with_clip_rect(layout.lanes.union(layout.ruler));
    paint::playhead(ctx, &over_lanes, &layout);
    interact::keys(ctx, &ui, &layout, view, &lanes);
    report(ctx, &ui, &layout, &view.rows.counters);
}

/// How many tracks there are, and the filter.
fn corner_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, rect: Rect, view: &mut ArrangementView) {
    let theme = ctx.theme;
    ui.painter().rect_filled(rect, 0.0, theme.panel);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (1.0, theme.line));
    let all = ctx.snapshot.tracks.len();
    let text = match (view.rows.len(), all) {
        (1, 1) => "1 TRACK".to_owned(),
        (shown, all) if shown < all => format!("{} OF {}", grouped(shown), grouped(all)),
        _ => format!("{} TRACKS", grouped(all)),
    };
    let at = rect.left_center() + vec2(14.0, 0.0);
    let font = fonts::text(size::CAPTION);
    ui.painter().text(at, Align2::LEFT_CENTER, text, font, theme.muted);
    let field = Rect::from_center_size(
        rect.right_center() - vec2(58.0, 0.0),
        vec2(96.0, (rect.height() - 8.0).min(22.0)),
    );
    let edit = TextEdit::singleline(&mut view.filter)
        .hint_text("filter…")
        .font(fonts::text(size::CAPTION))
        .margin(egui::Margin::symmetric(6, 2))
        .desired_width(field.width());
    let response = ui.put(field, edit).accessible_name("Filter tracks by name");
    if response.hovered() {
        ctx.hint.set("Type part of a track's name to see only those tracks · Esc clears");
    }
    if response.has_focus() && ui.input(|input| input.key_pressed(Key::Escape)) {
        view.filter.clear();
    }
}

/// Esc gives up the drag under way: what was changed goes back.
fn cancel_by_escape(ctx: &ViewCtx<'_>, ui: &Ui, view: &mut ArrangementView) {
    if view.marquee.is_some() && ui.input(|input| input.key_pressed(Key::Escape)) {
        view.marquee = None;
        ui.stop_dragging();
    }
    if view.held.is_some() && ui.input(|input| input.key_pressed(Key::Escape)) {
        view.held = None;
        ctx.commands.send(AppCommand::Cancel);
        ui.stop_dragging();
    }
}

fn report(ctx: &ViewCtx<'_>, ui: &Ui, layout: &Layout, counters: &CacheCounters) {
    let rows = layout.visible_rows();
    ctx.report.scroll(ScrollReport {
        list: "tracks",
        total: layout.n_rows,
        start: rows.start,
        end: rows.end,
        row_height: layout.row_height,
    });
    ctx.report.cache("track_rows", counters);
    // The piano roll draws through the same renderer; it is counted here for both.
    if let Some(counters) = render::counters(ui) {
        ctx.report.add_gpu_bytes(counters.gpu_bytes() as usize);
    }
}
