//! PNG, row by row: beside the picture no more is held than a few rows.
//!
//! The `png` crate is used directly (the `image` crate wraps the same decoder) because `image` only gives whole pictures at
//! the depth of the file. Of an animation the default picture counts.

mod text;

use image::{ColorType, RgbImage};
use png::{BitDepth, DecodingError, InterlaceInfo, Reader, Transformations};

use crate::geometry::Size;
use crate::photo::decode_watch::Watch;
use crate::photo::exif::ExifFacts;
use crate::photo::file::{SeekRead, Source};
use crate::photo::limits::{check_pixels, check_stored};
use crate::photo::memory::Memory;
use crate::photo::note::PhotoNote;
use crate::photo::pixels::canvas::Canvas;
use crate::photo::pixels::color::{self, MAX_PROFILE, Samples};
use crate::photo::pixels::orientation::{Orientation, upright};
use crate::photo::pixels::samples::{has_visible, make_opaque, to_rgb};
use crate::photo::reduction::Scales;
use crate::photo::{Limits, PhotoError, Reduction};

/// Bytes of profiles and other metadata that the decoder may hold, packed and unpacked.
const MAX_METADATA: usize = 3 * MAX_PROFILE as usize;
/// Rows turned at a time: a turn goes along the cache lines of both sides.
const ROWS_AT_A_TIME: u32 = 32;
/// Bytes of rows turned at a time, unless a single row has more.
const MAX_ROWS_BYTES: usize = 1 << 20;

/// A PNG whose metadata have been read.
pub(crate) struct Png<'a> {
    reader: Reader<Box<dyn SeekRead + 'a>>,
    source: Source<'a>,
    limits: Limits,
    color: ColorType,
    exif: ExifFacts,
    watch: &'a Watch<'a>,
    /// Something before the pixels is damaged.
    has_damage: bool,
    pub(crate) size: Size,
}

/// How pixels are read.
#[derive(Clone, Copy)]
enum Reading {
    /// Checksums count, and so does opacity.
    Strict,
    /// Opacity is passed over: it hides all of the picture.
    Opaque,
    /// As far as it goes.
    Lenient,
}

/// What was made of the pixels.
struct Pixels {
    upright: RgbImage,
    is_visible: bool,
    /// Rows that were read, and why no more of them.
    rows: u32,
    failed: Option<PhotoError>,
}

impl<'a> Png<'a> {
    pub(crate) fn open(
        source: Source<'a>,
        limits: &Limits,
        watch: &'a Watch<'a>,
    ) -> Result<Self, PhotoError> {
        let (reader, has_damage) = Self::reader(source, limits, watch, false)?;
        let color = match reader.output_color_type() {
            (png::ColorType::Grayscale, BitDepth::Eight) => ColorType::L8,
            (png::ColorType::Grayscale, BitDepth::Sixteen) => ColorType::L16,
            (png::ColorType::GrayscaleAlpha, BitDepth::Eight) => ColorType::La8,
            (png::ColorType::GrayscaleAlpha, BitDepth::Sixteen) => ColorType::La16,
            (png::ColorType::Rgb, BitDepth::Eight) => ColorType::Rgb8,
            (png::ColorType::Rgb, BitDepth::Sixteen) => ColorType::Rgb16,
            (png::ColorType::Rgba, BitDepth::Eight) => ColorType::Rgba8,
            (png::ColorType::Rgba, BitDepth::Sixteen) => ColorType::Rgba16,
            (color, depth) => {
                return Err(PhotoError::Damaged {
                    format: "PNG",
                    reason: format!("its colours ({color:?}, {depth:?}) can't be read"),
                });
            }
        };
        let info = reader.info();
        let exif = info.exif_metadata.as_deref();
        let mut exif = exif.map_or(ExifFacts::NONE, ExifFacts::parse);
        if !exif.says_orientation {
            exif = text::facts(source, watch)?.or(exif);
        }
        Ok(Self {
            color,
            exif,
            source,
            limits: *limits,
            watch,
            has_damage,
            size: Size {
                width: info.width,
                height: info.height,
            },
            reader,
        })
    }

