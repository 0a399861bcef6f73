//! The key strip: a keyboard, the rows that a fold leaves, or the names of drums; and what
//! the computer's keyboard does there.

use super::cursor::reveal;
use super::gesture::{Wish, World};
use super::interact::grant;
use super::layout::{Bounds, Viewport, is_black};
use super::paint::Scene;
use super::view::Live;
use crate::theme::{fonts, mix, size};
use crate::view_ctx::ViewCtx;
use crate::wording::note_name;
use egui::{
    Align2, Color32, EventFilter, Modifiers, Painter, Rangef, Rect, Response, Role, StrokeKind, Ui,
    WidgetInfo, pos2,
};
use engine::model::Key;
use engine::smf::gm;

/// Which key the keyboard is on in the strip.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StripKeys {
    key: Option<Key>,
}

impl StripKeys {
    /// The key that the keyboard is on.
    #[cfg(test)]
    pub(super) const fn focused_key(self) -> Option<Key> {
        self.key
    }

    /// The key that the keyboard is on while the strip has it.
    pub(super) fn focused(self, keys: &Response) -> Option<Key> {
        self.key.filter(|_| keys.has_focus())
    }
}

/// The keyboard in the strip: the arrows go from row to row, with Shift by octaves, Enter lets
/// the key sound, with Shift it marks the row. Returns where to look if that changed.
pub(super) fn keyboard(
    world: &World<'_>,
    ctx: &ViewCtx<'_>,
    ui: &Ui,
    keys: &Response,
    bounds: &Bounds,
    live: &mut Live,
) -> Option<Viewport> {
    if !keys.has_focus() {
        return None;
    }
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(keys.id, filter));
    let layout = world.layout;
    let middle = layout.key_from_y(layout.canvas.center().y);
    let here = live.strip.key.unwrap_or(middle);
    // A key that was folded away meanwhile gives way to its neighbour.
    let here = live.rows.key(live.rows.row(here));
    let mut key = here;
    let (mut strikes, mut marks) = (false, false);
    let (shift, none) = (Modifiers::SHIFT, Modifiers::NONE);
    ui.input_mut(|input| {
        for (modifiers, pressed, by) in [
            // With Shift first: without it keys are taken whether it is held or not.
            (shift, egui::Key::ArrowUp, 12),
            (shift, egui::Key::ArrowDown, -12),
            (none, egui::Key::ArrowUp, 1),
            (none, egui::Key::ArrowDown, -1),
        ] {
            for _ in 0..input.count_and_consume_key(modifiers, pressed) {
                key = live.rows.stepped(key, by);
            }
        }
        marks = input.consume_key(shift, egui::Key::Enter);
        strikes = input.consume_key(none, egui::Key::Enter);
    });
    live.strip.key = Some(key);
    if marks {
        live.marks ^= 1 << (key & 127);
        let marked = live.marks >> (key & 127) & 1 == 1;
        let how = if marked { "marked" } else { "not marked" };
        live.keyed.speech.say(format!("{} {how}", name(world.track.is_drums(), key)));
    }
    if strikes {
        let now = ui.input(|input| input.time);
        let velocity = live.next.velocity;
        grant(ctx, live, now, vec![Wish::Sound(world.at.track, key, velocity)]);
    }
    if key == here {
        return None;
    }
    let viewport = layout.viewport;
    Some(reveal(viewport.left, key, layout, viewport).within(bounds))
}

/// Names the strip for screen readers, with the key that the keyboard is on.
pub(super) fn name_strip(keys: &Response, drums: bool, live: &Live) {
    let value = live.strip.focused(keys).map(|key| name(drums, key));
    keys.widget_info(|| WidgetInfo {
        current_text_value: value.clone(),
        ..WidgetInfo::labeled(Role::Group, true, "Piano keys")
    });
}

/// "E4", or "D2, Acoustic snare" where a key is a drum.
fn name(drums: bool, key: Key) -> String {
    let drum = gm::drum_name(key).filter(|_| drums);
    drum.map_or_else(|| note_name(key), |drum| format!("{}, {drum}", note_name(key)))
}

/// Keys that stand out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LitKeys {
    /// Under the pointer.
    pub(super) hovered: Option<Key>,
    /// The keyboard is on it.
    pub(super) focused: Option<Key>,
    /// Held by the pointer.
    pub(super) sounding: Option<Key>,
    /// Played by the clip right now, a bit for each.
    pub(super) playing: u128,
}

/// Row height from which a row has its name beside it.
const NAMES_FROM: f32 = 11.0;

impl LitKeys {
    /// What a key is drawn in; `None` when it does not stand out from `ground`.
    fn fill(self, scene: &Scene<'_>, key: Key, ground: Color32) -> Option<Color32> {
        let theme = scene.theme;
        if self.sounding == Some(key) {
            Some(theme.accent)
        } else if self.playing >> (key & 127) & 1 == 1 {
            Some(theme.track(scene.track.color))
        } else {
            (self.hovered == Some(key)).then(|| mix(ground, theme.accent, 0.35))
        }
    }
}

