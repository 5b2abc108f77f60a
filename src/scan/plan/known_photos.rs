//! Identifies files as known photos: by path if nothing changed; by content if the file moved, was copied or was
//! rewritten.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::moved_roots::{GoneRoot, MoveKind, MovedRoot, find_returned_roots};
use super::roots::Target;
use crate::files::{page_path, path_text};
use crate::library::{FormerRoot, KnownPhoto, Library, LibraryError, PhotoId, RootId};
use crate::photo::{ContentHash, FileStamp};
use crate::scan::gone_folders::is_gone;
use crate::scan::item::{FileStatus, Item};
use crate::scan::lock::lock;
use crate::scan::lost_folders::LostFolder;

/// Photos of a folder that are looked for on the disk, to find out whether any is left.
const MAX_LOOKED_FOR: usize = 16;

/// The photos that the library had when the scan began, and what the scan has found out about them.
pub(crate) struct KnownPhotos {
    rows: Vec<Row>,
    by_content: HashMap<ContentHash, Vec<usize>>,
    roots: HashMap<RootId, PathBuf>,
    /// Photos whose embeddings were made in another way than today's.
    outdated: HashSet<PhotoId>,
    /// Roots that are gone and seem to lie elsewhere now, or are back.
    moved_roots: Vec<MovedRoot>,
    /// Photos that returned to their former folder while the file that they had meanwhile is still there.
    left_behind: Vec<usize>,
    /// Contents that this scan is the first to see, and that are being worked on.
    new_contents: HashSet<ContentHash>,
}

struct Row {
    root_id: RootId,
    photo: KnownPhoto,
    whereabouts: Whereabouts,
}

/// Where a known photo's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whereabouts {
    /// Not checked: its folder isn't part of this scan, or could not be walked.
    Unknown,
    /// At its path.
    Here,
    /// Nothing is at its path, or other bytes are.
    Gone,
    /// Gone from its path and found at another path.
    Moved,
}

/// The status of a file by its path and stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathStatus {
    Unchanged,
    /// Unchanged, but its embeddings were made in another way than today's.
    Outdated,
    /// This photo had vanished and is back.
    Returned(PhotoId),
    /// The known photo with this number was at the path; its bytes may have changed.
    Changed(usize),
    New,
}

impl Row {
    fn stamp(&self) -> FileStamp {
        FileStamp {
            bytes: self.photo.file_size,
            modified_ns: self.photo.modified_ns,
            changed_ns: self.photo.changed_ns,
        }
    }
}

impl KnownPhotos {
    pub(crate) fn load(library: &Library) -> Result<Self, LibraryError> {
        let mut known_photos = Self {
            rows: Vec::new(),
            by_content: HashMap::new(),
            roots: HashMap::new(),
            outdated: library
                .photos_with_outdated_embeddings()?
                .into_iter()
                .collect(),
            moved_roots: Vec::new(),
            left_behind: Vec::new(),
            new_contents: HashSet::new(),
        };
        for root in library.roots()? {
            for photo in library.known_photos(root.root_id)? {
                let contents = known_photos
                    .by_content
                    .entry(photo.content_hash)
                    .or_default();
                contents.push(known_photos.rows.len());
                known_photos.rows.push(Row {
                    root_id: root.root_id,
                    photo,
                    whereabouts: Whereabouts::Unknown,
                });
            }
            known_photos.roots.insert(root.root_id, root.path);
        }
        Ok(known_photos)
    }

    /// The known photos in a walked folder by path; several if vanished photos share a path.
    pub(crate) fn photos_below(&self, target: &Target) -> HashMap<String, Vec<usize>> {
        let mut at_path: HashMap<String, Vec<usize>> = HashMap::new();
        for (number, row) in self.rows.iter().enumerate() {
            if row.root_id == target.root_id && target.covers(&row.photo.path) {
                at_path
                    .entry(row.photo.path.clone())
                    .or_default()
                    .push(number);
            }
        }
        at_path
    }

    /// The numbers of the further pages that are known of a file, present or not.
    pub(crate) fn known_pages(&self, root_id: RootId, path: &str) -> Vec<u32> {
        let below = self.rows.iter().filter(|row| row.root_id == root_id);
        let pages = below.filter_map(|row| page_path::page_in(&row.photo.path));
        let mut pages: Vec<u32> = pages
            .filter(|(file, _)| *file == path)
            .map(|(_, page)| page)
            .collect();
        pages.sort_unstable();
        pages.dedup();
        pages
    }

