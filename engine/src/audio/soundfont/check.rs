//! Checks a SoundFont's structure against the bytes that are there, and hands the loader a
//! tidy copy of it.
//!
//! The loader reserves what a chunk announces and expects the chunks in one order. So every
//! length is compared with the bytes left first, unknown chunks are left out, and indexes
//! that could make the loader build more than the file pays for are refused.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};

/// Sample offsets are 31 bits in the loader.
const MAX_FILE: u64 = 1 << 31;
/// Presets, zones and generators of the largest fonts known take 4 MB.
const MAX_TABLE: u64 = 16 << 20;
/// Frames of all Vorbis samples together: 2 GiB decoded.
const MAX_DECODED_FRAMES: u64 = 1 << 30;
const SAMPLE_HEADER: usize = 46;
/// The tables the loader needs, with the size of a record.
const TABLES: [([u8; 4], usize); 7] = [
    (*b"phdr", 38),
    (*b"pbag", 4),
    (*b"pgen", 4),
    (*b"inst", 22),
    (*b"ibag", 4),
    (*b"igen", 4),
    (*b"shdr", SAMPLE_HEADER),
];

/// What is wrong with a font's bytes, with the offset where it shows.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// Not a SoundFont at all.
    #[error("not a SoundFont (no RIFF sfbk header)")]
    NotAFont,
    /// Larger than sample offsets can say.
    #[error("the SoundFont is larger than 2 GiB ({bytes} bytes)")]
    TooLarge {
        /// Size of the file in bytes.
        bytes: u64,
    },
    /// A chunk announces more than there is.
    #[error("chunk '{chunk}' at byte {offset} announces {announced} bytes where {left} are left")]
    ChunkTooLong {
        /// The chunk's four characters.
        chunk: String,
        /// Where its header starts.
        offset: u64,
        /// Bytes it announces.
        announced: u64,
        /// Bytes there are.
        left: u64,
    },
    /// A chunk without which nothing can be played.
    #[error("the SoundFont has no '{chunk}' chunk")]
    Missing {
        /// The chunk's four characters.
        chunk: &'static str,
    },
    /// A table whose size or indexes make no sense.
    #[error("table '{chunk}' of the SoundFont is damaged")]
    Table {
        /// The chunk's four characters.
        chunk: String,
    },
    /// Compressed samples that would decode to more than a font can hold.
    #[error("the SoundFont's compressed samples decode to more than 2 GiB")]
    TooLargeDecoded,
    /// Reading stopped midway.
    #[error("cannot read the SoundFont: {0}")]
    Io(#[from] io::Error),
}

/// Bytes that can be read at any place.
pub(super) trait Source {
    fn len(&self) -> u64;
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;
}

pub(super) struct SliceSource<'a>(pub(super) &'a [u8]);

impl Source for SliceSource<'_> {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(self.0.len());
        self.0.get(start..).unwrap_or_default().read(buffer)
    }
}

pub(super) struct FileSource<'a> {
    pub(super) file: &'a mut File,
    pub(super) len: u64,
}

impl Source for FileSource<'_> {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.read(buffer)
    }
}

/// A font whose structure holds.
#[derive(Debug)]
pub(super) struct Checked {
    name: Vec<u8>,
    samples: Option<Span>,
    tables: [Vec<u8>; TABLES.len()],
}

#[derive(Clone, Copy, Debug)]
struct Span {
    offset: u64,
    len: u64,
}

struct Chunk {
    id: [u8; 4],
    body: Span,
}

/// Walks the whole structure; reads the tables, not the samples.
pub(super) fn check(source: &mut dyn Source) -> Result<Checked, Damage> {
    let len = source.len();
    if len > MAX_FILE {
        return Err(Damage::TooLarge { bytes: len });
    }
    let mut head = [0; 12];
    if len < 12 || read_exact_at(source, 0, &mut head).is_err() {
        return Err(Damage::NotAFont);
    }
    if head.get(..4) != Some(b"RIFF") || head.get(8..) != Some(b"sfbk") {
        return Err(Damage::NotAFont);
    }
    let announced = u64::from(le32(&head, 4));
    if announced > len - 8 {
        return Err(Damage::ChunkTooLong {
            chunk: String::from("RIFF"),
            offset: 0,
            announced,
            left: len - 8,
        });
    }
    let mut checked =
        Checked { name: Vec::new(), samples: None, tables: std::array::from_fn(|_| Vec::new()) };
    for list in chunks(source, Span { offset: 12, len: announced.saturating_sub(4) })? {
        if list.id == *b"LIST" && list.body.len >= 4 {
            checked.take_list(source, list.body)?;
        }
    }
    checked.check_tables()?;
    checked.check_compressed(source)?;
    Ok(checked)
}

