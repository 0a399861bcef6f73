//! An offscreen target and egui's renderer around it.

use crate::render;
use eframe::egui_wgpu::{
    RenderState, RendererOptions, ScreenDescriptor, WgpuConfiguration, WgpuError, WgpuSetup,
    WgpuSetupCreateNew,
};
use eframe::wgpu;
use egui::{ClippedPrimitive, TexturesDelta};
use image::RgbaImage;
use profiling::thread_cpu::ThreadCpuTimer;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The longest that the GPU may take for a frame; software rasterizers are slow, not stuck.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why nothing could be drawn.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    /// There is no adapter, or it gives no device.
    #[error(
        "no graphics adapter can be used; install a Vulkan driver \
         (mesa-vulkan-drivers has one in software): {0}"
    )]
    NoAdapter(#[from] WgpuError),
    /// The GPU did not answer.
    #[error("the graphics adapter does not answer")]
    Poll(#[from] wgpu::PollError),
    /// What was drawn could not be read back.
    #[error("the picture could not be read back from the graphics adapter")]
    Map,
}

/// What drawing one frame took, in milliseconds.
#[derive(Clone, Copy, Debug, Default)]
pub struct DrawTimes {
    /// CPU time of textures, vertices and paint callbacks going up.
    pub upload_ms: f64,
    /// Time from submission until the GPU was done.
    pub gpu_ms: f64,
}

/// An offscreen target.
pub struct Gpu {
    state: RenderState,
    target: wgpu::Texture,
    size: [u32; 2],
}

impl Gpu {
    /// Opens the best adapter and makes a target of `size` pixels.
    ///
    /// # Errors
    /// When there is no adapter or it gives no device.
    pub fn new(size: [u32; 2]) -> Result<Self, GpuError> {
        let mut setup = WgpuSetupCreateNew::without_display_handle();
        setup.native_adapter_selector = Some(Arc::new(|adapters, _| {
            let best = adapters.iter().min_by_key(|adapter| rank(&adapter.get_info()));
            best.cloned().ok_or_else(|| "none was found".to_owned())
        }));
        let setup = WgpuSetup::CreateNew(setup);
        let instance = pollster::block_on(setup.new_instance());
        let config = WgpuConfiguration { wgpu_setup: setup, ..WgpuConfiguration::default() };
        let options = RendererOptions { dithering: false, ..RendererOptions::PREDICTABLE };
        let state = pollster::block_on(RenderState::create(&config, &instance, None, options))?;
        render::install(
            &state.device,
            &state.queue,
            state.target_format,
            &mut state.renderer.write().callback_resources,
        );
        let target = target(&state, size);
        Ok(Self { state, target, size })
    }

    /// The adapter's name and whether it is software.
    pub fn adapter(&self) -> (String, bool) {
        let info = self.state.adapter.get_info();
        (info.name, info.device_type == wgpu::DeviceType::Cpu)
    }

    /// Draws one frame and waits until it is there. Without `rasterize` everything is
    /// uploaded as always, but no pixel is made: what the interface costs can be measured
    /// on a machine whose GPU is software.
    ///
    /// # Errors
    /// When the GPU does not answer.
    #[expect(clippy::iter_over_hash_type, reason = "textures do not depend on each other")]
    pub fn draw(
        &mut self,
        mut textures: TexturesDelta,
        shapes: &[ClippedPrimitive],
        pixels_per_point: f32,
        rasterize: bool,
    ) -> Result<DrawTimes, GpuError> {
        let mut timer = ThreadCpuTimer::start();
        let RenderState { device, queue, renderer, .. } = &self.state;
        let mut renderer = renderer.write();
        let screen = ScreenDescriptor { size_in_pixels: self.size, pixels_per_point };
        for (id, deltas) in std::mem::take(&mut textures.set) {
            for delta in deltas {
                renderer.update_texture(device, queue, id, &delta);
            }
        }
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        let own = renderer.update_buffers(device, queue, &mut encoder, shapes, &screen);
        let upload_ms = timer.lap_ms();
        let view = self.target.create_view(&wgpu::TextureViewDescriptor::default());
        if rasterize {
            let pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("interface"),
                color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                    view: &view,
                    resolve_target: None,
                    depth_slice: None,
                    ops: wgpu::Operations {
                        load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                        store: wgpu::StoreOp::Store,
                    },
                })],
                ..wgpu::RenderPassDescriptor::default()
            });
            renderer.render(&mut pass.forget_lifetime(), shapes, &screen);
        }
        puffin::profile_scope!("submit");
        let since = Instant::now();
        queue.submit(own.into_iter().chain([encoder.finish()]));
        device.poll(wgpu::PollType::Wait { submission_index: None, timeout: Some(PATIENCE) })?;
        for id in std::mem::take(&mut textures.free) {
            renderer.free_texture(&id);
        }
        Ok(DrawTimes { upload_ms, gpu_ms: since.elapsed().as_secs_f64() * 1000.0 })
    }

    /// Reads back what was drawn last.
    ///
    /// # Errors
    /// When the GPU does not give it back.
    pub fn image(&self) -> Result<RgbaImage, GpuError> {
        let RenderState { device, queue, .. } = &self.state;
        let [width, height] = self.size;
        // Rows in a buffer begin at multiples of 256 bytes.
        let pitch = (width * 4).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let buffer = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("picture"),
            size: u64::from(pitch) * u64::from(height),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
        encoder.copy_texture_to_buffer(
            self.target.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(pitch),
                    rows_per_image: None,
                },
            },
            self.target.size(),
        );
        queue.submit([encoder.finish()]);
        let (sender, receiver) = flume::bounded(1);
        buffer.slice(..).map_async(wgpu::MapMode::Read, move |mapped| drop(sender.send(mapped)));
        device.poll(wgpu::PollType::Wait { submission_index: None, timeout: Some(PATIENCE) })?;
        if !matches!(receiver.try_recv(), Ok(Ok(()))) {
            return Err(GpuError::Map);
        }
        let mapped = buffer.slice(..).get_mapped_range().map_err(|_gone| GpuError::Map)?;
        let mut pixels = Vec::with_capacity(width as usize * height as usize * 4);
        for row in mapped.chunks_exact(pitch as usize) {
            pixels.extend_from_slice(row.get(..width as usize * 4).unwrap_or_default());
        }
        // The interface is opaque; what is translucent in it was already blended.
        for alpha in pixels.iter_mut().skip(3).step_by(4) {
            *alpha = 255;
        }
        RgbaImage::from_raw(width, height, pixels).ok_or(GpuError::Map)
    }
}

fn target(state: &RenderState, size: [u32; 2]) -> wgpu::Texture {
    state.device.create_texture(&wgpu::TextureDescriptor {
        label: Some("offscreen"),
        size: wgpu::Extent3d { width: size[0], height: size[1], depth_or_array_layers: 1 },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: state.target_format,
        usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
        view_formats: &[],
    })
}

/// A real GPU before a virtual one, software last.
fn rank(info: &wgpu::AdapterInfo) -> u8 {
    match info.device_type {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu => 2,
        wgpu::DeviceType::Other => 3,
        wgpu::DeviceType::Cpu => 4,
    }
}
