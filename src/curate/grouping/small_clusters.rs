//! Assigns small clusters to known people.
//!
//! Grouping compares faces with each other, and gets stricter with the number of faces of a library. For people with
//! confirmed faces, named or not, there is a better test: a single face or a small cluster is assigned to a person if
//! identification accepts it as that person, given how much of the library is known ([`prior_log_odds`]). Its faces
//! become suggestions. The constraints are those of grouping: no face is assigned to a person it was rejected from, or
//! who is already in the same photo.

use std::collections::{HashMap, HashSet};

use crate::cluster::calibration::{Band, prior_log_odds};
use crate::cluster::{FaceToGroup, members, relabelled};
use crate::curate::identify::{Gallery, identify_acceptable};
use crate::library::GroupId;
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// Maximum number of faces of a small cluster. Larger clusters describe a person well enough for a question of the
/// review instead.
pub(super) const MAX_SMALL_CLUSTER: usize = 5;

/// A proposed assignment of a cluster, given by its index.
pub(super) struct Proposal {
    pub cluster: usize,
    pub person: GroupId,
    /// Mean over the cluster's faces; a face whose best match is somebody else counts as 0.
    probability: f64,
}

/// The proposed assignments, most probable first; on a tie by cluster. `sizes` has the size of each cluster;
/// `embeddings` has their faces, cluster by cluster. `prior` is added to the log-odds of each face.
pub(super) fn proposals(
    gallery: &Gallery,
    embeddings: &[Centred],
    sizes: &[usize],
    prior: f64,
    stop: &StopFlag,
) -> Result<Vec<Proposal>, Stopped> {
    let mut identified = identify_acceptable(gallery, embeddings, prior, stop)?.into_iter();
    let mut proposals: Vec<Proposal> = sizes
        .iter()
        .enumerate()
        .filter_map(|(cluster, &size)| {
            let identified: Vec<_> = identified.by_ref().take(size).collect();
            let best = identified
                .iter()
                .max_by(|a, b| a.probability.total_cmp(&b.probability))?;
            let of_best = identified.iter().filter(|face| face.person == best.person);
            let sum: f64 = of_best.map(|face| face.probability).sum();
            Some(Proposal {
                cluster,
                person: best.person?,
                probability: sum / size as f64,
            })
        })
        .filter(|proposal| Band::of(proposal.probability) == Band::Accepted)
        .collect();
    proposals
        .sort_by(|a, b| (b.probability.total_cmp(&a.probability)).then(a.cluster.cmp(&b.cluster)));
    Ok(proposals)
}

/// What constrains assignments to a person.
pub(super) struct KnownPerson {
    /// The person's label in [`FaceToGroup::cannot_link`].
    pub label: u32,
    /// The photos that the person is in.
    pub photos: HashSet<u32>,
}

/// The proposals that no constraint forbids, in order: no face of the cluster was rejected from the person or is in a
/// photo with the person or with a cluster assigned to the person before. `known_person` is `None` for people without
/// comparable faces; `faces` returns the constraints of a cluster's faces.
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
        let forbidden = faces.iter().any(|face| {
            person.photos.contains(&face.photo) || face.cannot_link.contains(&person.label)
        });
        if !forbidden {
            person.photos.extend(faces.iter().map(|face| face.photo));
            permitted.push(proposal);
        }
    }
    permitted
}

/// A grouping, not yet final: the label of each face, from 0. The slices have one entry per face.
pub(super) struct Clustering<'a> {
    pub labels: &'a mut [u32],
    pub embeddings: &'a [Centred],
    pub faces: &'a [FaceToGroup],
    /// The group each face must stay in.
    pub must_link: &'a [Option<GroupId>],
}

impl Clustering<'_> {
    /// Assigns small clusters to the people of `gallery`, most probable first, and relabels the groups by first
    /// appearance.
    pub(super) fn assign_small_clusters(
        &mut self,
        gallery: &Gallery,
        stop: &StopFlag,
    ) -> Result<(), Stopped> {
        if gallery.people() == 0 {
            return Ok(());
        }
        let members = members(self.labels);
        let person_clusters = self.person_clusters();
        let small_clusters = self.small_clusters(&members);
        let known_person = |person| {
            let person_cluster: &PersonCluster = person_clusters.get(&person)?;
            let faces = members[person_cluster.label as usize].iter();
            Some(KnownPerson {
                label: person_cluster.must_link,
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
        self.labels.copy_from_slice(&relabelled(self.labels));
        Ok(())
    }

    /// The cluster with the must-links of each group.
    fn person_clusters(&self) -> HashMap<GroupId, PersonCluster> {
        let faces = self.must_link.iter().zip(self.faces).zip(&*self.labels);
        faces
            .filter_map(|((group, face), &label)| {
                let must_link = face.must_link?;
                Some(((*group)?, PersonCluster { label, must_link }))
            })
            .collect()
    }

    /// The clusters that may be assigned, by first face.
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

/// The cluster with a person's confirmed faces.
struct PersonCluster {
    label: u32,
    /// The person's label in [`FaceToGroup::must_link`] and [`FaceToGroup::cannot_link`].
    must_link: u32,
}
