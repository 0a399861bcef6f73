//! A folder of profiling reports: one every ten minutes and one at exit, each compared with
//! the last of the same machine and scenario.
//!
//! Owns the file names and how many are kept. Touches files on the thread that calls it;
//! the time is passed in.

use profiling::Report;
use profiling::regression::{Regression, Thresholds, compare};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Reports that are kept of one machine and scenario: eight hours of them.
const KEPT: usize = 48;

/// Why reports cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum ProfileDirError {
    /// The folder cannot be made or written.
    #[error("profiling reports cannot be kept: {source}: {}", path.display())]
    Folder {
        /// What the system says.
        source: std::io::Error,
        /// The folder.
        path: PathBuf,
    },
    /// A report was not written.
    #[error("the profiling report was not written: {source}: {}", path.display())]
    Write {
        /// What the system says.
        source: std::io::Error,
        /// The file.
        path: PathBuf,
    },
    /// A report has no form as text.
    #[error("the profiling report was not written: {0}")]
    Report(#[from] profiling::report::ReportError),
}

/// The folder, for one machine and scenario.
#[derive(Clone, Debug)]
pub struct ProfileDir {
    folder: PathBuf,
    machine: String,
    scenario: String,
}

/// A report that was kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Where.
    pub path: PathBuf,
    /// The one before it.
    pub before: Option<Earlier>,
    /// What got slower or larger since then, the worst first.
    pub regressions: Vec<Regression>,
}

/// A report of an earlier time.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// Its file's name.
    pub name: String,
    /// What it says.
    pub report: Report,
}

impl ProfileDir {
    /// Makes the folder if it is missing, and sees that it can be written.
    ///
    /// # Errors
    /// When it cannot.
    pub fn open(folder: &Path, scenario: &str) -> Result<Self, ProfileDirError> {
        Self::of_machine(folder, scenario, &machine())
    }

    /// The same under another machine's name.
    ///
    /// # Errors
    /// When the folder cannot be made or written.
    pub fn of_machine(
        folder: &Path,
        scenario: &str,
        machine: &str,
    ) -> Result<Self, ProfileDirError> {
        let failed = |source| ProfileDirError::Folder { source, path: folder.to_owned() };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let probe = folder.join(format!(".midi-daw-{}.probe", std::process::id()));
        std::fs::write(&probe, b"").map_err(failed)?;
        std::fs::remove_file(&probe).map_err(failed)?;
        Ok(Self { folder: folder.to_owned(), machine: plain(machine), scenario: plain(scenario) })
    }

    /// The newest report of this machine and scenario that can be read.
    pub fn last(&self) -> Option<Earlier> {
        self.names().into_iter().rev().find_map(|name| {
            let text = std::fs::read_to_string(self.folder.join(&name)).ok()?;
            let report = Report::from_json(&text).ok()?;
            Some(Earlier { name, report })
        })
    }

    /// Writes `report` as of `now`, compares it with the last one, and removes the oldest
    /// ones beyond the bound.
    ///
    /// # Errors
    /// When it cannot be written; the reports before it are as they were.
    pub fn keep(&self, mut report: Report, now: SystemTime) -> Result<Kept, ProfileDirError> {
        puffin::profile_function!();
        report.machine = Some(self.machine.clone());
        report.scenario = Some(self.scenario.clone());
        let before = self.last();
        let regressions = before.as_ref().map_or_else(Vec::new, |before| {
            // Machine and scenario are the same: their names say so.
            compare(&before.report, &report, &Thresholds::default()).unwrap_or_default()
        });
        let path = self.free_path(now);
        engine::smf::save_atomically(&path, report.to_json()?.as_bytes())
            .map_err(|source| ProfileDirError::Write { source, path: path.clone() })?;
        self.prune();
        Ok(Kept { path, before, regressions })
    }

    fn prefix(&self) -> String {
        format!("profile-{}-{}-", self.machine, self.scenario)
    }

    /// Names carry the time first to last, so that their order is that of time.
    fn free_path(&self, now: SystemTime) -> PathBuf {
        let secs = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs();
        let named =
            |second: u64| self.folder.join(format!("{}{}.json", self.prefix(), stamp(second)));
        // Two in one second: the later one takes the next.
        (secs..secs + 3600).map(named).find(|path| !path.exists()).unwrap_or_else(|| named(secs))
    }

