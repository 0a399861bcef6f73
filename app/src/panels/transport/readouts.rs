//! The figures of the top bar.

use super::position::time_text;
use crate::command::AppCommand;
use crate::theme::{fonts, size};
use crate::view_ctx::ViewCtx;
use crate::widgets::{Readout, Well};
use crate::wording::{position_text, read_position, tonic};
use egui::{FontId, Key, Sense, TextEdit, Ui, vec2};
use engine::model::KeySignature;

fn figure(ctx: &ViewCtx<'_>, text: String, widest: &'static str) -> Readout<'static> {
    let font: FontId = fonts::mono(size::READOUT);
    Readout { caption: "", text, widest, font, color: ctx.theme.text }
}

/// Bar, beat, tick and time. Click to type, drag to move by beats.
pub(super) fn position(
    ctx: &ViewCtx<'_>,
    ui: &mut Ui,
    typing: &mut Option<String>,
    dragged: &mut f32,
) {
    let meter = &ctx.snapshot.conductor.meter;
    if let Some(text) = typing {
        let field = ui.add_sized(
            vec2(248.0, 30.0),
            TextEdit::singleline(text).font(fonts::mono(size::READOUT)).margin(vec2(12.0, 6.0)),
        );
        field.request_focus();
        if ui.input(|input| input.key_pressed(Key::Enter)) {
            if let Some(tick) = read_position(meter, text) {
                ctx.commands.send(AppCommand::Seek(tick));
            }
            *typing = None;
        } else if field.clicked_elsewhere() || ui.input(|input| input.key_pressed(Key::Escape)) {
            *typing = None;
        }
        return;
    }
    let small = fonts::mono(12.5);
    let response = Well::new(ctx.theme, "Position")
        .sense(Sense::click_and_drag())
        .with(figure(ctx, position_text(meter, ctx.playhead()), "000 . 0 . 000"))
        .with(Readout {
            font: small,
            color: ctx.theme.muted,
            ..figure(ctx, time_text(ctx.transport.secs), "00:00.000")
        })
        .ui(ui);
    if response.hovered() {
        ctx.hint.set("Click to type a position · Drag to move by beats");
    }
    if response.clicked() {
        *typing = Some(position_text(meter, ctx.playhead()));
    }
    drag_position(ctx, &response, dragged);
}

/// One beat for every 8 points that the pointer goes up or to the right.
fn drag_position(ctx: &ViewCtx<'_>, response: &egui::Response, dragged: &mut f32) {
    if response.drag_started() {
        *dragged = 0.0;
    }
    if !response.dragged() {
        return;
    }
    let moved = response.drag_delta();
    *dragged += (moved.x - moved.y) / 8.0;
    let beats = dragged.trunc();
    *dragged -= beats;
    if beats != 0.0 {
        let beat = ctx.snapshot.conductor.meter.beat_ticks_at(ctx.playhead());
        let ticks = i64::try_from(beat).unwrap_or(i64::MAX).saturating_mul(beats as i64);
        ctx.commands.send(AppCommand::Seek(ctx.playhead().offset(ticks)));
    }
}

/// Tempo, meter and key at the playhead.
pub(super) fn song(ctx: &ViewCtx<'_>, ui: &mut Ui) {
    let (conductor, at) = (&ctx.snapshot.conductor, ctx.playhead());
    let meter = conductor.meter.meter_at(at);
    let response = Well::new(ctx.theme, "Song")
        .with(Readout {
            caption: "BPM",
            ..figure(ctx, format!("{:.2}", conductor.tempo.tempo_at(at).bpm()), "000.00")
        })
        .with(figure(ctx, format!("{}/{}", meter.numerator, meter.denominator()), "4/4"))
        .with(Readout { caption: "KEY", ..figure(ctx, key_text(conductor.key_at(at)), "F♯m") })
        .ui(ui);
    if response.hovered() {
        ctx.hint.set("Tempo, meter and key signature at the playhead");
    }
}

/// Load of the callback, time of a frame, MIDI coming and going.
pub(super) fn costs(ctx: &ViewCtx<'_>, ui: &mut Ui) {
    let (theme, costs) = (ctx.theme, ctx.costs);
    let part = |caption: &'static str, text: String, widest: &'static str, good: bool| Readout {
        caption,
        text,
        widest,
        font: fonts::mono(12.0),
        color: if good { theme.accent } else { theme.record },
    };
    let lamp = |caption: &'static str, lit: bool| Readout {
        caption,
        text: if lit { "■" } else { "·" }.to_owned(),
        widest: "■",
        font: fonts::mono(11.0),
        color: if lit { theme.accent } else { theme.dim },
    };
    let response = Well::new(theme, "Load")
        .with(part("DSP", format!("{:.0}%", costs.dsp * 100.0), "100%", costs.dsp < 0.8))
        .with(part("UI", format!("{:.1} ms", costs.ui_ms), "00.0 ms", costs.ui_ms < 16.67))
        .with(lamp("IN", ctx.lamps.input))
        .with(lamp("OUT", ctx.lamps.output))
        .ui(ui);
    if response.hovered() {
        ctx.hint.set(
            "Share of a sound block that computing it takes · Work of a frame · F12 shows more",
        );
    }
}

/// The key as a tonic; a dash where none is declared, or one that does not exist.
pub(super) fn key_text(key: Option<KeySignature>) -> String {
    let key = key.filter(|key| (-7..=7).contains(&key.sharps));
    key.map_or_else(|| "–".to_owned(), tonic)
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::time::Tick;

    #[test]
    fn key_signatures_are_named_by_their_tonic() {
        let name = |sharps, minor| key_text(Some(KeySignature { tick: Tick::ZERO, sharps, minor }));
        assert_eq!(name(0, false), "C");
        assert_eq!(name(3, true), "F♯m");
        assert_eq!(name(-3, false), "E♭");
        assert_eq!(name(-7, true), "A♭m");
        assert_eq!(name(100, true), "–");
        assert_eq!(key_text(None), "–");
    }
}
