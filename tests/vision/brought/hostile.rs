//! ONNX files that are damaged, or made to take memory or time.

use kinfolk::vision::brought::{BroughtError, BroughtNetwork};
use proptest::prelude::*;

use crate::support::allocations::allocated;
use crate::support::onnx::{
    Graph, bytes, constant, integer, integers, list, manifest_json, mean_network, node, number,
    parsed, random_network, sum_of, tensor, value,
};

/// A file under a manifest with its sum, so that only its content is judged.
fn load(file: Vec<u8>) -> Result<BroughtNetwork, BroughtError> {
    let manifest = manifest_json("small", &file, 48, 16);
    BroughtNetwork::load(&parsed(&manifest), file)
}

/// The reason for which a file is refused before rten sees it, after allocating little.
fn refused(file: Vec<u8>) -> String {
    let length = file.len() as u64;
    let before = allocated().bytes;
    let error = load(file).err().expect("refused");
    let taken = allocated().bytes - before;
    assert!(
        taken < 8 * length + (32 << 20),
        "{taken} bytes for a file of {length}: {error}"
    );
    assert!(
        matches!(error, BroughtError::Refused(_) | BroughtError::NotOnnx(_)),
        "{error}"
    );
    let told = error.to_string();
    assert!(told.len() < 800, "{told}");
    told
}

fn with(change: impl FnOnce(&mut Graph)) -> Vec<u8> {
    let mut graph = mean_network(48);
    change(&mut graph);
    graph.to_bytes()
}

#[test]
fn a_file_that_is_cut_off_anywhere_is_refused() {
    let whole = random_network(48, 16, 1).to_bytes();
    load(whole.clone()).unwrap();
    let few = (0..whole.len())
        .step_by(97)
        .chain(0..200)
        .chain(whole.len() - 200..whole.len());
    for length in few {
        let told = load(whole[..length].to_vec())
            .err()
            .map(|error| error.to_string());
        let told = told.unwrap_or_else(|| panic!("cut to {length} bytes it was loaded"));
        assert!(!told.contains("panicked"), "{length}: {told}");
    }
}

#[test]
fn other_files_are_refused() {
    let photo = include_bytes!("../../../assets/demo/obama2.jpg");
    for file in [
        &b""[..],
        b"\0",
        b"hello",
        &photo[..],
        &[0xff; 1000],
        &[0x0a; 1000],
    ] {
        refused(file.to_vec());
    }
}

