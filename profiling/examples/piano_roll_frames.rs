//! The cost of drawing, measured in CPU time of the thread that draws.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use profiling::{
    render_metrics::{Phase, PhaseTimes, RenderMetrics},
    thread_cpu::ThreadCpuTimer,
};

fn main() {
    let mut metrics = RenderMetrics::new();
    for frame in 0..180_u64 {
        let mut phases = PhaseTimes::default();
        let whole = ThreadCpuTimer::start();
        let mut timer = whole;
        draw_notes(2_000);
        phases.add(Phase::Ui, timer.lap_ms());
        draw_notes(500);
        phases.add(Phase::Tessellate, timer.lap_ms());
        metrics.record_measured_frame(whole.elapsed_ms(), &phases);

        if frame % 60 == 59 && !metrics.is_smooth() {
            println!("{:.1} fps, {} dropped", metrics.fps(), metrics.dropped_frames());
        }
    }
    println!("{}", metrics.format_report());
    println!("UI thread, 95 %: {:.3} ms", metrics.ui_thread_percentile(95.0));
}

/// Stands for the work of a frame.
fn draw_notes(n: u32) {
    let sum = (0..n).fold(0.0_f64, |sum, note| sum + f64::from(note).sqrt());
    std::hint::black_box(sum);
}
