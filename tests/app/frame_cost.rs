//! The cost of a frame depends on what it draws, not on the size of the library or the selection; costs are counted,
//! not timed.

use std::cell::Cell;
use std::cmp::Ordering;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use kinfolk::app::commands::action::Action;
use kinfolk::app::state::navigation::Page;
use kinfolk::app::state::selection::Selection;
use kinfolk::curate::{self, Command};
use kinfolk::library::{Assignment, FaceId, FoundProblem, Library, RootId};
use kinfolk::photo::ContentHash;

use crate::support::allocations::{Allocated, allocated};
use crate::support::test_library::photo_of;
use crate::support::window::Window;

/// What a frame of this thread allocates when nothing happens: the minimum of several frames.
fn idle_frame(window: &mut Window) -> Allocated {
    let frames = (0..8).map(|_| {
        let before = allocated();
        window.harness.step();
        let after = allocated();
        Allocated {
            pieces: after.pieces - before.pieces,
            bytes: after.bytes - before.bytes,
        }
    });
    frames.min_by_key(|frame| frame.bytes).unwrap()
}

/// The size of a library: every number is ten times as high in the large one as in the small one.
struct Size {
    groups: u32,
    people: u32,
    /// Faces of the largest group.
    faces: u32,
    ignored: u32,
    away: u32,
    not_found: u32,
    problems: u32,
}

const SMALL: Size = Size {
    groups: 400,
    people: 60,
    faces: 500,
    ignored: 400,
    away: 300,
    not_found: 40,
    problems: 200,
};
const LARGE: Size = Size {
    groups: 4_000,
    people: 600,
    faces: 5_000,
    ignored: 4_000,
    away: 3_000,
    not_found: 400,
    problems: 2_000,
};

fn fill(library: &mut Library, size: &Size) {
    let root_id = library
        .add_root(std::path::Path::new("/photos"))
        .expect("root");
    let count = size.faces + size.groups + size.ignored + size.not_found + size.away;
    let numbers: Vec<u32> = (0..count).collect();
    for numbers in numbers.chunks(500) {
        let photos: Vec<_> = numbers
            .iter()
            .map(|number| photo_of(root_id, &format!("photo {number}.jpg"), &[*number]))
            .collect();
        library.store_scanned(&photos).expect("store");
    }
    let mut faces: Vec<FaceId> = library
        .all_faces()
        .expect("faces")
        .iter()
        .map(|face| face.face_id)
        .collect();
    faces.sort_unstable();
    let (largest, others) = faces.split_at(size.faces as usize);
    let (others, rest) = others.split_at(size.groups as usize);
    let (ignored, rest) = rest.split_at(size.ignored as usize);
    let (not_found, away) = rest.split_at(size.not_found as usize);
    let assignments: Vec<_> = largest
        .iter()
        .map(|face| (*face, Assignment::New(0)))
        .chain(
            others
                .iter()
                .zip(1..)
                .map(|(face, group)| (*face, Assignment::New(group))),
        )
        .collect();
    let made = library
        .set_automatic_memberships(&assignments)
        .expect("groups");
    for number in 1..=size.people {
        let group = made.created[&number];
        let name = format!("Person {number:05}");
        curate::execute(library, Command::Name { group, name }).expect("name");
    }
    let faces = ignored.to_vec();
    curate::execute(library, Command::Ignore { faces }).expect("ignore");
    let faces = not_found.to_vec();
    let name = "Lost".to_owned();
    curate::execute(library, Command::NameFaces { faces, name }).expect("name");
    lose(library, root_id, not_found);
    let photo_of = |face: &FaceId| library.face(*face).expect("face").expect("face").photo_id;
    let photos: Vec<_> = away.iter().map(photo_of).collect();
    library.mark_vanished(&photos).expect("away");
    let problems: Vec<_> = (0..size.problems)
        .map(|number| FoundProblem {
            root_id,
            path: format!("broken {number}.jpg"),
            file_size: 1,
            modified_ns: 1,
            reason: "cut off".to_owned(),
        })
        .collect();
    library.store_problems(&problems).expect("problems");
}

