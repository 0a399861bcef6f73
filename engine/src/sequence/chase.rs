//! What a channel has been told, so that playing can start anywhere.
//!
//! Fixed-size tables without a heap: the compiler fills them for checkpoints, the
//! callback for the place it jumps to, and the difference between what an instrument
//! was told and what it should know is what has to be sent.

use super::message::Message;

/// Registered parameters that are kept: bend range, fine tuning, coarse tuning.
const RPNS: usize = 3;
/// No parameter selected (127/127).
const NULL_PARAMETER: u16 = 0x3FFF;
/// Marks a non-registered parameter.
const NON_REGISTERED: u16 = 0x8000;

/// The state of one channel after a run of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelState {
    controls: [u8; 128],
    program: u8,
    pressure: u8,
    bend: u16,
    parameter: u16,
    values: [u16; RPNS],
}

impl Default for ChannelState {
    /// The state after power-on, as General MIDI recommends it.
    fn default() -> Self {
        let mut controls = [0; 128];
        for (number, value) in [(7, 100), (8, 64), (10, 64), (11, 127), (91, 40)] {
            controls[number] = value;
        }
        // Sound controllers 1-10 are offsets around their middle.
        for control in controls.iter_mut().skip(70).take(10) {
            *control = 64;
        }
        Self {
            controls,
            program: 0,
            pressure: 0,
            bend: 0x2000,
            parameter: NULL_PARAMETER,
            values: [2 << 7, 0x2000, 0x2000],
        }
    }
}

impl ChannelState {
    /// The value of a controller.
    pub fn control(&self, number: u8) -> u8 {
        self.controls.get(usize::from(number)).copied().unwrap_or(0)
    }

    /// The program.
    pub const fn program(&self) -> u8 {
        self.program
    }

    /// Takes note of a message; notes and key pressure change nothing here.
    pub fn apply(&mut self, message: Message) {
        match message.kind() {
            0xB0 => self.apply_control(message.data1 & 0x7F, message.data2 & 0x7F),
            0xC0 => self.program = message.data1 & 0x7F,
            0xD0 => self.pressure = message.data1 & 0x7F,
            0xE0 => self.bend = word(message.data2, message.data1),
            _ => {}
        }
    }

    fn apply_control(&mut self, number: u8, value: u8) {
        if let Some(slot) = self.controls.get_mut(usize::from(number)) {
            // Channel mode messages act once and leave nothing to be remembered.
            if number < 120 {
                *slot = value;
            }
        }
        let high = |old: u16| word(value, (old & 0x7F) as u8);
        let low = |old: u16| (old & 0x3F80) | u16::from(value & 0x7F);
        match number {
            98 => self.parameter = NON_REGISTERED | low(self.parameter & 0x3FFF),
            99 => self.parameter = NON_REGISTERED | high(self.parameter & 0x3FFF),
            100 => self.parameter = low(self.parameter & 0x3FFF),
            101 => self.parameter = high(self.parameter & 0x3FFF),
            6 | 38 => {
                if let Some(data) = self.values.get_mut(usize::from(self.parameter)) {
                    *data = if number == 6 { high(*data) } else { low(*data) };
                }
            }
            121 => self.reset_controllers(),
            _ => {}
        }
    }

    /// "Reset all controllers" as RP-015 lists them.
    fn reset_controllers(&mut self) {
        let fresh = Self::default();
        for number in [1, 11, 33, 43, 64, 65, 66, 67] {
            if let (Some(slot), Some(value)) =
                (self.controls.get_mut(number), fresh.controls.get(number))
            {
                *slot = *value;
            }
        }
        self.bend = fresh.bend;
        self.pressure = fresh.pressure;
        self.parameter = NULL_PARAMETER;
    }

