//! The parameters of operations: what they are called, what they may be, how they begin.

use super::Operation;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Param {
    /// What it is called where it is kept.
    pub key: &'static str,
    /// What it is called in the dialog.
    pub label: &'static str,
    /// What it may be.
    pub range: Range,
    /// What it is at first.
    pub start: i32,
    /// The parameter and its values that it matters for; it is hidden for others.
    pub only: Option<(&'static str, &'static [i32])>,
}

/// What a parameter may be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// A number.
    Number {
        /// The least.
        low: i32,
        /// The most.
        high: i32,
        /// What stands after it.
        unit: &'static str,
    },
    /// One of these, from 0.
    Choice(&'static [&'static str]),
    /// The roll's grid (0), or a note value by its place from 1.
    Grid,
    /// A root: the song's key (0), or a pitch from 1.
    Root,
    /// A kind of scale by its place.
    Scale,
    /// A kind of chord by its place.
    Chord,
    /// A clip of the song by its place, counted over all tracks.
    Clip,
}

/// The parameters that were used last, by operation and key. Kept between starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Values(BTreeMap<String, i32>);

impl Values {
    /// What a parameter is, within its range.
    pub fn get(&self, operation: Operation, param: &Param) -> i32 {
        let kept = self.0.get(&name(operation, param)).copied().unwrap_or(param.start);
        match param.range {
            Range::Number { low, high, .. } => kept.clamp(low, high),
            Range::Choice(options) => kept.clamp(0, (options.len() as i32 - 1).max(0)),
            Range::Grid | Range::Root | Range::Scale | Range::Chord | Range::Clip => kept.max(0),
        }
    }

    /// Makes a parameter this.
    pub fn set(&mut self, operation: Operation, param: &Param, value: i32) {
        self.0.insert(name(operation, param), value);
    }

    /// The same with a parameter made this.
    #[must_use]
    pub fn with(mut self, operation: Operation, param: &Param, value: i32) -> Self {
        self.set(operation, param, value);
        self
    }

    /// What the parameter called `key` is; 0 when there is none.
    pub fn of(&self, operation: Operation, key: &str) -> i32 {
        let param = operation.params().iter().find(|param| param.key == key);
        param.map_or(0, |param| self.get(operation, param))
    }

    /// Whether a parameter matters with the others as they are.
    pub fn shows(&self, operation: Operation, param: &Param) -> bool {
        param.only.is_none_or(|(key, values)| {
            let master = operation.params().iter().find(|other| other.key == key);
            values.contains(&self.of(operation, key))
                && master.is_none_or(|master| self.shows(operation, master))
        })
    }

    /// Makes what is left to chance fall out another way the next time.
    pub fn vary(&mut self, operation: Operation) {
        if let Some(seed) = operation.params().iter().find(|param| param.key == "seed") {
            let next = self.get(operation, seed) % 999 + 1;
            self.set(operation, seed, next);
        }
    }

    /// Puts those of one operation in place of what was kept.
    pub fn keep(&mut self, operation: Operation, from: &Self) {
        for param in operation.params() {
            self.set(operation, param, from.get(operation, param));
        }
    }
}

/// Scales are the song's business, so all operations share them.
fn name(operation: Operation, param: &Param) -> String {
    match param.range {
        Range::Root | Range::Scale => param.key.to_owned(),
        _ => format!("{}.{}", operation.action().info().id, param.key),
    }
}

const fn number(
    key: &'static str,
    label: &'static str,
    (low, high): (i32, i32),
    unit: &'static str,
    start: i32,
) -> Param {
    Param { key, label, range: Range::Number { low, high, unit }, start, only: None }
}

const fn choice(key: &'static str, label: &'static str, options: &'static [&'static str]) -> Param {
    Param { key, label, range: Range::Choice(options), start: 0, only: None }
}

const fn special(key: &'static str, label: &'static str, range: Range) -> Param {
    Param { key, label, range, start: 0, only: None }
}

impl Param {
    const fn only(self, key: &'static str, values: &'static [i32]) -> Self {
        Self { only: Some((key, values)), ..self }
    }
}

