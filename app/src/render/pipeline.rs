//! The wgpu pipeline that draws instances, and the uniforms of one draw.

use super::instance::Instance;
use std::num::NonZeroU64;

/// Bytes from one draw's uniforms to the next: the largest alignment that wgpu may ask for.
pub(super) const DRAW_STRIDE: u64 = 256;

/// Uniforms of one draw, laid out as in `notes.wgsl`; lengths are in pixels.
#[derive(Clone, Copy, Debug, bytemuck::Pod, bytemuck::Zeroable)]
#[repr(C)]
pub(super) struct DrawUniforms {
    pub(super) screen: [f32; 2],
    pub(super) base: u32,
    pub(super) px_per_unit: f32,
    pub(super) x: f32,
    pub(super) x_min: f32,
    pub(super) x_max: f32,
    pub(super) bottom: f32,
    pub(super) key_height: f32,
    pub(super) radius: f32,
    pub(super) outline_width: f32,
    pub(super) linear_target: f32,
    pub(super) gap: [f32; 2],
    pub(super) min_size: [f32; 2],
    pub(super) low: [f32; 4],
    pub(super) high: [f32; 4],
    pub(super) outline: [f32; 4],
    /// The row of each key, a byte each.
    pub(super) rows: [[u32; 4]; 8],
    /// Half the width of a hit's diamond or 0 for bars; 1 when velocity is height; unused.
    pub(super) shape: [f32; 4],
}

/// The pipeline and the layout of its one bind group.
pub(super) struct Pipeline {
    pub(super) render: wgpu::RenderPipeline,
    pub(super) layout: wgpu::BindGroupLayout,
    /// The target converts from linear to sRGB itself.
    pub(super) linear_target: bool,
}

impl Pipeline {
    pub(super) fn new(device: &wgpu::Device, format: wgpu::TextureFormat) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("notes"),
            source: wgpu::ShaderSource::Wgsl(
                include_str!("../../../assets/shaders/notes.wgsl").into(),
            ),
        });
        let layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("notes"),
            entries: &[wgpu::BindGroupLayoutEntry {
                binding: 0,
                visibility: wgpu::ShaderStages::VERTEX_FRAGMENT,
                ty: wgpu::BindingType::Buffer {
                    ty: wgpu::BufferBindingType::Uniform,
                    has_dynamic_offset: true,
                    min_binding_size: NonZeroU64::new(size_of::<DrawUniforms>() as u64),
                },
                count: None,
            }],
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: Some("notes"),
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let pipeline = device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
            label: Some("notes"),
            layout: Some(&pipeline_layout),
            vertex: wgpu::VertexState {
                module: &module,
                entry_point: Some("vs_main"),
                buffers: &[Some(wgpu::VertexBufferLayout {
                    array_stride: size_of::<Instance>() as u64,
                    step_mode: wgpu::VertexStepMode::Instance,
                    attributes: &wgpu::vertex_attr_array![0 => Uint32, 1 => Uint32, 2 => Uint8x4],
                })],
                compilation_options: wgpu::PipelineCompilationOptions::default(),
            },
            primitive: wgpu::PrimitiveState::default(),
            depth_stencil: None,
            multisample: wgpu::MultisampleState::default(),
            fragment: Some(wgpu::FragmentState {
                module: &module,
                entry_point: Some("fs_main"),
                targets: &[Some(wgpu::ColorTargetState {
                    format,
                    // As egui's own, so that notes and shapes mix alike.
                    blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
                    write_mask: wgpu::ColorWrites::ALL,
                })],
                compilation_options: wgpu::PipelineCompilationOptions::default(),
            }),
            multiview_mask: None,
            cache: None,
        });
        Self { render: pipeline, layout, linear_target: format.is_srgb() }
    }
}
