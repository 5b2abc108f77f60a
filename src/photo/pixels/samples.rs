//! Converts decoded samples of any depth to 8-bit RGB, in strips, so that little is held beside the picture.
//!
//! Samples of 16 bits and of floating point are converted to 8 bits as in the `image` crate. Alpha is straight (not
//! premultiplied) and laid on white.

use std::ops::Range;

use image::{ColorType, RgbImage};

/// Pixels that are converted at a time, so that they stay in the cache.
const CHUNK_PIXELS: usize = 4096;

/// Converts pixels of `color` (samples of several bytes in the machine's byte order) to the same number of RGB pixels.
pub(crate) fn to_rgb(samples: &[u8], color: ColorType, rgb: &mut [u8]) {
    match color {
        ColorType::Rgb8 => rgb.copy_from_slice(samples),
        ColorType::L8 => convert::<1>(samples, rgb, |[grey]| [grey; 3]),
        ColorType::La8 => convert::<2>(samples, rgb, |[grey, alpha]| on_white([grey; 3], alpha)),
        ColorType::Rgba8 => {
            convert::<4>(samples, rgb, |[r, g, b, alpha]| on_white([r, g, b], alpha))
        }
        ColorType::L16 => convert::<2>(samples, rgb, |pixel| [deep(&pixel, 0); 3]),
        ColorType::La16 => convert::<4>(samples, rgb, |pixel| {
            on_white([deep(&pixel, 0); 3], deep(&pixel, 1))
        }),
        ColorType::Rgb16 => {
            convert::<6>(samples, rgb, |pixel| [0, 1, 2].map(|at| deep(&pixel, at)))
        }
        ColorType::Rgba16 => convert::<8>(samples, rgb, |pixel| {
            on_white([0, 1, 2].map(|at| deep(&pixel, at)), deep(&pixel, 3))
        }),
        ColorType::Rgb32F => {
            convert::<12>(samples, rgb, |pixel| [0, 1, 2].map(|at| float(&pixel, at)))
        }
        ColorType::Rgba32F => convert::<16>(samples, rgb, |pixel| {
            on_white([0, 1, 2].map(|at| float(&pixel, at)), float(&pixel, 3))
        }),
        // Other kinds exist in later versions of `image` only.
        _ => rgb.fill(255),
    }
}

fn convert<const BYTES: usize>(
    samples: &[u8],
    rgb: &mut [u8],
    pixel: impl Fn([u8; BYTES]) -> [u8; 3],
) {
    let (samples, _) = samples.as_chunks::<BYTES>();
    let (rgb, _) = rgb.as_chunks_mut::<3>();
    for (samples, rgb) in samples.iter().zip(rgb) {
        *rgb = pixel(*samples);
    }
}

/// A colour of this opacity, laid on white.
pub(crate) fn on_white(color: [u8; 3], alpha: u8) -> [u8; 3] {
    let alpha = u32::from(alpha);
    color.map(|sample| ((u32::from(sample) * alpha + 255 * (255 - alpha) + 127) / 255) as u8)
}

/// Bytes of a pixel, and where its opacity lies in it.
fn alpha_of(color: ColorType) -> Option<(usize, Range<usize>)> {
    let bytes = usize::from(color.bytes_per_pixel());
    let sample = bytes / usize::from(color.channel_count());
    color.has_alpha().then(|| (bytes, bytes - sample..bytes))
}

/// Whether opacity leaves any of these pixels to be seen.
pub(crate) fn has_visible(samples: &[u8], color: ColorType) -> bool {
    let Some((pixel, alpha)) = alpha_of(color) else {
        return true;
    };
    let mut pixels = samples.chunks_exact(pixel);
    pixels.any(|pixel| pixel[alpha.clone()].iter().any(|byte| *byte > 0))
}

/// Makes all pixels of whole numbers opaque.
pub(crate) fn make_opaque(samples: &mut [u8], color: ColorType) {
    let Some((pixel, alpha)) = alpha_of(color) else {
        return;
    };
    for pixel in samples.chunks_exact_mut(pixel) {
        pixel[alpha.clone()].fill(255);
    }
}

fn deep(pixel: &[u8], at: usize) -> u8 {
    let sample = u16::from_ne_bytes([pixel[2 * at], pixel[2 * at + 1]]);
    ((u32::from(sample) + 128) / 257) as u8
}

fn float(pixel: &[u8], at: usize) -> u8 {
    let bytes = [0, 1, 2, 3].map(|byte| pixel[4 * at + byte]);
    // A cast from float to integer saturates and turns NaN into 0.
    (f32::from_ne_bytes(bytes).clamp(0.0, 1.0) * 255.0).round() as u8
}

