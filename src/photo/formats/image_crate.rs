//! GIF, WebP, BMP, QOI and PNM: the `image` crate decodes them whole, and they are converted to RGB in the same buffer.

use std::io::{BufRead, Cursor, Read as _, Seek, SeekFrom};

use image::codecs::webp::WebPDecoder;
use image::imageops::flip_vertical_in_place;
use image::{ImageDecoder, ImageError, ImageReader, RgbImage};

use super::bmp;
use crate::geometry::Size;
use crate::photo::decode_watch::{Watch, Watched};
use crate::photo::exif::ExifFacts;
use crate::photo::file::{SeekRead, Source};
use crate::photo::file_kind::PhotoFormat;
use crate::photo::limits::check_pixels;
use crate::photo::memory::Memory;
use crate::photo::note::PhotoNote;
use crate::photo::pixels::color::{self, MAX_PROFILE, Samples};
use crate::photo::pixels::orientation::{Orientation, upright};
use crate::photo::pixels::samples::InPlace;
use crate::photo::{Limits, PhotoError};

/// Bytes that a decoder may hold beside the samples, for a picture of any size.
const MAX_BESIDE: u64 = 16 << 20;

/// A picture whose headers have been read.
pub(crate) struct Whole<'a> {
    decoder: Box<dyn ImageDecoder + 'a>,
    format: PhotoFormat,
    /// Bytes that the decoder itself holds for each pixel.
    decoder_per_pixel: u64,
    exif: ExifFacts,
    icc: Option<Vec<u8>>,
    /// Bytes of a copy of the file.
    copied: u64,
    is_flipped: bool,
    pub(crate) size: Size,
}

impl<'a> Whole<'a> {
    pub(crate) fn open(
        source: Source<'a>,
        format: PhotoFormat,
        limits: &Limits,
        watch: &'a Watch<'a>,
    ) -> Result<Self, PhotoError> {
        let rewritten = match format {
            PhotoFormat::Bmp => bmp::rewritten(source, watch)?,
            _ => None,
        };
        let is_flipped = rewritten.as_ref().is_some_and(|file| file.is_flipped);
        let copied = rewritten.as_ref().map_or(0, |file| file.bytes.len() as u64);
        let (mut decoder, decoder_per_pixel) = match rewritten {
            Some(file) => {
                let reader = Watched::new(Cursor::new(file.bytes), watch);
                of_image_crate(reader, format, limits)?
            }
            None => decoder(source, format, limits, watch)?,
        };
        let (width, height) = decoder.dimensions();
        let size = Size { width, height };
        check_pixels(size, limits)?;
        let mut allocations = image::Limits::no_limits();
        allocations.max_alloc = Some(match format {
            // A frame may be larger than the screen, but not by much.
            PhotoFormat::Gif => (4 * size.pixels()).max(MAX_BESIDE),
            // Only metadata are counted.
            PhotoFormat::WebP => MAX_PROFILE,
            _ => limits.max_memory,
        });
        let damaged = |error| damaged(format, &error);
        decoder.set_limits(allocations).map_err(damaged)?;
        // A file with unreadable metadata is still a photo.
        let icc = color::of_bounded_size(decoder.icc_profile().ok().flatten());
        let exif = match decoder.exif_metadata().ok().flatten() {
            Some(raw) => ExifFacts::parse(&raw),
            None => ExifFacts::NONE,
        };
        let packet = match exif.says_orientation {
            true => None,
            false => decoder.xmp_metadata().ok().flatten(),
        };
        let exif = exif.or_of_xmp(packet.as_deref());
        Ok(Self {
            decoder,
            format,
            decoder_per_pixel,
            exif,
            icc,
            copied,
            is_flipped,
            size,
        })
    }

    pub(crate) fn memory(&self) -> Memory {
        let color = self.decoder.color_type();
        let decoding = InPlace::bytes_per_pixel(color) + self.decoder_per_pixel;
        let turning = match self.exif.orientation {
            Orientation::UPRIGHT => 0,
            _ => 6,
        };
        Memory {
            per_decoded_pixel: decoding.max(turning),
            fixed: self.copied,
            beside: 0,
        }
    }

    /// The upright picture in sRGB.
    pub(crate) fn decode(self) -> Result<(RgbImage, ExifFacts, Vec<PhotoNote>), PhotoError> {
        let Size { width, height } = self.size;
        let color = self.decoder.color_type();
        let mut place = InPlace::new(width, height, color);
        let read = self.decoder.read_image_boxed(place.samples());
        let mut notes = Vec::new();
        if let Err(error) = read {
            // What was read so far is looked at.
            let is_damage = matches!(error, ImageError::Decoding(_) | ImageError::IoError(_));
            let is_empty = place.samples().iter().all(|sample| *sample == 0);
            if is_empty || !is_damage {
                return Err(damaged(self.format, &error));
            }
            notes.push(PhotoNote::Incomplete);
        }
        place.show_invisible();
        let mut picture = place.into_rgb().ok_or_else(|| PhotoError::Damaged {
            format: self.format.name(),
            reason: "too few samples".to_owned(),
        })?;
        if self.is_flipped {
            flip_vertical_in_place(&mut picture);
        }
        if let Some(icc) = &self.icc {
            color::to_srgb(&mut picture, Samples::of(color), icc);
        }
        Ok((upright(picture, self.exif.orientation), self.exif, notes))
    }
}

