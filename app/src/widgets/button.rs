//! Square buttons with an icon, and quiet buttons with a word.

use crate::theme::{Theme, fonts, size};
use egui::{
    Align2, Color32, CornerRadius, Response, Role, Sense, Ui, Vec2, Widget, WidgetInfo, vec2,
};
use lucide_icons::Icon;

/// A square button with an icon.
#[must_use = "add it to a Ui"]
pub struct IconButton<'a> {
    theme: &'a Theme,
    icon: Icon,
    name: &'a str,
    on: bool,
    filled: bool,
    enabled: bool,
    framed: bool,
    side: f32,
}

impl<'a> IconButton<'a> {
    /// A button called `name` by screen readers.
    pub fn new(theme: &'a Theme, icon: Icon, name: &'a str) -> Self {
        Self {
            theme,
            icon,
            name,
            on: false,
            filled: false,
            enabled: true,
            framed: true,
            side: size::BUTTON,
        }
    }

    /// On: its icon in the accent colour.
    pub fn on(mut self, on: bool) -> Self {
        self.on = on;
        self
    }

    /// On in the strongest way: filled with the accent colour.
    pub fn filled(mut self, filled: bool) -> Self {
        self.filled = filled;
        self
    }

    /// Whether it can be pressed.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// No background until the pointer is over it.
    pub fn bare(mut self) -> Self {
        self.framed = false;
        self
    }

    /// Its height and width, in points.
    pub fn side(mut self, side: f32) -> Self {
        self.side = side;
        self
    }
}

impl Widget for IconButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let Self { theme, icon, name, on, filled, enabled, framed, side } = self;
        let sense = if enabled { Sense::click() } else { Sense::hover() };
        let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), sense);
        response.widget_info(|| WidgetInfo::selected(Role::Button, enabled, on || filled, name));
        if ui.is_rect_visible(rect) {
            let hot = enabled && (response.hovered() || response.has_focus());
            let fill = match (filled, hot, framed) {
                (true, ..) => theme.accent,
                (_, true, _) => theme.raised_hover,
                (_, false, true) => theme.raised,
                (_, false, false) => Color32::TRANSPARENT,
            };
            let ink = match (filled, on, enabled) {
                (_, _, false) => theme.dim,
                (true, ..) => theme.on_accent,
                (_, true, _) => theme.accent,
                _ => theme.text,
            };
            let painter = ui.painter();
            painter.rect_filled(rect, CornerRadius::same(size::RADIUS), fill);
            painter.text(
                rect.center(),
                Align2::CENTER_CENTER,
                char::from(icon),
                fonts::icon((side * 0.54).round()),
                ink,
            );
        }
        response
    }
}

/// A button with a word, as in dialogs.
#[must_use = "add it to a Ui"]
pub struct TextButton<'a> {
    theme: &'a Theme,
    text: &'a str,
    main: bool,
}

impl<'a> TextButton<'a> {
    /// A button that says `text`.
    pub fn new(theme: &'a Theme, text: &'a str) -> Self {
        Self { theme, text, main: false }
    }

    /// The one that Enter would press.
    pub fn main(mut self) -> Self {
        self.main = true;
        self
    }
}

impl Widget for TextButton<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let Self { theme, text, main } = self;
        let ink = if main { theme.on_accent } else { theme.text };
        let galley = ui.painter().layout_no_wrap(text.to_owned(), fonts::text(size::BODY), ink);
        let wanted = vec2((galley.size().x + 24.0).max(72.0), size::BUTTON);
        let (rect, response) = ui.allocate_exact_size(wanted, Sense::click());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, text));
        if ui.is_rect_visible(rect) {
            let hot = response.hovered() || response.has_focus();
            let fill = match (main, hot) {
                (true, _) => theme.accent,
                (false, true) => theme.raised_hover,
                (false, false) => theme.raised,
            };
            ui.painter().rect_filled(rect, CornerRadius::same(size::RADIUS), fill);
            ui.painter().galley(rect.center() - galley.size() / 2.0, galley, ink);
        }
        response
    }
}
