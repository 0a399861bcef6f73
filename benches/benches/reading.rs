//! Reading a file: its bytes alone, every event of it, a project of it, and another reader.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::smf::{self, Limits};
use engine::testkit::{SmfShape, damaged, smf_file};
use std::hint::black_box;
use std::sync::Arc;

fn reading(criterion: &mut Criterion) {
    let shape = SmfShape { tracks: 16, notes: 100_000, ..SmfShape::default() };
    let bytes: Arc<[u8]> = smf_file(1, &shape).into();
    let broken = damaged(1, &bytes);
    let limits = Limits::BY_HAND;
    let mut group = criterion.benchmark_group("reading_100k_notes");
    group.throughput(Throughput::Bytes(bytes.len() as u64)).sample_size(30);
    group.bench_function("copy", |b| b.iter(|| black_box(&bytes[..]).to_vec()));
    group.bench_function("walk", |b| b.iter(|| smf::read(black_box(&bytes), &limits).is_ok()));
    group.bench_function("walk_damaged", |b| {
        b.iter(|| smf::read(black_box(&broken), &limits).is_ok());
    });
    group.bench_function("import", |b| {
        b.iter(|| smf::import(Arc::clone(&bytes), "bench", &limits).is_ok());
    });
    group.bench_function("midly", |b| b.iter(|| midly::Smf::parse(black_box(&bytes)).is_ok()));
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
