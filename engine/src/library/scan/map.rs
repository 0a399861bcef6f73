//! Files mapped into memory, and what happens when one of them shrinks meanwhile.
//!
//! Reading a page of a mapped file that has become shorter raises SIGBUS, which by default ends
//! the program. A handler lays a page of zeros over it and flags the mapping, so that the file
//! is read to its end as if it were damaged, and then refused as one that has changed.
#![expect(unsafe_code, reason = "memory maps and the handler of their faults")]

use memmap2::Mmap;
use std::fs::File;
use std::io;
use std::ops::Deref;

/// A file's bytes without a copy.
#[derive(Debug)]
pub(super) struct Mapped {
    map: Mmap,
    slot: Option<watch::Slot>,
}

impl Mapped {
    /// Maps a whole file.
    ///
    /// # Errors
    /// When the system does not map it, or when too many files are mapped already; reading it
    /// instead always works.
    pub(super) fn new(file: &File) -> io::Result<Self> {
        // SAFETY: the mapping is private and read-only. The file may be changed by others while
        // it is mapped: every reader of these bytes takes any value for any byte, and bytes
        // that vanish are watched for below.
        let map = unsafe { Mmap::map(file)? };
        let slot = watch::Slot::take(&map)?;
        Ok(Self { map, slot })
    }

    /// Whether pages have vanished and read as zeros: the file was cut meanwhile.
    pub(super) fn has_shrunk(&self) -> bool {
        self.slot.as_ref().is_some_and(watch::Slot::has_faulted)
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        // The range is no longer watched before it is unmapped and may become another's.
        self.slot = None;
    }
}

#[cfg(unix)]
mod watch {
    use std::io;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    /// Mappings at a time; with more, files are read instead.
    const SLOTS: usize = 256;

    struct Range {
        taken: AtomicBool,
        start: AtomicUsize,
        end: AtomicUsize,
        faulted: AtomicBool,
    }

    static RANGES: [Range; SLOTS] = [const {
        Range {
            taken: AtomicBool::new(false),
            start: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
            faulted: AtomicBool::new(false),
        }
    }; SLOTS];
    static PAGE: AtomicUsize = AtomicUsize::new(4096);
    /// What handled the signal before; `None` when the handler could not be set.
    static BEFORE: OnceLock<Option<libc::sigaction>> = OnceLock::new();

    /// One watched mapping.
    #[derive(Debug)]
    pub(super) struct Slot(&'static Range);

    impl std::fmt::Debug for Range {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.debug_struct("Range").finish_non_exhaustive()
        }
    }

    impl Slot {
        pub(super) fn take(map: &[u8]) -> io::Result<Option<Self>> {
            if BEFORE.get_or_init(install).is_none() {
                return Err(io::Error::other("the handler of vanished pages cannot be set"));
            }
            let free = RANGES.iter().find(|range| !range.taken.swap(true, Ordering::Acquire));
            let range = free.ok_or_else(|| io::Error::other("too many files are mapped"))?;
            range.faulted.store(false, Ordering::Relaxed);
            let start = map.as_ptr() as usize;
            range.start.store(start, Ordering::Relaxed);
            let page = PAGE.load(Ordering::Relaxed);
            range.end.store(start + map.len().next_multiple_of(page), Ordering::Release);
            Ok(Some(Self(range)))
        }

        pub(super) fn has_faulted(&self) -> bool {
            self.0.faulted.load(Ordering::Relaxed)
        }
    }

    impl Drop for Slot {
        fn drop(&mut self) {
            self.0.end.store(0, Ordering::Release);
            self.0.taken.store(false, Ordering::Release);
        }
    }

    fn install() -> Option<libc::sigaction> {
        // SAFETY: plain system calls on zeroed structures of their own type, as sigaction(2)
        // describes; the handler has the signature that SA_SIGINFO asks for.
        unsafe {
            let page = libc::sysconf(libc::_SC_PAGESIZE);
            PAGE.store(usize::try_from(page).unwrap_or(4096), Ordering::Relaxed);
            let mut action: libc::sigaction = std::mem::zeroed();
            let mut before: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = on_fault as *const () as usize;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigemptyset(&raw mut action.sa_mask);
            let done = libc::sigaction(libc::SIGBUS, &raw const action, &raw mut before);
            (done == 0).then_some(before)
        }
    }

    /// Runs inside the signal: touches atomics and makes one system call, both of which are
    /// allowed there.
    extern "C" fn on_fault(
        signal: libc::c_int,
        info: *mut libc::siginfo_t,
        context: *mut libc::c_void,
    ) {
        // SAFETY: the system hands a valid `info` to a handler set with SA_SIGINFO.
        let address = unsafe { (*info).si_addr() } as usize;
        let hit = RANGES.iter().find(|range| {
            (range.start.load(Ordering::Relaxed)..range.end.load(Ordering::Acquire))
                .contains(&address)
        });
        if let Some(range) = hit {
            let page = PAGE.load(Ordering::Relaxed);
            // SAFETY: the page lies inside a mapping of ours that is still held (a slot is left
            // before its mapping ends), so laying another over it takes nothing from anybody.
            let laid = unsafe {
                libc::mmap(
                    (address - address % page) as *mut libc::c_void,
                    page,
                    libc::PROT_READ,
                    libc::MAP_FIXED | libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                    -1,
                    0,
                )
            };
            if laid != libc::MAP_FAILED {
                range.faulted.store(true, Ordering::Relaxed);
                return;
            }
        }
        pass_on(signal, info, context);
    }

    /// Not ours: whoever was there before decides; by default the program ends.
    fn pass_on(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        // SAFETY: the former handler is called as it asked to be called, or the default is set
        // again, under which the fault that follows the return ends the program.
        unsafe {
            match BEFORE.get() {
                Some(Some(before))
                    if before.sa_flags & libc::SA_SIGINFO != 0
                        && before.sa_sigaction != libc::SIG_DFL
                        && before.sa_sigaction != libc::SIG_IGN =>
                {
                    let handler: extern "C" fn(
                        libc::c_int,
                        *mut libc::siginfo_t,
                        *mut libc::c_void,
                    ) = std::mem::transmute(before.sa_sigaction);
                    handler(signal, info, context);
                }
                _ => {
                    libc::signal(signal, libc::SIG_DFL);
                }
            }
        }
    }
}

/// Where mapped files cannot be cut, nothing is watched.
#[cfg(not(unix))]
mod watch {
    use std::io;

    #[derive(Debug)]
    pub(super) struct Slot;

    impl Slot {
        #[expect(clippy::unnecessary_wraps, reason = "fails on other systems")]
        pub(super) fn take(_map: &[u8]) -> io::Result<Option<Self>> {
            Ok(None)
        }

        pub(super) fn has_faulted(&self) -> bool {
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapped_file_has_its_bytes() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, &[7; 10_000]).unwrap();
        let mapped = Mapped::new(file.as_file()).unwrap();
        assert_eq!(&*mapped, &[7; 10_000]);
        assert!(!mapped.has_shrunk());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_shrinks_reads_as_zeros_and_says_so() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, &vec![7; 100_000]).unwrap();
        let mapped = Mapped::new(file.as_file()).unwrap();
        file.as_file().set_len(4096).unwrap();
        assert_eq!(mapped.iter().map(|&byte| usize::from(byte)).sum::<usize>(), 7 * 4096);
        assert!(mapped.has_shrunk());
        // Others are not concerned.
        let other = tempfile::NamedTempFile::new().unwrap();
        other.as_file().set_len(4096).unwrap();
        assert!(!Mapped::new(other.as_file()).unwrap().has_shrunk());
    }
}
