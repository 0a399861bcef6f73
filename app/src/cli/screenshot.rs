//! `midi-daw screenshot`.

use super::args::ScreenshotArgs;
use super::say;
use crate::headless::{Screenshot, take};
use anyhow::Context;

pub(super) fn run(args: &ScreenshotArgs) -> anyhow::Result<()> {
    let session = take(&Screenshot {
        input: args.input.clone(),
        size: args.size,
        pixels_per_point: args.scale.clamp(0.5, 4.0),
        frames: args.frames,
        view: args.view,
        scenario: args.scenario,
        theme: args.theme,
    })?;
    let path = &args.output;
    let failed = || format!("could not write the picture: {}", path.display());
    let mut png = std::io::Cursor::new(Vec::new());
    session.image()?.write_to(&mut png, image::ImageFormat::Png).with_context(failed)?;
    engine::smf::save_atomically(path, png.get_ref()).with_context(failed)?;
    if let Some(path) = &args.metrics {
        let failed = || format!("could not write the report: {}", path.display());
        let mut report = session.metrics().report();
        report.scenario = args.scenario.map(|scenario| scenario.name().to_owned());
        let text = report.to_json().with_context(failed)?;
        engine::smf::save_atomically(path, text.as_bytes()).with_context(failed)?;
    }
    let (adapter, software) = session.adapter();
    let kind = if software { "software" } else { "hardware" };
    let render = session.metrics().get_render_metrics();
    say(&format!(
        "{}: {} frames, interface p95 {:.2} ms, drawn by {adapter} ({kind})",
        path.display(),
        render.frames,
        render.ui_thread_p95_ms,
    ));
    Ok(())
}
