//! Groups faces: exact average linkage under constraints, for any number of faces.
//!
//! 1. Up to the distance at which groups are certainly one person ([`Rule::certain`]), this is plain average linkage.
//!    Two groups can only be that close if some pair of their faces is. So the faces are divided into connected
//!    components of the pairs within that distance ([`spanning_forest`]), and each is clustered on its own ([`Tree`]).
//!    A component too large for one matrix is divided again at a smaller cut, and the parts are merged by their mean
//!    embeddings ([`merge_components`]).
//! 2. The resulting clusters, and the poor faces ([`FaceToGroup::is_clear`]), which step 1 leaves out, are merged in the
//!    same way, up to the distance that the rule allows for each pair ([`Rule::between`]).
//!
//! 3. Faces that show one person several times in one photo join the groups at last ([`repeated`]).
//!
//! Very large groups of one person are found first, without comparing all their pairs ([`large_groups`]). This is the
//! only approximation, and it only applies where a person has more than 10,000 faces.
//!
//! Average linkage merges in order of distance, so stopping at a smaller cut and continuing from there changes nothing.
//! The result depends neither on the order of the faces nor on the number of threads.

use rayon::prelude::*;

use super::components::spanning_forest;
use super::constraints::FaceToGroup;
use super::kodama::Tree;
use super::large_groups::{LargeGroups, large_groups};
use super::leaving::{Faces, reunited};
use super::merge_components::{Component, merge_components};
use super::partition::{DisjointSets, members, relabelled};
use super::repeated::{Repeated, joined, repeated};
use crate::cluster::search::close_pairs::Pair;
use crate::cluster::search::similarity::Rows;
use crate::cluster::{Cut, Rule};
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// Maximum number of faces in one matrix of n (n - 1) / 2 numbers: 200 MB at 10,000 faces.
const MAX_MATRIX_FACES: usize = 10_000;

/// Larger components are clustered one after the other, so that only one large matrix is in memory at a time.
const LARGE_COMPONENT: usize = 2_000;

/// A component that is too large is divided again at this fraction of the cut, repeatedly, ...
const CUT_FACTOR: f32 = 0.8;

/// ... down to this distance, at which only copies and bursts are connected; those are cut into slices.
const MIN_CUT: f32 = 0.1;

/// Groups faces by average linkage on cosine distance: one label per face, 0, 1, 2, ... by first appearance.
///
/// `cut` says how close two groups must be ([`crate::cluster::DEFAULT_CUT`]). `faces` has the constraints of the
/// embedding at the same index: faces with one must-link label end up together; faces of one photo never do (unless
/// they have one must-link label), nor faces with different must-link labels, nor a face and a label that it may not
/// join.
///
/// # Errors
/// [`Stopped`] once `stop` is set.
///
/// # Panics
/// If the two slices differ in length.
pub fn group(
    embeddings: &[Centred],
    faces: &[FaceToGroup],
    cut: Cut,
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    group_by(
        Method::Components(MAX_MATRIX_FACES),
        embeddings,
        faces,
        cut,
        stop,
    )
}

/// How the faces are clustered up to [`Rule::certain`].
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Method {
    /// In connected components, with at most this many faces in one matrix. The number does not change the groups,
    /// except where copies are cut into slices ([`MIN_CUT`]).
    Components(usize),
    /// All faces in one matrix, without components: the reference.
    OneMatrix,
}

/// [`group`] by a given method, for tests and benches.
#[doc(hidden)]
pub fn group_by(
    method: Method,
    embeddings: &[Centred],
    faces: &[FaceToGroup],
    cut: Cut,
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    let rule = Rule::new(cut, faces.len());
    let max_faces = match method {
        Method::Components(max_faces) => max_faces,
        Method::OneMatrix => faces.len(),
    };
    labelled(embeddings, faces, max_faces, stop, |ordered| {
        let Repeated { units, others } = repeated(&ordered.embeddings, &ordered.faces, stop)?;
        let groups = ordered.some(&others).grouped(method, &rule)?;
        let groups = groups.iter().map(|group| at(&others, group)).collect();
        ordered.with_units(groups, units, &rule)
    })
}

