//! Depthwise 3×3 convolutions, with one pixel of zero padding.

use super::activation::Activation;
use super::isa::{CHANNEL_STEP, Isa, for_each_isa};
use super::lanes::Lanes;

/// Weights, bias and activation of one layer.
#[derive(Debug)]
pub struct Depthwise {
    isa: Isa,
    stride: usize,
    channels: usize,
    /// `[9][channels]`, taps in reading order.
    weights: Vec<f32>,
    bias: Vec<f32>,
    slopes: Vec<f32>,
}

/// Pointers of one call to the kernel.
#[derive(Clone, Copy)]
struct Row {
    inputs: [*const f32; 3],
    weights: *const f32,
    bias: *const f32,
    slopes: *const f32,
    out: *mut f32,
    channels: usize,
    width: usize,
    out_width: usize,
}

impl Depthwise {
    /// `weight` is `[channels][9]`, `stride` is 1 or 2, and the number of channels is a multiple of 16.
    pub fn new(
        isa: Isa,
        stride: usize,
        weight: &[f32],
        bias: &[f32],
        activation: &Activation,
    ) -> Depthwise {
        let channels = bias.len();
        assert!(
            channels > 0 && channels.is_multiple_of(CHANNEL_STEP) && weight.len() == channels * 9
        );
        assert!(stride == 1 || stride == 2);
        let slopes = activation.slopes(channels);
        assert_eq!(slopes.len(), channels);
        Depthwise {
            isa,
            stride,
            channels,
            weights: (0..9)
                .flat_map(|tap| (0..channels).map(move |channel| weight[channel * 9 + tap]))
                .collect(),
            bias: bias.to_vec(),
            slopes,
        }
    }

    pub fn channels(&self) -> usize {
        self.channels
    }

    pub fn stride(&self) -> usize {
        self.stride
    }

    /// Width (or height) of the output for an input of width (or height) `len`.
    pub fn output_len(&self, len: usize) -> usize {
        len.div_ceil(self.stride)
    }

    /// One output row from the input rows above, at and below its centre, all `[x][channels]`.
    /// Rows outside the map are rows of zeros.
    pub fn row(&self, inputs: [&[f32]; 3], out: &mut [f32]) {
        let width = inputs[0].len() / self.channels;
        let out_width = self.output_len(width);
        assert!(width > 0 && inputs.iter().all(|row| row.len() == width * self.channels));
        assert_eq!(out.len(), out_width * self.channels);
        let row = Row {
            inputs: inputs.map(<[f32]>::as_ptr),
            weights: self.weights.as_ptr(),
            bias: self.bias.as_ptr(),
            slopes: self.slopes.as_ptr(),
            out: out.as_mut_ptr(),
            channels: self.channels,
            width,
            out_width,
        };
        // SAFETY: `isa` is present; the lengths are asserted above and in `new`.
        unsafe {
            if self.stride == 1 {
                row_stride_1(self.isa, row);
            } else {
                row_stride_2(self.isa, row);
            }
        }
    }

    /// A whole map `[y][x][channels]`; `zeros` holds at least one input row of zeros.
    pub fn map(&self, input: &[f32], width: usize, zeros: &[f32], out: &mut [f32]) {
        self.rows(input, width, zeros, 0, out);
    }

    /// As [`Self::map`], but only as many output rows as `out` holds, from row `first` on.
    pub fn rows(&self, input: &[f32], width: usize, zeros: &[f32], first: usize, out: &mut [f32]) {
        let row_len = width * self.channels;
        let zeros = &zeros[..row_len];
        let height = input.len() / row_len;
        let row = |y: usize| {
            if y < height {
                &input[y * row_len..][..row_len]
            } else {
                zeros
            }
        };
        let out_row_len = self.output_len(width) * self.channels;
        for (y, out) in out.chunks_exact_mut(out_row_len).enumerate() {
            let centre = (first + y) * self.stride;
            // Above the first row the index wraps around to a large number, for which a row of zeros is used as well.
            self.row(
                [row(centre.wrapping_sub(1)), row(centre), row(centre + 1)],
                out,
            );
        }
    }
}

