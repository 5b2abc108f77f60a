//! The networks against onnxruntime, OpenCV and LiteRT, by goldens that `models/goldens.py` made of two demo photos; and
//! the fused networks against the graphs of Candle's operations.

use candle_core::Device;
use image::RgbImage;
use safetensors::SafeTensors;

use kinfolk::geometry::{Landmarks, PhotoRect, Point};
use kinfolk::vision::mesh::{self, Mesh, MeshOutput};
use kinfolk::vision::sface::Sface;
use kinfolk::vision::yunet::{Input, OUTPUTS, Yunet};
use kinfolk::vision::{
    AlignedFace, CROP_SIDE, DetectOptions, Detection, DeviceChoice, Embedding, Engine, align,
};

const GOLDENS: &[u8] = include_bytes!("../goldens/vision.safetensors");

fn floats(name: &str) -> Vec<f32> {
    let goldens = SafeTensors::deserialize(GOLDENS).unwrap();
    let bytes = goldens.tensor(name).unwrap().data();
    bytes
        .chunks_exact(4)
        .map(|four| f32::from_le_bytes(four.try_into().unwrap()))
        .collect()
}

fn golden_crops() -> Vec<AlignedFace> {
    let goldens = SafeTensors::deserialize(GOLDENS).unwrap();
    let bytes = goldens.tensor("crops").unwrap().data();
    bytes
        .chunks_exact((CROP_SIDE * CROP_SIDE * 3) as usize)
        .map(|crop| AlignedFace(RgbImage::from_raw(CROP_SIDE, CROP_SIDE, crop.to_vec()).unwrap()))
        .collect()
}

fn golden_landmarks() -> Vec<Landmarks> {
    floats("landmarks")
        .chunks_exact(10)
        .map(landmarks)
        .collect()
}

fn landmarks(numbers: &[f32]) -> Landmarks {
    Landmarks(std::array::from_fn(|i| Point {
        x: numbers[2 * i],
        y: numbers[2 * i + 1],
    }))
}

fn demo(name: &str) -> RgbImage {
    image::open(format!("{}/assets/demo/{name}", env!("CARGO_MANIFEST_DIR")))
        .unwrap()
        .to_rgb8()
}

fn png() -> RgbImage {
    demo("astronaut.png")
}

fn jpeg() -> RgbImage {
    demo("solvay-1927.jpg")
}

/// The photo in the corner of a black 640×640 square.
fn square_input(photo: &RgbImage) -> Input {
    let mut square = RgbImage::new(640, 640);
    image::imageops::replace(&mut square, photo, 0, 0);
    Input {
        pixels: square.into_raw(),
        width: 640,
        height: 640,
    }
}

fn probability(logit: f32) -> f32 {
    1.0 / (1.0 + (-logit).exp())
}

fn greatest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

#[test]
fn yunet_outputs_equal_onnxruntime_within_a_thousandth() {
    let outputs = Yunet::load(&Device::Cpu)
        .unwrap()
        .run(square_input(&png()))
        .unwrap();
    let goldens = SafeTensors::deserialize(GOLDENS).unwrap();
    let positions = goldens
        .tensor("yunet.positions")
        .unwrap()
        .data()
        .chunks_exact(4);
    let positions: Vec<usize> = positions
        .map(|four| i32::from_le_bytes(four.try_into().unwrap()) as usize)
        .collect();
    let ours: Vec<f32> = positions
        .iter()
        .flat_map(|position| {
            let mut one: [f32; OUTPUTS] =
                outputs[position * OUTPUTS..][..OUTPUTS].try_into().unwrap();
            one[..2]
                .iter_mut()
                .for_each(|logit| *logit = probability(*logit));
            one
        })
        .collect();
    let difference = greatest_difference(&ours, &floats("yunet.outputs"));
    assert!(difference < 1e-3, "differs by {difference}");
}

