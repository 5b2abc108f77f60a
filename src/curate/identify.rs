//! Who is this? Faces of photos against the people of a library; nothing is stored.

use std::collections::HashMap;
use std::sync::OnceLock;

use rayon::prelude::*;

use crate::cluster::calibration::{Band, MAX_BIAS, log_odds, person_bias, probability};
use crate::cluster::{BestPerson, best_people, nearest_others, similarity_to_person};
use crate::library::{FaceId, GroupId, Library, LibraryError};
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// Confirmed faces of one person that may move that person's threshold, evenly spread over all of them: more would say the
/// same again, and each is compared with all the others.
const MAX_ANSWERS: usize = 100;

/// Faces that are looked up between two looks at the stop flag.
const FACES_BETWEEN_STOPS: usize = 1024;

/// The people a library knows by face, each with confirmed faces as exemplars: those with a name ([`Gallery::of`]), or all.
#[derive(Clone, Debug, Default)]
pub struct Gallery {
    people: Vec<Person>,
    /// One entry per exemplar in each of the three: an index into `people`, the face, its embedding; person after person.
    labels: Vec<u32>,
    faces: Vec<FaceId>,
    embeddings: Vec<Centred>,
    /// Faces that are not these people.
    rejected: HashMap<GroupId, Vec<Centred>>,
}

#[derive(Clone, Debug)]
struct Person {
    group_id: GroupId,
    /// Index of the first exemplar.
    first: usize,
    exemplars: usize,
    /// Log-odds by which the person's own answers move the curve, once somebody has asked.
    person_bias: OnceLock<f64>,
}

/// A confirmed face of a person.
pub(super) struct Exemplar {
    pub group_id: GroupId,
    pub face_id: FaceId,
    pub embedding: Centred,
}

/// What somebody said of a face: it is the person of this label, whose exemplar it is then, or it is not.
struct LabelledFace {
    label: usize,
    exemplar: Option<usize>,
    face: Centred,
}

/// The best answer for one face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Identification {
    /// The most similar person, accepted or not; `None` where the library knows nobody.
    pub person: Option<GroupId>,
    /// With that person, -1 to 1 ([`crate::cluster::best_people`]).
    pub similarity: f32,
    /// That the face is that person, 0 to 1 ([`crate::cluster::calibration`]).
    pub probability: f64,
    pub band: Band,
    /// Why: the exemplar that is nearest.
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

    /// Likely enough to be that person rather than somebody unknown.
    pub fn accepted(&self) -> bool {
        self.band == Band::Accepted
    }
}

impl Gallery {
    /// The people of a library, each with the threshold that answers about them teach.
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

