//! An RGB image at another size.
//!
//! fast_image_resize with its types pinned to 8-bit RGB: left to dispatch on the pixel type at run time, it compiles its
//! kernels for all fifteen of them into this crate, nearly half of its code.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

use crate::geometry::{PhotoRect, Size};

/// Why an image could not be resampled; its text names the reason.
#[derive(Debug, thiserror::Error)]
#[error("can't bring {from:?} pixels to {to:?}: {reason}")]
pub struct ResampleError {
    from: (u32, u32),
    to: Size,
    reason: String,
}

/// The part `from` of an image (in its own pixels, inside it) at `to` pixels; bilinear, widened when shrinking so that
/// every pixel counts.
pub fn resample(image: &RgbImage, from: PhotoRect, to: Size) -> Result<RgbImage, ResampleError> {
    let failed = |reason: &dyn std::fmt::Display| ResampleError {
        from: image.dimensions(),
        to,
        reason: reason.to_string(),
    };
    let source = TypedImageRef::<U8x3>::from_buffer(image.width(), image.height(), image)
        .map_err(|error| failed(&error))?;
    let mut target = RgbImage::new(to.width, to.height);
    let mut view = TypedImage::<U8x3>::from_buffer(to.width, to.height, &mut target)
        .map_err(|error| failed(&error))?;
    let (left, top) = (f64::from(from.x), f64::from(from.y));
    // The sums of rounded f32 may pass the border by a hair, which the resizer refuses.
    let width = f64::from(from.width).min(f64::from(image.width()) - left);
    let height = f64::from(from.height).min(f64::from(image.height()) - top);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Bilinear))
        .crop(left, top, width, height);
    Resizer::new()
        .resize_typed(&source, &mut view, &options)
        .map_err(|error| failed(&error))?;
    Ok(target)
}

/// The whole of an image of at least one pixel at `to` pixels, as [`resample`].
pub fn resample_whole(image: &RgbImage, to: Size) -> Result<RgbImage, ResampleError> {
    let whole = PhotoRect {
        x: 0.0,
        y: 0.0,
        width: image.width() as f32,
        height: image.height() as f32,
    };
    resample(image, whole, to)
}
