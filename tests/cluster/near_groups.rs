//! The pairs of groups that are most probably one person, compared with all pairs, while groups and the curve change.

use std::collections::{BTreeMap, HashSet};

use crate::support::draw::{Draw, face_of};
use kinfolk::cluster::{
    Centre, CurveOffsets, NearGroups, NearPairs, PairSearch, Sameness, SearchedGroup, nearest_sets,
};
use kinfolk::stop::StopFlag;
use kinfolk::vision::EMBEDDING_LEN;
use proptest::prelude::*;

const LEAST: f64 = 0.02;

struct Group {
    centre: Centre,
    mean: [f32; EMBEDDING_LEN],
}

struct Drawn {
    draw: Draw,
    people: Vec<[f32; EMBEDDING_LEN]>,
    groups: BTreeMap<u32, Group>,
}

impl Drawn {
    fn new(groups: u32, people: usize, seed: u64) -> Drawn {
        let mut draw = Draw(seed);
        let people = (0..people).map(|_| draw.vector()).collect();
        let mut drawn = Drawn {
            draw,
            people,
            groups: BTreeMap::new(),
        };
        for key in 0..groups {
            drawn.put(key);
        }
        drawn
    }

    /// Replaces the group with this key.
    fn put(&mut self, key: u32) {
        let person = self.people[self.draw.below(self.people.len())];
        let faces = [1, 1, 1, 2, 3, 7, 20][self.draw.below(7)];
        let noise = 0.6 + 0.9 * self.draw.uniform();
        let faces: Vec<_> = (0..faces)
            .map(|_| face_of(&person, noise, &mut self.draw).centred())
            .collect();
        let centre = Centre::of(&faces);
        let mean = centre.mean();
        self.groups.insert(key, Group { centre, mean });
    }

    fn searched(&self) -> Vec<SearchedGroup<'_, u32>> {
        let searched = self.groups.iter().map(|(&key, group)| SearchedGroup {
            key,
            mean: &group.mean,
            centre: (group.centre.faces() > 1).then_some(&group.centre),
            evidence: group.centre.evidence(),
        });
        searched.collect()
    }

    fn by_definition(
        &self,
        sameness: &Sameness,
        most: usize,
        may_be_one: impl Fn(u32, u32) -> bool,
    ) -> Vec<NearGroups<u32>> {
        let mut all = Vec::new();
        for (&a, one) in &self.groups {
            for (&b, other) in self.groups.range(a + 1..) {
                let distance = one.centre.distance(&other.centre);
                let (of_one, of_other) = (one.centre.evidence(), other.centre.evidence());
                let probability = sameness.probability(distance, &of_one, &of_other);
                if probability >= LEAST && may_be_one(a, b) {
                    all.push(NearGroups {
                        a,
                        b,
                        distance,
                        probability,
                    });
                }
            }
        }
        all.sort_by(|one, other| other.probability.total_cmp(&one.probability));
        all.truncate(most);
        all
    }

    fn best(
        &self,
        near: &NearPairs<u32>,
        sameness: &Sameness,
        most: usize,
        may_be_one: impl Fn(u32, u32) -> bool,
    ) -> Option<Vec<NearGroups<u32>>> {
        let evidence = |key| self.groups[&key].centre.evidence();
        near.best(sameness, LEAST, most, evidence, may_be_one)
    }
}

fn search<'a>(sameness: &'a Sameness, stop: &'a StopFlag) -> PairSearch<'a> {
    PairSearch {
        sameness,
        least: LEAST,
        stop,
    }
}

fn curve(faces: usize, excess: f32, shift: f32) -> Sameness {
    Sameness::new(faces, CurveOffsets { excess, shift })
}

