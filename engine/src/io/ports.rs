//! Which MIDI ports the machine has.

use midir::{MidiIO, MidiInput, MidiOutput};

/// The name under which other programs see this one.
pub(super) const CLIENT: &str = "MIDI Software Center";

/// The ports of the machine, by name, this program's own left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortList {
    /// Ports that send to this program.
    pub inputs: Vec<String>,
    /// Ports that this program can send to.
    pub outputs: Vec<String>,
    /// Why there are none, if the machine has no MIDI system at all.
    pub why_none: Option<String>,
}

/// Asks the system. Takes a moment: for a worker, or once every few seconds.
pub fn list() -> PortList {
    let input = open_input();
    let output = open_output();
    let why_none = match (&input, &output) {
        (Err(why), Err(_)) => Some(why.clone()),
        _ => None,
    };
    PortList {
        inputs: input.map(|midi| names(&midi)).unwrap_or_default(),
        outputs: output.map(|midi| names(&midi)).unwrap_or_default(),
        why_none,
    }
}

pub(super) fn open_input() -> Result<MidiInput, String> {
    check_system()?;
    MidiInput::new(CLIENT).map_err(|error| error.to_string())
}

pub(super) fn open_output() -> Result<MidiOutput, String> {
    check_system()?;
    MidiOutput::new(CLIENT).map_err(|error| error.to_string())
}

/// The port of that name; one whose number the system changed is found by the rest of its name.
pub(super) fn find<M: MidiIO>(midi: &M, name: &str) -> Option<M::Port> {
    let ports = midi.ports();
    let named = |wanted: &dyn Fn(&str) -> bool| {
        ports.iter().find(|port| midi.port_name(port).is_ok_and(|name| wanted(&name))).cloned()
    };
    named(&|found| found == name).or_else(|| named(&|found| stem(found) == stem(name)))
}

pub(super) fn names<M: MidiIO>(midi: &M) -> Vec<String> {
    midi.ports()
        .iter()
        .filter_map(|port| midi.port_name(port).ok())
        .filter(|name| !name.starts_with(CLIENT))
        .collect()
}

/// ALSA adds "20:0" to its names, a number that is another one after the next start.
fn stem(name: &str) -> &str {
    match name.rsplit_once(' ') {
        Some((stem, number)) if number.split(':').all(|part| part.parse::<u32>().is_ok()) => stem,
        _ => name,
    }
}

/// ALSA itself writes to the terminal when its device is missing, so it is not asked then.
fn check_system() -> Result<(), String> {
    let device = std::path::Path::new("/dev/snd/seq");
    if cfg!(target_os = "linux") && !device.exists() {
        return Err("this machine has no MIDI sequencer device (/dev/snd/seq)".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_known_by_its_name_without_the_number() {
        assert_eq!(stem("Keystation:Keystation MIDI 1 20:0"), "Keystation:Keystation MIDI 1");
        assert_eq!(stem("Port"), "Port");
    }

    #[test]
    fn a_machine_without_ports_says_why() {
        let list = list();
        assert!(list.why_none.is_none() || (list.inputs.is_empty() && list.outputs.is_empty()));
    }
}
