//! The operators that a brought network may have, with the shapes of their outputs.
//!
//! Only operators whose output shapes follow from the shapes of their inputs and from constants: none of them can grow by what
//! a photo shows. The rules are those of <https://onnx.ai/onnx/operators/>.

use rten_onnx::onnx::NodeProto;

use super::error::BroughtError;

/// Dimensions of a value.
pub(super) const MAX_DIMENSIONS: usize = 8;
/// Numbers of a value.
const MAX_NUMBERS: u64 = 1 << 28;
/// Numbers of a list of integers whose content is followed, such as the shape for a `Reshape`.
pub(super) const MAX_FOLLOWED: usize = 64;
/// Padding, strides and sides of windows.
const MAX_WINDOW: i64 = 1024;

/// What is known of a value before the network is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub shape: Vec<usize>,
    /// Its content, for short lists of integers.
    integers: Option<Vec<i64>>,
}

impl Known {
    pub fn of_shape(shape: Vec<usize>) -> Known {
        Known {
            shape,
            integers: None,
        }
    }

    /// `integers` has as many numbers as `shape`. The content of long lists is not followed.
    pub fn of_integers(shape: Vec<usize>, integers: Vec<i64>) -> Known {
        Known {
            shape,
            integers: (integers.len() <= MAX_FOLLOWED).then_some(integers),
        }
    }
}

/// Number of numbers in a value of this shape.
pub(super) fn volume(shape: &[usize]) -> Result<u64, BroughtError> {
    let too_large =
        || BroughtError::Refused(format!("a value of the shape {shape:?} is too large"));
    if shape.len() > MAX_DIMENSIONS {
        return Err(BroughtError::Refused(format!(
            "a value has more than {MAX_DIMENSIONS} dimensions"
        )));
    }
    let mut numbers = 1_u64;
    for &side in shape {
        numbers = numbers.checked_mul(side as u64).ok_or_else(too_large)?;
    }
    if numbers > MAX_NUMBERS {
        Err(too_large())
    } else {
        Ok(numbers)
    }
}

/// The attributes of a node.
pub(super) struct Attributes<'a>(&'a NodeProto);

impl<'a> Attributes<'a> {
    pub fn of(node: &'a NodeProto) -> Attributes<'a> {
        Attributes(node)
    }

    fn find(&self, name: &str) -> Option<&'a rten_onnx::onnx::AttributeProto> {
        self.0
            .attribute
            .iter()
            .find(|attribute| attribute.name.as_deref() == Some(name))
    }

    fn integer(&self, name: &str) -> Option<i64> {
        self.find(name)?.i
    }

    fn integers(&self, name: &str) -> Option<&'a [i64]> {
        self.find(name).map(|attribute| attribute.ints.as_slice())
    }

    fn text(&self, name: &str) -> &'a str {
        self.find(name)
            .and_then(|attribute| attribute.s.as_deref())
            .unwrap_or_default()
    }

    /// `count` numbers from `min` to [`MAX_WINDOW`]; `default` where the attribute is missing.
    fn window(
        &self,
        name: &str,
        count: usize,
        min: i64,
        default: i64,
    ) -> Result<Vec<usize>, String> {
        let numbers = match self.integers(name) {
            Some(numbers) if !numbers.is_empty() => numbers.to_vec(),
            _ => vec![default; count],
        };
        if numbers.len() != count
            || !numbers
                .iter()
                .all(|number| (min..=MAX_WINDOW).contains(number))
        {
            return Err(format!(
                "has {name} of {:?}",
                &numbers[..numbers.len().min(8)]
            ));
        }
        Ok(numbers.into_iter().map(|number| number as usize).collect())
    }
}

/// What a node gives and costs.
pub(super) struct Run {
    pub outputs: Vec<Known>,
    pub multiplications: u64,
}

impl Run {
    pub fn free(output: Known) -> Run {
        Run {
            outputs: vec![output],
            multiplications: 0,
        }
    }

    fn of(shape: Vec<usize>, multiplications: u64) -> Run {
        Run {
            outputs: vec![Known::of_shape(shape)],
            multiplications,
        }
    }
}

type Inputs<'a> = [Option<&'a Known>];

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
            let numbers = volume(&shape).map_err(|error| error.to_string())?;
            Ok(Run::of(shape, numbers))
        }
        "Add" | "Sub" | "Mul" | "Div" | "Pow" | "PRelu" | "Min" | "Max" => elementwise(operator, inputs),
        "Conv" => convolution(inputs, attributes),
        "MaxPool" | "AveragePool" => pooling(inputs, attributes),
        "GlobalAveragePool" | "GlobalMaxPool" => {
            let shape = &input(inputs, 0)?.shape;
            let numbers = volume(shape).map_err(|error| error.to_string())?;
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

fn input<'a>(inputs: &Inputs<'a>, index: usize) -> Result<&'a Known, String> {
    inputs
        .get(index)
        .copied()
        .flatten()
        .ok_or_else(|| format!("lacks its input {index}"))
}

