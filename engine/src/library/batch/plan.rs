//! The preview: for every source what would be written, without writing anything.

use super::apply::{Applied, Made, Remark, Unchanged, apply};
use super::disk::exists;
use super::fields::Fields;
use super::names::{Names, clean, key};
use super::operation::Operation;
use super::source::{Reader, Source};
use super::template::Template;
use crate::library::features::TagTable;
use crate::smf::Limits;
use std::cell::OnceCell;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

/// Where the results go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// Into a folder, which is made if it is not there.
    Folder {
        /// Which.
        path: PathBuf,
        /// Whether folders are kept.
        layout: Layout,
    },
    /// To where the sources are: for [`Operation::Rename`] alone.
    InPlace,
}

/// Which folders are made at the destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// None: all files lie side by side.
    #[default]
    Flat,
    /// Those between [`Source::base`] and the source; an archive is a folder too.
    Tree,
}

/// What would be done, and to which files.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What.
    pub operation: Operation,
    /// To where.
    pub destination: Destination,
    /// One for each source that was looked at, in their order.
    pub items: Vec<Item>,
    /// Whether it was broken off: then not all sources are among the items.
    pub cancelled: bool,
}

/// What would be done to one source.
#[derive(Clone, Debug)]
pub struct Item {
    /// Which.
    pub source: Source,
    /// BLAKE3 of the bytes that the preview is about: others are not worked on.
    pub hash: Option<[u8; 32]>,
    /// What would be done.
    pub outcome: Outcome,
    /// What one should know of it.
    pub remarks: Vec<Remark>,
}

/// What an operation comes to for one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// These files are written; in place, it gets this name.
    Write(Vec<Output>),
    /// Nothing.
    Unchanged(Unchanged),
    /// It cannot be done; for people.
    Failed(String),
}

/// One file that would be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Where; another name if somebody takes this one meanwhile.
    pub path: PathBuf,
    /// How long it is.
    pub bytes: u64,
    /// Its note-ons; none where files are copied as they are.
    pub notes: Option<u64>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Originals are not changed.
    #[error("only renaming works in place: {0} needs a folder to write to")]
    NotInPlace(&'static str),
    /// A file stays in its folder.
    #[error("in place a template makes no folders: {0}")]
    FoldersInPlace(Template),
    /// There is no such MIDI file format.
    #[error("files are converted to format 0 or 1, not {0}")]
    Format(u8),
    /// The destination is something else.
    #[error("the destination is no folder: {}", .0.display())]
    NotAFolder(PathBuf),
}

/// Says how far the work is, and whether it is still wanted.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    cancel: &'a AtomicBool,
    progress: &'a dyn Fn(usize, usize),
}

impl<'a> Watch<'a> {
    /// `progress` hears how many sources of how many are done, on the caller's thread; once
    /// `cancel` is set the work ends after the file it is at.
    pub const fn new(cancel: &'a AtomicBool, progress: &'a dyn Fn(usize, usize)) -> Self {
        Self { cancel, progress }
    }

    /// Nobody watches.
    pub const fn silent() -> Watch<'static> {
        static NEVER: AtomicBool = AtomicBool::new(false);
        Watch { cancel: &NEVER, progress: &|_, _| () }
    }

    pub(super) fn goes_on(&self, done: usize, total: usize) -> bool {
        (self.progress)(done, total);
        !self.cancel.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("cancel", &self.cancel).finish_non_exhaustive()
    }
}

/// Reads every source and works out what `operation` would do. Writes nothing.
///
/// # Errors
/// When it can be done to no file at all; what fails for one file stands in its [`Item`].
pub fn plan(
    sources: Vec<Source>,
    operation: Operation,
    destination: Destination,
    watch: &Watch<'_>,
) -> Result<Plan, PlanError> {
    let destination = match (destination, &operation) {
        (Destination::InPlace, Operation::Rename(template)) if template.has_folders() => {
            return Err(PlanError::FoldersInPlace(template.clone()));
        }
        (Destination::InPlace, Operation::Rename(_)) => Destination::InPlace,
        (Destination::InPlace, other) => return Err(PlanError::NotInPlace(other.name())),
        (Destination::Folder { path, layout }, _) => {
            let path = std::path::absolute(&path).unwrap_or(path);
            if exists(&path) && !path.is_dir() {
                return Err(PlanError::NotAFolder(path));
            }
            Destination::Folder { path, layout }
        }
    };
    if let Operation::Convert { format: format @ 2.. } = operation {
        return Err(PlanError::Format(format));
    }
    let total = sources.len();
    let mut planner = Planner {
        operation: &operation,
        destination: &destination,
        reader: Reader::default(),
        tags: OnceCell::new(),
    };
    let mut looks: Vec<Look> = Vec::with_capacity(total);
    let mut cancelled = false;
    for (index, source) in sources.into_iter().enumerate() {
        if !watch.goes_on(index, total) {
            cancelled = true;
            break;
        }
        looks.push(planner.look(source, index + 1));
    }
    let items = name(looks, &destination);
    Ok(Plan { operation, destination, items, cancelled })
}

/// A source that was looked at; its results have no names yet.
struct Look {
    source: Source,
    hash: Option<[u8; 32]>,
    remarks: Vec<Remark>,
    wanted: Result<Vec<Wanted>, Outcome>,
}

/// A file and where it would like to go.
struct Wanted {
    /// Below the destination.
    folders: PathBuf,
    stem: OsString,
    extension: String,
    bytes: u64,
    notes: Option<u64>,
}

