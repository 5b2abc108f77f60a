//! Small files that claim, or decompress to, more than any photo, beside good photos: the good ones are stored, each of
//! the others is a reported problem or is read, and the whole program stays within its memory.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::run::{Run, kinfolk_on};
use crate::support::demo_photo;
use crate::support::home::write;
use crate::support::hostile_files::{
    TiffPlan, black_png, bmp_of_runs, claiming_size, claiming_tiles, cmyk_jpeg, gif_frame,
    gif_screen, jpeg_of_empty_scans, jpeg_of_refining_scans, jxl_header, packbits,
    png_with_inflating_profile, png_with_inflating_text, qoi_of_runs, tiff_of_cyclic_directories,
    webp_frame_larger_than_picture, webp_lossless,
};

const GOOD: [&str; 4] = ["obama.jpg", "biden.jpg", "astronaut.png", "chelsea.png"];

/// Sound files whose sizes are made to lie.
#[cfg(feature = "heic")]
const HEIC: &[u8] = include_bytes!("../photo/inputs/eight_bit.heic");
#[cfg(feature = "avif")]
const AVIF: &[u8] = include_bytes!("../photo/inputs/eight_bit.avif");
#[cfg(feature = "avif")]
const GRID: &[u8] = include_bytes!("../photo/inputs/grid.avif");

/// Peak memory that the program may use while it reads one of these files, in bytes.
const MAX_RESIDENT: u64 = 600_000_000;

/// The program under limits of a shell (`ulimit`): kilobytes of address space and seconds of processor time, so that it
/// ends in any case.
fn limited(limits: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", &format!("{limits} && exec \"$0\" \"$@\"")])
        .arg(env!("CARGO_BIN_EXE_kinfolk"))
        .args(arguments)
        .env_remove("KINFOLK_LOG")
        .stdin(Stdio::null());
    command
}

/// Runs the program to its end. Also returns its peak memory in bytes.
fn run_measured(mut command: Command) -> (Run, u64) {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    // The kernel records the peak, so the last reading before the end misses only what comes after it.
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0) * 1024);
        std::thread::sleep(Duration::from_millis(2));
    }
    (child.wait_with_output().unwrap().into(), peak)
}

/// Each with a name, and with a part of the reason for which it is refused; empty if it is read.
fn hostile_files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let tile = TiffPlan {
        tile: Some((65_520, 65_520)),
        data: Vec::new(),
        ..TiffPlan::deep(64, 64)
    };
    vec![
        ("scans.jpg", jpeg_of_empty_scans(20_000, 16_000), "scans"),
        ("blocks.jpg", jpeg_of_refining_scans(90, 8_000), "blocks"),
        ("inks.jpg", cmyk_jpeg(65_535, 4_096), "memory"),
        ("column.png", black_png(1, 1 << 28), "along a side"),
        ("profile.png", png_with_inflating_profile(16_384), ""),
        ("text.png", png_with_inflating_text(16_384), ""),
        ("screen.gif", gif_screen(16_384), "memory"),
        ("frame.gif", gif_frame(40_000), "GIF"),
        (
            "deep.tif",
            TiffPlan::deep(40_000, 40_000).file(),
            "limit of",
        ),
        ("cycle.tif", tiff_of_cyclic_directories(), "limit of"),
        ("tile.tif", tile.file(), "TIFF"),
        ("lossless.webp", webp_lossless(16_383, 16_383), "memory"),
        ("frame.webp", webp_frame_larger_than_picture(16_383), "WebP"),
        ("runs.qoi", qoi_of_runs(16_000, 16_000), "memory"),
        ("runs.bmp", bmp_of_runs(16_000, 16_000), "memory"),
        ("text.ppm", b"P3 16000 16000 255\n1 2 3 ".to_vec(), "memory"),
        ("header.jxl", jxl_header(1 << 30, 1 << 30), "JPEG XL"),
        ("memory.jxl", jxl_header(8_000, 8_000), "memory"),
        #[cfg(feature = "heic")]
        ("side.heic", claiming_size(HEIC, u32::MAX, 16), "limit of"),
        #[cfg(feature = "heic")]
        ("memory.heic", claiming_size(HEIC, 16_000, 16_000), "memory"),
        #[cfg(feature = "avif")]
        ("memory.avif", claiming_size(AVIF, 16_000, 16_000), "memory"),
        #[cfg(feature = "avif")]
        ("size.avif", claiming_size(AVIF, 7_000, 7_000), "AVIF"),
        #[cfg(feature = "avif")]
        ("tiles.avif", claiming_tiles(GRID, 65_535, 16_383), "AVIF"),
    ]
}

