//! Everything that is measured, in one place that all threads share.
//!
//! Owns the registry: components, frames, lists, updates, caches, pools,
//! queries, audio, process. Does no I/O but [`ProfilingState::tick_at`], which
//! asks [`crate::process`] once a second. Any thread but the audio callback,
//! which speaks through counters of its own; a clone shares the same figures.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::{Mutex, RwLock};

use crate::{
    HeapSize,
    leak::{Leak, LeakDetector},
    memory::{CacheStats, MemoryCache, MemorySnapshot, MemoryTracker, SharedPool},
    process::{ProcessSample, ProcessSampler},
    query_cache::QueryCache,
    query_stats::QueryStats,
    render_metrics::{PhaseTimes, RenderMetrics, UiUpdateMetrics, VirtualScrollMetrics},
    report::{AudioReport, MemoryReport, PoolReport, RenderReport, Report},
};

/// The process is asked this often.
const SAMPLE_EVERY: Duration = Duration::from_secs(1);
/// What has expired in the registered caches is swept out this often; inserts
/// sweep too, but a cache that nobody writes to would hold its rows for ever.
pub const SWEEP_EVERY: Duration = Duration::from_secs(30);

/// A cache that can be registered by name.
pub trait CacheSource: Send + Sync {
    /// How it is doing.
    fn stats(&self) -> CacheStats;
    /// Forgets its values.
    fn clear(&self);
    /// Sets its counters to zero.
    fn reset(&self);
    /// Forgets what is over at `now`; nothing, where values know no end.
    fn sweep_at(&self, _now: Instant) {}
}

impl<T: Clone + Send> CacheSource for MemoryCache<T> {
    fn stats(&self) -> CacheStats {
        self.stats()
    }

    fn clear(&self) {
        self.clear();
    }

    fn reset(&self) {
        self.reset();
    }
}

impl<T: Clone + Send> CacheSource for QueryCache<T> {
    fn stats(&self) -> CacheStats {
        self.stats().into()
    }

    fn clear(&self) {
        self.clear();
    }

    fn reset(&self) {
        self.reset();
    }

    fn sweep_at(&self, now: Instant) {
        self.cleanup_expired_at(now);
    }
}

/// A pool that can be registered by name.
pub trait PoolSource: Send + Sync {
    /// Its counters.
    fn report(&self) -> PoolReport;
    /// Buffers that lie in it.
    fn available(&self) -> usize;
    /// Sets its counters to zero.
    fn reset(&self);
}

impl<T: Send> PoolSource for SharedPool<T> {
    fn report(&self) -> PoolReport {
        self.report()
    }

    fn available(&self) -> usize {
        self.available()
    }

    fn reset(&self) {
        self.reset();
    }
}

type Registry<T> = Arc<RwLock<BTreeMap<String, Arc<T>>>>;

/// All metrics of the program; clones share them.
///
/// ```
/// use profiling::ProfilingState;
///
/// let state = ProfilingState::new();
/// state.track_allocation("mixer", 2048);
/// state.record_frame(16.0);
/// state.update_virtual_list("tracks", 1000, 50, 100);
///
/// let report = state.report();
/// assert_eq!(report.memory.components["mixer"], 2048);
/// assert_eq!(report.scroll["tracks"].memory_savings, 0.95);
/// assert!(state.to_json().contains("\"memory_savings\": 0.95"));
/// ```
#[derive(Clone)]
pub struct ProfilingState {
    /// Bytes by component.
    pub memory_tracker: MemoryTracker,
    /// Frames and their phases.
    pub render_metrics: Arc<RwLock<RenderMetrics>>,
    /// Virtual lists by name.
    pub virtual_lists: Arc<RwLock<BTreeMap<String, VirtualScrollMetrics>>>,
    /// Batches of updates of the interface.
    pub update_metrics: Arc<RwLock<UiUpdateMetrics>>,
    /// SQL statements.
    pub query_stats: Arc<Mutex<QueryStats>>,
    /// History of each component and of the heap.
    pub leak_detector: Arc<RwLock<LeakDetector>>,
    caches: Registry<dyn CacheSource>,
    pools: Registry<dyn PoolSource>,
    audio: Arc<RwLock<AudioReport>>,
    process: Arc<RwLock<ProcessState>>,
    started: Instant,
}

