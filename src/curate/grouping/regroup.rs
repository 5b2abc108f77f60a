//! Groups the faces of a library again, keeping everything a person has decided.
//!
//! Confirmed memberships bind ([`FaceToGroup::must_link`]), rejections and photos keep faces apart, ignored faces take no
//! part; only automatic memberships change. Groups that a person pulled apart, and groups that were named or rejected from
//! without a confirmed face, keep the faces they have: those are held as if confirmed, since nothing else says which
//! faces the decision was about. So no face crosses a split, and regrouping twice changes nothing.
//!
//! An automatic face that lands with confirmed faces of a person is a suggestion on that person's page. So is one that
//! grouping leaves alone or in a small group while identification accepts it as that person ([`super::small_clusters`]): new photos
//! of a scan are identified by the grouping that follows, and unknown faces form groups among themselves.

use std::collections::{HashMap, HashSet};

use super::constraints::Decisions;
use super::last_grouping::LastGrouping;
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

/// Groups all faces by average linkage up to `cut` ([`crate::cluster::DEFAULT_CUT`]) and writes their automatic
/// memberships. Ids of groups stay with most of their faces; names stay with their confirmed faces. What people decide while
/// it runs stands; the faces are then grouped once more, by what was decided.
///
/// # Errors
/// [`CurateError::Stopped`] once `stop` is set, with the groups as they were. What is being written by then is written to the end.
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
    let since = library.journal_position()?;
    let input = GroupingInput::read(library, stop)?;
    on_progress(RegroupStep::Grouping);
    let regrouped = input.grouped(cut, stop)?;
    let assignments = input.assignments(&regrouped);
    stop.check()?;
    on_progress(RegroupStep::Writing);
    let change = library.write_grouping(&assignments, since, Tidying::All, &mut |_| {})?;
    LastGrouping::new(input.faces.len(), cut).note(library)?;
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

/// Groups the faces at the cut that this library has fitted_offsets ([`library_cut`]): where few are new among many
/// only those, with what they bring together ([`super::new_faces`]), else all ([`regroup`]). Nothing is done where nothing
/// has changed since the last time.
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

/// [`group_again`] whether or not something has changed, and where `many` faces in groups are many: a test has fewer.
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

/// What a library's own cut groups by: another version may do it otherwise.
const RULE: &str = env!("CARGO_PKG_VERSION");

/// Below this many faces a last grouping is a matter of a few seconds (`docs/grouping.md`, scale), and it is the better one.
const MANY_FACES: u32 = 50_000;

/// What grouping needs to know, read at one go.
struct GroupingInput {
    /// Of the same length as `embeddings`.
    faces: Vec<GroupingFace>,
    embeddings: Vec<Centred>,
    decisions: Decisions,
    /// Everybody with confirmed faces: they claim what grouping leaves over.
    gallery: Gallery,
}

/// The faces to group that can be compared, by face.
fn faces_with_embeddings(
    library: &Library,
) -> Result<(Vec<GroupingFace>, Vec<Centred>), LibraryError> {
    let to_group = library.faces_to_group()?.into_iter();
    let mut to_group = ByFace::new(to_group.map(|face| (face.face_id, face)));
    let (mut faces, mut embeddings) = (Vec::new(), Vec::new());
    library.each_embedding(|face_id, embedding| {
        if let Some(face) = to_group.of(face_id) {
            faces.push(face);
            embeddings.push(embedding.centred());
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

/// A grouping of all faces: a label each, and the id of each label where it has one.
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

    /// Groups until a further grouping would change nothing. A second round is needed only where a held group has
    /// gained faces, which it then holds; each round holds more, so the rounds end.
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

    /// The group that each face must stay in, given where all are now: confirmed, or held.
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
        let held = current.iter().map(|group_id| group_id.filter(holds));
        self.faces
            .iter()
            .map(confirmed)
            .zip(held)
            .map(|(confirmed, held)| confirmed.or(held))
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
        };
        self.faces.iter().zip(must_link).map(bound).collect()
    }

    /// The memberships that differ from today's. Confirmed faces are where they are.
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
