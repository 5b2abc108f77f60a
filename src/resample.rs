//! Resamples RGB images.
//!
//! Uses fast_image_resize with its pixel type fixed to 8-bit RGB. Dispatching on the pixel type at run time would
//! compile the kernels for all fifteen types into this crate, nearly half of its code.

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;

use crate::geometry::{PhotoRect, Size};

/// Why an image could not be resampled.
#[derive(Debug, thiserror::Error)]
#[error("can't bring {from:?} pixels to {to:?}: {reason}")]
pub struct ResampleError {
    from: (u32, u32),
    to: Size,
    reason: String,
}

/// The part `from` of an image (in pixels of the image, inside it) at the size `to`. The filter is bilinear, and when
/// reducing it is widened so that every pixel counts.
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
    // A sum of rounded f32 may exceed the border slightly, which the resizer rejects.
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

/// A whole image of at least one pixel at the size `to`, as [`resample`].
pub fn resample_whole(image: &RgbImage, to: Size) -> Result<RgbImage, ResampleError> {
    let whole = PhotoRect {
        x: 0.0,
        y: 0.0,
        width: image.width() as f32,
        height: image.height() as f32,
    };
    resample(image, whole, to)
}
