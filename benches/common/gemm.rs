//! The limit of the machine: the matrix product of the `gemm` crate on one thread.

/// `out[pixel, o] = Σ_i input[pixel, i] · weight[i, o]`, all in row-major order.
pub fn product(
    pixels: usize,
    inputs: usize,
    outputs: usize,
    input: &[f32],
    weight: &[f32],
    out: &mut [f32],
) {
    assert!(input.len() == pixels * inputs && weight.len() == inputs * outputs);
    assert!(out.len() == pixels * outputs);
    // SAFETY: the lengths are asserted; rows follow each other without gaps.
    unsafe {
        gemm::gemm(
            pixels,
            outputs,
            inputs,
            out.as_mut_ptr(),
            1,
            outputs as isize,
            false,
            input.as_ptr(),
            1,
            inputs as isize,
            weight.as_ptr(),
            1,
            outputs as isize,
            0.0,
            1.0,
            false,
            false,
            false,
            gemm::Parallelism::None,
        );
    }
}
