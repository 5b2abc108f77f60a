//! A review that is kept up to date asks the same questions as a new one, whatever happens in between.

use std::collections::HashSet;

use crate::support::draw::{Draw, face_of};
use crate::support::test_library::{TestLibrary, photo_of};
use kinfolk::curate::{
    Answer, Command, CurateError, MoveTarget, QueuedQuestion, ReviewCache, execute, group_again,
    redo, review_queue, undo,
};
use kinfolk::library::{Assignment, FaceId, GroupId, Library, MovedPhoto, PhotoRow, ScannedPhoto};
use kinfolk::stop::StopFlag;
use kinfolk::vision::EMBEDDING_LEN;
use proptest::collection::vec;
use proptest::prelude::*;

/// A change of a library while its review is open; numbers choose from the existing items, modulo their number.
#[derive(Clone, Debug)]
enum Event {
    /// The n-th question is answered.
    Answer(u8, bool),
    Undo,
    Redo,
    Name(u8),
    DeleteName(u8),
    Merge(u8, u8),
    DifferentPeople(u8, u8),
    Split(u8, Vec<u8>),
    Move(Vec<u8>, u8),
    Confirm(Vec<u8>),
    Reject(Vec<u8>),
    Ignore(Vec<u8>),
    Restore,
    /// New photos of these people.
    Scan(Vec<u8>),
    /// Another picture in the file of a photo.
    OtherPicture(u8, Vec<u8>),
    /// A photo's file is gone, or back.
    Vanish(u8),
    Return(u8),
    /// A photo lies in another folder now, perhaps over another photo.
    MoveFile(u8, u8),
    Forget(u8),
    GroupAgain,
    /// A grouping that puts faces anywhere.
    Regroup(Vec<(u8, u8)>),
}

fn events() -> impl Strategy<Value = Event> {
    let number = any::<u8>;
    let some = || vec(any::<u8>(), 1..5);
    prop_oneof![
        8 => (0..4u8, any::<bool>()).prop_map(|(nth, same)| Event::Answer(nth, same)),
        4 => Just(Event::Undo),
        2 => Just(Event::Redo),
        2 => number().prop_map(Event::Name),
        1 => number().prop_map(Event::DeleteName),
        2 => (number(), number()).prop_map(|(from, into)| Event::Merge(from, into)),
        1 => (number(), number()).prop_map(|(one, other)| Event::DifferentPeople(one, other)),
        2 => (number(), some()).prop_map(|(group, faces)| Event::Split(group, faces)),
        2 => (some(), number()).prop_map(|(faces, group)| Event::Move(faces, group)),
        1 => some().prop_map(Event::Confirm),
        2 => some().prop_map(Event::Reject),
        1 => some().prop_map(Event::Ignore),
        1 => Just(Event::Restore),
        2 => some().prop_map(Event::Scan),
        1 => (number(), some()).prop_map(|(photo, people)| Event::OtherPicture(photo, people)),
        2 => number().prop_map(Event::Vanish),
        2 => number().prop_map(Event::Return),
        1 => (number(), number()).prop_map(|(photo, to)| Event::MoveFile(photo, to)),
        1 => number().prop_map(Event::Forget),
        2 => Just(Event::GroupAgain),
        2 => vec((number(), number()), 1..8).prop_map(Event::Regroup),
    ]
}

const PEOPLE: usize = 6;

/// A library of drawn people, and the generator of more of them.
struct World {
    test: TestLibrary,
    draw: Draw,
    people: Vec<[f32; EMBEDDING_LEN]>,
    photos: u32,
}

