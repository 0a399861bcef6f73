//! A face for the tests and the example: egui is built without its own.

use std::sync::Arc;

use egui::{FontData, FontDefinitions, FontFamily};

/// Makes `ctx` draw with DejaVu from the next frame on.
pub(crate) fn install(ctx: &egui::Context) {
    let mut fonts = FontDefinitions::empty();
    for (family, name, bytes) in [
        (FontFamily::Proportional, "dejavu", dejavu::sans::regular()),
        (FontFamily::Monospace, "dejavu-mono", dejavu::sans_mono::regular()),
    ] {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
        fonts.families.insert(family, vec![name.to_owned()]);
    }
    ctx.set_fonts(fonts);
}
