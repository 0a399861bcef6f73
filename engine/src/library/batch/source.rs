//! Where the bytes of a set come from: files, and members of archives.

use crate::library::row::{Facts, Place, bytes_path, path_bytes};
use crate::library::scan::ArchiveLimits;
use crate::smf::{Limits, ReadError, load};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zip::ZipArchive;
use zip::result::ZipError;

/// One file of a set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Source {
    /// Where it lies.
    pub place: Place,
    /// Folders below this one are kept with [`super::Layout::Tree`].
    pub base: Option<PathBuf>,
    /// What the library knows of it, for names; without it the file says what it can.
    pub facts: Option<Arc<Facts>>,
}

impl Source {
    /// A file of its own.
    pub fn file(path: &Path) -> Self {
        Self { place: Place::of(path), base: path.parent().map(Into::into), facts: None }
    }

    /// Its name without folders and without extension.
    pub(super) fn stem(&self) -> OsString {
        self.name().file_stem().map(Into::into).unwrap_or_default()
    }

    /// Its extension, if it is one of a MIDI file; else that of a Standard MIDI File.
    pub(super) fn extension(&self) -> String {
        let name = self.name();
        let own = name.extension().and_then(|extension| extension.to_str());
        own.filter(|own| is_midi(own)).unwrap_or("mid").into()
    }

    /// Its name without folders.
    pub(super) fn name(&self) -> PathBuf {
        match &self.place.member {
            None => self.place.to_path().file_name().map(Into::into).unwrap_or_default(),
            Some(member) => {
                let last = member.rsplit(|&byte| byte == b'/' || byte == b'\\').next();
                String::from_utf8_lossy(last.unwrap_or_default()).into_owned().into()
            }
        }
    }

    /// The name of the folder that it lies in; of a member at the top, the archive's.
    pub(super) fn folder_name(&self) -> String {
        if let Some(member) = &self.place.member {
            let member = String::from_utf8_lossy(member);
            let mut parts = member.rsplit(['/', '\\']).skip(1).filter(|part| !part.is_empty());
            if let Some(folder) = parts.next() {
                return folder.trim_end_matches('!').into();
            }
            let archive = self.place.to_path();
            return archive.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        }
        let path = self.place.to_path();
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
        folder.to_string_lossy().into_owned()
    }

    /// The folders between the base and it; those of an archive are cleaned, since their
    /// names come from anywhere.
    pub(super) fn folders(&self) -> PathBuf {
        let path = self.place.to_path();
        let base = self.base.as_deref();
        let below = base.and_then(|base| path.strip_prefix(base).ok()).unwrap_or(Path::new(""));
        let mut folders: PathBuf = below.parent().map(Into::into).unwrap_or_default();
        if let Some(member) = &self.place.member {
            folders.push(path.file_stem().unwrap_or_default());
            let member = String::from_utf8_lossy(member);
            let mut parts: Vec<&str> = member.split(['/', '\\']).collect();
            parts.pop();
            let named = parts.into_iter().filter(|part| !matches!(*part, "" | "." | ".."));
            folders.extend(named.map(super::names::clean));
        }
        folders
    }
}

/// Why there are no bytes, or no sources.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The archive cannot be read.
    #[error("cannot read the archive: {source}: {}", path.display())]
    Archive {
        /// Why.
        source: ZipError,
        /// Which.
        path: PathBuf,
    },
    /// The archive has no such member.
    #[error("the archive has no such file")]
    NoMember,
    /// Larger than a member may be, or packed so well that it is a bomb.
    #[error("it unpacks to more than it may: {0} bytes")]
    TooLarge(u64),
    /// A folder cannot be listed.
    #[error("cannot list the folder: {source}: {}", path.display())]
    Folder {
        /// Why.
        source: io::Error,
        /// Which.
        path: PathBuf,
    },
}

