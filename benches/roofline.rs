//! Each kernel and network against Candle and against the limit of the machine, as one table: `RAYON_NUM_THREADS=1
//! cargo bench --bench roofline [-- --networks]`.
//!
//! The peak is the `gemm` crate on the largest 1×1 layers of the recognizer, on one thread. The share of the peak shows
//! how near a kernel comes to the arithmetic limit. Each figure is the best of several rounds, so that other load on
//! the machine counts least. `--networks` prints only the milliseconds of the two networks, for `benches/networks.py`.

#![allow(clippy::expect_used, reason = "a benchmark that can't go on fails")]

#[path = "common/gemm.rs"]
mod gemm_crate;

use std::hint::black_box;
use std::time::{Duration, Instant};

use candle_core::{Device, Tensor};
use image::{Rgb, RgbImage};

use gemm_crate::product;
use kinfolk::vision::kernels::{Activation, Dense, Depthwise, Isa};
use kinfolk::vision::sface::Sface;
use kinfolk::vision::yunet::{Input, Yunet};
use kinfolk::vision::{AlignedFace, CROP_SIDE};

/// The cost of both networks, computed from their layers.
const YUNET_640_FLOP: f64 = 690e6;
const SFACE_FLOP: f64 = 1150e6;
/// Faces that a scan embeds together.
const BATCH: usize = 8;

/// Time of one round, and number of rounds.
const ROUND: Duration = Duration::from_millis(60);
const ROUNDS: usize = 7;

/// Seconds of one call: the lowest mean of several rounds.
fn seconds(mut call: impl FnMut()) -> f64 {
    call();
    let round = || {
        let (begin, mut calls) = (Instant::now(), 0);
        while calls == 0 || begin.elapsed() < ROUND {
            call();
            calls += 1;
        }
        begin.elapsed().as_secs_f64() / f64::from(calls)
    };
    std::iter::repeat_with(round)
        .take(ROUNDS)
        .fold(f64::INFINITY, f64::min)
}

fn values(count: usize) -> Vec<f32> {
    (0..count).map(|i| (i % 17) as f32 / 17.0 - 0.5).collect()
}

fn tensor(shape: &[usize]) -> Tensor {
    Tensor::rand(-1f32, 1.0, shape, &Device::Cpu).expect("a random tensor")
}

/// Prints rows of the table.
struct Table {
    /// Floating-point operations per second.
    peak: f64,
}

impl Table {
    fn row(&self, name: &str, flop: f64, own: f64, candle: f64) {
        println!(
            "| {name} | {:.3} | {:.1} | {:.0} % | {:.1} |",
            own * 1e3,
            flop / own / 1e9,
            100.0 * flop / own / self.peak,
            candle / own
        );
    }

    fn pointwise(&self, side: usize, inputs: usize, outputs: usize) {
        let pixels = side * side;
        let (input, mut out) = (values(pixels * inputs), vec![0.0; pixels * outputs]);
        let layer = Dense::new(
            Isa::best(),
            &values(inputs * outputs),
            &values(outputs),
            &Activation::Relu,
        );
        let own = seconds(|| layer.pointwise(black_box(&input), &mut out));
        let weight = tensor(&[outputs, inputs, 1, 1]);
        let map = tensor(&[1, inputs, side, side]);
        let candle = seconds(|| {
            black_box(map.conv2d(&weight, 0, 1, 1, 1).expect("shapes agree"));
        });
        let flop = (2 * pixels * inputs * outputs) as f64;
        let name = format!("1×1, {side}×{side}, {inputs} → {outputs}");
        self.row(&name, flop, own, candle);
    }

    fn depthwise(&self, side: usize, channels: usize, stride: usize) {
        let (input, zeros) = (values(side * side * channels), vec![0.0; side * channels]);
        let out_side = side / stride;
        let mut out = vec![0.0; out_side * out_side * channels];
        let layer = Depthwise::new(
            Isa::best(),
            stride,
            &values(9 * channels),
            &values(channels),
            &Activation::Relu,
        );
        let own = seconds(|| layer.map(black_box(&input), side, &zeros, &mut out));
        let weight = tensor(&[channels, 1, 3, 3]);
        let map = tensor(&[1, channels, side, side]);
        let candle = seconds(|| {
            let made = map.conv2d(&weight, 1, stride, 1, channels);
            black_box(made.expect("shapes agree"));
        });
        let flop = (18 * out_side * out_side * channels) as f64;
        let name = format!("depthwise 3×3, {side}×{side}, {channels}, stride {stride}");
        self.row(&name, flop, own, candle);
    }

