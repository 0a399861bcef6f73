//! In which order files of one folder get their new names: whoever holds a name that another
//! wants goes first, and a ring of them is opened by parking one.

use super::plan::{Item, Outcome, path_key};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// One renaming.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// Which item of the plan.
    pub(super) item: usize,
    pub(super) from: PathBuf,
    pub(super) to: PathBuf,
    pub(super) kind: Kind,
}

/// What a renaming is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// From the old name to the new one.
    Whole,
    /// Out of the way of the others, under a name of ours.
    Park,
    /// From there to the new name.
    Unpark,
}

/// The renamings of a plan: what depends on each other lies together and is done as a whole.
pub(super) fn steps(items: &[Item]) -> Vec<Vec<Step>> {
    let moves: Vec<(usize, PathBuf, &Path)> = items
        .iter()
        .enumerate()
        .filter_map(|(index, item)| match &item.outcome {
            Outcome::Write(outputs) => {
                Some((index, item.source.place.to_path(), outputs.first()?.path.as_path()))
            }
            Outcome::Unchanged(_) | Outcome::Failed(_) => None,
        })
        .collect();
    let holders: HashMap<_, usize> =
        moves.iter().enumerate().map(|(at, (_, from, _))| (path_key(from), at)).collect();
    // Nobody wants the name of two, and no two want the same: chains and rings, no trees.
    let next = |at: usize| {
        let (_, _, to) = moves.get(at)?;
        holders.get(&path_key(to)).copied().filter(|&holder| holder != at)
    };
    let mut wanted_by = vec![None; moves.len()];
    for at in 0..moves.len() {
        if let Some(slot) = next(at).and_then(|holder| wanted_by.get_mut(holder)) {
            *slot = Some(at);
        }
    }
    let mut done = vec![false; moves.len()];
    let mut groups = Vec::new();
    // Chains first, from the one whose name nobody wants; what is left are rings.
    let heads = (0..moves.len()).filter(|at| wanted_by.get(*at) == Some(&None));
    let order: Vec<usize> = heads.chain(0..moves.len()).collect();
    for start in order {
        let mut group = Vec::new();
        let mut at = Some(start);
        while let Some(current) = at.filter(|&it| done.get(it) == Some(&false)) {
            if let Some(flag) = done.get_mut(current) {
                *flag = true;
            }
            group.push(current);
            at = next(current);
        }
        if group.is_empty() {
            continue;
        }
        let is_ring = at == Some(start);
        groups.push(in_order(&moves, &group, is_ring));
    }
    groups
}

fn in_order(moves: &[(usize, PathBuf, &Path)], group: &[usize], is_ring: bool) -> Vec<Step> {
    let step = |at: usize| {
        let (item, from, to) = moves.get(at)?;
        Some(Step { item: *item, from: from.clone(), to: to.to_path_buf(), kind: Kind::Whole })
    };
    let mut steps: Vec<Step> = group.iter().rev().filter_map(|&at| step(at)).collect();
    if is_ring && let Some(first) = steps.pop() {
        // The first of the ring wants the name of the second, and the last wants its own.
        let parked = first.from.with_file_name(format!(
            ".midi-parked-{}-{}.tmp",
            std::process::id(),
            first.item
        ));
        let park = Step { to: parked.clone(), kind: Kind::Park, ..first.clone() };
        steps.insert(0, park);
        steps.push(Step { from: parked, kind: Kind::Unpark, ..first });
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::batch::{Output, Source};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn items(renames: &[(String, String)]) -> Vec<Item> {
        let item = |(from, to): &(String, String)| Item {
            source: Source::file(&Path::new("/x").join(from)),
            hash: None,
            outcome: Outcome::Write(vec![Output {
                path: Path::new("/x").join(to),
                bytes: 0,
                notes: None,
            }]),
            remarks: Vec::new(),
        };
        renames.iter().map(item).collect()
    }

    /// Plays the steps on a folder of names that hold their own old names.
    fn play(renames: &[(String, String)]) -> BTreeMap<PathBuf, PathBuf> {
        let items = items(renames);
        let own = items.iter().map(|item| item.source.place.to_path());
        let mut folder: BTreeMap<PathBuf, PathBuf> = own.map(|path| (path.clone(), path)).collect();
        for step in steps(&items).into_iter().flatten() {
            assert!(!folder.contains_key(&step.to), "{step:?} takes a name that is in use");
            let file = folder.remove(&step.from).expect("it has that name");
            folder.insert(step.to, file);
        }
        folder
    }

    #[test]
    fn a_ring_is_opened_by_parking_one() {
        let names = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let folder = play(&[names("a", "b"), names("b", "c"), names("c", "a")]);
        assert_eq!(folder[Path::new("/x/b")], Path::new("/x/a"));
        assert_eq!(folder[Path::new("/x/a")], Path::new("/x/c"));
        assert_eq!(folder.len(), 3);
    }

    proptest! {
        #[test]
        fn every_file_gets_its_name_without_taking_another(
            to in Just((0..12usize).collect::<Vec<_>>()).prop_shuffle(),
            n in 1usize..9,
        ) {
            let renames: Vec<(String, String)> = (0..n)
                .zip(&to)
                .filter(|(from, to)| from != *to)
                .map(|(from, to)| (from.to_string(), to.to_string()))
                // A name of one that stays is never wanted: the plan sees to that.
                .collect();
            let stays: Vec<String> = (0..n).zip(&to).filter(|(a, b)| a == *b).map(|(a, _)| a.to_string()).collect();
            prop_assume!(renames.iter().all(|(_, to)| !stays.contains(to)));
            let folder = play(&renames);
            for (from, to) in &renames {
                prop_assert_eq!(&folder[&Path::new("/x").join(to)], &Path::new("/x").join(from));
            }
        }
    }
}