    fn reader(
        source: Source<'a>,
        limits: &Limits,
        watch: &'a Watch<'a>,
        lenient: bool,
    ) -> Result<(Reader<Box<dyn SeekRead + 'a>>, bool), PhotoError> {
        match metadata(source, limits, watch, true, lenient)? {
            Ok(reader) => Ok((reader, false)),
            // A profile that unpacks to more than profiles are: the picture is read without one.
            Err(DecodingError::LimitsExceeded) => {
                let reader = metadata(source, limits, watch, false, lenient)?;
                reader.map(|reader| (reader, false)).map_err(damaged)
            }
            Err(error) if lenient => Err(damaged(error)),
            // A chunk besides the pixels may be what is damaged.
            Err(error) => match metadata(source, limits, watch, false, true)? {
                Ok(reader) => Ok((reader, true)),
                Err(_) => Err(damaged(error)),
            },
        }
    }

    /// Interlaced rows lie all over the picture.
    pub(crate) fn scales(&self) -> Scales {
        match self.reader.info().interlaced {
            true => Scales::Full,
            false => Scales::IfLarge,
        }
    }

    pub(crate) fn memory(&self) -> Memory {
        // Interlaced rows lie all over the picture, which is turned as a whole.
        let is_turned = self.exif.orientation != Orientation::UPRIGHT;
        let turned = is_turned && self.reader.info().interlaced;
        // A few rows in the decoder, and those turned at a time.
        let row = u64::from(self.size.width) * u64::from(self.color.bytes_per_pixel());
        Memory {
            per_decoded_pixel: if turned { 6 } else { 3 },
            fixed: 4 * row + MAX_ROWS_BYTES as u64,
            beside: 0,
        }
    }

    /// The upright picture in sRGB.
    pub(crate) fn decode(
        mut self,
        reduction: Reduction,
    ) -> Result<(RgbImage, ExifFacts, Vec<PhotoNote>), PhotoError> {
        let info = self.reader.info();
        let icc = info.icc_profile.as_deref().map(<[u8]>::to_vec);
        let mut pixels = self.pixels(Reading::Strict, reduction);
        if pixels.failed.is_some() {
            self.watch.check()?;
            drop(pixels.upright);
            self.reader = Self::reader(self.source, &self.limits, self.watch, true)?.0;
            pixels = self.pixels(Reading::Lenient, reduction);
            if let Some(error) = pixels.failed.take_if(|_| pixels.rows == 0) {
                return Err(error);
            }
            self.watch.check()?;
            pixels.failed = Some(PhotoError::CutOff);
        } else if !pixels.is_visible {
            drop(pixels.upright);
            self.reader = Self::reader(self.source, &self.limits, self.watch, false)?.0;
            pixels = self.pixels(Reading::Opaque, reduction);
        }
        let mut photo = pixels.upright;
        if let Some(icc) = color::of_bounded_size(icc) {
            color::to_srgb(&mut photo, Samples::of(self.color), &icc);
        }
        let is_incomplete = pixels.failed.is_some() || self.has_damage;
        let incomplete = is_incomplete.then_some(PhotoNote::Incomplete);
        Ok((photo, self.exif, incomplete.into_iter().collect()))
    }

    fn pixels(&mut self, reading: Reading, reduction: Reduction) -> Pixels {
        if self.reader.info().interlaced {
            return self.interlaced(reading);
        }
        let Size { width, height } = self.size;
        let mut canvas = Canvas::new(self.size, self.exif.orientation, reduction);
        let rgb_row = width as usize * 3;
        let at_a_time = (MAX_ROWS_BYTES / rgb_row).clamp(1, ROWS_AT_A_TIME as usize);
        let mut turned = Vec::new();
        let (mut is_visible, mut y, mut failed) = (!self.color.has_alpha(), 0, None);
        while y < height && failed.is_none() {
            let rows = (at_a_time as u32).min(height - y);
            // Few bytes may unpack to very many rows.
            let filled = self
                .watch
                .check()
                .map_err(|error| (0, error))
                .and_then(|()| {
                    if let Some(place) = canvas.rows(y, rows) {
                        return self.fill(place, rgb_row, reading, &mut is_visible);
                    }
                    turned.resize(rows as usize * rgb_row, 0);
                    let filled = self.fill(&mut turned, rgb_row, reading, &mut is_visible);
                    canvas.put(0, y, width, &turned);
                    filled
                });
            match filled {
                Ok(()) => y += rows,
                Err((read, error)) => {
                    y += read;
                    failed = Some(error);
                }
            }
        }
        if failed.is_none() && !matches!(reading, Reading::Lenient) {
            // The rest of the data is checked for damage as well.
            failed = self.reader.next_row().map_err(damaged).err();
        }
        Pixels {
            upright: canvas.into_image(),
            is_visible,
            rows: y,
            failed,
        }
    }