/// A buffer that a decoder fills with the samples of a whole picture, and that is converted to RGB without a second
/// buffer.
pub(crate) struct InPlace {
    buffer: Vec<u8>,
    color: ColorType,
    width: u32,
    height: u32,
}

impl InPlace {
    pub(crate) fn new(width: u32, height: u32, color: ColorType) -> Self {
        let pixels = width as usize * height as usize;
        let bytes = usize::from(color.bytes_per_pixel()).max(3);
        Self {
            buffer: vec![0; pixels * bytes],
            color,
            width,
            height,
        }
    }

    /// Bytes held for each pixel.
    pub(crate) fn bytes_per_pixel(color: ColorType) -> u64 {
        u64::from(color.bytes_per_pixel()).max(3)
    }

    fn pixels(&self) -> usize {
        self.width as usize * self.height as usize
    }

    /// The place of the samples: at the end, so that writing RGB from the front never overtakes reading them.
    pub(crate) fn samples(&mut self) -> &mut [u8] {
        let bytes = self.pixels() * usize::from(self.color.bytes_per_pixel());
        let from = self.buffer.len() - bytes;
        &mut self.buffer[from..]
    }

    /// Where opacity hides all of the picture, it is passed over: it is something else then.
    pub(crate) fn show_invisible(&mut self) {
        let color = self.color;
        let is_float = color.bytes_per_pixel() > 2 * color.channel_count();
        if !is_float && !has_visible(self.samples(), color) {
            make_opaque(self.samples(), color);
        }
    }

    pub(crate) fn into_rgb(mut self) -> Option<RgbImage> {
        let pixels = self.pixels();
        if self.color != ColorType::Rgb8 {
            let bytes = usize::from(self.color.bytes_per_pixel());
            let from = self.buffer.len() - pixels * bytes;
            let mut chunk = vec![0; CHUNK_PIXELS * bytes];
            for first in (0..pixels).step_by(CHUNK_PIXELS) {
                let count = CHUNK_PIXELS.min(pixels - first);
                let samples = &mut chunk[..count * bytes];
                samples.copy_from_slice(&self.buffer[from + first * bytes..][..count * bytes]);
                let rgb = &mut self.buffer[first * 3..][..count * 3];
                to_rgb(samples, self.color, rgb);
            }
            self.buffer.truncate(pixels * 3);
            self.buffer.shrink_to_fit();
        }
        RgbImage::from_raw(self.width, self.height, self.buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::DynamicImage;

    /// Every kind of pixel is converted as by the `image` crate, except alpha.
    #[test]
    fn samples_are_scaled_as_by_the_image_crate() {
        let bytes: Vec<u8> = (0..5000 * 8u32)
            .map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        let deep: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| u16::from_ne_bytes([pair[0], pair[1]]))
            .collect();
        let width = 5000;
        let grey = image::ImageBuffer::from_raw(width, 1, bytes[..5000].to_vec());
        let grey16 = image::ImageBuffer::from_raw(width, 1, deep[..5000].to_vec());
        let rgb16 = image::ImageBuffer::from_raw(width, 1, deep[..15_000].to_vec());
        let float: Vec<f32> = deep[..15_000]
            .iter()
            .map(|s| f32::from(*s) / 60_000.0)
            .collect();
        let rgb_float = image::ImageBuffer::from_raw(width, 1, float);
        let pictures = [
            grey.map(DynamicImage::ImageLuma8),
            grey16.map(DynamicImage::ImageLuma16),
            rgb16.map(DynamicImage::ImageRgb16),
            rgb_float.map(DynamicImage::ImageRgb32F),
        ];
        for picture in pictures {
            let picture = picture.expect("a picture");
            let color = picture.color();
            let mut place = InPlace::new(width, 1, color);
            place.samples().copy_from_slice(picture.as_bytes());
            assert_eq!(place.into_rgb(), Some(picture.into_rgb8()), "{color:?}");
        }
    }

    #[test]
    fn alpha_is_laid_on_white_at_any_depth() {
        let mut rgb = [0; 6];
        to_rgb(
            &[200, 100, 0, 0, 200, 100, 0, 128],
            ColorType::Rgba8,
            &mut rgb,
        );
        assert_eq!(rgb, [255, 255, 255, 227, 177, 127]);
        let deep = [[10u16 * 257, 65535], [10 * 257, 0]].concat();
        let bytes: Vec<u8> = deep
            .iter()
            .flat_map(|sample| sample.to_ne_bytes())
            .collect();
        to_rgb(&bytes, ColorType::La16, &mut rgb);
        assert_eq!(rgb, [10, 10, 10, 255, 255, 255]);
    }
}
