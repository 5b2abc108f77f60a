//! What a brought network computes, and which outputs are refused.

use image::{Rgb, RgbImage, imageops};
use kinfolk::geometry::{Landmarks, Point};
use kinfolk::vision::AlignedFace;
use kinfolk::vision::brought::{BroughtError, BroughtNetwork, check_vectors};
use serde_json::{Value, json};

use super::cosine;
use crate::support::draw::Draw;
use crate::support::onnx::{
    Graph, constant, integer, manifest_json, mean_network, node, parsed, random_network, value,
};

fn loaded(
    graph: &Graph,
    change: impl FnOnce(&mut Value),
    side: i64,
    dimension: i64,
) -> Result<BroughtNetwork, BroughtError> {
    let file = graph.to_bytes();
    let mut manifest = manifest_json("small", &file, side, dimension);
    change(&mut manifest);
    BroughtNetwork::load(&parsed(&manifest), file)
}

fn vectors(network: &BroughtNetwork, crops: &[AlignedFace]) -> Vec<Vec<f32>> {
    let vectors = network.embed(crops).unwrap();
    vectors.into_iter().map(|vector| vector.numbers).collect()
}

fn noise(side: u32, seed: u64) -> AlignedFace {
    let mut draw = Draw(seed);
    AlignedFace(RgbImage::from_fn(side, side, |x, _| {
        Rgb([0, 1, 2].map(|channel| (draw.below(100) + 40 * channel + x as usize % 60) as u8))
    }))
}

/// Mean, scale, order of channels and layout, against numbers calculated here.
#[test]
fn pixels_become_what_the_manifest_says() {
    let crop = noise(48, 1);
    let pixels = f64::from(48 * 48);
    let means = [0, 1, 2].map(|channel| {
        crop.0
            .pixels()
            .map(|pixel| f64::from(pixel.0[channel]))
            .sum::<f64>()
            / pixels
    });
    let (mean, scale) = ([10.0, 120.0, 60.0], [0.5, -0.01, 0.02]);
    for channels in ["rgb", "bgr"] {
        let order = if channels == "rgb" {
            [0, 1, 2]
        } else {
            [2, 1, 0]
        };
        let input =
            [0, 1, 2].map(|channel| (means[order[channel]] - mean[channel]) * scale[channel]);
        let expected: Vec<f32> = (0..16)
            .map(|row| {
                let mixture = |channel: usize| f64::from(((row * 3 + channel) * 7 % 11) as i32 - 5);
                (0..3)
                    .map(|channel| mixture(channel) * input[channel])
                    .sum::<f64>() as f32
            })
            .collect();
        let change = |manifest: &mut Value| {
            manifest["input"]["channels"] = json!(channels);
            manifest["input"]["mean"] = json!(mean);
            manifest["input"]["scale"] = json!(scale);
        };
        let network = loaded(&mean_network(48), change, 48, 16).unwrap();
        let vector = &vectors(&network, std::slice::from_ref(&crop))[0];
        assert_eq!(vector.len(), 16);
        assert!((cosine(vector, vector) - 1.0).abs() < 1e-6);
        assert!(cosine(vector, &expected) > 0.99999, "{channels}");
    }
}

/// The same network with channels last gives the same.
#[test]
fn channels_may_come_last() {
    let crops = [noise(48, 2)];
    let first = vectors(&loaded(&mean_network(48), |_| {}, 48, 16).unwrap(), &crops);
    let mut graph = mean_network(48);
    graph.nodes.insert(
        0,
        node(
            "Transpose",
            &["pixels"],
            "x",
            &[crate::support::onnx::list("perm", &[0, 3, 1, 2])],
        ),
    );
    graph.inputs = vec![value("pixels", &[1, 48, 48, 3])];
    let last = loaded(
        &graph,
        |manifest| manifest["input"]["layout"] = json!("nhwc"),
        48,
        16,
    )
    .unwrap();
    assert!(cosine(&first[0], &vectors(&last, &crops)[0]) > 0.99999);
}

