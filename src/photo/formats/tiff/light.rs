//! Samples of a TIFF to 8-bit RGB, a row at a time.

use super::page::{Alpha, Format, Page, Photometric};

/// The light of a row: `samples` are [`levels`] of its pixels, whose alpha is passed over if `opaque`.
pub(super) fn to_rgb(page: &Page, samples: &[u16], opaque: bool, rgb: &mut [u8]) {
    let colors = page.photometric.colors();
    let pixels = samples.chunks_exact(page.samples);
    let alpha = match opaque {
        true => Alpha::None,
        false => page.alpha,
    };
    if alpha == Alpha::None && page.photometric == Photometric::Rgb {
        for (pixel, place) in pixels.zip(rgb.chunks_exact_mut(3)) {
            for (place, sample) in place.iter_mut().zip(pixel) {
                *place = byte(*sample);
            }
        }
        return;
    }
    for (pixel, place) in pixels.zip(rgb.chunks_exact_mut(3)) {
        let color = light(page, &pixel[..colors]);
        let light = match alpha {
            Alpha::None => color,
            Alpha::Straight => on_white(color, pixel[colors]),
            Alpha::Premultiplied => {
                let white = 65_535 - pixel[colors];
                color.map(|sample| sample.saturating_add(white))
            }
        };
        for (place, sample) in place.iter_mut().zip(light) {
            *place = byte(sample);
        }
    }
}

fn byte(level: u16) -> u8 {
    ((u32::from(level) + 128) / 257) as u8
}

fn on_white(color: [u16; 3], alpha: u16) -> [u16; 3] {
    let alpha = u64::from(alpha);
    color.map(|sample| {
        ((u64::from(sample) * alpha + 65_535 * (65_535 - alpha) + 32_767) / 65_535) as u16
    })
}

/// 16-bit RGB of a pixel's colour samples.
fn light(page: &Page, color: &[u16]) -> [u16; 3] {
    match (page.photometric, color) {
        (Photometric::BlackIsZero, [grey]) => [*grey; 3],
        (Photometric::WhiteIsZero, [grey]) => [65_535 - grey; 3],
        (Photometric::Palette, [index]) => {
            let colors = page.palette.len() / 3;
            [0, 1, 2].map(|channel| {
                let entry = page.palette.get(channel * colors + usize::from(*index));
                entry.map_or(0, |level| (*level).min(65_535) as u16)
            })
        }
        (Photometric::Rgb, [r, g, b]) => [*r, *g, *b],
        (Photometric::Cmyk, [c, m, y, k]) => {
            let share = 1.0 - f32::from(*k) / 65_535.0;
            [c, m, y].map(|ink| (f32::from(65_535 - ink) * share).round() as u16)
        }
        (Photometric::YCbCr, [y, cb, cr]) => of_ycbcr(*y, *cb, *cr),
        // Levels of a* and b* are two's complement in CIELab (TIFF 6.0, section 23), from nought up in ICCLab.
        (Photometric::CieLab, [l, a, b]) => of_lab(*l, f32::from(*a as i16), f32::from(*b as i16)),
        (Photometric::IccLab, [l, a, b]) => {
            let signed = |level: u16| f32::from(level) - 32_896.0;
            of_lab(*l, signed(*a), signed(*b))
        }
        _ => [65_535; 3],
    }
}

/// ITU-R BT.601, all levels used (TIFF 6.0, section 21, with its defaults).
fn of_ycbcr(y: u16, cb: u16, cr: u16) -> [u16; 3] {
    let y = f32::from(y);
    let (cb, cr) = (f32::from(cb) - 32_896.0, f32::from(cr) - 32_896.0);
    // A float-to-integer cast saturates, which is the clamp wanted here.
    [
        (y + 1.402 * cr).round() as u16,
        (y - 0.344_136 * cb - 0.714_136 * cr).round() as u16,
        (y + 1.772 * cb).round() as u16,
    ]
}

