//! `midi-daw convert`.

use super::args::ConvertArgs;
use super::{say, song};
use anyhow::Context;
use engine::smf::{self, ExportOptions};

pub(super) fn run(args: &ConvertArgs) -> anyhow::Result<()> {
    let imported = song::load(&args.input)?;
    let options = ExportOptions { format: args.format, repair: args.repair };
    let failed = || format!("could not write the file: {}", args.output.display());
    let written = smf::export(&imported.project, options).with_context(failed)?;
    smf::save_atomically(&args.output, &written).with_context(failed)?;
    let problems = match imported.problems.len() {
        0 => String::new(),
        count => format!(", {count} problems found"),
    };
    say(&format!("{}: {} bytes{problems}", args.output.display(), written.len()));
    Ok(())
}
