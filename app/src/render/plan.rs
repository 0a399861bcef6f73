//! What a frame draws and uploads, and the counters that tell of it.

use super::pipeline::DrawUniforms;
use super::store::Slot;
use profiling::CacheCounters;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the note renderer did in its last frame; read by metrics and tests.
#[derive(Debug, Default)]
pub struct NoteCounters {
    uploaded_bytes: AtomicU64,
    instances: AtomicU64,
    draws: AtomicU64,
    gpu_bytes: AtomicU64,
    heap_bytes: AtomicU64,
    /// Instances sent since somebody last asked, and CPU time that took, in nanoseconds.
    sent: AtomicU64,
    sent_nanos: AtomicU64,
    /// Coarser levels by clip, and blocks on the GPU by chunk.
    pub(super) levels: CacheCounters,
    pub(super) blocks: CacheCounters,
}

impl NoteCounters {
    pub(super) fn with_gpu_budget(bytes: u64) -> Self {
        Self { blocks: CacheCounters::new().with_bound(bytes), ..Self::default() }
    }

    /// Bytes sent to the GPU in the last frame.
    pub fn uploaded_bytes(&self) -> u64 {
        self.uploaded_bytes.load(Ordering::Relaxed)
    }

    /// Quads drawn in the last frame.
    pub fn instances(&self) -> u64 {
        self.instances.load(Ordering::Relaxed)
    }

    /// Draw calls in the last frame.
    pub fn draws(&self) -> u64 {
        self.draws.load(Ordering::Relaxed)
    }

    /// GPU memory that is held.
    pub fn gpu_bytes(&self) -> u64 {
        self.gpu_bytes.load(Ordering::Relaxed)
    }

    /// Heap bytes of the coarser levels.
    pub fn heap_bytes(&self) -> u64 {
        self.heap_bytes.load(Ordering::Relaxed)
    }

    /// Instances that went to the GPU since the last call, and the milliseconds of CPU time
    /// that planning and sending took.
    pub fn take_upload(&self) -> (u64, f64) {
        let nanos = self.sent_nanos.swap(0, Ordering::Relaxed);
        (self.sent.swap(0, Ordering::Relaxed), nanos as f64 / 1e6)
    }

    /// How the renderer's caches are doing, by name: coarser levels on the heap, blocks of
    /// instances on the GPU.
    pub fn caches(&self) -> [(&'static str, &CacheCounters); 2] {
        [("note_levels", &self.levels), ("note_blocks", &self.blocks)]
    }

    /// Counts the time of one call from egui.
    pub(super) fn add_time(&self, ms: f64) {
        self.sent_nanos.fetch_add((ms * 1e6) as u64, Ordering::Relaxed);
    }

    pub(super) fn publish(&self, tally: &Tally, gpu_bytes: u64, heap_bytes: usize) {
        self.uploaded_bytes.store(tally.uploaded_bytes, Ordering::Relaxed);
        self.instances.store(tally.instances, Ordering::Relaxed);
        self.draws.store(tally.draws, Ordering::Relaxed);
        self.gpu_bytes.store(gpu_bytes, Ordering::Relaxed);
        self.heap_bytes.store(heap_bytes as u64, Ordering::Relaxed);
        self.sent.fetch_add(tally.uploaded, Ordering::Relaxed);
    }
}

/// Counts of the frame in the making.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) uploaded_bytes: u64,
    /// Instances that went up.
    pub(super) uploaded: u64,
    pub(super) instances: u64,
    pub(super) draws: u64,
}

/// One draw call; its uniforms have the same index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draw {
    pub(super) from: DrawFrom,
    pub(super) uniforms: DrawUniforms,
}

/// Which buffer a draw reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum DrawFrom {
    /// What stays on the GPU.
    Store(Slot),
    /// What is uploaded every frame: first instance and count.
    Frame(u32, u32),
}