/// Photos of these faces become other pictures.
fn lose(library: &mut Library, root_id: RootId, faces: &[FaceId]) {
    let changed = faces.iter().map(|face| {
        let photo_id = library.face(*face).expect("face").expect("face").photo_id;
        let path = library.photo(photo_id).expect("photo").expect("photo").path;
        let mut other = photo_of(root_id, &path, &[]);
        other.content_hash = ContentHash(*blake3::hash(path.as_bytes()).as_bytes());
        other
    });
    let changed: Vec<_> = changed.collect();
    library.store_scanned(&changed).expect("store");
    assert_eq!(library.missing_faces().expect("faces").len(), faces.len());
}

fn with_search(window: &mut Window, text: &str) {
    window.app_mut().push(Action::SetSearch(text.to_owned()));
    window.settle();
}

type Way = fn(&mut Window);

/// Pages, each with everything selected that can be, and the actions that open them.
const WAYS: [(&str, Way); 17] = [
    ("people", |window| {
        window.press(Key::Num1);
    }),
    ("people, all selected", |window| {
        window.press(Key::Num1);
        window.press_with(Modifiers::COMMAND, Key::A);
        assert!(window.shows_text("groups selected"));
    }),
    ("people found", |window| {
        window.press(Key::Num1);
        with_search(window, "person");
    }),
    ("unnamed, all selected", |window| {
        window.press(Key::Num2);
        window.press_with(Modifiers::COMMAND, Key::A);
    }),
    ("photos, all selected", |window| {
        window.press(Key::Num3);
        window.press_with(Modifiers::COMMAND, Key::A);
        assert!(window.shows_text("photos selected"));
    }),
    ("photos found", |window| {
        window.press(Key::Num3);
        with_search(window, "photo");
    }),
    ("ignored, all selected", |window| {
        window.press(Key::Num4);
        window.press_with(Modifiers::COMMAND, Key::A);
        assert!(window.shows_text(" selected"));
    }),
    ("away, all selected", |window| {
        window.press(Key::Num7);
        window.press_with(Modifiers::COMMAND, Key::A);
        assert!(window.shows_text("photos selected"));
    }),
    ("not found", |window| {
        window.press(Key::Num8);
        with_search(window, "lost");
        assert!(window.shows("Lost"));
    }),
    ("problems found", |window| {
        window.press(Key::Num6);
        with_search(window, "broken");
    }),
    ("history found", |window| {
        window.press_with(Modifiers::COMMAND, Key::H);
        with_search(window, "person");
    }),
    ("largest group, all selected", |window| {
        let group_id = window.groups()[0].group_id;
        window.app_mut().push(Action::Go(Page::Group(group_id)));
        window.settle();
        window.press_with(Modifiers::COMMAND, Key::A);
        assert!(window.shows_text(" selected"));
    }),
    ("naming", |window| {
        window.press(Key::Num2);
        window.press(Key::ArrowRight);
        window.press(Key::F2);
        window.type_text("per");
        assert!(window.shows("New person per"), "{:?}", window.labels());
    }),
    ("choosing a person", |window| {
        window.press(Key::Num2);
        window.press(Key::ArrowRight);
        window.press(Key::M);
        window.type_text("per");
        assert!(window.shows("Name of the person"));
    }),
    ("questions", |window| {
        window.press(Key::Num5);
        assert!(window.shows("Same person"), "{:?}", window.labels());
    }),
    ("suggestions and names", |window| {
        window.press(Key::Num5);
        let label = "Suggestions and names";
        window.harness.get_by_label(label).click();
        window.settle();
        assert!(window.shows("Who is this?") || window.shows_text("Name group"));
    }),
    ("a photo of many", |window| {
        window.press(Key::Num3);
        window.press(Key::ArrowRight);
        window.press(Key::O);
        assert!(matches!(window.app().page(), Page::Photo(_)));
    }),
];