#[derive(Default)]
struct ProcessState {
    sampler: ProcessSampler,
    last: ProcessSample,
    sampled: Option<Instant>,
    swept: Option<Instant>,
}

impl std::fmt::Debug for ProfilingState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProfilingState").finish_non_exhaustive()
    }
}

impl Default for ProfilingState {
    fn default() -> Self {
        Self::new()
    }
}

impl ProfilingState {
    /// For the window: keeps the newest 1,000 frames.
    pub fn new() -> Self {
        Self::with_render_metrics(RenderMetrics::new())
    }

    /// For headless runs: keeps every frame.
    pub fn headless() -> Self {
        Self::with_render_metrics(RenderMetrics::unbounded())
    }

    fn with_render_metrics(render_metrics: RenderMetrics) -> Self {
        Self {
            memory_tracker: MemoryTracker::new(),
            render_metrics: Arc::new(RwLock::new(render_metrics)),
            virtual_lists: Arc::default(),
            update_metrics: Arc::default(),
            query_stats: Arc::default(),
            leak_detector: Arc::default(),
            caches: Registry::default(),
            pools: Registry::default(),
            audio: Arc::default(),
            process: Arc::default(),
            started: Instant::now(),
        }
    }

    /// How memory is now: a snapshot with `diff` and `format_report`.
    pub fn get_memory_metrics(&self) -> MemorySnapshot {
        self.memory_tracker.snapshot()
    }

    /// `component` has allocated one object of `bytes`.
    pub fn track_allocation(&self, component: &str, bytes: usize) {
        self.memory_tracker.track_allocation(component, bytes);
    }

    /// `component` has freed one object of `bytes`.
    pub fn track_deallocation(&self, component: &str, bytes: usize) {
        self.memory_tracker.track_deallocation(component, bytes);
    }

    /// `component` holds `bytes` now.
    pub fn set_component(&self, component: &str, bytes: usize) {
        self.memory_tracker.set_component(component, bytes);
    }

    /// `component` holds `bytes` outside the heap (GPU buffers, mapped files).
    pub fn set_external(&self, component: &str, bytes: usize) {
        self.memory_tracker.set_external(component, bytes);
    }

    /// Memory by component, for people.
    pub fn get_memory_report(&self) -> String {
        self.memory_tracker.format_report()
    }

    /// A frame took `ms` of work.
    pub fn record_frame(&self, ms: f64) {
        self.render_metrics.write().record_frame(ms);
    }

    /// A frame took `total_ms` of work, in these phases.
    pub fn record_measured_frame(&self, total_ms: f64, phases: &PhaseTimes) {
        self.render_metrics.write().record_measured_frame(total_ms, phases);
    }

    /// Frames and phases: what the `render` object of the report holds.
    pub fn get_render_metrics(&self) -> RenderReport {
        self.render_metrics.read().report()
    }

    /// Forgets all frames.
    pub fn reset_render_metrics(&self) {
        self.render_metrics.write().reset();
    }

    /// Every registered cache by name.
    pub fn get_cache_stats(&self) -> BTreeMap<String, CacheStats> {
        let caches = sources(&self.caches);
        caches.into_iter().map(|(name, cache)| (name, cache.stats())).collect()
    }

    /// Every registered pool by name.
    pub fn get_pool_stats(&self) -> BTreeMap<String, PoolReport> {
        let pools = sources(&self.pools);
        pools.into_iter().map(|(name, pool)| (name, pool.report())).collect()
    }

    /// Buffers that lie in each pool, by name.
    pub fn get_pool_availability(&self) -> BTreeMap<String, usize> {
        let pools = sources(&self.pools);
        pools.into_iter().map(|(name, pool)| (name, pool.available())).collect()
    }

