//! SFace on the CPU as one Candle operation over our own kernels.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, bail};

use super::{FINAL_PIXELS, INPUT_SCALE, INPUT_SHIFT, Layers, SIDE, STRIDES};
use crate::vision::embedding::EMBEDDING_LEN;
use crate::vision::kernels::{Dense, Depthwise, Isa};
use crate::vision::stream::{self, Stream};

/// Blocks whose maps are too big for the nearest caches go row by row, up to the depthwise layer of this block; from there
/// on a whole map fits, and weights are large enough to want many pixels at a time.
const STREAMED_BLOCKS: usize = 5;
/// Side of the map that leaves the stream.
const STREAMED_SIDE: usize = 14;
/// Of any map.
const MOST_CHANNELS: usize = 1024;
/// Faces that pass the later layers together, to share the reading of 35 MB of weights; 400 kB of maps each.
const BATCH: usize = 4;

/// `[n][112][112][3]` of u8 to `[n][128]` of f32.
pub struct FusedSface {
    streamed: Vec<stream::Layer>,
    /// From the pointwise layer of block [`STREAMED_BLOCKS`] on.
    pointwise: Vec<Arc<Dense>>,
    /// From the block after it on.
    depthwise: Vec<Arc<Depthwise>>,
    linear: Dense,
    /// One per thread that has been here.
    idle: Mutex<Vec<Workspace>>,
}

struct Workspace {
    stream: Stream,
    maps: [Vec<f32>; 2],
    zeros: Vec<f32>,
}

impl FusedSface {
    pub fn new(layers: &Layers) -> FusedSface {
        let isa = Isa::best();
        let stem = Dense::new(
            isa,
            &stem_order(&layers.stem.weight),
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
        let widest = STREAMED_SIDE * STREAMED_SIDE * self.pointwise[0].outputs() * BATCH;
        Workspace {
            stream: Stream::new(&self.streamed, SIDE, SIDE, 3),
            maps: [vec![0.0; widest], vec![0.0; widest]],
            zeros: vec![0.0; STREAMED_SIDE * MOST_CHANNELS],
        }
    }

    /// At most [`BATCH`] crops.
    fn run(&self, work: &mut Workspace, crops: &[u8], out: &mut [f32]) {
        let faces = crops.len() / (SIDE * SIDE * 3);
        let [current, next] = &mut work.maps;
        let streamed_len = work.stream.output().len();
        for (crop, map) in crops
            .chunks_exact(SIDE * SIDE * 3)
            .zip(current.chunks_exact_mut(streamed_len))
        {
            run_stream(&mut work.stream, crop);
            map.copy_from_slice(work.stream.output());
        }
        let mut side = STREAMED_SIDE;
        let mut depthwise = self.depthwise.iter();
        for pointwise in &self.pointwise {
            let pixels = faces * side * side;
            pointwise.pointwise(
                &current[..pixels * pointwise.inputs()],
                &mut next[..pixels * pointwise.outputs()],
            );
            let Some(depthwise) = depthwise.next() else {
                break;
            };
            let map_len = side * side * depthwise.channels();
            let out_side = depthwise.output_len(side);
            let out_len = out_side * out_side * depthwise.channels();
            for (map, out) in next
                .chunks_exact(map_len)
                .zip(current.chunks_exact_mut(out_len))
                .take(faces)
            {
                depthwise.map(map, side, &work.zeros, out);
            }
            side = out_side;
        }
        self.linear
            .pointwise(&next[..faces * self.linear.inputs()], out);
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

/// `[output][channel][row][column]` to `[output][row][column][channel]`, the order of pixels in memory.
fn stem_order(weight: &[f32]) -> Vec<f32> {
    weight
        .chunks_exact(27)
        .flat_map(|one| (0..27).map(|i| one[(i % 3) * 9 + i / 3]))
        .collect()
}

/// `[output][channel][pixel]` to `[output][pixel][channel]`.
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