#[test]
fn the_likeliest_pairs_stay_right_while_groups_and_curve_change() {
    let stop = StopFlag::default();
    let (mut answered, mut looked_again) = (0, 0);
    for seed in 0..6 {
        let mut drawn = Drawn::new(300, 25, seed);
        let first = curve(900, 0.0, 0.0);
        let mut near = NearPairs::among(&drawn.searched(), &search(&first, &stop)).unwrap();
        for step in 0..12u32 {
            let gone = drawn.draw.below(300) as u32;
            let mut changed = HashSet::from([gone, 500 + step]);
            drawn.groups.remove(&gone);
            drawn.put(500 + step);
            for _ in 0..drawn.draw.below(4) {
                let again = 400 + drawn.draw.below(20) as u32;
                changed.insert(again);
                drawn.put(again);
            }
            let excess = 0.04 * drawn.draw.normal();
            let shift = 0.01 * drawn.draw.normal();
            let now = curve(900 - step as usize, excess, shift);
            near.update(&drawn.searched(), &changed, &search(&now, &stop))
                .unwrap();
            let refused = drawn.draw.below(5) as u32;
            let may_be_one = |a: u32, b: u32| (a + b) % 5 != refused;
            for most in [20, 500, 100_000] {
                let expected = drawn.by_definition(&now, most, may_be_one);
                match drawn.best(&near, &now, most, may_be_one) {
                    Some(best) => {
                        assert_eq!(best, expected);
                        answered += 1;
                    }
                    None => {
                        looked_again += 1;
                        let fresh =
                            NearPairs::among(&drawn.searched(), &search(&now, &stop)).unwrap();
                        assert_eq!(drawn.best(&fresh, &now, most, may_be_one), Some(expected));
                    }
                }
            }
        }
    }
    assert!(
        answered > 100 && looked_again > 10,
        "{answered} {looked_again}"
    );
}

#[test]
fn more_pairs_than_are_kept_leave_the_likeliest() {
    // All pairs of 400 groups of one person: 79,800.
    let stop = StopFlag::default();
    let mut drawn = Drawn::new(400, 1, 9);
    let usual = curve(2_000, 0.0, 0.0);
    let search = search(&usual, &stop);
    let mut near = NearPairs::among(&drawn.searched(), &search).unwrap();
    let anything = |_, _| true;
    let expected = drawn.by_definition(&usual, 500, anything);
    assert_eq!(drawn.best(&near, &usual, 500, anything), Some(expected));
    for key in [3, 1_000] {
        drawn.put(key);
        near.update(&drawn.searched(), &HashSet::from([key]), &search)
            .unwrap();
    }
    let expected = drawn.by_definition(&usual, 500, anything);
    assert_eq!(drawn.best(&near, &usual, 500, anything), Some(expected));
    // If too many pairs are asked for, or too few of the kept ones qualify, there is no answer.
    let all = drawn.by_definition(&usual, 1_000_000, anything).len();
    assert!(all > 50_000, "{all}");
    assert_eq!(drawn.best(&near, &usual, all, anything), None);
    assert_eq!(drawn.best(&near, &usual, 500, |_, _| false), None);
}

proptest! {
    /// The nearest set within reach is found, whatever the others are.
    #[test]
    fn the_nearest_set_is_that_of_a_plain_search(seed in any::<u64>(), groups in 0..30usize, sets in 0..30usize, reach in 0.1f32..1.2) {
        let mut draw = Draw(seed);
        let person = draw.vector();
        let mut means = |count: usize| -> Vec<[f32; EMBEDDING_LEN]> {
            let one = |_| *face_of(&person, 0.3 + draw.uniform(), &mut draw).centred().numbers();
            (0..count).map(one).collect()
        };
        let (groups, sets) = (means(groups), means(sets));
        let (of_groups, of_sets): (Vec<_>, Vec<_>) = (groups.iter().collect(), sets.iter().collect());
        let found = nearest_sets(&of_groups, &of_sets, reach, &StopFlag::default()).unwrap();
        for (group, found) in groups.iter().zip(found) {
            let distance = |set: &[f32; EMBEDDING_LEN]| -> f32 {
                1.0 - group.iter().zip(set).map(|(a, b)| a * b).sum::<f32>()
            };
            let least = sets.iter().map(distance).fold(f32::MAX, f32::min);
            match found {
                Some((index, at)) => {
                    prop_assert!((distance(&sets[index]) - at).abs() < 1e-4);
                    prop_assert!(at <= reach && at <= least + 1e-4);
                }
                None => prop_assert!(least > reach - 1e-4),
            }
        }
    }
}
