//! The pages of the window by mouse and keyboard: naming several groups, the split slider, suggestions, photos,
//! history.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use kinfolk::app::state::navigation::Page;
use kinfolk::curate::{self, Command};
use kinfolk::library::{GroupId, PhotoId};

use crate::support::window::Window;

/// Opens a group's page by double click.
fn open(window: &mut Window, group_id: GroupId) {
    let card = window.card(group_id);
    window.click(&card);
    window.press(Key::O);
    assert_eq!(window.app().page(), Page::Group(group_id));
}

fn labels_with(window: &Window, part: &str) -> Vec<String> {
    window
        .labels()
        .into_iter()
        .filter(|label| label.contains(part))
        .collect()
}

fn sizes(window: &Window) -> Vec<u32> {
    let mut sizes: Vec<u32> = window.groups().iter().map(|group| group.faces).collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    sizes
}

#[test]
fn enter_names_and_continues_with_the_next_unnamed_group() {
    let mut window = Window::with_groups(&[6, 4, 3]);
    let first = window.card(window.groups()[0].group_id);
    window.click(&first);
    window.press(Key::F2);
    for name in ["Ana", "Tom", "Zoe"] {
        window.type_text(name);
        window.press(Key::Enter);
    }
    assert_eq!(window.people(), ["Ana", "Tom", "Zoe"]);
    let named: Vec<_> = window
        .groups()
        .into_iter()
        .map(|group| (group.faces, group.name))
        .collect();
    assert_eq!(
        named[0],
        (6, Some("Ana".to_owned())),
        "the names went to the groups in their order"
    );
    assert_eq!(named[2], (3, Some("Zoe".to_owned())));
}

#[test]
fn a_capital_letter_begins_the_name_at_once_and_a_small_one_does_not() {
    let mut window = Window::with_groups(&[6, 4]);
    let first = window.card(window.groups()[0].group_id);
    window.click(&first);
    window.harness.key_press_modifiers(Modifiers::SHIFT, Key::M);
    window.type_text("M");
    window.type_text("ona");
    window.press(Key::Enter);
    assert_eq!(window.people(), ["Mona"]);
    assert_eq!(window.groups().len(), 2, "M did not merge");
}

#[test]
fn a_known_name_offers_the_merge_and_shift_enter_accepts_the_typed_name() {
    let mut window = Window::with_groups(&[6, 4, 3]);
    let groups = window.groups();
    let name = |window: &mut Window, group: usize, typed: &str, modifiers: Modifiers| {
        let card = window.card(groups[group].group_id);
        window.click(&card);
        window.press(Key::F2);
        window.type_text(typed);
        window.press_with(modifiers, Key::Enter);
        window.press(Key::Escape);
        window.press(Key::Escape);
    };
    name(&mut window, 0, "Annabel", Modifiers::NONE);
    name(&mut window, 1, "anna", Modifiers::NONE);
    assert_eq!(window.people(), ["Annabel"], "Enter took the completion");
    assert_eq!(sizes(&window), [10, 3]);
    name(&mut window, 2, "Anna", Modifiers::SHIFT);
    assert_eq!(window.people(), ["Anna", "Annabel"]);
}

#[test]
fn a_card_dropped_on_another_merges_with_it() {
    let mut window = Window::with_groups(&[6, 4]);
    let groups = window.groups();
    let place = |window: &Window, group: usize| {
        let card = window.card(groups[group].group_id);
        window
            .harness
            .get_by_role_and_label(Role::Button, &card)
            .rect()
            .center()
    };
    let (from, to) = (place(&window, 1), place(&window, 0));
    window.harness.drag_at(from);
    window.harness.step();
    window.harness.hover_at(from.lerp(to, 0.5));
    window.harness.step();
    window.harness.hover_at(to);
    window.harness.step();
    window.harness.drop_at(to);
    window.settle();
    assert_eq!(sizes(&window), [10]);
    assert_eq!(window.groups()[0].group_id, groups[0].group_id);
}

