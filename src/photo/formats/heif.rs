//! HEIC and AVIF: pictures in an ISO file (ISO/IEC 23008-12), coded whole or as a grid of tiles.
//!
//! A grid is decoded tile by tile into the picture, so that beside it one tile is held, and the watch is heard between two
//! tiles. The file's own rotation, mirror and crop say which way is up; EXIF repeats it and gives the date only.

use heifer_isobmff::boxes::{ColorInfo, Grid, Property};
use heifer_isobmff::{HeifFile, ItemId};
use image::RgbImage;
use image::imageops::crop_imm;

use super::cut_off::is_box_of_photos;
use crate::geometry::Size;
use crate::photo::decode_watch::Watch;
use crate::photo::exif::ExifFacts;
use crate::photo::limits::{check_pixels, check_stored};
use crate::photo::memory::Memory;
use crate::photo::pixels::canvas::Canvas;
use crate::photo::pixels::color::{self, MAX_PROFILE, Samples};
use crate::photo::pixels::orientation::{Orientation, upright};
use crate::photo::pixels::samples::on_white;
use crate::photo::reduction::Scales;
use crate::photo::{Limits, PhotoError, Reduction};

/// Items and properties of a file; a photo of 200 megapixels in tiles has about 800.
const MAX_ITEMS: usize = 20_000;
/// Boxes of a file at its top level; photos have five or so.
const MAX_BOXES: usize = 1024;
/// Tiles of a grid.
const MAX_TILES: usize = 16_384;

/// Bytes for each pixel that the HEVC decoder holds beside its planes: opacity, and what its filters keep.
const HEVC_BESIDE: u64 = 2;
/// Bytes for each pixel that the AV1 decoder holds beside its planes.
const AV1_BESIDE: u64 = 1;

/// What tiles are coded with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Codec {
    #[cfg_attr(
        not(feature = "heic"),
        expect(dead_code, reason = "its decoder is left out")
    )]
    Hevc,
    #[cfg_attr(
        not(feature = "avif"),
        expect(dead_code, reason = "its decoder is left out")
    )]
    Av1,
}

/// A picture whose boxes have been read.
pub(crate) struct Heif<'a> {
    file: HeifFile<'a>,
    format: &'static str,
    coded: Coded,
    /// A picture as large, whose light is the opacity.
    opacity: Option<Coded>,
    exif: ExifFacts,
    watch: &'a Watch<'a>,
    /// Before rotation, mirror and crop.
    stored: Size,
    /// Upright.
    pub(crate) size: Size,
}

/// How the picture is coded.
enum Coded {
    Whole(ItemId, Codec),
    Grid {
        tiles: Vec<ItemId>,
        columns: u32,
        tile: Size,
        codec: Codec,
    },
}

impl<'a> Heif<'a> {
    pub(crate) fn open(
        bytes: &'a [u8],
        format: &'static str,
        limits: &Limits,
        watch: &'a Watch<'a>,
    ) -> Result<Self, PhotoError> {
        let damaged = |error: heifer_isobmff::Error| damaged(format, &error);
        let file = HeifFile::parse(without_stray_bytes(bytes)).map_err(damaged)?;
        if file.items.len() > MAX_ITEMS {
            return Err(PhotoError::TooMuchWork {
                format,
                found: format!("{} items", file.items.len()),
                limit: MAX_ITEMS as u64,
            });
        }
        watch.check()?;
        let primary = source_item(&file, file.primary_id).map_err(damaged)?;
        let (coded, stored) = coded(&file, primary, format)?;
        match coded {
            Coded::Whole(..) => check_pixels(stored, limits)?,
            Coded::Grid { .. } => check_stored(stored, limits)?,
        }
        let mut heif = Self {
            format,
            opacity: opacity(&file, primary, stored, format),
            coded,
            exif: ExifFacts::NONE,
            watch,
            stored,
            size: stored,
            file,
        };
        for turn in heif.turns()? {
            heif.size = turn.size(heif.size);
        }
        check_stored(heif.size, limits)?;
        let exif = heif.file.exif(primary).ok().flatten();
        let taken = exif.and_then(|raw| ExifFacts::parse(&raw).taken);
        heif.exif.taken = taken;
        Ok(heif)
    }