/// The decoder, and the bytes that it holds for each pixel beside the samples.
fn decoder<'a>(
    source: Source<'a>,
    format: PhotoFormat,
    limits: &Limits,
    watch: &'a Watch<'a>,
) -> Result<(Box<dyn ImageDecoder + 'a>, u64), PhotoError> {
    let damaged = |error| damaged(format, &error);
    if format == PhotoFormat::WebP {
        source.check_held()?;
        let decoder = WebPDecoder::new(source.reader(watch)?).map_err(damaged)?;
        let per_pixel = webp_bytes_per_pixel(&decoder);
        let (width, height) = decoder.dimensions();
        check_webp_frame(source, watch, Size { width, height })?;
        return Ok((Box::new(decoder), per_pixel));
    }
    of_image_crate(source.reader(watch)?, format, limits)
}

fn of_image_crate<'a>(
    reader: impl BufRead + Seek + 'a,
    format: PhotoFormat,
    limits: &Limits,
) -> Result<(Box<dyn ImageDecoder + 'a>, u64), PhotoError> {
    let damaged = |error| damaged(format, &error);
    let mut reader = ImageReader::with_format(reader, format.of_image_crate());
    let mut allocations = image::Limits::no_limits();
    allocations.max_alloc = Some(limits.max_memory);
    reader.limits(allocations);
    let decoder = reader.into_decoder().map_err(damaged)?;
    // A GIF's first frame is held beside the screen where it doesn't fill it.
    let per_pixel = if format == PhotoFormat::Gif { 4 } else { 0 };
    Ok((Box::new(decoder), per_pixel))
}

/// image-webp 0.2.4: planes of brightness and colour (1.5 bytes), samples of a lossless picture without alpha (4), those of a
/// separate alpha plane (6), canvas and frame of an animation (8); an eighth for the tables of lossless pictures.
fn webp_bytes_per_pixel(decoder: &WebPDecoder<Box<dyn SeekRead + '_>>) -> u64 {
    let frame = match decoder.color_type().has_alpha() {
        true => 8,
        false => 5,
    };
    match decoder.has_animation() {
        true => frame + 8,
        false => frame,
    }
}

/// Checks the size that the first frame claims: the decoder allocates for it before comparing it with the picture.
fn check_webp_frame<'a>(
    source: Source<'a>,
    watch: &'a Watch<'a>,
    canvas: Size,
) -> Result<(), PhotoError> {
    let Some(frame) = webp_frame_size(source, watch)? else {
        return Ok(());
    };
    if frame.width > canvas.width || frame.height > canvas.height {
        return Err(PhotoError::Damaged {
            format: "WebP",
            reason: format!(
                "a frame of {} × {} pixels in a picture of {} × {}",
                frame.width, frame.height, canvas.width, canvas.height
            ),
        });
    }
    Ok(())
}

/// The size in the header of the first frame (RFC 9649; RFC 6386, 9.1, for lossy frames).
fn webp_frame_size<'a>(
    source: Source<'a>,
    watch: &'a Watch<'a>,
) -> Result<Option<Size>, PhotoError> {
    let mut reader = source.reader(watch)?;
    let mut at = 12;
    loop {
        let mut chunk = [0; 18];
        let is_read = reader
            .seek(SeekFrom::Start(at))
            .and_then(|_| reader.read_exact(&mut chunk));
        if is_read.is_err() {
            return Ok(None);
        }
        let length = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]);
        let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]));
        match &chunk[..4] {
            b"VP8 " => {
                return Ok(Some(Size {
                    width: side(chunk[14], chunk[15]) & 0x3FFF,
                    height: side(chunk[16], chunk[17]) & 0x3FFF,
                }));
            }
            b"VP8L" => {
                let sides = u32::from_le_bytes([chunk[9], chunk[10], chunk[11], chunk[12]]);
                return Ok(Some(Size {
                    width: (sides & 0x3FFF) + 1,
                    height: (sides >> 14 & 0x3FFF) + 1,
                }));
            }
            // The chunks of a frame of an animation are inside it.
            b"ANMF" => at += 8 + 16,
            _ => at += 8 + u64::from(length) + u64::from(length & 1),
        }
    }
}

fn damaged(format: PhotoFormat, error: &ImageError) -> PhotoError {
    if let ImageError::Unsupported(what) = error {
        return PhotoError::Unsupported {
            format: format.name(),
            what: what.to_string(),
        };
    }
    PhotoError::Damaged {
        format: format.name(),
        reason: error.to_string(),
    }
}
