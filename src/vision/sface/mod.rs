//! The recognizer, SFace 2021dec: computes an embedding of 128 numbers from an aligned crop.
//!
//! A MobileNet: a 3×3 stem, 13 blocks of depthwise 3×3 and 1×1 convolutions, each with batch norm and PReLU, then batch
//! norm, flatten, linear, batch norm. Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face
//! Recognition", TIP 2021. The weights are from OpenCV Zoo (`models/README.md`). The input is RGB 0–255, scaled to (x −
//! 127.5) · 0.0078125.

mod fused;
mod graph;
mod layers;

use candle_core::{Device, Tensor};

use super::embedding::EMBEDDING_LEN;
use super::{AlignedFace, CROP_SIDE, VisionError};
use layers::{Layers, SIDE};

pub struct Sface {
    network: Network,
    device: Device,
}

enum Network {
    Fused(fused::FusedSface),
    Graph(graph::SfaceGraph),
}

impl Sface {
    /// The fused network on the CPU, the graph of Candle's operations on any other device.
    pub fn load(device: &Device) -> Result<Sface, VisionError> {
        if !device.is_cpu() {
            return Self::load_graph(device);
        }
        Ok(Sface {
            network: Network::Fused(fused::FusedSface::new(&Layers::load()?)),
            device: device.clone(),
        })
    }

    /// The graph of Candle's operations, on any device.
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