    /// Tiles are brought together at any scale.
    pub(crate) fn scales(&self) -> Scales {
        match &self.coded {
            Coded::Grid { tile, .. } if Canvas::can_be_reduced(self.stored, tile.width) => {
                Scales::IfNeeded
            }
            _ => Scales::Full,
        }
    }

    pub(crate) fn memory(&self) -> Result<Memory, PhotoError> {
        let turned = match self.turns()?.is_empty() {
            true => 0,
            // A turn holds the picture twice.
            false => 3,
        };
        let turned = turned + if self.opacity.is_some() { 3 } else { 0 };
        // What is cropped is decoded first.
        let cropped = self.stored.pixels().saturating_sub(self.size.pixels());
        Ok(match &self.coded {
            Coded::Whole(item, codec) => {
                let per_decoded_pixel = 3 + turned.max(self.decoder_bytes(*item, *codec)?);
                Memory {
                    per_decoded_pixel,
                    fixed: cropped * per_decoded_pixel,
                    beside: 0,
                }
            }
            Coded::Grid {
                tiles, tile, codec, ..
            } => {
                let per_pixel = match tiles.first() {
                    Some(item) => 3 + self.decoder_bytes(*item, *codec)?,
                    None => 0,
                };
                Memory {
                    per_decoded_pixel: 3 + turned,
                    fixed: tile.pixels() * per_pixel + cropped * (3 + turned),
                    beside: 0,
                }
            }
        })
    }

    /// Bytes that a decoder holds for each pixel of a coded picture, beside the decoded one.
    fn decoder_bytes(&self, item: ItemId, codec: Codec) -> Result<u64, PhotoError> {
        let properties = self.properties(item)?;
        Ok(match codec {
            Codec::Hevc => bytes_per_pixel_of_hevc(properties),
            Codec::Av1 => bytes_per_pixel_of_av1(properties),
        })
    }

    /// The upright picture in sRGB.
    pub(crate) fn decode(self, reduction: Reduction) -> Result<(RgbImage, ExifFacts), PhotoError> {
        let mut picture = self.picture(&self.coded, reduction)?;
        if let Some(icc) = self.profile() {
            color::to_srgb(&mut picture, Samples::Rgb, &icc);
        }
        if let Some(opacity) = &self.opacity {
            let alpha = self.picture(opacity, reduction)?;
            let is_premultiplied = !self
                .file
                .referenced_items(self.file.primary_id, b"prem")
                .is_empty();
            lay_on_white(&mut picture, &alpha, is_premultiplied);
        }
        for turn in self.turns()? {
            picture = turn.of(picture, reduction);
        }
        Ok((picture, self.exif))
    }

    fn picture(&self, coded: &Coded, reduction: Reduction) -> Result<RgbImage, PhotoError> {
        let picture = match coded {
            Coded::Whole(item, codec) => self.tile(*item, *codec, self.stored)?,
            Coded::Grid {
                tiles,
                columns,
                tile,
                codec,
            } => {
                let mut canvas = Canvas::new(self.stored, Orientation::UPRIGHT, reduction);
                for (number, item) in (0..).zip(tiles) {
                    self.watch.check()?;
                    let (x, y) = (
                        number % columns * tile.width,
                        number / columns * tile.height,
                    );
                    if x < self.stored.width && y < self.stored.height {
                        let decoded = self.tile(*item, *codec, *tile)?;
                        put_tile(&mut canvas, self.stored, (x, y), &decoded);
                    }
                }
                canvas.into_image()
            }
        };
        self.watch.check()?;
        Ok(picture)
    }

    /// A picture of `size`; what is coded beyond it is padding.
    fn tile(&self, item: ItemId, codec: Codec, size: Size) -> Result<RgbImage, PhotoError> {
        let nclx = self.properties(item)?.find_map(|property| match property {
            Property::Color(ColorInfo::Nclx {
                matrix, full_range, ..
            }) => Some((*matrix, *full_range)),
            _ => None,
        });
        match codec {
            #[cfg(feature = "heic")]
            Codec::Hevc => super::hevc::decode(&self.file, item, size, nclx)
                .map_err(|reason| damaged_because(self.format, &reason)),
            #[cfg(feature = "avif")]
            Codec::Av1 => super::av1::decode(&self.file, item, size, nclx)
                .map_err(|reason| damaged_because(self.format, &reason)),
            #[allow(unreachable_patterns, reason = "where both decoders are there")]
            _ => {
                let _ = (item, size, nclx);
                Err(PhotoError::NotYetReadable { kind: "heic" })
            }
        }
    }

