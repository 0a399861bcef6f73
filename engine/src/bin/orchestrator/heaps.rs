//! How many heaps the system's allocator keeps.

/// Two in place of eight a core. What one thread of a scan makes another one frees, so that many
/// heaps are many half empty ones: a scan of 200,000 files peaks at a fifth less with two, and
/// takes as long. Does nothing where the allocator is not glibc's, and must be called before
/// there are other threads.
pub(crate) fn limit() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[expect(unsafe_code, reason = "glibc offers it in no other way")]
    // SAFETY: mallopt takes any two numbers at any time; it answers 0 to what it does not know.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 2);
    }
}