/// CIE 1976 L*a*b* of the D50 white to sRGB; a* and b* come in 1/256.
fn of_lab(l: u16, a: f32, b: f32) -> [u16; 3] {
    let l = f32::from(l) / 65_535.0 * 100.0;
    let (a, b) = (a / 256.0, b / 256.0);
    let fy = (l + 16.0) / 116.0;
    let cube = |f: f32| match f > 6.0 / 29.0 {
        true => f * f * f,
        false => 3.0 * (6.0f32 / 29.0).powi(2) * (f - 4.0 / 29.0),
    };
    let (x, y, z) = (
        0.964_22 * cube(fy + a / 500.0),
        cube(fy),
        0.825_21 * cube(fy - b / 200.0),
    );
    // XYZ of D50 to linear sRGB (Bradford-adapted; ICC's sRGB profile).
    let linear = [
        3.133_856 * x - 1.616_867 * y - 0.490_615 * z,
        -0.978_768 * x + 1.916_142 * y + 0.033_454 * z,
        0.071_945 * x - 0.228_991 * y + 1.405_243 * z,
    ];
    linear.map(|sample| {
        let encoded = match sample <= 0.003_130_8 {
            true => 12.92 * sample,
            false => 1.055 * sample.powf(1.0 / 2.4) - 0.055,
        };
        (encoded.clamp(0.0, 1.0) * 65_535.0).round() as u16
    })
}

/// `count` samples of a row as 16-bit levels: the least is 0 and the most 65,535; indexes of a palette as they are. The first
/// sample is that of `channel`.
pub(super) fn levels(
    page: &Page,
    row: &[u8],
    little_endian: bool,
    channel: usize,
    count: usize,
    levels: &mut Vec<u16>,
) {
    levels.clear();
    let is_index = page.photometric == Photometric::Palette;
    let is_lab = page.photometric == Photometric::CieLab;
    match (page.format, page.bits) {
        (Format::Unsigned, 8) if !is_index && !is_lab => {
            let samples = row.iter().take(count);
            levels.extend(samples.map(|byte| u16::from(*byte) * 257));
        }
        (Format::Unsigned, 16) if !is_index && !is_lab => {
            let samples = row.as_chunks().0.iter().take(count);
            match little_endian {
                true => levels.extend(samples.map(|two| u16::from_le_bytes(*two))),
                false => levels.extend(samples.map(|two| u16::from_be_bytes(*two))),
            }
        }
        (Format::Unsigned | Format::Signed, bits) => {
            let mut bits_of_row = Bits {
                row,
                at: 0,
                little_endian,
            };
            let most = (1u64 << bits) - 1;
            for at in 0..count {
                let value = u64::from(bits_of_row.next(bits));
                levels.push(match () {
                    () if is_index => value.min(65_535) as u16,
                    // a* and b*: the integer part is the highest byte.
                    () if is_lab && matches!(channel + at % page.interleaved(), 1 | 2) => {
                        ((value << 32) >> (bits + 16)) as u16
                    }
                    () => ((value * 65_535 + most / 2) / most) as u16,
                });
            }
        }
        (Format::Float, bits) => {
            let bytes = (bits / 8) as usize;
            let samples = row.chunks_exact(bytes).take(count).enumerate();
            levels.extend(samples.map(|(at, sample)| {
                let value = float(sample, little_endian);
                match (is_lab, (channel + at % page.interleaved()) % page.samples) {
                    (true, 0) => ((value / 100.0).clamp(0.0, 1.0) * 65_535.0).round() as u16,
                    // In 1/256, as where they are whole numbers of 16 bits.
                    (true, 1 | 2) => (value * 256.0).round() as i16 as u16,
                    _ => ((value / page.white).clamp(0.0, 1.0) * 65_535.0).round() as u16,
                }
            }));
        }
    }
    levels.resize(count, 0);
}

