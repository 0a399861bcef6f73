//! Which grid lines are worth drawing at a zoom, and what a place snaps to. Pure.

use super::layout::Layout;
use engine::time::{BarPosition, MeterMap, Tick};

/// How strong a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A bar that has its number written above.
    Numbered(u64),
    /// A bar.
    Bar,
    /// A beat.
    Beat,
}

/// No two lines are closer than this, in points.
const LINE_GAP: f64 = 10.0;
/// No two bar numbers are closer than this, in points.
const NUMBER_GAP: f64 = 64.0;

/// The grid of a layout: how many bars lie between lines and between numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Grid {
    bars_per_line: u64,
    bars_per_number: u64,
    beats: bool,
}

impl Grid {
    /// Steps are powers of two of the bar at the left edge.
    pub(super) fn new(layout: &Layout, meter: &MeterMap) -> Self {
        let at = Tick(layout.left.max(0.0) as u64);
        let beat = meter.beat_ticks_at(at) as f64;
        let bar = beat * f64::from(meter.meter_at(at).numerator.max(1));
        let step = |gap: f64| {
            let bars = gap / (bar * layout.points_per_tick);
            if bars <= 1.0 { 1 } else { (bars.min(1e15).ceil() as u64).next_power_of_two() }
        };
        Self {
            bars_per_line: step(LINE_GAP),
            bars_per_number: step(NUMBER_GAP),
            beats: beat * layout.points_per_tick >= LINE_GAP * 1.4,
        }
    }

    /// Every line in view, from left to right.
    pub(super) fn lines(self, layout: &Layout, meter: &MeterMap, mut line: impl FnMut(Tick, Line)) {
        let view = layout.visible_ticks();
        let first = meter.position(view.start()).bar;
        let mut bar = first - first % self.bars_per_line;
        loop {
            let start = meter.bar_start(bar);
            if start > view.end() {
                return;
            }
            let kind = if bar.is_multiple_of(self.bars_per_number) {
                Line::Numbered(bar)
            } else {
                Line::Bar
            };
            line(start, kind);
            if self.beats {
                let beat = meter.beat_ticks_at(start).max(1);
                let end = meter.bar_start(bar + 1);
                let mut at = start.after(beat);
                while at < end && at <= view.end() {
                    line(at, Line::Beat);
                    at = at.after(beat);
                }
            }
            bar += self.bars_per_line;
        }
    }

    /// The line nearest to a place.
    pub(super) fn snap(self, tick: f64, meter: &MeterMap) -> Tick {
        let at = Tick(tick.max(0.0).round() as u64);
        let position = meter.position(at);
        let (before, after) = if self.beats {
            let beat = |beat| BarPosition { beat, tick: 0, ..position };
            (meter.tick(beat(position.beat)), meter.tick(beat(position.beat + 1)))
        } else {
            let bar = position.bar - position.bar % self.bars_per_line;
            (meter.bar_start(bar), meter.bar_start(bar + self.bars_per_line))
        };
        if at.since(before) * 2 <= after.since(before) { before } else { after }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::panels::arrangement::ArrangementView;
    use egui::{Rect, pos2, vec2};
    use engine::model::Project;

    fn lines_at(zoom: f64, left: f64) -> Vec<(Tick, Line)> {
        let project = Project::new("Test");
        let view = ArrangementView { points_per_quarter: zoom, left, ..ArrangementView::default() };
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(1430.0, 500.0));
        let layout = Layout::new(rect, &view, &project, 3);
        let meter = &project.conductor.meter;
        let mut lines = Vec::new();
        Grid::new(&layout, meter).lines(&layout, meter, |tick, line| lines.push((tick, line)));
        lines
    }

    #[test]
    fn close_up_there_are_beats() {
        let lines = lines_at(40.0, 0.0);
        assert_eq!(lines[0], (Tick(0), Line::Numbered(0)));
        assert_eq!(lines[1], (Tick(960), Line::Beat));
        assert_eq!(lines[4], (Tick(3840), Line::Numbered(1)));
    }

    #[test]
    fn at_the_usual_zoom_every_other_bar_or_so_is_numbered() {
        let lines = lines_at(10.7, 0.0);
        assert_eq!(lines[1], (Tick(3840), Line::Bar));
        assert_eq!(lines[2], (Tick(7680), Line::Numbered(2)));
    }

    #[test]
    fn however_far_out_the_lines_stay_few() {
        for zoom in [0.002, 0.01, 0.3, 2.0, 50.0, 3000.0] {
            let lines = lines_at(zoom, 5_000_000.0).len();
            assert!(lines <= 122, "{lines} lines at {zoom}");
        }
    }

    #[test]
    fn a_place_snaps_to_the_nearest_line() {
        let project = Project::new("Test");
        let meter = &project.conductor.meter;
        let beats = Grid { bars_per_line: 1, bars_per_number: 1, beats: true };
        let bars = Grid { bars_per_line: 2, bars_per_number: 8, beats: false };
        assert_eq!(beats.snap(1000.0, meter), Tick(960));
        assert_eq!(beats.snap(3700.0, meter), Tick(3840));
        assert_eq!(bars.snap(3000.0, meter), Tick(0));
        assert_eq!(bars.snap(5000.0, meter), Tick(7680));
    }
}