    fn properties(&self, item: ItemId) -> Result<impl Iterator<Item = &Property>, PhotoError> {
        let properties = self.file.item_properties(item);
        properties.map_err(|error| damaged(self.format, &error))
    }

    /// An ICC profile, or one made of the colours that are named; none for sRGB.
    fn profile(&self) -> Option<Vec<u8>> {
        let primary = self.file.primary_id;
        if let Ok(Some(icc)) = self.file.icc_profile(primary) {
            return (icc.len() as u64 <= MAX_PROFILE).then(|| icc.to_vec());
        }
        let first_tile = match &self.coded {
            Coded::Whole(item, _) => Some(*item),
            Coded::Grid { tiles, .. } => tiles.first().copied(),
        };
        let items = [Some(primary), first_tile].into_iter().flatten();
        let named = items.filter_map(|item| {
            let mut properties = self.file.item_properties(item).ok()?;
            properties.find_map(|property| match property {
                Property::Color(ColorInfo::Nclx {
                    primaries,
                    transfer,
                    ..
                }) => Some((*primaries, *transfer)),
                _ => None,
            })
        });
        let (primaries, transfer) = named.into_iter().next()?;
        color::named_profile(primaries, transfer)
    }

    fn turns(&self) -> Result<Vec<Turn>, PhotoError> {
        let properties = self.properties(self.file.primary_id)?;
        let mut size = self.stored;
        let mut turns = Vec::new();
        for property in properties.take(16) {
            let turn = match property {
                // Anticlockwise, in quarters.
                Property::Rotation(quarters) => {
                    let value = [1, 8, 3, 6][usize::from(*quarters) % 4];
                    Turn::To(Orientation::from_exif(value))
                }
                Property::Mirror(top_bottom) => {
                    Turn::To(Orientation::from_exif(if *top_bottom { 4 } else { 2 }))
                }
                Property::CleanAperture {
                    width,
                    height,
                    horiz_offset,
                    vert_offset,
                } => {
                    let part = |(count, of): (u32, u32)| f64::from(count) / f64::from(of.max(1));
                    let offset = |(count, of): (i32, u32)| f64::from(count) / f64::from(of.max(1));
                    let side = |whole: u32, kept: (u32, u32), from: (i32, u32)| {
                        let kept = (part(kept).round() as u32).clamp(1, whole.max(1));
                        let free = f64::from(whole - kept);
                        let first = (free / 2.0 + offset(from)).clamp(0.0, free);
                        (first.round() as u32, kept)
                    };
                    let (x, width) = side(size.width.max(1), *width, *horiz_offset);
                    let (y, height) = side(size.height.max(1), *height, *vert_offset);
                    Turn::Crop {
                        x,
                        y,
                        size: Size { width, height },
                    }
                }
                _ => continue,
            };
            size = turn.size(size);
            turns.push(turn);
        }
        Ok(turns)
    }
}

/// The boxes of a file without what some programs leave behind the last one: less than the head of a box, or what is none.
fn without_stray_bytes(bytes: &[u8]) -> &[u8] {
    let mut at = 0;
    for _ in 0..MAX_BOXES {
        let rest = &bytes[at..];
        match length_of_box(rest) {
            Some(length) if length < rest.len() => at += length,
            Some(length) if length == rest.len() => return bytes,
            // A box that is cut off.
            Some(_) if is_box_of_photos([rest[4], rest[5], rest[6], rest[7]]) => return bytes,
            _ if at == 0 => return bytes,
            _ => return &bytes[..at],
        }
    }
    bytes
}

/// The length that a box claims (ISO/IEC 14496-12, 4.2), its head included; `None` where no box begins.
fn length_of_box(bytes: &[u8]) -> Option<usize> {
    let [a, b, c, d, kind @ ..] = bytes.first_chunk::<8>()?;
    if !kind.iter().all(|byte| (b' '..=b'~').contains(byte)) {
        return None;
    }
    match u32::from_be_bytes([*a, *b, *c, *d]) {
        // Up to the end of the file.
        0 => Some(bytes.len()),
        1 => {
            let length = bytes.get(8..16)?.first_chunk::<8>()?;
            let length = u64::from_be_bytes(*length);
            (length >= 16).then(|| usize::try_from(length).unwrap_or(usize::MAX))
        }
        length => (length >= 8).then_some(length as usize),
    }
}

