//! `midi-daw tour`: everything the program does, without a window, into one folder.

use super::args::TourArgs;
use super::say;
use crate::command::{Action, AppCommand};
use crate::headless::{Session, SessionOptions};
use crate::theme::ThemeKind;
use anyhow::{Context, ensure};
use engine::audio::bounce::{self, BounceOptions};
use engine::audio::soundfont::SoundFont;
use engine::edit::Command;
use engine::smf::{self, ExportOptions, Limits};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

pub(super) fn run(args: &TourArgs) -> anyhow::Result<()> {
    let out = &args.out;
    std::fs::create_dir_all(out)
        .with_context(|| format!("could not make the folder: {}", out.display()))?;
    let imported = import(out)?;
    let (edited, drawn) = window(out)?;
    let rendered = render(out)?;
    let report = json!({
        "import": imported, "edit": edited, "screens": drawn, "render": rendered,
    });
    write(&out.join("report.json"), serde_json::to_string_pretty(&report)?.as_bytes())?;
    say(&format!("The tour is in {}", out.display()));
    Ok(())
}

/// The song is read, summed up, and written back as it came.
fn import(out: &Path) -> anyhow::Result<Value> {
    let (bytes, limits) = (crate::demo::song(), Limits::default());
    let seen = smf::inspect(&bytes, &limits)?;
    let project = smf::import(Arc::clone(&bytes), crate::demo::NAME, &limits)?.project;
    let back = smf::export(&project, ExportOptions::default())?;
    ensure!(*back == *bytes, "the demo song did not come back byte for byte");
    write(&out.join("demo.mid"), &back)?;
    say(&format!(
        "Import: “{}”, {} tracks, {} notes, {:.0} s; written back byte for byte",
        crate::demo::NAME,
        project.tracks.len(),
        project.note_count(),
        seen.duration_secs,
    ));
    Ok(serde_json::to_value(&seen)?)
}

/// The application opens the song, edits it, takes that back, plays, and is drawn.
fn window(out: &Path) -> anyhow::Result<(Value, Value)> {
    let mut session = Session::new(SessionOptions::default())?;
    let (adapter, _) = session.adapter();
    session.app_mut().send(Action::OpenDemo);
    session.settle()?;
    let edited = edit(&mut session)?;
    say("Edit: an octave up and back again, in one undo step");
    session.app_mut().send(Action::PlayStop);
    // Only the pictures need pixels, which a software GPU is slow at.
    session.set_rasterize(false);
    for _ in 0..120 {
        session.frame(Vec::new())?;
    }
    session.set_rasterize(true);
    let secs = session.app().studio().transport().secs;
    ensure!(secs > 1.5, "two seconds of playing moved the playhead to {secs:.2} s");
    say(&format!("Play: the playhead is at {secs:.2} s"));
    let mut screens = Vec::new();
    for (theme, name) in [(ThemeKind::Dark, "dark"), (ThemeKind::Light, "light")] {
        session.app_mut().send(AppCommand::SetTheme(theme));
        for _ in 0..3 {
            session.frame(Vec::new())?;
        }
        let path = out.join(format!("window-{name}.png"));
        picture(&session, &path)?;
        screens.push(path.display().to_string());
    }
    write(&out.join("metrics.json"), session.report().to_json()?.as_bytes())?;
    let render = session.metrics().get_render_metrics();
    say(&format!(
        "Draw: {} frames by {adapter}, interface {:.2} ms at the 95th percentile",
        render.frames, render.ui_thread_p95_ms,
    ));
    Ok((edited, json!({ "adapter": adapter, "pictures": screens })))
}

fn edit(session: &mut Session) -> anyhow::Result<Value> {
    let before = Arc::clone(session.app().studio().snapshot());
    session.app_mut().send(Action::SelectAll);
    session.frame(Vec::new())?;
    let notes = session.app().selection().note_selection().context("no note is selected")?;
    let count = notes.len();
    session.app_mut().send(Command::MoveNotes { notes, ticks: 0, keys: 12 });
    session.frame(Vec::new())?;
    ensure!(session.app().studio().is_edited(), "moving notes did not change the song");
    session.app_mut().send(Action::Undo);
    session.frame(Vec::new())?;
    let back = before.tracks == session.app().studio().snapshot().tracks;
    ensure!(back, "undo did not bring the song back");
    Ok(json!({ "notes_moved": count, "undone": back }))
}

/// The song as sound, by the built-in bank.
fn render(out: &Path) -> anyhow::Result<Value> {
    let project = smf::import(crate::demo::song(), crate::demo::NAME, &Limits::default())?.project;
    let font = SoundFont::built_in();
    let path = out.join("demo.wav");
    let report = bounce::render(&project, &font, &BounceOptions::default(), &path, &mut |_| true)?;
    say(&format!("Render: {:.1} s of sound, peak {:.1} dBFS", report.secs, report.peak_dbfs));
    Ok(serde_json::to_value(report)?)
}

/// Writes what the session drew last.
pub(super) fn picture(session: &Session, path: &Path) -> anyhow::Result<()> {
    let mut png = std::io::Cursor::new(Vec::new());
    session.image()?.write_to(&mut png, image::ImageFormat::Png)?;
    write(path, png.get_ref())
}

/// Writes a file whole or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    smf::save_atomically(path, bytes)
        .with_context(|| format!("could not write the file: {}", path.display()))
}
