//! Grouping new faces into existing groups: properties that always hold.

use std::collections::HashSet;

use crate::support::draw::{Draw, as_sets, constrained, crowd, free};
use crate::support::grouping::{centred, group, group_new_faces};
use crate::support::population::population;
use crate::support::threads;
use kinfolk::cluster::{Centre, DEFAULT_CUT, FaceToGroup, Rule, Union};
use kinfolk::vision::{Centred, Embedding};
use proptest::prelude::*;

/// Faces of which the first have groups and the others are new.
#[derive(Clone, Debug)]
struct World {
    embeddings: Vec<Centred>,
    faces: Vec<FaceToGroup>,
    /// Labels of the existing faces.
    labels: Vec<u32>,
}

impl World {
    /// Groups the first `existing` faces.
    fn new(embeddings: &[Embedding], faces: Vec<FaceToGroup>, existing: usize) -> World {
        World {
            labels: group(&embeddings[..existing], &faces[..existing], DEFAULT_CUT),
            embeddings: centred(embeddings),
            faces,
        }
    }

    fn existing(&self) -> usize {
        self.labels.len()
    }

    fn groups(&self) -> Vec<Vec<usize>> {
        let count = self
            .labels
            .iter()
            .max()
            .map_or(0, |&last| last as usize + 1);
        let mut groups = vec![Vec::new(); count];
        for (face, &label) in self.labels.iter().enumerate() {
            groups[label as usize].push(face);
        }
        groups
    }

    fn unions(&self) -> Vec<Union> {
        let groups = self.groups();
        let centres: Vec<Centre> = groups
            .iter()
            .map(|faces| Centre::of(faces.iter().map(|&face| &self.embeddings[face])))
            .collect();
        group_new_faces(
            &centres,
            |place| {
                groups[place]
                    .iter()
                    .map(|&face| self.faces[face].clone())
                    .collect()
            },
            &self.embeddings[self.existing()..],
            &self.faces[self.existing()..],
            &Rule::new(DEFAULT_CUT, self.faces.len()),
        )
    }

    /// A label for every face, according to the unions.
    fn labelled(&self) -> Vec<u32> {
        let mut labels = self.labels.clone();
        labels.resize(self.faces.len(), 0);
        let fresh = self.faces.len() as u32;
        for (number, union) in (fresh..).zip(self.unions()) {
            for new_face in union.new_faces {
                labels[self.existing() + new_face] = number;
            }
            for (face, label) in self.labels.iter().enumerate() {
                if union.existing.contains(&(*label as usize)) {
                    labels[face] = number;
                }
            }
        }
        labels
    }
}

#[test]
fn new_faces_find_the_people_that_grouping_all_faces_finds() {
    let (embeddings, people) = crowd(400, 30, 0.5, 1);
    for existing in [0, 1, 200, 390, 400] {
        let world = World::new(&embeddings, free(400), existing);
        assert_eq!(as_sets(&world.labelled()), as_sets(&people));
    }
}

#[test]
fn a_new_face_joins_two_existing_groups() {
    // Two halves of a person, too far from each other; split by hand here.
    let (embeddings, _) = crowd(13, 1, 0.7, 3);
    let mut world = World::new(&embeddings, free(13), 12);
    world.labels = (0..12).map(|face| face % 2).collect();
    assert_eq!(
        world.unions(),
        [Union {
            new_faces: vec![0],
            existing: vec![0, 1]
        }]
    );
    // Without the new face the two are not compared.
    world.embeddings.truncate(12);
    world.faces.truncate(12);
    assert_eq!(world.unions(), []);
}

#[test]
fn neither_the_number_of_threads_nor_the_order_shows() {
    let drawn = population(3_000, 4);
    let existing = 2_700;
    let world = World::new(&drawn.embeddings, drawn.faces, existing);
    let expected = as_sets(&world.labelled());
    for (count, seed) in [(1, 1), (2, 2), (8, 3)] {
        let pool = threads(count);
        assert_eq!(as_sets(&pool.install(|| world.labelled())), expected);
        let (shuffled, from) = shuffled(&world, seed);
        let labels = pool.install(|| shuffled.labelled());
        let mut back = vec![0; labels.len()];
        for (label, &face) in labels.iter().zip(&from) {
            back[face] = *label;
        }
        assert_eq!(as_sets(&back), expected);
    }
}

