//! The key strip: a keyboard, the rows that a fold leaves, or the names of drums.

use super::layout::is_black;
use super::paint::Scene;
use crate::theme::{fonts, mix, size};
use crate::wording::note_name;
use egui::{Align2, Color32, Painter, Rangef, Rect, pos2};
use engine::model::Key;
use engine::smf::gm;

/// Keys that stand out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LitKeys {
    /// Under the pointer.
    pub(super) hovered: Option<Key>,
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
        self.marked_keys(&painter, rect);
        painter.vline(rect.right() - 0.5, rect.y_range(), (1.0, self.theme.line));
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
