//! Nearly whole files are looked at as far as they go, and say so; orientation is read wherever programs write it.

use std::io::Write as _;

use image::codecs::jpeg::JpegEncoder;
use image::{ImageFormat, Rgb, RgbImage};
use kinfolk::photo::{self, Limits, Photo, PhotoError, PhotoNote, Reduction};

use crate::support::pictures::{asymmetric, encoded, mean_difference};

fn decode(bytes: &[u8]) -> Photo {
    photo::decode(bytes, &Limits::default()).expect("readable")
}

/// Of many colours, so that no row is plain.
fn busy(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([
            (x * 7 % 251) as u8,
            (y * 5 % 241) as u8,
            (x * y % 239) as u8,
        ])
    })
}

fn jpeg(image: &RgbImage, progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 85);
    encoder.set_progressive(progressive);
    let (width, height) = (image.width() as u16, image.height() as u16);
    encoder
        .encode(image, width, height, jpeg_encoder::ColorType::Rgb)
        .expect("encoded");
    bytes
}

#[test]
fn a_jpeg_is_marked_where_data_are_missing_and_only_there() {
    let image = busy(320, 240);
    for progressive in [false, true] {
        let whole = jpeg(&image, progressive);
        let without_end = whole[..whole.len() - 2].to_vec();
        for reduction in [Reduction::Full, Reduction::Half, Reduction::Eighth] {
            let notes = |bytes: &[u8]| {
                let photo = photo::decode_reduced(bytes, &Limits::default(), reduction);
                photo.expect("readable").notes
            };
            let what = format!("progressive: {progressive}, {reduction:?}");
            assert_eq!(notes(&whole), [], "{what}");
            assert_eq!(notes(&without_end), [], "{what}");
            for part in [30, 50, 80] {
                let cut = &whole[..whole.len() * part / 100];
                assert_eq!(notes(cut), [PhotoNote::Incomplete], "{what}, {part} %");
                // Where only the last of many scans is short, the picture is all there but for its finest details.
                if progressive && part > 30 {
                    continue;
                }
                let ended = [cut, &[0xFF, 0xD9]].concat();
                assert_eq!(
                    notes(&ended),
                    [PhotoNote::Incomplete],
                    "{what}, {part} % with an end"
                );
            }
        }
    }
}

#[test]
fn what_is_left_of_a_cut_jpeg_is_the_picture() {
    let image = busy(320, 240);
    let whole = jpeg(&image, false);
    let (all, part) = (
        decode(&whole).image,
        decode(&whole[..whole.len() * 6 / 10]).image,
    );
    // Damaged files are decoded by libjpeg, which rounds otherwise than the decoder of whole ones.
    let top = |image| image::imageops::crop_imm(image, 0, 0, 320, 100).to_image();
    let off = mean_difference(&top(&all), &top(&part));
    assert!(off < 1.0, "{off}");
}

#[test]
fn a_png_is_read_as_far_as_it_goes() {
    let image = busy(200, 150);
    let whole = encoded(&image.clone().into(), ImageFormat::Png);
    assert_eq!(decode(&whole).notes, []);
    let cut = decode(&whole[..whole.len() / 2]);
    assert_eq!(cut.notes, [PhotoNote::Incomplete]);
    assert_eq!(cut.image.get_pixel(9, 9), image.get_pixel(9, 9));
    // A wrong checksum of the pixels leaves them all.
    let data = whole
        .windows(4)
        .position(|kind| kind == b"IDAT")
        .expect("pixels");
    let length = u32::from_be_bytes(whole[data - 4..data].try_into().expect("four"));
    let mut wrong = whole.clone();
    wrong[data + 4 + length as usize] ^= 1;
    let read = decode(&wrong);
    assert_eq!(
        (read.notes, read.image),
        (vec![PhotoNote::Incomplete], image)
    );
}

#[test]
fn a_photo_without_anything_visible_is_shown_all_the_same() {
    let hidden = image::RgbaImage::from_pixel(20, 10, image::Rgba([200, 100, 50, 0]));
    for format in [ImageFormat::Png, ImageFormat::WebP] {
        let photo = decode(&encoded(&hidden.clone().into(), format));
        assert_eq!(
            photo.image.get_pixel(3, 3),
            &Rgb([200, 100, 50]),
            "{format:?}"
        );
    }
}

fn exif_block(orientation: u8) -> Vec<u8> {
    let mut block =
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\0\0\0\0\0\0\0".to_vec();
    block[25] = orientation;
    block
}

fn with_chunk(png: &[u8], kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    let chunk = [
        &(data.len() as u32).to_be_bytes()[..],
        kind,
        data,
        &crc.sum().to_be_bytes(),
    ]
    .concat();
    // Behind the header, and before the end.
    [&png[..33], &chunk, &png[33..]].concat()
}

#[test]
fn orientation_is_read_from_the_texts_of_a_png() {
    let png = encoded(&asymmetric(40, 30).into(), ImageFormat::Png);
    for (kind, name) in [("exif", "exif"), ("APP1", "generic profile")] {
        let block = exif_block(6);
        let digits: String = block.iter().map(|byte| format!("{byte:02x}")).collect();
        let text = format!("\n{name}\n{:8}\n{digits}\n", block.len());
        let plain = [
            format!("Raw profile type {kind}\0").as_bytes(),
            text.as_bytes(),
        ]
        .concat();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(text.as_bytes()).expect("packed");
        let packed = zlib.finish().expect("packed");
        let packed = [format!("Raw profile type {kind}\0\0").as_bytes(), &packed].concat();
        for file in [
            with_chunk(&png, b"tEXt", &plain),
            with_chunk(&png, b"zTXt", &packed),
        ] {
            assert_eq!(decode(&file).orientation.value(), 6, "{kind}");
            assert_eq!(decode(&file).image.dimensions(), (30, 40), "{kind}");
        }
    }
    let packet = b"XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation=\"8\"/>";
    let file = with_chunk(&png, b"iTXt", packet);
    assert_eq!(decode(&file).orientation.value(), 8);
}

