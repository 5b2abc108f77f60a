//! Reads the graph of an ONNX file and computes what one run of it costs, before anything is run.
//!
//! The runtime limits neither memory nor time. So a network is run only if each of its operators is known here (`shapes`) and
//! the shape of each value follows from the file alone: then the memory and the multiplications of a run are the same for each
//! face, and they are limited here.

use std::collections::HashMap;

use rten_onnx::onnx::{
    DataLocation, DataType, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto,
};

use super::bounds::check_bounds;
use super::error::BroughtError;
use super::field::shortened;
use super::manifest::{Layout, Manifest};
use super::shapes::{Attributes, Known, MAX_DIMENSIONS, MAX_FOLLOWED, run_of, volume};

/// Multiplications of one face. The largest usual recognizer, IResNet-200 at 112 pixels, has 24 · 10⁹.
const MAX_MULTIPLICATIONS: u64 = 60_000_000_000;
/// Bytes of all values between the layers together; IResNet-100 has 200 MB. A run holds a part of them at a time.
const MAX_VALUE_BYTES: u64 = 1 << 30;
/// Layers and other nodes. A vision transformer has 3,000.
const MAX_NODES: usize = 10_000;
/// Versions of ONNX's operators (opset) that `shapes` follows.
const VERSIONS: std::ops::RangeInclusive<i64> = 7..=25;

/// What was found in a graph that may be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Graph {
    pub input: String,
    pub output: String,
    /// Multiplications of one run.
    pub multiplications: u64,
    /// Bytes of all values between the layers.
    pub value_bytes: u64,
    /// Numbers in the weights.
    pub parameters: u64,
}

/// Reads a file and checks that it is what its manifest says, and that a run is bounded.
pub fn inspect(file: &[u8], manifest: &Manifest) -> Result<Graph, BroughtError> {
    check_bounds(file)?;
    let model =
        ModelProto::parse_buf(file).map_err(|error| BroughtError::NotOnnx(error.to_string()))?;
    check_version(&model)?;
    let graph = model
        .graph
        .ok_or_else(|| BroughtError::NotOnnx("it has no graph".into()))?;
    if graph.node.len() > MAX_NODES {
        return Err(BroughtError::Refused(format!(
            "it has {} nodes, more than {MAX_NODES}",
            graph.node.len()
        )));
    }
    let mut values = HashMap::new();
    let mut parameters = 0;
    for tensor in &graph.initializer {
        let (name, known) = constant(tensor)?;
        parameters += volume(&known.shape)?;
        values.insert(name, known);
    }
    let input = input_of(&graph, &values, manifest)?;
    values.insert(input.clone(), Known::of_shape(input_shape(manifest)));
    let (mut multiplications, mut value_bytes) = (0_u64, 0_u64);
    for node in &graph.node {
        let cost = run_node(node, &mut values)?;
        multiplications = multiplications.saturating_add(cost.multiplications);
        value_bytes = value_bytes.saturating_add(cost.bytes);
        if multiplications > MAX_MULTIPLICATIONS || value_bytes > MAX_VALUE_BYTES {
            return Err(BroughtError::Refused(format!(
                "it needs more than {} GB or {} billion multiplications for one face",
                MAX_VALUE_BYTES >> 30,
                MAX_MULTIPLICATIONS / 1_000_000_000
            )));
        }
    }
    let output = output_of(&graph, &values, manifest)?;
    Ok(Graph {
        input,
        output,
        multiplications,
        value_bytes,
        parameters,
    })
}

/// Whether the file says which version of ONNX's operators it means.
fn check_version(model: &ModelProto) -> Result<(), BroughtError> {
    let mut own = model
        .opset_import
        .iter()
        .filter(|import| ["", "ai.onnx"].contains(&import.domain.as_deref().unwrap_or_default()));
    match (own.next().and_then(|import| import.version), own.next()) {
        (Some(version), None) if VERSIONS.contains(&version) => Ok(()),
        (version, _) => Err(BroughtError::Refused(format!(
            "its operators are of the version {}; export it again with one from {} to {}",
            version.unwrap_or_default(),
            VERSIONS.start(),
            VERSIONS.end()
        ))),
    }
}

struct Cost {
    multiplications: u64,
    bytes: u64,
}

