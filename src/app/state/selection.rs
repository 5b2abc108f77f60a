//! What is selected in a grid: click, Shift range, Ctrl toggle, rubber band, all; and the keyboard's cursor.
//!
//! Only what the page draws can be selected: [`Selections::show`] says what that is, before anything is drawn, and every
//! question about a selection is answered for these items alone. What was selected and is no longer drawn (another
//! page, a search, a fold) is remembered apart and is selected again when it is drawn again.
//!
//! `order` is always the items as the grid shows them now, first to last.

use std::collections::{BTreeSet, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use crate::library::{FaceId, GroupId, PhotoId};

/// What the page draws and lets select, in its order. A new list for every change: equal lists are told by address.
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
    /// From now on only what is shown counts as selected.
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

/// Items that are marked, with the anchor where a range starts and the cursor that arrow keys move.
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

    /// Those that pass, and the others.
    fn parted(self, passes: impl Fn(&Item) -> bool) -> (Self, Self) {
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

/// What is selected of one kind.
#[derive(Clone, Debug)]
pub struct Selection<Item> {
    /// On the page.
    marks: Marks<Item>,
    /// Selected when it was last drawn; not on the page now.
    hidden: Marks<Item>,
    /// What the page shows.
    shown: Option<Arc<[Item]>>,
    /// What the rubber band has added to the selection, while it is drawn.
    band: Vec<Item>,
    /// Changes with every change of what is selected.
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

    /// The one item selected, if it is just one.
    pub fn single(&self) -> Option<Item> {
        match self.marks.items.len() {
            1 => self.marks.items.first().copied(),
            _ => None,
        }
    }

    /// Where the keyboard is.
    pub fn cursor(&self) -> Option<Item> {
        self.marks.cursor
    }

    /// What the page shows, first to last; empty where it shows nothing of this kind.
    pub fn shown(&self) -> &[Item] {
        self.shown.as_deref().unwrap_or_default()
    }

    /// Whether nothing is selected, not even what the page does not show now.
    pub fn remembers_nothing(&self) -> bool {
        self.marks.items.is_empty() && self.hidden.items.is_empty()
    }

    /// Another number after every change of what is selected, so that what is derived from it can be kept.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Forgets everything, what is not shown too.
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

    /// What was selected elsewhere ends with a new selection here.
    fn replace(&mut self, marks: Marks<Item>) {
        self.marks = marks;
        self.hidden = Marks::default();
        self.band.clear();
        self.revision += 1;
    }

    /// Nothing of this kind is drawn any more: remembers the selection.
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

    /// Selects from the anchor to `item`; `keep` adds to what is selected already.
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

    /// Arrow keys: moves the cursor by `steps` places in `order` (a row is as many as columns); `extend` with Shift.
    ///
    /// Returns the item to scroll to.
    pub fn step(&mut self, order: &[Item], steps: isize, extend: bool) -> Option<Item> {
        let last = order.len().checked_sub(1)?;
        let now = self
            .marks
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
        let anchor = order.first().copied();
        self.replace(Marks {
            items: order.iter().copied().collect(),
            anchor,
            cursor: self.marks.cursor.or(anchor),
        });
    }

    /// A rubber band begins: with Ctrl or Shift it adds to the selection, else it starts afresh.
    pub fn begin_band(&mut self, modifiers: egui::Modifiers) {
        if modifiers.command || modifiers.shift {
            self.band.clear();
        } else {
            self.clear();
        }
    }

    /// The band covers these items now.
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

    /// Forgets items that are gone.
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
    /// The page shows these items and no others of this kind; costs nothing while it is the same list.
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
        (self.marks, self.hidden) = all.parted(|item| shown.contains(item));
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
