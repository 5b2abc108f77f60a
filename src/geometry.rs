//! Sizes, points and boxes, each in a space that its name or doc states.
//!
//! The core uses only one space: pixels of the upright photo (after EXIF orientation), x to the right, y down, with the
//! origin at the outer corner of the first pixel.

use serde::{Deserialize, Serialize};

/// Width and height in whole pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    /// Number of pixels.
    pub fn pixels(&self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }
}

/// A position in the space of its owner, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    pub x: f32,
    pub y: f32,
}

/// Side of the square that holds the whole head, as a multiple of the longer side of a face's box.
const HEAD_TO_BOX: f32 = 1.6;

/// A box in pixels of the upright photo; may extend beyond its border.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhotoRect {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
}

impl PhotoRect {
    /// Area in square pixels, never negative.
    pub fn area(&self) -> f32 {
        self.width.max(0.0) * self.height.max(0.0)
    }

    pub fn center(&self) -> Point {
        Point {
            x: self.x + self.width / 2.0,
            y: self.y + self.height / 2.0,
        }
    }

    /// Side in pixels of the square around the centre of the box that holds the whole head, with hair, chin and ears.
    pub fn head_side(&self) -> f32 {
        self.width.max(self.height).max(1.0) * HEAD_TO_BOX
    }

    /// The same box in a picture that is `factor` times as large along each side.
    pub fn scaled(&self, factor: f32) -> PhotoRect {
        PhotoRect {
            x: self.x * factor,
            y: self.y * factor,
            width: self.width * factor,
            height: self.height * factor,
        }
    }

    /// Intersection over union, 0 to 1.
    pub fn iou(&self, other: &PhotoRect) -> f32 {
        let width = (self.x + self.width).min(other.x + other.width) - self.x.max(other.x);
        let height = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        if width <= 0.0 || height <= 0.0 {
            return 0.0;
        }
        let shared = width * height;
        shared / (self.area() + other.area() - shared)
    }

    /// The part of this box inside a photo of `size`; empty if there is none, or if a number is NaN.
    pub fn clamped(&self, size: Size) -> PhotoRect {
        // `max` and `min` ignore a NaN, where `clamp` would panic.
        let within = |start: f32, length: f32, limit: u32| {
            let limit = limit as f32;
            let from = start.max(0.0).min(limit);
            (from, (start + length).max(from).min(limit) - from)
        };
        let (x, width) = within(self.x, self.width, size.width);
        let (y, height) = within(self.y, self.height, size.height);
        PhotoRect {
            x,
            y,
            width,
            height,
        }
    }
}

/// Five landmarks in upright photo pixels: right eye, left eye, nose, right and left mouth corner (the person's own right).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Landmarks(pub [Point; 5]);

impl Landmarks {
    /// The same landmarks in a picture that is `factor` times as large along each side.
    pub fn scaled(&self, factor: f32) -> Landmarks {
        Landmarks(self.0.map(|point| Point {
            x: point.x * factor,
            y: point.y * factor,
        }))
    }
}
