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
    filtered: Vec<f32>,
    sum: Vec<f32>,
    pooled: Vec<f32>,
    zeros: Vec<f32>,
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
                filtered: map(),
                sum: map(),
                pooled: map(),
                zeros: vec![0.0; STEM_SIDE * STEM_CHANNELS],
            },
            trunk: vec![0.0; TRUNK_SIDE * TRUNK_SIDE * TRUNK_CHANNELS],
        }
    }

    fn run(&self, work: &mut Workspace, picture: &[u8]) -> Vec<f32> {
        for row in picture.chunks_exact(SIDE * 3) {
            let slot = work.stem.next_row();
            for (to, from) in slot[3..].iter_mut().zip(row) {
                *to = f32::from(*from) / 255.0;
            }
            work.stem.commit();
        }
        work.maps.set(work.stem.output(), STEM_SIDE);
        for block in &self.trunk {
            work.maps.apply(block);
        }
        work.trunk
            .copy_from_slice(&work.maps.current[..TRUNK_SIDE * TRUNK_SIDE * TRUNK_CHANNELS]);
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
        let (inputs, outputs) = (block.depthwise.channels(), block.pointwise.outputs());
        let out_side = block.depthwise.output_len(self.side);
        let out_pixels = out_side * out_side;
        let input = &self.current[..self.side * self.side * inputs];
        let filtered = &mut self.filtered[..out_pixels * inputs];
        block.depthwise.map(input, self.side, &self.zeros, filtered);
        let sum = &mut self.sum[..out_pixels * outputs];
        block.pointwise.pointwise(filtered, sum);
        let shortcut = if block.depthwise.stride() == 1 {
            input
        } else {
            let row_len = self.side * inputs;
            let pooled = &mut self.pooled[..out_pixels * inputs];
            for (rows, out) in input
                .chunks_exact(2 * row_len)
                .zip(pooled.chunks_exact_mut(out_side * inputs))
            {
                let (above, below) = rows.split_at(row_len);
                max_pool_row(block.isa, [above, below], inputs, out);
            }
            pooled
        };
        add_shortcut(block.isa, sum, shortcut, inputs, &block.slopes);
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
