//! Opening the window.

use super::args::WindowArgs;
use super::say_wrong;
use crate::app::{MidiApp, Start};
use crate::profile_dir::ProfileDir;
use crate::render;
use crate::state::{Layout, LayoutStore, config_folder};
use anyhow::{Context as _, anyhow, bail};
use eframe::{NativeOptions, Renderer};
use egui::ViewportBuilder;
use profiling::alloc;

/// Said when there is no display.
const NO_DISPLAY: &str = "there is no display to open a window on. Without one there are: \
    midi-daw screenshot, render, inspect, convert, tour and ports (see midi-daw --help)";

pub(super) fn run(args: &WindowArgs) -> anyhow::Result<()> {
    if !has_display() {
        bail!(NO_DISPLAY);
    }
    let _server = args.puffin_server.then(puffin_server).transpose()?;
    let profile_dir = args.profile_dir.as_deref();
    let profile_dir = profile_dir.map(|dir| ProfileDir::open(dir, "window")).transpose()?;
    let mut store = LayoutStore::of_user();
    let (layout, _first) =
        store.as_mut().map_or_else(|| (Layout::default(), true), LayoutStore::load);
    let options = NativeOptions {
        viewport: viewport(&layout),
        renderer: Renderer::Wgpu,
        persist_window: false,
        // Ours are added with the faces.
        system_font_fallback: false,
        ..NativeOptions::default()
    };
    let (files, keep_scopes) = (args.files.clone(), args.puffin_server);
    let before = alloc::thread_net_bytes();
    let opened = eframe::run_native(
        "MIDI Software Center",
        options,
        Box::new(move |cc| {
            if let Some(state) = &cc.wgpu_render_state {
                render::install(
                    &state.device,
                    &state.queue,
                    state.target_format,
                    &mut state.renderer.write().callback_resources,
                );
            }
            let start = Start {
                layout,
                store,
                keymap: config_folder().map(|folder| folder.join("keymap.txt")),
                files,
                demo: true,
                window: true,
                system_fonts: true,
                keep_scopes,
                profile_dir,
            };
            // Device, window and egui's context, made on this very thread.
            let graphics = alloc::thread_net_bytes().wrapping_sub(before);
            let mut app = MidiApp::new(&cc.egui_ctx, start);
            app.metering_mut().add_graphics_bytes(graphics);
            Ok(Box::new(app))
        }),
    );
    opened.map_err(|error| anyhow!("the window did not open: {error}. {NO_DISPLAY}"))
}

fn viewport(layout: &Layout) -> ViewportBuilder {
    let mut viewport = ViewportBuilder::default()
        .with_title("MIDI Software Center")
        .with_app_id("midi-daw")
        .with_inner_size(layout.window_size)
        .with_min_inner_size([900.0, 560.0])
        .with_drag_and_drop(true)
        .with_maximized(layout.maximized);
    if let Some(place) = layout.window_place {
        viewport = viewport.with_position(place);
    }
    viewport
}

/// On Linux a window needs Wayland or X11; elsewhere there always is a display.
fn has_display() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("WAYLAND_DISPLAY") || set("WAYLAND_SOCKET") || set("DISPLAY")
}

fn puffin_server() -> anyhow::Result<puffin_http::Server> {
    let address = format!("127.0.0.1:{}", puffin_http::DEFAULT_PORT);
    let server = serve_scopes(&address)?;
    say_wrong(&format!("profiling scopes are served on {address}"));
    Ok(server)
}

fn serve_scopes(address: &str) -> anyhow::Result<puffin_http::Server> {
    puffin::set_scopes_on(true);
    puffin_http::Server::new(address)
        .with_context(|| format!("profiling scopes cannot be served on {address}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn an_external_viewer_gets_the_frames_of_this_machine() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        let _server = serve_scopes(&address).unwrap();
        let client = puffin_http::Client::new(address);
        let mut frames = 0;
        for _ in 0..500 {
            {
                puffin::profile_scope!("served");
            }
            puffin::GlobalProfiler::lock().new_frame();
            frames = client.frame_view().recent_frames().count();
            if frames > 0 {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(client.connected() && frames > 0);
    }
}