#[test]
fn sface_embeddings_equal_onnxruntime() {
    let engine = Engine::load(DeviceChoice::Cpu).unwrap();
    let ours = engine.embed(&golden_crops()).unwrap();
    let theirs = floats("embeddings");
    assert_eq!(ours.len(), theirs.len() / 128);
    for (ours, theirs) in ours.iter().zip(theirs.chunks_exact(128)) {
        let cosine = ours
            .embedding
            .similarity(&Embedding::from_raw(theirs.try_into().unwrap()));
        assert!(cosine >= 0.99999, "cosine {cosine}");
    }
}

/// The middle 96 pixels of each golden crop, seen twice as large.
fn mesh_pictures() -> Vec<RgbImage> {
    let side = mesh::SIDE as u32;
    let doubled =
        |crop: AlignedFace| RgbImage::from_fn(side, side, |x, y| crop.0[(8 + x / 2, 8 + y / 2)]);
    golden_crops().into_iter().map(doubled).collect()
}

fn mesh_numbers(output: &MeshOutput) -> Vec<f32> {
    output.points.iter().flatten().copied().collect()
}

#[test]
fn meshes_equal_litert_within_a_hundredth_of_a_pixel() {
    let network = Mesh::load(&Device::Cpu).unwrap();
    let (pictures, goldens) = (mesh_pictures(), floats("meshes"));
    assert_eq!(goldens.len(), pictures.len() * (3 * mesh::POINTS + 1));
    for (picture, golden) in pictures
        .iter()
        .zip(goldens.chunks_exact(3 * mesh::POINTS + 1))
    {
        let ours = network.run(picture).unwrap();
        let (points, flag) = golden.split_at(3 * mesh::POINTS);
        let difference = greatest_difference(&mesh_numbers(&ours), points);
        assert!(difference < 1e-2, "differs by {difference}");
        assert!((ours.face_flag - probability(flag[0])).abs() < 1e-4);
    }
}

#[test]
fn the_fused_mesh_equals_the_graph_of_candle_operations() {
    let fused = Mesh::load(&Device::Cpu).unwrap();
    let graph = Mesh::load_graph(&Device::Cpu).unwrap();
    for picture in mesh_pictures() {
        let (fused, graph) = (fused.run(&picture).unwrap(), graph.run(&picture).unwrap());
        let difference = greatest_difference(&mesh_numbers(&fused), &mesh_numbers(&graph));
        assert!(difference < 1e-2, "differs by {difference}");
        assert!((fused.face_flag - graph.face_flag).abs() < 1e-4);
    }
}

#[test]
fn a_batch_gives_what_single_faces_give() {
    let engine = Engine::load(DeviceChoice::Cpu).unwrap();
    let crops = golden_crops();
    let batch = engine.embed(&crops).unwrap();
    for (crop, in_batch) in crops.iter().zip(&batch) {
        let alone = engine.embed(std::slice::from_ref(crop)).unwrap()[0];
        assert!(greatest_difference(&alone.embedding.0, &in_batch.embedding.0) < 1e-5);
    }
    assert!(engine.embed(&[]).unwrap().is_empty());
}

#[test]
fn aligned_crops_equal_opencv_within_two_grey_levels() {
    let (png, jpeg) = (png(), jpeg());
    let png_faces = floats("png.faces").len() / 15;
    for (index, (landmarks, theirs)) in golden_landmarks().iter().zip(golden_crops()).enumerate() {
        let photo = if index < png_faces { &png } else { &jpeg };
        let ours = align(photo, landmarks).0.into_raw();
        let theirs = theirs.0.into_raw();
        let total: u32 = ours
            .iter()
            .zip(&theirs)
            .map(|(a, b)| u32::from(a.abs_diff(*b)))
            .sum();
        let mean = total as f32 / ours.len() as f32;
        assert!(
            mean < 2.0,
            "face {index}: crops differ by {mean} grey levels on average"
        );
    }
}

