//! The layers of the face mesh with their weights, shared by both implementations.

use crate::vision::VisionError;
use crate::vision::kernels::Activation;
use crate::vision::layers::weights::{Layer, MESH, Weights};

/// Strides of the blocks of the trunk.
const TRUNK_STRIDES: [usize; 14] = [1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1];
/// Strides of the blocks of the heads before their squeezing layer.
const POINTS_STRIDES: [usize; 3] = [2, 1, 1];
const FLAG_STRIDES: [usize; 1] = [2];
/// Channels of the first map.
pub(super) const STEM_CHANNELS: usize = 16;

pub(super) struct Layers {
    /// 3×3 over the picture, of stride 2.
    pub stem: Layer,
    pub trunk: Vec<Block>,
    pub points: Head,
    pub flag: Head,
}

/// `PReLU(shortcut(x) + pointwise(depthwise(x)))`. The shortcut is x; in a block of stride 2 its maxima over 2×2 pixels. Where
/// the block has more channels than x, those that are lacking are zero in the shortcut.
pub(super) struct Block {
    pub depthwise: Layer,
    pub pointwise: Layer,
    /// Slopes of the activation of the sum, one per channel.
    pub slopes: Vec<f32>,
    pub stride: usize,
}

/// Blocks, a 1×1 layer to few channels, one more block, and a linear layer over all pixels.
pub(super) struct Head {
    pub blocks: Vec<Block>,
    pub squeeze: Layer,
    pub last: Block,
    /// Inputs in the order `[channel][pixel]`.
    pub linear: Layer,
}

impl Layers {
    pub(super) fn load() -> Result<Layers, VisionError> {
        let weights = Weights::load(&MESH)?;
        Ok(Layers {
            stem: activated(&weights, "stem")?,
            trunk: blocks(&weights, "trunk", &TRUNK_STRIDES)?,
            points: head(&weights, "points", &POINTS_STRIDES)?,
            flag: head(&weights, "flag", &FLAG_STRIDES)?,
        })
    }
}

impl Block {
    pub(super) fn inputs(&self) -> usize {
        self.depthwise.bias.len()
    }

    pub(super) fn outputs(&self) -> usize {
        self.pointwise.bias.len()
    }
}

fn activated(weights: &Weights, name: &str) -> Result<Layer, VisionError> {
    let slopes = weights.get(&format!("{name}.slope"))?;
    weights.plain_layer(name, Activation::Prelu(slopes))
}

fn block(weights: &Weights, name: &str, stride: usize) -> Result<Block, VisionError> {
    Ok(Block {
        depthwise: weights.plain_layer(&format!("{name}.depthwise"), Activation::None)?,
        pointwise: weights.plain_layer(&format!("{name}.pointwise"), Activation::None)?,
        slopes: weights.get(&format!("{name}.pointwise.slope"))?,
        stride,
    })
}

fn blocks(weights: &Weights, name: &str, strides: &[usize]) -> Result<Vec<Block>, VisionError> {
    let numbered = strides.iter().enumerate();
    numbered
        .map(|(i, stride)| block(weights, &format!("{name}.{i}"), *stride))
        .collect()
}

fn head(weights: &Weights, name: &str, strides: &[usize]) -> Result<Head, VisionError> {
    Ok(Head {
        blocks: blocks(weights, name, strides)?,
        squeeze: activated(weights, &format!("{name}.squeeze"))?,
        last: block(weights, &format!("{name}.{}", strides.len()), 1)?,
        linear: weights.plain_layer(&format!("{name}.final"), Activation::None)?,
    })
}
