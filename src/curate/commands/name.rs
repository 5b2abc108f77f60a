//! Names: name a group, rename a person, delete a name.

use super::faces::{distinct, existing_group, put_into};
use super::message;
use crate::curate::CurateError;
use crate::library::{
    Edit, FaceId, GroupId, GroupRow, Membership, MembershipState, free_name, name_key, tidy_name,
};

/// Maximum number of characters of a name: more than any name has, and short enough for an album's folder.
pub const MAX_NAME_LENGTH: usize = 120;

pub(super) fn name_group(
    edit: &mut Edit<'_>,
    group: GroupId,
    name: &str,
) -> Result<String, CurateError> {
    let name = checked(name)?;
    let row = existing_group(edit, group)?;
    if let Some((other, name)) = person_called(edit, &name)?
        && other != group
    {
        return Err(CurateError::NameTaken {
            free: free_name_in(edit, &name)?,
            group: other,
            name,
        });
    }
    let message = match &row.name {
        Some(former) => format!("Renamed {former} to {name}"),
        None => {
            let seen = confirm_seen(edit, group)?;
            if seen == 0 {
                return Err(CurateError::EmptyGroup(group));
            }
            format!("Named {} {name}", message::faces(seen))
        }
    };
    let row = GroupRow {
        name: Some(name),
        ..row
    };
    edit.set_group(group, Some(row))?;
    Ok(message)
}

pub(super) fn delete_name(edit: &mut Edit<'_>, group: GroupId) -> Result<String, CurateError> {
    let row = existing_group(edit, group)?;
    let Some(name) = &row.name else {
        return Err(CurateError::NothingToDo);
    };
    let message = format!("Deleted the name {name}");
    edit.set_group(group, Some(GroupRow { name: None, ..row }))?;
    Ok(message)
}

pub(super) fn name_faces(
    edit: &mut Edit<'_>,
    faces: &[FaceId],
    name: &str,
) -> Result<String, CurateError> {
    let name = checked(name)?;
    let faces = distinct(edit, faces)?;
    let (person, name) = match person_called(edit, &name)? {
        Some(known) => known,
        None => {
            let row = GroupRow {
                name: Some(name.clone()),
                cover: None,
            };
            (edit.create_group(row)?, name)
        }
    };
    let named = put_into(edit, &faces, person)?;
    Ok(format!("Named {} {name}", message::faces(named)))
}

/// Confirms every face of a group that can be looked at, and returns their number. A face whose photo is away, or no
/// longer shows it, was not looked at: it stays in the group, as a suggestion unless it was confirmed before.
pub(super) fn confirm_seen(edit: &mut Edit<'_>, group: GroupId) -> Result<usize, CurateError> {
    let mut seen = 0;
    for (face, _) in edit.shown_members(group)? {
        if edit.is_present(face)? {
            let state = MembershipState::Confirmed;
            edit.set_membership(face, Some(Membership { group, state }))?;
            seen += 1;
        }
    }
    Ok(seen)
}

fn checked(name: &str) -> Result<String, CurateError> {
    let name = tidy_name(name);
    let length = name.chars().count();
    match length {
        0 => Err(CurateError::EmptyName),
        1..=MAX_NAME_LENGTH => Ok(name),
        _ => Err(CurateError::LongName {
            length,
            most: MAX_NAME_LENGTH,
        }),
    }
}

/// A name that nobody has, for another person of this name: `Maria (2)`.
fn free_name_in(edit: &Edit<'_>, name: &str) -> Result<String, CurateError> {
    let people = edit.people()?;
    let taken = people.iter().map(|(_, known)| known.as_str());
    Ok(free_name(name, taken))
}

/// The person of this name, and the name as it is stored. Case, spacing and what is not seen make no other name; of two
/// that an earlier version distinguished by these, the one that is spelt the same is taken.
fn person_called(edit: &Edit<'_>, name: &str) -> Result<Option<(GroupId, String)>, CurateError> {
    let key = name_key(name);
    let alike = edit.people()?.into_iter();
    let alike: Vec<_> = alike.filter(|(_, known)| name_key(known) == key).collect();
    let exact = alike.iter().position(|(_, known)| known == name);
    Ok(alike.into_iter().nth(exact.unwrap_or(0)))
}
