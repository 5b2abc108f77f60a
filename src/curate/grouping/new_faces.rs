//! Groups a few new faces of a large library: adds them to the existing groups, which are not computed again.
//!
//! As in a grouping of all faces (`regroup.rs`), confirmed faces and group ids stay, rejections, splits and
//! photos are constraints, and small clusters are assigned to known people. New faces are the recognizable faces
//! without a group. Existing groups stay whole; two of them merge only if a new face connects them.

use std::collections::HashSet;

use super::constraints::Decisions;
use super::existing_groups::{ExistingGroups, NewFace};
use super::last_grouping::LastGrouping;
use super::small_clusters::{KnownPerson, MAX_SMALL_CLUSTER, permitted, proposals};
use super::{RegroupSummary, Round};
use crate::cluster::calibration::prior_log_odds;
use crate::cluster::{FaceToGroup, Rule, Union, group_new_faces};
use crate::curate::CurateError;
use crate::curate::identify::Gallery;
use crate::curate::pair_answers::cut_among;
use crate::library::{Assignment, FaceId, GroupId, Library, LibraryError, Tidying};
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// With more new faces than this, all faces are grouped, because each close pair of new faces takes 8 bytes and every
/// pair may be close.
const MAX_NEW_FACES: usize = 10_000;

/// Groups the new faces of a library. `None` if all faces must be grouped: they never were, answers have changed the
/// cut since, or the library has grown too much.
pub(super) fn add_new_faces(
    library: &mut Library,
    stop: &StopFlag,
) -> Result<Option<Round>, CurateError> {
    let Some(last) = LastGrouping::last(library)? else {
        return Ok(None);
    };
    let cut = cut_among(library, last.faces)?;
    if !last.is_by(cut, &library.embedding_model()?) {
        return Ok(None);
    }
    library.begin_grouping()?;
    let since = library.journal_position()?;
    let (existing, new_faces) = ExistingGroups::read(library)?;
    stop.check()?;
    let faces = existing.faces() + new_faces.len();
    if new_faces.len() > MAX_NEW_FACES || last.is_outgrown_by(faces) {
        return Ok(None);
    }
    let grouping = NewFaceGrouping::new(library, existing, new_faces)?;
    let unions = grouping.unions(&Rule::new(cut, faces), stop)?;
    let (assignments, left) = grouping.assignments(unions, library, stop)?;
    stop.check()?;
    let change =
        library.write_grouping(&assignments, since, Tidying::Groups(&left), &mut |_| {})?;
    let groups = grouping.existing.groups() + change.created.len() - left.len();
    Ok(Some(Round {
        summary: RegroupSummary {
            faces,
            groups,
            moved: change.moved,
            created: change.created.len(),
        },
        decided_meanwhile: change.decided_meanwhile,
    }))
}

/// The assignments of faces that change their group, and the groups that lose all their faces.
type Moves = (Vec<(FaceId, Assignment)>, Vec<GroupId>);

struct NewFaceGrouping {
    existing: ExistingGroups,
    new_faces: Vec<NewFace>,
    decisions: Decisions,
    /// All people with confirmed faces, named or not: small clusters may be assigned to them.
    gallery: Gallery,
    /// The constraints of each new face. The label of a group is its place in `existing`.
    constraints: Vec<FaceToGroup>,
}

/// A union, and the group that its faces go to.
struct PlacedUnion {
    union: Union,
    into: Target,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Target {
    /// The group at this place.
    Existing(usize),
    /// A new group, by number.
    New(u32),
}

impl NewFaceGrouping {
    fn new(
        library: &Library,
        mut existing: ExistingGroups,
        new_faces: Vec<NewFace>,
    ) -> Result<NewFaceGrouping, LibraryError> {
        let decisions = Decisions::of(library)?;
        let gallery = Gallery::of_exemplars(existing.take_exemplars(), library)?;
        let constraints = new_faces
            .iter()
            .map(|new_face| FaceToGroup {
                photo: new_face.photo,
                must_link: None,
                cannot_link: cannot_link(&existing, &decisions, new_face.face_id),
                face_flag: new_face.face_flag,
            })
            .collect();
        Ok(NewFaceGrouping {
            existing,
            new_faces,
            decisions,
            gallery,
            constraints,
        })
    }

    fn unions(&self, rule: &Rule, stop: &StopFlag) -> Result<Vec<Union>, Stopped> {
        let embeddings: Vec<Centred> = self
            .new_faces
            .iter()
            .map(|new_face| new_face.embedding)
            .collect();
        group_new_faces(
            self.existing.centres(),
            |place| self.constraints_of(place),
            &embeddings,
            &self.constraints,
            rule,
            stop,
        )
    }

    /// The constraints of the faces of the group at a place.
    fn constraints_of(&self, place: usize) -> Vec<FaceToGroup> {
        let must_link = self.is_must_link(place).then_some(place as u32);
        self.existing
            .members(place)
            .map(|member| FaceToGroup {
                photo: member.photo,
                must_link,
                cannot_link: cannot_link(&self.existing, &self.decisions, member.face_id),
                face_flag: if must_link.is_some() {
                    1.0
                } else {
                    member.face_flag
                },
            })
            .collect()
    }

    fn is_must_link(&self, place: usize) -> bool {
        let has_confirmed = self.existing.has_confirmed(place);
        let group_id = self.existing.group_id(place);
        has_confirmed || self.decisions.must_link(group_id, has_confirmed)
    }

