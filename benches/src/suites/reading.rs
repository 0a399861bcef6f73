//! Reading files against reading their bytes.

use crate::inputs::Files;
use crate::measure::{RUNS, cpu_ms};
use crate::report::Row;
use anyhow::Result;
use engine::smf::{self, Limits};
use std::path::Path;

/// Walking every event of a file may cost this many times what getting its bytes costs.
const AT_MOST: f64 = 8.0;

/// Plain read, walk and import of the same files, in turns in one run.
///
/// # Errors
/// When there are no files to read.
pub fn rows() -> Result<Vec<Row>> {
    let files = Files::find()?;
    let bytes: u64 =
        files.paths.iter().filter_map(|path| path.metadata().ok()).map(|m| m.len()).sum();
    let limits = Limits::BY_HAND;
    let mut best = [f64::MAX; 3];
    // One more than counts: the first fills the file cache.
    for _ in 0..=RUNS {
        let turns: [&dyn Fn(&Path) -> usize; 3] = [
            &|path| std::fs::read(path).map_or(0, |bytes| bytes.len()),
            &|path| {
                let Ok(bytes) = smf::load(path, &limits) else { return 0 };
                smf::read(&bytes, &limits).map_or(0, |song| song.tracks.len())
            },
            &|path| {
                let Ok(bytes) = smf::load(path, &limits) else { return 0 };
                smf::import(bytes, "bench", &limits)
                    .map_or(0, |imported| imported.project.note_count())
            },
        ];
        for (best, turn) in best.iter_mut().zip(turns) {
            let (ms, _) = cpu_ms(|| files.paths.iter().map(|path| turn(path)).sum::<usize>());
            *best = best.min(ms);
        }
    }
    let [plain, walk, import] = best;
    let count = files.paths.len() as f64;
    let beside = |ms: f64| {
        vec![("ms", ms), ("us_per_file", ms * 1e3 / count), ("mb_per_s", bytes as f64 / ms / 1e3)]
    };
    let of = format!("{} files, {}", files.paths.len(), files.origin);
    Ok(vec![
        Row {
            id: "read_plain",
            what: format!("fs::read of {of}"),
            value: plain,
            budget: None,
            unit: "ms",
            beside: beside(plain),
        },
        Row {
            id: "read_walk",
            what: format!("load and walk every event against fs::read, {of}"),
            value: walk / plain,
            budget: Some(AT_MOST),
            unit: "x",
            beside: beside(walk),
        },
        Row {
            id: "read_import",
            what: format!("load and make projects against fs::read, {of}"),
            value: import / plain,
            budget: None,
            unit: "x",
            beside: beside(import),
        },
    ])
}
