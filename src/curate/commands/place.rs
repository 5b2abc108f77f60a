//! Places a face that a changed photo no longer shows: what was decided about it goes to another face.

use super::faces::distinct;
use super::message;
use crate::curate::CurateError;
use crate::library::{Edit, FaceId, GroupRow, MembershipState};

pub(super) fn place(
    edit: &mut Edit<'_>,
    missing: FaceId,
    face: FaceId,
) -> Result<String, CurateError> {
    distinct(edit, &[missing, face])?;
    if !edit.is_missing(missing)? {
        return Err(CurateError::NotMissing(missing));
    }
    if edit.is_missing(face)? {
        return Err(CurateError::Missing(face));
    }
    refuse_confirmed_as_other(edit, missing, face)?;
    let name = move_membership(edit, missing, face)?;
    for group in edit.rejecting_groups(missing)? {
        edit.set_rejected(missing, group, false)?;
        let is_member = edit.membership(face)?.is_some_and(|own| own.group == group);
        // Confirmed just now, or before.
        if !is_member {
            edit.set_rejected(face, group, true)?;
        }
    }
    if let Some(mark) = edit.mark(missing)? {
        edit.set_mark(missing, None)?;
        edit.set_mark(face, Some(mark))?;
    }
    for group in edit.covered_groups(missing)? {
        if let Some(row) = edit.group(group)? {
            let cover = Some(face);
            edit.set_group(group, Some(GroupRow { cover, ..row }))?;
        }
    }
    let placed = "Placed a face that was not found";
    Ok(match name {
        Some(name) => format!("{placed}: it is {name}"),
        None => placed.to_owned(),
    })
}

/// Nobody is taken from their person, or hidden, without a word.
fn refuse_confirmed_as_other(
    edit: &Edit<'_>,
    missing: FaceId,
    face: FaceId,
) -> Result<(), CurateError> {
    let confirmed = |of: FaceId| {
        let membership = edit.membership(of)?;
        let membership = membership.filter(|own| own.state == MembershipState::Confirmed);
        Ok::<_, CurateError>(membership.map(|own| own.group))
    };
    let (Some(group), who) = (confirmed(face)?, confirmed(missing)?) else {
        return Ok(());
    };
    let is_hidden = edit.mark(missing)?.is_some();
    if who.is_none_or(|who| who == group) && !is_hidden {
        return Ok(());
    }
    let row = edit.group(group)?;
    let name = row.as_ref().map_or("another person", message::called);
    Err(CurateError::ConfirmedAsOther {
        face,
        name: name.to_owned(),
    })
}

/// Moves a confirmed membership, and returns what its group is called.
fn move_membership(
    edit: &mut Edit<'_>,
    missing: FaceId,
    face: FaceId,
) -> Result<Option<String>, CurateError> {
    let Some(membership) = edit.membership(missing)? else {
        return Ok(None);
    };
    edit.set_membership(missing, None)?;
    if membership.state != MembershipState::Confirmed {
        return Ok(None);
    }
    edit.set_rejected(face, membership.group, false)?;
    edit.set_membership(face, Some(membership))?;
    let row = edit.group(membership.group)?;
    Ok(row.as_ref().map(|row| message::called(row).to_owned()))
}
