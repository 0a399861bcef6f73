//! The flame graph: puffin's frames, without what drawing it costs itself.
//!
//! Owns the sink that takes frames from puffin while the overlay is open, and
//! `puffin_egui`'s view of them. UI thread; the sink runs wherever a frame ends.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use parking_lot::Mutex;
use puffin::{
    FrameData, FrameSinkId, FrameView, GlobalProfiler, Reader, ScopeCollection, ScopeId, Stream,
};
use puffin_egui::MaybeMutRef;

use super::legacy_egui::LegacyEgui;

/// Frames that wait for the overlay to be drawn; older ones are dropped.
const MAX_WAITING: usize = 256;
/// Frames one can go back to.
const MAX_RECENT: usize = 300;
/// The slowest frames, kept for as long as the overlay is open.
const MAX_SLOW: usize = 64;

/// The first frames are slow ones: the graph is fitted to what is usual after
/// this many.
const FIT_AFTER: usize = 8;

/// The scope around everything egui 0.33 does. egui 0.33 is instrumented by
/// the same crate as the host's egui: what lies below this scope is not shown.
macro_rules! legacy_scope {
    () => {
        "profiler: flame graph"
    };
}

/// Frames, and the interface that shows them.
pub(super) struct Flame {
    waiting: Arc<Mutex<VecDeque<Arc<FrameData>>>>,
    sink: FrameSinkId,
    frames: FrameView,
    scopes: ScopeCollection,
    profiler: puffin_egui::ProfilerUi,
    legacy: LegacyEgui,
    /// Whether the graph has the width of a usual frame.
    is_fitted: bool,
}

impl Flame {
    /// Begins to take frames; puffin's scopes have to be on for any to come.
    pub(super) fn new() -> Self {
        let waiting = Arc::new(Mutex::new(VecDeque::with_capacity(MAX_WAITING)));
        let queue = Arc::clone(&waiting);
        let sink = {
            let mut profiler = GlobalProfiler::lock();
            // Scopes that were known before have to be told again.
            profiler.emit_scope_snapshot();
            profiler.add_sink(Box::new(move |frame| {
                let mut queue = queue.lock();
                if queue.len() >= MAX_WAITING {
                    queue.pop_front();
                }
                queue.push_back(frame);
            }))
        };
        Self {
            waiting,
            sink,
            frames: empty_view(),
            scopes: ScopeCollection::default(),
            profiler: puffin_egui::ProfilerUi::default(),
            legacy: LegacyEgui::default(),
            is_fitted: false,
        }
    }

    /// Takes in the frames that have ended since the last call.
    pub(super) fn take_frames(&mut self) {
        let waiting = std::mem::take(&mut *self.waiting.lock());
        for frame in waiting {
            self.add(frame);
        }
    }

    /// Forgets all frames.
    pub(super) fn reset(&mut self) {
        self.waiting.lock().clear();
        // Names of scopes are told only once: ask for them again.
        GlobalProfiler::lock().emit_scope_snapshot();
        self.frames = empty_view();
        self.profiler.reset();
        self.is_fitted = false;
    }

    /// Frames one can look at.
    pub(super) fn frames(&self) -> &FrameView {
        &self.frames
    }

    /// Names of the scopes in the newest frame.
    pub(super) fn shown_scopes(&self) -> Vec<String> {
        let mut names = Vec::new();
        let newest = self.frames.latest_frame().and_then(|frame| frame.unpacked().ok());
        for info in newest.iter().flat_map(|frame| frame.thread_streams.values()) {
            // A stream that cannot be read on has been read as far as it goes.
            let _partial = self.collect_names(&info.stream, 0, &mut names);
        }
        names
    }

    fn collect_names(
        &self,
        stream: &Stream,
        offset: u64,
        names: &mut Vec<String>,
    ) -> puffin::Result<()> {
        for scope in Reader::with_offset(stream, offset)? {
            let scope = scope?;
            if let Some(details) = self.scopes.fetch_by_id(&scope.id) {
                names.push(details.name().clone().into_owned());
            }
            self.collect_names(stream, scope.child_begin_position, names)?;
        }
        Ok(())
    }

    pub(super) fn ui(&mut self, ui: &mut egui::Ui) {
        let Self { frames, profiler, legacy, is_fitted, .. } = self;
        // puffin_egui fits itself to the very first frame, a slow one, in which
        // those that follow are a sliver.
        if !*is_fitted && frames.recent_frames().count() >= FIT_AFTER {
            let mut durations: Vec<_> =
                frames.recent_frames().map(|frame| frame.duration_ns()).collect();
            durations.sort_unstable();
            let usual = durations.get(durations.len() / 2).copied().unwrap_or(0);
            profiler.flamegraph_options.canvas_width_ns = usual as f32 * 1.05;
            *is_fitted = true;
        }
        if frames.is_empty() {
            let text = "The next frames fill this: each is shown as the scopes it went through.";
            ui.label(egui::RichText::new(text).weak());
            return;
        }
        puffin::profile_scope!(legacy_scope!());
        legacy.show(ui, |ui| profiler.ui(ui, &mut MaybeMutRef::MutRef(frames)));
    }

