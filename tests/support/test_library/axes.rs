//! Faces by their parts along directions at right angles, so that their distances can be worked out by hand.

use std::sync::LazyLock;

use kinfolk::vision::{EMBEDDING_LEN, Embedding};

/// Unit vectors at right angles to each other and to what all faces have in common, so that distances worked out by hand
/// are those that grouping sees.
pub static AXES: LazyLock<Vec<Embedding>> = LazyLock::new(|| {
    let mut axes: Vec<Embedding> = Vec::new();
    for number in 0..EMBEDDING_LEN / 2 {
        let mut axis = [0.0; EMBEDDING_LEN];
        axis[number] = 1.0;
        let mut axis = Embedding(*Embedding(axis).centred().numbers());
        for other in &axes {
            let along = axis.similarity(other);
            axis.0 = std::array::from_fn(|at| axis.0[at] - along * other.0[at]);
        }
        axes.push(Embedding::from_raw(axis.0));
    }
    axes
});

/// The direction that all faces have in common.
static COMMON: LazyLock<Embedding> = LazyLock::new(|| {
    let mut axis = [0.0; EMBEDDING_LEN];
    axis[0] = 1.0;
    let axis = Embedding(axis);
    let rest = axis.centred();
    let kept = axis.similarity(&Embedding(*rest.numbers()));
    Embedding::from_raw(std::array::from_fn(|at| {
        axis.0[at] - kept * rest.numbers()[at]
    }))
});

/// The face as the recognizer would give it: with a part of this length along what all faces have in common.
pub fn with_common(face: &Embedding, common: f32) -> Embedding {
    let own = (1.0 - common * common).sqrt();
    Embedding::from_raw(std::array::from_fn(|at| {
        own * face.0[at] + common * COMMON.0[at]
    }))
}

/// The face with these parts along axes.
pub fn along(parts: &[(usize, f32)]) -> Embedding {
    let part = |at: usize| {
        parts
            .iter()
            .map(move |(axis, part)| part * AXES[*axis].0[at])
    };
    Embedding::from_raw(std::array::from_fn(|at| part(at).sum()))
}

/// A face at this similarity to the person's axis; the rest of it is an axis of its own.
pub fn at(person: usize, similarity: f32, own_axis: usize) -> Embedding {
    let rest = (1.0 - similarity * similarity).sqrt();
    along(&[(person, similarity), (own_axis, rest)])
}
