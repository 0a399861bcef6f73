//! The lanes under the notes: any number, each of a kind that its caption chooses.
//!
//! The velocity lane is one of them; what is painted there belongs to
//! [`super::velocity`], everything else to a [`stroke::Stroke`]. Looks at the song through
//! [`cache::LaneCache`] and sends commands, like the rest of the roll.

mod cache;
mod interact;
mod keys;
mod layout;
mod menu;
mod paint;
mod stroke;
mod words;

pub(super) use interact::{expire, lanes};
pub(super) use paint::paint;

use super::lane::StemCache;
use super::layout::Layout;
use crate::command::Action;
use crate::theme::size;
use crate::view_ctx::ViewCtx;
use cache::{LaneCache, Read};
use egui::{
    CursorIcon, Id, Modifiers, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use engine::edit::{CurveShape, Lane, LaneKind};
use engine::model::{Channel, Clip, Track};
use engine::time::{Tick, TickRange};
use layout::{Axis, Strip};
use serde::{Deserialize, Serialize};
use stroke::Stroke;

/// A lane of the piano roll, as it is kept between starts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LaneView {
    /// What it shows.
    pub kind: LaneKind,
    /// Of which channel, 0..=15; of the track's own when `None`.
    pub channel: Option<u8>,
    /// How high it is, in points.
    pub height: f32,
}

impl LaneView {
    /// The velocity lane that every roll begins with.
    pub const VELOCITY: Self = Self { kind: LaneKind::Velocity, channel: None, height: size::LANE };

    fn lane(self, track: &Track) -> Lane {
        Lane { kind: self.kind, channel: self.channel.map_or(track.channel, Channel::new) }
    }
}

/// What a roll keeps about its lanes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lanes {
    /// From top to bottom.
    pub shown: Vec<LaneView>,
    /// How ramps bend.
    pub shape: CurveShape,
}

impl Default for Lanes {
    fn default() -> Self {
        Self { shown: vec![LaneView::VELOCITY], shape: CurveShape::Line }
    }
}

/// What lasts no longer than the window.
#[derive(Debug)]
pub(super) struct LanesLive {
    /// Which lane the pointer is doing something to, and what.
    stroke: Option<(Lane, Stroke)>,
    /// What that lane shows until it ends: a tempo must not pull the scale along.
    held_axis: Option<Axis>,
    /// Points that are chosen: in which lane, and from where to where.
    chosen: Option<(Lane, TickRange)>,
    /// Turns of the wheel that make one step together.
    wheel: Option<Wheel>,
    /// What a command asks of the chosen points.
    asked: Option<keys::Verb>,
    /// The lane that has the keyboard.
    focus: Option<Id>,
    fields: menu::Fields,
    cache: LaneCache,
    /// Stems of release velocities.
    releases: StemCache,
    /// Points that the lanes are scrolled down.
    scroll: f32,
}

#[derive(Debug)]
struct Wheel {
    lane: Lane,
    range: TickRange,
    by: f64,
    /// When the step is made, in seconds of egui's clock.
    until: f64,
}

impl Default for LanesLive {
    fn default() -> Self {
        Self {
            stroke: None,
            held_axis: None,
            chosen: None,
            wheel: None,
            asked: None,
            focus: None,
            fields: menu::Fields::default(),
            cache: LaneCache::default(),
            releases: StemCache::of(paint::release_of),
            scroll: 0.0,
        }
    }
}

impl LanesLive {
    /// Whether the pointer or the wheel is in the middle of something.
    pub(super) const fn is_busy(&self) -> bool {
        self.stroke.is_some() || self.wheel.is_some()
    }

    /// Whether the pointer is in the middle of something in a lane.
    pub(super) const fn has_stroke(&self) -> bool {
        self.stroke.is_some()
    }

    /// Which values a lane shows now.
    fn axis(&self, lane: Lane, read: &Read) -> Axis {
        let is_held = self.stroke.as_ref().is_some_and(|(held, _)| *held == lane);
        let held = self.held_axis.filter(|_| is_held);
        held.unwrap_or_else(|| Axis::of(lane.kind, read.extent()))
    }

    /// Ends the wheel's changes; whether there are any to be made a step.
    pub(super) fn settle(&mut self) -> bool {
        self.wheel.take().is_some()
    }

