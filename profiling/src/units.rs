//! How bytes and shares are written in every report.
//! Pure formatting; any thread.

const UNITS: [&str; 7] = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];

/// Bytes in 1024-based units with two decimals; below 1 KB as a whole number.
///
/// ```
/// use profiling::units::format_bytes;
/// assert_eq!(format_bytes(0), "0 B");
/// assert_eq!(format_bytes(7 * 1024), "7.00 KB");
/// assert_eq!(format_bytes(1024 * 1024 - 1), "1.00 MB");
/// ```
pub fn format_bytes(bytes: u64) -> String {
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64;
    let mut unit = UNITS[0];
    for next in UNITS {
        unit = next;
        // 1023.995 and above would print as "1024.00".
        if value < 1023.995 {
            break;
        }
        if next != UNITS[UNITS.len() - 1] {
            value /= 1024.0;
        }
    }
    format!("{value:.2} {unit}")
}

/// Bytes with their sign in front; zero has none.
///
/// ```
/// assert_eq!(profiling::units::format_signed_bytes(-2048), "-2.00 KB");
/// ```
pub fn format_signed_bytes(bytes: i64) -> String {
    let sign = match bytes {
        i64::MIN..=-1 => "-",
        0 => "",
        1.. => "+",
    };
    format!("{sign}{}", format_bytes(bytes.unsigned_abs()))
}

/// A share of one as percent with one decimal.
///
/// ```
/// assert_eq!(profiling::units::format_percent(0.5714), "57.1%");
/// ```
pub fn format_percent(share: f64) -> String {
    format!("{:.1}%", share * 100.0)
}

/// `part / whole` as a share; 0 when the whole is 0.
pub fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_written_in_1024_based_units_with_two_decimals() {
        for (bytes, expected) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.00 KB"),
            (1536, "1.50 KB"),
            (100 * 1024 * 1024, "100.00 MB"),
            (1 << 40, "1.00 TB"),
            (u64::MAX, "16.00 EB"),
        ] {
            assert_eq!(format_bytes(bytes), expected);
        }
    }

    #[test]
    fn a_unit_never_reaches_1024() {
        assert_eq!(format_bytes((1 << 20) - 1), "1.00 MB");
        assert_eq!(format_bytes((1 << 30) - 1), "1.00 GB");
        assert_eq!(format_bytes(1023 * 1024), "1023.00 KB");
    }

    #[test]
    fn signed_bytes_carry_their_sign() {
        assert_eq!(format_signed_bytes(0), "0 B");
        assert_eq!(format_signed_bytes(1024), "+1.00 KB");
        assert_eq!(format_signed_bytes(i64::MIN), "-8.00 EB");
    }

    #[test]
    fn the_share_of_nothing_is_nothing() {
        assert_eq!(share(5, 0), 0.0);
        assert_eq!(format_percent(share(1, 8)), "12.5%");
    }
}
