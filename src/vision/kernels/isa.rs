//! Instruction sets, and functions that are compiled for each of them.

/// The channel count of every map is a multiple of this: one AVX-512 register, two of AVX2, four of NEON.
pub const CHANNEL_STEP: usize = 16;

/// An instruction set of this machine. Only [`Isa::best`] and [`Isa::present`] make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Isa(pub(super) Set);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "aarch64")]
    Neon,
    Portable,
}

impl Isa {
    /// The fastest instruction set of this machine.
    pub fn best() -> Isa {
        Self::present()[0]
    }

    /// All instruction sets of this machine, fastest first.
    pub fn present() -> Vec<Isa> {
        let mut sets = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") {
                sets.push(Isa(Set::Avx512));
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
                sets.push(Isa(Set::Avx2));
            }
        }
        #[cfg(target_arch = "aarch64")]
        sets.push(Isa(Set::Neon)); // part of every 64-bit ARM
        sets.push(Isa(Set::Portable));
        sets
    }

    /// Whether one register holds 16 numbers.
    pub(super) fn is_wide(self) -> bool {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => true,
            _ => false,
        }
    }

    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "avx512",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "avx2",
            #[cfg(target_arch = "aarch64")]
            Set::Neon => "neon",
            Set::Portable => "portable",
        }
    }
}

/// Defines a function that runs a generic function compiled for the given instruction set. The numbers after the lanes
/// of a set are further constant arguments of the generic function.
macro_rules! for_each_isa {
    ($visibility:vis unsafe fn $name:ident($($argument:ident: $type:ty),* $(,)?) = $generic:ident,
     avx512 [$($avx512:literal),*], avx2 [$($avx2:literal),*], neon [$($neon:literal),*], portable [$($portable:literal),*]) => {
        $visibility unsafe fn $name(isa: crate::vision::kernels::Isa, $($argument: $type),*) {
            use crate::vision::kernels::{isa::Set, lanes};
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f")]
            unsafe fn avx512($($argument: $type),*) {
                $generic::<lanes::x86::Avx512 $(, $avx512)*>($($argument),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            unsafe fn avx2($($argument: $type),*) {
                $generic::<lanes::x86::Avx2 $(, $avx2)*>($($argument),*)
            }
            #[cfg(target_arch = "aarch64")]
            #[target_feature(enable = "neon")]
            unsafe fn neon($($argument: $type),*) {
                $generic::<lanes::arm::Neon $(, $neon)*>($($argument),*)
            }
            match isa.0 {
                #[cfg(target_arch = "x86_64")]
                Set::Avx512 => avx512($($argument),*),
                #[cfg(target_arch = "x86_64")]
                Set::Avx2 => avx2($($argument),*),
                #[cfg(target_arch = "aarch64")]
                Set::Neon => neon($($argument),*),
                Set::Portable => $generic::<lanes::Portable $(, $portable)*>($($argument),*),
            }
        }
    };
}
pub(super) use for_each_isa;
