//! TIFF as scanners and editors write it: every kind of sample comes out as the colour that was meant.

use crate::support::home::write;
use image::Rgb;
use kinfolk::photo::{self, Limits, Photo, PhotoError, PhotoNote, Reduction};
use kinfolk::stop::StopFlag;

const SIDE: u32 = 8;
const SHORT: u16 = 3;
const LONG: u16 = 4;

/// One picture of a TIFF that is plain in every pixel.
struct Page {
    side: u32,
    fields: Vec<(u16, Vec<u32>)>,
    /// One for each plane.
    strips: Vec<Vec<u8>>,
}

impl Page {
    /// `pixel` are the bytes of one pixel.
    fn plain(photometric: u32, bits: &[u32], pixel: &[u8]) -> Self {
        let strip = pixel.repeat((SIDE * SIDE) as usize);
        Self::of_strips(SIDE, photometric, bits, vec![strip])
    }

    fn of_strips(side: u32, photometric: u32, bits: &[u32], strips: Vec<Vec<u8>>) -> Self {
        let fields = vec![
            (258, bits.to_vec()),
            (259, vec![1]),
            (262, vec![photometric]),
            (277, vec![bits.len() as u32]),
        ];
        Self {
            side,
            fields,
            strips,
        }
    }

    fn with(mut self, tag: u16, values: &[u32]) -> Self {
        self.fields.retain(|(other, _)| *other != tag);
        self.fields.push((tag, values.to_vec()));
        self
    }
}

fn tiff(pages: &[Page]) -> Vec<u8> {
    let mut file = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for page in pages {
        let mut fields = page.fields.clone();
        let mut offsets = Vec::new();
        for strip in &page.strips {
            offsets.push(file.len() as u32);
            file.extend(strip);
        }
        let lengths = page.strips.iter().map(|strip| strip.len() as u32);
        fields.extend([
            (256, vec![page.side]),
            (257, vec![page.side]),
            (278, vec![page.side]),
            (279, lengths.collect()),
            (273, offsets),
        ]);
        fields.sort();
        let mut directory = (fields.len() as u16).to_le_bytes().to_vec();
        for (tag, values) in &fields {
            let kind = if matches!(*tag, 273 | 279) {
                LONG
            } else {
                SHORT
            };
            let bytes: Vec<u8> = match kind {
                LONG => values
                    .iter()
                    .flat_map(|value| value.to_le_bytes())
                    .collect(),
                _ => values
                    .iter()
                    .flat_map(|value| (*value as u16).to_le_bytes())
                    .collect(),
            };
            let mut inline = bytes.clone();
            if bytes.len() > 4 {
                inline = (file.len() as u32).to_le_bytes().to_vec();
                file.extend(bytes);
            }
            inline.resize(4, 0);
            directory.extend(tag.to_le_bytes());
            directory.extend(kind.to_le_bytes());
            directory.extend((values.len() as u32).to_le_bytes());
            directory.extend(inline);
        }
        let at = file.len() as u32;
        file[link..link + 4].copy_from_slice(&at.to_le_bytes());
        link = file.len() + directory.len();
        file.extend(directory);
        file.extend([0; 4]);
    }
    file
}

fn decode(pages: &[Page]) -> Photo {
    photo::decode(&tiff(pages), &Limits::default()).expect("readable")
}

fn assert_color(name: &str, page: Page, color: [u8; 3]) {
    let photo = decode(&[page]);
    assert_eq!(photo.notes, [], "{name}");
    for pixel in photo.image.pixels() {
        let is_near = pixel.0.iter().zip(color).all(|(a, b)| a.abs_diff(b) <= 2);
        assert!(is_near, "{name}: {pixel:?} where {color:?} was meant");
    }
}

