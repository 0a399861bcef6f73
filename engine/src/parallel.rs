//! Work on many tracks, spread over the processor's cores.
//!
//! For opening and compiling large songs. The threads end before the call returns.

use parking_lot::Mutex;

/// Threads at most: with more, memory is what they wait for.
const MOST_THREADS: usize = 8;
/// Notes below which starting threads (about 0.1 ms) costs more than it saves.
const WORTH_IT: usize = 50_000;

/// `work` done on every item, in order; `notes` is how many notes it is about in all.
/// Where the system gives no thread this one does everything.
pub(crate) fn map<T: Send, R: Send>(
    items: Vec<T>,
    notes: usize,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(MOST_THREADS).min(items.len());
    if notes < WORTH_IT || threads < 2 {
        return items.into_iter().map(work).collect();
    }
    let queue = Mutex::new(items.into_iter().enumerate());
    let share = || {
        let mut done = Vec::new();
        loop {
            // Taken in a statement of its own, so that nobody waits for the work.
            let next = queue.lock().next();
            let Some((index, item)) = next else { return done };
            done.push((index, work(item)));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads)
            .filter_map(|_| {
                let named = std::thread::Builder::new().name("many tracks".to_owned());
                named.spawn_scoped(scope, share).ok()
            })
            .collect();
        let mut done = share();
        for helper in helpers {
            match helper.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        for notes in [0, WORTH_IT] {
            let doubled = map((0..1000).collect(), notes, |item: usize| item * 2);
            assert_eq!(doubled, (0..2000).step_by(2).collect::<Vec<_>>());
        }
        assert_eq!(map(Vec::<usize>::new(), WORTH_IT, |item| item), Vec::<usize>::new());
    }
}
