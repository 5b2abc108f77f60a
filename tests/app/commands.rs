//! Commands and keys act only on what the page shows, and only while nothing covers it; and errors stay in the panel.

use egui::accesskit::{Role, Toggled};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use kinfolk::app::commands::action::Action;
use kinfolk::app::state::navigation::Page;
use kinfolk::curate::{self, Command};
use kinfolk::library::GroupId;

use crate::support::window::Window;

/// Keys that change groups or faces, or open a dialog about them.
const CHANGES: [(Modifiers, Key); 12] = [
    (Modifiers::NONE, Key::I),
    (Modifiers::NONE, Key::M),
    (Modifiers::NONE, Key::S),
    (Modifiers::NONE, Key::V),
    (Modifiers::NONE, Key::Y),
    (Modifiers::NONE, Key::N),
    (Modifiers::NONE, Key::R),
    (Modifiers::NONE, Key::C),
    (Modifiers::NONE, Key::F2),
    (Modifiers::NONE, Key::Delete),
    (Modifiers::SHIFT, Key::Delete),
    (Modifiers::COMMAND, Key::Backspace),
];

/// The pages that show no group, and the keys that open them.
const PAGES_WITHOUT_GROUPS: [(Modifiers, Key, Page); 8] = [
    (Modifiers::COMMAND, Key::H, Page::History),
    (Modifiers::NONE, Key::Num3, Page::Photos),
    (Modifiers::NONE, Key::Num4, Page::Ignored),
    (Modifiers::NONE, Key::Num5, Page::Review),
    (Modifiers::NONE, Key::Num6, Page::Problems),
    (Modifiers::NONE, Key::Num7, Page::Away),
    (Modifiers::NONE, Key::Num8, Page::NotFound),
    (Modifiers::NONE, Key::Num9, Page::LeftOut),
];

/// What a command could have changed.
#[derive(Debug, PartialEq)]
struct State {
    groups: Vec<(GroupId, Option<String>, u32)>,
    ignored: u32,
    not_faces: u32,
    undo: Option<String>,
}

fn state(window: &Window) -> State {
    let snapshot = window.app().snapshot();
    let groups = snapshot.groups.iter();
    State {
        groups: groups
            .map(|group| (group.group_id, group.name.clone(), group.faces))
            .collect(),
        ignored: snapshot.counts.ignored,
        not_faces: snapshot.counts.not_faces,
        undo: snapshot.undo.clone(),
    }
}

fn has_text_field(window: &Window) -> bool {
    let fields = window.harness.query_all_by_role(Role::TextInput);
    fields
        .filter_map(|field| field.accesskit_node().label())
        .any(|label| !["Search", "New rule"].contains(&label.as_str()))
}

fn name(window: &mut Window, group_id: GroupId, name: &str) {
    let card = window.card(group_id);
    window.click(&card);
    window.press(Key::F2);
    window.type_text(name);
    window.press(Key::Enter);
    window.press(Key::Escape);
    window.press(Key::Escape);
}

/// Selects the first two cards.
fn select_two(window: &mut Window) {
    let groups = window.groups();
    let cards = [
        window.card(groups[0].group_id),
        window.card(groups[1].group_id),
    ];
    window.click(&cards[0]);
    window.click_with(&cards[1], Modifiers::COMMAND);
    assert!(window.shows("2 groups selected"), "{:?}", window.labels());
}

fn open(window: &mut Window, group_id: GroupId) {
    let card = window.card(group_id);
    window.click(&card);
    window.press(Key::O);
    assert_eq!(window.app().page(), Page::Group(group_id));
}

fn faces_shown(window: &Window) -> Vec<String> {
    let labels = window.labels().into_iter();
    labels.filter(|label| label.starts_with("Face ")).collect()
}

fn search(window: &mut Window, text: &str) {
    window.press(Key::Slash);
    window.type_text(text);
    // Take the focus from the field, so that letters are commands again.
    window.press(Key::Tab);
}

