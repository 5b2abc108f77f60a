//! What every page shows about the library, read at one moment; replaced as a whole when the library changes.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::library::{Counts, GroupId, GroupSummary, RootRow, name_key};

/// An immutable snapshot of the library. Its ids may no longer exist when an action reaches the library; the library
/// then reports an error.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Increases with every change of the library; older query results are read again.
    pub version: u64,
    /// Increases when a scan or a grouping has changed the library.
    pub scan_version: u64,
    pub library: PathBuf,
    pub counts: Counts,
    /// Named groups and groups that have faces, most faces first.
    pub groups: Arc<[GroupSummary]>,
    pub roots: Arc<[RootRow]>,
    /// A grouping was interrupted while it was being written, and none has finished since.
    pub is_half_grouped: bool,
    /// What undo would revert.
    pub undo: Option<String>,
    /// What redo would repeat.
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

    /// Groups without a name.
    pub fn unnamed(&self) -> impl Iterator<Item = &GroupSummary> {
        self.groups.iter().filter(|group| group.name.is_none())
    }

    /// The person with this name, compared as `curate` does.
    pub fn person_named(&self, name: &str) -> Option<&GroupSummary> {
        let wanted = name_key(name);
        self.people().find(|group| {
            group
                .name
                .as_ref()
                .is_some_and(|name| name_key(name) == wanted)
        })
    }

    /// The name of a group, if it has one.
    pub fn person_name(&self, group_id: GroupId) -> Option<&str> {
        self.group(group_id)?.name.as_deref()
    }

    pub fn is_person(&self, group_id: GroupId) -> bool {
        self.person_name(group_id).is_some()
    }

    /// The name of a group, or "Unnamed".
    pub fn name_of(&self, group_id: GroupId) -> &str {
        self.person_name(group_id).unwrap_or("Unnamed")
    }

    /// True for a library that has never scanned a photo.
    pub fn is_empty(&self) -> bool {
        self.counts.photos == 0 && self.counts.problems == 0 && self.roots.is_empty()
    }
}
