//! A strip or tile of a TIFF, unpacked: everything but JPEG.
//!
//! What can't be unpacked is left as noughts, so that a damaged strip costs only itself.

use std::io::{self, Read};

use fax::decoder::{decode_g3, decode_g4};
use fax::{Color, decoder::pels};
use flate2::read::ZlibDecoder;
use weezl::BitOrder;
use weezl::decode::Configuration;

use super::page::{Compression, Format, Page};
use crate::photo::decode_watch::Watch;

/// Bytes unpacked between two checks of the watch.
const PIECE: usize = 256 << 10;
/// Memory that a Zstandard frame may ask for: what the format's specification (RFC 8878) tells decoders to support at least.
pub(super) const MAX_ZSTD_WINDOW: u64 = 8 << 20;

/// Unpacks `packed` into `unpacked`, `rows` rows: the bytes that it gave.
pub(super) fn unpack(
    page: &Page,
    packed: &[u8],
    rows: u32,
    unpacked: &mut [u8],
    watch: &Watch<'_>,
) -> usize {
    match page.compression {
        Compression::Lzw => {
            // Files of the first programs have the codes the other way round; they begin with a nought and an odd byte.
            let is_old = matches!(packed, [0, second, ..] if second & 1 == 1);
            let decoder = match is_old {
                true => Configuration::new(BitOrder::Lsb, 8),
                false => Configuration::with_tiff_size_switch(BitOrder::Msb, 8),
            };
            lzw(decoder.build(), packed, unpacked, watch)
        }
        Compression::Deflate => read_all(ZlibDecoder::new(packed), unpacked, watch),
        Compression::Zstd => zstd(packed, unpacked, watch),
        Compression::PackBits => pack_bits(packed, unpacked, watch),
        Compression::Fax3 | Compression::Fax4 => fax_rows(page, packed, rows, unpacked, watch),
        Compression::None | Compression::Jpeg | Compression::HuffmanRuns => {
            let length = packed.len().min(unpacked.len());
            unpacked[..length].copy_from_slice(&packed[..length]);
            length
        }
    }
}

fn lzw(
    mut decoder: weezl::decode::Decoder,
    mut packed: &[u8],
    unpacked: &mut [u8],
    watch: &Watch<'_>,
) -> usize {
    let mut filled = 0;
    while filled < unpacked.len() && watch.check().is_ok() {
        let end = unpacked.len().min(filled + PIECE);
        let result = decoder.decode_bytes(packed, &mut unpacked[filled..end]);
        packed = &packed[result.consumed_in..];
        filled += result.consumed_out;
        let is_over = !matches!(result.status, Ok(weezl::LzwStatus::Ok));
        if is_over || result.consumed_in + result.consumed_out == 0 {
            break;
        }
    }
    filled
}