fn focus_button(window: &mut Window, label: &str) {
    window
        .harness
        .get_by_role_and_label(Role::Button, label)
        .focus();
    window.settle();
}

#[test]
fn no_command_acts_on_groups_of_another_page() {
    let mut window = Window::with_groups(&[6, 4, 3]);
    for (modifiers, page, expected) in PAGES_WITHOUT_GROUPS {
        for (with, key) in CHANGES {
            // Here Enter and F2 name a group that the page shows.
            if expected == Page::Review && key == Key::F2 {
                continue;
            }
            window.press(Key::Num1);
            if !window.shows("2 groups selected") {
                window.press(Key::Escape);
                select_two(&mut window);
            }
            let before = state(&window);
            window.press_with(modifiers, page);
            assert_eq!(window.app().page(), expected);
            window.press_with(with, key);
            assert_eq!(state(&window), before, "{key:?} on {expected:?}");
            assert!(!has_text_field(&window), "{key:?} on {expected:?}");
        }
    }
}

#[test]
fn two_keys_in_one_frame_do_not_reach_the_page_that_is_left() {
    let mut window = Window::with_groups(&[6, 4, 3]);
    select_two(&mut window);
    let before = state(&window);
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::H);
    window.harness.key_press(Key::I);
    window.settle();
    assert_eq!(window.app().page(), Page::History);
    assert_eq!(state(&window), before);
}

#[test]
fn what_was_selected_is_selected_again_on_the_way_back() {
    let mut window = Window::with_groups(&[6, 4, 3]);
    select_two(&mut window);
    window.press_with(Modifiers::COMMAND, Key::H);
    window.press(Key::Backspace);
    assert_eq!(window.app().page(), Page::People);
    assert!(window.shows("2 groups selected"), "{:?}", window.labels());
    window.press(Key::I);
    assert_eq!(window.app().snapshot().counts.ignored, 10);
}

#[test]
fn a_search_hides_cards_from_commands_and_gives_them_back() {
    let mut window = Window::with_groups(&[6, 4, 3]);
    let third = window.groups()[2].group_id;
    name(&mut window, third, "Ana");
    select_two(&mut window);
    let before = state(&window);
    search(&mut window, "ana");
    assert!(window.shows("Ana, 3 faces"));
    assert!(
        !window.shows_text("groups selected"),
        "{:?}",
        window.labels()
    );
    for (with, key) in CHANGES {
        window.press_with(with, key);
        assert_eq!(state(&window), before, "{key:?} under a search");
        assert!(!has_text_field(&window), "{key:?} under a search");
    }
    // One more is added to those that the search hides.
    window.click_with("Ana, 3 faces", Modifiers::COMMAND);
    window.click("Clear the search");
    assert!(window.shows("3 groups selected"), "{:?}", window.labels());
    window.press(Key::M);
    assert_eq!(window.groups().len(), 1);
    assert_eq!(window.groups()[0].name.as_deref(), Some("Ana"));
}

#[test]
fn the_page_of_unnamed_groups_hides_people_from_commands() {
    let mut window = Window::with_groups(&[6, 4, 3]);
    let first = window.groups()[0].group_id;
    name(&mut window, first, "Ana");
    select_two(&mut window);
    window.press(Key::Num2);
    window.press(Key::I);
    let snapshot = window.app().snapshot();
    assert_eq!(snapshot.counts.ignored, 4, "the unnamed one alone");
    assert_eq!(snapshot.group(first).map(|group| group.faces), Some(6));
}