    /// Another clip is shown now; whether a preview has to be taken back.
    pub(super) fn leave(&mut self) -> bool {
        self.chosen = None;
        self.wheel.take().is_some() | self.stroke.take().is_some()
    }

    /// Points that the lanes are scrolled down.
    pub(super) const fn scroll(&self) -> f32 {
        self.scroll
    }

    /// Whether a lane has the keyboard.
    pub(super) const fn has_focus(&self) -> bool {
        self.focus.is_some()
    }

    /// Asks the lane with the keyboard, or with the chosen points, to do a command.
    pub(super) const fn ask(&mut self, action: Action) {
        self.asked = match action {
            Action::Cut => Some(keys::Verb::Cut),
            Action::Copy => Some(keys::Verb::Copy),
            Action::Paste => Some(keys::Verb::Paste),
            _ => None,
        };
    }

    /// The points that are chosen, for the Delete command.
    pub(super) const fn chosen(&self) -> Option<(Lane, TickRange)> {
        self.chosen
    }
}

/// Tells screen readers what a lane is, and its value at the chosen points or the playhead.
fn name(ctx: &ViewCtx<'_>, part: &LanePart, (track, clip): (&Track, &Clip), live: &mut LanesLive) {
    let kind = part.lane.kind;
    let value = (!kind.is_of_notes()).then(|| {
        let origin = if kind == LaneKind::Tempo { Tick::ZERO } else { clip.start };
        let chosen = live.chosen.filter(|(lane, _)| *lane == part.lane);
        let playhead = Tick(ctx.playhead().since(origin));
        let tick = chosen.map_or(playhead, |(_, range)| range.start());
        live.cache.read(ctx, track, clip, part.lane).data.value_at(tick)
    });
    part.plot.widget_info(|| {
        let label = format!("{} lane", part.name);
        WidgetInfo { value, ..WidgetInfo::labeled(Role::Canvas, true, label) }
    });
}

/// Where lanes are in a roll.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct LaneRoom {
    /// All of them that shows.
    pub(super) area: Rect,
    /// How high they may be.
    pub(super) room: f32,
    /// Caption and values of the velocity lane; nothing when there is none.
    pub(super) velocity: (Rect, Rect),
}

impl LaneRoom {
    /// The lower end of `rect`, of which `above` points are not for lanes.
    pub(super) fn new(
        rect: Rect,
        above: f32,
        keys_right: f32,
        lanes: &[LaneView],
        scroll: f32,
    ) -> Self {
        let room = (rect.height() - above).max(0.0);
        let (total, shown) = layout::total(lanes, room);
        let area = rect.with_min_y(rect.bottom() - shown);
        let scroll = scroll.clamp(0.0, (total - shown).max(0.0));
        let strips = layout::strips(lanes, area, room, keys_right, scroll);
        let is_velocity = |lane: &LaneView| lane.kind == LaneKind::Velocity;
        let strip = lanes.iter().position(is_velocity).and_then(|index| strips.get(index));
        let nothing = Rect::from_min_size(pos2(keys_right, rect.bottom()), Vec2::ZERO);
        let velocity = strip.map_or((nothing, nothing), |strip| (strip.caption, strip.plot));
        Self { area, room, velocity }
    }
}

/// A lane's widgets, as they were allocated in this frame.
pub(super) struct LanePart {
    name: String,
    index: usize,
    lane: Lane,
    strip: Strip,
    /// What of it shows.
    shown: Rect,
    pub(super) plot: Response,
    caption: Response,
    add: Response,
    close: Response,
    divider: Response,
}

/// All lanes' widgets.
pub(super) struct LaneParts {
    pub(super) lanes: Vec<LanePart>,
    area: Rect,
    /// How much there is to scroll.
    overflow: f32,
    /// The button that is there when no lane is.
    first: Option<Response>,
}

impl LaneParts {
    /// The velocity lane's response.
    pub(super) fn velocity(&self) -> Option<&Response> {
        self.lanes.iter().find(|part| part.lane.kind == LaneKind::Velocity).map(|part| &part.plot)
    }

    /// Whether the pointer is over a lane.
    pub(super) fn contain_pointer(&self) -> bool {
        self.lanes.iter().any(|part| part.plot.contains_pointer())
    }

