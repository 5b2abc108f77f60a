//! All groups and counts: the part of a library that the window always shows.
//!
//! The overview is read once. After a command only the groups that it changed are read again, so the cost of a command
//! does not grow with the library.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::counts::{Counts, MarkTotals, ScanTotals};
use crate::library::{GroupId, GroupSummary, Library, LibraryError};

/// The groups and counts at one moment.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    groups: BTreeMap<GroupId, GroupSummary>,
    scanned: ScanTotals,
    marked: MarkTotals,
}

impl Library {
    /// Everything, from one state of the library.
    pub fn overview(&self) -> Result<Overview, LibraryError> {
        // All reads see one state, even if other threads write in the meantime.
        let _one_moment = self.connection.unchecked_transaction()?;
        let groups = self.group_summaries()?.into_iter();
        Ok(Overview {
            groups: groups.map(|group| (group.group_id, group)).collect(),
            scanned: self.scan_totals()?,
            marked: self.mark_totals()?,
        })
    }

    /// The numbers in the window's side bar.
    pub fn counts(&self) -> Result<Counts, LibraryError> {
        Ok(self.overview()?.counts())
    }
}

impl Overview {
    /// Reads these groups again, and the counts that commands change.
    pub fn update(
        &mut self,
        library: &Library,
        groups: &BTreeSet<GroupId>,
    ) -> Result<(), LibraryError> {
        for &group_id in groups {
            match library.group(group_id)?.filter(GroupSummary::is_shown) {
                Some(group) => self.groups.insert(group_id, group),
                None => self.groups.remove(&group_id),
            };
        }
        self.marked = library.mark_totals()?;
        Ok(())
    }

    /// Every group with a face or a name, largest first, then by id.
    pub fn groups(&self) -> Vec<GroupSummary> {
        let mut groups: Vec<GroupSummary> = self.groups.values().cloned().collect();
        groups.sort_by_key(|group| (Reverse(group.faces), group.group_id));
        groups
    }

    pub fn counts(&self) -> Counts {
        let mut counts = Counts {
            photos: self.scanned.photos,
            vanished: self.scanned.vanished,
            faces: self
                .scanned
                .faces
                .saturating_sub(self.marked.not_faces + self.marked.missing),
            ignored: self.marked.ignored,
            not_faces: self.marked.not_faces,
            problems: self.scanned.problems,
            not_found: self.marked.not_found,
            ..Counts::default()
        };
        for group in self.groups.values() {
            match group.name {
                Some(_) => counts.people += 1,
                None if group.is_unclear => counts.unclear += 1,
                None => counts.unnamed += 1,
            }
            counts.single += u32::from(group.name.is_none() && group.faces == 1);
            counts.suggested += group.suggested;
        }
        counts
    }
}