/// Average linkage over all faces in one matrix, up to one mean distance for all groups; for the bench.
#[doc(hidden)]
pub fn group_at_one_cut(
    embeddings: &[Centred],
    faces: &[FaceToGroup],
    cut: f32,
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    labelled(embeddings, faces, faces.len(), stop, |ordered| {
        ordered.in_one_matrix(cut)
    })
}

/// The labels of the clusters that `cluster` makes of the faces in canonical order.
fn labelled(
    embeddings: &[Centred],
    faces: &[FaceToGroup],
    max_faces: usize,
    stop: &StopFlag,
    cluster: impl FnOnce(&Ordered<'_>) -> Result<Vec<Ranks>, Stopped>,
) -> Result<Vec<u32>, Stopped> {
    assert_eq!(
        embeddings.len(),
        faces.len(),
        "a constraint for each embedding"
    );
    stop.check()?;
    let order = canonical_order(embeddings, faces);
    let merged = cluster(&Ordered {
        rows: Rows::gather(embeddings, &order),
        embeddings: order.iter().map(|&face| &embeddings[face]).collect(),
        faces: order.iter().map(|&face| &faces[face]).collect(),
        max_faces,
        stop,
    })?;
    let mut labels = vec![0; faces.len()];
    for (label, cluster) in merged.iter().enumerate() {
        for &rank in cluster {
            labels[order[rank]] = label as u32;
        }
    }
    Ok(relabelled(&labels))
}

/// An order that does not depend on the order of the input: by embedding, then by photo.
pub(super) fn canonical_order(embeddings: &[Centred], faces: &[FaceToGroup]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..faces.len()).collect();
    order.sort_by(|&a, &b| {
        let numbers = embeddings[a].numbers().iter().zip(embeddings[b].numbers());
        let first_difference = numbers
            .map(|(x, y)| x.total_cmp(y))
            .find(|order| order.is_ne());
        first_difference.unwrap_or_else(|| faces[a].photo.cmp(&faces[b].photo))
    });
    order
}

/// The faces in canonical order; below, a face is known by its rank in it.
struct Ordered<'a> {
    rows: Rows<'a>,
    embeddings: Vec<&'a Centred>,
    faces: Vec<&'a FaceToGroup>,
    max_faces: usize,
    stop: &'a StopFlag,
}

/// Ranks in ascending order.
type Ranks = Vec<usize>;

