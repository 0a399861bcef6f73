//! How events are written in the list, and how what is typed there is read. Pure.

use super::list::Item;
use crate::wording::{grouped, note_name};
use engine::model::{Clip, EventKind, Key};
use engine::smf::gm;
use engine::time::{MeterMap, Tick};

/// A column of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Position,
    Kind,
    Value,
    Velocity,
    Length,
    Channel,
}

impl Column {
    pub(super) const ALL: [Self; 6] =
        [Self::Position, Self::Kind, Self::Value, Self::Velocity, Self::Length, Self::Channel];

    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Position => "Position",
            Self::Kind => "Type",
            Self::Value => "Value",
            Self::Velocity => "Velocity",
            Self::Length => "Length",
            Self::Channel => "Channel",
        }
    }

    /// Points from the left edge of the list.
    pub(super) const fn left(self) -> f32 {
        match self {
            Self::Position => 16.0,
            Self::Kind => 130.0,
            Self::Value => 260.0,
            Self::Velocity => 470.0,
            Self::Length => 560.0,
            Self::Channel => 660.0,
        }
    }

    /// The column at so many points from the left edge.
    pub(super) fn at(x: f32) -> Self {
        let before = |column: &&Self| column.left() - 8.0 <= x;
        Self::ALL.iter().rev().find(before).copied().unwrap_or(Self::Position)
    }
}

/// What a cell says.
pub(super) fn cell(item: Item<'_>, column: Column, clip: &Clip, meter: &MeterMap) -> String {
    match (item, column) {
        (Item::Note(note), Column::Position) => position(meter, clip, note.start),
        (Item::Event(event), Column::Position) => position(meter, clip, event.tick),
        (Item::Note(_), Column::Kind) => "Note".to_owned(),
        (Item::Note(note), Column::Value) => key_text(note.key),
        (Item::Note(note), Column::Velocity) => note.velocity.to_string(),
        (Item::Note(note), Column::Length) => grouped(note.length as usize),
        (Item::Note(note), Column::Channel) => (note.channel.index() + 1).to_string(),
        (Item::Event(event), Column::Kind) => kind(&event.kind).to_owned(),
        (Item::Event(event), Column::Value) => value(&event.kind),
        (Item::Event(event), Column::Channel) => {
            event.kind.channel().map_or_else(String::new, |at| (at.index() + 1).to_string())
        }
        (Item::Event(_), Column::Velocity | Column::Length) => String::new(),
    }
}

/// The row as a screen reader says it.
pub(super) fn spoken(item: Item<'_>, clip: &Clip, meter: &MeterMap) -> String {
    let cells = Column::ALL.map(|column| cell(item, column, clip, meter));
    let [position, kind, value, velocity, length, channel] = cells;
    match item {
        Item::Note(_) => {
            format!("{kind} {value} at {position}, velocity {velocity}, length {length}")
        }
        Item::Event(_) if channel.is_empty() => format!("{kind} {value} at {position}"),
        Item::Event(_) => format!("{kind} {value} at {position}, channel {channel}"),
    }
}

/// "3.2.120": bar, beat and tick.
fn position(meter: &MeterMap, clip: &Clip, tick: Tick) -> String {
    let at = meter.position(clip.start.after(tick.0));
    format!("{}.{}.{:03}", at.bar + 1, at.beat + 1, at.tick)
}

/// The song's tick of a position as it is written; beat and tick may be left out.
pub(super) fn read_position(meter: &MeterMap, text: &str) -> Option<Tick> {
    let mut parts = text.trim().split(['.', ':', ' ']);
    let bar = parts.next()?.parse::<u64>().ok()?.checked_sub(1)?;
    let beat = parts.next().map_or(Some(1), |part| part.parse::<u64>().ok())?.checked_sub(1)?;
    let tick = parts.next().map_or(Some(0), |part| part.parse::<u64>().ok())?;
    // Far enough for any song, near enough for no sum to overflow.
    if bar > 1 << 24 || beat > 1 << 12 || tick > 1 << 32 {
        return None;
    }
    let start = meter.bar_start(bar);
    Some(start.after(beat * meter.beat_ticks_at(start) + tick))
}