/// Adds the outputs of a node to the known values.
fn run_node(node: &NodeProto, values: &mut HashMap<String, Known>) -> Result<Cost, BroughtError> {
    let operator = node.op_type.as_deref().unwrap_or_default();
    let refused = |reason: String| {
        let name = shortened(node.name.as_deref().unwrap_or_default());
        BroughtError::Refused(format!(
            "its node {name:?} ({}) {reason}",
            shortened(operator)
        ))
    };
    let domain = node.domain.as_deref().unwrap_or_default();
    if !["", "ai.onnx"].contains(&domain) {
        return Err(refused(format!(
            "is of the domain {:?}; Kinfolk runs the operators of ONNX itself",
            shortened(domain)
        )));
    }
    let mut inputs = Vec::with_capacity(node.input.len());
    for name in &node.input {
        inputs.push(match name.as_str() {
            // An optional input that is left out.
            "" => None,
            name => Some(values.get(name).ok_or_else(|| {
                refused(format!(
                    "uses {:?}, which nothing before it gives",
                    shortened(name)
                ))
            })?),
        });
    }
    let attributes = Attributes::of(node);
    let run = match operator {
        "Constant" => run_constant(node).map_err(&refused),
        _ => run_of(operator, &inputs, &attributes, node.output.len()).map_err(&refused),
    }?;
    let mut bytes = 0_u64;
    for known in &run.outputs {
        // Four bytes a number: the runtime computes with f32 and i32.
        let numbers =
            volume(&known.shape).map_err(|_| refused("gives a value that is too large".into()))?;
        bytes = bytes.saturating_add(4 * numbers);
    }
    if node.output.len() > run.outputs.len() {
        let unnamed = node.output[run.outputs.len()..]
            .iter()
            .all(String::is_empty);
        if !unnamed {
            return Err(refused(format!("has {} outputs", node.output.len())));
        }
    }
    for (name, known) in node.output.iter().zip(run.outputs) {
        if !name.is_empty() && values.insert(name.clone(), known).is_some() {
            return Err(refused(format!(
                "gives {:?} a second time",
                shortened(name)
            )));
        }
    }
    Ok(Cost {
        multiplications: run.multiplications,
        bytes,
    })
}

fn run_constant(node: &NodeProto) -> Result<super::shapes::Run, String> {
    let known = match node.attribute.first() {
        Some(attribute) if node.attribute.len() == 1 => match (&attribute.t, attribute.i) {
            (Some(tensor), _) => constant(tensor).map_err(|error| error.to_string())?.1,
            (None, Some(number)) => Known::of_integers(Vec::new(), vec![number]),
            (None, None) if !attribute.ints.is_empty() => {
                Known::of_integers(vec![attribute.ints.len()], attribute.ints.clone())
            }
            (None, None) if !attribute.floats.is_empty() => {
                Known::of_shape(vec![attribute.floats.len()])
            }
            (None, None) => Known::of_shape(Vec::new()),
        },
        _ => return Err("has no single value".into()),
    };
    Ok(super::shapes::Run::free(known))
}

/// The name and shape of a constant that holds as many numbers as it claims.
fn constant(tensor: &TensorProto) -> Result<(String, Known), BroughtError> {
    let name = tensor.name.clone().unwrap_or_default();
    let refused = |reason: String| {
        BroughtError::Refused(format!("its constant {:?} {reason}", shortened(&name)))
    };
    if tensor.data_location.unwrap_or(DataLocation::DEFAULT) != DataLocation::DEFAULT {
        return Err(refused(
            "is in another file: save the network with all weights in one file".into(),
        ));
    }
    let mut shape = Vec::new();
    for &side in tensor.dims.iter().take(MAX_DIMENSIONS + 1) {
        let side = usize::try_from(side).map_err(|_| refused(format!("has a side of {side}")))?;
        shape.push(side);
    }
    let claimed = volume(&shape).map_err(|reason| refused(reason.to_string()))?;
    let data_type = tensor.data_type.unwrap_or(DataType(0));
    let bytes_each = match data_type {
        DataType::FLOAT | DataType::INT32 => 4,
        DataType::INT64 | DataType::DOUBLE => 8,
        DataType::FLOAT16 => 2,
        DataType::BOOL | DataType::INT8 | DataType::UINT8 => 1,
        other => {
            return Err(refused(format!(
                "has numbers of the type {}, which Kinfolk can't run",
                other.0
            )));
        }
    };
    let raw = tensor.raw_data.as_ref().map(|raw| raw.borrow());
    let held = match &raw {
        Some(raw) => raw.len() as u64 / bytes_each,
        None => {
            let typed = [
                tensor.float_data.len(),
                tensor.int32_data.len(),
                tensor.int64_data.len(),
                tensor.double_data.len(),
            ];
            typed.into_iter().max().unwrap_or_default() as u64
        }
    };
    let is_whole = raw
        .as_ref()
        .is_none_or(|raw| (raw.len() as u64).is_multiple_of(bytes_each));
    if held != claimed || !is_whole {
        return Err(refused(format!(
            "claims {claimed} numbers and holds {held}"
        )));
    }
    let integers =
        (data_type == DataType::INT64 && claimed <= MAX_FOLLOWED as u64).then(|| match &raw {
            Some(raw) => raw
                .as_chunks()
                .0
                .iter()
                .map(|eight| i64::from_le_bytes(*eight))
                .collect(),
            None => tensor.int64_data.clone(),
        });
    let known = match integers {
        Some(integers) => Known::of_integers(shape, integers),
        None => Known::of_shape(shape),
    };
    drop(raw);
    Ok((name, known))
}

