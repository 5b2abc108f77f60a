//! Phrases shared by the messages of commands.

use crate::library::GroupRow;

/// "1 face", "148 faces".
pub(super) fn faces(count: usize) -> String {
    plural(count, "face")
}

/// "1 group", "3 groups".
pub(super) fn groups(count: usize) -> String {
    plural(count, "group")
}

/// The person's name, or a phrase for an unnamed group.
pub(super) fn called(group: &GroupRow) -> &str {
    group.name.as_deref().unwrap_or("an unnamed group")
}

fn plural(count: usize, noun: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{ending}")
}
