//! How much of a file is believed before it is refused.

/// Bounds on what one file may cost. The defaults are those for a file opened by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes; default 2 GiB.
    pub bytes: u64,
    /// Most notes that are imported from one file; default 20 million.
    pub notes: u64,
    /// Most MTrk chunks that are read; default 65,535. What follows is skipped and flagged.
    pub tracks: u16,
    /// Longest text that is decoded, in bytes; default 64 KiB. Longer ones are cut for display only.
    pub text_bytes: usize,
    /// Most problems that are listed; default 4,096. The list then ends with one that says so.
    pub problems: usize,
}

impl Limits {
    /// What a scan of a collection allows each file: 32 MiB, the rest as by hand.
    pub const SCAN: Self = Self { bytes: 32 << 20, ..Self::BY_HAND };

    /// What a person who opens a file may ask for.
    pub const BY_HAND: Self = Self {
        bytes: 2 << 30,
        notes: 20_000_000,
        tracks: u16::MAX,
        text_bytes: 64 << 10,
        problems: 4096,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::BY_HAND
    }
}
