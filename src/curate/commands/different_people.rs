//! "Different people": two groups that look alike are two people.
//!
//! Stored as rejections of one group's faces from the other, not as an `apart` row, which would fix the faces of both
//! groups and keep both from being merged with a third. With rejections, only the group that faces are rejected from
//! keeps its faces; the rejecting group can still be merged.

use super::faces::existing_group;
use super::message;
use crate::curate::CurateError;
use crate::library::{Edit, FaceId, GroupId, GroupRow, MembershipState};

pub(super) fn different_people(
    edit: &mut Edit<'_>,
    (one, other): (GroupId, GroupId),
) -> Result<String, CurateError> {
    if one == other {
        return Err(CurateError::OneGroup(one));
    }
    let sides = [Side::read(edit, one)?, Side::read(edit, other)?];
    let [one, other] = &sides;
    // The rejecting group stays free, so it is the unnamed or the smaller one.
    let (refusing, refused) = if one.weight() <= other.weight() {
        (one, other)
    } else {
        (other, one)
    };
    for (face, _) in &refusing.shown {
        edit.set_rejected(*face, refused.group, true)?;
    }
    Ok(message_of(&one.row, &other.row))
}

struct Side {
    group: GroupId,
    row: GroupRow,
    shown: Vec<(FaceId, MembershipState)>,
}

impl Side {
    fn read(edit: &Edit<'_>, group: GroupId) -> Result<Side, CurateError> {
        let row = existing_group(edit, group)?;
        let shown = edit.shown_members(group)?;
        if shown.is_empty() {
            return Err(CurateError::EmptyGroup(group));
        }
        Ok(Side { group, row, shown })
    }

    fn weight(&self) -> (bool, usize) {
        (self.row.name.is_some(), self.shown.len())
    }
}

fn message_of(one: &GroupRow, other: &GroupRow) -> String {
    match (&one.name, &other.name) {
        (None, None) => "Kept two unnamed groups apart".to_owned(),
        _ => format!(
            "Kept {} apart from {}",
            message::called(one),
            message::called(other)
        ),
    }
}
