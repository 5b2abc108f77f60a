//! Undo, redo and the history.

use std::collections::{BTreeMap, BTreeSet};

use super::{CurateError, Outcome};
use crate::library::{EntryId, GroupId, Library, Replayed, RowChange};

/// A command of the history: its entry, time and message, and whether it is undone.
pub use crate::library::JournalRow as HistoryRow;

/// Undoes the last command; `None` if there is none.
pub fn undo(library: &mut Library) -> Result<Option<Outcome>, CurateError> {
    let replayed = library.undo()?;
    Ok(replayed.map(|replayed| outcome_of(replayed, Changed::backward)))
}

/// Redoes the command that was undone last; `None` if there is none.
pub fn redo(library: &mut Library) -> Result<Option<Outcome>, CurateError> {
    let replayed = library.redo()?;
    Ok(replayed.map(|replayed| outcome_of(replayed, Changed::forward)))
}

/// All commands, newest first; the undone ones can be redone.
pub fn history(library: &Library) -> Result<Vec<HistoryRow>, CurateError> {
    Ok(library.journal()?)
}

fn outcome_of(replayed: Replayed, changed: impl Fn(&[RowChange]) -> Changed) -> Outcome {
    changed(&replayed.changes).outcome(replayed.entry, replayed.message, replayed.groups)
}

/// The groups affected by changes, each with whether it existed before and exists now.
pub(super) struct Changed(BTreeMap<GroupId, (bool, bool)>);

impl Changed {
    pub(super) fn forward(changes: &[RowChange]) -> Changed {
        let mut groups = BTreeMap::new();
        for change in changes {
            if let RowChange::Group {
                group,
                before,
                after,
            } = change
            {
                groups.entry(*group).or_insert((before.is_some(), true)).1 = after.is_some();
            }
            for group in change.groups() {
                groups.entry(group).or_insert((true, true));
            }
        }
        Changed(groups)
    }

    pub(super) fn backward(changes: &[RowChange]) -> Changed {
        let groups = Changed::forward(changes).0.into_iter();
        Changed(
            groups
                .map(|(group, (before, after))| (group, (after, before)))
                .collect(),
        )
    }

    pub(super) fn outcome(
        self,
        entry: EntryId,
        message: String,
        changed_groups: BTreeSet<GroupId>,
    ) -> Outcome {
        let there = |wanted: fn(bool, bool) -> bool| {
            let groups = self
                .0
                .iter()
                .filter(|(_, (before, now))| wanted(*before, *now));
            groups.map(|(group, _)| *group).collect()
        };
        Outcome {
            entry,
            created: there(|before, now| !before && now),
            touched: there(|_, now| now),
            message,
            changed_groups,
        }
    }
}
