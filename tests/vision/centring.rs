//! Centred embeddings.

use kinfolk::vision::{EMBEDDING_LEN, Embedding, shared_directions};

use crate::support::draw::Draw;

type Vector = [f32; EMBEDDING_LEN];

fn product(one: &Vector, other: &Vector) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

/// `parts` along the mean direction, that of poor faces, that of everyday faces and the part of `own` beside them.
fn face(parts: [f32; 3], own: &Vector) -> Embedding {
    let mut rest = *own;
    for direction in shared_directions() {
        let along = product(&rest, direction);
        rest = std::array::from_fn(|at| rest[at] - along * direction[at]);
    }
    let rest = Embedding::from_raw(rest).0;
    let [mean, poor, everyday] = shared_directions();
    let own = (1.0 - product_of(parts)).sqrt();
    Embedding::from_raw(std::array::from_fn(|at| {
        parts[0] * mean[at] + parts[1] * poor[at] + parts[2] * everyday[at] + own * rest[at]
    }))
}

fn product_of(parts: [f32; 3]) -> f32 {
    parts.iter().map(|part| part * part).sum()
}

#[test]
fn shared_directions_are_at_right_angles() {
    let directions = shared_directions();
    for (nth, one) in directions.iter().enumerate() {
        for (other_nth, other) in directions.iter().enumerate() {
            let expected = if nth == other_nth { 1.0 } else { 0.0 };
            assert!((product(one, other) - expected).abs() < 1e-5);
        }
    }
}

#[test]
fn what_faces_share_is_removed_and_nothing_else() {
    let mut draw = Draw(1);
    let [mean, poor, everyday] = shared_directions();
    for parts in [[0.3, 0.0, 0.0], [0.2, 0.4, 0.1], [0.0, -0.1, -0.3]] {
        let own = draw.vector();
        let centred = face(parts, &own).centred();
        // What is left after the mean direction has norm 1; of the rest, the parts below are removed.
        let scale = 1.0 / (1.0 - parts[0] * parts[0]).sqrt();
        assert!(product(centred.numbers(), mean).abs() < 1e-5);
        assert!(product(centred.numbers(), poor).abs() < 1e-5);
        let half = 0.5 * parts[2] * scale;
        assert!((product(centred.numbers(), everyday) - half).abs() < 1e-5);
        let norm = 1.0 - (parts[1] * scale).powi(2) - 0.75 * (parts[2] * scale).powi(2);
        assert!(
            (centred.similarity(&centred) - norm).abs() < 1e-5,
            "{parts:?}"
        );
    }
}

#[test]
fn a_face_without_shared_parts_stays_as_it_is() {
    let once = face([0.0; 3], &Draw(2).vector());
    let twice = once.centred();
    let numbers = once.0.iter().zip(twice.numbers());
    assert!(numbers.into_iter().all(|(a, b)| (a - b).abs() < 1e-6));
}

#[test]
fn poor_faces_are_less_similar_and_their_copies_are_copies() {
    let mut draw = Draw(3);
    let (one, other) = (draw.vector(), draw.vector());
    let clear =
        [face([0.2, 0.0, 0.0], &one), face([0.2, 0.0, 0.0], &other)].map(|face| face.centred());
    let poor =
        [face([0.2, 0.5, 0.0], &one), face([0.2, 0.5, 0.0], &other)].map(|face| face.centred());
    let of_strangers = clear[0].similarity(&clear[1]);
    assert!(poor[0].similarity(&poor[1]).abs() < 0.8 * of_strangers.abs());
    assert!(poor[0].similarity(&poor[0]) < 0.8);
    assert!((poor[0].cosine(&poor[0]) - 1.0).abs() < 1e-5);
    assert!((poor[0].cosine(&poor[1]) - of_strangers).abs() < 1e-5);
}

#[test]
fn no_embedding_stays_none() {
    let none = Embedding([0.0; EMBEDDING_LEN]);
    let centred = none.centred();
    assert_eq!(centred.numbers(), &none.0);
    assert_eq!(centred.cosine(&centred), 0.0);
}