impl Ordered<'_> {
    /// The groups of faces none of which is one of several of a person in a photo ([`repeated`]).
    fn grouped(&self, method: Method, rule: &Rule) -> Result<Vec<Ranks>, Stopped> {
        let (clear, poor) = self.by_clarity();
        let clear_faces = self.some(&clear);
        let clusters = match method {
            Method::Components(_) => clear_faces.in_components(rule.certain),
            Method::OneMatrix => clear_faces.in_one_matrix(rule.certain),
        }?;
        let mut clusters: Vec<Ranks> = clusters.iter().map(|cluster| at(&clear, cluster)).collect();
        clusters.extend(poor.into_iter().map(|rank| vec![rank]));
        clusters.sort_unstable_by_key(|cluster| cluster[0]);
        let groups = self.merged(clusters, rule)?;
        let of = Faces {
            embeddings: &self.embeddings,
            faces: &self.faces,
        };
        reunited(&of, groups, rule, self.stop)
    }

    /// The groups with the units that join them, and new groups of the others.
    fn with_units(
        &self,
        mut groups: Vec<Ranks>,
        units: Vec<Ranks>,
        rule: &Rule,
    ) -> Result<Vec<Ranks>, Stopped> {
        if units.is_empty() {
            return Ok(groups);
        }
        let [of_units, of_groups] =
            [&units, &groups].map(|sets| sets.iter().map(|set| self.component(set)).collect());
        let group_of = joined(of_units, of_groups, rule, self.stop)?;
        for (unit, group) in units.into_iter().zip(group_of) {
            if group >= groups.len() {
                groups.resize(group + 1, Vec::new());
            }
            groups[group].extend(unit);
        }
        Ok(groups)
    }

    /// The clear faces and the others.
    fn by_clarity(&self) -> (Ranks, Ranks) {
        (0..self.faces.len()).partition(|&rank| self.faces[rank].is_clear())
    }

    fn some(&self, ranks: &[usize]) -> Ordered<'_> {
        Ordered {
            rows: self.rows.some(ranks),
            embeddings: ranks.iter().map(|&rank| self.embeddings[rank]).collect(),
            faces: ranks.iter().map(|&rank| self.faces[rank]).collect(),
            max_faces: self.max_faces,
            stop: self.stop,
        }
    }

    fn in_one_matrix(&self, cut: f32) -> Result<Vec<Ranks>, Stopped> {
        self.clustered(&self.all(), cut)
    }

    fn all(&self) -> Ranks {
        (0..self.faces.len()).collect()
    }

    /// The large groups, and the clusters of each component of the other faces, by average linkage up to `cut`; sorted
    /// by first rank.
    fn in_components(&self, cut: f32) -> Result<Vec<Ranks>, Stopped> {
        let grouped = |ranks: &[usize]| self.clustered(ranks, cut);
        let LargeGroups { large_groups, rest } =
            large_groups(&self.rows, &self.faces, cut, grouped, self.stop)?;
        let edges = spanning_forest(&self.rows.some(&rest), cut, self.stop)?;
        let mut clusters = self.linked(&rest, cut, edges)?;
        clusters.extend(large_groups);
        clusters.sort_unstable_by_key(|cluster| cluster[0]);
        Ok(clusters)
    }

    /// The clusters of `ranks` at `cut`, sorted by first rank. `edges` are those of the forest of `ranks`, between
    /// positions in it.
    fn linked(&self, ranks: &[usize], cut: f32, edges: Vec<Pair>) -> Result<Vec<Ranks>, Stopped> {
        let components = self.components(ranks, cut, &edges);
        let (too_large, fitting): (Vec<_>, Vec<_>) = components
            .into_iter()
            .partition(|component| component.len() > self.max_faces);
        let (large, small): (Vec<_>, Vec<_>) = fitting
            .iter()
            .partition(|component| component.len() > LARGE_COMPONENT);
        let of_small = small
            .par_iter()
            .map(|component| self.clustered(&at(ranks, component), cut))
            .collect::<Result<Vec<_>, Stopped>>()?;
        let mut clusters: Vec<Ranks> = of_small.into_iter().flatten().collect();
        for component in large {
            clusters.extend(self.clustered(&at(ranks, component), cut)?);
        }
        let inner_edges = edges_within(&too_large, ranks.len(), &edges);
        drop(edges);
        for (component, edges) in too_large.iter().zip(inner_edges) {
            clusters.extend(self.in_smaller_steps(&at(ranks, component), cut, edges)?);
        }
        clusters.sort_unstable_by_key(|cluster| cluster[0]);
        Ok(clusters)
    }

    /// Positions connected by edges within `cut`, or by a must-link label.
    fn components(&self, ranks: &[usize], cut: f32, edges: &[Pair]) -> Vec<Vec<usize>> {
        let mut sets = DisjointSets::new(ranks.len());
        for edge in edges.iter().take_while(|edge| edge.distance <= cut) {
            sets.join(edge.a as usize, edge.b as usize);
        }
        join_same(
            &mut sets,
            ranks.iter().map(|&rank| self.faces[rank].must_link),
        );
        members(&sets.labels())
    }

    /// Average linkage up to `cut`, starting from single faces.
    fn clustered(&self, ranks: &[usize], cut: f32) -> Result<Vec<Ranks>, Stopped> {
        if let [single] = ranks {
            return Ok(vec![vec![*single]]);
        }
        self.stop.check()?;
        let faces: Vec<&FaceToGroup> = ranks.iter().map(|&rank| self.faces[rank]).collect();
        let tree = Tree::new(&self.rows.some(ranks), &faces, self.stop)?;
        let clusters = members(&tree.cut_at(cut));
        Ok(clusters.iter().map(|cluster| at(ranks, cluster)).collect())
    }

    /// Average linkage up to `cut` of more faces than fit in one matrix: first up to a smaller cut.
    fn in_smaller_steps(
        &self,
        ranks: &[usize],
        cut: f32,
        edges: Vec<Pair>,
    ) -> Result<Vec<Ranks>, Stopped> {
        let pieces = if cut > MIN_CUT {
            self.linked(ranks, cut * CUT_FACTOR, edges)
        } else {
            self.sliced(ranks, cut)
        }?;
        self.merged(pieces, &Rule::plain(cut))
    }

    /// Clusters merged as far as `rule` allows, sorted by first rank.
    fn merged(&self, clusters: Vec<Ranks>, rule: &Rule) -> Result<Vec<Ranks>, Stopped> {
        self.stop.check()?;
        let parts = clusters
            .iter()
            .map(|cluster| self.component(cluster))
            .collect();
        Ok(gathered(
            &clusters,
            &merge_components(parts, rule, self.stop)?,
        ))
    }

    fn component(&self, cluster: &[usize]) -> Component {
        Component::of(
            cluster.iter().map(|&rank| self.embeddings[rank]),
            cluster.iter().map(|&rank| self.faces[rank]),
        )
    }

    /// Many copies, clustered slice by slice; faces with one must-link label stay together.
    fn sliced(&self, ranks: &[usize], cut: f32) -> Result<Vec<Ranks>, Stopped> {
        let pin = |rank: &usize| self.faces[*rank].must_link;
        let (must_link, free): (Ranks, Ranks) = ranks.iter().partition(|&rank| pin(rank).is_some());
        let mut sets = DisjointSets::new(must_link.len());
        join_same(&mut sets, must_link.iter().map(pin));
        let whole = members(&sets.labels());
        let mut clusters: Vec<Ranks> = whole.iter().map(|pin| at(&must_link, pin)).collect();
        for slice in free.chunks(self.max_faces) {
            clusters.extend(self.clustered(slice, cut)?);
        }
        clusters.sort_unstable_by_key(|cluster| cluster[0]);
        Ok(clusters)
    }
}

