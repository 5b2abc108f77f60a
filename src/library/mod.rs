//! The SQLite file: the one truth about photos, faces, groups and the journal.