    /// Fills rows of RGB pixels with the next rows of the file; how many of them, and why not all.
    fn fill(
        &mut self,
        rows: &mut [u8],
        rgb_row: usize,
        reading: Reading,
        is_visible: &mut bool,
    ) -> Result<(), (u32, PhotoError)> {
        for (number, place) in (0..).zip(rows.chunks_exact_mut(rgb_row)) {
            let failed = |error| (number, error);
            if self.color == ColorType::Rgb8 {
                let row = self.reader.read_row(place).map_err(damaged);
                row.and_then(|row| row.ok_or_else(too_few_rows))
                    .map_err(failed)?;
            } else {
                let row = self.reader.next_row().map_err(damaged);
                let row = row
                    .and_then(|row| row.ok_or_else(too_few_rows))
                    .map_err(failed)?;
                *is_visible = *is_visible || has_visible(row.data(), self.color);
                native_rgb(row.data(), self.color, reading, place);
            }
        }
        Ok(())
    }

    fn interlaced(&mut self, reading: Reading) -> Pixels {
        let Size { width, height } = self.size;
        let mut picture = RgbImage::new(width, height);
        let mut rgb = Vec::new();
        let (mut is_visible, mut rows) = (!self.color.has_alpha(), 0);
        let failed = loop {
            if let Err(error) = self.watch.check() {
                break Some(error);
            }
            let row = match self.reader.next_interlaced_row() {
                Ok(Some(row)) => row,
                Ok(None) => break None,
                Err(error) => break Some(damaged(error)),
            };
            let InterlaceInfo::Adam7(pass) = row.interlace() else {
                break Some(too_few_rows());
            };
            let pixels = row.data().len() / usize::from(self.color.bytes_per_pixel());
            is_visible = is_visible || has_visible(row.data(), self.color);
            rgb.resize(pixels * 3, 0);
            native_rgb(row.data(), self.color, reading, &mut rgb);
            let stride = width as usize * 3;
            png::expand_interlaced_row(&mut picture, stride, &rgb, pass, 24);
            rows += 1;
        };
        Pixels {
            upright: upright(picture, self.exif.orientation),
            is_visible,
            rows,
            failed,
        }
    }
}

/// Reads all before the pixels. The outer error is one of the file as such.
fn metadata<'a>(
    source: Source<'a>,
    limits: &Limits,
    watch: &'a Watch<'a>,
    with_profile: bool,
    lenient: bool,
) -> Result<Result<Reader<Box<dyn SeekRead + 'a>>, DecodingError>, PhotoError> {
    let limit = png::Limits {
        bytes: MAX_METADATA,
    };
    let mut decoder = png::Decoder::new_with_limits(source.reader(watch)?, limit);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(!with_profile);
    decoder.ignore_checksums(lenient);
    // Less than a byte for each sample is expanded, and so are palettes; 16 bits are kept.
    decoder.set_transformations(Transformations::EXPAND);
    let size = match decoder.read_header_info() {
        Ok(info) => Size {
            width: info.width,
            height: info.height,
        },
        Err(error) => return Ok(Err(error)),
    };
    check_stored(size, limits)?;
    let reader = decoder.read_info();
    if reader.as_ref().is_ok_and(|reader| reader.info().interlaced) {
        check_pixels(size, limits)?;
    }
    Ok(reader)
}

/// Samples of 16 bits are stored high byte first.
fn native_rgb(row: &[u8], color: ColorType, reading: Reading, rgb: &mut [u8]) {
    let opaque;
    let row = match reading {
        Reading::Opaque if color.has_alpha() => {
            let mut samples = row.to_vec();
            make_opaque(&mut samples, color);
            opaque = samples;
            &opaque[..]
        }
        _ => row,
    };
    let is_deep = color.bytes_per_pixel() == 2 * color.channel_count();
    if is_deep && cfg!(target_endian = "little") {
        let mut native = row.to_vec();
        let (samples, _) = native.as_chunks_mut::<2>();
        samples.iter_mut().for_each(|sample| sample.reverse());
        to_rgb(&native, color, rgb);
    } else {
        to_rgb(row, color, rgb);
    }
}

fn too_few_rows() -> PhotoError {
    PhotoError::Damaged {
        format: "PNG",
        reason: "too few rows".to_owned(),
    }
}

fn damaged(error: DecodingError) -> PhotoError {
    PhotoError::Damaged {
        format: "PNG",
        reason: error.to_string(),
    }
}
