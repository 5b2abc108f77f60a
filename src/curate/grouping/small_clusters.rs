//! What grouping leaves over and identification knows: fragments that a person claims.
//!
//! Grouping joins faces that are near each other, and asks more of a face the more people a library holds. People of whom
//! faces are confirmed are a better yardstick, with a name or without: a face left alone, or in a small group, goes to the person whom
//! identification accepts it as, given how much of the library is known ([`prior_log_odds`]). It becomes a suggestion there.
//! Decisions and photos bind as in grouping: no face goes to somebody it was rejected from, nor to somebody who is in the
//! same photo already.

use std::collections::{HashMap, HashSet};

use crate::cluster::FaceToGroup;
use crate::cluster::calibration::{Band, prior_log_odds};
use crate::curate::identify::{Gallery, identify_acceptable};
use crate::library::GroupId;
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// Faces of the largest group that may be claimed: what grouping calls a fragment. A larger one has been looked at from
/// enough sides to stand on its own, and is asked about in the review instead.
pub(super) const LARGEST_FRAGMENT: usize = 5;

/// A fragment, by its place, and the person who claims it.
pub(super) struct Claim {
    pub fragment: usize,
    pub person: GroupId,
    /// Mean over its faces; one that is likest to somebody else counts 0.
    probability: f64,
}

/// Who claims which fragment, surest first; of equals the earlier fragment. `sizes` are those of the fragments, whose faces
/// lie one after the other in `embeddings`; `prior` is added to the log-odds of each.
pub(super) fn claims(
    gallery: &Gallery,
    embeddings: &[Centred],
    sizes: &[usize],
    prior: f64,
    stop: &StopFlag,
) -> Result<Vec<Claim>, Stopped> {
    let mut answers = identify_acceptable(gallery, embeddings, prior, stop)?.into_iter();
    let mut claims: Vec<Claim> = sizes
        .iter()
        .enumerate()
        .filter_map(|(fragment, &size)| {
            let answers: Vec<_> = answers.by_ref().take(size).collect();
            let surest = answers
                .iter()
                .max_by(|a, b| a.probability.total_cmp(&b.probability))?;
            let of_surest = answers
                .iter()
                .filter(|answer| answer.person == surest.person);
            let sum: f64 = of_surest.map(|answer| answer.probability).sum();
            Some(Claim {
                fragment,
                person: surest.person?,
                probability: sum / size as f64,
            })
        })
        .filter(|claim| Band::of(claim.probability) == Band::Accepted)
        .collect();
    claims.sort_by(|a, b| {
        (b.probability.total_cmp(&a.probability)).then(a.fragment.cmp(&b.fragment))
    });
    Ok(claims)
}

/// A person as claims are judged.
pub(super) struct Claimant {
    /// What [`FaceToGroup::refused`] calls the person.
    pub pin: u32,
    /// Those that the person is in.
    pub photos: HashSet<u32>,
}

/// The claims that nothing bars, in their order: no face of the fragment was rejected from the person, nor is it in a photo
/// of the person's, of a claim granted before among them. `claimant` knows nobody where the person has no face that counts;
/// `faces` says how those of a fragment are bound.
pub(super) fn granted(
    claims: Vec<Claim>,
    claimant: impl Fn(GroupId) -> Option<Claimant>,
    faces: impl Fn(usize) -> Vec<FaceToGroup>,
) -> Vec<Claim> {
    let mut claimants: HashMap<GroupId, Option<Claimant>> = HashMap::new();
    let mut granted = Vec::new();
    for claim in claims {
        let person = claimants.entry(claim.person);
        let Some(person) = person.or_insert_with(|| claimant(claim.person)) else {
            continue;
        };
        let faces = faces(claim.fragment);
        let barred = faces
            .iter()
            .any(|face| person.photos.contains(&face.photo) || face.refused.contains(&person.pin));
        if !barred {
            person.photos.extend(faces.iter().map(|face| face.photo));
            granted.push(claim);
        }
    }
    granted
}

