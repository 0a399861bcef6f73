//! The whole report as JSON: one object, stable snake_case keys.
//!
//! Owns the schema that `--metrics OUT.json`, the overlay's save button and
//! [`crate::state::ProfilingState`] write and that [`crate::regression`] reads
//! back. A report of another version still reads: missing keys are zero,
//! unknown ones are passed over. Plain data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::memory::CacheStats;

/// A saved report could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// Not JSON, or not a report.
    #[error("not a profiling report: {0}")]
    Json(#[from] serde_json::Error),
}

/// Everything the program knows about its own cost, at one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Report {
    /// Which machine made it; reports of different ones are not compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// What was being done ("edit", "scroll"); likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scenario: Option<String>,
    /// Frames.
    pub render: RenderReport,
    /// Bytes.
    pub memory: MemoryReport,
    /// Every registered cache by name.
    pub caches: BTreeMap<String, CacheReport>,
    /// Every registered pool by name.
    pub pools: BTreeMap<String, PoolReport>,
    /// Every virtual list by name.
    pub scroll: BTreeMap<String, ScrollReport>,
    /// Batches of updates of the interface.
    pub updates: UpdatesReport,
    /// The audio callback.
    pub audio: AudioReport,
    /// What the system says about this process.
    pub process: ProcessReport,
    /// SQL statements, slowest first; absent where nothing was queried.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<crate::query_stats::StatementStats>,
}

impl Report {
    /// Pretty-printed JSON with a line feed at its end.
    ///
    /// # Errors
    /// Never for a report this crate made; the serialiser's signature has one.
    pub fn to_json(&self) -> Result<String, ReportError> {
        let mut json = serde_json::to_string_pretty(self)?;
        json.push('\n');
        Ok(json)
    }

    /// Reads a report back.
    ///
    /// # Errors
    /// [`ReportError::Json`] when the text is no JSON object of this shape.
    pub fn from_json(json: &str) -> Result<Self, ReportError> {
        Ok(serde_json::from_str(json)?)
    }
}

/// Frames: times in ms, percentiles of the window, by nearest rank.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RenderReport {
    /// Frames ever, without the warm-up.
    pub frames: u64,
    /// 1000 / `mean_ms`; 0 when there is none.
    pub fps: f64,
    /// Mean of the window.
    pub mean_ms: f64,
    /// The shortest frame ever.
    pub min_ms: f64,
    /// Median of the window.
    pub p50_ms: f64,
    /// 95th percentile of the window.
    pub p95_ms: f64,
    /// 99th percentile of the window.
    pub p99_ms: f64,
    /// The longest frame ever.
    pub max_ms: f64,
    /// Frames ever above the budget.
    pub dropped: u64,
    /// Whether the mean keeps the budget.
    pub is_smooth: bool,
    /// 95th percentile of the time between presents while animating.
    pub interval_p95_ms: f64,
    /// Median of input + logic + ui + tessellate + upload.
    pub ui_thread_p50_ms: f64,
    /// 95th percentile of the same.
    pub ui_thread_p95_ms: f64,
    /// Maximum of the same, in the window.
    pub ui_thread_max_ms: f64,
    /// Frames of the warm-up, which are in none of the above.
    pub warmup_frames: u64,
    /// What the warm-up took in all.
    pub warmup_ms: f64,
    /// Times that were negative or not finite.
    pub ignored: u64,
    /// Each phase.
    pub phases: PhasesReport,
}

/// The phases of a frame.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PhasesReport {
    /// Gathering input.
    pub input: PhaseReport,
    /// Polling and dispatching.
    pub logic: PhaseReport,
    /// Building the interface.
    pub ui: PhaseReport,
    /// Shapes to triangles.
    pub tessellate: PhaseReport,
    /// Instances to the GPU.
    pub upload: PhaseReport,
    /// The GPU; null where there are no timestamp queries.
    pub gpu: Option<PhaseReport>,
}

impl PhasesReport {
    /// Name and figures of each phase that has some.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &PhaseReport)> {
        let Self { input, logic, ui, tessellate, upload, gpu } = self;
        [
            ("input", Some(input)),
            ("logic", Some(logic)),
            ("ui", Some(ui)),
            ("tessellate", Some(tessellate)),
            ("upload", Some(upload)),
            ("gpu", gpu.as_ref()),
        ]
        .into_iter()
        .filter_map(|(name, phase)| Some((name, phase?)))
    }
}

/// One phase, in ms, over the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PhaseReport {
    /// Median.
    pub p50_ms: f64,
    /// 95th percentile.
    pub p95_ms: f64,
    /// Maximum.
    pub max_ms: f64,
}

/// Bytes of the heap, of the process, of each component.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MemoryReport {
    /// Live bytes of the allocator.
    pub heap_bytes: u64,
    /// Resident bytes of the process.
    pub rss_bytes: u64,
    /// Each component.
    pub components: BTreeMap<String, u64>,
    /// Share of the heap that the components account for; components outside
    /// the heap (GPU buffers, mapped files) are no part of it.
    pub explained: f64,
}

/// One cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CacheReport {
    /// Entries held.
    pub entries: u64,
    /// Bytes held.
    pub bytes: u64,
    /// The bound.
    pub max_bytes: u64,
    /// Lookups that found something.
    pub hits: u64,
    /// Lookups that did not.
    pub misses: u64,
    /// Entries that made room.
    pub evictions: u64,
    /// hits / (hits + misses).
    pub hit_rate: f64,
}

impl From<CacheStats> for CacheReport {
    fn from(stats: CacheStats) -> Self {
        Self {
            entries: stats.entries as u64,
            bytes: stats.current_size as u64,
            max_bytes: stats.max_size as u64,
            hits: stats.hits,
            misses: stats.misses,
            evictions: stats.evictions,
            hit_rate: stats.hit_rate,
        }
    }
}

/// One pool of buffers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PoolReport {
    /// Buffers handed out.
    pub acquired: u64,
    /// Buffers that came back.
    pub released: u64,
    /// Handed out from the pool.
    pub hits: u64,
    /// Newly allocated.
    pub misses: u64,
    /// hits / acquired.
    pub hit_rate: f64,
}

/// One virtual list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ScrollReport {
    /// Items in the list.
    pub total: u64,
    /// Items built.
    pub visible: u64,
    /// 1 − visible / total.
    pub memory_savings: f64,
    /// How often the viewport was told.
    pub viewport_updates: u64,
}

/// Batches of updates of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdatesReport {
    /// Batches so far.
    pub total_batches: u64,
    /// Updates in them.
    pub total_updates: u64,
    /// Updates per batch.
    pub average_batch_size: f64,
    /// Mean time of a batch.
    pub average_batch_time_ms: f64,
}

/// The audio callback.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AudioReport {
    /// 99th percentile of the callback's time.
    pub callback_p99_us: f64,
    /// Time a block lasts.
    pub budget_us: f64,
    /// Blocks that came too late.
    pub dropouts: u64,
    /// Voices that sound.
    pub voices: u64,
}

/// What the system says about this process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProcessReport {
    /// CPU time per wall time; 1 is one core.
    pub cpu_share: f64,
    /// Bytes read from disk.
    pub read_bytes: u64,
    /// Bytes written to disk.
    pub written_bytes: u64,
    /// Files, sockets and pipes that are open.
    pub open_files: u64,
}
