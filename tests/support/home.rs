//! A library of known people and a folder of their "photos", made through the library's own interface.
//!
//! The photos are files with distinct bytes, not pictures: the tests that use them read files and rows, never pixels.
//! Every person has their own axis of the embedding space, so faces of one person are similar and others are not.

use std::fs;
use std::path::{Path, PathBuf};

use kinfolk::curate::{self, Command};
use kinfolk::geometry::{Landmarks, PhotoRect, Point, Size};
use kinfolk::library::{
    Assignment, FaceId, GroupId, Library, PhotoId, RootId, ScannedFace, ScannedPhoto, name_key,
};
use kinfolk::photo::{ContentHash, FileStamp};
use kinfolk::vision::{EMBEDDING_LEN, Embedding, FaceMeasures, ModelName};
use tempfile::TempDir;

pub const PHOTO_SIZE: Size = Size {
    width: 400,
    height: 300,
};

/// A temporary folder with `photos/` and `library.sqlite`.
pub struct Home {
    folder: TempDir,
    pub library: Library,
    root_id: RootId,
}

impl Home {
    pub fn new() -> Home {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("photos")).unwrap();
        let mut library = Library::open(&folder.path().join("library.sqlite")).unwrap();
        let root = fs::canonicalize(folder.path().join("photos")).unwrap();
        let root_id = library.add_root(&root).unwrap();
        Home {
            folder,
            library,
            root_id,
        }
    }

    pub fn path(&self) -> PathBuf {
        fs::canonicalize(self.folder.path()).unwrap()
    }

    pub fn photos(&self) -> PathBuf {
        self.path().join("photos")
    }

    pub fn library_path(&self) -> PathBuf {
        self.folder.path().join("library.sqlite")
    }

    /// Closes the library, so that another process may open it. The folder lives as long as what is returned.
    pub fn close(self) -> ClosedHome {
        ClosedHome {
            photos: self.photos(),
            library: self.library_path(),
            folder: self.folder,
        }
    }

    /// A photo whose bytes are its path, with a face for each of `axes`, left to right.
    pub fn photo(&mut self, path: &str, axes: &[usize]) -> Vec<FaceId> {
        self.photo_of_content(path, path.as_bytes(), axes)
    }

    pub fn photo_of_content(&mut self, path: &str, content: &[u8], axes: &[usize]) -> Vec<FaceId> {
        let file = self.photos().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        write(&file, content);
        self.store(path, content, axes)
    }

    /// Only the rows of a photo, for files that can't exist here or are gone.
    pub fn store(&mut self, path: &str, content: &[u8], axes: &[usize]) -> Vec<FaceId> {
        let stamp = fs::metadata(self.photos().join(path)).map(|metadata| FileStamp::of(&metadata));
        let photo = ScannedPhoto {
            root_id: self.root_id,
            path: path.to_owned(),
            file_size: content.len() as u64,
            modified_ns: stamp.as_ref().map_or(0, |stamp| stamp.modified_ns),
            changed_ns: stamp.ok().and_then(|stamp| stamp.changed_ns),
            content_hash: ContentHash(*blake3::hash(content).as_bytes()),
            size: PHOTO_SIZE,
            orientation: 1,
            model: ModelName::default(),
            taken: None,
            thumbnail: None,
            faces: axes.iter().enumerate().map(face).collect(),
        };
        let photo_id: PhotoId = self.library.store_scanned(&[photo]).unwrap()[0];
        let faces = self.library.faces_of_photo(photo_id).unwrap();
        faces.iter().map(|face| face.face_id).collect()
    }

    /// Names faces by a person's command; returns the person.
    pub fn name(&mut self, name: &str, faces: &[FaceId]) -> GroupId {
        let command = Command::NameFaces {
            faces: faces.to_vec(),
            name: name.to_owned(),
        };
        curate::execute(&mut self.library, command).unwrap();
        let people = self.library.people().unwrap();
        people
            .into_iter()
            .find(|(_, known)| name_key(known) == name_key(name))
            .unwrap()
            .0
    }

    /// Puts a face to a group as grouping does.
    pub fn suggest(&mut self, face: FaceId, group: GroupId) {
        let assignment = (face, Assignment::Group(group));
        self.library
            .set_automatic_memberships(&[assignment])
            .unwrap();
    }

    /// Puts faces into a new group without a name.
    pub fn group(&mut self, faces: &[FaceId]) -> GroupId {
        let command = Command::Move {
            faces: faces.to_vec(),
            to: curate::MoveTarget::NewGroup,
        };
        curate::execute(&mut self.library, command).unwrap().created[0]
    }
}

/// A home whose library any process may open.
pub struct ClosedHome {
    pub folder: TempDir,
    pub photos: PathBuf,
    pub library: PathBuf,
}

pub fn write(path: &Path, content: &[u8]) {
    use std::io::Write as _;
    fs::File::create(path).unwrap().write_all(content).unwrap();
}

/// Boxes of 60 x 80, the first in the middle of the photo, each further one 70 to the right.
fn face((index, &axis): (usize, &usize)) -> ScannedFace {
    let mut direction = [0.0; EMBEDDING_LEN];
    direction[axis] = 1.0;
    ScannedFace {
        box_in_photo: PhotoRect {
            x: 170.0 + 70.0 * index as f32,
            y: 110.0,
            width: 60.0,
            height: 80.0,
        },
        landmarks: Landmarks([Point { x: 200.0, y: 150.0 }; 5]),
        score: 0.9,
        quality: 0.5,
        recognizable: true,
        measures: FaceMeasures::default(),
        embedding: Some(Embedding(direction)),
        thumbnail: None,
    }
}
