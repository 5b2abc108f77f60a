//! Faces into groups: exact average linkage under constraints, at any number of faces.
//!
//! 1. Up to the distance that is certain whatever else is known ([`Rule::certain`]), this is plain average linkage. Two
//!    groups can only lie within it if some pair of their faces does. So the faces fall into components, linked by pairs
//!    within it ([`spanning_forest`]), and each is clustered by itself ([`Tree`]). A component too large for one matrix
//!    falls apart further at a tighter cut; what comes of that is merged again by means of embeddings ([`merge_components`]).
//! 2. What came out is merged further in the same way, as far as the rule lets each two groups reach ([`Rule::between`]).
//!
//! Before all that the faces of somebody with very many are taken together ([`large_groups`]); where nobody has, nothing is
//! approximated.
//!
//! Above [`MAX_EXACT_FACES`] faces step 1 looks only at the near neighbours that an index finds ([`spanning_forest_of_neighbours`]).
//! Most unions that it misses are made in step 2, where nothing is missed.
//!
//! Average linkage merges in order of distance, so stopping at a tighter cut and going on from there changes nothing.
//! The result depends neither on the order of the faces nor on the number of threads.

use rayon::prelude::*;

use super::components::{spanning_forest, spanning_forest_of_neighbours};
use super::constraints::FaceToGroup;
use super::kodama::Tree;
use super::large_groups::{LargeGroups, large_groups};
use super::merge_components::{Component, merge_components};
use super::partition::{DisjointSets, members, relabelled};
use crate::cluster::search::close_pairs::Pair;
use crate::cluster::search::similarity::Rows;
use crate::cluster::{Cut, Rule};
use crate::stop::{StopFlag, Stopped};
use crate::vision::Centred;

/// Faces in one matrix, which holds n (n - 1) / 2 numbers: 200 MB at 10,000 faces.
const MAX_MATRIX_FACES: usize = 10_000;

/// Faces of which all pairs are looked at: there is four times as much to look at with each doubling.
const MAX_EXACT_FACES: usize = 500_000;

/// Components above this many faces are clustered one after the other, so that only one large matrix lives at a time.
const LARGE_COMPONENT: usize = 2_000;

/// A component too large is taken again at this share of the cut, and so on ...
const CUT_FACTOR: f32 = 0.8;

/// ... down to this distance, where nothing but copies and bursts hang together: such a heap is cut into slices.
const MIN_CUT: f32 = 0.1;

/// Groups faces by average linkage on cosine distance: one label per face, 0, 1, 2, ... by first appearance.
///
/// `cut` says how near two groups must be ([`crate::cluster::DEFAULT_CUT`]).
/// Faces must_link to one label come out together; faces of one photo never do (save where must_link to the same label), nor
/// faces must_link to different labels, nor a face and a label it refuses. `faces` says this of the embedding at the same
/// index.
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
    group_in_steps(embeddings, faces, cut, MAX_MATRIX_FACES, stop)
}

/// [`group`] with at max_faces `max_faces` faces in one matrix; every `max_faces` gives the same groups, down to slices of copies.
#[doc(hidden)]
pub fn group_in_steps(
    embeddings: &[Centred],
    faces: &[FaceToGroup],
    cut: Cut,
    max_faces: usize,
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    group_by(
        embeddings,
        faces,
        &Rule::new(cut, faces.len()),
        max_faces,
        Search::for_faces(faces.len()),
        stop,
    )
}

/// [`group`] by the index, however few the faces.
#[doc(hidden)]
pub fn group_by_index(
    embeddings: &[Centred],
    faces: &[FaceToGroup],
    cut: Cut,
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    let rule = Rule::new(cut, faces.len());
    let search = Search::ByIndex;
    group_by(embeddings, faces, &rule, MAX_MATRIX_FACES, search, stop)
}

