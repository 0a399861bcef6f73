//! The tabs of the overlay. Each looks at a [`Snapshot`] and draws.

use egui::{Grid, RichText, Ui};

use super::{OverlayExtra, charts, snapshot::Snapshot};
use crate::{
    regression::{CompareError, Regression},
    units::{format_bytes, format_percent, share},
};

/// Below this a column is too narrow to read.
const COLUMN: f32 = 260.0;

/// Columns that fit, at most `wanted`.
fn n_columns(ui: &Ui, wanted: usize) -> usize {
    ((ui.available_width() / COLUMN) as usize).clamp(1, wanted)
}

/// Parts side by side in as many columns as fit, in rows.
fn in_columns(ui: &mut Ui, parts: &mut [&mut dyn FnMut(&mut Ui)]) {
    let n = n_columns(ui, parts.len());
    for row in parts.chunks_mut(n) {
        ui.columns(n, |columns| {
            for (part, ui) in row.iter_mut().zip(columns) {
                // A column justifies its text, which tears sentences apart.
                ui.with_layout(egui::Layout::top_down(egui::Align::LEFT), |ui| part(ui));
            }
        });
        ui.add_space(8.0);
    }
}

fn heading(ui: &mut Ui, text: &str) {
    ui.label(RichText::new(text).strong());
}

fn muted(ui: &mut Ui, text: impl Into<String>) {
    ui.label(RichText::new(text).weak());
}

/// Figures in rows as low as their text.
fn table(id: &str, n_columns: usize) -> Grid {
    Grid::new(id).num_columns(n_columns).spacing([12.0, 3.0]).min_row_height(0.0)
}

/// A name at the left, a figure in tabular digits at the right.
fn figure(ui: &mut Ui, name: &str, value: impl Into<String>) {
    ui.label(RichText::new(name).weak());
    ui.label(RichText::new(value).monospace());
    ui.end_row();
}

fn figures(ui: &mut Ui, id: &str, rows: &[(&str, String)]) {
    table(id, 2).show(ui, |ui| {
        for (name, value) in rows {
            figure(ui, name, value);
        }
    });
}

pub(super) fn overview_ui(ui: &mut Ui, snapshot: &Snapshot, extra: &OverlayExtra) {
    in_columns(
        ui,
        &mut [
            &mut |ui| {
                heading(ui, "Frames");
                charts::frame_bars(ui, 72.0, &snapshot.frame_times, snapshot.budget_ms);
                ui.add_space(4.0);
                percentiles_ui(ui, snapshot);
            },
            &mut |ui| {
                heading(ui, "Distribution");
                histogram_ui(ui, snapshot, 110.0);
                ui.add_space(4.0);
                phases_ui(ui, snapshot);
            },
            &mut |ui| {
                heading(ui, "Memory");
                totals_ui(ui, snapshot);
                ui.add_space(4.0);
                components_ui(ui, snapshot, 8);
            },
            &mut |ui| {
                callback_ui(ui, snapshot, extra);
                ui.add_space(4.0);
                heading(ui, "Caches");
                rates_ui(ui, snapshot);
            },
        ],
    );
}

pub(super) fn frames_ui(ui: &mut Ui, snapshot: &Snapshot) {
    heading(ui, "Frame times");
    charts::frame_bars(ui, 110.0, &snapshot.frame_times, snapshot.budget_ms);
    ui.add_space(8.0);
    in_columns(
        ui,
        &mut [
            &mut |ui| {
                heading(ui, "Distribution");
                histogram_ui(ui, snapshot, 150.0);
            },
            &mut |ui| {
                heading(ui, "Percentiles");
                percentiles_ui(ui, snapshot);
            },
            &mut |ui| {
                heading(ui, "Phases");
                phases_ui(ui, snapshot);
                ui.add_space(8.0);
                heading(ui, "Batches of updates");
                let updates = &snapshot.report.updates;
                figures(
                    ui,
                    "updates",
                    &[
                        ("batches", updates.total_batches.to_string()),
                        ("updates", updates.total_updates.to_string()),
                        ("average size", format!("{:.1}", updates.average_batch_size)),
                        ("average time", format!("{:.2} ms", updates.average_batch_time_ms)),
                    ],
                );
            },
        ],
    );
}

