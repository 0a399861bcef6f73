//! Minutes and seconds as people read them.

/// Minutes, seconds and thousandths; hours only when there are any.
pub(super) fn time_text(secs: f64) -> String {
    let millis = (secs.max(0.0) * 1000.0) as u64;
    let (minutes, seconds, rest) = (millis / 60_000, millis / 1000 % 60, millis % 1000);
    if minutes < 60 {
        return format!("{minutes:02}:{seconds:02}.{rest:03}");
    }
    format!("{}:{:02}:{seconds:02}.{rest:03}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_read_as_minutes_and_seconds() {
        assert_eq!(time_text(32.417), "00:32.417");
        assert_eq!(time_text(3_661.5), "1:01:01.500");
    }
}
