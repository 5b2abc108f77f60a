//! Pictures made in code for the tests of photos and scans: plain colours, EXIF blocks, hand-built JPEGs.

use std::fs::{self, File};
use std::io::{Cursor, Write as _};
use std::path::Path;

use exif::experimental::Writer;
use exif::{Field, In, Tag, Value};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// Four quadrants of different colours and a mark off the centre: no two of its eight orientations look alike.
pub fn asymmetric(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        if x == width / 4 && y == height / 3 {
            return Rgb([255, 255, 255]);
        }
        match (x < width / 2, y < height / 2) {
            (true, true) => Rgb([200, 30, 40]),
            (false, true) => Rgb([30, 180, 60]),
            (true, false) => Rgb([40, 60, 190]),
            (false, false) => Rgb([220, 200, 40]),
        }
    })
}

pub fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("encode");
    bytes.into_inner()
}

/// Mean difference of all samples of two pictures of one size.
pub fn mean_difference(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a
        .iter()
        .zip(b.iter())
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    sum as f64 / a.len() as f64
}

/// A JPEG of quality 95, with colours at full or half the resolution.
pub fn jpeg_of(picture: &RgbImage, sampling: SamplingFactor, progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 95);
    encoder.set_sampling_factor(sampling);
    encoder.set_progressive(progressive);
    let (width, height) = picture.dimensions();
    encoder
        .encode(picture, width as u16, height as u16, ColorType::Rgb)
        .expect("encode");
    bytes
}

/// Writes a fixture and creates its folders.
pub fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("folder");
    File::create(path)
        .and_then(|mut file| file.write_all(bytes))
        .expect("write fixture");
}

/// A raw EXIF block (a TIFF file) with an orientation and, if given, a time of exposure.
pub fn exif_block(orientation: u16, taken: Option<&str>) -> Vec<u8> {
    let orientation = Field {
        tag: Tag::Orientation,
        ifd_num: In::PRIMARY,
        value: Value::Short(vec![orientation]),
    };
    let taken = taken.map(|taken| Field {
        tag: Tag::DateTimeOriginal,
        ifd_num: In::PRIMARY,
        value: Value::Ascii(vec![taken.as_bytes().to_vec()]),
    });
    let mut writer = Writer::new();
    writer.push_field(&orientation);
    if let Some(taken) = &taken {
        writer.push_field(taken);
    }
    let mut block = Cursor::new(Vec::new());
    writer.write(&mut block, false).expect("exif");
    block.into_inner()
}

/// Puts an APP1 segment with `exif` behind the start marker of a JPEG.
pub fn jpeg_with_exif(jpeg: &[u8], exif: &[u8]) -> Vec<u8> {
    jpeg_with_segment(jpeg, 0xE1, &[b"Exif\0\0".as_slice(), exif].concat())
}

/// Puts an APP2 segment with an ICC profile behind the start marker of a JPEG.
pub fn jpeg_with_icc(jpeg: &[u8], icc: &[u8]) -> Vec<u8> {
    jpeg_with_segment(
        jpeg,
        0xE2,
        &[b"ICC_PROFILE\0\x01\x01".as_slice(), icc].concat(),
    )
}

fn jpeg_with_segment(jpeg: &[u8], marker: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    push_segment(&mut bytes, marker, payload);
    bytes.extend(&jpeg[2..]);
    bytes
}

pub fn push_segment(bytes: &mut Vec<u8>, marker: u8, payload: &[u8]) {
    let length = u16::try_from(payload.len() + 2).expect("a short segment");
    bytes.extend([0xFF, marker]);
    bytes.extend(length.to_be_bytes());
    bytes.extend(payload);
}

