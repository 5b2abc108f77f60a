//! JPEG: baseline and progressive, grey, YCbCr, RGB, CMYK and YCCK.
//!
//! zune-jpeg is used directly (the `image` crate wraps the same decoder), because pictures with four inks need their
//! raw inks for the colour profile. It reads the headers and decodes at full scale; libjpeg decodes at smaller scales
//! ([`reduced`]).
//!
//! The decoder is lenient: it fills what it can't decode with grey, and doesn't say so. Where the picture looks like that, or
//! the markers say so (ITU T.81, annex B), libjpeg is asked whether data are missing. libjpeg also decodes what zune-jpeg doesn't
//! take or takes wrongly: arithmetic codes, scans of single colours, unusual sampling, wrong marks that viewers pass over.

pub(super) mod cost;
mod reduced;

use image::RgbImage;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use crate::catch_panic::catch_panic;
use crate::geometry::Size;
use crate::photo::decode_watch::{ShortReads, Watch};
use crate::photo::exif::ExifFacts;
use crate::photo::limits::check_stored;
use crate::photo::memory::Memory;
use crate::photo::pixels::color::{self, Samples};
use crate::photo::reduction::Scales;
use crate::photo::{Limits, Orientation, PhotoError, Reduction};
use cost::{
    app1, frame_size, has_all_scans, has_arithmetic_codes, has_end_marker, has_scans_of_parts,
    icc_profile, sampling, unsupported_frame, work,
};
use reduced::{Decoded, decode_reduced, has_gaps};

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// A JPEG whose headers have been read.
pub(crate) struct Jpeg<'a> {
    /// None where it can't read the file, or reads it wrongly: libjpeg decodes it then.
    decoder: Option<Box<JpegDecoder<ShortReads<'a>>>>,
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
        if let Some(what) = unsupported_frame(bytes) {
            let format = "JPEG";
            return Err(PhotoError::Unsupported { format, what });
        }
        let headers = catch_panic(|| headers(bytes, watch));
        watch.check()?;
        let decoder = match headers {
            Ok(Ok(decoder)) => decoder,
            Ok(Err(error)) => {
                return Self::of_libjpeg(bytes, limits, watch).ok_or(damaged(error))?;
            }
            Err(message) => {
                let error = damaged(DecodeErrors::Format(message));
                return Self::of_libjpeg(bytes, limits, watch).ok_or(error)?;
            }
        };
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
        let mut decoder = Box::new(decoder);
        // The samples are asked for as stored where there are four inks, as RGB otherwise.
        let output = if inks.is_some() {
            space
        } else {
            ColorSpace::RGB
        };
        decoder.set_options(decoder.options().jpeg_set_out_colorspace(output));
        let is_usual = inks.is_some() || has_usual_sampling(bytes) && !has_scans_of_parts(bytes);
        Ok(Self {
            decoder: is_usual.then_some(decoder),
            bytes,
            watch,
            inks,
            grey: info.components == 1,
            size,
        })
    }

    /// For libjpeg alone; none where it can't be for it either.
    fn of_libjpeg(
        bytes: &'a [u8],
        limits: &Limits,
        watch: &'a Watch<'a>,
    ) -> Option<Result<Self, PhotoError>> {
        let (size, components) = (frame_size(bytes)?, sampling(bytes).len());
        if !matches!(components, 1 | 3) {
            return None;
        }
        Some(check_stored(size, limits).map(|()| Self {
            decoder: None,
            bytes,
            watch,
            inks: None,
            grey: components == 1,
            size,
        }))
    }

    /// Not smaller where its inks are needed raw.
    pub(crate) fn scales(&self) -> Scales {
        match self.inks {
            None => Scales::Any,
            Some(_) => Scales::Full,
        }
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
        let facts = app1(self.bytes, EXIF).map_or(ExifFacts::NONE, ExifFacts::parse);
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
        let is_cut = has_arithmetic_codes(self.bytes) && !has_end_marker(self.bytes);
        Ok((picture, !has_gaps && !is_cut && has_all_scans(self.bytes)))
    }

    fn all_pixels(mut self) -> Result<(RgbImage, bool), PhotoError> {
        let Some(mut decoder) = self.decoder.take() else {
            return self.by_libjpeg(Reduction::Full);
        };
        let failed = |message| Err(DecodeErrors::Format(message));
        let samples = match catch_panic(|| decoder.decode()).unwrap_or_else(failed) {
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
        drop(decoder);
        let is_whole = self.is_whole(&samples);
        // Of what is damaged libjpeg makes what most viewers show.
        if !is_whole && self.inks.is_none() {
            self.watch.check()?;
            if let Ok((picture, _)) = self.by_libjpeg(Reduction::Full) {
                return Ok((picture, false));
            }
        }
        let icc = self.profile();
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
        color::of_bounded_size(icc_profile(self.bytes))
    }

    fn samples(&self) -> Samples {
        if self.grey {
            Samples::GreyThrice
        } else {
            Samples::Rgb
        }
    }

    /// What is missing of a picture is filled with grey, or with the block that noughts stand for, again and again. Where the
    /// end of the last row repeats itself, or the end marker is missing, which alone is harmless, libjpeg is asked.
    fn is_whole(&self, samples: &[u8]) -> bool {
        if !has_all_scans(self.bytes) {
            return false;
        }
        let channels = if self.inks.is_some() { 4 } else { 3 };
        let row_bytes = self.size.width as usize * channels;
        let last_row = &samples[samples.len().saturating_sub(row_bytes)..];
        if has_end_marker(self.bytes) && !ends_in_repetition(last_row, channels) {
            return true;
        }
        has_gaps(self.bytes, self.inks.is_some(), self.watch).is_ok_and(|gaps| !gaps)
    }
}

/// A decoder that has read the headers.
pub(super) fn headers<'a>(
    bytes: &'a [u8],
    watch: &'a Watch<'a>,
) -> Result<JpegDecoder<ShortReads<'a>>, DecodeErrors> {
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::from(u16::MAX))
        .set_max_height(usize::from(u16::MAX));
    let mut decoder = JpegDecoder::new_with_options(ShortReads::new(bytes, watch), options);
    decoder.decode_headers()?;
    Ok(decoder)
}

/// Whether the brightness has as many samples as any colour, and each factor divides the largest: zune-jpeg takes no others.
fn has_usual_sampling(bytes: &[u8]) -> bool {
    let all = sampling(bytes);
    let Some((across, down)) = all.first().copied() else {
        return true;
    };
    let divides = |factor: u8, whole: u8| factor > 0 && whole.is_multiple_of(factor);
    let mut colors = all.iter().skip(1);
    colors.all(|color| divides(color.0, across) && divides(color.1, down))
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