fn histogram_ui(ui: &mut Ui, snapshot: &Snapshot, height: f32) {
    let [p50, p95, p99, p999] = snapshot.percentiles;
    let marks = [(p50, "50"), (p95, "95"), (p99, "99"), (p999, "99.9")];
    charts::histogram(ui, height, &snapshot.frame_times, snapshot.budget_ms, &marks);
}

fn percentiles_ui(ui: &mut Ui, snapshot: &Snapshot) {
    let render = &snapshot.report.render;
    let [p50, p95, p99, p999] = snapshot.percentiles;
    let dropped = share(render.dropped, render.frames);
    table("percentiles", 4).show(ui, |ui| {
        for [(left, a), (right, b)] in [
            [("50 %", format!("{p50:.2} ms")), ("fps", format!("{:.1}", render.fps))],
            [("95 %", format!("{p95:.2} ms")), ("shown", fps_text(snapshot.presented_fps))],
            [("99 %", format!("{p99:.2} ms")), ("frames", render.frames.to_string())],
            [
                ("99.9 %", format!("{p999:.2} ms")),
                ("dropped", format!("{} ({})", render.dropped, format_percent(dropped))),
            ],
            [
                ("longest", format!("{:.2} ms", render.max_ms)),
                ("smooth", if render.is_smooth { "yes".to_owned() } else { "no".to_owned() }),
            ],
        ] {
            ui.label(RichText::new(left).weak());
            ui.label(RichText::new(a).monospace());
            figure(ui, right, b);
        }
    });
}

/// Frames per second that were shown; a dash while nothing animates.
fn fps_text(fps: f64) -> String {
    if fps > 0.0 { format!("{fps:.1} fps") } else { "–".to_owned() }
}

fn phases_ui(ui: &mut Ui, snapshot: &Snapshot) {
    let render = &snapshot.report.render;
    table("phases", 4).show(ui, |ui| {
        for title in ["ms", "50 %", "95 %", "longest"] {
            muted(ui, title);
        }
        ui.end_row();
        let row = |ui: &mut Ui, name: &str, times: [f64; 3]| {
            ui.label(RichText::new(name).weak());
            for ms in times {
                ui.label(RichText::new(format!("{ms:.2}")).monospace());
            }
            ui.end_row();
        };
        for (name, phase) in render.phases.iter() {
            row(ui, name, [phase.p50_ms, phase.p95_ms, phase.max_ms]);
        }
        if render.phases.gpu.is_none() {
            ui.label(RichText::new("gpu").weak());
            for _ in 0..3 {
                ui.label(RichText::new("–").monospace())
                    .on_hover_text("This graphics driver tells no times");
            }
            ui.end_row();
        }
        let sum = [render.ui_thread_p50_ms, render.ui_thread_p95_ms, render.ui_thread_max_ms];
        row(ui, "UI thread", sum);
    });
}

fn totals_ui(ui: &mut Ui, snapshot: &Snapshot) {
    let memory = &snapshot.report.memory;
    let sum = memory.components.values().fold(0_u64, |sum, &bytes| sum.saturating_add(bytes));
    figures(
        ui,
        "totals",
        &[
            ("components", format_bytes(sum)),
            ("heap", format_bytes(memory.heap_bytes)),
            ("explained", format_percent(memory.explained)),
            ("resident", format_bytes(memory.rss_bytes)),
        ],
    );
}

fn components_ui(ui: &mut Ui, snapshot: &Snapshot, most: usize) {
    let memory = &snapshot.report.memory;
    if memory.components.is_empty() {
        muted(
            ui,
            "Nothing yet. Document, mixer, schedule and caches tell their sizes once a second.",
        );
        return;
    }
    let mut sorted: Vec<_> = memory.components.iter().collect();
    sorted.sort_by_key(|&(_, bytes)| std::cmp::Reverse(bytes));
    let sum = sorted.iter().fold(0_u64, |sum, (_, bytes)| sum.saturating_add(**bytes));
    let accent = charts::accent(ui);
    let width = (ui.available_width() - 190.0).clamp(24.0, 240.0);
    table("components", 3).show(ui, |ui| {
        for (name, &bytes) in sorted.into_iter().take(most) {
            ui.label(name);
            charts::share_bar(ui, width, share(bytes, sum), accent);
            ui.label(RichText::new(format_bytes(bytes)).monospace());
            ui.end_row();
        }
    });
}