/// What is done to the decoded picture.
enum Turn {
    To(Orientation),
    Crop { x: u32, y: u32, size: Size },
}

impl Turn {
    fn size(&self, before: Size) -> Size {
        match self {
            Self::To(orientation) => orientation.upright_size(before),
            Self::Crop { size, .. } => *size,
        }
    }

    /// Of a picture whose sides are divided as `reduction` says.
    fn of(&self, picture: RgbImage, reduction: Reduction) -> RgbImage {
        match self {
            Self::To(orientation) => upright(picture, *orientation),
            Self::Crop { x, y, size } => {
                let Size { width, height } = reduction.decoded_size(*size);
                if (width, height) == picture.dimensions() {
                    return picture;
                }
                let [x, y] = [x, y].map(|at| at / reduction.divisor());
                let x = x.min(picture.width().saturating_sub(width));
                let y = y.min(picture.height().saturating_sub(height));
                crop_imm(&picture, x, y, width, height).to_image()
            }
        }
    }
}

/// The picture itself where an item only stands for another.
fn source_item(file: &HeifFile<'_>, item: ItemId) -> Result<ItemId, heifer_isobmff::Error> {
    if file.item(item)?.item_type.0 == *b"iden"
        && let [source] = file.referenced_items(item, b"dimg")
    {
        return Ok(*source);
    }
    Ok(item)
}

fn codec(kind: &[u8; 4], format: &'static str) -> Result<Codec, PhotoError> {
    match kind {
        #[cfg(feature = "heic")]
        b"hvc1" | b"hev1" => Ok(Codec::Hevc),
        #[cfg(feature = "avif")]
        b"av01" => Ok(Codec::Av1),
        #[cfg(not(feature = "avif"))]
        b"av01" => Err(PhotoError::NotYetReadable { kind: "avif" }),
        #[cfg(not(feature = "heic"))]
        b"hvc1" | b"hev1" => Err(PhotoError::NotYetReadable { kind: "heic" }),
        other => Err(PhotoError::Unsupported {
            format,
            what: format!("items of kind {}", String::from_utf8_lossy(other)),
        }),
    }
}

/// How an item is coded, and its size.
fn coded(
    file: &HeifFile<'_>,
    item: ItemId,
    format: &'static str,
) -> Result<(Coded, Size), PhotoError> {
    let damaged = |error: heifer_isobmff::Error| damaged(format, &error);
    match &file.item(item).map_err(damaged)?.item_type.0 {
        b"grid" => grid(file, item, format),
        kind => {
            let codec = codec(kind, format)?;
            let size = file.image_size(item).map_err(damaged)?;
            let (width, height) = size.ok_or_else(|| damaged_because(format, "no size"))?;
            Ok((Coded::Whole(item, codec), Size { width, height }))
        }
    }
}

/// The auxiliary picture that holds the opacity (ISO/IEC 23008-12, 6.4.5 and B.2.5; MIAF, 7.3.5.2).
fn opacity(file: &HeifFile<'_>, item: ItemId, size: Size, format: &'static str) -> Option<Coded> {
    const NAMES: [&str; 2] = [
        "urn:mpeg:hevc:2015:auxid:1",
        "urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
    ];
    let auxiliary = file.referencing_items(item, b"auxl").into_iter();
    let is_opacity = |item: &ItemId| {
        let mut properties = file.item_properties(*item).into_iter().flatten();
        properties.any(|property| match property {
            Property::AuxiliaryType(name) => NAMES.contains(&name.trim_end_matches('\0')),
            _ => false,
        })
    };
    let item = auxiliary.take(16).find(is_opacity)?;
    let (coded, opacity_size) = coded(file, item, format).ok()?;
    (opacity_size == size).then_some(coded)
}

