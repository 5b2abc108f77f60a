//! Files that were not read, or not looked at as they should be; looking again for faces.

use std::fs;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use image::{Rgb, RgbImage};
use kinfolk::app::commands::action::Action;
use kinfolk::app::state::navigation::Page;
use kinfolk::library::{FoundProblem, Library};

use crate::support::window::Window;
use crate::support::{demo_photo, on_disk, pictures, variants};

/// One file that can't be read, and one photo that is incomplete.
fn with_problems() -> Window {
    Window::open(|library, folder| {
        let folder = folder.join("pictures");
        on_disk::store(library, &folder, &["whole.jpg", "cut.jpg"]);
        let root_id = library.roots().expect("roots")[0].root_id;
        let known = library.known_photos(root_id).expect("photos");
        let cut = known
            .iter()
            .find(|photo| photo.path == "cut.jpg")
            .expect("it");
        let problem = |path: &str, file_size, modified_ns, reason: &str| FoundProblem {
            root_id,
            path: path.to_owned(),
            file_size,
            modified_ns,
            reason: reason.to_owned(),
        };
        let problems = [
            problem(
                "cut.jpg",
                cut.file_size,
                cut.modified_ns,
                "the photo is incomplete",
            ),
            problem("broken.jpg", 1, 1, "it is damaged"),
        ];
        library.store_problems(&problems).expect("problems");
    })
}

#[test]
fn problems_are_filtered_by_kind() {
    let mut window = with_problems();
    window.press(Key::Num6);
    assert!(window.shows("cut.jpg") && window.shows("broken.jpg"));
    window.click("Looked at in part");
    assert!(
        window.shows("cut.jpg") && !window.shows("broken.jpg"),
        "{:?}",
        window.labels()
    );
    window.click("Not read");
    assert!(!window.shows("cut.jpg") && window.shows("broken.jpg"));
    window.click("Looked at coarsely");
    assert!(!window.shows("cut.jpg") && !window.shows("broken.jpg"));
}

#[test]
fn a_photo_that_was_looked_at_in_part_is_opened_from_the_list() {
    let mut window = with_problems();
    window.press(Key::Num6);
    window.click("Open");
    assert!(matches!(window.app().page(), Page::Photo(_)));
}

/// The number of faces.
fn faces(window: &Window) -> usize {
    let library = window.app().snapshot().library.clone();
    let library = Library::open_to_read(&library).expect("library");
    library.all_faces().expect("faces").len()
}

#[test]
fn selected_photos_are_looked_at_again() {
    let mut window = Window::open(|_, folder| {
        let photo = variants::read(&demo_photo("obama.jpg"));
        let photo = variants::jpeg(&variants::smaller(&photo, 0.25));
        pictures::write(&folder.join("pictures/a.jpg"), &photo);
        let plain = RgbImage::from_pixel(64, 48, Rgb([90; 3]));
        let png = pictures::encoded(&plain.into(), image::ImageFormat::Png);
        pictures::write(&folder.join("pictures/b.png"), &png);
    });
    let folder = window.folder().join("pictures");
    window.ask([Action::ScanFolder(folder.clone())]);
    window.settle();
    assert_eq!(faces(&window), 1);
    let scanned = |window: &Window| {
        let messages = window.app().messages();
        messages.last().cloned().unwrap_or_default()
    };
    window.press(Key::Num3);
    window.press(Key::ArrowRight);
    window.press_with(Modifiers::SHIFT, Key::F5);
    let said = scanned(&window);
    assert!(said.starts_with("Looked again: 1 photo"), "{said}");
    assert_eq!(faces(&window), 1, "the face is known");
    // A folder is chosen at once, since there is only one.
    window.press(Key::Num1);
    window.press_with(Modifiers::SHIFT, Key::F5);
    let said = scanned(&window);
    assert!(said.starts_with("Looked again: 2 photos, 1 face"), "{said}");
    fs::remove_dir_all(folder).expect("remove");
    window.press(Key::Num3);
    window.press_with(Modifiers::COMMAND, Key::A);
    window.press_with(Modifiers::SHIFT, Key::F5);
    assert!(
        window
            .app()
            .messages()
            .iter()
            .any(|said| said.contains("Can't scan")),
        "{:?}",
        window.app().messages()
    );
}

#[test]
fn the_export_dialog_offers_to_take_back_what_is_no_longer_wanted() {
    let mut window = Window::with_suggestions();
    window.press_with(Modifiers::COMMAND, Key::E);
    let label = "Take back what earlier exports wrote and the albums no longer hold";
    assert!(
        window.harness.query_by_label(label).is_some(),
        "{:?}",
        window.labels()
    );
}
