//! Reads inside zip archives without writing anything: a member is inflated into memory, and
//! its name is only ever a name.

use super::walk::{Kind, kind_of_member};
use profiling::memory::{PooledBuffer, SharedPool};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// What an archive may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Archives in archives, counted from 1.
    pub depth: u32,
    /// Entries of all archives together.
    pub entries: usize,
    /// Bytes of one member, inflated.
    pub member_bytes: u64,
    /// Bytes inflated for each byte that is packed, over all members.
    pub ratio: u64,
    /// Bytes of all members, inflated.
    pub total_bytes: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            depth: 2,
            entries: 100_000,
            member_bytes: 32 << 20,
            ratio: 200,
            total_bytes: 4 << 30,
        }
    }
}

/// A small member may be packed ever so well: a file of one repeated note is.
const RATIO_COUNTS_FROM: u64 = 1 << 20;

/// What is met in an archive.
#[derive(Debug)]
pub enum Member {
    /// A MIDI file, inflated.
    File {
        /// Its name, as raw bytes; archives in archives are joined by `!/`.
        name: Box<[u8]>,
        /// Its bytes.
        bytes: PooledBuffer<u8>,
    },
    /// Something that is not read.
    Failed {
        /// Its name; none for the archive itself.
        name: Option<Box<[u8]>>,
        /// Why.
        reason: String,
    },
}

/// Gives every MIDI file of an archive to `each`, until it says that nobody listens.
pub fn members(
    bytes: &[u8],
    limits: &ArchiveLimits,
    pool: &SharedPool<u8>,
    mut each: impl FnMut(Member) -> bool,
) {
    let mut reader = Reader { limits, pool, entries: 0, inflated: 0 };
    reader.open(bytes, None, 1, &mut each);
}

struct Reader<'a> {
    limits: &'a ArchiveLimits,
    pool: &'a SharedPool<u8>,
    entries: usize,
    inflated: u64,
}

impl Reader<'_> {
    /// Reads one archive; says whether to go on.
    fn open(
        &mut self,
        bytes: &[u8],
        inside: Option<&[u8]>,
        depth: u32,
        each: &mut dyn FnMut(Member) -> bool,
    ) -> bool {
        let fail = |reason: String| Member::Failed { name: inside.map(Into::into), reason };
        let mut archive = match ZipArchive::new(Cursor::new(bytes)) {
            Ok(archive) => archive,
            Err(error) => return each(fail(format!("cannot read the archive: {error}"))),
        };
        for index in 0..archive.len() {
            self.entries += 1;
            if self.entries > self.limits.entries {
                let limit = self.limits.entries;
                each(fail(format!("more than {limit} entries: the rest is not read")));
                return false;
            }
            let mut entry = match archive.by_index(index) {
                Ok(entry) => entry,
                Err(error) => {
                    if !each(fail(format!("cannot read entry {}: {error}", index + 1))) {
                        return false;
                    }
                    continue;
                }
            };
            let Some(kind) = kind_of_member(entry.name_raw()) else { continue };
            if !entry.is_file() {
                continue;
            }
            let name = joined(inside, entry.name_raw());
            let (packed, announced) = (entry.compressed_size(), entry.size());
            let inflated = match self.inflate(&mut entry, packed, announced) {
                Ok(inflated) => inflated,
                Err(Refusal::Member(reason)) => {
                    if !each(Member::Failed { name: Some(name), reason }) {
                        return false;
                    }
                    continue;
                }
                Err(Refusal::Archive(reason)) => {
                    each(fail(reason));
                    return false;
                }
            };
            drop(entry);
            let goes_on = match kind {
                Kind::Midi => each(Member::File { name, bytes: inflated }),
                Kind::Archive if depth < self.limits.depth => {
                    self.open(&inflated, Some(&name), depth + 1, each)
                }
                Kind::Archive => {
                    let depth = self.limits.depth;
                    let reason = format!("an archive more than {depth} deep is not read");
                    each(Member::Failed { name: Some(name), reason })
                }
            };
            if !goes_on {
                return false;
            }
        }
        true
    }

    /// Inflates one member. Counts what comes out, never what was announced.
    fn inflate(
        &mut self,
        entry: &mut impl Read,
        packed: u64,
        announced: u64,
    ) -> Result<PooledBuffer<u8>, Refusal> {
        let ArchiveLimits { member_bytes, ratio, total_bytes, .. } = *self.limits;
        let bomb = RATIO_COUNTS_FROM.max(packed.saturating_mul(ratio));
        let left = total_bytes.saturating_sub(self.inflated);
        let most = member_bytes.min(bomb).min(left);
        let mut buffer = self.pool.acquire();
        // The announced length is believed only as far as the packed bytes can bear it out.
        let likely = usize::try_from(announced.min(most)).unwrap_or_default();
        buffer.reserve(likely.min(1 << 20));
        let read = entry.take(most + 1).read_to_end(&mut buffer);
        self.inflated += buffer.len() as u64;
        read.map_err(|error| Refusal::Member(format!("cannot unpack it: {error}")))?;
        if buffer.len() as u64 <= most {
            return Ok(buffer);
        }
        Err(if most == left {
            Refusal::Archive(format!(
                "more than {total_bytes} bytes unpacked: the rest is not read"
            ))
        } else if most == bomb {
            Refusal::Member(format!("it unpacks to more than {ratio} times its size"))
        } else {
            Refusal::Member(format!("it has more than the limit of {member_bytes} bytes"))
        })
    }
}