#[test]
fn a_card_that_is_dragged_stays_behind_when_the_page_changes() {
    let mut window = Window::with_groups(&[6, 4]);
    let first = window.groups()[0].group_id;
    name(&mut window, first, "Ana");
    let place = |window: &Window, card: &str| {
        let card = window.harness.get_by_role_and_label(Role::Button, card);
        card.rect().center()
    };
    let from = place(&window, "Ana, 6 faces");
    window.harness.drag_at(from);
    window.harness.step();
    window.harness.hover_at(from + egui::vec2(40.0, 40.0));
    window.harness.step();
    window.press(Key::Num2);
    let other = window.card(window.groups()[1].group_id);
    let to = place(&window, &other);
    window.harness.hover_at(to);
    window.harness.step();
    window.harness.drop_at(to);
    window.settle();
    assert_eq!(sizes(&window), [4, 6]);
}

#[test]
fn an_export_contains_the_people_shown() {
    let mut window = Window::with_groups(&[6, 4, 3]);
    let groups = window.groups();
    for (group, person) in groups.iter().zip(["Ana", "Tom", "Zoe"]) {
        name(&mut window, group.group_id, person);
    }
    select_two(&mut window);
    window.press_with(Modifiers::COMMAND, Key::H);
    window.press_with(Modifiers::COMMAND, Key::E);
    assert!(window.shows("Export 3 albums"), "{:?}", window.labels());
    window.click("Cancel");
    window.press(Key::Backspace);
    window.press_with(Modifiers::COMMAND, Key::E);
    assert!(window.shows("Export 2 albums"), "{:?}", window.labels());
    window.click("Cancel");
    search(&mut window, "zoe");
    window.press_with(Modifiers::COMMAND, Key::E);
    assert!(
        window.shows("Export the album of Zoe"),
        "{:?}",
        window.labels()
    );
}

#[test]
fn the_split_pieces_hide_the_faces_from_commands() {
    let (mut window, group_id) = with_a_mixed_group();
    open(&mut window, group_id);
    let faces = faces_shown(&window);
    window.click(&faces[0]);
    window.click("Split…");
    assert!(window.shows("Split into 2"), "{:?}", window.labels());
    let before = state(&window);
    for key in [Key::Delete, Key::C, Key::V, Key::Y, Key::N] {
        window.press(key);
        assert_eq!(state(&window), before, "{key:?} while splitting");
        assert!(!has_text_field(&window), "{key:?} while splitting");
    }
    window.click("Cancel");
    assert!(window.shows("1 selected"), "{:?}", window.labels());
}

#[test]
fn a_suggestion_of_the_other_page_of_the_review_is_not_acted_on() {
    let mut window = Window::with_suggestions();
    window.press(Key::Num5);
    let face = faces_shown(&window).remove(0);
    window.click(&face);
    window.click("Questions");
    assert!(faces_shown(&window).is_empty(), "{:?}", window.labels());
    let before = state(&window);
    for (with, key) in CHANGES {
        window.press_with(with, key);
        assert_eq!(state(&window), before, "{key:?} on the page of questions");
    }
}

#[test]
fn a_suggestion_that_a_search_hides_is_not_acted_on() {
    let mut window = Window::with_suggestions();
    window.press(Key::Num5);
    let face = faces_shown(&window).remove(0);
    window.click(&face);
    search(&mut window, "nobody");
    assert!(faces_shown(&window).is_empty(), "{:?}", window.labels());
    let before = state(&window);
    for (with, key) in CHANGES {
        window.press_with(with, key);
        assert_eq!(state(&window), before, "{key:?} under a search");
        assert!(!has_text_field(&window), "{key:?} under a search");
    }
}

#[test]
fn ignored_faces_cannot_be_named() {
    let mut window = Window::with_groups(&[5]);
    let card = window.card(window.groups()[0].group_id);
    window.click(&card);
    window.press(Key::I);
    window.press(Key::Num4);
    let face = faces_shown(&window).remove(0);
    window.click(&face);
    window.press(Key::F2);
    let said = window.app().messages().join("\n");
    assert!(said.contains("Restore the faces first"), "{said}");
    // Nothing is being named, so the first Escape clears the selection.
    window.press(Key::Escape);
    assert!(!window.shows_text("1 selected"), "{:?}", window.labels());
}

