//! Operators that put numbers elsewhere and change none.

use super::attributes::{Attributes, MAX_WINDOW};
use super::values::{
    Inputs, Known, MAX_DIMENSIONS, MAX_FOLLOWED, Run, axes_of, input, integers, numbers_of,
    position, positions, volume,
};

pub(super) fn reshape(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
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
    let numbers = numbers_of(&known.shape)?;
    let mut sides = Vec::with_capacity(wanted.len());
    for (index, &side) in wanted.iter().enumerate() {
        sides.push(match side {
            // The rest, once the others are known.
            -1 => 1,
            0 if !keeps_zero => *known.shape.get(index).ok_or_else(problem)?,
            side => usize::try_from(side).map_err(|_| problem())?,
        });
    }
    let others = numbers_of(&sides)?;
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

pub(super) fn transpose(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
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

pub(super) fn squeeze(
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

pub(super) fn concat(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
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

pub(super) fn gather(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
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
    numbers_of(&shape)?;
    Ok(match picked {
        Some(picked) => Run::free(Known::of_integers(shape, picked)),
        None => Run::of(shape, 0),
    })
}

pub(super) fn slice(inputs: &Inputs<'_>) -> Result<Run, String> {
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

pub(super) fn split(
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
    outputs: usize,
) -> Result<Run, String> {
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

pub(super) fn pad(inputs: &Inputs<'_>, attributes: &Attributes<'_>) -> Result<Run, String> {
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
