//! Identifies faces among the people of a library; stores nothing.

use std::collections::HashMap;
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::cluster::calibration::{Band, MAX_BIAS, log_odds, person_bias, probability};
use crate::cluster::{BestPerson, best_people, nearest_others, similarity_to_person};
use crate::library::{FaceId, GroupId, Library, LibraryError};
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// Maximum number of confirmed faces, evenly spaced, that determine a person's bias: more faces would change it little,
/// and each is compared with all the others.
const MAX_ANSWERS: usize = 100;

/// Faces identified between two checks of the stop flag.
const FACES_BETWEEN_STOPS: usize = 1024;

/// Known people with their confirmed faces as exemplars: all named people ([`Gallery::of`]), or all people with
/// confirmed faces.
#[derive(Clone, Debug, Default)]
pub struct Gallery {
    people: Vec<Person>,
    /// Three entries per exemplar: an index into `people`, the face, and the embedding; sorted by person.
    labels: Vec<u32>,
    faces: Vec<FaceId>,
    embeddings: Vec<Centred>,
    /// Faces rejected from each person.
    rejected: HashMap<GroupId, Vec<Centred>>,
}

#[derive(Clone, Debug)]
struct Person {
    group_id: GroupId,
    /// Index of the first exemplar.
    first: usize,
    exemplars: usize,
    /// The per-person bias in log-odds, once computed.
    bias: OnceLock<f64>,
}

/// A confirmed face of a person.
pub(super) struct Exemplar {
    pub group_id: GroupId,
    pub face_id: FaceId,
    pub embedding: Centred,
}

/// A face that is the person with this label (then one of their exemplars) or is not.
struct LabelledFace {
    label: usize,
    exemplar: Option<usize>,
    embedding: Centred,
}

/// The best match of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Identification {
    /// The most similar person, accepted or not; `None` if the gallery is empty.
    pub person: Option<GroupId>,
    /// Similarity to that person, -1 to 1 ([`crate::cluster::best_people`]).
    pub similarity: f32,
    /// The probability that the face is that person, 0 to 1 ([`crate::cluster::calibration`]).
    pub probability: f64,
    pub band: Band,
    /// The nearest exemplar, as an explanation.
    pub exemplar: Option<FaceId>,
}

impl Identification {
    const NOBODY: Identification = Identification {
        person: None,
        similarity: -1.0,
        probability: 0.0,
        band: Band::Unknown,
        exemplar: None,
    };

    /// Whether the face is accepted as that person.
    pub fn accepted(&self) -> bool {
        self.band == Band::Accepted
    }
}

impl Gallery {
    /// The named people of a library.
    pub fn of(library: &Library) -> Result<Gallery, LibraryError> {
        let mut exemplars = Vec::new();
        for (group_id, _) in library.people()? {
            let confirmed = library.confirmed_embeddings(group_id)?.into_iter();
            exemplars.extend(confirmed.map(|(face_id, embedding)| Exemplar {
                group_id,
                face_id,
                embedding: embedding.centred(),
            }));
        }
        Gallery::of_exemplars(exemplars, library)
    }

    /// [`Gallery::of`] for confirmed faces that were read already, in any order.
    pub(super) fn of_exemplars(
        mut exemplars: Vec<Exemplar>,
        library: &Library,
    ) -> Result<Gallery, LibraryError> {
        exemplars.sort_unstable_by_key(|exemplar| (exemplar.group_id, exemplar.face_id));
        let mut gallery = Gallery::default();
        for person in exemplars.chunk_by(|one, next| one.group_id == next.group_id) {
            gallery.add(person);
        }
        for (face_id, group_id) in library.rejections()? {
            if let Some(centred) = library.centred(face_id)? {
                gallery.rejected.entry(group_id).or_default().push(centred);
            }
        }
        Ok(gallery)
    }

    fn add(&mut self, person: &[Exemplar]) {
        let (label, first) = (self.people.len() as u32, self.faces.len());
        for exemplar in person {
            self.labels.push(label);
            self.faces.push(exemplar.face_id);
            self.embeddings.push(exemplar.embedding);
        }
        self.people.push(Person {
            group_id: person[0].group_id,
            first,
            exemplars: person.len(),
            bias: OnceLock::new(),
        });
    }

    /// Number of people.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// Computes the bias of the people with these labels, from their confirmed faces (each compared with the other
    /// exemplars only) and from the faces rejected from them.
    fn update_biases(&self, labels: &[u32]) {
        let is_new = |&label: &usize| self.people[label].bias.get().is_none();
        let mut labels: Vec<usize> = labels.iter().map(|&label| label as usize).collect();
        labels.sort_unstable();
        labels.dedup();
        labels.retain(is_new);
        let labelled: Vec<LabelledFace> = labels
            .iter()
            .flat_map(|&label| self.labelled_faces(label))
            .collect();
        let mut log_odds_by_label: HashMap<usize, (Vec<f64>, Vec<f64>)> = HashMap::new();
        for (face, odds) in labelled.iter().zip(self.log_odds_of(&labelled)) {
            let (confirmed, rejected) = log_odds_by_label.entry(face.label).or_default();
            match face.exemplar {
                Some(_) => confirmed.extend(odds),
                None => rejected.extend(odds),
            }
        }
        for label in labels {
            let (confirmed, rejected) = log_odds_by_label.remove(&label).unwrap_or_default();
            // Another thread may have computed the same value.
            let _ = self.people[label]
                .bias
                .set(person_bias(&confirmed, &rejected));
        }
    }

