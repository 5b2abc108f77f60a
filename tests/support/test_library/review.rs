//! Libraries with questions, and their queues.

use std::collections::HashSet;

use kinfolk::cluster::Evidence;
use kinfolk::curate::{Answer, QueuedQuestion, execute, review_queue};
use kinfolk::library::{FaceId, GroupId};
use kinfolk::stop::StopFlag;
use kinfolk::vision::Embedding;

use super::axes::at;
use super::{TestLibrary, photo_of};

/// The evidence of this many equal faces.
pub fn copies(faces: u32) -> Evidence {
    Evidence::new(faces, 0.0)
}

pub fn store(test: &mut TestLibrary, embeddings: &[Embedding]) -> Vec<FaceId> {
    let embedded = |embedding: &Embedding| {
        let number = test.library.counts().unwrap().photos;
        let mut photo = photo_of(test.root_id, &format!("photo {number}.jpg"), &[number]);
        photo.faces[0].embedding = Some(*embedding);
        let photo_id = test.library.store_scanned(&[photo]).unwrap()[0];
        test.library.faces_of_photo(photo_id).unwrap()[0].face_id
    };
    embeddings.iter().map(embedded).collect()
}

pub fn queue(test: &TestLibrary) -> Vec<QueuedQuestion> {
    review_queue(&test.library, &HashSet::new(), &StopFlag::default()).unwrap()
}

pub fn answer(test: &mut TestLibrary, queued: &QueuedQuestion, answer: Answer) {
    execute(&mut test.library, queued.question.command(answer)).unwrap();
    test.assert_sound();
}

/// Two pairs of groups of two faces: 1 and 2 at a distance of .52, 3 and 4 at .66. All other distances are 1.
pub fn two_pairs() -> (TestLibrary, [GroupId; 4]) {
    let mut test = TestLibrary::new();
    let pair = |person: usize, distance: f32, own: usize| {
        let similarity = (1.0 - distance).sqrt();
        [own, own, own + 1, own + 1].map(|own| at(person, similarity, own))
    };
    let faces = store(&mut test, &[pair(0, 0.52, 10), pair(1, 0.66, 20)].concat());
    let groups = [0, 2, 4, 6].map(|first| test.group(&faces[first..first + 2]));
    (test, groups)
}
