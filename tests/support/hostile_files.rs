//! Small files, made in code for the tests of limits, that claim or decompress to more than any photo.

use std::io::Write as _;

use crate::support::pictures::{push_segment, solid_jpeg};

/// A progressive grey JPEG of `side` × `side` pixels whose scans are empty: about fourteen bytes for each.
pub fn jpeg_of_empty_scans(scans: usize, side: u16) -> Vec<u8> {
    let mut bytes = progressive_head(side, side);
    push_scan(&mut bytes, [0, 0, 0], &[0x00]);
    for _ in 1..scans {
        push_scan(&mut bytes, [1, 63, 0], &[0x00]);
    }
    bytes.extend([0xFF, 0xD9]);
    bytes
}

/// The same, but the scans refine every coefficient: the most expensive scans that take almost no bytes.
pub fn jpeg_of_refining_scans(scans: usize, side: u16) -> Vec<u8> {
    let mut bytes = progressive_head(side, side);
    push_scan(&mut bytes, [0, 0, 0], &[0x00]);
    for _ in 1..scans {
        push_scan(&mut bytes, [1, 63, 0x10], &[0x00]);
    }
    bytes.extend([0xFF, 0xD9]);
    bytes
}

fn progressive_head(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8];
    push_segment(&mut bytes, 0xDB, &[&[0u8][..], &[1; 64]].concat());
    let mut frame = vec![8];
    frame.extend(height.to_be_bytes());
    frame.extend(width.to_be_bytes());
    frame.extend([1, 1, 0x11, 0]);
    push_segment(&mut bytes, 0xC2, &frame);
    // One code of one bit in each table: DC difference 0; a run of 2^14 to 2^15 blocks without coefficients.
    let table = |class: u8, symbol: u8| {
        let mut table = vec![class, 1];
        table.extend([0; 15]);
        table.push(symbol);
        table
    };
    push_segment(&mut bytes, 0xC4, &table(0x00, 0));
    push_segment(&mut bytes, 0xC4, &table(0x10, 0xE0));
    bytes
}

fn push_scan(bytes: &mut Vec<u8>, spectrum: [u8; 3], data: &[u8]) {
    push_segment(bytes, 0xDA, &[&[1, 1, 0][..], &spectrum].concat());
    bytes.extend(data);
}

/// A JPEG of four inks; all blocks except the first are missing.
pub fn cmyk_jpeg(width: u16, height: u16) -> Vec<u8> {
    solid_jpeg(&[10, 20, 30, 40], Some(0), width, height)
}

/// A black PNG of 8-bit grey, with as many compressed zeroes as it has pixels and rows.
pub fn black_png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::Filter::NoFilter);
    let mut writer = encoder.write_header().expect("header");
    let mut stream = writer.stream_writer().expect("stream");
    let zeroes = vec![0; 1 << 20];
    let mut left = u64::from(width) * u64::from(height);
    while left > 0 {
        let count = left.min(zeroes.len() as u64);
        stream.write_all(&zeroes[..count as usize]).expect("pixels");
        left -= count;
    }
    stream.finish().expect("end");
    writer.finish().expect("end");
    bytes
}

/// A PNG of 64 × 64 pixels with a profile that decompresses to `rows` × 65536 zeroes.
pub fn png_with_inflating_profile(rows: u32) -> Vec<u8> {
    let packed = chunk_of(&black_png(65_535, rows), b"IDAT");
    let profile = [b"bomb\0\0".as_slice(), &packed].concat();
    with_png_chunk(&black_png(64, 64), b"iCCP", &profile)
}

/// A PNG of 64 × 64 pixels with a compressed text that decompresses to `rows` × 65536 zeroes.
pub fn png_with_inflating_text(rows: u32) -> Vec<u8> {
    let packed = chunk_of(&black_png(65_535, rows), b"IDAT");
    let text = [b"Comment\0\0".as_slice(), &packed].concat();
    with_png_chunk(&black_png(64, 64), b"zTXt", &text)
}

fn with_png_chunk(png: &[u8], name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    // After the signature and the header.
    let mut bytes = png[..33].to_vec();
    bytes.extend((data.len() as u32).to_be_bytes());
    let from = bytes.len();
    bytes.extend(name);
    bytes.extend(data);
    let crc = crc32(&bytes[from..]);
    bytes.extend(crc.to_be_bytes());
    bytes.extend(&png[33..]);
    bytes
}