    /// [`Gallery::of`] where the confirmed faces of all people have been read; in any order.
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
            if let Some(embedding) = library.embedding(face_id)? {
                let faces = gallery.rejected.entry(group_id).or_default();
                faces.push(embedding.centred());
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
            person_bias: OnceLock::new(),
        });
    }

    /// How many people it knows.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// Moves the thresholds of the people with these labels by what was said of faces: confirmed ones, each as if the others
    /// alone were known, and those rejected from the person.
    fn update_biases(&self, labels: &[u32]) {
        let is_new = |&label: &usize| self.people[label].person_bias.get().is_none();
        let mut labels: Vec<usize> = labels.iter().map(|&label| label as usize).collect();
        labels.sort_unstable();
        labels.dedup();
        labels.retain(is_new);
        let answers: Vec<LabelledFace> = labels
            .iter()
            .flat_map(|&label| self.labelled_faces(label))
            .collect();
        let mut said: HashMap<usize, (Vec<f64>, Vec<f64>)> = HashMap::new();
        for (answer, odds) in answers.iter().zip(self.log_odds_of(&answers)) {
            let (confirmed, rejected) = said.entry(answer.label).or_default();
            match answer.exemplar {
                Some(_) => confirmed.extend(odds),
                None => rejected.extend(odds),
            }
        }
        for label in labels {
            let (confirmed, rejected) = said.remove(&label).unwrap_or_default();
            // Another thread may have come to the same in the meantime.
            let _ = self.people[label]
                .person_bias
                .set(person_bias(&confirmed, &rejected));
        }
    }

    /// The log-odds that each answer's face is the person it is about, as if they had not been asked yet. The one
    /// other person it is compared with is the one whose mean is nearest: to ask all exemplars of everybody took half of the
    /// time that a scan of a large library needs at its end, and found somebody else in one answer of fifteen, who was
    /// .004 more similar.
    fn log_odds_of(&self, answers: &[LabelledFace]) -> Vec<Option<f64>> {
        let faces: Vec<Centred> = answers.iter().map(|answer| answer.face).collect();
        let own: Vec<u32> = answers.iter().map(|answer| answer.label as u32).collect();
        let others = nearest_others(&faces, &own, &self.embeddings, &self.labels);
        answers
            .par_iter()
            .zip(others)
            .map(|(answer, other)| {
                let own = self.similarity(&answer.face, answer.label, answer.exemplar)?;
                let other = other
                    .and_then(|other| self.similarity(&answer.face, other as usize, None))
                    .unwrap_or(-1.0);
                Some(log_odds(own, other))
            })
            .collect()
    }

    fn labelled_faces(&self, label: usize) -> Vec<LabelledFace> {
        let person = &self.people[label];
        let mut answers = Vec::new();
        // Somebody known by one face says nothing of how alike their faces are.
        if person.exemplars > 1 {
            let step = person.exemplars.div_ceil(MAX_ANSWERS);
            let exemplars = (0..person.exemplars).step_by(step);
            answers.extend(exemplars.map(|exemplar| LabelledFace {
                label,
                exemplar: Some(exemplar),
                face: self.embeddings[person.first + exemplar],
            }));
        }
        let rejected = self.rejected.get(&person.group_id).into_iter().flatten();
        answers.extend(rejected.map(|&face| LabelledFace {
            label,
            exemplar: None,
            face,
        }));
        answers
    }

    /// How similar a face is to the person of a label, whose exemplar of this number is passed over.
    fn similarity(&self, face: &Centred, label: usize, left_out: Option<usize>) -> Option<f32> {
        let person = &self.people[label];
        let exemplars = &self.embeddings[person.first..][..person.exemplars];
        similarity_to_person(face, exemplars, left_out)
    }

    /// What the best people of some faces come to. Thresholds are moved for those who are the best for some face with
    /// these log-odds or more.
    fn identifications(
        &self,
        best: Vec<Option<BestPerson>>,
        prior: f64,
        log_odds_to_learn: f64,
    ) -> Vec<Identification> {
        let asked: Vec<u32> = best
            .iter()
            .flatten()
            .filter(|best| log_odds(best.similarity, best.runner_up) + prior >= log_odds_to_learn)
            .map(|best| best.person)
            .collect();
        self.update_biases(&asked);
        let identifications = |best: BestPerson| self.identification(&best, prior);
        best.into_iter()
            .map(|best| best.map_or(Identification::NOBODY, identifications))
            .collect()
    }

    fn identification(&self, best: &BestPerson, prior: f64) -> Identification {
        let person = &self.people[best.person as usize];
        let person_bias = person.person_bias.get().copied().unwrap_or_default();
        let log_odds = log_odds(best.similarity, best.runner_up);
        let probability = probability(log_odds + person_bias + prior);
        Identification {
            person: Some(person.group_id),
            similarity: best.similarity,
            probability,
            band: Band::of(probability),
            exemplar: Some(self.faces[best.nearest]),
        }
    }
}

/// The best person of `gallery` for each face, or nobody.
pub fn identify(gallery: &Gallery, embeddings: &[Centred]) -> Vec<Identification> {
    let best = best_people(embeddings, &gallery.embeddings, &gallery.labels);
    gallery.identifications(best, 0.0, f64::NEG_INFINITY)
}

/// [`identify`] with so much added to the log-odds, for who asks only what is accepted: where answers could not make it so,
/// nobody looks what they teach.
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