impl World {
    fn new(seed: u64) -> World {
        let mut draw = Draw(seed);
        let common = draw.vector();
        // People who are somewhat alike, so that there are questions.
        let people = (0..PEOPLE)
            .map(|_| {
                let own = draw.vector();
                std::array::from_fn(|at| 0.6 * common[at] + own[at])
            })
            .collect();
        let mut world = World {
            test: TestLibrary::new(),
            draw,
            people,
            photos: 0,
        };
        for number in 0..10u8 {
            world.scan(&[number, number / 2]);
        }
        world.scan(&[0; 8]);
        group_again(&mut world.test.library, &StopFlag::default()).unwrap();
        world
    }

    fn photo(&mut self, number: u32, people: &[u8]) -> ScannedPhoto {
        let labels: Vec<u32> = (0..people.len() as u32).collect();
        let mut photo = photo_of(self.test.root_id, &format!("{number}.jpg"), &labels);
        for (face, &person) in photo.faces.iter_mut().zip(people) {
            let person = &self.people[usize::from(person) % PEOPLE];
            let noise = 0.5 + 0.6 * self.draw.uniform();
            face.embedding = Some(face_of(person, noise, &mut self.draw));
        }
        photo
    }

    /// One photo for each of these people, and one with the first and the last.
    fn scan(&mut self, people: &[u8]) {
        let mut shown: Vec<Vec<u8>> = people.iter().map(|&person| vec![person]).collect();
        shown.push(vec![people[0], people[people.len() - 1]]);
        for people in shown {
            let photo = self.photo(self.photos, &people);
            self.photos += 1;
            self.test.library.store_scanned(&[photo]).unwrap();
        }
    }

    fn groups(&self) -> Vec<GroupId> {
        let groups = self.test.library.group_summaries().unwrap();
        groups.iter().map(|group| group.group_id).collect()
    }

    fn group(&self, number: u8) -> GroupId {
        nth(&self.groups(), number).unwrap_or(GroupId(0))
    }

    fn faces(&self, numbers: &[u8], grouped: bool) -> Vec<FaceId> {
        let faces = self.test.library.all_faces().unwrap().into_iter();
        let faces: Vec<FaceId> = faces
            .filter(|face| !grouped || face.group.is_some())
            .map(|face| face.face_id)
            .collect();
        numbers
            .iter()
            .filter_map(|&number| nth(&faces, number))
            .collect()
    }

    fn happen(&mut self, event: &Event, queue: &[QueuedQuestion]) {
        let command = match event {
            Event::Answer(number, same) => {
                let answer = if *same {
                    Answer::Same
                } else {
                    Answer::Different
                };
                match queue.get(usize::from(*number) % queue.len().max(1)) {
                    Some(queued) => queued.question.command(answer),
                    None => return,
                }
            }
            Event::Undo => return drop(undo(&mut self.test.library).unwrap()),
            Event::Redo => return drop(redo(&mut self.test.library).unwrap()),
            Event::Name(group) => Command::Name {
                group: self.group(*group),
                name: format!("person {group}"),
            },
            Event::DeleteName(group) => Command::DeleteName {
                group: self.group(*group),
            },
            Event::Merge(from, into) => Command::Merge {
                from: vec![self.group(*from)],
                into: self.group(*into),
            },
            Event::DifferentPeople(one, other) => Command::DifferentPeople {
                groups: (self.group(*one), self.group(*other)),
            },
            Event::Split(group, faces) => {
                let group = self.group(*group);
                let members = self.test.members(group);
                let faces = faces.iter().filter_map(|&number| nth(&members, number));
                Command::SplitFaces {
                    group,
                    faces: faces.collect(),
                }
            }
            Event::Move(faces, group) => Command::Move {
                faces: self.faces(faces, false),
                to: match group % 3 {
                    0 => MoveTarget::NewGroup,
                    _ => MoveTarget::Group(self.group(*group)),
                },
            },
            Event::Confirm(faces) => Command::Confirm {
                faces: self.faces(faces, true),
            },
            Event::Reject(faces) => Command::Reject {
                faces: self.faces(faces, true),
            },
            Event::Ignore(faces) => Command::Ignore {
                faces: self.faces(faces, false),
            },
            Event::Restore => Command::Restore {
                faces: self.faces(&(0..=255).collect::<Vec<u8>>(), false),
            },
            Event::Scan(people) => return self.scan(people),
            Event::OtherPicture(photo, people) => {
                let number = u32::from(*photo) % self.photos;
                let mut photo = self.photo(number, people);
                photo.size.width += 100;
                self.test.library.store_scanned(&[photo]).unwrap();
                return;
            }
            Event::Vanish(photo) => {
                let photo = self.stored(*photo).photo_id;
                return self.test.library.mark_vanished(&[photo]).unwrap();
            }
            Event::Return(photo) => {
                let photo = self.stored(*photo).photo_id;
                return self.test.library.mark_present(&[photo]).unwrap();
            }
            Event::MoveFile(photo, to) => {
                let (photo, to) = (self.stored(*photo), self.stored(*to));
                let moved = MovedPhoto {
                    photo_id: photo.photo_id,
                    root_id: to.root_id,
                    path: to.path,
                    file_size: 1,
                    modified_ns: 1,
                    changed_ns: None,
                };
                return self.test.library.move_photos(&[moved]).unwrap();
            }
            Event::Forget(photo) => {
                let photo = self.stored(*photo).absolute();
                self.test.library.forget(&photo).unwrap();
                return;
            }
            Event::GroupAgain => {
                group_again(&mut self.test.library, &StopFlag::default()).unwrap();
                return;
            }
            Event::Regroup(requests) => return self.regroup(requests),
        };
        // Some are refused, because there is not always something to do.
        if let Err(CurateError::Library(error)) = execute(&mut self.test.library, command) {
            panic!("{event:?}: {error}");
        }
    }