/// The data of all chunks of a name.
fn chunk_of(png: &[u8], name: &[u8; 4]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut at = 8;
    while let Some(length) = png.get(at..at + 4) {
        let length = u32::from_be_bytes(length.try_into().expect("four bytes")) as usize;
        if &png[at + 4..at + 8] == name {
            data.extend(&png[at + 8..at + 8 + length]);
        }
        at += length + 12;
    }
    data
}

/// CRC-32 of PNG (ISO 3309).
pub fn crc32(bytes: &[u8]) -> u32 {
    let table: Vec<u32> = (0..256)
        .map(|byte| {
            (0..8).fold(byte, |crc: u32, _| match crc & 1 {
                1 => (crc >> 1) ^ 0xEDB8_8320,
                _ => crc >> 1,
            })
        })
        .collect();
    let step = |crc: u32, byte: &u8| (crc >> 8) ^ table[((crc ^ u32::from(*byte)) & 255) as usize];
    !bytes.iter().fold(u32::MAX, step)
}

/// A GIF whose screen is `side` × `side`, with a first frame of one pixel.
pub fn gif_screen(side: u16) -> Vec<u8> {
    let mut bytes = b"GIF89a".to_vec();
    bytes.extend([side.to_le_bytes(), side.to_le_bytes()].concat());
    // Two colours.
    bytes.extend([0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
    bytes.extend(b",\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;");
    bytes
}

/// A GIF of 8 × 8 pixels with a frame of `side` × `side`.
pub fn gif_frame(side: u16) -> Vec<u8> {
    let mut bytes = b"GIF89a\x08\0\x08\0\x80\0\0\0\0\0\xFF\xFF\xFF,\0\0\0\0".to_vec();
    bytes.extend([side.to_le_bytes(), side.to_le_bytes()].concat());
    bytes.extend(b"\0\x02\x02\x44\x01\0;");
    bytes
}

/// A lossless WebP of one colour: codes of one symbol take no bits, so 30 bytes can claim any size.
pub fn webp_lossless(width: u32, height: u32) -> Vec<u8> {
    let mut bits = Bits::default();
    bits.push(width - 1, 14);
    bits.push(height - 1, 14);
    // No alpha, version 0; no transform, no colour cache, one group of codes.
    bits.push(0, 1 + 3);
    bits.push(0, 1 + 1 + 1);
    // Five codes: simple, one symbol, of one bit, which is 0.
    (0..5).for_each(|_| bits.push(0b0001, 4));
    let mut data = vec![0x2F];
    data.extend(bits.bytes);
    data.extend([0; 8]);
    if data.len() % 2 == 1 {
        data.push(0);
    }
    riff(&[(b"VP8L", data)])
}

/// A WebP of 8 × 8 pixels by its first chunk, whose frame claims `side` × `side`.
pub fn webp_frame_larger_than_picture(side: u16) -> Vec<u8> {
    let mut canvas = vec![0; 4];
    canvas.extend([7, 0, 0, 7, 0, 0]);
    let mut frame = vec![0x10, 0, 0, 0x9D, 0x01, 0x2A];
    frame.extend([side.to_le_bytes(), side.to_le_bytes()].concat());
    frame.extend([0; 256]);
    riff(&[(b"VP8X", canvas), (b"VP8 ", frame)])
}

fn riff(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (name, data) in chunks {
        body.extend(*name);
        body.extend((data.len() as u32).to_le_bytes());
        body.extend(data);
    }
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body);
    bytes
}

#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: usize,
}

impl Bits {
    /// Lowest bit first.
    fn push(&mut self, value: u32, count: usize) {
        for bit in 0..count {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let byte = self.bytes.last_mut().expect("a byte");
            *byte |= ((value >> bit & 1) as u8) << (self.used % 8);
            self.used += 1;
        }
    }
}

/// A QOI of one colour: each byte repeats the last pixel 62 times.
pub fn qoi_of_runs(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"qoif".to_vec();
    bytes.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
    bytes.extend([3, 0]);
    let runs = (u64::from(width) * u64::from(height)).div_ceil(62);
    bytes.extend(std::iter::repeat_n(0xFD, runs as usize));
    bytes.extend([0, 0, 0, 0, 0, 0, 0, 1]);
    bytes
}