    /// Compares a file with the photos known at its path.
    pub(crate) fn compare(&mut self, at_path: &[usize], stamp: &FileStamp) -> PathStatus {
        let matching = at_path
            .iter()
            .find(|number| self.rows[**number].stamp().agrees_with(stamp));
        for number in at_path {
            // A present photo with another stamp may still be the same; its bytes will show.
            let row = &mut self.rows[*number];
            row.whereabouts = match matching {
                Some(here) if here == number => Whereabouts::Here,
                None if !row.photo.vanished => Whereabouts::Unknown,
                _ => Whereabouts::Gone,
            };
        }
        let present = at_path
            .iter()
            .find(|number| !self.rows[**number].photo.vanished);
        match (matching, present) {
            (Some(number), _) if self.rows[*number].photo.vanished => {
                PathStatus::Returned(self.photo_id(*number))
            }
            (Some(number), _) if self.is_outdated(self.photo_id(*number)) => PathStatus::Outdated,
            (Some(_), _) => PathStatus::Unchanged,
            (None, Some(number)) => PathStatus::Changed(*number),
            (None, None) => PathStatus::New,
        }
    }

    /// The photo at a path whose stamp agrees, if the library does not know when its file last changed.
    pub(crate) fn without_changed_time(&self, at_path: &[usize]) -> Option<PhotoId> {
        let mut here = at_path
            .iter()
            .filter(|number| self.rows[**number].whereabouts == Whereabouts::Here);
        let here = here.find(|number| self.rows[**number].photo.changed_ns.is_none());
        here.map(|number| self.photo_id(*number))
    }

    /// Notes that nothing is at the path of these photos any more.
    pub(crate) fn note_missing(&mut self, at_path: &[usize]) {
        for number in at_path {
            self.rows[*number].whereabouts = Whereabouts::Gone;
        }
    }

