//! The selected items of a grid: by click, Shift range, Ctrl toggle, rubber band or all; and the keyboard's cursor.
//!
//! Only items that the page shows can be selected. [`Selections::show`] sets them before anything is drawn, and every
//! method refers to these items alone. Selected items that are no longer shown (another page, a search) are remembered
//! separately and are selected again when they are shown again. `order` always lists the items in the order of the
//! grid.

use std::collections::{BTreeSet, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use crate::library::{FaceId, GroupId, PhotoId};

/// The items that the page shows, in its order. Lists are compared by address, so every change needs a new list.
#[derive(Clone, Debug)]
pub enum Shown {
    Nothing,
    Groups(Arc<[GroupId]>),
    Faces(Arc<[FaceId]>),
    Photos(Arc<[PhotoId]>),
}

/// One selection for each kind of tile.
#[derive(Clone, Debug, Default)]
pub struct Selections {
    pub groups: Selection<GroupId>,
    pub faces: Selection<FaceId>,
    pub photos: Selection<PhotoId>,
}

impl Selections {
    /// Sets the items that can be selected.
    pub fn show(&mut self, shown: &Shown) {
        let (mut groups, mut faces, mut photos) = (None, None, None);
        match shown {
            Shown::Nothing => {}
            Shown::Groups(order) => groups = Some(order),
            Shown::Faces(order) => faces = Some(order),
            Shown::Photos(order) => photos = Some(order),
        }
        self.groups.show_or_hide(groups);
        self.faces.show_or_hide(faces);
        self.photos.show_or_hide(photos);
    }

    pub fn clear(&mut self) {
        self.groups.clear();
        self.faces.clear();
        self.photos.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.faces.is_empty() && self.photos.is_empty()
    }
}

/// Selected items, with the anchor where a range starts and the cursor that arrow keys move.
#[derive(Clone, Debug)]
struct Marks<Item> {
    items: BTreeSet<Item>,
    anchor: Option<Item>,
    cursor: Option<Item>,
}

impl<Item> Default for Marks<Item> {
    fn default() -> Self {
        Self {
            items: BTreeSet::new(),
            anchor: None,
            cursor: None,
        }
    }
}

impl<Item: Copy + Ord> Marks<Item> {
    fn is_blank(&self) -> bool {
        self.items.is_empty() && self.anchor.is_none() && self.cursor.is_none()
    }

    fn join(&mut self, mut other: Marks<Item>) {
        self.items.append(&mut other.items);
        self.anchor = self.anchor.or(other.anchor);
        self.cursor = self.cursor.or(other.cursor);
    }

    /// Divides the items into those that pass and the others.
    fn partition_by(self, passes: impl Fn(&Item) -> bool) -> (Self, Self) {
        let (items, others) = self.items.into_iter().partition(|item| passes(item));
        let of = |item: Option<Item>| match item {
            Some(item) if passes(&item) => (Some(item), None),
            other => (None, other),
        };
        let (anchor, other_anchor) = of(self.anchor);
        let (cursor, other_cursor) = of(self.cursor);
        (
            Self {
                items,
                anchor,
                cursor,
            },
            Self {
                items: others,
                anchor: other_anchor,
                cursor: other_cursor,
            },
        )
    }
}

/// The selected items of one kind.
#[derive(Clone, Debug)]
pub struct Selection<Item> {
    /// Shown on the page.
    marks: Marks<Item>,
    /// Selected, but not shown now.
    hidden: Marks<Item>,
    /// The items that the page shows.
    shown: Option<Arc<[Item]>>,
    /// Items that the rubber band has added while it is drawn.
    band: Vec<Item>,
    /// Increases with every change of the selection.
    revision: u64,
}

impl<Item> Default for Selection<Item> {
    fn default() -> Self {
        Self {
            marks: Marks::default(),
            hidden: Marks::default(),
            shown: None,
            band: Vec::new(),
            revision: 0,
        }
    }
}

impl<Item: Copy + Ord> Selection<Item> {
    pub fn contains(&self, item: Item) -> bool {
        self.marks.items.contains(&item)
    }

    pub fn is_empty(&self) -> bool {
        self.marks.items.is_empty()
    }

    pub fn len(&self) -> usize {
        self.marks.items.len()
    }

    /// In the order of ids, not of the grid.
    pub fn iter(&self) -> impl Iterator<Item = Item> + '_ {
        self.marks.items.iter().copied()
    }

    pub fn to_vec(&self) -> Vec<Item> {
        self.iter().collect()
    }

    /// The selected item, if there is exactly one.
    pub fn single(&self) -> Option<Item> {
        match self.marks.items.len() {
            1 => self.marks.items.first().copied(),
            _ => None,
        }
    }

    /// The item at the keyboard's cursor.
    pub fn cursor(&self) -> Option<Item> {
        self.marks.cursor
    }

    /// The items that the page shows; empty if it shows none of this kind.
    pub fn shown(&self) -> &[Item] {
        self.shown.as_deref().unwrap_or_default()
    }

    /// Whether nothing is selected, including items that are not shown.
    pub fn remembers_nothing(&self) -> bool {
        self.marks.items.is_empty() && self.hidden.items.is_empty()
    }

    /// A new number after every change of the selection, as a key for cached values.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Clears everything, including what is not shown.
    pub fn clear(&mut self) {
        self.replace(Marks::default());
    }

    /// Selects one item only.
    pub fn set(&mut self, item: Item) {
        self.replace(Marks {
            items: BTreeSet::from([item]),
            anchor: Some(item),
            cursor: Some(item),
        });
    }

    /// Replaces the whole selection, including items that are not shown.
    fn replace(&mut self, marks: Marks<Item>) {
        self.marks = marks;
        self.hidden = Marks::default();
        self.band.clear();
        self.revision += 1;
    }

    /// No items of this kind are shown any more; remembers the selection.
    pub fn hide(&mut self) {
        self.shown = None;
        self.band.clear();
        if !self.marks.is_blank() {
            let mut marks = std::mem::take(&mut self.marks);
            marks.join(std::mem::take(&mut self.hidden));
            self.hidden = marks;
            self.revision += 1;
        }
    }

    /// A mouse click, with the modifiers of the platform's file managers.
    pub fn click(&mut self, order: &[Item], item: Item, modifiers: egui::Modifiers) {
        if modifiers.shift {
            self.extend_to(order, item, modifiers.command);
        } else if modifiers.command {
            self.toggle(item);
        } else {
            self.set(item);
        }
    }

    pub fn toggle(&mut self, item: Item) {
        if !self.marks.items.remove(&item) {
            self.marks.items.insert(item);
        }
        self.marks.anchor = Some(item);
        self.marks.cursor = Some(item);
        self.revision += 1;
    }

    /// Selects from the anchor to `item`; `keep` adds to the selection.
    fn extend_to(&mut self, order: &[Item], item: Item, keep: bool) {
        let end = order.iter().position(|other| *other == item);
        let anchor = self
            .marks
            .anchor
            .and_then(|anchor| order.iter().position(|other| *other == anchor));
        let (Some(start), Some(end)) = (anchor, end) else {
            self.set(item);
            return;
        };
        if !keep {
            self.marks.items.clear();
            self.hidden = Marks::default();
        }
        self.marks
            .items
            .extend(&order[start.min(end)..=start.max(end)]);
        self.marks.cursor = Some(item);
        self.revision += 1;
    }

    /// Moves the cursor by `steps` places in `order` (a row is as many steps as it has columns); `extend` with Shift.
    /// Returns the item to scroll to.
    pub fn step(&mut self, order: &[Item], steps: isize, extend: bool) -> Option<Item> {
        let last = order.len().checked_sub(1)?;
        let now = self
            .marks
            .cursor
            .and_then(|cursor| order.iter().position(|other| *other == cursor));
        let target = match now {
            // Up in the first row and down in the last row do nothing.
            Some(now) => now
                .checked_add_signed(steps)
                .filter(|target| *target <= last)
                .unwrap_or(now),
            None => 0,
        };
        let item = order[target];
        if extend {
            self.extend_to(order, item, false);
        } else {
            self.set(item);
        }
        Some(item)
    }

    pub fn select_all(&mut self, order: &[Item]) {
        let anchor = order.first().copied();
        self.replace(Marks {
            items: order.iter().copied().collect(),
            anchor,
            cursor: self.marks.cursor.or(anchor),
        });
    }

    /// Starts a rubber band. With Ctrl or Shift it adds to the selection; otherwise it replaces the selection.
    pub fn begin_band(&mut self, modifiers: egui::Modifiers) {
        if modifiers.command || modifiers.shift {
            self.band.clear();
        } else {
            self.clear();
        }
    }

    /// Selects the items under the rubber band, and no longer those that it has left.
    pub fn band(&mut self, hits: impl IntoIterator<Item = Item>) {
        for item in self.band.drain(..) {
            self.marks.items.remove(&item);
        }
        for item in hits {
            if self.marks.items.insert(item) {
                self.band.push(item);
            }
        }
        self.revision += 1;
    }

    pub fn end_band(&mut self) {
        self.band.clear();
        self.marks.anchor = self.marks.items.first().copied();
        self.marks.cursor = self.marks.items.last().copied();
    }

    /// Removes items that no longer exist.
    pub fn retain(&mut self, exists: impl Fn(Item) -> bool) {
        for marks in [&mut self.marks, &mut self.hidden] {
            marks.items.retain(|item| exists(*item));
            marks.anchor = marks.anchor.filter(|item| exists(*item));
            marks.cursor = marks.cursor.filter(|item| exists(*item));
        }
        self.revision += 1;
    }
}

impl<Item: Copy + Ord + Hash> Selection<Item> {
    /// Sets the items that the page shows. Does nothing if the list is the same.
    pub fn show(&mut self, order: &Arc<[Item]>) {
        let same = |shown: &Arc<[Item]>| Arc::ptr_eq(shown, order);
        if self.shown.as_ref().is_some_and(same) {
            return;
        }
        self.shown = Some(order.clone());
        if self.marks.is_blank() && self.hidden.is_blank() {
            return;
        }
        let shown: HashSet<Item> = order.iter().copied().collect();
        let mut all = std::mem::take(&mut self.marks);
        all.join(std::mem::take(&mut self.hidden));
        (self.marks, self.hidden) = all.partition_by(|item| shown.contains(item));
        self.band.retain(|item| shown.contains(item));
        self.revision += 1;
    }

    fn show_or_hide(&mut self, order: Option<&Arc<[Item]>>) {
        match order {
            Some(order) => self.show(order),
            None => self.hide(),
        }
    }
}
