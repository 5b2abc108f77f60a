//! Decisions that constrain grouping, in addition to confirmed memberships.

use std::collections::{HashMap, HashSet};

use crate::library::{FaceId, GroupId, Library, LibraryError};

/// The rejections and splits of a library, and the groups that decisions were about.
pub(super) struct Decisions {
    rejections: HashMap<FaceId, Vec<GroupId>>,
    /// People, and groups that faces were rejected from. They keep their faces while none of them is confirmed.
    decided: HashSet<GroupId>,
    /// Groups with a cannot-link from a split. They keep their faces.
    split: HashSet<GroupId>,
}

impl Decisions {
    pub(super) fn of(library: &Library) -> Result<Decisions, LibraryError> {
        let mut decided = library.named_groups()?;
        let pairs = library.apart_pairs()?.into_iter();
        let split = pairs.flat_map(|(a, b)| [a, b]).collect();
        let mut rejections: HashMap<FaceId, Vec<GroupId>> = HashMap::new();
        for (face_id, group_id) in library.rejections()? {
            decided.insert(group_id);
            rejections.entry(face_id).or_default().push(group_id);
        }
        Ok(Decisions {
            rejections,
            decided,
            split,
        })
    }

    /// Whether the faces of a group have must-links as if they were confirmed, because nothing else says which faces
    /// the decision was about.
    pub(super) fn must_link(&self, group_id: GroupId, has_confirmed: bool) -> bool {
        self.split.contains(&group_id) || (self.decided.contains(&group_id) && !has_confirmed)
    }

    /// The groups that a face was rejected from.
    pub(super) fn rejected_from(&self, face_id: FaceId) -> impl Iterator<Item = GroupId> {
        self.rejections.get(&face_id).into_iter().flatten().copied()
    }
}
