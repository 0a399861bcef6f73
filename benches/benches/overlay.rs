//! What measuring costs while nobody looks.
//!
//! Goals: `overlay/closed_frame` below 20 µs, which is 1 % of a frame of 2 ms (and 0.12 %
//! of one of 16.67 ms); `scopes/off` no slower than `scopes/empty`, within the noise of
//! a run. `scopes/on` is there to be compared with.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use midi_daw_benches::profiled::{Frame, Scenario};
use std::hint::black_box;

/// Everything the window tells the profiler in one frame while its overlay is closed:
/// six phases, the interval, three virtual lists, a batch of changes and one of uploads,
/// twelve components, the callback, and the look whether a sample is due.
fn closed_frame(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("overlay");
    let scenario = Scenario::new();
    let mut n = 0_u32;
    group.bench_function("closed_frame", |b| {
        b.iter(|| {
            n = n.wrapping_add(1);
            scenario.record(black_box(&Frame::nth(n)));
        });
    });
    // Once a second the process is asked and every component's history grows.
    group.bench_function("sample_each_second", |b| {
        b.iter(|| scenario.sample());
    });
    group.finish();
}

const N_SCOPES: u32 = 100;

#[inline(never)]
fn empty(n: u32) -> u32 {
    black_box(n)
}

#[inline(never)]
fn scoped(n: u32) -> u32 {
    puffin::profile_scope!("bench");
    black_box(n)
}

/// A hundred calls of a function with a puffin scope, below a scope of the frame.
fn scopes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("scopes");
    group.throughput(Throughput::Elements(u64::from(N_SCOPES)));
    group.bench_function("empty", |b| {
        b.iter(|| (0..N_SCOPES).fold(0_u32, |sum, n| sum.wrapping_add(empty(n))));
    });
    for (name, is_on) in [("off", false), ("on", true)] {
        puffin::set_scopes_on(is_on);
        group.bench_function(name, |b| {
            b.iter(|| {
                let sum = {
                    puffin::profile_scope!("frame");
                    (0..N_SCOPES).fold(0_u32, |sum, n| sum.wrapping_add(scoped(n)))
                };
                // As eframe does; without it what was collected would only grow.
                if is_on {
                    puffin::GlobalProfiler::lock().new_frame();
                }
                sum
            });
        });
    }
    puffin::set_scopes_on(false);
    group.finish();
}

criterion_group!(benches, closed_frame, scopes);
criterion_main!(benches);
