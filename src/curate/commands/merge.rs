//! Merge: several groups are one person.

use super::faces::existing_group;
use super::message;
use super::name::confirm_seen;
use crate::curate::CurateError;
use crate::library::{Edit, GroupId, GroupRow, Membership, MembershipState};

pub(super) fn merge(
    edit: &mut Edit<'_>,
    from: &[GroupId],
    into: GroupId,
) -> Result<String, CurateError> {
    let mut sources: Vec<(GroupId, GroupRow)> = Vec::new();
    for &group in from {
        if group != into && sources.iter().all(|(known, _)| *known != group) {
            sources.push((group, existing_group(edit, group)?));
        }
    }
    let mut target = existing_group(edit, into)?;
    if sources.is_empty() {
        return Err(CurateError::NothingToDo);
    }
    // Confirmed, so that grouping does not separate them again.
    if target.name.is_none() {
        confirm_seen(edit, into)?;
    } else if target.cover.is_none() {
        // A person keeps their cover, even if a better photo joins.
        target.cover = edit.best_face(into)?;
    }
    for (group, row) in &sources {
        move_members(edit, *group, row, into)?;
    }
    let groups: Vec<GroupId> = sources.iter().map(|(group, _)| *group).collect();
    for &group in &groups {
        hand_over_rejections(edit, group, into)?;
        hand_over_apart(edit, group, &groups, into)?;
        edit.set_group(group, None)?;
    }
    drop_overruled_rejections(edit, into)?;
    let message = message_of(&sources, &target);
    edit.set_group(into, Some(merged_row(&sources, target)))?;
    Ok(message)
}

/// Moves all members of a group; the faces of an unnamed one that can be looked at become confirmed.
fn move_members(
    edit: &mut Edit<'_>,
    group: GroupId,
    row: &GroupRow,
    into: GroupId,
) -> Result<(), CurateError> {
    for (face, state) in edit.shown_members(group)? {
        let state = match row.name {
            None if edit.is_present(face)? => MembershipState::Confirmed,
            _ => state,
        };
        edit.set_membership(face, Some(Membership { group: into, state }))?;
    }
    // The marked ones remain.
    for (face, state) in edit.all_members(group)? {
        edit.set_membership(face, Some(Membership { group: into, state }))?;
    }
    Ok(())
}

/// Faces rejected from the source are rejected from the target, except those that the merge itself puts into it.
fn hand_over_rejections(
    edit: &mut Edit<'_>,
    group: GroupId,
    into: GroupId,
) -> Result<(), CurateError> {
    for face in edit.rejected_faces(group)? {
        edit.set_rejected(face, group, false)?;
        if edit
            .membership(face)?
            .is_none_or(|membership| membership.group != into)
        {
            edit.set_rejected(face, into, true)?;
        }
    }
    Ok(())
}

fn drop_overruled_rejections(edit: &mut Edit<'_>, into: GroupId) -> Result<(), CurateError> {
    for face in edit.rejected_faces(into)? {
        if edit
            .membership(face)?
            .is_some_and(|membership| membership.group == into)
        {
            edit.set_rejected(face, into, false)?;
        }
    }
    Ok(())
}

fn hand_over_apart(
    edit: &mut Edit<'_>,
    group: GroupId,
    merged: &[GroupId],
    into: GroupId,
) -> Result<(), CurateError> {
    for other in edit.apart_from(group)? {
        edit.set_apart(group, other, false)?;
        if other != into && !merged.contains(&other) {
            edit.set_apart(into, other, true)?;
        }
    }
    Ok(())
}

/// The target's name and cover, or else the first ones among the sources.
fn merged_row(sources: &[(GroupId, GroupRow)], target: GroupRow) -> GroupRow {
    let first_name = || sources.iter().find_map(|(_, row)| row.name.clone());
    let first_cover = || sources.iter().find_map(|(_, row)| row.cover);
    GroupRow {
        name: target.name.or_else(first_name),
        cover: target.cover.or_else(first_cover),
    }
}

fn message_of(sources: &[(GroupId, GroupRow)], target: &GroupRow) -> String {
    let count = sources.len();
    match (sources, &target.name) {
        (
            [
                (
                    _,
                    GroupRow {
                        name: Some(source), ..
                    },
                ),
            ],
            Some(target),
        ) => format!("Merged {source} into {target}"),
        (_, Some(target)) => format!("Merged {} into {target}", message::groups(count)),
        (_, None) => match sources.iter().find_map(|(_, row)| row.name.as_deref()) {
            Some(name) => format!("Merged {} into {name}", message::groups(count)),
            None => format!("Merged {}", message::groups(count + 1)),
        },
    }
}
