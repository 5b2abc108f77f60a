//! Properties of any sequence of commands, alone and with scans and groupings in between.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::test_library::{TestLibrary, photo_of};
use kinfolk::curate::{Command, CurateError, MoveTarget, Outcome, execute, redo, undo};
use kinfolk::library::{
    Assignment, EntryId, FaceId, GroupId, Library, MembershipState, Overview, Tidying,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// A command whose faces and groups are chosen from the existing ones: number n means the n-th, modulo their number.
#[derive(Clone, Debug)]
enum Pick {
    Name(u8, u8),
    Merge(Vec<u8>, u8),
    DifferentPeople(u8, u8),
    SplitFaces(u8, Vec<u8>),
    SplitAt(u8, Vec<u8>),
    MoveToGroup(Vec<u8>, u8),
    MoveToNew(Vec<u8>),
    Confirm(Vec<u8>),
    Belong(Vec<u8>, Vec<u8>),
    Reject(Vec<u8>),
    Ignore(Vec<u8>),
    NotAFace(Vec<u8>),
    Restore(Vec<u8>),
    SetCover(u8, u8),
    DeleteName(u8),
    NameFaces(Vec<u8>, u8),
}

/// A change of a library.
#[derive(Clone, Debug)]
enum Event {
    Command(Pick),
    Undo,
    Redo,
    Restart,
    /// A new photo with faces of these people.
    NewPhoto(Vec<u8>),
    /// Another picture in the file of a photo: its faces are replaced by faces of these people.
    OtherPicture(u8, Vec<u8>),
    /// A grouping that puts faces into old and new groups.
    Regroup(Vec<(u8, u8)>),
}

fn picks() -> impl Strategy<Value = Pick> {
    let number = any::<u8>;
    let some = || vec(any::<u8>(), 1..5);
    prop_oneof![
        3 => (number(), 0..4u8).prop_map(|(group, name)| Pick::Name(group, name)),
        3 => (some(), number()).prop_map(|(from, into)| Pick::Merge(from, into)),
        2 => (number(), number()).prop_map(|(one, other)| Pick::DifferentPeople(one, other)),
        2 => (number(), some()).prop_map(|(group, faces)| Pick::SplitFaces(group, faces)),
        2 => (number(), vec(0..4u8, 2..12)).prop_map(|(group, pieces)| Pick::SplitAt(group, pieces)),
        2 => (some(), number()).prop_map(|(faces, group)| Pick::MoveToGroup(faces, group)),
        1 => some().prop_map(Pick::MoveToNew),
        2 => some().prop_map(Pick::Confirm),
        2 => (some(), some()).prop_map(|(faces, with)| Pick::Belong(faces, with)),
        2 => some().prop_map(Pick::Reject),
        1 => some().prop_map(Pick::Ignore),
        1 => some().prop_map(Pick::NotAFace),
        2 => some().prop_map(Pick::Restore),
        1 => (number(), number()).prop_map(|(group, face)| Pick::SetCover(group, face)),
        1 => number().prop_map(Pick::DeleteName),
        2 => (some(), 0..4u8).prop_map(|(faces, name)| Pick::NameFaces(faces, name)),
    ]
}

fn events() -> impl Strategy<Value = Event> {
    let people = || vec(0..6u8, 0..4);
    prop_oneof![
        8 => picks().prop_map(Event::Command),
        4 => Just(Event::Undo),
        3 => Just(Event::Redo),
        1 => Just(Event::Restart),
        1 => people().prop_map(Event::NewPhoto),
        1 => (any::<u8>(), people()).prop_map(|(photo, people)| Event::OtherPicture(photo, people)),
        3 => vec((any::<u8>(), any::<u8>()), 1..12).prop_map(Event::Regroup),
    ]
}

/// Twelve photos with two faces each, in five groups: two people with suggestions, three unnamed groups; the last four
/// faces are in none.
fn start() -> TestLibrary {
    let mut test = TestLibrary::new();
    let mut faces = Vec::new();
    for photo in 0..12u32 {
        faces.extend(
            test.add_photo(&format!("{photo}.jpg"), &[photo % 5, (photo + 2) % 5])
                .1,
        );
    }
    let grouped = |range: std::ops::Range<usize>, target: &dyn Fn(usize) -> Assignment| -> Vec<_> {
        range.map(|index| (faces[index], target(index))).collect()
    };
    let new = |index: usize| Assignment::New(index as u32 % 5);
    let groups = test
        .library
        .set_automatic_memberships(&grouped(0..15, &new))
        .unwrap()
        .created;
    for (group, name) in [(groups[&0], "Ana"), (groups[&1], "Tom")] {
        let name = name.to_owned();
        execute(&mut test.library, Command::Name { group, name }).unwrap();
    }
    let same = |index: usize| Assignment::Group(groups[&(index as u32 % 5)]);
    test.library
        .set_automatic_memberships(&grouped(15..20, &same))
        .unwrap();
    test
}

/// The item with this number, modulo the number of items.
fn nth<T: Copy>(all: &[T], number: u8) -> Option<T> {
    all.get(usize::from(number) % all.len().max(1)).copied()
}

fn nths<T: Copy>(all: &[T], numbers: &[u8]) -> Vec<T> {
    numbers
        .iter()
        .filter_map(|&number| nth(all, number))
        .collect()
}

fn name(number: u8) -> String {
    ["Ana", "Tom", "Maria", "ANA "][usize::from(number) % 4].to_owned()
}

/// The faces and groups to choose from.
struct Choice {
    groups: Vec<GroupId>,
    faces: Vec<FaceId>,
    grouped: Vec<FaceId>,
    marked: Vec<FaceId>,
    members: BTreeMap<GroupId, Vec<FaceId>>,
}

impl Choice {
    fn of(library: &Library) -> Choice {
        let faces = library.all_faces().unwrap();
        let mut members: BTreeMap<GroupId, Vec<FaceId>> = BTreeMap::new();
        for face in &faces {
            if let Some(group) = face.group {
                members.entry(group).or_default().push(face.face_id);
            }
        }
        let marked = |face: FaceId| library.face(face).unwrap().unwrap().state.as_str();
        let ids: Vec<FaceId> = faces.iter().map(|face| face.face_id).collect();
        Choice {
            groups: library
                .group_summaries()
                .unwrap()
                .iter()
                .map(|group| group.group_id)
                .collect(),
            grouped: members.values().flatten().copied().collect(),
            marked: ids
                .iter()
                .copied()
                .filter(|&face| ["ignored", "not-a-face"].contains(&marked(face)))
                .collect(),
            faces: ids,
            members,
        }
    }

    fn group(&self, number: u8) -> GroupId {
        nth(&self.groups, number).unwrap_or(GroupId(0))
    }

    fn members(&self, group: GroupId) -> &[FaceId] {
        self.members.get(&group).map_or(&[], Vec::as_slice)
    }

    fn command(&self, pick: &Pick) -> Command {
        match pick {
            Pick::Name(group, number) => Command::Name {
                group: self.group(*group),
                name: name(*number),
            },
            Pick::Merge(from, into) => Command::Merge {
                from: nths(&self.groups, from),
                into: self.group(*into),
            },
            Pick::DifferentPeople(one, other) => Command::DifferentPeople {
                groups: (self.group(*one), self.group(*other)),
            },
            Pick::SplitFaces(group, faces) => Command::SplitFaces {
                group: self.group(*group),
                faces: nths(self.members(self.group(*group)), faces),
            },
            Pick::SplitAt(group, pieces) => self.split_at(self.group(*group), pieces),
            Pick::MoveToGroup(faces, group) => Command::Move {
                faces: nths(&self.faces, faces),
                to: MoveTarget::Group(self.group(*group)),
            },
            Pick::MoveToNew(faces) => Command::Move {
                faces: nths(&self.faces, faces),
                to: MoveTarget::NewGroup,
            },
            Pick::Confirm(faces) => Command::Confirm {
                faces: nths(&self.grouped, faces),
            },
            Pick::Belong(faces, with) => Command::Belong {
                faces: nths(&self.grouped, faces),
                with: nths(&self.grouped, with),
            },
            Pick::Reject(faces) => Command::Reject {
                faces: nths(&self.grouped, faces),
            },
            Pick::Ignore(faces) => Command::Ignore {
                faces: nths(&self.faces, faces),
            },
            Pick::NotAFace(faces) => Command::NotAFace {
                faces: nths(&self.faces, faces),
            },
            Pick::Restore(faces) => Command::Restore {
                faces: nths(&self.marked, faces),
            },
            Pick::SetCover(group, face) => Command::SetCover {
                group: self.group(*group),
                face: nth(self.members(self.group(*group)), *face).unwrap_or(FaceId(0)),
            },
            Pick::DeleteName(group) => Command::DeleteName {
                group: self.group(*group),
            },
            Pick::NameFaces(faces, number) => Command::NameFaces {
                faces: nths(&self.faces, faces),
                name: name(*number),
            },
        }
    }

    /// Distributes the group's members over up to four pieces.
    fn split_at(&self, group: GroupId, numbers: &[u8]) -> Command {
        let mut pieces = vec![Vec::new(); 4];
        for (&face, &number) in self.members(group).iter().zip(numbers) {
            pieces[usize::from(number) % 4].push(face);
        }
        Command::SplitAt { group, pieces }
    }
}

/// Executes a command and returns its outcome. A refused command must leave every table unchanged.
fn attempt(test: &mut TestLibrary, pick: &Pick) -> Option<Outcome> {
    let before = test.dump();
    let command = Choice::of(&test.library).command(pick);
    match execute(&mut test.library, command.clone()) {
        Ok(outcome) => {
            assert!(
                !outcome.message.contains(" 0 "),
                "{command:?}: {}",
                outcome.message
            );
            for group in &outcome.touched {
                assert!(
                    test.library.group(*group).unwrap().is_some(),
                    "{command:?} touched {group}"
                );
            }
            assert_ne!(test.dump(), before, "{command:?}");
            Some(outcome)
        }
        Err(CurateError::Library(error)) => panic!("{command:?}: {error}"),
        Err(_) => {
            assert_eq!(test.dump(), before, "{command:?} was refused");
            None
        }
    }
}

/// All decisions, as rows: what grouping must not change.
fn decisions(test: &TestLibrary) -> Vec<String> {
    let decided = |row: &String| {
        let table = row.split(' ').next().unwrap_or_default();
        match table {
            "membership" => row.contains("confirmed"),
            "face_group" => !row.ends_with("Null, Null]"),
            "face_mark" | "rejection" | "apart" => true,
            _ => false,
        }
    };
    test.dump().into_iter().filter(decided).collect()
}

fn regroup(test: &mut TestLibrary, requests: &[(u8, u8)]) {
    let choice = Choice::of(&test.library);
    let target = |number: u8| match number % 4 {
        0 => Assignment::New(u32::from(number / 4)),
        1 if number > 200 => Assignment::Nowhere,
        _ => Assignment::Group(choice.group(number / 4)),
    };
    let wanted = requests
        .iter()
        .filter_map(|&(face, to)| Some((nth(&choice.faces, face)?, target(to))));
    let wanted: Vec<_> = wanted.collect();
    let before = decisions(test);
    test.library.set_automatic_memberships(&wanted).unwrap();
    assert_eq!(decisions(test), before);
}

/// The numbers of commands that can be undone and redone, and the library as the window shows it.
struct Cursor {
    done: usize,
    undone: usize,
    shown: Overview,
}

impl Cursor {
    /// A scan adds an entry if it changes what a person decided.
    fn count(&mut self, test: &TestLibrary) {
        self.done = test.library.done_entries().unwrap().len();
        self.undone = test.library.journal().unwrap().len() - self.done;
    }

    fn undo(&mut self, test: &mut TestLibrary) {
        let undone = undo(&mut test.library).unwrap();
        assert_eq!(undone.is_some(), self.done > 0);
        if let Some(outcome) = undone {
            self.done -= 1;
            self.undone += 1;
            self.show(test, &outcome);
        }
        test.assert_sound();
    }

    fn redo(&mut self, test: &mut TestLibrary) {
        let redone = redo(&mut test.library).unwrap();
        assert_eq!(redone.is_some(), self.undone > 0);
        if let Some(outcome) = redone {
            self.done += 1;
            self.undone -= 1;
            self.show(test, &outcome);
        }
        test.assert_sound();
    }

    /// Reads only the groups named by the outcome, which must be as good as reading everything.
    fn show(&mut self, test: &TestLibrary, outcome: &Outcome) {
        self.shown
            .update(&test.library, &outcome.changed_groups)
            .unwrap();
        let fresh = test.library.overview().unwrap();
        assert_eq!(self.shown.groups(), fresh.groups(), "{outcome:?}");
        assert_eq!(self.shown.counts(), fresh.counts(), "{outcome:?}");
    }
}

fn happen(mut test: TestLibrary, cursor: &mut Cursor, number: usize, event: &Event) -> TestLibrary {
    let people = |people: &[u8]| {
        people
            .iter()
            .map(|&person| u32::from(person))
            .collect::<Vec<_>>()
    };
    match event {
        Event::Undo => cursor.undo(&mut test),
        Event::Redo => cursor.redo(&mut test),
        Event::Command(pick) => {
            if let Some(outcome) = attempt(&mut test, pick) {
                cursor.done += 1;
                cursor.undone = 0;
                cursor.show(&test, &outcome);
            }
            return sound(test);
        }
        Event::Restart => test = test.reopened(),
        Event::NewPhoto(who) => {
            test.add_photo(&format!("new {number}.jpg"), &people(who));
        }
        Event::OtherPicture(photo, who) => {
            let mut photo = photo_of(test.root_id, &format!("{}.jpg", photo % 12), &people(who));
            photo.size.width += 1 + number as u32 * 100;
            test.library.store_scanned(&[photo]).unwrap();
        }
        Event::Regroup(requests) => regroup(&mut test, requests),
    }
    cursor.count(&test);
    cursor.shown = test.library.overview().unwrap();
    sound(test)
}

fn sound(test: TestLibrary) -> TestLibrary {
    test.assert_sound();
    test
}

/// The groups that commands decided about, by journal entries whose state differs from the start.
#[derive(Default)]
struct Touched(BTreeMap<EntryId, BTreeSet<GroupId>>);

impl Touched {
    fn note(&mut self, outcome: Outcome) {
        // Undone and redone, an entry is as before.
        if self.0.remove(&outcome.entry).is_none() {
            let groups = outcome.touched.into_iter().collect();
            self.0.insert(outcome.entry, groups);
        }
    }

    fn has(&self, group: Option<GroupId>) -> bool {
        group.is_some_and(|group| self.0.values().any(|groups| groups.contains(&group)))
    }
}

fn places(library: &Library) -> BTreeMap<FaceId, Option<GroupId>> {
    let faces = library.all_faces().unwrap().into_iter();
    faces.map(|face| (face.face_id, face.group)).collect()
}

/// There are no names, confirmations, marks, rejections and splits.
fn assert_undecided(test: &TestLibrary) {
    assert_eq!(decisions(test), Vec::<String>::new());
    let confirmed = |state| state == Some(MembershipState::Confirmed);
    let faces = test.library.faces_to_group().unwrap();
    assert!(
        faces
            .iter()
            .all(|face| !confirmed(face.membership.map(|(_, state)| state)))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// Undo restores every table byte for byte as before the command, redo as after it.
    #[test]
    fn undo_and_redo_restore_every_table(commands in vec(picks(), 1..25), restart in any::<bool>()) {
        let mut test = start();
        let mut tables = vec![test.dump()];
        for pick in &commands {
            if attempt(&mut test, pick).is_some() {
                test.assert_sound();
                tables.push(test.dump());
            }
        }
        for before in tables.iter().rev().skip(1) {
            prop_assert!(undo(&mut test.library).unwrap().is_some());
            prop_assert_eq!(&test.dump(), before);
        }
        if restart {
            test = test.reopened();
        }
        for after in tables.iter().skip(1) {
            prop_assert!(redo(&mut test.library).unwrap().is_some());
            prop_assert_eq!(&test.dump(), after);
        }
        prop_assert!(redo(&mut test.library).unwrap().is_none());
    }

    /// With any scans and groupings in between, the invariants hold after every step, grouping changes no decision, and
    /// undoing everything leaves no decision.
    #[test]
    fn invariants_hold_while_the_library_changes_in_between(events in vec(events(), 1..40)) {
        let mut test = start();
        let shown = test.library.overview().unwrap();
        let mut cursor = Cursor { done: 2, undone: 0, shown };
        for (number, event) in events.iter().enumerate() {
            test = happen(test, &mut cursor, number, event);
        }
        while cursor.done > 0 {
            cursor.undo(&mut test);
        }
        assert_undecided(&test);
        while cursor.undone > 0 {
            cursor.redo(&mut test);
        }
    }

    /// Decisions made after a grouping began to read have priority over what it writes, and the grouping reports them.
    #[test]
    fn grouping_heeds_what_was_decided_since(events in vec(events(), 0..12), requests in vec((any::<u8>(), any::<u8>()), 1..30)) {
        let mut test = start();
        let since = test.library.journal_position().unwrap();
        let choice = Choice::of(&test.library);
        let target = |number: u8| match number % 3 {
            0 => Assignment::New(u32::from(number / 32)),
            _ => Assignment::Group(choice.group(number / 3)),
        };
        let assignments: Vec<_> = requests
            .iter()
            .filter_map(|&(face, to)| Some((nth(&choice.faces, face)?, target(to))))
            .collect();
        let mut touched = Touched::default();
        for event in &events {
            let outcome = match event {
                Event::Command(pick) => attempt(&mut test, pick),
                Event::Undo => undo(&mut test.library).unwrap(),
                Event::Redo => redo(&mut test.library).unwrap(),
                _ => None,
            };
            if let Some(outcome) = outcome {
                touched.note(outcome);
            }
        }
        let moved = test.library.journal_position().unwrap() != since;
        let before = places(&test.library);
        let change = test
            .library
            .write_grouping(&assignments, since, Tidying::All, &mut |_| {})
            .unwrap();
        prop_assert_eq!(change.decided_meanwhile, moved);
        for (face, now) in places(&test.library) {
            let then = before[&face];
            prop_assert!(then == now || !(touched.has(then) || touched.has(now)), "{face}: {then:?} to {now:?}");
        }
        test.assert_sound();
    }
}
