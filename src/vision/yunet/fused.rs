//! The network on the CPU as one Candle operation over our own kernels.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use candle_core::{CpuStorage, CustomOp1, Layout, Result, Shape, bail};

use super::layers::{Layers, OUTPUTS, POOLED, Unit};
use crate::vision::kernels::{Dense, Depthwise, Isa, add_upsampled_row};
use crate::vision::layers::stream::{Layer, Stream};

/// Channels of the three joined maps.
const CHANNELS: usize = 64;

/// Computes `[positions][16]` of f32 from `[1][height][width][3]` of u8.
pub struct FusedYunet {
    isa: Isa,
    /// The layers from the picture to the map of stride 8.
    to_8: Vec<Layer>,
    to_16: Vec<Layer>,
    /// The layers to the map of stride 32, with the neck layer of that map.
    to_32: Vec<Layer>,
    neck_16: Vec<Layer>,
    /// The neck and head layers of stride 8 in one stream, since only the head needs the joined map.
    out_8: Vec<Layer>,
    head_16: Vec<Layer>,
    head_32: Vec<Layer>,
    /// Workspaces that are not in use, the most recently used last.
    idle: Mutex<VecDeque<Workspace>>,
}

/// Workspaces that are kept for each thread: for wide photos, for tall photos, and for the refinement pass.
const KEPT_PER_THREAD: usize = 3;

struct Workspace {
    width: usize,
    height: usize,
    to_8: Stream,
    to_16: Stream,
    to_32: Stream,
    neck_16: Stream,
    out_8: Stream,
    head_16: Stream,
    head_32: Stream,
}

impl FusedYunet {
    pub fn new(layers: &Layers) -> FusedYunet {
        let isa = Isa::best();
        let stem = &layers.stem;
        let weight = stem.stem_in_pixel_order();
        let stem = Dense::new(isa, &weight, &stem.bias, &stem.activation);
        let mut backbone = layers.backbone.iter().enumerate().flat_map(|(i, unit)| {
            let mut layers = unit_layers(isa, unit).to_vec();
            layers.extend(POOLED.contains(&i).then_some(Layer::Pool(isa)));
            layers
        });
        // Max pooling of a map of stride 8 or 16 begins the next stream, since the map itself is needed as well.
        let mut to_8 = vec![Layer::Stem(Arc::new(stem), 2)];
        to_8.extend(backbone.by_ref().take(16));
        let to_16 = backbone.by_ref().take(5).collect();
        let mut to_32: Vec<_> = backbone.collect();
        let [neck_8, neck_16, neck_32] = [0, 1, 2].map(|i| unit_layers(isa, &layers.neck[i]));
        let [head_8, head_16, head_32] = [0, 1, 2].map(|i| unit_layers(isa, &layers.head[i]));
        to_32.extend(neck_32);
        FusedYunet {
            isa,
            to_8,
            to_16,
            to_32,
            neck_16: neck_16.to_vec(),
            out_8: [neck_8, head_8].concat(),
            head_16: head_16.to_vec(),
            head_32: head_32.to_vec(),
            idle: Mutex::default(),
        }
    }

    fn new_workspace(&self, width: usize, height: usize) -> Workspace {
        let stream =
            |layers, stride| Stream::new(layers, width / stride, height / stride, CHANNELS);
        Workspace {
            width,
            height,
            to_8: Stream::new(&self.to_8, width, height, 3),
            to_16: stream(&self.to_16, 8),
            to_32: stream(&self.to_32, 16),
            neck_16: stream(&self.neck_16, 16),
            out_8: stream(&self.out_8, 8),
            head_16: stream(&self.head_16, 16),
            head_32: stream(&self.head_32, 32),
        }
    }

    fn workspace(&self, width: usize, height: usize) -> Workspace {
        let mut idle = self.idle();
        let fits = |work: &Workspace| (work.width, work.height) == (width, height);
        let kept = idle.iter().rposition(fits);
        let kept = kept.and_then(|position| idle.remove(position));
        drop(idle);
        kept.unwrap_or_else(|| self.new_workspace(width, height))
    }

    /// Keeps a workspace for the next picture of its size. If there are too many, the least recently used one is
    /// dropped.
    fn keep(&self, work: Workspace) {
        let mut idle = self.idle();
        idle.push_back(work);
        let given_up = (idle.len() > max_kept()).then(|| idle.pop_front());
        drop(idle);
        drop(given_up);
    }

    fn idle(&self) -> MutexGuard<'_, VecDeque<Workspace>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn max_kept() -> usize {
    KEPT_PER_THREAD * std::thread::available_parallelism().map_or(1, usize::from)
}

fn unit_layers(isa: Isa, unit: &Unit) -> [Layer; 2] {
    let (first, second) = (&unit.pointwise, &unit.depthwise);
    let pointwise = Dense::new(isa, &first.weight, &first.bias, &first.activation);
    let depthwise = Depthwise::new(isa, 1, &second.weight, &second.bias, &second.activation);
    [
        Layer::Pointwise(Arc::new(pointwise)),
        Layer::Depthwise(Arc::new(depthwise)),
    ]
}

impl Workspace {
    fn run(&mut self, isa: Isa, pixels: &[u8]) {
        for row in pixels.chunks_exact(self.width * 3) {
            let slot = self.to_8.next_row();
            for (to, from) in slot[3..].iter_mut().zip(row) {
                *to = f32::from(*from);
            }
            self.to_8.commit();
        }
        feed(&self.to_8, &mut self.to_16);
        feed(&self.to_16, &mut self.to_32);
        feed(&self.to_32, &mut self.head_32);
        feed_joined(isa, &self.to_16, &self.to_32, &mut self.neck_16);
        feed(&self.neck_16, &mut self.head_16);
        feed_joined(isa, &self.to_8, &self.neck_16, &mut self.out_8);
    }
}

fn feed(from: &Stream, to: &mut Stream) {
    for y in 0..from.output_height() {
        to.next_row().copy_from_slice(from.output_row(y));
        to.commit();
    }
}

/// The fine map plus the coarse map at twice its size.
fn feed_joined(isa: Isa, fine: &Stream, coarse: &Stream, to: &mut Stream) {
    for y in 0..fine.output_height() {
        add_upsampled_row(
            isa,
            fine.output_row(y),
            coarse.output_row(y / 2),
            CHANNELS,
            to.next_row(),
        );
        to.commit();
    }
}

impl CustomOp1 for FusedYunet {
    fn name(&self) -> &'static str {
        "yunet"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let (_, height, width, _) = layout.shape().dims4()?;
        let (CpuStorage::U8(pixels), Some((start, end))) = (storage, layout.contiguous_offsets())
        else {
            bail!("yunet takes contiguous u8");
        };
        let mut work = self.workspace(width, height);
        work.run(self.isa, &pixels[start..end]);
        let out = [&work.out_8, &work.head_16, &work.head_32]
            .map(Stream::output)
            .concat();
        self.keep(work);
        let positions = out.len() / OUTPUTS;
        Ok((CpuStorage::F32(out), Shape::from((positions, OUTPUTS))))
    }
}
