//! What can be typed. One definition per flag feeds parser and help.

use crate::headless::{Scenario, View};
use crate::theme::ThemeKind;
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// A native MIDI workstation.
#[derive(Debug, Parser)]
#[command(name = "midi-daw", version, args_conflicts_with_subcommands = true)]
pub struct Args {
    /// The window's own arguments.
    #[command(flatten)]
    pub window: WindowArgs,
    /// What to do instead of opening a window.
    #[command(subcommand)]
    pub call: Option<Call>,
}

/// Arguments of the window.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct WindowArgs {
    /// MIDI files to open; without any, the demo song opens
    pub files: Vec<PathBuf>,
    /// Serve profiling scopes to an external puffin viewer on 127.0.0.1:8585
    #[arg(long)]
    pub puffin_server: bool,
    /// Keep a profiling report in this folder every ten minutes and at exit, and say what got
    /// slower or larger since the last one
    #[arg(long, value_name = "DIR")]
    pub profile_dir: Option<PathBuf>,
}

/// A call without a window.
#[derive(Clone, Debug, Subcommand)]
pub enum Call {
    /// Draw the interface offscreen and write what it looks like
    Screenshot(ScreenshotArgs),
    /// Say what is in a MIDI file
    Inspect(InspectArgs),
    /// Read a MIDI file and write it
    Convert(ConvertArgs),
    /// Render a song to a sound file
    Render(RenderArgs),
    /// Show what the program does, without a window: import, edit, play, draw, render, report
    Tour(TourArgs),
    /// List audio devices and MIDI ports
    Ports,
}

/// Arguments of `screenshot`.
#[derive(Clone, Debug, clap::Args)]
pub struct ScreenshotArgs {
    /// A MIDI file, or "demo"
    pub input: PathBuf,
    /// The PNG to write
    pub output: PathBuf,
    /// Size in pixels
    #[arg(long, default_value = "1600x1000", value_parser = size)]
    pub size: [u32; 2],
    /// Pixels a point has: 2 for a HiDPI screen
    #[arg(long, default_value_t = 1.0)]
    pub scale: f32,
    /// Frames of 1/60 s to draw; the last one is the picture
    #[arg(long, default_value_t = 10)]
    pub frames: u32,
    /// What to show; the whole window without it
    #[arg(long)]
    pub view: Option<View>,
    /// What happens meanwhile
    #[arg(long)]
    pub scenario: Option<Scenario>,
    /// Which palette
    #[arg(long, default_value = "dark", value_parser = theme)]
    pub theme: ThemeKind,
    /// Write the whole profiling report as JSON
    #[arg(long)]
    pub metrics: Option<PathBuf>,
    /// Keep the report in this folder and say what got slower or larger since the last one of
    /// this machine and scenario
    #[arg(long, value_name = "DIR")]
    pub profile_dir: Option<PathBuf>,
}

/// Arguments of `inspect`.
#[derive(Clone, Debug, clap::Args)]
pub struct InspectArgs {
    /// The file
    pub file: PathBuf,
    /// Write one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `convert`.
#[derive(Clone, Debug, clap::Args)]
pub struct ConvertArgs {
    /// The file to read
    pub input: PathBuf,
    /// The file to write
    pub output: PathBuf,
    /// The SMF format to write; the file's own without it
    #[arg(long = "type", value_parser = clap::value_parser!(u8).range(0..=1))]
    pub format: Option<u8>,
    /// Write the mended form of a damaged file rather than its own bytes
    #[arg(long)]
    pub repair: bool,
}

/// Arguments of `render`.
#[derive(Clone, Debug, clap::Args)]
pub struct RenderArgs {
    /// A MIDI file, or "demo"
    pub input: PathBuf,
    /// The sound file to write
    pub output: PathBuf,
    /// Play with this SoundFont rather than with the built-in bank
    #[arg(long)]
    pub soundfont: Option<PathBuf>,
    /// Frames per second
    #[arg(long, default_value_t = 48_000, value_parser = clap::value_parser!(u32).range(16_000..=192_000))]
    pub rate: u32,
    /// Format of the sound file
    #[arg(long, default_value = "wav")]
    pub format: SoundFormat,
    /// Bits of a sample: 16 dithered, 24, or 32 for floating point
    #[arg(long, default_value = "16")]
    pub bits: SampleBits,
    /// Render every track into a file of its own in this folder too
    #[arg(long)]
    pub stems: Option<PathBuf>,
    /// First bar, counted from 1
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub from: Option<u64>,
    /// Last bar, itself included
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub to: Option<u64>,
    /// Write one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Formats of sound files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum SoundFormat {
    /// RIFF WAVE
    Wav,
}

/// Depths of sound files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum SampleBits {
    /// 16 bits, dithered
    #[value(name = "16")]
    Sixteen,
    /// 24 bits
    #[value(name = "24")]
    TwentyFour,
    /// 32-bit floating point
    #[value(name = "32")]
    Float,
}

/// Arguments of `tour`.
#[derive(Clone, Debug, clap::Args)]
pub struct TourArgs {
    /// Where to put what comes of it
    #[arg(long, default_value = "tour")]
    pub out: PathBuf,
}

/// The largest side that every GPU can draw.
const MAX_SIDE: u32 = 8192;

fn size(text: &str) -> Result<[u32; 2], String> {
    let sides = text.split_once(['x', 'X', '×']).and_then(|(width, height)| {
        Some([width.trim().parse().ok()?, height.trim().parse().ok()?])
    });
    match sides {
        Some(size) if size.iter().all(|side| (64..=MAX_SIDE).contains(side)) => Ok(size),
        _ => Err(format!("write it as 1600x1000, each side 64 to {MAX_SIDE}")),
    }
}

fn theme(text: &str) -> Result<ThemeKind, String> {
    match text {
        "dark" => Ok(ThemeKind::Dark),
        "light" => Ok(ThemeKind::Light),
        _ => Err("dark or light".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_holds_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_view_that_does_not_exist_is_a_usage_error() {
        let call = ["midi-daw", "screenshot", "demo", "out.png", "--view", "mixer"];
        let error = Args::try_parse_from(call).unwrap_err();
        assert_eq!(error.exit_code(), 2);
    }

    #[test]
    fn a_file_alone_opens_the_window() {
        let args = Args::try_parse_from(["midi-daw", "song.mid"]).unwrap();
        assert!(args.call.is_none());
        assert_eq!(args.window.files, [PathBuf::from("song.mid")]);
    }

    #[test]
    fn sizes_have_two_sides() {
        assert_eq!(size("1600x1000"), Ok([1600, 1000]));
        assert!(size("1600").is_err() && size("0x5").is_err());
    }
}
