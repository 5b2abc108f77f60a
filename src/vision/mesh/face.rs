//! A face of a photo as the mesh sees it: landmarks for the alignment, and what else its points tell.
//!
//! The five landmarks are the mean of the detector's and of the mesh's: their errors are different ones, and the mesh's
//! lie better where the head is turned. Each alone is worse (`docs/alignment.md` has the figures).

use image::{RgbImage, imageops};

use super::view::MeshView;
use super::{Mesh, MeshMeasures};
use crate::geometry::Landmarks;
use crate::vision::consensus::mean;
use crate::vision::{Detection, VisionError};

/// The mesh's points are taken only if it is at least this sure that there is a face.
const MIN_FACE_FLAG: f32 = 0.5;

/// What the mesh tells of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeshFace {
    /// For the alignment, in pixels of the photo.
    pub landmarks: Landmarks,
    /// `None` if the face's landmarks coincide, so that there is nothing to look at.
    pub measures: Option<MeshMeasures>,
}

impl Mesh {
    /// The face of `photo` that was detected with these landmarks.
    pub fn face(&self, photo: &RgbImage, face: &Detection) -> Result<MeshFace, VisionError> {
        let detected = face.landmarks;
        let Some(mut view) = MeshView::of(photo, &detected) else {
            return Ok(MeshFace {
                landmarks: detected,
                measures: None,
            });
        };
        if face.is_negative {
            imageops::invert(&mut view.picture);
        }
        let seen = self.run(&view.picture)?;
        let landmarks = if seen.face_flag >= MIN_FACE_FLAG {
            mean(&detected, &seen.landmarks(&view))
        } else {
            detected
        };
        Ok(MeshFace {
            landmarks,
            measures: Some(seen.measures(&view)),
        })
    }
}
