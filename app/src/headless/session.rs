//! The application, its clock, and the frames it is made to draw.

use super::gpu::{Gpu, GpuError};
use crate::app::{MidiApp, Start};
use crate::profile_dir::{Kept, ProfileDirError};
use crate::state::Layout;
use egui::{Context, Event, FullOutput, Pos2, RawInput, Rect, vec2};
use image::RgbaImage;
use profiling::ProfilingState;
use profiling::alloc::{apart, measured};
use profiling::render_metrics::{Phase, PhaseTimes};
use profiling::thread_cpu::ThreadCpuTimer;
use std::time::{Duration, Instant};

/// Frames a simulated second has.
const FRAMES_PER_SEC: f64 = 60.0;
/// Sample frames that the sequencer plays in one frame.
const AUDIO_FRAMES: usize = 48_000 / 60;
/// The longest that background work may take before a run gives up waiting.
const PATIENCE: Duration = Duration::from_mins(2);

/// How to begin.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// Size of the picture, in pixels.
    pub size: [u32; 2],
    /// Pixels a point has: 2 for a HiDPI screen.
    pub pixels_per_point: f32,
    /// How the window is arranged.
    pub layout: Layout,
    /// Whether the system's fonts may help out; not in snapshots.
    pub system_fonts: bool,
    /// Whether pixels are made. Without them everything else happens as always, only faster
    /// on a software GPU, and there is no picture.
    pub rasterize: bool,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            size: [1600, 1000],
            pixels_per_point: 1.0,
            layout: Layout::default(),
            system_fonts: false,
            rasterize: true,
        }
    }
}

/// A running application without a window.
pub struct Session {
    ctx: Context,
    app: MidiApp,
    gpu: Gpu,
    size: [u32; 2],
    pixels_per_point: f32,
    rasterize: bool,
    /// The notes that a scenario drags: a preview always starts from where they were.
    pub(super) held: Option<engine::edit::NoteSelection>,
    frame: u64,
}

impl Session {
    /// Starts the application with an empty song.
    ///
    /// # Errors
    /// When there is no graphics adapter.
    pub fn new(options: SessionOptions) -> Result<Self, GpuError> {
        let SessionOptions { size, pixels_per_point, layout, system_fonts, rasterize } = options;
        let ((gpu, ctx), bytes) = measured(|| (Gpu::new(size), Context::default()));
        let gpu = gpu?;
        let mut app = MidiApp::new(&ctx, Start { system_fonts, ..Start::headless(layout) });
        app.metering_mut().add_graphics_bytes(bytes);
        Ok(Self { ctx, app, gpu, size, pixels_per_point, rasterize, held: None, frame: 0 })
    }

    /// The application.
    pub const fn app(&self) -> &MidiApp {
        &self.app
    }

    /// The application, to open files and send commands.
    pub const fn app_mut(&mut self) -> &mut MidiApp {
        &mut self.app
    }

    /// egui's context.
    pub const fn ctx(&self) -> &Context {
        &self.ctx
    }

    /// The adapter's name and whether it is software.
    pub fn adapter(&self) -> (String, bool) {
        self.gpu.adapter()
    }

    /// Everything measured so far.
    pub const fn metrics(&self) -> &ProfilingState {
        &self.app.metering().state
    }

    /// The whole report as it is now.
    pub fn report(&self) -> profiling::Report {
        self.app.profiling_report(&self.ctx)
    }

    /// Keeps the report where the application keeps its reports, if anywhere.
    pub fn keep_last_report(&mut self) -> Option<Result<Kept, ProfileDirError>> {
        self.app.keep_last_report(&self.ctx)
    }

    /// Size of the interface, in points.
    pub fn rect(&self) -> Rect {
        let [width, height] = self.size.map(|side| side as f32 / self.pixels_per_point);
        Rect::from_min_size(Pos2::ZERO, vec2(width, height))
    }

    /// Draws frames until no background work is left, and a few more for sizes to settle.
    /// They are warm-up: counted apart. What came of the work is in the application's notices.
    ///
    /// # Errors
    /// When the GPU does not answer.
    pub fn settle(&mut self) -> Result<(), GpuError> {
        let since = Instant::now();
        let mut quiet = 0;
        while quiet < 4 && since.elapsed() < PATIENCE {
            let started = Instant::now();
            self.step(Vec::new())?;
            let ms = started.elapsed().as_secs_f64() * 1000.0;
            self.metrics().render_metrics.write().record_warmup(ms);
            if self.app.studio().jobs().is_empty() {
                quiet += 1;
            } else {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
        Ok(())
    }

    /// Draws one frame with these events and records what it took.
    ///
    /// # Errors
    /// When the GPU does not answer.
    pub fn frame(&mut self, events: Vec<Event>) -> Result<PhaseTimes, GpuError> {
        let phases = self.step(events)?;
        self.app.record_frame(&self.ctx, &phases);
        Ok(phases)
    }

    /// Whether pixels are made from now on; see [`SessionOptions::rasterize`].
    pub const fn set_rasterize(&mut self, rasterize: bool) {
        self.rasterize = rasterize;
    }

    /// What the last frame drew.
    ///
    /// # Errors
    /// When the GPU does not give it back.
    pub fn image(&self) -> Result<RgbaImage, GpuError> {
        self.gpu.image()
    }

    fn step(&mut self, events: Vec<Event>) -> Result<PhaseTimes, GpuError> {
        if self.app.studio().transport().playing {
            self.app.studio_mut().advance(AUDIO_FRAMES);
        }
        apart(|| puffin::GlobalProfiler::lock().new_frame());
        self.app.metering_mut().enter_foreign();
        let phases = self.draw(events);
        self.app.leave_foreign(&self.ctx);
        phases
    }

    fn draw(&mut self, events: Vec<Event>) -> Result<PhaseTimes, GpuError> {
        let mut phases = PhaseTimes::default();
        let mut timer = ThreadCpuTimer::start();
        let input = {
            puffin::profile_scope!("input");
            self.input(events)
        };
        let mut output: FullOutput = {
            let (ctx, app) = (self.ctx.clone(), &mut self.app);
            ctx.run_ui(input, |ui| {
                phases.add(Phase::Input, timer.lap_ms());
                app.logic(ui.ctx());
                phases.add(Phase::Logic, timer.lap_ms());
                app.frame_ui(ui);
                phases.add(Phase::Ui, timer.lap_ms());
            })
        };
        phases.add(Phase::Ui, timer.lap_ms());
        let shapes = std::mem::take(&mut output.shapes);
        let primitives = {
            puffin::profile_scope!("tessellate");
            self.ctx.tessellate(shapes, output.pixels_per_point)
        };
        phases.add(Phase::Tessellate, timer.lap_ms());
        let textures = std::mem::take(&mut output.textures_delta);
        let drawn =
            self.gpu.draw(textures, &primitives, output.pixels_per_point, self.rasterize)?;
        phases.add(Phase::Upload, drawn.upload_ms);
        phases.add(Phase::Gpu, drawn.gpu_ms);
        self.frame += 1;
        Ok(phases)
    }

    fn input(&self, events: Vec<Event>) -> RawInput {
        let mut input = RawInput {
            screen_rect: Some(self.rect()),
            time: Some(self.frame as f64 / FRAMES_PER_SEC),
            predicted_dt: (1.0 / FRAMES_PER_SEC) as f32,
            focused: true,
            events,
            ..RawInput::default()
        };
        let id = input.viewport_id;
        input.viewports.entry(id).or_default().native_pixels_per_point =
            Some(self.pixels_per_point);
        input
    }
}