/// Each of them takes gigabytes or hours if it is run, or grows with what a photo shows.
#[test]
fn claims_of_huge_values_are_refused() {
    let large = 1_i64 << 40;
    let claimed = [
        (
            "huge constant",
            with(|graph| graph.constants = vec![tensor("m", &[large, large], 1, b"")]),
        ),
        (
            "constant of an overflowing size",
            with(|graph| {
                graph.constants = vec![tensor("m", &[1 << 32, 1 << 32, 2], 1, b"")];
            }),
        ),
        (
            "negative side",
            with(|graph| graph.constants = vec![tensor("m", &[16, -3], 1, &[0; 192])]),
        ),
        (
            "one number too few",
            with(|graph| graph.constants = vec![constant("m", &[16, 3], &[0.5; 47])]),
        ),
        (
            "one byte too many",
            with(|graph| graph.constants = vec![tensor("m", &[16, 3], 1, &[0; 193])]),
        ),
        (
            "many dimensions",
            with(|graph| graph.constants = vec![tensor("m", &[1; 1000], 1, &[0; 4])]),
        ),
        (
            "padding",
            with(|graph| {
                graph
                    .constants
                    .push(constant("w", &[3, 3, 1, 1], &[0.1; 9]));
                graph.nodes.insert(
                    0,
                    node("Conv", &["x", "w"], "c", &[list("pads", &[1 << 40; 4])]),
                );
            }),
        ),
        (
            "padding within limits, again and again",
            with(|graph| {
                graph
                    .constants
                    .push(constant("w", &[3, 3, 1, 1], &[0.1; 9]));
                let mut from = "x".to_owned();
                for index in 0..40 {
                    let to = format!("c{index}");
                    graph.nodes.insert(
                        index,
                        node("Conv", &[&from, "w"], &to, &[list("pads", &[1000; 4])]),
                    );
                    from = to;
                }
            }),
        ),
        (
            "stride of zero",
            with(|graph| {
                graph
                    .constants
                    .push(constant("w", &[3, 3, 1, 1], &[0.1; 9]));
                graph.nodes.insert(
                    0,
                    node("Conv", &["x", "w"], "c", &[list("strides", &[0, 0])]),
                );
            }),
        ),
        (
            "row times column",
            with(|graph| {
                graph
                    .constants
                    .push(constant("row", &[1, 1 << 15], &vec![1.0; 1 << 15]));
                graph
                    .constants
                    .push(constant("column", &[1 << 15, 1], &vec![1.0; 1 << 15]));
                graph
                    .nodes
                    .insert(0, node("Add", &["row", "column"], "square", &[]));
            }),
        ),
        (
            "a product that takes hours",
            with(|graph| {
                graph
                    .constants
                    .push(constant("row", &[1, 1 << 14], &vec![1.0; 1 << 14]));
                graph
                    .constants
                    .push(constant("column", &[1 << 14, 1], &vec![1.0; 1 << 14]));
                graph
                    .nodes
                    .insert(0, node("Mul", &["column", "row"], "s0", &[]));
                graph
                    .nodes
                    .insert(1, node("MatMul", &["s0", "s0"], "s1", &[]));
            }),
        ),
        (
            "a list of integers that doubles again and again",
            with(|graph| {
                graph.constants.push(integers("l0", &[1; 32]));
                for index in 0..40 {
                    let (from, to) = (format!("l{index}"), format!("l{}", index + 1));
                    let joined = node("Concat", &[&from, &from], &to, &[integer("axis", 0)]);
                    graph.nodes.insert(index, joined);
                }
            }),
        ),
        (
            "more nodes than any network",
            with(|graph| {
                for index in 0..20_000 {
                    graph
                        .nodes
                        .push(node("Relu", &["y"], &format!("r{index}"), &[]));
                }
            }),
        ),
        (
            "a list as a shape",
            with(|graph| {
                graph.constants.push(integers("shape", &[1 << 40, -1]));
                graph
                    .nodes
                    .insert(0, node("Reshape", &["x", "shape"], "r", &[]));
            }),
        ),
    ];
    for (what, file) in claimed {
        let told = refused(file);
        assert!(!told.is_empty(), "{what}");
    }
}

#[test]
fn operators_that_grow_by_their_content_are_refused_by_name() {
    for operator in [
        "ConstantOfShape",
        "Expand",
        "Tile",
        "Resize",
        "NonZero",
        "Range",
        "OneHot",
        "Loop",
        "RandomNormal",
        "Nonsense",
    ] {
        let told = refused(with(|graph| {
            graph.constants.push(integers("shape", &[1 << 20, 1 << 20]));
            graph
                .nodes
                .insert(0, node(operator, &["shape"], "huge", &[]));
        }));
        assert!(
            told.contains(operator) && told.contains("plain networks"),
            "{told}"
        );
    }
    let foreign = bytes(7, b"com.microsoft");
    let told = refused(with(|graph| graph.nodes[0].extend(foreign)));
    assert!(told.contains("com.microsoft"), "{told}");
}

#[test]
fn graphs_within_graphs_are_refused_however_deep() {
    let mut graph = node("Identity", &["x"], "y", &[]);
    for _ in 0..3000 {
        let attribute = [
            bytes(1, b"body"),
            bytes(6, &bytes(1, &graph)),
            number(20, 5),
        ]
        .concat();
        graph = node("Loop", &["x"], "y", &[attribute]);
    }
    let told = refused(with(|whole| whole.nodes.push(graph)));
    assert!(told.contains("graphs within the graph"), "{told}");
    // A value that is a sequence of sequences.
    let mut kind = Vec::new();
    for _ in 0..3000 {
        kind = bytes(4, &bytes(1, &kind));
    }
    let value = [bytes(1, b"deep"), bytes(2, &kind)].concat();
    let told = refused(with(|whole| whole.inputs.push(value)));
    assert!(told.contains("not tensors"), "{told}");
}

