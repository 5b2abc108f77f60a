//! The eight EXIF orientations, and turning pixels upright.
//!
//! Source: EXIF 2.32, tag 0x0112. The value says where the first row and the first column of the stored picture lie.

use image::RgbImage;

use crate::geometry::Size;

/// An EXIF orientation, 1 to 8; 1 is upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orientation(u8);

impl Orientation {
    pub const UPRIGHT: Self = Self(1);

    /// Values outside 1 to 8 occur in real files and mean nothing; they count as upright.
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

    /// Whether width and height are exchanged.
    pub fn swaps_sides(self) -> bool {
        self.0 >= 5
    }

    /// Size of the upright photo for a stored picture of `stored` pixels.
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

    /// All eight, upright first.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=8).map(Self)
    }

    /// Where a point of the stored picture lies in the upright one, both as fractions of the sides.
    pub fn turned(self, x: f32, y: f32) -> (f32, f32) {
        let mirrors = self.mirrors();
        let x = if mirrors.0 { 1.0 - x } else { x };
        let y = if mirrors.1 { 1.0 - y } else { y };
        if self.swaps_sides() { (y, x) } else { (x, y) }
    }

    /// (mirror x, mirror y) of the stored coordinates, before exchanging them where [`Self::swaps_sides`].
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

/// Side in pixels of the squares that are copied at a time, so that reading and writing both stay in the cache.
const TILE: u32 = 32;

/// Turns a stored picture upright.
pub(crate) fn upright(stored: RgbImage, orientation: Orientation) -> RgbImage {
    if orientation == Orientation::UPRIGHT {
        return stored;
    }
    let (width, height) = stored.dimensions();
    let mut photo = UprightCanvas::new(Size { width, height }, orientation);
    photo.put(0, 0, width, &stored);
    photo.into_image()
}

/// An upright photo that is filled with parts of the stored picture as they are decoded, so that the picture is held
/// only once.
pub(crate) struct UprightCanvas {
    photo: RgbImage,
    stored: Size,
    orientation: Orientation,
}

impl UprightCanvas {
    pub(crate) fn new(stored: Size, orientation: Orientation) -> Self {
        let Size { width, height } = orientation.upright_size(stored);
        Self {
            photo: RgbImage::new(width, height),
            stored,
            orientation,
        }
    }

    /// The stored rows from `y` on, if they lie in the photo as they are stored.
    pub(crate) fn rows(&mut self, y: u32, rows: u32) -> Option<&mut [u8]> {
        let row_bytes = self.stored.width as usize * 3;
        let from = y as usize * row_bytes;
        let pixels: &mut [u8] = &mut self.photo;
        (self.orientation == Orientation::UPRIGHT)
            .then(|| &mut pixels[from..from + rows as usize * row_bytes])
    }

    /// Copies a part of the stored picture to its place: whole rows of `width` RGB pixels, the first pixel at (`x`,
    /// `y`).
    pub(crate) fn put(&mut self, x: u32, y: u32, width: u32, part: &[u8]) {
        let row_bytes = width.max(1) as usize * 3;
        if self.orientation == Orientation::UPRIGHT {
            let photo_width = self.photo.width() as usize;
            let target: &mut [u8] = &mut self.photo;
            for (y, row) in (y as usize..).zip(part.chunks_exact(row_bytes)) {
                let to = (y * photo_width + x as usize) * 3;
                target[to..to + row_bytes].copy_from_slice(row);
            }
            return;
        }
        let height = (part.len() / row_bytes) as u32;
        let (swaps_sides, mirrors) = (self.orientation.swaps_sides(), self.orientation.mirrors());
        let (last_x, last_y) = (self.stored.width - 1, self.stored.height - 1);
        let photo_width = self.photo.width() as usize;
        let target: &mut [u8] = &mut self.photo;
        for tile_v in (0..height).step_by(TILE as usize) {
            for tile_u in (0..width).step_by(TILE as usize) {
                for v in tile_v..(tile_v + TILE).min(height) {
                    for u in tile_u..(tile_u + TILE).min(width) {
                        let (stored_x, stored_y) = (x + u, y + v);
                        let turned_x = if mirrors.0 {
                            last_x - stored_x
                        } else {
                            stored_x
                        };
                        let turned_y = if mirrors.1 {
                            last_y - stored_y
                        } else {
                            stored_y
                        };
                        let (to_x, to_y) = if swaps_sides {
                            (turned_y, turned_x)
                        } else {
                            (turned_x, turned_y)
                        };
                        let from = (v as usize * width as usize + u as usize) * 3;
                        let to = (to_y as usize * photo_width + to_x as usize) * 3;
                        target[to..to + 3].copy_from_slice(&part[from..from + 3]);
                    }
                }
            }
        }
    }

    pub(crate) fn into_image(self) -> RgbImage {
        self.photo
    }
}
