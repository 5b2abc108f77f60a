//! YuNet 2023mar: a picture to raw face candidates.
//!
//! Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector", MIR 2023; the weights are OpenCV Zoo's
//! (`models/README.md`). Units of 1×1 and depthwise 3×3 convolution, maxima between them, three scales joined from coarse
//! to fine, one head each. Trained on BGR 0–255; here the stem's weights are turned so that it takes RGB.

mod decode;
mod fused;
mod graph;

use candle_core::{Device, Tensor};

use super::VisionError;
use super::kernels::Activation;
use super::layers::weights::{Layer, Weights, YUNET};

pub use decode::{Candidate, candidates};

/// Input pixels per step of each head's grid; heads come in this order.
pub const STRIDES: [usize; 3] = [8, 16, 32];
/// Numbers per grid position: class and object logits, box (4), landmarks (10).
pub const OUTPUTS: usize = 16;
/// Widths and heights of the input are multiples of this.
pub const SIZE_STEP: usize = 32;

/// The backbone's 11 units; a maximum follows those of [`POOLED`].
const BACKBONE_UNITS: usize = 11;
const POOLED: [usize; 4] = [0, 4, 6, 8];

/// 1×1 convolution, then depthwise 3×3.
struct Unit {
    pointwise: Layer,
    depthwise: Layer,
}

struct Layers {
    stem: Layer,
    backbone: Vec<Unit>,
    /// For strides 8, 16, 32.
    neck: Vec<Unit>,
    head: Vec<Unit>,
}

pub struct Yunet {
    network: Network,
    device: Device,
}

enum Network {
    Fused(fused::FusedYunet),
    Graph(graph::YunetGraph),
}

/// RGB pixels `[y][x][3]`, both sides multiples of [`SIZE_STEP`].
pub struct Input {
    pub pixels: Vec<u8>,
    pub width: usize,
    pub height: usize,
}

impl Yunet {
    /// The fused network on the CPU, Candle's own operations on any other device.
    pub fn load(device: &Device) -> Result<Yunet, VisionError> {
        if !device.is_cpu() {
            return Self::load_graph(device);
        }
        Ok(Yunet {
            network: Network::Fused(fused::FusedYunet::new(&Layers::load()?)),
            device: device.clone(),
        })
    }

    /// The network in Candle's own operations, on any device.
    pub fn load_graph(device: &Device) -> Result<Yunet, VisionError> {
        Ok(Yunet {
            network: Network::Graph(graph::YunetGraph::new(&Layers::load()?, device)?),
            device: device.clone(),
        })
    }

    /// Raw outputs `[position][16]`: the grids of strides 8, 16 and 32 after each other, each in reading order.
    pub fn run(&self, input: Input) -> Result<Vec<f32>, VisionError> {
        let (width, height) = (input.width, input.height);
        assert!(width.is_multiple_of(SIZE_STEP) && height.is_multiple_of(SIZE_STEP));
        let input = Tensor::from_vec(input.pixels, (1, height, width, 3), &self.device)?;
        let output = match &self.network {
            Network::Fused(network) => input.apply_op1_no_bwd(network)?,
            Network::Graph(network) => network.forward(&input)?,
        };
        Ok(output.flatten_all()?.to_vec1()?)
    }
}

impl Layers {
    fn load() -> Result<Layers, VisionError> {
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
