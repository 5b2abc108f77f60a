//! Grouping all faces of a library: decisions, ids and names stay, and grouping twice changes nothing.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crate::support::decisions::{confirm, decide, decide_at_random, decided, name, places};
use crate::support::draw::{Draw, as_sets, crowd};
use crate::support::grouping::centred;
use crate::support::test_library::axes::at;
use kinfolk::cluster::{Cut, DEFAULT_CUT};
use kinfolk::curate::{CurateError, Gallery, RegroupStep, group_dendrogram, identify, regroup};
use kinfolk::geometry::{Landmarks, PhotoRect, Point, Size};
use kinfolk::library::{
    Assignment, FaceId, FaceState, GroupId, GroupRow, Library, Mark, ScannedFace, ScannedPhoto,
};
use kinfolk::photo::ContentHash;
use kinfolk::stop::StopFlag;
use kinfolk::vision::{Centred, Embedding, FaceMeasures, ModelName};
use proptest::prelude::*;

/// Stores faces, where `photos[i]` is the photo of face i, and returns their ids in the same order.
fn store(library: &mut Library, embeddings: &[Embedding], photos: &[usize]) -> Vec<FaceId> {
    let root_id = library.add_root(Path::new("/photos")).unwrap();
    let mut by_photo: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (face, &photo) in photos.iter().enumerate() {
        by_photo.entry(photo).or_default().push(face);
    }
    let scanned: Vec<ScannedPhoto> = by_photo
        .iter()
        .map(|(photo, faces)| ScannedPhoto {
            root_id,
            path: format!("{photo}.jpg"),
            file_size: 1,
            modified_ns: 1,
            changed_ns: None,
            content_hash: ContentHash(std::array::from_fn(|byte| {
                (photo >> (8 * (byte % 8))) as u8
            })),
            size: Size {
                width: 4000,
                height: 100,
            },
            orientation: 1,
            model: ModelName::default(),
            taken: None,
            thumbnail: None,
            faces: faces
                .iter()
                .enumerate()
                .map(|(nth, &face)| scanned_face(nth, embeddings[face]))
                .collect(),
        })
        .collect();
    let photo_ids = library.store_scanned(&scanned).unwrap();
    let mut ids = vec![FaceId(0); embeddings.len()];
    for (photo_id, faces) in photo_ids.into_iter().zip(by_photo.values()) {
        let mut rows = library.faces_of_photo(photo_id).unwrap();
        rows.sort_by(|a, b| a.box_in_photo.x.total_cmp(&b.box_in_photo.x));
        for (row, &face) in rows.iter().zip(faces) {
            ids[face] = row.face_id;
        }
    }
    ids
}

fn scanned_face(nth: usize, embedding: Embedding) -> ScannedFace {
    let x = 50.0 * nth as f32;
    ScannedFace {
        box_in_photo: PhotoRect {
            x,
            y: 10.0,
            width: 40.0,
            height: 40.0,
        },
        landmarks: Landmarks([Point { x, y: 20.0 }; 5]),
        score: 0.9,
        quality: 0.5,
        recognizable: true,
        measures: FaceMeasures::default(),
        embedding: Some(embedding),
        thumbnail: None,
    }
}

/// A library of drawn people, each face on its own photo.
fn library_of(
    count: usize,
    people: usize,
    noise: f32,
    seed: u64,
) -> (Library, Vec<FaceId>, Vec<usize>) {
    let mut library = Library::open_in_memory().unwrap();
    let (embeddings, people) = crowd(count, people, noise, seed);
    let photos: Vec<usize> = (0..count).collect();
    let ids = store(&mut library, &embeddings, &photos);
    (library, ids, people)
}

fn group_again(library: &mut Library) -> kinfolk::curate::RegroupSummary {
    let summary = regroup(library, DEFAULT_CUT, &StopFlag::default(), &mut |_| {}).unwrap();
    assert_eq!(library.check_invariants().unwrap(), Vec::<String>::new());
    summary
}

fn group_of(library: &Library, face: FaceId) -> GroupId {
    places(library)[&face].0.unwrap()
}

