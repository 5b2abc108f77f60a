//! A name that is taken: the merge is offered, and a name for another person.

use egui::Key;

use crate::support::window::Window;

fn with_maria() -> Window {
    let mut window = Window::with_groups(&[6, 4, 3]);
    name(&mut window, 0, "Maria", &[]);
    window
}

/// Types a name for a group on its card, moves along the offers by keys, and accepts.
fn name(window: &mut Window, group: usize, typed: &str, keys: &[Key]) {
    let card = window.card(window.groups()[group].group_id);
    window.click(&card);
    window.press(Key::F2);
    window.type_text(typed);
    for key in keys {
        window.press(*key);
    }
    window.press(Key::Enter);
    window.press(Key::Escape);
    window.press(Key::Escape);
}

#[test]
fn another_person_of_a_taken_name_is_offered_after_the_merge() {
    let mut window = with_maria();
    name(&mut window, 1, "maria", &[Key::ArrowDown]);
    assert_eq!(window.people(), ["Maria", "Maria (2)"]);
    let third = window.groups().len() - 1;
    // Both people of the name come first.
    name(
        &mut window,
        third,
        "MARIA",
        &[Key::ArrowDown, Key::ArrowDown],
    );
    assert_eq!(window.people(), ["Maria", "Maria (2)", "Maria (3)"]);
}

#[test]
fn enter_alone_still_merges_with_the_person_of_that_name() {
    let mut window = with_maria();
    name(&mut window, 1, "maria", &[]);
    assert_eq!(window.people(), ["Maria"]);
    assert_eq!(window.groups()[0].faces, 10);
}

#[test]
fn faces_that_are_moved_may_go_to_another_person_of_a_taken_name() {
    let mut window = with_maria();
    let card = window.card(window.groups()[1].group_id);
    window.click(&card);
    window.press(Key::O);
    window.press_with(egui::Modifiers::COMMAND, Key::A);
    window.press(Key::V);
    window.type_text("Maria");
    window.click("Maria (2)");
    assert_eq!(window.people(), ["Maria", "Maria (2)"]);
}