enum Refusal {
    Member(String),
    Archive(String),
}

fn joined(inside: Option<&[u8]>, name: &[u8]) -> Box<[u8]> {
    inside.map_or_else(|| name.into(), |outer| [outer, b"!/", name].concat().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;
    use zip::{CompressionMethod, ZipWriter};

    fn packed(files: &[(&str, &[u8], CompressionMethod)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes, method) in files {
            let options = SimpleFileOptions::default().compression_method(*method);
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn found(bytes: &[u8], limits: &ArchiveLimits) -> Vec<String> {
        let pool = SharedPool::new(0, 64);
        let mut found = Vec::new();
        members(bytes, limits, &pool, |member| {
            found.push(match member {
                Member::File { name, bytes } => {
                    format!("{} {}", String::from_utf8_lossy(&name), bytes.len())
                }
                Member::Failed { name, reason } => {
                    let name = name.unwrap_or_default();
                    format!("{}: {reason}", String::from_utf8_lossy(&name))
                }
            });
            true
        });
        found
    }

    const STORED: CompressionMethod = CompressionMethod::Stored;
    const DEFLATED: CompressionMethod = CompressionMethod::Deflated;

    #[test]
    fn stored_and_deflated_members_are_read_and_others_passed_over() {
        let inner = packed(&[("in.mid", b"inner", DEFLATED)]);
        let bytes = packed(&[
            ("a/one.mid", b"stored", STORED),
            ("two.MID", &[7; 1000], DEFLATED),
            ("readme.txt", b"no", STORED),
            ("more.zip", &inner, STORED),
        ]);
        assert_eq!(
            found(&bytes, &ArchiveLimits::default()),
            ["a/one.mid 6", "two.MID 1000", "more.zip!/in.mid 5"]
        );
    }

    #[test]
    fn archives_too_deep_are_named() {
        let inner = packed(&[("in.mid", b"inner", STORED)]);
        let middle = packed(&[("inner.zip", &inner, STORED)]);
        let outer = packed(&[("middle.zip", &middle, STORED)]);
        let [only] = found(&outer, &ArchiveLimits::default()).try_into().unwrap();
        assert_eq!(only, "middle.zip!/inner.zip: an archive more than 2 deep is not read");
    }

    #[test]
    fn bombs_are_refused_and_the_rest_is_read() {
        let bytes =
            packed(&[("bomb.mid", &vec![0; 8 << 20], DEFLATED), ("good.mid", b"good", STORED)]);
        let [bomb, good] = found(&bytes, &ArchiveLimits::default()).try_into().unwrap();
        assert_eq!(bomb, "bomb.mid: it unpacks to more than 200 times its size");
        assert_eq!(good, "good.mid 4");
    }

    #[test]
    fn limits_of_member_entries_and_total_hold() {
        let bytes = packed(&[("one.mid", &[1; 600], STORED), ("two.mid", &[2; 600], STORED)]);
        let limits = ArchiveLimits { member_bytes: 500, ..ArchiveLimits::default() };
        let refused = "it has more than the limit of 500 bytes";
        assert_eq!(
            found(&bytes, &limits),
            [format!("one.mid: {refused}"), format!("two.mid: {refused}")]
        );
        let limits = ArchiveLimits { entries: 1, ..ArchiveLimits::default() };
        assert_eq!(
            found(&bytes, &limits),
            ["one.mid 600", ": more than 1 entries: the rest is not read"]
        );
        let limits = ArchiveLimits { total_bytes: 1000, ..ArchiveLimits::default() };
        assert_eq!(
            found(&bytes, &limits),
            ["one.mid 600", ": more than 1000 bytes unpacked: the rest is not read"]
        );
    }

    #[test]
    fn damage_is_told_and_never_panics() {
        let whole = packed(&[("one.mid", &[1; 600], DEFLATED), ("two.mid", &[2; 600], STORED)]);
        for cut in 0..whole.len() {
            found(&whole[..cut], &ArchiveLimits::default());
            let mut flipped = whole.clone();
            flipped[cut] ^= 0xFF;
            found(&flipped, &ArchiveLimits::default());
        }
        let [only] = found(b"no archive", &ArchiveLimits::default()).try_into().unwrap();
        assert!(only.starts_with(": cannot read the archive"), "{only}");
    }
}
