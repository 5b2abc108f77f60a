//! The network on the CPU as one Candle operation over our own kernels.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, bail};

use super::layers::{FINAL_PIXELS, INPUT_SCALE, INPUT_SHIFT, Layers, SIDE, STRIDES};
use crate::vision::embedding::EMBEDDING_LEN;
use crate::vision::kernels::{Dense, Depthwise, Isa};
use crate::vision::layers::stream::{self, Stream};

/// Blocks whose maps are too large for the nearest caches are computed row by row, up to the depthwise layer of this
/// block. After that block, a whole map fits into the cache, and the weights are so large that each read of them should
/// serve many pixels.
const STREAMED_BLOCKS: usize = 5;
/// Side of the map after the layers that are computed row by row.
const STREAMED_SIDE: usize = 14;
/// Maximum number of channels of a map.
const MAX_CHANNELS: usize = 1024;
/// Faces that are passed through the linear layer together, so that they share a read of its 26 MB of weights. The
/// convolutions take one face at a time: their weights are small compared to the work, and the maps of several faces
/// would not fit into the second-level cache.
const BATCH: usize = 8;

/// Computes embeddings, `[n][128]` of f32, from crops, `[n][112][112][3]` of u8.
pub struct FusedSface {
    streamed: Vec<stream::Layer>,
    /// The pointwise layers from block [`STREAMED_BLOCKS`] on.
    pointwise: Vec<Arc<Dense>>,
    /// The depthwise layers from the next block on.
    depthwise: Vec<Arc<Depthwise>>,
    linear: Dense,
    /// Workspaces that no thread is using.
    idle: Mutex<Vec<Workspace>>,
}

struct Workspace {
    stream: Stream,
    maps: [Vec<f32>; 2],
    zeros: Vec<f32>,
    /// `[BATCH][49][1024]`.
    features: Vec<f32>,
}

impl FusedSface {
    pub fn new(layers: &Layers) -> FusedSface {
        let isa = Isa::best();
        let stem = Dense::new(
            isa,
            &layers.stem.stem_in_pixel_order(),
            &layers.stem.bias,
            &layers.stem.activation,
        );
        let depthwise: Vec<_> = (layers.depthwise.iter().zip(STRIDES))
            .map(|(layer, stride)| {
                Depthwise::new(isa, stride, &layer.weight, &layer.bias, &layer.activation)
            })
            .map(Arc::new)
            .collect();
        let pointwise: Vec<_> = (layers.pointwise.iter())
            .map(|layer| Dense::new(isa, &layer.weight, &layer.bias, &layer.activation))
            .map(Arc::new)
            .collect();
        let mut streamed = vec![stream::Layer::Stem(Arc::new(stem), 1)];
        for (depthwise, pointwise) in depthwise.iter().zip(&pointwise).take(STREAMED_BLOCKS) {
            streamed.push(stream::Layer::Depthwise(depthwise.clone()));
            streamed.push(stream::Layer::Pointwise(pointwise.clone()));
        }
        streamed.push(stream::Layer::Depthwise(depthwise[STREAMED_BLOCKS].clone()));
        let linear = &layers.linear;
        FusedSface {
            streamed,
            pointwise: pointwise[STREAMED_BLOCKS..].to_vec(),
            depthwise: depthwise[STREAMED_BLOCKS + 1..].to_vec(),
            linear: Dense::new(
                isa,
                &pixel_order(&linear.weight),
                &linear.bias,
                &linear.activation,
            ),
            idle: Mutex::new(Vec::new()),
        }
    }

    fn new_workspace(&self) -> Workspace {
        let widest = STREAMED_SIDE * STREAMED_SIDE * self.pointwise[0].outputs();
        Workspace {
            stream: Stream::new(&self.streamed, SIDE, SIDE, 3),
            maps: [vec![0.0; widest], vec![0.0; widest]],
            zeros: vec![0.0; STREAMED_SIDE * MAX_CHANNELS],
            features: vec![0.0; BATCH * self.linear.inputs()],
        }
    }

    /// Computes the embeddings of at most [`BATCH`] crops.
    fn run(&self, work: &mut Workspace, crops: &[u8], out: &mut [f32]) {
        let features_len = self.linear.inputs();
        let mut features = std::mem::take(&mut work.features);
        let mut faces = 0;
        for (crop, features) in
            (crops.chunks_exact(SIDE * SIDE * 3)).zip(features.chunks_exact_mut(features_len))
        {
            self.convolutions(work, crop, features);
            faces += 1;
        }
        self.linear
            .pointwise(&features[..faces * features_len], out);
        work.features = features;
    }

    /// Computes the `[49][1024]` features of one crop.
    fn convolutions(&self, work: &mut Workspace, crop: &[u8], features: &mut [f32]) {
        run_stream(&mut work.stream, crop);
        let [current, next] = &mut work.maps;
        current[..work.stream.output().len()].copy_from_slice(work.stream.output());
        let mut side = STREAMED_SIDE;
        for (pointwise, depthwise) in self.pointwise.iter().zip(&self.depthwise) {
            let pixels = side * side;
            let map = &mut next[..pixels * pointwise.outputs()];
            pointwise.pointwise(&current[..pixels * pointwise.inputs()], map);
            let out_side = depthwise.output_len(side);
            let out = &mut current[..out_side * out_side * depthwise.channels()];
            depthwise.map(map, side, &work.zeros, out);
            side = out_side;
        }
        // There is one more pointwise layer than depthwise layers.
        if let Some(last) = self.pointwise.last() {
            last.pointwise(&current[..side * side * last.inputs()], features);
        }
    }
}

fn run_stream(stream: &mut Stream, crop: &[u8]) {
    for row in crop.chunks_exact(SIDE * 3) {
        let slot = stream.next_row();
        for (to, from) in slot[3..].iter_mut().zip(row) {
            *to = f32::from(*from) * INPUT_SCALE + INPUT_SHIFT;
        }
        stream.commit();
    }
}

/// Reorders `[output][channel][pixel]` to `[output][pixel][channel]`.
fn pixel_order(weight: &[f32]) -> Vec<f32> {
    let inputs = weight.len() / EMBEDDING_LEN;
    let channels = inputs / FINAL_PIXELS;
    weight
        .chunks_exact(inputs)
        .flat_map(|row| (0..inputs).map(move |i| row[(i % channels) * FINAL_PIXELS + i / channels]))
        .collect()
}

impl CustomOp1 for FusedSface {
    fn name(&self) -> &'static str {
        "sface"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (faces, ..) = layout.shape().dims4()?;
        let (CpuStorage::U8(crops), Some((start, end))) = (storage, layout.contiguous_offsets())
        else {
            bail!("sface takes contiguous u8");
        };
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut work = idle().pop().unwrap_or_else(|| self.new_workspace());
        let mut out = vec![0.0; faces * EMBEDDING_LEN];
        let batches = crops[start..end].chunks(BATCH * SIDE * SIDE * 3);
        for (crops, out) in batches.zip(out.chunks_mut(BATCH * EMBEDDING_LEN)) {
            self.run(&mut work, crops, out);
        }
        idle().push(work);
        Ok((CpuStorage::F32(out), Shape::from((faces, EMBEDDING_LEN))))
    }
}
