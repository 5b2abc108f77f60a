//! The weights of the networks: stored in the binary, checked, and converted to float32.
//!
//! A tensor NAME is stored as float32, as float16, or as int8 with `NAME.scale` and `NAME.zero_point`, whose blocks lie along the
//! last axis: value = (int8 − zero point) · scale (`models/convert.py` and `models/convert_tflite.py` write them; ONNX `DequantizeLinear` defines
//! them).

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor};
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use sha2::{Digest, Sha256};

use crate::text::hex;
use crate::vision::VisionError;
use crate::vision::kernels::Activation;

/// A file of weights and its expected checksum.
pub struct WeightFile {
    pub model: &'static str,
    bytes: &'static [u8],
    sha256: &'static str,
}

pub const YUNET: WeightFile = WeightFile {
    model: "YuNet",
    bytes: include_bytes!("../../../models/yunet.safetensors"),
    sha256: "ec75e504ab79ae525838fd4abf0cce6211fd81dc815066f4cad27ca3f25c3de3",
};

pub const SFACE: WeightFile = WeightFile {
    model: "SFace",
    bytes: include_bytes!("../../../models/sface.safetensors"),
    sha256: "b9e3c452440a51c8bee6b5c71ba45d1d746bd1e580f68ce20faa64c72400bdc0",
};

pub const MESH: WeightFile = WeightFile {
    model: "face mesh",
    bytes: include_bytes!("../../../models/mesh.safetensors"),
    sha256: "ff98e429be0d9a7a93b40f2bb4b289eafc0b0129c5d1d4e8d5bb53db2de3cb25",
};

/// Directions in the space of SFace (`vision/centring.rs`).
pub const DIRECTIONS: WeightFile = WeightFile {
    model: "SFace's shared directions",
    bytes: include_bytes!("../../../models/directions.safetensors"),
    sha256: "1b86863f21b958146c0855215784acd59fbe5671f584851864d87e2dff4c5c4a",
};

impl WeightFile {
    /// The content of the file.
    pub fn bytes(&self) -> &'static [u8] {
        self.bytes
    }

    /// Of the content, 64 hexadecimal digits.
    pub fn sha256(&self) -> &'static str {
        self.sha256
    }
}

/// Reads one float32 tensor of a file of weights, without checking the others.
pub fn stored_floats(bytes: &[u8], name: &str) -> Result<Vec<f32>, safetensors::SafeTensorError> {
    let stored = SafeTensors::deserialize(bytes)?;
    let view = stored.tensor(name)?;
    match view.dtype() {
        Dtype::F32 => Ok(floats(&view)),
        _ => Err(safetensors::SafeTensorError::TensorInvalidInfo),
    }
}

/// Float32 tensors on the CPU, by name.
pub struct Weights {
    model: &'static str,
    tensors: HashMap<String, Tensor>,
}

/// A convolution or linear layer with its batch norm folded in.
pub struct Layer {
    /// `[outputs][inputs]`; the inputs of a 3×3 stem are `[channel][row][column]`, of a depthwise layer `[9]`.
    pub weight: Vec<f32>,
    pub bias: Vec<f32>,
    pub activation: Activation,
}

impl Layer {
    /// The weights of a 3×3 stem as `[output][row][column][channel]`, the order of pixels in memory.
    pub fn stem_in_pixel_order(&self) -> Vec<f32> {
        self.weight
            .chunks_exact(27)
            .flat_map(|one| (0..27).map(|i| one[(i % 3) * 9 + i / 3]))
            .collect()
    }
}

