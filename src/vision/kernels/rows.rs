//! The two small steps between convolutions, row by row; plain loops that the compiler vectorises.

/// 2×2 maximum with stride 2: two input rows `[x][channels]` of even width to one of half the width.
pub fn max_pool_row(inputs: [&[f32]; 2], channels: usize, out: &mut [f32]) {
    let [above, below] = inputs.map(|row| row.chunks_exact(2 * channels));
    for ((out, above), below) in out.chunks_exact_mut(channels).zip(above).zip(below) {
        let (above_left, above_right) = above.split_at(channels);
        let (below_left, below_right) = below.split_at(channels);
        for c in 0..channels {
            let left = above_left[c].max(below_left[c]);
            let right = above_right[c].max(below_right[c]);
            out[c] = left.max(right);
        }
    }
}

/// `out = fine + coarse`, where each pixel of `coarse` (half the width) is seen twice.
pub fn add_upsampled_row(fine: &[f32], coarse: &[f32], channels: usize, out: &mut [f32]) {
    let pairs = out
        .chunks_exact_mut(2 * channels)
        .zip(fine.chunks_exact(2 * channels));
    for ((out, fine), coarse) in pairs.zip(coarse.chunks_exact(channels)) {
        for (out, fine) in out
            .chunks_exact_mut(channels)
            .zip(fine.chunks_exact(channels))
        {
            for c in 0..channels {
                out[c] = fine[c] + coarse[c];
            }
        }
    }
}