    /// Forgets the values of every cache; their counters stay.
    pub fn clear_caches(&self) {
        for cache in sources(&self.caches).values() {
            cache.clear();
        }
    }

    /// Registers a cache; a name that is taken passes on to the new one.
    pub fn register_cache(&self, name: &str, cache: impl CacheSource + 'static) {
        self.caches.write().insert(name.to_owned(), Arc::new(cache));
    }

    /// Registers a pool; a name that is taken passes on to the new one.
    pub fn register_pool(&self, name: &str, pool: impl PoolSource + 'static) {
        self.pools.write().insert(name.to_owned(), Arc::new(pool));
    }

    /// Makes a virtual list known, or known anew.
    pub fn register_list(&self, list: &str, total: usize, per_page: usize, item_height: usize) {
        let metrics = VirtualScrollMetrics::new(total, per_page, item_height);
        self.virtual_lists.write().insert(list.to_owned(), metrics);
    }

    /// Rows `start..end` of a list are built now; a list that was never
    /// registered has no items.
    pub fn update_virtual_scroll(&self, list: &str, start: usize, end: usize) {
        self.with_list(list, |metrics| metrics.update_viewport(start, end));
    }

    /// The same with the list's length, for lists that grow and shrink.
    pub fn update_virtual_list(&self, list: &str, total: usize, start: usize, end: usize) {
        self.with_list(list, |metrics| {
            metrics.set_total(total);
            metrics.update_viewport(start, end);
        });
    }

    /// A batch of `n` updates of the interface took `ms`.
    pub fn record_update_batch(&self, n: usize, ms: f64) {
        self.update_metrics.write().record_batch(n, ms);
    }

    /// A run of the statement `sql`, its parameters as placeholders, took `ms`
    /// and gave or changed `rows`.
    pub fn record_query(&self, sql: &str, ms: f64, rows: u64) {
        self.query_stats.lock().record(sql, ms, rows);
    }

    /// Whether the plan of `sql` is still to be told: who ran it then asks
    /// `EXPLAIN QUERY PLAN`, once, and calls [`Self::set_query_plan`].
    pub fn wants_query_plan(&self, sql: &str) -> bool {
        !self.query_stats.lock().has_plan(sql)
    }

    /// The plan of `sql`: the rows of `EXPLAIN QUERY PLAN`, one step to a line.
    pub fn set_query_plan(&self, sql: &str, plan: &str) {
        self.query_stats.lock().set_plan(sql, plan);
    }

    /// What the audio callback's counters say; times that are negative or not
    /// finite count as 0.
    pub fn set_audio(&self, audio: AudioReport) {
        let counted = |us: f64| if us.is_finite() && us > 0.0 { us } else { 0.0 };
        *self.audio.write() = AudioReport {
            callback_p99_us: counted(audio.callback_p99_us),
            budget_us: counted(audio.budget_us),
            ..audio
        };
    }

    /// The audio callback as last told.
    pub fn audio(&self) -> AudioReport {
        *self.audio.read()
    }

    /// The process as last sampled.
    pub fn process(&self) -> ProcessSample {
        self.process.read().last
    }

    /// Components that only grow, with their slopes.
    pub fn leaks(&self) -> Vec<Leak> {
        self.leak_detector.read().leaks()
    }

    /// Call it every frame: samples the process and the components once a
    /// second, and every [`SWEEP_EVERY`] forgets what has expired in the caches.
    pub fn tick(&self) {
        self.tick_at(Instant::now());
    }

    /// [`Self::tick`], taking the time to be `now`; says whether it sampled.
    pub fn tick_at(&self, now: Instant) -> bool {
        let is_due = |then: Option<Instant>, every: Duration| {
            then.is_none_or(|then| now.saturating_duration_since(then) >= every)
        };
        let (sampled, swept) = {
            let process = self.process.read();
            (process.sampled, process.swept)
        };
        if !is_due(sampled, SAMPLE_EVERY) {
            return false;
        }
        self.sample_at(now);
        if is_due(swept, SWEEP_EVERY) {
            self.process.write().swept = Some(now);
            for cache in sources(&self.caches).values() {
                cache.sweep_at(now);
            }
        }
        true
    }

