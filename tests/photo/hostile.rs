//! Hostile files: the limits that are checked before a decoder runs, and what the formats may hold in memory.

use std::io::Cursor;

use crate::support::hostile_files::{
    TiffPlan, black_png, exif_of_overlapping_directories, gif_frame, jpeg_of_empty_scans, packbits,
    png_with_inflating_profile, raw_of_loops, webp_frame_larger_than_picture, webp_lossless,
};
use crate::support::pictures::{
    asymmetric, encoded, exif_block, jpeg_of, jpeg_with_exif, mean_difference,
};
use image::{DynamicImage, ImageFormat, RgbImage};
use jpeg_encoder::SamplingFactor;
use kinfolk::photo::{self, Limits, PhotoError, Reduction};
use kinfolk::stop::StopFlag;

fn refused(bytes: &[u8]) -> PhotoError {
    match photo::probe(bytes, &Limits::default()) {
        Ok(_) => panic!("allowed what can't be a photo"),
        Err(error) => error,
    }
}

fn decode(bytes: &[u8]) -> RgbImage {
    let photo = photo::decode(bytes, &Limits::default());
    photo.expect("a readable photo").image
}

#[test]
fn scans_are_counted_before_any_is_decoded() {
    assert!(matches!(
        refused(&jpeg_of_empty_scans(20_000, 16)),
        PhotoError::TooMuchWork { .. }
    ));
    assert!(matches!(
        refused(&jpeg_of_empty_scans(60, 16_000)),
        PhotoError::TooMuchWork { .. }
    ));
    // As many scans as encoders write, at a usual size; and a large photo with twenty.
    for (scans, side) in [(64, 4_000), (20, 10_000)] {
        let probe = photo::probe(&jpeg_of_empty_scans(scans, side), &Limits::default());
        assert!(probe.is_ok(), "{scans} scans: {:?}", probe.err());
    }
}

#[test]
fn a_flood_of_segments_is_refused() {
    let jpeg = encoded(&asymmetric(8, 8).into(), ImageFormat::Jpeg);
    let comments = [0xFF, 0xFE, 0, 2].repeat(5000);
    let flooded = [&jpeg[..2], &comments, &jpeg[2..]].concat();
    assert!(matches!(refused(&flooded), PhotoError::TooMuchWork { .. }));
    let few = [&jpeg[..2], &comments[..4000], &jpeg[2..]].concat();
    assert_eq!(decode(&few).dimensions(), (8, 8));
}

#[test]
fn a_side_has_a_limit_of_its_own() {
    let error = refused(&black_png(70_000, 2));
    assert!(matches!(error, PhotoError::SideTooLong { .. }), "{error}");
    assert_eq!(decode(&black_png(65_000, 2)).dimensions(), (65_000, 2));
}

#[test]
fn a_profile_that_inflates_without_end_is_left_aside() {
    let bytes = png_with_inflating_profile(1200);
    assert_eq!(decode(&bytes).dimensions(), (64, 64));
}

#[test]
fn frames_may_not_claim_more_than_their_picture() {
    for bytes in [webp_frame_larger_than_picture(16_383), gif_frame(30_000)] {
        let result = photo::decode(&bytes, &Limits::default());
        assert!(matches!(result.err(), Some(PhotoError::Damaged { .. })));
    }
}

#[test]
fn tiny_codes_of_large_pictures_are_told_by_their_memory() {
    let error = refused(&webp_lossless(16_383, 16_383));
    assert!(matches!(error, PhotoError::TooMuchMemory { .. }), "{error}");
    assert!(error.to_string().contains("save a smaller copy"), "{error}");
    assert_eq!(decode(&webp_lossless(300, 200)), RgbImage::new(300, 200));
}