#[test]
fn new_faces_are_grouped_by_person_each_in_some_group() {
    let (mut library, ids, people) = library_of(60, 6, 0.5, 1);
    let mut steps = Vec::new();
    let summary = regroup(
        &mut library,
        DEFAULT_CUT,
        &StopFlag::default(),
        &mut |step| steps.push(step),
    )
    .unwrap();
    let groups: Vec<GroupId> = ids.iter().map(|&face| group_of(&library, face)).collect();
    assert_eq!(as_sets(&groups), as_sets(&people));
    assert_eq!(
        (
            summary.faces,
            summary.groups,
            summary.moved,
            summary.created
        ),
        (60, 6, 60, 6)
    );
    assert_eq!(
        steps,
        [
            RegroupStep::Reading,
            RegroupStep::Grouping,
            RegroupStep::Writing
        ]
    );
}

#[test]
fn grouping_twice_changes_nothing() {
    let (mut library, ..) = library_of(80, 15, 1.0, 2);
    group_again(&mut library);
    let before = places(&library);
    let summary = group_again(&mut library);
    assert_eq!((summary.moved, summary.created), (0, 0));
    assert_eq!(places(&library), before);
}

#[test]
fn a_library_is_grouped_after_a_scan_only_where_something_has_changed() {
    let (mut library, ids, _) = library_of(80, 15, 1.0, 2);
    let first = kinfolk::curate::group_again(&mut library, &StopFlag::default()).unwrap();
    let before = places(&library);
    let again = kinfolk::curate::group_again(&mut library, &StopFlag::default()).unwrap();
    assert_eq!((again.faces, again.groups), (first.faces, first.groups));
    assert_eq!((again.moved, again.created), (0, 0));
    // A face that lost its group gets one again, and a library grouped at another cut returns to its own.
    let lost = [(ids[0], Assignment::Nowhere)];
    library.set_automatic_memberships(&lost).unwrap();
    assert_eq!(
        kinfolk::curate::group_again(&mut library, &StopFlag::default())
            .unwrap()
            .moved,
        1
    );
    assert!(
        regroup(
            &mut library,
            Cut::Fixed(0.05),
            &StopFlag::default(),
            &mut |_| {}
        )
        .unwrap()
        .moved
            > 0
    );
    assert!(
        kinfolk::curate::group_again(&mut library, &StopFlag::default())
            .unwrap()
            .moved
            > 0
    );
    let sets = |places: &BTreeMap<FaceId, (Option<GroupId>, FaceState)>| {
        let groups: Vec<_> = places.values().map(|(group, _)| *group).collect();
        let numbered: Vec<u32> = groups
            .iter()
            .map(|group| groups.iter().position(|other| other == group).unwrap() as u32)
            .collect();
        as_sets(&numbered)
    };
    assert_eq!(sets(&places(&library)), sets(&before));
}

#[test]
fn a_face_that_looks_otherwise_after_a_scan_is_grouped_again() {
    // The photo was edited: the face is at the same place. Before, it was similar to one person and a little to
    // another; now it is the other person.
    let (mut embeddings, people) = crowd(40, 2, 0.5, 6);
    let other = people
        .iter()
        .position(|person| *person != people[0])
        .unwrap();
    let like_other = embeddings[other];
    for (number, towards) in embeddings[0].0.iter_mut().zip(like_other.0) {
        *number += 0.7 * towards;
    }
    embeddings[0] = Embedding::from_raw(embeddings[0].0);
    let photos: Vec<usize> = (0..40).collect();
    let mut library = Library::open_in_memory().unwrap();
    let ids = store(&mut library, &embeddings, &photos);
    kinfolk::curate::group_again(&mut library, &StopFlag::default()).unwrap();
    assert_ne!(group_of(&library, ids[0]), group_of(&library, ids[other]));
    let again = store(&mut library, &[like_other], &photos[..1]);
    assert_eq!(again[0], ids[0]);
    assert_eq!(
        kinfolk::curate::group_again(&mut library, &StopFlag::default())
            .unwrap()
            .moved,
        1
    );
    assert_eq!(group_of(&library, ids[0]), group_of(&library, ids[other]));
}