impl Checked {
    fn take_list(&mut self, source: &mut dyn Source, list: Span) -> Result<(), Damage> {
        let mut kind = [0; 4];
        read_exact_at(source, list.offset, &mut kind)?;
        let parts = chunks(source, Span { offset: list.offset + 4, len: list.len - 4 })?;
        for part in parts {
            match (&kind, &part.id) {
                (b"INFO", b"INAM") => self.name = read_span(source, part.body, 256)?,
                (b"sdta", b"smpl") if self.samples.is_none() => self.samples = Some(part.body),
                (b"pdta", id) => {
                    let known = TABLES.iter().position(|(table, _)| table == id);
                    if let Some(table) = known.and_then(|n| self.tables.get_mut(n)) {
                        if part.body.len > MAX_TABLE {
                            return Err(Damage::Table { chunk: text(*id) });
                        }
                        *table = read_span(source, part.body, MAX_TABLE)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn check_tables(&self) -> Result<(), Damage> {
        if self.samples.is_none_or(|samples| samples.len < 4) {
            return Err(Damage::Missing { chunk: "smpl" });
        }
        let [phdr, pbag, pgen, inst, ibag, igen, _] = &self.tables;
        for ((id, record), table) in TABLES.iter().zip(&self.tables) {
            if table.is_empty() || table.len() % record != 0 {
                return Err(Damage::Table { chunk: text(*id) });
            }
        }
        // Each row names the first of its zones (or generators); the next row ends them.
        // Ranges that overlap would let a small file ask for a huge font.
        let rising = |table: &[u8], record: usize, field: usize, limit: usize| {
            let mut last = 0;
            table.chunks_exact(record).all(|row| {
                let index = le16(row, field);
                let fine = index >= last && usize::from(index) <= limit;
                last = index;
                fine
            })
        };
        let tables = [
            ("phdr", rising(phdr, 38, 24, pbag.len() / 4)),
            ("pbag", rising(pbag, 4, 0, pgen.len() / 4)),
            ("inst", rising(inst, 22, 20, ibag.len() / 4)),
            ("ibag", rising(ibag, 4, 0, igen.len() / 4)),
        ];
        match tables.iter().find(|(_, fine)| !fine) {
            Some((chunk, _)) => Err(Damage::Table { chunk: (*chunk).to_owned() }),
            None => Ok(()),
        }
    }

    /// An sf3's samples are Ogg Vorbis: bounds what they may decode to before decoding.
    fn check_compressed(&self, source: &mut dyn Source) -> Result<(), Damage> {
        let Some(samples) = self.samples else { return Ok(()) };
        let mut magic = [0; 4];
        read_exact_at(source, samples.offset, &mut magic)?;
        if magic != *b"OggS" {
            return Ok(());
        }
        let [.., headers] = &self.tables;
        let mut frames: u64 = 0;
        let mut compressed: u64 = 0;
        for header in headers.chunks_exact(SAMPLE_HEADER).rev().skip(1) {
            let (start, end) = (u64::from(le32(header, 20)), u64::from(le32(header, 24)));
            if end < start || end > samples.len {
                return Err(Damage::Table { chunk: String::from("shdr") });
            }
            // Many headers may share one stream, which is decoded once for each.
            compressed += end - start;
            if compressed > samples.len.saturating_mul(8) {
                return Err(Damage::TooLargeDecoded);
            }
            let stream = Span { offset: samples.offset + start, len: end - start };
            frames += most_frames(source, stream)?;
            if frames > MAX_DECODED_FRAMES {
                return Err(Damage::TooLargeDecoded);
            }
        }
        Ok(())
    }

    /// The font as the loader likes it: known chunks only, in its order, sizes exact.
    pub(super) fn stream<'a>(&self, source: &'a mut dyn Source) -> impl Read + 'a {
        let samples = self.samples.unwrap_or(Span { offset: 0, len: 0 });
        let mut name = self.name.clone();
        name.push(0);
        if name.len() % 2 == 1 {
            name.push(0);
        }
        let mut info = b"INFOifil\x04\0\0\0\x02\0\x01\0".to_vec();
        push_chunk(&mut info, *b"INAM", &name);
        let mut tables = b"pdta".to_vec();
        for ((id, _), table) in TABLES.iter().zip(&self.tables) {
            push_chunk(&mut tables, *id, table);
        }
        let mut tail = Vec::new();
        push_chunk(&mut tail, *b"LIST", &tables);
        let mut head = b"sfbk".to_vec();
        push_chunk(&mut head, *b"LIST", &info);
        head.extend_from_slice(b"LIST");
        head.extend_from_slice(&(samples.len as u32 + 12).to_le_bytes());
        head.extend_from_slice(b"sdtasmpl");
        head.extend_from_slice(&(samples.len as u32).to_le_bytes());
        let mut riff = b"RIFF".to_vec();
        let size = head.len() as u64 + samples.len + tail.len() as u64;
        riff.extend_from_slice(&(size as u32).to_le_bytes());
        riff.extend_from_slice(&head);
        let body = SpanReader { source, span: samples };
        Cursor::new(riff).chain(BufReader::with_capacity(1 << 16, body)).chain(Cursor::new(tail))
    }
}

struct SpanReader<'a> {
    source: &'a mut dyn Source,
    span: Span,
}

impl Read for SpanReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let want = buffer.len().min(usize::try_from(self.span.len).unwrap_or(usize::MAX));
        let Some(buffer) = buffer.get_mut(..want) else { return Ok(0) };
        let got = self.source.read_at(self.span.offset, buffer)?;
        self.span.offset += got as u64;
        self.span.len -= got as u64;
        Ok(got)
    }
}

