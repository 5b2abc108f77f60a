//! YuNet 2023mar: a picture to raw face candidates.
//!
//! Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector", MIR 2023; the weights are OpenCV Zoo's
//! (`models/README.md`). Units of 1×1 and depthwise 3×3 convolution, maxima between them, three scales joined from coarse
//! to fine, one head each. Trained on BGR 0–255; here the stem's weights are turned so that it takes RGB.

mod decode;
mod fused;
mod graph;
mod layers;

use candle_core::{Device, Tensor};

use super::VisionError;
use layers::Layers;

pub use decode::{PhotoFromInput, detections};
pub use layers::{OUTPUTS, STRIDES};

/// Widths and heights of the input are multiples of this.
pub const SIZE_STEP: usize = 32;

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
