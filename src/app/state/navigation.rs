//! Where in the window the person is, and the way back.

use std::sync::Arc;

use crate::library::{GroupId, PhotoId};

/// What the centre of the window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    People,
    Unnamed,
    Review,
    Photos,
    Ignored,
    Problems,
    History,
    Group(GroupId),
    Photo(PhotoId),
}

impl Place {
    /// The places of the side bar, in its order.
    pub const LISTED: [Place; 6] = [
        Place::People,
        Place::Review,
        Place::Unnamed,
        Place::Photos,
        Place::Ignored,
        Place::Problems,
    ];

    /// The word on the side bar and in the title. Pages of one group or photo take theirs from what they show.
    pub fn title(self) -> &'static str {
        match self {
            Place::People => "People",
            Place::Unnamed => "Unnamed",
            Place::Review => "Review",
            Place::Photos => "Photos",
            Place::Ignored => "Ignored",
            Place::Problems => "Problems",
            Place::History => "History",
            Place::Group(_) => "Group",
            Place::Photo(_) => "Photo",
        }
    }

    /// True where the search box filters what is shown.
    pub fn searchable(self) -> bool {
        matches!(
            self,
            Place::People
                | Place::Unnamed
                | Place::Review
                | Place::Photos
                | Place::Problems
                | Place::History
        )
    }

    /// True where the inspector tells of the selection; other pages have what they tell in their own place.
    pub fn has_inspector(self) -> bool {
        matches!(self, Place::People | Place::Unnamed | Place::Photos)
    }

    /// True where cards or tiles are drawn, so that their size can be chosen.
    pub fn has_cards(self) -> bool {
        !matches!(self, Place::Problems | Place::History | Place::Photo(_))
    }
}

/// Longest way back that is kept.
const MAX_BACK: usize = 64;

/// The present place, the way back, and the photos that previous/next walk through.
#[derive(Clone, Debug)]
pub struct Navigation {
    place: Place,
    back: Vec<Place>,
    filmstrip: Arc<[PhotoId]>,
}

impl Default for Navigation {
    fn default() -> Self {
        Self {
            place: Place::People,
            back: Vec::new(),
            filmstrip: Arc::from([]),
        }
    }
}

impl Navigation {
    pub fn place(&self) -> Place {
        self.place
    }

    /// Photos in the order of the page from which the present photo was opened; may be empty.
    pub fn filmstrip(&self) -> &Arc<[PhotoId]> {
        &self.filmstrip
    }

    pub fn can_go_back(&self) -> bool {
        !self.back.is_empty()
    }

    pub fn go(&mut self, place: Place) {
        if place == self.place {
            return;
        }
        if self.back.len() == MAX_BACK {
            self.back.remove(0);
        }
        self.back.push(self.place);
        self.place = place;
    }

    pub fn open_photo(&mut self, photo_id: PhotoId, among: Arc<[PhotoId]>) {
        self.filmstrip = among;
        match self.place {
            // Walking along the filmstrip is one step back, not as many as photos seen.
            Place::Photo(_) => self.place = Place::Photo(photo_id),
            _ => self.go(Place::Photo(photo_id)),
        }
    }

    /// One step back; false at the start.
    pub fn back(&mut self) -> bool {
        let Some(place) = self.back.pop() else {
            return false;
        };
        self.place = place;
        true
    }

    /// Leaves pages whose group or photo is gone, and forgets them on the way back.
    pub fn retain(&mut self, mut exists: impl FnMut(Place) -> bool) {
        self.back.retain(|place| exists(*place));
        while !exists(self.place) {
            self.place = self.back.pop().unwrap_or(Place::People);
            if self.place == Place::People {
                break;
            }
        }
    }
}