fn key_text(key: Key) -> String {
    format!("{} ({key})", note_name(key))
}

/// A key by its name ("f#3", "E♭4") or its number.
pub(super) fn read_key(text: &str) -> Option<Key> {
    let text = text.split('(').next()?.trim();
    if let Ok(number) = text.parse::<u8>() {
        return (number < 128).then_some(number);
    }
    let mut letters = text.chars();
    let class = match letters.next()?.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let rest = letters.as_str();
    let (shift, octave) = match rest.chars().next()? {
        sign @ ('#' | '♯') => (1, rest.get(sign.len_utf8()..)?),
        sign @ ('b' | '♭') => (-1, rest.get(sign.len_utf8()..)?),
        _ => (0, rest),
    };
    let octave = octave.parse::<i32>().ok().filter(|octave| (-1..=9).contains(octave))?;
    u8::try_from((octave + 1) * 12 + class + shift).ok().filter(|key| *key < 128)
}

/// A number with or without its thousands set apart.
pub(super) fn read_number(text: &str) -> Option<u32> {
    text.trim().replace(',', "").parse().ok()
}

const fn kind(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::StrayNoteOff { .. } => "Note off",
        EventKind::PolyPressure { .. } => "Key pressure",
        EventKind::Control { .. } => "Controller",
        EventKind::Program { .. } => "Program",
        EventKind::ChannelPressure { .. } => "Pressure",
        EventKind::PitchBend { .. } => "Pitch bend",
        EventKind::Meta { .. } => "Meta",
        EventKind::Sysex(_) => "System exclusive",
        EventKind::Escape(_) => "Escape",
    }
}

fn value(kind: &EventKind) -> String {
    match kind {
        EventKind::StrayNoteOff { key, .. } => key_text(*key),
        EventKind::PolyPressure { key, value, .. } => format!("{} = {value}", key_text(*key)),
        EventKind::Control { number, value, .. } => format!("CC {number} = {value}"),
        EventKind::Program { program, .. } => {
            format!("{} {}", program + 1, gm::program_name(*program))
        }
        EventKind::ChannelPressure { value, .. } => value.to_string(),
        EventKind::PitchBend { value, .. } => value.to_string(),
        EventKind::Meta { kind, data } => {
            let text: String = String::from_utf8_lossy(data).chars().take(24).collect();
            let readable = (1..=0x0F).contains(kind) && !text.contains(char::is_control);
            if readable { text } else { format!("type {kind:02X}, {} bytes", data.len()) }
        }
        EventKind::Sysex(data) | EventKind::Escape(data) => format!("{} bytes", data.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::time::Division;

    #[test]
    fn keys_are_read_as_they_are_written_and_as_people_type_them() {
        for key in 0..128 {
            assert_eq!(read_key(&key_text(key)), Some(key));
        }
        assert_eq!(
            [read_key("f#3"), read_key("Eb4"), read_key("60")],
            [Some(54), Some(63), Some(60)]
        );
        assert_eq!([read_key("H2"), read_key("128"), read_key("C"), read_key("")], [None; 4]);
    }

    #[test]
    fn positions_are_bar_beat_and_tick() {
        let meter = MeterMap::new(Division::Ppq(480), []);
        let read = |text| read_position(&meter, text).map(|tick| tick.0);
        assert_eq!(
            [read("1.1.000"), read("2.3.120"), read("3")],
            [Some(0), Some(3000), Some(3840)]
        );
        assert_eq!([read("0.1.0"), read("x"), read("1.0"), read("99999999999")], [None; 4]);
        assert_eq!((read_number("1,920"), read_number("a")), (Some(1920), None));
    }
}
