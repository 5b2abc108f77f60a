//! Faces that changed photos no longer show, placed by hand.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use kinfolk::app::state::navigation::Page;
use kinfolk::curate::{self, Command};
use kinfolk::library::{FaceId, Library, PhotoId, ScannedPhoto};
use kinfolk::photo::ContentHash;

use crate::support::crowd::{CLEAR, Crowd};
use crate::support::window::{Window, regroup};

/// Another picture at the path of `photo`, of `person`.
fn another_picture(crowd: &mut Crowd, photo: &ScannedPhoto, person: usize) -> ScannedPhoto {
    let mut other = crowd.photo(photo.root_id, &[person]);
    other.path.clone_from(&photo.path);
    other.content_hash = ContentHash([77; 32]);
    other
}

/// Maria is confirmed in four photos; the last was replaced by a picture of somebody else. Returns the photo.
fn lose_maria(library: &mut Library) -> PhotoId {
    let mut crowd = Crowd::new(2, CLEAR, 3);
    let root_id = library
        .add_root(&crate::support::demo_photos())
        .expect("root");
    let photos: Vec<_> = (0..4).map(|_| crowd.photo(root_id, &[0])).collect();
    let ids = library.store_scanned(&photos).expect("store");
    regroup(library);
    let group = library.group_summaries().expect("groups")[0].group_id;
    let name = "Maria".to_owned();
    curate::execute(library, Command::Name { group, name }).expect("naming");
    let other = another_picture(&mut crowd, &photos[3], 1);
    library.store_scanned(&[other]).expect("store");
    // A suggestion in another photo.
    let more = crowd.photo(root_id, &[0]);
    library.store_scanned(&[more]).expect("store");
    regroup(library);
    ids[3]
}

fn missing(library: &Library) -> Vec<FaceId> {
    let missing = library.missing_faces().expect("faces").into_iter();
    missing.map(|face| face.face_id).collect()
}

/// What the library has now, read beside the window.
fn reread<T>(window: &Window, read: impl FnOnce(&Library) -> T) -> T {
    let library = window.app().snapshot().library.clone();
    read(&Library::open_to_read(&library).expect("library"))
}

#[test]
fn a_click_on_the_face_places_it_and_undo_takes_it_back() {
    let mut photo_id = None;
    let mut window = Window::open(|library, _| photo_id = Some(lose_maria(library)));
    let photo_id = photo_id.expect("a photo");
    assert_eq!(window.app().snapshot().counts.not_found, 1);
    window.press(Key::Num8);
    assert_eq!(window.app().page(), Page::NotFound);
    assert!(window.shows("Maria"), "{:?}", window.labels());
    let now = reread(&window, |library| {
        library.faces_of_photo(photo_id).expect("faces")
    });
    let face = now[0].face_id;
    window.click(&format!("Face {face}: This is Maria"));
    let group = window.groups()[0].group_id;
    let placed = reread(&window, |library| {
        library.face(face).expect("face").expect("face")
    });
    assert_eq!(placed.group, Some(group));
    assert_eq!(window.app().snapshot().counts.not_found, 0);
    assert!(
        window.shows("Every face was found again"),
        "{:?}",
        window.labels()
    );
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().snapshot().counts.not_found, 1);
    assert_eq!(reread(&window, missing).len(), 1);
}

#[test]
fn suggestions_of_the_person_in_other_photos_are_offered_too() {
    let mut window = Window::open(|library, _| {
        lose_maria(library);
    });
    window.press(Key::Num8);
    let offered = window
        .harness
        .query_all_by_label_contains(": This is Maria")
        .count();
    assert_eq!(offered, 2, "{:?}", window.labels());
}

#[test]
fn the_page_of_the_photo_leads_to_the_list() {
    let mut photo_id = None;
    let mut window = Window::open(|library, _| photo_id = Some(lose_maria(library)));
    let photo_id = photo_id.expect("a photo");
    let among = std::sync::Arc::from([photo_id]);
    let open = kinfolk::app::commands::action::Action::OpenPhoto { photo_id, among };
    window.app_mut().push(open);
    window.settle();
    window.click("1 face not found here");
    assert_eq!(window.app().page(), Page::NotFound);
}

#[test]
fn without_such_faces_the_page_says_what_it_is_for() {
    let mut window = Window::with_groups(&[2]);
    assert!(!window.shows("Not found"), "the side bar does not list it");
    window.press(Key::Num8);
    assert!(window.shows("Every face was found again"));
}
