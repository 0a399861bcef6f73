//! The counting allocator, installed as a binary would.

use profiling::{ProfilingState, alloc::CountingAlloc};

#[global_allocator]
static ALLOC: CountingAlloc = CountingAlloc::system();

/// Other tests would allocate beside it: this file has one.
#[test]
fn live_bytes_follow_every_block_across_threads() {
    assert!(profiling::alloc::is_installed());
    let before = profiling::alloc::live_bytes();
    let mut block = vec![1_u8; 1 << 20];
    let grown = profiling::alloc::live_bytes();
    assert!(grown >= before + (1 << 20));

    block.reserve_exact(3 << 20);
    assert!(profiling::alloc::live_bytes() >= before + (4 << 20));

    // Freed on another thread, and its shard goes below zero: the sum is right.
    std::thread::scope(|scope| {
        scope.spawn(|| drop(block));
    });
    assert!(profiling::alloc::live_bytes() < before + (1 << 19));

    let zeroed = vec![0_u64; 1 << 17];
    let state = ProfilingState::new();
    state.set_component("zeroed", zeroed.len() * 8);
    let memory = state.report().memory;
    assert!(memory.heap_bytes >= 1 << 20);
    assert!(memory.explained > 0.0 && memory.explained <= 1.0);
    assert!(profiling::alloc::allocation_calls() > 3);
}
