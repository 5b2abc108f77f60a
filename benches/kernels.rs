//! Each kernel and all networks against Candle on the CPU, on one thread.
//!
//! `RAYON_NUM_THREADS=1 cargo bench --bench kernels`. The elements of criterion are floating-point operations (a
//! multiply-add counts as two), so its Gelem/s are GFLOP/s. The matrix product of the `gemm` crate shows what the
//! machine can reach.

#![allow(clippy::expect_used, reason = "a benchmark that can't go on fails")]

#[path = "common/gemm.rs"]
mod gemm_crate;

use std::hint::black_box;

use candle_core::{Device, Tensor};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use image::RgbImage;

use gemm_crate::product;
use kinfolk::vision::kernels::{Activation, Dense, Depthwise, Isa, Line, Picture};
use kinfolk::vision::mesh::{self, Mesh};
use kinfolk::vision::sface::Sface;
use kinfolk::vision::yunet::{Input, Yunet};
use kinfolk::vision::{AlignedFace, CROP_SIDE};

/// The cost of the networks, computed from their layers.
const YUNET_640_FLOP: u64 = 690_000_000;
const SFACE_FLOP: u64 = 1_150_000_000;
const MESH_FLOP: u64 = 70_000_000;

fn tensor(shape: &[usize]) -> Tensor {
    Tensor::rand(-1f32, 1.0, shape, &Device::Cpu).expect("a random tensor")
}

fn values(count: usize) -> Vec<f32> {
    (0..count).map(|i| (i % 17) as f32 / 17.0 - 0.5).collect()
}

/// Side, inputs and outputs of the first, middle and last maps of YuNet and SFace.
const POINTWISE: [(usize, usize, usize); 5] = [
    (160, 32, 64),
    (80, 64, 64),
    (28, 256, 256),
    (14, 512, 512),
    (7, 1024, 1024),
];

fn pointwise(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("pointwise");
    for (side, inputs, outputs) in POINTWISE {
        let pixels = side * side;
        let name = format!("{side}x{side} {inputs}-{outputs}");
        group.throughput(Throughput::Elements((2 * pixels * inputs * outputs) as u64));
        let (input, mut out) = (values(pixels * inputs), vec![0.0; pixels * outputs]);
        for isa in Isa::present() {
            let layer = Dense::new(
                isa,
                &values(inputs * outputs),
                &values(outputs),
                &Activation::Relu,
            );
            group.bench_function(BenchmarkId::new(isa.name(), &name), |bench| {
                bench.iter(|| layer.pointwise(black_box(&input), &mut out));
            });
        }
        let (weight, map) = (tensor(&[outputs, inputs]), tensor(&[inputs, pixels]));
        group.bench_function(BenchmarkId::new("candle matmul", &name), |bench| {
            bench.iter(|| weight.matmul(&map).expect("shapes agree"));
        });
        let (weight, map) = (
            tensor(&[outputs, inputs, 1, 1]),
            tensor(&[1, inputs, side, side]),
        );
        group.bench_function(BenchmarkId::new("candle conv2d", &name), |bench| {
            bench.iter(|| map.conv2d(&weight, 0, 1, 1, 1).expect("shapes agree"));
        });
        group.bench_function(BenchmarkId::new("gemm crate", &name), |bench| {
            bench.iter(|| {
                product(
                    pixels,
                    inputs,
                    outputs,
                    &input,
                    weight_of(inputs, outputs),
                    &mut out,
                )
            });
        });
    }
    group.finish();
}

fn weight_of(inputs: usize, outputs: usize) -> &'static [f32] {
    static WEIGHT: std::sync::OnceLock<Vec<f32>> = std::sync::OnceLock::new();
    &WEIGHT.get_or_init(|| values(1024 * 1024))[..inputs * outputs]
}