#[test]
fn a_mirrored_network_sees_a_face_and_its_mirror_image_alike() {
    let crop = noise(64, 3);
    let mirrored = AlignedFace(imageops::flip_horizontal(&crop.0));
    let crops = [crop, mirrored];
    let graph = random_network(64, 32, 5);
    let plain = vectors(&loaded(&graph, |_| {}, 64, 32).unwrap(), &crops);
    assert!(cosine(&plain[0], &plain[1]) < 0.999);
    let both = loaded(
        &graph,
        |manifest| manifest["mirrored"] = json!(true),
        64,
        32,
    )
    .unwrap();
    let both = vectors(&both, &crops);
    assert!(cosine(&both[0], &both[1]) > 0.9999);
}

/// The five points of the template are where the landmarks land.
#[test]
fn a_face_is_cut_out_by_the_template_of_the_manifest() {
    let points = [
        [20.0, 20.0],
        [60.0, 22.0],
        [40.0, 40.0],
        [25.0, 60.0],
        [55.0, 62.0],
    ];
    let network = loaded(
        &random_network(80, 16, 1),
        |manifest| manifest["template"] = json!(points),
        80,
        16,
    )
    .unwrap();
    // The same points, twice as far apart and shifted, in a photo with a mark on each.
    let in_photo = points.map(|[x, y]| Point {
        x: 2.0 * x + 30.0,
        y: 2.0 * y + 50.0,
    });
    let mut photo = RgbImage::new(300, 300);
    for point in in_photo {
        for (dx, dy) in (-3..=3).flat_map(|dx| (-3..=3).map(move |dy| (dx, dy))) {
            photo.put_pixel(
                (point.x as i32 + dx) as u32,
                (point.y as i32 + dy) as u32,
                Rgb([255; 3]),
            );
        }
    }
    let crop = network.align(&photo, &Landmarks(in_photo)).0;
    assert_eq!(crop.dimensions(), (80, 80));
    for [x, y] in points {
        assert_eq!(crop.get_pixel(x as u32, y as u32).0, [255; 3]);
    }
    let bright = crop.pixels().filter(|pixel| pixel.0[0] > 128).count();
    assert!((30..=100).contains(&bright), "{bright}");
}

#[test]
fn the_template_of_arcface_is_scaled_to_the_input() {
    let at = |side: i64| {
        let network = loaded(&random_network(side, 16, 1), |_| {}, side, 16).unwrap();
        let manifest = network.manifest();
        manifest.template.points(manifest.input.size())
    };
    let (small, large) = (at(112), at(224));
    for (small, large) in small.iter().zip(large) {
        assert_eq!((2.0 * small.x, 2.0 * small.y), (large.x, large.y));
    }
}

#[test]
fn a_network_without_shapes_of_the_batch_is_run() {
    let mut graph = mean_network(48);
    // A side that is not said, as exporters write it.
    graph.inputs = vec![value("x", &[-1, 3, 0, 48])];
    assert!(loaded(&graph, |_| {}, 48, 16).is_ok());
}

#[test]
fn an_output_is_chosen_by_name() {
    let mut graph = mean_network(48);
    graph.outputs.push(value("f", &[1, 3]));
    let told = loaded(&graph, |_| {}, 48, 16).err().unwrap().to_string();
    assert!(
        told.contains("output.name") && told.contains("\"f\""),
        "{told}"
    );
    let named = loaded(
        &graph,
        |manifest| manifest["output"]["name"] = json!("y"),
        48,
        16,
    )
    .unwrap();
    assert_eq!(vectors(&named, &[noise(48, 1)])[0].len(), 16);
}

