//! The lanes' menus: what a lane shows, and what can be done to its points.

use super::super::clipboard::{Copied, written_points};
use super::super::gesture::World;
use super::keys;
use super::stroke::{Ask, LaneWorld};
use super::{LanePart, LaneView, Lanes, LanesLive, words};
use crate::theme::size;
use crate::view_ctx::ViewCtx;
use egui::{DragValue, Popup, PopupCloseBehavior, Pos2, Response, RichText, ScrollArea, Ui};
use engine::edit::{Command, CurveShape, Lane, LaneEdit, LaneKind};
use engine::time::Tick;
use std::cell::Cell;
use std::ops::RangeInclusive;

/// What is usual to have a lane for, the most usual first.
const USUAL: [LaneKind; 15] = [
    LaneKind::Velocity,
    LaneKind::ReleaseVelocity,
    LaneKind::PitchBend,
    LaneKind::Controller(1),
    LaneKind::Controller(7),
    LaneKind::Controller(10),
    LaneKind::Controller(11),
    LaneKind::Controller(64),
    LaneKind::Controller(71),
    LaneKind::Controller(74),
    LaneKind::ChannelPressure,
    LaneKind::PolyPressure(None),
    LaneKind::Program,
    LaneKind::Rpn(0),
    LaneKind::Tempo,
];

/// Numbers typed into menus.
#[derive(Clone, Debug)]
pub(super) struct Fields {
    /// Where the menu was opened.
    tick: Tick,
    set: f64,
    percent: f64,
    base: f64,
    from: f64,
    to: f64,
    tolerance: f64,
    parameter: u16,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            tick: Tick::ZERO,
            set: 0.0,
            percent: 100.0,
            base: 0.0,
            from: 0.0,
            to: 0.0,
            tolerance: 2.0,
            parameter: 0,
        }
    }
}

impl Fields {
    /// A menu opens: its values begin with what is there.
    pub(super) fn open_at(&mut self, world: &LaneWorld<'_>, pos: Pos2) {
        let tick = (world.tick_from_x(pos.x) + world.origin()).max(0.0);
        let tick = if world.snap { world.grid.floor(tick) } else { Tick(tick as u64) };
        self.tick = Tick((tick.0 as f64 - world.origin()).max(0.0) as u64);
        self.set = world.value_from_y(pos.y);
        self.base = world.axis.ground();
    }
}

/// A change to which lanes there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Change {
    /// Closes the lane at this place.
    Close(usize),
    /// Lets the lane at this place show something else.
    Show(usize, LaneKind, Option<u8>),
    /// Adds a lane below the one at this place.
    Add(usize, LaneKind, Option<u8>),
    /// Bends ramps another way.
    Shape(CurveShape),
}

/// Makes a change to which lanes there are.
pub(super) fn carry_out(change: Change, lanes: &mut Lanes) {
    match change {
        Change::Close(index) if index < lanes.shown.len() => {
            lanes.shown.remove(index);
        }
        Change::Show(index, kind, channel) => {
            if let Some(lane) = lanes.shown.get_mut(index) {
                (lane.kind, lane.channel) = (kind, channel);
            }
        }
        Change::Add(index, kind, channel) => {
            let at = (index + 1).min(lanes.shown.len());
            let lane = LaneView { kind, channel, height: size::LANE };
            lanes.shown.insert(at, lane);
        }
        Change::Shape(shape) => lanes.shape = shape,
        Change::Close(_) => {}
    }
}

/// The menu of a caption, or of the button that adds a lane.
pub(super) fn lanes(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    response: &Response,
    shown: &[LaneView],
    shape: CurveShape,
    live: &mut LanesLive,
    (index, adds): (usize, bool),
) -> Option<Change> {
    let menu = Popup::menu(response).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    if !menu.is_open() && !response.clicked() {
        return None;
    }
    let present = live.cache.present(ctx, world.clip);
    let current = shown.get(index).filter(|_| !adds).map(|lane| lane.lane(world.track));
    let is_free = |lane: Lane| {
        current == Some(lane) || !shown.iter().any(|view| view.lane(world.track) == lane)
    };
    let chosen: Cell<Option<Lane>> = Cell::new(None);
    let mut shape_chosen = None;
    menu.show(|ui| {
        ui.set_min_width(190.0);
        ui.set_max_width(240.0);
        let own = world.track.channel;
        let item = |ui: &mut Ui, lane: Lane| {
            if !is_free(lane) {
                return;
            }
            let name = words::name(lane, lane.channel != own);
            if ui.selectable_label(current == Some(lane), name).clicked() {
                chosen.set(Some(lane));
                ui.close();
            }
        };
        ScrollArea::vertical().max_height(300.0).show(ui, |ui| {
            if !present.is_empty() {
                caption(ctx, ui, "In this clip");
                for &lane in present.iter() {
                    item(ui, lane);
                }
                ui.separator();
            }
            caption(ctx, ui, "Usual");
            for kind in USUAL {
                let lane = Lane { kind, channel: own };
                if !present.contains(&lane) {
                    item(ui, lane);
                }
            }
            ui.separator();
            caption(ctx, ui, "Parameters");
            ui.horizontal(|ui| {
                let label = ui.label("Number");
                let field = DragValue::new(&mut live.fields.parameter).range(0..=16_382);
                ui.add(field).labelled_by(label.id);
                let number = live.fields.parameter;
                for (name, kind) in
                    [("RPN", LaneKind::Rpn(number)), ("NRPN", LaneKind::Nrpn(number))]
                {
                    let lane = Lane { kind, channel: own };
                    if ui.button(name).clicked() && is_free(lane) {
                        chosen.set(Some(lane));
                        ui.close();
                    }
                }
            });
            let item = |ui: &mut Ui, lane: Lane, name: String| {
                if is_free(lane) && ui.selectable_label(current == Some(lane), name).clicked() {
                    chosen.set(Some(lane));
                    ui.close();
                }
            };
            ui.separator();
            caption(ctx, ui, "All controllers");
            for number in 0..128 {
                let kind = LaneKind::Controller(number);
                item(ui, Lane { kind, channel: own }, format!("{number} {}", kind.name()));
            }
            ui.separator();
            caption(ctx, ui, "Pairs of 14 bits");
            for number in 0..32 {
                let kind = LaneKind::Controller14(number);
                item(ui, Lane { kind, channel: own }, format!("{number} {}", kind.name()));
            }
        });
        if !adds {
            ui.separator();
            caption(ctx, ui, "Ramps");
            ui.horizontal_wrapped(|ui| {
                for other in CurveShape::ALL {
                    if ui.selectable_label(other == shape, other.name()).clicked() {
                        shape_chosen = Some(other);
                        ui.close();
                    }
                }
            });
        }
    });
    if let Some(shape) = shape_chosen {
        return Some(Change::Shape(shape));
    }
    let lane = chosen.get()?;
    let is_own = lane.channel == world.track.channel
        || lane.kind.is_of_notes()
        || lane.kind == LaneKind::Tempo;
    let channel = (!is_own).then_some(lane.channel.index());
    Some(if adds {
        Change::Add(index, lane.kind, channel)
    } else {
        Change::Show(index, lane.kind, channel)
    })
}