    /// Whether a turn of the wheel is about points under the pointer. The velocity lane's
    /// stems have a wheel of their own.
    pub(super) fn take_wheel(&self, modifiers: Modifiers, live: &LanesLive) -> bool {
        let fine = modifiers.alt && !modifiers.shift && !modifiers.command;
        let takes = |part: &LanePart| {
            let chosen = live.chosen.is_some_and(|(lane, _)| lane == part.lane);
            part.lane.kind != LaneKind::Velocity || chosen
        };
        let under = |part: &&LanePart| part.plot.contains_pointer();
        (modifiers.is_none() || fine) && self.lanes.iter().find(under).is_some_and(takes)
    }

    /// Whether a middle drag began in a lane.
    pub(super) fn dragged_by_middle(&self) -> bool {
        self.lanes.iter().any(|part| part.plot.dragged_by(egui::PointerButton::Middle))
    }
}

/// Allocates what takes the pointer in the lanes, and names it for screen readers.
pub(super) fn parts(
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    layout: &Layout,
    (track, clip): (&Track, &Clip),
    lanes: &Lanes,
    live: &mut LanesLive,
) -> LaneParts {
    let area = layout.lanes;
    let room = layout.lanes_room;
    let (total, shown) = layout::total(&lanes.shown, room);
    let overflow = (total - shown).max(0.0);
    live.scroll = live.scroll.clamp(0.0, overflow);
    let keys_right = layout.canvas.left();
    let strips = layout::strips(&lanes.shown, area, room, keys_right, live.scroll);
    let parts = lanes.shown.iter().zip(strips).enumerate().map(|(index, (view, strip))| {
        let part = part(ui, area, index, view.lane(track), view.channel.is_some(), strip);
        name(ctx, &part, (track, clip), live);
        part
    });
    let lanes: Vec<LanePart> = parts.collect();
    live.focus = lanes.iter().map(|lane| &lane.plot).find(|plot| plot.has_focus()).map(|at| at.id);
    let first = lanes.is_empty().then(|| {
        let button = Rect::from_min_max(area.min, pos2(keys_right, area.bottom()));
        let response = ui.interact(button, ui.scope_id().with("roll first lane"), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Add a lane"));
        response
    });
    LaneParts { lanes, area, overflow, first }
}

fn part(
    ui: &Ui,
    area: Rect,
    index: usize,
    lane: Lane,
    names_channel: bool,
    strip: Strip,
) -> LanePart {
    let name = words::name(lane, names_channel);
    let id = |what: &str| ui.scope_id().with((what, lane));
    let shown = strip.plot.intersect(area);
    // The keyboard reaches velocities on the canvas, so this one would only be in its way.
    let sense = if lane.kind == LaneKind::Velocity {
        Sense::CLICK | Sense::DRAG
    } else {
        Sense::click_and_drag()
    };
    let plot = ui.interact(shown, id("roll lane"), sense);
    let Strip { caption, .. } = strip;
    let row = Rect::from_min_max(pos2(caption.left(), caption.bottom() - 17.0), caption.max);
    let square = |left: f32| {
        Rect::from_min_size(pos2(row.left() + left, row.top()), vec2(16.0, 16.0)).intersect(area)
    };
    let title = caption.with_max_y(row.top()).intersect(area);
    let button = |rect: Rect, what: &str, label: String| {
        let response = ui.interact(rect, id(what), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
        response
    };
    let grip = Rect::from_x_y_ranges(
        caption.left()..=strip.plot.right(),
        strip.plot.top() - 3.0..=strip.plot.top() + 3.0,
    );
    let visible = grip.center().y >= area.top() - 1.0;
    let grip = if visible { grip } else { Rect::from_min_size(area.min, vec2(0.0, 0.0)) };
    let part = LanePart {
        name: name.clone(),
        index,
        lane,
        strip,
        shown,
        plot,
        caption: button(title, "roll lane caption", format!("{name} lane: choose what it shows")),
        add: button(square(4.0), "roll lane add", format!("Add a lane below {name}")),
        close: button(square(21.0), "roll lane close", format!("Close the {name} lane")),
        divider: ui.interact(grip, id("roll lane divider"), Sense::drag()),
    };
    let height = format!("Height of the {} lane", name.to_lowercase());
    part.divider.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, &height));
    if part.divider.contains_pointer() {
        ui.set_cursor_icon(CursorIcon::ResizeVertical);
    }
    part
}