#[test]
fn a_large_photo_is_decoded_as_large_as_memory_allows() {
    let picture = asymmetric(640, 480);
    let limits = |max_memory| Limits {
        max_memory,
        ..Limits::default()
    };
    let bytes = jpeg_of(&picture, SamplingFactor::F_2_2, false);
    let full = 640 * 480 * 3 + 10_000;
    let whole = photo::probe(&bytes, &limits(full + bytes.len() as u64)).expect("headers");
    assert_eq!(whole.largest, Reduction::Full);
    let tight = limits(full / 3 + bytes.len() as u64);
    let probe = photo::probe(&bytes, &tight).expect("headers");
    assert_eq!(probe.largest, Reduction::Half);
    assert_eq!(probe.reduction_keeping(10.0, 100.0), Reduction::Half);
    // A scale that does not fit in memory is not tried.
    assert!(matches!(
        photo::decode(&bytes, &tight).err(),
        Some(PhotoError::TooMuchMemory { .. })
    ));
    let folder = tempfile::tempdir().expect("tempdir");
    let path = folder.path().join("large.jpg");
    crate::support::pictures::write(&path, &bytes);
    let opened = super::open(&path, &tight).expect("readable");
    assert_eq!(opened.image.dimensions(), (320, 240));
    assert_eq!(opened.size().width, 640);
    // A format that can only be decoded whole is refused, with advice.
    let png = encoded(&picture.into(), ImageFormat::Png);
    assert!(matches!(
        photo::probe(&png, &limits(full / 3)),
        Err(PhotoError::TooMuchMemory { .. })
    ));
}

/// Strips, tiles and rows that can't all be held are brought together at a smaller scale, and show the same.
#[test]
fn what_does_not_fit_is_decoded_smaller() {
    let picture = asymmetric(640, 480);
    let exif = exif_block(6, None);
    let png = encoded(&picture.clone().into(), ImageFormat::Png);
    let files = [
        ("png", png.clone()),
        ("turned png", png_with_exif(&png, &exif)),
        ("strips", tiff_of(&picture, None, 1)),
        ("turned strips", tiff_of(&picture, None, 6)),
        ("tiles", tiff_of(&picture, Some((64, 48)), 1)),
        ("turned tiles", tiff_of(&picture, Some((64, 48)), 6)),
    ];
    for (name, bytes) in files {
        let whole = decode(&bytes);
        let limits = Limits {
            max_pixels: 640 * 480 / 20,
            ..Limits::default()
        };
        let probe = photo::probe(&bytes, &limits).expect(name);
        assert_eq!(probe.largest, Reduction::Eighth, "{name}");
        let small = photo::decode_reduced(&bytes, &limits, Reduction::Eighth).expect(name);
        let (width, height) = whole.dimensions();
        assert_eq!(small.image.dimensions(), (width / 8, height / 8), "{name}");
        assert_eq!(
            (small.size().width, small.size().height),
            (width, height),
            "{name}"
        );
        let averaged = image::imageops::thumbnail(&whole, width / 8, height / 8);
        let off = mean_difference(&small.image, &averaged);
        assert!(off < 1.0, "{name}: {off}");
        // The window asks for a scale; what fits is not decoded smaller than it must be.
        let fits = photo::probe(&bytes, &Limits::default()).expect(name);
        assert_eq!(
            fits.reduction_keeping(640.0, 100.0),
            Reduction::Full,
            "{name}"
        );
    }
}

/// A PNG with its EXIF in a chunk before the pixels.
fn png_with_exif(png: &[u8], exif: &[u8]) -> Vec<u8> {
    let mut chunk = (exif.len() as u32).to_be_bytes().to_vec();
    chunk.extend(b"eXIf");
    chunk.extend(exif);
    let sum = crate::support::hostile_files::crc32(&chunk[4..]);
    chunk.extend(sum.to_be_bytes());
    // Behind the signature and the header.
    let (before, after) = png.split_at(8 + 25);
    [before, &chunk, after].concat()
}

#[test]
fn exif_behind_the_pixels_of_a_png_counts() {
    let picture = asymmetric(64, 48);
    let png = encoded(&picture.into(), ImageFormat::Png);
    let early = png_with_exif(&png, &exif_block(6, None));
    let (pixels, end) = png.split_at(png.len() - 12);
    let chunk = &early[33..early.len() - (png.len() - 33)];
    let late = [pixels, chunk, end].concat();
    assert_eq!(decode(&late).dimensions(), (48, 64));
    assert_eq!(decode(&late), decode(&early));
}

