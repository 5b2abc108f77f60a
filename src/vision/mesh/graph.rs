//! The network as a graph of Candle's operations, for any device.

use candle_core::{DType, Device, Result, Tensor};

use super::layers;
use crate::vision::kernels::Activation;
use crate::vision::layers::graph::{Activated, Convolution};

pub struct MeshGraph {
    stem: Convolution,
    trunk: Vec<Block>,
    points: Head,
    flag: Head,
}

struct Block {
    depthwise: Convolution,
    pointwise: Convolution,
    activation: Activated,
    stride: usize,
    /// Channels that the shortcut lacks.
    added_channels: usize,
}

struct Head {
    blocks: Vec<Block>,
    squeeze: Convolution,
    last: Block,
    linear_weight: Tensor,
    linear_bias: Tensor,
}

impl MeshGraph {
    pub fn new(layers: &layers::Layers, device: &Device) -> Result<MeshGraph> {
        Ok(MeshGraph {
            stem: Convolution::full(&layers.stem, 3, 2, device)?,
            trunk: blocks(&layers.trunk, device)?,
            points: Head::new(&layers.points, device)?,
            flag: Head::new(&layers.flag, device)?,
        })
    }

    /// Computes x, y, z of all points and the logit of the flag from `[1][192][192][3]` of u8.
    pub fn forward(&self, picture: &Tensor) -> Result<Tensor> {
        let map = picture
            .to_dtype(DType::F32)?
            .affine(1.0 / 255.0, 0.0)?
            .permute((0, 3, 1, 2))?
            .contiguous()?;
        let map = self.stem.forward(&map)?;
        let map = run(&self.trunk, map)?;
        Tensor::cat(&[self.points.forward(&map)?, self.flag.forward(&map)?], 1)
    }
}

impl Block {
    fn new(block: &layers::Block, device: &Device) -> Result<Block> {
        Ok(Block {
            depthwise: Convolution::depthwise(&block.depthwise, block.stride, device)?,
            pointwise: Convolution::pointwise(&block.pointwise, device)?,
            activation: Activated::new(&Activation::Prelu(block.slopes.clone()), device)?,
            stride: block.stride,
            added_channels: block.outputs() - block.inputs(),
        })
    }

    fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let sum = self.pointwise.forward(&self.depthwise.forward(input)?)?;
        let shortcut = match self.stride {
            1 => input.clone(),
            stride => input.max_pool2d(stride)?,
        };
        let shortcut = shortcut.pad_with_zeros(1, 0, self.added_channels)?;
        self.activation.forward(&(sum + shortcut)?)
    }
}

impl Head {
    fn new(head: &layers::Head, device: &Device) -> Result<Head> {
        let (weight, bias) = (&head.linear.weight, &head.linear.bias);
        let (outputs, inputs) = (bias.len(), weight.len() / bias.len());
        Ok(Head {
            blocks: blocks(&head.blocks, device)?,
            squeeze: Convolution::pointwise(&head.squeeze, device)?,
            last: Block::new(&head.last, device)?,
            linear_weight: Tensor::from_slice(weight, (outputs, inputs), device)?
                .t()?
                .contiguous()?,
            linear_bias: Tensor::from_slice(bias, (1, outputs), device)?,
        })
    }

    fn forward(&self, map: &Tensor) -> Result<Tensor> {
        let map = run(&self.blocks, map.clone())?;
        let map = self.last.forward(&self.squeeze.forward(&map)?)?;
        map.flatten_from(1)?
            .matmul(&self.linear_weight)?
            .broadcast_add(&self.linear_bias)
    }
}

fn blocks(blocks: &[layers::Block], device: &Device) -> Result<Vec<Block>> {
    blocks
        .iter()
        .map(|block| Block::new(block, device))
        .collect()
}

fn run(blocks: &[Block], map: Tensor) -> Result<Tensor> {
    blocks
        .iter()
        .try_fold(map, |map, block| block.forward(&map))
}
