//! Runs an egui 0.33 interface inside egui 0.37.
//!
//! Owns the 0.33 context that `puffin_egui` 0.30 needs: input goes in, meshes
//! come out and are painted again, texture changes are followed, so that it
//! looks and behaves like a widget of the host. This file is all that knows of
//! two eguis; it goes on the day `puffin_egui` catches up. UI thread only.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};

use puffin_egui::egui as old;

use super::dress;

/// Repaints the old interface asks for come no sooner than this: `puffin_egui`
/// asks for one every frame, and an idle program has to stay idle.
const MIN_REFRESH: Duration = Duration::from_millis(100);
/// Larger faces (the system's, for every script there is) are not copied.
const MAX_FONT: usize = 8 << 20;

/// An egui 0.33 context and its textures.
pub(super) struct LegacyEgui {
    ctx: old::Context,
    textures: HashMap<old::TextureId, egui::TextureHandle>,
    /// What the old context was last given: rebuilt when the host's changes.
    style: Option<Arc<egui::Style>>,
    fonts: Vec<String>,
    had_pointer: bool,
}

impl Default for LegacyEgui {
    fn default() -> Self {
        let ctx = old::Context::default();
        ctx.options_mut(|options| options.zoom_with_keyboard = false);
        Self { ctx, textures: HashMap::new(), style: None, fonts: Vec::new(), had_pointer: false }
    }
}

