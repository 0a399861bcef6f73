//! Draws notes on the GPU, for every panel that shows some.
//!
//! Owns the GPU buffers: what was uploaded for a [`NoteChunk`](engine::model::NoteChunk)
//! stays there until it has not been drawn for a while, so that a frame uploads only
//! what an edit or a scroll brought in. Where notes are closer than a pixel, a coarser
//! level is drawn instead. Nothing here costs by the number of all notes.
//! Never sees a panel, a selection or a theme. Runs on the UI thread, but for the
//! coarser levels of large clips, which the thread `note-levels` builds.
//!
//! Once, where the wgpu renderer is made (window, headless, test):
//!
//! ```text
//! render::install(&device, &queue, target_format, &mut renderer.callback_resources);
//! ```
//!
//! Then, in a panel, one layer for all it shows; without `install` it draws nothing:
//!
//! ```text
//! let mut notes = NoteLayer::new(canvas);
//! notes.push(NoteRun {
//!     source: NoteSource::Clip { clip: clip.id, notes: clip.notes.clone() },
//!     transform: NoteTransform {
//!         left: view.tick_at(canvas.left()) - clip.start.0 as f64,
//!         points_per_tick: view.points_per_tick,
//!         bottom: view.y_of_bottom_of_key(0),
//!         key_height: view.key_height,
//!         rows: KeyRows::ALL,
//!     },
//!     x_range: clip_rect.x_range(),
//!     style: NoteStyle { low, high, ..NoteStyle::default() },
//! });
//! // Selected notes once more, over the others: only those in view, please.
//! notes.push(NoteRun { source: NoteSource::List(selected), .. });
//! notes.paint(ui.painter());
//! ```
//!
//! [`counters`] tells what the frame before cost.

mod callback;
mod instance;
mod layer;
mod levels;
mod pipeline;
mod plan;
mod pyramid;
mod rows;
mod store;
#[cfg(test)]
mod tests;

pub use layer::{NoteBox, NoteLayer, NoteRun, NoteShape, NoteSource, NoteStyle, NoteTransform};
pub use plan::NoteCounters;
pub use rows::KeyRows;

use callback::Resources;
use eframe::egui_wgpu::CallbackResources;
use eframe::wgpu;
use std::sync::Arc;

/// Makes the pipelines, once, for targets of this format without multisampling or depth.
/// Window and headless runs call it before the first frame; whoever finds nothing in
/// `resources` draws nothing.
pub fn install(
    device: &wgpu::Device,
    _queue: &wgpu::Queue,
    format: wgpu::TextureFormat,
    resources: &mut CallbackResources,
) {
    resources.insert(Resources::new(device, format));
}

/// What the last rendered frame of this context cost; `None` before there was one.
pub fn counters(ctx: &egui::Context) -> Option<Arc<NoteCounters>> {
    ctx.data(|data| data.get_temp(counters_id()))
}

fn counters_id() -> egui::Id {
    egui::Id::unique("note counters")
}
