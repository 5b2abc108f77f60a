//! Commands while a grouping of a million faces is written: `cargo bench --bench grouping_writes [-- FACES]`.
//!
//! One connection moves every face to another group; another names a person, undoes it, and so on without a pause.
//! Making the library takes some minutes.

#![allow(clippy::unwrap_used, reason = "a benchmark that can't go on fails")]

#[path = "common/process.rs"]
#[allow(dead_code, reason = "benches without a peak use the rest")]
mod process;
#[path = "../tests/support/test_library/mod.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod synthetic;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use kinfolk::curate::{Command, execute, undo};
use kinfolk::library::{Assignment, Library};
use synthetic::{TestLibrary, photo_of};

const FACES: usize = 1_000_000;
const FACES_A_PHOTO: u32 = 50;
const FACES_A_GROUP: usize = 10;

fn main() {
    let given = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok());
    let faces: usize = given.unwrap_or(FACES);
    let mut test = library(faces);
    let faces = test.library.faces_to_group().unwrap();
    // Each group gets half of its faces from another one, except the first, which the commands are about.
    let assignments: Vec<_> = faces
        .iter()
        .enumerate()
        .skip(FACES_A_GROUP)
        .map(|(number, face)| {
            let group = (number + FACES_A_GROUP / 2) / FACES_A_GROUP;
            (face.face_id, Assignment::New(group as u32))
        })
        .collect();
    let window = test.library.second_connection().unwrap();
    let is_written = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let commands = scope.spawn(|| go_on_deciding(window, &is_written));
        let (_, seconds, cpu) = process::timed(|| {
            test.library
                .set_automatic_memberships(&assignments)
                .unwrap()
        });
        is_written.store(true, Ordering::Relaxed);
        let mut waits = commands.join().unwrap();
        waits.sort();
        println!(
            "{} faces written in {seconds:.1} s ({cpu:.1} CPU s)",
            assignments.len()
        );
        println!(
            "{} commands meanwhile, each after {:.3} s in the middle, {:.3} s at most; none failed",
            waits.len(),
            waits[waits.len() / 2].as_secs_f64(),
            waits[waits.len() - 1].as_secs_f64()
        );
    });
}

/// The duration of each command.
fn go_on_deciding(mut library: Library, is_written: &AtomicBool) -> Vec<Duration> {
    let group = library.group_summaries().unwrap()[0].group_id;
    let mut waits = Vec::new();
    while !is_written.load(Ordering::Relaxed) {
        let begin = Instant::now();
        if waits.len() % 2 == 0 {
            let name = "Ana".to_owned();
            execute(&mut library, Command::Name { group, name }).unwrap();
        } else {
            undo(&mut library).unwrap();
        }
        waits.push(begin.elapsed());
    }
    waits
}

fn library(faces: usize) -> TestLibrary {
    let mut test = TestLibrary::new();
    let people: Vec<u32> = (0..FACES_A_PHOTO).collect();
    let photos: Vec<usize> = (0..faces / FACES_A_PHOTO as usize).collect();
    for batch in photos.chunks(200) {
        let photos: Vec<_> = batch
            .iter()
            .map(|number| photo_of(test.root_id, &format!("{number}.jpg"), &people))
            .collect();
        test.library.store_scanned(&photos).unwrap();
    }
    let faces = test.library.faces_to_group().unwrap();
    let assignments: Vec<_> = faces
        .iter()
        .enumerate()
        .map(|(number, face)| {
            (
                face.face_id,
                Assignment::New((number / FACES_A_GROUP) as u32),
            )
        })
        .collect();
    test.library
        .set_automatic_memberships(&assignments)
        .unwrap();
    test
}