#[test]
fn a_frame_allocates_the_same_in_a_library_ten_times_as_large() {
    let mut small = Window::open(|library, _| fill(library, &SMALL));
    let mut large = Window::open(|library, _| fill(library, &LARGE));
    let mut too_much = Vec::new();
    for (way, go) in WAYS {
        let [few, many] = [&mut small, &mut large].map(|window| {
            go(window);
            let frame = idle_frame(window);
            for _ in 0..4 {
                window.press(Key::Escape);
            }
            frame
        });
        println!("{way}: {few:?}, {many:?}");
        // Longer numbers have more digits; lists of thousands would exceed this by far.
        let pieces = few.pieces + few.pieces / 50 + 60;
        let bytes = few.bytes + few.bytes / 50 + 8_000;
        if many.pieces > pieces || many.bytes > bytes {
            too_much.push(format!("{way}: {few:?}, {many:?}"));
        }
    }
    assert!(too_much.is_empty(), "{too_much:#?}");
}

thread_local! {
    static COMPARED: Cell<u64> = const { Cell::new(0) };
}

/// A number that counts its comparisons and hashes.
#[derive(Clone, Copy, Debug)]
struct Counted(u32);

fn compared() {
    COMPARED.set(COMPARED.get() + 1);
}

impl PartialEq for Counted {
    fn eq(&self, other: &Self) -> bool {
        compared();
        self.0 == other.0
    }
}

impl Eq for Counted {}

impl PartialOrd for Counted {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Counted {
    fn cmp(&self, other: &Self) -> Ordering {
        compared();
        self.0.cmp(&other.0)
    }
}

impl Hash for Counted {
    fn hash<H: Hasher>(&self, state: &mut H) {
        compared();
        self.0.hash(state);
    }
}

/// What a page asks in each frame: what it shows, then for each visible tile whether it is selected.
fn frame(selection: &mut Selection<Counted>, order: &Arc<[Counted]>) -> u64 {
    let before = COMPARED.get();
    selection.show(order);
    for tile in &order[1000..1100] {
        std::hint::black_box(selection.contains(*tile));
    }
    std::hint::black_box((selection.len(), selection.single(), selection.is_empty()));
    COMPARED.get() - before
}

#[test]
fn a_frame_with_a_hundred_thousand_selected_compares_as_little_as_one_with_one() {
    let order: Arc<[Counted]> = (0..100_000).map(Counted).collect();
    let mut selection = Selection::default();
    selection.show(&order);
    selection.set(Counted(5));
    let one = frame(&mut selection, &order);
    selection.select_all(&order);
    let all = frame(&mut selection, &order);
    // A search in a tree of that height for each tile.
    assert!(
        one <= 100 && all <= 100 * 100,
        "{one} and {all} comparisons"
    );
}

#[test]
fn a_changed_page_checks_each_item_a_fixed_number_of_times() {
    let work = |count: u32| {
        let order: Arc<[Counted]> = (0..count).map(Counted).collect();
        let mut selection = Selection::default();
        selection.show(&order);
        selection.select_all(&order);
        let changed: Arc<[Counted]> = (1..count).map(Counted).collect();
        let before = COMPARED.get();
        selection.show(&changed);
        assert_eq!(selection.len(), count as usize - 1);
        (COMPARED.get() - before) / u64::from(count)
    };
    let (few, many) = (work(1_000), work(100_000));
    assert!(
        many <= 3 * few,
        "{few} and {many} comparisons for each item"
    );
}

#[test]
fn a_rubber_band_over_a_few_does_not_check_all_that_are_selected() {
    let order: Arc<[Counted]> = (0..100_000).map(Counted).collect();
    let mut selection = Selection::default();
    selection.show(&order);
    selection.select_all(&order[..99_000]);
    selection.begin_band(Modifiers::COMMAND);
    let before = (COMPARED.get(), allocated().bytes);
    for end in 99_001..99_021 {
        selection.band(order[98_990..end].iter().copied());
    }
    let compared = COMPARED.get() - before.0;
    let bytes = allocated().bytes - before.1;
    assert!(compared < 200_000, "{compared} comparisons");
    assert!(bytes < 100_000, "{bytes} bytes");
    assert_eq!(selection.len(), 99_020);
    selection.band([]);
    assert_eq!(selection.len(), 99_000, "the rest is deselected");
}
