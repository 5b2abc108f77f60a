//! Quality of a face: whether it may be grouped, and which face makes the best cover.

use image::RgbImage;

use super::{Aligned, Detection, FaceMeasures, MeshMeasures};
use crate::geometry::{Landmarks, PhotoRect, Size};

/// Shorter side of the box, in photo pixels. The crop of a smaller face enlarges it more than four times, and the
/// embedding describes the blur more than the person. Nearly all smaller faces are passers-by in the background.
const MIN_SIDE: f32 = 20.0;
/// Minimum variance of the Laplacian of the aligned crop. Both limits are meant to exclude only faces that can't be
/// recognised: 99 % of the faces in a set of news portraits pass, 90 % in scenes with passers-by, 78 % in photos of
/// crowds.
const MIN_SHARPNESS: f32 = 4.0;

// The constants of covers: `Quality::value` is a product of factors, each 1 where a face can be no better.

/// Side and sharpness above which a cover becomes no better: the side of the crop, and a portrait in focus.
const AMPLE_SIDE: f32 = 112.0;
const AMPLE_SHARPNESS: f32 = 200.0;
/// Radians at which a face that is turned to the side, or up or down, is no cover any more: the factor falls from 1 to 0 as a
/// cosine does, and is a half at two thirds of the angle.
const MAX_YAW: f32 = 1.2;
const MAX_PITCH: f32 = 0.9;
/// The pitch of a face that looks straight into the camera: the median of those that are not turned to the side is −.11 to −.17
/// in sets of web photos, students and news. (The chin of the mesh lies before its forehead.)
const LEVEL_PITCH: f32 = -0.14;
/// Openings of the eyes (height by width) up to which they are closed, and from which they are open. Of 379 faces below .24,
/// most below .16 had closed or screwed-up eyes, hardly any above .20.
const CLOSED_EYES: f32 = 0.14;
const OPEN_EYES: f32 = 0.21;
/// By how much a smile narrows open eyes, per unit of it, up to the broadest: from .25 to .215 for the narrowest quarter.
const NARROWED_BY_SMILE: f32 = 0.09;
const BROADEST_SMILE: f32 = 0.5;
/// The factor of closed eyes: between two faces of one person that differ in nothing else, a face of half the side with
/// open eyes is the better cover.
const FACTOR_OF_CLOSED_EYES: f32 = 0.4;
/// The flag from which the mesh is sure of a face. Below, the factor is the share of it.
const SURE_FLAG: f32 = 0.9;

/// Measures of one face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Quality {
    /// Shorter side of the box in photo pixels.
    pub side: f32,
    /// Variance of the Laplacian of the crop's luma (grey levels squared): 0 flat, above 100 crisp.
    pub sharpness: f32,
    /// How central the nose is between the eyes: 1 for a face that looks into the camera, 0 for a full profile. Where there
    /// is a mesh, its pose tells more.
    pub frontal: f32,
    /// Share of the square around the head that lies inside the photo, 0 to 1.
    pub inside: f32,
    /// The detector's score, 0 to 1.
    pub score: f32,
    /// Printed with dots. The embeddings of such faces describe the dots more than the person: those of strangers are alike.
    pub is_halftone: bool,
    pub is_negative: bool,
    /// What the face mesh measured, if the model has one.
    pub mesh: Option<MeshMeasures>,
}

/// Whether a detected face, in pixels of its photo, may turn out [recognizable](Quality::recognizable): whether it is worth
/// a closer look.
pub fn may_be_recognized(face: &Detection) -> bool {
    !is_halftone(face) && side(face) >= MIN_SIDE
}

/// Measures a detected face of `photo` and its aligned crop.
pub fn assess(photo: &RgbImage, detection: &Detection, aligned: &Aligned) -> Quality {
    Quality {
        side: side(detection),
        sharpness: laplacian_variance(&aligned.for_quality.as_ref().unwrap_or(&aligned.crop).0),
        frontal: frontal(&detection.landmarks),
        inside: inside(photo, &detection.box_in_photo),
        score: detection.score,
        is_halftone: is_halftone(detection),
        is_negative: detection.is_negative,
        mesh: aligned.mesh,
    }
}

fn side(face: &Detection) -> f32 {
    face.box_in_photo.width.min(face.box_in_photo.height)
}

fn is_halftone(face: &Detection) -> bool {
    face.smoothing > 0.0
}

