//! Random and chosen decisions about the faces of a library, and the state that grouping must not change.

use std::collections::BTreeMap;

use kinfolk::library::{
    Edit, FaceId, FaceState, GroupId, GroupRow, Library, Mark, Membership, MembershipState,
};

use super::draw::Draw;

/// Group and state of every face.
pub type Places = BTreeMap<FaceId, (Option<GroupId>, FaceState)>;

pub fn places(library: &Library) -> Places {
    let faces = library.all_faces().expect("faces").into_iter();
    faces
        .map(|face| (face.face_id, (face.group, face.state)))
        .collect()
}

pub fn decide(library: &mut Library, change: impl FnOnce(&mut Edit<'_>)) {
    let mut edit = library.edit().expect("an edit");
    change(&mut edit);
    edit.commit(&"test", "a test decided").expect("commit");
}

pub fn confirm(edit: &mut Edit<'_>, face: FaceId, group: GroupId) {
    let state = MembershipState::Confirmed;
    edit.set_membership(face, Some(Membership { group, state }))
        .expect("a membership");
}

pub fn name(edit: &mut Edit<'_>, group: GroupId, name: &str) {
    let row = GroupRow {
        name: Some(name.into()),
        cover: None,
    };
    edit.set_group(group, Some(row)).expect("a name");
}

/// Names (half of them without a confirmed face), confirmations, rejections, marks, splits.
pub fn decide_at_random(
    library: &mut Library,
    faces: &[FaceId],
    draw: &mut Draw,
    decisions: usize,
) {
    for nth in 0..decisions {
        let face = faces[draw.below(faces.len())];
        let Some(group) = places(library)[&face].0 else {
            continue;
        };
        let kind = draw.below(5);
        let members = library.faces_of_group(group).expect("members");
        let mut members: Vec<FaceId> = members.iter().map(|row| row.face_id).collect();
        members.sort_unstable();
        decide(library, |edit| match kind {
            0 => {
                name(edit, group, &format!("person {nth}"));
                if draw.below(2) == 0 {
                    confirm(edit, face, group);
                }
            }
            1 => confirm(edit, face, group),
            2 => {
                edit.set_membership(face, None).expect("no membership");
                edit.set_rejected(face, group, true).expect("a rejection");
            }
            3 => edit.set_mark(face, Some(Mark::NotAFace)).expect("a mark"),
            _ => {
                let piece = edit.create_group(GroupRow::default()).expect("a group");
                let half = members.iter().step_by(2);
                half.for_each(|&face| confirm(edit, face, piece));
                edit.set_apart(group, piece, true).expect("a split");
            }
        });
    }
}

/// Names with their confirmed faces, marks, rejections, splits: what grouping must never change.
pub fn decided(library: &Library) -> impl PartialEq + std::fmt::Debug + use<> {
    let confirmed: Places = places(library)
        .into_iter()
        .filter(|(_, (_, state))| *state == FaceState::Confirmed)
        .collect();
    let marked = library.marked_faces(Mark::NotAFace).expect("marked faces");
    let marked: Vec<FaceId> = marked.iter().map(|face| face.face_id).collect();
    (
        confirmed,
        marked,
        library.people().expect("people"),
        library.rejections().expect("rejections"),
        library.apart_pairs().expect("splits"),
    )
}
