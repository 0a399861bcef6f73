//! `midi-daw screenshot`.

use super::args::ScreenshotArgs;
use super::{say, say_wrong, tour};
use crate::headless::{Scenario, Screenshot, take};
use crate::profile_dir::ProfileDir;

pub(super) fn run(args: &ScreenshotArgs) -> anyhow::Result<()> {
    let scenario = args.scenario.map_or("still", Scenario::name);
    let profile_dir = args.profile_dir.as_deref();
    let profile_dir = profile_dir.map(|dir| ProfileDir::open(dir, scenario)).transpose()?;
    let mut session = take(&Screenshot {
        input: args.input.clone(),
        size: args.size,
        pixels_per_point: args.scale.clamp(0.5, 4.0),
        frames: args.frames,
        view: args.view,
        scenario: args.scenario,
        theme: args.theme,
        profile_dir,
    })?;
    tour::picture(&session, &args.output)?;
    if let Some(kept) = session.keep_last_report() {
        for regression in kept?.regressions {
            say_wrong(&regression.to_string());
        }
    }
    if let Some(path) = &args.metrics {
        let mut report = session.report();
        report.scenario = args.scenario.map(|scenario| scenario.name().to_owned());
        tour::write(path, report.to_json()?.as_bytes())?;
    }
    let (adapter, software) = session.adapter();
    let kind = if software { "software" } else { "hardware" };
    let render = session.metrics().get_render_metrics();
    say(&format!(
        "{}: {} frames, interface p95 {:.2} ms, drawn by {adapter} ({kind})",
        args.output.display(),
        render.frames,
        render.ui_thread_p95_ms,
    ));
    Ok(())
}