impl Quality {
    /// Whether the embedding is reliable enough for grouping.
    pub fn recognizable(&self) -> bool {
        !self.is_halftone && self.side >= MIN_SIDE && self.sharpness >= MIN_SHARPNESS
    }

    /// 0 to 1; a higher value shows the person better: large, sharp, looking into the camera with open eyes. Orders covers
    /// and lists.
    pub fn value(&self) -> f32 {
        let size = (self.side / AMPLE_SIDE).min(1.0);
        let sharp = (self.sharpness / AMPLE_SHARPNESS).min(1.0).sqrt();
        let shown = self.mesh.map_or(self.frontal, |mesh| shown(&mesh));
        (size * sharp * shown * self.inside * self.score)
            .clamp(0.0, 1.0)
            .sqrt()
    }

    /// What the library stores, without the norm of the embedding.
    pub fn measures(&self) -> FaceMeasures {
        FaceMeasures {
            side: Some(self.side),
            sharpness: Some(self.sharpness),
            norm: None,
            mesh: self.mesh,
            is_negative: self.is_negative,
        }
    }
}

/// How much of the person a face shows by what the mesh says of it: 1 with open eyes that look into the camera, 0 where it
/// is turned away or is no face.
fn shown(mesh: &MeshMeasures) -> f32 {
    let facing = turned(mesh.yaw, MAX_YAW) * turned(mesh.pitch - LEVEL_PITCH, MAX_PITCH);
    let unsmiling = mesh.eyes_open + NARROWED_BY_SMILE * mesh.smile.clamp(0.0, BROADEST_SMILE);
    let open = ((unsmiling - CLOSED_EYES) / (OPEN_EYES - CLOSED_EYES)).clamp(0.0, 1.0);
    let eyes = FACTOR_OF_CLOSED_EYES + (1.0 - FACTOR_OF_CLOSED_EYES) * open;
    let flag = (mesh.face_flag / SURE_FLAG).clamp(0.0, 1.0);
    // A number that is none is the worst one.
    Some(facing * eyes * flag)
        .filter(|shown| shown.is_finite())
        .unwrap_or(0.0)
}

/// 1 for no angle, 0 from `max` on.
fn turned(angle: f32, max: f32) -> f32 {
    let share = (angle / max).clamp(-1.0, 1.0);
    (share * std::f32::consts::FRAC_PI_2).cos().max(0.0)
}

/// Position of the nose along the line between the eyes: 1 in the middle, 0 at an eye or beyond.
fn frontal(landmarks: &Landmarks) -> f32 {
    let [right_eye, left_eye, nose, ..] = landmarks.0;
    let (dx, dy) = (left_eye.x - right_eye.x, left_eye.y - right_eye.y);
    let length_squared = dx * dx + dy * dy;
    if length_squared <= 0.0 {
        return 0.0;
    }
    let along = ((nose.x - right_eye.x) * dx + (nose.y - right_eye.y) * dy) / length_squared;
    (1.0 - (2.0 * along - 1.0).abs()).clamp(0.0, 1.0)
}

/// Share of the square around the head inside the photo: faces at the border make poor covers.
fn inside(photo: &RgbImage, face: &PhotoRect) -> f32 {
    let side = face.head_side();
    let center = face.center();
    let head = PhotoRect {
        x: center.x - side / 2.0,
        y: center.y - side / 2.0,
        width: side,
        height: side,
    };
    let (width, height) = photo.dimensions();
    head.clamped(Size { width, height }).area() / head.area()
}

