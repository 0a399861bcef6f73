//! What a list saves by building only the rows one can see.

use std::fmt::Write as _;

use crate::{report::ScrollReport, units::format_percent};

/// One virtual list: its length and the rows that are built.
///
/// ```
/// use profiling::render_metrics::VirtualScrollMetrics;
///
/// let mut metrics = VirtualScrollMetrics::new(1000, 50, 20);
/// metrics.update_viewport(0, 50);
/// metrics.update_viewport(50, 100);
///
/// assert_eq!(metrics.visible_items(), 50);
/// assert_eq!(metrics.memory_savings(), 0.95);
/// assert_eq!(metrics.viewport_updates(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualScrollMetrics {
    total: usize,
    per_page: usize,
    item_height: usize,
    start: usize,
    end: usize,
    updates: u64,
}

impl VirtualScrollMetrics {
    /// A list of `total` items, `per_page` of them to a page, each
    /// `item_height` pixels high. The first page is what shows at first.
    pub fn new(total: usize, per_page: usize, item_height: usize) -> Self {
        Self { total, per_page, item_height, start: 0, end: per_page, updates: 0 }
    }

    /// Rows `start..end` are built now; a reversed range is an empty one.
    pub fn update_viewport(&mut self, start: usize, end: usize) {
        (self.start, self.end) = (start, end.max(start));
        self.updates = self.updates.saturating_add(1);
    }

    /// The list has grown or shrunk; no update of the viewport.
    pub fn set_total(&mut self, total: usize) {
        self.total = total;
    }

    /// Items in the list.
    pub fn total_items(&self) -> usize {
        self.total
    }

    /// Items to a page, as the list was made.
    pub fn items_per_page(&self) -> usize {
        self.per_page
    }

    /// Height of the whole list in pixels, saturating.
    pub fn total_height(&self) -> usize {
        self.total.saturating_mul(self.item_height)
    }

    /// Rows that are built, end exclusive, inside the list.
    pub fn viewport(&self) -> std::ops::Range<usize> {
        self.start.min(self.total)..self.end.min(self.total)
    }

    /// How many rows are built, at most the whole list.
    pub fn visible_items(&self) -> usize {
        self.viewport().len()
    }

    /// 1 − visible / total, in 0..=1; 0 for an empty list.
    pub fn memory_savings(&self) -> f64 {
        if self.total == 0 {
            return 0.0;
        }
        // One division of whole numbers: 1 − 50/1000 would be 0.95 only nearly.
        (self.total - self.visible_items()) as f64 / self.total as f64
    }

    /// How often the viewport was told.
    pub fn viewport_updates(&self) -> u64 {
        self.updates
    }

    /// Clears the counter and shows the first page again.
    pub fn reset(&mut self) {
        *self = Self::new(self.total, self.per_page, self.item_height);
    }

    /// For people.
    pub fn format_report(&self) -> String {
        let mut out = String::from("Virtual Scroll Metrics\n======================\n");
        let viewport = self.viewport();
        // Writing to a string cannot fail.
        let _infallible = write!(
            out,
            "Total Items: {}\nVisible Items: {}\nViewport: {} - {}\nMemory Savings: {}\n\
             Viewport Updates: {}\n",
            self.total,
            self.visible_items(),
            viewport.start,
            viewport.end,
            format_percent(self.memory_savings()),
            self.updates,
        );
        out
    }

    /// For programs: one list of the report's `scroll` object.
    pub fn report(&self) -> ScrollReport {
        ScrollReport {
            total: self.total as u64,
            visible: self.visible_items() as u64,
            memory_savings: self.memory_savings(),
            viewport_updates: self.updates,
        }
    }
}