/// A bitmap of 8-bit colours, run-length encoded, without any runs.
pub fn bmp_of_runs(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"BM".to_vec();
    bytes.extend(1082u32.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(1078u32.to_le_bytes());
    bytes.extend(40u32.to_le_bytes());
    bytes.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
    bytes.extend([1, 0, 8, 0, 1, 0, 0, 0]);
    bytes.extend([0; 20]);
    bytes.extend([0; 1024]);
    // The end of the bitmap.
    bytes.extend([0, 1]);
    bytes
}

/// A TIFF with the given tags; all strips or tiles are the same bytes of `data`.
#[derive(Clone)]
pub struct TiffPlan {
    pub width: u32,
    pub height: u32,
    pub bits: u16,
    pub samples: u16,
    /// 1 none, 5 LZW, 7 JPEG, 8 deflate, 32773 PackBits.
    pub compression: u16,
    pub rows_per_strip: u32,
    /// Width and height of tiles, in place of strips.
    pub tile: Option<(u32, u32)>,
    pub orientation: u16,
    pub data: Vec<u8>,
}

impl TiffPlan {
    /// RGBA of 16 bits in strips of one row, compressed to almost nothing.
    pub fn deep(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            bits: 16,
            samples: 4,
            compression: 32_773,
            rows_per_strip: 1,
            tile: None,
            orientation: 1,
            data: packbits(width as usize * 8),
        }
    }

    pub fn file(&self) -> Vec<u8> {
        let chunks = match self.tile {
            Some((width, height)) => self.width.div_ceil(width) * self.height.div_ceil(height),
            None => self.height.div_ceil(self.rows_per_strip),
        };
        let data_at = 8;
        let offsets_at = data_at + self.data.len() as u32;
        let lengths_at = offsets_at + 4 * chunks;
        let bits_at = lengths_at + 4 * chunks;
        let directory_at = bits_at + 2 * u32::from(self.samples);
        let mut bytes = b"II\x2A\0".to_vec();
        bytes.extend(directory_at.to_le_bytes());
        bytes.extend(&self.data);
        (0..chunks).for_each(|_| bytes.extend(data_at.to_le_bytes()));
        (0..chunks).for_each(|_| bytes.extend((self.data.len() as u32).to_le_bytes()));
        (0..self.samples).for_each(|_| bytes.extend(self.bits.to_le_bytes()));
        let values = |at: u32, inline: u32| if chunks == 1 { inline } else { at };
        let mut tags = vec![
            (256, 4, 1, self.width),
            (257, 4, 1, self.height),
            (259, 3, 1, u32::from(self.compression)),
            (262, 3, 1, if self.samples >= 3 { 2 } else { 1 }),
            (274, 3, 1, u32::from(self.orientation)),
            (277, 3, 1, u32::from(self.samples)),
        ];
        tags.push(match self.samples {
            1 => (258, 3, 1, u32::from(self.bits)),
            2 => (258, 3, 2, u32::from(self.bits) << 16 | u32::from(self.bits)),
            samples => (258, 3, u32::from(samples), bits_at),
        });
        if self.samples == 4 {
            tags.push((338, 3, 1, 2));
        }
        let length = self.data.len() as u32;
        let (offsets, lengths) = (values(offsets_at, data_at), values(lengths_at, length));
        match self.tile {
            Some((width, height)) => tags.extend([
                (322, 4, 1, width),
                (323, 4, 1, height),
                (324, 4, chunks, offsets),
                (325, 4, chunks, lengths),
            ]),
            None => tags.extend([
                (273, 4, chunks, offsets),
                (278, 4, 1, self.rows_per_strip),
                (279, 4, chunks, lengths),
            ]),
        }
        tags.sort_unstable();
        bytes.extend((tags.len() as u16).to_le_bytes());
        for (tag, kind, count, value) in tags {
            bytes.extend((tag as u16).to_le_bytes());
            bytes.extend((kind as u16).to_le_bytes());
            bytes.extend(count.to_le_bytes());
            bytes.extend(value.to_le_bytes());
        }
        bytes.extend([0; 4]);
        bytes
    }
}

/// This many zeroes, encoded as runs of up to 128.
pub fn packbits(zeroes: usize) -> Vec<u8> {
    let mut packed: Vec<u8> = (0..zeroes / 128).flat_map(|_| [129, 0]).collect();
    match zeroes % 128 {
        0 => {}
        rest => packed.extend([(257 - rest) as u8, 0]),
    }
    packed
}

