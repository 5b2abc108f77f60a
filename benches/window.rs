//! Frames of the window over 100,000 photos and 20,000 groups, with everything selected: `cargo bench --bench window`.
//! Building the library takes half a minute. No page should take longer than a page of a small library.

#![allow(clippy::unwrap_used, reason = "a benchmark that can't go on fails")]

#[path = "../tests/support/test_library/mod.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod synthetic;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use kinfolk::app::commands::action::Action;
use kinfolk::app::{App, AppOptions};
use kinfolk::curate::{self, Command};
use kinfolk::library::Assignment;

use synthetic::{TestLibrary, photo_of};

const PHOTOS: u32 = 100_000;
const GROUPS: u32 = 20_000;
const PEOPLE: u32 = 1_000;

fn build() -> TestLibrary {
    let mut test = TestLibrary::new();
    let numbers: Vec<u32> = (0..PHOTOS).collect();
    for batch in numbers.chunks(1000) {
        let photos: Vec<_> = batch
            .iter()
            .map(|number| photo_of(test.root_id, &format!("{number}.jpg"), &[*number]))
            .collect();
        test.library.store_scanned(&photos).unwrap();
    }
    let faces = test.library.faces_to_group().unwrap();
    let assignments: Vec<_> = faces
        .iter()
        .zip(0..)
        .map(|(face, number)| (face.face_id, Assignment::New(number % GROUPS)))
        .collect();
    let made = test
        .library
        .set_automatic_memberships(&assignments)
        .unwrap();
    for number in 0..PEOPLE {
        let group = made.created[&number];
        let name = format!("Person {number}");
        curate::execute(&mut test.library, Command::Name { group, name }).unwrap();
    }
    test
}

fn settle(harness: &mut Harness<'static, App>) {
    let mut calm = 0;
    while calm < 4 {
        harness.step();
        calm = if harness.state().is_at_rest() {
            calm + 1
        } else {
            0
        };
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn press(harness: &mut Harness<'static, App>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    settle(harness);
}

fn frames(criterion: &mut Criterion) {
    let test = build();
    let file = tempfile::tempdir().unwrap();
    let library = file.path().join("library.sqlite");
    test.keep_as(&library);
    let options = AppOptions {
        library: Some(library),
        ..AppOptions::default()
    };
    let mut harness = Harness::builder()
        .with_size([1280.0, 800.0])
        .with_step_dt(0.1)
        .build_eframe(|cc| App::new(&cc.egui_ctx, options));
    settle(&mut harness);
    let mut measured = criterion.benchmark_group("a frame of 100,000 photos in 20,000 groups");
    measured
        .sample_size(10)
        .measurement_time(Duration::from_secs(3));
    let pages = [
        ("photos", Modifiers::NONE, Key::Num3),
        ("people", Modifiers::NONE, Key::Num1),
        ("history", Modifiers::COMMAND, Key::H),
    ];
    for (page, modifiers, key) in pages {
        press(&mut harness, modifiers, key);
        press(&mut harness, Modifiers::NONE, Key::ArrowRight);
        measured.bench_function(format!("{page}, one selected"), |b| {
            b.iter(|| harness.step());
        });
        press(&mut harness, Modifiers::COMMAND, Key::A);
        measured.bench_function(format!("{page}, all selected"), |b| {
            b.iter(|| harness.step());
        });
        let search = Action::SetSearch("1".to_owned());
        harness.state_mut().push(search);
        settle(&mut harness);
        measured.bench_function(format!("{page}, searched"), |b| {
            b.iter(|| harness.step());
        });
        for _ in 0..3 {
            press(&mut harness, Modifiers::NONE, Key::Escape);
        }
    }
    press(&mut harness, Modifiers::NONE, Key::Num2);
    press(&mut harness, Modifiers::NONE, Key::ArrowRight);
    press(&mut harness, Modifiers::NONE, Key::F2);
    harness.event(egui::Event::Text("per".to_owned()));
    settle(&mut harness);
    measured.bench_function("a name being typed", |b| b.iter(|| harness.step()));
    measured.finish();
}

criterion_group!(benches, frames);
criterion_main!(benches);
