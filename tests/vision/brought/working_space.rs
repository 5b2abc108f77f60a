//! The 128 working numbers of vectors of any length.

use kinfolk::vision::Embedding;
use kinfolk::vision::brought::{SpaceError, WorkingSpace};

use super::cosine;
use crate::support::draw::Draw;

type Vector = Vec<f32>;

fn normalised(mut vector: Vector) -> Vector {
    let norm = vector
        .iter()
        .map(|number| number * number)
        .sum::<f32>()
        .sqrt();
    vector.iter_mut().for_each(|number| *number /= norm);
    vector
}

/// People whose faces vary around a direction of their own, in a space with a common direction and with less variance along
/// each further axis, as the outputs of recognizers have.
struct Population {
    draw: Draw,
    dimension: usize,
    /// Variance falls to this share over the axes.
    last: f32,
    common: f32,
    noise: f32,
}

impl Population {
    fn drawn(&mut self) -> Vector {
        let fall = |index: usize| self.last.powf(0.5 * index as f32 / self.dimension as f32);
        (0..self.dimension)
            .map(|index| fall(index) * self.draw.normal())
            .collect()
    }

    fn people(&mut self, count: usize, faces: usize) -> Vec<Vec<Vector>> {
        let person = |population: &mut Self| {
            let own = population.drawn();
            let face = |population: &mut Self| {
                let noise = population.drawn();
                let mut face: Vector = own
                    .iter()
                    .zip(noise)
                    .map(|(own, noise)| own + population.noise * noise)
                    .collect();
                face[3] += population.common * (population.dimension as f32).sqrt();
                normalised(face)
            };
            (0..faces).map(|_| face(population)).collect()
        };
        (0..count).map(|_| person(self)).collect()
    }
}

fn population(dimension: usize, seed: u64) -> Population {
    Population {
        draw: Draw(seed),
        dimension,
        last: 0.05,
        common: 0.25,
        noise: 1.3,
    }
}

/// The cosine after the mean direction over people is removed.
fn centred_cosine(people: &[Vec<Vector>], a: &[f32], b: &[f32]) -> f64 {
    let mut mean = vec![0.0; a.len()];
    for person in people {
        let mut sum = vec![0.0; a.len()];
        person.iter().for_each(|face| {
            sum.iter_mut()
                .zip(face)
                .for_each(|(sum, number)| *sum += number)
        });
        let sum = normalised(sum);
        mean.iter_mut()
            .zip(sum)
            .for_each(|(mean, number)| *mean += number);
    }
    let mean = normalised(mean);
    let rest = |vector: &[f32]| -> Vector {
        let along: f32 = vector.iter().zip(&mean).map(|(a, b)| a * b).sum();
        vector
            .iter()
            .zip(&mean)
            .map(|(number, mean)| number - along * mean)
            .collect()
    };
    cosine(&rest(a), &rest(b))
}

/// Where the vectors vary alike along all axes, as SFace's do, nothing is stretched: what the program compares are the cosines
/// of the centred vectors, with the common part.
#[test]
fn vectors_like_those_of_sface_keep_their_cosines() {
    for dimension in [120, 127, 128] {
        let mut even = population(dimension, 1);
        even.last = 1.0;
        let people = even.people(400, 2);
        let space = WorkingSpace::fit(&people).unwrap();
        let figures = space.figures();
        assert_eq!(
            (space.dimension(), figures.people, figures.faces),
            (dimension, 400, 800)
        );
        assert!(
            figures.kept > 0.99 && figures.whitening < 0.4,
            "{figures:?}"
        );
        let faces: Vec<&Vector> = people.iter().flatten().collect();
        for pair in faces.chunks_exact(2).chain(faces.windows(2).take(50)) {
            let [a, b] = [pair[0], pair[1]].map(|vector| space.working(vector).centred());
            let expected = 0.987 * centred_cosine(&people, pair[0], pair[1]) + 0.013;
            let found = f64::from(a.similarity(&b));
            assert!(
                (found - expected).abs() < 0.08,
                "{dimension}: {found} and {expected}"
            );
        }
    }
}

/// What everything that compares faces does, taking off the directions that faces share, changes nothing.
#[test]
fn centring_leaves_working_numbers_as_they_are() {
    for dimension in [110, 128, 512] {
        let people = population(dimension, 2).people(40, 2);
        let space = WorkingSpace::fit(&people).unwrap();
        for vector in people.iter().flatten() {
            let working = space.working(vector);
            let centred = Embedding(*working.centred().numbers());
            assert!(working.similarity(&centred) > 0.99999);
            assert!((working.similarity(&working) - 1.0).abs() < 1e-5);
        }
    }
}

/// d′: how far pairs of one person lie from pairs of two, in standard deviations.
fn separation(same: &[f64], other: &[f64]) -> f64 {
    let mean = |numbers: &[f64]| numbers.iter().sum::<f64>() / numbers.len() as f64;
    let variance = |numbers: &[f64]| {
        let middle = mean(numbers);
        numbers
            .iter()
            .map(|number| (number - middle).powi(2))
            .sum::<f64>()
            / numbers.len() as f64
    };
    (mean(same) - mean(other)) / ((variance(same) + variance(other)) / 2.0).sqrt()
}

