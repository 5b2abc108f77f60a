//! Small ONNX files written byte by byte, right and wrong ones (<https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>).

use kinfolk::vision::brought::Manifest;
use sha2::{Digest as _, Sha256};

use super::draw::Draw;

pub fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}

/// A field that holds a number.
pub fn number(field: u64, value: i64) -> Vec<u8> {
    [varint(field << 3), varint(value as u64)].concat()
}

/// A field that holds bytes, text or a message.
pub fn bytes(field: u64, content: &[u8]) -> Vec<u8> {
    [
        varint(field << 3 | 2),
        varint(content.len() as u64),
        content.to_vec(),
    ]
    .concat()
}

/// A constant of float32.
pub fn constant(name: &str, dims: &[i64], values: &[f32]) -> Vec<u8> {
    let raw: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    tensor(name, dims, 1, &raw)
}

/// A constant of int64.
pub fn integers(name: &str, values: &[i64]) -> Vec<u8> {
    let raw: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    tensor(name, &[values.len() as i64], 7, &raw)
}

pub fn tensor(name: &str, dims: &[i64], data_type: i64, raw: &[u8]) -> Vec<u8> {
    let mut tensor: Vec<u8> = dims.iter().flat_map(|&side| number(1, side)).collect();
    tensor.extend(number(2, data_type));
    tensor.extend(bytes(8, name.as_bytes()));
    tensor.extend(bytes(9, raw));
    tensor
}

/// An attribute that is a list of integers.
pub fn list(name: &str, values: &[i64]) -> Vec<u8> {
    let mut attribute = bytes(1, name.as_bytes());
    attribute.extend(values.iter().flat_map(|&value| number(8, value)));
    attribute.extend(number(20, 7));
    attribute
}

/// An attribute that is an integer.
pub fn integer(name: &str, value: i64) -> Vec<u8> {
    [bytes(1, name.as_bytes()), number(3, value), number(20, 2)].concat()
}

pub fn node(operator: &str, inputs: &[&str], output: &str, attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut node: Vec<u8> = inputs
        .iter()
        .flat_map(|name| bytes(1, name.as_bytes()))
        .collect();
    node.extend(bytes(2, output.as_bytes()));
    node.extend(bytes(4, operator.as_bytes()));
    node.extend(attributes.iter().flat_map(|attribute| bytes(5, attribute)));
    node
}

/// A value of float32.
pub fn value(name: &str, dims: &[i64]) -> Vec<u8> {
    let shape: Vec<u8> = dims
        .iter()
        .flat_map(|&side| bytes(1, &number(1, side)))
        .collect();
    let tensor = [number(1, 1), bytes(2, &shape)].concat();
    [bytes(1, name.as_bytes()), bytes(2, &bytes(1, &tensor))].concat()
}

pub struct Graph {
    pub nodes: Vec<Vec<u8>>,
    pub constants: Vec<Vec<u8>>,
    pub inputs: Vec<Vec<u8>>,
    pub outputs: Vec<Vec<u8>>,
}

impl Graph {
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut graph = Vec::new();
        for (field, messages) in [
            (1, &self.nodes),
            (5, &self.constants),
            (11, &self.inputs),
            (12, &self.outputs),
        ] {
            graph.extend(messages.iter().flat_map(|message| bytes(field, message)));
        }
        [number(1, 8), bytes(7, &graph), bytes(8, &number(2, 17))].concat()
    }
}

/// A network of one convolution, PReLU, pooling and a matrix product, with weights by chance, for `side` pixels.
pub fn random_network(side: i64, dimension: i64, seed: u64) -> Graph {
    let mut draw = Draw(seed);
    let mut drawn = |count: i64| -> Vec<f32> { (0..count).map(|_| draw.normal()).collect() };
    let channels = 8;
    let pooled = side / 8;
    let inner = channels * pooled * pooled;
    Graph {
        constants: vec![
            constant("w", &[channels, 3, 3, 3], &drawn(27 * channels)),
            constant("b", &[channels], &drawn(channels)),
            constant("slope", &[channels, 1, 1], &drawn(channels)),
            constant("m", &[dimension, inner], &drawn(dimension * inner)),
            integers("shape", &[1, -1]),
        ],
        nodes: vec![
            node(
                "Conv",
                &["x", "w", "b"],
                "c",
                &[
                    list("kernel_shape", &[3, 3]),
                    list("strides", &[2, 2]),
                    list("pads", &[1, 1, 1, 1]),
                ],
            ),
            node("PRelu", &["c", "slope"], "p", &[]),
            node(
                "AveragePool",
                &["p"],
                "a",
                &[list("kernel_shape", &[4, 4]), list("strides", &[4, 4])],
            ),
            node("Reshape", &["a", "shape"], "f", &[]),
            node("Gemm", &["f", "m"], "y", &[integer("transB", 1)]),
        ],
        inputs: vec![value("x", &[1, 3, side, side])],
        outputs: vec![value("y", &[1, dimension])],
    }
}

/// A network whose vector is 16 fixed mixtures of the mean of each channel, so that its numbers can be calculated by hand.
pub fn mean_network(side: i64) -> Graph {
    let mixtures: Vec<f32> = (0..48)
        .map(|index| ((index * 7) % 11) as f32 - 5.0)
        .collect();
    Graph {
        constants: vec![constant("m", &[16, 3], &mixtures)],
        nodes: vec![
            node("GlobalAveragePool", &["x"], "a", &[]),
            node("Flatten", &["a"], "f", &[]),
            node("Gemm", &["f", "m"], "y", &[integer("transB", 1)]),
        ],
        inputs: vec![value("x", &[1, 3, side, side])],
        outputs: vec![value("y", &[1, 16])],
    }
}

pub fn sum_of(file: &[u8]) -> String {
    Sha256::digest(file)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// A manifest as JSON, for a square input.
pub fn manifest_json(name: &str, file: &[u8], side: i64, dimension: i64) -> serde_json::Value {
    serde_json::json!({
        "kinfolk_model": 1,
        "name": name,
        "file": format!("{name}.onnx"),
        "sha256": sum_of(file),
        "licence": "For tests only.",
        "source": "made by a test",
        "input": {
            "width": side, "height": side, "channels": "rgb",
            "mean": [127.5, 127.5, 127.5], "scale": [0.0078125, 0.0078125, 0.0078125]
        },
        "template": "arcface",
        "output": { "dimension": dimension }
    })
}

pub fn parsed(manifest: &serde_json::Value) -> Manifest {
    Manifest::parse(manifest.to_string().as_bytes()).expect("a right manifest")
}
