//! Joins [`NoteLayer`](super::NoteLayer)s to egui's render pass.
//!
//! `prepare` plans and uploads, once for each layer; `finish_prepare` sends the frame's
//! uniforms, once for all; `paint` only issues draws. UI thread.

use super::instance::{self, Instance, Scale};
use super::layer::{NoteRun, NoteShape, NoteSource, NoteStyle, NoteTransform};
use super::levels::Levels;
use super::pipeline::{DRAW_STRIDE, DrawUniforms, Pipeline};
use super::plan::{Draw, DrawFrom, NoteCounters, Tally};
use super::pyramid::{Part, Pyramid};
use super::rows::KeyRows;
use super::store::{Slot, Store};
use egui::{Color32, PaintCallbackInfo, Rangef, Rect};
use egui_wgpu::{CallbackResources, CallbackTrait, ScreenDescriptor};
use engine::model::{ClipId, NoteChunk, Notes};
use engine::time::TickRange;
use parking_lot::Mutex;
use profiling::thread_cpu::ThreadCpuTimer;
use std::ops::Range;
use std::sync::Arc;

/// GPU memory for notes: five million of them close up, which is more than any screen.
const GPU_BUDGET: u64 = 64 << 20;
/// Notes to a pixel above which coarser levels are asked for.
const DENSE: f64 = 4.0;
/// A clip of more chunks is searched through its levels, however close up.
const MANY_CHUNKS: usize = 16;
/// Instances a frame may draw note by note while coarser levels are being built.
const PATIENCE: u64 = 200_000;

/// One layer on its way through a frame.
pub(super) struct NoteCallback {
    wake: egui::Context,
    left: f32,
    visible: Rect,
    runs: Vec<NoteRun>,
    /// Which of the frame's draws are this layer's.
    draws: Mutex<Range<usize>>,
}

/// Everything that outlives a frame. Lives in the renderer's `callback_resources`.
pub(super) struct Resources {
    pipeline: Pipeline,
    store: Store,
    levels: Levels,
    frame: FrameBuffers,
    draws: Vec<Draw>,
    loose: Vec<Instance>,
    scratch: Vec<Instance>,
    tally: Tally,
    /// The frame's uniforms are on the GPU: whoever prepares next begins a new frame.
    sealed: bool,
    counters: Arc<NoteCounters>,
}

/// Buffers written every frame.
struct FrameBuffers {
    uniforms: wgpu::Buffer,
    bind_group: wgpu::BindGroup,
    loose: wgpu::Buffer,
    bytes: Vec<u8>,
}

impl NoteCallback {
    pub(super) fn new(wake: egui::Context, left: f32, visible: Rect, runs: Vec<NoteRun>) -> Self {
        Self { wake, left, visible, runs, draws: Mutex::new(0..0) }
    }
}

impl CallbackTrait for NoteCallback {
    fn prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        screen: &ScreenDescriptor,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        puffin::profile_scope!("upload");
        let Some(resources) = resources.get_mut::<Resources>() else { return Vec::new() };
        let timer = ThreadCpuTimer::start();
        if resources.begin_frame() {
            let counters = Arc::clone(&resources.counters);
            self.wake.data_mut(|data| data.insert_temp(super::counters_id(), counters));
        }
        let first = resources.draws.len();
        let mut planner = Planner {
            resources,
            device,
            queue,
            wake: &self.wake,
            left: self.left,
            visible: self.visible.x_range(),
            screen,
            rows: KeyRows::ALL.table(),
        };
        for run in &self.runs {
            planner.add(run);
        }
        *self.draws.lock() = first..resources.draws.len();
        resources.counters.add_time(timer.elapsed_ms());
        Vec::new()
    }

    fn finish_prepare(
        &self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        _encoder: &mut wgpu::CommandEncoder,
        resources: &mut CallbackResources,
    ) -> Vec<wgpu::CommandBuffer> {
        if let Some(resources) = resources.get_mut::<Resources>() {
            let timer = ThreadCpuTimer::start();
            resources.seal(device, queue);
            resources.counters.add_time(timer.elapsed_ms());
        }
        Vec::new()
    }

    fn paint(
        &self,
        info: PaintCallbackInfo,
        pass: &mut wgpu::RenderPass<'static>,
        resources: &CallbackResources,
    ) {
        let Some(resources) = resources.get::<Resources>() else { return };
        let [width, height] = info.screen_size_px;
        pass.set_viewport(0.0, 0.0, width as f32, height as f32, 0.0, 1.0);
        resources.paint(self.draws.lock().clone(), pass);
    }
}

