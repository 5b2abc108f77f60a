//! Photos that the first pass sees too small, in overlapping tiles.

use image::RgbImage;

use super::VisionError;
use super::detect::{DEFAULT_MAX_SIDE, candidates_in};
use super::detection::Detection;
use super::yunet::{PhotoFromInput, Yunet};
use crate::geometry::{PhotoRect, Point, Size};
use crate::resample::resample;
use crate::stop::StopFlag;

/// By how much the first pass may reduce a photo until it is too coarse: it finds faces from about 15 pixels of its input
/// up, so those of 60 in the photo.
pub const MAX_COARSENESS: f32 = 4.0;
/// A photo that is longer than this many times its height is a panorama: its people are small in it.
const PANORAMA: f32 = 3.0;
const MAX_PANORAMA_COARSENESS: f32 = 2.0;

/// Longest side of the first pass's input, in pixels, where that saves the tiles: a photo of 4,608 pixels (16 megapixels) is
/// just fine enough then. That takes up to 1.44 of the usual work; the usual pass and tiles take more than 2.
const MAX_FIRST_PASS_SIDE: u32 = 1152;

/// Side of a tile in the detector's input.
const TILE_SIDE: f32 = 960.0;
/// By how much tiles overlap, in pixels of the input: as large as a face that the first pass may have missed.
const OVERLAP: f32 = 96.0;
/// A photo that has more tiles is seen smaller.
const MAX_TILES: usize = 200;

/// Longer side in pixels at which the first pass sees a photo of this size: [`DEFAULT_MAX_SIDE`], and a little more where
/// that makes it fine enough.
pub fn first_pass_side(photo: Size) -> u32 {
    let fine = (photo.width.max(photo.height) as f32 / MAX_COARSENESS).ceil() as u32;
    match fine <= MAX_FIRST_PASS_SIDE && !is_panorama(photo) {
        true => fine.max(DEFAULT_MAX_SIDE),
        false => DEFAULT_MAX_SIDE,
    }
}

fn is_panorama(photo: Size) -> bool {
    let (long, short) = (photo.width.max(photo.height), photo.width.min(photo.height));
    long as f32 > PANORAMA * short as f32
}

/// Photo pixels per pixel of the first pass's input.
pub(super) fn first_pass_coarseness(photo: Size) -> f32 {
    photo.width.max(photo.height) as f32 / first_pass_side(photo) as f32
}

/// Photo pixels per pixel of the detector's input at which a photo of this size should be seen in tiles; `None` where the
/// first pass is fine enough.
pub fn tile_coarseness(photo: Size) -> Option<f32> {
    let first_pass = first_pass_coarseness(photo);
    let wanted = match is_panorama(photo) && first_pass <= MAX_COARSENESS {
        true => MAX_PANORAMA_COARSENESS,
        false => MAX_COARSENESS,
    };
    (first_pass > wanted).then_some(wanted)
}

/// The candidates of all tiles, in pixels of `photo`, and whether they are as fine as wanted.
///
/// `reduction`: by how much the tiles reduce `photo`, 1 or more if it has the pixels.
pub(super) fn tile_candidates(
    network: &Yunet,
    photo: &RgbImage,
    reduction: f32,
    min_score: f32,
    stop: &StopFlag,
) -> Result<(Vec<Detection>, bool), VisionError> {
    let (tiles, used) = tiles(photo.dimensions(), reduction.max(1.0));
    let mut found = Vec::new();
    for tile in tiles {
        stop.check()?;
        let to = Size {
            width: ((tile.width / used).round() as u32).max(1),
            height: ((tile.height / used).round() as u32).max(1),
        };
        let (width, height) = photo.dimensions();
        let Ok(picture) = resample(photo, tile, to) else {
            return Err(VisionError::PhotoSize { width, height });
        };
        let photo_from_input = PhotoFromInput {
            scale_x: tile.width / to.width as f32,
            scale_y: tile.height / to.height as f32,
            shift: Point {
                x: tile.x,
                y: tile.y,
            },
        };
        let seen = candidates_in(network, &picture, &photo_from_input, min_score)?;
        found.extend(seen.into_iter().filter(|face| !is_cut(face, &tile, photo)));
    }
    Ok((found, used <= reduction.max(1.0)))
}

