//! The transaction of one command: reads, writes that record their changes, and the journal entry.

use std::collections::BTreeSet;
use std::sync::Arc;

use rusqlite::{Connection, Params, Transaction};
use serde::Serialize;

use super::journal;
use super::row_change::{self, GroupRow, Membership, RowChange};
use super::touched_groups::touched_by_command;
use crate::library::read::PRESENT;
use crate::library::touched::TouchList;
use crate::library::{EntryId, FaceId, GroupId, Library, LibraryError, Mark, MembershipState};

/// An open command. It changes nothing if it is dropped before [`Edit::commit`].
///
/// The order of writes matters, because undo applies them backwards: members must leave a group before it is deleted,
/// and a name must be free before another group takes it.
pub struct Edit<'library> {
    tx: Transaction<'library>,
    changes: Vec<RowChange>,
    touched: Arc<TouchList>,
}

impl Library {
    /// Begins a command. Other writers wait until it is committed or dropped.
    pub fn edit(&mut self) -> Result<Edit<'_>, LibraryError> {
        Ok(Edit {
            touched: Arc::clone(&self.touched),
            tx: self.write()?,
            changes: Vec::new(),
        })
    }
}

/// Reads, which see the writes of this command.
impl Edit<'_> {
    /// Whether the face exists.
    pub fn face_exists(&self, face: FaceId) -> Result<bool, LibraryError> {
        Ok(row_change::face_exists(&self.tx, face)?)
    }

    /// A group's name and cover; `None` if it does not exist.
    pub fn group(&self, group: GroupId) -> Result<Option<GroupRow>, LibraryError> {
        Ok(row_change::load_group(&self.tx, group)?)
    }

    /// The membership of a face, marked or not.
    pub fn membership(&self, face: FaceId) -> Result<Option<Membership>, LibraryError> {
        Ok(row_change::load_membership(&self.tx, face)?)
    }

    /// The mark of a face.
    pub fn mark(&self, face: FaceId) -> Result<Option<Mark>, LibraryError> {
        Ok(row_change::load_mark(&self.tx, face)?)
    }

    /// Whether the face was rejected from the group.
    pub fn rejected(&self, face: FaceId, group: GroupId) -> Result<bool, LibraryError> {
        Ok(row_change::load_rejection(&self.tx, face, group)?)
    }

    /// The members of a group without a mark, by id.
    pub fn shown_members(
        &self,
        group: GroupId,
    ) -> Result<Vec<(FaceId, MembershipState)>, LibraryError> {
        let sql =
            "SELECT m.face_id, m.state FROM membership m LEFT JOIN face_mark k USING (face_id)
                   WHERE m.group_id = ?1 AND k.mark IS NULL ORDER BY m.face_id";
        self.rows(sql, [group], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Whether the face can be looked at: its photo is not away and shows it.
    pub fn is_present(&self, face: FaceId) -> Result<bool, LibraryError> {
        let sql = format!("SELECT 1 FROM face f WHERE f.face_id = ?1 AND {PRESENT}");
        Ok(self.tx.prepare_cached(&sql)?.exists([face])?)
    }

    /// The default cover of a group: its best shown face, a present one if there is one.
    pub fn best_face(&self, group: GroupId) -> Result<Option<FaceId>, LibraryError> {
        let sql = format!(
            "SELECT m.face_id FROM membership m JOIN face f USING (face_id) LEFT JOIN face_mark k USING (face_id)
             WHERE m.group_id = ?1 AND k.mark IS NULL
             ORDER BY ({PRESENT}) DESC, f.quality DESC, m.face_id LIMIT 1"
        );
        Ok(self.rows(&sql, [group], |row| row.get(0))?.pop())
    }

    /// Whether a group shows no other face than this one.
    pub fn shows_nothing_but(&self, group: GroupId, face: FaceId) -> Result<bool, LibraryError> {
        let sql = "SELECT NOT EXISTS (
                       SELECT 1 FROM membership m LEFT JOIN face_mark k USING (face_id)
                       WHERE m.group_id = ?1 AND m.face_id <> ?2 AND k.mark IS NULL)";
        Ok(self
            .tx
            .prepare_cached(sql)?
            .query_row((group, face), |row| row.get(0))?)
    }

    /// All members of a group, including marked ones, by id.
    pub fn all_members(
        &self,
        group: GroupId,
    ) -> Result<Vec<(FaceId, MembershipState)>, LibraryError> {
        let sql = "SELECT face_id, state FROM membership WHERE group_id = ?1 ORDER BY face_id";
        self.rows(sql, [group], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The faces that were rejected from a group.
    pub fn rejected_faces(&self, group: GroupId) -> Result<Vec<FaceId>, LibraryError> {
        let sql = "SELECT face_id FROM rejection WHERE group_id = ?1 ORDER BY face_id";
        self.rows(sql, [group], |row| row.get(0))
    }

    /// The groups that have an `apart` row with this one.
    pub fn apart_from(&self, group: GroupId) -> Result<Vec<GroupId>, LibraryError> {
        let sql = "SELECT group_b FROM apart WHERE group_a = ?1 UNION SELECT group_a FROM apart WHERE group_b = ?1";
        self.rows(sql, [group], |row| row.get(0))
    }

    /// All people and their names, by id.
    pub fn people(&self) -> Result<Vec<(GroupId, String)>, LibraryError> {
        let sql = "SELECT group_id, name FROM face_group WHERE name IS NOT NULL ORDER BY group_id";
        self.rows(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// Whether the face is not found in its photo any more.
    pub fn is_missing(&self, face: FaceId) -> Result<bool, LibraryError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM former_place WHERE face_id = ?1 AND missing = 1)";
        Ok(self
            .tx
            .prepare_cached(sql)?
            .query_row([face], |row| row.get(0))?)
    }

    /// The groups that a face was rejected from.
    pub fn rejecting_groups(&self, face: FaceId) -> Result<Vec<GroupId>, LibraryError> {
        let sql = "SELECT group_id FROM rejection WHERE face_id = ?1 ORDER BY group_id";
        self.rows(sql, [face], |row| row.get(0))
    }

    /// The groups that a face was chosen to represent.
    pub fn covered_groups(&self, face: FaceId) -> Result<Vec<GroupId>, LibraryError> {
        let sql = "SELECT group_id FROM face_group WHERE cover_face_id = ?1 ORDER BY group_id";
        self.rows(sql, [face], |row| row.get(0))
    }

    /// The changes so far.
    pub fn changes(&self) -> &[RowChange] {
        &self.changes
    }

    /// The groups that look different after the changes so far, including deleted ones.
    pub fn touched_groups(&self) -> Result<BTreeSet<GroupId>, LibraryError> {
        Ok(touched_by_command(&self.tx, &self.changes)?)
    }

    fn rows<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, LibraryError> {
        let mut statement = self.tx.prepare_cached(sql)?;
        let rows = statement.query_map(params, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// Writes. Only actual changes are recorded.
impl Edit<'_> {
    /// Creates a group with a new id.
    pub fn create_group(&mut self, row: GroupRow) -> Result<GroupId, LibraryError> {
        self.tx
            .prepare_cached("INSERT INTO face_group DEFAULT VALUES")?
            .execute([])?;
        let group = GroupId(self.tx.last_insert_rowid());
        row_change::store_group(&self.tx, group, Some(&row))?;
        self.changes.push(RowChange::Group {
            group,
            before: None,
            after: Some(row),
        });
        Ok(group)
    }

    /// Changes a group's name or cover, or deletes it (`None`) once it has no members.
    pub fn set_group(
        &mut self,
        group: GroupId,
        after: Option<GroupRow>,
    ) -> Result<(), LibraryError> {
        let before = self.group(group)?;
        if before != after {
            row_change::store_group(&self.tx, group, after.as_ref())?;
            self.changes.push(RowChange::Group {
                group,
                before,
                after,
            });
        }
        Ok(())
    }

    /// Moves a face to a group, or out of its group.
    pub fn set_membership(
        &mut self,
        face: FaceId,
        after: Option<Membership>,
    ) -> Result<(), LibraryError> {
        let before = self.membership(face)?;
        if before != after {
            row_change::store_membership(&self.tx, face, after)?;
            self.changes.push(RowChange::Membership {
                face,
                before,
                after,
            });
        }
        Ok(())
    }

    /// Sets or removes a mark.
    pub fn set_mark(&mut self, face: FaceId, after: Option<Mark>) -> Result<(), LibraryError> {
        let before = self.mark(face)?;
        if before != after {
            row_change::store_mark(&self.tx, face, after)?;
            self.changes.push(RowChange::Mark {
                face,
                before,
                after,
            });
        }
        Ok(())
    }

    /// Sets or removes a rejection.
    pub fn set_rejected(
        &mut self,
        face: FaceId,
        group: GroupId,
        after: bool,
    ) -> Result<(), LibraryError> {
        let before = self.rejected(face, group)?;
        if before != after {
            row_change::store_rejection(&self.tx, face, group, after)?;
            self.changes.push(RowChange::Rejection {
                face,
                group,
                before,
                after,
            });
        }
        Ok(())
    }

    /// Sets or removes an `apart` row of two different groups, in any order.
    pub fn set_apart(
        &mut self,
        one: GroupId,
        other: GroupId,
        after: bool,
    ) -> Result<(), LibraryError> {
        let groups = (one.min(other), one.max(other));
        let before = row_change::load_apart(&self.tx, groups)?;
        if before != after {
            row_change::store_apart(&self.tx, groups, after)?;
            self.changes.push(RowChange::Apart {
                groups,
                before,
                after,
            });
        }
        Ok(())
    }

    /// For writes that are not changes of rows that the journal knows.
    pub(in crate::library) fn connection(&self) -> &Connection {
        &self.tx
    }

    /// Notes a change that was written through [`Self::connection`].
    pub(in crate::library) fn record(&mut self, change: RowChange) {
        self.changes.push(change);
    }

    /// As [`Self::commit`], but without an entry where no row that the journal knows was changed.
    pub(in crate::library) fn commit_if_changed(
        self,
        command: &impl Serialize,
        message: &str,
    ) -> Result<(), LibraryError> {
        match self.changes.is_empty() {
            true => Ok(self.tx.commit()?),
            false => self.commit(command, message).map(drop),
        }
    }

    /// Commits: adds the journal entry and deletes the undone commands, which can no longer be redone.
    pub fn commit(self, command: &impl Serialize, message: &str) -> Result<EntryId, LibraryError> {
        let entry = journal::append(&self.tx, command, message, &self.changes)?;
        self.tx.commit()?;
        self.touched
            .add_faces(self.changes.iter().filter_map(RowChange::face));
        Ok(entry)
    }
}
