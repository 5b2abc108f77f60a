//! Drawn people in photos whose files are on the disk, so that folders can be moved and looked at.

use std::fs;
use std::path::Path;

use kinfolk::library::{Library, PhotoId};
use kinfolk::photo::FileStamp;

use super::crowd::{CLEAR, Crowd};

/// Stores a photo of one person for each of `paths` in `folder`, as a scan does.
pub fn store(library: &mut Library, folder: &Path, paths: &[&str]) -> Vec<PhotoId> {
    fs::create_dir_all(folder).expect("folder");
    let folder = fs::canonicalize(folder).expect("folder");
    let root_id = library.add_root(&folder).expect("root");
    let mut crowd = Crowd::new(1, CLEAR, 5);
    let photos = paths.iter().map(|path| {
        let file = folder.join(path);
        super::pictures::write(&file, path.as_bytes());
        let stamp = FileStamp::of(&file.metadata().expect("file"));
        let mut photo = crowd.photo(root_id, &[0]);
        photo.path = (*path).to_owned();
        photo.file_size = stamp.bytes;
        photo.modified_ns = stamp.modified_ns;
        photo.changed_ns = stamp.changed_ns;
        photo
    });
    let photos: Vec<_> = photos.collect();
    library.store_scanned(&photos).expect("store")
}
