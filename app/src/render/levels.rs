//! Which clips have coarser levels, and the thread that builds those of large ones.
//!
//! A clip of up to [`AT_ONCE`] chunks gets its levels in the frame that first needs them, as
//! long as the frame's allowance lasts; anything larger goes to the thread `note-levels`,
//! which wakes the interface when it is done. Only the newest version of a clip is built.

use super::pyramid::Pyramid;
use engine::model::{ClipId, Notes};
use parking_lot::{Condvar, Mutex};
use profiling::CacheCounters;
use std::collections::HashMap;
use std::sync::Arc;

/// Chunks whose levels may be built within one frame: about half a millisecond.
const AT_ONCE: usize = 24;
/// Frames after which levels that nobody drew are forgotten, when there are many.
const FORGET_AFTER: u64 = 120;
/// Heap bytes of levels that are kept without asking who still needs them.
const KEEP_BYTES: usize = 8 << 20;

/// Levels by clip.
pub(super) struct Levels {
    clips: HashMap<ClipId, Entry>,
    shared: Arc<Shared>,
    allowance: usize,
    frame: u64,
    bytes: usize,
    counters: CacheCounters,
}

struct Entry {
    pyramid: Option<Arc<Pyramid>>,
    /// What the thread was last asked for; holding it keeps its address its own.
    wanted: Option<Notes>,
    last_used: u64,
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    filled: Condvar,
}

#[derive(Default)]
struct Queue {
    /// Newest version of each clip, with whom to wake.
    wanted: HashMap<ClipId, (Notes, egui::Context)>,
    done: Vec<(ClipId, Pyramid)>,
    running: bool,
    closed: bool,
}

impl Levels {
    pub(super) fn new(counters: CacheCounters) -> Self {
        Self {
            clips: HashMap::new(),
            shared: Arc::default(),
            allowance: AT_ONCE,
            frame: 0,
            bytes: 0,
            counters,
        }
    }

    /// Heap bytes of all levels.
    pub(super) const fn heap_bytes(&self) -> usize {
        self.bytes
    }

    /// Takes in what the thread has built and forgets what nobody draws any more.
    pub(super) fn begin_frame(&mut self) {
        self.frame += 1;
        self.allowance = AT_ONCE;
        let done = std::mem::take(&mut self.shared.queue.lock().done);
        for (clip, pyramid) in done {
            self.put(clip, pyramid);
        }
        if self.counters.take_clear() {
            self.clips.clear();
            self.bytes = 0;
        }
        if self.bytes > KEEP_BYTES {
            let before = self.clips.len();
            let oldest = self.frame.saturating_sub(FORGET_AFTER);
            self.clips.retain(|_, entry| entry.last_used >= oldest);
            self.bytes = self
                .clips
                .values()
                .filter_map(|entry| entry.pyramid.as_ref())
                .map(|pyramid| pyramid.heap_bytes())
                .sum();
            self.counters.evict((before - self.clips.len()) as u64);
        }
        self.counters.set_held(self.clips.len() as u64, self.bytes as u64);
    }

    /// The levels of these notes, or those of another version of them while the right ones
    /// are being built, or nothing yet.
    pub(super) fn get(
        &mut self,
        clip: ClipId,
        notes: &Notes,
        wake: &egui::Context,
    ) -> Option<Arc<Pyramid>> {
        let entry =
            self.clips.entry(clip).or_insert(Entry { pyramid: None, wanted: None, last_used: 0 });
        entry.last_used = self.frame;
        if let Some(pyramid) = &entry.pyramid
            && pyramid.is_of(notes)
        {
            self.counters.hit();
            return Some(Arc::clone(pyramid));
        }
        self.counters.miss();
        let n_chunks = notes.chunks().len();
        if n_chunks <= self.allowance {
            self.allowance -= n_chunks;
            return Some(self.put(clip, Pyramid::new(notes)));
        }
        let asked = |wanted: &Notes| std::ptr::eq(wanted.chunks(), notes.chunks());
        if !entry.wanted.as_ref().is_some_and(asked) {
            entry.wanted = Some(notes.clone());
            self.shared.ask(clip, notes.clone(), wake.clone());
        }
        entry.pyramid.as_ref().filter(|pyramid| pyramid.is_akin_to(notes)).map(Arc::clone)
    }

    fn put(&mut self, clip: ClipId, pyramid: Pyramid) -> Arc<Pyramid> {
        let pyramid = Arc::new(pyramid);
        self.bytes += pyramid.heap_bytes();
        let entry =
            Entry { pyramid: Some(Arc::clone(&pyramid)), wanted: None, last_used: self.frame };
        if let Some(old) = self.clips.insert(clip, entry).and_then(|old| old.pyramid) {
            self.bytes = self.bytes.saturating_sub(old.heap_bytes());
        }
        pyramid
    }
}

impl Drop for Levels {
    fn drop(&mut self) {
        self.shared.queue.lock().closed = true;
        self.shared.filled.notify_all();
    }
}

impl Shared {
    fn ask(self: &Arc<Self>, clip: ClipId, notes: Notes, wake: egui::Context) {
        let mut queue = self.queue.lock();
        queue.wanted.insert(clip, (notes, wake));
        if !queue.running {
            let shared = Arc::clone(self);
            let thread = std::thread::Builder::new().name("note-levels".to_owned());
            match thread.spawn(move || shared.work()) {
                Ok(_) => queue.running = true,
                // Chunks are drawn as boxes until a later frame finds a thread.
                Err(error) => log::warn!("cannot start the thread note-levels: {error}"),
            }
        }
        drop(queue);
        self.filled.notify_one();
    }

    fn work(&self) {
        loop {
            let mut queue = self.queue.lock();
            if queue.closed {
                return;
            }
            let Some(clip) = queue.wanted.keys().next().copied() else {
                self.filled.wait(&mut queue);
                continue;
            };
            let Some((notes, wake)) = queue.wanted.remove(&clip) else { continue };
            drop(queue);
            let pyramid = {
                puffin::profile_scope!("note levels");
                Pyramid::new(&notes)
            };
            self.queue.lock().done.push((clip, pyramid));
            wake.request_repaint();
        }
    }
}