    /// Sends what turns `self` into `target`, bank before program, and becomes it.
    pub fn send_changes(&mut self, target: &Self, channel: u8, mut send: impl FnMut(Message)) {
        if self == target {
            return;
        }
        let bank = |state: &Self| (state.control(0), state.control(32));
        let program_moves = bank(self) != bank(target) || self.program != target.program;
        if program_moves {
            send(Message::control(channel, 0, target.control(0)));
            send(Message::control(channel, 32, target.control(32)));
            send(Message::new(0xC0, channel, target.program, 0));
        }
        for number in 0..120_u8 {
            // Bank went before the program; parameters follow as a group.
            let apart = matches!(number, 0 | 32 | 6 | 38 | 98..=101);
            if !apart && self.control(number) != target.control(number) {
                send(Message::control(channel, number, target.control(number)));
            }
        }
        self.send_parameters(target, channel, &mut send);
        if self.bend != target.bend {
            send(Message::new(0xE0, channel, (target.bend & 0x7F) as u8, (target.bend >> 7) as u8));
        }
        if self.pressure != target.pressure {
            send(Message::new(0xD0, channel, target.pressure, 0));
        }
        *self = *target;
    }

    fn send_parameters(&self, target: &Self, channel: u8, send: &mut impl FnMut(Message)) {
        let mut selected = self.parameter;
        for (index, (old, new)) in self.values.iter().zip(&target.values).enumerate() {
            if old != new {
                selected = index as u16;
                send(Message::control(channel, 101, 0));
                send(Message::control(channel, 100, index as u8));
                send(Message::control(channel, 6, (new >> 7) as u8));
                send(Message::control(channel, 38, (new & 0x7F) as u8));
            }
        }
        if selected != target.parameter {
            let (coarse, fine) =
                if target.parameter & NON_REGISTERED == 0 { (101, 100) } else { (99, 98) };
            send(Message::control(channel, coarse, (target.parameter >> 7 & 0x7F) as u8));
            send(Message::control(channel, fine, (target.parameter & 0x7F) as u8));
        }
    }
}

const fn word(high: u8, low: u8) -> u16 {
    (high as u16 & 0x7F) << 7 | (low as u16 & 0x7F)
}

/// The state of all sixteen channels.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateTable {
    channels: [ChannelState; 16],
}

impl StateTable {
    /// Takes note of a message.
    pub fn apply(&mut self, message: Message) {
        self.channel_mut(message.channel()).apply(message);
    }

    /// One channel.
    pub fn channel(&self, channel: u8) -> &ChannelState {
        let [first, ..] = &self.channels;
        self.channels.get(usize::from(channel & 0x0F)).unwrap_or(first)
    }

    /// One channel, to change.
    pub fn channel_mut(&mut self, channel: u8) -> &mut ChannelState {
        // The mask keeps the index inside the array, so this never panics.
        &mut self.channels[usize::from(channel & 0x0F)]
    }

    /// Back to power-on.
    pub fn reset(&mut self) {
        self.channels.fill(ChannelState::default());
    }

    /// Sends what turns `self` into `target` on the channels of `mask`, and becomes it there.
    pub fn send_changes(&mut self, target: &Self, mask: u16, mut send: impl FnMut(Message)) {
        for channel in (0..16_u8).filter(|channel| mask & (1 << channel) != 0) {
            let wanted = target.channel(channel);
            self.channel_mut(channel).send_changes(wanted, channel, &mut send);
        }
    }
}

/// Which keys are down on sixteen channels, and how hard they were struck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldNotes {
    keys: [u128; 16],
    velocities: [[u8; 128]; 16],
}

impl Default for HeldNotes {
    fn default() -> Self {
        Self { keys: [0; 16], velocities: [[0; 128]; 16] }
    }
}