#[test]
fn enter_on_cancel_leaves_the_group_whole() {
    let (mut window, group_id) = with_a_mixed_group();
    open(&mut window, group_id);
    window.press(Key::S);
    focus_button(&mut window, "Cancel");
    window.press(Key::Enter);
    assert_eq!(sizes(&window), [10]);
    assert!(!window.shows("Split into 2"), "{:?}", window.labels());
}

#[test]
fn enter_in_a_dialog_does_not_split_behind_it() {
    let (mut window, group_id) = with_a_mixed_group();
    open(&mut window, group_id);
    window.press(Key::S);
    window.press_with(Modifiers::COMMAND, Key::E);
    assert!(
        window.shows_text("Export the album"),
        "{:?}",
        window.labels()
    );
    window
        .harness
        .get_by_role_and_label(Role::RadioButton, "Hard links")
        .focus();
    window.settle();
    window.press(Key::Enter);
    window.press(Key::ArrowRight);
    assert_eq!(sizes(&window), [10]);
    assert!(window.shows("Split into 2"), "{:?}", window.labels());
}

#[test]
fn a_new_dialog_gets_enter_and_the_first_key() {
    let (mut window, group_id) = with_a_mixed_group();
    open(&mut window, group_id);
    window.press(Key::S);
    window
        .harness
        .key_press_modifiers(Modifiers::COMMAND, Key::E);
    window.harness.step();
    window.harness.key_press(Key::Enter);
    window.settle();
    assert_eq!(sizes(&window), [10]);
}

#[test]
fn the_keys_of_a_photo_stop_at_a_dialog() {
    let mut window = Window::with_groups(&[3]);
    let group_id = window.groups()[0].group_id;
    open(&mut window, group_id);
    let face = faces_shown(&window).remove(0);
    window.click(&face);
    window.press(Key::Space);
    let page = window.app().page();
    assert!(matches!(page, Page::Photo(_)));
    let names = |window: &Window| {
        let button = window.harness.get_by_role_and_label(Role::Button, "Names");
        button.accesskit_node().toggled()
    };
    let before = names(&window);
    window.app_mut().push(Action::Export {
        people: vec![group_id],
    });
    window.settle();
    window
        .harness
        .get_by_role_and_label(Role::RadioButton, "Hard links")
        .focus();
    window.settle();
    for key in [Key::ArrowRight, Key::ArrowLeft, Key::B, Key::Num0] {
        window.press(key);
        assert_eq!(window.app().page(), page, "{key:?} behind a dialog");
    }
    window.press(Key::Escape);
    assert_eq!(names(&window), before, "B behind a dialog");
    window.press(Key::B);
    assert_ne!(names(&window), before, "B on the page");
    window.press(Key::ArrowRight);
    assert_ne!(window.app().page(), page, "the arrow on the page");
}

#[test]
fn arrows_and_capitals_stop_at_a_dialog() {
    let mut window = Window::with_groups(&[6, 4, 3]);
    let groups = window.groups();
    let card = window.card(groups[0].group_id);
    window.click(&card);
    window.app_mut().push(Action::Export {
        people: vec![groups[0].group_id],
    });
    window.settle();
    window
        .harness
        .get_by_role_and_label(Role::RadioButton, "Hard links")
        .focus();
    window.settle();
    // Nothing has the focus: only the dialog keeps the keys from the page.
    window.harness.ctx.memory_mut(|memory| {
        if let Some(focused) = memory.focused() {
            memory.surrender_focus(focused);
        }
    });
    window.press(Key::ArrowRight);
    window.harness.key_press_modifiers(Modifiers::SHIFT, Key::M);
    window.type_text("M");
    window.press(Key::Escape);
    assert!(!window.shows_text("Export the album"));
    assert!(
        !has_text_field(&window),
        "a name was begun behind the dialog"
    );
    let selected = |window: &Window, group: usize| {
        let card = window.card(groups[group].group_id);
        let card = window.harness.get_by_role_and_label(Role::Button, &card);
        card.accesskit_node().toggled() == Some(Toggled::True)
    };
    assert!(selected(&window, 0) && !selected(&window, 1));
}