fn integers<'a>(inputs: &Inputs<'a>, index: usize) -> Result<&'a [i64], String> {
    let known = input(inputs, index)?;
    known
        .integers
        .as_deref()
        .ok_or_else(|| format!("has an input {index} that is not a short constant list"))
}

/// A dimension counted from the front or, if negative, from behind.
fn position(axis: i64, dimensions: usize) -> Result<usize, String> {
    let from_front = if axis < 0 {
        axis.saturating_add(dimensions as i64)
    } else {
        axis
    };
    match usize::try_from(from_front) {
        Ok(position) if position < dimensions => Ok(position),
        _ => Err(format!("has the axis {axis} of {dimensions}")),
    }
}

fn positions(axes: &[i64], dimensions: usize) -> Result<Vec<usize>, String> {
    if axes.len() > MAX_DIMENSIONS {
        return Err(format!("has {} axes", axes.len()));
    }
    axes.iter()
        .map(|&axis| position(axis, dimensions))
        .collect()
}

/// The shape of both together: a side of 1 is repeated.
fn broadcast(a: &[usize], b: &[usize]) -> Result<Vec<usize>, String> {
    let dimensions = a.len().max(b.len());
    let side = |shape: &[usize], index: usize| {
        (index + shape.len())
            .checked_sub(dimensions)
            .map_or(1, |index| shape[index])
    };
    let sides = (0..dimensions).map(|index| match (side(a, index), side(b, index)) {
        (one, other) if one == other || other == 1 => Ok(one),
        (1, other) => Ok(other),
        _ => Err(format!("has inputs of {a:?} and {b:?}")),
    });
    sides.collect()
}

fn elementwise(operator: &str, inputs: &Inputs<'_>) -> Result<Run, String> {
    let mut shape = input(inputs, 0)?.shape.clone();
    for index in 1..inputs.len() {
        shape = broadcast(&shape, &input(inputs, index)?.shape)?;
    }
    let numbers = volume(&shape).map_err(|error| error.to_string())?;
    let calculated = match (
        inputs.first().copied().flatten(),
        inputs.get(1).copied().flatten(),
    ) {
        (Some(a), Some(b)) if inputs.len() == 2 => calculate(operator, a, b, numbers as usize),
        _ => None,
    };
    Ok(match calculated {
        Some(integers) => Run::free(Known::of_integers(shape, integers)),
        None => Run::of(shape, numbers),
    })
}

/// Shapes are calculated with short lists of integers.
fn calculate(operator: &str, a: &Known, b: &Known, numbers: usize) -> Option<Vec<i64>> {
    let (a, b) = (a.integers.as_deref()?, b.integers.as_deref()?);
    if numbers > MAX_FOLLOWED {
        return None;
    }
    let at = |of: &[i64], index: usize| {
        if of.len() == 1 {
            Some(of[0])
        } else {
            of.get(index).copied()
        }
    };
    let one = |index| {
        let (a, b) = (at(a, index)?, at(b, index)?);
        match operator {
            "Add" => a.checked_add(b),
            "Sub" => a.checked_sub(b),
            "Mul" => a.checked_mul(b),
            "Div" => a.checked_div(b),
            _ => None,
        }
    };
    (0..numbers).map(one).collect()
}

/// The sides after a window was moved over these sides.
fn windowed(
    sides: &[usize],
    kernel: &[usize],
    attributes: &Attributes<'_>,
) -> Result<Vec<usize>, String> {
    let count = sides.len();
    let strides = attributes.window("strides", count, 1, 1)?;
    let dilations = attributes.window("dilations", count, 1, 1)?;
    let pads = attributes.window("pads", 2 * count, 0, 0)?;
    let auto = attributes.text("auto_pad");
    let is_ceil = attributes.integer("ceil_mode").unwrap_or(0) != 0;
    let mut out = Vec::with_capacity(count);
    for index in 0..count {
        let (side, stride) = (sides[index], strides[index]);
        if auto.starts_with("SAME") {
            out.push(side.div_ceil(stride));
            continue;
        }
        let padded = side + pads[index] + pads[index + count];
        let covered = dilations[index] * (kernel[index] - 1) + 1;
        let steps = padded
            .checked_sub(covered)
            .ok_or_else(|| format!("has a window of {covered} on a side of {padded}"))?;
        out.push(
            1 + if is_ceil {
                steps.div_ceil(stride)
            } else {
                steps / stride
            },
        );
    }
    Ok(out)
}

