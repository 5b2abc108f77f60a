//! What a directory of a TIFF says of its picture (TIFF 6.0, sections 3 to 23), within bounds.

use std::io::{Read, Seek};

use crate::geometry::Size;
use crate::photo::PhotoError;
use crate::photo::exif::tags::{Entry, Tags};
use crate::photo::pixels::color::MAX_PROFILE;

use super::{damaged_because, too_much, unsupported};

/// Strips or tiles of a picture, of all its planes: a strip for each row and plane at the longest side there is has four times
/// as many, but no program writes such.
pub(super) const MAX_CHUNKS: u64 = 100_000;
/// Bytes that all strips or tiles unpack to, their padding included: what a gigapixel of 16-bit RGB has.
const MAX_UNPACKED: u64 = 6 << 30;
/// Samples of a pixel: four colours and as many channels beside them as programs write.
const MAX_SAMPLES: u64 = 16;
/// Values of a palette: three for each of 2¹⁶ entries.
const MAX_PALETTE: u64 = 3 << 16;
/// Bytes of the tables that the JPEGs of a picture share.
const MAX_JPEG_TABLES: u64 = 64 << 10;

// TIFF 6.0 and its supplements; the profile's tag is ICC.1's (annex B.4 of ICC.1:2010).
pub(super) const SUBFILE_TYPE: u16 = 254;
const WIDTH: u16 = 256;
const HEIGHT: u16 = 257;
pub(super) const BITS: u16 = 258;
pub(super) const COMPRESSION: u16 = 259;
pub(super) const PHOTOMETRIC: u16 = 262;
const FILL_ORDER: u16 = 266;
const STRIP_OFFSETS: u16 = 273;
pub(super) const SAMPLES: u16 = 277;
const ROWS_PER_STRIP: u16 = 278;
const STRIP_LENGTHS: u16 = 279;
const PLANAR: u16 = 284;
const FAX3_OPTIONS: u16 = 292;
const PREDICTOR: u16 = 317;
const PALETTE: u16 = 320;
const TILE_WIDTH: u16 = 322;
const TILE_HEIGHT: u16 = 323;
const TILE_OFFSETS: u16 = 324;
const TILE_LENGTHS: u16 = 325;
const EXTRA_SAMPLES: u16 = 338;
const SAMPLE_FORMAT: u16 = 339;
const JPEG_TABLES: u16 = 347;
const JPEG_OFFSET: u16 = 513;
const JPEG_LENGTH: u16 = 514;
const YCBCR_SUBSAMPLING: u16 = 530;
const PROFILE: u16 = 34_675;

/// How strips and tiles are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    HuffmanRuns,
    Fax3,
    Fax4,
    Lzw,
    /// Of the old kind or the new.
    Jpeg,
    Deflate,
    PackBits,
    Zstd,
}

/// What the first samples of a pixel mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Photometric {
    WhiteIsZero,
    BlackIsZero,
    Rgb,
    Palette,
    Cmyk,
    YCbCr,
    /// a* and b* are signed.
    CieLab,
    /// a* and b* have an offset.
    IccLab,
}

