//! One set of faces for window, headless runs and tests.

use egui::{Context, FontData, FontDefinitions, FontFamily, FontId, FontTweak};
use std::sync::Arc;

/// The family of emphasised text.
const STRONG: &str = "strong";
/// The family of icons.
const ICONS: &str = "icons";

/// Installs the faces. They are part of the program: every machine draws the same.
pub fn install(ctx: &Context) {
    ctx.set_fonts(definitions());
}

/// Lets the system's fonts help out where the embedded faces lack a character: file names
/// in any script. They are looked through on a thread of their own.
pub fn add_system(ctx: &Context) {
    let provider = egui_system_font_provider::SystemFontProvider::new();
    ctx.add_font_provider(Arc::new(provider));
}

/// Body text at `size` points.
pub fn text(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// Emphasised text at `size` points.
pub fn strong(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(STRONG.into()))
}

/// Tabular figures at `size` points.
pub fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// Icons at `size` points; what to draw is `char::from(lucide_icons::Icon::…)`.
pub fn icon(size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(ICONS.into()))
}

fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    let mut add = |name: &str, bytes: &'static [u8], tweak: FontTweak| {
        fonts
            .font_data
            .insert(name.to_owned(), Arc::new(FontData::from_static(bytes).tweak(tweak)));
    };
    add("noto", ttf_noto_sans::REGULAR, FontTweak::default());
    add("noto-bold", ttf_noto_sans::BOLD, FontTweak::default());
    add("dejavu", dejavu::sans::regular(), FontTweak::default());
    add("dejavu-mono", dejavu::sans_mono::regular(), FontTweak::default());
    add("lucide", lucide_icons::LUCIDE_FONT_BYTES, FontTweak::default());
    let mut family = |family: FontFamily, faces: &[&str]| {
        fonts.families.insert(family, faces.iter().map(|&face| face.to_owned()).collect());
    };
    // The icon face stands before DejaVu, since both use the private area.
    family(FontFamily::Proportional, &["noto", "lucide", "dejavu"]);
    family(FontFamily::Monospace, &["dejavu-mono", "lucide", "dejavu"]);
    family(FontFamily::Name(STRONG.into()), &["noto-bold", "lucide", "dejavu"]);
    family(FontFamily::Name(ICONS.into()), &["lucide", "dejavu"]);
    fonts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_of_the_interface_has_a_glyph() {
        let ctx = Context::default();
        install(&ctx);
        let symbols = "♯♭♮▶★●■⟲♩·–—…×÷±−→←↑↓⇧⌘▸▾✓éÄßñЖλ";
        let mut output = ctx.run_ui(egui::RawInput::default(), |_| {});
        output.textures_delta.clear();
        for font in [text(13.0), strong(13.0), mono(13.0)] {
            let missing: String = ctx.fonts_mut(|fonts| {
                symbols.chars().filter(|&symbol| !fonts.has_glyph(&font, symbol)).collect()
            });
            assert!(missing.is_empty(), "{font:?} lacks {missing}");
        }
    }
}
