//! The implementations of the search for close pairs against each other.

use std::collections::HashSet;

use crate::support::grouping::centred;
use crate::support::population::population;
use kinfolk::cluster::close_pairs_by_each_means;

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
