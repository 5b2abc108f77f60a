//! Files that are damaged, cut off or of another kind are refused with a reason, and never with a panic; reading and hashing.

use crate::support::pictures::{asymmetric, encoded, solid_jpeg};
use image::ImageFormat;
use kinfolk::photo::{self, FileKind, Limits, PhotoError, kind_by_content};
use kinfolk::stop::StopFlag;
use tempfile::tempdir;

fn error(bytes: &[u8]) -> PhotoError {
    match photo::decode(bytes, &Limits::default()) {
        Ok(_) => panic!("decoded what can't be a photo"),
        Err(error) => error,
    }
}

#[test]
fn claimed_pixels_are_checked_before_memory_is_taken() {
    const SIDE: u32 = 60_000;
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend([SIDE.to_be_bytes(), SIDE.to_be_bytes()].concat());
    png.extend([8, 2, 0, 0, 0]);
    png.extend(crc32(&png[12..]).to_be_bytes());
    png.extend(b"\0\0\0\0IDAT");
    png.extend(crc32(b"IDAT").to_be_bytes());

    let mut bmp = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    bmp.extend([SIDE.to_le_bytes(), SIDE.to_le_bytes()].concat());
    bmp.extend([1, 0, 24, 0]);
    bmp.extend([0; 24]);

    let mut qoi = b"qoif".to_vec();
    // The decoder itself refuses larger ones.
    qoi.extend([17_000u32.to_be_bytes(), 17_000u32.to_be_bytes()].concat());
    qoi.extend([3, 0, 0, 0, 0, 0, 0, 0, 0, 1]);

    // A screen of 65535 × 65535 and a first frame of one pixel.
    let gif = b"GIF89a\xFF\xFF\xFF\xFF\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0;".to_vec();
    let pnm = b"P6 60000 60000 255\n".to_vec();
    let jpeg = solid_jpeg(&[1, 2, 3], None, 65_500, 65_500);
    for bytes in [png, bmp, qoi, gif, pnm, jpeg] {
        let kind = kind_by_content(&bytes);
        let error = error(&bytes);
        assert!(
            matches!(error, PhotoError::TooManyPixels { .. }),
            "{kind:?}: {error}"
        );
    }
}

#[test]
fn the_limit_of_pixels_can_be_lowered() {
    let bytes = encoded(&asymmetric(40, 30).into(), ImageFormat::Png);
    let limits = |max_pixels| Limits {
        max_pixels,
        ..Limits::default()
    };
    assert!(photo::decode(&bytes, &limits(1200)).is_ok());
    assert!(matches!(
        photo::decode(&bytes, &limits(1199)),
        Err(PhotoError::TooManyPixels {
            width: 40,
            height: 30,
            ..
        })
    ));
}

#[test]
fn files_longer_than_the_limit_are_not_read() {
    let folder = tempdir().expect("tempdir");
    let path = folder.path().join("long.png");
    crate::support::pictures::write(&path, &[0; 1000]);
    let limits = Limits {
        max_file_bytes: 999,
        ..Limits::default()
    };
    let error = photo::read(&path, &limits, &StopFlag::default()).err();
    assert!(matches!(
        error,
        Some(PhotoError::FileTooLarge {
            bytes: 1000,
            limit: 999
        })
    ));
}

#[test]
fn the_hash_is_blake3_of_the_whole_file() {
    let folder = tempdir().expect("tempdir");
    let path = folder.path().join("bytes");
    let bytes: Vec<u8> = (0..700_000u32).map(|i| (i % 251) as u8).collect();
    crate::support::pictures::write(&path, &bytes);
    let file = photo::read(&path, &Limits::default(), &StopFlag::default()).expect("readable");
    assert_eq!(
        file.content_hash.to_string(),
        blake3::hash(&bytes).to_string()
    );
    assert_eq!(file.stamp.bytes, 700_000);
}

