//! Disjoint sets over 0..n, and partitions written as one label per item.

/// Union-find with path halving; the root of a set is its smallest item.
pub(super) struct DisjointSets {
    parents: Vec<u32>,
}

impl DisjointSets {
    pub(super) fn new(count: usize) -> DisjointSets {
        DisjointSets {
            parents: (0..count as u32).collect(),
        }
    }

    pub(super) fn root(&mut self, item: usize) -> usize {
        let mut item = item;
        while self.parents[item] as usize != item {
            let grandparent = self.parents[self.parents[item] as usize];
            self.parents[item] = grandparent;
            item = grandparent as usize;
        }
        item
    }

    /// Whether the two were in different sets before.
    pub(super) fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        let (low, high) = (a.min(b), a.max(b));
        self.parents[high] = low as u32;
        low != high
    }

    pub(super) fn roots(&mut self) -> Vec<u32> {
        (0..self.parents.len())
            .map(|item| self.root(item) as u32)
            .collect()
    }

    /// One label per item: 0, 1, 2, ... in the order of first appearance.
    pub(super) fn labels(&mut self) -> Vec<u32> {
        relabelled(&self.roots())
    }
}

/// The same partition with the labels 0, 1, 2, ... in the order of first appearance.
pub fn relabelled(labels: &[u32]) -> Vec<u32> {
    let mut numbers = std::collections::HashMap::new();
    labels
        .iter()
        .map(|label| {
            let next = numbers.len() as u32;
            *numbers.entry(*label).or_insert(next)
        })
        .collect()
}

/// The items of each label, for labels 0..k, items in order.
pub fn members(labels: &[u32]) -> Vec<Vec<usize>> {
    let count = labels.iter().max().map_or(0, |&last| last as usize + 1);
    let mut members = vec![Vec::new(); count];
    for (item, &label) in labels.iter().enumerate() {
        members[label as usize].push(item);
    }
    members
}

/// Whether two sorted slices have an item in common; logarithmic in the longer one.
pub fn share_item<T: Ord>(a: &[T], b: &[T]) -> bool {
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().any(|item| many.binary_search(item).is_ok())
}
