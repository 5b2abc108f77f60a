//! Faces of a whole library, drawn with the statistics of real embeddings; reproducible on every machine.
//!
//! The constants reproduce measurements of Kinfolk's embeddings of the 6,410 labelled news photos (2,883 people). The
//! values in brackets are those of the drawn faces, at the same number of faces:
//! - distance of two people: mean .915, standard deviation .088 (.915, .090); at most .495 for 2.6 (0.6) pairs in a
//!   million (including mislabelled ones), .55 for 20 (14), .645 for 1,100 (1,150): this determines the cost of
//!   grouping;
//! - distance of two faces of a person, over people with five or more: mean .354, standard deviation over people .064
//!   (.342, .066); of a face to its person's others .347, .079, one in a hundred above .58 (.339, .078, .55);
//! - hubs: how often a face is among the ten nearest of others has skewness 1.0 and a maximum of 48 (1.5, 59);
//! - people by number of photos: a power law with exponent 1.95; the largest person has 1/27 of all photos;
//! - near copies, within .1 of another face: .013 of the faces; on the campus photos .84, on the web photos .10 (.20);
//! - faces of one photo: .85 are alone, .12 are two.

use std::f32::consts::E;

use kinfolk::cluster::FaceToGroup;
use kinfolk::vision::{EMBEDDING_LEN, Embedding};

use super::draw::Draw;

type Vector = [f32; EMBEDDING_LEN];

/// Length of the common direction, relative to a person's own vector.
const COMMON: f32 = 0.39;
/// The standard deviation of coordinate i falls as exp(-i / this).
const SPECTRUM: f32 = 300.0;
/// Number of kinds of people (age, sex, origin).
const KINDS: usize = 40;
/// Share of the variance that people of one kind have in common.
const OF_KIND: f32 = 0.15;
/// Median distance of a face from its person, and the spread (of the logarithm) over people and over faces.
const NOISE: f32 = 0.70;
const NOISE_OF_PERSON: f32 = 0.12;
const NOISE_OF_FACE: f32 = 0.25;
/// One face in this many is another shot of the previous face, at this distance from it.
const BURST: usize = 5;
const NOISE_OF_BURST: f32 = 0.25;
const POWER: f32 = 1.95;
const MAX_SHARE: usize = 27;
/// One face in this many shares its photo with the previous face.
const SHARED_PHOTO: usize = 7;

pub struct Population {
    pub embeddings: Vec<Embedding>,
    pub faces: Vec<FaceToGroup>,
    /// The person of each face.
    #[allow(dead_code, reason = "the benches use it")]
    pub people: Vec<u32>,
}

/// `count` faces in random order.
pub fn population(count: usize, seed: u64) -> Population {
    drawn(seed, |draw| owners(count, draw))
}

/// People with these numbers of faces, in random order.
#[allow(dead_code, reason = "the benches use it")]
pub fn population_of(sizes: &[usize], seed: u64) -> Population {
    let people = (0..).zip(sizes);
    let people = people.flat_map(|(person, &size)| std::iter::repeat_n(person, size));
    drawn(seed, |_| people.collect())
}

fn drawn(seed: u64, owners: impl FnOnce(&mut Draw) -> Vec<u32>) -> Population {
    let mut draw = Draw(seed);
    let model = Model::new(&mut draw);
    let mut people = owners(&mut draw);
    let count = people.len();
    let mut embeddings = Vec::with_capacity(count);
    let mut last: Option<(u32, Person)> = None;
    for &number in &people {
        let person = match last.take() {
            Some((same, person)) if same == number => person,
            _ => model.person(&mut draw),
        };
        let before = embeddings.last().filter(|_| person.drawn);
        embeddings.push(model.face(&person, before, &mut draw));
        last = Some((
            number,
            Person {
                drawn: true,
                ..person
            },
        ));
    }
    for position in (1..count).rev() {
        let other = draw.below(position + 1);
        embeddings.swap(position, other);
        people.swap(position, other);
    }
    Population {
        faces: photos(&people, &mut draw),
        embeddings,
        people,
    }
}

/// The person of each face, person by person.
fn owners(count: usize, draw: &mut Draw) -> Vec<u32> {
    let mut owners = Vec::with_capacity(count);
    let largest = (count / MAX_SHARE).max(1);
    for person in 0.. {
        if owners.len() >= count {
            break;
        }
        // A discrete power law from 1 (Clauset, Shalizi and Newman 2009, appendix D).
        let size = (0.5 * (1.0 - draw.uniform()).powf(-1.0 / (POWER - 1.0)) + 0.5) as usize;
        let size = size.clamp(1, largest).min(count - owners.len());
        owners.extend(std::iter::repeat_n(person, size));
    }
    owners
}

/// Photos of one face, or of two faces of different people.
fn photos(people: &[u32], draw: &mut Draw) -> Vec<FaceToGroup> {
    let mut photo = 0;
    (0..people.len())
        .map(|face| {
            let may_share = face > 0 && people[face - 1] != people[face];
            if !may_share || draw.below(SHARED_PHOTO) != 0 {
                photo += 1;
            }
            FaceToGroup {
                photo,
                ..FaceToGroup::default()
            }
        })
        .collect()
}

struct Person {
    centre: Vector,
    noise: f32,
    /// A face of this person was drawn before.
    drawn: bool,
}

struct Model {
    common: Vector,
    kinds: Vec<Vector>,
    spectrum: Vector,
}

impl Model {
    fn new(draw: &mut Draw) -> Model {
        let falling: Vector = std::array::from_fn(|i| (-(i as f32) / SPECTRUM).exp());
        let spectrum = scaled(&falling, 1.0 / length(&falling));
        let common = draw.vector();
        Model {
            common: scaled(&common, COMMON / length(&common)),
            kinds: (0..KINDS).map(|_| around(&spectrum, draw)).collect(),
            spectrum,
        }
    }

    fn person(&self, draw: &mut Draw) -> Person {
        let kind = &self.kinds[draw.below(KINDS)];
        let own = around(&self.spectrum, draw);
        let centre = std::array::from_fn(|i| {
            self.common[i] + OF_KIND.sqrt() * kind[i] + (1.0 - OF_KIND).sqrt() * own[i]
        });
        Person {
            centre: scaled(&centre, 1.0 / length(&centre)),
            noise: NOISE * E.powf(NOISE_OF_PERSON * draw.normal()),
            drawn: false,
        }
    }

    /// `before` is the previous face of the same person.
    fn face(&self, person: &Person, before: Option<&Embedding>, draw: &mut Draw) -> Embedding {
        let (centre, noise) = match before {
            Some(before) if draw.below(BURST) == 0 => (&before.0, NOISE_OF_BURST),
            _ => (
                &person.centre,
                person.noise * E.powf(NOISE_OF_FACE * draw.normal()),
            ),
        };
        let off = around(&self.spectrum, draw);
        Embedding::from_raw(std::array::from_fn(|i| centre[i] + noise * off[i]))
    }
}

/// A vector with mean squared length 1 whose coordinates have the standard deviations `spectrum`.
fn around(spectrum: &Vector, draw: &mut Draw) -> Vector {
    let vector = draw.vector();
    std::array::from_fn(|i| spectrum[i] * vector[i])
}

fn length(vector: &Vector) -> f32 {
    vector.iter().map(|v| v * v).sum::<f32>().sqrt()
}

fn scaled(vector: &Vector, by: f32) -> Vector {
    vector.map(|v| v * by)
}