fn with_good_photos(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for photo in GOOD {
        fs::copy(demo_photo(photo), folder.join(photo)).unwrap();
    }
}

fn scan_arguments<'a>(photos: &'a Path, library: &'a Path, threads: &'a str) -> [&'a str; 7] {
    let [photos, library] = [photos, library].map(|path| path.to_str().unwrap());
    [
        "scan",
        photos,
        "--json",
        "--library",
        library,
        "--threads",
        threads,
    ]
}

#[test]
fn hostile_files_are_named_and_good_photos_are_stored_within_a_limit_of_memory() {
    let home = tempfile::tempdir().unwrap();
    let (photos, library) = (home.path().join("photos"), home.path().join("l.sqlite"));
    with_good_photos(&photos);
    let hostile = hostile_files();
    for (name, bytes, _) in &hostile {
        write(&photos.join(name), bytes);
    }
    let arguments = scan_arguments(&photos, &library, "2");
    let command = limited("ulimit -v 2600000 && ulimit -t 300", &arguments);
    let (run, peak) = run_measured(command);

    for (name, _, reason) in &hostile {
        let line = run.stderr.lines().find(|line| line.contains(name));
        match line {
            Some(line) => assert!(!reason.is_empty() && line.contains(reason), "{line}"),
            None => assert!(
                reason.is_empty(),
                "nothing is told of {name}: {}",
                run.stderr
            ),
        }
    }
    let summary: serde_json::Value = serde_json::from_str(&run.done()).unwrap();
    let read = hostile.iter().filter(|(_, _, reason)| reason.is_empty());
    assert_eq!(summary["photos_scanned"], GOOD.len() + read.count());
    assert!(peak < MAX_RESIDENT, "{peak} bytes");

    // Known problems are skipped until the files change.
    let again = kinfolk_on(&library, &format!("scan {} --json", photos.display()));
    let again: serde_json::Value = serde_json::from_str(&again.done()).unwrap();
    assert_eq!(again["problems"], summary["problems"]);
    assert_eq!(again["stages"]["read"], 0.0);
}

/// The largest pictures that can be read, for every way of decoding: two at once use little more memory than one thread
/// may.
#[test]
fn the_largest_pictures_that_are_read_stay_within_the_limit() {
    let largest = [
        ("grey.png", black_png(12_000, 11_000)),
        ("screen.gif", gif_screen(7_000)),
        ("deep.tif", TiffPlan::deep(8_000, 10_000).file()),
        (
            "turned.tif",
            TiffPlan {
                orientation: 6,
                ..TiffPlan::deep(10_000, 8_000)
            }
            .file(),
        ),
        ("lossless.webp", webp_lossless(7_000, 7_000)),
        ("runs.qoi", qoi_of_runs(11_000, 11_000)),
        ("scans.jpg", jpeg_of_empty_scans(20, 10_000)),
        // More than can be held at full scale: brought together smaller.
        ("square.png", black_png(16_384, 16_384)),
        (
            "strips.tif",
            TiffPlan {
                bits: 8,
                samples: 1,
                data: packbits(20_000),
                ..TiffPlan::deep(20_000, 15_000)
            }
            .file(),
        ),
        ("refining.jpg", jpeg_of_refining_scans(80, 5_000)),
        ("inks.jpg", cmyk_jpeg(10_000, 10_000)),
    ];
    for (name, bytes) in largest {
        let home = tempfile::tempdir().unwrap();
        let (photos, library) = (home.path().join("photos"), home.path().join("l.sqlite"));
        with_good_photos(&photos);
        for copy in ["a", "b"] {
            // Bytes after the end change the hash and nothing else.
            let bytes = [&bytes[..], copy.as_bytes()].concat();
            write(&photos.join(format!("{copy}-{name}")), &bytes);
        }
        let arguments = scan_arguments(&photos, &library, "2");
        let (run, peak) = run_measured(limited("ulimit -v 1600000 && ulimit -t 120", &arguments));
        // The JPEGs have almost no data, which is told; nothing else is, and never of another file.
        let is_expected = |line: &str| name.ends_with(".jpg") && line.contains("incomplete");
        let told: Vec<_> = run
            .stderr
            .lines()
            .filter(|line| !is_expected(line))
            .collect();
        assert!(told.is_empty(), "{name}: {told:?}");
        let summary: serde_json::Value = serde_json::from_str(&run.done()).unwrap();
        assert_eq!(summary["photos_scanned"], GOOD.len() + 2, "{name}");
        println!("{name}: {peak} bytes, {}", summary["stages"]);
        assert!(peak < MAX_RESIDENT, "{name}: {peak} bytes");
    }
}
