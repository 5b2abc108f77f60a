//! PNG, decoded row by row: only a few rows are held beside the picture.
//!
//! The `png` crate is used directly (the `image` crate wraps the same decoder), because `image` gives only whole
//! pictures at the depth of the file. Of an animation, the default picture is read.

use image::{ColorType, RgbImage};
use png::{BitDepth, DecodingError, InterlaceInfo, Reader, Transformations};

use crate::geometry::Size;
use crate::photo::decode_watch::Watch;
use crate::photo::exif::ExifFacts;
use crate::photo::file::{SeekRead, Source};
use crate::photo::limits::check_pixels;
use crate::photo::memory::Memory;
use crate::photo::pixels::color::{self, MAX_PROFILE, Samples};
use crate::photo::pixels::orientation::{Orientation, UprightCanvas, upright};
use crate::photo::pixels::samples::to_rgb;
use crate::photo::{Limits, PhotoError};

/// Bytes of profiles and other metadata that the decoder may hold, compressed and decompressed.
const MAX_METADATA: usize = 3 * MAX_PROFILE as usize;
/// Rows that are turned upright at a time, so that reading and writing both use whole cache lines.
const ROWS_AT_A_TIME: u32 = 32;
/// Bytes of rows that are turned upright at a time, unless a single row has more.
const MAX_ROWS_BYTES: usize = 1 << 20;

/// A PNG whose metadata have been read.
pub(crate) struct Png<'a> {
    reader: Reader<Box<dyn SeekRead + 'a>>,
    color: ColorType,
    exif: ExifFacts,
    watch: &'a Watch<'a>,
    pub(crate) size: Size,
}

impl<'a> Png<'a> {
    pub(crate) fn open(
        source: Source<'a>,
        limits: &Limits,
        watch: &'a Watch<'a>,
    ) -> Result<Self, PhotoError> {
        let reader = match metadata(source, limits, watch, true)? {
            Ok(reader) => reader,
            // A profile that decompresses to more than any real profile has: the picture is read without one.
            Err(DecodingError::LimitsExceeded) => {
                metadata(source, limits, watch, false)?.map_err(damaged)?
            }
            Err(error) => return Err(damaged(error)),
        };
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
        Ok(Self {
            color,
            exif: exif.map_or(ExifFacts::NONE, ExifFacts::parse),
            watch,
            size: Size {
                width: info.width,
                height: info.height,
            },
            reader,
        })
    }

    pub(crate) fn memory(&self) -> Memory {
        // Interlaced rows are spread over the whole picture, so it is turned upright as a whole.
        let is_turned = self.exif.orientation != Orientation::UPRIGHT;
        let turned = is_turned && self.reader.info().interlaced;
        // A few rows in the decoder, and those that are turned at a time.
        let row = u64::from(self.size.width) * u64::from(self.color.bytes_per_pixel());
        Memory {
            per_decoded_pixel: if turned { 6 } else { 3 },
            fixed: 4 * row + MAX_ROWS_BYTES as u64,
            beside: 0,
        }
    }

    /// The upright picture in sRGB.
    pub(crate) fn decode(mut self) -> Result<(RgbImage, ExifFacts), PhotoError> {
        let icc = self
            .reader
            .info()
            .icc_profile
            .as_deref()
            .map(<[u8]>::to_vec);
        let mut photo = if self.reader.info().interlaced {
            upright(self.interlaced()?, self.exif.orientation)
        } else {
            self.in_rows()?
        };
        if let Some(icc) = color::of_bounded_size(icc) {
            let samples = match self.color.has_color() {
                true => Samples::Rgb,
                false => Samples::GreyThrice,
            };
            color::to_srgb(&mut photo, samples, &icc);
        }
        Ok((photo, self.exif))
    }

    fn in_rows(&mut self) -> Result<RgbImage, PhotoError> {
        let Size { width, height } = self.size;
        let mut canvas = UprightCanvas::new(self.size, self.exif.orientation);
        let rgb_row = width as usize * 3;
        let at_a_time = (MAX_ROWS_BYTES / rgb_row).clamp(1, ROWS_AT_A_TIME as usize);
        let mut turned = Vec::new();
        let mut y = 0;
        while y < height {
            // A few bytes may decompress to very many rows.
            self.watch.check()?;
            let rows = (at_a_time as u32).min(height - y);
            if let Some(place) = canvas.rows(y, rows) {
                self.fill(place, rgb_row)?;
            } else {
                turned.resize(rows as usize * rgb_row, 0);
                self.fill(&mut turned, rgb_row)?;
                canvas.put(0, y, width, &turned);
            }
            y += rows;
        }
        // The rest of the data is checked for damage, too.
        self.reader.next_row().map_err(damaged)?;
        Ok(canvas.into_image())
    }

    /// Fills rows of RGB pixels with the next rows of the file.
    fn fill(&mut self, rows: &mut [u8], rgb_row: usize) -> Result<(), PhotoError> {
        for place in rows.chunks_exact_mut(rgb_row) {
            if self.color == ColorType::Rgb8 {
                let row = self.reader.read_row(place).map_err(damaged)?;
                row.ok_or_else(too_few_rows)?;
            } else {
                let row = self.reader.next_row().map_err(damaged)?;
                let row = row.ok_or_else(too_few_rows)?;
                native_rgb(row.data(), self.color, place);
            }
        }
        Ok(())
    }

    fn interlaced(&mut self) -> Result<RgbImage, PhotoError> {
        let Size { width, height } = self.size;
        let mut picture = RgbImage::new(width, height);
        let mut rgb = Vec::new();
        while let Some(row) = self.reader.next_interlaced_row().map_err(damaged)? {
            self.watch.check()?;
            let InterlaceInfo::Adam7(pass) = row.interlace() else {
                return Err(too_few_rows());
            };
            let pixels = row.data().len() / usize::from(self.color.bytes_per_pixel());
            rgb.resize(pixels * 3, 0);
            native_rgb(row.data(), self.color, &mut rgb);
            let stride = width as usize * 3;
            png::expand_interlaced_row(&mut picture, stride, &rgb, pass, 24);
        }
        Ok(picture)
    }
}

/// Reads everything before the pixels. The outer error is an error of reading the file.
fn metadata<'a>(
    source: Source<'a>,
    limits: &Limits,
    watch: &'a Watch<'a>,
    with_profile: bool,
) -> Result<Result<Reader<Box<dyn SeekRead + 'a>>, DecodingError>, PhotoError> {
    let limit = png::Limits {
        bytes: MAX_METADATA,
    };
    let mut decoder = png::Decoder::new_with_limits(source.reader(watch)?, limit);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(!with_profile);
    // Samples of less than a byte and palettes are expanded; samples of 16 bits are kept.
    decoder.set_transformations(Transformations::EXPAND);
    let size = match decoder.read_header_info() {
        Ok(info) => Size {
            width: info.width,
            height: info.height,
        },
        Err(error) => return Ok(Err(error)),
    };
    check_pixels(size, limits)?;
    Ok(decoder.read_info())
}

/// Samples of 16 bits are stored with the high byte first.
fn native_rgb(row: &[u8], color: ColorType, rgb: &mut [u8]) {
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
