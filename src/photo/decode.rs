//! Bytes to an upright sRGB photo, whatever the format.

use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, RgbImage, RgbaImage};

use super::color::{self, Samples};
use super::exif::ExifFacts;
use super::guard::catch_panic;
use super::jpeg::Jpeg;
use super::kind::{FileKind, HEAD, format_name, kind_by_content};
use super::orientation::upright;
use super::{Limits, Orientation, PhotoError, file};
use crate::geometry::Size;

/// A decoded photo.
pub struct Photo {
    /// Upright, 8-bit sRGB; what was transparent is laid on white. At full scale.
    pub image: RgbImage,
    /// Size of the picture as stored, before `orientation`.
    pub stored: Size,
    pub orientation: Orientation,
    /// When it was taken, `YYYY-MM-DDTHH:MM:SS` in the camera's local time.
    pub taken: Option<String>,
    pub format: ImageFormat,
}

impl Photo {
    /// Size of the upright photo at full scale.
    pub fn size(&self) -> Size {
        self.orientation.upright_size(self.stored)
    }
}

/// What a photo's headers claim, before any pixel is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    pub format: ImageFormat,
    /// Size of the stored picture.
    pub stored: Size,
    /// About as many bytes as decoding takes at its height.
    pub memory: u64,
}

/// Reads, checks and decodes the photo at `path`.
pub fn open(path: &Path, limits: &Limits) -> Result<Photo, PhotoError> {
    decode(&file::read(path, limits)?.bytes, limits)
}

/// Reads the headers of a photo in memory; fails as [`decode`] would on what they say.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Probe, PhotoError> {
    let format = format_of(bytes)?;
    guarded(format, || {
        let (stored, bytes_per_pixel) = if format == ImageFormat::Jpeg {
            let jpeg = Jpeg::new(bytes, limits)?;
            (jpeg.size, jpeg.bytes_per_pixel())
        } else {
            let decoder = generic_decoder(bytes, format, limits)?;
            let stored = size_of(&decoder, limits)?;
            // As decoded, flattened to RGB, and turned upright.
            (
                stored,
                u64::from(decoder.color_type().bytes_per_pixel()) + 6,
            )
        };
        let pixels = u64::from(stored.width) * u64::from(stored.height);
        Ok(Probe {
            format,
            stored,
            memory: pixels * bytes_per_pixel,
        })
    })
}

/// Decodes a photo in memory. The format is told by content; a panic in a decoder is an error like any other.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Photo, PhotoError> {
    let format = format_of(bytes)?;
    guarded(format, || {
        let (pixels, exif) = if format == ImageFormat::Jpeg {
            let jpeg = Jpeg::new(bytes, limits)?;
            let exif = jpeg.exif();
            (jpeg.pixels()?, exif)
        } else {
            decode_generic(bytes, format, limits)?
        };
        let (width, height) = pixels.dimensions();
        Ok(Photo {
            image: upright(pixels, exif.orientation),
            stored: Size { width, height },
            orientation: exif.orientation,
            taken: exif.taken,
            format,
        })
    })
}

fn format_of(bytes: &[u8]) -> Result<ImageFormat, PhotoError> {
    if bytes.is_empty() {
        return Err(PhotoError::Empty);
    }
    match kind_by_content(&bytes[..bytes.len().min(HEAD)]) {
        FileKind::Photo(format) => Ok(format),
        FileKind::NotYetReadable(kind) => Err(PhotoError::NotYetReadable { kind }),
        FileKind::Other => Err(PhotoError::NotAPhoto),
    }
}

fn guarded<T>(
    format: ImageFormat,
    decode: impl FnOnce() -> Result<T, PhotoError>,
) -> Result<T, PhotoError> {
    let format = format_name(format);
    catch_panic(decode)
        .unwrap_or_else(|message| Err(PhotoError::DecoderPanicked { format, message }))
}

pub(super) fn check_pixels(size: Size, limits: &Limits) -> Result<(), PhotoError> {
    let Size { width, height } = size;
    if u64::from(width) * u64::from(height) > limits.max_pixels {
        return Err(PhotoError::TooManyPixels {
            width,
            height,
            limit: limits.max_pixels,
        });
    }
    if width == 0 || height == 0 {
        return Err(PhotoError::Empty);
    }
    Ok(())
}

/// Every format but JPEG, through the `image` crate.
fn generic_decoder<'a>(
    bytes: &'a [u8],
    format: ImageFormat,
    limits: &Limits,
) -> Result<impl image::ImageDecoder + use<'a>, PhotoError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut allocations = image::Limits::no_limits();
    // Eight bytes are the widest pixel of a photo (16-bit RGBA); the rest is for tables.
    allocations.max_alloc = Some(limits.max_pixels.saturating_mul(8).saturating_add(64 << 20));
    reader.limits(allocations);
    reader
        .into_decoder()
        .map_err(|error| damaged(format, &error))
}

fn size_of(decoder: &impl image::ImageDecoder, limits: &Limits) -> Result<Size, PhotoError> {
    let (width, height) = decoder.dimensions();
    let size = Size { width, height };
    check_pixels(size, limits)?;
    Ok(size)
}

fn decode_generic(
    bytes: &[u8],
    format: ImageFormat,
    limits: &Limits,
) -> Result<(RgbImage, ExifFacts), PhotoError> {
    let mut decoder = generic_decoder(bytes, format, limits)?;
    size_of(&decoder, limits)?;
    // A file without readable metadata is still a photo.
    let icc = decoder.icc_profile().ok().flatten();
    let exif = match format {
        // A TIFF file is itself what an EXIF block is in other formats.
        ImageFormat::Tiff => ExifFacts::parse(bytes),
        _ => match decoder.exif_metadata().ok().flatten() {
            Some(raw) => ExifFacts::parse(&raw),
            None => ExifFacts::NONE,
        },
    };
    let decoded = DynamicImage::from_decoder(decoder).map_err(|error| damaged(format, &error))?;
    let samples = match decoded.color().has_color() {
        true => Samples::Rgb,
        false => Samples::GreyThrice,
    };
    let mut pixels = if decoded.color().has_alpha() {
        on_white(&decoded.into_rgba8())
    } else {
        decoded.into_rgb8()
    };
    if let Some(icc) = icc {
        color::to_srgb(&mut pixels, samples, &icc);
    }
    Ok((pixels, exif))
}

fn damaged(format: ImageFormat, error: &image::ImageError) -> PhotoError {
    PhotoError::Damaged {
        format: format_name(format),
        reason: error.to_string(),
    }
}

/// Straight (not premultiplied) alpha over white.
fn on_white(picture: &RgbaImage) -> RgbImage {
    let mut photo = RgbImage::new(picture.width(), picture.height());
    for (pixel, over) in photo.pixels_mut().zip(picture.pixels()) {
        let alpha = u32::from(over.0[3]);
        for channel in 0..3 {
            let sum = u32::from(over.0[channel]) * alpha + 255 * (255 - alpha);
            pixel.0[channel] = ((sum + 127) / 255) as u8;
        }
    }
    photo
}
