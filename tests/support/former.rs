//! Libraries as an earlier Kinfolk left them: their faces are embedded by a model that this one does not run.

use std::fs;
use std::path::Path;

use image::{Rgb, RgbImage};
use kinfolk::library::{Library, ScannedPhoto};
use kinfolk::photo::{ContentHash, FileStamp};
use kinfolk::vision::DetectOptions;
use rusqlite::Connection;

use super::engine;
use super::test_library::{embedding_of, face_of, photo_of};

/// A model of an earlier Kinfolk.
pub const FORMER: &str = "sface-2021dec";

/// Makes all vectors of a library others, of the former model, which becomes the library's.
pub fn make_former(file: &Path) {
    let library = Connection::open(file).expect("open");
    let vector = embedding_of(7).to_bytes();
    library
        .execute(
            "UPDATE embedding SET model = ?1, vector = ?2, norm = NULL",
            (FORMER, vector),
        )
        .expect("vectors");
    library
        .execute(
            "UPDATE setting SET value = ?1 WHERE key = 'embedding_model'",
            [FORMER],
        )
        .expect("model");
}

/// Stores copies of a portrait with another pixel each, in files `0000.png` and so on of a folder, without searching them.
pub fn store_portraits(library: &mut Library, folder: &Path, portrait: &RgbImage, count: usize) {
    let found = engine()
        .detect(portrait, &DetectOptions::default())
        .expect("detect");
    let root = fs::canonicalize(folder).expect("folder");
    let root_id = library.add_root(&root).expect("root");
    let store = |number: usize| {
        let mut picture = portrait.clone();
        picture.put_pixel(0, 0, Rgb([number as u8, (number / 256) as u8, 0]));
        let path = format!("{number:04}.png");
        let file = root.join(&path);
        picture.save(&file).expect("a file");
        let bytes = fs::read(&file).expect("a file");
        let stamp = FileStamp::of(&file.metadata().expect("a file"));
        let mut face = face_of(7, 0);
        face.box_in_photo = found[0].box_in_photo;
        face.landmarks = found[0].landmarks;
        ScannedPhoto {
            file_size: stamp.bytes,
            modified_ns: stamp.modified_ns,
            changed_ns: stamp.changed_ns,
            content_hash: ContentHash(blake3::hash(&bytes).into()),
            size: kinfolk::geometry::Size {
                width: picture.width(),
                height: picture.height(),
            },
            faces: vec![face],
            ..photo_of(root_id, &path, &[])
        }
    };
    let photos: Vec<ScannedPhoto> = (0..count).map(store).collect();
    library.store_scanned(&photos).expect("store");
}
