//! Dates out of counted days. Civil date from days by Howard Hinnant's `civil_from_days`.

use std::time::{SystemTime, UNIX_EPOCH};

/// The year of a time in nanoseconds since 1970.
pub(crate) const fn year_of(nanos: i64) -> i64 {
    civil_of_days(nanos.div_euclid(86_400_000_000_000)).0
}

/// Seconds since 1970; 0 before.
pub(crate) fn secs_of(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs() as i64)
}

/// `2026-11-21`, in UTC.
pub(crate) fn day_text(time: SystemTime) -> String {
    let (year, month, day) = civil_of_days(secs_of(time).div_euclid(86_400));
    format!("{year:04}-{month:02}-{day:02}")
}

const fn civil_of_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day = z.rem_euclid(146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Its years begin in March.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + (month <= 2) as i64, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn years_turn_on_the_first_of_january() {
        const DAY: i64 = 86_400_000_000_000;
        // 1972 is a leap year: its last day is the 366th.
        let days = [-1, 0, 364, 365, 1_095, 1_096, 20_453, 20_454];
        let years = [1969, 1970, 1970, 1971, 1972, 1973, 2025, 2026];
        assert_eq!(days.map(|day| year_of(day * DAY)), years);
    }

    #[test]
    fn days_are_written_with_year_month_and_day() {
        let at = |secs| day_text(UNIX_EPOCH + Duration::from_secs(secs));
        assert_eq!(at(0), "1970-01-01");
        assert_eq!(at(951_782_400), "2000-02-29");
        assert_eq!(at(1_795_219_200 + 86_399), "2026-11-21");
    }
}
