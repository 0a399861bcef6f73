//! What a scan did, as one serialisable record.

use serde::Serialize;

/// What `orchestrator --json` prints. Keys are stable.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ScanReport {
    /// MIDI files and archives found, and archives' MIDI members.
    pub files_seen: u64,
    /// Not read, since they have not changed.
    pub unchanged: u64,
    /// Read and analysed.
    pub analysed: u64,
    /// Of those, mended.
    pub salvaged: u64,
    /// Refused; `failed` in the index has the reasons.
    pub failed: u64,
    /// Known from before and no longer there.
    pub absent: u64,
    /// Files of other kinds, passed over.
    pub other_files: u64,
    /// Symbolic links, not followed.
    pub links: u64,
    /// Folders listed.
    pub folders: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Whether it was stopped before its end.
    pub cancelled: bool,
    /// Wall time.
    pub seconds: f64,
    /// CPU time of the process meanwhile.
    pub cpu_secs: f64,
    /// The most memory that the process has held, in bytes.
    pub peak_rss_bytes: u64,
    /// CPU time of each stage, over all its threads.
    pub stages: StageSecs,
    /// Share of buffers that came from the pool, 0..=1.
    pub pool_hit_rate: f64,
    /// Times that a thread had to wait for a connection to the index.
    pub connection_waits: u64,
    /// Files whose tempo was heard in their notes.
    pub tempo_heard: u64,
    /// Files that have other tags now, since the table of tags is another one.
    pub retagged: u64,
    /// Lines of the user's table of tags that are left out, and why.
    pub tag_problems: Vec<String>,
    /// Files seen a second.
    pub files_per_sec: f64,
    /// Rows in the index afterwards.
    pub rows: u64,
}

/// CPU seconds by stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct StageSecs {
    /// Listing folders.
    pub walk: f64,
    /// Getting bytes.
    pub fetch: f64,
    /// Hashing, parsing, features.
    pub analyse: f64,
    /// Writing rows.
    pub write: f64,
    /// Building indexes at the end of a first import.
    pub finish: f64,
}
