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
use super::{Limits, Orientation, PhotoError, Reduction, file};
use crate::geometry::Size;

/// A decoded photo.
pub struct Photo {
    /// Upright, 8-bit sRGB; what was transparent is laid on white.
    pub image: RgbImage,
    /// What `image` has of the pixels.
    pub reduction: Reduction,
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
    is_reducible: bool,
    /// Bytes that decoding takes at its height, about: for each decoded and for each stored pixel.
    memory_per_pixel: (u64, u64),
}

impl Probe {
    /// The smallest reduction that leaves something of `length` stored pixels at least `least`; full where the file can only
    /// be decoded whole.
    pub fn reduction_keeping(&self, length: f32, least: f32) -> Reduction {
        if self.is_reducible {
            Reduction::keeping(length, least)
        } else {
            Reduction::Full
        }
    }

    /// About as many bytes as decoding takes at its height.
    pub fn memory(&self, reduction: Reduction) -> u64 {
        let pixels = |size: Size| u64::from(size.width) * u64::from(size.height);
        let (decoded, stored) = self.memory_per_pixel;
        pixels(reduction.decoded_size(self.stored)) * decoded + pixels(self.stored) * stored
    }
}

/// Reads, checks and decodes the photo at `path`.
pub fn open(path: &Path, limits: &Limits) -> Result<Photo, PhotoError> {
    decode(&file::read(path, limits)?.bytes, limits)
}

/// Reads the headers of a photo in memory; fails as [`decode`] would on what they say.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Probe, PhotoError> {
    let format = format_of(bytes)?;
    guarded(format, || {
        if format == ImageFormat::Jpeg {
            let jpeg = Jpeg::new(bytes, limits)?;
            return Ok(Probe {
                format,
                stored: jpeg.size,
                is_reducible: jpeg.is_reducible(),
                memory_per_pixel: jpeg.memory_per_pixel(),
            });
        }
        let decoder = generic_decoder(bytes, format, limits)?;
        // As decoded, flattened to RGB, and turned upright.
        let bytes_per_pixel = u64::from(decoder.color_type().bytes_per_pixel()) + 6;
        Ok(Probe {
            format,
            stored: size_of(&decoder, limits)?,
            is_reducible: false,
            memory_per_pixel: (bytes_per_pixel, 0),
        })
    })
}

/// Decodes a photo in memory, every pixel of it. The format is told by content; a panic in a decoder is an error like any
/// other.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Photo, PhotoError> {
    decode_reduced(bytes, limits, Reduction::Full)
}

/// Decodes a photo in memory at one of the scales that [`Probe::reduction_keeping`] allows for it.
pub fn decode_reduced(
    bytes: &[u8],
    limits: &Limits,
    reduction: Reduction,
) -> Result<Photo, PhotoError> {
    let format = format_of(bytes)?;
    guarded(format, || {
        let (pixels, stored, reduction, exif) = if format == ImageFormat::Jpeg {
            let jpeg = Jpeg::new(bytes, limits)?;
            let (exif, stored) = (jpeg.exif(), jpeg.size);
            (jpeg.pixels(reduction)?, stored, reduction, exif)
        } else {
            let (pixels, exif) = decode_generic(bytes, format, limits)?;
            let (width, height) = pixels.dimensions();
            (pixels, Size { width, height }, Reduction::Full, exif)
        };
        Ok(Photo {
            image: upright(pixels, exif.orientation),
            reduction,
            stored,
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
