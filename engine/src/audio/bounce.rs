//! Offline rendering to WAV: the callback, driven as fast as it goes.
//!
//! Bit-identical from run to run: nothing in it depends on time, threads or addresses.
//! Runs on a worker.

use super::boundary::{Command, Numbered, Shared};
use super::player::instruments_of;
use super::rt::{Ends, LOOKAHEAD, Renderer};
use super::soundfont::SoundFont;
use super::stage::StageBuilder;
use super::synth::{RustySynth, SynthConfig, SynthError};
use crate::model::{Project, Track};
use crate::sequence::{Schedule, TrackEntry};
use crate::time::{Tick, TickRange};
use rtrb::RingBuffer;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Frames rendered at a time; part of what makes a bounce the same every time.
const BLOCK: usize = 256;
/// Quieter than this is silence: −80 dBFS, below what 16 bits resolve after dithering.
const SILENCE: f32 = 1e-4;
/// Silence of this length, in seconds, ends the tail.
const SILENT_FOR: f64 = 0.25;
/// Controllers this long after the last note, in seconds, are still waited for.
const PATIENCE: f64 = 2.0;

/// How samples are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SampleDepth {
    /// 16 bits, dithered with a fixed sequence: plain PCM, which every program reads.
    #[default]
    Int16,
    /// 24 bits, in the extensible form of WAVE.
    Int24,
    /// 32-bit floating point.
    Float32,
}

/// What to render, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct BounceOptions {
    /// Frames per second, 16,000 to 192,000.
    pub rate: u32,
    /// From where to where; the whole song if there is none.
    pub range: Option<TickRange>,
    /// The longest that the sound may ring on after the end, in seconds.
    pub tail_secs: f64,
    /// How samples are written.
    pub depth: SampleDepth,
}

impl Default for BounceOptions {
    fn default() -> Self {
        Self { rate: 48_000, range: None, tail_secs: 10.0, depth: SampleDepth::default() }
    }
}

/// What was rendered.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct BounceReport {
    /// Frames written.
    pub frames: u64,
    /// Frames per second.
    pub rate: u32,
    /// Length in seconds, tail included.
    pub secs: f64,
    /// Length of the tail in seconds: what rings on after the last note or the range.
    pub tail_secs: f64,
    /// The loudest sample, linear; 1 is full scale.
    pub peak: f32,
    /// The same in decibels; negative infinity for silence.
    pub peak_dbfs: f32,
    /// The most voices that sounded at once.
    pub voices_max: u32,
}

