//! Photos that are away: they do not count, and a page of their own shows them.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use kinfolk::app::commands::action::Action;
use kinfolk::app::state::navigation::Page;
use kinfolk::curate::{self, Command};

use crate::support::crowd::{CLEAR, Crowd, store_photo};
use crate::support::window::{Window, regroup};

/// Maria in three photos, of which the second is away; Tom in one, which is away.
fn with_away_photos() -> Window {
    Window::open(|library, _| {
        let mut crowd = Crowd::new(2, CLEAR, 3);
        let photos = [0, 0, 0, 1].map(|person| store_photo(library, &mut crowd, &[person]).0);
        regroup(library);
        let groups = library.group_summaries().expect("groups");
        for (group, name) in groups.iter().zip(["Maria", "Tom"]) {
            let (group, name) = (group.group_id, name.to_owned());
            curate::execute(library, Command::Name { group, name }).expect("naming");
        }
        library
            .mark_vanished(&[photos[1], photos[3]])
            .expect("away");
    })
}

fn photos_shown(window: &Window) -> usize {
    let photos = window.harness.query_all_by_role(Role::Button);
    let labels = photos.filter_map(|node| node.accesskit_node().label());
    labels.filter(|label| label.starts_with("Photo ")).count()
}

#[test]
fn away_photos_are_on_their_own_page_and_nowhere_else() {
    let mut window = with_away_photos();
    window.press(Key::Num3);
    assert_eq!(photos_shown(&window), 2);
    window.press(Key::Num7);
    assert_eq!(window.app().page(), Page::Away);
    assert_eq!(photos_shown(&window), 2);
    window.app_mut().push(Action::SetSearch("tom".to_owned()));
    window.settle();
    assert_eq!(photos_shown(&window), 1, "Tom's photo is found by his name");
    assert_eq!(window.app().snapshot().counts.photos, 2);
}

#[test]
fn the_page_opens_its_photos_among_those_that_are_away() {
    let mut window = with_away_photos();
    window.press(Key::Num7);
    window.press(Key::ArrowRight);
    window.press(Key::O);
    assert!(matches!(window.app().page(), Page::Photo(_)));
    assert!(window.shows("1 of 2"), "{:?}", window.labels());
    assert!(window.shows_text("away: the file is not there"));
}

#[test]
fn a_card_counts_what_is_there_and_says_what_is_away() {
    let mut window = with_away_photos();
    assert!(
        window.shows("Maria, 2 faces, 1 away"),
        "{:?}",
        window.labels()
    );
    assert!(window.shows("Tom, 0 faces, 1 away"));
    window.click("Maria, 2 faces, 1 away");
    window.press(Key::O);
    assert!(
        window.shows_text("2 faces in 2 photos"),
        "{:?}",
        window.labels()
    );
    assert!(window.shows_text("1 away"));
    let faces = window.harness.query_all_by_role(Role::Button);
    let labels = faces.filter_map(|node| node.accesskit_node().label());
    assert_eq!(labels.filter(|label| label.starts_with("Face ")).count(), 3);
}

#[test]
fn the_side_bar_lists_the_page_only_where_something_is_away() {
    let window = with_away_photos();
    assert!(
        window
            .harness
            .query_by_role_and_label(Role::Button, "Away")
            .is_some()
    );
    let mut window = Window::with_groups(&[2]);
    assert!(
        window
            .harness
            .query_by_role_and_label(Role::Button, "Away")
            .is_none()
    );
    window.press(Key::Num7);
    assert!(window.shows("No photo is away"));
}
