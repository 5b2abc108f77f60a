//! The data of one page that the snapshot does not have: queried by key while the page is drawn, read by another
//! thread, and kept until unused.
//!
//! `None` means that the data is still being read. After a change of the library the old data is shown until the new
//! data arrives, so that nothing flickers.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use strum::EnumIter;

use crate::app::state::snapshot::Snapshot;
use crate::cluster::Dendrogram;
use crate::curate::{HistoryRow, QueuedQuestion};
use crate::library::{FaceId, FaceRow, GroupId, PhotoId, PhotoRow, RootRow, UnplacedDecision};
use crate::photo::{Patterns, Why};

/// What can be queried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Query {
    Group(GroupId),
    Tree(GroupId),
    Photo(PhotoId),
    Photos,
    Ignored,
    Suggestions,
    /// Answered by the review thread instead of the query thread.
    Review,
    Problems,
    History,
    NotFound,
    Patterns,
    /// Answered by the disk thread instead of the query thread.
    GoneFolders,
    /// Answered by the disk thread.
    LeftOut,
}

impl Query {
    /// Whether the answer needs the folders on the disk, which may be slow.
    pub fn is_about_disk(self) -> bool {
        matches!(self, Query::GoneFolders | Query::LeftOut)
    }
}

/// For a group's page and the inspector.
#[derive(Debug)]
pub struct GroupDetails {
    /// By time, undated ones last.
    pub faces: Vec<FaceRow>,
    /// Its faces whose photo is away or no longer shows them, by time.
    pub away: Vec<FaceRow>,
    /// The photos of the faces, each once, in the same order.
    pub photos: Arc<[PhotoId]>,
    /// People in the same photos, the most frequent first, with the number of shared photos.
    pub often_with: Vec<(GroupId, u32)>,
}

/// The dendrogram of a group; the leaves of `tree` are `faces`, in that order.
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

/// For a photo's page.
#[derive(Debug)]
pub struct PhotoDetails {
    pub photo: PhotoRow,
    /// All its faces, including marked ones, from left to right.
    pub faces: Vec<FaceRow>,
    /// Number of faces with decisions that it no longer shows.
    pub not_found: usize,
}

/// All photos, by time, undated ones last.
#[derive(Debug)]
pub struct PhotoList {
    pub present: Photos,
    /// Those whose file did not exist at the last scan.
    pub away: Photos,
}

/// Some photos, and their ids in the same order.
#[derive(Debug)]
pub struct Photos {
    pub rows: Vec<PhotoRow>,
    pub order: Arc<[PhotoId]>,
}

impl Photos {
    pub fn new(rows: Vec<PhotoRow>) -> Self {
        Self {
            order: rows.iter().map(|photo| photo.photo_id).collect(),
            rows,
        }
    }
}

/// A file that a scan could not read, or not look at as it should.
#[derive(Clone, Debug)]
pub struct Problem {
    pub kind: ProblemKind,
    /// Relative to the scanned folder, to be read.
    pub path: String,
    pub absolute: PathBuf,
    /// What is wrong, and what to do.
    pub reason: String,
    /// `None` if the file could not be read.
    pub photo_id: Option<PhotoId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter)]
pub enum ProblemKind {
    NotRead,
    /// A part of the photo is missing, or pages were not looked at.
    InPart,
    /// So large that small faces may have been missed.
    Coarse,
}

/// A face with decisions that its photo no longer shows, and the faces that it may be.
#[derive(Clone, Debug)]
pub struct NotFound {
    pub face: FaceRow,
    pub photo: PhotoRow,
    pub decisions: Vec<UnplacedDecision>,
    /// The faces that the photo shows now, from left to right.
    pub in_photo: Vec<FaceRow>,
    /// Some suggested faces of its person in other photos.
    pub suggested: Vec<FaceRow>,
}

/// What a scan would leave out.
#[derive(Clone, Debug, Default)]
pub struct LeftOutReport {
    pub rows: Vec<LeftOutLine>,
    /// Numbers of rows by reason.
    pub reasons: Vec<(Why, usize)>,
    /// Numbers of files that are counted and not looked at, by kind.
    pub other_files: Vec<(String, u64)>,
    /// Folders that could not be looked at.
    pub unreachable: Vec<PathBuf>,
}

/// A folder or file that is left out.
#[derive(Clone, Debug)]
pub struct LeftOutLine {
    pub path: PathBuf,
    pub is_folder: bool,
    pub why: Why,
    /// The pattern that includes it.
    pub pattern: String,
}

/// The faces that are ignored or marked as not a face.
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