#[test]
fn the_search_finds_people_by_name_and_says_when_there_are_none() {
    let mut window = Window::with_groups(&[6, 4]);
    let groups = window.groups();
    let first = window.card(groups[0].group_id);
    window.click(&first);
    window.press(Key::F2);
    window.type_text("Maria Berg");
    window.press(Key::Enter);
    window.press(Key::Escape);
    window.press(Key::Escape);
    window.press(Key::Slash);
    window.type_text("berg");
    assert_eq!(labels_with(&window, "Maria Berg,").len(), 1);
    assert!(labels_with(&window, "Unnamed group").is_empty());
    window.type_text("x");
    assert!(window.shows("Nobody found"));
}

/// Two people that were merged by mistake.
fn with_a_mixed_group() -> (Window, GroupId) {
    let window = Window::open(|library, _| {
        crate::support::window::fill(library, &[6, 4]);
        let groups = library.group_summaries().expect("groups");
        let command = Command::Merge {
            from: vec![groups[1].group_id],
            into: groups[0].group_id,
        };
        curate::execute(library, command).expect("merge");
    });
    let group_id = window.groups()[0].group_id;
    (window, group_id)
}

#[test]
fn the_split_slider_shows_the_pieces_and_splits_with_one_click() {
    let (mut window, group_id) = with_a_mixed_group();
    open(&mut window, group_id);
    window.click("Split…");
    assert!(
        window.shows("Split into 2"),
        "the natural split is offered: {:?}",
        window.labels()
    );
    assert!(
        window.shows("6") && window.shows("4"),
        "the pieces have their counts: {:?}",
        window.labels()
    );
    window.click("Split into 2");
    assert_eq!(sizes(&window), [6, 4]);
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(sizes(&window), [10]);
}

#[test]
fn the_split_slider_moves_by_keys_and_enter_applies() {
    let (mut window, group_id) = with_a_mixed_group();
    open(&mut window, group_id);
    window.press(Key::S);
    window.press(Key::ArrowRight);
    assert!(window.shows("Split into 3"), "{:?}", window.labels());
    window.press(Key::ArrowLeft);
    window.press(Key::ArrowLeft);
    let slider = window.harness.get_by_role_and_label(Role::Slider, "Pieces");
    assert_eq!(slider.accesskit_node().numeric_value(), Some(1.0));
    window.press(Key::ArrowRight);
    window.press(Key::Enter);
    assert_eq!(sizes(&window), [6, 4]);
}

#[test]
fn escape_leaves_the_slider_and_the_group_whole() {
    let (mut window, group_id) = with_a_mixed_group();
    open(&mut window, group_id);
    window.press(Key::S);
    window.press(Key::Escape);
    assert!(!window.shows("Split into 2"));
    assert_eq!(window.app().page(), Page::Group(group_id));
    assert_eq!(sizes(&window), [10]);
}

#[test]
fn y_and_n_step_through_the_suggestions() {
    let mut window = Window::with_suggestions();
    let group_id = window.groups()[0].group_id;
    open(&mut window, group_id);
    // The first press only selects the first suggestion.
    for key in [Key::Y, Key::Y, Key::N, Key::Y] {
        window.press(key);
    }
    let maria = window
        .groups()
        .into_iter()
        .find(|group| group.group_id == group_id)
        .expect("Maria");
    assert_eq!((maria.faces, maria.suggested), (6, 0));
    assert_eq!(
        window.groups().len(),
        2,
        "the rejected face has a group of its own"
    );
}

#[test]
fn a_suggestion_has_a_tick_and_a_cross() {
    let mut window = Window::with_suggestions();
    let group_id = window.groups()[0].group_id;
    open(&mut window, group_id);
    let tick = labels_with(&window, "Accept face").remove(0);
    window.click(&tick);
    assert_eq!(window.groups()[0].suggested, 2);
    let cross = labels_with(&window, "Reject face").remove(0);
    window.click(&cross);
    let maria = window
        .app()
        .snapshot()
        .group(group_id)
        .cloned()
        .expect("Maria");
    assert_eq!((maria.faces, maria.suggested), (6, 1));
    window.click("Accept");
    assert_eq!(
        window
            .app()
            .snapshot()
            .group(group_id)
            .expect("Maria")
            .suggested,
        0
    );
}

#[test]
fn review_accepts_all_suggestions_of_a_person() {
    let mut window = Window::with_suggestions();
    window.press(Key::Num5);
    assert_eq!(window.app().page(), Page::Review);
    window.click("Accept all 3");
    assert_eq!(window.groups()[0].suggested, 0);
    assert!(window.shows("No suggestions"), "{:?}", window.labels());
}