/// Directories in cycles are walked once, and a preview that isn't in the file is none.
#[test]
fn raw_files_that_lie_have_no_preview() {
    let places = [(u32::MAX - 1, 1 << 30), (60, u32::MAX), (8, 100), (0, 0)];
    for (preview, length) in places {
        let error = refused(&raw_of_loops(preview, length));
        assert!(
            matches!(error, PhotoError::NotYetReadable { kind: "raw" }),
            "{preview} {length}: {error}"
        );
    }
}

#[test]
fn directories_that_overlap_cost_nothing() {
    let jpeg = encoded(&asymmetric(16, 8).into(), ImageFormat::Jpeg);
    let bytes = jpeg_with_exif(&jpeg, &exif_of_overlapping_directories());
    assert_eq!(decode(&bytes).dimensions(), (16, 8));
}

#[test]
fn long_files_are_hashed_and_decoded_without_being_held() {
    let folder = tempfile::tempdir().expect("tempdir");
    let path = folder.path().join("long.tif");
    let plan = TiffPlan {
        bits: 8,
        samples: 3,
        compression: 1,
        data: [10, 20, 30].repeat(50),
        ..TiffPlan::deep(50, 40)
    };
    let mut bytes = plan.file();
    bytes.resize(70 << 20, 7);
    crate::support::pictures::write(&path, &bytes);
    let file = photo::read(&path, &Limits::default(), &StopFlag::default()).expect("readable");
    assert_eq!(
        file.content_hash.to_string(),
        blake3::hash(&bytes).to_string()
    );
    let limits = Limits::default();
    let probe = file.probe(&limits).expect("headers");
    let photo = file
        .decode(&limits, &probe, Reduction::Full, &StopFlag::default())
        .expect("readable");
    assert_eq!(
        photo.image,
        RgbImage::from_pixel(50, 40, image::Rgb([10, 20, 30]))
    );
    // The file is written again meanwhile.
    bytes.push(0);
    crate::support::pictures::write(&path, &bytes);
    assert!(matches!(file.probe(&limits), Err(PhotoError::Changed)));
}

#[test]
fn a_jpeg_that_is_longer_than_any_is_refused() {
    let folder = tempfile::tempdir().expect("tempdir");
    let path = folder.path().join("long.jpg");
    let jpeg = encoded(&asymmetric(8, 8).into(), ImageFormat::Jpeg);
    crate::support::pictures::write(&path, &jpeg);
    let file = std::fs::File::options().write(true).open(&path);
    file.and_then(|file| file.set_len(193 << 20))
        .expect("a hole");
    let result = photo::read(&path, &Limits::default(), &StopFlag::default());
    assert!(matches!(
        result.err(),
        Some(PhotoError::FileTooLarge { .. })
    ));
}

// Ordinary pictures are decoded as before.

/// Strips, tiles and every orientation give the same picture.
#[test]
fn tiffs_of_every_layout_are_put_together() {
    let picture = asymmetric(70, 50);
    for orientation in 1..=8u16 {
        let turned = {
            let png = encoded(&picture.clone().into(), ImageFormat::Png);
            let exif = exif_block(orientation, None);
            decode(&jpeg_with_exif(&encoded_jpeg(&png), &exif))
        };
        for tile in [None, Some((16, 32)), Some((128, 64))] {
            let tiff = tiff_of(&picture, tile, orientation);
            let decoded = decode(&tiff);
            assert_eq!(decoded.dimensions(), turned.dimensions());
            let off = mean_difference(&decoded, &turned);
            assert!(off < 8.0, "{tile:?}, orientation {orientation}: {off}");
            if orientation == 1 {
                assert_eq!(decoded, picture, "{tile:?}");
            }
        }
    }
}

fn encoded_jpeg(png: &[u8]) -> Vec<u8> {
    let picture = image::load_from_memory(png).expect("a picture").into_rgb8();
    jpeg_of(&picture, SamplingFactor::F_1_1, false)
}

