//! What grouping leaves over and identification knows: small_clusters that a person proposals.
//!
//! Clustering joins faces that are near each other, and asks more of a face the more people a library holds. People of whom
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

/// Faces of the largest group that may be claimed: what grouping calls a cluster. A larger one has been looked at from
/// enough sides to stand on its own, and is asked about in the review instead.
pub(super) const MAX_SMALL_CLUSTER: usize = 5;

/// A cluster, by its place, and the person who proposals it.
pub(super) struct Proposal {
    pub cluster: usize,
    pub person: GroupId,
    /// Mean over its faces; one that is likest to somebody else counts 0.
    probability: f64,
}

/// Who proposals which cluster, surest first; of equals the earlier cluster. `sizes` are those of the small_clusters, whose faces
/// lie one after the other in `embeddings`; `prior` is added to the log-odds of each.
pub(super) fn proposals(
    gallery: &Gallery,
    embeddings: &[Centred],
    sizes: &[usize],
    prior: f64,
    stop: &StopFlag,
) -> Result<Vec<Proposal>, Stopped> {
    let mut answers = identify_acceptable(gallery, embeddings, prior, stop)?.into_iter();
    let mut proposals: Vec<Proposal> = sizes
        .iter()
        .enumerate()
        .filter_map(|(cluster, &size)| {
            let answers: Vec<_> = answers.by_ref().take(size).collect();
            let surest = answers
                .iter()
                .max_by(|a, b| a.probability.total_cmp(&b.probability))?;
            let of_surest = answers
                .iter()
                .filter(|answer| answer.person == surest.person);
            let sum: f64 = of_surest.map(|answer| answer.probability).sum();
            Some(Proposal {
                cluster,
                person: surest.person?,
                probability: sum / size as f64,
            })
        })
        .filter(|proposal| Band::of(proposal.probability) == Band::Accepted)
        .collect();
    proposals
        .sort_by(|a, b| (b.probability.total_cmp(&a.probability)).then(a.cluster.cmp(&b.cluster)));
    Ok(proposals)
}

/// A person as proposals are judged.
pub(super) struct KnownPerson {
    /// What [`FaceToGroup::cannot_link`] calls the person.
    pub must_link: u32,
    /// Those that the person is in.
    pub photos: HashSet<u32>,
}

/// The proposals that nothing bars, in their order: no face of the cluster was rejected from the person, nor is it in a photo
/// of the person's, of a proposal permitted before among them. `known_person` knows nobody where the person has no face that counts;
/// `faces` says how those of a cluster are constraints_of_cluster.
pub(super) fn permitted(
    proposals: Vec<Proposal>,
    known_person: impl Fn(GroupId) -> Option<KnownPerson>,
    faces: impl Fn(usize) -> Vec<FaceToGroup>,
) -> Vec<Proposal> {
    let mut people: HashMap<GroupId, Option<KnownPerson>> = HashMap::new();
    let mut permitted = Vec::new();
    for proposal in proposals {
        let person = people.entry(proposal.person);
        let Some(person) = person.or_insert_with(|| known_person(proposal.person)) else {
            continue;
        };
        let faces = faces(proposal.cluster);
        let barred = faces.iter().any(|face| {
            person.photos.contains(&face.photo) || face.cannot_link.contains(&person.must_link)
        });
        if !barred {
            person.photos.extend(faces.iter().map(|face| face.photo));
            permitted.push(proposal);
        }
    }
    permitted
}

/// A grouping on its way: the label of each face, from 0; the other slices speak of the same faces.
pub(super) struct Clustering<'a> {
    pub labels: &'a mut [u32],
    pub embeddings: &'a [Centred],
    pub faces: &'a [FaceToGroup],
    /// The group each face must stay in.
    pub must_link: &'a [Option<GroupId>],
}

impl Clustering<'_> {
    /// Gives small_clusters to the people of `gallery` who proposal them, surest first, and numbers the labels anew by first
    /// appearance.
    pub(super) fn assign_small_clusters(
        &mut self,
        gallery: &Gallery,
        stop: &StopFlag,
    ) -> Result<(), Stopped> {
        if gallery.people() == 0 {
            return Ok(());
        }
        let members = self.members();
        let person_clusters = self.person_clusters();
        let small_clusters = self.small_clusters(&members);
        let known_person = |person| {
            let person_cluster: &PersonCluster = person_clusters.get(&person)?;
            let faces = members[person_cluster.label as usize].iter();
            Some(KnownPerson {
                must_link: person_cluster.must_link,
                photos: faces.map(|&face| self.faces[face].photo).collect(),
            })
        };
        let constraints_of_cluster = |cluster: usize| {
            let faces = small_clusters[cluster].iter();
            faces.map(|&face| self.faces[face].clone()).collect()
        };
        let known = person_clusters
            .values()
            .map(|person_cluster| members[person_cluster.label as usize].len());
        let prior = prior_log_odds(known.sum(), self.labels.len());
        let proposals = self.proposals(gallery, &small_clusters, prior, stop)?;
        for proposal in permitted(proposals, known_person, constraints_of_cluster) {
            for &face in small_clusters[proposal.cluster] {
                self.labels[face] = person_clusters[&proposal.person].label;
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

    /// Where the faces must_link to each group are.
    fn person_clusters(&self) -> HashMap<GroupId, PersonCluster> {
        let faces = self.must_link.iter().zip(self.faces).zip(&*self.labels);
        faces
            .filter_map(|((group, face), &label)| {
                let must_link = face.must_link?;
                Some(((*group)?, PersonCluster { label, must_link }))
            })
            .collect()
    }

    /// What may be claimed, by first face.
    fn small_clusters<'m>(&self, members: &'m [Vec<usize>]) -> Vec<&'m Vec<usize>> {
        let is_free = |cluster: &&Vec<usize>| {
            cluster.len() <= MAX_SMALL_CLUSTER
                && cluster.iter().all(|&face| self.must_link[face].is_none())
        };
        members.iter().filter(is_free).collect()
    }

    fn proposals(
        &self,
        gallery: &Gallery,
        small_clusters: &[&Vec<usize>],
        prior: f64,
        stop: &StopFlag,
    ) -> Result<Vec<Proposal>, Stopped> {
        let faces = small_clusters.iter().flat_map(|faces| faces.iter());
        let embeddings: Vec<Centred> = faces.map(|&face| self.embeddings[face]).collect();
        let sizes: Vec<usize> = small_clusters.iter().map(|faces| faces.len()).collect();
        proposals(gallery, &embeddings, &sizes, prior, stop)
    }
}

/// The group that holds a person's confirmed faces.
struct PersonCluster {
    label: u32,
    /// What [`FaceToGroup::must_link`] and [`FaceToGroup::cannot_link`] call the person.
    must_link: u32,
}

fn number_anew(labels: &mut [u32]) {
    let mut numbers: HashMap<u32, u32> = HashMap::new();
    for label in labels {
        let next = numbers.len() as u32;
        *label = *numbers.entry(*label).or_insert(next);
    }
}
