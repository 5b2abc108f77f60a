//! Test libraries of faces with known embeddings, without photos on disk.

pub mod axes;
pub mod commands;
pub mod review;

use std::path::{Path, PathBuf};

use kinfolk::geometry::{Landmarks, PhotoRect, Point, Size};
use kinfolk::library::{
    Assignment, FaceId, FaceState, GroupId, Library, PhotoId, RootId, ScannedFace, ScannedPhoto,
};
use kinfolk::photo::ContentHash;
use kinfolk::vision::{Embedding, FaceMeasures, ModelName};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};

/// A library file in a temporary folder.
pub struct TestLibrary {
    pub library: Library,
    pub root_id: RootId,
    folder: tempfile::TempDir,
}

pub const SIZE: Size = Size {
    width: 1000,
    height: 800,
};

impl TestLibrary {
    pub fn new() -> TestLibrary {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(&folder.path().join("library.sqlite")).unwrap();
        let root_id = library.add_root(Path::new("/photos")).unwrap();
        TestLibrary {
            library,
            root_id,
            folder,
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("library.sqlite")
    }

    /// Closes the library and opens it again, as after a restart.
    pub fn reopened(self) -> TestLibrary {
        let path = self.path();
        let TestLibrary {
            library,
            root_id,
            folder,
        } = self;
        drop(library);
        TestLibrary {
            library: Library::open(&path).unwrap(),
            root_id,
            folder,
        }
    }

    /// Closes the library and keeps its file.
    pub fn keep_as(self, file: &Path) {
        let path = self.path();
        let TestLibrary {
            library, folder, ..
        } = self;
        // The last connection writes the log back into the file.
        drop(library);
        std::fs::copy(path, file).unwrap();
        drop(folder);
    }

    /// Stores a photo with a face of each of these people and returns the faces in the same order.
    pub fn add_photo(&mut self, path: &str, people: &[u32]) -> (PhotoId, Vec<FaceId>) {
        let photo = photo_of(self.root_id, path, people);
        let photo_id = self.library.store_scanned(&[photo]).unwrap()[0];
        let faces = self.library.faces_of_photo(photo_id).unwrap();
        (photo_id, faces.iter().map(|face| face.face_id).collect())
    }

    /// Puts faces into one new automatic group.
    pub fn group(&mut self, faces: &[FaceId]) -> GroupId {
        let assignments: Vec<_> = faces
            .iter()
            .map(|&face| (face, Assignment::New(0)))
            .collect();
        self.library
            .set_automatic_memberships(&assignments)
            .unwrap()
            .created[&0]
    }

    /// `count` photos of one person, in one new automatic group.
    pub fn add_group(&mut self, person: u32, count: usize) -> (GroupId, Vec<FaceId>) {
        let faces: Vec<FaceId> = (0..count)
            .map(|number| {
                self.add_photo(&format!("person {person}/{number}.jpg"), &[person])
                    .1[0]
            })
            .collect();
        (self.group(&faces), faces)
    }

    pub fn state(&self, face: FaceId) -> (Option<GroupId>, FaceState) {
        let face = self.library.face(face).unwrap().unwrap();
        (face.group, face.state)
    }

    pub fn name(&self, group: GroupId) -> Option<String> {
        self.library.group(group).unwrap().unwrap().name
    }

    /// The faces shown in a group, by id.
    pub fn members(&self, group: GroupId) -> Vec<FaceId> {
        let faces = self.library.faces_of_group(group).unwrap();
        let mut faces: Vec<FaceId> = faces.iter().map(|face| face.face_id).collect();
        faces.sort();
        faces
    }

    pub fn dump(&self) -> Vec<String> {
        dump(&self.path())
    }

    pub fn assert_sound(&self) {
        assert_eq!(
            self.library.check_invariants().unwrap(),
            Vec::<String>::new()
        );
    }
}

/// Every row of every table except the journal, read without the library's own code.
pub fn dump(path: &Path) -> Vec<String> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('journal', 'sqlite_sequence')
               ORDER BY name";
    let mut statement = connection.prepare(sql).unwrap();
    let tables = statement
        .query_map([], |row| row.get::<_, String>(0))
        .unwrap();
    tables
        .flat_map(|table| dump_table(&connection, &table.unwrap()))
        .collect()
}

fn dump_table(connection: &Connection, table: &str) -> Vec<String> {
    let mut statement = connection
        .prepare(&format!("SELECT * FROM {table}"))
        .unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let values: Vec<Value> = (0..columns)
            .map(|column| row.get(column).unwrap())
            .collect();
        Ok(format!("{table} {values:?}"))
    });
    let mut rows: Vec<String> = rows.unwrap().map(Result::unwrap).collect();
    rows.sort();
    rows
}

/// A photo of 1000 x 800 pixels with a face of each of these people, side by side.
pub fn photo_of(root_id: RootId, path: &str, people: &[u32]) -> ScannedPhoto {
    let faces = people.iter().enumerate();
    ScannedPhoto {
        root_id,
        path: path.to_owned(),
        file_size: 1234,
        modified_ns: 1_700_000_000_000_000_000,
        changed_ns: None,
        content_hash: ContentHash(blake3::hash(format!("{path} {people:?}").as_bytes()).into()),
        size: SIZE,
        orientation: 1,
        model: ModelName::default(),
        taken: None,
        thumbnail: None,
        faces: faces
            .map(|(place, &person)| face_of(person, place))
            .collect(),
    }
}

pub fn face_of(person: u32, place: usize) -> ScannedFace {
    let x = 10.0 + 110.0 * place as f32;
    ScannedFace {
        box_in_photo: PhotoRect {
            x,
            y: 100.0,
            width: 100.0,
            height: 120.0,
        },
        landmarks: Landmarks([Point { x, y: 140.0 }; 5]),
        score: 0.9,
        quality: 0.5,
        recognizable: true,
        measures: FaceMeasures::default(),
        embedding: Some(embedding_of(person)),
        thumbnail: Some(vec![0xff, 0xd8, person as u8]),
    }
}

/// A different direction for each of 128 people.
pub fn embedding_of(person: u32) -> Embedding {
    let mut values = [0.0; 128];
    values[person as usize % 128] = 1.0;
    Embedding(values)
}
