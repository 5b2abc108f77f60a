//! Who is this? Faces of photos against the people of a library; nothing is stored.

use crate::cluster::{ACCEPTED_SIMILARITY, best_people};
use crate::library::{FaceId, FaceState, GroupId, Library, LibraryError};
use crate::vision::Embedding;

/// The people a library knows by face: every confirmed face of a named group is an exemplar.
#[derive(Clone, Debug, Default)]
pub struct Gallery {
    people: Vec<GroupId>,
    /// One entry per exemplar in each of the three: an index into `people`, the face, its embedding.
    labels: Vec<u32>,
    faces: Vec<FaceId>,
    embeddings: Vec<Embedding>,
}

/// The best answer for one face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Identification {
    /// The most similar person, accepted or not; `None` where the library knows nobody.
    pub person: Option<GroupId>,
    /// Mean cosine similarity with the person's two nearest exemplars, -1 to 1.
    pub similarity: f32,
    /// Similar enough to be that person rather than somebody unknown.
    pub accepted: bool,
    /// Why: the exemplar that is nearest.
    pub exemplar: Option<FaceId>,
}

impl Gallery {
    pub fn of(library: &Library) -> Result<Gallery, LibraryError> {
        let mut gallery = Gallery::default();
        for (group_id, _) in library.people()? {
            let mut confirmed: Vec<FaceId> = library
                .faces_of_group(group_id)?
                .iter()
                .filter(|face| face.state == FaceState::Confirmed)
                .map(|face| face.face_id)
                .collect();
            confirmed.sort_unstable();
            let embedded = library.embeddings_of_group(group_id)?;
            gallery.add(
                group_id,
                embedded
                    .into_iter()
                    .filter(|(face_id, _)| confirmed.binary_search(face_id).is_ok()),
            );
        }
        Ok(gallery)
    }

    fn add(&mut self, person: GroupId, exemplars: impl Iterator<Item = (FaceId, Embedding)>) {
        let label = self.people.len() as u32;
        for (face_id, embedding) in exemplars {
            self.labels.push(label);
            self.faces.push(face_id);
            self.embeddings.push(embedding);
        }
        if self.labels.last() == Some(&label) {
            self.people.push(person);
        }
    }

    /// How many people it knows.
    pub fn people(&self) -> usize {
        self.people.len()
    }
}

/// The best person of `gallery` for each face, or nobody.
pub fn identify(gallery: &Gallery, embeddings: &[Embedding]) -> Vec<Identification> {
    let best = best_people(embeddings, &gallery.embeddings, &gallery.labels);
    best.into_iter()
        .map(|best| match best {
            Some(best) => Identification {
                person: Some(gallery.people[best.person as usize]),
                similarity: best.similarity,
                accepted: best.similarity > ACCEPTED_SIMILARITY,
                exemplar: Some(gallery.faces[best.nearest]),
            },
            None => Identification {
                person: None,
                similarity: -1.0,
                accepted: false,
                exemplar: None,
            },
        })
        .collect()
}