fn convolution(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
    let (shape, weight) = (&input(inputs, 0)?.shape, &input(inputs, 1)?.shape);
    let problem = || format!("has an input of {shape:?} and weights of {weight:?}");
    if !(3..=4).contains(&shape.len()) || weight.len() != shape.len() || weight.contains(&0) {
        return Err(problem());
    }
    let group = usize::try_from(attributes.integer("group").unwrap_or(1)).unwrap_or(0);
    let (channels, kernel) = (shape[1], &weight[2..]);
    if group == 0 || weight[1].checked_mul(group) != Some(channels) || weight[0] % group != 0 {
        return Err(problem());
    }
    if let Some(declared) = attributes.integers("kernel_shape")
        && !declared
            .iter()
            .map(|&side| side as usize)
            .eq(kernel.iter().copied())
    {
        return Err(problem());
    }
    let mut out = vec![shape[0], weight[0]];
    out.extend(windowed(&shape[2..], kernel, attributes)?);
    let numbers = volume(&out).map_err(|error| error.to_string())?;
    let each = weight[1..]
        .iter()
        .fold(1_u64, |product, &side| product.saturating_mul(side as u64));
    Ok(Run::of(out, numbers.saturating_mul(each)))
}

fn pooling(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
    let shape = &input(inputs, 0)?.shape;
    if !(3..=4).contains(&shape.len()) {
        return Err(format!("has an input of {shape:?}"));
    }
    let kernel = attributes.window("kernel_shape", shape.len() - 2, 1, 0)?;
    let mut out = shape[..2].to_vec();
    out.extend(windowed(&shape[2..], &kernel, attributes)?);
    let numbers = volume(&out).map_err(|error| error.to_string())?;
    let each = kernel
        .iter()
        .fold(1_u64, |product, &side| product.saturating_mul(side as u64));
    Ok(Run::of(out, numbers.saturating_mul(each)))
}

fn gemm(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
    let matrix = |index, is_turned| match input(inputs, index)?.shape[..] {
        [rows, columns] if is_turned => Ok([columns, rows]),
        [rows, columns] => Ok([rows, columns]),
        ref other => Err(format!("has an input of {other:?}")),
    };
    let is_turned = |name| attributes.integer(name).unwrap_or(0) != 0;
    let [rows, inner] = matrix(0, is_turned("transA"))?;
    let [other, columns] = matrix(1, is_turned("transB"))?;
    if inner != other {
        return Err(format!("multiplies {inner} by {other}"));
    }
    let out = vec![rows, columns];
    if let Some(Some(bias)) = inputs.get(2)
        && broadcast(&out, &bias.shape)? != out
    {
        return Err(format!("adds {:?} to {out:?}", bias.shape));
    }
    let numbers = volume(&out).map_err(|error| error.to_string())?;
    Ok(Run::of(out, numbers.saturating_mul(inner as u64)))
}

fn matrix_product(inputs: &Inputs<'_>) -> Result<Run, String> {
    let (a, b) = (&input(inputs, 0)?.shape, &input(inputs, 1)?.shape);
    let problem = || format!("multiplies {a:?} by {b:?}");
    if a.len() < 2 || b.len() < 2 {
        return Err(problem());
    }
    let ((outer_a, matrix_a), (outer_b, matrix_b)) =
        (a.split_at(a.len() - 2), b.split_at(b.len() - 2));
    if matrix_a[1] != matrix_b[0] {
        return Err(problem());
    }
    let mut out = broadcast(outer_a, outer_b)?;
    out.extend([matrix_a[0], matrix_b[1]]);
    let numbers = volume(&out).map_err(|error| error.to_string())?;
    Ok(Run::of(out, numbers.saturating_mul(matrix_a[1] as u64)))
}

