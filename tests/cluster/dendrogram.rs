//! The dendrogram of one group.

use crate::support::draw::{Draw, face_of};
use crate::support::grouping::dendrogram;
use kinfolk::cluster::{Dendrogram, MAX_DISTANCE};
use kinfolk::stop::StopFlag;
use kinfolk::vision::{Centred, EMBEDDING_LEN, Embedding};

/// A face on the unit circle of the first two axes, so that cosine distances can be computed by hand.
fn at(degrees: f32) -> Centred {
    let mut numbers = [0.0; EMBEDDING_LEN];
    (numbers[1], numbers[0]) = degrees.to_radians().sin_cos();
    Centred::assumed(Embedding(numbers))
}

fn distance(degrees: f32) -> f32 {
    1.0 - degrees.to_radians().cos()
}

#[test]
fn heights_are_mean_distances() {
    // 0 and 10 merge first, then 60 and 75, then the two pairs at the mean of four distances.
    let tree = dendrogram(&[at(0.0), at(60.0), at(10.0), at(75.0)], &[0, 1, 2, 3]);
    let mean = (distance(60.0) + distance(75.0) + distance(50.0) + distance(65.0)) / 4.0;
    let expected = [distance(10.0), distance(15.0), mean];
    for (height, expected) in tree.heights().iter().zip(expected) {
        assert!(
            (height - expected).abs() < 1e-5,
            "{height} instead of {expected}"
        );
    }
    assert_eq!(tree.heights().len(), 3);
}

#[test]
fn the_cut_falls_between_heights() {
    let tree = dendrogram(&[at(0.0), at(60.0), at(10.0), at(75.0)], &[0, 1, 2, 3]);
    assert_eq!(tree.cut(0.0), vec![0, 1, 2, 3]);
    assert_eq!(tree.cut(distance(12.0)), vec![0, 1, 0, 2]);
    assert_eq!(tree.cut(distance(40.0)), vec![0, 1, 0, 1]);
    assert_eq!(tree.cut(MAX_DISTANCE), vec![0, 0, 0, 0]);
}

#[test]
fn pieces_are_as_many_as_asked_for() {
    let tree = dendrogram(&[at(0.0), at(60.0), at(10.0), at(75.0)], &[0, 1, 2, 3]);
    assert_eq!(tree.pieces(1), vec![0, 0, 0, 0]);
    assert_eq!(tree.pieces(2), vec![0, 1, 0, 1]);
    assert_eq!(tree.pieces(3), vec![0, 1, 0, 2]);
    assert_eq!(tree.pieces(4), vec![0, 1, 2, 3]);
    assert_eq!(tree.pieces(0), tree.pieces(1));
    assert_eq!(tree.pieces(99), tree.pieces(4));
}

#[test]
fn faces_of_one_photo_come_apart_at_every_cut_but_the_last() {
    let tree = dendrogram(&[at(0.0), at(1.0), at(30.0)], &[5, 5, 6]);
    assert_eq!(
        tree.cut(1.99),
        vec![0, 1, 1],
        "30 degrees lie nearer to 1 than to 0"
    );
    assert_eq!(tree.heights().last(), Some(&MAX_DISTANCE));
    assert_eq!(tree.cut(MAX_DISTANCE), vec![0, 0, 0]);
}

#[test]
fn a_group_of_one_or_none_has_no_heights() {
    let tree = dendrogram(&[at(0.0)], &[0]);
    assert_eq!(
        (tree.heights(), tree.cut(0.5), tree.pieces(3)),
        (&[][..], vec![0], vec![0])
    );
    let tree = dendrogram(&[], &[]);
    assert_eq!(
        (tree.heights(), tree.cut(0.5), tree.pieces(3)),
        (&[][..], vec![], vec![])
    );
}

/// `count` faces of one person, and some of others.
fn large_group(count: usize, others: usize) -> Vec<Centred> {
    let mut draw = Draw(17);
    let persons = [draw.vector(), draw.vector()];
    let of = |person: usize, draw: &mut Draw| face_of(&persons[person], 0.7, draw).centred();
    let mut group: Vec<Centred> = (0..count).map(|_| of(0, &mut draw)).collect();
    group.extend((0..others).map(|_| of(1, &mut draw)));
    group
}

#[test]
fn a_large_group_falls_into_the_people_in_it() {
    let group = large_group(6_000, 40);
    let photos: Vec<u32> = (0..6_040).collect();
    let tree = dendrogram(&group, &photos);
    assert_eq!(tree.heights().len(), 3_999, "what the matrix has room for");
    let expected: Vec<u32> = (0..6_040).map(|face| u32::from(face >= 6_000)).collect();
    assert_eq!(tree.pieces(2), expected);
    assert_eq!(tree.pieces(1), vec![0; 6_040]);
}

#[test]
fn two_faces_of_one_photo_are_never_one_leaf_of_a_large_group() {
    let group = large_group(5_000, 0);
    // Among the first hundred, faces 0 and 1, 2 and 3, ... are of one photo.
    let photos: Vec<u32> = (0..5_000)
        .map(|face| if face < 100 { face / 2 } else { face })
        .collect();
    let tree = dendrogram(&group, &photos);
    let labels = tree.cut(MAX_DISTANCE - 0.01);
    for pair in labels[..100].chunks(2) {
        assert_ne!(pair[0], pair[1]);
    }
}

#[test]
fn a_tree_is_stopped() {
    let stop = StopFlag::default();
    stop.stop();
    let stopped = Dendrogram::new(&large_group(10, 0), &[0; 10], &stop);
    assert!(stopped.is_err());
}