/// Whether a tile's border, but not the photo's, runs through a face: another tile or the first pass shows all of it.
fn is_cut(face: &Detection, tile: &PhotoRect, photo: &RgbImage) -> bool {
    let rect = &face.box_in_photo;
    let (width, height) = photo.dimensions();
    let cut = |start: f32, length: f32, from: f32, side: f32, whole: u32| {
        (start < from && from > 0.0)
            || (start + length > from + side && from + side < whole as f32 - 1.0)
    };
    cut(rect.x, rect.width, tile.x, tile.width, width)
        || cut(rect.y, rect.height, tile.y, tile.height, height)
}

/// Tiles that cover a photo, and the reduction that keeps them few enough.
fn tiles((width, height): (u32, u32), mut reduction: f32) -> (Vec<PhotoRect>, f32) {
    loop {
        let (columns, rows) = (starts(width, reduction), starts(height, reduction));
        if columns.len() * rows.len() <= MAX_TILES {
            let side = |whole: u32| (TILE_SIDE * reduction).min(whole as f32);
            let tiles = rows.iter().flat_map(|&y| {
                columns.iter().map(move |&x| PhotoRect {
                    x,
                    y,
                    width: side(width),
                    height: side(height),
                })
            });
            return (tiles.collect(), reduction);
        }
        reduction *= 1.25;
    }
}

/// Where the tiles begin along one side; the first and the last end at the photo's borders.
fn starts(whole: u32, reduction: f32) -> Vec<f32> {
    let (tile, step) = (TILE_SIDE * reduction, (TILE_SIDE - OVERLAP) * reduction);
    let left = (whole as f32 - tile).max(0.0);
    let steps = (left / step).ceil();
    (0..=steps as u32)
        .map(|i| left * (i as f32 / steps.max(1.0)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_cover_a_photo_and_overlap() {
        for (size, reduction) in [((3000, 750), 1.0), ((12_000, 3000), 4.0), ((961, 960), 1.0)] {
            let (tiles, used) = tiles(size, reduction);
            assert_eq!(used, reduction);
            let covers = |x: f32, y: f32, side: f32| {
                tiles.iter().any(|tile| {
                    tile.x <= x
                        && tile.y <= y
                        && x + side <= tile.x + tile.width
                        && y + side <= tile.y + tile.height
                })
            };
            let face = OVERLAP * reduction;
            let (width, height) = (size.0 as f32, size.1 as f32);
            for i in 0..=100 {
                for j in 0..=20 {
                    let x = (width - face) * i as f32 / 100.0;
                    let y = (height - face) * j as f32 / 20.0;
                    assert!(covers(x, y, face - 0.1), "{size:?} {x} {y}");
                }
            }
        }
    }

    #[test]
    fn a_photo_of_any_size_has_few_tiles() {
        let (tiles, used) = tiles((60_000, 60_000), 1.0);
        assert!(tiles.len() <= MAX_TILES && used > 1.0);
        assert_eq!(super::tiles((100, 50), 1.0).0.len(), 1);
    }

    #[test]
    fn only_what_the_first_pass_sees_too_small_is_tiled() {
        let coarseness = |width, height| tile_coarseness(Size { width, height });
        assert_eq!(coarseness(3840, 2560), None);
        assert_eq!(coarseness(4000, 3000), None);
        assert_eq!(coarseness(4608, 3456), None);
        assert_eq!(coarseness(4612, 3456), Some(4.0));
        assert_eq!(coarseness(6000, 4000), Some(4.0));
        assert_eq!(coarseness(3000, 12_000), Some(4.0));
        assert_eq!(coarseness(3000, 900), Some(2.0));
        assert_eq!(coarseness(1900, 500), None);
        assert_eq!(coarseness(4000, 1000), Some(4.0));
    }

    #[test]
    fn the_first_pass_sees_a_little_more_where_that_is_enough() {
        let side = |width, height| first_pass_side(Size { width, height });
        for (size, expected) in [
            ((250, 250), 960),
            ((3840, 2560), 960),
            ((3000, 4000), 1000),
            ((4608, 3456), 1152),
            ((6000, 4000), 960),
            ((4000, 1000), 960),
        ] {
            assert_eq!(side(size.0, size.1), expected, "{size:?}");
        }
    }
}
