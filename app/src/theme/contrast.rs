//! How well one colour reads on another.

use egui::Color32;

/// The contrast ratio of two opaque colours, 1..=21 (WCAG 2.1, 1.4.3).
pub fn contrast_ratio(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Relative luminance of an sRGB colour (WCAG 2.1).
fn luminance(color: Color32) -> f32 {
    let linear = |channel: u8| {
        let value = f32::from(channel) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::{DARK, LIGHT};

    #[test]
    fn text_reads_on_every_background() {
        for theme in [&DARK, &LIGHT] {
            let pairs = [
                ("text on bg", theme.text, theme.bg),
                ("text on panel", theme.text, theme.panel),
                ("text on raised", theme.text, theme.raised),
                ("text on raised_hover", theme.text, theme.raised_hover),
                ("text on selection", theme.text, theme.selection),
                ("text on well", theme.text, theme.well),
                ("muted on bg", theme.muted, theme.bg),
                ("muted on panel", theme.muted, theme.panel),
                ("muted on raised", theme.muted, theme.raised),
                ("muted on well", theme.muted, theme.well),
                ("muted_on_selection", theme.muted_on_selection, theme.selection),
                ("accent on bg", theme.accent, theme.bg),
                ("accent on panel", theme.accent, theme.panel),
                ("accent on well", theme.accent, theme.well),
                ("accent on raised", theme.accent, theme.raised),
                ("on_accent on accent", theme.on_accent, theme.accent),
                ("marker on panel", theme.marker, theme.panel),
                ("marker on bg", theme.marker, theme.bg),
                ("on_solo on solo", theme.on_solo, theme.solo),
                ("record on panel", theme.record, theme.panel),
                ("record on raised", theme.record, theme.raised),
                ("record on bg", theme.record, theme.bg),
                ("key_text on key_white", theme.key_text, theme.key_white),
            ];
            for (name, front, back) in pairs {
                let ratio = contrast_ratio(front, back);
                assert!(ratio >= 4.5, "{:?}: {name} has only {ratio:.2} : 1", theme.kind);
            }
        }
    }

    #[test]
    fn track_colours_stand_out_and_are_of_like_lightness() {
        for theme in [&DARK, &LIGHT] {
            let shades: Vec<f32> =
                theme.tracks().iter().map(|&color| contrast_ratio(color, theme.bg)).collect();
            assert!(shades.iter().all(|&ratio| ratio >= 3.0), "{:?}: {shades:?}", theme.kind);
            let (low, high) = shades
                .iter()
                .fold((f32::MAX, 0.0_f32), |(low, high), &r| (low.min(r), high.max(r)));
            assert!(high / low <= 1.8, "{:?}: {shades:?}", theme.kind);
        }
    }
}
