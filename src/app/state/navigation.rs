//! The page that is shown, and the way back.

use std::sync::Arc;

use crate::library::{GroupId, PhotoId};

/// What the centre of the window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Page {
    People,
    Unnamed,
    Review,
    Photos,
    /// The photos whose file did not exist at the last scan.
    Away,
    Ignored,
    /// The decisions about faces that changed photos no longer show.
    NotFound,
    Problems,
    /// What scans leave out.
    LeftOut,
    History,
    Group(GroupId),
    Photo(PhotoId),
}

impl Page {
    /// The pages of the side bar, in its order.
    pub const LISTED: [Page; 8] = [
        Page::People,
        Page::Review,
        Page::Unnamed,
        Page::Photos,
        Page::Away,
        Page::Ignored,
        Page::NotFound,
        Page::Problems,
    ];

    /// True for a page that the side bar lists only if it shows something: most libraries have nothing there.
    pub fn is_rare(self) -> bool {
        matches!(self, Page::Away | Page::NotFound)
    }

    /// The label on the side bar and in the title. The pages of one group or photo draw their own title.
    pub fn title(self) -> &'static str {
        match self {
            Page::People => "People",
            Page::Unnamed => "Unnamed",
            Page::Review => "Review",
            Page::Photos => "Photos",
            Page::Away => "Away",
            Page::Ignored => "Ignored",
            Page::NotFound => "Not found",
            Page::Problems => "Problems",
            Page::LeftOut => "Left out",
            Page::History => "History",
            Page::Group(_) => "Group",
            Page::Photo(_) => "Photo",
        }
    }

    /// True where the search box filters the page.
    pub fn searchable(self) -> bool {
        matches!(
            self,
            Page::People
                | Page::Unnamed
                | Page::Review
                | Page::Photos
                | Page::Away
                | Page::NotFound
                | Page::Problems
                | Page::LeftOut
                | Page::History
        )
    }

    /// True where the inspector describes the selection; other pages describe it themselves.
    pub fn has_inspector(self) -> bool {
        matches!(
            self,
            Page::People | Page::Unnamed | Page::Photos | Page::Away
        )
    }

    /// True where cards or tiles are drawn, so that their size can be chosen.
    pub fn has_cards(self) -> bool {
        !matches!(
            self,
            Page::NotFound | Page::Problems | Page::LeftOut | Page::History | Page::Photo(_)
        )
    }

    /// Whether the page is left by going back, with Esc or the button.
    pub fn is_below(self) -> bool {
        matches!(
            self,
            Page::Group(_) | Page::Photo(_) | Page::History | Page::LeftOut
        )
    }
}

/// Maximum length of the way back.
const MAX_BACK: usize = 64;

/// The current page, the way back, and the photos that previous and next step through.
#[derive(Clone, Debug)]
pub struct Navigation {
    page: Page,
    back: Vec<Page>,
    filmstrip: Arc<[PhotoId]>,
}

impl Default for Navigation {
    fn default() -> Self {
        Self {
            page: Page::People,
            back: Vec::new(),
            filmstrip: Arc::from([]),
        }
    }
}

impl Navigation {
    pub fn page(&self) -> Page {
        self.page
    }

    /// Photos in the order of the page from which the current photo was opened; may be empty.
    pub fn filmstrip(&self) -> &Arc<[PhotoId]> {
        &self.filmstrip
    }

    pub fn can_go_back(&self) -> bool {
        !self.back.is_empty()
    }

    pub fn go(&mut self, page: Page) {
        if page == self.page {
            return;
        }
        if self.back.len() == MAX_BACK {
            self.back.remove(0);
        }
        self.back.push(self.page);
        self.page = page;
    }

    pub fn open_photo(&mut self, photo_id: PhotoId, among: Arc<[PhotoId]>) {
        self.filmstrip = among;
        match self.page {
            // Stepping along the filmstrip is one step back, not one per photo.
            Page::Photo(_) => self.page = Page::Photo(photo_id),
            _ => self.go(Page::Photo(photo_id)),
        }
    }

    /// One step back; false at the start.
    pub fn back(&mut self) -> bool {
        let Some(page) = self.back.pop() else {
            return false;
        };
        self.page = page;
        true
    }

    /// Leaves pages whose group or photo no longer exists, and removes them from the way back.
    pub fn retain(&mut self, mut exists: impl FnMut(Page) -> bool) {
        self.back.retain(|page| exists(*page));
        while !exists(self.page) {
            self.page = self.back.pop().unwrap_or(Page::People);
            if self.page == Page::People {
                break;
            }
        }
    }
}
