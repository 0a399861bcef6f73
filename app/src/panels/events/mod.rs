//! The events of the selected clip as a list: notes, controllers and the rest, in time order.
//!
//! Virtual: builds nothing for rows out of view. The selection is the roll's own. Looks at
//! the song and sends commands. UI thread.

mod edit;
mod list;
#[cfg(test)]
mod tests;
mod text;

pub use list::EventFilter;

use crate::command::AppCommand;
use crate::state::NoteSet;
use crate::theme::{fonts, size};
use crate::view_ctx::{ScrollReport, ViewCtx};
use edit::{Editing, Target};
use egui::{
    Align2, Event, EventFilter as KeyFilter, Key, Modifiers, MouseWheelUnit, Rect, Response, Role,
    Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use engine::model::{Clip, EventKind};
use engine::time::Tick;
use list::{Item, List};
use serde::{Deserialize, Serialize};
use text::Column;

/// Height of a row, in points.
const ROW: f32 = 22.0;
/// Height of the line of filters, and of the captions under it.
const BAR: f32 = 30.0;
const CAPTIONS: f32 = 20.0;
/// Width of the scroll bar, and the least height of its thumb.
const SCROLL_BAR: (f32, f32) = (10.0, 24.0);

/// The list's own view state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventsView {
    /// Which events are listed.
    pub filter: EventFilter,
    #[serde(skip)]
    live: Live,
}

/// What lasts no longer than the window; a copy of the view has nothing of it.
#[derive(Debug, Default)]
struct Live {
    list: List,
    /// Rows above the upper edge, with a fraction; ten million need more than an `f32`.
    top: f64,
    /// The row that the keyboard is on, and where a range began.
    cursor: usize,
    anchor: usize,
    /// The selection that was last seen, or made here.
    seen: NoteSet,
    editing: Option<Editing>,
    /// An event that was put elsewhere: the keyboard follows it there.
    moved: Option<(Tick, EventKind)>,
}

impl Clone for Live {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Live {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// What a frame works with.
struct Sheet<'a> {
    ctx: &'a ViewCtx<'a>,
    clip: &'a Clip,
    /// The rows.
    rect: Rect,
    /// How many fit.
    page: f64,
}

/// Draws the list into what is left of `ui`.
pub fn events_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, view: &mut EventsView) {
    puffin::profile_function!();
    let all = ui.available_rect_before_wrap();
    ui.advance_cursor_after_rect(all);
    ui.painter().rect_filled(all, 0.0, ctx.theme.bg);
    let Some(clip) = ctx.selection.clip().and_then(|at| ctx.snapshot.clip(at)) else {
        let text = "Click a clip in the arrangement to list its events here";
        let font = fonts::text(size::BODY);
        ui.painter().text(all.center(), Align2::CENTER_CENTER, text, font, ctx.theme.muted);
        return;
    };
    filters_ui(ctx, ui, all.with_max_y(all.top() + BAR), view);
    let live = &mut view.live;
    if !live.list.is_of(clip, view.filter) {
        live.list = List::new(clip, view.filter);
        let moved = live.moved.take();
        let row = moved.and_then(|(tick, kind)| live.list.row_of_event(tick, |at| at.kind == kind));
        if let Some(row) = row {
            (live.cursor, live.anchor) = (row, row);
        }
    }
    let captions = Rect::from_x_y_ranges(
        all.x_range(),
        all.top() + BAR..=(all.top() + BAR + CAPTIONS).min(all.bottom()),
    );
    let rect = all.with_min_y(captions.bottom());
    let page = f64::from(rect.height() / ROW);
    let sheet = Sheet { ctx, clip, rect, page };
    captions_ui(ctx, ui, captions);
    let lanes = ui.interact(rect, ui.scope_id().with("events"), Sense::click());
    lanes.widget_info(|| {
        let text = format!("Events of {}, {} rows", clip.name, live.list.len());
        WidgetInfo::labeled(Role::Grid, true, text)
    });
    sheet.follow(live);
    sheet.scroll(ui, live);
    sheet.keys(ui, &lanes, live);
    sheet.rows(ui, &lanes, live);
    sheet.bar(ui, live);
}

fn filters_ui(ctx: &ViewCtx<'_>, ui: &mut Ui, rect: Rect, view: &mut EventsView) {
    let row = egui::Layout::left_to_right(egui::Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect.shrink2(vec2(12.0, 0.0))).layout(row), |ui| {
        for filter in EventFilter::ALL {
            if ui.selectable_label(view.filter == filter, filter.label()).clicked() {
                view.filter = filter;
                (view.live.top, view.live.cursor, view.live.anchor) = (0.0, 0, 0);
                view.live.editing = None;
            }
        }
        let font = fonts::text(size::CAPTION);
        let rows = crate::wording::grouped(view.live.list.len());
        let text = egui::RichText::new(format!("{rows} rows")).font(font).color(ctx.theme.muted);
        ui.add_space(12.0);
        ui.add(egui::Label::new(text).selectable(false));
    });
}

