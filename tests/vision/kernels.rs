//! Every kernel on every instruction set of this machine, against plain loops that follow the definition.

use kinfolk::vision::kernels::{
    Activation, Dense, Depthwise, Isa, Line, Picture, add_shortcut, add_upsampled_row, max_pool_row,
};
use proptest::prelude::*;

/// Reproducible numbers between −1 and 1.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_769).max(1);
    (0..count)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as f32 / u32::MAX as f32 * 2.0 - 1.0
        })
        .collect()
}

fn activated(value: f32, channel: usize, activation: &Activation) -> f32 {
    match activation {
        Activation::None => value,
        Activation::Relu => value.max(0.0),
        Activation::Prelu(slopes) if value < 0.0 => value * slopes[channel],
        Activation::Prelu(_) => value,
    }
}

fn activations(channels: usize) -> [Activation; 3] {
    [
        Activation::None,
        Activation::Relu,
        Activation::Prelu(numbers(channels, 9)),
    ]
}

fn assert_close(ours: &[f32], expected: &[f32], what: &str) {
    assert_eq!(ours.len(), expected.len());
    for (index, (ours, expected)) in ours.iter().zip(expected).enumerate() {
        let close = (ours - expected).abs() <= 1e-4 * expected.abs().max(1.0);
        assert!(
            close,
            "{what}: number {index} is {ours}, expected {expected}"
        );
    }
}

#[test]
fn pointwise_is_a_matrix_product_for_any_number_of_pixels() {
    for isa in Isa::present() {
        for (inputs, outputs) in [(1, 16), (16, 48), (33, 64)] {
            for activation in activations(outputs) {
                let (weight, bias) = (numbers(inputs * outputs, 1), numbers(outputs, 2));
                let layer = Dense::new(isa, &weight, &bias, &activation);
                for pixels in 1..40 {
                    let input = numbers(pixels * inputs, 3);
                    let expected: Vec<f32> = (0..pixels * outputs)
                        .map(|at| {
                            let (pixel, output) = (at / outputs, at % outputs);
                            let products = (0..inputs)
                                .map(|k| input[pixel * inputs + k] * weight[output * inputs + k]);
                            activated(products.sum::<f32>() + bias[output], output, &activation)
                        })
                        .collect();
                    let mut ours = vec![f32::NAN; pixels * outputs];
                    layer.pointwise(&input, &mut ours);
                    assert_close(
                        &ours,
                        &expected,
                        &format!("{} {inputs}→{outputs}, {pixels} pixels", isa.name()),
                    );
                }
            }
        }
    }
}

#[test]
fn stem_is_a_3x3_convolution_of_three_channels() {
    for isa in Isa::present() {
        for (stride, pixels, outputs) in [(1, 13, 32), (2, 20, 16), (2, 1, 16)] {
            let (weight, bias) = (numbers(27 * outputs, 4), numbers(outputs, 5));
            let layer = Dense::new(isa, &weight, &bias, &Activation::Relu);
            let rows: Vec<Vec<f32>> = (0..3)
                .map(|row| numbers((pixels * stride + 2) * 3, 6 + row))
                .collect();
            let expected: Vec<f32> = (0..pixels * outputs)
                .map(|at| {
                    let (pixel, output) = (at / outputs, at % outputs);
                    let products = (0..27)
                        .map(|k| rows[k / 9][pixel * stride * 3 + k % 9] * weight[output * 27 + k]);
                    (products.sum::<f32>() + bias[output]).max(0.0)
                })
                .collect();
            let mut ours = vec![f32::NAN; pixels * outputs];
            layer.stem_row([&rows[0], &rows[1], &rows[2]], stride, &mut ours);
            assert_close(&ours, &expected, isa.name());
        }
    }
}