impl Resources {
    pub(super) fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Self {
        let pipeline = Pipeline::new(device, format);
        let counters = NoteCounters::with_gpu_budget(GPU_BUDGET);
        let frame = FrameBuffers::new(device, &pipeline.layout);
        Self {
            pipeline,
            store: Store::new(GPU_BUDGET, counters.blocks.clone()),
            levels: Levels::new(counters.levels.clone()),
            frame,
            draws: Vec::new(),
            loose: Vec::new(),
            scratch: Vec::new(),
            tally: Tally::default(),
            sealed: true,
            counters: Arc::new(counters),
        }
    }

    /// Whether this is the first layer of a frame.
    fn begin_frame(&mut self) -> bool {
        if !std::mem::take(&mut self.sealed) {
            return false;
        }
        self.draws.clear();
        self.loose.clear();
        self.tally = Tally::default();
        self.store.begin_frame();
        self.levels.begin_frame();
        true
    }

    fn seal(&mut self, device: &wgpu::Device, queue: &wgpu::Queue) {
        if std::mem::replace(&mut self.sealed, true) {
            return;
        }
        let bytes =
            self.frame.upload(device, queue, &self.pipeline.layout, &self.draws, &self.loose);
        self.tally.uploaded_bytes += bytes;
        self.tally.uploaded += self.loose.len() as u64;
        self.tally.draws = self.draws.len() as u64;
        self.counters.publish(
            &self.tally,
            self.store.bytes() + self.frame.gpu_bytes(),
            self.levels.heap_bytes(),
        );
    }

    fn paint(&self, draws: Range<usize>, pass: &mut wgpu::RenderPass<'static>) {
        pass.set_pipeline(&self.pipeline.render);
        let first = draws.start as u64;
        let mut bound = None;
        for (draw, idx) in self.draws.get(draws).unwrap_or_default().iter().zip(first..) {
            let Ok(offset) = u32::try_from(idx * DRAW_STRIDE) else { return };
            let (page, instances) = match draw.from {
                DrawFrom::Store(slot) => (Some(slot.page), slot.first..slot.first + slot.count),
                DrawFrom::Frame(first, count) => (None, first..first + count),
            };
            if bound != Some(page) {
                let buffer = match page {
                    Some(page) => self.store.page(page),
                    None => Some(&self.frame.loose),
                };
                let Some(buffer) = buffer else { continue };
                pass.set_vertex_buffer(0, buffer.slice(..));
                bound = Some(page);
            }
            pass.set_bind_group(0, &self.frame.bind_group, &[offset]);
            pass.draw(0..6, instances);
        }
    }
}

/// Turns runs into draws, uploading what is missing.
struct Planner<'a> {
    resources: &'a mut Resources,
    device: &'a wgpu::Device,
    queue: &'a wgpu::Queue,
    wake: &'a egui::Context,
    left: f32,
    visible: Rangef,
    screen: &'a ScreenDescriptor,
    /// The rows of the run at hand.
    rows: [[u32; 4]; 8],
}