/// [`group`] with no component taken by itself: up to what is certain over all faces in one matrix. What the other
/// ways are checked against.
#[doc(hidden)]
pub fn group_in_one_matrix(
    embeddings: &[Centred],
    faces: &[FaceToGroup],
    cut: Cut,
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    let rule = Rule::new(cut, faces.len());
    let max_faces = faces.len();
    labelled(embeddings, faces, max_faces, stop, |ordered| {
        ordered.merged(ordered.in_one_matrix(rule.certain)?, &rule)
    })
}

/// Average linkage over all faces in one matrix, up to one mean distance for all.
#[doc(hidden)]
pub fn group_at_one_cut(
    embeddings: &[Centred],
    faces: &[FaceToGroup],
    cut: f32,
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    let max_faces = faces.len();
    labelled(embeddings, faces, max_faces, stop, |ordered| {
        ordered.in_one_matrix(cut)
    })
}

/// How the pairs of faces within what is certain are found.
#[derive(Clone, Copy)]
enum Search {
    Exact,
    ByIndex,
}

impl Search {
    fn for_faces(faces: usize) -> Search {
        if faces > MAX_EXACT_FACES {
            Search::ByIndex
        } else {
            Search::Exact
        }
    }
}

fn group_by(
    embeddings: &[Centred],
    faces: &[FaceToGroup],
    rule: &Rule,
    max_faces: usize,
    search: Search,
    stop: &StopFlag,
) -> Result<Vec<u32>, Stopped> {
    labelled(embeddings, faces, max_faces, stop, |ordered| {
        let LargeGroups { large_groups, rest } = ordered.large_groups(rule.certain)?;
        let rows = ordered.rows.some(&rest);
        let edges = match search {
            Search::Exact => spanning_forest(&rows, rule.certain, stop),
            Search::ByIndex => spanning_forest_of_neighbours(&rows, rule.certain, stop),
        }?;
        let mut clusters = ordered.linked(&rest, rule.certain, edges)?;
        clusters.extend(large_groups);
        clusters.sort_unstable_by_key(|cluster| cluster[0]);
        ordered.merged(clusters, rule)
    })
}

/// The labels of the clusters that `cluster` makes of the faces in their canonical order.
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

/// The faces in an order of their own, whatever order they came in: by embedding, then by photo.
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

/// The faces in canonical order; what follows knows each by its rank there.
struct Ordered<'a> {
    rows: Rows<'a>,
    faces: Vec<&'a FaceToGroup>,
    max_faces: usize,
    stop: &'a StopFlag,
}

/// Ranks, ascending.
type Ranks = Vec<usize>;

impl Ordered<'_> {
    fn in_one_matrix(&self, cut: f32) -> Result<Vec<Ranks>, Stopped> {
        self.clustered(&self.all(), cut)
    }

    fn all(&self) -> Ranks {
        (0..self.faces.len()).collect()
    }

    fn large_groups(&self, cut: f32) -> Result<LargeGroups, Stopped> {
        let grouped = |ranks: &[usize]| self.clustered(ranks, cut);
        large_groups(&self.rows, &self.faces, cut, grouped, self.stop)
    }

    /// `ranks` clustered at `cut`, by their first ranks. `edges` are those of the forest within them, between positions in `ranks`.
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

    /// Positions linked by edges within `cut`, or by a common pin.
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

    /// Average linkage up to `cut`, from the first merge on.
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

    /// Average linkage up to `cut` of more faces than one matrix takes: first up to a tighter cut.
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

    /// Clusters, by their first ranks, merged as far as `rule` lets them.
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
            cluster.iter().map(|&rank| self.rows.row(rank)),
            cluster.iter().map(|&rank| self.faces[rank]),
        )
    }

    /// A heap of copies clustered slice by slice; faces of one pin stay whole.
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

/// The clusters of each label as one.
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

/// For each of these components, of `count` positions in all, the edges within it, between places in it.
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

/// Joins the items with the same key.
fn join_same(sets: &mut DisjointSets, keys: impl Iterator<Item = Option<u32>>) {
    let mut first = std::collections::HashMap::new();
    for (item, key) in keys.enumerate() {
        if let Some(key) = key {
            sets.join(item, *first.entry(key).or_insert(item));
        }
    }
}
