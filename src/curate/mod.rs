//! Everything a person can do to the groups, undoable; grouping and identification.
