//! Reads the decisions about faces that changed photos no longer show, with the faces that they may be.

use std::collections::HashMap;

use crate::app::state::queries::NotFound;
use crate::library::{FaceRow, FaceState, GroupId, Library, LibraryError};

/// Most suggestions of a person that are offered beside the faces of the photo.
const MAX_SUGGESTED: usize = 6;

/// By photo.
pub(super) fn not_found(library: &Library) -> Result<Vec<NotFound>, LibraryError> {
    let mut suggested: HashMap<GroupId, Vec<FaceRow>> = HashMap::new();
    for face in library.suggested_faces()? {
        let Some(group_id) = face.group else { continue };
        let of_group = suggested.entry(group_id).or_default();
        if of_group.len() < MAX_SUGGESTED {
            of_group.push(face);
        }
    }
    let mut rows = Vec::new();
    for face in library.missing_faces()? {
        let Some(photo) = library.photo(face.photo_id)? else {
            continue;
        };
        let mut in_photo = library.faces_of_photo(face.photo_id)?;
        in_photo.sort_by(|a, b| a.box_in_photo.x.total_cmp(&b.box_in_photo.x));
        let group_id = face.group.filter(|_| face.state == FaceState::Confirmed);
        let suggested = group_id.and_then(|group_id| suggested.get(&group_id));
        let elsewhere = suggested.into_iter().flatten();
        let elsewhere = elsewhere.filter(|other| other.photo_id != face.photo_id);
        rows.push(NotFound {
            decisions: library.decisions_about(face.face_id)?,
            suggested: elsewhere.cloned().collect(),
            in_photo,
            photo,
            face,
        });
    }
    Ok(rows)
}
