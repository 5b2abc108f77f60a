//! The main tasks of the window by mouse and keyboard: name, merge, split, undo, accept, export.
#![allow(clippy::disallowed_methods, reason = "a test draws a photo")]

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use kinfolk::app::state::navigation::Page;
use kinfolk::curate::{self, Command};
use kinfolk::library::Library;

use crate::support::crowd::{CLEAR, Crowd, size_and_hash};
use crate::support::window::{Window, regroup};

#[test]
fn an_empty_library_says_how_to_begin() {
    let window = Window::open(|_, _| {});
    for label in ["Choose a folder", "Try the demo photos"] {
        assert!(window.shows(label), "no {label:?} in {:?}", window.labels());
    }
    assert!(window.shows_text("never changed"));
    assert!(window.shows_text("nothing leaves this computer"));
}

#[test]
fn a_group_is_named_by_keyboard_alone() {
    let mut window = Window::with_groups(&[5, 3]);
    window.press(Key::ArrowRight);
    window.press(Key::Enter);
    window.type_text("Maria");
    window.press(Key::Enter);
    assert_eq!(window.people(), ["Maria"]);
    assert!(
        window
            .app()
            .messages()
            .iter()
            .any(|message| message.contains("Maria")),
        "{:?}",
        window.app().messages()
    );
}

#[test]
fn naming_is_undone_from_the_toast_and_redone_by_key() {
    let mut window = Window::with_groups(&[5, 3]);
    let group_id = window.groups()[0].group_id;
    name(&mut window, group_id, "Tom");
    assert_eq!(window.people(), ["Tom"]);
    window.click("Undo");
    assert!(window.people().is_empty());
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(window.people(), ["Tom"]);
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert!(window.people().is_empty());
}

#[test]
fn selected_groups_merge_into_the_person_among_them() {
    let mut window = Window::with_groups(&[5, 3, 2]);
    let groups = window.groups();
    name(&mut window, groups[1].group_id, "Ana");
    let cards = [
        window.card(groups[0].group_id),
        window.card(groups[1].group_id),
    ];
    window.click(&cards[0]);
    window.click_with(&cards[1], Modifiers::COMMAND);
    window.press(Key::M);
    let ana = window
        .groups()
        .into_iter()
        .find(|group| group.name.as_deref() == Some("Ana"))
        .expect("Ana is there");
    assert_eq!((ana.group_id, ana.faces), (groups[1].group_id, 8));
    assert_eq!(window.groups().len(), 2);
}

#[test]
fn one_group_is_merged_with_a_person_chosen_by_name() {
    let mut window = Window::with_groups(&[5, 3, 2]);
    let groups = window.groups();
    name(&mut window, groups[0].group_id, "Grandpa");
    let card = window.card(groups[2].group_id);
    window.click(&card);
    window.press(Key::M);
    window.type_text("gra");
    window.press(Key::Enter);
    assert_eq!(window.groups()[0].faces, 7);
    assert_eq!(window.groups().len(), 2);
}

#[test]
fn selected_faces_are_split_out_of_their_group() {
    let mut window = Window::with_groups(&[6]);
    open_page(&mut window);
    let faces = faces_shown(&window);
    assert_eq!(faces.len(), 6);
    window.click(&faces[0]);
    window.click_with(&faces[2], Modifiers::SHIFT);
    window.press(Key::S);
    let mut sizes: Vec<u32> = window.groups().iter().map(|group| group.faces).collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [3, 3]);
}

#[test]
fn suggestions_of_a_person_are_accepted() {
    let mut window = Window::with_suggestions();
    assert_eq!(window.groups()[0].suggested, 3);
    open_page(&mut window);
    let suggested: Vec<String> = faces_shown(&window)
        .into_iter()
        .filter(|label| label.ends_with("suggested"))
        .collect();
    assert_eq!(suggested.len(), 3);
    window.click(&suggested[0]);
    window.press(Key::Y);
    assert_eq!(window.groups()[0].suggested, 2);
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.groups()[0].suggested, 3);
}