impl LegacyEgui {
    /// Shows `contents` in all the room that `ui` has left.
    pub(super) fn show(&mut self, ui: &mut egui::Ui, mut contents: impl FnMut(&mut old::Ui)) {
        let rect = ui.available_rect_before_wrap();
        let sense = egui::Sense::click_and_drag() | egui::Sense::FOCUSABLE;
        let response = ui.interact(rect, ui.scope_id().with("legacy egui"), sense);
        response.widget_info(|| {
            egui::WidgetInfo::labeled(egui::Role::Canvas, true, "Scopes of one frame")
        });
        ui.advance_cursor_after_rect(rect);
        if response.clicked() || response.drag_started() {
            response.request_focus();
        }
        if response.has_focus() {
            let filter = egui::EventFilter {
                tab: true,
                horizontal_arrows: true,
                vertical_arrows: true,
                escape: false,
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        }
        if !ui.is_rect_visible(rect) || rect.width() < 8.0 || rect.height() < 8.0 {
            return;
        }
        self.follow_fonts(ui);
        self.follow_style(ui);
        let input = self.input(ui, &response, rect);
        let output = self.ctx.run(input, |ctx| {
            dress::prepare(ctx);
            old::CentralPanel::default().frame(old::Frame::NONE).show(ctx, |ui| {
                old::ScrollArea::vertical().auto_shrink(false).show(ui, &mut contents);
            });
        });
        let mut shapes = output.shapes;
        dress::dress(&self.ctx, &mut shapes, dress::canvas_of(ui.visuals()));
        self.apply_textures(ui.ctx(), &output.textures_delta);
        self.paint(ui, rect, shapes, output.pixels_per_point);
        self.free_textures(&output.textures_delta);
        apply_platform_output(ui, &response, output.platform_output);
        if let Some(viewport) = output.viewport_output.get(&old::ViewportId::ROOT) {
            let delay = viewport.repaint_delay.max(MIN_REFRESH);
            if delay < Duration::from_hours(1) {
                ui.ctx().request_repaint_after(delay);
            }
        }
    }

    /// The old context draws with the host's faces.
    fn follow_fonts(&mut self, ui: &egui::Ui) {
        let names: Vec<String> =
            ui.fonts(|fonts| fonts.definitions().font_data.keys().cloned().collect());
        if names == self.fonts {
            return;
        }
        let definitions = ui.fonts(|fonts| old_fonts(fonts.definitions()));
        self.ctx.set_fonts(definitions);
        self.fonts = names;
    }

    fn follow_style(&mut self, ui: &egui::Ui) {
        let style = ui.style();
        if self.style.as_ref().is_some_and(|known| Arc::ptr_eq(known, style)) {
            return;
        }
        let theme = if style.visuals.dark_mode { old::Theme::Dark } else { old::Theme::Light };
        self.ctx.set_theme(theme);
        self.ctx.set_style_of(theme, old_style(style));
        self.style = Some(Arc::clone(style));
    }

    /// What happened to the widget since the last frame. The old context works
    /// in the host's coordinates: only kinds have to be translated.
    fn input(
        &mut self,
        ui: &egui::Ui,
        response: &egui::Response,
        rect: egui::Rect,
    ) -> old::RawInput {
        let has_focus = response.has_focus();
        let has_pointer = response.contains_pointer()
            || response.dragged()
            || response.is_pointer_button_down_on();
        let left = self.had_pointer && !has_pointer;
        self.had_pointer = has_pointer;
        let mut viewports = old::ViewportIdMap::default();
        viewports.insert(
            old::ViewportId::ROOT,
            old::ViewportInfo {
                native_pixels_per_point: Some(ui.ctx().pixels_per_point()),
                ..Default::default()
            },
        );
        ui.input(|input| {
            let mut events: Vec<old::Event> = input
                .raw
                .events
                .iter()
                .filter_map(|event| old_event(event, has_pointer, has_focus))
                .collect();
            if left {
                events.push(old::Event::PointerGone);
            }
            old::RawInput {
                viewport_id: old::ViewportId::ROOT,
                viewports,
                screen_rect: Some(old_rect(rect)),
                max_texture_side: Some(input.max_texture_side),
                time: Some(input.time),
                predicted_dt: input.predicted_dt,
                modifiers: old_modifiers(input.modifiers),
                events,
                focused: true,
                ..Default::default()
            }
        })
    }

    fn apply_textures(&mut self, ctx: &egui::Context, delta: &old::TexturesDelta) {
        for (id, change) in &delta.set {
            let old::ImageData::Color(image) = &change.image;
            let image = new_image(image);
            let options = new_texture_options(change.options);
            match (self.textures.get_mut(id), change.pos) {
                (Some(texture), Some(pos)) => texture.set_partial(pos, image, options),
                (Some(texture), None) => texture.set(image, options),
                // A part of a texture that never came whole cannot be shown.
                (None, Some(_)) => {}
                (None, None) => {
                    let texture = ctx.load_texture("profiler", image, options);
                    self.textures.insert(*id, texture);
                }
            }
        }
    }

    /// The host frees what is no longer held once this frame is drawn.
    fn free_textures(&mut self, delta: &old::TexturesDelta) {
        for id in &delta.free {
            self.textures.remove(id);
        }
    }

    fn paint(
        &self,
        ui: &egui::Ui,
        rect: egui::Rect,
        shapes: Vec<old::epaint::ClippedShape>,
        pixels_per_point: f32,
    ) {
        let visible = rect.intersect(ui.clip_rect());
        for clipped in self.ctx.tessellate(shapes, pixels_per_point) {
            let old::epaint::Primitive::Mesh(mesh) = clipped.primitive else { continue };
            let Some(texture) = self.textures.get(&mesh.texture_id) else { continue };
            let clip = new_rect(clipped.clip_rect).intersect(visible);
            if clip.is_positive() {
                let mesh = new_mesh(mesh, texture.id());
                ui.painter().with_clip_rect(clip).add(egui::Shape::mesh(mesh));
            }
        }
    }
}

fn apply_platform_output(ui: &egui::Ui, response: &egui::Response, output: old::PlatformOutput) {
    for command in output.commands {
        if let old::OutputCommand::CopyText(text) = command {
            ui.ctx().copy_text(text);
        }
    }
    if response.hovered() {
        ui.ctx().set_cursor_icon(new_cursor(output.cursor_icon));
    }
}

/// The event in the old words, if it is for this widget: the pointer's where
/// it is over the widget, the keyboard's while it has the focus.
fn old_event(event: &egui::Event, has_pointer: bool, has_focus: bool) -> Option<old::Event> {
    let event = match event {
        egui::Event::Copy if has_focus => old::Event::Copy,
        egui::Event::Cut if has_focus => old::Event::Cut,
        egui::Event::Paste(text) if has_focus => old::Event::Paste(text.clone()),
        egui::Event::Text(text) if has_focus => old::Event::Text(text.clone()),
        &egui::Event::Key { key, physical_key, pressed, repeat, modifiers } if has_focus => {
            old::Event::Key {
                key: old_key(key)?,
                physical_key: physical_key.and_then(old_key),
                pressed,
                repeat,
                modifiers: old_modifiers(modifiers),
            }
        }
        &egui::Event::PointerMoved(pos) if has_pointer => old::Event::PointerMoved(old_pos(pos)),
        // A release is passed on wherever it happens, or a drag would never end.
        &egui::Event::PointerButton { pos, button, pressed, modifiers }
            if has_pointer || !pressed =>
        {
            old::Event::PointerButton {
                pos: old_pos(pos),
                button: old_button(button),
                pressed,
                modifiers: old_modifiers(modifiers),
            }
        }
        egui::Event::PointerGone => old::Event::PointerGone,
        &egui::Event::Zoom(factor) if has_pointer => old::Event::Zoom(factor),
        &egui::Event::MouseWheel { unit, delta, modifiers, .. } if has_pointer => {
            old::Event::MouseWheel {
                unit: match unit {
                    egui::MouseWheelUnit::Point => old::MouseWheelUnit::Point,
                    egui::MouseWheelUnit::Line => old::MouseWheelUnit::Line,
                    egui::MouseWheelUnit::Page => old::MouseWheelUnit::Page,
                },
                delta: old::vec2(delta.x, delta.y),
                modifiers: old_modifiers(modifiers),
            }
        }
        _ => return None,
    };
    Some(event)
}

fn old_key(key: egui::Key) -> Option<old::Key> {
    old::Key::from_name(key.name())
}

fn old_button(button: egui::PointerButton) -> old::PointerButton {
    match button {
        egui::PointerButton::Primary => old::PointerButton::Primary,
        egui::PointerButton::Secondary => old::PointerButton::Secondary,
        egui::PointerButton::Middle => old::PointerButton::Middle,
        egui::PointerButton::Extra1 => old::PointerButton::Extra1,
        egui::PointerButton::Extra2 => old::PointerButton::Extra2,
    }
}

fn old_modifiers(modifiers: egui::Modifiers) -> old::Modifiers {
    let egui::Modifiers { alt, ctrl, shift, mac_cmd, command } = modifiers;
    old::Modifiers { alt, ctrl, shift, mac_cmd, command }
}

fn old_pos(pos: egui::Pos2) -> old::Pos2 {
    old::pos2(pos.x, pos.y)
}

fn old_vec(vec: egui::Vec2) -> old::Vec2 {
    old::vec2(vec.x, vec.y)
}

fn old_rect(rect: egui::Rect) -> old::Rect {
    old::Rect::from_min_max(old_pos(rect.min), old_pos(rect.max))
}

#[expect(clippy::disallowed_methods, reason = "translates the host's colours, makes none up")]
pub(super) fn old_color(color: egui::Color32) -> old::Color32 {
    let [r, g, b, a] = color.to_array();
    old::Color32::from_rgba_premultiplied(r, g, b, a)
}

#[expect(clippy::disallowed_methods, reason = "translates the old colours, makes none up")]
fn new_color(color: old::Color32) -> egui::Color32 {
    let [r, g, b, a] = color.to_array();
    egui::Color32::from_rgba_premultiplied(r, g, b, a)
}

fn old_stroke(stroke: egui::Stroke) -> old::Stroke {
    old::Stroke { width: stroke.width, color: old_color(stroke.color) }
}

fn old_radius(radius: egui::CornerRadius) -> old::CornerRadius {
    let egui::CornerRadius { nw, ne, sw, se } = radius;
    old::CornerRadius { nw, ne, sw, se }
}

fn old_widget(w: &egui::style::WidgetVisuals) -> old::style::WidgetVisuals {
    old::style::WidgetVisuals {
        bg_fill: old_color(w.bg_fill),
        weak_bg_fill: old_color(w.weak_bg_fill),
        bg_stroke: old_stroke(w.bg_stroke),
        corner_radius: old_radius(w.corner_radius),
        fg_stroke: old_stroke(w.fg_stroke),
        expansion: w.expansion,
    }
}

/// Colours, sizes and distances of the host.
fn old_style(style: &egui::Style) -> old::Style {
    let visuals = &style.visuals;
    let base = if visuals.dark_mode { old::Visuals::dark() } else { old::Visuals::light() };
    let spacing = &style.spacing;
    old::Style {
        text_styles: old_text_styles(style),
        spacing: old::Spacing {
            item_spacing: old_vec(spacing.item_spacing),
            button_padding: old_vec(spacing.button_padding),
            interact_size: old_vec(spacing.interact_size),
            indent: spacing.indent,
            ..old::Spacing::default()
        },
        animation_time: style.animation_time,
        visuals: old::Visuals {
            dark_mode: visuals.dark_mode,
            override_text_color: visuals.override_text_color.map(old_color),
            weak_text_color: visuals.weak_text_color.map(old_color),
            weak_text_alpha: visuals.weak_text_alpha,
            widgets: old::style::Widgets {
                noninteractive: old_widget(&visuals.widgets.noninteractive),
                inactive: old_widget(&visuals.widgets.inactive),
                hovered: old_widget(&visuals.widgets.hovered),
                active: old_widget(&visuals.widgets.active),
                open: old_widget(&visuals.widgets.open),
            },
            selection: old::style::Selection {
                bg_fill: old_color(visuals.selection.bg_fill),
                stroke: old_stroke(visuals.selection.stroke),
            },
            hyperlink_color: old_color(visuals.hyperlink_color),
            faint_bg_color: old_color(visuals.faint_bg_color),
            extreme_bg_color: old_color(visuals.extreme_bg_color),
            text_edit_bg_color: visuals.text_edit_bg_color.map(old_color),
            code_bg_color: old_color(visuals.code_bg_color),
            warn_fg_color: old_color(visuals.warn_fg_color),
            error_fg_color: old_color(visuals.error_fg_color),
            window_fill: old_color(visuals.window_fill),
            window_stroke: old_stroke(visuals.window_stroke),
            window_corner_radius: old_radius(visuals.window_corner_radius),
            menu_corner_radius: old_radius(visuals.menu_corner_radius),
            panel_fill: old_color(visuals.panel_fill),
            button_frame: visuals.button_frame,
            striped: visuals.striped,
            disabled_alpha: visuals.disabled_alpha,
            ..base
        },
        ..old::Style::default()
    }
}

fn old_text_styles(style: &egui::Style) -> BTreeMap<old::TextStyle, old::FontId> {
    let mut styles = old::Style::default().text_styles;
    for (text_style, font) in &style.text_styles {
        let text_style = match text_style {
            egui::TextStyle::Small => old::TextStyle::Small,
            egui::TextStyle::Body => old::TextStyle::Body,
            egui::TextStyle::Monospace => old::TextStyle::Monospace,
            egui::TextStyle::Button => old::TextStyle::Button,
            egui::TextStyle::Heading => old::TextStyle::Heading,
            egui::TextStyle::Name(name) => old::TextStyle::Name(Arc::clone(name)),
        };
        styles.insert(text_style, old::FontId::new(font.size, old_family(&font.family)));
    }
    styles
}

fn old_family(family: &egui::FontFamily) -> old::FontFamily {
    match family {
        egui::FontFamily::Proportional => old::FontFamily::Proportional,
        egui::FontFamily::Monospace => old::FontFamily::Monospace,
        egui::FontFamily::Name(name) => old::FontFamily::Name(Arc::clone(name)),
    }
}

fn old_fonts(fonts: &egui::FontDefinitions) -> old::FontDefinitions {
    // A family without a face is a panic in the old egui: its first is kept.
    let is_first = |name: &String| fonts.families.values().any(|names| names.first() == Some(name));
    let is_small =
        |name: &String| fonts.font_data.get(name).is_some_and(|data| size(data) <= MAX_FONT);
    let is_kept = |name: &String| is_first(name) || is_small(name);
    let faces = fonts.font_data.iter().filter(|(name, _)| is_kept(name));
    let font_data = faces.map(|(name, data)| {
        let tweak = old::FontTweak {
            scale: data.tweak.scale,
            y_offset_factor: data.tweak.y_offset_factor,
            y_offset: data.tweak.y_offset,
        };
        let font = data.font.as_ref().as_ref().to_vec().into();
        (name.clone(), Arc::new(old::FontData { font, index: data.index, tweak }))
    });
    let families = fonts.families.iter().map(|(family, names)| {
        let names = names.iter().filter(|&name| is_kept(name)).cloned().collect();
        (old_family(family), names)
    });
    old::FontDefinitions { font_data: font_data.collect(), families: families.collect() }
}

fn size(data: &egui::FontData) -> usize {
    let bytes: &[u8] = data.font.as_ref().as_ref();
    bytes.len()
}

fn new_rect(rect: old::Rect) -> egui::Rect {
    egui::Rect::from_min_max(egui::pos2(rect.min.x, rect.min.y), egui::pos2(rect.max.x, rect.max.y))
}

fn new_mesh(mesh: old::epaint::Mesh, texture_id: egui::TextureId) -> egui::Mesh {
    let vertices = mesh
        .vertices
        .into_iter()
        .map(|v| egui::epaint::Vertex {
            pos: egui::pos2(v.pos.x, v.pos.y),
            uv: egui::pos2(v.uv.x, v.uv.y),
            color: new_color(v.color),
        })
        .collect();
    egui::Mesh { indices: mesh.indices, vertices, texture_id }
}

fn new_image(image: &old::ColorImage) -> egui::ColorImage {
    egui::ColorImage {
        size: image.size,
        source_size: egui::vec2(image.source_size.x, image.source_size.y),
        pixels: image.pixels.iter().map(|&pixel| new_color(pixel)).collect(),
    }
}

fn new_texture_options(options: old::TextureOptions) -> egui::TextureOptions {
    let filter = |filter| match filter {
        old::TextureFilter::Nearest => egui::TextureFilter::Nearest,
        old::TextureFilter::Linear => egui::TextureFilter::Linear,
    };
    egui::TextureOptions {
        magnification: filter(options.magnification),
        minification: filter(options.minification),
        wrap_mode: match options.wrap_mode {
            old::TextureWrapMode::ClampToEdge => egui::TextureWrapMode::ClampToEdge,
            old::TextureWrapMode::Repeat => egui::TextureWrapMode::Repeat,
            old::TextureWrapMode::MirroredRepeat => egui::TextureWrapMode::MirroredRepeat,
        },
        mipmap_mode: options.mipmap_mode.map(filter),
    }
}

/// The cursors `puffin_egui` uses; any other is the plain one.
fn new_cursor(cursor: old::CursorIcon) -> egui::CursorIcon {
    match cursor {
        old::CursorIcon::PointingHand => egui::CursorIcon::PointingHand,
        old::CursorIcon::Text => egui::CursorIcon::Text,
        old::CursorIcon::Grab => egui::CursorIcon::Grab,
        old::CursorIcon::Grabbing => egui::CursorIcon::Grabbing,
        old::CursorIcon::ResizeHorizontal => egui::CursorIcon::ResizeHorizontal,
        old::CursorIcon::ResizeVertical => egui::CursorIcon::ResizeVertical,
        _ => egui::CursorIcon::Default,
    }
}

#[cfg(test)]
mod tests;