/// Whole numbers of a row. Those of whole bytes are in the file's order, all others lie bit by bit, highest first.
struct Bits<'a> {
    row: &'a [u8],
    at: usize,
    little_endian: bool,
}

impl Bits<'_> {
    fn next(&mut self, bits: u32) -> u32 {
        let bits = bits as usize;
        let byte = |at: usize| u32::from(self.row.get(at).copied().unwrap_or(0));
        let number = if bits.is_multiple_of(8) {
            let (from, count) = (self.at / 8, bits / 8);
            (0..count).fold(0, |number, rank| {
                let rank = if self.little_endian {
                    count - 1 - rank
                } else {
                    rank
                };
                number << 8 | byte(from + rank)
            })
        } else {
            (self.at..self.at + bits).fold(0, |number, at| {
                number << 1 | byte(at / 8) >> (7 - at % 8) & 1
            })
        };
        self.at += bits;
        number
    }
}

/// How large the samples of a picture of floating-point numbers are.
#[derive(Default)]
pub(super) struct Range {
    most: f32,
    above_one: u64,
    /// Those that are not black.
    all: u64,
}

impl Range {
    pub(super) fn add(&mut self, page: &Page, bytes: &[u8], little_endian: bool) {
        let samples = bytes.chunks_exact((page.bits / 8).max(1) as usize);
        let values = samples.map(|sample| float(sample, little_endian));
        for value in values.filter(|value| value.is_finite() && *value > 0.0) {
            self.most = self.most.max(value);
            self.above_one += u64::from(value > 1.0);
            self.all += 1;
        }
    }

    /// The sample that means white: 1, unless most are larger. In a picture of that range only lights are.
    pub(super) fn white(&self) -> f32 {
        let whites = [255.0, 65_535.0];
        match self.above_one * 2 > self.all {
            true => whites
                .into_iter()
                .find(|white| self.most <= white + 0.5)
                .unwrap_or(self.most),
            false => 1.0,
        }
    }
}

/// A floating-point number of 16, 24, 32 or 64 bits.
fn float(bytes: &[u8], little_endian: bool) -> f32 {
    let append = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    let bits = match little_endian {
        true => bytes.iter().rev().fold(0, append),
        false => bytes.iter().fold(0, append),
    };
    match bytes.len() {
        2 => small_float(bits, 10, 5),
        3 => small_float(bits, 16, 7),
        4 => f32::from_bits(bits as u32),
        _ => f64::from_bits(bits) as f32,
    }
}

/// IEEE 754 with fewer bits of fraction and exponent.
fn small_float(bits: u64, fraction_bits: u32, exponent_bits: u32) -> f32 {
    let fraction = (bits & ((1 << fraction_bits) - 1)) as f32 / (1u64 << fraction_bits) as f32;
    let exponent = (bits >> fraction_bits & ((1 << exponent_bits) - 1)) as i32;
    let bias = (1 << (exponent_bits - 1)) - 1;
    let size = match exponent {
        0 => fraction * 2f32.powi(1 - bias),
        _ => (1.0 + fraction) * 2f32.powi(exponent - bias),
    };
    match bits >> (fraction_bits + exponent_bits) & 1 {
        1 => -size,
        _ => size,
    }
}

/// The samples of pixels that share their colours, as if none did (TIFF 6.0, section 21). `blocks` is one row of blocks.
pub(super) fn shared_levels(
    page: &Page,
    blocks: &[u8],
    line: u32,
    width: usize,
    levels: &mut Vec<u16>,
) {
    let (across, down) = (page.subsampling.0 as usize, page.subsampling.1 as usize);
    let block_bytes = across * down + 2;
    levels.clear();
    for x in 0..width {
        let from = x / across * block_bytes;
        let within = line as usize % down * across + x % across;
        let of = |at: usize| u16::from(blocks.get(from + at).copied().unwrap_or(0)) * 257;
        levels.extend([of(within), of(across * down), of(across * down + 1)]);
    }
}