/// The MIDI files under `paths`, sorted, each once: files as they are, folders with all below
/// them, archives with their members, `pack.zip!/a/song.mid` as one of them. What cannot be
/// listed is given beside them. A file that is named is taken whatever it is called; links to
/// folders are not followed.
pub fn sources(paths: &[PathBuf]) -> (Vec<Source>, Vec<(PathBuf, SourceError)>) {
    let (mut found, mut failed) = (Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for path in paths {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let base: PathBuf = match path.parent() {
            Some(parent) if !path.is_dir() => parent.into(),
            _ => path.clone(),
        };
        let mut collector = Collector { base, found: &mut found, failed: &mut failed };
        if path.is_dir() {
            collector.folder(&path, 0);
        } else if has_extension(&path, |extension| extension.eq_ignore_ascii_case("zip")) {
            collector.archive(&path);
        } else if let Some((archive, member)) = member_of(&path) {
            collector.base = archive.parent().map(Into::into).unwrap_or_default();
            collector.file(&archive, Some(member));
        } else {
            collector.file(&path, None);
        }
    }
    found.retain(|source: &Source| seen.insert(source.place.clone()));
    (found, failed)
}

/// The archive and the member that a path like `pack.zip!/a/song.mid` names.
fn member_of(path: &Path) -> Option<(PathBuf, Box<[u8]>)> {
    let bytes = path_bytes(path);
    let at = bytes.windows(2).position(|window| window == b"!/")?;
    let archive = bytes_path(bytes.get(..at)?);
    let member = bytes.get(at + 2..).filter(|_| archive.is_file() && !path.is_file())?;
    Some((archive, member.into()))
}

/// Folders in folders; more is a loop.
const DEEPEST: usize = 64;

struct Collector<'a> {
    base: PathBuf,
    found: &'a mut Vec<Source>,
    failed: &'a mut Vec<(PathBuf, SourceError)>,
}

impl Collector<'_> {
    fn file(&mut self, path: &Path, member: Option<Box<[u8]>>) {
        let place = Place { path: path_bytes(path).into(), member };
        self.found.push(Source { place, base: Some(self.base.clone()), facts: None });
    }

    fn folder(&mut self, folder: &Path, depth: usize) {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(source) => {
                let path = folder.to_path_buf();
                self.failed.push((path.clone(), SourceError::Folder { source, path }));
                return;
            }
        };
        let mut paths: Vec<(PathBuf, bool)> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| Some((entry.path(), entry.file_type().ok()?.is_dir())))
            .collect();
        paths.sort();
        for (path, is_folder) in paths {
            if is_folder && depth < DEEPEST {
                self.folder(&path, depth + 1);
            } else if !is_folder && has_extension(&path, is_midi) {
                self.file(&path, None);
            } else if has_extension(&path, |it| it.eq_ignore_ascii_case("zip")) && path.is_file() {
                self.archive(&path);
            }
        }
    }

    fn archive(&mut self, path: &Path) {
        match members(path) {
            Ok(members) => members.into_iter().for_each(|name| self.file(path, Some(name))),
            Err(error) => self.failed.push((path.to_path_buf(), error)),
        }
    }
}

fn has_extension(path: &Path, is: impl Fn(&str) -> bool) -> bool {
    path.extension().and_then(|extension| extension.to_str()).is_some_and(is)
}

fn is_midi(extension: &str) -> bool {
    ["mid", "midi", "kar", "rmi", "smf"].iter().any(|known| known.eq_ignore_ascii_case(extension))
}

/// A member may unpack to as much whatever its ratio: a file of one repeated note is packed
/// ever so well.
const RATIO_COUNTS_FROM: u64 = 1 << 20;

trait ReadSeek: Read + Seek + Send {}
impl<T: Read + Seek + Send> ReadSeek for T {}
type Archive = ZipArchive<Box<dyn ReadSeek>>;

