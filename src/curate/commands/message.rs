//! Phrases shared by the messages of commands.

use crate::library::GroupRow;
use crate::text::counted;

/// "1 face", "148 faces".
pub(super) fn faces(count: usize) -> String {
    counted(count as u64, "face")
}

/// "1 group", "3 groups".
pub(super) fn groups(count: usize) -> String {
    counted(count as u64, "group")
}

/// The person's name, or a phrase for an unnamed group.
pub(super) fn called(group: &GroupRow) -> &str {
    group.name.as_deref().unwrap_or("an unnamed group")
}