    /// The roots whose folder does not exist, is empty, or has none of its photos.
    pub(crate) fn gone_roots(&self) -> Vec<GoneRoot<'_>> {
        let gone = self.roots.iter().filter_map(|(root_id, path)| {
            let has_folder = !is_gone(path);
            (!has_folder || self.has_lost_its_photos(*root_id, path)).then(|| GoneRoot {
                root_id: *root_id,
                path: path.clone(),
                has_folder,
                photos: self.photos_of(*root_id, |row| !row.photo.vanished),
            })
        });
        gone.collect()
    }

    /// Whether none of the photos of a folder that is there is there: a drive is away, and something else is at its place.
    fn has_lost_its_photos(&self, root_id: RootId, root: &Path) -> bool {
        let present = self.rows.iter();
        let present: Vec<&Row> = present
            .filter(|row| row.root_id == root_id && !row.photo.vanished)
            .collect();
        let step = present.len().div_ceil(MAX_LOOKED_FOR).max(1);
        let is_lost = |row: &&Row| match row.whereabouts {
            Whereabouts::Gone => true,
            Whereabouts::Here | Whereabouts::Moved => false,
            Whereabouts::Unknown => is_missing(&path_text::path_below(root, &row.photo.path)),
        };
        let mut some = present.iter().step_by(step);
        !present.is_empty() && some.all(is_lost)
    }

    /// Path and size of the photos of a root.
    fn photos_of(&self, root_id: RootId, counts: impl Fn(&Row) -> bool) -> Vec<(&str, u64)> {
        let rows = self.rows.iter();
        rows.filter(|row| row.root_id == root_id && counts(row))
            .map(|row| (row.photo.path.as_str(), row.photo.file_size))
            .collect()
    }

    /// The folders that are back, of those whose photos were found elsewhere and can be reached there.
    pub(crate) fn returned_roots(
        &self,
        mut former: Vec<FormerRoot>,
        new: &[Item],
    ) -> Vec<MovedRoot> {
        former.retain(|former| {
            let root = self.roots.get(&former.to);
            root.is_some_and(|root| !is_gone(root))
        });
        find_returned_roots(&former, new, |root_id| self.photos_of(root_id, |_| true))
    }

    /// Photos of these roots are looked for at their places there.
    pub(crate) fn expect_at(&mut self, moved_roots: Vec<MovedRoot>) {
        self.moved_roots = moved_roots;
    }

    /// Of the roots that were expected elsewhere, those that this scan has found there.
    pub(crate) fn roots_found_elsewhere(&self) -> impl Iterator<Item = &MovedRoot> {
        self.moved_roots.iter().filter(|root| {
            let moved = self.rows.iter().filter(|row| {
                row.root_id == root.from
                    && row.whereabouts == Whereabouts::Moved
                    && root.path_of(&row.photo.path).is_some()
            });
            root.is_shown_by(moved.count())
        })
    }

    /// How a photo would come to be in this file: its root is gone and expected here, or is back.
    fn expected_at(&self, number: usize, item: &Item) -> Option<MoveKind> {
        let row = &self.rows[number];
        let expected = self.moved_roots.iter().find(|root| {
            let may_move = match root.kind {
                MoveKind::Return => row.whereabouts != Whereabouts::Moved,
                MoveKind::Gone | MoveKind::LeftBehind => row.whereabouts == Whereabouts::Unknown,
            };
            may_move
                && root.from == row.root_id
                && root.to == item.target.root_id
                && root.path_of(&row.photo.path).as_deref() == Some(item.path.as_str())
        });
        expected.map(|root| root.kind)
    }

    /// Whether a photo of a root that is gone may have moved to this file: the root has moved to the file's.
    fn has_moved_along(&self, number: usize, item: &Item) -> bool {
        let row = &self.rows[number];
        row.whereabouts == Whereabouts::Unknown
            && self.moved_roots.iter().any(|root| {
                root.kind == MoveKind::Gone
                    && root.from == row.root_id
                    && root.to == item.target.root_id
            })
    }

    /// The files that photos had until they returned to their former folders.
    pub(crate) fn take_left_behind(&mut self) -> Vec<(Item, ContentHash)> {
        let numbers = std::mem::take(&mut self.left_behind);
        let files = numbers.into_iter().filter_map(|number| {
            let row = &self.rows[number];
            let root = self.roots.get(&row.root_id)?.clone();
            let target = Target::whole(row.root_id, root);
            let item = Item {
                target: Arc::new(target),
                path: row.photo.path.clone(),
                stamp: row.stamp(),
            };
            Some((item, row.photo.content_hash))
        });
        files.collect()
    }

    /// Whether any of these photos was present at the last scan.
    pub(crate) fn any_present(&self, at_path: &[usize]) -> bool {
        self.present(at_path).is_some()
    }

    /// The photo that was at a path when the scan began.
    pub(crate) fn present(&self, at_path: &[usize]) -> Option<PhotoId> {
        let mut present = at_path.iter();
        let present = present.find(|number| !self.rows[**number].photo.vanished);
        present.map(|number| self.photo_id(*number))
    }

    /// Whether one of these photos is wanted.
    pub(crate) fn any_of(&self, at_path: &[usize], wanted: &HashSet<PhotoId>) -> bool {
        at_path
            .iter()
            .any(|number| wanted.contains(&self.photo_id(*number)))
    }

    /// Whether a photo has faces with embeddings of other models alone: it is to be searched again, wherever it is found.
    pub(crate) fn is_outdated(&self, photo_id: PhotoId) -> bool {
        self.outdated.contains(&photo_id)
    }

    fn photo_id(&self, number: usize) -> PhotoId {
        self.rows[number].photo.photo_id
    }

    /// Compares the bytes at the path of a known photo with the photo's bytes: its id if they are the same.
    pub(crate) fn verify(&mut self, number: usize, content: &ContentHash) -> Option<PhotoId> {
        let row = &mut self.rows[number];
        let is_same = row.photo.content_hash == *content;
        row.whereabouts = if is_same {
            Whereabouts::Here
        } else {
            Whereabouts::Gone
        };
        is_same.then_some(row.photo.photo_id)
    }

    /// Places of known photos with these bytes that this scan doesn't walk. The caller checks on the disk whether they
    /// still exist; that may be slow, so it holds no lock meanwhile.
    pub(crate) fn places_elsewhere(&self, content: &ContentHash) -> Vec<PlaceElsewhere> {
        let numbers = self.by_content.get(content).into_iter().flatten().copied();
        numbers
            .filter(|number| self.rows[*number].whereabouts == Whereabouts::Unknown)
            .filter_map(|number| {
                let row = &self.rows[number];
                let root = self.roots.get(&row.root_id)?;
                Some(PlaceElsewhere {
                    number,
                    root: root.clone(),
                    path: path_text::path_below(root, &row.photo.path),
                })
            })
            .collect()
    }

    /// The status of a file by its bytes. `absent` are the numbers from [`Self::places_elsewhere`] whose files are
    /// gone. The result is remembered: a photo moves once, and new bytes are new once.
    pub(crate) fn identify(
        &mut self,
        item: &Item,
        content: &ContentHash,
        absent: &[usize],
    ) -> FileStatus {
        let candidates = self.by_content.get(content).cloned().unwrap_or_default();
        let at_this_path =
            |row: &Row| row.root_id == item.target.root_id && row.photo.path == item.path;
        if let Some(&number) = candidates.iter().find(|number| {
            let row = &self.rows[**number];
            at_this_path(row) && row.whereabouts != Whereabouts::Moved
        }) {
            self.rows[number].whereabouts = Whereabouts::Here;
            return match self.rows[number].photo.vanished {
                true => FileStatus::Returned(self.photo_id(number)),
                false => FileStatus::Same(self.photo_id(number)),
            };
        }
        let gone = candidates
            .iter()
            .copied()
            .map(|number| (number, self.expected_at(number, item)))
            .filter(|(number, expected)| {
                expected.is_some()
                    || self.is_gone(*number, absent)
                    || self.has_moved_along(*number, item)
            });
        // Of several, the one that is expected here, or kept its name; of copies in roots that are gone, the one that was
        // known first.
        let moved = gone.max_by_key(|(number, expected)| {
            let kept_name = same_name(&self.rows[*number].photo.path, &item.path);
            let row = &self.rows[*number];
            let known_first = Reverse(row.root_id);
            (
                expected.is_some(),
                kept_name,
                !row.photo.vanished,
                known_first,
            )
        });
        if let Some((number, expected)) = moved {
            if expected == Some(MoveKind::Return)
                && !self.rows[number].photo.vanished
                && !self.is_gone(number, absent)
            {
                self.left_behind.push(number);
            }
            self.rows[number].whereabouts = Whereabouts::Moved;
            return FileStatus::Moved(self.photo_id(number));
        }
        // A copy takes over embeddings as well, so they must be made in today's way.
        let mut candidates = candidates.iter();
        let source = candidates.find(|number| !self.is_outdated(self.photo_id(**number)));
        if let Some(&number) = source {
            return FileStatus::CopyOf(self.photo_id(number));
        }
        if self.new_contents.insert(*content) {
            FileStatus::New
        } else {
            FileStatus::CopyInFlight
        }
    }

    fn is_gone(&self, number: usize, absent: &[usize]) -> bool {
        match self.rows[number].whereabouts {
            Whereabouts::Gone => true,
            Whereabouts::Here | Whereabouts::Moved => false,
            Whereabouts::Unknown => absent.contains(&number),
        }
    }

    /// Photos that were present and that this scan did not find, except those in folders that became unreadable.
    pub(crate) fn gone(&self, lost: &[LostFolder]) -> Vec<PhotoId> {
        let is_lost = |row: &Row| {
            let mut folders = lost.iter();
            folders.any(|folder| folder.covers(row.root_id, &row.photo.path))
        };
        let rows = self.rows.iter();
        rows.filter(|row| row.whereabouts == Whereabouts::Gone && !row.photo.vanished)
            .filter(|row| !is_lost(row))
            .map(|row| row.photo.photo_id)
            .collect()
    }

    /// Notes that the photo at a path with new bytes was searched for faces again, so it is not gone.
    pub(crate) fn note_rescanned(&mut self, number: usize) {
        let row = &mut self.rows[number];
        if row.whereabouts == Whereabouts::Gone {
            row.whereabouts = Whereabouts::Here;
        }
    }
}

/// The status of a file by its bytes. The disk is checked without holding the lock.
pub(crate) fn identify(
    known_photos: &Mutex<KnownPhotos>,
    item: &Item,
    content: &ContentHash,
) -> FileStatus {
    let elsewhere = lock(known_photos).places_elsewhere(content);
    let absent = absent(&elsewhere);
    lock(known_photos).identify(item, content, &absent)
}

/// A known photo in a folder that this scan doesn't walk.
pub(crate) struct PlaceElsewhere {
    number: usize,
    root: PathBuf,
    path: PathBuf,
}

/// The numbers of photos whose files are gone. If a root is missing or empty, its drive may not be connected.
pub(crate) fn absent(places: &[PlaceElsewhere]) -> Vec<usize> {
    let gone = places
        .iter()
        .filter(|place| has_entries(&place.root) && is_missing(&place.path));
    gone.map(|place| place.number).collect()
}

fn same_name(a: &str, b: &str) -> bool {
    let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
    name(a) == name(b)
}

fn has_entries(folder: &Path) -> bool {
    folder
        .read_dir()
        .is_ok_and(|mut entries| entries.next().is_some())
}

fn is_missing(path: &Path) -> bool {
    page_path::file_of(path)
        .symlink_metadata()
        .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}
