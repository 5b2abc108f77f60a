//! The dendrogram of one group, for the split view.

use std::collections::HashMap;

use super::photo_label;
use crate::cluster::Dendrogram;
use crate::curate::CurateError;
use crate::library::{FaceId, GroupId, Library};
use crate::stop::StopFlag;
use crate::vision::Centred;

/// The comparable faces of a group and their dendrogram.
pub fn group_dendrogram(
    library: &Library,
    group_id: GroupId,
    stop: &StopFlag,
) -> Result<(Vec<FaceId>, Dendrogram), CurateError> {
    let photos: HashMap<FaceId, u32> = library
        .faces_of_group(group_id)?
        .iter()
        .map(|face| (face.face_id, photo_label(face.photo_id.0)))
        .collect();
    let embedded = library.centred_of_group(group_id)?;
    let (faces, embeddings): (Vec<FaceId>, Vec<Centred>) = embedded
        .into_iter()
        .filter(|(face_id, _)| photos.contains_key(face_id))
        .unzip();
    let photos: Vec<u32> = faces.iter().map(|face_id| photos[face_id]).collect();
    let dendrogram = Dendrogram::new(&embeddings, &photos, stop)?;
    Ok((faces, dendrogram))
}