fn read_all(mut reader: impl Read, unpacked: &mut [u8], watch: &Watch<'_>) -> usize {
    let mut filled = 0;
    while filled < unpacked.len() && watch.check().is_ok() {
        let end = unpacked.len().min(filled + PIECE);
        match reader.read(&mut unpacked[filled..end]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    filled
}

fn zstd(packed: &[u8], unpacked: &mut [u8], watch: &Watch<'_>) -> usize {
    // A frame's window is made room for before anything is unpacked.
    let window = MAX_ZSTD_WINDOW.max(unpacked.len() as u64);
    match ruzstd::decoding::StreamingDecoder::new_with_max_window_size(packed, window) {
        Ok(frame) => read_all(frame, unpacked, watch),
        Err(_) => 0,
    }
}

/// TIFF 6.0, section 9.
fn pack_bits(mut packed: &[u8], unpacked: &mut [u8], watch: &Watch<'_>) -> usize {
    let (mut filled, mut unchecked) = (0, 0);
    while let [control, rest @ ..] = packed {
        let left = unpacked.len() - filled;
        let control = *control as i8;
        let run = usize::from(control.unsigned_abs()) + 1;
        packed = match control {
            0.. => {
                let length = run.min(left).min(rest.len());
                unpacked[filled..filled + length].copy_from_slice(&rest[..length]);
                filled += length;
                &rest[run.min(rest.len())..]
            }
            -128 => rest,
            _ => {
                let Some((byte, rest)) = rest.split_first() else {
                    break;
                };
                let length = run.min(left);
                unpacked[filled..filled + length].fill(*byte);
                filled += length;
                rest
            }
        };
        unchecked += 1;
        if filled == unpacked.len() || unchecked % 65_536 == 0 && watch.check().is_err() {
            break;
        }
    }
    filled
}

/// Rows of the fax codes (ITU T.4 of one dimension, T.6): black is 1.
fn fax_rows(
    page: &Page,
    packed: &[u8],
    rows: u32,
    unpacked: &mut [u8],
    watch: &Watch<'_>,
) -> usize {
    let width = page.chunk.width.min(u32::from(u16::MAX)) as u16;
    let row_bytes = page.row_bytes() as usize;
    let mut filled = 0;
    {
        let mut places = unpacked
            .chunks_exact_mut(row_bytes.max(1))
            .take(rows as usize);
        let put = |line: &[u16]| {
            let Some(place) = places.next() else { return };
            for (at, color) in pels(line, width).enumerate() {
                if color == Color::Black {
                    place[at / 8] |= 0x80 >> (at % 8);
                }
            }
            filled += row_bytes;
        };
        // The input ends where the watch does.
        let input = packed.iter().enumerate().map_while(|(at, byte)| {
            let goes_on = at % 4096 != 0 || watch.check().is_ok();
            goes_on.then_some(*byte)
        });
        // A row ends where the mark of the next one begins; the last one of a strip has none behind it.
        let input = input.chain([0, 0, 1]);
        let height = u16::try_from(rows).ok();
        let _ended = match page.compression {
            Compression::Fax3 => decode_g3(input, put),
            _ => decode_g4(input, width, height, put),
        };
    }
    filled
}

/// Whole bytes as they lie in the file, whose bits may be the other way round.
pub(super) fn in_bit_order(page: &Page, packed: &mut [u8]) {
    if page.lowest_bit_first {
        packed
            .iter_mut()
            .for_each(|byte| *byte = byte.reverse_bits());
    }
}

/// Undoes the prediction of each row from its left (TIFF 6.0, section 14; Adobe's Technical Note 3 for floating point).
pub(super) fn undo_prediction(page: &Page, unpacked: &mut [u8], little_endian: bool) {
    let row_bytes = page.row_bytes() as usize;
    let pixel_samples = page.interleaved();
    if row_bytes == 0 || page.is_subsampled() {
        return;
    }
    for row in unpacked.chunks_exact_mut(row_bytes) {
        match (page.predictor, page.bits) {
            (2, 8) => {
                for at in pixel_samples..row.len() {
                    row[at] = row[at].wrapping_add(row[at - pixel_samples]);
                }
            }
            (2, 16) => add_left::<2>(row, pixel_samples, little_endian),
            (2, 32) => add_left::<4>(row, pixel_samples, little_endian),
            (3, bits) if page.format == Format::Float => {
                let bytes = (bits / 8) as usize;
                for at in pixel_samples..row.len() {
                    row[at] = row[at].wrapping_add(row[at - pixel_samples]);
                }
                // The bytes of each rank lie together, the highest first.
                let split = row.to_vec();
                let count = row.len() / bytes;
                for (sample, place) in row.chunks_exact_mut(bytes).enumerate() {
                    for (rank, byte) in place.iter_mut().enumerate() {
                        let rank = if little_endian {
                            bytes - 1 - rank
                        } else {
                            rank
                        };
                        *byte = split[rank * count + sample];
                    }
                }
            }
            _ => return,
        }
    }
}

fn add_left<const BYTES: usize>(row: &mut [u8], pixel_samples: usize, little_endian: bool) {
    let number = |bytes: [u8; BYTES]| {
        let append = |number: u32, byte: u8| number << 8 | u32::from(byte);
        match little_endian {
            true => bytes.into_iter().rev().fold(0, append),
            false => bytes.into_iter().fold(0, append),
        }
    };
    let (samples, _) = row.as_chunks_mut::<BYTES>();
    for at in pixel_samples..samples.len() {
        let sum = number(samples[at]).wrapping_add(number(samples[at - pixel_samples]));
        let bytes = sum.to_le_bytes();
        for (rank, byte) in bytes.into_iter().take(BYTES).enumerate() {
            let place = if little_endian {
                rank
            } else {
                BYTES - 1 - rank
            };
            samples[at][place] = byte;
        }
    }
}
