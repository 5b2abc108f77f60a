//! SFace itself as an ONNX file: the runtime must give what our own kernels give.
//!
//! The file is not in the repository. Make it with the converter named in `models/README.md`, or any that turns OpenCV Zoo's
//! block-quantised SFace into float32, and set KINFOLK_SFACE_ONNX to its path.

use std::path::{Path, PathBuf};

use kinfolk::vision::brought::BroughtNetwork;
use kinfolk::vision::{AlignedFace, DetectOptions, align};
use serde_json::json;

use crate::support::onnx::{manifest_json, parsed};
use crate::support::{demo_photo, engine};

/// The file, if there is one.
pub fn sface_onnx() -> Option<PathBuf> {
    let path = std::env::var_os("KINFOLK_SFACE_ONNX").map(PathBuf::from);
    if path.is_none() {
        println!("skipped: KINFOLK_SFACE_ONNX names no file");
    }
    path
}

/// Its manifest: the mean and the scale are in its first layers.
pub fn sface_manifest(path: &Path) -> (serde_json::Value, Vec<u8>) {
    let file = std::fs::read(path).expect("KINFOLK_SFACE_ONNX");
    let mut manifest = manifest_json("sface-onnx", &file, 112, 128);
    manifest["input"]["mean"] = json!([0, 0, 0]);
    manifest["input"]["scale"] = json!([1, 1, 1]);
    (manifest, file)
}

#[test]
fn sface_as_a_file_gives_the_embeddings_of_our_kernels() {
    let Some(path) = sface_onnx() else {
        return;
    };
    let (manifest, file) = sface_manifest(&path);
    let network = BroughtNetwork::load(&parsed(&manifest), file).unwrap();
    println!("{:?}", network.graph());
    let mut crops: Vec<AlignedFace> = Vec::new();
    for photo in [
        "obama.jpg",
        "biden.jpg",
        "astronaut.png",
        "situation-room.jpg",
    ] {
        let photo = image::open(demo_photo(photo)).unwrap().to_rgb8();
        for face in engine().detect(&photo, &DetectOptions::default()).unwrap() {
            let crop = align(&photo, &face.landmarks);
            assert_eq!(network.align(&photo, &face.landmarks), crop);
            crops.push(crop);
        }
    }
    assert!(crops.len() > 12);
    let begin = std::time::Instant::now();
    let brought = network.embed(&crops).unwrap();
    println!(
        "{:.1} ms a face",
        begin.elapsed().as_secs_f64() * 1e3 / crops.len() as f64
    );
    for (own, brought) in engine().embed(&crops).unwrap().iter().zip(brought) {
        let cosine: f32 = own
            .embedding
            .0
            .iter()
            .zip(&brought.numbers)
            .map(|(a, b)| a * b)
            .sum();
        assert!(cosine > 0.9999, "{cosine}");
        assert!((own.norm / brought.norm - 1.0).abs() < 0.01);
    }
}
