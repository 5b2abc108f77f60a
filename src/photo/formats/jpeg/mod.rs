//! JPEG: baseline and progressive, grey, YCbCr, RGB, CMYK and YCCK.
//!
//! zune-jpeg is used directly (the `image` crate wraps the same decoder), because pictures with four inks need their
//! raw inks for the colour profile. It reads the headers and decodes at full scale; libjpeg decodes at smaller scales
//! ([`reduced`]).
//!
//! The decoder is lenient: it fills what it can't decode with grey. Therefore this module finds out from the markers
//! (ITU T.81, annex B) whether a file ends before its picture does.

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
use crate::photo::limits::check_pixels;
use crate::photo::memory::Memory;
use crate::photo::pixels::color::{self, Samples};
use crate::photo::{Limits, Orientation, PhotoError, Reduction};
use cost::{has_end_marker, is_progressive, work};
use reduced::decode_reduced;

/// A JPEG whose headers have been read.
pub(crate) struct Jpeg<'a> {
    decoder: JpegDecoder<ShortReads<'a>>,
    bytes: &'a [u8],
    watch: &'a Watch<'a>,
    inks: Option<Inks>,
    grey: bool,
    progressive: bool,
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
        check_pixels(size, limits)?;
        // Four inks are decoded as stored, everything else as RGB.
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
            progressive: is_progressive(bytes),
            size,
        })
    }

    /// Whether the picture can be decoded at less than full scale. It can't be where the raw inks are needed, nor where
    /// the end marker is missing: whether a part of the picture is missing as well shows only in the pixels at full
    /// scale.
    pub(crate) fn is_reducible(&self) -> bool {
        self.inks.is_none() && has_end_marker(self.bytes)
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
        self.decoder
            .exif()
            .map_or(ExifFacts::NONE, |raw| ExifFacts::parse(raw))
    }

    /// The stored picture in sRGB at the scale of `reduction`.
    pub(crate) fn pixels(self, reduction: Reduction) -> Result<RgbImage, PhotoError> {
        match reduction {
            Reduction::Full => self.all_pixels(),
            _ => self.reduced_pixels(reduction),
        }
    }

    fn reduced_pixels(self, reduction: Reduction) -> Result<RgbImage, PhotoError> {
        let mut picture = decode_reduced(self.bytes, self.size, reduction, self.watch)
            .map_err(|reason| damaged(DecodeErrors::Format(reason)))?;
        if let Some(icc) = self.profile() {
            color::to_srgb(&mut picture, self.samples(), &icc);
        }
        Ok(picture)
    }

    fn all_pixels(mut self) -> Result<RgbImage, PhotoError> {
        let icc = self.profile();
        let samples = self.decoder.decode().map_err(damaged)?;
        if self.is_cut_off(&samples) {
            return Err(PhotoError::CutOff);
        }
        let rgb = match (self.inks, icc) {
            (Some(inks), icc) => color::cmyk_to_rgb(ink_amounts(samples, inks), icc.as_deref()),
            (None, None) => samples,
            (None, Some(icc)) => {
                let mut rgb = samples;
                color::to_srgb(&mut rgb, self.samples(), &icc);
                rgb
            }
        };
        RgbImage::from_raw(self.size.width, self.size.height, rgb)
            .ok_or_else(|| damaged(DecodeErrors::FormatStatic("too few samples")))
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

    /// Whether a part of the picture is missing. A missing end marker alone is harmless. In a baseline file, a missing
    /// part shows as a last row of the value that the decoder fills with (128). In a progressive file it can't be
    /// detected, so a missing end marker counts.
    fn is_cut_off(&self, samples: &[u8]) -> bool {
        if has_end_marker(self.bytes) {
            return false;
        }
        let row_bytes = samples.len() / (self.size.height as usize).max(1);
        let last_row = &samples[samples.len() - row_bytes..];
        self.progressive || last_row.iter().all(|sample| *sample == 128)
    }
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