    /// The log-odds that each face is its person, as if it were not labelled yet. The runner-up is the person with the
    /// nearest mean. Comparing the exemplars of all people instead took half of the time at the end of a scan of a
    /// large library; for one face in fifteen it found a different runner-up, with .004 more similarity.
    fn log_odds_of(&self, labelled: &[LabelledFace]) -> Vec<Option<f64>> {
        let faces: Vec<Centred> = labelled.iter().map(|face| face.embedding).collect();
        let own: Vec<u32> = labelled.iter().map(|face| face.label as u32).collect();
        let others = nearest_others(&faces, &own, &self.embeddings, &self.labels);
        labelled
            .par_iter()
            .zip(others)
            .map(|(face, other)| {
                let own = self.similarity(&face.embedding, face.label, face.exemplar)?;
                let other = other
                    .and_then(|other| self.similarity(&face.embedding, other as usize, None))
                    .unwrap_or(-1.0);
                Some(log_odds(own, other))
            })
            .collect()
    }

    fn labelled_faces(&self, label: usize) -> Vec<LabelledFace> {
        let person = &self.people[label];
        let mut labelled = Vec::new();
        // A single exemplar says nothing about how similar the person's faces are.
        if person.exemplars > 1 {
            let step = person.exemplars.div_ceil(MAX_ANSWERS);
            let exemplars = (0..person.exemplars).step_by(step);
            labelled.extend(exemplars.map(|exemplar| LabelledFace {
                label,
                exemplar: Some(exemplar),
                embedding: self.embeddings[person.first + exemplar],
            }));
        }
        let rejected = self.rejected.get(&person.group_id).into_iter().flatten();
        labelled.extend(rejected.map(|&embedding| LabelledFace {
            label,
            exemplar: None,
            embedding,
        }));
        labelled
    }

    /// The similarity of a face to the person of a label, ignoring the exemplar at this index.
    fn similarity(&self, face: &Centred, label: usize, left_out: Option<usize>) -> Option<f32> {
        let person = &self.people[label];
        let exemplars = &self.embeddings[person.first..][..person.exemplars];
        similarity_to_person(face, exemplars, left_out)
    }

    /// The identifications of faces with these best matches. Computes the bias of people who are the best match of a
    /// face with at least the log-odds `min_log_odds`.
    fn identifications(
        &self,
        best: Vec<Option<BestPerson>>,
        prior: f64,
        min_log_odds: f64,
    ) -> Vec<Identification> {
        let best_labels: Vec<u32> = best
            .iter()
            .flatten()
            .filter(|best| log_odds(best.similarity, best.runner_up) + prior >= min_log_odds)
            .map(|best| best.person)
            .collect();
        self.update_biases(&best_labels);
        let identification = |best: BestPerson| self.identification(&best, prior);
        best.into_iter()
            .map(|best| best.map_or(Identification::NOBODY, identification))
            .collect()
    }

    fn identification(&self, best: &BestPerson, prior: f64) -> Identification {
        let person = &self.people[best.person as usize];
        let bias = person.bias.get().copied().unwrap_or_default();
        let log_odds = log_odds(best.similarity, best.runner_up);
        let probability = probability(log_odds + bias + prior);
        Identification {
            person: Some(person.group_id),
            similarity: best.similarity,
            probability,
            band: Band::of(probability),
            exemplar: Some(self.faces[best.nearest]),
        }
    }
}

/// The best match of each face among the people of `gallery`.
pub fn identify(gallery: &Gallery, embeddings: &[Centred]) -> Vec<Identification> {
    let best = best_people(embeddings, &gallery.embeddings, &gallery.labels);
    gallery.identifications(best, 0.0, f64::NEG_INFINITY)
}

/// [`identify`] with `prior` added to the log-odds, for callers that only use accepted matches: the bias is not
/// computed where it could not lead to acceptance.
pub(super) fn identify_acceptable(
    gallery: &Gallery,
    embeddings: &[Centred],
    prior: f64,
    stop: &StopFlag,
) -> Result<Vec<Identification>, Stopped> {
    let mut best = Vec::with_capacity(embeddings.len());
    for faces in embeddings.chunks(FACES_BETWEEN_STOPS) {
        stop.check()?;
        best.extend(best_people(faces, &gallery.embeddings, &gallery.labels));
    }
    stop.check()?;
    Ok(gallery.identifications(best, prior, -MAX_BIAS))
}