#[test]
fn a_million_empty_messages_are_refused() {
    // Two bytes each in the file, hundreds in memory.
    let empty: Vec<u8> = bytes(5, b"").repeat(1_000_000);
    let told = refused(with(|graph| graph.nodes[0].extend(empty)));
    assert!(told.contains("parts"), "{told}");
    let text = vec![b'x'; 20 << 20];
    let told = refused(with(|graph| graph.nodes[0].extend(bytes(6, &text))));
    assert!(told.contains("MiB"), "{told}");
}

#[test]
fn weights_in_another_file_are_refused() {
    let outside = [
        tensor("m", &[16, 3], 1, b""),
        bytes(
            13,
            &[bytes(1, b"location"), bytes(2, b"/etc/passwd")].concat(),
        ),
        number(14, 1),
    ]
    .concat();
    let told = refused(with(|graph| graph.constants = vec![outside]));
    assert!(told.contains("one file"), "{told}");
    let only_said = [tensor("m", &[16, 3], 1, &[0; 192]), number(14, 1)].concat();
    assert!(refused(with(|graph| graph.constants = vec![only_said])).contains("one file"));
}

#[test]
fn graphs_that_do_not_hold_together_are_refused() {
    for (file, reason) in [
        (with(|graph| graph.nodes.clear()), "nothing gives"),
        (with(|graph| graph.nodes.swap(0, 2)), "nothing before it"),
        (with(|graph| graph.inputs.clear()), "0 inputs"),
        (
            with(|graph| graph.inputs.push(value("z", &[1]))),
            "2 inputs",
        ),
        (
            with(|graph| graph.nodes.push(graph.nodes[0].clone())),
            "a second time",
        ),
        (with(|graph| graph.constants.clear()), "nothing before it"),
        (
            with(|graph| graph.nodes[2] = node("Gemm", &["f", "m"], "y", &[])),
            "multiplies 3 by 16",
        ),
        (
            with(|graph| graph.nodes[1] = node("Flatten", &["a"], "f", &[integer("axis", 9)])),
            "axis",
        ),
    ] {
        let told = refused(file);
        assert!(told.contains(reason), "{told}");
    }
    let twice = [mean_network(48).to_bytes(), mean_network(48).to_bytes()].concat();
    assert!(refused(twice).contains("several graphs"));
}

#[test]
fn a_file_under_another_sum_is_not_even_read() {
    let file = mean_network(48).to_bytes();
    let manifest = manifest_json("small", b"another file", 48, 16);
    let error = BroughtNetwork::load(&parsed(&manifest), file.clone())
        .err()
        .unwrap();
    assert!(
        matches!(&error, BroughtError::WrongSum { found, .. } if *found == sum_of(&file)),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// A byte here and there: refused, or a network that runs; never a panic that passes, nor memory without end.
    #[test]
    fn damaged_files_do_no_harm(places in prop::collection::vec((0_usize..4000, any::<u8>()), 1..6)) {
        let mut file = random_network(48, 16, 1).to_bytes();
        // Nearly all of the file is weights; what describes the graph is at its begin and its end.
        let length = file.len();
        for (place, byte) in places {
            let place = if place % 2 == 0 { place / 2 % 700 } else { length - 1 - place / 2 % 120 };
            file[place] = byte;
        }
        let before = allocated().bytes;
        if let Ok(network) = load(file) {
            let crop = kinfolk::vision::AlignedFace(image::RgbImage::new(48, 48));
            network.embed(&[crop]).ok();
        }
        prop_assert!(allocated().bytes - before < 64 << 20);
    }
}