// The constants are the stride, the number of output pixels that are computed together, and the number of input columns
// that they need: a loaded input serves up to three outputs. More outputs would not fit into the registers.
for_each_isa!(unsafe fn row_stride_1(row: Row) = whole_row,
    avx512 [1, 6, 8], avx2 [1, 4, 6], neon [1, 6, 8], portable [1, 4, 6]);
for_each_isa!(unsafe fn row_stride_2(row: Row) = whole_row,
    avx512 [2, 4, 9], avx2 [2, 4, 9], neon [2, 4, 9], portable [2, 4, 9]);

#[inline(always)]
unsafe fn whole_row<V: Lanes, const STRIDE: usize, const BLOCK: usize, const COLUMNS: usize>(
    row: Row,
) {
    const { assert!(COLUMNS == (BLOCK - 1) * STRIDE + 3) };
    // Outputs from 1 up to this one use no column beyond the right border.
    let inner_end = ((row.width + STRIDE - 2) / STRIDE).max(1);
    pixel::<V, STRIDE>(row, 0);
    let mut x = 1;
    while x + BLOCK <= inner_end {
        block::<V, STRIDE, BLOCK, COLUMNS>(row, x);
        x += BLOCK;
    }
    if x < inner_end && BLOCK < inner_end {
        // The remaining outputs; some of the block were computed before.
        block::<V, STRIDE, BLOCK, COLUMNS>(row, inner_end - BLOCK);
        x = inner_end;
    }
    while x < row.out_width {
        pixel::<V, STRIDE>(row, x);
        x += 1;
    }
}

/// One output pixel at any place, without the columns beyond the border.
#[inline(always)]
unsafe fn pixel<V: Lanes, const STRIDE: usize>(row: Row, x: usize) {
    let taps = usize::from(x == 0)..if x * STRIDE + 1 < row.width { 3 } else { 2 };
    for channel in (0..row.channels).step_by(V::LEN) {
        let mut sum = V::load(row.bias.add(channel));
        for (y, input) in row.inputs.iter().enumerate() {
            for tap in taps.clone() {
                let value = V::load(input.add((x * STRIDE + tap - 1) * row.channels + channel));
                let weight = V::load(row.weights.add((y * 3 + tap) * row.channels + channel));
                sum = value.mul_add(weight, sum);
            }
        }
        finish(row, x, channel, sum);
    }
}

/// `BLOCK` output pixels whose columns all lie inside the map.
#[inline(always)]
unsafe fn block<V: Lanes, const STRIDE: usize, const BLOCK: usize, const COLUMNS: usize>(
    row: Row,
    x: usize,
) {
    let first_column = (x * STRIDE - 1) * row.channels;
    for channel in (0..row.channels).step_by(V::LEN) {
        let mut sums = [V::load(row.bias.add(channel)); BLOCK];
        for (y, input) in row.inputs.iter().enumerate() {
            let weights: [V; 3] = std::array::from_fn(|tap| {
                V::load(row.weights.add((y * 3 + tap) * row.channels + channel))
            });
            let columns: [V; COLUMNS] = std::array::from_fn(|c| {
                V::load(input.add(first_column + c * row.channels + channel))
            });
            for (p, sum) in sums.iter_mut().enumerate() {
                for (tap, weight) in weights.iter().enumerate() {
                    *sum = columns[p * STRIDE + tap].mul_add(*weight, *sum);
                }
            }
        }
        for (p, sum) in sums.into_iter().enumerate() {
            finish(row, x + p, channel, sum);
        }
    }
}

#[inline(always)]
unsafe fn finish<V: Lanes>(row: Row, x: usize, channel: usize, sum: V) {
    let zero = V::splat(0.0);
    let slope = V::load(row.slopes.add(channel));
    let out = row.out.add(x * row.channels + channel);
    sum.min(zero).mul_add(slope, sum.max(zero)).store(out);
}