#[test]
fn depthwise_is_a_3x3_convolution_of_each_channel_on_maps_of_any_size() {
    const CHANNELS: usize = 32;
    let (weight, bias) = (numbers(9 * CHANNELS, 7), numbers(CHANNELS, 8));
    for isa in Isa::present() {
        for (stride, activation) in [1, 2]
            .into_iter()
            .zip(activations(CHANNELS).into_iter().skip(1))
        {
            let layer = Depthwise::new(isa, stride, &weight, &bias, &activation);
            for (width, height) in (1..24)
                .map(|width| (width, 3))
                .chain([(5, 1), (6, 2), (7, 7)])
            {
                let input = numbers(width * height * CHANNELS, 10);
                let (out_width, out_height) = (layer.output_len(width), layer.output_len(height));
                let mut ours = vec![f32::NAN; out_width * out_height * CHANNELS];
                layer.map(&input, width, &vec![0.0; width * CHANNELS], &mut ours);
                let expected: Vec<f32> = (0..ours.len())
                    .map(|at| {
                        let (pixel, channel) = (at / CHANNELS, at % CHANNELS);
                        let (x, y) = (pixel % out_width * stride, pixel / out_width * stride);
                        let mut sum = bias[channel];
                        for tap in 0..9 {
                            // One more than the column and row, so that they can't be negative.
                            let (column, row) = (x + tap % 3, y + tap / 3);
                            if (1..=width).contains(&column) && (1..=height).contains(&row) {
                                let at = ((row - 1) * width + column - 1) * CHANNELS + channel;
                                sum += input[at] * weight[channel * 9 + tap];
                            }
                        }
                        activated(sum, channel, &activation)
                    })
                    .collect();
                let what = format!("{} stride {stride}, {width}x{height}", isa.name());
                assert_close(&ours, &expected, &what);
            }
        }
    }
}

#[test]
fn maxima_and_sums_of_rows() {
    const CHANNELS: usize = 16;
    for isa in Isa::present() {
        let (above, below) = (numbers(6 * CHANNELS, 11), numbers(6 * CHANNELS, 12));
        let four = |pixel: usize, channel: usize| {
            let (left, right) = (
                2 * pixel * CHANNELS + channel,
                (2 * pixel + 1) * CHANNELS + channel,
            );
            [above[left], above[right], below[left], below[right]]
        };
        let at = |index: usize| (index / CHANNELS, index % CHANNELS);
        let expected: Vec<f32> = (0..3 * CHANNELS)
            .map(|index| {
                four(at(index).0, at(index).1)
                    .into_iter()
                    .fold(f32::MIN, f32::max)
            })
            .collect();
        let mut pooled = vec![f32::NAN; 3 * CHANNELS];
        max_pool_row(isa, [&above, &below], CHANNELS, &mut pooled);
        assert_eq!(pooled, expected);

        let mut sum = vec![f32::NAN; 6 * CHANNELS];
        add_upsampled_row(isa, &above, &pooled, CHANNELS, &mut sum);
        let expected: Vec<f32> = (0..sum.len())
            .map(|index| above[index] + pooled[at(index).0 / 2 * CHANNELS + at(index).1])
            .collect();
        assert_close(&sum, &expected, isa.name());
    }
}

#[test]
fn shortcuts_with_fewer_channels_than_the_sum() {
    const OUTPUTS: usize = 32;
    let slopes = numbers(OUTPUTS, 21);
    for isa in Isa::present() {
        for channels in [16, 32] {
            let (before, shortcut) = (numbers(5 * OUTPUTS, 22), numbers(5 * channels, 23));
            let mut sums = before.clone();
            add_shortcut(isa, &mut sums, &shortcut, channels, &slopes);
            let expected: Vec<f32> = (0..5 * OUTPUTS)
                .map(|index| {
                    let (pixel, channel) = (index / OUTPUTS, index % OUTPUTS);
                    let added = if channel < channels {
                        shortcut[pixel * channels + channel]
                    } else {
                        0.0
                    };
                    let sum = before[index] + added;
                    if sum > 0.0 {
                        sum
                    } else {
                        sum * slopes[channel]
                    }
                })
                .collect();
            assert_close(&sums, &expected, isa.name());
        }
    }
}