/// Why nothing was rendered. No file is left behind.
#[derive(Debug, thiserror::Error)]
pub enum BounceError {
    /// The synthesizer does not run with these options.
    #[error(transparent)]
    Synth(#[from] SynthError),
    /// The file could not be written.
    #[error("cannot write the sound file: {source}: {}", path.display())]
    Write {
        /// What the system says.
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// It was cancelled.
    #[error("cancelled")]
    Cancelled,
    /// The engine refused its own commands.
    #[error("the audio engine did not start")]
    Engine,
}

/// Told how far it is, 0..=1; false cancels.
pub type Progress<'a> = &'a mut dyn FnMut(f32) -> bool;

/// Renders `project` into the WAV file at `path`, which is written beside and renamed.
///
/// # Errors
/// See [`BounceError`]; the file at `path` is then as it was.
pub fn render(
    project: &Project,
    font: &Arc<SoundFont>,
    options: &BounceOptions,
    path: &Path,
    progress: Progress<'_>,
) -> Result<BounceReport, BounceError> {
    let failed = |source| BounceError::Write { source, path: path.to_owned() };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = tempfile::Builder::new()
        .prefix(".bounce")
        .tempfile_in(folder.unwrap_or(Path::new(".")))
        .map_err(failed)?;
    let sink = std::io::BufWriter::new(file.as_file_mut());
    let report =
        render_to(project, font, options, sink, progress).map_err(|error| match error {
            BounceError::Write { source, .. } => failed(source),
            other => other,
        })?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(report)
}

/// Renders every track that plays anything into a file of its own in `folder`, named by its
/// place and name; the strips' gains and pans are in it, mute and solo are not.
///
/// # Errors
/// As [`render`]; stems that were finished remain.
pub fn render_stems(
    project: &Project,
    font: &Arc<SoundFont>,
    options: &BounceOptions,
    folder: &Path,
    progress: Progress<'_>,
) -> Result<Vec<(PathBuf, BounceReport)>, BounceError> {
    let failed = |source| BounceError::Write { source, path: folder.to_owned() };
    std::fs::create_dir_all(folder).map_err(failed)?;
    let playing = |track: &&Arc<Track>| track.note_count() > 0;
    let total = project.tracks.iter().filter(playing).count().max(1) as f32;
    let mut stems = Vec::new();
    for (index, track) in project.tracks.iter().enumerate().filter(|(_, track)| playing(track)) {
        let path = folder.join(format!("{:03} {}.wav", index + 1, file_name(&track.name)));
        let alone = solo(project, index);
        let done = stems.len() as f32;
        let report =
            render(&alone, font, options, &path, &mut |share| progress((done + share) / total))?;
        stems.push((path, report));
    }
    Ok(stems)
}

/// Renders into anything that WAV can be written to.
///
/// # Errors
/// See [`BounceError`]; the path of [`BounceError::Write`] is empty.
pub fn render_to<W: Write + Seek>(
    project: &Project,
    font: &Arc<SoundFont>,
    options: &BounceOptions,
    sink: W,
    progress: Progress<'_>,
) -> Result<BounceReport, BounceError> {
    puffin::profile_function!();
    // Built once to learn whether it can be; the pool's instruments fail in silence.
    RustySynth::new(font, SynthConfig { rate: options.rate, polyphony: 8 })?;
    let mut engine = Engine::start(project, font, options)?;
    let mut writer = Writer::new(sink, options)?;
    engine.run(options, &mut writer, progress)?;
    let frames = writer.frames;
    let peak = writer.peak;
    writer.finish()?;
    let rate = f64::from(options.rate);
    Ok(BounceReport {
        frames,
        rate: options.rate,
        secs: frames as f64 / rate,
        tail_secs: frames.saturating_sub(engine.length) as f64 / rate,
        peak,
        peak_dbfs: 20.0 * peak.log10(),
        voices_max: engine.shared.voices_max.load(Ordering::Relaxed),
    })
}

/// A renderer with nobody at the other end of its queues.
struct Engine {
    renderer: Renderer,
    commands: rtrb::Producer<Numbered>,
    shared: Arc<Shared>,
    /// Frames from the start to the end of the last note or of the range.
    length: u64,
    /// Frames from the start to where everything is let go.
    stop_at: u64,
}

impl Engine {
    fn start(
        project: &Project,
        font: &Arc<SoundFont>,
        options: &BounceOptions,
    ) -> Result<Self, BounceError> {
        let (mut commands, command_receiver) = RingBuffer::new(8);
        let (reports, _) = RingBuffer::new(1);
        let (mut stage_sender, stages) = RingBuffer::new(1);
        let (returns, _) = RingBuffer::new(1);
        let stage =
            StageBuilder::new(options.rate, instruments_of(Arc::clone(font))).build(project);
        let start = options.range.map_or(Tick::ZERO, TickRange::start);
        let first = stage.schedule.frame(start);
        let (end, stop) = options.range.map_or_else(
            || song_end(&stage.schedule),
            |range| (stage.schedule.frame(range.end()), stage.schedule.frame(range.end())),
        );
        let ends = Ends { commands: command_receiver, reports, stages, returns };
        let shared: Arc<Shared> = Arc::default();
        let mut renderer = Renderer::new(options.rate, ends, Arc::clone(&shared));
        renderer.allow_all_voices();
        let seek = Numbered { serial: 1, command: Command::Seek(start) };
        let play = Numbered { serial: 2, command: Command::Play };
        let sent = stage_sender.push(stage).is_ok()
            && commands.push(seek).is_ok()
            && commands.push(play).is_ok();
        renderer.listen();
        let started = sent && shared.done() == 2;
        let (length, stop_at) = (end.saturating_sub(first), stop.saturating_sub(first));
        let engine = Self { renderer, commands, shared, length, stop_at };
        started.then_some(engine).ok_or(BounceError::Engine)
    }

    fn run<W: Write + Seek>(
        &mut self,
        options: &BounceOptions,
        writer: &mut Writer<W>,
        progress: Progress<'_>,
    ) -> Result<(), BounceError> {
        let rate = f64::from(options.rate);
        let tail = (options.tail_secs.clamp(0.0, 600.0) * rate) as u64;
        let silent_for = (SILENT_FOR * rate) as u64;
        let total = self.length + tail;
        let (mut left, mut right) = ([0.0_f32; BLOCK], [0.0_f32; BLOCK]);
        // What leaves first is the limiter's delay.
        let mut late = LOOKAHEAD;
        let (mut rendered, mut stopped) = (0_u64, false);
        while rendered < total + LOOKAHEAD as u64 {
            let to_stop = self.stop_at.saturating_sub(rendered);
            if to_stop == 0 && !std::mem::replace(&mut stopped, true) {
                let stop = Numbered { serial: 3, command: Command::Stop };
                self.commands.push(stop).map_err(|_full| BounceError::Engine)?;
            }
            let quiet_since = writer.last_sound.max(self.length);
            if writer.frames > quiet_since + silent_for {
                break;
            }
            let to_come = total + LOOKAHEAD as u64 - rendered;
            let left_over = if to_stop > 0 { to_stop.min(to_come) } else { to_come };
            let frames = usize::try_from(left_over).unwrap_or(BLOCK).min(BLOCK);
            let (Some(left), Some(right)) = (left.get_mut(..frames), right.get_mut(..frames))
            else {
                break;
            };
            self.renderer.process(left, right);
            rendered += frames as u64;
            let skip = late.min(frames);
            late -= skip;
            for (left, right) in left.iter().zip(right.iter()).skip(skip) {
                writer.write(*left, *right)?;
            }
            if !progress((rendered as f32 / total.max(1) as f32).min(1.0)) {
                return Err(BounceError::Cancelled);
            }
        }
        Ok(())
    }
}

/// The end of the last note, and of what is said soon after it: a pedal that is let go.
fn song_end(schedule: &Schedule) -> (u64, u64) {
    let notes = |entry: &TrackEntry| entry.plan.spans().iter().map(|&(_, end)| end).max();
    let last_note = schedule.tracks.iter().filter_map(notes).max().unwrap_or(0);
    let patience = (PATIENCE * f64::from(schedule.rate)) as u32;
    let stop = schedule.end.min(last_note.saturating_add(patience)).max(last_note);
    (u64::from(last_note), u64::from(stop))
}

fn solo(project: &Project, index: usize) -> Project {
    let tracks = project.tracks.iter().enumerate().map(|(at, track)| {
        let mut track = Track::clone(track);
        track.mix.muted = false;
        track.mix.soloed = at == index;
        Arc::new(track)
    });
    Project { tracks: tracks.collect(), ..project.clone() }
}

/// The name without what file systems refuse.
fn file_name(name: &str) -> String {
    let clean: String = name
        .chars()
        .map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { '_' } else { c })
        .take(80)
        .collect();
    clean.trim_matches([' ', '.']).to_owned()
}

/// Samples on their way into the file.
struct Writer<W: Write + Seek> {
    wav: hound::WavWriter<W>,
    depth: SampleDepth,
    noise: u32,
    frames: u64,
    peak: f32,
    /// Frames up to the last one that was not silent.
    last_sound: u64,
}

impl<W: Write + Seek> Writer<W> {
    fn new(sink: W, options: &BounceOptions) -> Result<Self, BounceError> {
        let (bits_per_sample, sample_format) = match options.depth {
            SampleDepth::Int16 => (16, hound::SampleFormat::Int),
            SampleDepth::Int24 => (24, hound::SampleFormat::Int),
            SampleDepth::Float32 => (32, hound::SampleFormat::Float),
        };
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: options.rate,
            bits_per_sample,
            sample_format,
        };
        let wav = hound::WavWriter::new(sink, spec).map_err(write_error)?;
        let depth = options.depth;
        Ok(Self { wav, depth, noise: 0x9E37_79B9, frames: 0, peak: 0.0, last_sound: 0 })
    }

