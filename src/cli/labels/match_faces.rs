//! Finds the face that each row of a label table means.

use std::collections::{BTreeMap, HashSet};

use super::photo_places::PhotoPlaces;
use super::principal_face::principal_face;
use super::table::Label;
use crate::cli::error::CliError;
use crate::geometry::PhotoRect;
use crate::library::{FaceId, FaceRow, FaceState, Library, PhotoRow};

/// A labelled box and a face are the same if their intersection over union is at least this.
const MIN_OVERLAP: f32 = 0.4;

/// Finds the face of each label. A face is matched with at most one label.
pub fn match_labels(library: &Library, labels: Vec<Label>) -> Result<Matched, CliError> {
    let places = PhotoPlaces::of(library)?;
    let mut matched = Matched::default();
    let mut by_photo: BTreeMap<usize, Vec<Label>> = BTreeMap::new();
    for label in labels {
        match places.find(&label.path) {
            Ok(photo) => by_photo.entry(photo).or_default().push(label),
            Err(why) => matched.skipped.push((label.line, why)),
        }
    }
    for (photo, labels) in by_photo {
        matched.match_photo(library, &places.photos[photo], &labels)?;
    }
    matched.skipped.sort_by_key(|(line, _)| *line);
    Ok(matched)
}

/// The matched labels.
#[derive(Default)]
pub struct Matched {
    /// The faces of each person.
    pub faces: BTreeMap<String, Vec<FaceRow>>,
    /// Lines without a face, with the reason.
    pub skipped: Vec<(u64, String)>,
}

impl Matched {
    /// Matches each label of one photo with a face of its own: boxes by overlap, highest first, then the principal
    /// face.
    fn match_photo(
        &mut self,
        library: &Library,
        photo: &PhotoRow,
        labels: &[Label],
    ) -> Result<(), CliError> {
        let mut faces = library.faces_of_photo(photo.photo_id)?;
        faces.retain(|face| face.state != FaceState::NotAFace && face.has_place);
        let mut used = HashSet::new();
        let (boxed, unboxed): (Vec<_>, Vec<_>) = labels
            .iter()
            .partition(|label| label.box_in_photo.is_some());
        for (label, face) in by_overlap(&boxed, &faces) {
            match face {
                Some(face) => self.take(label, face, &mut used),
                None => self.skip(label, "no face where the box is"),
            }
        }
        for label in unboxed {
            match principal_face(&faces, photo.size) {
                Some(face) if used.contains(&face.face_id) => self.skip(
                    label,
                    "the photo's principal face is named by another row: give boxes",
                ),
                Some(face) => self.take(label, face, &mut used),
                None => self.skip(label, "no face in this photo"),
            }
        }
        Ok(())
    }

    fn take(&mut self, label: &Label, face: &FaceRow, used: &mut HashSet<FaceId>) {
        used.insert(face.face_id);
        let faces = self.faces.entry(label.person.clone()).or_default();
        faces.push(face.clone());
    }

    fn skip(&mut self, label: &Label, why: &str) {
        self.skipped
            .push((label.line, format!("{:?}: {why}", label.path)));
    }
}

/// Pairs labels and faces one to one, highest overlap first.
fn by_overlap<'a>(
    labels: &[&'a Label],
    faces: &'a [FaceRow],
) -> Vec<(&'a Label, Option<&'a FaceRow>)> {
    let overlap = |label: &Label, face_box: &PhotoRect| {
        label
            .box_in_photo
            .map_or(0.0, |wanted| wanted.iou(face_box))
    };
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for (label, row) in labels.iter().enumerate() {
        for (face, found) in faces.iter().enumerate() {
            let shared = overlap(row, &found.box_in_photo);
            if shared >= MIN_OVERLAP {
                pairs.push((shared, label, face));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut face_of: Vec<Option<usize>> = vec![None; labels.len()];
    let mut used = HashSet::new();
    for (_, label, face) in pairs {
        if face_of[label].is_none() && used.insert(face) {
            face_of[label] = Some(face);
        }
    }
    let found = face_of
        .into_iter()
        .map(|face| face.map(|face| &faces[face]));
    labels.iter().copied().zip(found).collect()
}
