//! Groups all faces of a library, with the user's decisions as constraints.
//!
//! Confirmed memberships are must-links ([`FaceToGroup::must_link`]), rejections and photos are cannot-links, and
//! marked faces take no part. Only automatic memberships change. Groups from a split, and groups that were named or
//! rejected from and have no confirmed face, keep their faces as if these were confirmed, because nothing else says
//! which faces the decision was about. So no face crosses a split, and grouping twice changes nothing.
//!
//! An automatic face that is grouped with confirmed faces of a person is a suggestion for that person. So is a face
//! that grouping leaves in a small cluster while identification accepts it as that person ([`super::small_clusters`]).
//! In this way, the new photos of a scan are identified by the grouping that follows it.

use std::collections::{HashMap, HashSet};

use super::constraints::Decisions;
use super::last_grouping::{LastGrouping, RULE};
use super::new_faces::add_new_faces;
use super::small_clusters::Clustering;
use super::{RegroupStep, RegroupSummary, Round, photo_label, until_undisturbed};
use crate::cluster::{Cut, FaceToGroup, group, inherited_ids};
use crate::curate::CurateError;
use crate::curate::by_face::ByFace;
use crate::curate::identify::{Exemplar, Gallery};
use crate::curate::pair_answers::library_cut;
use crate::library::{
    Assignment, FaceId, GroupId, GroupingFace, Library, LibraryError, MembershipState, Tidying,
};
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// Groups all faces by average linkage up to `cut` ([`crate::cluster::DEFAULT_CUT`]) and stores their automatic
/// memberships. Ids stay with the majority of a group's faces, names with its confirmed faces. Decisions made in the
/// meantime have priority; the faces are then grouped once more.
///
/// # Errors
/// [`CurateError::Stopped`] once `stop` is set; the groups are unchanged then. A write that has begun is completed.
pub fn regroup(
    library: &mut Library,
    cut: Cut,
    stop: &StopFlag,
    on_progress: &mut dyn FnMut(RegroupStep),
) -> Result<RegroupSummary, CurateError> {
    until_undisturbed(|| regroup_once(library, cut, stop, on_progress))
}

fn regroup_once(
    library: &mut Library,
    cut: Cut,
    stop: &StopFlag,
    on_progress: &mut dyn FnMut(RegroupStep),
) -> Result<Round, CurateError> {
    stop.check()?;
    on_progress(RegroupStep::Reading);
    library.begin_grouping()?;
    let (since, model) = (library.journal_position()?, library.embedding_model()?);
    let input = GroupingInput::read(library, stop)?;
    on_progress(RegroupStep::Grouping);
    let regrouped = input.grouped(cut, stop)?;
    let assignments = input.assignments(&regrouped);
    stop.check()?;
    on_progress(RegroupStep::Writing);
    let change = library.write_grouping(&assignments, since, Tidying::All, &mut |_| {})?;
    LastGrouping::new(input.faces.len(), cut, model).note(library)?;
    Ok(Round {
        summary: RegroupSummary {
            faces: input.faces.len(),
            groups: regrouped.ids.len(),
            moved: change.moved,
            created: change.created.len(),
        },
        decided_meanwhile: change.decided_meanwhile,
    })
}

/// Groups the faces at the library's own cut ([`library_cut`]): only the new faces if they are few
/// (`new_faces.rs`), else all ([`regroup`]). Does nothing if nothing has changed since the last time.
///
/// # Errors
/// As [`regroup`].
pub fn group_again(library: &mut Library, stop: &StopFlag) -> Result<RegroupSummary, CurateError> {
    if library.is_grouped_by(RULE)? {
        let (faces, groups) = library.grouped_counts()?;
        return Ok(RegroupSummary {
            faces: faces as usize,
            groups: groups as usize,
            moved: 0,
            created: 0,
        });
    }
    group_again_from(library, MANY_FACES, stop)
}