#[test]
fn what_is_decided_while_a_grouping_is_under_way_asks_for_another() {
    let (mut library, ids, _) = library_of(20, 4, 0.5, 7);
    kinfolk::curate::group_again(&mut library, &StopFlag::default()).unwrap();
    for decided in [false, true] {
        library.begin_grouping().unwrap();
        if decided {
            let group = group_of(&library, ids[0]);
            decide(&mut library, |edit| name(edit, group, "Ana"));
        }
        // The grouping's own writes do not count.
        library.set_automatic_memberships(&[]).unwrap();
        library.end_grouping("by this").unwrap();
        assert_eq!(library.is_grouped_by("by this").unwrap(), !decided);
    }
    library.begin_grouping().unwrap();
    library.end_grouping("by this").unwrap();
    library.undo().unwrap();
    assert!(!library.is_grouped_by("by this").unwrap());
}

#[test]
fn an_empty_library_has_nothing_to_group() {
    let summary = group_again(&mut Library::open_in_memory().unwrap());
    assert_eq!((summary.faces, summary.groups), (0, 0));
}

#[test]
fn new_photos_of_a_person_become_suggestions() {
    let (embeddings, people) = crowd(40, 3, 0.5, 3);
    let photos: Vec<usize> = (0..40).collect();
    let mut library = Library::open_in_memory().unwrap();
    let ids = store(&mut library, &embeddings[..20], &photos[..20]);
    group_again(&mut library);
    let maria = group_of(&library, ids[0]);
    decide(&mut library, |edit| {
        name(edit, maria, "Maria");
        let members: Vec<FaceId> = edit
            .all_members(maria)
            .unwrap()
            .into_iter()
            .map(|(face, _)| face)
            .collect();
        members
            .into_iter()
            .for_each(|face| confirm(edit, face, maria));
    });
    let later = store(&mut library, &embeddings[20..], &photos[20..]);
    group_again(&mut library);
    let places = places(&library);
    for (face, person) in later.iter().zip(&people[20..]) {
        let suggested = places[face] == (Some(maria), FaceState::Automatic);
        assert_eq!(suggested, *person == people[0]);
    }
    assert_eq!(library.group(maria).unwrap().unwrap().suggested as usize, {
        people[20..]
            .iter()
            .filter(|&&person| person == people[0])
            .count()
    });
}

#[test]
fn a_group_that_falls_apart_leaves_its_id_to_the_larger_part() {
    let (mut library, ids, people) = library_of(30, 2, 0.5, 4);
    // Everything is in one group first, by a cut that merges all.
    regroup(
        &mut library,
        Cut::Fixed(2.0),
        &StopFlag::default(),
        &mut |_| {},
    )
    .unwrap();
    let whole = group_of(&library, ids[0]);
    assert!(ids.iter().all(|&face| group_of(&library, face) == whole));
    group_again(&mut library);
    let larger =
        usize::from(people.iter().filter(|&&person| person == 1).count() * 2 > people.len());
    for (&face, &person) in ids.iter().zip(&people) {
        assert_eq!(group_of(&library, face) == whole, person == larger);
    }
}

#[test]
fn a_rejected_face_does_not_come_back() {
    let (mut library, ids, _) = library_of(10, 1, 0.4, 5);
    group_again(&mut library);
    let group = group_of(&library, ids[0]);
    decide(&mut library, |edit| {
        name(edit, group, "Tom");
        ids[..9].iter().for_each(|&face| confirm(edit, face, group));
        edit.set_membership(ids[9], None).unwrap();
        edit.set_rejected(ids[9], group, true).unwrap();
    });
    group_again(&mut library);
    let alone = group_of(&library, ids[9]);
    assert_ne!(alone, group);
    group_again(&mut library);
    assert_eq!(group_of(&library, ids[9]), alone);
}

#[test]
fn a_face_rejected_from_an_unnamed_group_stays_out_too() {
    let (mut library, ids, _) = library_of(10, 1, 0.4, 5);
    group_again(&mut library);
    let group = group_of(&library, ids[0]);
    decide(&mut library, |edit| {
        edit.set_membership(ids[9], None).unwrap();
        edit.set_rejected(ids[9], group, true).unwrap();
    });
    group_again(&mut library);
    assert_ne!(group_of(&library, ids[9]), group);
    assert!(
        ids[..9]
            .iter()
            .all(|&face| group_of(&library, face) == group)
    );
}