impl HeldNotes {
    /// Takes note of a message; only notes and channel mode messages matter.
    pub fn apply(&mut self, message: Message) {
        if message.is_note_on() {
            self.press(message.channel(), message.data1, message.data2);
        } else if message.is_note_off() {
            self.release(message.channel(), message.data1);
        } else if message.kind() == 0xB0
            && matches!(message.data1, 120 | 123..=127)
            && let Some(keys) = self.keys.get_mut(usize::from(message.channel()))
        {
            *keys = 0;
        }
    }

    /// A key goes down.
    pub fn press(&mut self, channel: u8, key: u8, velocity: u8) {
        let (channel, key) = (usize::from(channel & 0x0F), usize::from(key & 0x7F));
        if let Some(keys) = self.keys.get_mut(channel) {
            *keys |= 1 << key;
        }
        if let Some(slot) = self.velocities.get_mut(channel).and_then(|row| row.get_mut(key)) {
            *slot = velocity;
        }
    }

    /// A key comes up; whether it was down.
    pub fn release(&mut self, channel: u8, key: u8) -> bool {
        let bit = 1_u128 << (key & 0x7F);
        let Some(keys) = self.keys.get_mut(usize::from(channel & 0x0F)) else { return false };
        let was_down = *keys & bit != 0;
        *keys &= !bit;
        was_down
    }

    /// Whether a key is down.
    pub fn is_down(&self, channel: u8, key: u8) -> bool {
        self.keys
            .get(usize::from(channel & 0x0F))
            .is_some_and(|keys| keys & (1 << (key & 0x7F)) != 0)
    }

    /// Whether no key is down.
    pub fn is_empty(&self) -> bool {
        self.keys.iter().all(|keys| *keys == 0)
    }

    /// All keys up.
    pub fn clear(&mut self) {
        self.keys.fill(0);
    }

    /// The keys that are down: channel, key, velocity.
    pub fn iter(&self) -> impl Iterator<Item = (u8, u8, u8)> + '_ {
        self.keys.iter().zip(&self.velocities).zip(0_u8..).flat_map(|((keys, row), channel)| {
            Bits(*keys)
                .map(move |key| (channel, key, row.get(usize::from(key)).copied().unwrap_or(64)))
        })
    }
}

struct Bits(u128);

impl Iterator for Bits {
    type Item = u8;

    fn next(&mut self) -> Option<u8> {
        let bit = self.0.trailing_zeros();
        self.0 &= self.0.checked_sub(1)?;
        Some(bit as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_changes_sent_lead_to_the_target(
            before in proptest::collection::vec((0xBu8..0xF, 0u8..128, 0u8..128), 0..60),
            after in proptest::collection::vec((0xBu8..0xF, 0u8..128, 0u8..128), 0..60),
        ) {
            let state = |messages: &[(u8, u8, u8)]| {
                let mut state = ChannelState::default();
                for &(kind, data1, data2) in messages {
                    state.apply(Message::new(kind << 4, 3, data1, data2));
                }
                state
            };
            let (mut told, target) = (state(&before), state(&after));
            let mut listener = told;
            told.send_changes(&target, 3, |message| listener.apply(message));
            prop_assert_eq!(told, target);
            // What a listener keeps of data entry outside known parameters means nothing.
            for number in [6, 38, 98, 99, 100, 101] {
                listener.controls[number] = target.controls[number];
            }
            prop_assert_eq!(listener, target);
        }
    }

    #[test]
    fn a_bend_range_survives_a_jump() {
        let mut target = ChannelState::default();
        for (number, value) in [(101, 0), (100, 0), (6, 12), (101, 127), (100, 127)] {
            target.apply(Message::control(0, number, value));
        }
        let mut sent = Vec::new();
        ChannelState::default().send_changes(&target, 0, |message| sent.push(message));
        let entry = sent.iter().position(|m| (m.data1, m.data2) == (6, 12)).unwrap();
        assert_eq!((sent[entry - 1].data1, sent[entry - 1].data2), (100, 0));
        assert_eq!((sent.last().unwrap().data1, sent.last().unwrap().data2), (100, 127));
    }
}
