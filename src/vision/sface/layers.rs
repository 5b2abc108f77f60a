//! The layers of SFace with their weights, shared by both implementations.

use crate::vision::kernels::Activation;
use crate::vision::layers::weights::{Layer, SFACE, Weights};
use crate::vision::{CROP_SIDE, VisionError};

/// Strides of the depthwise layers of the 13 blocks.
pub(super) const STRIDES: [usize; 13] = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1];
const CONVOLUTION_NORM_EPSILON: f32 = 1e-3;
const FINAL_NORM_EPSILON: f32 = 2e-5;
/// Number of pixels of the last feature map, 7×7.
pub(super) const FINAL_PIXELS: usize = 49;
pub(super) const SIDE: usize = CROP_SIDE as usize;
/// The network's input is (x − 127.5) / 128 for a pixel value x.
pub(super) const INPUT_SCALE: f32 = 0.0078125;
pub(super) const INPUT_SHIFT: f32 = -127.5 * INPUT_SCALE;

/// All layers, with the batch norms folded in.
pub(super) struct Layers {
    pub stem: Layer,
    pub depthwise: Vec<Layer>,
    pub pointwise: Vec<Layer>,
    /// Inputs in the order `[channel][pixel]`.
    pub linear: Layer,
}

impl Layers {
    pub(super) fn load() -> Result<Layers, VisionError> {
        let weights = Weights::load(&SFACE)?;
        let block = |part: &str| {
            (0..STRIDES.len())
                .map(|i| {
                    weights.normed_layer(&format!("block.{i}.{part}"), CONVOLUTION_NORM_EPSILON)
                })
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Layers {
            stem: weights.normed_layer("stem", CONVOLUTION_NORM_EPSILON)?,
            depthwise: block("depthwise")?,
            pointwise: block("pointwise")?,
            linear: linear(&weights)?,
        })
    }
}

/// The linear layer, with the batch norm of the features before it and the batch norm after it folded in.
fn linear(weights: &Weights) -> Result<Layer, VisionError> {
    let mut layer = weights.plain_layer("linear", Activation::None)?;
    let (feature_scale, feature_shift) = weights.norm("features", FINAL_NORM_EPSILON)?;
    let (scale, shift) = weights.norm("linear", FINAL_NORM_EPSILON)?;
    let inputs = feature_scale.len() * FINAL_PIXELS;
    let rows = layer.weight.chunks_exact_mut(inputs).zip(&mut layer.bias);
    for ((row, bias), (scale, shift)) in rows.zip(scale.iter().zip(&shift)) {
        let channels = row.chunks_exact_mut(FINAL_PIXELS);
        for (channel, (feature_scale, feature_shift)) in
            channels.zip(feature_scale.iter().zip(&feature_shift))
        {
            *bias += channel.iter().sum::<f32>() * feature_shift;
            channel
                .iter_mut()
                .for_each(|value| *value *= feature_scale * scale);
        }
        *bias = *bias * scale + shift;
    }
    Ok(layer)
}