/// The same faces and groups in another order, and the original index of each.
fn shuffled(world: &World, seed: u64) -> (World, Vec<usize>) {
    let mut draw = Draw(seed);
    let mut from: Vec<usize> = (0..world.faces.len()).collect();
    for range in [0..world.existing(), world.existing()..world.faces.len()] {
        for position in (range.start + 1..range.end).rev() {
            let other = range.start + draw.below(position + 1 - range.start);
            from.swap(position, other);
        }
    }
    let mut names: Vec<u32> = (0..world.groups().len() as u32).collect();
    for position in (1..names.len()).rev() {
        names.swap(position, draw.below(position + 1));
    }
    let shuffled = World {
        embeddings: from.iter().map(|&face| world.embeddings[face]).collect(),
        faces: from.iter().map(|&face| world.faces[face].clone()).collect(),
        labels: from[..world.existing()]
            .iter()
            .map(|&face| names[world.labels[face] as usize])
            .collect(),
    };
    (shuffled, from)
}

/// Drawn faces with constraints of all kinds, some of them grouped.
fn constrained_world() -> impl Strategy<Value = World> {
    (2usize..70, 1usize..8, 0.3f32..1.4, any::<u64>()).prop_map(|(count, people, noise, seed)| {
        let (embeddings, _) = crowd(count, people, noise, seed);
        let mut draw = Draw(!seed);
        let existing = draw.below(count);
        let faces = (0..count)
            .map(|face| constrained(&mut draw, count, face < existing))
            .collect();
        World::new(&embeddings, faces, existing)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn every_new_face_gets_a_group_and_no_group_is_split(world in constrained_world()) {
        let unions = world.unions();
        let new_faces: Vec<usize> = unions.iter().flat_map(|union| union.new_faces.clone()).collect();
        let existing: Vec<usize> = unions.iter().flat_map(|union| union.existing.clone()).collect();
        prop_assert_eq!(new_faces.iter().collect::<HashSet<_>>().len(), new_faces.len());
        prop_assert_eq!(new_faces.len(), world.faces.len() - world.existing());
        prop_assert_eq!(existing.iter().collect::<HashSet<_>>().len(), existing.len());
        prop_assert!(unions.iter().all(|union| !union.new_faces.is_empty()), "nothing changes without a new face");
    }

    #[test]
    fn constraints_hold(world in constrained_world()) {
        let labels = world.labelled();
        for a in 0..labels.len() {
            for b in a + 1..labels.len() {
                let (one, other) = (&world.faces[a], &world.faces[b]);
                let stood_together = b < world.existing() && world.labels[a] == world.labels[b];
                let refuse = |x: &FaceToGroup, y: &FaceToGroup| y.must_link.is_some_and(|label| x.cannot_link.contains(&label));
                // Nearly the same faces of one photo may be one person.
                let is_free = |face: &FaceToGroup| face.must_link.is_none() && face.cannot_link.is_empty() && face.face_flag >= 0.95;
                let cannot = (one.photo == other.photo && !(is_free(one) && is_free(other)))
                    || (one.must_link.is_some() && other.must_link.is_some() && one.must_link != other.must_link)
                    || refuse(one, other)
                    || refuse(other, one);
                prop_assert!(stood_together || !cannot || labels[a] != labels[b], "faces {a} and {b} must be apart");
            }
        }
    }

    #[test]
    fn what_has_come_together_stays_so(world in constrained_world()) {
        // Grouped again without a new face.
        let labels = world.labelled();
        let mut again = World { labels, ..world };
        let count = again.labels.len();
        let numbers: Vec<u32> = {
            let mut seen = Vec::new();
            again.labels.iter().map(|label| {
                let known = seen.iter().position(|other| other == label);
                known.unwrap_or_else(|| { seen.push(*label); seen.len() - 1 }) as u32
            }).collect()
        };
        again.labels = numbers;
        prop_assert_eq!(again.unions(), []);
        prop_assert_eq!(again.labelled().len(), count);
    }

    #[test]
    fn new_faces_of_different_people_go_where_grouping_all_faces_puts_them(seed: u64, count in 2usize..120, people in 1usize..9, share in 0.0f32..1.0) {
        let (embeddings, _) = crowd(count, people, 0.5, seed);
        let existing = (count as f32 * share) as usize;
        let world = World::new(&embeddings, free(count), existing);
        let whole = group(&embeddings, &world.faces, DEFAULT_CUT);
        prop_assert_eq!(as_sets(&world.labelled()), as_sets(&whole));
    }
}
