//! What a channel remembers in front of the synthesizer: banks, pedals, pressure.

use crate::audio::soundfont::SoundFont;

/// The bank of a font that holds drum kits.
const DRUM_BANK: u16 = 128;

/// The state of one MIDI channel that rustysynth-ext does not keep.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Front {
    pub(super) bank_msb: u8,
    pub(super) bank_lsb: u8,
    pub(super) drums: bool,
    pub(super) modulation: u8,
    pub(super) pressure: u8,
    pub(super) hold: bool,
    pub(super) soft: bool,
    sostenuto: bool,
    /// One bit a key.
    down: u128,
    caught: u128,
    owed: u128,
}

impl Front {
    pub(super) fn new(channel: u8) -> Self {
        Self { drums: channel == 9, ..Self::default() }
    }

    /// Vibrato depth: SoundFont's default modulators add pressure to the wheel.
    pub(super) fn vibrato(&self) -> u8 {
        self.modulation.saturating_add(self.pressure).min(127)
    }

    /// Velocity as played under the soft pedal.
    pub(super) fn velocity(&self, velocity: u8) -> u8 {
        if self.soft { (velocity - velocity / 4).max(1) } else { velocity }
    }

    pub(super) fn key_down(&mut self, key: u8) {
        self.down |= bit(key);
        self.owed &= !bit(key);
    }

    /// Whether the release goes on to the synthesizer now.
    pub(super) fn key_up(&mut self, key: u8) -> bool {
        self.down &= !bit(key);
        if self.caught & bit(key) != 0 {
            self.owed |= bit(key);
            return false;
        }
        true
    }

    pub(super) fn sostenuto_down(&mut self) {
        if !self.sostenuto {
            self.sostenuto = true;
            self.caught = self.down;
        }
    }

    /// The keys, one bit each, whose release was held back.
    pub(super) fn sostenuto_up(&mut self) -> u128 {
        self.sostenuto = false;
        self.caught = 0;
        std::mem::take(&mut self.owed)
    }

    pub(super) fn keys_gone(&mut self) {
        self.down = 0;
        self.caught = 0;
        self.owed = 0;
    }

    /// The bank controller and the program that sound for this channel's bank and `program`.
    pub(super) fn preset(&self, font: &SoundFont, program: u8) -> (u8, u8) {
        if self.drums {
            // Kits come in families of eight, as in GS: 25 (TR-808) falls to 24 (electronic).
            let kits = [program, program & !7, 0];
            let kit = kits.into_iter().find(|kit| font.has(DRUM_BANK, *kit));
            return (0, kit.unwrap_or(0));
        }
        let banks = [self.bank_msb, self.bank_lsb, 0];
        let bank = banks.into_iter().find(|bank| font.has(u16::from(*bank), program));
        (bank.unwrap_or(0), program)
    }

    /// Whether the bank number itself asks for drums: GM2's 120, XG's 126 and 127.
    pub(super) fn asks_for_drums(&self) -> bool {
        matches!(self.bank_msb, 120 | 126 | 127)
    }
}

fn bit(key: u8) -> u128 {
    1 << (key & 127)
}
