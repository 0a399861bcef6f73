//! Short messages that come and go: what failed and why, what was done.
//!
//! Nothing here blocks: a message waits in its corner until it is read or old.

/// How grave it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Something was done.
    Done,
    /// Something is worth a look.
    Warning,
    /// Something failed. Stays until it is closed.
    Error,
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// How grave.
    pub grade: Grade,
    /// What happened, why, and what to do.
    pub text: String,
    /// When it came, in seconds of the interface's clock; `None` until the first frame shows it.
    pub since: Option<f64>,
}

/// Seconds until a message that needs no answer goes by itself.
const LIFE_SECS: f64 = 6.0;
/// Messages shown at once; older ones make room.
const MOST: usize = 4;

/// The messages of the window, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Notices(Vec<Notice>);

impl Notices {
    /// Tells that something was done.
    pub fn done(&mut self, text: &str) {
        self.push(Grade::Done, text);
    }

    /// Tells that something is worth a look.
    pub fn warning(&mut self, text: &str) {
        self.push(Grade::Warning, text);
    }

    /// Tells that something failed.
    pub fn error(&mut self, text: &str) {
        self.push(Grade::Error, text);
    }

    /// The messages, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Notice> {
        self.0.iter()
    }

    /// Closes the message at `index`.
    pub fn close(&mut self, index: usize) {
        if index < self.0.len() {
            self.0.remove(index);
        }
    }

    /// Drops what is old at `now`; returns the seconds until the next one goes.
    pub fn age(&mut self, now: f64) -> Option<f64> {
        for notice in &mut self.0 {
            notice.since.get_or_insert(now);
        }
        let left = |notice: &Notice| {
            let mortal = notice.grade != Grade::Error;
            mortal.then(|| LIFE_SECS - (now - notice.since.unwrap_or(now)))
        };
        self.0.retain(|notice| left(notice).is_none_or(|left| left > 0.0));
        self.0.iter().filter_map(left).reduce(f64::min)
    }

    fn push(&mut self, grade: Grade, text: &str) {
        // The same words twice are one message, seen again.
        self.0.retain(|notice| notice.text != text);
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        self.0.push(Notice { grade, text: text.to_owned(), since: None });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_stays_and_a_success_goes() {
        let mut notices = Notices::default();
        notices.error("no");
        notices.done("yes");
        assert_eq!(notices.age(10.0), Some(LIFE_SECS));
        assert_eq!(notices.age(10.0 + LIFE_SECS), None);
        let left: Vec<&str> = notices.iter().map(|notice| notice.text.as_str()).collect();
        assert_eq!(left, ["no"]);
    }

    #[test]
    fn saying_it_twice_shows_it_once() {
        let mut notices = Notices::default();
        notices.error("no");
        notices.error("no");
        assert_eq!(notices.iter().count(), 1);
    }
}
