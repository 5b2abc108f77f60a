//! Identifies a face among people who are each known by some exemplars.
//!
//! The similarity of a face to a person is 4/5 of its cosine with the mean of the person's exemplars plus 1/5 of its
//! mean cosine with the two nearest exemplars. The mean over many exemplars has less noise than any single one; the
//! nearest two help people whose appearance varies (age, glasses, profiles). With centred embeddings ([`Centred`]) this
//! identifies .989 of the people of the news photos (860 people, 2,023 impostors) at a false-positive rate of .01 and
//! .993 at .1; the nearest two alone give .988 and .992 (`docs/identification.md` has the other sets and rules).

use std::ops::Range;

use crate::cluster::search::similarity::{BLOCK, Rows, Vector, fold_over_gallery};
use crate::vision::{Centred, EMBEDDING_LEN, Embedding, product};

/// Weight of the mean of a person's exemplars; the two nearest have the rest. From .75 to 1 the news photos score the
/// same within two probes; in the web photos a larger weight is better, while rank 1 is best around .5.
const MEAN_SHARE: f32 = 0.8;

/// Pairs of a probe and a person held in memory at a time, 16 bytes each.
const MAX_CELLS: usize = 8 << 20;

/// The best match of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BestPerson {
    /// Label of the person in the gallery.
    pub person: u32,
    /// Similarity to this person, -1 to 1.
    pub similarity: f32,
    /// Similarity to the runner-up, -1 to 1, or -1 if there is none.
    pub runner_up: f32,
    /// The nearest exemplar of the person, as an index into the gallery.
    pub nearest: usize,
}

/// The most similar person for each probe; on a tie the one with the lower label. `people` has the label (0 to the
/// number of people) of each exemplar of `gallery`. `None` if the gallery is empty. Exact, by blocked matrix products
/// on all cores.
///
/// # Panics
/// If `gallery` and `people` differ in length.
pub fn best_people(
    probes: &[Centred],
    gallery: &[Centred],
    people: &[u32],
) -> Vec<Option<BestPerson>> {
    assert_eq!(gallery.len(), people.len(), "a person for each exemplar");
    let means = mean_vectors(gallery, people);
    let count = means.len();
    if count == 0 {
        return vec![None; probes.len()];
    }
    let at_once = (MAX_CELLS / count).max(1);
    probes
        .chunks(at_once)
        .flat_map(|probes| best_of_chunk(probes, gallery, people, &means))
        .collect()
}

/// [`best_people`] for as many probes as fit in [`MAX_CELLS`].
fn best_of_chunk(
    probes: &[Centred],
    gallery: &[Centred],
    people: &[u32],
    means: &[Vector],
) -> Vec<Option<BestPerson>> {
    let count = means.len();
    let rows = Rows::of(probes);
    let runs = runs_of_blocks(people);
    let nearest = fold_over_gallery(
        &rows,
        &Rows::of(gallery),
        |_, probes| vec![TwoNearest::NONE; probes * count],
        |nearest, probe, first, similarities| {
            let of_probe = &mut nearest[probe * count..][..count];
            for run in &runs[first / BLOCK] {
                let of_run = &similarities[run.range.clone()];
                of_probe[run.person].meet_all(first + run.range.start, of_run);
            }
        },
    );
    let to_means = fold_over_gallery(
        &rows,
        &Rows::of_vectors(means),
        |_, probes| vec![0.0; probes * count],
        |to_means, probe, first, similarities| {
            to_means[probe * count + first..][..similarities.len()].copy_from_slice(similarities);
        },
    );
    let of_probes = nearest
        .iter()
        .zip(&to_means)
        .flat_map(|(nearest, to_means)| {
            nearest
                .chunks_exact(count)
                .zip(to_means.chunks_exact(count))
        });
    of_probes
        .map(|(nearest, to_means)| best_of(nearest, to_means))
        .collect()
}

/// For each face, the person with the nearest mean other than the face's own person; on a tie the lower label. `None`
/// if `gallery` has nobody else. `own` has the label of each face's person, or any label that is not in the gallery.
///
/// # Panics
/// If `gallery` and `people`, or `faces` and `own`, differ in length.
pub fn nearest_others(
    faces: &[Centred],
    own: &[u32],
    gallery: &[Centred],
    people: &[u32],
) -> Vec<Option<u32>> {
    assert_eq!(gallery.len(), people.len(), "a person for each exemplar");
    assert_eq!(faces.len(), own.len(), "a person for each face");
    let nearest = fold_over_gallery(
        &Rows::of(faces),
        &Rows::of_vectors(&mean_vectors(gallery, people)),
        |first, faces| (first, vec![(f32::NEG_INFINITY, None); faces]),
        |(first_face, nearest), face, first, similarities| {
            let own = own[*first_face + face];
            for (person, &similarity) in (first as u32..).zip(similarities) {
                if person != own && similarity > nearest[face].0 {
                    nearest[face] = (similarity, Some(person));
                }
            }
        },
    );
    let of_faces = nearest.into_iter().flat_map(|(_, nearest)| nearest);
    of_faces.map(|(_, person)| person).collect()
}

