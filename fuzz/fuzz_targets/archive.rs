//! Any bytes as an archive: no panic, no more than the limits allow.
#![no_main]

use engine::library::scan::{ArchiveLimits, Member, members};
use libfuzzer_sys::fuzz_target;
use profiling::memory::SharedPool;

fuzz_target!(|bytes: &[u8]| {
    let limits =
        ArchiveLimits { member_bytes: 1 << 20, total_bytes: 4 << 20, ..ArchiveLimits::default() };
    let pool = SharedPool::new(2, 4096);
    let mut inflated = 0;
    members(bytes, &limits, &pool, |member| {
        if let Member::File { bytes, .. } = member {
            assert!(bytes.len() as u64 <= limits.member_bytes);
            inflated += bytes.len() as u64;
        }
        true
    });
    assert!(inflated <= limits.total_bytes);
});
