//! Which photo a path means that a person or another program wrote down.
//!
//! Letters with accents may be composed or decomposed: one system types `é` as a letter, another stores it as `e` with an
//! accent, and a table wanders between the two. Where both spellings are there as photos of their own, the exact one is
//! meant.

use std::collections::HashMap;
use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;

use crate::files;
use crate::library::{Library, LibraryError, PhotoRow};

/// Photos by the ways they may be called.
pub struct PhotoPlaces {
    pub photos: Vec<PhotoRow>,
    /// By composed text, the photos that are there before those that were.
    by_absolute: HashMap<String, Vec<usize>>,
    by_relative: HashMap<String, Vec<usize>>,
}

impl PhotoPlaces {
    pub fn of(library: &Library) -> Result<Self, LibraryError> {
        let mut photos = library.photos()?;
        photos.sort_by_key(|photo| photo.vanished);
        let mut places = PhotoPlaces {
            by_absolute: HashMap::new(),
            by_relative: HashMap::new(),
            photos: Vec::new(),
        };
        for (index, photo) in photos.iter().enumerate() {
            let absolute = shown(&photo.absolute());
            let at_path = places.by_absolute.entry(key(&absolute)).or_default();
            // A photo that was there is not meant where another one is there now.
            let is_replaced = at_path
                .iter()
                .any(|&other| shown(&photos[other].absolute()) == absolute);
            if !is_replaced {
                at_path.push(index);
                let relative = key(&photo.shown_path());
                places.by_relative.entry(relative).or_default().push(index);
            }
        }
        places.photos = photos;
        Ok(places)
    }

    /// The photo of an absolute path, or of one relative to a scanned folder.
    pub fn find(&self, path: &str) -> Result<usize, String> {
        if Path::new(path).is_absolute() {
            return self.only(&self.by_absolute, path, |photo| shown(&photo.absolute()));
        }
        let relative = path.strip_prefix("./").unwrap_or(path);
        self.only(&self.by_relative, relative, |photo| {
            photo.shown_path().into_owned()
        })
    }

    /// As [`PhotoPlaces::find`], or the photo of a path relative to the working folder.
    pub fn find_typed(&self, path: &str) -> Result<usize, String> {
        let found = self.find(path);
        if found.is_ok() {
            return found;
        }
        match files::with_real_folder(Path::new(path)) {
            Ok(here) => self.find(&shown(&here)).or(found),
            Err(_) => found,
        }
    }

    fn only(
        &self,
        places: &HashMap<String, Vec<usize>>,
        path: &str,
        spelling: impl Fn(&PhotoRow) -> String,
    ) -> Result<usize, String> {
        let alike = places.get(&key(path)).map_or(&[][..], Vec::as_slice);
        let exact: Vec<usize> = alike
            .iter()
            .copied()
            .filter(|index| spelling(&self.photos[*index]) == path)
            .collect();
        let meant = if exact.is_empty() { alike } else { &exact };
        match meant {
            [photo] => Ok(*photo),
            [] => Err(format!("no photo {path:?} in the library")),
            [one, other, ..] if self.photos[*one].root == self.photos[*other].root => Err(format!(
                "{path:?} fits more than one photo: rename one of them, or spell its letters as the file does"
            )),
            _ => Err(format!(
                "{path:?} is in more than one scanned folder: give the absolute path"
            )),
        }
    }
}

/// A path as tables show it, with `/`.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) {
        text.replace('\\', "/")
    } else {
        text.into_owned()
    }
}

fn key(path: &str) -> String {
    let text = if cfg!(windows) {
        path.replace('\\', "/")
    } else {
        path.to_owned()
    };
    text.nfc().collect()
}
