//! Operators that move a window over a picture.

use super::attributes::Attributes;
use super::values::{Inputs, Run, input, numbers_of};

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

pub(super) fn convolution(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
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
    let numbers = numbers_of(&out)?;
    let each = weight[1..]
        .iter()
        .fold(1_u64, |product, &side| product.saturating_mul(side as u64));
    Ok(Run::of(out, numbers.saturating_mul(each)))
}

pub(super) fn pooling(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
    let shape = &input(inputs, 0)?.shape;
    if !(3..=4).contains(&shape.len()) {
        return Err(format!("has an input of {shape:?}"));
    }
    let kernel = attributes.window("kernel_shape", shape.len() - 2, 1, 0)?;
    let mut out = shape[..2].to_vec();
    out.extend(windowed(&shape[2..], &kernel, attributes)?);
    let numbers = numbers_of(&out)?;
    let each = kernel
        .iter()
        .fold(1_u64, |product, &side| product.saturating_mul(side as u64));
    Ok(Run::of(out, numbers.saturating_mul(each)))
}
