//! Scores of groupings and identifications, against examples computed by hand.

use kinfolk::cluster::metrics::{GenuineProbe, rank_one, score_grouping, score_open_set};

fn close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-12, "{a} instead of {b}");
}

/// People A A A B B C in groups 0 0 1 1 1 2:
/// pairs grouped together 1 + 3 = 4, pairs of one person 3 + 1 = 4, common pairs AA in 0 and BB in 1 = 2;
/// BCubed precision (1 + 1 + 1/3 + 2/3 + 2/3 + 1) / 6 = 14/18, recall (2/3 + 2/3 + 1/3 + 1 + 1 + 1) / 6 = 14/18;
/// non-empty intersections A0 A1 B1 C2 = 4, of 3 groups and 3 people: 1 split, 1 merge.
#[test]
fn a_mixed_group_and_a_divided_person() {
    let score = score_grouping(&[0, 0, 0, 1, 1, 2], &[0, 0, 1, 1, 1, 2]);
    close(score.pairwise.precision, 0.5);
    close(score.pairwise.recall, 0.5);
    close(score.pairwise.f, 0.5);
    close(score.bcubed.precision, 14.0 / 18.0);
    close(score.bcubed.recall, 14.0 / 18.0);
    assert_eq!((score.faces, score.groups, score.people), (6, 3, 3));
    assert_eq!((score.splits, score.merges, score.edits()), (1, 1, 2));
}

/// Everything in one group: 6 pairs together, of which 1 + 1 are right.
#[test]
fn one_group_for_all() {
    let score = score_grouping(&[7, 7, 3, 3], &[0; 4]);
    close(score.pairwise.precision, 2.0 / 6.0);
    close(score.pairwise.recall, 1.0);
    close(score.pairwise.f, 0.5);
    close(score.bcubed.precision, 0.5);
    close(score.bcubed.recall, 1.0);
    assert_eq!((score.splits, score.merges), (1, 0));
}

/// Every face alone: without any pair, precision is 1 by definition.
#[test]
fn every_face_alone() {
    let score = score_grouping(&[7, 7, 3], &[0, 1, 2]);
    close(score.pairwise.precision, 1.0);
    close(score.pairwise.recall, 0.0);
    close(score.pairwise.f, 0.0);
    close(score.bcubed.precision, 1.0);
    close(score.bcubed.recall, 2.0 / 3.0);
    assert_eq!((score.splits, score.merges), (0, 1));
}

#[test]
fn the_truth_needs_no_edits_and_labels_are_only_names() {
    let score = score_grouping(&[0, 1, 1, 2], &[40, 2, 2, 9]);
    assert_eq!(score.edits(), 0);
    close(score.pairwise.f, 1.0);
    close(score.bcubed.f, 1.0);
}

fn probe(similarity: f32, right: bool) -> GenuineProbe {
    GenuineProbe { similarity, right }
}

/// Ten impostors at .1 ... 1.0; at FPIR .1 one may pass, so the threshold is the second highest, .9.
#[test]
fn the_threshold_lets_through_the_share_asked_for() {
    let impostors: Vec<f32> = (1..=10).map(|tenth| tenth as f32 / 10.0).collect();
    let probes = [
        probe(0.95, true),
        probe(0.9, true),
        probe(0.99, false),
        probe(0.2, true),
    ];
    let score = score_open_set(&probes, &impostors, 0.1).unwrap();
    assert_eq!(score.threshold, 0.9);
    close(score.tpir, 0.25);
    let strict = score_open_set(&probes, &impostors, 0.01).unwrap();
    assert_eq!(strict.threshold, 1.0);
    close(strict.tpir, 0.0);
    close(rank_one(&probes), 0.75);
}

#[test]
fn without_impostors_there_is_no_open_set() {
    assert_eq!(score_open_set(&[probe(0.9, true)], &[], 0.1), None);
    assert_eq!(score_open_set(&[], &[0.3], 0.1), None);
}
