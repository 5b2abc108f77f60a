//! TIFF, decoded strip by strip or tile by tile: only one of them is held beside the picture.
//!
//! The `tiff` crate is used directly (the `image` crate wraps the same decoder), because `image` holds the samples of
//! the whole picture twice. The same kinds of pixels are read as in `image`, and inks are converted to light in the
//! same way.

use std::io::{Read as _, SeekFrom};

use image::{ColorType, RgbImage};
use tiff::decoder::{Decoder, Limits as DecoderLimits, TiffCodingUnit};
use tiff::tags::{SampleFormat, Tag};
use tiff::{ColorType as Stored, TiffError};

use super::jpeg::cost::{frame_size, work};
use crate::geometry::Size;
use crate::photo::decode_watch::Watch;
use crate::photo::exif::ExifFacts;
use crate::photo::exif::tags::{Entry, Tags};
use crate::photo::file::{SeekRead, Source};
use crate::photo::limits::check_pixels;
use crate::photo::memory::Memory;
use crate::photo::pixels::color::{self, MAX_PROFILE, Samples};
use crate::photo::pixels::orientation::UprightCanvas;
use crate::photo::pixels::samples::to_rgb;
use crate::photo::{Limits, PhotoError};

/// Strips or tiles of a picture, in all its planes. One strip per row and plane at the longest side would be four times
/// as many, but no program writes that.
const MAX_CHUNKS: u64 = 100_000;
/// Values of a field that the decoder reads. It holds each in 32 bytes.
const MAX_VALUES: u64 = 2 * MAX_CHUNKS;
/// Bytes that all strips or tiles decompress to, with padding: twice those of the largest picture.
const MAX_UNPACKED: u64 = 2 << 30;
/// Rows that are moved to their place in the picture at a time.
const ROWS_AT_A_TIME: usize = 32;

// TIFF 6.0; the profile's tag is from ICC.1:2010, annex B.4.
const COMPRESSION: u16 = 259;
const STRIP_OFFSETS: u16 = 273;
const STRIP_LENGTHS: u16 = 279;
const TILE_OFFSETS: u16 = 324;
const TILE_LENGTHS: u16 = 325;
const PROFILE: u16 = 34_675;
/// The fields with many values that the decoder reads by itself: bits, formats and roles of samples, palettes, JPEG
/// tables, and the places of strips and tiles.
const READ_WHOLE: [u16; 9] = [
    258,
    320,
    338,
    339,
    347,
    STRIP_OFFSETS,
    STRIP_LENGTHS,
    TILE_OFFSETS,
    TILE_LENGTHS,
];
const JPEG_COMPRESSION: u64 = 7;

/// A TIFF whose first directory has been read.
pub(crate) struct Tiff<'a> {
    decoder: Decoder<Box<dyn SeekRead + 'a>>,
    stored: Stored,
    /// Of the samples after the inks were converted to light.
    color: ColorType,
    planes: usize,
    chunk: Size,
    exif: ExifFacts,
    icc: Option<Vec<u8>>,
    watch: &'a Watch<'a>,
    pub(crate) size: Size,
}

impl<'a> Tiff<'a> {
    pub(crate) fn open(
        source: Source<'a>,
        limits: &Limits,
        watch: &'a Watch<'a>,
    ) -> Result<Self, PhotoError> {
        let tags = read_tags(source, watch)?;
        let mut decoder = Decoder::new(source.reader(watch)?).map_err(damaged)?;
        let (width, height) = decoder.dimensions().map_err(damaged)?;
        let size = Size { width, height };
        check_pixels(size, limits)?;
        let stored = decoder.colortype().map_err(damaged)?;
        check_sample_formats(&mut decoder, stored)?;
        let color = color_of(stored)?;

        let (chunk_width, chunk_height) = decoder.chunk_dimensions();
        let chunk = Size {
            width: chunk_width,
            height: chunk_height.min(height),
        };
        check_chunks(size, chunk, bytes_per_pixel(stored, color))?;
        if let Some((offsets, lengths)) = &tags.jpegs {
            check_jpegs(source, watch, chunk, offsets, lengths)?;
        }
        let mut bounds = DecoderLimits::default();
        bounds.decoding_buffer_size = limits.max_memory as usize;
        bounds.intermediate_buffer_size = limits.max_memory as usize;
        let mut decoder = decoder.with_limits(bounds);
        let layout = decoder
            .image_coding_unit_layout(TiffCodingUnit(0))
            .map_err(damaged)?;
        Ok(Self {
            decoder,
            stored,
            color,
            planes: layout.planes,
            chunk,
            exif: tags.exif,
            icc: tags.icc,
            watch,
            size,
        })
    }

