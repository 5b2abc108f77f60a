//! TIFF, strip by strip or tile by tile: beside the picture no more than one of them is in memory.
//!
//! Directories are read within bounds ([`page`]), strips and tiles are unpacked by the crates that `image` unpacks them with
//! ([`unpack`], [`jpeg`]), and their samples become light here ([`light`]): scanners and editors write many more kinds of
//! pixels than the `tiff` crate gives. Of several pages the largest is the photo; that there are others is told.

mod jpeg;
mod light;
mod page;
mod unpack;

use std::collections::HashSet;
use std::io::{Read, Seek};

use image::RgbImage;

use crate::geometry::Size;
use crate::photo::decode_watch::Watch;
use crate::photo::exif::ExifFacts;
use crate::photo::exif::tags::{Entry, Tags};
use crate::photo::file::{SeekRead, Source};
use crate::photo::memory::Memory;
use crate::photo::note::PhotoNote;
use crate::photo::pixels::canvas::Canvas;
use crate::photo::pixels::color::{self, Samples};
use crate::photo::reduction::Scales;
use crate::photo::{Limits, PhotoError, Reduction};
use page::{Alpha, Compression, Fields, Page, Photometric, SUBFILE_TYPE, size_of};

/// Pages looked at for the largest one; a book that was scanned into one file has a few hundred.
const MAX_PAGES: usize = 1024;
/// Rows brought to their place at a time.
const ROWS_AT_A_TIME: usize = 32;
/// Bits of the subfile type: a smaller copy, a mask.
const REDUCED: u64 = 1;
const MASK: u64 = 4;

type Reader<'a> = Box<dyn SeekRead + 'a>;

/// A TIFF whose directories have been read.
pub(crate) struct Tiff<'a> {
    tags: Tags<Reader<'a>>,
    page: Page,
    exif: ExifFacts,
    /// Pages that hold pictures.
    pages: usize,
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

impl<'a> Tiff<'a> {
    pub(crate) fn open(
        source: Source<'a>,
        limits: &Limits,
        watch: &'a Watch<'a>,
    ) -> Result<Self, PhotoError> {
        let none = || damaged_because("no directory".to_owned());
        let mut tags = Tags::open(source.reader(watch)?).ok_or_else(none)?;
        let directories = directories(&mut tags, watch)?;
        let (largest, pages) = largest_page(&mut tags, &directories);
        let directory = directories.get(largest).ok_or_else(none)?;
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
            pages,
            watch,
        };
        Ok(tiff)
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
        if self.pages > 1 {
            notes.push(PhotoNote::OtherPages { pages: self.pages });
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

/// The directories of all pages, none of them twice.
fn directories<R: Read + Seek>(
    tags: &mut Tags<R>,
    watch: &Watch<'_>,
) -> Result<Vec<Vec<Entry>>, PhotoError> {
    let mut directories = Vec::new();
    let mut seen = HashSet::new();
    let mut offset = tags.first_offset();
    while let Some(at) = offset.filter(|at| *at > 0 && seen.insert(*at)) {
        watch.check()?;
        let (directory, next) = tags.directory_and_next(at);
        if directory.is_empty() || directories.len() == MAX_PAGES {
            break;
        }
        directories.push(directory);
        offset = next;
    }
    Ok(directories)
}

/// The number of the largest page, and how many pages hold pictures of their own.
fn largest_page<R: Read + Seek>(tags: &mut Tags<R>, directories: &[Vec<Entry>]) -> (usize, usize) {
    let mut pages: Vec<(usize, Size, u64)> = Vec::new();
    for (number, directory) in directories.iter().enumerate() {
        let kind = Fields { tags, directory }.number(SUBFILE_TYPE).unwrap_or(0);
        if let Ok(size) = size_of(tags, directory) {
            pages.push((number, size, kind));
        }
    }
    let is_picture = |kind: u64| kind & (REDUCED | MASK) == 0;
    // The first of equals, and a smaller copy only where there is nothing else.
    let order = |(number, size, kind): &(usize, Size, u64)| {
        (is_picture(*kind), size.pixels(), std::cmp::Reverse(*number))
    };
    let Some((largest, size, _)) = pages.iter().copied().max_by_key(order) else {
        return (0, directories.len());
    };
    let others = pages.iter().filter(|(number, other, kind)| {
        *number != largest && is_picture(*kind) && !is_smaller_copy(*other, size)
    });
    (largest, 1 + others.count())
}

/// Whether a page may be a small preview of another, which not all programs say.
fn is_smaller_copy(small: Size, large: Size) -> bool {
    let ratio = |size: Size| f64::from(size.width) / f64::from(size.height.max(1));
    let alike = (ratio(small) / ratio(large) - 1.0).abs() < 0.03;
    let is_small = u64::from(small.width) * 2 <= u64::from(large.width);
    is_small && (alike || small.width.max(small.height) <= 320)
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
