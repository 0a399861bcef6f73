//! How events are written in the list, and how what is typed there is read. Pure.

use super::list::Item;
use crate::wording::{grouped, note_name};
use engine::model::{Channel, Clip, EventKind, Key};
use engine::smf::gm;
use engine::theory::key_named;
use engine::time::{MeterMap, Tick};
use std::ops::RangeInclusive;

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

    /// Points that a field in it is wide.
    pub(super) const fn width(self) -> f32 {
        if matches!(self, Self::Value) { 200.0 } else { 92.0 }
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

fn key_text(key: Key) -> String {
    format!("{} ({key})", note_name(key))
}

/// Why what was typed is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wrong(pub(super) &'static str);

impl Wrong {
    pub(super) const POSITION: Self = Self("A position is bar, beat and tick, such as 17.3.240");
    pub(super) const BEFORE: Self = Self("This is before the clip begins");
    pub(super) const KEY: Self = Self("A key is a name such as F#3, or a number from 0 to 127");
    pub(super) const VELOCITY: Self = Self("A velocity is a number from 1 to 127");
    pub(super) const LENGTH: Self = Self("A length is a number of ticks, at least 1");
    pub(super) const CHANNEL: Self = Self("A channel is a number from 1 to 16");
    pub(super) const SEVEN_BITS: Self = Self("This value is a number from 0 to 127");
    pub(super) const CONTROL: Self = Self("Type a value from 0 to 127, or number = value");
    pub(super) const PRESSURE: Self = Self("Type a pressure from 0 to 127, or key = pressure");
    pub(super) const PROGRAM: Self = Self("A program is a number from 1 to 128");
    pub(super) const BEND: Self = Self("A bend is a number from -8192 to 8191");
    const NOTHING: Self = Self("This cannot be typed");
}

/// Whether a cell can be typed into.
pub(super) fn can_type(item: Item<'_>, column: Column) -> bool {
    match (item, column) {
        (_, Column::Kind) | (Item::Event(_), Column::Velocity | Column::Length) => false,
        (Item::Note(_), _) | (Item::Event(_), Column::Position) => true,
        (Item::Event(event), Column::Channel) => event.kind.channel().is_some(),
        (Item::Event(event), Column::Value) => !matches!(
            event.kind,
            EventKind::Meta { .. } | EventKind::Sysex(_) | EventKind::Escape(_)
        ),
    }
}

/// What an event says once this is typed as its value.
pub(super) fn read_value(kind: &EventKind, text: &str) -> Result<EventKind, Wrong> {
    let seven = |text: &str, wrong| Ok(read_within(text, 0..=127, wrong)? as u8);
    // "7 = 100" names what it is about; "100" leaves that as it is.
    let (about, text) = match text.split_once('=') {
        Some((about, text)) => (Some(about), text),
        None => (None, text),
    };
    Ok(match *kind {
        EventKind::StrayNoteOff { channel, release, .. } => {
            EventKind::StrayNoteOff { channel, key: read_key(text)?, release }
        }
        EventKind::PolyPressure { channel, key, .. } => {
            let key = about.map_or(Ok(key), read_key)?;
            EventKind::PolyPressure { channel, key, value: seven(text, Wrong::PRESSURE)? }
        }
        EventKind::Control { channel, number, .. } => {
            let about = about.map(|about| about.trim().trim_start_matches(['c', 'C']));
            let number = about.map_or(Ok(number), |about| seven(about, Wrong::CONTROL))?;
            EventKind::Control { channel, number, value: seven(text, Wrong::CONTROL)? }
        }
        EventKind::Program { channel, .. } => {
            let number = text.split_whitespace().next().unwrap_or_default();
            let program = read_within(number, 1..=128, Wrong::PROGRAM)? - 1;
            EventKind::Program { channel, program: program as u8 }
        }
        EventKind::ChannelPressure { channel, .. } => {
            EventKind::ChannelPressure { channel, value: seven(text, Wrong::SEVEN_BITS)? }
        }
        EventKind::PitchBend { channel, .. } => {
            let value = read_within(text, -8192..=8191, Wrong::BEND)? as i16;
            EventKind::PitchBend { channel, value }
        }
        EventKind::Meta { .. } | EventKind::Sysex(_) | EventKind::Escape(_) => {
            return Err(Wrong::NOTHING);
        }
    })
}

/// The same event with its value a step up or down, within its range; `None` for what has no
/// value that goes up and down.
pub(super) fn raised(kind: &EventKind, up: i16) -> Option<EventKind> {
    let seven = |value: u8| i16::from(value).saturating_add(up).clamp(0, 127) as u8;
    Some(match *kind {
        EventKind::StrayNoteOff { channel, key, release } => {
            EventKind::StrayNoteOff { channel, key: seven(key), release }
        }
        EventKind::PolyPressure { channel, key, value } => {
            EventKind::PolyPressure { channel, key, value: seven(value) }
        }
        EventKind::Control { channel, number, value } => {
            EventKind::Control { channel, number, value: seven(value) }
        }
        EventKind::Program { channel, program } => {
            EventKind::Program { channel, program: seven(program) }
        }
        EventKind::ChannelPressure { channel, value } => {
            EventKind::ChannelPressure { channel, value: seven(value) }
        }
        // A step of seven bits, as far as it shows.
        EventKind::PitchBend { channel, value } => {
            let value = value.saturating_add(up.saturating_mul(128)).clamp(-8192, 8191);
            EventKind::PitchBend { channel, value }
        }
        EventKind::Meta { .. } | EventKind::Sysex(_) | EventKind::Escape(_) => return None,
    })
}

/// A key by its name ("f#3", "E♭4") or its number.
pub(super) fn read_key(text: &str) -> Result<Key, Wrong> {
    key_of(text).ok_or(Wrong::KEY)
}

fn key_of(text: &str) -> Option<Key> {
    let text = text.split('(').next()?.trim();
    if let Ok(number) = text.parse::<u8>() {
        return (number < 128).then_some(number);
    }
    key_named(text)
}

/// A number with or without its thousands set apart, if it is within `range`.
pub(super) fn read_within(
    text: &str,
    range: RangeInclusive<i64>,
    wrong: Wrong,
) -> Result<i64, Wrong> {
    let number = text.trim().replace(',', "").replace('−', "-").parse().map_err(|_no| wrong)?;
    if range.contains(&number) { Ok(number) } else { Err(wrong) }
}

/// A channel as people count them, from 1.
pub(super) fn read_channel(text: &str) -> Result<Channel, Wrong> {
    Ok(Channel::new((read_within(text, 1..=16, Wrong::CHANNEL)? - 1) as u8))
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

    #[test]
    fn keys_are_read_as_they_are_written_and_as_people_type_them() {
        for key in 0..128 {
            assert_eq!(read_key(&key_text(key)), Ok(key));
        }
        assert_eq!([read_key("f#3"), read_key("Eb4"), read_key("60")], [Ok(54), Ok(63), Ok(60)]);
        assert_eq!(
            [read_key("H2"), read_key("128"), read_key("C"), read_key("")],
            [Err(Wrong::KEY); 4]
        );
    }

    #[test]
    fn values_are_read_as_they_are_written_and_within_their_range() {
        let channel = Channel::new(0);
        let kinds = [
            EventKind::Control { channel, number: 7, value: 100 },
            EventKind::PolyPressure { channel, key: 61, value: 9 },
            EventKind::Program { channel, program: 48 },
            EventKind::ChannelPressure { channel, value: 3 },
            EventKind::PitchBend { channel, value: -8192 },
        ];
        for kind in &kinds {
            assert_eq!(read_value(kind, &value(kind)).as_ref(), Ok(kind));
        }
        let typed = |text: &str| match read_value(&kinds[0], text) {
            Ok(EventKind::Control { number, value, .. }) => Some((number, value)),
            _ => None,
        };
        assert_eq!(
            [typed("64"), typed("1 = 2"), typed("cc10=3")],
            [Some((7, 64)), Some((1, 2)), Some((10, 3))]
        );
        assert_eq!([typed("128"), typed("-1"), typed("128 = 1"), typed("x")], [None; 4]);
        assert_eq!(read_value(&kinds[2], "129"), Err(Wrong::PROGRAM));
        assert_eq!(read_value(&kinds[4], "8192"), Err(Wrong::BEND));
        assert_eq!(
            [read_channel("16"), read_channel("1")],
            [Ok(Channel::new(15)), Ok(Channel::new(0))]
        );
        assert_eq!([read_channel("0"), read_channel("17")], [Err(Wrong::CHANNEL); 2]);
        assert_eq!(read_within("1,920", 1..=9999, Wrong::LENGTH), Ok(1920));
    }
}