/// The similarities of pairs of one person and of two, of all faces.
fn similarities<F>(people: &[Vec<F>], similarity: impl Fn(&F, &F) -> f64) -> (Vec<f64>, Vec<f64>) {
    let faces: Vec<(usize, &F)> = people
        .iter()
        .enumerate()
        .flat_map(|(person, faces)| faces.iter().map(move |face| (person, face)))
        .collect();
    let (mut same, mut other) = (Vec::new(), Vec::new());
    for (index, (person, face)) in faces.iter().enumerate() {
        for (second, face_of_second) in &faces[..index] {
            let list = if person == second {
                &mut same
            } else {
                &mut other
            };
            list.push(similarity(face, face_of_second));
        }
    }
    (same, other)
}

/// New people, whom the space was not fitted to, are told apart about as well by the working numbers as by the vectors, and
/// strangers lie as far apart as SFace's: .987 on average, with a deviation of .0922.
#[test]
fn new_people_are_told_apart_as_sface_tells_them_apart() {
    // In vectors that fill 512 dimensions evenly, 124 directions keep two thirds of the variance, and of d′.
    for (dimension, fitted, least) in [
        (512, 30, 0.5),
        (512, 500, 0.55),
        (256, 500, 0.75),
        (128, 500, 0.9),
    ] {
        let mut population = population(dimension, 6);
        let space = WorkingSpace::fit(&population.people(fitted, 4)).unwrap();
        let new = population.people(150, 4);
        let working: Vec<Vec<_>> = new
            .iter()
            .map(|faces| {
                faces
                    .iter()
                    .map(|face| space.working(face).centred())
                    .collect()
            })
            .collect();
        let whole = similarities(&new, |a, b| cosine(a, b));
        let short = similarities(&working, |a, b| f64::from(a.similarity(b)));
        let (before, after) = (
            separation(&whole.0, &whole.1),
            separation(&short.0, &short.1),
        );
        let strangers = moments(&short.1);
        println!(
            "{dimension} numbers, {fitted} people: {:?}, d' {before:.2} before and {after:.2} after, strangers {strangers:?}, \
             one person {:?}",
            space.figures(),
            moments(&short.0)
        );
        assert!(
            after > least * before,
            "d' {before:.2} before and {after:.2} after"
        );
        assert!((strangers.0 - 0.025).abs() < 0.02, "{strangers:?}");
        let wide = if fitted < 100 { 1.6 } else { 1.15 };
        assert!(
            (0.8 * 0.0922..wide * 0.0922).contains(&strangers.1),
            "{strangers:?}"
        );
    }
}

/// Mean and standard deviation.
fn moments(numbers: &[f64]) -> (f64, f64) {
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    let variance = numbers
        .iter()
        .map(|number| (number - mean).powi(2))
        .sum::<f64>()
        / numbers.len() as f64;
    (mean, variance.sqrt())
}

/// Somebody whom half of the photos show does not become the mean direction.
#[test]
fn each_person_counts_once_for_the_mean_direction() {
    let mut population = population(128, 7);
    let mut people = population.people(60, 2);
    let even = WorkingSpace::fit(&people).unwrap();
    let many = people[0][0].clone();
    people[0].extend(vec![many; 200]);
    let uneven = WorkingSpace::fit(&people).unwrap();
    for face in people[1..].iter().flatten().take(40) {
        let [before, after] = [&even, &uneven].map(|space| {
            space
                .working(face)
                .similarity(&space.working(&people[0][0]))
        });
        assert!((before - after).abs() < 0.25, "{before} and {after}");
    }
}

#[test]
fn strangers_that_lie_too_close_together_are_told() {
    let people = population(32, 1).people(60, 3);
    let error = WorkingSpace::fit(&people).unwrap_err();
    assert!(
        matches!(error, SpaceError::TooWide { .. }) && error.to_string().contains("longer vectors"),
        "{error}"
    );
}

#[test]
fn a_space_is_stored_and_read_again() {
    for dimension in [128, 200] {
        let people = population(dimension, 8).people(30, 2);
        let space = WorkingSpace::fit(&people).unwrap();
        let again = WorkingSpace::from_json(&space.to_json()).unwrap();
        assert_eq!(again.working(&people[0][0]), space.working(&people[0][0]));
        assert_eq!(again.name(), space.name());
        assert_eq!(again.figures().faces, space.figures().faces);
    }
}

#[test]
fn damaged_spaces_are_refused() {
    let people = population(200, 8).people(30, 2);
    let json = WorkingSpace::fit(&people).unwrap().to_json();
    let parsed: serde_json::Value = serde_json::from_str(&json).unwrap();
    let mut broken = vec![String::new(), "{}".into(), json[..json.len() - 1].into()];
    for (field, value) in [
        ("mean_direction", serde_json::json!([])),
        ("mean_direction", serde_json::json!([1.0, 2.0])),
        ("directions", serde_json::json!([1.0])),
        ("directions", serde_json::Value::Null),
        ("figures", serde_json::json!({})),
    ] {
        let mut other = parsed.clone();
        other[field] = value;
        broken.push(other.to_string());
    }
    for text in broken {
        let error = WorkingSpace::from_json(&text).unwrap_err();
        assert!(
            matches!(error, SpaceError::Damaged(_)) && error.to_string().contains("migrate"),
            "{error}"
        );
    }
}

#[test]
fn too_little_to_fit_to_is_told() {
    let few = population(128, 1).people(5, 3);
    assert_eq!(WorkingSpace::fit(&few), Err(SpaceError::TooFewPeople(5)));
    let alike = vec![vec![normalised(vec![1.0; 64])]; 40];
    assert_eq!(WorkingSpace::fit(&alike), Err(SpaceError::NoDirections));
    let alike = vec![vec![normalised(vec![1.0; 300])]; 40];
    assert_eq!(WorkingSpace::fit(&alike), Err(SpaceError::NoDirections));
}
