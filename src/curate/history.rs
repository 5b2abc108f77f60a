//! Undo, redo, and the history as sentences.

use std::collections::{BTreeMap, BTreeSet};

use super::{CurateError, Outcome};
use crate::library::{EntryId, GroupId, Library, Replayed, RowChange};

/// A command that was done: its entry, when, what it did in words, and whether it is undone.
pub use crate::library::JournalRow as HistoryRow;

/// Takes back the last command; `None` when there is none left.
pub fn undo(library: &mut Library) -> Result<Option<Outcome>, CurateError> {
    let replayed = library.undo()?;
    Ok(replayed.map(|replayed| message_of(replayed, Changed::backward)))
}

/// Does the command again that was undone last; `None` when there is none.
pub fn redo(library: &mut Library) -> Result<Option<Outcome>, CurateError> {
    let replayed = library.redo()?;
    Ok(replayed.map(|replayed| message_of(replayed, Changed::forward)))
}

/// Everything that was done, newest first; undone commands are those that redo would do again.
pub fn history(library: &Library) -> Result<Vec<HistoryRow>, CurateError> {
    Ok(library.journal()?)
}

fn message_of(replayed: Replayed, changed: impl Fn(&[RowChange]) -> Changed) -> Outcome {
    changed(&replayed.changes).outcome(replayed.entry, replayed.message, replayed.groups)
}

/// The groups that changes speak of, each with whether it was there before and is there now.
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