    /// Samples the process and the components now, due or not.
    pub fn sample_at(&self, now: Instant) {
        let sample = {
            let mut process = self.process.write();
            process.last = process.sampler.sample_at(now);
            process.sampled = Some(now);
            process.last
        };
        self.memory_tracker.set_heap_used(sample.heap_bytes);
        let memory = self.memory_tracker.snapshot();
        let at = now.saturating_duration_since(self.started);
        let mut detector = self.leak_detector.write();
        if sample.heap_bytes > 0 {
            detector.sample(HEAP, sample.heap_bytes, at);
        }
        for (component, bytes) in memory.components() {
            detector.sample(component, bytes as u64, at);
        }
    }

    /// Sets the component "profiler" to what the figures themselves take.
    pub fn measure_self(&self) {
        let frames = self.render_metrics.read().heap_bytes();
        let histories = self.leak_detector.read().heap_bytes();
        self.set_component("profiler", frames.saturating_add(histories));
    }

    /// Every figure as it is now; samples the process first.
    pub fn report(&self) -> Report {
        self.sample_at(Instant::now());
        self.report_of_last_sample()
    }

    /// The report without asking the system: for who draws it all the time.
    pub(crate) fn report_of_last_sample(&self) -> Report {
        let memory = self.memory_tracker.snapshot();
        let process = self.process();
        Report {
            machine: None,
            scenario: None,
            render: self.get_render_metrics(),
            memory: MemoryReport {
                heap_bytes: memory.total_used(),
                rss_bytes: process.rss_bytes,
                components: memory
                    .components()
                    .map(|(name, bytes)| (name.to_owned(), bytes as u64))
                    .collect(),
                explained: memory.explained(),
            },
            caches: self
                .get_cache_stats()
                .into_iter()
                .map(|(name, stats)| (name, stats.into()))
                .collect(),
            pools: self.get_pool_stats(),
            scroll: self
                .virtual_lists
                .read()
                .iter()
                .map(|(name, list)| (name.clone(), list.report()))
                .collect(),
            updates: self.update_metrics.read().report(),
            audio: self.audio(),
            process: process.report(),
            queries: self.query_stats.lock().statements(),
        }
    }

    /// The report as JSON, as `--metrics` writes it.
    pub fn to_json(&self) -> String {
        // The report's maps have string keys and its numbers are finite: the
        // serialiser has nothing to object to.
        self.report().to_json().unwrap_or_default()
    }

    /// Lists tell their viewports in every frame: only a name that is new
    /// costs an allocation.
    fn with_list(&self, list: &str, change: impl FnOnce(&mut VirtualScrollMetrics)) {
        let mut lists = self.virtual_lists.write();
        if let Some(known) = lists.get_mut(list) {
            change(known);
            return;
        }
        let mut new = VirtualScrollMetrics::new(0, 0, 0);
        change(&mut new);
        lists.insert(list.to_owned(), new);
    }

    /// Starts all counters anew: frames, lists, updates, queries, histories
    /// and the counters of caches and pools. What components hold stays, since
    /// they hold it still.
    pub fn reset(&self) {
        self.reset_render_metrics();
        self.virtual_lists.write().values_mut().for_each(VirtualScrollMetrics::reset);
        self.update_metrics.write().reset();
        self.query_stats.lock().reset();
        self.leak_detector.write().reset();
        self.process.write().sampler.reset_at(Instant::now());
        for cache in sources(&self.caches).values() {
            cache.reset();
        }
        for pool in sources(&self.pools).values() {
            pool.reset();
        }
    }
}

/// Name of the whole heap among the histories of the components.
pub const HEAP: &str = "heap (all)";

/// The registered sources, so that none is asked while the registry is locked.
fn sources<T: ?Sized>(registry: &RwLock<BTreeMap<String, Arc<T>>>) -> BTreeMap<String, Arc<T>> {
    registry.read().clone()
}
