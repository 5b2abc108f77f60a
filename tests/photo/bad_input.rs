//! Damaged, unusual and valid files from the test suites of other projects: none may stop a scan, and the valid ones
//! are decoded correctly. They are not part of this project; where they are missing, the tests say so and pass.

use std::fs;
use std::path::{Path, PathBuf};

use image::RgbImage;
use kinfolk::library::Library;
use kinfolk::photo::{Limits, Photo, PhotoError};
use kinfolk::scan::{ScanControl, ScanOptions, scan};
use kinfolk::vision::{DeviceChoice, Engine};

/// A part of the collection, which lies beside the folder of this project.
fn collection(part: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/eval/sets/files")
        .join(part);
    if !folder.is_dir() {
        println!("skipped: there is no {folder:?}");
        return None;
    }
    Some(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}

fn open(path: &Path) -> Result<Photo, PhotoError> {
    super::open(path, &Limits::default())
}

fn name(path: &Path) -> String {
    path.file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned()
}

fn mean_difference(a: &RgbImage, b: &RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a
        .iter()
        .zip(b.iter())
        .map(|(a, b)| u64::from(a.abs_diff(*b)))
        .sum();
    sum as f64 / a.len() as f64
}

#[test]
fn every_file_is_scanned_or_reported() {
    let Some(folder) = collection("") else { return };
    let engine = Engine::load(DeviceChoice::Cpu).expect("engine");
    let mut library = Library::open_in_memory().expect("library");
    let (options, control) = (ScanOptions::default(), ScanControl::new());
    let summary = scan(
        &mut library,
        &engine,
        &[folder],
        &options,
        &control,
        &|_| {},
    )
    .expect("a scan");
    println!("{summary:#?}");
    let problems = library.problems().expect("read");
    for problem in &problems {
        println!("{}: {}", problem.path, problem.reason);
        assert!(!problem.reason.is_empty());
    }
    assert!(summary.photos_found > 700 && summary.photos_scanned > 300);
    let told = summary.problems + summary.incomplete;
    assert_eq!(told as usize, problems.len());
    assert_eq!(
        library.check_invariants().expect("check"),
        Vec::<String>::new()
    );
    let known = library.photos().expect("read").len() as u64;
    assert_eq!(known, summary.photos_scanned + summary.copied);
}

#[test]
fn the_eight_orientations_look_alike() {
    let Some(folder) = collection("orientation") else {
        return;
    };
    for shape in ["Landscape", "Portrait"] {
        let upright = open(&folder.join(format!("{shape}_1.jpg")))
            .expect("readable")
            .image;
        for orientation in 1..=8u8 {
            let photo = open(&folder.join(format!("{shape}_{orientation}.jpg"))).expect("readable");
            assert_eq!(photo.orientation.value(), orientation);
            // Each picture shows the number of its orientation.
            let difference = mean_difference(&photo.image, &upright);
            assert!(
                difference < 10.0,
                "{shape}_{orientation} differs by {difference}"
            );
        }
    }
}

#[test]
fn valid_pngs_are_read_and_invalid_ones_are_not() {
    let Some(folder) = collection("malformed/png/PngSuite") else {
        return;
    };
    for path in files(&folder)
        .iter()
        .filter(|path| path.extension().is_some_and(|e| e == "png"))
    {
        // PngSuite names its invalid files with a leading x.
        let is_valid = !name(path).starts_with('x');
        match open(path) {
            Ok(photo) => assert!(is_valid || !photo.notes.is_empty(), "{path:?} was read"),
            Err(error) => assert!(!is_valid, "{path:?}: {error}"),
        }
    }
}

#[test]
fn good_bitmaps_are_read_and_bad_ones_do_no_harm() {
    let Some(folder) = collection("malformed/bmp/bmpsuite") else {
        return;
    };
    for path in files(&folder.join("g")) {
        let photo = open(&path);
        assert!(photo.is_ok(), "{path:?}: {:?}", photo.err());
    }
    let read = ["b", "q", "x"]
        .iter()
        .flat_map(|part| files(&folder.join(part)));
    let (mut good, mut bad) = (0, 0);
    for path in read {
        match open(&path) {
            Ok(photo) => good += u32::from(photo.image.width() > 0),
            Err(_) => bad += 1,
        }
    }
    println!("of the doubtful and bad bitmaps {good} are read and {bad} refused");
    assert!(good > 0 && bad > 0);
}