/// The union of the clusters with each label.
fn gathered(clusters: &[Ranks], labels: &[u32]) -> Vec<Ranks> {
    let together = |parts: &Vec<usize>| {
        let mut ranks: Ranks = parts
            .iter()
            .flat_map(|&component| &clusters[component])
            .copied()
            .collect();
        ranks.sort_unstable();
        ranks
    };
    members(labels).iter().map(together).collect()
}

fn at(ranks: &[usize], positions: &[usize]) -> Ranks {
    positions.iter().map(|&position| ranks[position]).collect()
}

/// The edges within each of these components (of `count` positions in all), between places in the component.
fn edges_within(components: &[Vec<usize>], count: usize, edges: &[Pair]) -> Vec<Vec<Pair>> {
    let mut within = vec![Vec::new(); components.len()];
    let mut place_of = vec![None; if components.is_empty() { 0 } else { count }];
    for (number, component) in components.iter().enumerate() {
        for (place, &position) in component.iter().enumerate() {
            place_of[position] = Some((number as u32, place as u32));
        }
    }
    for edge in edges {
        let place = |end: u32| place_of.get(end as usize).copied().flatten();
        if let (Some((number, a)), Some((other, b))) = (place(edge.a), place(edge.b))
            && number == other
        {
            within[number as usize].push(Pair { a, b, ..*edge });
        }
    }
    within
}

/// Joins the items with equal keys.
fn join_same(sets: &mut DisjointSets, keys: impl Iterator<Item = Option<u32>>) {
    let mut first = std::collections::HashMap::new();
    for (item, key) in keys.enumerate() {
        if let Some(key) = key {
            sets.join(item, *first.entry(key).or_insert(item));
        }
    }
}
