//! An upright photo that is filled with parts of the stored picture as they are decoded, at full scale or smaller.
//!
//! The picture is held once, at the scale at which it is wanted: at a smaller one each pixel is the mean of the stored pixels
//! that it stands for, so a picture of a gigapixel needs no more memory than one of 16 megapixels.

use image::RgbImage;

use super::orientation::{Orientation, UprightCanvas};
use crate::geometry::Size;
use crate::photo::Reduction;

pub(crate) struct Canvas {
    upright: UprightCanvas,
    stored: Size,
    divisor: usize,
    /// Of the pixels of one reduced row, from those of its stored rows that were put so far.
    sums: Vec<u32>,
    reduced_row: Vec<u8>,
}

impl Canvas {
    pub(crate) fn new(stored: Size, orientation: Orientation, reduction: Reduction) -> Self {
        let reduced = reduction.decoded_size(stored);
        let samples = match reduction {
            Reduction::Full => 0,
            _ => reduced.width as usize * 3,
        };
        Self {
            upright: UprightCanvas::new(reduced, orientation),
            stored,
            divisor: reduction.divisor() as usize,
            sums: vec![0; samples],
            reduced_row: vec![0; samples],
        }
    }

    /// Whether parts that begin at multiples of `width` can be put together at any scale.
    pub(crate) fn can_be_reduced(stored: Size, width: u32) -> bool {
        width >= stored.width || width.is_multiple_of(Reduction::Eighth.divisor())
    }

    /// The stored rows from `y` on, if they lie in the photo as they are stored.
    pub(crate) fn rows(&mut self, y: u32, rows: u32) -> Option<&mut [u8]> {
        (self.divisor == 1)
            .then(|| self.upright.rows(y, rows))
            .flatten()
    }

    /// Copies a part of the stored picture to its place: whole rows of `width` RGB pixels, the first pixel at (`x`, `y`).
    /// At a smaller scale, `x` is a multiple of the divisor, and the rows of a part's columns come in order, all of them.
    pub(crate) fn put(&mut self, x: u32, y: u32, width: u32, part: &[u8]) {
        if self.divisor == 1 {
            return self.upright.put(x, y, width, part);
        }
        let first = x as usize / self.divisor;
        for (y, row) in (y as usize..).zip(part.chunks_exact(width.max(1) as usize * 3)) {
            let cells = row.chunks(self.divisor * 3);
            let count = cells.len();
            let sums = self.sums[first * 3..].chunks_exact_mut(3);
            for (sum, cell) in sums.zip(cells) {
                for pixel in cell.chunks_exact(3) {
                    sum.iter_mut()
                        .zip(pixel)
                        .for_each(|(sum, sample)| *sum += u32::from(*sample));
                }
            }
            let is_last = y + 1 == self.stored.height as usize;
            if is_last || (y + 1).is_multiple_of(self.divisor) {
                self.put_means(first, count, y);
            }
        }
    }

    /// Puts `count` pixels of a reduced row, the first in column `first`, whose last stored row is `y`.
    fn put_means(&mut self, first: usize, count: usize, y: usize) {
        let rows = y % self.divisor + 1;
        let width = self.stored.width as usize;
        let samples = first * 3..(first + count) * 3;
        let sums = self.sums[samples.clone()].chunks_exact_mut(3);
        let places = self.reduced_row[samples.clone()].chunks_exact_mut(3);
        for (column, (sums, place)) in (first..).zip(sums.zip(places)) {
            let columns = self.divisor.min(width - column * self.divisor);
            let pixels = (rows * columns) as u32;
            for (sum, place) in sums.iter_mut().zip(place) {
                *place = ((*sum + pixels / 2) / pixels).min(255) as u8;
                *sum = 0;
            }
        }
        let row = (y / self.divisor) as u32;
        let means = &self.reduced_row[samples];
        self.upright.put(first as u32, row, count as u32, means);
    }

    pub(crate) fn into_image(self) -> RgbImage {
        self.upright.into_image()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([
                (x * 7 % 256) as u8,
                (y * 11 % 256) as u8,
                (x * y % 256) as u8,
            ])
        })
    }

    /// The mean of the pixels of each square.
    fn means(picture: &RgbImage, divisor: u32) -> RgbImage {
        let (width, height) = picture.dimensions();
        RgbImage::from_fn(width.div_ceil(divisor), height.div_ceil(divisor), |x, y| {
            let (mut sum, mut count) = ([0u32; 3], 0);
            for y in y * divisor..((y + 1) * divisor).min(height) {
                for x in x * divisor..((x + 1) * divisor).min(width) {
                    let pixel = picture.get_pixel(x, y).0;
                    (0..3).for_each(|channel| sum[channel] += u32::from(pixel[channel]));
                    count += 1;
                }
            }
            image::Rgb(sum.map(|sum| ((sum + count / 2) / count) as u8))
        })
    }

    /// Parts as the strips and tiles of a file: of any height, and of a width that the divisor divides.
    #[test]
    fn each_pixel_is_the_mean_of_those_that_it_stands_for() {
        let picture = drawn(53, 45);
        let stored = Size {
            width: 53,
            height: 45,
        };
        for reduction in Reduction::LARGEST_FIRST {
            for orientation in Orientation::all() {
                for (part_width, part_height) in [(53, 1), (53, 7), (16, 16), (24, 5), (53, 45)] {
                    let mut canvas = Canvas::new(stored, orientation, reduction);
                    for y in (0..45).step_by(part_height as usize) {
                        for x in (0..53).step_by(part_width as usize) {
                            let (wide, high) = (part_width.min(53 - x), part_height.min(45 - y));
                            let part = image::imageops::crop_imm(&picture, x, y, wide, high);
                            canvas.put(x, y, wide, &part.to_image());
                        }
                    }
                    let expected = means(&picture, reduction.divisor());
                    let expected = super::super::orientation::upright(expected, orientation);
                    let parts = (part_width, part_height);
                    assert_eq!(canvas.into_image(), expected, "{reduction:?} {parts:?}");
                }
            }
        }
    }
}
