//! What the questions are made from, read at one go.

use std::collections::{HashMap, HashSet};

use crate::cluster::{Centre, Rule, Sameness, learned};
use crate::curate::verdict::standing_verdicts;
use crate::library::{FaceId, GroupId, GroupingFace, Library, LibraryError, MembershipState};
use crate::vision::Centred;

/// A group with the faces of it that can be compared.
pub(super) struct ReviewedGroup {
    pub(super) group_id: GroupId,
    pub(super) named: bool,
    /// The three are of one length.
    pub(super) faces: Vec<GroupingFace>,
    pub(super) embeddings: Vec<Centred>,
    pub(super) centre: Centre,
    /// Its photos, sorted, each once.
    photos: Vec<i64>,
}

impl ReviewedGroup {
    pub(super) fn is_confirmed(&self, position: usize) -> bool {
        let membership = self.faces[position].membership;
        membership.is_some_and(|(_, state)| state == MembershipState::Confirmed)
    }

    pub(super) fn has_confirmed(&self) -> bool {
        (0..self.faces.len()).any(|position| self.is_confirmed(position))
    }
}

pub(super) struct Facts {
    /// By id.
    pub(super) groups: Vec<ReviewedGroup>,
    /// Pairs of places in `groups`, lower first, that a person said are two people.
    refused: HashSet<(usize, usize)>,
    pub(super) sameness: Sameness,
    /// What grouping joins by.
    pub(super) rule: Rule,
}

impl Facts {
    pub(super) fn read(library: &Library) -> Result<Facts, LibraryError> {
        let embeddings: HashMap<FaceId, Centred> = library
            .embeddings()?
            .into_iter()
            .map(|(face_id, embedding)| (face_id, embedding.centred()))
            .collect();
        let people = library.named_groups()?;
        let verdicts = standing_verdicts(library)?;
        let faces = embeddings.len();
        let taught = learned(&verdicts, faces);
        let groups = groups_of(library.faces_to_group()?, &embeddings, &people);
        Ok(Facts {
            refused: refused_pairs(library, &groups)?,
            groups,
            sameness: Sameness::new(faces, taught),
            rule: Rule::new(taught.cut(verdicts.len()), faces),
        })
    }

    /// Whether nothing speaks against two groups being one person: not two names, nor a photo with both, nor a person's
    /// word.
    pub(super) fn may_be_one(&self, a: usize, b: usize) -> bool {
        let (one, other) = (&self.groups[a], &self.groups[b]);
        let refused = self.refused.contains(&(a.min(b), a.max(b)));
        let two_names = one.named && other.named;
        !(refused || two_names || shares(&one.photos, &other.photos))
    }
}

fn groups_of(
    faces: Vec<GroupingFace>,
    embeddings: &HashMap<FaceId, Centred>,
    people: &HashSet<GroupId>,
) -> Vec<ReviewedGroup> {
    let mut by_group: HashMap<GroupId, (Vec<GroupingFace>, Vec<Centred>)> = HashMap::new();
    for face in faces {
        if let (Some((group_id, _)), Some(embedding)) =
            (face.membership, embeddings.get(&face.face_id))
        {
            let (faces, embeddings) = by_group.entry(group_id).or_default();
            faces.push(face);
            embeddings.push(*embedding);
        }
    }
    let mut groups: Vec<ReviewedGroup> = by_group
        .into_iter()
        .map(|(group_id, (faces, embeddings))| {
            let mut photos: Vec<i64> = faces.iter().map(|face| face.photo_id.0).collect();
            photos.sort_unstable();
            photos.dedup();
            ReviewedGroup {
                group_id,
                named: people.contains(&group_id),
                centre: Centre::of(&embeddings),
                faces,
                embeddings,
                photos,
            }
        })
        .collect();
    groups.sort_unstable_by_key(|group| group.group_id);
    groups
}

/// By splits, and by rejections: a group with a face that was rejected from another is not that other.
fn refused_pairs(
    library: &Library,
    groups: &[ReviewedGroup],
) -> Result<HashSet<(usize, usize)>, LibraryError> {
    let place: HashMap<GroupId, usize> = groups
        .iter()
        .enumerate()
        .map(|(place, group)| (group.group_id, place))
        .collect();
    let of_face: HashMap<FaceId, usize> = groups
        .iter()
        .enumerate()
        .flat_map(|(place, group)| group.faces.iter().map(move |face| (face.face_id, place)))
        .collect();
    let split = library.apart_pairs()?.into_iter();
    let split = split.map(|(a, b)| (place.get(&a), place.get(&b)));
    let rejected = library.rejections()?.into_iter();
    let rejected = rejected.map(|(face, group)| (of_face.get(&face), place.get(&group)));
    let both = split.chain(rejected).filter_map(|pair| match pair {
        (Some(&a), Some(&b)) => Some((a.min(b), a.max(b))),
        _ => None,
    });
    Ok(both.collect())
}

/// Whether two sorted lists have an item in common; by the shorter one.
fn shares(a: &[i64], b: &[i64]) -> bool {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().any(|item| many.binary_search(item).is_ok())
}