    /// The files of this machine and scenario, oldest first.
    fn names(&self) -> Vec<String> {
        let prefix = self.prefix();
        let is_ours = |name: &String| {
            let stamp = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(".json"));
            stamp.is_some_and(|stamp| {
                stamp.len() == 15 && stamp.bytes().all(|c| c.is_ascii_digit() || c == b'-')
            })
        };
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter(is_ours).collect();
        names.sort_unstable();
        names
    }

    fn prune(&self) {
        let names = self.names();
        for name in names.iter().take(names.len().saturating_sub(KEPT)) {
            if let Err(error) = std::fs::remove_file(self.folder.join(name)) {
                log::warn!("an old profiling report stays: {error}: {name}");
            }
        }
    }
}

/// This machine and build: times of others are not comparable.
fn machine() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname")
        .ok()
        .or_else(|| std::env::var("COMPUTERNAME").ok())
        .or_else(|| std::env::var("HOSTNAME").ok())
        .unwrap_or_else(|| "machine".to_owned());
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    format!("{}-{}-{}-{build}", host.trim(), std::env::consts::OS, std::env::consts::ARCH)
}

/// Letters and digits that every file system takes.
fn plain(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    name.chars().take(60).map(plain).collect()
}

/// `20261121-135500`, in UTC. Civil date from days by Howard Hinnant's `civil_from_days`.
fn stamp(secs: u64) -> String {
    let (days, second) = (secs / 86_400, secs % 86_400);
    let z = days + 719_468;
    let (era, day_of_era) = (z / 146_097, z % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{year:04}{month:02}{day:02}-{hour:02}{minute:02}{:02}", second % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(ui_ms: f64) -> Report {
        let mut report = Report::default();
        report.render.phases.ui.p95_ms = ui_ms;
        report
    }

    fn at(secs: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(secs)
    }

    #[test]
    fn a_time_is_written_in_utc_and_sorts_as_it_passes() {
        assert_eq!(stamp(0), "19700101-000000");
        assert_eq!(stamp(951_782_400), "20000229-000000");
        assert_eq!(stamp(1_795_269_599), "20261121-135959");
        assert!(stamp(1_795_269_599) < stamp(1_795_269_600));
    }

    #[test]
    fn a_report_is_compared_with_the_last_of_the_same_machine_and_scenario() {
        let folder = tempfile::tempdir().unwrap();
        let open = |scenario: &str, machine: &str| {
            ProfileDir::of_machine(folder.path(), scenario, machine).unwrap()
        };
        let edit = open("edit", "one");
        let first = edit.keep(report(1.0), at(1000)).unwrap();
        assert!(first.before.is_none() && first.regressions.is_empty());
        for other in [open("edit", "two"), open("scroll", "one")] {
            assert!(other.keep(report(9.0), at(1001)).unwrap().before.is_none());
        }
        let kept = edit.keep(report(1.2), at(1600)).unwrap();
        assert_eq!(kept.before.unwrap().report.render.phases.ui.p95_ms, 1.0);
        let named: Vec<&str> = kept.regressions.iter().map(|it| it.metric.as_str()).collect();
        assert_eq!(named, ["render.phases.ui.p95_ms"]);
        let name = kept.path.file_name().unwrap().to_string_lossy().into_owned();
        assert_eq!(name, "profile-one-edit-19700101-002640.json");
        let written = std::fs::read_to_string(&kept.path).unwrap();
        let written = Report::from_json(&written).unwrap();
        assert_eq!(
            (written.machine.as_deref(), written.scenario.as_deref()),
            (Some("one"), Some("edit"))
        );
    }

    #[test]
    fn old_reports_make_room_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let dir = ProfileDir::of_machine(folder.path(), "edit", "one").unwrap();
        let stranger = folder.path().join("profile-one-edit-mine.json");
        std::fs::write(&stranger, "{}").unwrap();
        for n in 0..KEPT as u64 + 5 {
            dir.keep(report(1.0), at(n * 600)).unwrap();
        }
        let names = dir.names();
        assert_eq!(names.len(), KEPT);
        assert_eq!(names[0], "profile-one-edit-19700101-005000.json");
        assert!(stranger.exists());
    }

    #[test]
    fn two_reports_of_one_second_are_both_kept_and_an_unreadable_one_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let dir = ProfileDir::of_machine(folder.path(), "edit", "one").unwrap();
        dir.keep(report(1.0), at(5)).unwrap();
        let second = dir.keep(report(2.0), at(5)).unwrap();
        assert_eq!(dir.names().len(), 2);
        std::fs::write(second.path, "no report").unwrap();
        assert_eq!(dir.last().unwrap().report.render.phases.ui.p95_ms, 1.0);
    }

    #[test]
    fn a_folder_that_cannot_be_written_says_so_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file");
        std::fs::write(&file, "").unwrap();
        let error = ProfileDir::open(&file, "edit").unwrap_err().to_string();
        assert!(error.starts_with("profiling reports cannot be kept: "), "{error}");
        assert!(error.ends_with("a file"), "{error}");
    }
}
