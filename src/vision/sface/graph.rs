//! The network as a graph of Candle's operations, for any device.

use candle_core::{DType, Device, Result, Tensor};

use super::layers::{INPUT_SCALE, INPUT_SHIFT, Layers, STRIDES};
use crate::vision::layers::graph::Convolution;

pub struct SfaceGraph {
    convolutions: Vec<Convolution>,
    linear_weight: Tensor,
    linear_bias: Tensor,
}

impl SfaceGraph {
    pub fn new(layers: &Layers, device: &Device) -> Result<SfaceGraph> {
        let mut convolutions = vec![Convolution::full(&layers.stem, 3, 1, device)?];
        for ((depthwise, pointwise), stride) in
            layers.depthwise.iter().zip(&layers.pointwise).zip(STRIDES)
        {
            convolutions.push(Convolution::depthwise(depthwise, stride, device)?);
            convolutions.push(Convolution::pointwise(pointwise, device)?);
        }
        let outputs = layers.linear.bias.len();
        let inputs = layers.linear.weight.len() / outputs;
        Ok(SfaceGraph {
            convolutions,
            linear_weight: Tensor::from_slice(&layers.linear.weight, (outputs, inputs), device)?
                .t()?
                .contiguous()?,
            linear_bias: Tensor::from_slice(&layers.linear.bias, (1, outputs), device)?,
        })
    }

    /// Computes `[n][128]` of f32 from `[n][112][112][3]` of u8.
    pub fn forward(&self, crops: &Tensor) -> Result<Tensor> {
        let mut map = crops
            .to_dtype(DType::F32)?
            .affine(f64::from(INPUT_SCALE), f64::from(INPUT_SHIFT))?
            .permute((0, 3, 1, 2))?
            .contiguous()?;
        for convolution in &self.convolutions {
            map = convolution.forward(&map)?;
        }
        map.flatten_from(1)?
            .matmul(&self.linear_weight)?
            .broadcast_add(&self.linear_bias)
    }
}