/// Looks at one source after the other.
struct Planner<'a> {
    operation: &'a Operation,
    destination: &'a Destination,
    reader: Reader,
    /// What names are read with; made when the first name is.
    tags: OnceCell<TagTable>,
}

impl Planner<'_> {
    fn look(&mut self, source: Source, number: usize) -> Look {
        let failed = |source, reason: String| Look {
            source,
            hash: None,
            remarks: Vec::new(),
            wanted: Err(Outcome::Failed(reason)),
        };
        if *self.destination == Destination::InPlace && source.place.member.is_some() {
            return failed(source, "files inside archives are not renamed in place".into());
        }
        let limits = Limits::default();
        let bytes = match self.reader.read(&source.place, &limits) {
            Ok(bytes) => bytes,
            Err(error) => return failed(source, error.to_string()),
        };
        let hash = Some(*blake3::hash(&bytes).as_bytes());
        let stem = source.stem();
        let applied = apply(self.operation, &bytes, &stem.to_string_lossy(), &limits);
        let (applied, remarks) = match applied {
            Ok(applied) => applied,
            Err(error) => return failed(source, error.to_string()),
        };
        let wanted = match applied {
            Applied::Unchanged(why) => Err(Outcome::Unchanged(why)),
            Applied::Files(made) => Ok(self.wanted(&source, number, &made, &bytes)),
        };
        Look { source, hash, remarks, wanted }
    }

    fn wanted(&self, source: &Source, number: usize, made: &[Made], bytes: &[u8]) -> Vec<Wanted> {
        let mut folders = match self.destination {
            Destination::Folder { layout: Layout::Tree, .. } => source.folders(),
            _ => PathBuf::new(),
        };
        // A name from a disk is legal there, whatever its bytes; one from an archive may be
        // anything.
        let mut stem = match source.place.member {
            Some(_) => clean(&source.stem().to_string_lossy()).into(),
            None => source.stem(),
        };
        if let Operation::Rename(template) = self.operation {
            let tags = self.tags.get_or_init(TagTable::bundled);
            let mut path = template.fill(&Fields::of(source, number, bytes, tags));
            stem = path.pop().unwrap_or_default().into();
            folders.extend(path);
        }
        // What was written anew is a plain file, no longer one in a RIFF wrapper.
        let own = source.extension();
        let wrapped = own.eq_ignore_ascii_case("rmi") && !self.operation.keeps_bytes();
        let extension = if wrapped { "mid".into() } else { own };
        let each = made.iter().map(|made| {
            let mut stem = stem.clone();
            if let Some(label) = &made.label {
                stem.push(" - ");
                stem.push(clean(label));
            }
            let (bytes, notes) = (made.bytes.len() as u64, made.notes);
            Wanted { folders: folders.clone(), stem, extension: extension.clone(), bytes, notes }
        });
        each.collect()
    }
}

/// Gives every result a name that nobody has.
fn name(looks: Vec<Look>, destination: &Destination) -> Vec<Item> {
    let mut names = Names::default();
    if *destination == Destination::InPlace {
        // Who gets another name makes room for others.
        for look in &looks {
            let path = look.source.place.to_path();
            if look.wanted.as_ref().is_ok_and(|wanted| !keeps_name(&path, wanted)) {
                names.free(&path);
            }
        }
    }
    let items = looks.into_iter().map(|look| {
        let Look { source, hash, mut remarks, wanted } = look;
        let path = source.place.to_path();
        let outcome = match wanted {
            Err(outcome) => outcome,
            Ok(wanted) if *destination == Destination::InPlace && keeps_name(&path, &wanted) => {
                Outcome::Unchanged(Unchanged::ThatName)
            }
            Ok(wanted) => {
                let mut outputs = Vec::with_capacity(wanted.len());
                for Wanted { folders, stem, extension, bytes, notes } in wanted {
                    let folder = match destination {
                        Destination::Folder { path, .. } => path.join(folders),
                        Destination::InPlace => path.parent().unwrap_or(&path).to_path_buf(),
                    };
                    let (path, numbered) = names.claim(&folder, &stem, &extension);
                    if numbered && !remarks.contains(&Remark::Numbered) {
                        remarks.push(Remark::Numbered);
                    }
                    outputs.push(Output { path, bytes, notes });
                }
                match outputs.as_slice() {
                    // A number has led back to the name that it has.
                    [only] if *destination == Destination::InPlace && only.path == path => {
                        Outcome::Unchanged(Unchanged::ThatName)
                    }
                    _ => Outcome::Write(outputs),
                }
            }
        };
        Item { source, hash, outcome, remarks }
    });
    items.collect()
}

fn keeps_name(path: &Path, wanted: &[Wanted]) -> bool {
    let [only] = wanted else { return false };
    path.file_name() == Some(&super::names::numbered(&only.stem, 1, &only.extension))
}

impl Plan {
    /// How many files would be written or renamed.
    pub fn outputs(&self) -> usize {
        let outputs = self.items.iter().map(|item| match &item.outcome {
            Outcome::Write(outputs) => outputs.len(),
            Outcome::Unchanged(_) | Outcome::Failed(_) => 0,
        });
        outputs.sum()
    }
}

/// What two paths that clash have in common.
pub(super) fn path_key(path: &Path) -> (PathBuf, String) {
    let folder = path.parent().map(Into::into).unwrap_or_default();
    (folder, key(path.file_name().unwrap_or_default()))
}