#[test]
fn a_manifest_for_another_network_is_told_with_its_field() {
    for (side, dimension, field) in [(64, 16, "width"), (48, 32, "output.dimension")] {
        let told = loaded(&mean_network(48), |_| {}, side, dimension)
            .err()
            .unwrap()
            .to_string();
        assert!(told.contains(field), "{told}");
    }
    let wrong = |manifest: &mut Value| manifest["sha256"] = json!("0".repeat(64));
    let told = loaded(&mean_network(48), wrong, 48, 16)
        .err()
        .unwrap()
        .to_string();
    assert!(
        told.contains("SHA-256") && told.contains("get the file again"),
        "{told}"
    );
}

#[test]
fn vectors_without_a_direction_are_refused() {
    for (values, reason) in [
        (vec![0.0; 48], "all zeros"),
        (vec![f32::NAN; 48], "not finite"),
        (vec![f32::INFINITY; 48], "not finite"),
    ] {
        let mut graph = mean_network(48);
        graph.constants = vec![constant("m", &[16, 3], &values)];
        let told = match loaded(&graph, |_| {}, 48, 16) {
            Ok(network) => network.embed(&[noise(48, 1)]).err().unwrap().to_string(),
            Err(error) => error.to_string(),
        };
        assert!(told.contains(reason), "{told}");
    }
}

#[test]
fn vectors_that_tell_nothing_are_refused() {
    let mut draw = Draw(9);
    let mut drawn = |count: usize, common: f32| -> Vec<Vec<f32>> {
        let one = |draw: &mut Draw| {
            let mut vector: Vec<f32> = (0..64).map(|_| draw.normal()).collect();
            vector[0] += common;
            let norm = vector
                .iter()
                .map(|number| number * number)
                .sum::<f32>()
                .sqrt();
            vector.iter().map(|number| number / norm).collect()
        };
        (0..count).map(|_| one(&mut draw)).collect()
    };
    let people = drawn(30, 0.0);
    check_vectors(&people, &people, &people).unwrap();
    let told = |faces: &[Vec<f32>], again: &[Vec<f32>], moved: &[Vec<f32>]| {
        check_vectors(faces, again, moved).unwrap_err().to_string()
    };
    assert!(told(&people, &drawn(30, 0.0), &people).contains("two different vectors"));
    assert!(told(&people, &people, &drawn(30, 0.0)).contains("moved by half a pixel"));
    let alike = drawn(30, 200.0);
    assert!(told(&alike, &alike, &alike).contains("all alike"));
    assert!(told(&people[..1], &people[..1], &people[..1]).contains("no two faces"));
}

#[test]
fn several_threads_get_the_same() {
    let network = loaded(&random_network(64, 32, 5), |_| {}, 64, 32).unwrap();
    let crops: Vec<AlignedFace> = (0..8).map(|seed| noise(64, seed)).collect();
    let alone = network.embed(&crops).unwrap();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| network.embed(&crops).unwrap()))
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), alone);
        }
    });
}

#[test]
fn a_shape_that_is_calculated_within_the_network_is_followed() {
    // As PyTorch writes `x.view(x.size(0), -1)`.
    let mut graph = mean_network(48);
    graph.constants.extend([
        crate::support::onnx::tensor("zero", &[], 7, &0_i64.to_le_bytes()),
        crate::support::onnx::integers("rest", &[-1]),
        crate::support::onnx::integers("front", &[0]),
    ]);
    graph.nodes.splice(
        1..2,
        [
            node("Shape", &["a"], "sides", &[]),
            node("Gather", &["sides", "zero"], "batch", &[integer("axis", 0)]),
            node("Unsqueeze", &["batch", "front"], "batches", &[]),
            node(
                "Concat",
                &["batches", "rest"],
                "flat",
                &[integer("axis", 0)],
            ),
            node("Reshape", &["a", "flat"], "f", &[]),
        ],
    );
    let crops = [noise(48, 4)];
    let own = vectors(&loaded(&graph, |_| {}, 48, 16).unwrap(), &crops);
    let plain = vectors(&loaded(&mean_network(48), |_| {}, 48, 16).unwrap(), &crops);
    assert!(cosine(&own[0], &plain[0]) > 0.99999);
}
