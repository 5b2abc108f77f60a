//! The invariants of the library, as queries that must return nothing.

use super::{Library, LibraryError, same_names};

const FORBIDDEN: &[(&str, &str)] = &[
    (
        "a face is a member of a group that it was rejected from",
        "SELECT m.face_id FROM membership m JOIN rejection r USING (face_id, group_id)",
    ),
    (
        "an undone entry of the journal is older than one that isn't",
        "SELECT a.entry_id FROM journal a WHERE a.undone = 1
            AND EXISTS (SELECT 1 FROM journal b WHERE b.undone = 0 AND b.is_note = 0 AND b.entry_id > a.entry_id)",
    ),
    (
        "two photos are present at one path",
        "SELECT min(photo_id) FROM photo WHERE vanished = 0 GROUP BY root_id, path HAVING count(*) > 1",
    ),
    (
        "an id may be used again",
        "SELECT max(group_id) FROM face_group HAVING max(group_id) >
            (SELECT seq FROM sqlite_sequence WHERE name = 'face_group')",
    ),
];

impl Library {
    /// Describes every violated invariant; empty if there are none. Reads the whole file.
    pub fn check_invariants(&self) -> Result<Vec<String>, LibraryError> {
        let mut broken = self.rows("PRAGMA integrity_check", [], |row| row.get::<_, String>(0))?;
        broken.retain(|line| line != "ok");
        broken.extend(self.rows("PRAGMA foreign_key_check", [], |row| {
            let (table, row_id): (String, Option<i64>) = (row.get(0)?, row.get(1)?);
            Ok(format!("a reference of {table} row {row_id:?} is broken"))
        })?);
        for (what, sql) in FORBIDDEN {
            let found = self.rows(sql, [], |row| row.get::<_, i64>(0))?;
            broken.extend(found.into_iter().map(|id| format!("{what}: {id}")));
        }
        broken.extend(self.shared_names()?);
        Ok(broken)
    }

    fn shared_names(&self) -> Result<Vec<String>, LibraryError> {
        let same = same_names(&self.people()?).into_iter();
        Ok(same
            .map(|[(one, name), (other, _)]| {
                format!("groups {one} and {other} are both called {name:?}")
            })
            .collect())
    }
}
