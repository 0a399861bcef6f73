//! Copies of the user database: one a day on which something changed, the newest seven kept.

use super::UserData;
use crate::library::date::day_text;
use crate::library::store::StoreError;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How many backups are kept.
pub const BACKUPS_KEPT: usize = 7;

/// Pages that are copied at a time.
const PAGES_AT_A_TIME: i32 = 1_024;

/// The backups of the user database at `path`, the newest first.
pub fn backups(path: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Vec::new() };
    let mut prefix = name.to_owned();
    prefix.push(".backup-");
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| is_backup(&entry.file_name(), &prefix))
        .map(|entry| entry.path())
        .collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found
}

/// Makes the backup of today when something has changed since the last one; returns whether
/// it did. The copy has another name until it is whole.
pub(crate) fn backup_if_due(
    user: &UserData,
    path: &Path,
    now: SystemTime,
) -> Result<bool, StoreError> {
    let changes = user.noted("changes")?.unwrap_or_default();
    let today = backup_path(path, now);
    let backed_up = user.noted("backed_up")?.unwrap_or_else(|| "0".to_owned());
    if backed_up == changes || today.exists() {
        return Ok(false);
    }
    let mut unfinished = today.clone().into_os_string();
    unfinished.push(".part");
    let unfinished = PathBuf::from(unfinished);
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(StoreError::io(&unfinished)(error));
        }
        _ => {}
    }
    let copied = copy(user.connection(), &unfinished);
    let moved =
        copied.and_then(|()| std::fs::rename(&unfinished, &today).map_err(StoreError::io(&today)));
    if let Err(error) = moved {
        std::fs::remove_file(&unfinished).ok();
        return Err(error);
    }
    user.note("backed_up", &changes)?;
    for old in backups(path).iter().skip(BACKUPS_KEPT) {
        std::fs::remove_file(old).map_err(StoreError::io(old))?;
    }
    Ok(true)
}

/// The newest backup that is whole.
pub(crate) fn newest_good(path: &Path) -> Option<PathBuf> {
    backups(path).into_iter().find(|backup| is_whole(backup))
}

fn is_whole(path: &Path) -> bool {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let check = Connection::open_with_flags(path, flags).and_then(|connection| {
        connection.query_row("PRAGMA integrity_check(1)", [], |it| it.get::<_, String>(0))
    });
    check.is_ok_and(|verdict| verdict == "ok")
}

fn copy(from: &Connection, to: &Path) -> Result<(), StoreError> {
    let mut to = Connection::open(to)?;
    Backup::new(from, &mut to)?.run_to_completion(PAGES_AT_A_TIME, Duration::ZERO, None)?;
    // A backup is one file: it goes without a log of its own.
    to.pragma_update(None, "journal_mode", "delete")?;
    Ok(())
}

fn backup_path(path: &Path, now: SystemTime) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".backup-{}", day_text(now)));
    name.into()
}

fn is_backup(name: &OsString, prefix: &OsString) -> bool {
    let (name, prefix) = (name.as_encoded_bytes(), prefix.as_encoded_bytes());
    // A day as `2026-11-21`; what is unfinished has more behind it.
    name.strip_prefix(prefix).is_some_and(|day| {
        day.len() == 10 && day.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-')
    })
}