impl Planner<'_> {
    fn add(&mut self, run: &NoteRun) {
        let x_range = run.x_range.intersection(self.visible);
        if x_range.span() <= 0.0 || run.transform.points_per_tick <= 0.0 {
            return;
        }
        self.rows = run.transform.rows.table();
        match &run.source {
            NoteSource::List(boxes) if boxes.is_empty() => {}
            NoteSource::List(boxes) => {
                let first = self.resources.loose.len();
                let scale = instance::from_boxes(boxes, &mut self.resources.loose);
                self.draw_loose(run, x_range, first, scale);
            }
            NoteSource::Clip { clip, notes } => self.add_clip(run, x_range, *clip, notes),
        }
    }

    fn add_clip(&mut self, run: &NoteRun, x_range: Rangef, clip: ClipId, notes: &Notes) {
        // A note may be drawn wider than it is, so look a little further back.
        let before = match run.style.shape {
            NoteShape::Bar => 0.0,
            NoteShape::Hit => run.transform.key_height,
        };
        let wider = Rangef::new(x_range.min - run.style.min_width - before, x_range.max + before);
        let range = run.transform.ticks_in(self.left, wider);
        let points_per_tick = run.transform.points_per_tick;
        if self.wants_levels(notes, range, points_per_tick)
            && let Some(pyramid) = self.resources.levels.get(clip, notes, self.wake)
        {
            self.draw_pyramid(run, x_range, &pyramid, range);
            return;
        }
        for chunk in notes.chunks_in(range) {
            if self.resources.tally.instances < PATIENCE {
                self.draw_chunk(run, x_range, chunk);
            } else {
                let (scale, one) = instance::around_chunk(chunk);
                let first = self.resources.loose.len();
                self.resources.loose.push(one);
                self.draw_loose(run, x_range, first, scale);
            }
        }
    }

    fn wants_levels(&self, notes: &Notes, range: TickRange, points_per_tick: f64) -> bool {
        if notes.chunks().len() > MANY_CHUNKS {
            return true;
        }
        let px_per_tick = points_per_tick * f64::from(self.screen.pixels_per_point);
        notes.chunks_in(range).any(|chunk| {
            let px = chunk.last_end().since(chunk.start()) as f64 * px_per_tick;
            chunk.notes().len() > 64 && chunk.notes().len() as f64 > DENSE * px
        })
    }

    fn draw_pyramid(
        &mut self,
        run: &NoteRun,
        x_range: Rangef,
        pyramid: &Pyramid,
        range: TickRange,
    ) {
        let px_per_tick = run.transform.points_per_tick * f64::from(self.screen.pixels_per_point);
        pyramid.visit(range, 1.0 / px_per_tick, &mut |part| match part {
            Part::Chunk(chunk) => self.draw_chunk(run, x_range, chunk),
            Part::Block(block) => {
                let slot = self
                    .resources
                    .store
                    .get(block.id)
                    .or_else(|| self.upload(block.id, &block.instances));
                if let Some(slot) = slot {
                    self.draw_slot(run, x_range, slot, block.scale);
                }
            }
        });
    }

    fn draw_chunk(&mut self, run: &NoteRun, x_range: Rangef, chunk: &NoteChunk) {
        let slot = self.resources.store.get(chunk.id()).or_else(|| {
            let mut instances = std::mem::take(&mut self.resources.scratch);
            instances.clear();
            instance::from_chunk(chunk, &mut instances);
            let slot = self.upload(chunk.id(), &instances);
            self.resources.scratch = instances;
            slot
        });
        if let Some(slot) = slot {
            self.draw_slot(run, x_range, slot, instance::scale_of(chunk));
        }
    }

    fn upload(&mut self, id: u64, instances: &[Instance]) -> Option<Slot> {
        self.resources.tally.uploaded_bytes += size_of_val(instances) as u64;
        self.resources.tally.uploaded += instances.len() as u64;
        self.resources.store.put(self.device, self.queue, id, instances)
    }

    fn draw_slot(&mut self, run: &NoteRun, x_range: Rangef, slot: Slot, scale: Scale) {
        self.resources.tally.instances += u64::from(slot.count);
        let uniforms = self.uniforms(&run.transform, &run.style, x_range, scale);
        self.resources.draws.push(Draw { from: DrawFrom::Store(slot), uniforms });
    }

    /// Draws what was appended to the frame's own instances from `first` on.
    fn draw_loose(&mut self, run: &NoteRun, x_range: Rangef, first: usize, scale: Scale) {
        let count = self.resources.loose.len() - first;
        self.resources.tally.instances += count as u64;
        let uniforms = self.uniforms(&run.transform, &run.style, x_range, scale);
        let from = DrawFrom::Frame(first as u32, count as u32);
        self.resources.draws.push(Draw { from, uniforms });
    }

    fn uniforms(
        &self,
        transform: &NoteTransform,
        style: &NoteStyle,
        x_range: Rangef,
        scale: Scale,
    ) -> DrawUniforms {
        let ppp = self.screen.pixels_per_point;
        let [width, height] = self.screen.size_in_pixels;
        let unit = (1u64 << scale.shift.min(63)) as f64;
        let half = match style.shape {
            NoteShape::Bar => 0.0,
            NoteShape::Hit => (transform.key_height * ppp * 0.5).max(2.0),
        };
        let px_per_unit = transform.points_per_tick * f64::from(ppp) * unit;
        // Units from the block's origin to the layer's left edge.
        let to_left = (transform.left - scale.origin.0 as f64) / unit;
        // Whole units are taken off as integers in the shader; a block that begins
        // further right needs none taken off.
        let base = to_left.floor().clamp(0.0, f64::from(1u32 << 30));
        let x = f64::from(self.left * ppp) + (base - to_left) * px_per_unit;
        DrawUniforms {
            screen: [width as f32, height as f32],
            base: base as u32,
            px_per_unit: px_per_unit as f32,
            x: x as f32,
            x_min: x_range.min * ppp,
            x_max: x_range.max * ppp,
            bottom: transform.bottom * ppp,
            key_height: transform.key_height * ppp,
            radius: style.radius * ppp,
            outline_width: style.outline_width * ppp,
            linear_target: f32::from(self.resources.pipeline.linear_target),
            gap: [style.gap_x * ppp, style.gap_y * ppp],
            min_size: [style.min_width * ppp, style.min_height * ppp],
            low: components(style.low),
            high: components(style.high),
            outline: components(style.outline),
            rows: self.rows,
            shape: [half.round(), f32::from(style.velocity_height), 0.0, 0.0],
        }
    }
}