/// Where opacity hides all of the picture, it is passed over: it is something else then.
fn lay_on_white(picture: &mut RgbImage, alpha: &RgbImage, is_premultiplied: bool) {
    if picture.dimensions() != alpha.dimensions() || alpha.pixels().all(|alpha| alpha.0[0] == 0) {
        return;
    }
    for (pixel, alpha) in picture.pixels_mut().zip(alpha.pixels()) {
        let alpha = alpha.0[0];
        pixel.0 = match is_premultiplied {
            true => pixel.0.map(|sample| sample.saturating_add(255 - alpha)),
            false => on_white(pixel.0, alpha),
        };
    }
}

fn grid(
    file: &HeifFile<'_>,
    item: ItemId,
    format: &'static str,
) -> Result<(Coded, Size), PhotoError> {
    let damaged = |error: heifer_isobmff::Error| damaged(format, &error);
    let Grid {
        rows,
        columns,
        output_width,
        output_height,
    } = file.grid(item).map_err(damaged)?;
    let tiles = file.referenced_items(item, b"dimg").to_vec();
    let first = tiles.first().copied();
    let count = usize::from(rows) * usize::from(columns);
    let Some(first) = first.filter(|_| tiles.len() == count && count <= MAX_TILES) else {
        return Err(damaged_because(format, "a grid without its tiles"));
    };
    let codec = codec(&file.item(first).map_err(damaged)?.item_type.0, format)?;
    let size = file.image_size(first).map_err(damaged)?;
    let (width, height) = size.ok_or_else(|| damaged_because(format, "tiles without a size"))?;
    let is_covered = |tile: u32, count: u16, side: u32| {
        let before_last = u64::from(tile) * u64::from(count.saturating_sub(1));
        tile > 0
            && before_last < u64::from(side)
            && before_last + u64::from(tile) >= u64::from(side)
    };
    if !is_covered(width, columns, output_width) || !is_covered(height, rows, output_height) {
        return Err(damaged_because(format, "tiles that don't fit their grid"));
    }
    let coded = Coded::Grid {
        tiles,
        columns: u32::from(columns),
        tile: Size { width, height },
        codec,
    };
    let stored = Size {
        width: output_width,
        height: output_height,
    };
    Ok((coded, stored))
}

/// Puts as much of a tile as lies in the picture.
fn put_tile(canvas: &mut Canvas, picture: Size, (x, y): (u32, u32), tile: &RgbImage) {
    let width = tile.width().min(picture.width - x);
    let rows = tile.height().min(picture.height - y) as usize;
    let stride = tile.width() as usize * 3;
    let rows = tile.as_raw().chunks_exact(stride).take(rows);
    for (y, row) in (y..).zip(rows) {
        canvas.put(x, y, width, &row[..width as usize * 3]);
    }
}

/// The planes of HEVC, of 16 bits whatever the depth.
fn bytes_per_pixel_of_hevc<'a>(mut properties: impl Iterator<Item = &'a Property>) -> u64 {
    let chroma = properties.find_map(|property| match property {
        Property::HevcConfig(config) => Some(config.chroma_format),
        _ => None,
    });
    let planes = match chroma {
        Some(0) => 2,
        Some(1) => 3,
        Some(2) => 4,
        _ => 6,
    };
    planes + HEVC_BESIDE
}

/// The samples of AV1 by its configuration (AV1-ISOBMFF, 2.3.3): of the picture, and of what its filters keep.
fn bytes_per_pixel_of_av1<'a>(mut properties: impl Iterator<Item = &'a Property>) -> u64 {
    let config = properties.find_map(|property| match property {
        Property::Unknown(kind, config) if kind.0 == *b"av1C" => config.get(2).copied(),
        _ => None,
    });
    let config = config.unwrap_or(0b0100_0000);
    let has = |bit: u8| config & bit != 0;
    let bytes = if has(0b0100_0000) { 2u64 } else { 1 };
    // Monochrome; both sides of the colours halved; one; none.
    let halves = match (has(0b0001_0000), has(0b1000), has(0b0100)) {
        (true, ..) => 2,
        (_, true, true) => 3,
        (_, true, false) => 4,
        _ => 6,
    };
    (halves * bytes).div_ceil(2) + AV1_BESIDE
}

fn damaged(format: &'static str, error: &heifer_isobmff::Error) -> PhotoError {
    damaged_because(format, &error.to_string())
}

fn damaged_because(format: &'static str, reason: &str) -> PhotoError {
    PhotoError::Damaged {
        format,
        reason: reason.to_owned(),
    }
}