    fn stored(&self, number: u8) -> PhotoRow {
        let photos = self.test.library.photos().unwrap();
        photos[usize::from(number) % photos.len()].clone()
    }

    fn regroup(&mut self, requests: &[(u8, u8)]) {
        let target = |number: u8| match number % 4 {
            0 => Assignment::New(u32::from(number / 4)),
            1 => Assignment::Nowhere,
            _ => Assignment::Group(self.group(number / 4)),
        };
        let wanted: Vec<(FaceId, Assignment)> = requests
            .iter()
            .flat_map(|&(face, to)| {
                let faces = self.faces(&[face], false).into_iter();
                faces.map(move |face| (face, target(to)))
            })
            .collect();
        self.test
            .library
            .set_automatic_memberships(&wanted)
            .unwrap();
    }
}

/// The item with this number, modulo the number of items.
fn nth<T: Copy>(all: &[T], number: u8) -> Option<T> {
    all.get(usize::from(number) % all.len().max(1)).copied()
}

fn new_queue(library: &Library) -> Vec<QueuedQuestion> {
    review_queue(library, &HashSet::new(), &StopFlag::default()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, max_shrink_iters: 200, ..ProptestConfig::default() })]

    /// One review is asked after every event, another after some; both ask what a new one asks.
    #[test]
    fn a_review_kept_up_to_date_asks_what_a_new_one_asks(
        seed in any::<u64>(),
        events in vec((events(), any::<bool>()), 1..25),
    ) {
        let mut world = muddled(seed);
        // As in the window, the review has a connection of its own.
        let other = world.test.library.second_connection().unwrap();
        let (mut always, mut at_times) = (ReviewCache::default(), ReviewCache::default());
        let (asked, go) = (HashSet::new(), StopFlag::default());
        let mut queue = new_queue(&world.test.library);
        for (number, (event, ask)) in events.iter().enumerate() {
            prop_assert_eq!(always.queue(&other, &asked, &go).unwrap(), queue.clone());
            world.happen(event, &queue);
            queue = new_queue(&world.test.library);
            if *ask || number + 1 == events.len() {
                prop_assert_eq!(at_times.queue(&other, &asked, &go).unwrap(), queue.clone());
            }
        }
        prop_assert_eq!(always.queue(&other, &asked, &go).unwrap(), queue);
    }
}

