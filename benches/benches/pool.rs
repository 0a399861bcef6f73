//! Buffers from a pool against buffers from the allocator.
//!
//! Goals, each as the ratio plain / pool of one run, at 20 and 64 KiB:
//!
//! | Id | Goal |
//! |---|---|
//! | `allocation_pool/allocate_1000` | 2× |
//! | `allocation_pool/acquire_release` | 5× |
//!
//! At 1 KiB no gain is promised: the allocator's own thread cache answers as fast.
//! `pool` is `AllocationPool`, which one thread owns; `shared` is `SharedPool`, whose
//! guard pays for a lock and for a counted pointer.
//!
//! A plain buffer is a `Vec` of that capacity from the program's allocator, counter
//! included, as file reading would make it. Every buffer, pooled or plain, is written to
//! once a page, so that its memory is really there; what one does with the rest of it
//! costs the same on both sides and would only hide the difference.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use profiling::alloc::CountingAlloc;
use profiling::memory::{AllocationPool, SharedPool};
use std::hint::black_box;

#[global_allocator]
static ALLOC: CountingAlloc = CountingAlloc::system();

const KIB: usize = 1024;
const PAGE: usize = 4 * KIB;
const SIZES: [usize; 3] = [KIB, 20 * KIB, 64 * KIB];
const N_BUFFERS: usize = 1000;

/// Writes to every page of the buffer's memory and keeps it alive up to here.
fn touch(buffer: &mut Vec<u8>) {
    for byte in buffer.spare_capacity_mut().iter_mut().step_by(PAGE) {
        byte.write(1);
    }
    black_box(buffer.as_mut_ptr());
}

fn id(function: &str, kind: &str, bytes: usize) -> BenchmarkId {
    BenchmarkId::new(format!("{function}/{kind}"), format!("{}KiB", bytes / KIB))
}

/// A thousand buffers that live at the same time, as when many files are read at once.
fn allocate_1000(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("allocation_pool");
    group.throughput(Throughput::Elements(N_BUFFERS as u64)).sample_size(30);
    for bytes in SIZES {
        let mut held: Vec<Vec<u8>> = Vec::with_capacity(N_BUFFERS);
        group.bench_function(id("allocate_1000", "plain", bytes), |b| {
            b.iter(|| {
                for _ in 0..N_BUFFERS {
                    let mut buffer = Vec::with_capacity(black_box(bytes));
                    touch(&mut buffer);
                    held.push(buffer);
                }
                held.clear();
            });
        });
        let mut pool: AllocationPool<u8> = AllocationPool::new(N_BUFFERS, bytes);
        group.bench_function(id("allocate_1000", "pool", bytes), |b| {
            b.iter(|| {
                for _ in 0..N_BUFFERS {
                    let mut buffer = black_box(&mut pool).acquire();
                    touch(&mut buffer);
                    held.push(buffer);
                }
                for buffer in held.drain(..) {
                    pool.release(buffer);
                }
            });
        });
        assert_eq!(pool.stats().3, 0, "every buffer came from the pool");
        drop(pool);
        let shared: SharedPool<u8> = SharedPool::new(N_BUFFERS, bytes);
        let mut guards = Vec::with_capacity(N_BUFFERS);
        group.bench_function(id("allocate_1000", "shared", bytes), |b| {
            b.iter(|| {
                for _ in 0..N_BUFFERS {
                    let mut buffer = black_box(&shared).acquire();
                    touch(&mut buffer);
                    guards.push(buffer);
                }
                guards.clear();
            });
        });
    }
    group.finish();
}

/// One buffer at a time, as when one file is read after the other.
fn acquire_release(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("allocation_pool");
    for bytes in SIZES {
        group.bench_function(id("acquire_release", "plain", bytes), |b| {
            b.iter(|| {
                let mut buffer = Vec::with_capacity(black_box(bytes));
                touch(&mut buffer);
                drop(black_box(buffer));
            });
        });
        let mut pool: AllocationPool<u8> = AllocationPool::new(4, bytes);
        group.bench_function(id("acquire_release", "pool", bytes), |b| {
            b.iter(|| {
                let mut buffer = black_box(&mut pool).acquire();
                touch(&mut buffer);
                pool.release(black_box(buffer));
            });
        });
        let shared: SharedPool<u8> = SharedPool::new(4, bytes);
        group.bench_function(id("acquire_release", "shared", bytes), |b| {
            b.iter(|| {
                let mut buffer = black_box(&shared).acquire();
                touch(&mut buffer);
                drop(black_box(buffer));
            });
        });
    }
    group.finish();
}

criterion_group!(benches, allocate_1000, acquire_release);
criterion_main!(benches);