pub(super) fn memory_ui(ui: &mut Ui, snapshot: &Snapshot) {
    in_columns(
        ui,
        &mut [
            &mut |ui| {
                heading(ui, "Totals");
                totals_ui(ui, snapshot);
                ui.add_space(8.0);
                heading(ui, "By component");
                components_ui(ui, snapshot, usize::MAX);
            },
            &mut |ui| {
                heading(ui, "Over time");
                charts::lines(ui, 160.0, &snapshot.series);
                ui.horizontal_wrapped(|ui| {
                    for (idx, series) in snapshot.series.iter().enumerate() {
                        let color = charts::series_color(ui, idx);
                        ui.label(RichText::new("■").color(color));
                        ui.label(RichText::new(&series.name).small());
                    }
                });
            },
            &mut |ui| {
                heading(ui, "Growth that never comes back");
                if snapshot.leaks.is_empty() {
                    muted(ui, no_leak_text(snapshot));
                }
                for leak in &snapshot.leaks {
                    let color = ui.visuals().warn_fg_color;
                    ui.label(RichText::new(leak.to_string()).color(color));
                }
            },
        ],
    );
}

/// Why no leak is named: it was watched for long enough, or not yet.
fn no_leak_text(snapshot: &Snapshot) -> &'static str {
    let span = snapshot.series.iter().filter_map(|series| {
        let (first, last) = (series.points.first()?, series.points.last()?);
        Some(last.secs - first.secs)
    });
    // A little less than the window will do, as for the detector.
    if span.fold(0.0, f64::max) < crate::leak::DEFAULT_WINDOW.as_secs_f64() * 0.9 {
        "Still watching: growth is judged over two minutes."
    } else {
        "None in the last two minutes."
    }
}

pub(super) fn caches_ui(ui: &mut Ui, snapshot: &Snapshot) {
    in_columns(
        ui,
        &mut [
            &mut |ui| {
                heading(ui, "Caches");
                rates_ui(ui, snapshot);
            },
            &mut |ui| {
                heading(ui, "Buffer pools");
                pools_ui(ui, snapshot);
            },
            &mut |ui| {
                heading(ui, "Virtual lists");
                lists_ui(ui, snapshot);
            },
        ],
    );
    heading(ui, "SQL statements");
    queries_ui(ui, snapshot);
}

fn rates_ui(ui: &mut Ui, snapshot: &Snapshot) {
    let caches = &snapshot.report.caches;
    if caches.is_empty() {
        muted(ui, "None yet. Parsed files and library searches fill their caches on first use.");
        return;
    }
    table("caches", 4).show(ui, |ui| {
        for title in ["cache", "hit rate", "entries", "size"] {
            muted(ui, title);
        }
        ui.end_row();
        for (name, cache) in caches {
            ui.label(name).on_hover_text(format!(
                "{} hits, {} misses, {} evictions; holds at most {}",
                cache.hits,
                cache.misses,
                cache.evictions,
                format_bytes(cache.max_bytes)
            ));
            ui.label(RichText::new(format_percent(cache.hit_rate)).monospace());
            ui.label(RichText::new(cache.entries.to_string()).monospace());
            ui.label(RichText::new(format_bytes(cache.bytes)).monospace());
            ui.end_row();
        }
    });
}

fn pools_ui(ui: &mut Ui, snapshot: &Snapshot) {
    let pools = &snapshot.report.pools;
    if pools.is_empty() {
        muted(ui, "None yet. Reading files takes its buffers from a pool.");
        return;
    }
    table("pools", 4).show(ui, |ui| {
        for title in ["pool", "hit rate", "acquired", "free"] {
            muted(ui, title);
        }
        ui.end_row();
        for (name, pool) in pools {
            let free = snapshot.pools_available.get(name).copied().unwrap_or(0);
            ui.label(name);
            ui.label(RichText::new(format_percent(pool.hit_rate)).monospace());
            ui.label(RichText::new(pool.acquired.to_string()).monospace());
            ui.label(RichText::new(free.to_string()).monospace());
            ui.end_row();
        }
    });
}

fn lists_ui(ui: &mut Ui, snapshot: &Snapshot) {
    let lists = &snapshot.report.scroll;
    if lists.is_empty() {
        muted(ui, "None yet. Long lists tell their rows as soon as they are drawn.");
        return;
    }
    table("lists", 4).show(ui, |ui| {
        for title in ["list", "visible", "saved", "updates"] {
            muted(ui, title);
        }
        ui.end_row();
        for (name, list) in lists {
            ui.label(name);
            let visible = format!("{} of {}", list.visible, list.total);
            ui.label(RichText::new(visible).monospace());
            ui.label(RichText::new(format_percent(list.memory_savings)).monospace());
            ui.label(RichText::new(list.viewport_updates.to_string()).monospace());
            ui.end_row();
        }
    });
}