    pub(crate) fn memory(&self) -> Memory {
        let data = Size {
            width: self.chunk.width.min(self.size.width),
            height: self.chunk.height,
        };
        let unpacked = data.pixels() * bytes_per_pixel(self.stored, self.color);
        let row = u64::from(self.chunk.width) * bytes_per_pixel(self.stored, self.color);
        Memory {
            per_decoded_pixel: 3,
            fixed: unpacked + 2 * ROWS_AT_A_TIME as u64 * row,
            beside: 0,
        }
    }

    /// The upright picture in sRGB.
    pub(crate) fn decode(mut self) -> Result<(RgbImage, ExifFacts), PhotoError> {
        let mut canvas = UprightCanvas::new(self.size, self.exif.orientation);
        let across = self.size.width.div_ceil(self.chunk.width);
        let down = self.size.height.div_ceil(self.chunk.height);
        let mut unpacked = Vec::new();
        for number in 0..across * down {
            self.watch.check()?;
            let (column, row) = (number % across, number / across);
            let (x, y) = (column * self.chunk.width, row * self.chunk.height);
            let part = Size {
                width: self.chunk.width.min(self.size.width - x),
                height: self.chunk.height.min(self.size.height - y),
            };
            self.put_chunk(number, (x, y), part, &mut unpacked, &mut canvas)?;
        }
        let mut photo = canvas.into_image();
        if let Some(icc) = &self.icc {
            let samples = match self.color.has_color() {
                true => Samples::Rgb,
                false => Samples::GreyThrice,
            };
            color::to_srgb(&mut photo, samples, icc);
        }
        Ok((photo, self.exif))
    }

    /// Decompresses a strip or tile, of which `part` belongs to the picture, and moves it to its place.
    fn put_chunk(
        &mut self,
        number: u32,
        (x, y): (u32, u32),
        part: Size,
        unpacked: &mut Vec<u8>,
        canvas: &mut UprightCanvas,
    ) -> Result<(), PhotoError> {
        let unit = TiffCodingUnit(number);
        let layout = self.decoder.image_coding_unit_layout(unit);
        let layout = layout.map_err(damaged)?;
        unpacked.resize(layout.complete_len, 0);
        let read = self.decoder.read_coding_unit_bytes(unit, unpacked);
        read.map_err(damaged)?;

        let height = part.height as usize;
        let plane_bytes = layout.complete_len / layout.planes.max(1);
        let row_bytes = layout.row_stride.map_or(plane_bytes / height, usize::from);
        let pixel_bytes = usize::from(self.color.bytes_per_pixel());
        let width = part.width as usize;
        let (mut samples, mut rgb) = (Vec::new(), Vec::new());
        for first in (0..height).step_by(ROWS_AT_A_TIME) {
            let rows = ROWS_AT_A_TIME.min(height - first);
            samples.resize(rows * width * pixel_bytes, 0);
            for (row, place) in (first..).zip(samples.chunks_exact_mut(width * pixel_bytes)) {
                let planes: Vec<&[u8]> = unpacked
                    .chunks_exact(plane_bytes)
                    .filter_map(|plane| plane.get(row * row_bytes..(row + 1) * row_bytes))
                    .collect();
                self.native_samples(&planes, place)?;
            }
            let top = y + first as u32;
            let upright = match width == self.size.width as usize {
                true => canvas.rows(top, rows as u32),
                false => None,
            };
            if let Some(place) = upright {
                to_rgb(&samples, self.color, place);
            } else {
                rgb.resize(rows * width * 3, 0);
                to_rgb(&samples, self.color, &mut rgb);
                canvas.put(x, top, part.width, &rgb);
            }
        }
        Ok(())
    }

