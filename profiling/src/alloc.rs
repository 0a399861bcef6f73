//! A counting wrapper around the program's allocator.
//!
//! Owns the number of live heap bytes. Installed in the binaries only:
//!
//! ```
//! use profiling::alloc::CountingAlloc;
//!
//! #[global_allocator]
//! static ALLOC: CountingAlloc = CountingAlloc::system();
//!
//! let before = profiling::alloc::live_bytes();
//! let bytes = vec![0_u8; 4096];
//! assert!(profiling::alloc::live_bytes() >= before + 4096);
//! drop(bytes);
//! ```
//!
//! Counts what was asked for, not what the allocator rounded it up to. Any
//! thread, the audio callback included: a relaxed add to a counter of its own
//! cache line, no lock, no allocation. The figures are of the whole process.

#![expect(unsafe_code, reason = "GlobalAlloc is an unsafe trait; every call is passed on as it is")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering},
};

/// One shared counter would bounce between the cores of 16 workers; threads
/// take these in turn. A block may be freed on another thread than the one
/// that asked for it, so a single shard may well be negative: only sums count.
const N_SHARDS: usize = 16;

#[repr(align(128))]
struct Shard {
    live: AtomicI64,
    calls: AtomicU64,
}

static SHARDS: [Shard; N_SHARDS] =
    [const { Shard { live: AtomicI64::new(0), calls: AtomicU64::new(0) } }; N_SHARDS];
static NEXT_SHARD: AtomicUsize = AtomicUsize::new(0);

std::thread_local! {
    // Constant start value and nothing to drop: reading it never allocates.
    static MY_SHARD: Cell<usize> = const { Cell::new(usize::MAX) };
    // What this thread has allocated less what it has freed.
    static NET: Cell<i64> = const { Cell::new(0) };
}

/// Bytes that are allocated now, by all threads; 0 when no [`CountingAlloc`]
/// is the global allocator.
pub fn live_bytes() -> u64 {
    let live = SHARDS.iter().fold(0_i64, |sum, s| sum.wrapping_add(s.live.load(Ordering::Relaxed)));
    // Between two loads a block can move from one shard to another.
    u64::try_from(live).unwrap_or(0)
}

/// Allocations made so far, by all threads; growing a block counts as one.
pub fn allocation_calls() -> u64 {
    SHARDS.iter().fold(0_u64, |sum, s| sum.wrapping_add(s.calls.load(Ordering::Relaxed)))
}

/// Whether a [`CountingAlloc`] is at work in this process.
pub fn is_installed() -> bool {
    allocation_calls() > 0
}

/// Runs `work` and says how many bytes it left on the heap: what this thread allocated
/// meanwhile less what it freed, so that other threads do not disturb the figure. For what
/// has no size to be asked for: a graphics device, somebody else's context. Less than
/// nothing when it freed more than it kept; 0 when no [`CountingAlloc`] is installed.
///
/// ```
/// # use profiling::alloc::{CountingAlloc, apart, measured};
/// # #[global_allocator]
/// # static ALLOC: CountingAlloc = CountingAlloc::system();
/// let (kept, bytes) = measured(|| {
///     drop(vec![0_u8; 1000]);
///     apart(|| drop(vec![0_u8; 500].into_boxed_slice()));
///     vec![0_u8; 300]
/// });
/// assert_eq!((kept.len(), bytes), (300, 300));
/// ```
pub fn measured<T>(work: impl FnOnce() -> T) -> (T, i64) {
    let before = thread_net_bytes();
    let done = work();
    (done, thread_net_bytes().wrapping_sub(before))
}

/// Runs `work` so that no [`measured`] around it sees what it does: somebody else
/// accounts for it. What it makes must be freed apart as well.
pub fn apart<T>(work: impl FnOnce() -> T) -> T {
    let before = thread_net_bytes();
    let done = work();
    // A thread that is ending measures nothing any more.
    let _ended = NET.try_with(|net| net.set(before));
    done
}

/// What this thread has allocated less what it has freed, in bytes, but for what was done
/// [`apart`]. Only the difference of two readings means anything.
pub fn thread_net_bytes() -> i64 {
    NET.try_with(Cell::get).unwrap_or(0)
}

fn add_net(bytes: i64) {
    let _ended = NET.try_with(|net| net.set(net.get().wrapping_add(bytes)));
}

/// Counts live bytes around the allocator `A`.
#[derive(Debug, Default)]
pub struct CountingAlloc<A = System> {
    inner: A,
}

impl CountingAlloc<System> {
    /// Around the system's allocator.
    pub const fn system() -> Self {
        Self { inner: System }
    }
}

impl<A> CountingAlloc<A> {
    /// Around whichever allocator was chosen.
    pub const fn new(inner: A) -> Self {
        Self { inner }
    }
}

fn shard() -> &'static Shard {
    // A thread that is ending may have no local left: it takes the first shard.
    let idx = MY_SHARD
        .try_with(|mine| {
            let mut idx = mine.get();
            if idx == usize::MAX {
                idx = NEXT_SHARD.fetch_add(1, Ordering::Relaxed) % N_SHARDS;
                mine.set(idx);
            }
            idx
        })
        .unwrap_or(0);
    &SHARDS[idx % N_SHARDS]
}

fn count_alloc(size: usize) {
    let shard = shard();
    shard.live.fetch_add(size as i64, Ordering::Relaxed);
    shard.calls.fetch_add(1, Ordering::Relaxed);
    add_net(size as i64);
}

fn count_free(size: usize) {
    shard().live.fetch_sub(size as i64, Ordering::Relaxed);
    add_net((size as i64).wrapping_neg());
}

// SAFETY: every call goes to `inner` with the caller's own arguments, and its
// result is returned untouched; counting neither allocates nor unwinds.
unsafe impl<A: GlobalAlloc> GlobalAlloc for CountingAlloc<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's contract for `layout` is the one `inner` asks for.
        let block = unsafe { self.inner.alloc(layout) };
        if !block.is_null() {
            count_alloc(layout.size());
        }
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as in `alloc`.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        if !block.is_null() {
            count_alloc(layout.size());
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count_free(layout.size());
        // SAFETY: `block` came from `inner` with this layout, since all blocks do.
        unsafe { self.inner.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        // SAFETY: `block` came from `inner` with this layout; `new_size` is
        // under the caller's contract.
        let new = unsafe { self.inner.realloc(block, layout, new_size) };
        if !new.is_null() {
            count_free(layout.size());
            count_alloc(new_size);
        }
        new
    }
}
