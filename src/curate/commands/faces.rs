//! Single faces: move, confirm, reject, hide, restore, choose as a cover.

use std::collections::BTreeSet;

use super::command::MoveTarget;
use super::message;
use crate::curate::CurateError;
use crate::library::{Edit, FaceId, GroupId, GroupRow, Mark, Membership, MembershipState};

pub(super) fn move_faces(
    edit: &mut Edit<'_>,
    faces: &[FaceId],
    to: MoveTarget,
) -> Result<String, CurateError> {
    let faces = distinct(edit, faces)?;
    match to {
        MoveTarget::Group(group) => {
            let row = existing_group(edit, group)?;
            let moved = put_into(edit, &faces, group)?;
            Ok(format!(
                "Moved {} to {}",
                message::faces(moved),
                message::called(&row)
            ))
        }
        MoveTarget::NewGroup => {
            let sources = groups_of(edit, &faces)?;
            let new_group = edit.create_group(GroupRow::default())?;
            let moved = put_into(edit, &faces, new_group)?;
            for source in sources {
                if !edit.shown_members(source)?.is_empty() {
                    edit.set_apart(source, new_group, true)?;
                }
            }
            Ok(format!("Moved {} to a new group", message::faces(moved)))
        }
    }
}

pub(super) fn confirm(edit: &mut Edit<'_>, faces: &[FaceId]) -> Result<String, CurateError> {
    let mut confirmed = 0;
    let mut groups = BTreeSet::new();
    for face in distinct(edit, faces)? {
        let membership = shown_membership(edit, face)?;
        if membership.state == MembershipState::Automatic {
            let state = MembershipState::Confirmed;
            edit.set_membership(
                face,
                Some(Membership {
                    state,
                    ..membership
                }),
            )?;
            groups.insert(membership.group);
            confirmed += 1;
        }
    }
    let confirmed = format!("Confirmed {}", message::faces(confirmed));
    Ok(match only_name(edit, &groups)? {
        Some(name) => format!("{confirmed} as {name}"),
        None => confirmed,
    })
}

pub(super) fn reject(edit: &mut Edit<'_>, faces: &[FaceId]) -> Result<String, CurateError> {
    let faces = distinct(edit, faces)?;
    let mut rejected = 0;
    let mut groups = BTreeSet::new();
    for face in faces {
        let Membership { group, .. } = shown_membership(edit, face)?;
        if is_all_of_an_unnamed_group(edit, face, group)? {
            continue;
        }
        let state = MembershipState::Automatic;
        let own_group = edit.create_group(GroupRow::default())?;
        edit.set_membership(
            face,
            Some(Membership {
                group: own_group,
                state,
            }),
        )?;
        edit.set_rejected(face, group, true)?;
        groups.insert(group);
        rejected += 1;
    }
    let removed = format!("Removed {} from", message::faces(rejected));
    Ok(match (only_name(edit, &groups)?, groups.len()) {
        (Some(name), _) => format!("{removed} {name}"),
        (None, 1) => format!("{removed} an unnamed group"),
        (None, several) => format!("{removed} {}", message::groups(several)),
    })
}

pub(super) fn mark(
    edit: &mut Edit<'_>,
    faces: &[FaceId],
    mark: Mark,
) -> Result<String, CurateError> {
    let marked = set_marks(edit, &distinct(edit, faces)?, Some(mark))?;
    Ok(match (mark, marked) {
        (Mark::Ignored, count) => format!("Ignored {}", message::faces(count)),
        (Mark::NotAFace, 1) => "Marked 1 face as not a face".to_owned(),
        (Mark::NotAFace, count) => format!("Marked {} as not faces", message::faces(count)),
    })
}

pub(super) fn restore(edit: &mut Edit<'_>, faces: &[FaceId]) -> Result<String, CurateError> {
    let restored = set_marks(edit, &distinct(edit, faces)?, None)?;
    Ok(format!("Restored {}", message::faces(restored)))
}

pub(super) fn set_cover(
    edit: &mut Edit<'_>,
    group: GroupId,
    face: FaceId,
) -> Result<String, CurateError> {
    let row = existing_group(edit, group)?;
    distinct(edit, &[face])?;
    if shown_membership(edit, face)
        .ok()
        .is_none_or(|membership| membership.group != group)
    {
        return Err(CurateError::NotInGroup { face, group });
    }
    let message = format!("Chose a cover for {}", message::called(&row));
    let cover = Some(face);
    edit.set_group(group, Some(GroupRow { cover, ..row }))?;
    Ok(message)
}

/// Confirms faces in a group, overriding earlier decisions, and returns how many that changed.
pub(super) fn put_into(
    edit: &mut Edit<'_>,
    faces: &[FaceId],
    group: GroupId,
) -> Result<usize, CurateError> {
    let state = MembershipState::Confirmed;
    let mut put = 0;
    for &face in faces {
        let changes = edit.changes().len();
        edit.set_rejected(face, group, false)?;
        edit.set_membership(face, Some(Membership { group, state }))?;
        edit.set_mark(face, None)?;
        put += usize::from(edit.changes().len() > changes);
    }
    Ok(put)
}

/// The faces without repeats, by id. Fails if there are none or one does not exist.
pub(super) fn distinct(edit: &Edit<'_>, faces: &[FaceId]) -> Result<Vec<FaceId>, CurateError> {
    let mut faces = faces.to_vec();
    faces.sort_unstable();
    faces.dedup();
    if faces.is_empty() {
        return Err(CurateError::NoFaces);
    }
    for &face in &faces {
        if !edit.face_exists(face)? {
            return Err(CurateError::UnknownFace(face));
        }
    }
    Ok(faces)
}

pub(super) fn existing_group(edit: &Edit<'_>, group: GroupId) -> Result<GroupRow, CurateError> {
    edit.group(group)?.ok_or(CurateError::UnknownGroup(group))
}

/// The membership of a face without a mark.
fn shown_membership(edit: &Edit<'_>, face: FaceId) -> Result<Membership, CurateError> {
    match (edit.mark(face)?, edit.membership(face)?) {
        (None, Some(membership)) => Ok(membership),
        _ => Err(CurateError::NotGrouped(face)),
    }
}

/// Rejecting such a face would change nothing.
fn is_all_of_an_unnamed_group(
    edit: &Edit<'_>,
    face: FaceId,
    group: GroupId,
) -> Result<bool, CurateError> {
    let unnamed = edit.group(group)?.is_some_and(|row| row.name.is_none());
    Ok(unnamed && edit.shows_nothing_but(group, face)?)
}

fn groups_of(edit: &Edit<'_>, faces: &[FaceId]) -> Result<BTreeSet<GroupId>, CurateError> {
    let mut groups = BTreeSet::new();
    for &face in faces {
        groups.extend(edit.membership(face)?.map(|membership| membership.group));
    }
    Ok(groups)
}

/// The name of the group, if there is exactly one and it has a name.
fn only_name(edit: &Edit<'_>, groups: &BTreeSet<GroupId>) -> Result<Option<String>, CurateError> {
    match (groups.first(), groups.len()) {
        (Some(&group), 1) => Ok(edit.group(group)?.and_then(|row| row.name)),
        _ => Ok(None),
    }
}

/// Sets or removes the mark of faces and returns how many that changed.
fn set_marks(
    edit: &mut Edit<'_>,
    faces: &[FaceId],
    mark: Option<Mark>,
) -> Result<usize, CurateError> {
    let before = edit.changes().len();
    for &face in faces {
        edit.set_mark(face, mark)?;
    }
    Ok(edit.changes().len() - before)
}
