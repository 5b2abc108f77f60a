//! Convolutions that mix all channels: 1×1, the 3×3 stems, and linear layers. Each is one matrix product.
//!
//! `out[pixel, o] = activation(bias[o] + Σ_k input[pixel, k] · weight[k, o])`, computed in tiles that stay in
//! registers. At load, the weights are packed into panels of as many output channels as a tile has, so that they are
//! read in order.

use super::activation::Activation;
use super::isa::{CHANNEL_STEP, Isa, for_each_isa};
use super::lanes::Lanes;

/// Output channels of a tile. A tile's sums, weights and broadcast input must fit the register file: on AVX-512
/// 2·12+2+1 of 32 (or 1·14+1+1), on AVX2 2·6+2+1 of 16, on NEON 4·6+4+1 of 32.
const PANEL: usize = 16;
/// The same where 16 channels fill only one register; with fewer pixels, loads would be the bottleneck.
const WIDE_PANEL: usize = 32;

/// Weights, bias and activation of one layer, in the layout for `isa`.
#[derive(Debug)]
pub struct Dense {
    isa: Isa,
    inputs: usize,
    outputs: usize,
    /// Output channels per panel.
    panel: usize,
    /// `[outputs / panel][inputs][panel]`.
    weights: Vec<f32>,
    bias: Vec<f32>,
    slopes: Vec<f32>,
    /// No activation follows.
    linear: bool,
}

/// Where a tile reads its pixels: the inputs of a pixel are `segment` numbers in each of the `rows`, and those of the
/// next pixel begin `step` numbers later. A 1×1 layer has one row with `segment == step == inputs`; a 3×3 stem has
/// three.
#[derive(Clone, Copy)]
struct Input<'a> {
    rows: &'a [*const f32],
    segment: usize,
    step: usize,
    pixels: usize,
}

/// Pointers of one call to the kernel.
#[derive(Clone, Copy)]
struct Panel {
    weights: *const f32,
    bias: *const f32,
    slopes: *const f32,
    linear: bool,
    out: *mut f32,
    /// Numbers from one output pixel to the next.
    out_step: usize,
}

impl Dense {
    /// `weight` is `[outputs][inputs]`; `bias` has `outputs` numbers, a multiple of 16.
    pub fn new(isa: Isa, weight: &[f32], bias: &[f32], activation: &Activation) -> Dense {
        let outputs = bias.len();
        assert!(
            outputs > 0
                && outputs.is_multiple_of(CHANNEL_STEP)
                && weight.len().is_multiple_of(outputs)
        );
        let inputs = weight.len() / outputs;
        let wide = isa.is_wide() && outputs.is_multiple_of(WIDE_PANEL);
        let panel = if wide { WIDE_PANEL } else { PANEL };
        let mut weights = Vec::with_capacity(weight.len());
        for first in (0..outputs).step_by(panel) {
            for input in 0..inputs {
                weights
                    .extend((first..first + panel).map(|output| weight[output * inputs + input]));
            }
        }
        let slopes = activation.slopes(outputs);
        assert_eq!(slopes.len(), outputs);
        Dense {
            isa,
            inputs,
            outputs,
            panel,
            weights,
            bias: bias.to_vec(),
            slopes,
            linear: *activation == Activation::None,
        }
    }

    pub fn inputs(&self) -> usize {
        self.inputs
    }

    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// 1×1 convolution: `input` is `[pixels][inputs]`, `out` is `[pixels][outputs]`.
    pub fn pointwise(&self, input: &[f32], out: &mut [f32]) {
        let pixels = out.len() / self.outputs;
        assert_eq!(out.len(), pixels * self.outputs);
        assert_eq!(input.len(), pixels * self.inputs);
        self.run(
            Input {
                rows: &[input.as_ptr()],
                segment: self.inputs,
                step: self.inputs,
                pixels,
            },
            out,
        );
    }

    /// One output row of a 3×3 convolution of three channels: each of `rows` holds the pixels of one input row as
    /// `[x][3]` with one zero pixel before the first and after the last; `out` is `[x][outputs]`. The weights'
    /// inputs are in the order `[row][column][channel]`.
    pub fn stem_row(&self, rows: [&[f32]; 3], stride: usize, out: &mut [f32]) {
        let pixels = out.len() / self.outputs;
        assert_eq!(out.len(), pixels * self.outputs);
        assert_eq!(self.inputs, 27);
        let needed = (pixels - 1) * stride * 3 + 9;
        assert!(rows.iter().all(|row| row.len() >= needed));
        self.run(
            Input {
                rows: &rows.map(<[f32]>::as_ptr),
                segment: 9,
                step: 3 * stride,
                pixels,
            },
            out,
        );
    }

