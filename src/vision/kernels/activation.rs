//! The activation of a layer.

/// What is applied to the sum of a convolution, per channel.
#[derive(Clone, Debug, PartialEq)]
pub enum Activation {
    None,
    Relu,
    /// `v` where positive, `slope[channel] * v` elsewhere.
    Prelu(Vec<f32>),
}

impl Activation {
    /// As slopes for negative values: 1 leaves them unchanged, 0 is ReLU.
    pub(super) fn slopes(&self, channels: usize) -> Vec<f32> {
        match self {
            Activation::None => vec![1.0; channels],
            Activation::Relu => vec![0.0; channels],
            Activation::Prelu(slopes) => slopes.clone(),
        }
    }
}
