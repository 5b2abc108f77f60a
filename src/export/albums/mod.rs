//! Albums: one folder per chosen person with their photos, in a destination of the user's choice.
//!
//! Photos are only read. Nothing existing is replaced or removed unless asked (see `tidy.rs`): if a name is taken, the new
//! file gets a number, and another export adds only new photos. A folder is renamed with its person. All files are directly
//! in the folders created here; symbolic links in the destination are never followed. The [manifest] records
//! what was written. Scans skip folders with a manifest, so an export never becomes the input of a scan.

mod album_writer;
mod destination;
mod folder_names;
mod manifest;
mod place;
mod plan;
mod summary;
mod tidy;

use std::collections::HashSet;
use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::export::error::ExportError;
use crate::export::portable_names::file_name;
use crate::library::{GroupId, Library};
use album_writer::AlbumFolder;
use destination::{open_destination, refuse_photo_folders, root_around};
use folder_names::{assign_folders, is_real_folder};
pub use manifest::MANIFEST_FILE;
use manifest::{AlbumRecord, Manifest};
use place::PlaceError;
use plan::{Album, AlbumPhoto, People, planned_albums};
pub use summary::{
    AlbumOptions, AlbumProblem, AlbumProgress, AlbumResult, AlbumSummary, CopyMode, FormerAlbum,
    KeptFolder, RenamedFolder,
};
use tidy::tidy;

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
    let everybody = People::of(library)?;
    let assigned = assign_folders(&mut manifest, &albums, &destination, &everybody)?;
    // Before the first photo: from here on, scans skip the destination.
    manifest.write(&destination)?;
    let mut export = Export {
        library,
        options,
        summary: AlbumSummary {
            inside_root: root_around(library, &destination)?,
            destination,
            renamed: assigned.renamed,
            kept: assigned.kept,
            ..AlbumSummary::default()
        },
        progress: AlbumProgress {
            photos_done: 0,
            photos_total: albums.iter().map(|album| album.photos.len() as u64).sum(),
            current: None,
        },
        on_progress,
    };
    let outcome = export
        .write_albums(&albums, &assigned.records, &mut manifest)
        .and_then(|()| {
            let is_whole = !export.summary.stopped && everybody.are_all_among(people);
            match is_whole {
                true => export.look_at_former(&everybody, &assigned.records, &mut manifest),
                false => Ok(()),
            }
        });
    let saved = manifest.write(&export.summary.destination);
    outcome?;
    saved?;
    Ok(export.summary)
}

/// The state of an export.
struct Export<'a> {
    library: &'a Library,
    options: &'a AlbumOptions,
    summary: AlbumSummary,
    progress: AlbumProgress,
    on_progress: &'a mut dyn FnMut(&AlbumProgress) -> ControlFlow<()>,
}

impl Export<'_> {
    fn write_albums(
        &mut self,
        albums: &[Album],
        records: &[usize],
        manifest: &mut Manifest,
    ) -> Result<(), ExportError> {
        let (mut recorded, mut pause) = (Instant::now(), RECORD_PAUSE);
        for (album, &record) in albums.iter().zip(records) {
            let flow = self.write_album(album, manifest.album_mut(record))?;
            if flow.is_break() {
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
        record: &mut AlbumRecord,
    ) -> Result<ControlFlow<()>, ExportError> {
        let path = self.summary.destination.join(&record.folder);
        let result = AlbumResult {
            group: album.group,
            name: album.name.clone(),
            folder: record.folder.clone(),
            written: 0,
            already_there: 0,
            left_over: 0,
            taken_back: 0,
        };
        let mut folder = AlbumFolder::open(path, &mut record.files, result)?;
        let flow = self.write_photos(&album.photos, &mut folder);
        if matches!(flow, Ok(ControlFlow::Continue(()))) {
            let photos = album.photos.iter();
            let wanted = photos.map(|photo| photo.content_hash.to_string()).collect();
            let take_back = self.options.tidy;
            let tidied = tidy(self.library, &folder.path, folder.files, &wanted, take_back)?;
            folder.result.left_over = tidied.left_over;
            folder.result.taken_back = tidied.taken_back;
        }
        self.summary.albums.push(folder.result);
        flow
    }

    /// Albums of people who are no longer in the library are told, and taken back if asked.
    fn look_at_former(
        &mut self,
        everybody: &People,
        records: &[usize],
        manifest: &mut Manifest,
    ) -> Result<(), ExportError> {
        let destination = self.summary.destination.clone();
        for index in 0..manifest.albums().len() {
            let record = manifest.album_mut(index);
            let path = destination.join(&record.folder);
            if records.contains(&index) || !everybody.have_lost(record) || !is_real_folder(&path) {
                continue;
            }
            let take_back = self.options.tidy;
            let tidied = tidy(
                self.library,
                &path,
                &mut record.files,
                &HashSet::new(),
                take_back,
            )?;
            if self.options.tidy && record.made {
                // Only an empty folder can be removed.
                fs::remove_dir(&path).ok();
            }
            self.summary.former.push(FormerAlbum {
                folder: record.folder.clone(),
                left_over: tidied.left_over,
                taken_back: tidied.taken_back,
            });
        }
        if self.options.tidy {
            manifest.forget_missing(&destination);
        }
        Ok(())
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
                self.leave_out(photo, &error);
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

    fn leave_out(&mut self, photo: &AlbumPhoto, error: &io::Error) {
        match error.kind() {
            io::ErrorKind::NotFound if photo.vanished => self.summary.away += 1,
            io::ErrorKind::NotFound => self.summary.vanished.push(photo.path.clone()),
            _ => self.summary.problems.push(AlbumProblem {
                path: photo.path.clone(),
                reason: error.to_string(),
            }),
        }
    }
}