    fn stem(&self, side: usize, outputs: usize, stride: usize) {
        let (row, out_side) = (values((side + 2) * 3), side / stride);
        let mut out = vec![0.0; out_side * outputs];
        let layer = Dense::new(
            Isa::best(),
            &values(27 * outputs),
            &values(outputs),
            &Activation::Relu,
        );
        let own = seconds(|| {
            for _ in 0..out_side {
                layer.stem_row(black_box([&row, &row, &row]), stride, &mut out);
            }
        });
        let (weight, map) = (tensor(&[outputs, 3, 3, 3]), tensor(&[1, 3, side, side]));
        let candle = seconds(|| {
            black_box(map.conv2d(&weight, 1, stride, 1, 1).expect("shapes agree"));
        });
        let flop = (54 * out_side * out_side * outputs) as f64;
        let name = format!("stem 3×3, {side}×{side}, 3 → {outputs}, stride {stride}");
        self.row(&name, flop, own, candle);
    }
}

/// The peak of the `gemm` crate on one thread over the four largest 1×1 shapes of the recognizer.
fn peak() -> f64 {
    let shapes = [
        (784, 256, 256),
        (196, 512, 512),
        (392, 512, 512),
        (98, 1024, 1024),
    ];
    let of_shape = |(pixels, inputs, outputs): (usize, usize, usize)| {
        let (input, weight) = (values(pixels * inputs), values(inputs * outputs));
        let mut out = vec![0.0; pixels * outputs];
        let time = seconds(|| product(pixels, inputs, outputs, &input, &weight, &mut out));
        (2 * pixels * inputs * outputs) as f64 / time
    };
    shapes.map(of_shape).into_iter().fold(0.0, f64::max)
}

fn yunet(network: &Yunet) -> f64 {
    let input = || Input {
        pixels: vec![100; 640 * 640 * 3],
        width: 640,
        height: 640,
    };
    seconds(|| drop(network.run(input()).expect("a picture")))
}

/// Milliseconds of one face in batches.
fn sface(network: &Sface, batch: usize) -> f64 {
    let face = RgbImage::from_pixel(CROP_SIDE, CROP_SIDE, Rgb([90, 120, 160]));
    let crops = vec![AlignedFace(face); batch];
    seconds(|| drop(network.run(&crops).expect("crops"))) / batch as f64
}

/// Faces per second on all cores: each thread has a batch of its own, or all threads share the faces of one batch.
fn batches(network: &Sface, cores: usize) {
    let face = RgbImage::from_pixel(CROP_SIDE, CROP_SIDE, Rgb([90, 120, 160]));
    let crops = vec![AlignedFace(face); BATCH];
    let on_all = |faces_of_each: usize| {
        let round = || {
            std::thread::scope(|scope| {
                for _ in 0..cores {
                    scope.spawn(|| drop(network.run(&crops[..faces_of_each]).expect("crops")));
                }
            });
        };
        (faces_of_each * cores) as f64 / seconds(round)
    };
    println!("\n{cores} threads, batches of {BATCH}:");
    println!("- a batch for each thread: {:.0} faces/s", on_all(BATCH));
    println!(
        "- one batch over all threads: {:.0} faces/s",
        on_all(BATCH / cores)
    );
}

fn main() {
    let detector = Yunet::load(&Device::Cpu).expect("the weights are sound");
    let recognizer = Sface::load(&Device::Cpu).expect("the weights are sound");
    if std::env::args().any(|argument| argument == "--networks") {
        let faces = sface(&recognizer, BATCH);
        println!("{:.3} {:.3}", yunet(&detector) * 1e3, faces * 1e3);
        return;
    }
    let table = Table { peak: peak() };
    println!(
        "{}, peak of the gemm crate {:.1} GFLOP/s\n",
        Isa::best().name(),
        table.peak / 1e9
    );
    println!("| one thread | ms | GFLOP/s | share of the peak | times Candle's speed |");
    println!("|---|---|---|---|---|");
    for (side, inputs, outputs) in [
        (160, 32, 64),
        (80, 64, 64),
        (28, 256, 256),
        (14, 512, 512),
        (7, 1024, 1024),
    ] {
        table.pointwise(side, inputs, outputs);
    }
    for (side, channels, stride) in [(160, 32, 1), (56, 128, 1), (56, 128, 2), (14, 512, 1)] {
        table.depthwise(side, channels, stride);
    }
    table.stem(640, 16, 2);
    table.stem(112, 32, 1);
    let graph = Yunet::load_graph(&Device::Cpu).expect("the weights are sound");
    table.row(
        "YuNet, 640×640",
        YUNET_640_FLOP,
        yunet(&detector),
        yunet(&graph),
    );
    let graph = Sface::load_graph(&Device::Cpu).expect("the weights are sound");
    for batch in [1, BATCH] {
        let name = format!("SFace, a face in a batch of {batch}");
        table.row(
            &name,
            SFACE_FLOP,
            sface(&recognizer, batch),
            sface(&graph, batch),
        );
    }
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get().min(BATCH));
    batches(&recognizer, cores);
}
