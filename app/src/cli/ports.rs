//! `midi-daw ports`.

use super::say;

pub(super) fn run() {
    let ports = engine::io::ports::list();
    let none = ports.why_none.unwrap_or_else(|| "none".to_owned());
    section("Audio outputs", &engine::audio::output_devices(), "none");
    section("MIDI inputs", &ports.inputs, &none);
    section("MIDI outputs", &ports.outputs, &none);
}

fn section(title: &str, names: &[String], none: &str) {
    say(&format!("{title}:"));
    for name in names {
        say(&format!("  {name}"));
    }
    if names.is_empty() {
        say(&format!("  ({none})"));
    }
}
