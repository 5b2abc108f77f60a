//! Which pages of a TIFF are photos: the largest is the file's own, and further ones are photos beside it.
//!
//! A page is no photo where the file says that it is a smaller copy or a mask, where it is tiny, where it is black and white
//! without grey (text), and where it is as large as a smaller copy of another page would be.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::io::{Read, Seek};

use super::page::{BITS, Fields, SAMPLES, SUBFILE_TYPE, size_of};
use crate::geometry::Size;
use crate::photo::PhotoError;
use crate::photo::decode_watch::Watch;
use crate::photo::exif::tags::{Entry, Tags};

/// Pages looked at; a book that was scanned into one file has a few hundred.
const MAX_PAGES: usize = 1024;
/// Photos beside the file's own.
pub(super) const MAX_PHOTOS: usize = 256;
/// Pixels of the shorter side of a page that is a photo of its own: less than twice as much as the smallest face that is
/// looked for.
const MIN_SIDE: u32 = 100;
/// Longest side of a preview whose size isn't exactly that of a smaller copy.
const MAX_PREVIEW_SIDE: u32 = 320;
/// How much the ratio of the sides of a preview may differ from its picture's.
const RATIO_TOLERANCE: f64 = 0.03;
/// Bits of the subfile type: a smaller copy, a mask.
const REDUCED: u64 = 1;
const MASK: u64 = 4;

/// The directories of the pages of a file, none of them twice.
pub(super) struct Directories {
    pub(super) list: Vec<Vec<Entry>>,
    /// There are more than are looked at.
    pub(super) has_more: bool,
}

impl Directories {
    /// The first `most` of them.
    pub(super) fn read<R: Read + Seek>(
        tags: &mut Tags<R>,
        most: usize,
        watch: &Watch<'_>,
    ) -> Result<Self, PhotoError> {
        let mut list = Vec::new();
        let mut seen = HashSet::new();
        let mut offset = tags.first_offset();
        while let Some(at) = offset.filter(|at| *at > 0 && seen.insert(*at)) {
            watch.check()?;
            if list.len() == most.min(MAX_PAGES) {
                let has_more = list.len() == MAX_PAGES;
                return Ok(Self { list, has_more });
            }
            let (directory, next) = tags.directory_and_next(at);
            if directory.is_empty() {
                break;
            }
            list.push(directory);
            offset = next;
        }
        Ok(Self {
            list,
            has_more: false,
        })
    }
}

/// A page that has a picture.
#[derive(Clone, Copy)]
struct Picture {
    /// From 0 on.
    number: usize,
    size: Size,
    /// Neither a smaller copy nor a mask, as far as the file says.
    is_own: bool,
    /// Black and white without grey.
    is_bilevel: bool,
}

/// The pages that are photos.
pub(super) struct PhotoPages {
    /// The number of the file's own photo, from 0 on.
    pub(super) largest: usize,
    /// Numbers of the others, from 1 on.
    pub(super) further: Vec<u32>,
    /// There are more photos than are looked at.
    pub(super) has_more: bool,
}

impl PhotoPages {
    pub(super) fn of<R: Read + Seek>(tags: &mut Tags<R>, directories: &[Vec<Entry>]) -> Self {
        let pictures = pictures(tags, directories);
        // The first of equals, and a smaller copy only where there is nothing else.
        let order = |page: &&Picture| (page.is_own, page.size.pixels(), Reverse(page.number));
        let largest = pictures
            .iter()
            .max_by_key(order)
            .map_or(0, |page| page.number);
        let sizes: HashSet<(u32, u32)> = pictures
            .iter()
            .map(|page| (page.size.width, page.size.height))
            .collect();
        let is_photo = |page: &&Picture| {
            page.number != largest
                && page.is_own
                && !page.is_bilevel
                && page.size.width.min(page.size.height) >= MIN_SIDE
                && !sizes.iter().any(|(width, height)| {
                    let (width, height) = (*width, *height);
                    is_smaller_copy(page.size, Size { width, height })
                })
        };
        let mut photos = pictures.iter().filter(is_photo);
        let further = photos
            .by_ref()
            .take(MAX_PHOTOS)
            .map(|page| page.number as u32 + 1)
            .collect();
        Self {
            largest,
            further,
            has_more: photos.next().is_some(),
        }
    }
}

fn pictures<R: Read + Seek>(tags: &mut Tags<R>, directories: &[Vec<Entry>]) -> Vec<Picture> {
    let mut pictures = Vec::new();
    for (number, directory) in directories.iter().enumerate() {
        let Ok(size) = size_of(tags, directory) else {
            continue;
        };
        let mut fields = Fields { tags, directory };
        let kind = fields.number(SUBFILE_TYPE).unwrap_or(0);
        let samples = fields.number(SAMPLES).unwrap_or(1);
        pictures.push(Picture {
            number,
            size,
            is_own: kind & (REDUCED | MASK) == 0,
            is_bilevel: samples == 1 && fields.number(BITS).unwrap_or(1) == 1,
        });
    }
    pictures
}

/// Whether a page has the size of a smaller copy of another, which not all programs say: half, a quarter and so on of its
/// sides, or about its shape where it is small.
fn is_smaller_copy(small: Size, large: Size) -> bool {
    if u64::from(small.width) * 2 > u64::from(large.width) + 1 {
        return false;
    }
    let ratio = |size: Size| f64::from(size.width) / f64::from(size.height.max(1));
    let is_alike = (ratio(small) / ratio(large) - 1.0).abs() < RATIO_TOLERANCE;
    if small.width.max(small.height) <= MAX_PREVIEW_SIDE {
        return is_alike;
    }
    (1..16).any(|halvings| {
        let is_part = |small: u32, large: u32| {
            small == large >> halvings || small == large.div_ceil(1 << halvings)
        };
        is_part(small.width, large.width) && is_part(small.height, large.height)
    })
}