#[test]
fn selected_faces_are_named_from_the_bar() {
    let mut window = Window::with_groups(&[5]);
    let group_id = window.groups()[0].group_id;
    open(&mut window, group_id);
    let faces = labels_with(&window, "Face ");
    window.click(&faces[0]);
    window.click_with(&faces[1], Modifiers::COMMAND);
    assert!(window.shows("2 selected"));
    window.press(Key::Enter);
    window.type_text("Lea");
    window.press(Key::Enter);
    assert_eq!(window.people(), ["Lea"]);
    assert_eq!(sizes(&window), [3, 2]);
}

#[test]
fn ignored_faces_are_restored() {
    let mut window = Window::with_groups(&[5]);
    let group_id = window.groups()[0].group_id;
    open(&mut window, group_id);
    let face = labels_with(&window, "Face ").remove(0);
    window.click(&face);
    window.press(Key::I);
    assert_eq!(sizes(&window), [4]);
    window.press(Key::Num4);
    let ignored = labels_with(&window, "Face ");
    assert_eq!(ignored, [face]);
    window.click(&ignored[0]);
    window.click("Restore");
    assert_eq!(sizes(&window), [5]);
    assert!(window.shows("No ignored faces"));
}

/// Opens the photo of the first face on the page of a group.
fn open_a_photo(window: &mut Window, group_id: GroupId) -> PhotoId {
    open(window, group_id);
    let face = labels_with(window, "Face ").remove(0);
    window.click(&face);
    window.press(Key::Space);
    match window.app().page() {
        Page::Photo(photo_id) => photo_id,
        other => panic!("Space led to {other:?}"),
    }
}

#[test]
fn a_photo_asks_who_and_accepts_the_name_in_place() {
    let mut window = Window::with_groups(&[5]);
    let group_id = window.groups()[0].group_id;
    open_a_photo(&mut window, group_id);
    let who = labels_with(&window, ": unnamed").remove(0);
    window.click(&who);
    window.type_text("Maria");
    window.press(Key::Enter);
    assert_eq!(window.people(), ["Maria"]);
    assert!(window.shows("Open Maria"), "{:?}", window.labels());
    window.click("Open Maria");
    assert_eq!(window.app().page(), Page::Group(group_id));
}

#[test]
fn arrows_step_through_the_photos_of_a_group_and_space_returns() {
    let mut window = Window::with_groups(&[3]);
    let group_id = window.groups()[0].group_id;
    let first = open_a_photo(&mut window, group_id);
    window.press(Key::ArrowRight);
    let second = window.app().page();
    assert!(matches!(second, Page::Photo(photo_id) if photo_id != first));
    window.press(Key::ArrowLeft);
    assert_eq!(window.app().page(), Page::Photo(first));
    window.press(Key::Space);
    assert_eq!(window.app().page(), Page::Group(group_id));
}

#[test]
fn the_history_undoes_to_a_line_and_back() {
    let mut window = Window::with_groups(&[6, 4, 3]);
    let first = window.card(window.groups()[0].group_id);
    window.click(&first);
    window.press(Key::F2);
    for name in ["Ana", "Tom", "Zoe"] {
        window.type_text(name);
        window.press(Key::Enter);
    }
    window.press_with(Modifiers::COMMAND, Key::H);
    let undo = window.harness.query_all_by_label("Undo to here").count();
    assert_eq!(undo, 2, "{:?}", window.labels());
    let lower = window
        .harness
        .query_all_by_label("Undo to here")
        .last()
        .expect("the oldest");
    lower.click();
    window.settle();
    assert!(window.people().is_empty());
    let upper = window
        .harness
        .query_all_by_label("Redo to here")
        .next()
        .expect("the newest");
    upper.click();
    window.settle();
    assert_eq!(window.people(), ["Ana", "Tom", "Zoe"]);
}

#[test]
fn every_empty_page_says_so() {
    let mut window = Window::with_groups(&[2]);
    for (key, sentence) in [(Key::Num4, "No ignored faces"), (Key::Num6, "No problems")] {
        window.press(key);
        assert!(
            window.shows(sentence),
            "no {sentence:?} in {:?}",
            window.labels()
        );
    }
    window.press_with(Modifiers::COMMAND, Key::H);
    assert!(window.shows("Nothing here yet"));
}