/// An EXIF block of 64 KB whose entries all point to other directories, which all overlap.
pub fn exif_of_overlapping_directories() -> Vec<u8> {
    const ENTRIES: u16 = 5400;
    let mut block = b"II\x2A\0\x08\0\0\0".to_vec();
    block.extend(ENTRIES.to_le_bytes());
    for number in 0..u32::from(ENTRIES) {
        // Each offset is one where the count of entries is large, too.
        block.extend(0x8769u16.to_le_bytes());
        block.extend([4, 0, 1, 0, 0, 0]);
        block.extend((10 + number * 12).to_le_bytes());
    }
    block.resize(65_000, 0);
    block
}

/// A HEIC, AVIF or other ISO file whose pictures all claim `width` × `height` pixels (`ispe`).
pub fn claiming_size(file: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut bytes = file.to_vec();
    let places = file.windows(4).enumerate();
    let places: Vec<usize> = places
        .filter(|(_, name)| *name == b"ispe")
        .map(|(at, _)| at + 8)
        .collect();
    assert!(!places.is_empty(), "a file with sizes");
    for at in places {
        bytes[at..at + 4].copy_from_slice(&width.to_be_bytes());
        bytes[at + 4..at + 8].copy_from_slice(&height.to_be_bytes());
    }
    bytes
}

/// An AVIF of 2 × 2 tiles that claims 256 × 256 of them (ISO/IEC 23008-12, 6.6.2.3.2).
pub fn claiming_tiles(grid: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut bytes = grid.to_vec();
    let tiles = [0, 0, 1, 1, 1, 0, 0, 192];
    let at = grid.windows(8).position(|eight| eight == tiles);
    let at = at.expect("a grid of 256 × 192 pixels");
    bytes[at + 2..at + 4].fill(255);
    bytes[at + 4..at + 6].copy_from_slice(&width.to_be_bytes());
    bytes[at + 6..at + 8].copy_from_slice(&height.to_be_bytes());
    bytes
}

/// The header of a JPEG XL (ISO/IEC 18181-1, D.3): the size in its longest form, all else as usual.
pub fn jxl_header(width: u32, height: u32) -> Vec<u8> {
    let fields = [
        (0, 1),
        (3, 2),
        (height - 1, 30),
        (0, 3),
        (3, 2),
        (width - 1, 30),
        (1, 1),
        (1, 1),
    ];
    let mut bits = fields
        .into_iter()
        .flat_map(|(value, count)| (0..count).map(move |bit| (value >> bit & 1) as u8));
    let mut bytes = vec![0xFF, 0x0A];
    while let Some(first) = bits.next() {
        let rest = bits.by_ref().take(7).enumerate();
        bytes.push(rest.fold(first, |byte, (at, bit)| byte | bit << (at + 1)));
    }
    bytes.resize(bytes.len() + 64, 0x55);
    bytes
}

/// A raw file that is TIFF inside: the first directory follows itself, has itself as its part, and a preview that begins or ends
/// behind the file.
pub fn raw_of_loops(preview: u32, length: u32) -> Vec<u8> {
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    let entries = [
        (0x0100, 4000),
        (0x0106, 32_803),
        (0x014A, 8),
        (0x0201, preview),
        (0x0202, length),
        (0x8769, 8),
    ];
    bytes.extend((entries.len() as u16).to_le_bytes());
    for (tag, value) in entries {
        bytes.extend([&(tag as u16).to_le_bytes()[..], &[4, 0, 1, 0, 0, 0]].concat());
        bytes.extend(value.to_le_bytes());
    }
    bytes.extend(8u32.to_le_bytes());
    bytes
}

/// The same of a TIFF: a thousand directories in a cycle, each of which claims a picture.
pub fn tiff_of_cyclic_directories() -> Vec<u8> {
    let directories = 1000u32;
    let length = 2 + 2 * 12 + 4;
    let mut bytes = b"II*\0\x08\0\0\0".to_vec();
    for number in 0..directories {
        bytes.extend(2u16.to_le_bytes());
        for tag in [256u16, 257] {
            bytes.extend(tag.to_le_bytes());
            bytes.extend([4, 0, 1, 0, 0, 0]);
            bytes.extend(60_000u32.to_le_bytes());
        }
        let next = (number + 1) % directories;
        bytes.extend((8 + next * length).to_le_bytes());
    }
    bytes
}
