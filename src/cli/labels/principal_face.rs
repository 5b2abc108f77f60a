//! The principal face of a photo, for a table or a folder that names a person without a box.

use crate::geometry::Size;
use crate::library::FaceRow;

/// The face whose centre is nearest to the centre of the photo, in diagonals of its own box.
pub fn principal_face(faces: &[FaceRow], photo: Size) -> Option<&FaceRow> {
    let off_center = |face: &FaceRow| {
        let face_box = face.box_in_photo;
        let center = face_box.center();
        let (dx, dy) = (
            center.x - photo.width as f32 / 2.0,
            center.y - photo.height as f32 / 2.0,
        );
        dx.hypot(dy) / face_box.width.hypot(face_box.height).max(1e-6)
    };
    faces
        .iter()
        .min_by(|a, b| off_center(a).total_cmp(&off_center(b)))
}
