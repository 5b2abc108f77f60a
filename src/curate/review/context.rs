//! The data that questions depend on besides the groups. It is small, so it is read again for each queue.

use std::collections::{BTreeMap, HashSet};

use super::groups::ReviewedGroup;
use super::known_faces::KnownFaces;
use crate::cluster::{PairAnswer, Rule, Sameness, fitted_offsets};
use crate::library::{GroupId, Library, LibraryError};

/// By id.
pub(super) type Groups = BTreeMap<GroupId, ReviewedGroup>;

pub(super) struct ReviewContext {
    people: HashSet<GroupId>,
    /// Cannot-link pairs of groups, lower id first.
    refused: HashSet<(GroupId, GroupId)>,
    pub(super) sameness: Sameness,
    /// The rule of grouping.
    pub(super) rule: Rule,
}

impl ReviewContext {
    pub(super) fn read(
        library: &Library,
        known: &KnownFaces,
        answers: &[PairAnswer],
    ) -> Result<ReviewContext, LibraryError> {
        let faces = known.count();
        let offsets = fitted_offsets(answers, faces);
        Ok(ReviewContext {
            people: library.named_groups()?,
            refused: refused_pairs(library, known)?,
            sameness: Sameness::new(faces, offsets),
            rule: Rule::new(offsets.cut(answers.len()), faces),
        })
    }

    pub(super) fn is_named(&self, group: &ReviewedGroup) -> bool {
        self.people.contains(&group.group_id)
    }

    /// Whether two groups may be one person: not if both are named, they share a photo, or they have a cannot-link.
    pub(super) fn may_be_one(&self, one: &ReviewedGroup, other: &ReviewedGroup) -> bool {
        let ids = (
            one.group_id.min(other.group_id),
            one.group_id.max(other.group_id),
        );
        let two_names = self.is_named(one) && self.is_named(other);
        !(self.refused.contains(&ids) || two_names || one.shares_photo_with(other))
    }
}

/// From splits, and from rejections: a group with a face that was rejected from another group is not that person.
fn refused_pairs(
    library: &Library,
    known: &KnownFaces,
) -> Result<HashSet<(GroupId, GroupId)>, LibraryError> {
    let split = library.apart_pairs()?.into_iter();
    let rejected = library.rejections()?.into_iter();
    let rejected =
        rejected.filter_map(|(face_id, group_id)| Some((known.group_of(face_id)?, group_id)));
    let both = split.chain(rejected);
    Ok(both.map(|(a, b)| (a.min(b), a.max(b))).collect())
}
