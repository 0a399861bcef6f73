//! Songs named on the command line.

use anyhow::Context;
use engine::smf::{self, Imported, Limits};
use std::path::Path;

/// Reads a MIDI file, or the song that comes with the program when it is called "demo".
pub(super) fn load(path: &Path) -> anyhow::Result<Imported> {
    let limits = Limits::default();
    let failed = || format!("could not read the file: {}", path.display());
    if path.as_os_str() == "demo" && !path.exists() {
        return smf::import(crate::demo::song(), crate::demo::NAME, &limits).with_context(failed);
    }
    let bytes = smf::load(path, &limits).with_context(failed)?;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    smf::import(bytes, &name, &limits).with_context(failed)
}