/// A baseline JPEG of one 8 × 8 block per component, each of one sample value (ITU T.81), that claims `width` × `height`.
/// `adobe` is the colour transform of an Adobe segment: 0 for CMYK or RGB, 2 for YCCK.
pub fn solid_jpeg(samples: &[u8], adobe: Option<u8>, width: u16, height: u16) -> Vec<u8> {
    let count = u8::try_from(samples.len()).expect("few components");
    let mut bytes = vec![0xFF, 0xD8];
    if let Some(transform) = adobe {
        push_segment(
            &mut bytes,
            0xEE,
            &[b"Adobe\0d\0\0\0\0".as_slice(), &[transform]].concat(),
        );
    }
    // All quantisers are 8, so that a block's DC coefficient is its sample minus 128.
    push_segment(&mut bytes, 0xDB, &[&[0u8][..], &[8; 64]].concat());
    let mut frame = vec![8];
    frame.extend(height.to_be_bytes());
    frame.extend(width.to_be_bytes());
    frame.push(count);
    (1..=count).for_each(|id| frame.extend([id, 0x11, 0]));
    push_segment(&mut bytes, 0xC0, &frame);
    // DC: categories 0 to 8, all as 4-bit codes 0000 to 1000. AC: end of block only, as the 1-bit code 0.
    let mut dc = vec![0x00, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    dc.extend(0..=8);
    push_segment(&mut bytes, 0xC4, &dc);
    push_segment(
        &mut bytes,
        0xC4,
        &[0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    );
    let mut scan = vec![count];
    (1..=count).for_each(|id| scan.extend([id, 0x00]));
    scan.extend([0, 63, 0]);
    push_segment(&mut bytes, 0xDA, &scan);
    let mut bits = String::new();
    for sample in samples {
        let value = i32::from(*sample) - 128;
        let category = 32 - value.unsigned_abs().leading_zeros();
        bits += &format!("{category:04b}");
        if category > 0 {
            let coded = if value < 0 {
                value + (1 << category) - 1
            } else {
                value
            };
            bits += &format!("{coded:0width$b}", width = category as usize);
        }
        bits.push('0');
    }
    while !bits.len().is_multiple_of(8) {
        bits.push('1');
    }
    for byte in bits.as_bytes().chunks(8) {
        let byte = byte.iter().fold(0, |byte, bit| byte << 1 | (bit - b'0'));
        bytes.push(byte);
        if byte == 0xFF {
            bytes.push(0);
        }
    }
    bytes.extend([0xFF, 0xD9]);
    bytes
}

/// A raw file that is TIFF inside: the sensor's data in the first directory, with an orientation, and previews behind.
pub fn raw_file(orientation: u16, previews: &[&[u8]]) -> Vec<u8> {
    let mut file = b"II*\0\x08\0\0\0".to_vec();
    let mut blocks = Vec::new();
    let directories = 1 + previews.len();
    // Eight entries in the first, two in each other.
    let sizes: Vec<usize> = (0..directories)
        .map(|number| 2 + 12 * if number == 0 { 4 } else { 2 } + 4)
        .collect();
    let mut data_at = 8 + sizes.iter().sum::<usize>();
    let mut at = 8;
    for (number, size) in sizes.iter().enumerate() {
        let entries: Vec<(u16, u16, u32)> = match number {
            0 => vec![
                (0x0100, 4, 4000),
                (0x0101, 4, 3000),
                (0x0106, 3, 32_803),
                (0x0112, 3, u32::from(orientation)),
            ],
            _ => {
                let preview = previews[number - 1];
                let entries = vec![
                    (0x0201, 4, data_at as u32),
                    (0x0202, 4, preview.len() as u32),
                ];
                data_at += preview.len();
                blocks.extend_from_slice(preview);
                entries
            }
        };
        file.extend((entries.len() as u16).to_le_bytes());
        for (tag, kind, value) in entries {
            file.extend(tag.to_le_bytes());
            file.extend(kind.to_le_bytes());
            file.extend(1u32.to_le_bytes());
            file.extend(value.to_le_bytes());
        }
        at += size;
        let next = if number + 1 < directories {
            at as u32
        } else {
            0
        };
        file.extend(next.to_le_bytes());
    }
    file.extend(blocks);
    file
}
