//! Scanned folders that lie elsewhere now, and folders to be forgotten.

use std::fs;
use std::path::{Path, PathBuf};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use kinfolk::app::state::navigation::Page;
use kinfolk::curate::{self, Command};
use kinfolk::library::Library;

use crate::support::on_disk;
use crate::support::window::{Window, regroup};

const PHOTOS: [&str; 3] = ["june/a.jpg", "june/b.jpg", "c.jpg"];

/// Maria, in three photos of the folder `pictures`.
fn maria(library: &mut Library, folder: &Path) {
    on_disk::store(library, &folder.join("pictures"), &PHOTOS);
    regroup(library);
    let group = library.group_summaries().expect("groups")[0].group_id;
    let name = "Maria".to_owned();
    curate::execute(library, Command::Name { group, name }).expect("naming");
}

/// A window whose scanned folder was renamed to `moved`; one of its photos is not there.
fn with_a_moved_folder() -> Window {
    Window::open(|library, folder| {
        maria(library, folder);
        fs::rename(folder.join("pictures"), folder.join("moved")).expect("rename");
        fs::remove_file(folder.join("moved/c.jpg")).expect("remove");
    })
}

fn roots(window: &Window) -> Vec<PathBuf> {
    let snapshot = window.app().snapshot();
    snapshot
        .roots
        .iter()
        .map(|root| root.path.clone())
        .collect()
}

fn real(path: PathBuf) -> PathBuf {
    fs::canonicalize(path).expect("a folder")
}

/// Types the path of a new place and has it looked at.
fn look_in(window: &mut Window, place: &Path) {
    window.type_text(&place.display().to_string());
    window.press(Key::Enter);
}

#[test]
fn a_folder_that_is_not_there_is_marked_and_its_new_place_is_two_steps_away() {
    let mut window = with_a_moved_folder();
    window.click("Folder pictures, not there");
    assert!(window.shows("Where is “pictures” now?"));
    let place = window.folder().join("moved");
    look_in(&mut window, &place);
    assert!(
        window.shows_text("2 photos of it are there. “c.jpg” is not"),
        "{:?}",
        window.labels()
    );
    assert_eq!(
        roots(&window),
        [place.with_file_name("pictures")]
            .map(|path| { real(path.parent().expect("parent").to_owned()).join("pictures") }),
        "nothing was changed yet"
    );
    // The button has the focus.
    window.press(Key::Enter);
    assert_eq!(roots(&window), [real(place)]);
    let maria = window.groups()[0].clone();
    assert_eq!(
        (maria.name.as_deref(), maria.faces, maria.away),
        (Some("Maria"), 2, 1)
    );
    assert!(window.shows("Folder moved"), "{:?}", window.labels());
    let said = window.app().messages().join(" ");
    assert!(
        said.contains("2 photos found") && said.contains("1 photo is not there"),
        "{said}"
    );
}

#[test]
fn a_place_without_its_photos_is_refused_with_the_reason_and_nothing_changes() {
    let mut window = with_a_moved_folder();
    let before = roots(&window);
    let empty = window.folder().join("empty");
    fs::create_dir(&empty).expect("folder");
    window.press(Key::Num3);
    // The band above the photos.
    window.click("This folder is now at…");
    look_in(&mut window, &empty);
    assert!(
        window.shows_text("None of the 3 photos"),
        "{:?}",
        window.labels()
    );
    assert!(!window.shows("Use this folder"));
    window.press(Key::Escape);
    assert!(!window.shows_text("Where is"));
    assert_eq!(roots(&window), before);
}

#[test]
fn typing_another_place_takes_back_what_was_found() {
    let mut window = with_a_moved_folder();
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::R);
    let place = window.folder().join("moved");
    look_in(&mut window, &place);
    assert!(window.shows("Use this folder"));
    let field = "This folder is now at";
    let field = window.harness.get_by_role_and_label(Role::TextInput, field);
    field.focus();
    window.settle();
    window.type_text("x");
    assert!(!window.shows("Use this folder"), "{:?}", window.labels());
    assert!(window.shows("Look there"));
}

#[test]
fn forgetting_a_folder_says_what_goes_and_cancel_keeps_it() {
    let mut window = Window::open(maria);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    for text in [
        "Forget “pictures”?",
        "3 photos and 3 faces leave the library; 3 of the faces are confirmed by you.",
        "Maria is in no other photo; the name stays.",
        "This cannot be undone",
    ] {
        assert!(
            window.shows_text(text),
            "no {text:?} in {:?}",
            window.labels()
        );
    }
    window.click("Cancel");
    assert_eq!(window.app().snapshot().counts.photos, 3);
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    window.click("Forget");
    let snapshot = window.app().snapshot();
    assert_eq!((snapshot.counts.photos, snapshot.roots.len()), (0, 0));
    assert!(
        window.folder().join("pictures/c.jpg").exists(),
        "files stay"
    );
}

#[test]
fn a_photo_that_is_shown_is_left_when_it_is_forgotten() {
    let mut window = Window::open(|library, folder| {
        maria(library, folder);
        on_disk::store(library, &folder.join("other"), &["z.jpg"]);
    });
    window.press(Key::Num3);
    window.press(Key::ArrowRight);
    window.press(Key::O);
    assert!(matches!(window.app().page(), Page::Photo(_)));
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    assert!(window.shows("Forget which folder?"), "there are two");
    window.type_text("pict");
    window.press(Key::Enter);
    window.click("Forget");
    assert_eq!(window.app().page(), Page::Photos);
    assert_eq!(roots(&window), [real(window.folder().join("other"))]);
}

#[test]
fn a_folder_is_not_changed_during_a_scan() {
    let mut window = Window::open(maria);
    let nothing = window.folder().join("nothing");
    fs::create_dir(&nothing).expect("folder");
    let busy =
        rusqlite::Connection::open(window.app().snapshot().library.clone()).expect("library");
    busy.execute_batch("BEGIN IMMEDIATE").expect("lock");
    let scan = kinfolk::app::commands::action::Action::ScanFolder(nothing);
    let pictures = roots(&window)[0].clone();
    let job = kinfolk::app::session::request::FolderJob::Forget(pictures);
    window.ask([scan, kinfolk::app::commands::action::Action::Folder(job)]);
    window.harness.step();
    drop(busy);
    window.settle();
    assert_eq!(window.app().snapshot().counts.photos, 3);
    let said = window.app().messages().join(" ");
    assert!(said.contains("A scan is running"), "{said}");
}

#[test]
fn of_several_folders_the_one_that_is_not_there_is_meant() {
    let mut window = Window::open(|library, folder| {
        maria(library, folder);
        on_disk::store(library, &folder.join("other"), &["z.jpg"]);
        fs::rename(folder.join("pictures"), folder.join("moved")).expect("rename");
    });
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::R);
    assert!(
        window.shows("Where is “pictures” now?"),
        "{:?}",
        window.labels()
    );
}
