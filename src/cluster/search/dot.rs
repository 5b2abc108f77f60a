//! Dot products of vectors of bytes, 64 columns at a time, on machines that have instructions for them.
//!
//! The instructions (VNNI) multiply four unsigned with four signed bytes and add the sum of the products to a 32-bit
//! sum. The rows are made unsigned by adding 128. This adds 128 times the sum of the column's coordinates to the
//! product, so each sum starts at minus that value. The largest product is 128 · 127² < 2^24, which is exact in f32,
//! too.

use crate::vision::EMBEDDING_LEN;

/// Number of columns of a panel.
pub(super) const COLUMNS: usize = 64;
/// Number of adjacent coordinates of one column in a panel.
pub(super) const KEY: usize = 4;
const KEYS: usize = EMBEDDING_LEN / KEY;
pub(super) const PANEL_BYTES: usize = COLUMNS * EMBEDDING_LEN;
/// Number of rows that are multiplied together: their sums, a panel's four registers and one row's key fit into the 32
/// registers of AVX-512.
pub(super) const ROWS: usize = 6;

/// An instruction set with byte products that this machine has.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dots {
    #[cfg(target_arch = "x86_64")]
    Avx512(Detected),
    #[cfg(target_arch = "x86_64")]
    Avx2(Detected),
}

/// Proof that the machine has the instructions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Detected(());

/// Some rows, ready to be multiplied.
pub(super) struct Strip {
    pub(super) first_row: u32,
    /// Four adjacent coordinates of each row at a time, with 128 added.
    pub(super) keys: [[u32; ROWS]; KEYS],
    /// Minimum product of each row with a column, divided by the `per_scale` of the column.
    pub(super) least: [f32; ROWS],
}

/// 64 columns.
#[derive(Clone, Copy)]
pub(super) struct Panel<'a> {
    pub(super) first_column: u32,
    pub(super) bytes: &'a [i8; PANEL_BYTES],
    /// Sum of the coordinates of each column.
    pub(super) sums: &'a [i32; COLUMNS],
    /// 1 / scale of each column.
    pub(super) per_scale: &'a [f32; COLUMNS],
    /// The minimum of `per_scale`.
    pub(super) min_per_scale: f32,
}

/// A pair and its product: what the similarity would be if both scales were 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) row: u32,
    pub(super) column: u32,
    pub(super) product: f32,
}

impl Dots {
    /// All instruction sets of this machine with byte products, fastest first.
    pub(super) fn present() -> Vec<Dots> {
        #[allow(unused_mut, reason = "some architectures have none")]
        let mut sets = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vnni") {
                sets.push(Dots::Avx512(Detected(())));
            }
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("avxvnni") {
                sets.push(Dots::Avx2(Detected(())));
            }
        }
        sets
    }

    /// Adds the pairs with at least the minimum product to `found`.
    pub(super) fn run(self, strip: &Strip, panel: Panel<'_>, found: &mut Vec<Found>) {
        match self {
            // SAFETY: the value exists only where the instructions were detected.
            #[cfg(target_arch = "x86_64")]
            Dots::Avx512(_) => unsafe { x86::avx512(strip, panel, found) },
            // SAFETY: likewise.
            #[cfg(target_arch = "x86_64")]
            Dots::Avx2(_) => unsafe { x86::avx2(strip, panel, found) },
        }
    }
}

