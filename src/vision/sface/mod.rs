//! SFace 2021dec: an aligned crop to 128 numbers.
//!
//! A MobileNet: a 3×3 stem, 13 blocks of depthwise 3×3 and 1×1, each convolution with batch norm and PReLU, then batch
//! norm, flatten, linear, batch norm. Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face
//! Recognition", TIP 2021; the weights are OpenCV Zoo's (`models/README.md`). Input RGB 0–255, seen as
//! (x − 127.5) · 0.0078125.

mod fused;
mod graph;

use candle_core::{Device, Tensor};

use super::embedding::EMBEDDING_LEN;
use super::kernels::Activation;
use super::layers::weights::{Layer, SFACE, Weights};
use super::{AlignedFace, CROP_SIDE, VisionError};

/// Depthwise strides of the 13 blocks.
const STRIDES: [usize; 13] = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1];
const CONVOLUTION_NORM_EPSILON: f32 = 1e-3;
const FINAL_NORM_EPSILON: f32 = 2e-5;
/// Pixels of the last map, 7×7.
const FINAL_PIXELS: usize = 49;
const SIDE: usize = CROP_SIDE as usize;
/// Input 127.5 is the networks' zero; one step is 1/128.
const INPUT_SCALE: f32 = 0.0078125;
const INPUT_SHIFT: f32 = -127.5 * INPUT_SCALE;

/// All layers with batch norms folded in.
struct Layers {
    stem: Layer,
    depthwise: Vec<Layer>,
    pointwise: Vec<Layer>,
    /// Inputs in the order `[channel][pixel]`.
    linear: Layer,
}

pub struct Sface {
    network: Network,
    device: Device,
}

enum Network {
    Fused(fused::FusedSface),
    Graph(graph::SfaceGraph),
}

impl Sface {
    /// The fused network on the CPU, Candle's own operations on any other device.
    pub fn load(device: &Device) -> Result<Sface, VisionError> {
        if !device.is_cpu() {
            return Self::load_graph(device);
        }
        Ok(Sface {
            network: Network::Fused(fused::FusedSface::new(&Layers::load()?)),
            device: device.clone(),
        })
    }

    /// The network in Candle's own operations, on any device.
    pub fn load_graph(device: &Device) -> Result<Sface, VisionError> {
        Ok(Sface {
            network: Network::Graph(graph::SfaceGraph::new(&Layers::load()?, device)?),
            device: device.clone(),
        })
    }

    /// One raw output (not normalised) per crop.
    pub fn run(&self, crops: &[AlignedFace]) -> Result<Vec<[f32; EMBEDDING_LEN]>, VisionError> {
        if crops.is_empty() {
            return Ok(Vec::new());
        }
        let mut pixels = Vec::with_capacity(crops.len() * SIDE * SIDE * 3);
        for crop in crops {
            assert_eq!(
                crop.0.dimensions(),
                (CROP_SIDE, CROP_SIDE),
                "a crop is made by align()"
            );
            pixels.extend_from_slice(crop.0.as_raw());
        }
        let input = Tensor::from_vec(pixels, (crops.len(), SIDE, SIDE, 3), &self.device)?;
        let output = match &self.network {
            Network::Fused(network) => input.apply_op1_no_bwd(network)?,
            Network::Graph(network) => network.forward(&input)?,
        };
        let values: Vec<f32> = output.flatten_all()?.to_vec1()?;
        Ok(values.as_chunks().0.to_vec())
    }
}

impl Layers {
    fn load() -> Result<Layers, VisionError> {
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

/// The linear layer with the norm of the features before it and the norm after it folded in.
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
