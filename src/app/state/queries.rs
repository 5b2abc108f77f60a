//! What one page shows beyond the snapshot: asked for by key while it is drawn, read by another thread, kept until unused.
//!
//! `None` means "not read yet". After a change of the library the old value is shown until the new one is there, so
//! that nothing flickers.

use std::collections::HashMap;
use std::sync::Arc;

use crate::app::state::snapshot::Snapshot;
use crate::cluster::Dendrogram;
use crate::curate::{HistoryRow, QueuedQuestion};
use crate::library::{FaceId, FaceRow, GroupId, PhotoId, PhotoRow, ProblemRow};

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    Group(GroupId),
    Tree(GroupId),
    Photo(PhotoId),
    Photos,
    Ignored,
    Suggestions,
    /// Answered by the reviewer, not the reader.
    Review,
    Problems,
    History,
}

/// A group's page and its inspector.
#[derive(Debug)]
pub struct GroupDetails {
    /// By time, undated ones last.
    pub faces: Vec<FaceRow>,
    /// The photos of the faces, each once, in the same order.
    pub photos: Arc<[PhotoId]>,
    /// People in the same photos, the most frequent first, with the number of photos shared.
    pub often_with: Vec<(GroupId, u32)>,
}

/// How a group falls apart: `tree` is over `faces`, in that order.
pub struct GroupTree {
    pub faces: Vec<FaceId>,
    pub tree: Dendrogram,
}

impl std::fmt::Debug for GroupTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GroupTree")
            .field("faces", &self.faces.len())
            .finish_non_exhaustive()
    }
}

/// A photo's page.
#[derive(Debug)]
pub struct PhotoDetails {
    pub photo: PhotoRow,
    /// All its faces, marked ones too, from left to right.
    pub faces: Vec<FaceRow>,
}

/// All photos, by time, undated ones last.
#[derive(Debug)]
pub struct PhotoList {
    pub photos: Vec<PhotoRow>,
    pub order: Arc<[PhotoId]>,
}

/// Faces a person has put aside.
#[derive(Debug)]
pub struct MarkedFaces {
    pub ignored: Vec<FaceRow>,
    pub not_a_face: Vec<FaceRow>,
}

/// The suggested faces of one person.
#[derive(Debug)]
pub struct Suggestions {
    pub group_id: GroupId,
    pub faces: Vec<FaceRow>,
}

/// An answer.
#[derive(Clone, Debug)]
pub enum QueryResult {
    Group(Arc<GroupDetails>),
    Tree(Arc<GroupTree>),
    Photo(Arc<PhotoDetails>),
    Photos(Arc<PhotoList>),
    Ignored(Arc<MarkedFaces>),
    Suggestions(Arc<Vec<Suggestions>>),
    Review(Arc<Vec<QueuedQuestion>>),
    Problems(Arc<Vec<ProblemRow>>),
    History(Arc<Vec<HistoryRow>>),
}

/// A request for the reader thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryRequest {
    pub key: Query,
    /// The version of the library that the answer will be filed under.
    pub version: u64,
}

#[derive(Debug, Default)]
struct Entry {
    value: Option<QueryResult>,
    /// The version last asked for; a failed request is not repeated until the library changes.
    asked: Option<u64>,
    used_in_frame: u64,
}

/// Answers kept beyond those in use.
const KEPT: usize = 32;

/// The answers, and the questions still to be sent.
#[derive(Debug, Default)]
pub struct Queries {
    entries: HashMap<Query, Entry>,
    requests: Vec<QueryRequest>,
    unanswered: usize,
    version: u64,
    scan_version: u64,
    frame: u64,
}

macro_rules! getter {
    ($(#[$doc:meta])* $name:ident($($id:ident: $id_type:ty)?), $variant:ident, $value:ty) => {
        $(#[$doc])*
        pub fn $name(&mut self $(, $id: $id_type)?) -> Option<Arc<$value>> {
            match self.get(Query::$variant$(($id))?)? {
                QueryResult::$variant(value) => Some(value),
                other => unreachable!("{other:?} filed under another key"),
            }
        }
    };
}

impl Queries {
    getter!(group(group_id: GroupId), Group, GroupDetails);
    getter!(
        /// The dendrogram for the split slider.
        tree(group_id: GroupId), Tree, GroupTree
    );
    getter!(photo(photo_id: PhotoId), Photo, PhotoDetails);
    getter!(photos(), Photos, PhotoList);
    getter!(ignored(), Ignored, MarkedFaces);
    getter!(suggestions(), Suggestions, Vec<Suggestions>);
    getter!(
        /// The questions worth answering, the most useful first.
        review(), Review, Vec<QueuedQuestion>
    );
    getter!(problems(), Problems, Vec<ProblemRow>);
    getter!(
        /// The newest first.
        history(), History, Vec<HistoryRow>
    );

    /// The queue of the review as last read, without asking for it: it is made for its page only.
    pub fn known_review(&self) -> Option<&Arc<Vec<QueuedQuestion>>> {
        match self.entries.get(&Query::Review)?.value.as_ref()? {
            QueryResult::Review(queue) => Some(queue),
            _ => None,
        }
    }

    fn get(&mut self, key: Query) -> Option<QueryResult> {
        let entry = self.entries.entry(key).or_default();
        entry.used_in_frame = self.frame;
        let version = match key {
            // No command changes these.
            Query::Photos | Query::Problems => self.scan_version,
            _ => self.version,
        };
        if entry.asked != Some(version) {
            entry.asked = Some(version);
            self.requests.push(QueryRequest { key, version });
        }
        entry.value.clone()
    }

    /// A new frame begins, with this snapshot of the library.
    pub fn begin_frame(&mut self, snapshot: &Snapshot) {
        self.version = snapshot.version;
        self.scan_version = snapshot.scan_version;
        self.frame += 1;
        if self.entries.len() > KEPT {
            let frame = self.frame;
            self.entries
                .retain(|_, entry| entry.used_in_frame + 2 > frame);
        }
    }

    /// Hands over what views have asked for in vain.
    pub fn take_requests(&mut self) -> Vec<QueryRequest> {
        self.unanswered += self.requests.len();
        std::mem::take(&mut self.requests)
    }

    /// Takes in an answer; `None` if what was asked for is gone or can't be read.
    pub fn insert(&mut self, key: Query, detail: Option<QueryResult>) {
        self.unanswered = self.unanswered.saturating_sub(1);
        // Nobody looks at it any more if the entry is gone.
        if let (Some(entry), Some(detail)) = (self.entries.get_mut(&key), detail) {
            entry.value = Some(detail);
        }
    }

    /// True if it was asked for in this frame.
    pub fn is_in_use(&self, key: Query) -> bool {
        let entry = self.entries.get(&key);
        entry.is_some_and(|entry| entry.used_in_frame == self.frame)
    }

    /// Asks again when it is wanted next: what was asked for is not made.
    pub fn ask_again(&mut self, key: Query) {
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.asked = None;
        }
    }

    /// True when every question has been answered.
    pub fn is_at_rest(&self) -> bool {
        self.unanswered == 0 && self.requests.is_empty()
    }
}
