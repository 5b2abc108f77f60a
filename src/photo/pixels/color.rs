//! Any colour space to sRGB: ICC profiles by moxcms, and CMYK without a profile.
//!
//! A profile is as untrusted as the rest of the file. If it is broken or doesn't fit the pixels, it is ignored with a
//! debug message, and the samples are taken as sRGB.

use image::ColorType;
use moxcms::{ColorProfile, DataColorSpace, Layout, Transform8BitExecutor, TransformOptions};
use std::sync::Arc;

use crate::catch_panic::catch_panic;

/// What the three samples of an RGB pixel come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Samples {
    Rgb,
    /// One grey sample, repeated three times.
    GreyThrice,
}

impl Samples {
    /// Of pixels of this kind, converted to RGB.
    pub(crate) fn of(color: ColorType) -> Samples {
        match color.has_color() {
            true => Samples::Rgb,
            false => Samples::GreyThrice,
        }
    }
}

/// Pixels that are transformed at a time, so that they stay in the cache.
const CHUNK_PIXELS: usize = 4096;

/// Longest profile that is used, in bytes; profiles of printers have up to a few megabytes.
pub(crate) const MAX_PROFILE: u64 = 16 << 20;

/// Converts 8-bit RGB pixels from the space of `icc` to sRGB, in place.
pub(crate) fn to_srgb(pixels: &mut [u8], samples: Samples, icc: &[u8]) {
    let converted = catch_panic(|| match samples {
        Samples::Rgb => rgb_to_srgb(pixels, icc),
        Samples::GreyThrice => grey_to_srgb(pixels, icc),
    });
    log_ignored(converted);
}

/// The profile, unless it is longer than any real profile.
pub(crate) fn of_bounded_size(icc: Option<Vec<u8>>) -> Option<Vec<u8>> {
    icc.filter(|icc| icc.len() as u64 <= MAX_PROFILE)
}

/// A profile of colours that a file names by numbers (ITU-T H.273); none where they are sRGB's, or nearly so.
pub(crate) fn named_profile(primaries: u16, transfer: u16) -> Option<Vec<u8>> {
    let profile = match (primaries, transfer) {
        (12, 16) => ColorProfile::new_display_p3_pq(),
        (11 | 12, _) => ColorProfile::new_display_p3(),
        (9, 16) => ColorProfile::new_bt2020_pq(),
        (9, 18) => ColorProfile::new_bt2020_hlg(),
        (9, _) => ColorProfile::new_bt2020(),
        _ => return None,
    };
    log_ignored(catch_panic(|| {
        profile.encode().map_err(|error| error.to_string())
    }))
}

/// Ink amounts (CMYK, 255 is full ink) to sRGB pixels, in the same buffer.
pub(crate) fn cmyk_to_rgb(mut inks: Vec<u8>, icc: Option<&[u8]>) -> Vec<u8> {
    let transform = icc.and_then(|icc| {
        // moxcms treats four inks as `Rgba`.
        let made = catch_panic(|| transform(icc, DataColorSpace::Cmyk, Layout::Rgba));
        log_ignored(made)
    });
    let pixels = inks.len() / 4;
    let mut source = [0; CHUNK_PIXELS * 4];
    for first in (0..pixels).step_by(CHUNK_PIXELS) {
        let count = CHUNK_PIXELS.min(pixels - first);
        let source = &mut source[..count * 4];
        source.copy_from_slice(&inks[first * 4..][..count * 4]);
        // Three bytes replace four, so writing never overtakes reading.
        let target = &mut inks[first * 3..][..count * 3];
        let through_profile = transform.as_ref().is_some_and(|transform| {
            matches!(
                catch_panic(|| transform.transform(source, target)),
                Ok(Ok(()))
            )
        });
        if !through_profile {
            inks_to_light(source, target);
        }
    }
    inks.truncate(pixels * 3);
    inks.shrink_to_fit();
    inks
}

/// Without a profile, each ink absorbs light independently, as in browsers and image viewers.
fn inks_to_light(inks: &[u8], rgb: &mut [u8]) {
    for (ink, pixel) in inks.chunks_exact(4).zip(rgb.chunks_exact_mut(3)) {
        for channel in 0..3 {
            let light = u32::from(255 - ink[channel]) * u32::from(255 - ink[3]);
            pixel[channel] = ((light + 127) / 255) as u8;
        }
    }
}

/// The result of using the profile, if it can be used.
fn log_ignored<T>(made: Result<Result<T, String>, String>) -> Option<T> {
    match made {
        Ok(Ok(made)) => Some(made),
        Ok(Err(reason)) | Err(reason) => {
            tracing::debug!("colour profile ignored: {reason}");
            None
        }
    }
}

fn transform(
    icc: &[u8],
    space: DataColorSpace,
    layout: Layout,
) -> Result<Arc<Transform8BitExecutor>, String> {
    let profile = ColorProfile::new_from_slice(icc).map_err(|error| error.to_string())?;
    if profile.color_space != space {
        return Err(format!(
            "it is for {:?} where the pixels are {space:?}",
            profile.color_space
        ));
    }
    profile
        .create_transform_8bit(
            layout,
            &ColorProfile::new_srgb(),
            Layout::Rgb,
            TransformOptions::default(),
        )
        .map_err(|error| error.to_string())
}

fn rgb_to_srgb(pixels: &mut [u8], icc: &[u8]) -> Result<(), String> {
    let transform = transform(icc, DataColorSpace::Rgb, Layout::Rgb)?;
    if is_nearly_identity(transform.as_ref())? {
        return Ok(());
    }
    let mut source = [0; CHUNK_PIXELS * 3];
    for chunk in pixels.chunks_mut(CHUNK_PIXELS * 3) {
        let source = &mut source[..chunk.len()];
        source.copy_from_slice(chunk);
        transform
            .transform(source, chunk)
            .map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Most photos are tagged as sRGB by one of many profiles; those need no conversion.
fn is_nearly_identity(transform: &Transform8BitExecutor) -> Result<bool, String> {
    const LEVELS: [u8; 6] = [0, 51, 102, 153, 204, 255];
    let mut source = Vec::with_capacity(6 * 6 * 6 * 3);
    for red in LEVELS {
        for green in LEVELS {
            for blue in LEVELS {
                source.extend([red, green, blue]);
            }
        }
    }
    let mut target = vec![0; source.len()];
    transform
        .transform(&source, &mut target)
        .map_err(|error| error.to_string())?;
    Ok(source.iter().zip(&target).all(|(a, b)| a.abs_diff(*b) <= 1))
}

fn grey_to_srgb(pixels: &mut [u8], icc: &[u8]) -> Result<(), String> {
    let transform = transform(icc, DataColorSpace::Gray, Layout::Gray)?;
    let levels: Vec<u8> = (0..=255).collect();
    let mut rgb_of_level = [0; 256 * 3];
    transform
        .transform(&levels, &mut rgb_of_level)
        .map_err(|error| error.to_string())?;
    for pixel in pixels.chunks_exact_mut(3) {
        let at = usize::from(pixel[0]) * 3;
        pixel.copy_from_slice(&rgb_of_level[at..at + 3]);
    }
    Ok(())
}
