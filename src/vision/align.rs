//! Aligns a face: from five landmarks to the 112×112 crop that the recognizer was trained on.
//!
//! The crop is made by the similarity transform (rotation, one scale, translation) that maps the landmarks to the
//! template with the least sum of squared errors: Umeyama, "Least-squares estimation of transformation parameters
//! between two point patterns", PAMI 13(4), 1991, in its closed form for the plane. Pixels are sampled bilinearly, with
//! black outside the photo, as in OpenCV's `FaceRecognizerSF::alignCrop`. As there, pixel `(i, j)` has its value
//! exactly at coordinate `(i, j)`.

use image::{Rgb, RgbImage};

use super::kernels::{Isa, Line, Picture};
use crate::geometry::{Landmarks, Point, Size};

/// Side of a crop in pixels (the input of SFace).
pub const CROP_SIDE: u32 = 112;

/// Where the landmarks lie in the crop, in pixels: the ArcFace template, in the order of [`Landmarks`] (the right eye
/// of the person is on the left of the picture).
pub(super) const TEMPLATE: [Point; 5] = [
    Point {
        x: 38.2946,
        y: 51.6963,
    },
    Point {
        x: 73.5318,
        y: 51.5014,
    },
    Point {
        x: 56.0252,
        y: 71.7366,
    },
    Point {
        x: 41.5493,
        y: 92.3655,
    },
    Point {
        x: 70.7299,
        y: 92.2041,
    },
];

/// An aligned face: RGB, 112×112 for SFace. Made by [`align`].
#[derive(Clone, Debug, PartialEq)]
pub struct AlignedFace(pub RgbImage);

/// Crops the face with these landmarks from an upright photo. The landmarks are in its pixels.
pub fn align(photo: &RgbImage, landmarks: &Landmarks) -> AlignedFace {
    let size = Size {
        width: CROP_SIDE,
        height: CROP_SIDE,
    };
    align_to(photo, landmarks, &TEMPLATE, size)
}

/// As [`align`], to a crop of another size in which the landmarks lie at `template`, in its pixels.
pub(super) fn align_to(
    photo: &RgbImage,
    landmarks: &Landmarks,
    template: &[Point; 5],
    size: Size,
) -> AlignedFace {
    // Fitted in this direction, as for the training of the recognizer; a fit in the other direction has another scale.
    let crop_from_photo = Similarity::between(&landmarks.0, template);
    let photo_from_crop = crop_from_photo.inverse();
    AlignedFace(sampled(photo, &photo_from_crop, size))
}

/// A picture whose pixel `(i, j)` has the photo's colour at the place where the similarity takes `(i, j)`.
pub(super) fn sampled(photo: &RgbImage, photo_from_picture: &Similarity, size: Size) -> RgbImage {
    let (isa, pixels) = (Isa::best(), pixels_of(photo));
    let Similarity { a, b, shift } = *photo_from_picture;
    let mut picture = RgbImage::new(size.width, size.height);
    for (y, row) in picture
        .chunks_exact_mut(3 * size.width as usize)
        .enumerate()
    {
        let line = Line {
            a,
            b,
            shift: [shift.x, shift.y],
            y: y as f32,
        };
        pixels.sample(isa, &line, row);
    }
    picture
}

/// By how much a face is turned clockwise in the photo, in radians (−π to π): 0 is upright, π/2 has its forehead to the
/// right. From the similarity transform that takes the template to its landmarks.
pub(super) fn tilt(landmarks: &Landmarks) -> f32 {
    Similarity::between(&TEMPLATE, &landmarks.0).angle()
}

/// `p ↦ (a·x − b·y + shift.x, b·x + a·y + shift.y)`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Similarity {
    a: f32,
    b: f32,
    shift: Point,
}

impl Similarity {
    /// The least-squares similarity that maps `from` to `to`. If all points of `from` coincide, its numbers are not
    /// finite.
    pub(super) fn between(from: &[Point; 5], to: &[Point; 5]) -> Similarity {
        let (mean_from, mean_to) = (mean(from), mean(to));
        let (mut dot, mut cross, mut spread) = (0.0, 0.0, 0.0);
        for (f, t) in from.iter().zip(to) {
            let (fx, fy) = (f.x - mean_from.x, f.y - mean_from.y);
            let (tx, ty) = (t.x - mean_to.x, t.y - mean_to.y);
            dot += fx * tx + fy * ty;
            cross += fx * ty - fy * tx;
            spread += fx * fx + fy * fy;
        }
        let (a, b) = (dot / spread, cross / spread);
        let shift = Point {
            x: mean_to.x - a * mean_from.x + b * mean_from.y,
            y: mean_to.y - b * mean_from.x - a * mean_from.y,
        };
        Similarity { a, b, shift }
    }

    /// A similarity with scale 0 has no inverse: the result is not finite.
    pub(super) fn inverse(&self) -> Similarity {
        let square = self.a * self.a + self.b * self.b;
        let (a, b) = (self.a / square, -self.b / square);
        let shift = Point {
            x: -(a * self.shift.x - b * self.shift.y),
            y: -(b * self.shift.x + a * self.shift.y),
        };
        Similarity { a, b, shift }
    }

    /// By how much it turns clockwise (y points down), in radians.
    pub(super) fn angle(&self) -> f32 {
        self.b.atan2(self.a)
    }

    pub(super) fn is_finite(&self) -> bool {
        [self.a, self.b, self.shift.x, self.shift.y]
            .iter()
            .all(|number| number.is_finite())
    }

    pub(super) fn apply(&self, p: Point) -> Point {
        Point {
            x: self.a * p.x - self.b * p.y + self.shift.x,
            y: self.b * p.x + self.a * p.y + self.shift.y,
        }
    }
}

fn mean(points: &[Point; 5]) -> Point {
    Point {
        x: points.iter().map(|p| p.x).sum::<f32>() / 5.0,
        y: points.iter().map(|p| p.y).sum::<f32>() / 5.0,
    }
}

fn pixels_of(photo: &RgbImage) -> Picture<'_> {
    Picture::new(photo, photo.width() as usize, photo.height() as usize)
}

/// The colour at a point of a photo, interpolated between pixels; black outside.
pub(super) fn bilinear(photo: &RgbImage, at: Point) -> Rgb<u8> {
    Rgb(pixels_of(photo).bilinear([at.x, at.y]))
}
