//! What is known of a value before the network is run: its shape, and the content of short lists of integers.

use super::attributes::Attributes;
use crate::vision::brought::error::BroughtError;

/// Dimensions of a value.
pub const MAX_DIMENSIONS: usize = 8;
/// Numbers of a value.
const MAX_NUMBERS: u64 = 1 << 28;
/// Numbers of a list of integers whose content is followed, such as the shape for a `Reshape`.
pub const MAX_FOLLOWED: usize = 64;

/// What is known of a value before the network is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub shape: Vec<usize>,
    /// Its content, for short lists of integers.
    pub(super) integers: Option<Vec<i64>>,
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
pub fn volume(shape: &[usize]) -> Result<u64, BroughtError> {
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

/// As [`volume`], with the error as a text.
pub(super) fn numbers_of(shape: &[usize]) -> Result<u64, String> {
    volume(shape).map_err(|error| error.to_string())
}

/// What a node gives and costs.
pub struct Run {
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

    pub(super) fn of(shape: Vec<usize>, multiplications: u64) -> Run {
        Run {
            outputs: vec![Known::of_shape(shape)],
            multiplications,
        }
    }
}

pub(super) type Inputs<'a> = [Option<&'a Known>];

pub(super) fn input<'a>(inputs: &Inputs<'a>, index: usize) -> Result<&'a Known, String> {
    inputs
        .get(index)
        .copied()
        .flatten()
        .ok_or_else(|| format!("lacks its input {index}"))
}

pub(super) fn integers<'a>(inputs: &Inputs<'a>, index: usize) -> Result<&'a [i64], String> {
    let known = input(inputs, index)?;
    known
        .integers
        .as_deref()
        .ok_or_else(|| format!("has an input {index} that is not a short constant list"))
}

/// A dimension counted from the front or, if negative, from behind.
pub(super) fn position(axis: i64, dimensions: usize) -> Result<usize, String> {
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

pub(super) fn positions(axes: &[i64], dimensions: usize) -> Result<Vec<usize>, String> {
    if axes.len() > MAX_DIMENSIONS {
        return Err(format!("has {} axes", axes.len()));
    }
    axes.iter()
        .map(|&axis| position(axis, dimensions))
        .collect()
}

/// The axes of an attribute of older versions, or of an input.
pub(super) fn axes_of(
    inputs: &Inputs<'_>,
    attributes: &Attributes<'_>,
) -> Result<Option<Vec<i64>>, String> {
    if let Some(axes) = attributes.integers("axes") {
        return Ok(Some(axes.to_vec()));
    }
    match inputs.get(1) {
        Some(Some(_)) => integers(inputs, 1).map(|axes| Some(axes.to_vec())),
        _ => Ok(None),
    }
}
