//! Centred embeddings.

use kinfolk::vision::{EMBEDDING_LEN, Embedding};

use crate::support::draw::Draw;

fn rest_of(face: &Embedding) -> Embedding {
    Embedding(*face.centred().numbers())
}

fn part_taken_away(face: &Embedding) -> [f32; EMBEDDING_LEN] {
    let rest = rest_of(face);
    let kept = face.similarity(&rest);
    std::array::from_fn(|number| face.0[number] - kept * rest.0[number])
}

#[test]
fn one_direction_is_taken_away_and_nothing_else() {
    let mut draw = Draw(1);
    let faces = [(); 20].map(|()| Embedding::from_raw(draw.vector()));
    let directions = faces.map(|face| Embedding::from_raw(part_taken_away(&face)));
    for (face, direction) in faces.iter().zip(&directions) {
        let rest = rest_of(face);
        assert!((rest.similarity(&rest) - 1.0).abs() < 1e-5, "unit norm");
        assert!(rest.similarity(direction).abs() < 1e-3, "nothing is left");
        assert!(
            directions[0].similarity(direction).abs() > 0.999,
            "the same for all"
        );
    }
}

#[test]
fn twice_is_once() {
    let mut draw = Draw(2);
    let once = rest_of(&Embedding::from_raw(draw.vector()));
    let twice = rest_of(&once);
    assert!(
        once.0
            .iter()
            .zip(&twice.0)
            .all(|(a, b)| (a - b).abs() < 1e-6)
    );
}

#[test]
fn no_embedding_stays_none() {
    let none = Embedding([0.0; EMBEDDING_LEN]);
    assert_eq!(rest_of(&none), none);
}
