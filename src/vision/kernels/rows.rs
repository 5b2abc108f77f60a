//! Max pooling, upsampling and shortcuts, pixel by pixel. Channel counts are multiples of 16.

use super::isa::{CHANNEL_STEP, Isa, for_each_isa};
use super::lanes::Lanes;

/// 2×2 max pooling with stride 2: two input rows `[x][channels]` of even width to one row of half the width.
pub fn max_pool_row(isa: Isa, inputs: [&[f32]; 2], channels: usize, out: &mut [f32]) {
    assert!(channels.is_multiple_of(CHANNEL_STEP) && out.len().is_multiple_of(channels));
    assert!(inputs.iter().all(|row| row.len() == 2 * out.len()));
    // SAFETY: `isa` is present; the lengths are asserted above.
    unsafe {
        max_pool(
            isa,
            inputs.map(<[f32]>::as_ptr),
            channels,
            out.len() / channels,
            out.as_mut_ptr(),
        );
    }
}

/// `out = fine + coarse`, where each pixel of `coarse` (half the width) is used twice.
pub fn add_upsampled_row(isa: Isa, fine: &[f32], coarse: &[f32], channels: usize, out: &mut [f32]) {
    assert!(channels.is_multiple_of(CHANNEL_STEP) && coarse.len().is_multiple_of(channels));
    assert!(fine.len() == out.len() && out.len() == 2 * coarse.len());
    // SAFETY: `isa` is present; the lengths are asserted above.
    unsafe {
        let (fine, pixels) = (fine.as_ptr(), coarse.len() / channels);
        add_upsampled(
            isa,
            fine,
            coarse.as_ptr(),
            channels,
            pixels,
            out.as_mut_ptr(),
        );
    }
}

/// `sums = PReLU(sums + shortcut)`: `sums` is `[pixels][slopes.len()]`, `shortcut` is `[pixels][channels]`; the channels that it
/// lacks are taken as zero.
pub fn add_shortcut(isa: Isa, sums: &mut [f32], shortcut: &[f32], channels: usize, slopes: &[f32]) {
    let outputs = slopes.len();
    assert!(channels.is_multiple_of(CHANNEL_STEP) && outputs.is_multiple_of(CHANNEL_STEP));
    assert!(channels > 0 && channels <= outputs);
    let pixels = sums.len() / outputs;
    assert!(sums.len() == pixels * outputs && shortcut.len() == pixels * channels);
    // SAFETY: `isa` is present; the lengths are asserted above.
    unsafe {
        shortcut_added(
            isa,
            sums.as_mut_ptr(),
            shortcut.as_ptr(),
            slopes.as_ptr(),
            [pixels, channels, outputs],
        );
    }
}

for_each_isa!(unsafe fn max_pool(inputs: [*const f32; 2], channels: usize, pixels: usize, out: *mut f32) = max_pool_on,
    avx512 [], avx2 [], neon [], portable []);
for_each_isa!(
    unsafe fn add_upsampled(fine: *const f32, coarse: *const f32, channels: usize, pixels: usize, out: *mut f32)
        = add_upsampled_on,
    avx512 [], avx2 [], neon [], portable []);

for_each_isa!(
    unsafe fn shortcut_added(sums: *mut f32, shortcut: *const f32, slopes: *const f32, lengths: [usize; 3])
        = add_shortcut_on,
    avx512 [], avx2 [], neon [], portable []);

#[inline(always)]
unsafe fn max_pool_on<V: Lanes>(
    inputs: [*const f32; 2],
    channels: usize,
    pixels: usize,
    out: *mut f32,
) {
    for pixel in 0..pixels {
        for channel in (0..channels).step_by(V::LEN) {
            let left = 2 * pixel * channels + channel;
            let [above, below] =
                inputs.map(|row| V::load(row.add(left)).max(V::load(row.add(left + channels))));
            above.max(below).store(out.add(pixel * channels + channel));
        }
    }
}

#[inline(always)]
unsafe fn add_upsampled_on<V: Lanes>(
    fine: *const f32,
    coarse: *const f32,
    channels: usize,
    pixels: usize,
    out: *mut f32,
) {
    for pixel in 0..pixels {
        for channel in (0..channels).step_by(V::LEN) {
            let one = V::splat(1.0);
            let added = V::load(coarse.add(pixel * channels + channel));
            for at in [2 * pixel, 2 * pixel + 1].map(|pixel| pixel * channels + channel) {
                V::load(fine.add(at)).mul_add(one, added).store(out.add(at));
            }
        }
    }
}

#[inline(always)]
unsafe fn add_shortcut_on<V: Lanes>(
    sums: *mut f32,
    shortcut: *const f32,
    slopes: *const f32,
    [pixels, channels, outputs]: [usize; 3],
) {
    let (zero, one) = (V::splat(0.0), V::splat(1.0));
    for pixel in 0..pixels {
        for channel in (0..outputs).step_by(V::LEN) {
            let at = sums.add(pixel * outputs + channel);
            let mut sum = V::load(at);
            if channel < channels {
                sum = V::load(shortcut.add(pixel * channels + channel)).mul_add(one, sum);
            }
            let slope = V::load(slopes.add(channel));
            sum.min(zero).mul_add(slope, sum.max(zero)).store(at);
        }
    }
}