#[test]
fn split_groups_stay_apart() {
    let (mut library, ids, _) = library_of(12, 1, 0.4, 6);
    group_again(&mut library);
    let kept = group_of(&library, ids[0]);
    let mut split = None;
    decide(&mut library, |edit| {
        let piece = edit.create_group(GroupRow::default()).unwrap();
        ids[6..].iter().for_each(|&face| confirm(edit, face, piece));
        edit.set_apart(kept, piece, true).unwrap();
        split = Some(piece);
    });
    for _ in 0..2 {
        group_again(&mut library);
        assert!(
            ids[..6]
                .iter()
                .all(|&face| group_of(&library, face) == kept)
        );
        assert!(
            ids[6..]
                .iter()
                .all(|&face| Some(group_of(&library, face)) == split)
        );
    }
}

#[test]
fn ignored_faces_take_no_part() {
    let (mut library, ids, _) = library_of(10, 1, 0.4, 7);
    decide(&mut library, |edit| {
        edit.set_mark(ids[3], Some(Mark::Ignored)).unwrap()
    });
    assert_eq!(group_again(&mut library).faces, 9);
    assert_eq!(places(&library)[&ids[3]].0, None);
}

#[test]
fn two_faces_of_one_photo_are_two_groups_unless_they_are_nearly_the_same() {
    for (distance, are_one) in [(0.5f32, false), (0.3, true)] {
        let embeddings: Vec<Embedding> = (10..16)
            .map(|own| at(0, (1.0 - distance).sqrt(), own))
            .collect();
        let mut library = Library::open_in_memory().unwrap();
        let ids = store(&mut library, &embeddings, &[0, 0, 1, 2, 3, 4]);
        group_again(&mut library);
        let groups = [0, 1].map(|face| group_of(&library, ids[face]));
        assert_eq!(groups[0] == groups[1], are_one, "{distance}");
    }
}

#[test]
fn the_split_view_gets_the_tree_of_the_group() {
    let (mut library, ids, people) = library_of(30, 2, 0.5, 9);
    regroup(
        &mut library,
        Cut::Fixed(2.0),
        &StopFlag::default(),
        &mut |_| {},
    )
    .unwrap();
    let (faces, tree) =
        group_dendrogram(&library, group_of(&library, ids[0]), &StopFlag::default()).unwrap();
    assert_eq!(faces.len(), 30);
    let of_face: HashMap<FaceId, usize> = ids.iter().copied().zip(people).collect();
    let people_in_order: Vec<usize> = faces.iter().map(|face| of_face[face]).collect();
    assert_eq!(as_sets(&tree.pieces(2)), as_sets(&people_in_order));
}

#[test]
fn a_stopped_grouping_leaves_the_groups_as_they_were() {
    let (mut library, ids, _) = library_of(40, 4, 0.5, 15);
    group_again(&mut library);
    let before = places(&library);
    let reach = [RegroupStep::Reading, RegroupStep::Grouping];
    for stopped_at in reach {
        let stop = StopFlag::default();
        let mut on_progress = |step| {
            if step == stopped_at {
                stop.stop();
            }
        };
        let ended = regroup(&mut library, Cut::Fixed(0.05), &stop, &mut on_progress);
        assert!(matches!(ended, Err(CurateError::Stopped(_))), "{ended:?}");
        assert_eq!(places(&library), before, "stopped at {stopped_at:?}");
    }
    let stop = StopFlag::default();
    stop.stop();
    let group = group_of(&library, ids[0]);
    let tree = group_dendrogram(&library, group, &stop);
    assert!(matches!(tree, Err(CurateError::Stopped(_))));
}

#[test]
fn the_dendrogram_of_a_group_uses_the_distances_of_grouping() {
    let (mut library, ids, _) = library_of(2, 1, 0.5, 14);
    let embeddings = library.embeddings().unwrap();
    let [(_, one), (_, other)] = &embeddings[..] else {
        panic!("two faces");
    };
    let distance = 1.0 - one.centred().similarity(&other.centred());
    assert!((distance - (1.0 - one.similarity(other))).abs() > 1e-3);
    let never = StopFlag::default();
    regroup(
        &mut library,
        Cut::Fixed(distance + 1e-4),
        &never,
        &mut |_| {},
    )
    .unwrap();
    let group = group_of(&library, ids[0]);
    assert_eq!(group_of(&library, ids[1]), group);
    let (_, tree) = group_dendrogram(&library, group, &never).unwrap();
    let height = tree.heights()[0];
    assert!((height - distance).abs() < 1e-5, "{height}, {distance}");
    assert_eq!(tree.cut(distance + 1e-4), [0, 0], "as grouping had it");
    assert_eq!(tree.cut(distance - 1e-4), [0, 1]);
}