#[test]
fn boxes_and_landmarks_equal_opencv_within_a_pixel() {
    let engine = Engine::load(DeviceChoice::Cpu).unwrap();
    for (photo, golden) in [(png(), "png.faces"), (jpeg(), "jpeg.faces")] {
        let options = DetectOptions {
            min_score: 0.7,
            max_side: photo.width().max(photo.height()),
        };
        let ours = engine.detect(&photo, &options).unwrap();
        let golden = floats(golden);
        let theirs: Vec<&[f32]> = golden.chunks_exact(15).collect();
        assert_eq!(ours.len(), theirs.len());
        for theirs in theirs {
            let ours = nearest(&ours, theirs);
            let numbers: Vec<f32> = numbers(ours);
            assert!(
                greatest_difference(&numbers, &theirs[..14]) < 1.0,
                "{numbers:?} {theirs:?}"
            );
            assert!((ours.score - theirs[14]).abs() < 0.01);
        }
    }
}

fn nearest<'a>(faces: &'a [Detection], golden: &[f32]) -> &'a Detection {
    let golden = PhotoRect {
        x: golden[0],
        y: golden[1],
        width: golden[2],
        height: golden[3],
    };
    let overlap = |face: &&Detection| face.box_in_photo.iou(&golden);
    faces
        .iter()
        .max_by(|a, b| overlap(a).total_cmp(&overlap(b)))
        .unwrap()
}

/// Box, then landmarks, in the order of OpenCV.
fn numbers(face: &Detection) -> Vec<f32> {
    let PhotoRect {
        x,
        y,
        width,
        height,
    } = face.box_in_photo;
    let landmarks = face.landmarks.0.iter().flat_map(|point| [point.x, point.y]);
    [x, y, width, height].into_iter().chain(landmarks).collect()
}

#[test]
fn fused_yunet_equals_the_graph_of_candle_operations() {
    let fused = Yunet::load(&Device::Cpu).unwrap();
    let graph = Yunet::load_graph(&Device::Cpu).unwrap();
    for (width, height) in [(512, 512), (32, 32), (160, 96), (64, 352)] {
        let picture = image::imageops::crop_imm(&png(), 0, 0, width, height).to_image();
        let input = || Input {
            pixels: picture.clone().into_raw(),
            width: width as usize,
            height: height as usize,
        };
        let difference =
            greatest_difference(&fused.run(input()).unwrap(), &graph.run(input()).unwrap());
        assert!(difference < 1e-3, "{width}x{height}: {difference}");
    }
}

#[test]
fn fused_sface_equals_the_graph_of_candle_operations() {
    let crops = golden_crops();
    let fused = Sface::load(&Device::Cpu).unwrap().run(&crops).unwrap();
    let graph = Sface::load_graph(&Device::Cpu)
        .unwrap()
        .run(&crops)
        .unwrap();
    for (fused, graph) in fused.into_iter().zip(graph) {
        let cosine = Embedding::from_raw(fused).similarity(&Embedding::from_raw(graph));
        assert!(cosine > 0.999999, "cosine {cosine}");
    }
}

/// Needs a CUDA device. The embeddings of the CPU are those that the tests above compare with the goldens.
#[cfg(feature = "cuda")]
#[test]
fn cuda_gives_what_the_cpu_gives() {
    let (cpu, cuda) = (
        Engine::load(DeviceChoice::Cpu).unwrap(),
        Engine::load(DeviceChoice::Cuda).unwrap(),
    );
    let crops = golden_crops();
    for (cpu, cuda) in cpu
        .embed(&crops)
        .unwrap()
        .iter()
        .zip(cuda.embed(&crops).unwrap())
    {
        assert!(cpu.embedding.similarity(&cuda.embedding) > 0.99999);
    }
    let (photo, options) = (png(), DetectOptions::default());
    let (cpu, cuda) = (
        cpu.detect(&photo, &options).unwrap(),
        cuda.detect(&photo, &options).unwrap(),
    );
    assert_eq!(cpu.len(), cuda.len());
    for (cpu, cuda) in cpu.iter().zip(&cuda) {
        assert!(greatest_difference(&numbers(cpu), &numbers(cuda)) < 0.5);
    }
}