    fn write(&mut self, left: f32, right: f32) -> Result<(), BounceError> {
        let peak = left.abs().max(right.abs());
        self.peak = self.peak.max(peak);
        self.frames += 1;
        if peak > SILENCE {
            self.last_sound = self.frames;
        }
        for sample in [left, right] {
            match self.depth {
                SampleDepth::Int16 => {
                    let dithered = sample * 32_767.0 + self.noise() + self.noise();
                    let value = dithered.round().clamp(-32_767.0, 32_767.0) as i16;
                    self.wav.write_sample(value)
                }
                SampleDepth::Int24 => {
                    let value = (f64::from(sample) * 8_388_607.0).round();
                    self.wav.write_sample(value.clamp(-8_388_607.0, 8_388_607.0) as i32)
                }
                SampleDepth::Float32 => self.wav.write_sample(sample),
            }
            .map_err(write_error)?;
        }
        Ok(())
    }

    /// Half of a triangular dither of two least significant bits (xorshift32, Marsaglia 2003).
    fn noise(&mut self) -> f32 {
        self.noise ^= self.noise << 13;
        self.noise ^= self.noise >> 17;
        self.noise ^= self.noise << 5;
        self.noise as f32 / u32::MAX as f32 - 0.5
    }

    fn finish(self) -> Result<(), BounceError> {
        self.wav.finalize().map_err(write_error)
    }
}

