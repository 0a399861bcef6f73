//! What tests of single panels stand on: a studio with one clip, and what a panel may see.

use crate::command::{CommandSender, Facts, Keymap};
use crate::state::Selection;
use crate::theme::{Theme, ThemeKind};
use crate::view_ctx::{Costs, FrameReport, HintSlot, ViewCtx};
use engine::edit::{Command, NewNote};
use engine::model::ClipRef;
use engine::studio::{AudioMode, Studio, StudioOptions};
use engine::time::{Tick, TickRange};
use std::sync::Arc;

/// A studio without a device, and a song of the track that a command adds, with a clip at tick
/// 0, four bars long at 960 PPQ.
pub(super) fn studio(add_track: &Command) -> (Studio, ClipRef) {
    let mut studio = Studio::new(StudioOptions {
        audio: AudioMode::Offline,
        soundfont: None,
        midi: false,
        wake: Arc::new(|| {}),
    });
    studio.apply(add_track).unwrap();
    let track = studio.snapshot().tracks[0].id;
    let range = TickRange::between(Tick(0), Tick(4 * 3840));
    studio.apply(&Command::AddClip { track, range }).unwrap();
    let clip = studio.snapshot().tracks[0].clips[0].id;
    (studio, ClipRef { track, clip })
}

/// A note of velocity 96 on the track's own channel.
pub(super) const fn note(start: u64, length: u32, key: u8) -> NewNote {
    NewNote { start: Tick(start), length, key, velocity: 96, channel: None }
}

/// What a panel sees of all this, in the dark theme with the standard keys.
pub(super) fn view_ctx<'a>(
    studio: &'a Studio,
    selection: &'a Selection,
    facts: Facts,
    (commands, hint, report): (&'a CommandSender, &'a HintSlot, &'a FrameReport),
) -> ViewCtx<'a> {
    ViewCtx {
        theme: Theme::of(ThemeKind::Dark),
        snapshot: studio.snapshot(),
        revision: studio.revision(),
        transport: studio.transport(),
        meters: studio.meters(),
        selection,
        follow: true,
        facts,
        keymap: Keymap::standard(),
        costs: Costs::default(),
        lamps: studio.lamps(),
        outputs: &[],
        commands,
        hint,
        report,
    }
}
