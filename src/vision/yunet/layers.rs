//! The layers of YuNet with their weights, shared by both implementations.

use crate::vision::VisionError;
use crate::vision::kernels::Activation;
use crate::vision::layers::weights::{Layer, Weights, YUNET};

/// Input pixels per step of each head's grid, in the order of the heads.
pub const STRIDES: [usize; 3] = [8, 16, 32];
/// Outputs of a grid position: logits of class and object, box (4), landmarks (10).
pub const OUTPUTS: usize = 16;
/// The 11 units of the backbone; max pooling follows those of [`POOLED`].
const BACKBONE_UNITS: usize = 11;
pub(super) const POOLED: [usize; 4] = [0, 4, 6, 8];

/// A 1×1 convolution, then a depthwise 3×3 convolution.
pub(super) struct Unit {
    pub pointwise: Layer,
    pub depthwise: Layer,
}

pub(super) struct Layers {
    pub stem: Layer,
    pub backbone: Vec<Unit>,
    /// For strides 8, 16, 32.
    pub neck: Vec<Unit>,
    pub head: Vec<Unit>,
}

impl Layers {
    pub(super) fn load() -> Result<Layers, VisionError> {
        let weights = Weights::load(&YUNET)?;
        let unit = |name: String| {
            Ok(Unit {
                pointwise: weights.plain_layer(&format!("{name}.pointwise"), Activation::None)?,
                depthwise: weights.plain_layer(&format!("{name}.depthwise"), Activation::Relu)?,
            })
        };
        let mut stem = weights.plain_layer("stem", Activation::Relu)?;
        // From BGR to RGB: inputs are [channel][row][column].
        for filter in stem.weight.chunks_exact_mut(27) {
            let (blue, rest) = filter.split_at_mut(9);
            blue.swap_with_slice(&mut rest[9..]);
        }
        Ok(Layers {
            stem,
            backbone: (0..BACKBONE_UNITS)
                .map(|i| unit(format!("backbone.{i}")))
                .collect::<Result<_, VisionError>>()?,
            neck: STRIDES
                .map(|stride| unit(format!("neck.{stride}")))
                .into_iter()
                .collect::<Result<_, VisionError>>()?,
            head: STRIDES
                .map(|stride| head(&weights, stride))
                .into_iter()
                .collect::<Result<_, VisionError>>()?,
        })
    }
}

/// The four heads of one stride as one unit of 16 channels.
fn head(weights: &Weights, stride: usize) -> Result<Unit, VisionError> {
    let joined = |part: &str| {
        let mut all = Layer {
            weight: Vec::new(),
            bias: Vec::new(),
            activation: Activation::None,
        };
        for kind in ["class", "object", "box", "landmarks"] {
            let one =
                weights.plain_layer(&format!("head.{kind}.{stride}.{part}"), Activation::None)?;
            all.weight.extend(one.weight);
            all.bias.extend(one.bias);
        }
        Ok::<_, VisionError>(all)
    };
    Ok(Unit {
        pointwise: joined("pointwise")?,
        depthwise: joined("depthwise")?,
    })
}