/// The menu of a lane's points: of the chosen ones, or of all.
pub(super) fn points(
    world: &LaneWorld<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    part: &LanePart,
    live: &mut super::super::view::Live,
    asks: &mut Vec<Ask>,
) {
    let menu =
        Popup::context_menu(&part.plot).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    let lanes = &mut live.lanes;
    let chosen = lanes.chosen.filter(|(lane, _)| *lane == world.lane).map(|(_, range)| range);
    let range = chosen.unwrap_or_else(|| world.whole());
    let kind = world.lane.kind;
    menu.show(|menu| {
        menu.set_min_width(230.0);
        let about = if chosen.is_some() { "Chosen points" } else { "All points" };
        caption(ctx, menu, &format!("{}: {}", kind.name(), about.to_lowercase()));
        if row(menu, "Choose all points") {
            asks.push(Ask::Choose(Some(world.whole())));
        }
        if row(menu, "Copy points")
            && let Some(copied) = keys::copy(world, range)
        {
            ui.ctx().copy_text(written_points(&copied));
            live.copied = Some(Copied::Points(copied));
        }
        let can_paste = live.copied.as_ref().is_some_and(|copied| copied.points().is_some());
        if menu.add_enabled(can_paste, egui::Button::new("Paste here")).clicked() {
            asks.extend(keys::paste(world, live.copied.as_ref(), lanes.fields.tick));
            menu.close();
        }
        let mut edit = None;
        if kind != LaneKind::Velocity && row(menu, "Delete points") {
            edit = Some(LaneEdit::Delete { range });
        }
        menu.separator();
        edit = values(menu, kind, range, &mut lanes.fields).or(edit);
        if let Some(edit) = edit {
            asks.push(Ask::Apply(Command::Lane { clip: world.at, lane: world.lane, edit }));
        }
    });
}

/// The rows with numbers.
fn values(
    ui: &mut Ui,
    kind: LaneKind,
    range: engine::time::TickRange,
    fields: &mut Fields,
) -> Option<LaneEdit> {
    let mut edit = None;
    let (low, high) = kind.range();
    let span = high - low;
    let Fields { set, percent, base, from, to, tolerance, .. } = fields;
    ui.horizontal(|ui| {
        number(ui, "Value", set, low..=high, "");
        if done(ui, "Set") {
            // All of the distance from the value goes.
            edit = Some(LaneEdit::Scale { range, base: *set, factor: 0.0 });
        }
    });
    if kind != LaneKind::Program {
        ui.horizontal(|ui| {
            number(ui, "To", percent, -400.0..=400.0, " %");
            number(ui, "around", base, low..=high, "");
            if done(ui, "Scale") {
                edit = Some(LaneEdit::Scale { range, base: *base, factor: *percent / 100.0 });
            }
        });
        ui.horizontal(|ui| {
            number(ui, "First by", from, -span..=span, "");
            number(ui, "last by", to, -span..=span, "");
            if done(ui, "Tilt") {
                edit = Some(LaneEdit::Tilt { range, from: *from, to: *to });
            }
        });
    }
    if !kind.is_of_notes() {
        ui.horizontal(|ui| {
            number(ui, "Off by at most", tolerance, 0.0..=span, "");
            if done(ui, "Thin") {
                edit = Some(LaneEdit::Thin { range, tolerance: *tolerance });
            }
        });
    }
    edit
}

fn number(ui: &mut Ui, name: &str, value: &mut f64, range: RangeInclusive<f64>, suffix: &str) {
    let label = ui.label(name);
    let field = DragValue::new(value).range(range).max_decimals(1).suffix(suffix);
    ui.add(field).labelled_by(label.id);
}

fn done(ui: &mut Ui, name: &str) -> bool {
    let clicked = ui.button(name).clicked();
    if clicked {
        ui.close();
    }
    clicked
}

fn row(ui: &mut Ui, name: &str) -> bool {
    let clicked = ui.button(name).clicked();
    if clicked {
        ui.close();
    }
    clicked
}

fn caption(ctx: &ViewCtx<'_>, ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).size(size::CAPTION).color(ctx.theme.muted));
}
