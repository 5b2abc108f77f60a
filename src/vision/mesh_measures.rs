//! What the face mesh tells of a face beside the places of its points.

/// Measured by the face mesh on an upright picture of one face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeshMeasures {
    /// How sure the network is that there is a face: 0 to 1.
    pub face_flag: f32,
    /// Turned to the person's own left, in radians: 0 looks into the camera, ±π/2 is a profile.
    pub yaw: f32,
    /// Turned up, in radians: 0 looks into the camera.
    pub pitch: f32,
    /// Tilted clockwise in the photo, in radians: 0 is upright.
    pub roll: f32,
    /// Opening of the eyes: the mean of both eyes' height by width. About .3 is open, below .15 closed.
    pub eyes_open: f32,
    /// How far the corners of the mouth are drawn up and apart, in interocular distances: about 0 for a calm mouth.
    pub smile: f32,
}