    /// The callers have checked that `input` and `out` hold everything that the kernel touches.
    fn run(&self, input: Input<'_>, out: &mut [f32]) {
        for (index, weights) in self
            .weights
            .chunks_exact(self.panel * self.inputs)
            .enumerate()
        {
            let first = index * self.panel;
            let panel = Panel {
                weights: weights.as_ptr(),
                bias: self.bias[first..].as_ptr(),
                slopes: self.slopes[first..].as_ptr(),
                linear: self.linear,
                out: out[first..].as_mut_ptr(),
                out_step: self.outputs,
            };
            // SAFETY: `isa` is present; a panel has `panel` outputs, for which weights, bias and slopes are laid out;
            // reads and writes stay within what the two callers have asserted.
            unsafe {
                match self.panel {
                    #[cfg(target_arch = "x86_64")]
                    WIDE_PANEL => wide_panel(input, panel),
                    _ => narrow_panel(self.isa, input, panel),
                }
            }
        }
    }
}

for_each_isa!(unsafe fn narrow_panel(input: Input<'_>, panel: Panel) = all_tiles,
    avx512 [1, 14], avx2 [2, 6], neon [4, 6], portable [4, 2]);

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
unsafe fn wide_panel(input: Input<'_>, panel: Panel) {
    all_tiles::<super::lanes::x86::Avx512, 2, 12>(input, panel)
}

#[inline(always)]
unsafe fn all_tiles<V: Lanes, const VECTORS: usize, const PIXELS: usize>(
    input: Input<'_>,
    panel: Panel,
) {
    let mut pixel = 0;
    while pixel + PIXELS <= input.pixels {
        tile::<V, VECTORS, PIXELS>(input, panel, pixel);
        pixel += PIXELS;
    }
    if PIXELS > 8 && pixel + 8 <= input.pixels {
        tile::<V, VECTORS, 8>(input, panel, pixel);
        pixel += 8;
    }
    if PIXELS > 4 && pixel + 4 <= input.pixels {
        tile::<V, VECTORS, 4>(input, panel, pixel);
        pixel += 4;
    }
    if PIXELS > 2 && pixel + 2 <= input.pixels {
        tile::<V, VECTORS, 2>(input, panel, pixel);
        pixel += 2;
    }
    while pixel < input.pixels {
        tile::<V, VECTORS, 1>(input, panel, pixel);
        pixel += 1;
    }
}

/// `PIXELS` pixels from `first` on, by `VECTORS` registers of output channels.
#[inline(always)]
unsafe fn tile<V: Lanes, const VECTORS: usize, const PIXELS: usize>(
    input: Input<'_>,
    panel: Panel,
    first: usize,
) {
    let bias: [V; VECTORS] = std::array::from_fn(|v| V::load(panel.bias.add(v * V::LEN)));
    let mut sums = [bias; PIXELS];
    let mut weights = panel.weights;
    for row in input.rows {
        let pixel = row.add(first * input.step);
        for k in 0..input.segment {
            let weight: [V; VECTORS] = std::array::from_fn(|v| V::load(weights.add(v * V::LEN)));
            weights = weights.add(VECTORS * V::LEN);
            for (p, sums) in sums.iter_mut().enumerate() {
                let value = V::splat(*pixel.add(p * input.step + k));
                for (sum, weight) in sums.iter_mut().zip(&weight) {
                    *sum = weight.mul_add(value, *sum);
                }
            }
        }
    }
    for (p, sums) in sums.into_iter().enumerate() {
        let out = panel.out.add((first + p) * panel.out_step);
        for (v, sum) in sums.into_iter().enumerate() {
            let activated = if panel.linear {
                sum
            } else {
                activated(sum, panel.slopes.add(v * V::LEN))
            };
            activated.store(out.add(v * V::LEN));
        }
    }
}

#[inline(always)]
unsafe fn activated<V: Lanes>(sum: V, slopes: *const f32) -> V {
    let zero = V::splat(0.0);
    sum.min(zero).mul_add(V::load(slopes), sum.max(zero))
}
