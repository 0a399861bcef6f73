//! Opening the library: lock, look for damage, repair, bring to the newest form, warm up.

use super::damage::{CHECKED_WHOLE, Health, beside, examine, put_aside};
use super::schema::{
    INDEX_ID, INDEX_STEPS, INDEX_VERSION, USER_ID, USER_STEPS, USER_VERSION, migrate,
};
use super::{Inner, Readers, Store, StoreError, saved};
use crate::library::user::{UserData, newest_good};
use parking_lot::{Mutex, RwLock};
use rusqlite::{Connection, OpenFlags};
use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::{Duration, SystemTime};

/// Bytes of a page of the index. A row of `details` takes some 700 bytes: of larger pages
/// less is left over, of smaller ones less is written for a small change.
const PAGE_BYTES: u32 = 8_192;
/// Pages after which what was committed moves from the log into the index: 64 MB.
const CHECKPOINT_PAGES: u32 = 8_192;
/// The writer's page cache, in kilobytes. With four times as much a first import of 200,000
/// files takes as long.
pub(super) const WRITER_CACHE_KB: i32 = 8_192;

/// Where the library lies and how it is opened.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// The index; the user's own data lie beside it under the same name and `.user`.
    pub index: PathBuf,
    /// How many readers; default 4.
    pub readers: u32,
    /// For reading only, whoever else writes; default no.
    pub read_only: bool,
    /// How long to wait for a reader; default 30 seconds.
    pub acquire_timeout: Duration,
    /// The clock that dates backups go by.
    pub now: fn() -> SystemTime,
    /// An index of at least so many bytes is looked through once a week while nobody asks or
    /// writes anything; default 64 MB, below which every start checks it whole.
    pub check_from: u64,
    /// Whether the facets are in memory, as every search wants them; default yes. A program that
    /// only scans opens at once without, and takes no more memory for more files.
    pub facets: bool,
    /// The index takes no more pages than this, of 8,192 bytes; default no limit.
    pub most_pages: Option<u32>,
}

/// What opening the library had to do that the user should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The index was damaged. It is kept there, and a new one is being filled.
    IndexSetAside(PathBuf),
    /// The user's own data were damaged and are kept at `kept`; those of a backup are back.
    UserRestored {
        /// The damaged database.
        kept: PathBuf,
        /// The backup.
        backup: PathBuf,
    },
    /// The user's own data were damaged and are kept there, and there is no good backup.
    UserLost(PathBuf),
    /// Another program has the library open: here it can only be read.
    OpenElsewhere,
    /// The library lies where nothing can be written.
    CannotWrite,
}

enum Access {
    Write(File),
    /// Someone else writes.
    Read,
    /// Nobody can write there.
    Immutable,
}

impl StoreOptions {
    /// The usual options for the index at `index`.
    pub fn new(index: impl Into<PathBuf>) -> Self {
        Self {
            index: index.into(),
            readers: 4,
            read_only: false,
            acquire_timeout: Duration::from_secs(30),
            now: SystemTime::now,
            check_from: CHECKED_WHOLE,
            facets: true,
            most_pages: None,
        }
    }

    /// Where the user's own data lie.
    pub fn user_path(&self) -> PathBuf {
        beside(&self.index, ".user")
    }
}

impl Store {
    /// Opens the library, made anew where there is none. Damaged databases are put aside under
    /// another name; the notices say so.
    ///
    /// # Errors
    ///
    /// [`StoreError::Newer`] when a newer program has written it, [`StoreError::Foreign`] when
    /// another program's database lies there; both are left alone.
    pub fn open(options: StoreOptions) -> Result<(Self, Vec<Notice>), StoreError> {
        let mut notices = Vec::new();
        let user_path = options.user_path();
        let (index, user, lock) = match access(&options)? {
            Access::Write(lock) => {
                let index = open_index(&options, &mut notices)?;
                let user = open_user(&user_path, (options.now)(), &mut notices)?;
                (Some(index), user, Some(lock))
            }
            it => {
                let immutable = matches!(it, Access::Immutable);
                if !options.read_only {
                    let why = if immutable { Notice::CannotWrite } else { Notice::OpenElsewhere };
                    notices.push(why);
                }
                (None, read_user(&user_path)?, None)
            }
        };
        let immutable = lock.is_none() && !is_writable(&options.index);
        let readers =
            Readers::open(&options.index, options.readers, immutable, options.acquire_timeout)?;
        if index.is_none() {
            bring_up_to_date(&options, &readers, &mut notices)?;
        }
        let loaded = saved::load(&readers, options.facets)?;
        let inner = Inner {
            readers,
            facets: RwLock::new(loaded.facets),
            index: index.map(Mutex::new),
            user: Mutex::new(UserData::new(user)?),
            writing: AtomicBool::new(false),
            building: AtomicBool::new(loaded.building),
            twins: AtomicBool::new(loaded.twins),
            ordering: AtomicBool::new(false),
            damaged: AtomicBool::new(false),
            tag_names: RwLock::new(HashMap::new()),
            folder_names: Mutex::default(),
            removals: AtomicU64::new(0),
            _lock: lock,
            options,
        };
        inner.mark_all()?;
        let store = Self(Arc::new(inner));
        if let Err(error) = store.backup_if_due() {
            log::warn!("the user's own data could not be backed up: {error}");
        }
        store.renew_order_if_due();
        store.check_when_idle();
        Ok((store, notices))
    }
}

