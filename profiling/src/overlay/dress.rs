//! `puffin_egui`'s drawing in the host's colours and signs.
//!
//! Its canvas is black with white lines in both themes, and its buttons carry
//! signs that only egui's own faces have. Both are mended in the shapes, after
//! they were laid out and before they are triangles. Goes with
//! [`super::legacy_egui`], on the day `puffin_egui` catches up. UI thread only.

use puffin_egui::egui as old;

use old::{Color32, Shape, epaint::ClippedShape};

/// Signs of `puffin_egui` that text faces lack, and what says the same in
/// every face there is.
const SIGNS: [(&str, &str); 9] = [
    ("⏸", "❚❚"),
    ("🔧 ", ""),
    ("❓", "?"),
    ("ｘ", "×"),
    ("⏵", "▸"),
    ("⏷", "▾"),
    ("⏶", "▴"),
    ("⬆", "↑"),
    ("⬇", "↓"),
];

/// What [`old::Frame::dark_canvas`] is filled with.
const DARK_CANVAS: [u8; 4] = [0, 0, 0, 250];
/// How much of a scope is left that the filter leaves out.
const FADED: f32 = 0.08;
/// And of its name.
const FADED_TEXT: f32 = 0.4;

/// Colours of the host for what `puffin_egui` paints black and white.
#[derive(Clone, Copy, Debug)]
pub(super) struct Canvas {
    /// Below everything.
    pub ground: Color32,
    /// Lines and text.
    pub ink: Color32,
}

/// Has the glyphs of [`SIGNS`] drawn before they are needed: a texture goes
/// out with the frame in which a glyph was first laid out. To be called inside
/// of a frame.
pub(super) fn prepare(ctx: &old::Context) {
    let style = ctx.style();
    for text_style in [old::TextStyle::Body, old::TextStyle::Button] {
        let font = text_style.resolve(&style);
        for (_, sign) in SIGNS {
            let galley = ctx.fonts_mut(|fonts| {
                fonts.layout_no_wrap(sign.to_owned(), font.clone(), Color32::PLACEHOLDER)
            });
            drop(galley);
        }
    }
}

/// Gives the shapes of one frame the host's colours and signs.
pub(super) fn dress(ctx: &old::Context, shapes: &mut [ClippedShape], canvas: Canvas) {
    let canvases: Vec<old::Rect> = shapes
        .iter()
        .filter_map(|clipped| match &clipped.shape {
            Shape::Rect(rect) if rect.fill.to_array() == DARK_CANVAS => Some(rect.rect.expand(1.0)),
            _ => None,
        })
        .collect();
    let mut dresser = Dresser { ctx, canvas, is_after_faded: false };
    for ClippedShape { clip_rect, shape } in shapes {
        // What lies on a canvas is clipped to it; tooltips and menus are not.
        let is_on_canvas = canvases.iter().any(|canvas| canvas.contains_rect(*clip_rect));
        dresser.dress(shape, is_on_canvas);
    }
}

struct Dresser<'a> {
    ctx: &'a old::Context,
    canvas: Canvas,
    /// Whether the last rectangle was a scope that the filter leaves out: the
    /// text that follows is its name.
    is_after_faded: bool,
}

impl Dresser<'_> {
    fn dress(&mut self, shape: &mut Shape, is_on_canvas: bool) {
        let Canvas { ground, ink } = self.canvas;
        match shape {
            Shape::Vec(shapes) => {
                for shape in shapes {
                    self.dress(shape, is_on_canvas);
                }
            }
            Shape::Text(text) => {
                mend_signs(self.ctx, text);
                if is_on_canvas {
                    self.dress_text(text);
                }
            }
            Shape::Rect(rect) if rect.fill.to_array() == DARK_CANVAS => rect.fill = ground,
            Shape::Rect(rect) if is_on_canvas => {
                self.is_after_faded = false;
                if rect.fill == Color32::BLACK {
                    rect.fill = ground;
                } else if is_faded(rect.fill) {
                    rect.fill = ink.gamma_multiply(FADED);
                    self.is_after_faded = true;
                } else if let Some(strength) = white(rect.fill) {
                    rect.fill = ink.gamma_multiply(strength);
                }
            }
            Shape::LineSegment { stroke, .. } if is_on_canvas => {
                if is_faded(stroke.color) {
                    stroke.color = ink.gamma_multiply(FADED);
                } else if let Some(strength) = white(stroke.color) {
                    stroke.color = ink.gamma_multiply(strength);
                }
            }
            _ => {}
        }
    }

    fn dress_text(&mut self, text: &mut old::epaint::TextShape) {
        let ink = self.canvas.ink;
        let color = text_color(text);
        if let Some(strength) = white(color) {
            text.override_text_color = Some(ink.gamma_multiply(strength));
        } else if color == Color32::BLACK && self.is_after_faded {
            text.override_text_color = Some(ink.gamma_multiply(FADED_TEXT));
        }
    }
}

