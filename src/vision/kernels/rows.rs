//! Max pooling and upsampling, row by row. Channel counts are multiples of 16.

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

for_each_isa!(unsafe fn max_pool(inputs: [*const f32; 2], channels: usize, pixels: usize, out: *mut f32) = max_pool_on,
    avx512 [], avx2 [], neon [], portable []);
for_each_isa!(
    unsafe fn add_upsampled(fine: *const f32, coarse: *const f32, channels: usize, pixels: usize, out: *mut f32)
        = add_upsampled_on,
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
