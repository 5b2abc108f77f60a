//! What the points of a mesh tell of the face. Points are named by their numbers in MediaPipe's canonical face.

use super::view::MeshView;
use super::{MeshOutput, POINTS};
use crate::geometry::{Landmarks, Point};

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

/// Corners of the eyes, outer first, of the person's right and left eye, and the lids above and below the pupil.
const RIGHT_EYE: Eye = Eye {
    corners: [33, 133],
    lids: [159, 145],
};
const LEFT_EYE: Eye = Eye {
    corners: [263, 362],
    lids: [386, 374],
};
const NOSE_TIP: usize = 1;
/// Of the person's right and left.
const MOUTH_CORNERS: [usize; 2] = [61, 291];
/// The inner edges of the upper and the lower lip.
const LIPS: [usize; 2] = [13, 14];
const FOREHEAD: usize = 10;
const CHIN: usize = 152;
/// Distance of the corners of a calm mouth, in interocular distances.
const CALM_MOUTH: f32 = 0.75;

struct Eye {
    corners: [usize; 2],
    lids: [usize; 2],
}

impl MeshOutput {
    /// The five landmarks of the face seen in `view`, in pixels of the photo: the middle between the corners of each eye,
    /// the tip of the nose, the corners of the mouth.
    pub fn landmarks(&self, view: &MeshView) -> Landmarks {
        let point = |[x, y, _]: [f32; 3]| view.in_photo(Point { x, y });
        let [right_mouth, left_mouth] = MOUTH_CORNERS.map(|corner| point(self.point(corner)));
        Landmarks([
            point(self.middle(RIGHT_EYE.corners)),
            point(self.middle(LEFT_EYE.corners)),
            point(self.point(NOSE_TIP)),
            right_mouth,
            left_mouth,
        ])
    }

    /// All measures of the face seen in `view`.
    pub fn measures(&self, view: &MeshView) -> MeshMeasures {
        let across = minus(
            self.middle(LEFT_EYE.corners),
            self.middle(RIGHT_EYE.corners),
        );
        let down = minus(self.point(CHIN), self.point(FOREHEAD));
        MeshMeasures {
            face_flag: self.face_flag,
            yaw: across[2].atan2(across[0]),
            pitch: (-down[2]).atan2(down[1]),
            roll: view.tilt() + across[1].atan2(across[0]),
            eyes_open: (self.opening(&RIGHT_EYE) + self.opening(&LEFT_EYE)) / 2.0,
            smile: self.smile(across, down),
        }
    }

    /// Height by width of an eye in space: about .3 open, below .15 closed (the eye aspect ratio of Soukupová and Čech,
    /// "Real-Time Eye Blink Detection using Facial Landmarks", CVWW 2016).
    fn opening(&self, eye: &Eye) -> f32 {
        let [height, width] = [eye.lids, eye.corners].map(|points| self.length(points));
        height / width.max(f32::EPSILON)
    }

    /// By how much the corners of the mouth are further apart than calm ones, and above the middle of the lips, in
    /// interocular distances.
    fn smile(&self, across: [f32; 3], down: [f32; 3]) -> f32 {
        let interocular = norm(across).max(f32::EPSILON);
        let from_lips = minus(self.middle(MOUTH_CORNERS), self.middle(LIPS));
        let lift = -dot(from_lips, down) / norm(down).max(f32::EPSILON);
        (self.length(MOUTH_CORNERS) + lift) / interocular - CALM_MOUTH
    }

    fn point(&self, index: usize) -> [f32; 3] {
        debug_assert!(index < POINTS);
        self.points[index]
    }

    fn middle(&self, [a, b]: [usize; 2]) -> [f32; 3] {
        let (a, b) = (self.point(a), self.point(b));
        std::array::from_fn(|i| (a[i] + b[i]) / 2.0)
    }

    fn length(&self, [a, b]: [usize; 2]) -> f32 {
        norm(minus(self.point(a), self.point(b)))
    }
}

fn minus(a: [f32; 3], b: [f32; 3]) -> [f32; 3] {
    std::array::from_fn(|i| a[i] - b[i])
}

fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: [f32; 3]) -> f32 {
    dot(a, a).sqrt()
}
