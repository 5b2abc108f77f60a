//! Recognizers that a user brings: manifests, hostile files, what they give, and the space in which it is compared.

mod hostile;
mod manifest;
mod network;
pub mod sface;
mod working_space;

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| {
        a.iter()
            .zip(b)
            .map(|(&a, &b)| f64::from(a) * f64::from(b))
            .sum::<f64>()
    };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}