/// The chunks inside a span; each is checked to fit in it.
fn chunks(source: &mut dyn Source, span: Span) -> Result<Vec<Chunk>, Damage> {
    let mut found = Vec::new();
    let (mut offset, end) = (span.offset, span.offset + span.len);
    while end - offset >= 8 {
        let mut head = [0; 8];
        read_exact_at(source, offset, &mut head)?;
        let mut id = [0; 4];
        id.copy_from_slice(&head[..4]);
        let announced = u64::from(le32(&head, 4));
        let left = end - offset - 8;
        if announced > left {
            return Err(Damage::ChunkTooLong { chunk: text(id), offset, announced, left });
        }
        found.push(Chunk { id, body: Span { offset: offset + 8, len: announced } });
        offset = (offset + 8 + announced + announced % 2).min(end);
    }
    Ok(found)
}

/// No more frames than this come out of an Ogg Vorbis stream: its packets times half the
/// larger of its two block sizes.
fn most_frames(source: &mut dyn Source, stream: Span) -> Result<u64, Damage> {
    let (mut offset, end) = (stream.offset, stream.offset + stream.len);
    let (mut packets, mut block) = (0_u64, 8192_u64);
    while end - offset >= 27 {
        let mut page = [0; 27 + 255 + 30];
        let want = (end - offset).min(page.len() as u64) as usize;
        read_exact_at(source, offset, page.get_mut(..want).unwrap_or_default())?;
        if page.get(..4) != Some(b"OggS") {
            // The decoder would look for the next page: count every byte as a packet.
            packets += end - offset;
            break;
        }
        let segments = usize::from(page.get(26).copied().unwrap_or_default());
        let lacing = page.get(27..27 + segments).unwrap_or_default();
        packets += lacing.iter().filter(|size| **size < 255).count() as u64;
        if let Some([1, b'v', b'o', b'r', b'b', b'i', b's', rest @ ..]) = page.get(27 + segments..)
        {
            let exponents = rest.get(21).copied().unwrap_or_default();
            block = 1 << u64::from(exponents >> 4).clamp(6, 13);
        }
        let body: u64 = lacing.iter().map(|size| u64::from(*size)).sum();
        offset = (offset + 27 + segments as u64 + body).min(end);
    }
    Ok(packets * block / 2)
}

fn read_span(source: &mut dyn Source, span: Span, limit: u64) -> Result<Vec<u8>, Damage> {
    let mut bytes = vec![0; span.len.min(limit) as usize];
    read_exact_at(source, span.offset, &mut bytes)?;
    Ok(bytes)
}

fn read_exact_at(source: &mut dyn Source, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match source.read_at(offset + done as u64, rest)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            got => done += got,
        }
    }
    Ok(())
}

fn push_chunk(out: &mut Vec<u8>, id: [u8; 4], body: &[u8]) {
    out.extend_from_slice(&id);
    out.extend_from_slice(&(body.len() as u32).to_le_bytes());
    out.extend_from_slice(body);
}

fn le32(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |b| u32::from_le_bytes(*b))
}

fn le16(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |b| u16::from_le_bytes(*b))
}

fn text(id: [u8; 4]) -> String {
    id.iter().map(|b| if b.is_ascii_graphic() { char::from(*b) } else { '?' }).collect()
}