#[derive(Clone, Debug)]
pub enum QueryResult {
    Group(Arc<GroupDetails>),
    Tree(Arc<GroupTree>),
    Photo(Arc<PhotoDetails>),
    Photos(Arc<PhotoList>),
    Ignored(Arc<MarkedFaces>),
    Suggestions(Arc<Vec<Suggestions>>),
    Review(Arc<Vec<QueuedQuestion>>),
    Problems(Arc<Vec<Problem>>),
    History(Arc<Vec<HistoryRow>>),
    NotFound(Arc<Vec<NotFound>>),
    Patterns(Arc<Patterns>),
    GoneFolders(Arc<Vec<RootRow>>),
    LeftOut(Arc<LeftOutReport>),
}

/// A query for the query thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryRequest {
    pub key: Query,
    /// The version of the library that the result belongs to.
    pub version: u64,
}

#[derive(Debug, Default)]
struct Entry {
    value: Option<QueryResult>,
    /// The version last queried; a failed query is repeated only after the library has changed.
    queried: Option<u64>,
    used_in_frame: u64,
}

/// Results kept beyond those in use.
const MAX_UNUSED: usize = 32;

/// The results, and the queries that are not sent yet.
#[derive(Debug, Default)]
pub struct Queries {
    entries: HashMap<Query, Entry>,
    requests: Vec<QueryRequest>,
    pending: usize,
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
        /// The questions worth asking, the most useful first.
        review(), Review, Vec<QueuedQuestion>
    );
    getter!(problems(), Problems, Vec<Problem>);
    getter!(
        /// The decisions about faces that changed photos no longer show.
        not_found(), NotFound, Vec<NotFound>
    );
    getter!(
        /// The user's own patterns of what scans leave out.
        patterns(), Patterns, Patterns
    );
    getter!(
        /// The scanned folders that are not there.
        gone_folders(), GoneFolders, Vec<RootRow>
    );
    getter!(left_out(), LeftOut, LeftOutReport);
    getter!(
        /// The newest first.
        history(), History, Vec<HistoryRow>
    );

    /// The review queue as last read. Does not query it, because it is built only for its page.
    pub fn known_review(&self) -> Option<&Arc<Vec<QueuedQuestion>>> {
        match self.entries.get(&Query::Review)?.value.as_ref()? {
            QueryResult::Review(queue) => Some(queue),
            _ => None,
        }
    }

    /// The scanned folders that are not there, as last read.
    pub fn known_gone_folders(&self) -> &[RootRow] {
        match self
            .entries
            .get(&Query::GoneFolders)
            .map(|entry| &entry.value)
        {
            Some(Some(QueryResult::GoneFolders(gone))) => gone,
            _ => &[],
        }
    }

    fn get(&mut self, key: Query) -> Option<QueryResult> {
        let entry = self.entries.entry(key).or_default();
        entry.used_in_frame = self.frame;
        let version = match key {
            // No command changes these.
            Query::Photos
            | Query::Problems
            | Query::Patterns
            | Query::GoneFolders
            | Query::LeftOut => self.scan_version,
            _ => self.version,
        };
        if entry.queried != Some(version) {
            entry.queried = Some(version);
            self.requests.push(QueryRequest { key, version });
        }
        entry.value.clone()
    }

    /// A new frame begins, with this snapshot of the library.
    pub fn begin_frame(&mut self, snapshot: &Snapshot) {
        self.version = snapshot.version;
        self.scan_version = snapshot.scan_version;
        self.frame += 1;
        if self.entries.len() > MAX_UNUSED {
            let frame = self.frame;
            self.entries
                .retain(|_, entry| entry.used_in_frame + 2 > frame);
        }
    }

    /// Returns the queries to send.
    pub fn take_requests(&mut self) -> Vec<QueryRequest> {
        self.pending += self.requests.len();
        std::mem::take(&mut self.requests)
    }

    /// Stores a result; `None` if the subject no longer exists or can't be read.
    pub fn insert(&mut self, key: Query, result: Option<QueryResult>) {
        self.pending = self.pending.saturating_sub(1);
        // The entry may have been removed as unused.
        if let (Some(entry), Some(result)) = (self.entries.get_mut(&key), result) {
            entry.value = Some(result);
        }
    }

    /// True if it was queried in this frame.
    pub fn is_in_use(&self, key: Query) -> bool {
        let entry = self.entries.get(&key);
        entry.is_some_and(|entry| entry.used_in_frame == self.frame)
    }

    /// Queries this key again at its next use.
    pub fn query_again(&mut self, key: Query) {
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.queried = None;
        }
    }

    /// True when every query has a result.
    pub fn is_at_rest(&self) -> bool {
        self.pending == 0 && self.requests.is_empty()
    }
}
