//! Few new faces among many: they are grouped into the groups as those stand.
//!
//! What holds for a whole grouping ([`super::regroup`]) holds here: confirmed faces stay, rejections, splits and photos
//! bind, ids stay, people claim fragments. Newcomers are the recognizable faces without a group. Faces that have one
//! stay with all of it, and change it only where a newcomer unites it with another.

use std::collections::HashSet;

use super::constraints::Decisions;
use super::existing_groups::{Newcomer, Standing};
use super::last_grouping::WholeGrouping;
use super::small_clusters::{Claimant, LARGEST_FRAGMENT, claims, granted};
use super::{RegroupSummary, Round};
use crate::cluster::calibration::prior_log_odds;
use crate::cluster::{FaceToGroup, Rule, Union, group_newcomers};
use crate::curate::CurateError;
use crate::curate::identify::Gallery;
use crate::curate::pair_answers::cut_among;
use crate::library::{Assignment, FaceId, GroupId, Library, LibraryError, Tidying};
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// More newcomers at once are a matter for a whole grouping: the pairs among them that are near, 8 bytes each, may be all.
const MOST_NEWCOMERS: usize = 10_000;

/// Groups the newcomers of a library; `None` where a whole grouping is due: there was none yet, what answers have taught
/// since moves the cut, or the library has grown too much.
pub(super) fn take_in_newcomers(
    library: &mut Library,
    stop: &StopFlag,
) -> Result<Option<Round>, CurateError> {
    let Some(whole) = WholeGrouping::last(library)? else {
        return Ok(None);
    };
    let cut = cut_among(library, whole.faces)?;
    if !whole.is_by(cut) {
        return Ok(None);
    }
    library.begin_grouping()?;
    let since = library.journal_position()?;
    let (standing, newcomers) = Standing::read(library)?;
    stop.check()?;
    let faces = standing.faces() + newcomers.len();
    if newcomers.len() > MOST_NEWCOMERS || whole.is_outgrown_by(faces) {
        return Ok(None);
    }
    let taking_in = TakingIn::new(library, standing, newcomers)?;
    let unions = taking_in.unions(&Rule::new(cut, faces), stop)?;
    let (assignments, left) = taking_in.settled(unions, library, stop)?;
    stop.check()?;
    let change =
        library.write_grouping(&assignments, since, Tidying::Groups(&left), &mut |_| {})?;
    let groups = taking_in.standing.groups() + change.created.len() - left.len();
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

/// Where each face goes that changes its group, and the groups that all faces leave.
type Moves = (Vec<(FaceId, Assignment)>, Vec<GroupId>);

struct TakingIn {
    standing: Standing,
    newcomers: Vec<Newcomer>,
    decisions: Decisions,
    /// Everybody with confirmed faces: they claim fragments.
    gallery: Gallery,
    /// How each newcomer is bound. A group is labelled by its place in `standing`.
    bounds: Vec<FaceToGroup>,
}

/// A union on its way into the library.
struct Settled {
    union: Union,
    into: Target,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Target {
    /// The group at this place.
    Standing(usize),
    /// A group of its own, by number.
    New(u32),
}

impl TakingIn {
    fn new(
        library: &Library,
        mut standing: Standing,
        newcomers: Vec<Newcomer>,
    ) -> Result<TakingIn, LibraryError> {
        let decisions = Decisions::of(library)?;
        let gallery = Gallery::of_exemplars(standing.take_exemplars(), library)?;
        let bounds = newcomers
            .iter()
            .map(|newcomer| FaceToGroup {
                photo: newcomer.photo,
                pinned: None,
                refused: refused(&standing, &decisions, newcomer.face_id),
            })
            .collect();
        Ok(TakingIn {
            standing,
            newcomers,
            decisions,
            gallery,
            bounds,
        })
    }

    fn unions(&self, rule: &Rule, stop: &StopFlag) -> Result<Vec<Union>, Stopped> {
        let embeddings: Vec<Centred> = self
            .newcomers
            .iter()
            .map(|newcomer| newcomer.embedding)
            .collect();
        group_newcomers(
            self.standing.centres(),
            |place| self.bounds_of(place),
            &embeddings,
            &self.bounds,
            rule,
            stop,
        )
    }

    /// How the faces of the group at a place are bound.
    fn bounds_of(&self, place: usize) -> Vec<FaceToGroup> {
        let pinned = self.is_pinned(place).then_some(place as u32);
        self.standing
            .members(place)
            .map(|(face_id, photo)| FaceToGroup {
                photo,
                pinned,
                refused: refused(&self.standing, &self.decisions, face_id),
            })
            .collect()
    }

    fn is_pinned(&self, place: usize) -> bool {
        let has_confirmed = self.standing.has_confirmed(place);
        let group_id = self.standing.group_id(place);
        has_confirmed || self.decisions.hold(group_id, has_confirmed)
    }

    /// Where each face goes that changes its group, and the groups that all faces leave.
    fn settled(
        &self,
        unions: Vec<Union>,
        library: &Library,
        stop: &StopFlag,
    ) -> Result<Moves, CurateError> {
        let mut settled: Vec<Settled> = unions
            .into_iter()
            .zip(0..)
            .map(|(union, number)| Settled {
                into: self.target(&union, number),
                union,
            })
            .collect();
        self.settle_claims(&mut settled, library, stop)?;
        let (mut assignments, mut left) = (Vec::new(), Vec::new());
        for Settled { union, into } in &settled {
            let assignment = match *into {
                Target::Standing(place) => Assignment::Group(self.standing.group_id(place)),
                Target::New(number) => Assignment::New(number),
            };
            let newcomers = union.newcomers.iter();
            assignments
                .extend(newcomers.map(|&newcomer| (self.newcomers[newcomer].face_id, assignment)));
            for &place in &union.standing {
                if *into != Target::Standing(place) {
                    let members = self.standing.members(place);
                    assignments.extend(members.map(|(face_id, _)| (face_id, assignment)));
                    left.push(self.standing.group_id(place));
                }
            }
        }
        Ok((assignments, left))
    }

    /// The group whose id a union takes: the one that holds what a person confirmed, else the largest, of equals the oldest.
    fn target(&self, union: &Union, number: u32) -> Target {
        let rank = |&&place: &&usize| {
            let faces = self.standing.centres()[place].faces();
            (self.is_pinned(place), faces, std::cmp::Reverse(place))
        };
        let most = union.standing.iter().max_by_key(rank);
        most.map_or(Target::New(number), |&place| Target::Standing(place))
    }

    /// Gives fragments with a newcomer to the people who claim them.
    fn settle_claims(
        &self,
        settled: &mut [Settled],
        library: &Library,
        stop: &StopFlag,
    ) -> Result<(), CurateError> {
        let fragments = self.fragments(settled);
        if fragments.is_empty() || self.gallery.people() == 0 {
            return Ok(());
        }
        let (mut embeddings, mut sizes) = (Vec::new(), Vec::new());
        for &fragment in &fragments {
            let before = embeddings.len();
            self.add_embeddings(&settled[fragment].union, library, &mut embeddings)?;
            sizes.push(embeddings.len() - before);
        }
        let claimant = |person| {
            let place = self.standing.place(person)?;
            Some(Claimant {
                pin: place as u32,
                photos: self.photos_in(place, settled),
            })
        };
        let bound = |fragment: usize| self.bounds_in(&settled[fragments[fragment]].union);
        let claims = claims(&self.gallery, &embeddings, &sizes, self.prior(), stop)?;
        for claim in granted(claims, claimant, bound) {
            if let Some(place) = self.standing.place(claim.person) {
                settled[fragments[claim.fragment]].into = Target::Standing(place);
            }
        }
        Ok(())
    }

    /// By the faces of groups with confirmed or held ones, as the groups stand.
    fn prior(&self) -> f64 {
        let faces = |place: usize| self.standing.centres()[place].faces() as usize;
        let places = 0..self.standing.centres().len();
        let known = places.filter(|&place| self.is_pinned(place)).map(faces);
        prior_log_odds(known.sum(), self.standing.faces())
    }

    /// The small unions that nothing a person has said holds.
    fn fragments(&self, settled: &[Settled]) -> Vec<usize> {
        let is_free = |settled: &Settled| {
            let standing = &settled.union.standing;
            let faces = standing
                .iter()
                .map(|&place| self.standing.centres()[place].faces() as usize);
            faces.sum::<usize>() + settled.union.newcomers.len() <= LARGEST_FRAGMENT
                && !standing.iter().any(|&place| self.is_pinned(place))
        };
        (0..settled.len())
            .filter(|&place| is_free(&settled[place]))
            .collect()
    }

    fn add_embeddings(
        &self,
        union: &Union,
        library: &Library,
        embeddings: &mut Vec<Centred>,
    ) -> Result<(), LibraryError> {
        let newcomers = union.newcomers.iter();
        embeddings.extend(newcomers.map(|&newcomer| self.newcomers[newcomer].embedding));
        for &place in &union.standing {
            for (face_id, _) in self.standing.members(place) {
                let embedding = library.embedding(face_id)?;
                embeddings.extend(embedding.map(|embedding| embedding.centred()));
            }
        }
        Ok(())
    }

    /// How all faces of a union are bound.
    fn bounds_in(&self, union: &Union) -> Vec<FaceToGroup> {
        let newcomers = union.newcomers.iter();
        let mut bounds: Vec<FaceToGroup> = newcomers
            .map(|&newcomer| self.bounds[newcomer].clone())
            .collect();
        let standing = union.standing.iter();
        bounds.extend(standing.flat_map(|&place| self.bounds_of(place)));
        bounds
    }

    /// The photos of a person, with what has joined them.
    fn photos_in(&self, person: usize, settled: &[Settled]) -> HashSet<u32> {
        let joined = settled
            .iter()
            .filter(|settled| settled.into == Target::Standing(person))
            .flat_map(|settled| self.bounds_in(&settled.union))
            .map(|face| face.photo);
        let own = self.standing.members(person).map(|(_, photo)| photo);
        own.chain(joined).collect()
    }
}

/// The places of the groups that a face was rejected from.
fn refused(standing: &Standing, decisions: &Decisions, face_id: FaceId) -> Vec<u32> {
    decisions
        .rejected_from(face_id)
        .filter_map(|group_id| standing.place(group_id))
        .map(|place| place as u32)
        .collect()
}
