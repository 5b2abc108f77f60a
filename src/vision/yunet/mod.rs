//! The detector, YuNet 2023mar: computes raw outputs from a picture, and detections from these.
//!
//! Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector", MIR 2023. The weights are from OpenCV Zoo
//! (`models/README.md`). The network consists of units of 1×1 and depthwise 3×3 convolutions with max pooling in
//! between; three scales are joined from coarse to fine, each with its own head. It was trained on BGR 0–255; here the
//! weights of the stem are reordered, so that it takes RGB.

mod decode;
mod fused;
mod graph;
mod layers;

use candle_core::{Device, Tensor};

use super::VisionError;
use layers::Layers;

pub use decode::{PhotoFromInput, detections};
pub use layers::{OUTPUTS, STRIDES};

/// The width and the height of the input are multiples of this.
pub const SIZE_STEP: usize = 32;

pub struct Yunet {
    network: Network,
    device: Device,
}

enum Network {
    Fused(fused::FusedYunet),
    Graph(graph::YunetGraph),
}

/// RGB pixels `[y][x][3]`, 0 to 255; both sides are multiples of [`SIZE_STEP`].
pub struct Input {
    pub pixels: Vec<u8>,
    pub width: usize,
    pub height: usize,
}

impl Yunet {
    /// The fused network on the CPU, the graph of Candle's operations on any other device.
    pub fn load(device: &Device) -> Result<Yunet, VisionError> {
        if !device.is_cpu() {
            return Self::load_graph(device);
        }
        Ok(Yunet {
            network: Network::Fused(fused::FusedYunet::new(&Layers::load()?)),
            device: device.clone(),
        })
    }

    /// The graph of Candle's operations, on any device.
    pub fn load_graph(device: &Device) -> Result<Yunet, VisionError> {
        Ok(Yunet {
            network: Network::Graph(graph::YunetGraph::new(&Layers::load()?, device)?),
            device: device.clone(),
        })
    }

    /// Raw outputs `[position][16]`: the grids of strides 8, 16 and 32, each in reading order.
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
