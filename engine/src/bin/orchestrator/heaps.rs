//! What the system's allocator keeps for itself.

/// Heaps, in place of eight a core: what one thread of a scan makes another one frees, so that
/// many heaps are many half empty ones.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const HEAPS: i32 = 2;
/// Blocks from this many bytes on are the system's own and go back to it at once. Without a
/// number the border moves up to 32 MB, and holes stay where such blocks were.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LARGE_BYTES: i32 = 256 << 10;
/// As many free bytes at the end of a heap go back to the system.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const FREE_BYTES: i32 = 128 << 10;

/// Keeps little, so that a scan of many files peaks where one of few does (200,000 files: at 43
/// in place of 61 MB, in the same time). Does nothing where the allocator is not glibc's; to be
/// called before there are other threads.
pub(crate) fn limit() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "glibc offers it in no other way")]
    // SAFETY: mallopt takes any two numbers at any time; it answers 0 to what it does not know.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, HEAPS);
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE_BYTES);
        libc::mallopt(libc::M_TRIM_THRESHOLD, FREE_BYTES);
    }
}
