//! Whether the vectors of a brought recognizer can tell people apart at all.
//!
//! A wrong manifest (scale, channels, output) or a network that is no recognizer gives vectors that are all alike, or that say
//! nothing about the face. Such a network is refused before a library is embedded by it. How well it tells people apart is not
//! judged here.

use super::error::BroughtError;
use super::working_space::product;

/// Mean similarity of different people above which they count as all alike. For SFace it is .1.
const MAX_ALIKE: f64 = 0.97;
/// Least similarity of a face with itself.
const MIN_SAME: f64 = 0.9999;
/// A face that is cut out half a pixel aside must be more like itself than all but this share of the pairs of different people
/// are like each other.
const MAX_LIKE_MOVED: f64 = 0.05;

/// Checks vectors of unit norm: `faces` of different people, `again` from the same crops, `moved` from crops that lie half a
/// pixel aside; all in the same order.
///
/// # Errors
/// [`BroughtError::Useless`], with the reason.
pub fn check_vectors(
    faces: &[Vec<f32>],
    again: &[Vec<f32>],
    moved: &[Vec<f32>],
) -> Result<(), BroughtError> {
    let useless = |reason: String| Err(BroughtError::Useless(reason));
    let with_themselves: Vec<f64> = pairs(faces, again).collect();
    if with_themselves
        .iter()
        .any(|similarity| *similarity < MIN_SAME)
    {
        return useless("it gives the same face two different vectors".into());
    }
    let mut strangers = Vec::new();
    for (index, one) in faces.iter().enumerate() {
        strangers.extend(faces[..index].iter().map(|other| product(one, other)));
    }
    if strangers.is_empty() {
        return useless("no two faces could be compared".into());
    }
    let alike = mean(&strangers);
    if alike > MAX_ALIKE {
        return useless(format!(
            "the vectors of different people are all alike (mean cosine {alike:.3})"
        ));
    }
    let moved = mean(&pairs(faces, moved).collect::<Vec<f64>>());
    let as_alike = strangers
        .iter()
        .filter(|similarity| **similarity >= moved)
        .count();
    if as_alike as f64 > MAX_LIKE_MOVED * strangers.len() as f64 {
        return useless(format!(
            "a face moved by half a pixel is hardly more like itself than like other people (mean cosines {moved:.3} and \
             {alike:.3})"
        ));
    }
    Ok(())
}

fn pairs<'a>(one: &'a [Vec<f32>], other: &'a [Vec<f32>]) -> impl Iterator<Item = f64> + 'a {
    one.iter()
        .zip(other)
        .map(|(one, other)| product(one, other))
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len().max(1) as f64
}
