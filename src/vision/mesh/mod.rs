//! The face mesh, MediaPipe's `face_landmark`: 468 points of one face in space, and how sure it is that there is a face.
//!
//! Its input is one upright face in 192×192 pixels ([`view::MeshView`]). A 3×3 stem, blocks of depthwise 3×3 and 1×1 convolutions
//! with a shortcut, and two heads. Kartynnik, Ablavatski, Grishchenko, Grundmann, "Real-time Facial Surface Geometry from
//! Monocular Video on Mobile GPUs", CVPR Workshop on Computer Vision for AR/VR, 2019. The weights are from the Python
//! package of MediaPipe (`models/README.md`).

mod face;
mod fused;
mod graph;
mod layers;
mod measures;
mod view;

use candle_core::{Device, Tensor};
use image::RgbImage;

pub use face::MeshFace;
pub use measures::MeshMeasures;

use super::VisionError;
use layers::Layers;

/// Side of the input in pixels.
pub const SIDE: usize = 192;
/// Points of one mesh.
pub const POINTS: usize = 468;
/// Numbers that the network gives for one face: x, y, z of each point, and the logit of the face flag.
const OUTPUTS: usize = 3 * POINTS + 1;

/// The network's answer to one picture.
#[derive(Clone, Debug, PartialEq)]
pub struct MeshOutput {
    /// x, y in pixels of the input, z (toward the camera negative) in the same unit, of each of [`POINTS`] points.
    pub points: Vec<[f32; 3]>,
    /// How sure it is that the picture shows a face: 0 to 1.
    pub face_flag: f32,
}

pub struct Mesh {
    network: Network,
    device: Device,
}

enum Network {
    Fused(Box<fused::FusedMesh>),
    Graph(Box<graph::MeshGraph>),
}

impl Mesh {
    /// The fused network on the CPU, the graph of Candle's operations on any other device.
    pub fn load(device: &Device) -> Result<Mesh, VisionError> {
        if !device.is_cpu() {
            return Self::load_graph(device);
        }
        Ok(Mesh {
            network: Network::Fused(Box::new(fused::FusedMesh::new(&Layers::load()?))),
            device: device.clone(),
        })
    }

    /// The graph of Candle's operations, on any device.
    pub fn load_graph(device: &Device) -> Result<Mesh, VisionError> {
        Ok(Mesh {
            network: Network::Graph(Box::new(graph::MeshGraph::new(&Layers::load()?, device)?)),
            device: device.clone(),
        })
    }

    /// The mesh of the face in a picture of 192×192 pixels.
    pub fn run(&self, picture: &RgbImage) -> Result<MeshOutput, VisionError> {
        let side = SIDE as u32;
        assert_eq!(
            picture.dimensions(),
            (side, side),
            "a picture is made by MeshView::of()"
        );
        // Turned by 180 degrees, as the weights are (`models/convert_tflite.py` tells why).
        let mut pixels = picture.as_raw().clone();
        pixels.as_chunks_mut::<3>().0.reverse();
        let input = Tensor::from_vec(pixels, (1, SIDE, SIDE, 3), &self.device)?;
        let output = match &self.network {
            Network::Fused(network) => input.apply_op1_no_bwd(network.as_ref())?,
            Network::Graph(network) => network.forward(&input)?,
        };
        let values: Vec<f32> = output.flatten_all()?.to_vec1()?;
        let (points, flag) = values.as_chunks::<3>();
        Ok(MeshOutput {
            points: points.to_vec(),
            face_flag: 1.0 / (1.0 + (-flag[0]).exp()),
        })
    }
}
