//! A library of an earlier Kinfolk is migrated to the better model in the background, and gives way to what the user wants.

use std::fs;
use std::path::PathBuf;

use egui_kittest::kittest::Queryable as _;
use kinfolk::app::commands::action::Action;
use kinfolk::app::state::navigation::Page;
use kinfolk::app::state::settings::FaceSort;
use kinfolk::curate::{self, Command};
use kinfolk::library::{FaceId, Library};
use kinfolk::stop::StopFlag;
use kinfolk::vision::{EMBEDDING_MODEL, ModelName};

use crate::support::crowd::{CLEAR, Crowd};
use crate::support::former::{FORMER, make_former, store_portraits};
use crate::support::window::{Window, regroup};
use crate::support::{demo_photo, variants};

/// Maria in this many photos, as an earlier Kinfolk left them.
fn former_library(photos: usize) -> Window {
    Window::begin(|library, folder| {
        let pictures = folder.join("pictures");
        fs::create_dir_all(&pictures).expect("folder");
        let photo = variants::read(&demo_photo("obama.jpg"));
        let portrait = variants::smaller(&photo, 200.0 / photo.width().max(photo.height()) as f32);
        store_portraits(library, &pictures, &portrait, photos);
        curate::group_again(library, &StopFlag::default()).expect("group");
        let group = library.group_summaries().expect("groups")[0].group_id;
        let name = "Maria".to_owned();
        curate::execute(library, Command::Name { group, name }).expect("naming");
        make_former(library.path());
    })
}

fn library_of(window: &Window) -> PathBuf {
    window.app().snapshot().library.clone()
}

fn model(window: &Window) -> ModelName {
    let library = Library::open_to_read(&library_of(window)).expect("the library opens");
    library.embedding_model().expect("read")
}

fn says(window: &Window, text: &str) -> bool {
    window.app().messages().join(" ").contains(text)
}

#[test]
fn a_library_of_an_earlier_kinfolk_is_migrated_after_it_is_opened() {
    let mut window = former_library(3);
    window.step_until("the migration ends", |window| {
        says(window, "better model now")
    });
    window.settle();
    assert_eq!(model(&window), ModelName::new(EMBEDDING_MODEL));
    assert_eq!(window.people(), ["Maria"]);
    assert!(
        says(&window, "3 faces embedded again"),
        "{:?}",
        window.app().messages()
    );
    assert!(!window.shows("Faces can be compared better"));
    window.app_mut().push(Action::Migrate);
    window.settle();
    assert!(says(&window, "by the best model of this Kinfolk already"));
}

#[test]
fn a_stopped_migration_goes_on_when_the_user_asks_for_it() {
    let mut window = former_library(150);
    window.step_until("the migration runs", |window| {
        window.shows_text("Updating faces")
    });
    window.ask([Action::StopScan]);
    window.step_until("it is stopped", |window| says(window, "Stopped"));
    window.settle();
    assert_eq!(model(&window), ModelName::new(FORMER));
    window
        .harness
        .get_by_label("Faces can be compared better")
        .click();
    window.step_until("the migration ends", |window| {
        says(window, "better model now")
    });
    window.settle();
    assert_eq!(model(&window), ModelName::new(EMBEDDING_MODEL));
    assert_eq!(window.people(), ["Maria"]);
}

#[test]
fn a_scan_need_not_wait_for_the_end_of_a_migration() {
    let mut window = former_library(150);
    window.step_until("the migration runs", |window| {
        window.shows_text("Updating faces")
    });
    let nothing = window.folder().join("nothing");
    fs::create_dir_all(&nothing).expect("folder");
    window.ask([Action::ScanFolder(nothing)]);
    // A scan of this library needs a model that this Kinfolk cannot run: it says so, and the migration goes on.
    window.step_until("the scan has its turn", |window| says(window, "migrate"));
    assert_eq!(model(&window), ModelName::new(FORMER));
    window.step_until("the migration ends", |window| {
        says(window, "better model now")
    });
    window.settle();
    assert_eq!(model(&window), ModelName::new(EMBEDDING_MODEL));
}

#[test]
fn the_faces_of_a_person_are_sorted_by_date_or_best_shot_first() {
    let mut faces: Vec<FaceId> = Vec::new();
    let qualities = [0.3, 0.9, 0.5];
    let mut window = Window::open(|library, _| {
        let mut crowd = Crowd::new(1, CLEAR, 3);
        let root_id = library
            .add_root(&crate::support::demo_photos())
            .expect("root");
        for quality in qualities {
            let mut photo = crowd.photo(root_id, &[0]);
            photo.faces[0].quality = quality;
            let photo_id = library.store_scanned(&[photo]).expect("store")[0];
            faces.push(library.faces_of_photo(photo_id).expect("faces")[0].face_id);
        }
        regroup(library);
    });
    let group = window.groups()[0].group_id;
    window.app_mut().push(Action::Go(Page::Group(group)));
    window.settle();
    let shown = |window: &Window| -> Vec<String> {
        let labels = window.labels().into_iter();
        labels.filter(|label| label.starts_with("Face ")).collect()
    };
    let labels = |order: [usize; 3]| order.map(|place| format!("Face {}", faces[place]));
    assert_eq!(shown(&window), labels([0, 1, 2]));
    window.app_mut().push(Action::SetFaceSort(FaceSort::Best));
    window.settle();
    assert_eq!(shown(&window), labels([1, 2, 0]));
    assert!(window.shows_text("Best first"), "{:?}", window.labels());
    window.app_mut().push(Action::SetFaceSort(FaceSort::Date));
    window.settle();
    assert_eq!(shown(&window), labels([0, 1, 2]));
}