    /// The assignments of faces that change their group, and the groups that lose all their faces.
    fn assignments(
        &self,
        unions: Vec<Union>,
        library: &Library,
        stop: &StopFlag,
    ) -> Result<Moves, CurateError> {
        let mut placed: Vec<PlacedUnion> = unions
            .into_iter()
            .zip(0..)
            .map(|(union, number)| PlacedUnion {
                into: self.target(&union, number),
                union,
            })
            .collect();
        self.assign_small_clusters(&mut placed, library, stop)?;
        let (mut assignments, mut left) = (Vec::new(), Vec::new());
        for PlacedUnion { union, into } in &placed {
            let assignment = match *into {
                Target::Existing(place) => Assignment::Group(self.existing.group_id(place)),
                Target::New(number) => Assignment::New(number),
            };
            let new_faces = union.new_faces.iter();
            assignments
                .extend(new_faces.map(|&new_face| (self.new_faces[new_face].face_id, assignment)));
            for &place in &union.existing {
                if *into != Target::Existing(place) {
                    let members = self.existing.members(place);
                    assignments.extend(members.map(|member| (member.face_id, assignment)));
                    left.push(self.existing.group_id(place));
                }
            }
        }
        Ok((assignments, left))
    }

    /// The group whose id a union takes: one with must-links, else the largest; on a tie the oldest.
    fn target(&self, union: &Union, number: u32) -> Target {
        let rank = |&&place: &&usize| {
            let faces = self.existing.centres()[place].faces();
            (self.is_must_link(place), faces, std::cmp::Reverse(place))
        };
        let most = union.existing.iter().max_by_key(rank);
        most.map_or(Target::New(number), |&place| Target::Existing(place))
    }

    /// Assigns small clusters with a new face to known people.
    fn assign_small_clusters(
        &self,
        placed: &mut [PlacedUnion],
        library: &Library,
        stop: &StopFlag,
    ) -> Result<(), CurateError> {
        let small_clusters = self.small_clusters(placed);
        if small_clusters.is_empty() || self.gallery.people() == 0 {
            return Ok(());
        }
        let (mut embeddings, mut sizes) = (Vec::new(), Vec::new());
        for &cluster in &small_clusters {
            let before = embeddings.len();
            self.add_embeddings(&placed[cluster].union, library, &mut embeddings)?;
            sizes.push(embeddings.len() - before);
        }
        let known_person = |person| {
            let place = self.existing.place(person)?;
            Some(KnownPerson {
                label: place as u32,
                photos: self.photos_in(place, placed),
            })
        };
        let constraints_of_cluster =
            |cluster: usize| self.constraints_in(&placed[small_clusters[cluster]].union);
        let proposals = proposals(&self.gallery, &embeddings, &sizes, self.prior(), stop)?;
        for proposal in permitted(proposals, known_person, constraints_of_cluster) {
            if let Some(place) = self.existing.place(proposal.person) {
                placed[small_clusters[proposal.cluster]].into = Target::Existing(place);
            }
        }
        Ok(())
    }

    /// The log-odds prior, from the share of faces in groups with must-links.
    fn prior(&self) -> f64 {
        let faces = |place: usize| self.existing.centres()[place].faces() as usize;
        let places = 0..self.existing.centres().len();
        let known = places.filter(|&place| self.is_must_link(place)).map(faces);
        prior_log_odds(known.sum(), self.existing.faces())
    }

    /// The small unions without must-links.
    fn small_clusters(&self, placed: &[PlacedUnion]) -> Vec<usize> {
        let is_free = |placed: &PlacedUnion| {
            let existing = &placed.union.existing;
            let faces = existing
                .iter()
                .map(|&place| self.existing.centres()[place].faces() as usize);
            faces.sum::<usize>() + placed.union.new_faces.len() <= MAX_SMALL_CLUSTER
                && !existing.iter().any(|&place| self.is_must_link(place))
        };
        (0..placed.len())
            .filter(|&place| is_free(&placed[place]))
            .collect()
    }

    fn add_embeddings(
        &self,
        union: &Union,
        library: &Library,
        embeddings: &mut Vec<Centred>,
    ) -> Result<(), LibraryError> {
        let new_faces = union.new_faces.iter();
        embeddings.extend(new_faces.map(|&new_face| self.new_faces[new_face].embedding));
        for &place in &union.existing {
            for member in self.existing.members(place) {
                embeddings.extend(library.centred(member.face_id)?);
            }
        }
        Ok(())
    }

    /// The constraints of all faces of a union.
    fn constraints_in(&self, union: &Union) -> Vec<FaceToGroup> {
        let new_faces = union.new_faces.iter();
        let mut constraints: Vec<FaceToGroup> = new_faces
            .map(|&new_face| self.constraints[new_face].clone())
            .collect();
        let existing = union.existing.iter();
        constraints.extend(existing.flat_map(|&place| self.constraints_of(place)));
        constraints
    }

    /// The photos of a person, including those of unions placed there.
    fn photos_in(&self, person: usize, placed: &[PlacedUnion]) -> HashSet<u32> {
        let joined = placed
            .iter()
            .filter(|placed| placed.into == Target::Existing(person))
            .flat_map(|placed| self.constraints_in(&placed.union))
            .map(|face| face.photo);
        let own = self.existing.members(person).map(|member| member.photo);
        own.chain(joined).collect()
    }
}

/// The places of the groups that a face was rejected from.
fn cannot_link(existing: &ExistingGroups, decisions: &Decisions, face_id: FaceId) -> Vec<u32> {
    decisions
        .rejected_from(face_id)
        .filter_map(|group_id| existing.place(group_id))
        .map(|place| place as u32)
        .collect()
}
