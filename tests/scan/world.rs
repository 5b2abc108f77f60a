//! A temporary folder with photos and a library.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use image::RgbImage;
use kinfolk::library::{
    FaceRow, GroupId, GroupRow, Library, Membership, MembershipState, PhotoRow,
};
use kinfolk::scan::{ScanControl, ScanOptions, ScanSummary, scan};
use tempfile::TempDir;

use crate::support::pictures;
use crate::support::{demo_photo, engine, variants};

/// A demo photo with a longer side of `long_side` pixels; small, so that tests are fast.
pub fn portrait(name: &str, long_side: u32) -> RgbImage {
    let photo = variants::read(&demo_photo(name));
    let share = long_side as f32 / photo.width().max(photo.height()) as f32;
    variants::smaller(&photo, share)
}

/// A portrait with one face, as a JPEG file.
pub fn obama() -> Vec<u8> {
    variants::jpeg(&portrait("obama.jpg", 400))
}

/// A portrait of another person.
pub fn astronaut() -> Vec<u8> {
    variants::jpeg(&portrait("astronaut.png", 400))
}

/// A picture without faces, different for each seed.
pub fn landscape(seed: u8) -> Vec<u8> {
    landscape_of(seed, 64, 48)
}

/// A picture so large that a scan of many of them lasts several progress reports.
pub fn large_landscape(seed: u8) -> Vec<u8> {
    landscape_of(seed, 800, 600)
}

fn landscape_of(seed: u8, width: u32, height: u32) -> Vec<u8> {
    let mut picture = pictures::asymmetric(width, height);
    picture.put_pixel(0, 0, image::Rgb([seed; 3]));
    pictures::encoded(&picture.into(), image::ImageFormat::Png)
}

pub struct World {
    pub place: TempDir,
    pub library: Library,
}

impl World {
    pub fn new() -> Self {
        let place = tempfile::tempdir().expect("tempdir");
        fs::create_dir(place.path().join("photos")).expect("folder");
        let library = Library::open(&place.path().join("library.sqlite")).expect("library");
        World { place, library }
    }

    /// The folder that is scanned.
    pub fn photos(&self) -> PathBuf {
        self.place.path().join("photos")
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.photos().join(path)
    }

    pub fn write(&self, path: &str, bytes: &[u8]) {
        pictures::write(&self.path(path), bytes);
    }

    /// Moves a file, and creates the folders of its new path.
    pub fn rename(&self, from: &str, to: &str) {
        fs::create_dir_all(self.path(to).parent().expect("parent")).expect("folder");
        fs::rename(self.path(from), self.path(to)).expect("rename");
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("remove");
    }

    /// Sets the time of a file to a time in the past.
    pub fn touch(&self, path: &str) {
        set_time(
            &self.path(path),
            SystemTime::now() - Duration::from_secs(1000),
        );
    }

    pub fn scan(&mut self) -> ScanSummary {
        let photos = self.photos();
        self.scan_folders(&[photos])
    }

    pub fn scan_folders(&mut self, folders: &[PathBuf]) -> ScanSummary {
        let summary = scan(
            &mut self.library,
            engine(),
            folders,
            &options(),
            &ScanControl::new(),
            &|_| {},
        );
        let summary = summary.expect("a scan");
        assert_eq!(
            self.library.check_invariants().expect("check"),
            Vec::<String>::new()
        );
        summary
    }

    /// The present photo at a path.
    pub fn photo(&self, path: &str) -> PhotoRow {
        let mut photos = self.library.photos().expect("read");
        photos.retain(|photo| photo.path == path && !photo.vanished);
        assert_eq!(photos.len(), 1, "{path:?}: {photos:?}");
        photos.remove(0)
    }

    /// Faces of the present photo at a path.
    pub fn faces(&self, path: &str) -> Vec<FaceRow> {
        self.library
            .faces_of_photo(self.photo(path).photo_id)
            .expect("read")
    }

    /// The only face of the photo at a path.
    pub fn face(&self, path: &str) -> FaceRow {
        let mut faces = self.faces(path);
        assert_eq!(faces.len(), 1, "{path:?}: {faces:?}");
        faces.remove(0)
    }

    /// Names the only face of a photo.
    pub fn name(&mut self, path: &str, name: &str) -> GroupId {
        let face = self.face(path);
        let mut edit = self.library.edit().expect("edit");
        let row = GroupRow {
            name: Some(name.to_owned()),
            cover: None,
        };
        let group = edit.create_group(row).expect("group");
        let membership = Membership {
            group,
            state: MembershipState::Confirmed,
        };
        edit.set_membership(face.face_id, Some(membership))
            .expect("membership");
        edit.commit(&"a test's command", "Named a face")
            .expect("commit");
        group
    }

    /// Path and reason of every problem.
    pub fn problems(&self) -> Vec<(String, String)> {
        let problems = self.library.problems().expect("read").into_iter();
        problems
            .map(|problem| (problem.path, problem.reason))
            .collect()
    }
}

pub fn options() -> ScanOptions {
    ScanOptions {
        threads: 2,
        ..ScanOptions::default()
    }
}

pub fn set_time(path: &Path, time: SystemTime) {
    let file = File::options().write(true).open(path).expect("open");
    file.set_modified(time).expect("set time");
}
