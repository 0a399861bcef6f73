//! A frame of the piano roll and of the arrangement, while they scroll and zoom.

use criterion::{Criterion, criterion_group, criterion_main};
use engine::testkit;
use midi_daw::state::{EditorTab, Layout};
use midi_daw_benches::suites::frames::open;

/// The whole frame but for its pixels; the budgets hold the UI thread's CPU time.
fn frame(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("frame");
    group.sample_size(20);
    for (name, editor_open, project) in [
        ("roll_10k", true, testkit::one_clip(1, 10_000)),
        ("roll_1m", true, testkit::one_clip(1, 1_000_000)),
        ("tracks_1k", false, testkit::project(1, 1000, 1_000_000)),
    ] {
        let layout = Layout { editor_open, ..Layout::default() };
        // Without a graphics adapter there is nothing to measure.
        let Ok(mut session) = open(&layout, project) else { continue };
        group.bench_function(name, |b| b.iter(|| session.frame(Vec::new()).is_ok()));
    }
    let lanes = Layout { editor_height: 620.0, ..Layout::default() };
    let events = Layout { editor_tab: EditorTab::Events, ..lanes.clone() };
    if let Ok(mut session) = open(&events, testkit::one_clip(1, 1_000_000)) {
        group.bench_function("events_1m", |b| b.iter(|| session.frame(Vec::new()).is_ok()));
    }
    group.finish();
}

criterion_group!(benches, frame);
criterion_main!(benches);
