//! The network on the CPU as one Candle operation over our own kernels.

use std::sync::{Arc, Mutex, PoisonError};

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, bail};

use super::layers::{self, Layers, STEM_CHANNELS};
use super::{OUTPUTS, POINTS, SIDE};
use crate::vision::kernels::{
    Activation, CHANNEL_STEP, Dense, Depthwise, Isa, add_shortcut, max_pool_row,
};
use crate::vision::layers::stream::{self, Stream};
use crate::vision::layers::weights::Layer;

/// Side of the first map.
const STEM_SIDE: usize = SIDE / 2;
/// Numbers of the largest map: that of the stem and of the first blocks.
const LARGEST_MAP: usize = STEM_SIDE * STEM_SIDE * STEM_CHANNELS;
/// Numbers of the map that both heads take: 6×6 pixels of 128 channels.
const TRUNK_SIDE: usize = 6;
const TRUNK_CHANNELS: usize = 128;
const TRUNK_MAP: usize = TRUNK_SIDE * TRUNK_SIDE * TRUNK_CHANNELS;
/// A block is computed in bands of whole rows with at least so many pixels, or of all: what is between its layers stays in the
/// first-level cache, and a read of the weights serves a few tiles.
const MIN_BAND_PIXELS: usize = 48;
/// Numbers of the widest band: one row of the first maps, four of the 12×12 map.
const LARGEST_BAND: usize = 4 * 12 * TRUNK_CHANNELS;
const INPUT_SCALE: f32 = 1.0 / 255.0;

/// Computes x, y, z of all points and the logit of the flag from a picture, `[1][192][192][3]` of u8.
pub struct FusedMesh {
    stem: Arc<Dense>,
    trunk: Vec<Block>,
    points: Head,
    flag: Head,
    /// Workspaces that no thread is using.
    idle: Mutex<Vec<Workspace>>,
}

struct Block {
    isa: Isa,
    depthwise: Depthwise,
    /// Without activation: that follows the shortcut.
    pointwise: Dense,
    slopes: Vec<f32>,
}

struct Head {
    blocks: Vec<Block>,
    squeeze: Dense,
    last: Block,
    linear: Dense,
}

struct Workspace {
    stem: Stream,
    maps: Maps,
    trunk: Vec<f32>,
}

/// A map `[y][x][channel]`, square, and what its successor is computed with.
struct Maps {
    current: Vec<f32>,
    /// The side of `current` in pixels.
    side: usize,
    sum: Vec<f32>,
    zeros: Vec<f32>,
    /// One band after the depthwise layer, and one of a pooled shortcut.
    filtered: Vec<f32>,
    pooled: Vec<f32>,
}

impl FusedMesh {
    pub fn new(layers: &Layers) -> FusedMesh {
        let isa = Isa::best();
        let stem = &layers.stem;
        FusedMesh {
            stem: Arc::new(Dense::new(
                isa,
                &stem.stem_in_pixel_order(),
                &stem.bias,
                &stem.activation,
            )),
            trunk: blocks(isa, &layers.trunk),
            points: Head::new(isa, &layers.points),
            flag: Head::new(isa, &layers.flag),
            idle: Mutex::new(Vec::new()),
        }
    }

    fn new_workspace(&self) -> Workspace {
        let map = || vec![0.0; LARGEST_MAP];
        Workspace {
            stem: Stream::new(&[stream::Layer::Stem(self.stem.clone(), 2)], SIDE, SIDE, 3),
            maps: Maps {
                current: map(),
                side: STEM_SIDE,
                sum: map(),
                zeros: vec![0.0; STEM_SIDE * STEM_CHANNELS],
                filtered: vec![0.0; LARGEST_BAND],
                pooled: vec![0.0; LARGEST_BAND],
            },
            trunk: vec![0.0; TRUNK_MAP],
        }
    }

    fn run(&self, work: &mut Workspace, picture: &[u8]) -> Vec<f32> {
        for row in picture.chunks_exact(SIDE * 3) {
            let slot = work.stem.next_row();
            for (to, from) in slot[3..].iter_mut().zip(row) {
                *to = f32::from(*from) * INPUT_SCALE;
            }
            work.stem.commit();
        }
        work.stem.swap_output(&mut work.maps.current);
        work.maps.side = STEM_SIDE;
        for block in &self.trunk {
            work.maps.apply(block);
        }
        work.trunk.copy_from_slice(&work.maps.current[..TRUNK_MAP]);
        let mut out = self.points.run(&mut work.maps);
        out.truncate(3 * POINTS);
        work.maps.set(&work.trunk, TRUNK_SIDE);
        out.push(self.flag.run(&mut work.maps)[0]);
        out
    }
}

impl Maps {
    fn set(&mut self, map: &[f32], side: usize) {
        self.current[..map.len()].copy_from_slice(map);
        self.side = side;
    }

