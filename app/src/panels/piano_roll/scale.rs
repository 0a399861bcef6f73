//! The scale that the roll goes by: chosen, or the key that the notes suggest.
//!
//! The one place for it: rows are tinted and folded by it, and what steps or fits "in the
//! scale" takes it from [`Looks::scale_in`](super::Looks::scale_in).

use engine::library::features::{NoteEvent, infer_key};
use engine::model::{Clip, ClipId, Project, Track};
use engine::theory::{Key, PitchClass, Scale, ScaleKind, Spelling};
use serde::{Deserialize, Serialize};

/// Which scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleChoice {
    /// None.
    #[default]
    Off,
    /// That of the key which the notes suggest.
    FromNotes,
    /// This one.
    Fixed {
        /// Its first pitch, 0 for C to 11 for B.
        root: u8,
        /// Its place in [`ScaleKind::ALL`].
        kind: u8,
    },
}

impl ScaleChoice {
    /// A scale of its own.
    pub fn fixed(scale: Scale) -> Self {
        let kind = ScaleKind::ALL.iter().position(|kind| *kind == scale.kind).unwrap_or(0);
        Self::Fixed { root: scale.root.index(), kind: kind as u8 }
    }

    /// The scale that it names without looking at notes.
    pub fn named(self) -> Option<Scale> {
        let Self::Fixed { root, kind } = self else { return None };
        let kind = ScaleKind::ALL.get(usize::from(kind)).copied().unwrap_or_default();
        Some(Scale::new(PitchClass::of(root), kind))
    }

    /// The scale for a clip; `None` when it is off or the notes suggest none.
    pub(super) fn of(self, project: &Project, track: &Track, clip: &Clip) -> Option<Scale> {
        match self {
            Self::Off => None,
            Self::FromNotes => heard(project, track, clip).map(|heard| heard.key.scale()),
            Self::Fixed { .. } => self.named(),
        }
    }
}

/// The key that notes suggest, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Heard {
    pub(super) key: Key,
    /// Its probability, 0..=1.
    pub(super) confidence: f64,
}

/// What is heard, made again only when the song has changed.
#[derive(Debug, Default)]
pub(super) struct Ear {
    revision: Option<u64>,
    clip: Option<ClipId>,
    heard: Option<Heard>,
}

impl Ear {
    /// The key that a clip's notes suggest, else those of the whole song. While the pointer is
    /// busy with the clip, what was heard before: listening takes a millisecond or two.
    pub(super) fn key(
        &mut self,
        project: &Project,
        revision: u64,
        busy: bool,
        (track, clip): (&Track, &Clip),
    ) -> Option<Heard> {
        let known = self.clip == Some(clip.id) && (busy || self.revision == Some(revision));
        if !known {
            (self.revision, self.clip) = (Some(revision), Some(clip.id));
            self.heard = heard(project, track, clip);
        }
        self.heard
    }
}

/// "A minor, 83 % sure"
pub(super) fn estimate_text(heard: Heard) -> String {
    let Heard { key, confidence } = heard;
    let kind = if key.minor { "minor" } else { "major" };
    let percent = (confidence * 100.0).round();
    format!("{} {kind}, {percent} % sure", key.tonic.name(key.spelling()))
}

/// "A natural minor"
pub(super) fn scale_text(scale: Scale) -> String {
    format!("{} {}", scale.root.name(Spelling::Usual), scale.kind.name().to_lowercase())
}

/// Chunks of notes that are listened to in a clip: enough to know the key.
const CHUNKS_HEARD: usize = 4;
/// Clips that are listened to when one alone suggests no key.
const CLIPS_HEARD: usize = 8;
/// Tracks among which those clips are looked for.
const TRACKS_SEEN: usize = 512;

/// Drums suggest no key.
fn heard(project: &Project, track: &Track, clip: &Clip) -> Option<Heard> {
    let of = |notes: Vec<NoteEvent>| {
        let found = infer_key(&notes)?;
        Some(Heard { key: found.key, confidence: found.confidence })
    };
    let alone = if track.is_drums() { None } else { of(sampled(project, clip).collect()) };
    alone.or_else(|| {
        let tuned = project.tracks.iter().take(TRACKS_SEEN).filter(|track| !track.is_drums());
        let clips = tuned.flat_map(|track| track.clips.iter());
        let song = clips.filter(|clip| !clip.notes.is_empty()).take(CLIPS_HEARD);
        of(song.flat_map(|clip| sampled(project, clip)).collect())
    })
}

/// Notes from all over a clip.
fn sampled<'a>(project: &'a Project, clip: &'a Clip) -> impl Iterator<Item = NoteEvent> + 'a {
    let chunks = clip.notes.chunks();
    let every = chunks.len().div_ceil(CHUNKS_HEARD).max(1);
    let heard = chunks.iter().step_by(every).flat_map(|chunk| chunk.notes());
    heard.map(|note| NoteEvent::of(note, clip.start.0, &project.conductor.tempo))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chosen_scale_comes_back_from_what_is_kept() {
        for kind in ScaleKind::ALL {
            let scale = Scale::new(PitchClass::of(9), kind);
            let kept = serde_json::to_string(&ScaleChoice::fixed(scale)).unwrap();
            let back: ScaleChoice = serde_json::from_str(&kept).unwrap();
            assert_eq!(back.named(), Some(scale));
        }
    }

    #[test]
    fn texts_say_key_and_confidence() {
        let key = Key { tonic: PitchClass::of(9), minor: true };
        assert_eq!(estimate_text(Heard { key, confidence: 0.834 }), "A minor, 83 % sure");
        assert_eq!(scale_text(key.scale()), "A natural minor");
    }
}
