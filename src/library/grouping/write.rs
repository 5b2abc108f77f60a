//! Writes the result of grouping, which only consists of automatic memberships.
//!
//! Grouping works on a copy of the faces while the user makes decisions. So the write checks everything again: it skips
//! every face and group with a decision since then and reports that, and it never changes a confirmed membership.

use std::collections::HashMap;
use std::time::Duration;

use rusqlite::{OptionalExtension as _, Transaction};

use super::decided_since::{DecidedSince, JournalPosition};
use super::read::PHOTO_OF_FACE;
use super::state::{forget_finished_grouping, note_half_grouped};
use crate::library::{FaceId, GroupId, Library, LibraryError, MembershipState, PhotoId};

/// The input of grouping: a recognizable face without a mark.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupingFace {
    pub face_id: FaceId,
    pub photo_id: PhotoId,
    pub membership: Option<(GroupId, MembershipState)>,
    /// How sure the face mesh is of it, 0 to 1, if it has looked.
    pub face_flag: Option<f32>,
}

/// The target of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignment {
    /// An existing group; if it was deleted, the face stays as it is.
    Group(GroupId),
    /// A new group, shared by all faces with the same number in one call.
    New(u32),
    /// No group.
    Nowhere,
}

/// The groups that [`Library::write_grouping`] deletes if they are unused.
#[derive(Clone, Copy, Debug)]
pub enum Tidying<'a> {
    All,
    /// The groups that faces have left, if they are few: the work does not grow with the library.
    Groups(&'a [GroupId]),
}

/// Faces per transaction; a command may have to wait for some tenths of a second.
const FACES_A_SLICE: usize = 10_000;
/// Groups per transaction.
const GROUPS_A_SLICE: usize = 50_000;
/// Several times the retry interval of a waiting connection, so that waiting commands get their turn.
const PAUSE_BETWEEN_SLICES: Duration = Duration::from_millis(10);

/// The result of [`Library::write_grouping`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupingChange {
    /// The new groups, by the number of their [`Assignment::New`].
    pub created: HashMap<u32, GroupId>,
    /// Faces whose group changed.
    pub moved: u32,
    /// Faces that were not changed because of a decision, or because they were deleted.
    pub skipped: u32,
    /// There were decisions since the grouping was computed; another grouping takes them into account.
    pub decided_meanwhile: bool,
}

impl Library {
    /// The faces to group, by id: recognizable faces without a mark, and unclear ones that a person put into a group.
    pub fn faces_to_group(&self) -> Result<Vec<GroupingFace>, LibraryError> {
        let sql = format!(
            "SELECT f.face_id, {PHOTO_OF_FACE}, m.group_id, m.state, f.face_flag
             FROM face f LEFT JOIN membership m USING (face_id) LEFT JOIN face_mark k USING (face_id)
             WHERE k.mark IS NULL AND (f.recognizable = 1 OR m.group_id IS NOT NULL) ORDER BY f.face_id"
        );
        self.rows(&sql, [], |row| {
            let group: Option<GroupId> = row.get(2)?;
            let state: Option<MembershipState> = row.get(3)?;
            Ok(GroupingFace {
                face_id: row.get(0)?,
                photo_id: row.get(1)?,
                membership: group.zip(state),
                face_flag: row.get(4)?,
            })
        })
    }