    /// Converts one row: bits to bytes, inks to light, separate planes to pixels.
    fn native_samples(&self, planes: &[&[u8]], samples: &mut [u8]) -> Result<(), PhotoError> {
        let too_short = || damaged_because("a strip or tile is too short".to_owned());
        let channels = usize::from(self.color.channel_count());
        if self.planes > 1 {
            if planes.len() < channels {
                return Err(too_short());
            }
            let sample_bytes = usize::from(self.color.bytes_per_pixel()) / channels;
            for (at, sample) in samples.chunks_exact_mut(sample_bytes).enumerate() {
                let from = at / channels * sample_bytes;
                let plane = planes[at % channels].get(from..from + sample_bytes);
                sample.copy_from_slice(plane.ok_or_else(too_short)?);
            }
            return Ok(());
        }
        let row = planes.first().copied().unwrap_or(&[]);
        let stored = samples.len() / usize::from(self.color.bytes_per_pixel())
            * bytes_per_pixel(self.stored, self.color) as usize;
        match self.stored {
            Stored::Gray(1) => {
                for (at, sample) in samples.iter_mut().enumerate() {
                    let byte = row.get(at / 8).ok_or_else(too_short)?;
                    *sample = if byte >> (7 - at % 8) & 1 == 1 {
                        255
                    } else {
                        0
                    };
                }
            }
            Stored::CMYK(8) => {
                let (inks, _) = row.get(..stored).ok_or_else(too_short)?.as_chunks::<4>();
                for (inks, light) in inks.iter().zip(samples.chunks_exact_mut(3)) {
                    light.copy_from_slice(&light_of(inks.map(f32::from), 255.0).map(|l| l as u8));
                }
            }
            Stored::CMYK(16) => {
                let (inks, _) = row.get(..stored).ok_or_else(too_short)?.as_chunks::<8>();
                for (inks, light) in inks.iter().zip(samples.chunks_exact_mut(6)) {
                    let (inks, _) = inks.as_chunks::<2>();
                    let inks = [0, 1, 2, 3].map(|at| f32::from(u16::from_ne_bytes(inks[at])));
                    let of_inks = light_of(inks, 65_535.0).map(|l| (l as u16).to_ne_bytes());
                    light.copy_from_slice(of_inks.as_flattened());
                }
            }
            _ => samples.copy_from_slice(row.get(..stored).ok_or_else(too_short)?),
        }
        Ok(())
    }
}

/// The light that remains under an ink and black, 0 to `full`.
fn light_of([c, m, y, k]: [f32; 4], full: f32) -> [f32; 3] {
    let share = 1.0 - k / full;
    [c, m, y].map(|ink| (full - ink) * share)
}

/// What is read from the first directory before the decoder runs.
struct FirstTags {
    exif: ExifFacts,
    icc: Option<Vec<u8>>,
    /// Offsets and lengths of strips or tiles that are JPEGs.
    jpegs: Option<(Vec<u64>, Vec<u64>)>,
}

/// Reads the tags within limits. Fails for a file that would make the decoder exceed them.
fn read_tags<'a>(source: Source<'a>, watch: &'a Watch<'a>) -> Result<FirstTags, PhotoError> {
    let none = || damaged_because("no directory".to_owned());
    let mut tags = Tags::open(source.reader(watch)?).ok_or_else(none)?;
    let directory = tags.first_directory();
    let many = |entry: &&Entry| READ_WHOLE.contains(&entry.tag) && entry.count > MAX_VALUES;
    if let Some(entry) = directory.iter().find(many) {
        return Err(too_much(
            format!("{} values of tag {}", entry.count, entry.tag),
            MAX_VALUES,
        ));
    }
    let find = |tag: u16| directory.iter().find(|entry| entry.tag == tag);
    let (compression, profile) = (find(COMPRESSION), find(PROFILE));
    let offsets = find(STRIP_OFFSETS).or(find(TILE_OFFSETS));
    let lengths = find(STRIP_LENGTHS).or(find(TILE_LENGTHS));
    let compression = compression.and_then(|entry| tags.number(entry));
    let mut numbers = |entry: Option<&Entry>| entry.and_then(|e| tags.numbers(e, MAX_VALUES));
    let jpegs = match compression {
        Some(JPEG_COMPRESSION) => numbers(offsets).zip(numbers(lengths)),
        _ => None,
    };
    Ok(FirstTags {
        icc: profile.and_then(|entry| tags.bytes(entry, MAX_PROFILE)),
        exif: ExifFacts::of(&mut tags),
        jpegs,
    })
}

