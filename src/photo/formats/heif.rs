//! HEIC and AVIF: pictures in an ISO file (ISO/IEC 23008-12), coded whole or as a grid of tiles.
//!
//! A grid is decoded tile by tile into the picture, so that beside it one tile is held, and the watch is heard between two
//! tiles. The file's own rotation, mirror and crop say which way is up; EXIF repeats it and gives the date only.

use heifer_isobmff::boxes::{ColorInfo, Grid, Property};
use heifer_isobmff::{HeifFile, ItemId};
use image::RgbImage;
use image::imageops::crop_imm;

use crate::geometry::Size;
use crate::photo::decode_watch::Watch;
use crate::photo::exif::ExifFacts;
use crate::photo::limits::check_pixels;
use crate::photo::memory::Memory;
use crate::photo::pixels::color::{self, MAX_PROFILE, Samples};
use crate::photo::pixels::orientation::{Orientation, upright};
use crate::photo::{Limits, PhotoError};

/// Items and properties of a file; a photo of 200 megapixels in tiles has about 800.
const MAX_ITEMS: usize = 20_000;
/// Tiles of a grid.
const MAX_TILES: usize = 16_384;
/// Bytes that a decoder holds for each pixel that it decodes at once: planes of 16 bits at full colour, and what it makes of
/// them.
const DECODER_PER_PIXEL: u64 = 16;

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
        let file = HeifFile::parse(bytes).map_err(damaged)?;
        if file.items.len() > MAX_ITEMS {
            return Err(PhotoError::TooMuchWork {
                format,
                found: format!("{} items", file.items.len()),
                limit: MAX_ITEMS as u64,
            });
        }
        watch.check()?;
        let primary = source_item(&file, file.primary_id).map_err(damaged)?;
        let kind = file.item(primary).map_err(damaged)?.item_type.0;
        let (coded, stored) = match &kind {
            b"grid" => grid(&file, primary, format)?,
            kind => {
                let size = file.image_size(primary).map_err(damaged)?;
                let (width, height) = size.ok_or_else(|| damaged_because(format, "no size"))?;
                let coded = Coded::Whole(primary, codec(kind, format)?);
                (coded, Size { width, height })
            }
        };
        check_pixels(stored, limits)?;
        let mut heif = Self {
            format,
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
        check_pixels(heif.size, limits)?;
        let exif = heif.file.exif(primary).ok().flatten();
        let taken = exif.and_then(|raw| ExifFacts::parse(&raw).taken);
        heif.exif.taken = taken;
        Ok(heif)
    }

    pub(crate) fn memory(&self) -> Memory {
        let at_once = match &self.coded {
            Coded::Whole(..) => self.stored.pixels(),
            Coded::Grid { tile, .. } => tile.pixels(),
        };
        Memory {
            // A turn holds the picture twice.
            per_decoded_pixel: 6,
            fixed: at_once * DECODER_PER_PIXEL,
            beside: 0,
        }
    }

    /// The upright picture in sRGB.
    pub(crate) fn decode(self) -> Result<(RgbImage, ExifFacts), PhotoError> {
        let mut picture = match &self.coded {
            Coded::Whole(item, codec) => self.tile(*item, *codec, self.stored)?,
            Coded::Grid {
                tiles,
                columns,
                tile,
                codec,
            } => {
                let mut picture = RgbImage::new(self.stored.width, self.stored.height);
                for (number, item) in (0..).zip(tiles) {
                    self.watch.check()?;
                    let (x, y) = (
                        number % columns * tile.width,
                        number / columns * tile.height,
                    );
                    if x < self.stored.width && y < self.stored.height {
                        copy_to(&mut picture, x, y, &self.tile(*item, *codec, *tile)?);
                    }
                }
                picture
            }
        };
        self.watch.check()?;
        if let Some(icc) = self.profile() {
            color::to_srgb(&mut picture, Samples::Rgb, &icc);
        }
        for turn in self.turns()? {
            picture = turn.of(picture);
        }
        Ok((picture, self.exif))
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

    fn of(&self, picture: RgbImage) -> RgbImage {
        match self {
            Self::To(orientation) => upright(picture, *orientation),
            Self::Crop { x, y, size } if (size.width, size.height) != picture.dimensions() => {
                crop_imm(&picture, *x, *y, size.width, size.height).to_image()
            }
            Self::Crop { .. } => picture,
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

/// Copies as much of a tile as lies in the picture.
fn copy_to(picture: &mut RgbImage, x: u32, y: u32, tile: &RgbImage) {
    let width = tile.width().min(picture.width() - x) as usize * 3;
    let rows = tile.height().min(picture.height() - y);
    let (from_stride, to_stride) = (tile.width() as usize * 3, picture.width() as usize * 3);
    let target: &mut [u8] = picture;
    for row in 0..rows as usize {
        let to = (y as usize + row) * to_stride + x as usize * 3;
        target[to..to + width].copy_from_slice(&tile.as_raw()[row * from_stride..][..width]);
    }
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
