//! The outlier branch, in groups of every size.

use crate::support::draw::{Draw, face_of};
use kinfolk::cluster::{CurveOffsets, OutlierBranches, Sameness};
use kinfolk::stop::StopFlag;
use kinfolk::vision::Centred;

/// `first` faces of one person, with `second` faces of another mixed in.
fn dealt(first: usize, second: usize) -> (Vec<Centred>, Vec<usize>) {
    let mut draw = Draw(11);
    let people = [draw.vector(), draw.vector()];
    let count = first + second;
    let is_second = |face: usize| face * second / count != (face + 1) * second / count;
    let faces = (0..count).map(|face| {
        let person = &people[usize::from(is_second(face))];
        face_of(person, 0.7, &mut draw).centred()
    });
    (
        faces.collect(),
        (0..count).filter(|&face| is_second(face)).collect(),
    )
}

#[test]
fn somebody_else_is_the_least_likely_branch_in_groups_of_any_size() {
    let stop = StopFlag::default();
    for (first, second) in [(30, 1), (40, 12), (2_400, 1), (2_400, 7), (3_000, 700)] {
        let (faces, others) = dealt(first, second);
        assert_eq!(others.len(), second);
        let sameness = Sameness::new(10_000, CurveOffsets::ZERO);
        let ends = OutlierBranches::of(&faces, &stop).unwrap();
        let end = ends
            .least_likely(&vec![false; faces.len()], &sameness)
            .unwrap();
        // All of them or some: a single face is expected to be nearer than several.
        let is_other = |face: &usize| others.binary_search(face).is_ok();
        assert!(
            end.faces.iter().all(is_other),
            "{first} and {second}: {end:?}"
        );
        assert!(end.probability < 0.02 && end.distance > 0.8, "{end:?}");
        assert!(ends.min_probability(&sameness) <= end.probability);
        // Faces confirmed on both sides mean that the person has said they are one.
        let mut confirmed = vec![false; faces.len()];
        confirmed[others[0]] = true;
        confirmed[usize::from(others[0] == 0)] = true;
        let open = ends.least_likely(&confirmed, &sameness);
        assert!(open.is_none_or(|end| !end.faces.contains(&others[0])));
    }
}

#[test]
fn a_stopped_search_ends_early() {
    let stop = StopFlag::default();
    stop.stop();
    for faces in [30, 2_400] {
        assert!(OutlierBranches::of(&dealt(faces, 2).0, &stop).is_err());
    }
}