/// Uncompressed strips of seven rows, or tiles.
fn tiff_of(picture: &RgbImage, tile: Option<(u32, u32)>, orientation: u16) -> Vec<u8> {
    use tiff::encoder::{TiffEncoder, colortype};
    use tiff::tags::Tag;
    let (width, height) = picture.dimensions();
    let Some((across, down)) = tile else {
        let mut bytes = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut bytes).expect("encoder");
        let mut image = encoder
            .new_image::<colortype::RGB8>(width, height)
            .expect("image");
        image.rows_per_strip(7).expect("strips");
        let tag = image.encoder().write_tag(Tag::Orientation, orientation);
        tag.expect("tag");
        image.write_data(picture).expect("data");
        return bytes.into_inner();
    };
    // All tiles follow each other in the one piece of data of the file; the offsets are corrected afterwards.
    let mut data = Vec::new();
    let mut offsets = Vec::new();
    for top in (0..height).step_by(down as usize) {
        for left in (0..width).step_by(across as usize) {
            offsets.push(8 + data.len() as u32);
            for y in top..top + down {
                for x in left..left + across {
                    let inside = x < width && y < height;
                    data.extend(if inside {
                        picture.get_pixel(x, y).0
                    } else {
                        [0; 3]
                    });
                }
            }
        }
    }
    let plan = TiffPlan {
        width,
        height,
        bits: 8,
        samples: 3,
        compression: 1,
        rows_per_strip: 0,
        tile,
        orientation,
        data,
    };
    let mut bytes = plan.file();
    if offsets.len() > 1 {
        let table = 8 + plan.data.len();
        for (at, offset) in offsets.iter().enumerate() {
            bytes[table + 4 * at..table + 4 * at + 4].copy_from_slice(&offset.to_le_bytes());
        }
    }
    bytes
}

#[test]
fn deep_tiffs_and_their_packing_are_read() {
    let plan = TiffPlan::deep(300, 200);
    // An opacity that hides all of the picture is none.
    let expected = RgbImage::new(300, 200);
    assert_eq!(decode(&plan.file()), expected);
    let opaque = TiffPlan {
        samples: 3,
        data: packbits(300 * 6),
        ..plan
    };
    assert_eq!(decode(&opaque.file()), RgbImage::new(300, 200));
}

#[test]
fn interlaced_pngs_are_put_together() {
    let picture = asymmetric(37, 29);
    let plain = encoded(&DynamicImage::from(picture.clone()), ImageFormat::Png);
    assert_eq!(decode(&plain), picture);
    // Interlaced as in PngSuite: the encoder can't interlace, so each pass is written as an image of its own.
    let bytes = interlaced_png(&picture);
    assert_eq!(decode(&bytes), picture);
}

/// Seven passes (PNG, 8.2), unfiltered and uncompressed.
fn interlaced_png(picture: &RgbImage) -> Vec<u8> {
    const PASSES: [(u32, u32, u32, u32); 7] = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];
    let (width, height) = picture.dimensions();
    let mut raw = Vec::new();
    for (x, y, across, down) in PASSES {
        for row in (y..height).step_by(down as usize) {
            let pixels: Vec<u32> = (x..width).step_by(across as usize).collect();
            if !pixels.is_empty() {
                raw.push(0);
                raw.extend(pixels.iter().flat_map(|x| picture.get_pixel(*x, row).0));
            }
        }
    }
    // Stored blocks (RFC 1950, RFC 1951).
    let mut packed = vec![0x78, 1];
    let mut blocks = raw.chunks(65_535).peekable();
    while let Some(block) = blocks.next() {
        packed.push(u8::from(blocks.peek().is_none()));
        let length = block.len() as u16;
        packed.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
        packed.extend(block);
    }
    let sums = raw.iter().fold((1u32, 0u32), |(a, b), byte| {
        let a = (a + u32::from(*byte)) % 65_521;
        (a, (b + a) % 65_521)
    });
    packed.extend((sums.1 << 16 | sums.0).to_be_bytes());

    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = [
        &width.to_be_bytes()[..],
        &height.to_be_bytes(),
        &[8, 2, 0, 0, 1],
    ]
    .concat();
    for (name, data) in [
        (b"IHDR", &header),
        (b"IDAT", &packed),
        (b"IEND", &Vec::new()),
    ] {
        bytes.extend((data.len() as u32).to_be_bytes());
        let from = bytes.len();
        bytes.extend(name);
        bytes.extend(data);
        let crc = crate::support::hostile_files::crc32(&bytes[from..]);
        bytes.extend(crc.to_be_bytes());
    }
    bytes
}