impl FrameBuffers {
    fn new(device: &wgpu::Device, layout: &wgpu::BindGroupLayout) -> Self {
        let (uniforms, bind_group) = uniform_buffer(device, layout, 64 * DRAW_STRIDE);
        Self { uniforms, bind_group, loose: loose_buffer(device, 12 * 1024), bytes: Vec::new() }
    }

    fn gpu_bytes(&self) -> u64 {
        self.uniforms.size() + self.loose.size()
    }

    /// Returns the bytes sent.
    fn upload(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        layout: &wgpu::BindGroupLayout,
        draws: &[Draw],
        loose: &[Instance],
    ) -> u64 {
        let needed = draws.len() as u64 * DRAW_STRIDE;
        if needed > self.uniforms.size() {
            (self.uniforms, self.bind_group) =
                uniform_buffer(device, layout, needed.next_power_of_two());
        }
        self.bytes.clear();
        for draw in draws {
            self.bytes.extend_from_slice(bytemuck::bytes_of(&draw.uniforms));
            self.bytes.resize(self.bytes.len().next_multiple_of(DRAW_STRIDE as usize), 0);
        }
        let instances: &[u8] = bytemuck::cast_slice(loose);
        if instances.len() as u64 > self.loose.size() {
            self.loose = loose_buffer(device, (instances.len() as u64).next_power_of_two());
        }
        if !self.bytes.is_empty() {
            queue.write_buffer(&self.uniforms, 0, &self.bytes);
        }
        if !instances.is_empty() {
            queue.write_buffer(&self.loose, 0, instances);
        }
        (self.bytes.len() + instances.len()) as u64
    }
}

fn uniform_buffer(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    size: u64,
) -> (wgpu::Buffer, wgpu::BindGroup) {
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("note draws"),
        size,
        usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let bind_group = device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some("note draws"),
        layout,
        entries: &[wgpu::BindGroupEntry {
            binding: 0,
            resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer: &buffer,
                offset: 0,
                size: std::num::NonZeroU64::new(size_of::<DrawUniforms>() as u64),
            }),
        }],
    });
    (buffer, bind_group)
}

fn loose_buffer(device: &wgpu::Device, size: u64) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("loose notes"),
        size,
        usage: wgpu::BufferUsages::VERTEX | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}

fn components(color: Color32) -> [f32; 4] {
    color.to_array().map(|part| f32::from(part) / 255.0)
}
