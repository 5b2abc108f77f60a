//! Layers in Candle's own operations, for any device.

use candle_core::{D, Device, Result, Tensor};

use super::weights::Layer;
use crate::vision::kernels::Activation;

/// A convolution over `[n][channel][y][x]`.
pub struct Convolution {
    kind: Kind,
    weight: Tensor,
    bias: Tensor,
    activation: Activated,
}

#[derive(Clone, Copy)]
enum Kind {
    Full { stride: usize },
    Pointwise,
    Depthwise { stride: usize },
}

/// The activation of a layer, per channel of `[n][channel][y][x]`.
pub enum Activated {
    None,
    Relu,
    /// The slopes, `[1][channel][1][1]`.
    Prelu(Tensor),
}

impl Activated {
    pub fn new(activation: &Activation, device: &Device) -> Result<Activated> {
        Ok(match activation {
            Activation::None => Activated::None,
            Activation::Relu => Activated::Relu,
            Activation::Prelu(slopes) => Activated::Prelu(per_channel(slopes, device)?),
        })
    }

    pub fn forward(&self, sum: &Tensor) -> Result<Tensor> {
        match self {
            Activated::None => Ok(sum.clone()),
            Activated::Relu => sum.relu(),
            Activated::Prelu(slopes) => sum
                .relu()?
                .broadcast_sub(&sum.neg()?.relu()?.broadcast_mul(slopes)?),
        }
    }
}

fn per_channel(values: &[f32], device: &Device) -> Result<Tensor> {
    Tensor::from_slice(values, (1, values.len(), 1, 1), device)
}

impl Convolution {
    /// A 3×3 convolution over all channels, with one pixel of zero padding.
    pub fn full(
        layer: &Layer,
        inputs: usize,
        stride: usize,
        device: &Device,
    ) -> Result<Convolution> {
        let outputs = layer.bias.len();
        Self::new(
            layer,
            Kind::Full { stride },
            &[outputs, inputs, 3, 3],
            device,
        )
    }

    /// A 1×1 convolution.
    pub fn pointwise(layer: &Layer, device: &Device) -> Result<Convolution> {
        let outputs = layer.bias.len();
        let inputs = layer.weight.len() / outputs;
        Self::new(layer, Kind::Pointwise, &[1, outputs, inputs], device)
    }

    /// A depthwise 3×3 convolution, with one pixel of zero padding. For stride 2, both sides of the map must be even.
    pub fn depthwise(layer: &Layer, stride: usize, device: &Device) -> Result<Convolution> {
        Self::new(
            layer,
            Kind::Depthwise { stride },
            &[layer.bias.len(), 3, 3],
            device,
        )
    }

    fn new(layer: &Layer, kind: Kind, shape: &[usize], device: &Device) -> Result<Convolution> {
        Ok(Convolution {
            kind,
            weight: Tensor::from_slice(&layer.weight, shape, device)?,
            bias: per_channel(&layer.bias, device)?,
            activation: Activated::new(&layer.activation, device)?,
        })
    }

    pub fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let sum = match self.kind {
            Kind::Full { stride } => input.conv2d(&self.weight, 1, stride, 1, 1)?,
            Kind::Pointwise => self.pointwise_sum(input)?,
            Kind::Depthwise { stride } => self.depthwise_sum(input, stride)?,
        };
        self.activation.forward(&sum.broadcast_add(&self.bias)?)
    }

    fn pointwise_sum(&self, input: &Tensor) -> Result<Tensor> {
        let (_, _, height, width) = input.dims4()?;
        let pixels = input.flatten_from(D::Minus2)?;
        let sum = self.weight.broadcast_matmul(&pixels)?;
        let (n, outputs, _) = sum.dims3()?;
        sum.reshape((n, outputs, height, width))
    }

    /// Nine shifted multiply-adds: the grouped convolution of Candle runs group by group.
    fn depthwise_sum(&self, input: &Tensor, stride: usize) -> Result<Tensor> {
        let (n, channels, height, width) = input.dims4()?;
        let padded = input.pad_with_zeros(2, 1, 1)?.pad_with_zeros(3, 1, 1)?;
        let mut sum = input.zeros_like()?;
        for y in 0..3 {
            for x in 0..3 {
                let weight = self.weight.narrow(1, y, 1)?.narrow(2, x, 1)?.unsqueeze(0)?;
                let shifted = padded.narrow(2, y, height)?.narrow(3, x, width)?;
                sum = (sum + shifted.broadcast_mul(&weight)?)?;
            }
        }
        if stride == 1 {
            return Ok(sum);
        }
        // Takes every second row and column, by splitting both axes into pairs.
        sum.reshape((n * channels, height / 2, 2, width / 2, 2))?
            .narrow(2, 0, 1)?
            .narrow(4, 0, 1)?
            .contiguous()?
            .reshape((n, channels, height / 2, width / 2))
    }
}