/// [`group_again`]; `None` if it was stopped.
pub fn group_unless_stopped(
    library: &mut Library,
    stop: &StopFlag,
) -> Result<Option<RegroupSummary>, CurateError> {
    match group_again(library, stop) {
        Ok(summary) => Ok(Some(summary)),
        Err(CurateError::Stopped(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// [`group_again`] without checking for changes; new faces are grouped alone if `many` faces have groups. For tests.
#[doc(hidden)]
pub fn group_again_from(
    library: &mut Library,
    many: u32,
    stop: &StopFlag,
) -> Result<RegroupSummary, CurateError> {
    let summary = until_undisturbed(|| {
        stop.check()?;
        let added = match library.grouped_faces()? >= many {
            true => add_new_faces(library, stop)?,
            false => None,
        };
        match added {
            Some(round) => Ok(round),
            None => {
                let cut = library_cut(library)?;
                regroup_once(library, cut, stop, &mut |_| {})
            }
        }
    })?;
    library.end_grouping(RULE)?;
    Ok(summary)
}

/// With fewer faces than this, grouping all of them takes a few seconds (`docs/grouping.md`, scale), and the result is
/// better.
const MANY_FACES: u32 = 50_000;

/// The input of grouping, read at once.
struct GroupingInput {
    /// One for each embedding.
    faces: Vec<GroupingFace>,
    embeddings: Vec<Centred>,
    decisions: Decisions,
    /// All people with confirmed faces, named or not: small clusters may be assigned to them.
    gallery: Gallery,
}

/// The faces to group that are comparable, by id.
fn faces_with_embeddings(
    library: &Library,
) -> Result<(Vec<GroupingFace>, Vec<Centred>), LibraryError> {
    let to_group = library.faces_to_group()?.into_iter();
    let mut to_group = ByFace::new(to_group.map(|face| (face.face_id, face)));
    let (mut faces, mut embeddings) = (Vec::new(), Vec::new());
    library.each_centred(|face_id, centred| {
        if let Some(face) = to_group.of(face_id) {
            faces.push(face);
            embeddings.push(centred);
        }
    })?;
    Ok((faces, embeddings))
}

/// The confirmed faces.
fn exemplars(faces: &[GroupingFace], embeddings: &[Centred]) -> Vec<Exemplar> {
    let exemplar = |(face, embedding): (&GroupingFace, &Centred)| match face.membership {
        Some((group_id, MembershipState::Confirmed)) => Some(Exemplar {
            group_id,
            face_id: face.face_id,
            embedding: *embedding,
        }),
        _ => None,
    };
    faces.iter().zip(embeddings).filter_map(exemplar).collect()
}

/// The label of each face, and the id of each label unless it is new.
struct Regrouped {
    labels: Vec<u32>,
    ids: Vec<Option<GroupId>>,
}

impl Regrouped {
    fn id_of(&self, position: usize) -> Option<GroupId> {
        self.ids[self.labels[position] as usize]
    }
}

impl GroupingInput {
    fn read(library: &Library, stop: &StopFlag) -> Result<GroupingInput, CurateError> {
        stop.check()?;
        let (faces, embeddings) = faces_with_embeddings(library)?;
        stop.check()?;
        let exemplars = exemplars(&faces, &embeddings);
        let input = GroupingInput {
            faces,
            embeddings,
            decisions: Decisions::of(library)?,
            gallery: Gallery::of_exemplars(exemplars, library)?,
        };
        stop.check()?;
        Ok(input)
    }

    /// Groups until another round would change nothing. A second round is only necessary if a group that keeps its
    /// faces has gained some; the number of must-links grows with each round, so the rounds end.
    fn grouped(&self, cut: Cut, stop: &StopFlag) -> Result<Regrouped, Stopped> {
        let mut current: Vec<Option<GroupId>> = self
            .faces
            .iter()
            .map(|face| face.membership.map(|(group_id, _)| group_id))
            .collect();
        let mut must_link = self.must_link(&current);
        loop {
            let faces = self.to_group(&must_link);
            let mut labels = group(&self.embeddings, &faces, cut, stop)?;
            Clustering {
                labels: &mut labels,
                embeddings: &self.embeddings,
                faces: &faces,
                must_link: &must_link,
            }
            .assign_small_clusters(&self.gallery, stop)?;
            let ids = inherited_ids(&labels, &current, &must_link);
            let regrouped = Regrouped { labels, ids };
            current = (0..self.faces.len())
                .map(|position| regrouped.id_of(position))
                .collect();
            let must_link_next = self.must_link(&current);
            if must_link_next == must_link {
                return Ok(regrouped);
            }
            must_link = must_link_next;
        }
    }

    /// The group that each face must stay in, given the current groups: by confirmation or by [`Decisions::must_link`].
    fn must_link(&self, current: &[Option<GroupId>]) -> Vec<Option<GroupId>> {
        let confirmed = |face: &GroupingFace| match face.membership {
            Some((group_id, MembershipState::Confirmed)) => Some(group_id),
            _ => None,
        };
        let with_confirmed: HashSet<GroupId> = self.faces.iter().filter_map(confirmed).collect();
        let holds = |group_id: &GroupId| {
            let has_confirmed = with_confirmed.contains(group_id);
            self.decisions.must_link(*group_id, has_confirmed)
        };
        let must_link = current.iter().map(|group_id| group_id.filter(holds));
        self.faces
            .iter()
            .map(confirmed)
            .zip(must_link)
            .map(|(confirmed, must_link)| confirmed.or(must_link))
            .collect()
    }

    fn to_group(&self, must_link: &[Option<GroupId>]) -> Vec<FaceToGroup> {
        let mut labels: HashMap<GroupId, u32> = HashMap::new();
        for group_id in must_link.iter().flatten() {
            let next = labels.len() as u32;
            labels.entry(*group_id).or_insert(next);
        }
        let bound = |(face, must_link): (&GroupingFace, &Option<GroupId>)| FaceToGroup {
            photo: photo_label(face.photo_id.0),
            must_link: must_link.map(|group_id| labels[&group_id]),
            cannot_link: self
                .decisions
                .rejected_from(face.face_id)
                .filter_map(|group_id| labels.get(&group_id).copied())
                .collect(),
            face_flag: match must_link {
                Some(_) => 1.0,
                None => face.face_flag.unwrap_or(1.0),
            },
        };
        self.faces.iter().zip(must_link).map(bound).collect()
    }

    /// The memberships that change. Confirmed faces never do.
    fn assignments(&self, regrouped: &Regrouped) -> Vec<(FaceId, Assignment)> {
        let mut assignments = Vec::new();
        for (position, face) in self.faces.iter().enumerate() {
            let assignment = match regrouped.id_of(position) {
                Some(group_id) if face.membership.is_some_and(|(today, _)| today == group_id) => {
                    continue;
                }
                Some(group_id) => Assignment::Group(group_id),
                None => Assignment::New(regrouped.labels[position]),
            };
            assignments.push((face.face_id, assignment));
        }
        assignments
    }
}