/// The text as it reads with the signs that every face has, in the middle of
/// where it was.
fn mend_signs(ctx: &old::Context, text: &mut old::epaint::TextShape) {
    let old_text = text.galley.text();
    if old_text.is_ascii() {
        return;
    }
    let mended = SIGNS.iter().fold(old_text.to_owned(), |text, (sign, by)| text.replace(sign, by));
    if mended == old_text {
        return;
    }
    let mut job = old::text::LayoutJob::clone(&text.galley.job);
    // Buttons and thread names are of one section; the rest has no such signs.
    let [section] = job.sections.as_mut_slice() else { return };
    section.byte_range = 0..mended.len();
    job.text = mended;
    let galley = ctx.fonts_mut(|fonts| fonts.layout_job(job));
    text.pos.x += (text.galley.size().x - galley.size().x) / 2.0;
    text.galley = galley;
}

/// The colour a text is painted in, as far as it has one.
fn text_color(text: &old::epaint::TextShape) -> Color32 {
    let section = text.galley.job.sections.first();
    let own = section.map_or(Color32::PLACEHOLDER, |section| section.format.color);
    let own = if own == Color32::PLACEHOLDER { text.fallback_color } else { own };
    text.override_text_color.unwrap_or(own)
}

/// How strong a white is, opaque or not; `None` for every other colour.
fn white(color: Color32) -> Option<f32> {
    let [r, g, b, a] = color.to_array();
    (r == g && g == b && b == a && a > 0).then(|| f32::from(a) / 255.0)
}

/// Whether this is a scope that was mixed with black since the filter leaves
/// it out: nearly opaque and dark.
fn is_faded(color: Color32) -> bool {
    let [r, g, b, a] = color.to_array();
    a > 250 && (1..100).contains(&r.max(g).max(b))
}