#[test]
fn an_album_is_exported_from_the_window() {
    let mut window = Window::open(|library, folder| {
        let photos = folder.join("photos");
        std::fs::create_dir_all(&photos).expect("folder");
        let jpeg = std::fs::read(crate::support::demo_photo("obama.jpg")).expect("demo photo");
        let root = library
            .add_root(&photos.canonicalize().expect("folder"))
            .expect("root");
        let mut crowd = Crowd::new(1, CLEAR, 5);
        for number in 0..3 {
            let mut photo = crowd.photo(root, &[0]);
            photo.path = format!("{number}.jpg");
            // Bytes after the end of a JPEG do not change its picture.
            let bytes = [jpeg.as_slice(), &[number]].concat();
            std::fs::write(photos.join(&photo.path), &bytes).expect("photo");
            (photo.file_size, photo.content_hash) = size_and_hash(&bytes);
            library.store_scanned(&[photo]).expect("store");
        }
        regroup(library);
        let group = library.group_summaries().expect("groups")[0].group_id;
        let name = "Barack".to_owned();
        curate::execute(library, Command::Name { group, name }).expect("naming");
    });
    let albums = window.folder().join("albums");
    let card = window.card(window.groups()[0].group_id);
    window.click(&card);
    window.press_with(Modifiers::COMMAND, Key::E);
    window
        .harness
        .get_by_role_and_label(egui::accesskit::Role::TextInput, "Into the folder")
        .focus();
    window.settle();
    window.type_text(&albums.display().to_string());
    window.click("Export");
    let exported = std::fs::read_dir(albums.join("Barack"))
        .expect("the album is there")
        .count();
    assert_eq!(exported, 3, "{:?}", window.app().messages());
    assert!(window.shows("Show in folder"));
}

#[test]
fn the_palette_finds_commands_and_people() {
    let mut window = Window::with_groups(&[4, 2]);
    let group_id = window.groups()[0].group_id;
    name(&mut window, group_id, "Maria");
    window.press_with(Modifiers::COMMAND, Key::K);
    assert!(window.shows("Find a command or a person"));
    window.type_text("ignored");
    window.press(Key::Enter);
    assert_eq!(window.app().page(), Page::Ignored);
    window.press_with(Modifiers::COMMAND, Key::K);
    window.type_text("mar");
    window.press(Key::Enter);
    assert_eq!(window.app().page(), Page::Group(group_id));
}

#[test]
fn a_text_field_keeps_its_letters() {
    let mut window = Window::with_groups(&[4, 2]);
    window.press(Key::Slash);
    // M would merge, 3 would go to the photos.
    window.type_text("m");
    window.press(Key::M);
    window.press(Key::Num3);
    assert_eq!(window.app().page(), Page::People);
    assert_eq!(window.groups().len(), 2);
}

#[test]
fn number_keys_open_the_pages_and_escape_returns() {
    let mut window = Window::with_groups(&[4, 2]);
    for (key, page) in [
        (Key::Num2, Page::Unnamed),
        (Key::Num3, Page::Photos),
        (Key::Num4, Page::Ignored),
        (Key::Num1, Page::People),
    ] {
        window.press(key);
        assert_eq!(window.app().page(), page);
    }
    open_page(&mut window);
    assert!(matches!(window.app().page(), Page::Group(_)));
    window.press(Key::Escape);
    window.press(Key::Escape);
    assert_eq!(window.app().page(), Page::People);
}

#[test]
fn a_library_in_use_elsewhere_shows_an_error_and_a_way_out() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("library.sqlite");
    let other = Library::open(&path).expect("first one");
    let mut window = Window::on(folder, path);
    assert!(
        window.shows("Open another library…"),
        "{:?}",
        window.labels()
    );
    drop(other);
    window.click("Try again");
    assert!(window.shows("Choose a folder"), "{:?}", window.labels());
}

#[test]
fn the_menu_turns_the_window_dark_and_light() {
    let mut window = Window::with_groups(&[2]);
    for (label, dark) in [("Theme: light", false), ("Theme: dark", true)] {
        window.press_with(Modifiers::COMMAND, Key::K);
        window.type_text(label);
        window.press(Key::Enter);
        assert_eq!(window.harness.ctx.theme() == egui::Theme::Dark, dark);
    }
}

fn name(window: &mut Window, group_id: kinfolk::library::GroupId, name: &str) {
    let card = window.card(group_id);
    window.click(&card);
    window.press(Key::F2);
    window.type_text(name);
    window.press(Key::Enter);
    window.press(Key::Escape);
}

/// Opens the page of the first group.
fn open_page(window: &mut Window) {
    let card = window.card(window.groups()[0].group_id);
    window.click(&card);
    window.press(Key::O);
}

/// The labels of the faces on the page, from left to right and top to bottom.
fn faces_shown(window: &Window) -> Vec<String> {
    window
        .labels()
        .into_iter()
        .filter(|label| label.starts_with("Face "))
        .collect()
}
