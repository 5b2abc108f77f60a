//! Thumbnails of photos and faces, made by the scan.

use crate::library::{FaceId, Library, LibraryError, PhotoId};

impl Library {
    /// A face's thumbnail, a JPEG file.
    pub fn face_thumbnail(&self, face_id: FaceId) -> Result<Option<Vec<u8>>, LibraryError> {
        let sql = "SELECT jpeg FROM face_thumbnail WHERE face_id = ?1";
        self.row(sql, [face_id], |row| row.get(0))
    }

    /// A photo's thumbnail, a JPEG file.
    pub fn photo_thumbnail(&self, photo_id: PhotoId) -> Result<Option<Vec<u8>>, LibraryError> {
        let sql = "SELECT jpeg FROM photo_thumbnail WHERE photo_id = ?1";
        self.row(sql, [photo_id], |row| row.get(0))
    }
}
