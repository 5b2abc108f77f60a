//! Albums: one folder per chosen person with their photos, in a destination of the user's choice.
//!
//! Photos are only read. Nothing existing is replaced or removed: if a name is taken, the new file gets a number, and
//! another export adds only new photos. All files are directly in the folders created here; symbolic links in the
//! destination are never followed. The [manifest] records what was written. Scans skip folders with a
//! manifest, so an export never becomes the input of a scan.

mod destination;
mod folder;
mod manifest;
mod place;
mod plan;
mod summary;

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::export::error::ExportError;
use crate::export::portable_names::file_name;
use crate::library::{GroupId, Library};
use destination::{assign_folders, open_destination, refuse_photo_folders, root_around};
use folder::AlbumFolder;
pub use manifest::MANIFEST_FILE;
use manifest::Manifest;
use place::PlaceError;
use plan::{Album, AlbumPhoto, planned_albums};
pub use summary::{AlbumOptions, AlbumProblem, AlbumProgress, AlbumResult, AlbumSummary, CopyMode};

/// The manifest is written again after this time, and after this many times the duration of the last write: it covers
/// all albums, and files missing from it are recognised by their content.
const RECORD_PAUSE: Duration = Duration::from_secs(1);
const RECORD_REST: u32 = 20;

/// Exports the albums of `people` to `destination`, which is created if necessary.
///
/// `on_progress` may return `Break` to stop after the current photo; what was written stays and is recorded.
pub fn albums(
    library: &Library,
    people: &[GroupId],
    destination: &Path,
    options: &AlbumOptions,
    on_progress: &mut dyn FnMut(&AlbumProgress) -> ControlFlow<()>,
) -> Result<AlbumSummary, ExportError> {
    let albums = planned_albums(library, people, options)?;
    let destination = open_destination(destination)?;
    refuse_photo_folders(library, &destination)?;
    let mut manifest = Manifest::read(&destination)?;
    assign_folders(&mut manifest, &albums, &destination)?;
    // Before the first photo: from here on, scans skip the destination.
    manifest.write(&destination)?;
    let mut export = Export {
        options,
        summary: AlbumSummary {
            inside_root: root_around(library, &destination)?,
            destination,
            ..AlbumSummary::default()
        },
        progress: AlbumProgress {
            photos_done: 0,
            photos_total: albums.iter().map(|album| album.photos.len() as u64).sum(),
            current: None,
        },
        on_progress,
    };
    let outcome = export.write_albums(&albums, &mut manifest);
    let saved = manifest.write(&export.summary.destination);
    outcome?;
    saved?;
    Ok(export.summary)
}

/// The state of an export.
struct Export<'a> {
    options: &'a AlbumOptions,
    summary: AlbumSummary,
    progress: AlbumProgress,
    on_progress: &'a mut dyn FnMut(&AlbumProgress) -> ControlFlow<()>,
}

impl Export<'_> {
    fn write_albums(
        &mut self,
        albums: &[Album],
        manifest: &mut Manifest,
    ) -> Result<(), ExportError> {
        let (mut recorded, mut pause) = (Instant::now(), RECORD_PAUSE);
        for album in albums {
            if self.write_album(album, manifest)?.is_break() {
                self.summary.stopped = true;
                break;
            }
            if recorded.elapsed() >= pause {
                let begin = Instant::now();
                manifest.write(&self.summary.destination)?;
                recorded = Instant::now();
                pause = RECORD_PAUSE.max(begin.elapsed() * RECORD_REST);
            }
        }
        self.progress.current = None;
        // It is too late to stop.
        let _ = (self.on_progress)(&self.progress);
        Ok(())
    }

    fn write_album(
        &mut self,
        album: &Album,
        manifest: &mut Manifest,
    ) -> Result<ControlFlow<()>, ExportError> {
        let Some(record) = manifest.album_mut(&album.key()) else {
            return Ok(ControlFlow::Continue(()));
        };
        let path = self.summary.destination.join(&record.folder);
        let result = AlbumResult {
            group: album.group,
            name: album.name.clone(),
            folder: record.folder.clone(),
            written: 0,
            already_there: 0,
            left_over: 0,
        };
        let mut folder = AlbumFolder::open(path, &mut record.files, result)?;
        let flow = self.write_photos(&album.photos, &mut folder);
        folder.result.left_over = left_over(&album.photos, &folder);
        self.summary.albums.push(folder.result);
        flow
    }

    fn write_photos(
        &mut self,
        photos: &[AlbumPhoto],
        folder: &mut AlbumFolder<'_>,
    ) -> Result<ControlFlow<()>, ExportError> {
        for photo in photos {
            self.progress.current = Some(photo.path.clone());
            if (self.on_progress)(&self.progress).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.write_photo(photo, folder)?;
            self.progress.photos_done += 1;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn write_photo(
        &mut self,
        photo: &AlbumPhoto,
        folder: &mut AlbumFolder<'_>,
    ) -> Result<(), ExportError> {
        if folder.holds(photo) {
            folder.result.already_there += 1;
            return Ok(());
        }
        match folder.add(photo, &file_name(&photo.file_name), self.options.how) {
            Ok(()) => Ok(()),
            Err(PlaceError::Changed) => {
                self.summary.changed.push(photo.path.clone());
                Ok(())
            }
            Err(PlaceError::Photo(error)) => {
                self.leave_out(&photo.path, &error);
                Ok(())
            }
            Err(PlaceError::Album(error)) if error.kind() == io::ErrorKind::CrossesDevices => {
                Err(ExportError::OtherDisk {
                    photo: photo.path.clone(),
                    destination: self.summary.destination.clone(),
                })
            }
            Err(PlaceError::Album(error)) => Err(ExportError::io("write to", &folder.path)(error)),
        }
    }

    fn leave_out(&mut self, path: &Path, error: &io::Error) {
        if error.kind() == io::ErrorKind::NotFound {
            self.summary.vanished.push(path.to_owned());
        } else {
            self.summary.problems.push(AlbumProblem {
                path: path.to_owned(),
                reason: error.to_string(),
            });
        }
    }
}

/// The number of recorded files whose photos no longer show the person.
fn left_over(photos: &[AlbumPhoto], folder: &AlbumFolder<'_>) -> u64 {
    let wanted: HashSet<String> = photos
        .iter()
        .map(|photo| photo.content_hash.to_string())
        .collect();
    let unwanted = folder.files.keys().filter(|hash| !wanted.contains(*hash));
    unwanted.count() as u64
}
