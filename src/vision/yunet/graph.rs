//! The network as a graph of Candle's operations, for any device.

use candle_core::{DType, Device, Result, Tensor};

use super::layers::{Layers, OUTPUTS, POOLED, Unit};
use crate::vision::layers::graph::Convolution;

pub struct YunetGraph {
    stem: Convolution,
    backbone: Vec<UnitGraph>,
    neck: Vec<UnitGraph>,
    head: Vec<UnitGraph>,
}

struct UnitGraph {
    pointwise: Convolution,
    depthwise: Convolution,
}

impl YunetGraph {
    pub fn new(layers: &Layers, device: &Device) -> Result<YunetGraph> {
        let units = |units: &[Unit]| {
            units
                .iter()
                .map(|unit| UnitGraph::new(unit, device))
                .collect::<Result<Vec<_>>>()
        };
        Ok(YunetGraph {
            stem: Convolution::full(&layers.stem, 3, 2, device)?,
            backbone: units(&layers.backbone)?,
            neck: units(&layers.neck)?,
            head: units(&layers.head)?,
        })
    }

    /// Computes `[positions][16]` of f32 from `[1][height][width][3]` of u8.
    pub fn forward(&self, input: &Tensor) -> Result<Tensor> {
        let input = input
            .to_dtype(DType::F32)?
            .permute((0, 3, 1, 2))?
            .contiguous()?;
        let mut map = self.stem.forward(&input)?;
        let mut maps = Vec::with_capacity(3);
        for (i, unit) in self.backbone.iter().enumerate() {
            map = unit.forward(&map)?;
            if matches!(i, 6 | 8 | 10) {
                maps.push(map.clone());
            }
            if POOLED.contains(&i) {
                map = map.max_pool2d(2)?;
            }
        }
        // From coarse to fine; the outputs of the finest head come first.
        let mut outputs = Vec::with_capacity(3);
        let mut joined: Option<Tensor> = None;
        for ((map, neck), head) in maps.iter().zip(&self.neck).zip(&self.head).rev() {
            let (_, _, height, width) = map.dims4()?;
            let sum = match joined {
                Some(coarse) => (map + coarse.upsample_nearest2d(height, width)?)?,
                None => map.clone(),
            };
            let here = neck.forward(&sum)?;
            let output = head.forward(&here)?;
            outputs.insert(
                0,
                output
                    .reshape((OUTPUTS, height * width))?
                    .t()?
                    .contiguous()?,
            );
            joined = Some(here);
        }
        Tensor::cat(&outputs, 0)
    }
}

impl UnitGraph {
    fn new(unit: &Unit, device: &Device) -> Result<UnitGraph> {
        Ok(UnitGraph {
            pointwise: Convolution::pointwise(&unit.pointwise, device)?,
            depthwise: Convolution::depthwise(&unit.depthwise, 1, device)?,
        })
    }

    fn forward(&self, map: &Tensor) -> Result<Tensor> {
        self.depthwise.forward(&self.pointwise.forward(map)?)
    }
}
