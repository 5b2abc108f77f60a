//! Faces given by their components along orthogonal directions, so that distances can be computed by hand.

use std::sync::LazyLock;

use kinfolk::vision::{EMBEDDING_LEN, Embedding, shared_directions};

/// Unit vectors orthogonal to each other and to the directions that centring shortens, so that distances computed by hand
/// are those of the centred embeddings that grouping uses.
pub static AXES: LazyLock<Vec<Embedding>> = LazyLock::new(|| {
    let mut axes: Vec<Embedding> = Vec::new();
    for number in 0..EMBEDDING_LEN / 2 {
        let mut axis = [0.0; EMBEDDING_LEN];
        axis[number] = 1.0;
        let mut axis = Embedding(axis);
        let shared = shared_directions().map(|direction| Embedding(*direction));
        for other in shared.iter().chain(&axes) {
            let along = axis.similarity(other);
            axis.0 = std::array::from_fn(|at| axis.0[at] - along * other.0[at]);
        }
        axes.push(Embedding::from_raw(axis.0));
    }
    axes
});

/// The embedding as the recognizer returns it: with a component of this length along the mean direction.
pub fn with_common(face: &Embedding, common: f32) -> Embedding {
    let own = (1.0 - common * common).sqrt();
    let [mean, ..] = shared_directions();
    Embedding::from_raw(std::array::from_fn(|at| {
        own * face.0[at] + common * mean[at]
    }))
}

/// The face with these components.
pub fn along(parts: &[(usize, f32)]) -> Embedding {
    let part = |at: usize| {
        parts
            .iter()
            .map(move |(axis, part)| part * AXES[*axis].0[at])
    };
    Embedding::from_raw(std::array::from_fn(|at| part(at).sum()))
}

/// A face with this similarity to the person's axis; the rest is on an axis of its own.
pub fn at(person: usize, similarity: f32, own_axis: usize) -> Embedding {
    let rest = (1.0 - similarity * similarity).sqrt();
    along(&[(person, similarity), (own_axis, rest)])
}