/// Consecutive exemplars of one person, by their positions in a block.
struct Run {
    range: Range<usize>,
    person: usize,
}

/// The runs of each block of the gallery, whose exemplars are sorted by person.
fn runs_of_blocks(people: &[u32]) -> Vec<Vec<Run>> {
    let runs_of = |block: &[u32]| {
        let mut end = 0;
        let runs = block.chunk_by(|one, next| one == next);
        runs.map(|run| {
            let start = end;
            end += run.len();
            Run {
                range: start..end,
                person: run[0] as usize,
            }
        })
        .collect()
    };
    people.chunks(BLOCK).map(runs_of).collect()
}

/// The similarity of a face to one person with these exemplars, -1 to 1, as in [`best_people`]; the exemplar at index
/// `left_out` is ignored. `None` without exemplars.
pub fn similarity_to_person(
    face: &Centred,
    exemplars: &[Centred],
    left_out: Option<usize>,
) -> Option<f32> {
    let mut nearest = TwoNearest::NONE;
    let mut mean = [0.0; EMBEDDING_LEN];
    for (index, exemplar) in exemplars.iter().enumerate() {
        if Some(index) != left_out {
            nearest.meet(index, face.similarity(exemplar));
            add(&mut mean, exemplar);
        }
    }
    let to_mean = product(face.numbers(), &Embedding::from_raw(mean).0);
    (nearest.similarity > f32::NEG_INFINITY).then(|| nearest.blended(to_mean))
}

/// The normalised sum of each person's exemplars; zeros for a label without any.
fn mean_vectors(gallery: &[Centred], people: &[u32]) -> Vec<Vector> {
    let count = people.iter().max().map_or(0, |&last| last as usize + 1);
    let mut sums = vec![[0.0; EMBEDDING_LEN]; count];
    for (exemplar, &person) in gallery.iter().zip(people) {
        add(&mut sums[person as usize], exemplar);
    }
    sums.into_iter()
        .map(|sum| Embedding::from_raw(sum).0)
        .collect()
}

fn add(sum: &mut Vector, embedding: &Centred) {
    for (sum, number) in sum.iter_mut().zip(embedding.numbers()) {
        *sum += number;
    }
}

/// The two exemplars of one person that are nearest to one probe.
#[derive(Clone, Copy)]
struct TwoNearest {
    exemplar: usize,
    similarity: f32,
    second: f32,
}

impl TwoNearest {
    const NONE: TwoNearest = TwoNearest {
        exemplar: 0,
        similarity: f32::NEG_INFINITY,
        second: f32::NEG_INFINITY,
    };

    fn meet(&mut self, exemplar: usize, similarity: f32) {
        if similarity > self.similarity {
            self.second = self.similarity;
            (self.exemplar, self.similarity) = (exemplar, similarity);
        } else if similarity > self.second {
            self.second = similarity;
        }
    }

    /// Exemplars from index `first` on.
    fn meet_all(&mut self, first: usize, similarities: &[f32]) {
        // A local copy stays in registers.
        let mut nearest = *self;
        for (offset, &similarity) in similarities.iter().enumerate() {
            nearest.meet(first + offset, similarity);
        }
        *self = nearest;
    }

    /// The final similarity, given the cosine with the mean of all exemplars.
    fn blended(&self, to_mean: f32) -> f32 {
        let of_two = if self.second == f32::NEG_INFINITY {
            self.similarity
        } else {
            (self.similarity + self.second) / 2.0
        };
        MEAN_SHARE * to_mean + (1.0 - MEAN_SHARE) * of_two
    }
}

/// `None` if no exemplar is comparable.
fn best_of(people: &[TwoNearest], to_means: &[f32]) -> Option<BestPerson> {
    let mut best: Option<BestPerson> = None;
    let mut runner_up = -1.0_f32;
    for (person, (nearest, &to_mean)) in people.iter().zip(to_means).enumerate() {
        let similarity = nearest.blended(to_mean);
        let highest = best.map_or(f32::NEG_INFINITY, |best| best.similarity);
        if similarity > highest {
            runner_up = runner_up.max(highest);
            best = Some(BestPerson {
                person: person as u32,
                similarity,
                runner_up,
                nearest: nearest.exemplar,
            });
        } else {
            runner_up = runner_up.max(similarity);
        }
    }
    best.map(|best| BestPerson { runner_up, ..best })
}
