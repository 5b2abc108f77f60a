//! A brought recognizer, run by rten: aligned crops in, vectors of unit norm out.

use std::sync::{Arc, Mutex, PoisonError};

use image::{RgbImage, imageops};
use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, Value};
use sha2::{Digest as _, Sha256};

use super::error::BroughtError;
use super::graph::{Graph, inspect};
use super::manifest::{Channels, Layout, Manifest};
use crate::catch_panic::catch_panic;
use crate::geometry::{Landmarks, Point};
use crate::text::hex;
use crate::vision::AlignedFace;
use crate::vision::align::align_to;

/// Bytes of an ONNX file. The largest usual recognizer, IResNet-200, has 460 MB.
pub const MAX_ONNX_BYTES: u64 = 1 << 30;

/// The vector of a face.
#[derive(Clone, Debug, PartialEq)]
pub struct BroughtVector {
    /// Of unit norm.
    pub numbers: Vec<f32>,
    /// Euclidean norm of the output before it was normalised.
    pub norm: f32,
}

/// A network that was checked and loaded. A call uses one thread; share it and call it from one thread per core.
pub struct BroughtNetwork {
    manifest: Manifest,
    graph: Graph,
    template: [Point; 5],
    model: Model,
    input: NodeId,
    output: NodeId,
    /// Pools of one thread each, that no call is using: the photos of a scan keep all cores busy already.
    idle: Mutex<Vec<Arc<ThreadPool>>>,
}

impl BroughtNetwork {
    /// Checks the sum and the graph of an ONNX file, and loads it. `file` has at most [`MAX_ONNX_BYTES`]; twice as much is
    /// needed meanwhile.
    pub fn load(manifest: &Manifest, file: Vec<u8>) -> Result<BroughtNetwork, BroughtError> {
        check_sum(manifest, &file)?;
        let graph = inspect(&file, manifest)?;
        let model = guarded(|| {
            ModelOptions::with_all_ops()
                .prepack_weights(true)
                .load(file)
        })
        .map_err(BroughtError::Load)?
        .map_err(|error| BroughtError::Load(error.to_string()))?;
        let node = |name: &str| {
            model
                .find_node(name)
                .ok_or_else(|| BroughtError::Load(format!("it lost {name:?}")))
        };
        Ok(BroughtNetwork {
            input: node(&graph.input)?,
            output: node(&graph.output)?,
            template: manifest.template.points(manifest.input.size()),
            manifest: manifest.clone(),
            graph,
            model,
            idle: Mutex::default(),
        })
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What one run costs.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Crops the face with these landmarks from an upright photo as this network takes it. The landmarks are in its pixels.
    pub fn align(&self, photo: &RgbImage, landmarks: &Landmarks) -> AlignedFace {
        align_to(photo, landmarks, &self.template, self.manifest.input.size())
    }

    /// The vector of each crop that [`Self::align`] made: as many numbers as the manifest says, of Euclidean norm 1.
    ///
    /// # Errors
    /// [`BroughtError::Useless`] if a vector has numbers that are not finite, or no direction.
    pub fn embed(&self, crops: &[AlignedFace]) -> Result<Vec<BroughtVector>, BroughtError> {
        crops.iter().map(|crop| self.embed_one(crop)).collect()
    }

    fn embed_one(&self, crop: &AlignedFace) -> Result<BroughtVector, BroughtError> {
        let mut vector = self.run(&crop.0)?;
        if self.manifest.mirrored {
            let mirrored = self.run(&imageops::flip_horizontal(&crop.0))?;
            vector
                .iter_mut()
                .zip(mirrored)
                .for_each(|(number, more)| *number += more);
        }
        normalised(vector)
    }

    fn run(&self, crop: &RgbImage) -> Result<Vec<f32>, BroughtError> {
        let failed = |reason: String| BroughtError::Run(reason);
        let (shape, numbers) = self.numbers(crop);
        let input =
            Value::from_shape(&shape, numbers).map_err(|error| failed(error.to_string()))?;
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let pool = idle().pop();
        let pool = pool.unwrap_or_else(|| Arc::new(ThreadPool::with_num_threads(1)));
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&pool)));
        let [output] = guarded(|| {
            self.model.run_n(
                [(self.input, input.into())].into(),
                [self.output],
                Some(options),
            )
        })
        .map_err(failed)?
        .map_err(|error| failed(error.to_string()))?;
        idle().push(pool);
        let numbers = output
            .into_tensor::<f32>()
            .ok_or_else(|| failed("its output is not float32".into()))?
            .into_data();
        if numbers.len() != self.manifest.output.dimension {
            return Err(failed(format!("it gave {} numbers", numbers.len())));
        }
        Ok(numbers)
    }

    /// The shape and the numbers of the input.
    fn numbers(&self, crop: &RgbImage) -> (Vec<usize>, Vec<f32>) {
        let input = &self.manifest.input;
        let (width, height) = (input.width as usize, input.height as usize);
        let (pixels, area) = (crop.as_raw(), width * height);
        assert_eq!(pixels.len(), 3 * area, "a crop is made by align()");
        let number = |pixel: usize, channel: usize| {
            let stored = match input.channels {
                Channels::Rgb => channel,
                Channels::Bgr => 2 - channel,
            };
            (f32::from(pixels[3 * pixel + stored]) - input.mean[channel]) * input.scale[channel]
        };
        match input.layout {
            Layout::Nchw => {
                let channels =
                    (0..3).flat_map(|channel| (0..area).map(move |pixel| (pixel, channel)));
                let numbers = channels
                    .map(|(pixel, channel)| number(pixel, channel))
                    .collect();
                (vec![1, 3, height, width], numbers)
            }
            Layout::Nhwc => {
                let numbers = (0..3 * area)
                    .map(|index| number(index / 3, index % 3))
                    .collect();
                (vec![1, height, width, 3], numbers)
            }
        }
    }
}

/// Whether an ONNX file is the one that the manifest is for.
pub fn check_sum(manifest: &Manifest, file: &[u8]) -> Result<(), BroughtError> {
    let found = hex(&Sha256::digest(file));
    if found == manifest.sha256 {
        return Ok(());
    }
    Err(BroughtError::WrongSum {
        found,
        expected: manifest.sha256.clone(),
    })
}

/// A panic of the runtime is an error like any other.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_panic(work).map_err(|message| format!("it panicked: {message}"))
}

fn normalised(mut vector: Vec<f32>) -> Result<BroughtVector, BroughtError> {
    // In f64: the squares of f32 numbers can't overflow it.
    let squares: f64 = vector.iter().map(|&number| f64::from(number).powi(2)).sum();
    let norm = squares.sqrt();
    if !norm.is_finite() {
        return Err(BroughtError::Useless(
            "a face's vector has numbers that are not finite".into(),
        ));
    }
    if norm < f64::from(f32::MIN_POSITIVE) {
        return Err(BroughtError::Useless("a face's vector is all zeros".into()));
    }
    vector
        .iter_mut()
        .for_each(|number| *number = (f64::from(*number) / norm) as f32);
    Ok(BroughtVector {
        numbers: vector,
        norm: norm as f32,
    })
}
