//! What is selected in a grid: click, Shift range, Ctrl toggle, rubber band, all; and the keyboard's cursor.
//!
//! `order` is always the items as the grid shows them now, first to last.

use std::collections::BTreeSet;

use crate::library::{FaceId, GroupId, PhotoId};

/// One selection for each kind of tile.
#[derive(Clone, Debug, Default)]
pub struct Selections {
    pub groups: Selection<GroupId>,
    pub faces: Selection<FaceId>,
    pub photos: Selection<PhotoId>,
}

impl Selections {
    pub fn clear(&mut self) {
        self.groups.clear();
        self.faces.clear();
        self.photos.clear();
    }

    pub fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.faces.is_empty() && self.photos.is_empty()
    }
}

/// The items selected, the anchor where a range starts and the cursor that arrow keys move.
#[derive(Clone, Debug)]
pub struct Selection<Item> {
    items: BTreeSet<Item>,
    anchor: Option<Item>,
    cursor: Option<Item>,
    /// What was selected when a rubber band began, if it adds to that.
    band_base: Option<BTreeSet<Item>>,
}

impl<Item> Default for Selection<Item> {
    fn default() -> Self {
        Self {
            items: BTreeSet::new(),
            anchor: None,
            cursor: None,
            band_base: None,
        }
    }
}

impl<Item: Copy + Ord> Selection<Item> {
    pub fn contains(&self, item: Item) -> bool {
        self.items.contains(&item)
    }

    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// In the order of ids, not of the grid.
    pub fn iter(&self) -> impl Iterator<Item = Item> + '_ {
        self.items.iter().copied()
    }

    pub fn to_vec(&self) -> Vec<Item> {
        self.iter().collect()
    }

    /// The one item selected, if it is just one.
    pub fn single(&self) -> Option<Item> {
        match self.items.len() {
            1 => self.items.first().copied(),
            _ => None,
        }
    }

    /// Where the keyboard is.
    pub fn cursor(&self) -> Option<Item> {
        self.cursor
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Selects one item only.
    pub fn set(&mut self, item: Item) {
        self.items = BTreeSet::from([item]);
        self.anchor = Some(item);
        self.cursor = Some(item);
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
        if !self.items.remove(&item) {
            self.items.insert(item);
        }
        self.anchor = Some(item);
        self.cursor = Some(item);
    }

    /// Selects from the anchor to `item`; `keep` adds to what is selected already.
    fn extend_to(&mut self, order: &[Item], item: Item, keep: bool) {
        let end = order.iter().position(|other| *other == item);
        let anchor = self
            .anchor
            .and_then(|anchor| order.iter().position(|other| *other == anchor));
        let (Some(start), Some(end)) = (anchor, end) else {
            self.set(item);
            return;
        };
        if !keep {
            self.items.clear();
        }
        self.items.extend(&order[start.min(end)..=start.max(end)]);
        self.cursor = Some(item);
    }

    /// Arrow keys: moves the cursor by `steps` places in `order` (a row is as many as columns); `extend` with Shift.
    ///
    /// Returns the item to scroll to.
    pub fn step(&mut self, order: &[Item], steps: isize, extend: bool) -> Option<Item> {
        let last = order.len().checked_sub(1)?;
        let now = self
            .cursor
            .and_then(|cursor| order.iter().position(|other| *other == cursor));
        let target = match now {
            // Up in the first row and down in the last one stay where they are.
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
        self.items = order.iter().copied().collect();
        self.anchor = order.first().copied();
        self.cursor = self.cursor.or(self.anchor);
    }

    /// A rubber band begins: with Ctrl or Shift it adds to the selection, else it starts afresh.
    pub fn begin_band(&mut self, modifiers: egui::Modifiers) {
        let keep = modifiers.command || modifiers.shift;
        self.band_base = Some(if keep {
            self.items.clone()
        } else {
            BTreeSet::new()
        });
    }

    /// The band covers these items now.
    pub fn band(&mut self, hits: impl IntoIterator<Item = Item>) {
        let base = self.band_base.get_or_insert_with(BTreeSet::new);
        self.items = base.clone();
        self.items.extend(hits);
    }

    pub fn end_band(&mut self) {
        self.band_base = None;
        self.anchor = self.items.first().copied();
        self.cursor = self.items.last().copied();
    }

    /// Forgets items that are gone.
    pub fn retain(&mut self, mut exists: impl FnMut(Item) -> bool) {
        self.items.retain(|item| exists(*item));
        self.anchor = self.anchor.filter(|item| exists(*item));
        self.cursor = self.cursor.filter(|item| exists(*item));
    }
}
