//! The token table: every colour of the interface, dark and light side by side.
//!
//! The only place in the application that makes colours out of numbers.

use egui::Color32;

/// An opaque colour from its hexadecimal form, 0xRRGGBB.
#[expect(clippy::disallowed_methods, reason = "this is the token table")]
const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// `color` at `alpha` (0..=255), to lay over something else.
#[expect(clippy::disallowed_methods, reason = "this is the token table")]
pub fn translucent(color: Color32, alpha: u8) -> Color32 {
    Color32::from_rgba_unmultiplied(color.r(), color.g(), color.b(), alpha)
}

/// `from` moved towards `to` by `share` (0..=1), channel by channel.
#[expect(clippy::disallowed_methods, reason = "this is the token table")]
pub fn mix(from: Color32, to: Color32, share: f32) -> Color32 {
    let share = share.clamp(0.0, 1.0);
    let channel =
        |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share).round() as u8;
    Color32::from_rgb(
        channel(from.r(), to.r()),
        channel(from.g(), to.g()),
        channel(from.b(), to.b()),
    )
}

/// Makes the struct and both palettes from one table, so that no token exists in one alone.
macro_rules! tokens {
    ($($(#[$doc:meta])* $name:ident: $dark:literal, $light:literal;)*) => {
        /// Every colour that has a name; see [`super::Theme`], which derefs to this.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Tokens {
            $($(#[$doc])* pub $name: Color32,)*
        }

        /// The dark palette.
        pub(super) const DARK: Tokens = Tokens { $($name: hex($dark),)* };
        /// The light palette.
        pub(super) const LIGHT: Tokens = Tokens { $($name: hex($light),)* };
    };
}

tokens! {
    /// Behind everything: canvases.
    bg: 0x15171B, 0xF4F5F7;
    /// Bars, headers, side panels.
    panel: 0x1B1E24, 0xFFFFFF;
    /// Buttons, chips and whatever stands out of a panel.
    raised: 0x252932, 0xE7EAEF;
    /// A raised thing under the pointer.
    raised_hover: 0x2F3540, 0xDBE0E7;
    /// Borders and strong grid lines.
    line: 0x2E333D, 0xC9CFD8;
    /// Quiet grid lines and separators.
    line_soft: 0x22262E, 0xE2E6EC;
    /// Bar lines of a grid: stronger than beats.
    grid_bar: 0x3A404C, 0xB4BCC8;
    /// Text.
    text: 0xDCE1EA, 0x1A1F27;
    /// Captions and what is secondary.
    muted: 0x8C95A5, 0x5A6373;
    /// `muted`, lightened for use on `selection`.
    muted_on_selection: 0xA3B3B8, 0x48565F;
    /// Lines and disabled text only: too faint to read.
    dim: 0x5C6472, 0x9AA3B0;
    /// The one accent: what is on, what plays, what is chosen.
    accent: 0x4CC9A6, 0x0A7459;
    /// Text and icons on `accent`.
    on_accent: 0x0C1713, 0xFFFFFF;
    /// Fill of what is selected.
    selection: 0x24443D, 0xCBEADF;
    /// The playhead.
    playhead: 0xFF7A59, 0xD9481F;
    /// Markers and solo.
    marker: 0xF2B84B, 0x8A5A00;
    /// Fill of a solo button that is on, and of warnings.
    solo: 0xF2B84B, 0xF2B84B;
    /// Text on `solo`.
    on_solo: 0x15171B, 0x15171B;
    /// Record and errors.
    record: 0xFF6B6B, 0xBF2A2A;
    /// Sunken fields: readouts, meters, inputs.
    well: 0x101216, 0xEDEFF3;
    /// A selected note.
    note_selected: 0xF5F7FA, 0x10141A;
    /// Text on a clip's title bar.
    clip_title: 0x0C1014, 0x0C1014;
    /// White piano keys.
    key_white: 0xC9CED8, 0xFFFFFF;
    /// Black piano keys.
    key_black: 0x15171B, 0x2A2F38;
    /// Lines between white keys.
    key_line: 0x9AA1AE, 0xC4CAD4;
    /// Text on white keys.
    key_text: 0x3A404C, 0x4A5260;
    /// Rows of white keys in the piano roll; black ones are `bg`.
    row_white: 0x1A1D23, 0xFFFFFF;
    /// Rows of a scale in the piano roll.
    row_scale: 0x1B2328, 0xFFFFFF;
    /// Rows of its root.
    row_root: 0x1E3733, 0xD6EEE6;
    /// Rows that are foreign to it.
    row_foreign: 0x131518, 0xE8EBEF;
    /// Shadows under popups.
    shadow: 0x07080A, 0x6A7280;
}

/// Track colours of the dark theme, tuned to be of like lightness.
pub(super) const TRACKS_DARK: [Color32; 10] = [
    hex(0x6FA8FF),
    hex(0x4CC9A6),
    hex(0xF2B84B),
    hex(0xE57CD8),
    hex(0xFF7A59),
    hex(0x8BD450),
    hex(0x9B8CFF),
    hex(0x4FC3F7),
    hex(0xE8707C),
    hex(0xC9A66B),
];

/// Track colours of the light theme: the same hues, dark enough to read as notes on white.
pub(super) const TRACKS_LIGHT: [Color32; 10] = [
    hex(0x2F6FD6),
    hex(0x12896B),
    hex(0xB07A0A),
    hex(0xB544A6),
    hex(0xD2502C),
    hex(0x4E8F16),
    hex(0x6A57DB),
    hex(0x0E82B8),
    hex(0xC2414F),
    hex(0x8C6A2C),
];
