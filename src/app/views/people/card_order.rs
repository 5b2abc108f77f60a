//! Which groups the people page shows, in which order.
//!
//! Groups must not move while somebody works on the page: [`Arrangement::kept`] leaves every group in its place,
//! removes those that no longer exist and adds new ones at the end of their section.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use crate::app::state::known_people::name_matches;
use crate::app::state::settings::GroupSort;
use crate::library::{GroupId, GroupSummary};

/// What the page should show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CardFilter {
    pub only_unnamed: bool,
    pub search: String,
    pub sort: GroupSort,
}

/// The groups of the page in their order: the named ones first, those last in which nobody can tell who it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrangement {
    pub order: Arc<[GroupId]>,
    /// The number of groups in the named section.
    pub named: usize,
    /// The number of groups in the last section.
    pub unclear: usize,
}

impl Default for Arrangement {
    fn default() -> Self {
        Self {
            order: Arc::from([]),
            named: 0,
            unclear: 0,
        }
    }
}

impl Arrangement {
    /// Everything that passes the filter, sorted again.
    pub fn sorted(groups: &[GroupSummary], filter: &CardFilter) -> Self {
        let mut shown: Vec<_> = groups
            .iter()
            .filter(|group| passes(group, filter))
            .collect();
        match filter.sort {
            GroupSort::Faces => {
                shown.sort_by_key(|group| (section(group), Reverse(group.faces), group.group_id));
            }
            GroupSort::Name => shown.sort_by_cached_key(|group| {
                let name = group.name.as_deref().map(str::to_lowercase);
                (section(group), name, Reverse(group.faces), group.group_id)
            }),
            GroupSort::Recent => shown.sort_by(|a, b| {
                let by_section = section(a).cmp(&section(b));
                let by_time = b.last_taken.cmp(&a.last_taken).then(b.faces.cmp(&a.faces));
                by_section.then(by_time).then(a.group_id.cmp(&b.group_id))
            }),
        }
        let named = shown.partition_point(|group| group.name.is_some());
        let unclear = shown.len() - shown.partition_point(|group| !group.is_unclear);
        Self {
            order: shown.into_iter().map(|group| group.group_id).collect(),
            named,
            unclear,
        }
    }

    /// Keeps the old places of the groups that still exist, and adds new ones at the end of their section. A group that
    /// was named in the meantime keeps its place among the unnamed ones.
    pub fn kept(&self, groups: &[GroupSummary], filter: &CardFilter) -> Self {
        let existing: HashSet<_> = groups.iter().map(|group| group.group_id).collect();
        let placed: HashSet<_> = self.order.iter().copied().collect();
        let fresh = Self::sorted(groups, filter);
        let merged = |old: &[GroupId], new: &[GroupId]| -> Vec<GroupId> {
            let stays = old.iter().filter(|group_id| existing.contains(group_id));
            stays
                .chain(new.iter().filter(|group_id| !placed.contains(group_id)))
                .copied()
                .collect()
        };
        let mut order = merged(self.named(), fresh.named());
        let named = order.len();
        order.extend(merged(self.unnamed(), fresh.unnamed()));
        let before_unclear = order.len();
        order.extend(merged(self.unclear(), fresh.unclear()));
        Self {
            unclear: order.len() - before_unclear,
            order: order.into(),
            named,
        }
    }

    pub fn named(&self) -> &[GroupId] {
        &self.order[..self.named]
    }

    pub fn unnamed(&self) -> &[GroupId] {
        &self.order[self.named..self.order.len() - self.unclear]
    }

    pub fn unclear(&self) -> &[GroupId] {
        &self.order[self.order.len() - self.unclear..]
    }
}

/// The place of a group's section.
fn section(group: &GroupSummary) -> u8 {
    match (&group.name, group.is_unclear) {
        (Some(_), _) => 0,
        (None, false) => 1,
        (None, true) => 2,
    }
}

fn passes(group: &GroupSummary, filter: &CardFilter) -> bool {
    if filter.only_unnamed && group.name.is_some() {
        return false;
    }
    filter.search.is_empty()
        || group
            .name
            .as_deref()
            .is_some_and(|name| name_matches(name, &filter.search))
}
