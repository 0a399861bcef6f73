//! The audio callback, driven from this thread.

use crate::measure::{Samples, best_run, cpu_ms};
use crate::report::Row;
use engine::audio::soundfont::SoundFont;
use engine::audio::{Player, PlayerConfig};
use engine::testkit;
use engine::time::Tick;
use std::convert::Infallible;
use std::sync::Arc;

const RATE: u32 = 48_000;
const BLOCK: usize = 256;
/// Share of a block's time that the callback may take.
const SHARE: f64 = 0.5;
/// Blocks in a run: 16 seconds of sound.
const BLOCKS: usize = 3000;

/// 1,000 tracks that sound as much as the synthesizers' polyphony lets them.
pub fn rows() -> Vec<Row> {
    let font = SoundFont::built_in();
    let config = PlayerConfig { rate: RATE, block: BLOCK as u32 };
    let project = Arc::new(testkit::project(1, 1000, 1_000_000));
    let mut player = Player::new(config, font, Arc::new(|| {}));
    player.set_project(project);
    let (mut left, mut right) = (vec![0.0; BLOCK], vec![0.0; BLOCK]);
    let mut voices = 0;
    let samples = best_run(99.9, || {
        player.stop();
        player.seek(Tick(480 * 4 * 16));
        player.play();
        // The first blocks chase and fetch instruments in.
        for _ in 0..50 {
            player.render_offline(&mut left, &mut right);
        }
        let times = (0..BLOCKS).map(|_| {
            let (ms, ()) = cpu_ms(|| player.render_offline(&mut left, &mut right));
            voices = voices.max(player.stats().voices);
            ms
        });
        Ok::<_, Infallible>(Samples::new(times.collect()))
    })
    .unwrap_or_default();
    let block_ms = BLOCK as f64 * 1e3 / f64::from(RATE);
    vec![Row {
        id: "callback_1000_tracks",
        what: format!("a block of {BLOCK} frames at {RATE} Hz, 99.9th percentile"),
        value: samples.percentile(99.9),
        budget: Some(block_ms * SHARE),
        unit: "ms",
        beside: vec![
            ("p50", samples.median()),
            ("p99", samples.percentile(99.0)),
            ("max", samples.max()),
            ("voices_max", voices as f64),
        ],
    }]
}
