//! Whether a database is what it was left as, and where it goes when it is not.

use super::StoreError;
use crate::library::date::day_text;
use rusqlite::{Connection, OpenFlags};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A database up to this size is checked whole at every start: 0.1 s.
pub(super) const CHECKED_WHOLE: u64 = 64 << 20;

/// How a database looks from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    /// There is none.
    Missing,
    Good,
    Damaged,
}

/// Looks at a database that nobody has open. A small one is checked whole; of a large one the
/// header, the size, the schema, and the first and last row of each table that files are in.
///
/// # Errors
///
/// [`StoreError::Foreign`] for a whole database that another program made, and what the
/// system says when the file cannot be read at all.
pub(super) fn examine(path: &Path, id: i32) -> Result<Health, StoreError> {
    let size = match std::fs::metadata(path) {
        Ok(metadata) => metadata.len(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Health::Missing),
        Err(error) => return Err(StoreError::io(path)(error)),
    };
    if marker(path).exists() {
        return Ok(Health::Damaged);
    }
    if size == 0 {
        // SQLite writes the first page of a new database when its first change is committed.
        return Ok(Health::Missing);
    }
    if !header_is_sound(path, size)? {
        return Ok(Health::Damaged);
    }
    match look_inside(path, size, id) {
        Ok(health) => Ok(health),
        // A schema that makes no sense is reported as a plain error.
        Err(StoreError::Damaged(_) | StoreError::Sql(_)) => Ok(Health::Damaged),
        Err(error) => Err(error),
    }
}

/// Gives a damaged database and its log another name, with the day in it; returns the new
/// name of the database.
pub(super) fn put_aside(path: &Path, now: SystemTime) -> Result<PathBuf, StoreError> {
    let kept = (1..1_000)
        .map(|n| {
            let again = if n == 1 { String::new() } else { format!("-{n}") };
            beside(path, &format!(".damaged-{}{again}", day_text(now)))
        })
        .find(|kept| !kept.exists())
        .unwrap_or_else(|| beside(path, ".damaged"));
    std::fs::rename(path, &kept).map_err(StoreError::io(path))?;
    // A log left behind would be taken for the new database's own.
    for log in ["-wal", "-shm"] {
        let from = beside(path, log);
        if from.exists() {
            std::fs::rename(&from, beside(&kept, log)).map_err(StoreError::io(&from))?;
        }
    }
    let marker = marker(path);
    if marker.exists() {
        std::fs::remove_file(&marker).map_err(StoreError::io(&marker))?;
    }
    Ok(kept)
}

/// Remembers beside a database that it is damaged, for the next start.
pub(super) fn mark_damaged(path: &Path) -> Result<(), StoreError> {
    let marker = marker(path);
    File::create(&marker).map(drop).map_err(StoreError::io(&marker))
}

/// A file beside a database, by what is added to its name.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Checks a whole database, which takes seconds for each gigabyte.
pub(super) fn is_sound(connection: &Connection) -> Result<bool, StoreError> {
    let verdict: Result<String, StoreError> =
        connection.query_row("PRAGMA quick_check(1)", [], |it| it.get(0)).map_err(StoreError::from);
    match verdict {
        Ok(verdict) => Ok(verdict == "ok"),
        Err(StoreError::Damaged(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

fn marker(path: &Path) -> PathBuf {
    beside(path, ".damaged")
}

/// Whether the first bytes are those of a database that fits into the file.
fn header_is_sound(path: &Path, size: u64) -> Result<bool, StoreError> {
    let mut header = [0; 100];
    let mut file = File::open(path).map_err(StoreError::io(path))?;
    match file.read_exact(&mut header) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(false),
        Err(error) => return Err(StoreError::io(path)(error)),
    }
    let [.., high, low] = *header.first_chunk::<18>().unwrap_or(&[0; 18]);
    let page = match u16::from_be_bytes([high, low]) {
        1 => 65_536,
        page => u64::from(page),
    };
    let word = |at: usize| {
        let bytes = header.get(at..at + 4).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |bytes| u64::from(u32::from_be_bytes(*bytes)))
    };
    // The page count is only true when it was written together with the change counter.
    let pages = if word(24) == word(92) { word(28) } else { 0 };
    Ok(header.starts_with(b"SQLite format 3\0")
        && page.is_power_of_two()
        && page >= 512
        && pages * page <= size)
}

fn look_inside(path: &Path, size: u64, id: i32) -> Result<Health, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    let tables: u32 =
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |it| it.get(0))?;
    let found: i32 = connection.pragma_query_value(None, "application_id", |it| it.get(0))?;
    if tables == 0 {
        return Ok(Health::Good);
    }
    if found != id {
        return Err(StoreError::Foreign(path.to_owned()));
    }
    if size <= CHECKED_WHOLE {
        return Ok(if is_sound(&connection)? { Health::Good } else { Health::Damaged });
    }
    let list = "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'
                AND sql NOT LIKE '%WITHOUT ROWID%'";
    let mut statement = connection.prepare(list)?;
    let names: Vec<String> = statement.query_map([], |it| it.get(0))?.collect::<Result<_, _>>()?;
    for name in names {
        for order in ["", "DESC"] {
            let look = format!("SELECT * FROM \"{name}\" ORDER BY rowid {order} LIMIT 1");
            connection.prepare(&look)?.query([])?.next()?;
        }
    }
    Ok(Health::Good)
}