const PITCHES: &[&str] = &engine::theory::SHARPS;
const PERCENT: &str = " %";
const OF_16TH: &str = " % of 1/16";
const GRID: Param = special("grid", "Grid", Range::Grid);
const ROOT: Param = special("scale.root", "Root", Range::Root);
/// Hidden while the root follows the song's key, which has a scale of its own.
const SCALE: Param = special("scale.kind", "Scale", Range::Scale)
    .only("scale.root", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

impl Operation {
    /// Its parameters, in the order of the dialog.
    pub const fn params(self) -> &'static [Param] {
        match self {
            Self::Quantize => {
                const {
                    &[
                        GRID,
                        choice("edges", "Moves", &["Starts", "Ends", "Starts and ends"]),
                        number("strength", "Strength", (0, 100), PERCENT, 100),
                        number("swing", "Swing", (50, 75), PERCENT, 50),
                    ]
                }
            }
            Self::Groove => {
                const {
                    &[
                        special("clip", "Feel of", Range::Clip),
                        GRID,
                        number("timing", "Timing", (0, 100), PERCENT, 100),
                        number("velocity", "Velocity", (0, 100), PERCENT, 100),
                    ]
                }
            }
            Self::Humanize => {
                const {
                    &[
                        number("timing", "Timing", (0, 100), OF_16TH, 8),
                        number("velocity", "Velocity ±", (0, 64), "", 8),
                        number("length", "Length ±", (0, 100), PERCENT, 5),
                        number("seed", "Variation", (1, 999), "", 1),
                    ]
                }
            }
            Self::Transpose => const { &[number("keys", "Semitones", (-96, 96), "", 7)] },
            Self::StepInScale => {
                const { &[number("steps", "Steps", (-28, 28), "", 2), ROOT, SCALE] }
            }
            Self::Legato => const { &[number("overlap", "Overlap", (-100, 100), OF_16TH, 0)] },
            Self::Staccato => const { &[number("share", "Length", (1, 100), PERCENT, 50)] },
            Self::Split => {
                const {
                    &[
                        choice(
                            "how",
                            "Where",
                            &[
                                "At the note cursor, the playhead, or in two",
                                "In equal parts",
                                "At the grid",
                            ],
                        ),
                        number("parts", "Parts", (2, 64), "", 2).only("how", &[1]),
                        Param { only: Some(("how", &[2])), ..GRID },
                    ]
                }
            }
            Self::Join => const { &[number("gap", "Across gaps up to", (0, 1600), OF_16TH, 400)] },
            Self::Invert => {
                const {
                    &[
                        choice("axis", "Around", &["The middle of the selection", "A key"]),
                        number("key", "Key", (0, 127), "", 60).only("axis", &[1]),
                        choice("by", "By", &["Semitones", "Steps of a scale"]),
                        Param { only: Some(("by", &[1])), ..ROOT },
                        SCALE,
                    ]
                }
            }
            Self::Stretch => {
                const {
                    &[
                        number("percent", "New length", (1, 1600), PERCENT, 150),
                        choice("anchor", "Keeps", &["The start", "The end"]),
                    ]
                }
            }
            Self::RemoveDoubles => {
                const { &[number("within", "Closer than", (0, 100), OF_16TH, 12)] }
            }
            Self::FitToScale => {
                const { &[choice("toward", "Goes", &["To the nearest", "Down", "Up"]), ROOT, SCALE] }
            }
            Self::Strum => {
                const {
                    &[
                        choice(
                            "direction",
                            "Begins with",
                            &["The lowest", "The highest", "Each in turn"],
                        ),
                        number("time", "Takes", (0, 400), OF_16TH, 25),
                        number("curve", "Slows down", (-100, 100), PERCENT, 0),
                    ]
                }
            }
            Self::Arpeggiate => {
                const {
                    &[
                        choice("order", "Order", &["Up", "Down", "Up and down", "As played"]),
                        GRID,
                        number("gate", "Length", (1, 100), PERCENT, 90),
                        number("octaves", "Octaves", (1, 4), "", 1),
                    ]
                }
            }
            Self::Chord => {
                const {
                    &[
                        choice("shape", "Chord", &["Thirds in the scale", "A fixed kind"]),
                        number("notes", "Notes", (2, 7), "", 3).only("shape", &[0]),
                        Param { only: Some(("shape", &[0])), ..ROOT },
                        Param { ..SCALE },
                        special("kind", "Kind", Range::Chord).only("shape", &[1]),
                    ]
                }
            }
            Self::Velocity => {
                const {
                    &[
                        choice(
                            "how",
                            "How",
                            &[
                                "To a value",
                                "By per cent",
                                "By an amount",
                                "At random",
                                "In a line",
                                "Closer together",
                            ],
                        ),
                        number("to", "Velocity", (1, 127), "", 100).only("how", &[0, 5]),
                        number("percent", "Per cent", (1, 400), PERCENT, 110).only("how", &[1]),
                        number("by", "Amount", (-126, 126), "", 10).only("how", &[2]),
                        number("low", "From", (1, 127), "", 60).only("how", &[3, 4]),
                        number("high", "To", (1, 127), "", 110).only("how", &[3, 4]),
                        number("seed", "Variation", (1, 999), "", 1).only("how", &[3]),
                        number("ratio", "Remains", (0, 100), PERCENT, 50).only("how", &[5]),
                    ]
                }
            }
            Self::Repeat => {
                const {
                    &[
                        number("times", "Times", (1, 256), "", 1),
                        choice(
                            "period",
                            "Each after",
                            &["Whole bars", "Whole beats", "Their own length"],
                        ),
                    ]
                }
            }
            Self::Select => {
                const {
                    &[
                        choice(
                            "how",
                            "By",
                            &[
                                "Key",
                                "Pitch in any octave",
                                "Velocity",
                                "Length",
                                "Place in the bar",
                                "In the scale",
                                "Outside the scale",
                                "Every so many",
                                "Channel",
                            ],
                        ),
                        number("low-key", "From", (0, 127), "", 48).only("how", &[0]),
                        number("high-key", "To", (0, 127), "", 71).only("how", &[0]),
                        choice("pitch", "Pitch", PITCHES).only("how", &[1]),
                        number("low-velocity", "From", (1, 127), "", 1).only("how", &[2]),
                        number("high-velocity", "To", (1, 127), "", 64).only("how", &[2]),
                        number("low-length", "From", (0, 6400), OF_16TH, 0).only("how", &[3]),
                        number("high-length", "To", (0, 6400), OF_16TH, 100).only("how", &[3]),
                        choice(
                            "place",
                            "Place",
                            &["Any beat", "Between beats", "Beat 1", "Beat 2", "Beat 3", "Beat 4"],
                        )
                        .only("how", &[4]),
                        number("within", "Closer than", (0, 200), OF_16TH, 12).only("how", &[4]),
                        Param { only: Some(("how", &[5, 6])), ..ROOT },
                        SCALE,
                        number("nth", "Every", (1, 64), "", 2).only("how", &[7]),
                        number("channel", "Channel", (1, 16), "", 1).only("how", &[8]),
                        choice("among", "Among", &["All notes of the clip", "The selected notes"]),
                    ]
                }
            }
            Self::SelectLike => {
                const {
                    &[
                        choice(
                            "like",
                            "The same",
                            &[
                                "Key",
                                "Pitch in any octave",
                                "Velocity",
                                "Length",
                                "Place in the bar",
                            ],
                        ),
                        number("velocity", "Give or take", (0, 126), "", 4).only("like", &[2]),
                        number("length", "Give or take", (0, 100), PERCENT, 10).only("like", &[3]),
                        number("within", "Closer than", (0, 200), OF_16TH, 12).only("like", &[4]),
                    ]
                }
            }
            Self::Reverse
            | Self::SelectInverse
            | Self::DoubleTime
            | Self::HalfTime
            | Self::RemoveOverlaps
            | Self::Crop
            | Self::CropToLoop => const { &[] },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_within_its_range() {
        let mut values = Values::default();
        let strength = &Operation::Quantize.params()[2];
        assert_eq!(values.get(Operation::Quantize, strength), 100);
        values.set(Operation::Quantize, strength, 900);
        assert_eq!(values.of(Operation::Quantize, "strength"), 100);
        values.set(Operation::Quantize, strength, 40);
        let text = serde_json::to_string(&values).unwrap();
        assert_eq!(serde_json::from_str::<Values>(&text).unwrap(), values);
    }

    #[test]
    fn a_scale_is_shared_and_a_strength_is_not() {
        let mut values = Values::default();
        values.set(Operation::FitToScale, &ROOT, 3);
        assert_eq!(values.of(Operation::Chord, "scale.root"), 3);
        values.set(Operation::Groove, &GRID, 4);
        assert_eq!(values.of(Operation::Quantize, "grid"), 0);
    }

    #[test]
    fn what_does_not_matter_is_hidden() {
        let mut values = Values::default();
        let [how, .., ratio] = Operation::Velocity.params() else { panic!("it has some") };
        assert!(!values.shows(Operation::Velocity, ratio));
        values.set(Operation::Velocity, how, 5);
        assert!(values.shows(Operation::Velocity, ratio));
    }
}
