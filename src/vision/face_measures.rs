//! What was measured of a face, as the library stores it beside the embedding.

use super::MeshMeasures;

/// The face flag of the mesh from which a face is clear: two such faces are evidence enough for a group. Nobody can tell
/// who a face below is, unless it is very like somebody known. Of the faces of press portraits 94 % are clear, of those
/// of crowds 76 %; from .9 to .99 the edits of the labelled sets vary by one in a hundred.
pub const MIN_CLEAR_FLAG: f32 = 0.95;

/// `None` for what was not measured: by an earlier version, or because the networks at that time did not tell it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FaceMeasures {
    /// Shorter side of the box in photo pixels.
    pub side: Option<f32>,
    /// Variance of the Laplacian of the crop's luma (grey levels squared).
    pub sharpness: Option<f32>,
    /// Euclidean norm of the embedding before it was normalised; it grows with what the recognizer sees of the face.
    pub norm: Option<f32>,
    pub mesh: Option<MeshMeasures>,
    /// The photo is a negative: the crop was inverted.
    pub is_negative: bool,
}