#[test]
fn orientation_in_xmp_alone_is_read_and_exif_goes_before_it() {
    let mut jpeg = Vec::new();
    JpegEncoder::new(&mut jpeg)
        .encode_image(&asymmetric(40, 30))
        .expect("encoded");
    let segment = |data: &[u8]| {
        let length = (data.len() as u16 + 2).to_be_bytes();
        [&[0xFF, 0xE1], &length[..], data].concat()
    };
    let xmp =
        segment(b"http://ns.adobe.com/xap/1.0/\0<x><tiff:Orientation>6</tiff:Orientation></x>");
    let exif = segment(&exif_block(3));
    let file = |segments: &[&[u8]]| [&jpeg[..2], &segments.concat(), &jpeg[2..]].concat();
    assert_eq!(decode(&file(&[&xmp])).orientation.value(), 6);
    assert_eq!(decode(&file(&[&xmp, &exif])).orientation.value(), 3);
}

#[test]
fn a_bitmap_of_run_lengths_may_begin_with_its_top_row() {
    // Four pixels of colour 1 above four of colour 2.
    let rows = [4u8, 1, 0, 0, 4, 2, 0, 1];
    let mut file = b"BM".to_vec();
    let offset: u32 = 14 + 40 + 12;
    file.extend((offset + rows.len() as u32).to_le_bytes());
    file.extend([0; 4]);
    file.extend(offset.to_le_bytes());
    file.extend(40u32.to_le_bytes());
    file.extend(4i32.to_le_bytes());
    file.extend((-2i32).to_le_bytes());
    file.extend([1, 0, 8, 0, 1, 0, 0, 0]);
    file.extend((rows.len() as u32).to_le_bytes());
    file.extend([0; 8]);
    file.extend(3u32.to_le_bytes());
    file.extend([0; 4]);
    file.extend([0, 0, 0, 0, 0, 0, 255, 0, 255, 0, 0, 0]);
    file.extend(rows);
    let image = decode(&file).image;
    assert_eq!(image.get_pixel(0, 0), &Rgb([255, 0, 0]));
    assert_eq!(image.get_pixel(3, 1), &Rgb([0, 0, 255]));
}

/// More pixels than are ever decoded are read where the format is decoded smaller.
#[test]
fn a_jpeg_beyond_the_limit_of_pixels_is_decoded_smaller() {
    let bytes = jpeg(&busy(640, 480), false);
    let limits = Limits {
        max_pixels: 100_000,
        ..Limits::default()
    };
    let probe = photo::probe(&bytes, &limits).expect("headers");
    assert_eq!(probe.largest, Reduction::Half);
    let few = Limits {
        max_pixels: 4000,
        ..Limits::default()
    };
    assert!(photo::probe(&bytes, &few).is_err());
}

#[test]
fn an_orientation_in_words_is_read_and_metadata_go_before_it() {
    let png = encoded(&asymmetric(40, 30).into(), ImageFormat::Png);
    for (text, expected) in [
        ("Orientation\u{0}6", 6),
        ("exif:Orientation\u{0}8", 8),
        ("Orientation\u{0}RightTop", 6),
        ("Orientation\u{0}Rotate 90 CW", 6),
        ("Orientation\u{0}Rotate 180", 3),
        ("Orientation\u{0}9", 1),
        ("Orientation\u{0}landscape", 1),
        ("Comment\u{0}6", 1),
    ] {
        let file = with_chunk(&png, b"tEXt", text.as_bytes());
        assert_eq!(decode(&file).orientation.value(), expected, "{text:?}");
        let packet = b"XML:com.adobe.xmp\0\0\0\0\0<x tiff:Orientation=\"8\"/>";
        let both = with_chunk(&with_chunk(&png, b"iTXt", packet), b"tEXt", text.as_bytes());
        assert_eq!(decode(&both).orientation.value(), 8, "{text:?}");
    }
}

#[test]
fn what_is_cut_off_is_called_so_where_the_format_tells() {
    let mut webp = Vec::new();
    image::codecs::webp::WebPEncoder::new_lossless(&mut webp)
        .encode(&busy(80, 60), 80, 60, image::ExtendedColorType::Rgb8)
        .expect("encoded");
    let inputs = [
        "eight_bit.heic",
        "eight_bit.avif",
        "grid.avif",
        "ten_bit.heic",
    ];
    let mut files = vec![("webp".to_owned(), webp)];
    files.extend(inputs.map(|name| {
        let path = format!("{}/tests/photo/inputs/{name}", env!("CARGO_MANIFEST_DIR"));
        (name.to_owned(), std::fs::read(path).expect("a file"))
    }));
    for (name, whole) in files {
        assert_eq!(decode(&whole).notes, [], "{name}");
        if name == "webp" {
            // Something behind the picture is none of it.
            let longer = [&whole[..], &[0; 5]].concat();
            assert_eq!(decode(&longer).notes, [], "{name}");
        }
        for left in [1, whole.len() / 100, whole.len() / 2] {
            let cut = &whole[..whole.len() - left.max(1)];
            match photo::decode(cut, &Limits::default()) {
                Ok(photo) => assert_eq!(photo.notes, [PhotoNote::Incomplete], "{name}, -{left}"),
                Err(error) => assert!(
                    matches!(error, PhotoError::CutOff),
                    "{name}, -{left}: {error}"
                ),
            }
        }
    }
}
