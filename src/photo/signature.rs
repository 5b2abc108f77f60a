//! A few numbers that tell whether two small pictures show the same, turned or not.
//!
//! A picture is brought to a square of 24 x 24 grey values, whatever its shape, so that each of the eight orientations is a
//! permutation of the values. Two pictures are compared by the correlation of their values, which brightness and contrast
//! do not change.

use super::{Limits, Orientation, decode};
use crate::geometry::Size;
use crate::resample::resample_whole;

const SIDE: usize = 24;

/// Zero mean and unit norm.
#[derive(Clone, Debug, PartialEq)]
pub struct Signature(Vec<f32>);

impl Signature {
    /// Of a thumbnail that Kinfolk has made; `None` if it cannot be decoded or is of one colour.
    pub fn of_thumbnail(jpeg: &[u8]) -> Option<Signature> {
        let image = decode(jpeg, &Limits::default()).ok()?.image;
        let side = Size {
            width: SIDE as u32,
            height: SIDE as u32,
        };
        let small = resample_whole(&image, side).ok()?;
        // Luma as in JPEG (ITU-R BT.601).
        let grey = |pixel: &image::Rgb<u8>| {
            let [red, green, blue] = pixel.0.map(f32::from);
            0.299 * red + 0.587 * green + 0.114 * blue
        };
        Signature::from_values(small.pixels().map(grey).collect())
    }

    fn from_values(mut values: Vec<f32>) -> Option<Signature> {
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        values.iter_mut().for_each(|value| *value -= mean);
        let norm = values.iter().map(|value| value * value).sum::<f32>().sqrt();
        // Less than one grey level of contrast.
        if norm < SIDE as f32 {
            return None;
        }
        values.iter_mut().for_each(|value| *value /= norm);
        Some(Signature(values))
    }

    /// Correlation with `other`, −1 to 1, where the picture of `self` is turned by `turn` first.
    pub fn correlation(&self, turn: Orientation, other: &Signature) -> f32 {
        let mut sum = 0.0;
        for y in 0..SIDE {
            for x in 0..SIDE {
                let center = |at: usize| (at as f32 + 0.5) / SIDE as f32;
                let (turned_x, turned_y) = turn.turned(center(x), center(y));
                let place = |at: f32| (at * SIDE as f32) as usize;
                sum += self.0[y * SIDE + x] * other.0[place(turned_y) * SIDE + place(turned_x)];
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::jpeg_thumbnail;
    use crate::photo::pixels::orientation::upright;

    fn drawn() -> image::RgbImage {
        image::RgbImage::from_fn(64, 48, |x, y| {
            let value = if x < 20 && y < 30 { 220 } else { (x * 3) as u8 };
            image::Rgb([value, (y * 4) as u8, 40])
        })
    }

    #[test]
    fn a_turned_picture_is_known_by_its_turn() {
        let signature = |picture: &image::RgbImage| {
            Signature::of_thumbnail(&jpeg_thumbnail(picture, 320).unwrap()).unwrap()
        };
        let before = signature(&drawn());
        for turn in Orientation::all() {
            let after = signature(&upright(drawn(), turn));
            for tried in Orientation::all() {
                let correlation = before.correlation(tried, &after);
                assert_eq!(
                    correlation > 0.98,
                    tried == turn,
                    "{turn:?} {tried:?} {correlation}"
                );
            }
        }
        assert_eq!(
            Signature::of_thumbnail(&jpeg_thumbnail(&image::RgbImage::new(9, 9), 320).unwrap()),
            None
        );
    }
}