fn queries_ui(ui: &mut Ui, snapshot: &Snapshot) {
    if snapshot.report.queries.is_empty() {
        muted(ui, "None yet. Searches in the library show here with their plans.");
        return;
    }
    table("queries", 6).striped(true).show(ui, |ui| {
        for title in ["runs", "50 %", "95 %", "longest", "rows", "statement"] {
            muted(ui, title);
        }
        ui.end_row();
        for query in snapshot.report.queries.iter().take(50) {
            for value in [
                query.count.to_string(),
                format!("{:.2}", query.p50_ms),
                format!("{:.2}", query.p95_ms),
                format!("{:.2}", query.max_ms),
                query.rows.to_string(),
            ] {
                ui.label(RichText::new(value).monospace());
            }
            ui.vertical(|ui| {
                ui.label(&query.sql);
                let plan = if query.plan.is_empty() { "No plan known." } else { &query.plan };
                ui.label(RichText::new(plan).small().weak());
            });
            ui.end_row();
        }
    });
}

pub(super) fn audio_ui(ui: &mut Ui, snapshot: &Snapshot, extra: &OverlayExtra) {
    in_columns(
        ui,
        &mut [
            &mut |ui| callback_ui(ui, snapshot, extra),
            &mut |ui| {
                heading(ui, "Background work");
                jobs_ui(ui, extra);
            },
            &mut |ui| {
                heading(ui, "Process");
                let process = &snapshot.report.process;
                figures(
                    ui,
                    "process",
                    &[
                        ("CPU (1 core = 100 %)", format_percent(process.cpu_share)),
                        ("read from disk", format_bytes(process.read_bytes)),
                        ("written to disk", format_bytes(process.written_bytes)),
                        ("open files", process.open_files.to_string()),
                    ],
                );
            },
        ],
    );
}

fn callback_ui(ui: &mut Ui, snapshot: &Snapshot, extra: &OverlayExtra) {
    heading(ui, "Audio callback");
    let audio = &snapshot.report.audio;
    let load = extra.audio_load.filter(|load| load.is_finite());
    if let Some(load) = load {
        let color = if load > 0.8 { ui.visuals().error_fg_color } else { charts::accent(ui) };
        let width = ui.available_width().min(240.0);
        charts::share_bar(ui, width, load, color);
    } else {
        muted(ui, "No audio device is open: playing through one shows its load here.");
    }
    let late = if audio.budget_us > 0.0 { audio.callback_p99_us / audio.budget_us } else { 0.0 };
    figures(
        ui,
        "audio",
        &[
            ("load", load.map_or_else(|| "–".to_owned(), format_percent)),
            ("99 %", format!("{:.0} µs ({})", audio.callback_p99_us, format_percent(late))),
            ("block", format!("{:.0} µs", audio.budget_us)),
            ("dropouts", audio.dropouts.to_string()),
            ("voices", audio.voices.to_string()),
        ],
    );
}

fn jobs_ui(ui: &mut Ui, extra: &OverlayExtra) {
    if extra.jobs.is_empty() {
        muted(ui, "Nothing is running. Opening and exporting files shows here.");
    }
    for job in &extra.jobs {
        ui.label(&job.label);
        match job.progress {
            Some(progress) => ui.add(egui::ProgressBar::new(progress).show_percentage()),
            None => ui.add(egui::Spinner::new()),
        };
    }
}

pub(super) fn compare_ui(
    ui: &mut Ui,
    baseline: Option<&str>,
    found: Option<Result<Vec<Regression>, CompareError>>,
) {
    let (Some(name), Some(found)) = (baseline, found) else {
        muted(
            ui,
            "Choose a report that was saved before: what got slower or larger since is named here.",
        );
        return;
    };
    heading(ui, &format!("Since {name}"));
    match found {
        Ok(found) if found.is_empty() => muted(ui, "Nothing got slower or larger."),
        Ok(found) => {
            let color = ui.visuals().warn_fg_color;
            for regression in found {
                ui.label(RichText::new(regression.to_string()).color(color));
            }
        }
        Err(error) => muted(ui, format!("They cannot be compared: {error}")),
    }
}
