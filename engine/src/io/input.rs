//! MIDI in: every port is open, and what is played waits in a bounded queue.
//!
//! Lives on the UI thread; the system's own threads fill the queue and wake the interface.

use super::ports;
use midir::{Ignore, MidiInputConnection};
use midly::live::LiveEvent;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Messages that may wait; far more than two hands play between two frames.
const QUEUE: usize = 4_096;
/// Between two looks at what is plugged in.
const WATCH: Duration = Duration::from_secs(2);

/// A channel message that somebody played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputMessage {
    /// The port it came from.
    pub port: Arc<str>,
    /// When it came.
    pub at: Instant,
    /// The message; missing data bytes are 0.
    pub bytes: [u8; 3],
}

/// All MIDI inputs of the machine.
pub struct Inputs {
    open: HashMap<String, MidiInputConnection<()>>,
    sender: flume::Sender<InputMessage>,
    messages: flume::Receiver<InputMessage>,
    wake: Arc<dyn Fn() + Send + Sync>,
    list: PortWatch,
}

/// Asks for ports on a thread of its own, since the answer may take a while.
struct PortWatch {
    asked: Option<flume::Receiver<ports::PortList>>,
    last: ports::PortList,
    next: Instant,
}

impl Inputs {
    /// Opens nothing yet; the first [`Self::poll`] does.
    pub fn new(wake: Arc<dyn Fn() + Send + Sync>) -> Self {
        let (sender, messages) = flume::bounded(QUEUE);
        let list =
            PortWatch { asked: None, last: ports::PortList::default(), next: Instant::now() };
        Self { open: HashMap::new(), sender, messages, wake, list }
    }

    /// The ports as of the last look.
    pub const fn ports(&self) -> &ports::PortList {
        &self.list.last
    }

    /// Once a frame: what was played since the last call. Now and then looks for ports that
    /// came or went; true in the second place when they did.
    pub fn poll(&mut self) -> (Vec<InputMessage>, bool) {
        let changed = self.list.poll();
        if changed {
            self.connect();
        }
        (self.messages.try_iter().take(QUEUE).collect(), changed)
    }

    fn connect(&mut self) {
        let wanted = &self.list.last.inputs;
        self.open.retain(|name, _| wanted.contains(name));
        for name in wanted {
            if self.open.contains_key(name) {
                continue;
            }
            match connect(name, self.sender.clone(), Arc::clone(&self.wake)) {
                Ok(connection) => {
                    self.open.insert(name.clone(), connection);
                }
                Err(why) => log::warn!("MIDI input {name} stays closed: {why}"),
            }
        }
    }
}

fn connect(
    name: &str,
    sender: flume::Sender<InputMessage>,
    wake: Arc<dyn Fn() + Send + Sync>,
) -> Result<MidiInputConnection<()>, String> {
    let mut midi = ports::open_input()?;
    midi.ignore(Ignore::All);
    let port = ports::find(&midi, name).ok_or("it is gone")?;
    let from: Arc<str> = name.into();
    midi.connect(
        &port,
        "input",
        move |_, bytes, ()| {
            if let Some(bytes) = channel_message(bytes) {
                let message = InputMessage { port: Arc::clone(&from), at: Instant::now(), bytes };
                // When nobody reads for seconds, the newest are lost rather than the machine.
                sender.try_send(message).ok();
                wake();
            }
        },
        (),
    )
    .map_err(|error| error.to_string())
}

/// The bytes of a channel message; what else may come in (clock, system exclusive) is `None`.
fn channel_message(bytes: &[u8]) -> Option<[u8; 3]> {
    let Ok(LiveEvent::Midi { .. }) = LiveEvent::parse(bytes) else { return None };
    match *bytes {
        [status, data1] => Some([status, data1, 0]),
        [status, data1, data2] => Some([status, data1, data2]),
        _ => None,
    }
}

impl PortWatch {
    /// True when the list changed.
    fn poll(&mut self) -> bool {
        let now = Instant::now();
        match self.asked.as_ref().map(flume::Receiver::try_recv) {
            Some(Err(flume::TryRecvError::Empty)) => return false,
            Some(answer) => {
                self.asked = None;
                self.next = now + WATCH;
                let Ok(list) = answer else { return false };
                let changed = list != self.last;
                self.last = list;
                return changed;
            }
            None => {}
        }
        if now >= self.next {
            let (sender, answer) = flume::bounded(1);
            let asked = std::thread::Builder::new()
                .name("midi-ports".to_owned())
                .spawn(move || drop(sender.send(ports::list())));
            self.asked = asked.is_ok().then_some(answer);
            self.next = now + WATCH;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_channel_messages_come_through() {
        assert_eq!(channel_message(&[0x90, 60, 100]), Some([0x90, 60, 100]));
        assert_eq!(channel_message(&[0xC0, 5]), Some([0xC0, 5, 0]));
        assert_eq!(channel_message(&[0xF8]), None);
        assert_eq!(channel_message(&[0xF0, 1, 2, 0xF7]), None);
    }
}
