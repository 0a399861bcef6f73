//! `midi-daw render`.

use super::args::{RenderArgs, SampleBits};
use super::{say, song};
use anyhow::{Context, bail};
use engine::audio::bounce::{self, BounceOptions, SampleDepth};
use engine::audio::soundfont::SoundFont;
use engine::model::Project;
use engine::time::TickRange;

pub(super) fn run(args: &RenderArgs) -> anyhow::Result<()> {
    let project = song::load(&args.input)?.project;
    let font = match &args.soundfont {
        Some(path) => SoundFont::open(path).context("could not use the SoundFont")?,
        None => SoundFont::built_in(),
    };
    let range = range(args, &project)?;
    let depth = match args.bits {
        SampleBits::Sixteen => SampleDepth::Int16,
        SampleBits::TwentyFour => SampleDepth::Int24,
        SampleBits::Float => SampleDepth::Float32,
    };
    let options = BounceOptions { rate: args.rate, range, depth, ..BounceOptions::default() };
    let report = bounce::render(&project, &font, &options, &args.output, &mut |_| true)
        .context("could not render the song")?;
    if let Some(folder) = &args.stems {
        let stems = bounce::render_stems(&project, &font, &options, folder, &mut |_| true)
            .context("could not render the tracks")?;
        if !args.json {
            say(&format!("{}: {} tracks", folder.display(), stems.len()));
        }
    }
    if args.json {
        say(&serde_json::to_string(&report)?);
    } else {
        say(&format!(
            "{}: {:.2} s at {} Hz, peak {:.1} dBFS, {} voices at most",
            args.output.display(),
            report.secs,
            report.rate,
            report.peak_dbfs,
            report.voices_max,
        ));
    }
    Ok(())
}

/// Bars are counted from 1, the last one included.
fn range(args: &RenderArgs, project: &Project) -> anyhow::Result<Option<TickRange>> {
    if args.from.is_none() && args.to.is_none() {
        return Ok(None);
    }
    let meter = &project.conductor.meter;
    let from = args.from.unwrap_or(1);
    let start = meter.bar_start(from - 1);
    let end = args.to.map_or_else(|| project.end(), |bar| meter.bar_start(bar));
    if end <= start {
        bail!("there is nothing between bar {from} and the end of the range");
    }
    Ok(Some(TickRange::between(start, end)))
}
