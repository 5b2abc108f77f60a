//! TIFF, strip by strip or tile by tile: beside the picture no more than one of them is in memory.
//!
//! Directories are read within bounds ([`page`]), strips and tiles are unpacked by the crates that `image` unpacks them with
//! ([`unpack`], [`jpeg`]), and their samples become light here ([`light`]): scanners and editors write many more kinds of
//! pixels than the `tiff` crate gives. Of several pages the largest is the file's photo, and others are photos of their own
//! ([`pages`]).

mod jpeg;
mod light;
mod page;
mod pages;
mod unpack;

use image::RgbImage;

use crate::geometry::Size;
use crate::photo::decode_watch::Watch;
use crate::photo::exif::ExifFacts;
use crate::photo::exif::tags::Tags;
use crate::photo::file::{ContentHash, SeekRead, Source};
use crate::photo::memory::Memory;
use crate::photo::note::PhotoNote;
use crate::photo::pixels::canvas::Canvas;
use crate::photo::pixels::color::{self, Samples};
use crate::photo::reduction::Scales;
use crate::photo::{Limits, PhotoError, Reduction};
use page::{Alpha, Compression, Page, Photometric};
use pages::{Directories, PhotoPages};

/// Bytes of a strip or tile that are hashed at a time.
const HASHED_AT_A_TIME: u64 = 256 << 10;
/// Rows brought to their place at a time.
const ROWS_AT_A_TIME: usize = 32;

type Reader<'a> = Box<dyn SeekRead + 'a>;

/// A TIFF whose directories have been read.
pub(crate) struct Tiff<'a> {
    tags: Tags<Reader<'a>>,
    page: Page,
    exif: ExifFacts,
    /// Whether the file may have photos in pages that are not looked at.
    has_more_pages: bool,
    watch: &'a Watch<'a>,
    pub(crate) size: Size,
}

/// A strip or tile of all planes, and what is made of it.
struct Work {
    packed: Vec<u8>,
    planes: Vec<Vec<u8>>,
    levels: Vec<u16>,
    plane_levels: Vec<Vec<u16>>,
    rgb: Vec<u8>,
}

/// The pages that are photos beside the file's own, by their numbers in the file, from 1 on.
pub(crate) fn further_pages<'a>(
    source: Source<'a>,
    watch: &'a Watch<'a>,
) -> Result<Vec<u32>, PhotoError> {
    let mut tags = Tags::open(source.seeking_reader(watch)?).ok_or_else(no_directory)?;
    let directories = Directories::read(&mut tags, usize::MAX, watch)?;
    let pages = PhotoPages::of(&mut tags, &directories.list);
    watch.check()?;
    Ok(pages.further)
}

impl<'a> Tiff<'a> {
    /// The file's photo, or the photo on one of its pages, counted from 1.
    pub(crate) fn open(
        source: Source<'a>,
        page: Option<u32>,
        limits: &Limits,
        watch: &'a Watch<'a>,
    ) -> Result<Self, PhotoError> {
        let mut places = Tags::open(source.seeking_reader(watch)?).ok_or_else(no_directory)?;
        let wanted = page.map(|page| page as usize);
        let directories = Directories::read(&mut places, wanted.unwrap_or(usize::MAX), watch)?;
        let (number, has_more_pages) = match wanted {
            Some(page) => (page.saturating_sub(1), false),
            None => {
                let pages = PhotoPages::of(&mut places, &directories.list);
                (pages.largest, directories.has_more || pages.has_more)
            }
        };
        drop(places);
        let mut tags = Tags::open(source.reader(watch)?).ok_or_else(no_directory)?;
        let directory = directories.list.get(number).ok_or_else(no_directory)?;
        let page = Page::parse(&mut tags, directory, limits)?;
        let mut exif = ExifFacts::of_directory(&mut tags, directory);
        if exif.taken.is_none() {
            exif.taken = ExifFacts::of(&mut tags).taken;
        }
        let tiff = Self {
            size: page.size,
            tags,
            page,
            exif,
            has_more_pages,
            watch,
        };
        Ok(tiff)
    }

