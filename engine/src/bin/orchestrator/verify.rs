//! `orchestrator verify`: whether the index is what it was left as.

use crate::Outcome;
use crate::args::VerifyArgs;
use crate::output::{say, say_wrong};
use anyhow::Result;
use serde::Serialize;
use std::time::Instant;

/// What came of it.
#[derive(Serialize)]
struct Verified {
    /// No page of the database is damaged.
    sound: bool,
    /// What was made of names and melodies is what would be made now; null where the index
    /// itself is damaged.
    grams: Option<bool>,
    /// What tells the order of names is what would be told now; null as above.
    order: Option<bool>,
    seconds: f64,
}

pub(crate) fn run(args: &VerifyArgs) -> Result<Outcome> {
    let started = Instant::now();
    let store = crate::show::open_existing(&args.library)?;
    let sound = store.verify()?;
    let grams = if sound { Some(store.verify_grams()?) } else { None };
    let order = if sound { Some(store.verify_order()?) } else { None };
    let verified = Verified { sound, grams, order, seconds: started.elapsed().as_secs_f64() };
    if args.json {
        say(&serde_json::to_string(&verified)?);
    }
    let is_true = grams == Some(true) && order == Some(true);
    if !sound {
        say_wrong(
            "the index is damaged: it is put aside and made anew the next time it is opened; \
             then scan again. Your own data lie elsewhere",
        );
    }
    if grams == Some(false) {
        say_wrong("what finds names and melodies was not what it should be");
        if !store.is_read_only() {
            store.writer()?.remake_grams()?;
            say_wrong("it has been made anew");
        }
    }
    if order == Some(false) {
        say_wrong("what tells the order of names was not what it should be");
        if !store.is_read_only() {
            store.renew_order()?;
            say_wrong("it has been made anew");
        }
    }
    if is_true && !args.json {
        say(&format!("the index is sound ({:.1} s)", verified.seconds));
    }
    Ok(if is_true { Outcome::Done } else { Outcome::SomeFailed })
}
