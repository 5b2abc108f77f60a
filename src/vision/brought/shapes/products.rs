//! Operators that calculate with numbers: element by element, products of matrices, sums over axes.

use super::attributes::Attributes;
use super::values::{Inputs, Known, MAX_FOLLOWED, Run, axes_of, input, numbers_of, positions};

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

pub(super) fn elementwise(operator: &str, inputs: &Inputs<'_>) -> Result<Run, String> {
    let mut shape = input(inputs, 0)?.shape.clone();
    for index in 1..inputs.len() {
        shape = broadcast(&shape, &input(inputs, index)?.shape)?;
    }
    let numbers = numbers_of(&shape)?;
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

pub(super) fn gemm(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
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
    let numbers = numbers_of(&out)?;
    Ok(Run::of(out, numbers.saturating_mul(inner as u64)))
}

pub(super) fn matrix_product(inputs: &Inputs<'_>) -> Result<Run, String> {
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
    let numbers = numbers_of(&out)?;
    Ok(Run::of(out, numbers.saturating_mul(matrix_a[1] as u64)))
}

pub(super) fn reduce(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
    let shape = &input(inputs, 0)?.shape;
    let keeps = attributes.integer("keepdims").unwrap_or(1) != 0;
    let axes = match axes_of(inputs, attributes)? {
        Some(axes) if !axes.is_empty() => positions(&axes, shape.len())?,
        _ => (0..shape.len()).collect(),
    };
    let numbers = numbers_of(shape)?;
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
