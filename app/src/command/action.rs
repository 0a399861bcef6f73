//! The commands that have a name. What is said about each stands in [`super::actions`].

/// Declares the commands, so that none can be forgotten in the list of all.
macro_rules! commands {
    ($($(#[$doc:meta])+ $name:ident,)+) => {
        /// A command with a name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $($(#[$doc])+ $name,)+
        }

        impl Action {
            /// How many commands there are.
            pub const COUNT: usize = [$(Self::$name),+].len();
        }
    };
}

commands! {
    /// An empty song.
    New,
    /// Choose a file and open it.
    Open,
    /// The song that comes with the program.
    OpenDemo,
    /// Write the song in the format it came in.
    ExportMidi,
    /// Write the song as one track.
    ExportType0,
    /// Write the song as many tracks.
    ExportType1,
    /// Theme, sound, ports, keys, scale.
    Settings,
    /// Leave.
    Quit,
    /// Take the last change back.
    Undo,
    /// Make it again.
    Redo,
    /// What is selected onto the clipboard, and away.
    Cut,
    /// What is selected onto the clipboard.
    Copy,
    /// What is on the clipboard to the playhead.
    Paste,
    /// Every note of the clip.
    SelectAll,
    /// No note.
    SelectNone,
    /// Notes by what they are, asking what.
    SelectWith,
    /// Notes like the selected ones, as last time.
    SelectLike,
    /// The same, asking in what.
    SelectLikeWith,
    /// The notes that are not selected.
    InvertSelection,
    /// The drag under way back, then no note.
    Cancel,
    /// Delete the selected notes, or the one before the note cursor.
    Delete,
    /// Copy the selected notes after themselves.
    Duplicate,
    /// Every step that can be taken back or made again.
    History,
    /// Any command by a few letters.
    Palette,
    /// Notes onto the grid, as last time.
    Quantize,
    /// The same, asking how.
    QuantizeWith,
    /// The feel of another clip, asking which.
    GrooveWith,
    /// A little off, as last time.
    Humanize,
    /// The same, asking how far.
    HumanizeWith,
    /// Backwards.
    Reverse,
    /// Twice as fast.
    DoubleTime,
    /// Half as fast.
    HalfTime,
    /// By a factor, asking which.
    StretchWith,
    /// A step of the scale up.
    ScaleUp,
    /// A step of the scale down.
    ScaleDown,
    /// By semitones, as last time.
    Transpose,
    /// The same, asking how many.
    TransposeWith,
    /// By steps of a scale, asking which.
    StepInScaleWith,
    /// Upside down, as last time.
    Invert,
    /// The same, asking how.
    InvertWith,
    /// Into the scale, as last time.
    FitToScale,
    /// The same, asking which.
    FitToScaleWith,
    /// Until the next note, as last time.
    Legato,
    /// The same, asking how far.
    LegatoWith,
    /// Shorter, as last time.
    Staccato,
    /// The same, asking how much.
    StaccatoWith,
    /// In pieces, as last time.
    Split,
    /// The same, asking where.
    SplitWith,
    /// Neighbours in one, as last time.
    Join,
    /// The same, asking across which gaps.
    JoinWith,
    /// Velocities, as last time.
    SetVelocity,
    /// The same, asking how.
    SetVelocityWith,
    /// Notes above each note, as last time.
    Chord,
    /// The same, asking which.
    ChordWith,
    /// One string after the other, as last time.
    Strum,
    /// The same, asking how.
    StrumWith,
    /// One note after the other, as last time.
    Arpeggiate,
    /// The same, asking how.
    ArpeggiateWith,
    /// Copies behind, as last time.
    Repeat,
    /// The same, asking how many.
    RepeatWith,
    /// Ends before the next of the same pitch.
    RemoveOverlaps,
    /// One of two alike, as last time.
    RemoveDoubles,
    /// The same, asking how close.
    RemoveDoublesWith,
    /// Nothing but the selected notes.
    Crop,
    /// Nothing of them outside the loop.
    CropToLoop,
    /// Another of the open clips active.
    NextClip,
    /// The one before it.
    PreviousClip,
    /// Every open clip shown.
    ShowAllClips,
    /// None but the active clip open.
    ClipAlone,
    /// The next note alone.
    NextNote,
    /// The note before alone.
    PreviousNote,
    /// The next note too.
    ExtendNext,
    /// The note before too.
    ExtendPrevious,
    /// Everything from the selection, or the note cursor, to the clip's start.
    ExtendToStart,
    /// And to its end.
    ExtendToEnd,
    /// A semitone up.
    TransposeUp,
    /// A semitone down.
    TransposeDown,
    /// An octave up.
    OctaveUp,
    /// An octave down.
    OctaveDown,
    /// A grid step to the right.
    NudgeRight,
    /// A grid step to the left.
    NudgeLeft,
    /// A tick to the right.
    TickRight,
    /// A tick to the left.
    TickLeft,
    /// The end a grid step later.
    Lengthen,
    /// The end a grid step earlier.
    Shorten,
    /// Velocity up by eight.
    Louder,
    /// Velocity down by eight.
    Softer,
    /// Velocity up by one.
    LittleLouder,
    /// Velocity down by one.
    LittleSofter,
    /// A note at the note cursor, which goes on after it.
    InsertNote,
    /// A note at the note cursor, which stays.
    InsertChordNote,
    /// The note cursor a bar on.
    CursorNextBar,
    /// The note cursor a bar back.
    CursorPreviousBar,
    /// The note cursor to the clip's start.
    CursorToStart,
    /// The note cursor to the end of the clip's last note.
    CursorToEnd,
    /// The select tool.
    ToolSelect,
    /// The draw tool.
    ToolDraw,
    /// The erase tool.
    ToolErase,
    /// The knife.
    ToolKnife,
    /// The ramp tool.
    ToolRamp,
    /// The draw tool, or back to selecting.
    ToggleDraw,
    /// Whether gestures keep to the grid.
    ToggleSnap,
    /// Half the grid.
    FinerGrid,
    /// Twice the grid.
    CoarserGrid,
    /// Three in the time of two, or not.
    TripletGrid,
    /// An empty track.
    AddTrack,
    /// An empty track for drums.
    AddDrumTrack,
    /// The sound after the track's own.
    NextSound,
    /// The sound before it.
    PreviousSound,
    /// An empty clip on the selected track.
    AddClip,
    /// Another name.
    RenameTrack,
    /// The next colour.
    RecolorTrack,
    /// Silence the track.
    MuteTrack,
    /// Hear soloed tracks only.
    SoloTrack,
    /// Fader and pan to their rest.
    ResetMix,
    /// Let every track sound.
    UnmuteAll,
    /// Play, or stop.
    PlayStop,
    /// Playhead to the beginning.
    ToStart,
    /// Whether the loop repeats.
    ToggleLoop,
    /// Repeat what is selected.
    LoopSelection,
    /// Click on every beat.
    ToggleMetronome,
    /// Silence everything.
    Panic,
    /// Dark or light.
    ToggleTheme,
    /// The editor at the bottom.
    ToggleEditor,
    /// The piano roll's tab.
    ShowPianoRoll,
    /// The event list's tab.
    ShowEvents,
    /// The profiler's tab.
    ShowProfiler,
    /// The profiler over everything.
    ToggleOverlay,
    /// Whether the view follows the playhead.
    ToggleFollow,
    /// Rows for the used pitches alone, or for all.
    FoldUsed,
    /// Rows for the pitches of the scale, or for all.
    FoldScale,
    /// Whether the rows of the scale are tinted.
    HighlightScale,
    /// What is selected, as large as it fits.
    ZoomToSelection,
    /// What was shown before the zoom.
    ZoomBack,
    /// A step larger.
    LargerInterface,
    /// A step smaller.
    SmallerInterface,
    /// The natural size.
    ResetInterface,
    /// Fill the screen.
    FullScreen,
}