fn input_shape(manifest: &Manifest) -> Vec<usize> {
    let [width, height] = [manifest.input.width, manifest.input.height].map(|side| side as usize);
    match manifest.input.layout {
        Layout::Nchw => vec![1, 3, height, width],
        Layout::Nhwc => vec![1, height, width, 3],
    }
}

/// The only input that is no constant, if it takes what the manifest says.
fn input_of(
    graph: &GraphProto,
    constants: &HashMap<String, Known>,
    manifest: &Manifest,
) -> Result<String, BroughtError> {
    let name_of = |value: &ValueInfoProto| value.name.clone().unwrap_or_default();
    let inputs: Vec<&ValueInfoProto> = graph
        .input
        .iter()
        .filter(|value| !constants.contains_key(&name_of(value)))
        .collect();
    let [input] = inputs[..] else {
        return Err(BroughtError::Refused(format!(
            "it has {} inputs; Kinfolk gives it one picture",
            inputs.len()
        )));
    };
    let tensor = input.r#type.as_ref().and_then(|of| of.tensor_type.as_ref());
    let element = tensor
        .and_then(|tensor| tensor.elem_type)
        .unwrap_or(DataType::FLOAT);
    let expected = input_shape(manifest);
    let declared = tensor.and_then(|tensor| tensor.shape.as_ref());
    let fits = declared.is_none_or(|declared| {
        declared.dim.len() == expected.len()
            && declared.dim.iter().zip(&expected).all(|(dim, &side)| {
                // A side without a number takes any; exporters write −1 or 0 for that, too.
                dim.dim_value
                    .is_none_or(|value| value <= 0 || value as u64 == side as u64)
            })
    });
    if element != DataType::FLOAT || !fits {
        let sides = declared.map(|declared| {
            let sides = declared.dim.iter().take(MAX_DIMENSIONS);
            sides
                .map(|dim| dim.dim_value.unwrap_or(-1))
                .collect::<Vec<_>>()
        });
        return Err(BroughtError::Refused(format!(
            "its input is {:?} of the type {}, not float32 of {expected:?}: correct width, height or layout in the manifest",
            sides.unwrap_or_default(),
            element.0
        )));
    }
    Ok(name_of(input))
}

/// The output that the manifest names, or the only one, if it is as long as the manifest says.
fn output_of(
    graph: &GraphProto,
    values: &HashMap<String, Known>,
    manifest: &Manifest,
) -> Result<String, BroughtError> {
    let names: Vec<&str> = graph
        .output
        .iter()
        .filter_map(|value| value.name.as_deref())
        .collect();
    let output = match (&manifest.output.name, &names[..]) {
        (Some(name), _) if names.contains(&name.as_str()) => name.as_str(),
        (None, [only]) => only,
        _ => {
            let listed: Vec<String> = names.iter().take(8).map(|name| shortened(name)).collect();
            return Err(BroughtError::Refused(format!(
                "its outputs are {listed:?}: name one of them as output.name in the manifest"
            )));
        }
    };
    let shape = values
        .get(output)
        .map(|known| &known.shape)
        .ok_or_else(|| {
            BroughtError::Refused(format!("nothing gives its output {:?}", shortened(output)))
        })?;
    let numbers = volume(shape)?;
    if numbers != manifest.output.dimension as u64 {
        return Err(BroughtError::Refused(format!(
            "its output {:?} has {numbers} numbers for a face, not {}: correct output.dimension in the manifest",
            shortened(output),
            manifest.output.dimension
        )));
    }
    Ok(output.to_owned())
}