    fn add(&mut self, frame: Arc<FrameData>) {
        for scope in &frame.scope_delta {
            self.scopes.insert(Arc::clone(scope));
        }
        let legacy = self.scopes.fetch_by_name(legacy_scope!()).copied();
        let shown = legacy.and_then(|scope| without_children(&frame, scope));
        self.frames.add_frame(shown.map_or(frame, Arc::new));
    }
}

impl Drop for Flame {
    fn drop(&mut self) {
        let sink = GlobalProfiler::lock().remove_sink(self.sink);
        drop(sink);
    }
}

fn empty_view() -> FrameView {
    let mut view = FrameView::default();
    view.set_max_recent(MAX_RECENT);
    view.set_max_slow(MAX_SLOW);
    // A few hundred frames are a few MB: packing them costs more than it saves.
    view.set_pack_frames(false);
    view
}

/// The frame with everything below `scope` left out; `None` when there is
/// nothing to leave out, or the frame cannot be read.
fn without_children(frame: &FrameData, scope: ScopeId) -> Option<FrameData> {
    let unpacked = frame.unpacked().ok()?;
    let mut streams = BTreeMap::new();
    let mut is_changed = false;
    for (thread, info) in &unpacked.thread_streams {
        let mut kept = Stream::default();
        let mut dropped = 0;
        copy_scopes(&info.stream, 0, scope, &mut kept, &mut dropped).ok()?;
        let info = if dropped == 0 {
            puffin::StreamInfo::clone(info)
        } else {
            is_changed = true;
            puffin::StreamInfo::parse(kept).ok()?
        };
        streams.insert(thread.clone(), info);
    }
    if !is_changed {
        return None;
    }
    let (index, delta) = (frame.frame_index(), frame.scope_delta.clone());
    FrameData::new(index, streams, delta, frame.full_delta).ok()
}

/// Copies the siblings at `offset` with what is below them, but for what is
/// below `without`; counts the bytes left out.
fn copy_scopes(
    from: &Stream,
    offset: u64,
    without: ScopeId,
    to: &mut Stream,
    dropped: &mut u64,
) -> puffin::Result<()> {
    for scope in Reader::with_offset(from, offset)? {
        let scope = scope?;
        let (start, _) = to.begin_scope(|| scope.record.start_ns, scope.id, scope.record.data);
        if scope.id == without {
            *dropped += scope.child_end_position.saturating_sub(scope.child_begin_position);
        } else {
            copy_scopes(from, scope.child_begin_position, without, to, dropped)?;
        }
        to.end_scope(start, scope.record.stop_ns());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below_the_old_egui_is_left_out_and_nothing_else() {
        let keep = ScopeId(std::num::NonZeroU32::MIN);
        let old = ScopeId(std::num::NonZeroU32::MAX);
        let mut stream = Stream::default();
        let (frame, _) = stream.begin_scope(|| 0, keep, "frame");
        let (before, _) = stream.begin_scope(|| 10, keep, "before");
        stream.end_scope(before, 20);
        let (outer, _) = stream.begin_scope(|| 30, old, "");
        let (inner, _) = stream.begin_scope(|| 40, keep, "inside the old egui");
        stream.end_scope(inner, 50);
        stream.end_scope(outer, 60);
        let (after, _) = stream.begin_scope(|| 70, keep, "after");
        stream.end_scope(after, 80);
        stream.end_scope(frame, 100);

        let mut kept = Stream::default();
        let mut dropped = 0;
        copy_scopes(&stream, 0, old, &mut kept, &mut dropped).unwrap();

        let frame = Reader::from_start(&kept).read_top_scopes().unwrap()[0];
        assert_eq!((frame.record.data, frame.record.duration_ns), ("frame", 100));
        let children = Reader::with_offset(&kept, frame.child_begin_position)
            .unwrap()
            .read_top_scopes()
            .unwrap();
        let names: Vec<_> = children.iter().map(|c| (c.record.data, c.record.start_ns)).collect();
        assert_eq!(names, [("before", 10), ("", 30), ("after", 70)]);
        assert_eq!(children[1].child_begin_position, children[1].child_end_position);
        assert!(dropped > 0);
    }
}
