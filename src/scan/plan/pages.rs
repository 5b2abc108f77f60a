//! The photos on further pages of files that a walk found; each is planned like a file of its own.

use std::collections::HashSet;

use super::known_photos::KnownPhotos;
use super::roots::Target;
use crate::files::{page_path, path_text};
use crate::photo::{FoundFile, Limits, PhotoError, further_pages};
use crate::scan::ScanControl;

/// Extensions of files that may have pages.
const WITH_PAGES: [&str; 2] = ["tif", "tiff"];

/// The files, and behind each its further photos; `None` once the scan is stopped. Of a file that can't be read now, those
/// that are known.
pub(super) fn with_further_pages(
    files: Vec<FoundFile>,
    target: &Target,
    known_photos: &KnownPhotos,
    limits: &Limits,
    control: &ScanControl,
) -> Option<Vec<FoundFile>> {
    if !files.iter().any(may_have_pages) {
        return Some(files);
    }
    let names: HashSet<String> = files.iter().map(|file| file.path.clone()).collect();
    let mut all = Vec::with_capacity(files.len());
    for file in files {
        let pages = match may_have_pages(&file) {
            true => pages_of(&file, target, known_photos, limits, control)?,
            false => Vec::new(),
        };
        let further: Vec<FoundFile> = pages
            .into_iter()
            .map(|page| FoundFile {
                path: page_path::path_of_page(&file.path, page),
                stamp: file.stamp,
            })
            // A file of that name is meant by it.
            .filter(|page| !names.contains(&page.path))
            .collect();
        all.push(file);
        all.extend(further);
    }
    Some(all)
}

fn pages_of(
    file: &FoundFile,
    target: &Target,
    known_photos: &KnownPhotos,
    limits: &Limits,
    control: &ScanControl,
) -> Option<Vec<u32>> {
    if !control.may_go_on() {
        return None;
    }
    let path = path_text::path_below(&target.folder(), &file.path);
    match further_pages(&path, limits, control.stop_flag()) {
        Ok(pages) => Some(pages),
        Err(PhotoError::Stopped) => None,
        Err(error) => {
            tracing::debug!("the pages of {path:?} can't be listed: {error}");
            Some(known_photos.known_pages(target.root_id, &target.path_in_root(&file.path)))
        }
    }
}

fn may_have_pages(file: &FoundFile) -> bool {
    let extension = file
        .path
        .rsplit_once('.')
        .map_or("", |(_, extension)| extension);
    WITH_PAGES
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}