impl Scene<'_> {
    /// The key strip.
    pub(super) fn keys(&self, painter: &Painter, lit: LitKeys) {
        let rect = self.layout.keys;
        let painter = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
        if self.track.is_drums() {
            self.drums(&painter, lit);
        } else if self.layout.rows.is_all() {
            self.piano(&painter, lit);
        } else {
            self.folded(&painter, lit);
        }
        self.roots(&painter);
        self.focused(&painter, lit.focused);
        self.marked_keys(&painter, rect);
        painter.vline(rect.right() - 0.5, rect.y_range(), (1.0, self.theme.line));
    }

    /// A frame around the key that the keyboard is on.
    fn focused(&self, painter: &Painter, key: Option<Key>) {
        let Some(key) = key else { return };
        let Self { theme, layout, .. } = self;
        let y = layout.y_from_key(key);
        let row = Rect::from_x_y_ranges(layout.keys.x_range(), y..=y + layout.viewport.row_height);
        painter.rect_stroke(row.shrink(1.0), 2.0, (2.0, theme.accent), StrokeKind::Inside);
    }

    fn drums(&self, painter: &Painter, lit: LitKeys) {
        let Self { theme, layout, .. } = self;
        let rect = layout.keys;
        let row = layout.viewport.row_height;
        painter.rect_filled(rect, 0.0, theme.panel);
        for key in layout.shown_keys() {
            let y = layout.y_from_key(key);
            let place = Rect::from_x_y_ranges(rect.x_range(), y..=y + row);
            let fill = lit.fill(self, key, theme.panel);
            if let Some(fill) = fill {
                painter.rect_filled(place, 0.0, fill);
            }
            if row < NAMES_FROM {
                continue;
            }
            painter.hline(rect.x_range(), (y + row).round() - 0.5, (1.0, theme.line_soft));
            let strong = fill.is_some() && lit.hovered != Some(key);
            let used = self.used >> key & 1 == 1;
            let ink = match (strong, used) {
                (true, _) => theme.on_accent,
                (false, true) => theme.text,
                (false, false) => theme.muted,
            };
            let at = pos2(rect.left() + 5.0, y + row / 2.0);
            let font = fonts::text(size::TINY);
            match gm::drum_name(key) {
                Some(name) => painter.text(at, Align2::LEFT_CENTER, name, font, ink),
                None => painter.text(at, Align2::LEFT_CENTER, note_name(key), font, ink),
            };
        }
    }

    fn piano(&self, painter: &Painter, lit: LitKeys) {
        let Self { theme, layout, .. } = self;
        let rect = layout.keys;
        painter.rect_filled(rect, 0.0, theme.key_white);
        let row = layout.viewport.row_height;
        let black_right = rect.left() + rect.width() * 0.62;
        for key in layout.shown_keys() {
            let y = layout.y_from_key(key);
            let box_of = |right| Rect::from_min_max(pos2(rect.left(), y), pos2(right, y + row));
            let ground = if is_black(key) { theme.key_black } else { theme.key_white };
            let glow = lit.fill(self, key, ground);
            if is_black(key) {
                let middle = y + row / 2.0;
                let line = Rangef::new(black_right, rect.right());
                painter.hline(line, middle, (1.0, theme.key_line));
                let color = glow.unwrap_or(theme.key_black);
                painter.rect_filled(box_of(black_right), 0.0, color);
                continue;
            }
            if let Some(color) = glow {
                painter.rect_filled(box_of(rect.right()), 0.0, color);
            }
            // Only here do two white keys meet at the edge of a row.
            if matches!(key % 12, 0 | 5) {
                painter.hline(rect.x_range(), (y + row).round() - 0.5, (1.0, theme.key_line));
            }
        }
        for key in layout.shown_keys().filter(|key| key % 12 == 0) {
            let at = pos2(rect.right() - 5.0, layout.y_from_key(key) + row / 2.0);
            let font = fonts::text(size::TINY);
            painter.text(at, Align2::RIGHT_CENTER, note_name(key), font, theme.key_text);
        }
    }

    /// Keys that are not neighbours on a keyboard: each row says its own name.
    fn folded(&self, painter: &Painter, lit: LitKeys) {
        let Self { theme, layout, .. } = self;
        let rect = layout.keys;
        painter.rect_filled(rect, 0.0, theme.key_white);
        let row = layout.viewport.row_height;
        let black_right = rect.left() + rect.width() * 0.42;
        for key in layout.shown_keys() {
            let y = layout.y_from_key(key);
            let box_of = |right| Rect::from_min_max(pos2(rect.left(), y), pos2(right, y + row));
            if let Some(color) = lit.fill(self, key, theme.key_white) {
                painter.rect_filled(box_of(rect.right()), 0.0, color);
            }
            if is_black(key) {
                painter.rect_filled(
                    box_of(black_right).shrink2(egui::vec2(0.0, 1.0)),
                    0.0,
                    theme.key_black,
                );
            }
            let line = if key % 12 == 0 { theme.key_text } else { theme.key_line };
            painter.hline(rect.x_range(), (y + row).round() - 0.5, (1.0, line));
            if row >= NAMES_FROM {
                let at = pos2(rect.right() - 9.0, y + row / 2.0);
                let font = fonts::text(size::TINY);
                painter.text(at, Align2::RIGHT_CENTER, note_name(key), font, theme.key_text);
            }
        }
    }

    /// A bar on the strip's edge at each root of the scale.
    fn roots(&self, painter: &Painter) {
        let Self { theme, layout, .. } = self;
        let Some(scale) = self.scale.filter(|_| !self.track.is_drums()) else { return };
        let row = layout.viewport.row_height;
        let right = layout.keys.right();
        let is_root = |key: &Key| scale.degree(*key) == Some(0);
        for key in layout.shown_keys().filter(is_root) {
            let y = layout.y_from_key(key);
            let bar = Rect::from_x_y_ranges(right - 4.0..=right, y + 1.0..=y + row - 1.0);
            painter.rect_filled(bar, 1.0, theme.accent);
        }
    }
}
