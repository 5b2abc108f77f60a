//! Split: one group is several people.
//!
//! The groups get cannot-links and the moved faces are confirmed, so that grouping does not merge them again. In an
//! unnamed group the remaining faces are confirmed too; otherwise grouping could move them to the new group one by one.
//! Faces that cannot be looked at (their photo is away, or no longer shows them) move along without being confirmed.

use std::collections::HashMap;

use super::faces::{distinct, existing_group};
use super::message;
use super::name::confirm_seen;
use crate::curate::CurateError;
use crate::library::{Edit, FaceId, GroupId, GroupRow, Membership, MembershipState};

/// Maximum number of pieces of one split: every two of them get a cannot-link, and nobody reviews more at once.
pub const MAX_PIECES: usize = 200;

pub(super) fn split_faces(
    edit: &mut Edit<'_>,
    group: GroupId,
    faces: &[FaceId],
) -> Result<String, CurateError> {
    let row = existing_group(edit, group)?;
    let faces = distinct(edit, faces)?;
    let shown = shown(edit, group)?;
    check_in_group(&faces, group, &shown)?;
    if faces.len() == shown.len() {
        return Err(CurateError::NothingStays(group));
    }
    split_off(edit, (group, &row), &[faces.as_slice()], &shown)?;
    Ok(format!(
        "Split {} out of {}",
        message::faces(faces.len()),
        message::called(&row)
    ))
}

pub(super) fn split_at(
    edit: &mut Edit<'_>,
    group: GroupId,
    pieces: &[Vec<FaceId>],
) -> Result<String, CurateError> {
    let row = existing_group(edit, group)?;
    let pieces: Vec<&[FaceId]> = pieces
        .iter()
        .map(Vec::as_slice)
        .filter(|piece| !piece.is_empty())
        .collect();
    check_pieces(edit, &pieces)?;
    let shown = shown(edit, group)?;
    for piece in &pieces {
        check_in_group(piece, group, &shown)?;
    }
    let staying = staying_piece(&pieces, &row, &shown);
    let leaving: Vec<&[FaceId]> = pieces
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != staying)
        .map(|(_, piece)| *piece)
        .collect();
    split_off(edit, (group, &row), &leaving, &shown)?;
    Ok(format!(
        "Split {} into {}",
        message::called(&row),
        message::groups(pieces.len())
    ))
}

/// Moves each piece to a new group, with cannot-links between all of them.
fn split_off(
    edit: &mut Edit<'_>,
    (group, row): (GroupId, &GroupRow),
    pieces: &[&[FaceId]],
    shown: &HashMap<FaceId, MembershipState>,
) -> Result<(), CurateError> {
    let mut sides = vec![group];
    for piece in pieces {
        let new_group = edit.create_group(GroupRow::default())?;
        for &face in *piece {
            let state = match shown.get(&face) {
                Some(state) if !edit.is_present(face)? => *state,
                _ => MembershipState::Confirmed,
            };
            let membership = Membership {
                group: new_group,
                state,
            };
            edit.set_membership(face, Some(membership))?;
        }
        for &side in &sides {
            edit.set_apart(side, new_group, true)?;
        }
        sides.push(new_group);
    }
    if row.name.is_none() {
        confirm_seen(edit, group)?;
    }
    Ok(())
}

/// The index of the piece that stays; on a tie the first.
fn staying_piece(
    pieces: &[&[FaceId]],
    row: &GroupRow,
    shown: &HashMap<FaceId, MembershipState>,
) -> usize {
    let confirmed = |piece: &[FaceId]| {
        let states = piece.iter().filter_map(|face| shown.get(face));
        states
            .filter(|state| **state == MembershipState::Confirmed)
            .count()
    };
    let rank = |piece: &[FaceId]| {
        (
            if row.name.is_some() {
                confirmed(piece)
            } else {
                0
            },
            piece.len(),
        )
    };
    let ranked = pieces.iter().enumerate().rev();
    ranked
        .max_by_key(|(_, piece)| rank(piece))
        .map_or(0, |(index, _)| index)
}

fn shown(edit: &Edit<'_>, group: GroupId) -> Result<HashMap<FaceId, MembershipState>, CurateError> {
    Ok(edit.shown_members(group)?.into_iter().collect())
}

fn check_in_group(
    faces: &[FaceId],
    group: GroupId,
    shown: &HashMap<FaceId, MembershipState>,
) -> Result<(), CurateError> {
    match faces.iter().find(|face| !shown.contains_key(face)) {
        Some(&face) => Err(CurateError::NotInGroup { face, group }),
        None => Ok(()),
    }
}

fn check_pieces(edit: &Edit<'_>, pieces: &[&[FaceId]]) -> Result<(), CurateError> {
    if pieces.len() < 2 {
        return Err(CurateError::TooFewPieces);
    }
    if pieces.len() > MAX_PIECES {
        return Err(CurateError::TooManyPieces {
            pieces: pieces.len(),
            most: MAX_PIECES,
        });
    }
    let all: Vec<FaceId> = pieces.concat();
    let mut sorted = all.clone();
    sorted.sort_unstable();
    match sorted.array_windows().find(|[one, other]| one == other) {
        Some(&[face, _]) => Err(CurateError::FaceInTwoPieces(face)),
        None => distinct(edit, &all).map(|_| ()),
    }
}
