//! egui's own style, made from the tokens.

use super::{Theme, fonts, size, translucent};
use egui::style::{WidgetVisuals, Widgets};
use egui::{Color32, Context, CornerRadius, Margin, Shadow, Stroke, TextStyle, vec2};

/// Makes everything egui draws by itself look like part of the program.
pub fn apply(ctx: &Context, theme: &Theme) {
    ctx.set_theme(if theme.is_dark() { egui::Theme::Dark } else { egui::Theme::Light });
    ctx.all_styles_mut(|style| {
        style.text_styles = [
            (TextStyle::Body, fonts::text(size::BODY)),
            (TextStyle::Button, fonts::text(size::BODY)),
            (TextStyle::Small, fonts::text(size::CAPTION)),
            (TextStyle::Heading, fonts::strong(15.0)),
            (TextStyle::Monospace, fonts::mono(12.5)),
        ]
        .into();
        style.animation_time = 0.08;
        style.interaction.selectable_labels = false;
        style.interaction.tooltip_delay = 0.6;
        style.spacing.item_spacing = vec2(8.0, 4.0);
        style.spacing.button_padding = vec2(10.0, 4.0);
        style.spacing.interact_size = vec2(28.0, 24.0);
        style.spacing.menu_margin = Margin::same(6);
        style.spacing.window_margin = Margin::same(16);
        style.spacing.scroll = egui::style::ScrollStyle::thin();
        visuals(&mut style.visuals, theme);
    });
}

fn visuals(visuals: &mut egui::Visuals, theme: &Theme) {
    visuals.dark_mode = theme.is_dark();
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(theme.muted);
    visuals.panel_fill = theme.panel;
    visuals.window_fill = theme.panel;
    visuals.window_stroke = Stroke::new(1.0, theme.line);
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(6);
    visuals.extreme_bg_color = theme.well;
    visuals.text_edit_bg_color = Some(theme.well);
    visuals.faint_bg_color = theme.line_soft;
    visuals.code_bg_color = theme.well;
    visuals.hyperlink_color = theme.accent;
    visuals.warn_fg_color = theme.marker;
    visuals.error_fg_color = theme.record;
    visuals.selection.bg_fill = theme.selection;
    visuals.selection.stroke = Stroke::new(1.0, theme.accent);
    visuals.popup_shadow = Shadow {
        offset: [0, 4],
        blur: 16,
        spread: 0,
        color: translucent(theme.shadow, if theme.is_dark() { 160 } else { 70 }),
    };
    visuals.window_shadow = visuals.popup_shadow;
    visuals.widgets = Widgets {
        noninteractive: widget(theme.panel, theme.text, theme.line_soft),
        inactive: widget(theme.raised, theme.text, Color32::TRANSPARENT),
        hovered: widget(theme.raised_hover, theme.text, Color32::TRANSPARENT),
        active: widget(theme.selection, theme.text, theme.accent),
        open: widget(theme.raised_hover, theme.text, Color32::TRANSPARENT),
    };
}

fn widget(fill: Color32, text: Color32, border: Color32) -> WidgetVisuals {
    WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, border),
        corner_radius: CornerRadius::same(size::RADIUS),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    }
}
