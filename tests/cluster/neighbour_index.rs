//! Grouping by the index for very many faces, and the implementations of the close-pair search against each other.

use std::collections::HashSet;

use crate::support::draw::{as_sets, crowd, free};
use crate::support::grouping::{centred, group, group_by_index};
use crate::support::population::population;
use crate::support::threads;
use kinfolk::cluster::metrics::score_grouping;
use kinfolk::cluster::{DEFAULT_CUT, FaceToGroup, close_pairs_by_each_means};
use kinfolk::vision::Embedding;

#[test]
fn the_index_finds_nearly_the_same_groups() {
    let drawn = population(8_000, 5);
    let exact = group(&drawn.embeddings, &drawn.faces, DEFAULT_CUT);
    let indexed = group_by_index(&drawn.embeddings, &drawn.faces, DEFAULT_CUT);
    let agreement = score_grouping(&exact, &indexed).bcubed.f;
    assert!(agreement > 0.999, "{agreement}");
}

#[test]
fn neither_threads_nor_the_order_of_faces_show_in_what_the_index_finds() {
    let drawn = population(3_000, 6);
    let on = |count, embeddings: &[Embedding], faces: &[FaceToGroup]| {
        threads(count).install(|| group_by_index(embeddings, faces, DEFAULT_CUT))
    };
    let alone = on(1, &drawn.embeddings, &drawn.faces);
    assert_eq!(alone, on(2, &drawn.embeddings, &drawn.faces));
    assert_eq!(alone, on(8, &drawn.embeddings, &drawn.faces));

    let from: Vec<usize> = (0..3_000)
        .map(|place| (place * 7_919 + 13) % 3_000)
        .collect();
    let embeddings: Vec<Embedding> = from.iter().map(|&face| drawn.embeddings[face]).collect();
    let faces: Vec<FaceToGroup> = from.iter().map(|&face| drawn.faces[face].clone()).collect();
    let shuffled = on(2, &embeddings, &faces);
    let expected: Vec<u32> = from.iter().map(|&face| alone[face]).collect();
    assert_eq!(as_sets(&shuffled), as_sets(&expected));
}

#[test]
fn few_faces_and_copies_are_found_by_the_index_too() {
    for count in [0, 1, 2, 7] {
        let (embeddings, _) = crowd(count, 2, 0.3, 1);
        let faces = free(count);
        assert_eq!(
            group_by_index(&embeddings, &faces, DEFAULT_CUT),
            group(&embeddings, &faces, DEFAULT_CUT),
            "{count} faces"
        );
    }
    let (mut some_copies, _) = crowd(700, 40, 0.5, 2);
    let copies = vec![some_copies[0]; 700];
    let labels = group_by_index(&copies, &free(700), DEFAULT_CUT);
    assert_eq!(as_sets(&labels).len(), 1);

    some_copies[100..400].fill(copies[0]);
    let labels = group_by_index(&some_copies, &free(700), DEFAULT_CUT);
    let exact = group(&some_copies, &free(700), DEFAULT_CUT);
    assert_eq!(as_sets(&labels), as_sets(&exact));
}

#[test]
fn embeddings_that_are_not_numbers_stay_alone_in_the_index_too() {
    let (mut embeddings, _) = crowd(300, 20, 0.5, 3);
    for broken in (0..300).step_by(5) {
        embeddings[broken].0[broken % 128] = f32::NAN;
    }
    let faces = free(300);
    let labels = group_by_index(&embeddings, &faces, DEFAULT_CUT);
    let groups = as_sets(&labels);
    assert_eq!(
        groups,
        as_sets(&group(&embeddings, &faces, DEFAULT_CUT)),
        "as by the exact search"
    );
    assert_eq!(groups.len(), 20 + 60);
}

#[test]
fn close_pairs_are_the_same_whatever_the_machine_finds_them_with() {
    let drawn = population(1_500, 7);
    let embeddings = centred(&drawn.embeddings);
    let similarity = |a: usize, b: usize| embeddings[a].similarity(&embeddings[b]);
    for cut in [0.3f32, 0.5, 0.65] {
        let by_definition: HashSet<(u32, u32)> = (0..1_500)
            .flat_map(|a| (a + 1..1_500).map(move |b| (a, b)))
            .filter(|&(a, b)| 1.0 - similarity(a, b) <= cut)
            .map(|(a, b)| (a as u32, b as u32))
            .collect();
        assert!(by_definition.len() > 1_000);
        for (means, pairs) in close_pairs_by_each_means(&embeddings, cut) {
            let found: HashSet<(u32, u32)> = pairs.iter().copied().collect();
            assert_eq!(found.len(), pairs.len(), "none twice, by {means}");
            let amiss: Vec<_> = found.symmetric_difference(&by_definition).collect();
            assert!(amiss.is_empty(), "by {means}, within {cut}: {amiss:?}");
        }
    }
}