#[test]
fn a_band_of_a_depthwise_map_is_the_same_as_in_the_whole_map() {
    const CHANNELS: usize = 32;
    for isa in Isa::present() {
        for (stride, side) in [(1, 7), (2, 8), (2, 7)] {
            let (weight, bias) = (numbers(CHANNELS * 9, 1), numbers(CHANNELS, 2));
            let layer = Depthwise::new(isa, stride, &weight, &bias, &Activation::None);
            let (input, zeros) = (
                numbers(side * side * CHANNELS, 3),
                vec![0.0; side * CHANNELS],
            );
            let row_len = layer.output_len(side) * CHANNELS;
            let mut whole = vec![0.0; layer.output_len(side) * row_len];
            layer.map(&input, side, &zeros, &mut whole);
            for rows in 1..4 {
                for (band, expected) in whole.chunks(rows * row_len).enumerate() {
                    let mut out = vec![0.0; expected.len()];
                    layer.rows(&input, side, &zeros, band * rows, &mut out);
                    assert_eq!(out, expected, "{} {stride} {side} {rows}", isa.name());
                }
            }
        }
    }
}

/// The definition: the mean of the four pixels around a point, weighted by their nearness; black outside.
fn sampled(pixels: &[u8], [width, height]: [usize; 2], [x, y]: [f32; 2]) -> [f64; 3] {
    let mut sum = [0.0; 3];
    for (row, line) in pixels.chunks_exact(width * 3).enumerate().take(height) {
        for (column, pixel) in line.as_chunks::<3>().0.iter().enumerate() {
            let near = |a: f32, b: usize| (1.0 - (f64::from(a) - b as f64).abs()).max(0.0);
            let weight = near(x, column) * near(y, row);
            for (sum, value) in sum.iter_mut().zip(pixel) {
                *sum += weight * f64::from(*value);
            }
        }
    }
    sum
}

proptest! {
    /// Also where a line runs partly or wholly outside of the picture.
    #[test]
    fn a_line_has_the_bilinear_samples_of_its_points(
        size in prop::array::uniform2(1usize..40),
        [a, b] in prop::array::uniform2(-1.5f32..1.5),
        shift in prop::array::uniform2(-30.0f32..60.0),
        y in 0u8..40,
        length in 1usize..70,
        seed in 1u32..1000,
    ) {
        let count = size[0] * size[1] * 3;
        let pixels: Vec<u8> = numbers(count, seed).iter().map(|n| (n * 127.0 + 128.0) as u8).collect();
        let picture = Picture::new(&pixels, size[0], size[1]);
        let line = Line { a, b, shift, y: f32::from(y) };
        let point = |x: usize| {
            let x = x as f32;
            [a * x - b * line.y + shift[0], b * x + a * line.y + shift[1]]
        };
        let one_by_one: Vec<u8> = (0..length).flat_map(|x| picture.bilinear(point(x))).collect();
        for isa in Isa::present() {
            let mut out = vec![7; length * 3];
            picture.sample(isa, &line, &mut out);
            prop_assert_eq!(&out, &one_by_one, "{}", isa.name());
        }
        for (x, colour) in one_by_one.as_chunks::<3>().0.iter().enumerate() {
            for (ours, expected) in colour.iter().zip(sampled(&pixels, size, point(x))) {
                prop_assert!((f64::from(*ours) - expected).abs() < 0.51, "{ours} {expected}");
            }
        }
    }
}

#[test]
fn nothing_is_sampled_far_away_or_at_no_place() {
    let picture = Picture::new(&[200; 12], 2, 2);
    for wrong in [f32::NAN, f32::INFINITY, -3e38, 1e7, -2.0, 2.0] {
        for isa in Isa::present() {
            let line = Line {
                a: 0.0,
                b: 0.0,
                shift: [wrong, 0.5],
                y: 0.0,
            };
            let mut out = [7; 48];
            picture.sample(isa, &line, &mut out);
            assert_eq!(out, [0; 48], "{} {wrong}", isa.name());
        }
    }
    assert_eq!(picture.bilinear([0.5, 0.5]), [200; 3]);
}
