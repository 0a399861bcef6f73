//! Loading and checking SoundFonts.