    /// The hash of what the page is made of, wherever in the file it lies. Of parts that claim more bytes together than the
    /// file has, the last count by their places only.
    pub(crate) fn content_hash(&mut self, file_bytes: u64) -> Result<ContentHash, PhotoError> {
        let page = &self.page;
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"page of a TIFF");
        let numbers = [
            u64::from(page.size.width),
            u64::from(page.size.height),
            u64::from(page.chunk.width),
            u64::from(page.chunk.height),
            u64::from(page.bits),
            page.samples as u64,
            page.format as u64,
            page.photometric as u64,
            page.compression as u64,
            page.alpha as u64,
            page.predictor,
            u64::from(page.planar),
            u64::from(page.lowest_bit_first),
            u64::from(page.subsampling.0),
            u64::from(page.subsampling.1),
            u64::from(self.exif.orientation.value()),
            u64::from(self.tags.little_endian),
        ];
        for number in numbers.into_iter().chain(page.palette.iter().copied()) {
            hasher.update(&number.to_le_bytes());
        }
        hasher.update(&page.jpeg_tables);
        hasher.update(page.icc.as_deref().unwrap_or_default());
        let mut left = file_bytes;
        let mut bytes = Vec::new();
        for (offset, length) in self.page.offsets.iter().zip(&self.page.lengths) {
            if left == 0 {
                hasher.update(&offset.to_le_bytes());
                hasher.update(&length.to_le_bytes());
                continue;
            }
            let mut at = *offset;
            let end = offset.saturating_add(*length);
            while at < end && left > 0 {
                self.watch.check()?;
                bytes.clear();
                let wanted = (end - at).min(HASHED_AT_A_TIME);
                let read = self.tags.read_at(at, wanted, &mut bytes);
                if read.is_none() || bytes.is_empty() {
                    break;
                }
                let read = bytes.len() as u64;
                left = left.saturating_sub(read);
                hasher.update(&bytes);
                at += read;
            }
            hasher.update(&(at - *offset).to_le_bytes());
        }
        self.watch.check()?;
        Ok(ContentHash(*hasher.finalize().as_bytes()))
    }

    /// Strips and tiles are brought together at any scale.
    pub(crate) fn scales(&self) -> Scales {
        match Canvas::can_be_reduced(self.page.size, self.page.chunk.width) {
            true => Scales::IfLarge,
            false => Scales::Full,
        }
    }

    pub(crate) fn memory(&self) -> Memory {
        let page = &self.page;
        let rows = page.chunk.height.min(page.size.height);
        let unpacked = page.chunk_bytes(rows).saturating_mul(page.planes() as u64);
        let packed = page.lengths.iter().max().copied().unwrap_or(0);
        // A JPEG is decoded as a whole, and its coefficients stay in memory where it is progressive.
        let decoded = match page.compression {
            Compression::Jpeg => 9 * page.chunk.pixels().min(4 * page.size.pixels()),
            Compression::Zstd => unpack::MAX_ZSTD_WINDOW.max(unpacked),
            _ => 0,
        };
        let most_packed = page.max_packed(page.chunk.height.min(page.size.height));
        let row =
            u64::from(page.size.width) * (page.samples as u64 * 4 + 3 * ROWS_AT_A_TIME as u64);
        Memory {
            per_decoded_pixel: 3,
            fixed: unpacked + packed.min(most_packed) + decoded + row,
            beside: 0,
        }
    }

    /// The upright picture in sRGB.
    pub(crate) fn decode(
        mut self,
        reduction: Reduction,
    ) -> Result<(RgbImage, ExifFacts, Vec<PhotoNote>), PhotoError> {
        let mut notes = Vec::new();
        let is_lab = matches!(
            self.page.photometric,
            Photometric::CieLab | Photometric::IccLab
        );
        if self.page.format == page::Format::Float && !is_lab {
            self.page.white = self.white()?;
        }
        let (mut photo, is_visible) = self.picture(false, reduction, &mut notes)?;
        if !is_visible {
            // Nothing of it would be seen: the opacity is something else, a saved selection mostly.
            drop(photo);
            notes.clear();
            photo = self.picture(true, reduction, &mut notes)?.0;
        }
        if let Some(icc) = &self.page.icc {
            let samples = match self.page.photometric {
                Photometric::WhiteIsZero | Photometric::BlackIsZero => Some(Samples::GreyThrice),
                Photometric::Rgb | Photometric::Palette | Photometric::YCbCr => Some(Samples::Rgb),
                // Already light, or a space of its own.
                Photometric::Cmyk | Photometric::CieLab | Photometric::IccLab => None,
            };
            if let Some(samples) = samples {
                color::to_srgb(&mut photo, samples, icc);
            }
        }
        if self.has_more_pages {
            notes.push(PhotoNote::MorePages {
                limit: pages::MAX_PHOTOS,
            });
        }
        Ok((photo, self.exif, notes))
    }

    /// The sample that means white, of floating-point numbers: programs write them from 0 to 1, or as the whole numbers were.
    fn white(&mut self) -> Result<f32, PhotoError> {
        let mut work = self.work();
        let mut range = light::Range::default();
        for row in 0..self.page.down() {
            for column in 0..self.page.across() {
                self.watch.check()?;
                // What can't be read is told when the picture is made.
                if self.unpack_chunk(column, row, &mut work).is_ok() {
                    for plane in &work.planes {
                        range.add(&self.page, plane, self.tags.little_endian);
                    }
                }
            }
        }
        Ok(range.white())
    }

    fn work(&self) -> Work {
        let planes = self.page.planes();
        Work {
            packed: Vec::new(),
            planes: vec![Vec::new(); planes],
            levels: Vec::new(),
            plane_levels: vec![Vec::new(); planes],
            rgb: Vec::new(),
        }
    }

    /// The picture, and whether anything of it is visible.
    fn picture(
        &mut self,
        opaque: bool,
        reduction: Reduction,
        notes: &mut Vec<PhotoNote>,
    ) -> Result<(RgbImage, bool), PhotoError> {
        let mut canvas = Canvas::new(self.page.size, self.exif.orientation, reduction);
        let mut work = self.work();
        let has_alpha = self.page.alpha == Alpha::Straight && !opaque;
        let mut is_visible = !has_alpha;
        let (mut read, mut failed) = (0u32, None);
        for row in 0..self.page.down() {
            for column in 0..self.page.across() {
                self.watch.check()?;
                match self.unpack_chunk(column, row, &mut work) {
                    Ok(is_whole) => {
                        read += 1;
                        if !is_whole {
                            failed = failed.or(Some(PhotoError::CutOff));
                        }
                    }
                    Err(error) => {
                        self.watch.check()?;
                        failed = failed.or(Some(error));
                        self.put_blank(column, row, &mut work, &mut canvas);
                        continue;
                    }
                }
                is_visible |= self.put_chunk(column, row, opaque, &mut work, &mut canvas);
            }
        }
        match failed {
            Some(error) if read == 0 => return Err(error),
            Some(_) => notes.push(PhotoNote::Incomplete),
            None => {}
        }
        Ok((canvas.into_image(), is_visible))
    }

    /// Unpacks a strip or tile of all planes; false where it has too few bytes.
    fn unpack_chunk(&mut self, column: u32, row: u32, work: &mut Work) -> Result<bool, PhotoError> {
        let page = &self.page;
        let number = (row * page.across() + column) as usize;
        let is_tiled = page.chunk.width != page.size.width;
        let rows = match is_tiled {
            true => page.chunk.height,
            false => page
                .chunk
                .height
                .min(page.size.height - row * page.chunk.height),
        };
        let bytes = page.chunk_bytes(rows) as usize;
        let mut is_whole = true;
        for plane in 0..page.planes() {
            let at = plane * (page.across() * page.down()) as usize + number;
            let most = match page.compression {
                Compression::Jpeg => u64::MAX,
                _ => page.max_packed(rows),
            };
            let length = page.lengths[at].min(most);
            work.packed.clear();
            let packed = self
                .tags
                .read_at(page.offsets[at], length, &mut work.packed);
            if packed.is_none() || work.packed.is_empty() {
                return Err(PhotoError::CutOff);
            }
            let unpacked = &mut work.planes[plane];
            unpacked.clear();
            if page.compression == Compression::Jpeg {
                is_whole &= jpeg::decode(page, &work.packed, rows, unpacked, self.watch)?;
                continue;
            }
            unpack::in_bit_order(page, &mut work.packed);
            unpacked.resize(bytes, 0);
            let filled = unpack::unpack(page, &work.packed, rows, unpacked, self.watch);
            if filled == 0 {
                return Err(damaged_because(
                    "a strip or tile can't be unpacked".to_owned(),
                ));
            }
            is_whole &= filled >= bytes;
            unpack::undo_prediction(page, unpacked, self.tags.little_endian);
        }
        Ok(is_whole)
    }

    /// Brings an unpacked strip or tile to its place; true where something of it is visible.
    fn put_chunk(
        &self,
        column: u32,
        row: u32,
        opaque: bool,
        work: &mut Work,
        canvas: &mut Canvas,
    ) -> bool {
        let page = &self.page;
        let (x, y) = (column * page.chunk.width, row * page.chunk.height);
        let width = page.chunk.width.min(page.size.width - x) as usize;
        let height = page.chunk.height.min(page.size.height - y) as usize;
        let mut is_visible = false;
        for first in (0..height).step_by(ROWS_AT_A_TIME) {
            let rows = ROWS_AT_A_TIME.min(height - first);
            work.rgb.resize(rows * width * 3, 0);
            for line in 0..rows {
                let mut rgb = std::mem::take(&mut work.rgb);
                let place = &mut rgb[line * width * 3..][..width * 3];
                if self.is_plain_rgb() {
                    let from = (first + line) * page.row_bytes() as usize;
                    match work.planes[0].get(from..from + width * 3) {
                        Some(row) => place.copy_from_slice(row),
                        None => place.fill(0),
                    }
                } else {
                    self.row_levels((first + line) as u32, width, work);
                    let alpha = work.levels.iter().skip(page.photometric.colors());
                    is_visible = is_visible || alpha.step_by(page.samples).any(|alpha| *alpha > 0);
                    light::to_rgb(page, &work.levels, opaque, place);
                }
                work.rgb = rgb;
            }
            canvas.put(x, y + first as u32, width as u32, &work.rgb);
        }
        is_visible
    }

    /// Black in place of a strip or tile that can't be read.
    fn put_blank(&self, column: u32, row: u32, work: &mut Work, canvas: &mut Canvas) {
        let chunk = self.page.chunk;
        let (x, y) = (column * chunk.width, row * chunk.height);
        let width = chunk.width.min(self.page.size.width - x);
        work.rgb.clear();
        work.rgb.resize(width as usize * 3, 0);
        for line in 0..chunk.height.min(self.page.size.height - y) {
            canvas.put(x, y + line, width, &work.rgb);
        }
    }

    /// Whether the bytes of the file are the picture's.
    fn is_plain_rgb(&self) -> bool {
        let page = &self.page;
        let is_rgb = page.photometric == Photometric::Rgb && page.format == page::Format::Unsigned;
        is_rgb && page.bits == 8 && page.samples == 3 && !page.planar
    }

    /// Levels of one row of an unpacked strip or tile, the samples of a pixel side by side.
    fn row_levels(&self, line: u32, width: usize, work: &mut Work) {
        let page = &self.page;
        let row_bytes = page.row_bytes() as usize;
        let little_endian = self.tags.little_endian;
        if page.is_subsampled() {
            let from = (line / page.subsampling.1) as usize * row_bytes;
            let blocks = work.planes[0].get(from..).unwrap_or(&[]);
            light::shared_levels(page, blocks, line, width, &mut work.levels);
            return;
        }
        let from = line as usize * row_bytes;
        if !page.planar {
            let row = work.planes[0].get(from..).unwrap_or(&[]);
            let row = &row[..row.len().min(row_bytes)];
            let count = width * page.samples;
            light::levels(page, row, little_endian, 0, count, &mut work.levels);
            return;
        }
        work.levels.clear();
        work.levels.resize(width * page.samples, 0);
        for (channel, plane) in work.planes.iter().enumerate() {
            let row = plane.get(from..).unwrap_or(&[]);
            let row = &row[..row.len().min(row_bytes)];
            let levels = &mut work.plane_levels[channel];
            light::levels(page, row, little_endian, channel, width, levels);
            let places = work.levels[channel..].iter_mut().step_by(page.samples);
            for (place, level) in places.zip(levels) {
                *place = *level;
            }
        }
    }
}

fn no_directory() -> PhotoError {
    damaged_because("no directory of the page".to_owned())
}

fn unsupported(what: String) -> PhotoError {
    PhotoError::Unsupported {
        format: "TIFF",
        what,
    }
}

fn too_much(found: String, limit: u64) -> PhotoError {
    PhotoError::TooMuchWork {
        format: "a TIFF",
        found,
        limit,
    }
}

fn damaged_because(reason: String) -> PhotoError {
    PhotoError::Damaged {
        format: "TIFF",
        reason,
    }
}
