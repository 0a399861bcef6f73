//! `midi-daw convert`.

use super::args::ConvertArgs;
use super::say;
use anyhow::Context;
use engine::smf::{self, ExportOptions, Limits};

pub(super) fn run(args: &ConvertArgs) -> anyhow::Result<()> {
    let limits = Limits::default();
    let failed = || format!("could not read the file: {}", args.input.display());
    let bytes = smf::load(&args.input, &limits).with_context(failed)?;
    let name = args.input.file_stem().unwrap_or_default().to_string_lossy();
    let imported = smf::import(bytes, &name, &limits).with_context(failed)?;
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