impl Photometric {
    pub(super) fn colors(self) -> usize {
        match self {
            Self::WhiteIsZero | Self::BlackIsZero | Self::Palette => 1,
            Self::Rgb | Self::YCbCr | Self::CieLab | Self::IccLab => 3,
            Self::Cmyk => 4,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Unsigned,
    Signed,
    Float,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alpha {
    /// None, or a sample that isn't opacity.
    None,
    Straight,
    Premultiplied,
}

/// A picture of a TIFF, as its directory describes it.
pub(super) struct Page {
    pub size: Size,
    /// Of every sample.
    pub bits: u32,
    pub format: Format,
    pub samples: usize,
    pub photometric: Photometric,
    pub compression: Compression,
    pub planar: bool,
    pub predictor: u64,
    /// What the samples of floating-point numbers have where the picture is white.
    pub white: f32,
    pub alpha: Alpha,
    pub lowest_bit_first: bool,
    /// Size of a strip or tile.
    pub chunk: Size,
    pub offsets: Vec<u64>,
    pub lengths: Vec<u64>,
    pub palette: Vec<u64>,
    pub jpeg_tables: Vec<u8>,
    /// Pixels that share the colour samples, across and down.
    pub subsampling: (u32, u32),
    pub icc: Option<Vec<u8>>,
}

impl Page {
    pub(super) fn parse<R: Read + Seek>(
        tags: &mut Tags<R>,
        directory: &[Entry],
        limits: &crate::photo::Limits,
    ) -> Result<Self, PhotoError> {
        let size = size_of(tags, directory)?;
        crate::photo::limits::check_stored(size, limits)?;
        let mut fields = Fields { tags, directory };
        let samples = fields.number(SAMPLES).unwrap_or(1);
        if !(1..=MAX_SAMPLES).contains(&samples) {
            return Err(unsupported(format!("{samples} samples a pixel")));
        }
        let bits = fields.same_for_all(BITS, 1, "bits")?;
        let format = match fields.same_for_all(SAMPLE_FORMAT, 1, "kinds of numbers")? {
            // 4 is "undefined".
            1 | 4 => Format::Unsigned,
            2 => Format::Signed,
            3 => Format::Float,
            other => return Err(unsupported(format!("numbers of kind {other}"))),
        };
        let is_readable = match format {
            Format::Float => matches!(bits, 16 | 24 | 32 | 64),
            _ => (1..=32).contains(&bits),
        };
        if !is_readable {
            return Err(unsupported(format!("samples of {bits} bits")));
        }
        let photometric = fields.photometric()?;
        let has_sign = format == Format::Signed && photometric != Photometric::CieLab;
        if has_sign {
            // Programs differ in what is black: nought, or the least number.
            return Err(unsupported("samples with a sign".to_owned()));
        }
        let colors = photometric.colors();
        if (samples as usize) < colors {
            return Err(damaged_because(format!(
                "{samples} samples a pixel where {colors} are needed"
            )));
        }
        let mut page = Self {
            size,
            bits: bits as u32,
            format,
            samples: samples as usize,
            photometric,
            compression: fields.compression()?,
            planar: samples > 1 && fields.number(PLANAR) == Some(2),
            predictor: fields.number(PREDICTOR).unwrap_or(1),
            white: 1.0,
            alpha: fields.alpha(colors, samples as usize),
            lowest_bit_first: fields.number(FILL_ORDER) == Some(2),
            chunk: size,
            offsets: Vec::new(),
            lengths: Vec::new(),
            palette: fields.numbers(PALETTE, MAX_PALETTE)?,
            jpeg_tables: fields.bytes(JPEG_TABLES, MAX_JPEG_TABLES),
            subsampling: (1, 1),
            icc: fields
                .find(PROFILE)
                .and_then(|entry| fields.tags.bytes(entry, MAX_PROFILE)),
        };
        if photometric == Photometric::YCbCr {
            page.subsampling = fields.subsampling()?;
            if page.planar && page.subsampling != (1, 1) {
                return Err(unsupported("planes of several sizes".to_owned()));
            }
        }
        if photometric == Photometric::Palette {
            let colors = 1 << page.bits.min(16);
            if page.bits > 16 || page.palette.len() < 3 * colors {
                return Err(damaged_because("a palette that is too short".to_owned()));
            }
        }
        fields.chunks(&mut page)?;
        page.check_chunks()?;
        if page.compression == Compression::HuffmanRuns {
            return Err(unsupported("runs of CCITT Huffman codes".to_owned()));
        }
        let is_two_dimensional = fields.number(FAX3_OPTIONS).unwrap_or(0) & 1 != 0;
        if page.compression == Compression::Fax3 && is_two_dimensional {
            return Err(unsupported("fax codes of two dimensions".to_owned()));
        }
        Ok(page)
    }

    pub(super) fn across(&self) -> u32 {
        self.size.width.div_ceil(self.chunk.width)
    }

    pub(super) fn down(&self) -> u32 {
        self.size.height.div_ceil(self.chunk.height)
    }

    pub(super) fn planes(&self) -> usize {
        if self.planar { self.samples } else { 1 }
    }

    /// Samples that lie side by side for each pixel.
    pub(super) fn interleaved(&self) -> usize {
        if self.planar { 1 } else { self.samples }
    }

    /// Whether colour samples are shared by several pixels, as they lie in the file (a JPEG's own aside).
    pub(super) fn is_subsampled(&self) -> bool {
        self.subsampling != (1, 1) && self.compression != Compression::Jpeg
    }

    /// Bytes of a row of a strip or tile, of one plane; of a row of blocks where colours are shared.
    pub(super) fn row_bytes(&self) -> u64 {
        let width = u64::from(self.chunk.width);
        if self.is_subsampled() {
            let (across, down) = self.subsampling;
            return width.div_ceil(u64::from(across)) * u64::from(across * down + 2);
        }
        (width * self.interleaved() as u64 * u64::from(self.bits)).div_ceil(8)
    }

    /// Bytes of a strip or tile of `rows` rows, of one plane.
    pub(super) fn chunk_bytes(&self, rows: u32) -> u64 {
        let rows = match self.is_subsampled() {
            true => rows.div_ceil(self.subsampling.1),
            false => rows,
        };
        self.row_bytes().saturating_mul(u64::from(rows))
    }

    /// Bytes that a packed strip or tile of `rows` rows can need at most: what is longer is cut.
    pub(super) fn max_packed(&self, rows: u32) -> u64 {
        2 * self.chunk_bytes(rows) + (64 << 10)
    }

    /// A plane in a single strip that isn't packed is read in parts.
    fn split_strip(&mut self) {
        const ROWS: u32 = 64;
        let is_single = self.compression == Compression::None
            && self.chunk == self.size
            && self.offsets.len() == self.planes()
            && self.lengths.len() == self.planes();
        if !is_single || self.size.height <= ROWS {
            return;
        }
        let part = self.chunk_bytes(ROWS);
        let parts = self.size.height.div_ceil(ROWS);
        let (offsets, lengths) = (
            std::mem::take(&mut self.offsets),
            std::mem::take(&mut self.lengths),
        );
        self.chunk.height = ROWS;
        for (offset, length) in offsets.into_iter().zip(lengths) {
            for before in (0..u64::from(parts)).map(|number| number * part) {
                self.offsets.push(offset.saturating_add(before));
                self.lengths.push(length.saturating_sub(before).min(part));
            }
        }
    }

    /// Padding may be much more than the picture: a tile may claim any size, and many may share the same few bytes.
    fn check_chunks(&self) -> Result<(), PhotoError> {
        if self.chunk.width == 0 || self.chunk.height == 0 {
            return Err(damaged_because("strips or tiles without pixels".to_owned()));
        }
        let chunks = u64::from(self.across()) * u64::from(self.down()) * self.planes() as u64;
        if chunks > MAX_CHUNKS {
            return Err(too_much(format!("{chunks} strips or tiles"), MAX_CHUNKS));
        }
        if (self.offsets.len() as u64) < chunks || (self.lengths.len() as u64) < chunks {
            return Err(damaged_because("strips or tiles are missing".to_owned()));
        }
        let unpacked = chunks.saturating_mul(self.chunk_bytes(self.chunk.height));
        if unpacked > MAX_UNPACKED {
            let found = format!("{unpacked} bytes of unpacked strips or tiles");
            return Err(too_much(found, MAX_UNPACKED));
        }
        Ok(())
    }
}

pub(super) fn size_of<R: Read + Seek>(
    tags: &mut Tags<R>,
    directory: &[Entry],
) -> Result<Size, PhotoError> {
    let mut fields = Fields { tags, directory };
    let mut side = |tag| fields.number(tag).and_then(|side| u32::try_from(side).ok());
    match (side(WIDTH), side(HEIGHT)) {
        (Some(width), Some(height)) => Ok(Size { width, height }),
        _ => Err(damaged_because("a directory without a picture".to_owned())),
    }
}

/// The fields of one directory.
pub(super) struct Fields<'a, R> {
    pub(super) tags: &'a mut Tags<R>,
    pub(super) directory: &'a [Entry],
}

impl<'a, R: Read + Seek> Fields<'a, R> {
    fn find(&self, tag: u16) -> Option<&'a Entry> {
        self.directory.iter().find(|entry| entry.tag == tag)
    }

    pub(super) fn number(&mut self, tag: u16) -> Option<u64> {
        self.find(tag).and_then(|entry| self.tags.number(entry))
    }

    /// All values of a field; none where it is absent.
    pub(super) fn numbers(&mut self, tag: u16, most: u64) -> Result<Vec<u64>, PhotoError> {
        let Some(entry) = self.find(tag) else {
            return Ok(Vec::new());
        };
        if entry.count > most {
            return Err(too_much(
                format!("{} values of tag {tag}", entry.count),
                most,
            ));
        }
        let numbers = self.tags.numbers(entry, most);
        numbers.ok_or_else(|| damaged_because(format!("tag {tag} can't be read")))
    }

    fn bytes(&mut self, tag: u16, most: u64) -> Vec<u8> {
        let entry = self.find(tag);
        entry
            .and_then(|entry| self.tags.bytes(entry, most))
            .unwrap_or_default()
    }

    fn same_for_all(&mut self, tag: u16, usual: u64, what: &str) -> Result<u64, PhotoError> {
        let values = self.numbers(tag, MAX_SAMPLES)?;
        let first = values.first().copied().unwrap_or(usual);
        match values.iter().all(|value| *value == first) {
            true => Ok(first),
            false => Err(unsupported(format!("samples of several {what}"))),
        }
    }

    fn photometric(&mut self) -> Result<Photometric, PhotoError> {
        Ok(match self.number(PHOTOMETRIC) {
            Some(0) => Photometric::WhiteIsZero,
            // Programs that forget the field write grey pictures.
            Some(1) | None => Photometric::BlackIsZero,
            Some(2) => Photometric::Rgb,
            Some(3) => Photometric::Palette,
            Some(5) => Photometric::Cmyk,
            Some(6) => Photometric::YCbCr,
            Some(8) => Photometric::CieLab,
            Some(9) => Photometric::IccLab,
            Some(other) => return Err(unsupported(format!("colours of kind {other}"))),
        })
    }

    fn compression(&mut self) -> Result<Compression, PhotoError> {
        Ok(match self.number(COMPRESSION).unwrap_or(1) {
            1 => Compression::None,
            2 => Compression::HuffmanRuns,
            3 => Compression::Fax3,
            4 => Compression::Fax4,
            5 => Compression::Lzw,
            6 | 7 => Compression::Jpeg,
            8 | 32_946 => Compression::Deflate,
            32_773 => Compression::PackBits,
            50_000 => Compression::Zstd,
            other => {
                let name = match other {
                    34_712 | 33_003..=33_005 => "JPEG 2000",
                    34_925 => "LZMA",
                    34_887 => "LERC",
                    50_001 => "WebP",
                    50_002 | 52_546 => "JPEG XL",
                    _ => "",
                };
                return Err(unsupported(match name {
                    "" => format!("compression {other}"),
                    name => format!("{name} compression"),
                }));
            }
        })
    }

    /// Only what is declared as opacity is: scanners put infrared there, and editors saved selections.
    fn alpha(&mut self, colors: usize, samples: usize) -> Alpha {
        let extra = self.numbers(EXTRA_SAMPLES, MAX_SAMPLES).unwrap_or_default();
        match extra.first() {
            Some(1) if samples > colors => Alpha::Premultiplied,
            Some(2) if samples > colors => Alpha::Straight,
            _ => Alpha::None,
        }
    }

    fn subsampling(&mut self) -> Result<(u32, u32), PhotoError> {
        match self.numbers(YCBCR_SUBSAMPLING, 2)?[..] {
            [] => Ok((2, 2)),
            [across @ (1 | 2 | 4), down @ (1 | 2 | 4)] => Ok((across as u32, down as u32)),
            _ => Err(damaged_because(
                "colours shared by too many pixels".to_owned(),
            )),
        }
    }

    /// A picture that is one JPEG (TIFF 6.0, section 22): all of it at `offset`, or its head there and its data in the strips.
    fn old_jpeg(&mut self, page: &mut Page, offset: u64) -> Result<(), PhotoError> {
        let length = self.number(JPEG_LENGTH).unwrap_or(u64::MAX);
        let offsets = self.numbers(STRIP_OFFSETS, MAX_CHUNKS)?;
        let lengths = self.numbers(STRIP_LENGTHS, MAX_CHUNKS)?;
        let end = offset.saturating_add(length);
        let (data, data_length) = match (&offsets[..], lengths.len() == offsets.len()) {
            ([first, ..], true) if *first >= end || *first < offset => (
                *first,
                lengths
                    .iter()
                    .fold(0, |sum: u64, one| sum.saturating_add(*one)),
            ),
            _ => {
                (page.offsets, page.lengths) = (vec![offset], vec![length]);
                return Ok(());
            }
        };
        let ends = offsets
            .iter()
            .zip(&lengths)
            .map(|(at, length)| at.saturating_add(*length));
        if !ends
            .zip(offsets.iter().skip(1))
            .all(|(end, next)| end == *next)
        {
            return Err(unsupported(
                "JPEG of the old kind in several parts".to_owned(),
            ));
        }
        let read = self
            .tags
            .read_at(offset, length.min(MAX_JPEG_TABLES), &mut page.jpeg_tables);
        if read.is_none() {
            return Err(damaged_because("a JPEG without its head".to_owned()));
        }
        (page.offsets, page.lengths) = (vec![data], vec![data_length]);
        Ok(())
    }

    fn chunks(&mut self, page: &mut Page) -> Result<(), PhotoError> {
        if let Some(offset) = self.number(JPEG_OFFSET)
            && page.compression == Compression::Jpeg
            && self.number(COMPRESSION) == Some(6)
        {
            page.planar = false;
            return self.old_jpeg(page, offset);
        }
        let side = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        if self.find(TILE_OFFSETS).is_some() {
            page.offsets = self.numbers(TILE_OFFSETS, 2 * MAX_CHUNKS)?;
            page.lengths = self.numbers(TILE_LENGTHS, 2 * MAX_CHUNKS)?;
            page.chunk = Size {
                width: side(self.number(TILE_WIDTH).unwrap_or(0)),
                height: side(self.number(TILE_HEIGHT).unwrap_or(0)),
            };
        } else {
            page.offsets = self.numbers(STRIP_OFFSETS, 2 * MAX_CHUNKS)?;
            page.lengths = self.numbers(STRIP_LENGTHS, 2 * MAX_CHUNKS)?;
            let rows = side(self.number(ROWS_PER_STRIP).unwrap_or(u64::MAX));
            page.chunk.height = rows.min(page.size.height);
            // Old programs leave the lengths out where nothing is packed.
            if page.lengths.is_empty() && page.compression == Compression::None {
                page.lengths = vec![page.chunk_bytes(page.chunk.height); page.offsets.len()];
            }
            page.split_strip();
        }
        Ok(())
    }
}
