//! The review: questions by key and mouse, undo, "not sure", and the tab of suggestions.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use kinfolk::app::state::navigation::Page;
use kinfolk::library::{Assignment, Library};

use crate::support::crowd::{CLEAR, Crowd, store_photo};
use crate::support::window::Window;

const SAME: &str = "Are these the same person?";

/// A window at the review of groups of drawn people: each list holds `(person, number of faces)`.
fn reviewing(groups: &[&[(usize, usize)]]) -> Window {
    let mut window = Window::open(|library, _| store_groups(library, groups));
    window.press(Key::Num5);
    assert_eq!(window.app().page(), Page::Review);
    window
}

fn store_groups(library: &mut Library, groups: &[&[(usize, usize)]]) {
    let mut crowd = Crowd::new(2, CLEAR, 7);
    let mut assignments = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        for &(person, count) in *group {
            for _ in 0..count {
                let face = store_photo(library, &mut crowd, &[person]).1[0];
                assignments.push((face, Assignment::New(number as u32)));
            }
        }
    }
    library
        .set_automatic_memberships(&assignments)
        .expect("groups");
}

fn sizes(window: &Window) -> Vec<u32> {
    let mut sizes: Vec<u32> = window.groups().iter().map(|group| group.faces).collect();
    sizes.sort_unstable();
    sizes
}

#[test]
fn y_merges_two_groups_and_undo_asks_again() {
    let mut window = reviewing(&[&[(0, 3)], &[(0, 4)], &[(1, 5)]]);
    assert!(window.shows(SAME), "{:?}", window.labels());
    assert!(window.shows("3 faces · 2000") && window.shows("4 faces · 2000"));
    assert!(window.shows_text("1 question left"));
    window.press(Key::Y);
    assert_eq!(sizes(&window), [5, 7]);
    assert!(!window.shows(SAME));
    assert!(window.shows("No questions left"), "{:?}", window.labels());
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert!(window.shows(SAME), "{:?}", window.labels());
}

#[test]
fn different_people_stay_separate() {
    let mut window = reviewing(&[&[(0, 3)], &[(0, 4)]]);
    window.click("Different people");
    assert!(!window.shows(SAME));
    let said = window.app().messages();
    assert_eq!(said, ["Kept two unnamed groups apart"]);
    // The faces were grouped again after the last answer.
    assert_eq!(sizes(&window), [3, 4]);
    window.press(Key::Num1);
    window.press(Key::Num5);
    assert!(!window.shows(SAME));
}

#[test]
fn skipped_questions_can_be_asked_again() {
    let mut window = reviewing(&[&[(0, 3)], &[(0, 4)]]);
    window.press(Key::U);
    assert!(window.shows("No questions left"));
    window.click("Ask 1 question again");
    assert!(window.shows(SAME));
    window.click("Not sure");
    assert!(!window.shows(SAME));
    assert_eq!(sizes(&window), [3, 4], "nothing has changed");
}

#[test]
fn a_mixed_group_is_shown_in_two_halves_and_split() {
    let mut window = reviewing(&[&[(0, 6), (1, 4)]]);
    assert!(window.shows("Is this group one person?"));
    assert!(window.shows("6 faces · 2000") && window.shows("4 faces · 2000"));
    window.press(Key::N);
    assert_eq!(sizes(&window), [4, 6]);
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert!(window.shows("Is this group one person?"));
}

#[test]
fn a_face_that_fits_badly_leaves_its_group() {
    let mut window = reviewing(&[&[(0, 6), (1, 1)]]);
    assert!(window.shows("Does this face belong with the others?"));
    window.click("Different people");
    assert_eq!(sizes(&window), [1, 6]);
}

#[test]
fn the_tab_of_suggestions_is_one_click_away() {
    let mut window = reviewing(&[&[(0, 3)], &[(0, 4)]]);
    window.click("Suggestions and names");
    assert!(!window.shows(SAME));
    assert!(window.shows_text("Name group"), "{:?}", window.labels());
    window.click("Questions 1");
    assert!(window.shows(SAME));
}

#[test]
fn a_face_of_a_question_opens_its_photo_and_back_returns_to_the_question() {
    let mut window = reviewing(&[&[(0, 3)], &[(0, 4)]]);
    let face = window
        .labels()
        .into_iter()
        .find(|label| label.starts_with("Face "))
        .expect("a face");
    window.click(&face);
    assert!(matches!(window.app().page(), Page::Photo(_)));
    window.press(Key::Space);
    assert!(window.shows(SAME));
}

#[test]
fn a_group_marked_not_a_face_removes_its_question() {
    let mut window = reviewing(&[&[(0, 3)], &[(0, 4)]]);
    let buttons: Vec<_> = window
        .harness
        .query_all_by_role_and_label(Role::Button, "Not a face")
        .collect();
    assert_eq!(buttons.len(), 2, "one over each group");
    buttons[0].click();
    window.settle();
    assert_eq!(window.app().snapshot().counts.not_faces, 4);
    assert!(!window.shows(SAME));
}

#[test]
fn a_cancelled_queue_is_built_when_the_page_returns() {
    let mut window = Window::open(|library, _| store_groups(library, &[&[(0, 3)], &[(0, 4)]]));
    // The page is left in the frame after it requested the queue, and opened again before or after the result.
    for frames in 0..4 {
        window.harness.key_press(Key::Num5);
        window.harness.step();
        window.harness.key_press(Key::Num1);
        for _ in 0..=frames {
            window.harness.step();
        }
        window.press(Key::Num5);
        assert!(window.shows(SAME), "{frames}: {:?}", window.labels());
        window.press(Key::Num1);
    }
}

#[test]
fn a_group_like_ignored_faces_is_ignored_with_y_and_kept_with_n() {
    let mut window = Window::open(|library, _| {
        store_groups(library, &[&[(0, 4)], &[(0, 3)], &[(1, 5)]]);
        let ignored = library.group_summaries().expect("groups")[1].group_id;
        let faces = library.faces_of_group(ignored).expect("faces");
        let faces = faces.iter().map(|face| face.face_id).collect();
        kinfolk::curate::execute(library, kinfolk::curate::Command::Ignore { faces })
            .expect("ignored");
    });
    window.press(Key::Num5);
    let title = "Ignore these, too?";
    assert!(window.shows(title), "{:?}", window.labels());
    assert!(window.shows("Ignored"), "{:?}", window.labels());
    assert!(window.shows("4 faces · 2000") && window.shows("3 faces · 2000"));
    window.press(Key::Y);
    assert_eq!(window.app().snapshot().counts.ignored, 7);
    assert!(!window.shows(title));
    window.press_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(window.app().snapshot().counts.ignored, 4);
    assert!(window.shows(title), "{:?}", window.labels());
    window.press(Key::N);
    assert_eq!(window.app().snapshot().counts.ignored, 4);
    assert!(!window.shows(title));
}