fn depthwise(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("depthwise 3x3");
    for (side, channels, stride) in [(160, 32, 1), (56, 128, 1), (56, 128, 2), (14, 512, 1)] {
        let name = format!("{side}x{side} {channels} stride {stride}");
        let (input, zeros) = (values(side * side * channels), vec![0.0; side * channels]);
        let out_side = side / stride;
        group.throughput(Throughput::Elements(
            (18 * out_side * out_side * channels) as u64,
        ));
        let mut out = vec![0.0; out_side * out_side * channels];
        for isa in Isa::present() {
            let layer = Depthwise::new(
                isa,
                stride,
                &values(9 * channels),
                &values(channels),
                &Activation::Relu,
            );
            group.bench_function(BenchmarkId::new(isa.name(), &name), |bench| {
                bench.iter(|| layer.map(black_box(&input), side, &zeros, &mut out));
            });
        }
        let (weight, map) = (
            tensor(&[channels, 1, 3, 3]),
            tensor(&[1, channels, side, side]),
        );
        group.sample_size(10);
        group.bench_function(BenchmarkId::new("candle conv2d", &name), |bench| {
            bench.iter(|| {
                map.conv2d(&weight, 1, stride, 1, channels)
                    .expect("shapes agree")
            });
        });
    }
    group.finish();
}

fn networks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("networks");
    group.sample_size(20);
    group.throughput(Throughput::Elements(YUNET_640_FLOP));
    let input = || Input {
        pixels: vec![100; 640 * 640 * 3],
        width: 640,
        height: 640,
    };
    let fused = Yunet::load(&Device::Cpu).expect("the weights are sound");
    let graph = Yunet::load_graph(&Device::Cpu).expect("the weights are sound");
    group.bench_function("yunet 640 fused", |bench| bench.iter(|| fused.run(input())));
    group.bench_function("yunet 640 candle", |bench| {
        bench.iter(|| graph.run(input()))
    });
    let fused = Sface::load(&Device::Cpu).expect("the weights are sound");
    let graph = Sface::load_graph(&Device::Cpu).expect("the weights are sound");
    for batch in [1, 4, 8] {
        group.throughput(Throughput::Elements(SFACE_FLOP * batch as u64));
        let crops = vec![
            AlignedFace(RgbImage::from_pixel(
                CROP_SIDE,
                CROP_SIDE,
                image::Rgb([90, 120, 160])
            ));
            batch
        ];
        group.bench_function(BenchmarkId::new("sface fused", batch), |bench| {
            bench.iter(|| fused.run(&crops))
        });
        group.bench_function(BenchmarkId::new("sface candle", batch), |bench| {
            bench.iter(|| graph.run(&crops))
        });
    }
    let fused = Mesh::load(&Device::Cpu).expect("the weights are sound");
    let graph = Mesh::load_graph(&Device::Cpu).expect("the weights are sound");
    let side = mesh::SIDE as u32;
    let view = RgbImage::from_pixel(side, side, image::Rgb([90, 120, 160]));
    group.throughput(Throughput::Elements(MESH_FLOP));
    group.bench_function("mesh fused", |bench| bench.iter(|| fused.run(&view)));
    group.bench_function("mesh candle", |bench| bench.iter(|| graph.run(&view)));
    group.finish();
}

/// A view of 192×192 pixels, turned and enlarged; the elements are its pixels.
fn sampling(criterion: &mut Criterion) {
    const SIDE: usize = mesh::SIDE;
    let mut group = criterion.benchmark_group("sampling");
    group.throughput(Throughput::Elements((SIDE * SIDE) as u64));
    let pixels = vec![100; 250 * 250 * 3];
    let picture = Picture::new(&pixels, 250, 250);
    let mut view = vec![0; SIDE * SIDE * 3];
    for isa in Isa::present() {
        group.bench_function(BenchmarkId::new(isa.name(), "192x192"), |bench| {
            bench.iter(|| {
                for (y, row) in view.chunks_exact_mut(SIDE * 3).enumerate() {
                    let (shift, y) = ([60.0, 50.0], y as f32);
                    let line = Line {
                        a: 0.6,
                        b: 0.1,
                        shift,
                        y,
                    };
                    picture.sample(isa, &line, row);
                }
            });
        });
    }
    group.finish();
}

criterion_group!(benches, pointwise, depthwise, networks, sampling);
criterion_main!(benches);
