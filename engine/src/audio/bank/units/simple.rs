//! Plain first versions of every family.

use crate::audio::bank::patch::{Part, Play, Unit};
use crate::audio::bank::tone::{Hiss, Motion, Partial, Shape, render};

pub(super) fn programs() -> Unit {
    let mut unit = Unit::default();
    for program in 0..128_u8 {
        let struck = matches!(program, 0..=15 | 24..=39 | 45..=47 | 55 | 96..=108 | 112..=127);
        let slope = 1.0 + f32::from(program % 8) * 0.1;
        let play = Play {
            attack: if struck { 0.0 } else { 0.03 },
            fall: if struck { 12.0 } else { 0.0 },
            release: 0.2,
            ..Play::default()
        };
        let layer = unit.layer(&[48, 72], |key| {
            let partials: Vec<Partial> = (1..16)
                .map(|k| Partial::new(k as f32, (k as f32).powf(-slope)))
                .map(|p| p.turned(p.ratio * 0.37))
                .collect();
            let shape = Shape { rate: 22_050.0, evolve: 0.0, looped: 0.1 };
            (render(key, shape, &partials, &[]), play.clone())
        });
        unit.melodic(program, vec![layer]);
    }
    unit
}

pub(super) fn drums() -> Unit {
    let mut unit = Unit::default();
    let shape = Shape { rate: 32_000.0, evolve: 0.5, looped: 0.0 };
    let parts = (27..=87_u8)
        .map(|key| {
            let hz = 200.0 + 120.0 * f32::from(key - 27);
            let hiss = Hiss { hz, q: 0.7, amp: 0.3, motion: Motion::falling(14.0) };
            let play = Play { release: 0.5, scale: 0.0, ..Play::default() };
            let wave = unit.wave(render(key, shape, &[], &[hiss]), &play);
            Part { wave, play, keys: Some((key, key)) }
        })
        .collect();
    unit.kit(0, "Standard Kit", parts);
    unit
}
