//! One AV1 picture of an AVIF file, by the crate `rusty_av1d`.

use heifer_isobmff::boxes::Property;
use heifer_isobmff::{HeifFile, ItemId};
use image::RgbImage;
use rusty_av1d::pixel::YUVRange;
use rusty_av1d::{Decoder, Picture, PixelLayout, PlanarImageComponent, Rav1dError, Settings};

use crate::geometry::Size;

/// Pixels that a coded picture may have more than is shown of it, along each side: less than one superblock.
const MAX_PADDING: u64 = 128;
/// Bytes of `av1C` before the sequence header (AV1-ISOBMFF, 2.3.3).
const CONFIG_HEADER: usize = 4;

/// The picture's first `size` pixels; `nclx` are the matrix and range that the container names.
pub(super) fn decode(
    file: &HeifFile<'_>,
    item: ItemId,
    size: Size,
    nclx: Option<(u16, bool)>,
) -> Result<RgbImage, String> {
    let data = file.item_data(item).map_err(|error| error.to_string())?;
    let mut properties = file
        .item_properties(item)
        .map_err(|error| error.to_string())?;
    let config = properties.find_map(|property| match property {
        Property::Unknown(kind, config) if kind.0 == *b"av1C" => config.get(CONFIG_HEADER..),
        _ => None,
    });
    let stream = [config.unwrap_or(&[]), &data].concat();
    let picture = decode_picture(stream.into_boxed_slice(), size)?;
    if picture.width() < size.width || picture.height() < size.height {
        return Err("a picture smaller than its file says".to_owned());
    }
    to_rgb(&picture, size, nclx)
}

fn decode_picture(stream: Box<[u8]>, size: Size) -> Result<Picture, String> {
    let failed = |error: Rav1dError| format!("{error:?}");
    let mut settings = Settings::new();
    settings.set_n_threads(1);
    settings.set_max_frame_delay(1);
    let (width, height) = (u64::from(size.width), u64::from(size.height));
    let most = (width + MAX_PADDING) * (height + MAX_PADDING);
    settings.set_frame_size_limit(u32::try_from(most).unwrap_or(u32::MAX));
    let mut decoder = Decoder::with_settings(&settings).map_err(failed)?;
    match decoder.send_data(stream, None, None, None) {
        Ok(()) | Err(Rav1dError::TryAgain) => {}
        Err(error) => return Err(failed(error)),
    }
    match decoder.get_picture() {
        Ok(picture) => Ok(picture),
        // One more step hands out what was held back.
        Err(Rav1dError::TryAgain) => {
            match decoder.send_pending_data() {
                Ok(()) | Err(Rav1dError::TryAgain) => {}
                Err(error) => return Err(failed(error)),
            }
            decoder.get_picture().map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

/// What the three samples of a pixel are.
#[derive(Clone, Copy)]
enum Kind {
    /// Green, blue and red as they are.
    Plain,
    /// Luma, and what blue and red differ from it: the weights of red and blue in the luma.
    Weighted(f32, f32),
    /// Luma, and what green and orange differ from the others.
    YCgCo,
}

impl Kind {
    fn of(matrix: u16) -> Result<Self, String> {
        Ok(match matrix {
            0 => Self::Plain,
            1 => Self::Weighted(0.2126, 0.0722),
            4 => Self::Weighted(0.30, 0.11),
            7 => Self::Weighted(0.212, 0.087),
            8 => Self::YCgCo,
            9 | 10 => Self::Weighted(0.2627, 0.0593),
            // Lossless YCgCo, and those whose matrix depends on other things.
            11 | 14.. => return Err(format!("colours of matrix {matrix}")),
            _ => Self::Weighted(0.299, 0.114),
        })
    }
}

/// How samples become light (ITU-T H.273).
struct Matrix {
    kind: Kind,
    full_range: bool,
    max: f32,
    /// Steps of 8-bit video range at this depth.
    step: f32,
}

impl Matrix {
    fn light(&self, y: u16, u: u16, v: u16) -> [u8; 3] {
        let luma = |sample: u16| match self.full_range {
            true => f32::from(sample) / self.max,
            false => (f32::from(sample) - 16.0 * self.step) / (219.0 * self.step),
        };
        let byte = |light: f32| (light * 255.0).round() as u8;
        if matches!(self.kind, Kind::Plain) {
            return [luma(v), luma(y), luma(u)].map(byte);
        }
        let middle = 128.0 * self.step;
        let chroma = |sample: u16| match self.full_range {
            true => (f32::from(sample) - middle) / self.max,
            false => (f32::from(sample) - middle) / (224.0 * self.step),
        };
        let (y, cb, cr) = (luma(y), chroma(u), chroma(v));
        let Kind::Weighted(red, blue) = self.kind else {
            return [y - cb + cr, y + cb, y - cb - cr].map(byte);
        };
        let (r, b) = (y + 2.0 * (1.0 - red) * cr, y + 2.0 * (1.0 - blue) * cb);
        let green = 1.0 - red - blue;
        [r, (y - red * r - blue * b) / green, b].map(byte)
    }
}

fn to_rgb(picture: &Picture, size: Size, nclx: Option<(u16, bool)>) -> Result<RgbImage, String> {
    let bits = picture.bits_per_component().map_or(8, |bits| bits.0);
    let (matrix, full_range) = nclx.unwrap_or_else(|| {
        let full = picture.color_range() == YUVRange::Full;
        (picture.matrix_coefficients() as u16, full)
    });
    let matrix = Matrix {
        kind: Kind::of(matrix)?,
        full_range,
        max: ((1u32 << bits) - 1) as f32,
        step: (1u32 << (bits - 8)) as f32,
    };
    let (across, down) = match picture.pixel_layout() {
        PixelLayout::I444 | PixelLayout::I400 => (1, 1),
        PixelLayout::I422 => (2, 1),
        PixelLayout::I420 => (2, 2),
    };
    let is_grey = picture.pixel_layout() == PixelLayout::I400;
    let wide = bits > 8;
    let plane = |component| (picture.plane(component), picture.stride(component) as usize);
    let luma = plane(PlanarImageComponent::Y);
    let chroma = match is_grey {
        true => [luma; 2],
        false => [
            plane(PlanarImageComponent::U),
            plane(PlanarImageComponent::V),
        ],
    };
    let sample = |(plane, stride): (&[u8], usize), x: usize, y: usize| {
        if wide {
            let at = y * stride + 2 * x;
            plane
                .get(at..at + 2)
                .map_or(0, |two| u16::from_ne_bytes([two[0], two[1]]))
        } else {
            plane.get(y * stride + x).map_or(0, |one| u16::from(*one))
        }
    };
    let middle = 1u16 << (bits - 1);
    let mut rgb = RgbImage::new(size.width, size.height);
    for (y, row) in rgb.chunks_exact_mut(size.width as usize * 3).enumerate() {
        for (x, place) in row.chunks_exact_mut(3).enumerate() {
            let [u, v] = match is_grey {
                true => [middle; 2],
                false => chroma.map(|plane| sample(plane, x / across, y / down)),
            };
            place.copy_from_slice(&matrix.light(sample(luma, x, y), u, v));
        }
    }
    Ok(rgb)
}