fn reshape(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
    let known = input(inputs, 0)?;
    let wanted = integers(inputs, 1)?;
    let keeps_zero = attributes.integer("allowzero").unwrap_or(0) != 0;
    let problem = || {
        format!(
            "makes {:?} of {:?}",
            &wanted[..wanted.len().min(MAX_DIMENSIONS)],
            known.shape
        )
    };
    if wanted.len() > MAX_DIMENSIONS || wanted.iter().filter(|&&side| side == -1).count() > 1 {
        return Err(problem());
    }
    let numbers = volume(&known.shape).map_err(|error| error.to_string())?;
    let mut sides = Vec::with_capacity(wanted.len());
    for (index, &side) in wanted.iter().enumerate() {
        sides.push(match side {
            // The rest, once the others are known.
            -1 => 1,
            0 if !keeps_zero => *known.shape.get(index).ok_or_else(problem)?,
            side => usize::try_from(side).map_err(|_| problem())?,
        });
    }
    let others = volume(&sides).map_err(|error| error.to_string())?;
    if let Some(rest) = wanted.iter().position(|&side| side == -1) {
        let side = numbers.checked_div(others).ok_or_else(problem)?;
        sides[rest] = side as usize;
    }
    if volume(&sides).ok() != Some(numbers) {
        return Err(problem());
    }
    let mut reshaped = known.clone();
    reshaped.shape = sides;
    Ok(Run::free(reshaped))
}

fn transpose(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
    let shape = &input(inputs, 0)?.shape;
    let backwards: Vec<i64> = (0..shape.len() as i64).rev().collect();
    let order = attributes.integers("perm").unwrap_or(&backwards);
    let order = positions(order, shape.len())?;
    let mut sorted = order.clone();
    sorted.sort_unstable();
    if !sorted.into_iter().eq(0..shape.len()) {
        return Err(format!("orders the dimensions as {order:?}"));
    }
    Ok(Run::of(
        order.into_iter().map(|index| shape[index]).collect(),
        0,
    ))
}

