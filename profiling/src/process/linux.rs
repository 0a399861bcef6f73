//! Linux: `/proc/self`.

use std::fs;

use super::SystemFigures;

pub(super) fn read() -> SystemFigures {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    // Not readable in some containers: zero, as for a system that cannot tell.
    let io = fs::read_to_string("/proc/self/io").unwrap_or_default();
    SystemFigures {
        rss_bytes: field(&status, "VmRSS:").saturating_mul(1024),
        read_bytes: field(&io, "read_bytes:"),
        written_bytes: field(&io, "write_bytes:"),
        // Reading the folder opens one more.
        open_files: fs::read_dir("/proc/self/fd")
            .map_or(0, |folder| (folder.count() as u64).saturating_sub(1)),
    }
}

pub(super) fn peak_rss_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    field(&status, "VmHWM:").saturating_mul(1024)
}

/// The number behind `name` at the start of a line; 0 when there is none.
fn field(text: &str, name: &str) -> u64 {
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_at_the_start_of_its_line() {
        let io = "rchar: 12\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 7\n";
        assert_eq!(field(io, "read_bytes:"), 4096);
        assert_eq!(field(io, "write_bytes:"), 8192);
        assert_eq!(field("VmRSS:\t  2048 kB\n", "VmRSS:"), 2048);
        assert_eq!(field("", "VmRSS:"), 0);
        assert_eq!(field("VmRSS: many", "VmRSS:"), 0);
    }
}