    fn apply(&mut self, block: &Block) {
        let (side, inputs) = (self.side, block.depthwise.channels());
        let (out_side, outputs) = (block.depthwise.output_len(side), block.pointwise.outputs());
        let input = &self.current[..side * side * inputs];
        let sums = &mut self.sum[..out_side * out_side * outputs];
        let band_rows = MIN_BAND_PIXELS.div_ceil(out_side).min(out_side);
        let bands = sums.chunks_mut(band_rows * out_side * outputs);
        for (band, sums) in bands.enumerate() {
            let (first, pixels) = (band * band_rows, sums.len() / outputs);
            let filtered = &mut self.filtered[..pixels * inputs];
            (block.depthwise).rows(input, side, &self.zeros, first, filtered);
            block.pointwise.pointwise(filtered, sums);
            let shortcut = if block.depthwise.stride() == 1 {
                &input[first * side * inputs..][..pixels * inputs]
            } else {
                let pooled = &mut self.pooled[..pixels * inputs];
                block.pool(&input[2 * first * side * inputs..], side, pooled);
                pooled
            };
            add_shortcut(block.isa, sums, shortcut, inputs, &block.slopes);
        }
        std::mem::swap(&mut self.current, &mut self.sum);
        self.side = out_side;
    }

    fn pointwise(&mut self, layer: &Dense) {
        let pixels = self.side * self.side;
        let out = &mut self.sum[..pixels * layer.outputs()];
        layer.pointwise(&self.current[..pixels * layer.inputs()], out);
        std::mem::swap(&mut self.current, &mut self.sum);
    }
}

impl Block {
    fn new(isa: Isa, block: &layers::Block) -> Block {
        let (depthwise, pointwise) = (&block.depthwise, &block.pointwise);
        Block {
            isa,
            depthwise: Depthwise::new(
                isa,
                block.stride,
                &depthwise.weight,
                &depthwise.bias,
                &depthwise.activation,
            ),
            pointwise: dense(isa, pointwise),
            slopes: block.slopes.clone(),
        }
    }

    /// The shortcut of a block of stride 2: the maxima over 2×2 pixels, of the first rows of `input`.
    fn pool(&self, input: &[f32], side: usize, out: &mut [f32]) {
        let channels = self.depthwise.channels();
        let row_len = side * channels;
        for (rows, out) in input
            .chunks_exact(2 * row_len)
            .zip(out.chunks_exact_mut(row_len / 2))
        {
            let (above, below) = rows.split_at(row_len);
            max_pool_row(self.isa, [above, below], channels, out);
        }
    }
}

impl Head {
    fn new(isa: Isa, head: &layers::Head) -> Head {
        Head {
            blocks: blocks(isa, &head.blocks),
            squeeze: dense(isa, &head.squeeze),
            last: Block::new(isa, &head.last),
            linear: linear(isa, &head.linear, head.last.outputs()),
        }
    }

    /// The outputs, and zeros up to a whole number of vector registers.
    fn run(&self, maps: &mut Maps) -> Vec<f32> {
        for block in &self.blocks {
            maps.apply(block);
        }
        maps.pointwise(&self.squeeze);
        maps.apply(&self.last);
        let mut out = vec![0.0; self.linear.outputs()];
        self.linear
            .pointwise(&maps.current[..self.linear.inputs()], &mut out);
        out
    }
}

fn dense(isa: Isa, layer: &Layer) -> Dense {
    Dense::new(isa, &layer.weight, &layer.bias, &layer.activation)
}

fn blocks(isa: Isa, blocks: &[layers::Block]) -> Vec<Block> {
    blocks.iter().map(|block| Block::new(isa, block)).collect()
}

/// A linear layer over a map: its inputs put from `[channel][pixel]` into `[pixel][channel]`, its outputs filled up with
/// zeros.
fn linear(isa: Isa, layer: &Layer, channels: usize) -> Dense {
    let inputs = layer.weight.len() / layer.bias.len();
    let pixels = inputs / channels;
    let rows = layer.weight.chunks_exact(inputs);
    let mut weight: Vec<f32> = rows
        .flat_map(|row| (0..inputs).map(move |i| row[(i % channels) * pixels + i / channels]))
        .collect();
    let mut bias = layer.bias.clone();
    let outputs = bias.len().next_multiple_of(CHANNEL_STEP);
    bias.resize(outputs, 0.0);
    weight.resize(outputs * inputs, 0.0);
    Dense::new(isa, &weight, &bias, &Activation::None)
}

impl CustomOp1 for FusedMesh {
    fn name(&self) -> &'static str {
        "face mesh"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (CpuStorage::U8(picture), Some((start, end))) = (storage, layout.contiguous_offsets())
        else {
            bail!("the face mesh takes contiguous u8");
        };
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut work = idle().pop().unwrap_or_else(|| self.new_workspace());
        let out = self.run(&mut work, &picture[start..end]);
        idle().push(work);
        Ok((CpuStorage::F32(out), Shape::from((1, OUTPUTS))))
    }
}