fn laplacian_variance(crop: &RgbImage) -> f32 {
    let luma: Vec<f32> = crop
        .pixels()
        .map(|p| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]))
        .collect();
    let (width, height) = (crop.width() as usize, crop.height() as usize);
    let (mut sum, mut squares, mut count) = (0.0, 0.0, 0.0);
    for y in 1..height.saturating_sub(1) {
        for x in 1..width.saturating_sub(1) {
            let at = y * width + x;
            let value =
                luma[at - 1] + luma[at + 1] + luma[at - width] + luma[at + width] - 4.0 * luma[at];
            sum += value;
            squares += value * value;
            count += 1.0;
        }
    }
    if count == 0.0 {
        return 0.0;
    }
    squares / count - (sum / count) * (sum / count)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACING: MeshMeasures = MeshMeasures {
        face_flag: 1.0,
        yaw: 0.0,
        pitch: LEVEL_PITCH,
        roll: 0.0,
        eyes_open: 0.3,
        smile: 0.0,
    };

    fn value(mesh: Option<MeshMeasures>) -> f32 {
        let quality = Quality {
            side: 200.0,
            sharpness: 300.0,
            frontal: 0.8,
            inside: 1.0,
            score: 0.9,
            is_halftone: false,
            is_negative: false,
            mesh,
        };
        quality.value()
    }

    fn with(change: impl Fn(&mut MeshMeasures)) -> f32 {
        let mut mesh = FACING;
        change(&mut mesh);
        value(Some(mesh))
    }

    #[test]
    fn without_a_mesh_the_nose_tells_whether_a_face_is_frontal() {
        assert!((value(None) - (0.8f32 * 0.9).sqrt()).abs() < 1e-6);
        assert!(value(Some(FACING)) > value(None));
    }

    #[test]
    fn open_eyes_that_look_into_the_camera_are_worth_most() {
        let best = value(Some(FACING));
        assert!((best - 0.9f32.sqrt()).abs() < 1e-6);
        let further: [&dyn Fn(f32) -> f32; 4] = [
            &|share| with(|mesh| mesh.yaw = share * MAX_YAW),
            &|share| with(|mesh| mesh.yaw = -share * MAX_YAW),
            &|share| with(|mesh| mesh.pitch = LEVEL_PITCH - share * MAX_PITCH),
            &|share| with(|mesh| mesh.eyes_open = OPEN_EYES - share * (OPEN_EYES - CLOSED_EYES)),
        ];
        for worse in further {
            let values = [0.0, 0.3, 0.6, 1.0].map(worse);
            assert!((values[0] - best).abs() < 1e-6);
            assert!(values.is_sorted_by(|a, b| a > b), "{values:?}");
        }
        assert_eq!(with(|mesh| mesh.yaw = 2.0), 0.0);
        assert!(with(|mesh| mesh.eyes_open = 0.0) > 0.0);
        assert_eq!(with(|mesh| mesh.smile = 1.0), best, "nobody has to smile");
    }

    #[test]
    fn the_narrow_eyes_of_a_smile_are_not_closed() {
        let eyes = |eyes_open: f32, smile: f32| {
            with(|mesh| (mesh.eyes_open, mesh.smile) = (eyes_open, smile))
        };
        assert_eq!(eyes(0.19, 0.5), eyes(0.3, 0.0));
        assert!(eyes(0.19, 0.0) < eyes(0.19, 0.2));
        assert_eq!(eyes(0.13, 0.05), eyes(0.0, 0.0));
        assert_eq!(eyes(0.16, 9.0), eyes(0.16, BROADEST_SMILE));
        assert!(eyes(0.1, 9.0) < eyes(0.19, 0.2));
    }

    #[test]
    fn what_is_hardly_a_face_is_worth_little() {
        assert_eq!(with(|mesh| mesh.face_flag = 0.0), 0.0);
        assert!(with(|mesh| mesh.face_flag = 0.5) < value(Some(FACING)));
        assert_eq!(with(|mesh| mesh.eyes_open = f32::NAN), 0.0);
    }

    #[test]
    fn only_what_can_not_be_recognizable_gets_no_closer_look() {
        let photo = RgbImage::from_fn(64, 64, |x, y| {
            image::Rgb([((x * 7 + y * 13) % 256) as u8; 3])
        });
        let mut seen = [0; 2];
        for side in [8.0, 19.9, 20.0, 45.0] {
            for smoothing in [0.0, 2.0] {
                let box_in_photo = PhotoRect {
                    x: 4.0,
                    y: 4.0,
                    width: side,
                    height: side + 3.0,
                };
                let landmarks = Landmarks(crate::vision::align::TEMPLATE);
                let face = Detection {
                    box_in_photo,
                    landmarks,
                    consensus: landmarks,
                    score: 0.9,
                    is_negative: false,
                    smoothing,
                };
                let aligned = Aligned {
                    crop: crate::vision::align(&photo, &landmarks),
                    for_quality: None,
                    mesh: None,
                };
                let recognizable = assess(&photo, &face, &aligned).recognizable();
                assert_eq!(recognizable, may_be_recognized(&face), "{side} {smoothing}");
                seen[usize::from(recognizable)] += 1;
            }
        }
        assert_eq!(seen, [6, 2]);
    }
}