/// The axes of an attribute of older versions, or of an input.
fn axes_of(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Option<Vec<i64>>, String> {
    if let Some(axes) = attributes.integers("axes") {
        return Ok(Some(axes.to_vec()));
    }
    match inputs.get(1) {
        Some(Some(_)) => integers(inputs, 1).map(|axes| Some(axes.to_vec())),
        _ => Ok(None),
    }
}

fn squeeze(
    operator: &str,
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Run, String> {
    let known = input(inputs, 0)?;
    let axes = axes_of(inputs, attributes)?;
    let mut shape = known.shape.clone();
    if operator == "Squeeze" {
        let axes = match axes {
            Some(axes) => positions(&axes, shape.len())?,
            None => (0..shape.len())
                .filter(|&index| shape[index] == 1)
                .collect(),
        };
        if axes.iter().any(|&axis| shape[axis] != 1) {
            return Err(format!("removes {axes:?} of {shape:?}"));
        }
        let mut index = 0;
        shape.retain(|_| {
            index += 1;
            !axes.contains(&(index - 1))
        });
    } else {
        let axes = axes.unwrap_or_default();
        let mut axes = positions(&axes, shape.len() + axes.len())?;
        axes.sort_unstable();
        for axis in axes {
            if axis > shape.len() {
                return Err(format!("has the axis {axis} of {}", shape.len()));
            }
            shape.insert(axis, 1);
        }
    }
    let mut squeezed = known.clone();
    squeezed.shape = shape;
    Ok(Run::free(squeezed))
}

fn concat(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
    let first = input(inputs, 0)?;
    let axis = position(attributes.integer("axis").unwrap_or(0), first.shape.len())?;
    let mut shape = first.shape.clone();
    let mut all = first.integers.clone().filter(|_| shape.len() == 1);
    for index in 1..inputs.len() {
        let next = input(inputs, index)?;
        let is_alike = next.shape.len() == shape.len()
            && (0..shape.len()).all(|side| side == axis || next.shape[side] == shape[side]);
        if !is_alike {
            return Err(format!("joins {:?} to {shape:?}", next.shape));
        }
        shape[axis] = shape[axis]
            .checked_add(next.shape[axis])
            .ok_or("joins too much")?;
        all = match (all, &next.integers) {
            (Some(mut all), Some(more)) if all.len() + more.len() <= MAX_FOLLOWED => {
                all.extend(more);
                Some(all)
            }
            _ => None,
        };
    }
    Ok(match all {
        Some(all) => Run::free(Known::of_integers(shape, all)),
        None => Run::of(shape, 0),
    })
}

fn reduce(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
    let shape = &input(inputs, 0)?.shape;
    let keeps = attributes.integer("keepdims").unwrap_or(1) != 0;
    let axes = match axes_of(inputs, attributes)? {
        Some(axes) if !axes.is_empty() => positions(&axes, shape.len())?,
        _ => (0..shape.len()).collect(),
    };
    let numbers = volume(shape).map_err(|error| error.to_string())?;
    let mut out = Vec::new();
    for (index, &side) in shape.iter().enumerate() {
        match (axes.contains(&index), keeps) {
            (true, true) => out.push(1),
            (true, false) => {}
            (false, _) => out.push(side),
        }
    }
    Ok(Run::of(out, numbers))
}

fn gather(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
    let (known, indices) = (input(inputs, 0)?, input(inputs, 1)?);
    let axis = position(attributes.integer("axis").unwrap_or(0), known.shape.len())?;
    let mut shape = known.shape[..axis].to_vec();
    shape.extend(&indices.shape);
    shape.extend(&known.shape[axis + 1..]);
    let picked = match (&known.integers, &indices.integers) {
        (Some(list), Some(indices)) if known.shape.len() == 1 => {
            let one = |&index: &i64| position(index, list.len()).map(|index| list[index]);
            Some(indices.iter().map(one).collect::<Result<Vec<_>, _>>()?)
        }
        _ => None,
    };
    volume(&shape).map_err(|error| error.to_string())?;
    Ok(match picked {
        Some(picked) => Run::free(Known::of_integers(shape, picked)),
        None => Run::of(shape, 0),
    })
}

fn slice(inputs: &Inputs<'_>) -> Result<Run, String> {
    let known = input(inputs, 0)?;
    let (starts, ends) = (integers(inputs, 1)?, integers(inputs, 2)?);
    let all: Vec<i64> = (0..starts.len() as i64).collect();
    let axes = if inputs.len() > 3 {
        integers(inputs, 3)?
    } else {
        &all
    };
    let axes = positions(axes, known.shape.len())?;
    let ones = vec![1; starts.len()];
    let steps = if inputs.len() > 4 {
        integers(inputs, 4)?
    } else {
        &ones
    };
    if ends.len() != starts.len()
        || axes.len() != starts.len()
        || steps.iter().any(|&step| step != 1)
    {
        return Err("takes every second value or backwards, which Kinfolk does not follow".into());
    }
    let mut sliced = known.clone();
    for ((&axis, &start), &end) in axes.iter().zip(starts).zip(ends) {
        let side = known.shape[axis] as i64;
        let at = |index: i64| {
            if index < 0 {
                index.saturating_add(side)
            } else {
                index
            }
            .clamp(0, side)
        };
        let (start, end) = (at(start), at(end));
        sliced.shape[axis] = (end - start).max(0) as usize;
        if known.shape.len() == 1 {
            let range = start as usize..end.max(start) as usize;
            sliced.integers = known.integers.as_ref().map(|list| list[range].to_vec());
        } else {
            sliced.integers = None;
        }
    }
    Ok(Run::free(sliced))
}

fn split(inputs: &Inputs<'_>, attributes: &Attributes<'_>, outputs: usize) -> Result<Run, String> {
    let shape = &input(inputs, 0)?.shape;
    let axis = position(attributes.integer("axis").unwrap_or(0), shape.len())?;
    let sizes = match (attributes.integers("split"), inputs.get(1)) {
        (Some(sizes), _) => sizes.to_vec(),
        (None, Some(Some(_))) => integers(inputs, 1)?.to_vec(),
        _ if outputs > 0 && shape[axis] % outputs == 0 => {
            vec![(shape[axis] / outputs) as i64; outputs]
        }
        _ => return Err(format!("has {outputs} parts of {}", shape[axis])),
    };
    let mut parts = Vec::new();
    let mut left = shape[axis];
    for &size in &sizes {
        let size = usize::try_from(size).ok().filter(|&size| size <= left);
        let size = size.ok_or_else(|| format!("has parts that do not fit into {}", shape[axis]))?;
        left -= size;
        let mut part = shape.clone();
        part[axis] = size;
        parts.push(Known::of_shape(part));
    }
    if left > 0 || parts.len() != outputs {
        return Err(format!("has {outputs} parts of {}", shape[axis]));
    }
    Ok(Run {
        outputs: parts,
        multiplications: 0,
    })
}

fn pad(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
    let shape = &input(inputs, 0)?.shape;
    let pads = match attributes.integers("pads") {
        Some(pads) => pads,
        None => integers(inputs, 1)?,
    };
    let is_plain = pads.len() == 2 * shape.len()
        && inputs.len() <= 3
        && pads.iter().all(|pad| (0..=MAX_WINDOW).contains(pad));
    if !is_plain {
        return Err("pads in a way that Kinfolk does not follow".into());
    }
    let (before, after) = pads.split_at(shape.len());
    let padded = shape.iter().zip(before).zip(after);
    let out =
        padded.map(|((&side, &before), &after)| side.saturating_add((before + after) as usize));
    Ok(Run::of(out.collect(), 0))
}
