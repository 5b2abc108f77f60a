//! The eight EXIF orientations and turning pixels upright.
//!
//! Source: EXIF 2.32, tag 0x0112: the value says where the stored picture's first row and first column lie.

use image::RgbImage;

use crate::geometry::Size;

/// An EXIF orientation, 1 to 8; 1 is upright as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orientation(u8);

impl Orientation {
    pub const UPRIGHT: Self = Self(1);

    /// Values outside 1 to 8 occur in real files and mean nothing: they count as upright.
    pub fn from_exif(value: u32) -> Self {
        match value {
            1..=8 => Self(value as u8),
            _ => Self::UPRIGHT,
        }
    }

    /// The EXIF value, 1 to 8.
    pub fn value(self) -> u8 {
        self.0
    }

    /// True for the four orientations that exchange width and height.
    pub fn swaps_sides(self) -> bool {
        self.0 >= 5
    }

    /// Size of the upright photo whose stored picture has `stored` pixels.
    pub fn upright_size(self, stored: Size) -> Size {
        if self.swaps_sides() {
            Size {
                width: stored.height,
                height: stored.width,
            }
        } else {
            stored
        }
    }

    /// (mirror x, mirror y) of the stored coordinates, after exchanging them where [`Self::swaps_sides`].
    fn mirrors(self) -> (bool, bool) {
        match self.0 {
            2 => (true, false),
            3 => (true, true),
            4 => (false, true),
            6 => (false, true),
            7 => (true, true),
            8 => (true, false),
            _ => (false, false),
        }
    }
}

/// Pixels per side of the squares copied at a time, so that both sides of a turn stay in the cache.
const TILE: u32 = 32;

/// Turns a stored picture upright.
pub(super) fn upright(stored: RgbImage, orientation: Orientation) -> RgbImage {
    if orientation == Orientation::UPRIGHT {
        return stored;
    }
    let (stored_width, stored_height) = stored.dimensions();
    let size = orientation.upright_size(Size {
        width: stored_width,
        height: stored_height,
    });
    let (mirror_x, mirror_y) = orientation.mirrors();
    let mut photo = RgbImage::new(size.width, size.height);
    let source: &[u8] = &stored;
    let target: &mut [u8] = &mut photo;
    for tile_y in (0..size.height).step_by(TILE as usize) {
        for tile_x in (0..size.width).step_by(TILE as usize) {
            for y in tile_y..(tile_y + TILE).min(size.height) {
                for x in tile_x..(tile_x + TILE).min(size.width) {
                    let (u, v) = if orientation.swaps_sides() {
                        (y, x)
                    } else {
                        (x, y)
                    };
                    let u = if mirror_x { stored_width - 1 - u } else { u };
                    let v = if mirror_y { stored_height - 1 - v } else { v };
                    let from = (v as usize * stored_width as usize + u as usize) * 3;
                    let to = (y as usize * size.width as usize + x as usize) * 3;
                    target[to..to + 3].copy_from_slice(&source[from..from + 3]);
                }
            }
        }
    }
    photo
}