/// Adds the pairs of one row with the columns whose bits are set, the lowest bit for `first_column`.
#[cfg(target_arch = "x86_64")]
fn push(found: &mut Vec<Found>, row: u32, first_column: u32, mut bits: u32, products: &[f32]) {
    while bits != 0 {
        let place = bits.trailing_zeros();
        found.push(Found {
            row,
            column: first_column + place,
            product: products[place as usize],
        });
        bits &= bits - 1;
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::{COLUMNS, Found, KEY, Panel, ROWS, Strip, push};

    /// Registers that hold 64 columns.
    const WIDE: usize = COLUMNS / 16;
    /// Columns that a register of AVX2 holds.
    const EIGHT: usize = 8;

    #[target_feature(enable = "avx512f,avx512vnni")]
    pub(super) fn avx512(strip: &Strip, panel: Panel<'_>, found: &mut Vec<Found>) {
        let (sums, _) = panel.sums.as_chunks::<16>();
        let (per_scale, _) = panel.per_scale.as_chunks::<16>();
        let (bytes, _) = panel.bytes.as_chunks::<64>();
        let start: [__m512i; WIDE] = std::array::from_fn(|v| {
            // SAFETY: 16 numbers of 32 bits.
            let sums = unsafe { _mm512_loadu_si512(sums[v].as_ptr().cast()) };
            _mm512_sub_epi32(_mm512_setzero_si512(), _mm512_slli_epi32::<7>(sums))
        });
        let mut products = [start; ROWS];
        for (keys, columns) in strip.keys.iter().zip(bytes.chunks_exact(WIDE)) {
            // SAFETY: 64 bytes.
            let columns: [__m512i; WIDE] =
                std::array::from_fn(|v| unsafe { _mm512_loadu_si512(columns[v].as_ptr().cast()) });
            for (products, &key) in products.iter_mut().zip(keys) {
                let key = _mm512_set1_epi32(key as i32);
                for (product, column) in products.iter_mut().zip(columns) {
                    *product = _mm512_dpbusd_epi32(*product, key, column);
                }
            }
        }
        // Few panels have a pair, so the largest product of each row is first compared with the smallest minimum in the
        // panel. The cast rounds down, or to a number above every product.
        let mut may_reach = 0;
        for (products, least) in products.iter().zip(strip.least) {
            let least = _mm512_set1_epi32((least * panel.min_per_scale) as i32);
            let [a, b, c, d] = *products;
            let largest = _mm512_max_epi32(_mm512_max_epi32(a, b), _mm512_max_epi32(c, d));
            may_reach |= _mm512_cmpge_epi32_mask(largest, least);
        }
        if may_reach == 0 {
            return;
        }
        for (row, products) in products.into_iter().enumerate() {
            let least = _mm512_set1_ps(strip.least[row]);
            for (v, product) in products.into_iter().enumerate() {
                let product = _mm512_cvtepi32_ps(product);
                // SAFETY: 16 numbers of 32 bits.
                let per_scale = unsafe { _mm512_loadu_ps(per_scale[v].as_ptr()) };
                let least = _mm512_mul_ps(least, per_scale);
                let bits = _mm512_cmp_ps_mask::<_CMP_GE_OQ>(product, least);
                if bits != 0 {
                    let mut products = [0.0; 16];
                    // SAFETY: 16 numbers of 32 bits.
                    unsafe { _mm512_storeu_ps(products.as_mut_ptr(), product) };
                    let first_column = panel.first_column + 16 * v as u32;
                    let row = strip.first_row + row as u32;
                    push(found, row, first_column, bits.into(), &products);
                }
            }
        }
    }

    #[target_feature(enable = "avx2,avxvnni")]
    pub(super) fn avx2(strip: &Strip, panel: Panel<'_>, found: &mut Vec<Found>) {
        for quarter in 0..4 {
            quarter_avx2(strip, panel, quarter, found);
        }
    }

    /// 16 of the columns, in two registers.
    #[target_feature(enable = "avx2,avxvnni")]
    fn quarter_avx2(strip: &Strip, panel: Panel<'_>, quarter: usize, found: &mut Vec<Found>) {
        let (sums, _) = panel.sums.as_chunks::<EIGHT>();
        let (bytes, _) = panel.bytes.as_chunks::<32>();
        let start: [__m256i; 2] = std::array::from_fn(|v| {
            // SAFETY: 8 numbers of 32 bits.
            let sums = unsafe { _mm256_loadu_si256(sums[2 * quarter + v].as_ptr().cast()) };
            _mm256_sub_epi32(_mm256_setzero_si256(), _mm256_slli_epi32::<7>(sums))
        });
        let mut products = [start; ROWS];
        for (keys, columns) in strip
            .keys
            .iter()
            .zip(bytes.chunks_exact(COLUMNS * KEY / 32))
        {
            let columns: [__m256i; 2] = std::array::from_fn(|v| {
                // SAFETY: 32 bytes.
                unsafe { _mm256_loadu_si256(columns[2 * quarter + v].as_ptr().cast()) }
            });
            for (products, &key) in products.iter_mut().zip(keys) {
                let key = _mm256_set1_epi32(key as i32);
                for (product, column) in products.iter_mut().zip(columns) {
                    *product = _mm256_dpbusd_avx_epi32(*product, key, column);
                }
            }
        }
        for (row, products) in products.into_iter().enumerate() {
            for (v, product) in products.into_iter().enumerate() {
                push_avx2(strip, row, panel, 2 * quarter + v, product, found);
            }
        }
    }

    /// The pairs of one row with eight columns.
    #[target_feature(enable = "avx2")]
    fn push_avx2(
        strip: &Strip,
        row: usize,
        panel: Panel<'_>,
        eight: usize,
        product: __m256i,
        found: &mut Vec<Found>,
    ) {
        let (per_scale, _) = panel.per_scale.as_chunks::<EIGHT>();
        let product = _mm256_cvtepi32_ps(product);
        // SAFETY: 8 numbers of 32 bits.
        let per_scale = unsafe { _mm256_loadu_ps(per_scale[eight].as_ptr()) };
        let least = _mm256_mul_ps(_mm256_set1_ps(strip.least[row]), per_scale);
        let bits = _mm256_movemask_ps(_mm256_cmp_ps::<_CMP_GE_OQ>(product, least)) as u32;
        if bits != 0 {
            let mut products = [0.0; EIGHT];
            // SAFETY: 8 numbers of 32 bits.
            unsafe { _mm256_storeu_ps(products.as_mut_ptr(), product) };
            let first_column = panel.first_column + (EIGHT * eight) as u32;
            push(
                found,
                strip.first_row + row as u32,
                first_column,
                bits,
                &products,
            );
        }
    }
}