/// Padding may be much larger than the picture: a tile may claim any size, and many tiles may share the same few bytes.
fn check_chunks(size: Size, chunk: Size, pixel_bytes: u64) -> Result<(), PhotoError> {
    if chunk.width == 0 || chunk.height == 0 {
        return Err(damaged_because("strips or tiles without pixels".to_owned()));
    }
    let across = u64::from(size.width.div_ceil(chunk.width));
    let down = u64::from(size.height.div_ceil(chunk.height));
    if across * down > MAX_CHUNKS {
        let found = format!("{} strips or tiles", across * down);
        return Err(too_much(found, MAX_CHUNKS));
    }
    let row = across * u64::from(chunk.width) * pixel_bytes;
    let unpacked = row.saturating_mul(u64::from(size.height));
    if unpacked > MAX_UNPACKED {
        let found = format!("{unpacked} bytes of unpacked strips or tiles");
        return Err(too_much(found, MAX_UNPACKED));
    }
    Ok(())
}

/// A strip or tile that is a JPEG claims a size of its own.
fn check_jpegs<'a>(
    source: Source<'a>,
    watch: &'a Watch<'a>,
    chunk: Size,
    offsets: &[u64],
    lengths: &[u64],
) -> Result<(), PhotoError> {
    let mut reader = source.reader(watch)?;
    for (offset, length) in offsets.iter().zip(lengths) {
        let mut jpeg = Vec::new();
        let read = reader
            .seek(SeekFrom::Start(*offset))
            .and_then(|_| (&mut reader).take(*length).read_to_end(&mut jpeg));
        if read.is_err() {
            return Err(damaged_because("a strip or tile can't be read".to_owned()));
        }
        let claimed = frame_size(&jpeg).unwrap_or(Size {
            width: 0,
            height: 0,
        });
        if claimed.width > chunk.width || claimed.height > chunk.height {
            return Err(damaged_because(format!(
                "a JPEG of {} × {} pixels in a strip or tile of {} × {}",
                claimed.width, claimed.height, chunk.width, chunk.height
            )));
        }
        work(&jpeg)?;
    }
    Ok(())
}

/// Bytes for each pixel that the decoder outputs, in all planes.
fn bytes_per_pixel(stored: Stored, color: ColorType) -> u64 {
    match stored {
        Stored::CMYK(8) => 4,
        Stored::CMYK(16) => 8,
        _ => u64::from(color.bytes_per_pixel()),
    }
}

fn color_of(stored: Stored) -> Result<ColorType, PhotoError> {
    Ok(match stored {
        Stored::Gray(1 | 8) => ColorType::L8,
        Stored::Gray(16) => ColorType::L16,
        Stored::GrayA(8) => ColorType::La8,
        Stored::GrayA(16) => ColorType::La16,
        Stored::RGB(8) | Stored::CMYK(8) => ColorType::Rgb8,
        Stored::RGB(16) | Stored::CMYK(16) => ColorType::Rgb16,
        Stored::RGBA(8) => ColorType::Rgba8,
        Stored::RGBA(16) => ColorType::Rgba16,
        Stored::RGB(32) => ColorType::Rgb32F,
        Stored::RGBA(32) => ColorType::Rgba32F,
        other => return Err(unreadable_colors(other)),
    })
}

/// Accepts integers of up to 16 bits and floating point of 32 bits.
fn check_sample_formats(
    decoder: &mut Decoder<Box<dyn SeekRead + '_>>,
    stored: Stored,
) -> Result<(), PhotoError> {
    let formats = decoder.find_tag_unsigned_vec::<u16>(Tag::SampleFormat);
    let Some(formats) = formats.map_err(damaged)? else {
        return Ok(());
    };
    let bits = stored.bit_depth();
    let is_readable = |format: &u16| match SampleFormat::from_u16(*format) {
        Some(SampleFormat::Uint) => bits <= 16,
        Some(SampleFormat::IEEEFP) => bits == 32,
        _ => false,
    };
    match formats.iter().all(is_readable) {
        true => Ok(()),
        false => Err(unreadable_colors(stored)),
    }
}

fn unreadable_colors(stored: Stored) -> PhotoError {
    damaged_because(format!("its colours ({stored:?}) can't be read"))
}

fn too_much(found: String, limit: u64) -> PhotoError {
    PhotoError::TooMuchWork {
        format: "a TIFF",
        found,
        limit,
    }
}

fn damaged(error: TiffError) -> PhotoError {
    damaged_because(error.to_string())
}

fn damaged_because(reason: String) -> PhotoError {
    PhotoError::Damaged {
        format: "TIFF",
        reason,
    }
}
