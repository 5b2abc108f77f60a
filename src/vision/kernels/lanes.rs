//! A vector of f32 for each instruction set, so that every kernel is written once.
//!
//! All functions are `unsafe`: pointers must be valid for `LEN` numbers, and the instruction set must be present (see
//! [`super::Isa`]). They are always inlined into a function that enables the instruction set.

/// `LEN` numbers in one register.
pub(super) trait Lanes: Copy {
    const LEN: usize;
    unsafe fn splat(value: f32) -> Self;
    unsafe fn load(from: *const f32) -> Self;
    unsafe fn store(self, to: *mut f32);
    /// `self * factor + addend`.
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self;
    unsafe fn max(self, other: Self) -> Self;
    unsafe fn min(self, other: Self) -> Self;
}

/// Plain Rust for machines without an implementation of their own; the compiler vectorises it as far as it can.
#[derive(Clone, Copy)]
pub(super) struct Portable([f32; 4]);

impl Lanes for Portable {
    const LEN: usize = 4;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Portable([value; 4])
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        Portable(from.cast::<[f32; 4]>().read_unaligned())
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        to.cast::<[f32; 4]>().write_unaligned(self.0)
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
        // Not f32::mul_add: without hardware support it is a library call.
        Portable(std::array::from_fn(|i| {
            self.0[i] * factor.0[i] + addend.0[i]
        }))
    }

    #[inline(always)]
    unsafe fn max(self, other: Self) -> Self {
        Portable(std::array::from_fn(|i| self.0[i].max(other.0[i])))
    }

    #[inline(always)]
    unsafe fn min(self, other: Self) -> Self {
        Portable(std::array::from_fn(|i| self.0[i].min(other.0[i])))
    }
}

/// Implements [`Lanes`] by one intrinsic per function.
macro_rules! lanes {
    ($name:ident($register:ty) of $len:literal, $splat:path, $load:path, $store:path, $max:path, $min:path, mul_add $mul_add:expr) => {
        #[derive(Clone, Copy)]
        pub(in super::super) struct $name($register);

        impl Lanes for $name {
            const LEN: usize = $len;

            #[inline(always)]
            unsafe fn splat(value: f32) -> Self {
                $name($splat(value))
            }

            #[inline(always)]
            unsafe fn load(from: *const f32) -> Self {
                $name($load(from))
            }

            #[inline(always)]
            unsafe fn store(self, to: *mut f32) {
                $store(to, self.0)
            }

            #[inline(always)]
            unsafe fn mul_add(self, factor: Self, addend: Self) -> Self {
                let mul_add: unsafe fn($register, $register, $register) -> $register = $mul_add;
                $name(mul_add(self.0, factor.0, addend.0))
            }

            #[inline(always)]
            unsafe fn max(self, other: Self) -> Self {
                $name($max(self.0, other.0))
            }

            #[inline(always)]
            unsafe fn min(self, other: Self) -> Self {
                $name($min(self.0, other.0))
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
pub(super) mod x86 {
    use super::Lanes;
    use std::arch::x86_64::*;

    lanes!(Avx2(__m256) of 8, _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps, _mm256_max_ps, _mm256_min_ps,
        mul_add _mm256_fmadd_ps);
    lanes!(Avx512(__m512) of 16, _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps, _mm512_max_ps, _mm512_min_ps,
        mul_add _mm512_fmadd_ps);
}

#[cfg(target_arch = "aarch64")]
pub(super) mod arm {
    use super::Lanes;
    use std::arch::aarch64::*;

    lanes!(Neon(float32x4_t) of 4, vdupq_n_f32, vld1q_f32, vst1q_f32, vmaxq_f32, vminq_f32,
        mul_add |a, b, c| vfmaq_f32(c, a, b));
}