fn write_error(error: hound::Error) -> BounceError {
    let source = match error {
        hound::Error::IoError(source) => source,
        other => std::io::Error::other(other),
    };
    BounceError::Write { source, path: PathBuf::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::trial::{song, track};
    use std::io::Cursor;

    fn bounce(project: &Project, options: &BounceOptions) -> (Vec<u8>, BounceReport) {
        let mut file = Cursor::new(Vec::new());
        let font = SoundFont::built_in();
        let report = render_to(project, &font, options, &mut file, &mut |_| true).unwrap();
        (file.into_inner(), report)
    }

    fn chord(velocity: u8, keys: u8) -> Arc<Project> {
        let notes: Vec<_> = (0..keys).map(|key| (480, 960, 40 + key, velocity)).collect();
        song(&[track(1, &notes, &[])])
    }

    #[test]
    fn a_bounce_is_the_same_every_time() {
        for depth in [SampleDepth::Int16, SampleDepth::Int24, SampleDepth::Float32] {
            let options = BounceOptions { depth, ..BounceOptions::default() };
            assert_eq!(bounce(&chord(90, 4), &options), bounce(&chord(90, 4), &options));
        }
    }

    #[test]
    fn a_bounce_lasts_as_long_as_the_song_and_its_tail() {
        let (bytes, report) = bounce(&chord(90, 3), &BounceOptions::default());
        assert!(report.secs >= 0.75 && report.secs < 0.75 + 10.0, "{report:?}");
        assert!((report.secs - report.tail_secs - 0.75).abs() < 1e-3, "{report:?}");
        assert!(report.peak > 0.01 && report.voices_max > 0, "{report:?}");
        let wav = hound::WavReader::new(Cursor::new(bytes)).unwrap();
        assert_eq!(u64::from(wav.duration()), report.frames);
    }

    #[test]
    fn the_loudest_song_stays_below_full_scale() {
        let (_, report) = bounce(&chord(127, 60), &BounceOptions::default());
        assert!(report.peak_dbfs < 0.0, "{report:?}");
    }

    #[test]
    fn a_range_is_cut_out_of_the_song() {
        let range = Some(TickRange::between(Tick(960), Tick(1_200)));
        let options = BounceOptions { range, tail_secs: 0.0, ..BounceOptions::default() };
        let (_, report) = bounce(&chord(90, 3), &options);
        assert_eq!(report.frames, 240 * 25);
        assert!(report.peak > 0.01, "the chord is held into the range: {report:?}");
    }

    #[test]
    fn cancelling_leaves_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("song.wav");
        let font = SoundFont::silent();
        let options = BounceOptions::default();
        let result = render(&chord(90, 1), &font, &options, &path, &mut |_| false);
        assert!(matches!(result, Err(BounceError::Cancelled)));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn every_track_that_plays_becomes_a_stem() {
        let folder = tempfile::tempdir().unwrap();
        let note = [(0, 240, 60, 100)];
        let project = song(&[track(1, &note, &[]), track(2, &[], &[]), track(3, &note, &[])]);
        let font = SoundFont::built_in();
        let options = BounceOptions { tail_secs: 0.1, ..BounceOptions::default() };
        let stems = render_stems(&project, &font, &options, folder.path(), &mut |_| true).unwrap();
        let names: Vec<_> = stems.iter().filter_map(|(path, _)| path.file_name()).collect();
        assert_eq!(names, ["001 track 1.wav", "003 track 3.wav"]);
        assert!(stems.iter().all(|(_, report)| report.peak > 0.01));
    }
}
