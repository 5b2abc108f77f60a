//! Random numbers and drawn faces, reproducible on every machine.

use std::collections::{HashMap, HashSet};

use kinfolk::cluster::FaceToGroup;
use kinfolk::vision::{EMBEDDING_LEN, Embedding};

/// A small random number generator (SplitMix64, Steele et al. 2014).
pub struct Draw(pub u64);

impl Draw {
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    pub fn uniform(&mut self) -> f32 {
        (self.bits() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// Approximately standard normal: the sum of twelve uniform numbers minus its mean.
    pub fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.uniform()).sum::<f32>() - 6.0
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.bits() % bound as u64) as usize
    }

    pub fn vector(&mut self) -> [f32; EMBEDDING_LEN] {
        std::array::from_fn(|_| self.normal())
    }
}

/// A face at about the mean cosine distance `noise`² / (1 + `noise`²) from others of the person.
pub fn face_of(person: &[f32; EMBEDDING_LEN], noise: f32, draw: &mut Draw) -> Embedding {
    let mut face = *person;
    face.iter_mut()
        .for_each(|number| *number += noise * draw.normal());
    Embedding::from_raw(face)
}

/// `count` faces of `people` in random order.
pub fn crowd(count: usize, people: usize, noise: f32, seed: u64) -> (Vec<Embedding>, Vec<usize>) {
    let mut draw = Draw(seed);
    let persons: Vec<_> = (0..people).map(|_| draw.vector()).collect();
    (0..count)
        .map(|_| {
            let person = draw.below(people);
            (face_of(&persons[person], noise, &mut draw), person)
        })
        .unzip()
}

/// Faces on different photos, without other constraints.
pub fn free(count: usize) -> Vec<FaceToGroup> {
    (0..count as u32)
        .map(|photo| FaceToGroup {
            photo,
            ..FaceToGroup::default()
        })
        .collect()
}

/// A face of one of `photos` photos with constraints of all kinds; a must-link only where it is allowed.
#[allow(dead_code, reason = "the tests use it")]
pub fn constrained(draw: &mut Draw, photos: usize, may_be_linked: bool) -> FaceToGroup {
    let photo = draw.below(photos) as u32;
    let must_link = (may_be_linked && draw.below(5) == 0).then(|| draw.below(3) as u32);
    FaceToGroup {
        photo,
        must_link,
        cannot_link: (0..3).filter(|_| draw.below(16) == 0).collect(),
        face_flag: match must_link {
            None if draw.below(4) == 0 => draw.uniform(),
            _ => 1.0,
        },
    }
}

/// The partition given by labels.
pub fn as_sets<L: std::hash::Hash + Eq>(labels: &[L]) -> HashSet<Vec<usize>> {
    let mut sets: HashMap<&L, Vec<usize>> = HashMap::new();
    for (face, label) in labels.iter().enumerate() {
        sets.entry(label).or_default().push(face);
    }
    sets.into_values().collect()
}
