//! The operators that a brought network may have, with the shapes of their outputs.
//!
//! Only operators whose output shapes follow from the shapes of their inputs and from constants: none of them can grow by what
//! a photo shows. The rules are those of <https://onnx.ai/onnx/operators/>.

mod attributes;
mod layout;
mod products;
mod values;
mod windows;

pub(super) use attributes::Attributes;
pub(super) use values::{Known, MAX_DIMENSIONS, MAX_FOLLOWED, Run, volume};

use layout::{concat, gather, pad, reshape, slice, split, squeeze, transpose};
use products::{elementwise, gemm, matrix_product, reduce};
use values::{Inputs, input, numbers_of, position};
use windows::{convolution, pooling};

/// The outputs of an operator with these inputs.
///
/// # Errors
/// What is wrong, to be read after the node's name.
pub(super) fn run_of(
    operator: &str,
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
    outputs: usize,
) -> Result<Run, String> {
    match operator {
        "Identity" | "Dropout" | "Cast" => {
            let known = input(inputs, 0)?.clone();
            let mask = Known::of_shape(known.shape.clone());
            let mut run = Run::free(known);
            if outputs > 1 {
                run.outputs.push(mask);
            }
            Ok(run)
        }
        "Relu" | "LeakyRelu" | "Elu" | "Sigmoid" | "HardSigmoid" | "HardSwish" | "Swish" | "Tanh" | "Softplus" | "Gelu"
        | "Erf" | "Exp" | "Log" | "Sqrt" | "Abs" | "Neg" | "Reciprocal" | "Clip" | "Softmax" | "LpNormalization"
        | "BatchNormalization" | "InstanceNormalization" | "LayerNormalization" | "RMSNormalization" => {
            let shape = input(inputs, 0)?.shape.clone();
            let numbers = numbers_of(&shape)?;
            Ok(Run::of(shape, numbers))
        }
        "Add" | "Sub" | "Mul" | "Div" | "Pow" | "PRelu" | "Min" | "Max" => elementwise(operator, inputs),
        "Conv" => convolution(inputs, attributes),
        "MaxPool" | "AveragePool" => pooling(inputs, attributes),
        "GlobalAveragePool" | "GlobalMaxPool" => {
            let shape = &input(inputs, 0)?.shape;
            let numbers = numbers_of(shape)?;
            let pooled = shape.iter().enumerate().map(|(index, &side)| if index < 2 { side } else { 1 });
            Ok(Run::of(pooled.collect(), numbers))
        }
        "Gemm" => gemm(inputs, attributes),
        "MatMul" => matrix_product(inputs),
        "Flatten" => {
            let shape = &input(inputs, 0)?.shape;
            let axis = position(attributes.integer("axis").unwrap_or(1), shape.len() + 1)?;
            let product = |sides: &[usize]| sides.iter().product();
            Ok(Run::of(vec![product(&shape[..axis]), product(&shape[axis..])], 0))
        }
        "Reshape" => reshape(inputs, attributes),
        "Transpose" => transpose(inputs, attributes),
        "Squeeze" | "Unsqueeze" => squeeze(operator, inputs, attributes),
        "Concat" => concat(inputs, attributes),
        "ReduceMean" | "ReduceSum" | "ReduceL2" | "ReduceMax" | "ReduceSumSquare" => reduce(inputs, attributes),
        "Shape" => {
            let shape = &input(inputs, 0)?.shape;
            if attributes.integer("start").is_some() || attributes.integer("end").is_some() {
                return Err("takes a part of a shape, which Kinfolk does not follow".into());
            }
            let sides = shape.iter().map(|&side| side as i64).collect();
            Ok(Run::free(Known::of_integers(vec![shape.len()], sides)))
        }
        "Gather" => gather(inputs, attributes),
        "Slice" => slice(inputs),
        "Split" => split(inputs, attributes, outputs),
        "Pad" => pad(inputs, attributes),
        _ => Err("is an operator that Kinfolk does not run: it runs those of plain networks (convolutions, matrix \
                  products, poolings, activations, reshapes)"
            .into()),
    }
}
