//! wgpu renderers: notes as instances. What they hold lives in egui's callback resources.

use eframe::egui_wgpu::CallbackResources;
use eframe::wgpu;

/// Makes the pipelines, once, for a target of this format. Window and headless runs call it
/// before the first frame; whoever finds no pipelines in `resources` draws nothing.
pub fn install(
    _device: &wgpu::Device,
    _queue: &wgpu::Queue,
    _format: wgpu::TextureFormat,
    _resources: &mut CallbackResources,
) {
}