    /// The groups that each face was rejected from, by face.
    pub fn rejections(&self) -> Result<Vec<(FaceId, GroupId)>, LibraryError> {
        let sql = "SELECT face_id, group_id FROM rejection ORDER BY face_id, group_id";
        self.rows(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// The pairs of groups with an `apart` row, lower id first.
    pub fn apart_pairs(&self) -> Result<Vec<(GroupId, GroupId)>, LibraryError> {
        let sql = "SELECT group_a, group_b FROM apart ORDER BY group_a, group_b";
        self.rows(sql, [], |row| Ok((row.get(0)?, row.get(1)?)))
    }

    /// [`Library::write_grouping`] for assignments computed from the current state.
    pub fn set_automatic_memberships(
        &mut self,
        assignments: &[(FaceId, Assignment)],
    ) -> Result<GroupingChange, LibraryError> {
        let now = self.journal_position()?;
        self.write_grouping(assignments, now, Tidying::All, &mut |_| {})
    }

    /// Stores automatic memberships, without a journal entry.
    ///
    /// `since` is the position of the journal before the input of the assignments was read. Faces with a confirmed
    /// membership, a mark, or a rejection from the group are skipped, as is everything with a decision since then.
    /// Unnamed groups without members, rejections and `apart` rows are deleted; undo restores one if it needs it.
    ///
    /// Many faces are written in slices, each in its own transaction, so that a command never waits for all of them.
    /// `after_slice` receives the number of faces written. If the process is killed in between, the library is
    /// [`Library::is_half_grouped`].
    pub fn write_grouping(
        &mut self,
        assignments: &[(FaceId, Assignment)],
        since: JournalPosition,
        tidying: Tidying<'_>,
        after_slice: &mut dyn FnMut(usize),
    ) -> Result<GroupingChange, LibraryError> {
        let mut change = GroupingChange::default();
        let mut decided = DecidedSince::new(since);
        let mut written = 0;
        for slice in assignments.chunks(FACES_A_SLICE) {
            let tx = self.write()?;
            decided.update(&tx)?;
            forget_finished_grouping(&tx)?;
            for &(face_id, assignment) in slice {
                assign(&tx, face_id, assignment, &decided, &mut change)?;
            }
            written += slice.len();
            let is_half = written < assignments.len();
            note_half_grouped(&tx, is_half)?;
            tx.commit()?;
            self.touched
                .add_faces(slice.iter().map(|(face_id, _)| *face_id));
            after_slice(written);
            if is_half {
                std::thread::sleep(PAUSE_BETWEEN_SLICES);
            }
        }
        self.tidy(tidying)?;
        let tx = self.write()?;
        note_half_grouped(&tx, false)?;
        decided.update(&tx)?;
        tx.commit()?;
        change.decided_meanwhile = !decided.is_nothing();
        Ok(change)
    }

    /// Deletes unnamed groups without references.
    fn tidy(&mut self, tidying: Tidying<'_>) -> Result<(), LibraryError> {
        match tidying {
            Tidying::Groups(groups) => {
                let tx = self.write()?;
                for group_id in groups {
                    delete_unused(&tx, *group_id, *group_id)?;
                }
                tx.commit()?;
            }
            Tidying::All => {
                let last = self.row("SELECT max(group_id) FROM face_group", [], |row| {
                    row.get::<_, Option<i64>>(0)
                })?;
                let last = last.flatten().unwrap_or(0);
                for first in (0..=last).step_by(GROUPS_A_SLICE) {
                    let tx = self.write()?;
                    let end = first + GROUPS_A_SLICE as i64 - 1;
                    delete_unused(&tx, GroupId(first), GroupId(end))?;
                    tx.commit()?;
                }
            }
        }
        Ok(())
    }
}

fn assign(
    tx: &Transaction<'_>,
    face_id: FaceId,
    assignment: Assignment,
    decided: &DecidedSince,
    change: &mut GroupingChange,
) -> Result<(), LibraryError> {
    let Some(current) = free_face(tx, face_id)? else {
        change.skipped += 1;
        return Ok(());
    };
    let wanted = match assignment {
        Assignment::Group(group_id) => Some(group_id),
        Assignment::New(number) => change.created.get(&number).copied(),
        Assignment::Nowhere => None,
    };
    if decided.blocks(face_id, current, wanted) {
        change.skipped += 1;
        return Ok(());
    }
    let target = match assignment {
        Assignment::Group(group_id) if current == Some(group_id) => return Ok(()),
        Assignment::Group(group_id) if !may_join(tx, face_id, group_id)? => {
            change.skipped += 1;
            return Ok(());
        }
        Assignment::Group(group_id) => group_id,
        Assignment::New(number) => new_group(tx, number, change)?,
        Assignment::Nowhere => {
            change.moved += u32::from(current.is_some());
            tx.prepare_cached("DELETE FROM membership WHERE face_id = ?1")?
                .execute([face_id])?;
            return Ok(());
        }
    };
    tx.prepare_cached(
        "INSERT OR REPLACE INTO membership (face_id, group_id, state) VALUES (?1, ?2, ?3)",
    )?
    .execute((face_id, target, MembershipState::Automatic))?;
    change.moved += 1;
    Ok(())
}

/// The current automatic group (or none) of a face that grouping may move; `None` for any other face.
fn free_face(
    tx: &Transaction<'_>,
    face_id: FaceId,
) -> Result<Option<Option<GroupId>>, LibraryError> {
    let free = tx
        .prepare_cached(
            "SELECT m.group_id FROM face f LEFT JOIN membership m USING (face_id) LEFT JOIN face_mark k USING (face_id)
             WHERE f.face_id = ?1 AND k.mark IS NULL AND m.state IS NOT 'confirmed'",
        )?
        .query_row([face_id], |row| row.get(0))
        .optional()?;
    Ok(free)
}

fn may_join(
    tx: &Transaction<'_>,
    face_id: FaceId,
    group_id: GroupId,
) -> Result<bool, LibraryError> {
    let mut statement = tx.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM face_group WHERE group_id = ?2)
            AND NOT EXISTS (SELECT 1 FROM rejection WHERE face_id = ?1 AND group_id = ?2)",
    )?;
    Ok(statement.query_row((face_id, group_id), |row| row.get(0))?)
}

fn new_group(
    tx: &Transaction<'_>,
    number: u32,
    change: &mut GroupingChange,
) -> Result<GroupId, LibraryError> {
    if let Some(&group_id) = change.created.get(&number) {
        return Ok(group_id);
    }
    tx.prepare_cached("INSERT INTO face_group DEFAULT VALUES")?
        .execute([])?;
    let group_id = GroupId(tx.last_insert_rowid());
    change.created.insert(number, group_id);
    Ok(group_id)
}

/// Deletes the unused groups between two ids, inclusive.
fn delete_unused(tx: &Transaction<'_>, first: GroupId, last: GroupId) -> Result<(), LibraryError> {
    let sql = "DELETE FROM face_group WHERE group_id BETWEEN ?1 AND ?2 AND name IS NULL AND cover_face_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.group_id = face_group.group_id)
        AND NOT EXISTS (SELECT 1 FROM rejection r WHERE r.group_id = face_group.group_id)
        AND NOT EXISTS (SELECT 1 FROM apart a WHERE a.group_a = face_group.group_id)
        AND NOT EXISTS (SELECT 1 FROM apart a WHERE a.group_b = face_group.group_id)";
    tx.prepare_cached(sql)?.execute((first, last))?;
    Ok(())
}