/// With names, and with wrong groups.
fn muddled(seed: u64) -> World {
    let mut world = World::new(seed);
    world.happen(&Event::Name(0), &[]);
    let requests = (0..60u8).map(|n| (n.wrapping_mul(7), 2 + 4 * (n % 6)));
    world.happen(&Event::Regroup(requests.collect()), &[]);
    // Of one stranger.
    let faces = (0..6).map(|n| n * 11 + seed as u8 % 5).collect();
    world.happen(&Event::Ignore(faces), &[]);
    world
}

/// A scan marks faces as missing, and keeps their embeddings: they share no photo any more, and cannot be looked at.
#[test]
fn faces_that_go_missing_leave_a_review_that_is_kept() {
    use crate::support::test_library::axes::at;
    use crate::support::test_library::review::store;
    let mut test = TestLibrary::new();
    let pair = [at(0, 0.73, 10), at(0, 0.73, 11)];
    let faces = store(&mut test, &[pair[0], pair[0], pair[1], pair[1]]);
    // The two groups share a photo, so they are two people.
    let mut both = photo_of(test.root_id, "both.jpg", &[0, 1]);
    for (face, embedding) in both.faces.iter_mut().zip(pair) {
        face.embedding = Some(embedding);
    }
    let shared = test.library.store_scanned(&[both.clone()]).unwrap()[0];
    let shared = test.library.face_ids_of_photo(shared).unwrap();
    for (first, face) in [(0, shared[0]), (2, shared[1])] {
        test.group(&[faces[first], faces[first + 1], face]);
    }
    let confirmed = Command::Confirm { faces: shared };
    execute(&mut test.library, confirmed).unwrap();
    let (mut review, asked, go) = (ReviewCache::default(), HashSet::new(), StopFlag::default());
    let before = review.queue(&test.library, &asked, &go).unwrap();
    assert_eq!(before, []);
    both.faces.clear();
    both.size.width += 100;
    both.content_hash = kinfolk::photo::ContentHash([7; 32]);
    test.library.store_scanned(&[both]).unwrap();
    assert_eq!(test.library.missing_faces().unwrap().len(), 2);
    let after = review.queue(&test.library, &asked, &go).unwrap();
    assert_eq!(after, new_queue(&test.library));
    assert_eq!(after.len(), 1, "they may be one person");
    assert_eq!(after[0].faces, (2, 2));
    // So does a photo whose file is gone.
    let photo_of = |face: &FaceId| test.library.face(*face).unwrap().unwrap().photo_id;
    let gone: Vec<_> = faces[..2].iter().map(photo_of).collect();
    test.library.mark_vanished(&gone).unwrap();
    let after = review.queue(&test.library, &asked, &go).unwrap();
    assert_eq!(after, new_queue(&test.library));
    assert_eq!(after, []);
}

#[test]
fn the_drawn_libraries_have_questions_of_every_kind() {
    let mut kinds = HashSet::new();
    for seed in 0..8 {
        let queue = new_queue(&muddled(seed).test.library);
        kinds.extend(queue.iter().map(|queued| queued.question.kind()));
    }
    assert_eq!(kinds.len(), 5, "{kinds:?}");
}

#[test]
fn a_queue_is_stopped_and_made_later() {
    let world = muddled(3);
    let stopped = StopFlag::default();
    stopped.stop();
    let mut review = ReviewCache::default();
    let (library, asked) = (&world.test.library, HashSet::new());
    let refused = review.queue(library, &asked, &stopped);
    assert!(
        matches!(refused, Err(CurateError::Stopped(_))),
        "{refused:?}"
    );
    let queue = review.queue(library, &asked, &StopFlag::default()).unwrap();
    assert_eq!(queue, new_queue(library));
    assert!(!queue.is_empty());
}