fn access(options: &StoreOptions) -> Result<Access, StoreError> {
    let index = &options.index;
    if options.read_only {
        return Ok(if is_writable(index) { Access::Read } else { Access::Immutable });
    }
    if let Some(folder) = index.parent().filter(|it| !it.as_os_str().is_empty())
        && !folder.exists()
    {
        std::fs::create_dir_all(folder).map_err(StoreError::io(folder))?;
    }
    let path = beside(index, ".lock");
    let lock = match File::options().create(true).append(true).open(&path) {
        Ok(lock) => lock,
        Err(error) if cannot_write(&error) && index.exists() => return Ok(Access::Immutable),
        Err(error) => return Err(StoreError::io(&path)(error)),
    };
    match lock.try_lock() {
        Ok(()) if index.exists() && !is_writable(index) => Ok(Access::Immutable),
        Ok(()) => Ok(Access::Write(lock)),
        Err(TryLockError::WouldBlock) => Ok(Access::Read),
        Err(TryLockError::Error(error)) => Err(StoreError::io(&path)(error)),
    }
}

fn open_index(options: &StoreOptions, notices: &mut Vec<Notice>) -> Result<Connection, StoreError> {
    let path = &options.index;
    if examine(path, INDEX_ID)? == Health::Damaged {
        notices.push(Notice::IndexSetAside(put_aside(path, (options.now)())?));
    }
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(30))?;
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "cache_size", -WRITER_CACHE_KB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", CHECKPOINT_PAGES * PAGE_BYTES)?;
    // The index points at nothing that the writer has not put there itself.
    connection.pragma_update(None, "foreign_keys", false)?;
    connection.set_prepared_statement_cache_capacity(64);
    migrate(&mut connection, INDEX_STEPS)?;
    if let Some(pages) = options.most_pages {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    Ok(connection)
}

fn open_user(
    path: &Path,
    now: SystemTime,
    notices: &mut Vec<Notice>,
) -> Result<Connection, StoreError> {
    if examine(path, USER_ID)? == Health::Damaged {
        let kept = put_aside(path, now)?;
        if let Some(backup) = newest_good(path) {
            std::fs::copy(&backup, path).map_err(StoreError::io(path))?;
            notices.push(Notice::UserRestored { kept, backup });
        } else {
            notices.push(Notice::UserLost(kept));
        }
    }
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(30))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    migrate(&mut connection, USER_STEPS)?;
    Ok(connection)
}

/// The user's own data for reading only; empty where they cannot be read, so that the search
/// goes on without them.
fn read_user(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let readable = Connection::open_with_flags(path, flags).and_then(|connection| {
        let version: u32 = connection.pragma_query_value(None, "user_version", |it| it.get(0))?;
        Ok((connection, version))
    });
    if let Ok((connection, USER_VERSION)) = readable {
        return Ok(connection);
    }
    let mut empty = Connection::open_in_memory()?;
    migrate(&mut empty, USER_STEPS)?;
    Ok(empty)
}

/// Who only reads can do nothing with an older program's index, nor with a newer one's: the
/// former is brought to the newest form by whoever may write.
fn bring_up_to_date(
    options: &StoreOptions,
    readers: &Readers,
    notices: &mut Vec<Notice>,
) -> Result<(), StoreError> {
    let known = INDEX_VERSION;
    let version = || -> Result<u32, StoreError> {
        Ok(readers.get()?.pragma_query_value(None, "user_version", |it| it.get(0))?)
    };
    if version()? < known {
        match access(&StoreOptions { read_only: false, ..options.clone() })? {
            Access::Write(_lock) => drop(open_index(options, notices)?),
            Access::Immutable => return Err(StoreError::Older { found: version()?, known }),
            // Whoever has the lock is about to.
            Access::Read => {}
        }
    }
    let found = version()?;
    match found.cmp(&known) {
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(StoreError::Newer { found, known }),
        std::cmp::Ordering::Less => Err(StoreError::Busy),
    }
}

fn is_writable(path: &Path) -> bool {
    match File::options().append(true).open(path) {
        Ok(_) => true,
        Err(error) => !cannot_write(&error),
    }
}

fn cannot_write(error: &std::io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}
