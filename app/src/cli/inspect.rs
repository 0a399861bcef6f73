//! `midi-daw inspect`.

use super::args::InspectArgs;
use super::say;
use anyhow::Context;
use engine::smf::{self, Limits};

pub(super) fn run(args: &InspectArgs) -> anyhow::Result<()> {
    let limits = Limits::default();
    let failed = || format!("could not read the file: {}", args.file.display());
    let bytes = smf::load(&args.file, &limits).with_context(failed)?;
    let seen = smf::inspect(&bytes, &limits).with_context(failed)?;
    if args.json {
        say(&serde_json::to_string(&seen)?);
        return Ok(());
    }
    say(&args.file.display().to_string());
    // The same keys as the JSON form, one a line, so that both say the same.
    let serde_json::Value::Object(keys) = serde_json::to_value(&seen)? else { return Ok(()) };
    for (key, value) in keys {
        match value {
            serde_json::Value::Array(items) if items.len() > 4 => {
                say(&format!("  {key}: {} entries", items.len()));
            }
            serde_json::Value::String(text) => say(&format!("  {key}: {text}")),
            other => say(&format!("  {key}: {other}")),
        }
    }
    for problem in &seen.problems {
        say(&format!("  ! {problem}"));
    }
    Ok(())
}
