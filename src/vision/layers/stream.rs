//! Runs a chain of layers row by row, so that the feature maps between them stay in the L1 and L2 caches.
//!
//! Write a row to [`Stream::next_row`]; then [`Stream::commit`] lets every layer compute as much as it can. Nothing is
//! allocated after the stream is built. After all rows of an image are written, the stream is ready for the next image.

use std::sync::Arc;

use crate::vision::kernels::{Dense, Depthwise, Isa, max_pool_row};

/// One layer of a stream.
#[derive(Clone)]
pub enum Layer {
    /// 3×3 over three channels with this stride. Its input rows are `[x][3]` with one zero pixel before and after.
    Stem(Arc<Dense>, usize),
    Pointwise(Arc<Dense>),
    Depthwise(Arc<Depthwise>),
    /// 2×2 max pooling with stride 2.
    Pool(Isa),
}

pub struct Stream {
    stages: Vec<Stage>,
    /// The whole output map of the last layer, `[y][x][channels]`.
    output: Vec<f32>,
    out_row_len: usize,
}

/// A layer with its last three input rows.
struct Stage {
    layer: Layer,
    channels: usize,
    height: usize,
    ring: [Vec<f32>; 3],
    zeros: Vec<f32>,
    received: usize,
    emitted: usize,
}

impl Stream {
    /// For input maps of `width` × `height` × `channels`.
    pub fn new(
        layers: &[Layer],
        mut width: usize,
        mut height: usize,
        mut channels: usize,
    ) -> Stream {
        let mut stages = Vec::with_capacity(layers.len());
        for layer in layers {
            let row_len = match layer {
                Layer::Stem(..) => (width + 2) * channels,
                _ => width * channels,
            };
            stages.push(Stage {
                layer: layer.clone(),
                channels,
                height,
                ring: std::array::from_fn(|_| vec![0.0; row_len]),
                zeros: vec![0.0; row_len],
                received: 0,
                emitted: 0,
            });
            let stride = layer.stride();
            (width, height) = (width.div_ceil(stride), height.div_ceil(stride));
            channels = layer.outputs(channels);
        }
        Stream {
            stages,
            output: vec![0.0; width * height * channels],
            out_row_len: width * channels,
        }
    }

    /// The buffer for the next input row, all of which must be written.
    pub fn next_row(&mut self) -> &mut [f32] {
        self.stages[0].slot()
    }

    /// Passes on the row that was written to [`Stream::next_row`].
    pub fn commit(&mut self) {
        commit(&mut self.stages, &mut self.output, self.out_row_len);
    }

    /// The finished map, once all rows are in.
    pub fn output(&self) -> &[f32] {
        &self.output
    }

    /// Puts the finished map in the place of another buffer of its length, which the stream goes on with.
    pub fn swap_output(&mut self, other: &mut Vec<f32>) {
        assert_eq!(self.output.len(), other.len());
        std::mem::swap(&mut self.output, other);
    }

    pub fn output_row(&self, y: usize) -> &[f32] {
        &self.output[y * self.out_row_len..][..self.out_row_len]
    }

    pub fn output_height(&self) -> usize {
        self.output.len() / self.out_row_len
    }
}

fn commit(stages: &mut [Stage], output: &mut [f32], out_row_len: usize) {
    let Some((stage, rest)) = stages.split_first_mut() else {
        return;
    };
    stage.received += 1;
    while stage.is_ready() {
        match rest.first_mut() {
            Some(next) => stage.emit(next.slot()),
            None => stage.emit(&mut output[stage.emitted * out_row_len..][..out_row_len]),
        }
        stage.emitted += 1;
        commit(rest, output, out_row_len);
    }
    if stage.received == stage.height {
        (stage.received, stage.emitted) = (0, 0);
    }
}

impl Layer {
    fn stride(&self) -> usize {
        match self {
            Layer::Stem(_, stride) => *stride,
            Layer::Pointwise(_) => 1,
            Layer::Depthwise(layer) => layer.stride(),
            Layer::Pool(_) => 2,
        }
    }

    fn outputs(&self, channels: usize) -> usize {
        match self {
            Layer::Stem(layer, _) | Layer::Pointwise(layer) => layer.outputs(),
            Layer::Depthwise(layer) => layer.channels(),
            Layer::Pool(_) => channels,
        }
    }
}

impl Stage {
    fn slot(&mut self) -> &mut [f32] {
        &mut self.ring[self.received % 3]
    }

    /// Whether all input rows for the next output row are there. Below the last row there are zeros.
    fn is_ready(&self) -> bool {
        let stride = self.layer.stride();
        let last_needed = match self.layer {
            Layer::Pointwise(_) => self.emitted,
            Layer::Pool(_) => 2 * self.emitted + 1,
            Layer::Stem(..) | Layer::Depthwise(_) => {
                (self.emitted * stride + 1).min(self.height - 1)
            }
        };
        self.emitted < self.height.div_ceil(stride) && last_needed < self.received
    }

    fn emit(&self, out: &mut [f32]) {
        let y = self.emitted;
        match &self.layer {
            Layer::Stem(layer, stride) => layer.stem_row(self.around(y * stride), *stride, out),
            Layer::Depthwise(layer) => layer.row(self.around(y * layer.stride()), out),
            Layer::Pointwise(layer) => layer.pointwise(self.row(y), out),
            Layer::Pool(isa) => max_pool_row(
                *isa,
                [self.row(2 * y), self.row(2 * y + 1)],
                self.channels,
                out,
            ),
        }
    }

    fn row(&self, y: usize) -> &[f32] {
        &self.ring[y % 3]
    }

    fn around(&self, y: usize) -> [&[f32]; 3] {
        let above = if y > 0 { self.row(y - 1) } else { &self.zeros };
        let below = if y + 1 < self.height {
            self.row(y + 1)
        } else {
            &self.zeros
        };
        [above, self.row(y), below]
    }
}
