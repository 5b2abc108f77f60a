//! What scans leave out, and the rules about it.

use std::path::Path;

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use kinfolk::app::state::navigation::Page;
use kinfolk::library::Library;
use kinfolk::photo::Patterns;
use kinfolk::scan;

use crate::support::on_disk;
use crate::support::pictures;
use crate::support::window::Window;

/// Two photos, and a folder of thumbnails, a recycle bin, and a film.
fn pictures(library: &mut Library, folder: &Path) {
    on_disk::store(
        library,
        &folder.join("pictures"),
        &["a.jpg", "Screenshots/b.jpg"],
    );
    for path in ["@eaDir/t.jpg", "2019/#recycle/c.jpg", "film.mp4"] {
        pictures::write(&folder.join("pictures").join(path), path.as_bytes());
    }
}

fn kept(window: &Window) -> Patterns {
    let library = window.app().snapshot().library.clone();
    scan::patterns(&Library::open_to_read(&library).expect("library")).expect("patterns")
}

fn opened() -> Window {
    let mut window = Window::open(pictures);
    window.press(Key::Num9);
    assert_eq!(window.app().page(), Page::LeftOut);
    window
}

fn type_rule(window: &mut Window, rule: &str) {
    window
        .harness
        .get_by_role_and_label(Role::TextInput, "New rule")
        .focus();
    window.settle();
    window.type_text(rule);
}

#[test]
fn the_page_lists_what_is_left_out_by_reason_and_counts_films() {
    let mut window = opened();
    for text in [
        "@eaDir",
        "#recycle",
        "folder · thumbnails",
        "folder · recycle bin",
        "1 × video",
    ] {
        assert!(
            window.shows_text(text),
            "no {text:?} in {:?}",
            window.labels()
        );
    }
    window.click("Recycle bin");
    assert!(window.shows_text("#recycle") && !window.shows_text("@eaDir"));
    window.click("All");
    assert!(window.shows_text("@eaDir"));
}

#[test]
fn what_is_wrongly_left_out_is_included_by_one_click_and_undone_by_another() {
    let mut window = opened();
    window.click("Recycle bin");
    let recycled = window.folder().join("pictures/2019/#recycle");
    let recycled = std::fs::canonicalize(recycled).expect("folder");
    window.click(&format!("Include {}", recycled.display()));
    assert_eq!(kept(&window).include, ["/2019/#recycle"]);
    window.click("All");
    assert!(
        !window.shows_text("folder · recycle bin"),
        "{:?}",
        window.labels()
    );
    window.click("Undo");
    assert_eq!(kept(&window), Patterns::default());
    assert!(window.shows_text("folder · recycle bin"));
}

#[test]
fn a_rule_is_added_by_keyboard_and_removed_by_its_chip() {
    let mut window = opened();
    assert!(window.shows_text("None yet"));
    type_rule(&mut window, "screenshots");
    window.press(Key::Enter);
    assert_eq!(kept(&window).exclude, ["screenshots"]);
    assert!(
        window.shows_text("folder · excluded by you"),
        "{:?}",
        window.labels()
    );
    window.click("Remove the rule screenshots");
    assert_eq!(kept(&window), Patterns::default());
    assert!(!window.shows_text("excluded by you"));
}

#[test]
fn a_rule_that_means_nothing_is_refused_with_the_cure() {
    let mut window = opened();
    type_rule(&mut window, "**");
    window.press(Key::Enter);
    assert_eq!(kept(&window), Patterns::default());
    assert!(
        window.shows_text("give a name or a path"),
        "{:?}",
        window.labels()
    );
}

#[test]
fn a_folder_where_nothing_is_left_out_says_so() {
    let mut window = Window::open(|library, folder| {
        on_disk::store(library, &folder.join("pictures"), &["a.jpg"]);
    });
    window.click("Left out");
    assert!(window.shows("Nothing is left out"), "{:?}", window.labels());
}
