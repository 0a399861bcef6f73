//! Compiling a schedule, and one block of the callback.

use criterion::{Criterion, criterion_group, criterion_main};
use engine::audio::soundfont::SoundFont;
use engine::audio::{Player, PlayerConfig};
use engine::sequence::Compiler;
use engine::testkit;
use engine::time::Tick;
use std::sync::Arc;

fn schedule(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("schedule");
    group.sample_size(20);
    for (name, tracks, notes) in [("10k", 16, 10_000), ("1m", 1000, 1_000_000)] {
        let project = testkit::project(1, tracks, notes);
        group.bench_function(name, |b| b.iter(|| Compiler::new().compile(&project, 48_000)));
        let mut compiler = Compiler::new();
        drop(compiler.compile(&project, 48_000));
        group.bench_function(format!("{name}_unchanged"), |b| {
            b.iter(|| compiler.compile(&project, 48_000));
        });
    }
    group.finish();
}

fn callback(criterion: &mut Criterion) {
    let config = PlayerConfig { rate: 48_000, block: 256 };
    let (mut left, mut right) = (vec![0.0; 256], vec![0.0; 256]);
    let font = SoundFont::built_in();
    let mut group = criterion.benchmark_group("callback_256_frames");
    group.sample_size(30);
    for (name, tracks, notes) in [("12_tracks", 12, 12_000), ("1000_tracks", 1000, 1_000_000)] {
        let mut player = Player::new(config, Arc::clone(&font), Arc::new(|| {}));
        player.set_project(Arc::new(testkit::project(1, tracks, notes)));
        player.seek(Tick(480 * 4 * 16));
        player.play();
        group.bench_function(name, |b| {
            b.iter(|| player.render_offline(&mut left, &mut right));
        });
    }
    group.finish();
}

criterion_group!(benches, schedule, callback);
criterion_main!(benches);