#[test]
fn empty_missing_and_special_files_have_their_own_reasons() {
    let folder = tempdir().expect("tempdir");
    let empty = folder.path().join("empty.jpg");
    crate::support::pictures::write(&empty, &[]);
    assert!(matches!(
        super::open(&empty, &Limits::default()),
        Err(PhotoError::Empty)
    ));
    assert!(matches!(
        super::open(folder.path(), &Limits::default()),
        Err(PhotoError::NotAFile)
    ));
    let missing = folder.path().join("missing.jpg");
    match super::open(&missing, &Limits::default()) {
        Err(error @ PhotoError::Io { .. }) => {
            assert!(error.to_string().contains("missing.jpg"), "{error}");
            assert!(
                !error.reason().contains("missing.jpg"),
                "{}",
                error.reason()
            );
        }
        _ => panic!("a missing file was read"),
    }
}

#[test]
fn text_and_unknown_formats_are_no_photos() {
    assert!(matches!(
        error(b"BMW is a maker of cars, not of bitmaps"),
        PhotoError::NotAPhoto
    ));
    assert!(matches!(error(b"%PDF-1.7"), PhotoError::NotAPhoto));
    assert!(matches!(error(&[0; 100]), PhotoError::NotAPhoto));
}

#[test]
fn formats_that_wait_for_a_decoder_are_told_by_name() {
    let ftyp = |brand: &[u8]| [b"\0\0\0\x18ftyp".as_slice(), brand, b"\0\0\0\0"].concat();
    for (bytes, kind) in [
        (ftyp(b"heic"), "heic"),
        (ftyp(b"mif1"), "heic"),
        (ftyp(b"avif"), "avif"),
        (vec![0xFF, 0x0A, 0, 0], "jxl"),
        (b"\0\0\0\x0cJXL \r\n\x87\n".to_vec(), "jxl"),
    ] {
        assert_eq!(kind_by_content(&bytes), FileKind::NotYetReadable(kind));
        assert!(matches!(error(&bytes), PhotoError::NotYetReadable { .. }));
    }
    assert_eq!(kind_by_content(&ftyp(b"isom")), FileKind::Other);
}

#[test]
fn a_jpeg_that_ends_early_is_told_from_one_that_only_lacks_its_end_marker() {
    let noisy = image::RgbImage::from_fn(256, 256, |x, y| {
        image::Rgb([(x * 7 % 256) as u8, (y * 5 % 256) as u8, (x ^ y) as u8])
    });
    let whole = encoded(&noisy.into(), ImageFormat::Jpeg);
    assert!(matches!(
        error(&whole[..whole.len() / 2]),
        PhotoError::CutOff
    ));
    assert!(photo::decode(&whole[..whole.len() - 2], &Limits::default()).is_ok());
    // Motion photos and other cameras append a second file.
    let appended = [whole.as_slice(), &whole[..1000]].concat();
    assert!(photo::decode(&appended, &Limits::default()).is_ok());
}

#[test]
fn cut_and_flipped_bytes_never_panic() {
    let picture = asymmetric(64, 48);
    let mut decoded = 0;
    for format in [
        ImageFormat::Jpeg,
        ImageFormat::Png,
        ImageFormat::WebP,
        ImageFormat::Gif,
        ImageFormat::Bmp,
        ImageFormat::Tiff,
        ImageFormat::Qoi,
        ImageFormat::Pnm,
    ] {
        let whole = encoded(&picture.clone().into(), format);
        for cut in (1..whole.len()).step_by(1 + whole.len() / 40) {
            decoded += usize::from(photo::decode(&whole[..cut], &Limits::default()).is_ok());
        }
        // A fixed sequence (Knuth's multiplicative hash) of single flipped bytes.
        for step in 0..60u32 {
            let random = step.wrapping_mul(2_654_435_761);
            let mut flipped = whole.clone();
            let at = random as usize % flipped.len();
            flipped[at] ^= (random >> 24) as u8 | 1;
            if let Ok(photo) = photo::decode(&flipped, &Limits::default()) {
                decoded += 1;
                assert!(photo.image.width() > 0);
            }
        }
    }
    assert!(decoded > 0, "small damage is forgiven now and then");
}

/// CRC-32 of PNG (ISO 3309), bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xEDB8_8320
            } else {
                crc >> 1
            };
        }
    }
    !crc
}