/// Reads sources one after the other. An archive stays open while its members are read.
#[derive(Default)]
pub(in crate::library) struct Reader {
    /// The archive's place: what stands before the last `!/` is another archive.
    open: Option<(Place, Archive)>,
}

impl Reader {
    /// The bytes of a source, at most [`Limits::bytes`]; of a member at most what a scan reads.
    pub(in crate::library) fn read(
        &mut self,
        place: &Place,
        limits: &Limits,
    ) -> Result<Arc<[u8]>, SourceError> {
        let Some(member) = &place.member else { return Ok(load(&place.to_path(), limits)?) };
        let (inside, name) = match position_of_last(member, b"!/") {
            Some(at) => (member.get(..at), member.get(at + 2..).unwrap_or_default()),
            None => (None, &**member),
        };
        let of = Place { path: place.path.clone(), member: inside.map(Into::into) };
        if self.open.as_ref().is_none_or(|(open, _)| *open != of) {
            let archive = if inside.is_some() {
                let bytes = Self::default().read(&of, limits)?;
                let cursor: Box<dyn ReadSeek> = Box::new(Cursor::new(bytes));
                let fail = |source| SourceError::Archive { source, path: of.to_path() };
                ZipArchive::new(cursor).map_err(fail)?
            } else {
                open(&of.to_path())?
            };
            self.open = Some((of, archive));
        }
        let Some((of, archive)) = &mut self.open else { return Err(SourceError::NoMember) };
        let fail = |source| SourceError::Archive { source, path: of.to_path() };
        let index = archive.index_for_name_raw(name).ok_or(SourceError::NoMember)?;
        let mut entry = archive.by_index(index).map_err(fail)?;
        let allowed = ArchiveLimits::default();
        let ratio = entry.compressed_size().saturating_mul(allowed.ratio).max(RATIO_COUNTS_FROM);
        let most = limits.bytes.min(allowed.member_bytes).min(ratio);
        let mut bytes = Vec::new();
        let read = (&mut entry).take(most + 1).read_to_end(&mut bytes);
        read.map_err(|error| fail(ZipError::Io(error)))?;
        if bytes.len() as u64 > most {
            return Err(SourceError::TooLarge(most));
        }
        Ok(bytes.into())
    }
}

fn open(path: &Path) -> Result<Archive, SourceError> {
    let fail = |source| SourceError::Archive { source, path: path.into() };
    let file = File::open(path).map_err(|error| fail(ZipError::Io(error)))?;
    let file: Box<dyn ReadSeek> = Box::new(BufReader::new(file));
    ZipArchive::new(file).map_err(fail)
}

/// The MIDI files of an archive, and of archives in it; not deeper.
fn members(path: &Path) -> Result<Vec<Box<[u8]>>, SourceError> {
    let archive = open(path)?;
    let mut found: Vec<Box<[u8]>> = Vec::new();
    let mut reader = Reader::default();
    let entries = ArchiveLimits::default().entries;
    for name in archive.file_names_raw().take(entries) {
        let as_path = PathBuf::from(String::from_utf8_lossy(name).into_owned());
        if has_extension(&as_path, is_midi) {
            found.push(name.into());
        } else if has_extension(&as_path, |extension| extension.eq_ignore_ascii_case("zip")) {
            let place = Place { path: path_bytes(path).into(), member: Some(name.into()) };
            // An archive inside that cannot be read hides its own files, not the others.
            let Ok(bytes) = reader.read(&place, &Limits::SCAN) else { continue };
            let Ok(inner) = ZipArchive::new(Cursor::new(bytes)) else { continue };
            let names = inner.file_names_raw().take(entries).filter(|name| {
                let as_path = PathBuf::from(String::from_utf8_lossy(name).into_owned());
                has_extension(&as_path, is_midi)
            });
            found.extend(names.map(|inner| [name, b"!/", inner].concat().into()));
        }
    }
    found.sort();
    Ok(found)
}

fn position_of_last(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).rposition(|window| window == what)
}