fn captions_ui(ctx: &ViewCtx<'_>, ui: &Ui, rect: Rect) {
    ui.painter().rect_filled(rect, 0.0, ctx.theme.panel);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (1.0, ctx.theme.line));
    for column in Column::ALL {
        let at = pos2(rect.left() + column.left(), rect.center().y);
        let font = fonts::text(size::CAPTION);
        ui.painter().text(at, Align2::LEFT_CENTER, column.label(), font, ctx.theme.muted);
    }
}

impl Sheet<'_> {
    /// A selection made elsewhere comes into view.
    fn follow(&self, live: &mut Live) {
        let notes = self.ctx.selection.notes();
        if live.seen.is_same(notes) {
            return;
        }
        live.seen = notes.clone();
        let first = notes.ends().and_then(|(first, _)| live.list.row_of(&Target::Note(first)));
        if let Some(row) = first {
            (live.cursor, live.anchor) = (row, row);
            self.reveal(row, live);
        }
    }

    fn reveal(&self, row: usize, live: &mut Live) {
        let row = row as f64;
        live.top = live.top.clamp((row + 1.0 - self.page).min(row), row);
    }

    fn scroll(&self, ui: &Ui, live: &mut Live) {
        if ui.rect_contains_pointer(self.rect) {
            for event in ui.input(|input| input.events.clone()) {
                let Event::MouseWheel { unit, delta, modifiers, .. } = event else { continue };
                let rows = match unit {
                    MouseWheelUnit::Point => delta.y / ROW,
                    MouseWheelUnit::Line => delta.y * 3.0,
                    MouseWheelUnit::Page => delta.y * self.page as f32,
                };
                if modifiers.alt {
                    let turn = if delta.y == 0.0 { delta.x } else { delta.y };
                    self.trim(ui, live, turn);
                } else {
                    live.top -= f64::from(rows);
                }
            }
        }
        let last = (live.list.len() as f64 - self.page).max(0.0);
        live.top = live.top.clamp(0.0, last);
    }

    /// The row under a place.
    fn row_at(&self, y: f32, live: &Live) -> usize {
        (live.top + f64::from((y - self.rect.top()) / ROW)).max(0.0) as usize
    }

    fn keys(&self, ui: &Ui, lanes: &Response, live: &mut Live) {
        if !lanes.has_focus() || live.editing.is_some() || live.list.len() == 0 {
            return;
        }
        let filter = KeyFilter { vertical_arrows: true, ..KeyFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(lanes.id, filter));
        let page = self.page.max(1.0) as usize;
        let last = live.list.len() - 1;
        let cursor = live.cursor.min(last);
        let mut to = None;
        let (shift, delete, enter) = ui.input_mut(|input| {
            let shift = input.modifiers.shift;
            let held = if shift { Modifiers::SHIFT } else { Modifiers::NONE };
            let moves = [
                (Key::ArrowUp, cursor.saturating_sub(1)),
                (Key::ArrowDown, (cursor + 1).min(last)),
                (Key::PageUp, cursor.saturating_sub(page)),
                (Key::PageDown, (cursor + page).min(last)),
                (Key::Home, 0),
                (Key::End, last),
            ];
            for (key, row) in moves {
                if input.consume_key(held, key) {
                    to = Some(row);
                }
            }
            let delete = input.consume_key(Modifiers::NONE, Key::Delete);
            (shift, delete, input.consume_key(Modifiers::NONE, Key::Enter))
        });
        if let Some(row) = to {
            self.go(row, shift, live);
            self.reveal(row, live);
        }
        match self.ctx.selection.note_selection().filter(|_| delete) {
            Some(notes) => {
                self.ctx.commands.send(engine::edit::Command::DeleteNotes { notes });
            }
            None if delete => self.delete_event(live),
            None => {}
        }
        if enter {
            self.reveal(cursor, live);
            self.begin(cursor, Column::Value, live);
        }
    }

    /// To a row: its note alone, or all from the anchor on.
    fn go(&self, row: usize, extends: bool, live: &mut Live) {
        live.cursor = row;
        if !extends {
            live.anchor = row;
        }
        let (from, to) = (live.anchor.min(row), live.anchor.max(row));
        let notes = live.list.from(from).take(to - from + 1).filter_map(|item| match item {
            Item::Note(note) => Some(note.reference()),
            Item::Event(_) => None,
        });
        let notes = notes.collect();
        self.hear(row, live);
        self.choose(notes, live);
    }

    /// Lets a row's note sound, as it does in the roll.
    fn hear(&self, row: usize, live: &Live) {
        let item = live.list.from(row).next();
        if let (Some(Item::Note(note)), Some(at)) = (item, self.ctx.selection.clip()) {
            let (key, velocity) = (note.key, note.velocity);
            self.ctx.commands.send(AppCommand::Strike { track: at.track, key, velocity });
        }
    }

    fn choose(&self, notes: NoteSet, live: &mut Live) {
        live.seen = notes.clone();
        self.ctx.commands.send(AppCommand::Select(self.ctx.selection.with_notes(notes)));
    }

    fn rows(&self, ui: &mut Ui, lanes: &Response, live: &mut Live) {
        let first = live.top.floor() as usize;
        let end = ((live.top + self.page).ceil() as usize).min(live.list.len());
        self.ctx.report.scroll(ScrollReport {
            list: "events",
            total: live.list.len(),
            start: first.min(end),
            end,
            row_height: ROW,
        });
        let mut clicked = None;
        for (row, item) in (first..end).zip(live.list.from(first)) {
            let y = self.rect.top() + ((row as f64 - live.top) * f64::from(ROW)) as f32;
            let right = self.rect.right() - SCROLL_BAR.0;
            let place = Rect::from_min_max(pos2(self.rect.left(), y), pos2(right, y + ROW));
            let visible = place.intersect(self.rect);
            let response = ui.interact(visible, lanes.id.with(row), Sense::CLICK);
            self.row_ui(ui, &response, place, (row, item), lanes.has_focus() && row == live.cursor);
            if response.clicked() || response.double_clicked() {
                let x = response.interact_pointer_pos().map_or(0.0, |pos| pos.x);
                let column = Column::at(x - self.rect.left());
                clicked = Some((row, column, response.double_clicked()));
            }
            if response.hovered() {
                self.ctx.hint.set(
                    "Click selects · Shift+click up to here · Ctrl+click toggles · Double click \
                     types a value · Alt+wheel changes it",
                );
            }
        }
        if let Some((row, column, twice)) = clicked {
            lanes.request_focus();
            self.click(ui, row, live);
            if twice {
                self.begin(row, column, live);
            }
        }
        self.editor_ui(ui, live);
    }

    fn click(&self, ui: &Ui, row: usize, live: &mut Live) {
        let modifiers = ui.input(|input| input.modifiers);
        if !modifiers.command {
            return self.go(row, modifiers.shift, live);
        }
        (live.cursor, live.anchor) = (row, row);
        let toggled = match live.list.from(row).next() {
            Some(Item::Note(note)) => self.ctx.selection.notes().toggled(note.reference()),
            _ => return,
        };
        self.hear(row, live);
        self.choose(toggled, live);
    }

    fn row_ui(
        &self,
        ui: &Ui,
        response: &Response,
        place: Rect,
        (row, item): (usize, Item<'_>),
        at_cursor: bool,
    ) {
        let Self { ctx, clip, .. } = self;
        let theme = ctx.theme;
        let meter = &ctx.snapshot.conductor.meter;
        let chosen = match item {
            Item::Note(note) => ctx.selection.notes().contains(note.reference()),
            Item::Event(_) => false,
        };
        response.widget_info(|| {
            let text = text::spoken(item, clip, meter);
            WidgetInfo::labeled(Role::Row, true, text)
        });
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(chosen));
        let painter = ui.painter().with_clip_rect(self.rect.intersect(ui.clip_rect()));
        let fill = match (chosen, response.hovered(), row % 2) {
            (true, _, _) => theme.selection,
            (false, true, _) => theme.raised,
            (false, false, 1) => theme.row_white,
            _ => theme.bg,
        };
        painter.rect_filled(place, 0.0, fill);
        if at_cursor {
            let rect = place.shrink(0.5);
            painter.rect_stroke(rect, 0.0, (1.0, theme.accent), egui::StrokeKind::Inside);
        }
        if chosen {
            // Colour is never the only sign.
            let bar = place.with_max_x(place.left() + 3.0);
            painter.rect_filled(bar, 0.0, theme.accent);
        }
        for column in Column::ALL {
            let text = text::cell(item, column, clip, meter);
            let figures = !matches!(column, Column::Kind | Column::Value);
            let font = if figures { fonts::mono(12.0) } else { fonts::text(12.0) };
            let quiet = matches!(column, Column::Kind | Column::Channel);
            let ink = match (quiet, chosen) {
                (true, true) => theme.muted_on_selection,
                (true, false) => theme.muted,
                (false, _) => theme.text,
            };
            let at = pos2(place.left() + column.left(), place.center().y);
            painter.text(at, Align2::LEFT_CENTER, text, font, ink);
        }
    }

    /// The scroll bar: drag the thumb.
    fn bar(&self, ui: &Ui, live: &mut Live) {
        let (width, least) = SCROLL_BAR;
        let total = live.list.len() as f64;
        if total <= self.page {
            return;
        }
        let track = self.rect.with_min_x(self.rect.right() - width);
        let height = (track.height() * (self.page / total) as f32).max(least).min(track.height());
        let slack = f64::from(track.height() - height).max(1.0);
        let last = total - self.page;
        let response = ui.interact(track, ui.scope_id().with("events bar"), Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, "Scroll the events"));
        if response.dragged()
            && let Some(pos) = response.interact_pointer_pos()
        {
            let into = f64::from(pos.y - track.top() - height / 2.0);
            live.top = (into / slack).clamp(0.0, 1.0) * last;
            ui.request_repaint();
        }
        let y = track.top() + (live.top / last * slack) as f32;
        let thumb = Rect::from_x_y_ranges(track.x_range(), y..=y + height).shrink(2.0);
        let lit = response.hovered() || response.dragged();
        let theme = self.ctx.theme;
        ui.painter().rect_filled(thumb, 3.0, if lit { theme.dim } else { theme.raised_hover });
    }
}