#[test]
fn keys_stop_at_an_open_menu_and_escape_closes_it_alone() {
    let mut window = Window::with_groups(&[6, 4, 3]);
    let groups = window.groups();
    let card = window.card(groups[0].group_id);
    window.click(&card);
    window
        .harness
        .get_by_role_and_label(Role::Button, &card)
        .click_secondary();
    window.settle();
    assert!(window.shows("Ignore"), "{:?}", window.labels());
    assert!(window.shows("Not a face"), "{:?}", window.labels());
    let before = state(&window);
    window.press(Key::I);
    window.press(Key::Num3);
    assert_eq!(state(&window), before);
    assert_eq!(window.app().page(), Page::People);
    window.press(Key::Escape);
    assert!(!window.shows("Not a face"), "{:?}", window.labels());
    window.press(Key::I);
    assert_eq!(
        window.app().snapshot().counts.ignored,
        6,
        "the card is still selected"
    );
}

/// An error: a folder that does not exist.
fn fail(window: &mut Window, number: usize) {
    let folder = format!("/no such folder/{number}");
    window.app_mut().push(Action::ScanFolder(folder.into()));
    window.settle();
}

#[test]
fn every_error_stays_behind_the_bell_until_it_is_cleared() {
    let mut window = Window::with_groups(&[2]);
    assert!(!window.shows("1 error"));
    for number in 1..=6 {
        fail(&mut window, number);
    }
    let toasts = window.app().messages();
    assert!(toasts.len() < 6, "{toasts:?}");
    window.click("6 errors");
    for number in 1..=6 {
        let folder = format!("/no such folder/{number}\"");
        assert!(window.shows_text(&folder), "{folder} is not told");
    }
    let place = |number: usize| {
        let folder = format!("/no such folder/{number}\"");
        let labels = window.harness.query_all_by_label_contains(&folder);
        labels
            .map(|label| label.rect().top())
            .fold(f32::MAX, f32::min)
    };
    assert!(place(6) < place(5), "the newest comes first");
    assert!(window.shows("just now"));
    window.press(Key::Escape);
    assert!(!window.shows("just now"));
    window.press_with(Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    assert!(window.shows("just now"), "{:?}", window.labels());
    window.click("Clear");
    assert!(window.shows_text("No errors since"));
    window.press(Key::Escape);
    assert!(!window.shows("6 errors"), "{:?}", window.labels());
}

#[test]
fn a_closed_error_toast_stays_in_the_panel_and_the_same_error_increases_its_count() {
    let mut window = Window::with_groups(&[2]);
    fail(&mut window, 1);
    window.click("Close the message");
    assert!(window.app().messages().is_empty());
    fail(&mut window, 1);
    window.press_with(Modifiers::COMMAND, Key::K);
    window.type_text("errors");
    window.press(Key::Enter);
    assert!(window.shows("just now · 2 times"), "{:?}", window.labels());
}

#[test]
fn an_error_outlives_notes_on_the_screen() {
    let mut window = Window::with_groups(&[2]);
    fail(&mut window, 1);
    for number in 0..5 {
        let note = format!("Note {number}");
        window.app_mut().push(Action::Notify(note));
        window.settle();
    }
    let toasts = window.app().messages();
    assert!(toasts[0].contains("no such folder"), "{toasts:?}");
}

#[test]
fn the_first_run_has_the_bell_too() {
    let mut window = Window::open(|_, _| {});
    assert!(window.shows("Choose a folder"));
    fail(&mut window, 1);
    window.click("1 error");
    assert!(window.shows("just now"), "{:?}", window.labels());
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

fn sizes(window: &Window) -> Vec<u32> {
    let mut sizes: Vec<u32> = window.groups().iter().map(|group| group.faces).collect();
    sizes.sort_unstable();
    sizes
}