/// A grouping on its way: the label of each face, from 0; the other slices speak of the same faces.
pub(super) struct Grouping<'a> {
    pub labels: &'a mut [u32],
    pub embeddings: &'a [Centred],
    pub faces: &'a [FaceToGroup],
    /// The group each face must stay in.
    pub pinned: &'a [Option<GroupId>],
}

impl Grouping<'_> {
    /// Gives fragments to the people of `gallery` who claim them, surest first, and numbers the labels anew by first
    /// appearance.
    pub(super) fn settle_claims(
        &mut self,
        gallery: &Gallery,
        stop: &StopFlag,
    ) -> Result<(), Stopped> {
        if gallery.people() == 0 {
            return Ok(());
        }
        let members = self.members();
        let holders = self.holders();
        let fragments = self.fragments(&members);
        let claimant = |person| {
            let holder: &Holder = holders.get(&person)?;
            let faces = members[holder.label as usize].iter();
            Some(Claimant {
                pin: holder.pin,
                photos: faces.map(|&face| self.faces[face].photo).collect(),
            })
        };
        let bound = |fragment: usize| {
            let faces = fragments[fragment].iter();
            faces.map(|&face| self.faces[face].clone()).collect()
        };
        let known = holders
            .values()
            .map(|holder| members[holder.label as usize].len());
        let prior = prior_log_odds(known.sum(), self.labels.len());
        let claims = self.claims(gallery, &fragments, prior, stop)?;
        for claim in granted(claims, claimant, bound) {
            for &face in fragments[claim.fragment] {
                self.labels[face] = holders[&claim.person].label;
            }
        }
        number_anew(self.labels);
        Ok(())
    }

    fn members(&self) -> Vec<Vec<usize>> {
        let count = self
            .labels
            .iter()
            .max()
            .map_or(0, |&last| last as usize + 1);
        let mut members = vec![Vec::new(); count];
        for (face, &label) in self.labels.iter().enumerate() {
            members[label as usize].push(face);
        }
        members
    }

    /// Where the faces pinned to each group are.
    fn holders(&self) -> HashMap<GroupId, Holder> {
        let faces = self.pinned.iter().zip(self.faces).zip(&*self.labels);
        faces
            .filter_map(|((group, face), &label)| {
                let pin = face.pinned?;
                Some(((*group)?, Holder { label, pin }))
            })
            .collect()
    }

    /// What may be claimed, by first face.
    fn fragments<'m>(&self, members: &'m [Vec<usize>]) -> Vec<&'m Vec<usize>> {
        let is_free = |fragment: &&Vec<usize>| {
            fragment.len() <= LARGEST_FRAGMENT
                && fragment.iter().all(|&face| self.pinned[face].is_none())
        };
        members.iter().filter(is_free).collect()
    }

    fn claims(
        &self,
        gallery: &Gallery,
        fragments: &[&Vec<usize>],
        prior: f64,
        stop: &StopFlag,
    ) -> Result<Vec<Claim>, Stopped> {
        let faces = fragments.iter().flat_map(|faces| faces.iter());
        let embeddings: Vec<Centred> = faces.map(|&face| self.embeddings[face]).collect();
        let sizes: Vec<usize> = fragments.iter().map(|faces| faces.len()).collect();
        claims(gallery, &embeddings, &sizes, prior, stop)
    }
}

/// The group that holds a person's confirmed faces.
struct Holder {
    label: u32,
    /// What [`FaceToGroup::pinned`] and [`FaceToGroup::refused`] call the person.
    pin: u32,
}

fn number_anew(labels: &mut [u32]) {
    let mut numbers: HashMap<u32, u32> = HashMap::new();
    for label in labels {
        let next = numbers.len() as u32;
        *label = *numbers.entry(*label).or_insert(next);
    }
}
