//! What every place of the window shows about the library, read at one moment; replaced as a whole when the library changes.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::library::{Counts, GroupId, GroupSummary, RootRow};

/// An immutable picture of the library. Ids in it may be gone by the time an action reaches the library; that is an error there, not here.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Rises with every change of the library; details older than this are read again.
    pub version: u64,
    /// Rises when something else than a command has changed the library: a scan, a grouping.
    pub scan_version: u64,
    pub library: PathBuf,
    pub counts: Counts,
    /// Named groups and groups that have faces, most faces first.
    pub groups: Arc<[GroupSummary]>,
    pub roots: Arc<[RootRow]>,
    /// A grouping was cut off while it wrote, and none has ended since.
    pub is_half_grouped: bool,
    /// The sentence of what undo would take back.
    pub undo: Option<String>,
    /// The sentence of what redo would do again.
    pub redo: Option<String>,
    positions: HashMap<GroupId, usize>,
}

impl Snapshot {
    pub fn new(
        version: u64,
        library: PathBuf,
        counts: Counts,
        groups: Vec<GroupSummary>,
        roots: Vec<RootRow>,
    ) -> Self {
        let positions = groups
            .iter()
            .enumerate()
            .map(|(position, group)| (group.group_id, position))
            .collect();
        Self {
            version,
            scan_version: version,
            library,
            counts,
            groups: groups.into(),
            roots: roots.into(),
            is_half_grouped: false,
            undo: None,
            redo: None,
            positions,
        }
    }

    pub fn group(&self, group_id: GroupId) -> Option<&GroupSummary> {
        self.groups.get(*self.positions.get(&group_id)?)
    }

    /// Named groups.
    pub fn people(&self) -> impl Iterator<Item = &GroupSummary> {
        self.groups.iter().filter(|group| group.name.is_some())
    }

    /// Groups that wait for a name.
    pub fn unnamed(&self) -> impl Iterator<Item = &GroupSummary> {
        self.groups.iter().filter(|group| group.name.is_none())
    }

    /// The person of this name, compared as `curate` does: without the spaces around it, upper and lower case alike.
    pub fn person_named(&self, name: &str) -> Option<&GroupSummary> {
        let wanted = name.trim().to_lowercase();
        self.people().find(|group| {
            group
                .name
                .as_ref()
                .is_some_and(|name| name.to_lowercase() == wanted)
        })
    }

    /// The name of a group, or what to call it without one.
    pub fn name_of(&self, group_id: GroupId) -> &str {
        self.group(group_id)
            .and_then(|group| group.name.as_deref())
            .unwrap_or("Unnamed")
    }

    /// True for a library that has never seen a photo.
    pub fn is_empty(&self) -> bool {
        self.counts.photos == 0 && self.counts.problems == 0 && self.roots.is_empty()
    }
}