impl Weights {
    pub fn load(file: &WeightFile) -> Result<Weights, VisionError> {
        let damaged = |reason: String| VisionError::Weights {
            model: file.model,
            reason,
        };
        let sum = hex(&Sha256::digest(file.bytes));
        if sum != file.sha256 {
            return Err(damaged(format!(
                "sha256 is {sum}, expected {}",
                file.sha256
            )));
        }
        let stored =
            SafeTensors::deserialize(file.bytes).map_err(|error| damaged(error.to_string()))?;
        let mut tensors = HashMap::new();
        for (name, view) in stored.iter() {
            if name.ends_with(".scale") || name.ends_with(".zero_point") {
                continue;
            }
            let values = match view.dtype() {
                Dtype::F32 => floats(&view),
                Dtype::F16 => halves(&view)?,
                _ => {
                    dequantised(&stored, name, &view).map_err(|error| damaged(error.to_string()))?
                }
            };
            let tensor = Tensor::from_vec(values, view.shape(), &Device::Cpu)?;
            tensors.insert(name.to_owned(), tensor);
        }
        Ok(Weights {
            model: file.model,
            tensors,
        })
    }

    pub fn get(&self, name: &str) -> Result<Vec<f32>, VisionError> {
        let tensor = self.tensors.get(name).ok_or_else(|| VisionError::Weights {
            model: self.model,
            reason: format!("no tensor {name}"),
        })?;
        Ok(tensor.flatten_all()?.to_vec1()?)
    }

    /// A layer with weight and bias as stored.
    pub fn plain_layer(&self, name: &str, activation: Activation) -> Result<Layer, VisionError> {
        Ok(Layer {
            weight: self.get(&format!("{name}.weight"))?,
            bias: self.get(&format!("{name}.bias"))?,
            activation,
        })
    }

    /// A layer with a weight without bias, followed by batch norm with `epsilon` and PReLU.
    pub fn normed_layer(&self, name: &str, epsilon: f32) -> Result<Layer, VisionError> {
        let (scale, bias) = self.norm(name, epsilon)?;
        let mut weight = self.get(&format!("{name}.weight"))?;
        let inputs = weight.len() / scale.len();
        for (row, scale) in weight.chunks_exact_mut(inputs).zip(&scale) {
            row.iter_mut().for_each(|value| *value *= scale);
        }
        let activation = Activation::Prelu(self.get(&format!("{name}.slope"))?);
        Ok(Layer {
            weight,
            bias,
            activation,
        })
    }

    /// A batch norm as `scale · x + shift` per channel.
    pub fn norm(&self, name: &str, epsilon: f32) -> Result<(Vec<f32>, Vec<f32>), VisionError> {
        let part = |part: &str| self.get(&format!("{name}.norm.{part}"));
        let (mut scale, mut shift) = (part("gamma")?, part("beta")?);
        let (mean, variance) = (part("mean")?, part("variance")?);
        for (((scale, shift), mean), variance) in
            scale.iter_mut().zip(&mut shift).zip(mean).zip(variance)
        {
            *scale /= (variance + epsilon).sqrt();
            *shift -= mean * *scale;
        }
        Ok((scale, shift))
    }
}

fn floats(view: &TensorView<'_>) -> Vec<f32> {
    view.data()
        .as_chunks()
        .0
        .iter()
        .map(|four| f32::from_le_bytes(*four))
        .collect()
}

fn halves(view: &TensorView<'_>) -> candle_core::Result<Vec<f32>> {
    let shape = view.shape();
    let halves = Tensor::from_raw_buffer(view.data(), DType::F16, shape, &Device::Cpu)?;
    halves.to_dtype(DType::F32)?.flatten_all()?.to_vec1()
}

fn dequantised(
    stored: &SafeTensors<'_>,
    name: &str,
    view: &TensorView<'_>,
) -> Result<Vec<f32>, safetensors::SafeTensorError> {
    let scales = floats(&stored.tensor(&format!("{name}.scale"))?);
    let zero_points = stored.tensor(&format!("{name}.zero_point"))?;
    // Blocks fill the last axis completely, so they also follow each other in the whole tensor.
    let block = view.data().len() / scales.len();
    let mut values = Vec::with_capacity(view.data().len());
    for ((block, scale), zero_point) in view
        .data()
        .chunks_exact(block)
        .zip(scales)
        .zip(zero_points.data())
    {
        let zero_point = f32::from(*zero_point as i8);
        values.extend(
            block
                .iter()
                .map(|value| (f32::from(*value as i8) - zero_point) * scale),
        );
    }
    Ok(values)
}
