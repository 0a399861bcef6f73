//! Where in their quarters the notes of a song begin: one count for all that asks about grids.

use super::sheet::{GRAINS, Mark};
use std::f32::consts::TAU;
use std::sync::LazyLock;

const PLACES: usize = GRAINS as usize;
/// As in `tempo::fit`, which says why.
const GRIDS: [usize; 3] = [2, 3, 4];
const LEAST_STRENGTH: f32 = 0.25;
const FEWEST_ONSETS: u32 = 8;

/// How many notes begin at each of the 192 places of a quarter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phases {
    counts: [u32; PLACES],
    n_notes: u32,
}

impl Phases {
    /// Of notes in any order.
    pub fn of(marks: &[Mark]) -> Self {
        let mut counts = [0; PLACES];
        for mark in marks {
            if let Some(count) = counts.get_mut(mark.phase() as usize) {
                *count += 1;
            }
        }
        Self { counts, n_notes: marks.len() as u32 }
    }

    /// Mean distance from the nearest sixteenth or triplet eighth, in quarters; 0 without notes.
    pub fn off_grid(&self) -> f32 {
        let each = self.counts.iter().zip(DISTANCES);
        let sum: u64 = each.map(|(&count, grains)| u64::from(count) * u64::from(grains)).sum();
        sum as f32 / (self.n_notes.max(1) as f32 * GRAINS as f32)
    }

    /// How well the notes lie on the grid of quarters: what [`fits`](super::tempo::fits) says
    /// of them, by the same formula and limits, but to the nearest grain. That asks for a sine
    /// and a cosine of each note on each grid; this only for those of places that are taken.
    /// `None` where the notes contradict the grid.
    pub fn fit(&self) -> Option<f32> {
        if self.n_notes < FEWEST_ONSETS {
            return Some(1.0);
        }
        let [mut on_grid_0, mut on_grid_1, mut on_grid_2] = [(0.0_f32, 0.0_f32); 3];
        for (place, &count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let sums = [&mut on_grid_0, &mut on_grid_1, &mut on_grid_2];
            for ((x, y), grid) in sums.into_iter().zip(GRIDS) {
                let (cos, sin) = CIRCLE.get(place * grid % PLACES).copied().unwrap_or_default();
                *x += count as f32 * cos;
                *y += count as f32 * sin;
            }
        }
        let longest = [on_grid_0, on_grid_1, on_grid_2].map(|(x, y)| x.hypot(y));
        let n_notes = self.n_notes as f32;
        let strength = longest.into_iter().fold(0.0, f32::max) / n_notes;
        let chance = (3.0 / n_notes.sqrt()).min(0.9);
        (strength > LEAST_STRENGTH.max(chance)).then_some(strength)
    }
}

/// Cosine and sine of each place of a quarter.
static CIRCLE: LazyLock<[(f32, f32); PLACES]> = LazyLock::new(|| {
    std::array::from_fn(|place| {
        let angle = TAU * place as f32 / PLACES as f32;
        (angle.cos(), angle.sin())
    })
});

/// Grains from each place of a quarter to the nearest sixteenth or triplet eighth.
const DISTANCES: [u8; PLACES] = {
    let mut distances = [0; PLACES];
    let mut place = 0;
    while place < PLACES {
        let from_sixteenth = place % (PLACES / 4);
        let from_triplet = place % (PLACES / 3);
        let all =
            [from_sixteenth, PLACES / 4 - from_sixteenth, from_triplet, PLACES / 3 - from_triplet];
        let mut nearest = PLACES;
        let mut index = 0;
        while index < all.len() {
            if all[index] < nearest {
                nearest = all[index];
            }
            index += 1;
        }
        distances[place] = nearest as u8;
        place += 1;
    }
    distances
};

#[cfg(test)]
mod tests {
    use super::super::sheet::tests::{note, sheet};
    use super::super::tempo::fits;
    use super::*;
    use bumpalo::Bump;
    use proptest::prelude::*;

    #[test]
    fn off_grid_is_the_distance_to_sixteenths_and_triplets() {
        let arena = Bump::new();
        let late =
            |by: f64| Phases::of(sheet(&mut [note(0.25 + by, 0.2, 60)], &arena).marks).off_grid();
        assert_eq!((late(0.0), late(1.0 / 3.0 - 0.25)), (0.0, 0.0));
        assert!((late(0.02) - 0.02).abs() < 0.003);
        assert_eq!(Phases::of(&[]).off_grid(), 0.0);
    }

    proptest! {
        #[test]
        fn it_fits_where_the_tempo_says_it_fits(
            places in prop::collection::vec(0u32..200, 0..300), loose in 0.0f64..0.3, grid in 1u32..6,
        ) {
            let mut notes: Vec<_> = places.iter().enumerate().map(|(index, &place)| {
                let off = loose * f64::from(index as u32 * 7919 % 100) / 100.0;
                note(f64::from(place) / f64::from(grid) + off, 0.2, 60)
            }).collect();
            let arena = Bump::new();
            let found = Phases::of(sheet(&mut notes, &arena).marks).fit();
            let expected = fits(&notes, 480);
            // A grain's rounding may only decide where the two are all but equal.
            let limit = 0.25_f64.max((3.0 / (notes.len() as f64).sqrt()).min(0.9));
            if (expected.strength - limit).abs() > 0.01 {
                prop_assert_eq!(found.is_some(), expected.trusted);
            }
            if let Some(strength) = found {
                prop_assert!((f64::from(strength) - expected.strength).abs() < 0.01);
            }
        }
    }
}