/// A shape's colour in the host's words.
pub(super) fn canvas_of(visuals: &egui::Visuals) -> Canvas {
    Canvas {
        ground: super::legacy_egui::old_color(visuals.extreme_bg_color),
        ink: super::legacy_egui::old_color(visuals.text_color()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// An old context with the faces of the tests, light or dark.
    fn context(theme: old::Theme) -> old::Context {
        let ctx = old::Context::default();
        let mut fonts = old::FontDefinitions::empty();
        for (family, name, bytes) in [
            (old::FontFamily::Proportional, "sans", dejavu::sans::regular()),
            (old::FontFamily::Monospace, "mono", dejavu::sans_mono::regular()),
        ] {
            let data = Arc::new(old::FontData::from_static(bytes));
            fonts.font_data.insert(name.to_owned(), data);
            fonts.families.insert(family, vec![name.to_owned()]);
        }
        ctx.set_fonts(fonts);
        ctx.set_theme(theme);
        ctx
    }

    fn canvas(theme: old::Theme) -> Canvas {
        let style =
            if theme == old::Theme::Dark { egui::Visuals::dark() } else { egui::Visuals::light() };
        canvas_of(&style)
    }

    /// Two frames of one thread, as puffin would hand them over.
    fn frames() -> puffin::FrameView {
        let mut view = puffin::FrameView::default();
        let id = puffin::ScopeId(std::num::NonZeroU32::MIN);
        for index in 0..2_i64 {
            let mut stream = puffin::Stream::default();
            let start = index * 10_000_000;
            let (outer, _) = stream.begin_scope(|| start, id, "");
            stream.end_scope(outer, start + 6_000_000);
            let thread = puffin::ThreadInfo { start_time_ns: Some(0), name: "UI".to_owned() };
            let streams = [(thread, puffin::StreamInfo::parse(stream).unwrap())].into();
            let frame = puffin::FrameData::new(index as u64, streams, Vec::new(), true).unwrap();
            view.add_frame(Arc::new(frame));
        }
        view
    }

    /// The dressed shapes of the third frame, which has nothing to fade in.
    fn drawn(theme: old::Theme) -> (old::Context, Vec<ClippedShape>) {
        let ctx = context(theme);
        let mut profiler = puffin_egui::ProfilerUi::default();
        let mut view = frames();
        let mut shapes = Vec::new();
        for _ in 0..3 {
            let input = old::RawInput {
                screen_rect: Some(old::Rect::from_min_size(
                    old::Pos2::ZERO,
                    old::vec2(800.0, 500.0),
                )),
                ..Default::default()
            };
            let output = ctx.run(input, |ctx| {
                prepare(ctx);
                old::CentralPanel::default().show(ctx, |ui| {
                    profiler.ui(ui, &mut puffin_egui::MaybeMutRef::MutRef(&mut view));
                    // The signs of menus and tables that are closed at first.
                    for (sign, _) in SIGNS {
                        let _shown = ui.button(format!("{sign}Settings"));
                    }
                });
            });
            shapes = output.shapes;
            dress(&ctx, &mut shapes, canvas(theme));
        }
        (ctx, shapes)
    }

    fn flat<'a>(shape: &'a Shape, into: &mut Vec<&'a Shape>) {
        match shape {
            Shape::Vec(shapes) => {
                for shape in shapes {
                    flat(shape, into);
                }
            }
            other => into.push(other),
        }
    }

    fn all(shapes: &[ClippedShape]) -> Vec<&Shape> {
        let mut into = Vec::new();
        for clipped in shapes {
            flat(&clipped.shape, &mut into);
        }
        into
    }

    #[test]
    fn no_sign_is_drawn_as_a_box() {
        let (ctx, shapes) = drawn(old::Theme::Dark);
        let mut n_texts = 0;
        for shape in all(&shapes) {
            let Shape::Text(text) = shape else { continue };
            n_texts += 1;
            for section in &text.galley.job.sections {
                let part = &text.galley.job.text[section.byte_range.clone()];
                for c in part.chars().filter(|c| !c.is_whitespace()) {
                    let font = &section.format.font_id;
                    let has = ctx.fonts_mut(|fonts| fonts.has_glyph(font, c));
                    assert!(has, "{c:?} in {part:?}");
                }
            }
        }
        assert!(n_texts > SIGNS.len(), "the profiler drew nothing");
    }

    #[test]
    fn the_canvas_has_the_hosts_ground_and_ink_in_both_themes() {
        for theme in [old::Theme::Dark, old::Theme::Light] {
            let Canvas { ground, ink } = canvas(theme);
            let (_, shapes) = drawn(theme);
            let all = all(&shapes);
            let fills = || {
                all.iter().filter_map(|shape| match shape {
                    Shape::Rect(rect) => Some(rect.fill),
                    _ => None,
                })
            };
            assert!(fills().any(|fill| fill == ground), "{theme:?}");
            let black =
                fills().filter(|fill| fill.to_array() == DARK_CANVAS || *fill == Color32::BLACK);
            assert_eq!(black.count(), 0, "{theme:?}");
            let thread = all.iter().find_map(|shape| match shape {
                Shape::Text(text) if text.galley.text().ends_with(" UI") => Some(text_color(text)),
                _ => None,
            });
            assert_eq!(thread, Some(ink.gamma_multiply(229.0 / 255.0)), "{theme:?}");
        }
    }

    #[test]
    fn whites_become_ink_and_scopes_keep_their_colours() {
        assert_eq!(white(Color32::WHITE), Some(1.0));
        assert_eq!(white(old::Rgba::from_white_alpha(0.2).into()), Some(0.2));
        assert_eq!(white(old::Rgba::from_rgb(0.8, 0.8, 0.8).into()), None);
        assert_eq!(white(Color32::TRANSPARENT), None);
        let scope = old::Rgba::from_rgb(0.5, 0.1, 1.0) * 0.9;
        assert!(!is_faded(scope.into()));
        assert!(is_faded(old::lerp(old::Rgba::BLACK..=scope, 0.075).into()));
        assert!(!is_faded(Color32::BLACK));
    }
}