fn floats(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

#[test]
fn every_kind_of_sample_is_the_colour_that_was_meant() {
    let eight = |count| vec![8; count];
    let mut palette = vec![0u32; 3 * 256];
    (palette[5], palette[256 + 5], palette[512 + 5]) = (200 * 257, 100 * 257, 50 * 257);
    assert_color(
        "palette",
        Page::plain(3, &[8], &[5]).with(320, &palette),
        [200, 100, 50],
    );
    // L* 50, a* 40, b* -30 of the D50 white.
    assert_color(
        "CIELab",
        Page::plain(8, &eight(3), &[128, 40, 226]),
        [166, 92, 172],
    );
    assert_color(
        "ICCLab",
        Page::plain(9, &eight(3), &[128, 168, 98]),
        [166, 92, 172],
    );
    assert_color(
        "grey of 4 bits",
        Page::of_strips(SIDE, 1, &[4], vec![vec![0x88; 32]]),
        [136; 3],
    );
    assert_color("white is zero", Page::plain(0, &[8], &[55]), [200; 3]);
    assert_color(
        "grey of floats",
        Page::plain(1, &[32], &floats(&[0.5])).with(339, &[3]),
        [128; 3],
    );
    let half = 0x3800u16.to_le_bytes();
    assert_color(
        "grey of half floats",
        Page::plain(1, &[16], &half).with(339, &[3]),
        [128; 3],
    );
    let lab = floats(&[50.2, 40.0, -30.0]);
    assert_color(
        "CIELab of floats",
        Page::plain(8, &[32; 3], &lab).with(339, &[3]),
        [166, 92, 172],
    );
    assert_color(
        "grey of 12 bits",
        Page::of_strips(SIDE, 1, &[12], vec![vec![0x88; 96]]),
        [136; 3],
    );
    assert_color(
        "grey of 32 bits",
        Page::plain(1, &[32], &[0, 0, 0, 0x80]),
        [128; 3],
    );
    let opaque = Page::plain(5, &eight(5), &[0, 255, 255, 0, 255]).with(338, &[2]);
    assert_color("CMYK and opacity", opaque, [255, 0, 0]);
    let inks = [0u8, 255, 255, 0].map(|ink| vec![ink; 64]);
    let planar = Page::of_strips(SIDE, 5, &eight(4), inks.to_vec()).with(284, &[2]);
    assert_color("CMYK in planes", planar, [255, 0, 0]);
    assert_color(
        "grey and opacity",
        Page::plain(1, &eight(2), &[100, 255]).with(338, &[2]),
        [100; 3],
    );
    // Four pixels, and the colours that they share.
    let block = [150, 150, 150, 150, 100, 180];
    let shared = Page::of_strips(SIDE, 6, &eight(3), vec![block.repeat(16)]).with(530, &[2, 2]);
    assert_color("YCbCr that shares colours", shared, [223, 122, 100]);
}

/// A fourth sample is opacity only where the file says so; where it would hide all of the picture it is none either.
#[test]
fn a_fourth_channel_never_makes_a_photo_vanish() {
    let pixel = [200, 100, 50, 0];
    let rgbi = || Page::plain(2, &[8; 4], &pixel);
    assert_color("undeclared", rgbi(), [200, 100, 50]);
    assert_color("infrared", rgbi().with(338, &[0]), [200, 100, 50]);
    assert_color("a saved selection", rgbi().with(338, &[2]), [200, 100, 50]);
    let half = Page::plain(2, &[8; 4], &[200, 100, 50, 128]).with(338, &[2]);
    assert_color("opacity", half, [227, 177, 152]);
    let premultiplied = Page::plain(2, &[8; 4], &[100, 50, 25, 128]).with(338, &[1]);
    assert_color("premultiplied", premultiplied, [227, 177, 152]);
}

fn grey(side: u32, level: u8) -> Page {
    let strip = vec![level; (side * side) as usize];
    Page::of_strips(side, 1, &[8], vec![strip])
}

/// The numbers of the further photos of a file, and the grey of each.
fn further(name: &str, file: &[u8]) -> Vec<(u32, u8)> {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("scan.tif");
    write(&path, file);
    let (limits, stop) = (Limits::default(), StopFlag::default());
    let pages = photo::further_pages(&path, &limits, &stop).expect(name);
    let level = |page: u32| {
        let path = folder.path().join(format!("scan.tif, page {page}"));
        let file = photo::read(&path, &limits, &stop).expect(name);
        let probe = file.probe(&limits).expect(name);
        let photo = file.decode(&limits, &probe, Reduction::Full, &stop);
        photo.expect(name).image.get_pixel(1, 1).0[0]
    };
    pages.into_iter().map(|page| (page, level(page))).collect()
}

#[test]
fn the_largest_page_is_the_photo_and_others_are_photos_beside_it() {
    let album = [grey(140, 10), grey(150, 20), grey(145, 30)];
    let photo = decode(&album);
    assert_eq!(photo.image.dimensions(), (150, 150));
    assert_eq!(photo.image.get_pixel(1, 1), &Rgb([20; 3]));
    assert_eq!(photo.notes, []);
    assert_eq!(further("album", &tiff(&album)), [(1, 10), (3, 30)]);
}

#[test]
fn a_page_that_holds_no_photo_of_its_own_is_none() {
    let text = Page::of_strips(800, 0, &[1], vec![vec![0; 80_000]]);
    for (name, other, is_photo) in [
        ("alike", grey(800, 10), true),
        ("no exact part", grey(390, 10), true),
        ("half", grey(400, 10), false),
        ("a preview", grey(160, 10), false),
        ("tiny", grey(20, 10), false),
        ("said to be smaller", grey(700, 10).with(254, &[1]), false),
        ("a mask", grey(700, 10).with(254, &[4]), false),
        ("one of several pages", grey(700, 10).with(254, &[2]), true),
        ("black and white", text, false),
    ] {
        let found = further(name, &tiff(&[grey(800, 20), other]));
        assert_eq!(found == [(2, 10)], is_photo, "{name}: {found:?}");
    }
}

#[test]
fn pages_in_a_ring_or_without_end_are_read_once() {
    let pages = [grey(120, 10), grey(130, 20)];
    let mut ring = tiff(&pages);
    let first: [u8; 4] = ring[4..8].try_into().expect("four bytes");
    let end = ring.len() - 4;
    ring[end..].copy_from_slice(&first);
    assert_eq!(further("ring", &ring), [(1, 10)]);

    let many: Vec<Page> = (0..300).map(|_| grey(100, 7)).collect();
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("many.tif");
    write(&path, &tiff(&many));
    let pages = photo::further_pages(&path, &Limits::default(), &StopFlag::default());
    assert_eq!(pages.expect("pages"), Vec::from_iter(2..258));
    let notes = decode(&many).notes;
    assert_eq!(notes, [PhotoNote::MorePages { limit: 256 }]);
}

#[test]
fn a_page_keeps_its_hash_when_another_is_taken_out() {
    let folder = tempfile::tempdir().expect("folder");
    let hash = |pages: &[Page], page: u32| {
        write(&folder.path().join("a.tif"), &tiff(pages));
        let path = folder.path().join(format!("a.tif, page {page}"));
        let file = photo::read(&path, &Limits::default(), &StopFlag::default());
        file.map(|file| file.content_hash)
    };
    let three = [grey(120, 1), grey(110, 2), grey(110, 3)];
    let two = [grey(120, 1), grey(110, 3)];
    let third = hash(&three, 3).expect("third");
    assert_eq!(hash(&two, 2).expect("second"), third);
    assert_ne!(hash(&three, 2).expect("second"), third);
    assert!(hash(&two, 3).is_err());
    let turned = [grey(120, 1), grey(110, 3).with(274, &[6])];
    assert_ne!(hash(&turned, 2).expect("turned"), third);
}

#[test]
fn what_cannot_be_read_yet_is_not_called_damaged() {
    // Programs differ in what is black where samples have a sign.
    for (tag, value) in [(259, 34_712), (259, 34_925), (262, 32_845), (339, 2)] {
        let page = Page::plain(2, &[8; 3], &[1, 2, 3]).with(tag, &[value]);
        let error = photo::decode(&tiff(&[page]), &Limits::default()).err();
        let Some(PhotoError::Unsupported { .. }) = error else {
            panic!("{tag} = {value}: {error:?}");
        };
    }
}

#[test]
fn a_strip_that_is_missing_costs_itself_only() {
    let mut page = Page::plain(1, &[8], &[90]).with(278, &[4]);
    page.strips = vec![vec![90; 32], vec![90; 7]];
    let mut file = tiff(&[page]);
    // The writer states one strip for the page: four rows each are meant.
    let rows = 278u16.to_le_bytes();
    let at = file
        .windows(4)
        .position(|four| four[..2] == rows && four[2..] == [3, 0]);
    let at = at.expect("rows per strip") + 8;
    file[at] = 4;
    let photo = photo::decode(&file, &Limits::default()).expect("a part is readable");
    assert_eq!(photo.notes, [PhotoNote::Incomplete]);
    assert_eq!(photo.image.get_pixel(0, 3), &Rgb([90; 3]));
}

/// Rows of a fax, whose last one no mark follows, come out in every strip (ITU T.4, one dimension).
#[test]
fn fax_rows_are_all_there() {
    // An end of line, then a white run of two pixels, a black one of three and a white one of three: 0111, 10, 1000.
    let row = "000000000001".to_owned() + "0111" + "10" + "1000";
    let bits = row.repeat(SIDE as usize);
    let bytes: Vec<u8> = bits
        .as_bytes()
        .chunks(8)
        .map(|bits| {
            let bits = bits.iter().map(|bit| bit - b'0');
            let byte = bits.clone().fold(0, |byte, bit| byte << 1 | bit);
            byte << (8 - bits.len())
        })
        .collect();
    let page = Page::of_strips(SIDE, 0, &[1], vec![bytes]).with(259, &[3]);
    let photo = decode(&[page]);
    assert_eq!(photo.notes, []);
    for (x, _, pixel) in photo.image.enumerate_pixels() {
        let expected = if (2..5).contains(&x) { 0 } else { 255 };
        assert_eq!(pixel, &Rgb([expected; 3]), "{x}");
    }
}

/// A strip that isn't packed is read in parts; those that lie beyond the file's end are missing.
#[test]
fn a_long_strip_is_read_in_parts() {
    let side = 300;
    let greys: Vec<u8> = (0..side * side).map(|at| (at / side % 251) as u8).collect();
    let of = |strip: &[u8]| Page::of_strips(side, 1, &[8], vec![strip.to_vec()]);
    let whole = decode(&[of(&greys)]);
    assert_eq!(whole.notes, []);
    for (_, y, pixel) in whole.image.enumerate_pixels() {
        assert_eq!(pixel.0[0], (y % 251) as u8);
    }
    let mut cut = tiff(&[of(&greys)]);
    let data = cut.drain(8..8 + greys.len()).collect::<Vec<_>>();
    // The directory before the pixels, of which a third is missing.
    let moved = |at: u32| at - greys.len() as u32;
    let directory = moved(u32::from_le_bytes([cut[4], cut[5], cut[6], cut[7]]));
    cut[4..8].copy_from_slice(&directory.to_le_bytes());
    let tag = 273u16.to_le_bytes();
    let place = cut.windows(2).position(|two| two == tag).expect("offsets") + 8;
    let pixels = cut.len() as u32;
    cut[place..place + 4].copy_from_slice(&pixels.to_le_bytes());
    cut.extend(&data[..data.len() * 2 / 3]);
    let photo = photo::decode(&cut, &Limits::default()).expect("two thirds");
    assert_eq!(photo.notes, [PhotoNote::Incomplete]);
    assert_eq!(photo.image.get_pixel(5, 190), &Rgb([190; 3]));
    assert_eq!(photo.image.get_pixel(5, 299), &Rgb([0; 3]));
}

#[test]
fn floating_point_numbers_are_read_in_the_range_that_they_were_written_in() {
    let grey = |values: &[f32]| {
        let side = 8;
        let samples: Vec<f32> = values.iter().copied().cycle().take(side * side).collect();
        let page = Page::of_strips(side as u32, 1, &[32], vec![floats(&samples)]);
        decode(&[page.with(339, &[3])]).image
    };
    let light = |values: &[f32]| {
        let picture = grey(values);
        let row = (0..values.len() as u32).map(|x| picture.get_pixel(x, 0).0[0]);
        row.collect::<Vec<u8>>()
    };
    assert_eq!(light(&[0.0, 0.2, 0.6, 1.0]), [0, 51, 153, 255]);
    assert_eq!(light(&[0.0, 51.0, 153.0, 255.0]), [0, 51, 153, 255]);
    assert_eq!(
        light(&[0.0, 13_107.0, 39_321.0, 65_535.0]),
        [0, 51, 153, 255]
    );
    // Lights that are brighter than white, in a picture where most is darker.
    assert_eq!(light(&[0.2, 0.4, 0.6, 30.0]), [51, 102, 153, 255]);
    assert_eq!(light(&[0.0, f32::NAN, f32::INFINITY, 1.0])[3], 255);
}
