//! JPEG: baseline and progressive, grey, YCbCr, RGB, CMYK and YCCK.
//!
//! zune-jpeg is used directly (the `image` crate wraps the same decoder), because pictures with four inks need their
//! raw inks for the colour profile. It reads the headers and decodes at full scale; libjpeg decodes at smaller scales
//! ([`reduced`]).
//!
//! The decoder is lenient: it fills what it can't decode with grey, and doesn't say so. Where the picture looks like that, or
//! the markers say so (ITU T.81, annex B), libjpeg is asked whether data are missing.

pub(super) mod cost;
mod reduced;

use image::RgbImage;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::geometry::Size;
use crate::photo::decode_watch::{ShortReads, Watch};
use crate::photo::exif::ExifFacts;
use crate::photo::limits::check_stored;
use crate::photo::memory::Memory;
use crate::photo::pixels::color::{self, Samples};
use crate::photo::{Limits, Orientation, PhotoError, Reduction};
use cost::{app1, has_all_scans, has_end_marker, work};
use reduced::{Decoded, decode_reduced};

const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// A JPEG whose headers have been read.
pub(crate) struct Jpeg<'a> {
    decoder: JpegDecoder<ShortReads<'a>>,
    bytes: &'a [u8],
    watch: &'a Watch<'a>,
    inks: Option<Inks>,
    grey: bool,
    pub size: Size,
}

impl<'a> Jpeg<'a> {
    pub(crate) fn new(
        bytes: &'a [u8],
        limits: &Limits,
        watch: &'a Watch<'a>,
    ) -> Result<Self, PhotoError> {
        let options = DecoderOptions::default()
            .set_strict_mode(false)
            .set_max_width(usize::from(u16::MAX))
            .set_max_height(usize::from(u16::MAX));
        let mut decoder = JpegDecoder::new_with_options(ShortReads::new(bytes, watch), options);
        decoder.decode_headers().map_err(damaged)?;
        let (Some(info), Some(space)) = (decoder.info(), decoder.input_colorspace()) else {
            return Err(damaged(DecodeErrors::FormatStatic("no header")));
        };
        // Adobe's marker has the same value for CMYK and for RGB; the number of components tells them apart.
        let inks = match (info.components, space) {
            (4, ColorSpace::CMYK) => Some(Inks::Cmyk),
            (4, ColorSpace::YCCK) => Some(Inks::Ycck),
            _ => None,
        };
        let size = Size {
            width: u32::from(info.width),
            height: u32::from(info.height),
        };
        check_stored(size, limits)?;
        // The samples are asked for as stored where there are four inks, as RGB otherwise.
        let output = if inks.is_some() {
            space
        } else {
            ColorSpace::RGB
        };
        decoder.set_options(decoder.options().jpeg_set_out_colorspace(output));
        Ok(Self {
            decoder,
            bytes,
            watch,
            inks,
            grey: info.components == 1,
            size,
        })
    }

    /// Whether the picture can be decoded at less than full scale: not where its inks are needed raw.
    pub(crate) fn is_reducible(&self) -> bool {
        self.inks.is_none()
    }

    /// The memory that decoding takes. Fails if decoding would take longer than that of any photo.
    pub(crate) fn memory(&self) -> Result<Memory, PhotoError> {
        let work = work(self.bytes)?;
        let turned = match self.exif().orientation {
            Orientation::UPRIGHT => 0,
            _ => 3,
        };
        Ok(Memory {
            per_decoded_pixel: turned + if self.inks.is_some() { 4 } else { 3 },
            fixed: work.coefficients,
            // zune-jpeg keeps one or two copies of the metadata, and the profile is joined from its parts.
            beside: 3 * work.header,
        })
    }

    pub(crate) fn exif(&self) -> ExifFacts {
        let exif = self.decoder.exif();
        let facts = exif.map_or(ExifFacts::NONE, |raw| ExifFacts::parse(raw));
        facts.or_of_xmp(app1(self.bytes, XMP))
    }

    /// The stored picture in sRGB, its sides divided as `reduction` says; and whether all of it is there.
    pub(crate) fn pixels(self, reduction: Reduction) -> Result<(RgbImage, bool), PhotoError> {
        match reduction {
            Reduction::Full => self.all_pixels(),
            _ => self.by_libjpeg(reduction),
        }
    }

    fn by_libjpeg(&self, reduction: Reduction) -> Result<(RgbImage, bool), PhotoError> {
        let Decoded {
            mut picture,
            has_gaps,
        } = decode_reduced(self.bytes, self.size, reduction, self.watch)
            .map_err(|reason| damaged(DecodeErrors::Format(reason)))?;
        if let Some(icc) = self.profile() {
            color::to_srgb(&mut picture, self.samples(), &icc);
        }
        Ok((picture, !has_gaps && has_all_scans(self.bytes)))
    }