#[test]
fn identification_knows_confirmed_people_only() {
    let (mut library, ids, people) = library_of(40, 4, 0.5, 10);
    group_again(&mut library);
    let known = group_of(&library, ids[0]);
    assert_eq!(Gallery::of(&library).unwrap().people(), 0);
    decide(&mut library, |edit| {
        name(edit, known, "Ana");
        confirm(edit, ids[0], known);
    });
    let gallery = Gallery::of(&library).unwrap();
    assert_eq!(gallery.people(), 1);
    let embeddings: Vec<Centred> = library
        .embeddings()
        .unwrap()
        .into_iter()
        .map(|(_, embedding)| embedding.centred())
        .collect();
    for (answer, person) in identify(&gallery, &embeddings).into_iter().zip(&people) {
        assert_eq!(answer.person, Some(known));
        assert_eq!(answer.accepted(), *person == people[0]);
        assert_eq!(
            answer.exemplar,
            Some(ids[0]),
            "the suggested faces are no exemplars"
        );
    }
}

#[test]
fn an_empty_gallery_knows_nobody() {
    let (embeddings, _) = crowd(3, 1, 0.5, 11);
    let answers = identify(&Gallery::default(), &centred(&embeddings));
    assert_eq!(answers.len(), 3);
    assert!(
        answers
            .iter()
            .all(|answer| answer.person.is_none() && !answer.accepted())
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn decisions_survive_and_twice_is_once(
        count in 4usize..50,
        people in 1usize..6,
        noise in 0.4f32..1.3,
        seed: u64,
        decisions in 0usize..20,
        cut in 0.2f32..0.9,
    ) {
        let mut draw = Draw(seed ^ 0xDEC1);
        let mut library = Library::open_in_memory().unwrap();
        let (embeddings, _) = crowd(count, people, noise, seed);
        let photos: Vec<usize> = (0..count).map(|_| draw.below(count)).collect();
        let ids = store(&mut library, &embeddings, &photos);
        group_again(&mut library);
        decide_at_random(&mut library, &ids, &mut draw, decisions);
        let (before, before_places) = (decided(&library), places(&library));

        regroup(&mut library, Cut::Fixed(cut), &StopFlag::default(), &mut |_| {}).unwrap();
        prop_assert_eq!(library.check_invariants().unwrap(), Vec::<String>::new());
        prop_assert_eq!(&decided(&library), &before);
        let once = places(&library);
        for (one, other) in library.apart_pairs().unwrap() {
            for (face, (group, _)) in &before_places {
                let now = once[face].0;
                prop_assert!(!(*group == Some(one) && now == Some(other)), "{face:?} went over the split");
                prop_assert!(!(*group == Some(other) && now == Some(one)), "{face:?} went over the split");
            }
        }

        let summary = regroup(&mut library, Cut::Fixed(cut), &StopFlag::default(), &mut |_| {}).unwrap();
        prop_assert_eq!((summary.moved, summary.created), (0, 0));
        prop_assert_eq!(places(&library), once);
    }

    #[test]
    fn adding_faces_of_somebody_new_leaves_everybody_where_they_are(seed: u64, count in 5usize..40) {
        let (embeddings, people) = crowd(count + 10, 4, 0.5, seed);
        let (strangers, _) = crowd(5, 1, 0.5, !seed);
        let photos: Vec<usize> = (0..count + 15).collect();
        let mut library = Library::open_in_memory().unwrap();
        let ids = store(&mut library, &embeddings, &photos[..count + 10]);
        group_again(&mut library);
        let before = places(&library);
        store(&mut library, &strangers, &photos[count + 10..]);
        let summary = group_again(&mut library);
        prop_assert_eq!(summary.moved, 5);
        let after = places(&library);
        prop_assert!(ids.iter().all(|face| after[face] == before[face]), "{people:?}");
    }
}
