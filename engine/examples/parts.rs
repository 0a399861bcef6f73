//! What three parts of the scan bring beside what one would do without them: flume beside the
//! standard library's channel, warm readers beside a connection each time, the arena beside
//! reused and new vectors.
//!
//! `cargo run --release -p midi-daw-engine --example parts`. Each line is the best of seven
//! rounds, taken in turns. docs/library.md has the table.
#![expect(clippy::print_stdout, reason = "an example that reports")]

use bumpalo::Bump;
use bumpalo::collections::Vec as ArenaVec;
use engine::library::store::{Store, StoreOptions};
use rusqlite::{Connection, OpenFlags};
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::{Duration, Instant};

const ROUNDS: usize = 7;
/// Places in a channel, as between the stages of a scan on two cores.
const PLACES: usize = 8;
/// Messages through a channel in a round.
const MESSAGES: usize = 200_000;
/// Connections asked for in a round.
const ASKED: u32 = 500;

/// As large as what goes from the readers to the workers.
type Message = [u64; 20];

fn main() -> Result<(), Box<dyn Error>> {
    let [flume, std] = best([&mut through_flume, &mut through_std]);
    println!("| Channel of {PLACES} places, one thread to another | ns a message |\n|---|---|");
    println!("| flume | {:.0} |", nanos(flume, MESSAGES));
    println!("| std::sync::mpsc | {:.0} |", nanos(std, MESSAGES));

    let folder = tempfile::tempdir()?;
    let db = folder.path().join("library.db");
    let (store, _) = Store::open(StoreOptions::new(&db))?;
    let [warm, cold] = best([&mut || from_pool(&store), &mut || opened(&db)]);
    println!("\n| A reader and its first question | µs |\n|---|---|");
    println!("| from the warm pool | {:.1} |", nanos(warm, ASKED as usize) / 1e3);
    println!("| a connection opened for it | {:.1} |", nanos(cold, ASKED as usize) / 1e3);

    println!(
        "\n| Scratch of a file with | arena | reused vectors | new vectors |\n|---|---|---|---|"
    );
    for notes in [1_000_usize, 10_000, 100_000, 1_000_000] {
        let repeats = 2_000_000 / notes;
        let mut arena = Bump::new();
        let mut kept = Scratch::default();
        let [in_arena, reused, new] = best([
            &mut || (0..repeats).for_each(|_| in_arena(&mut arena, notes)),
            &mut || (0..repeats).for_each(|_| kept.fill(notes)),
            &mut || (0..repeats).for_each(|_| Scratch::default().fill(notes)),
        ]);
        let micros = |time| nanos(time, repeats) / 1e3;
        println!(
            "| {notes} notes | {:.1} µs | {:.1} µs | {:.1} µs |",
            micros(in_arena),
            micros(reused),
            micros(new),
        );
    }
    Ok(())
}

/// The shortest time of each, over rounds in turns.
fn best<const N: usize>(mut works: [&mut dyn FnMut(); N]) -> [Duration; N] {
    let mut best = [Duration::MAX; N];
    for _ in 0..ROUNDS {
        for (best, work) in best.iter_mut().zip(&mut works) {
            let started = Instant::now();
            work();
            *best = started.elapsed().min(*best);
        }
    }
    best
}

fn nanos(time: Duration, count: usize) -> f64 {
    time.as_secs_f64() * 1e9 / count as f64
}

fn through_flume() {
    let (sender, receiver) = flume::bounded::<Message>(PLACES);
    thread::scope(|scope| {
        scope.spawn(move || receiver.iter().map(black_box).count());
        black_box((0..MESSAGES).all(|number| sender.send([number as u64; 20]).is_ok()));
        drop(sender);
    });
}

fn through_std() {
    let (sender, receiver) = sync_channel::<Message>(PLACES);
    thread::scope(|scope| {
        scope.spawn(move || receiver.iter().map(black_box).count());
        black_box((0..MESSAGES).all(|number| sender.send([number as u64; 20]).is_ok()));
        drop(sender);
    });
}

fn from_pool(store: &Store) {
    for _ in 0..ASKED {
        let found = store.reader().ok().and_then(|reader| count(&reader));
        assert_eq!(black_box(found), Some(0));
    }
}

fn opened(db: &Path) {
    for _ in 0..ASKED {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let found = Connection::open_with_flags(db, flags).ok().and_then(|it| count(&it));
        assert_eq!(black_box(found), Some(0));
    }
}

fn count(connection: &Connection) -> Option<i64> {
    let mut asked = connection.prepare_cached("SELECT count(*) FROM files").ok()?;
    asked.query_row([], |row| row.get(0)).ok()
}

/// A note as the analysis holds it, and what it makes of one.
type Note = [u64; 3];
type Mark = (u32, u16, u8, u8);

fn note(index: usize) -> Note {
    [index as u64 * 120, 100, (index % 128) as u64]
}

const fn mark(note: &Note) -> Mark {
    (note[0] as u32, note[1] as u16, note[2] as u8, 0)
}

/// Notes whose number is not known before, marks and weights whose number is.
fn in_arena(arena: &mut Bump, notes: usize) {
    let mut found = ArenaVec::new_in(arena);
    (0..notes).for_each(|index| found.push(note(index)));
    let marks = arena.alloc_slice_fill_iter(found.iter().map(mark));
    let weights = arena.alloc_slice_fill_iter(marks.iter().map(|mark| f32::from(mark.1)));
    black_box((marks.len(), weights.len()));
    drop(found);
    arena.reset();
}

#[derive(Default)]
struct Scratch {
    notes: Vec<Note>,
    marks: Vec<Mark>,
    weights: Vec<f32>,
}

impl Scratch {
    fn fill(&mut self, notes: usize) {
        self.notes.clear();
        self.marks.clear();
        self.weights.clear();
        (0..notes).for_each(|index| self.notes.push(note(index)));
        self.marks.extend(self.notes.iter().map(mark));
        self.weights.extend(self.marks.iter().map(|mark| f32::from(mark.1)));
        black_box((self.marks.len(), self.weights.len()));
    }
}