    fn all_pixels(mut self) -> Result<(RgbImage, bool), PhotoError> {
        let icc = self.profile();
        let samples = match self.decoder.decode() {
            Ok(samples) => samples,
            // A part of it may be readable all the same.
            Err(error) if self.inks.is_none() => {
                self.watch.check()?;
                let (picture, _) = self
                    .by_libjpeg(Reduction::Full)
                    .map_err(|_| damaged(error))?;
                return Ok((picture, false));
            }
            Err(error) => return Err(damaged(error)),
        };
        let is_whole = self.is_whole(&samples);
        let rgb = match (self.inks, icc) {
            (Some(inks), icc) => color::cmyk_to_rgb(ink_amounts(samples, inks), icc.as_deref()),
            (None, None) => samples,
            (None, Some(icc)) => {
                let mut rgb = samples;
                color::to_srgb(&mut rgb, self.samples(), &icc);
                rgb
            }
        };
        let picture = RgbImage::from_raw(self.size.width, self.size.height, rgb)
            .ok_or_else(|| damaged(DecodeErrors::FormatStatic("too few samples")))?;
        Ok((picture, is_whole))
    }

    fn profile(&self) -> Option<Vec<u8>> {
        color::of_bounded_size(self.decoder.icc_profile())
    }

    fn samples(&self) -> Samples {
        if self.grey {
            Samples::GreyThrice
        } else {
            Samples::Rgb
        }
    }

    /// What is missing of a picture is filled with grey, or with the block that noughts stand for, again and again. Where the
    /// end of the last row repeats itself, or the end marker is missing, which alone is harmless, libjpeg is asked; four inks
    /// are beyond it.
    fn is_whole(&self, samples: &[u8]) -> bool {
        if !has_all_scans(self.bytes) {
            return false;
        }
        let channels = if self.inks.is_some() { 4 } else { 3 };
        let row_bytes = self.size.width as usize * channels;
        let last_row = &samples[samples.len().saturating_sub(row_bytes)..];
        let repeats = ends_in_repetition(last_row, channels);
        let has_end = has_end_marker(self.bytes);
        if has_end && !repeats {
            return true;
        }
        if self.inks.is_some() {
            return has_end || !repeats;
        }
        let least = decode_reduced(self.bytes, self.size, Reduction::Eighth, self.watch);
        least.is_ok_and(|decoded| !decoded.has_gaps)
    }
}

/// Whether the last pixels of a row are nearly those of the block or unit before, over and over: plain, or a pattern.
fn ends_in_repetition(row: &[u8], channels: usize) -> bool {
    /// Widths of a block, and of units of two and four blocks, in pixels.
    const PERIODS: [usize; 3] = [8, 16, 32];
    /// Pixels at the row's end that are compared.
    const LENGTH: usize = 64;
    /// Rounding, where colours are shared by pixels.
    const TOLERANCE: u8 = 6;
    PERIODS.into_iter().any(|period| {
        let period = period * channels;
        let from = row.len().saturating_sub(LENGTH * channels).max(period);
        // A row shorter than a period can't be told from one that repeats.
        let later = row.get(from..).unwrap_or(&[]);
        let before = row.get(from - period..).unwrap_or(&[]);
        later
            .iter()
            .zip(before)
            .all(|(a, b)| a.abs_diff(*b) <= TOLERANCE)
    })
}

fn damaged(error: DecodeErrors) -> PhotoError {
    let reason = match error {
        DecodeErrors::Format(reason) => reason,
        DecodeErrors::FormatStatic(reason) => reason.to_owned(),
        other => format!("{other:?}"),
    };
    PhotoError::Damaged {
        format: "JPEG",
        reason: reason.trim().to_owned(),
    }
}

/// How a picture with four inks stores them (Adobe Technical Note 5116).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inks {
    /// All four inverted: 0 is full ink.
    Cmyk,
    /// The first three as YCbCr of the amounts of ink (ITU T.871), black inverted.
    Ycck,
}

/// Amounts of ink, 255 for full ink.
fn ink_amounts(mut samples: Vec<u8>, inks: Inks) -> Vec<u8> {
    for pixel in samples.chunks_exact_mut(4) {
        if inks == Inks::Ycck {
            let y = f32::from(pixel[0]);
            let cb = f32::from(pixel[1]) - 128.0;
            let cr = f32::from(pixel[2]) - 128.0;
            // A cast from float to integer saturates, which is the clamp needed here.
            pixel[0] = (y + 1.402 * cr).round() as u8;
            pixel[1] = (y - 0.344_136 * cb - 0.714_136 * cr).round() as u8;
            pixel[2] = (y + 1.772 * cb).round() as u8;
        } else {
            for ink in &mut pixel[..3] {
                *ink = 255 - *ink;
            }
        }
        pixel[3] = 255 - pixel[3];
    }
    samples
}
