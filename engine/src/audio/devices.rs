//! Which sound cards there are.

use cpal::traits::{DeviceTrait, HostTrait};

/// The names of the output devices, the default one first; empty when there is none.
/// Asks the system, which takes a while: not for the UI thread.
pub fn output_devices() -> Vec<String> {
    if super::device::check_system().is_err() {
        return Vec::new();
    }
    let host = cpal::default_host();
    let name = |device: &cpal::Device| Some(device.description().ok()?.name().to_owned());
    let mut names: Vec<String> = host.default_output_device().iter().filter_map(name).collect();
    for device in host.output_devices().into_iter().flatten() {
        names.extend(name(&device).filter(|name| !names.contains(name)));
    }
    names
}
