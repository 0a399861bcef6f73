//! What two saved reports say about each other.

use profiling::{
    Report,
    query_stats::StatementStats,
    regression::{CompareError, Thresholds, compare},
    report::PhaseReport,
};

#[expect(clippy::unwrap_used, reason = "a test may stop at what it did not expect")]
fn found(before: &Report, after: &Report) -> Vec<String> {
    let found = compare(before, after, &Thresholds::default()).unwrap();
    found.iter().map(ToString::to_string).collect()
}

#[test]
fn a_phase_made_20_percent_slower_is_named() {
    let mut before = Report::default();
    before.render.phases.tessellate.p95_ms = 2.0;
    before.render.phases.ui.p95_ms = 2.0;
    let mut after = before.clone();
    after.render.phases.tessellate.p95_ms = 2.4;
    assert_eq!(
        found(&before, &after),
        ["render.phases.tessellate.p95_ms: 20.0% slower (2.40 ms, was 2.00 ms)"]
    );
    assert!(found(&after, &before).is_empty(), "faster is no regression");
}

#[test]
fn a_component_that_grew_is_named_with_its_bytes() {
    let mut before = Report::default();
    before.memory.components.insert("undo".to_owned(), 10 << 20);
    let mut after = before.clone();
    after.memory.components.insert("undo".to_owned(), 15 << 20);
    after.memory.components.insert("new".to_owned(), 1 << 20);
    assert_eq!(
        found(&before, &after),
        [
            "memory.components.new: larger (1.00 MB, was 0 B)",
            "memory.components.undo: 50.0% larger (15.00 MB, was 10.00 MB)",
        ]
    );
}

#[test]
fn noise_is_not_named() {
    let mut before = Report::default();
    before.render.p95_ms = 0.01;
    before.render.mean_ms = 10.0;
    before.memory.heap_bytes = 1000;
    let mut after = before.clone();
    after.render.p95_ms = 0.05;
    after.render.mean_ms = 10.9;
    after.memory.heap_bytes = 100_000;
    assert!(found(&before, &after).is_empty());
}

#[test]
fn what_was_not_measured_before_is_no_slower_now() {
    let mut after = Report::default();
    after.render.phases.gpu = Some(PhaseReport { p50_ms: 5.0, p95_ms: 9.0, max_ms: 9.0 });
    after.audio.callback_p99_us = 900.0;
    assert!(found(&Report::default(), &after).is_empty());
}

#[test]
fn the_callback_and_statements_are_compared_too() {
    let statement =
        |p95_ms| StatementStats { sql: "SELECT 1".to_owned(), p95_ms, ..StatementStats::default() };
    let mut before = Report::default();
    before.audio.callback_p99_us = 1000.0;
    before.queries.push(statement(1.0));
    let mut after = Report::default();
    after.audio.callback_p99_us = 1500.0;
    after.queries.push(statement(3.0));
    assert_eq!(
        found(&before, &after),
        [
            "queries.SELECT 1.p95_ms: 200.0% slower (3.00 ms, was 1.00 ms)",
            "audio.callback_p99_us: 50.0% slower (1500 µs, was 1000 µs)",
        ]
    );
}

#[test]
fn reports_of_different_machines_or_scenarios_are_not_compared() {
    let report = |machine: &str, scenario: &str| Report {
        machine: Some(machine.to_owned()),
        scenario: Some(scenario.to_owned()),
        ..Report::default()
    };
    let thresholds = Thresholds::default();
    let error = compare(&report("a", "edit"), &report("b", "edit"), &thresholds).unwrap_err();
    assert_eq!(error.to_string(), "the reports are of different machines: a and b");
    let error = compare(&report("a", "edit"), &report("a", "scroll"), &thresholds).unwrap_err();
    assert!(matches!(error, CompareError::Scenario { .. }));
    assert!(compare(&report("a", "edit"), &Report::default(), &thresholds).is_ok());
}
