//! What a list of a thousand tracks saves by building only what one can see.
#![expect(clippy::print_stdout, reason = "an example shows what it found")]

use profiling::render_metrics::VirtualScrollMetrics;

fn main() {
    let (total_tracks, visible_tracks, track_height) = (1000, 50, 60);
    let mut metrics = VirtualScrollMetrics::new(total_tracks, visible_tracks, track_height);

    // The offset is in pixels, the range in rows.
    let scroll_offset = 30_000;
    let start = scroll_offset / track_height;
    let end = start + visible_tracks;
    metrics.update_viewport(start, end);

    println!("Building tracks {start} to {end} of {total_tracks}");
    println!("{}", metrics.format_report());
}
