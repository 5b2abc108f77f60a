//! A scanned folder lies elsewhere now, as a person says: its photos are known there, with all decisions.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::plan::roots::{outer_root, path_below};
use crate::files::{page_path, path_text};
use crate::library::{KnownPhoto, Library, MovedPhoto, RootId, RootMove};
use crate::photo::{self, Limits, normal_root, spellings};
use crate::stop::StopFlag;

/// What a relocation did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Relocation {
    /// Photos that are known at their new place.
    pub found: u64,
    /// Where photos are not, though the library knows them from the former folder. They are away, with their decisions.
    pub not_found: Vec<PathBuf>,
}

/// Why nothing was relocated.
#[derive(Debug, thiserror::Error)]
pub enum RelocateError {
    #[error("the library knows no photo in {0:?}: give the folder as it was when it was scanned")]
    UnknownFolder(PathBuf),
    #[error("cannot look into {folder:?}: {reason}")]
    Unreachable { folder: PathBuf, reason: String },
    #[error(
        "none of the {photos} photos that the library knows from {old:?} is in {new:?}: nothing was changed; \
         give the folder that now has what was in the former one"
    )]
    NothingThere {
        old: PathBuf,
        new: PathBuf,
        photos: usize,
    },
    #[error("{0:?} is the same folder: give the one where it was and the one where it is")]
    SameFolder(PathBuf),
    #[error("stopped; nothing was changed")]
    Stopped,
    #[error(transparent)]
    Library(#[from] crate::library::LibraryError),
}

/// A known photo and the place that it should have now.
struct Candidate {
    photo: KnownPhoto,
    root_id: RootId,
    place: PathBuf,
}

/// Says that the folder `old` (scanned, part of a scanned one, or around some; it need not exist) is `new` now. A photo is
/// known there by the same relative path and content. Reads those whose time or size changed; changes nothing where none
/// is found.
pub fn relocate(
    library: &mut Library,
    old: &Path,
    new: &Path,
    stop: &StopFlag,
) -> Result<Relocation, RelocateError> {
    let Search {
        old,
        new,
        found,
        not_found,
    } = search(library, old, new, stop)?;
    let (root_id, root) = match outer_root(library, &new)? {
        Some(outer) => (outer.root_id, outer.path),
        None => (library.add_root(&new)?, new.clone()),
    };
    let moves = found.iter().filter_map(|(candidate, stamp)| {
        Some(MovedPhoto {
            photo_id: candidate.photo.photo_id,
            root_id,
            path: path_below(&root, &candidate.place)?,
            file_size: stamp.bytes,
            modified_ns: stamp.modified_ns,
            changed_ns: stamp.changed_ns,
        })
    });
    let moves: Vec<MovedPhoto> = moves.collect();
    let mut roots = Vec::new();
    for former in library.roots()? {
        let inside = former.path.strip_prefix(&old).map(|rest| new.join(rest));
        let below = inside.ok().and_then(|place| path_below(&root, &place));
        if let Some(below) = below.filter(|_| former.root_id != root_id) {
            roots.push(RootMove {
                from: former.root_id,
                to: root_id,
                below,
            });
        }
    }
    library.relocate(&moves, &roots)?;
    tracing::info!("{old:?} is {new:?} now: {} photos", moves.len());
    Ok(Relocation {
        found: moves.len() as u64,
        not_found,
    })
}

/// What [`relocate`] would do: how many photos of `old` are known in `new`. Changes nothing.
pub fn look_for_relocated(
    library: &Library,
    old: &Path,
    new: &Path,
    stop: &StopFlag,
) -> Result<Relocation, RelocateError> {
    let search = search(library, old, new, stop)?;
    Ok(Relocation {
        found: search.found.len() as u64,
        not_found: search.not_found,
    })
}

/// Both folders as the library spells them, and what is at the new place.
struct Search {
    old: PathBuf,
    new: PathBuf,
    /// At least one.
    found: Vec<(Candidate, photo::FileStamp)>,
    not_found: Vec<PathBuf>,
}

fn search(
    library: &Library,
    old: &Path,
    new: &Path,
    stop: &StopFlag,
) -> Result<Search, RelocateError> {
    let new = normal_root(new).map_err(|error| RelocateError::Unreachable {
        folder: new.to_owned(),
        reason: error.reason(),
    })?;
    let (old, candidates) = candidates(library, old, &new)?;
    if old == new {
        return Err(RelocateError::SameFolder(new));
    }
    let photos = candidates.len();
    let (mut found, mut not_found) = (Vec::new(), Vec::new());
    for candidate in candidates {
        if stop.is_set() {
            return Err(RelocateError::Stopped);
        }
        match stamp_of_same(&candidate, stop) {
            Some(stamp) => found.push((candidate, stamp)),
            None => not_found.push(candidate.place),
        }
    }
    if found.is_empty() {
        return Err(RelocateError::NothingThere { old, new, photos });
    }
    Ok(Search {
        old,
        new,
        found,
        not_found,
    })
}

/// The photos known from `old`, in the spelling that the library has for it.
fn candidates(
    library: &Library,
    old: &Path,
    new: &Path,
) -> Result<(PathBuf, Vec<Candidate>), RelocateError> {
    let roots = library.roots()?;
    for old in spellings(old) {
        let mut candidates = Vec::new();
        for root in &roots {
            if !root.path.starts_with(&old) && !old.starts_with(&root.path) {
                continue;
            }
            for photo in library.known_photos(root.root_id)? {
                let path = path_text::path_below(&root.path, &photo.path);
                if let Ok(rest) = path.strip_prefix(&old) {
                    candidates.push(Candidate {
                        place: new.join(rest),
                        root_id: root.root_id,
                        photo,
                    });
                }
            }
        }
        if !candidates.is_empty() {
            // Of several that were at one path, the present one comes last and stays.
            candidates.sort_by_key(|candidate| {
                (
                    candidate.root_id,
                    !candidate.photo.vanished,
                    candidate.photo.photo_id,
                )
            });
            candidates.dedup_by(|later, earlier| {
                later.place == earlier.place
                    && later.photo.content_hash == earlier.photo.content_hash
            });
            return Ok((old, candidates));
        }
    }
    Err(RelocateError::UnknownFolder(old.to_owned()))
}

/// The size and time of the file at the new place, if it is the photo.
fn stamp_of_same(candidate: &Candidate, stop: &StopFlag) -> Option<photo::FileStamp> {
    let stamp = photo::FileStamp::of(&page_path::file_of(&candidate.place).metadata().ok()?);
    let known = photo::FileStamp {
        bytes: candidate.photo.file_size,
        modified_ns: candidate.photo.modified_ns,
        // It is another one where the folder was copied.
        changed_ns: None,
    };
    if stamp.agrees_with(&known) {
        return Some(stamp);
    }
    if stamp.bytes != known.bytes {
        return None;
    }
    let file = photo::read(&candidate.place, &Limits::default(), stop).ok()?;
    (file.content_hash == candidate.photo.content_hash).then_some(file.stamp)
}
