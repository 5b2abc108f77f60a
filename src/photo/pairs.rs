//! Files that are one photo to a person: a raw file beside its JPEG, an edited copy beside its original, a Live Photo's film.
//!
//! They belong together by name only: the same folder and the same stem, whatever the case. The one that a person would look
//! at is the photo.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use unicode_normalization::UnicodeNormalization as _;

use super::file_kind::{extension_of, is_raw};

/// Names under which those that are left out are counted.
pub const RAW_BESIDE_PHOTO: &str = "raw file beside its JPEG or HEIC";
pub const ORIGINAL_OF_EDITED: &str = "original beside its edited copy";
pub const LIVE_PHOTO_FILM: &str = "film of a Live Photo";

/// What cameras and phones write beside a raw file.
const PHOTO_BESIDE_RAW: [&str; 8] = ["jpg", "jpeg", "jpe", "heic", "heif", "hif", "avif", "jxl"];
/// What phones write films beside.
const PHOTO_WITH_FILM: [&str; 4] = ["heic", "heif", "jpg", "jpeg"];
/// Films of Live Photos, of Apple and of Samsung or Google.
const FILMS: [&str; 2] = ["mov", "mp4"];

/// Folder, and stem in lower case; composed.
type Key = (String, String);

fn key(path: &str) -> Key {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    // Copied by way of a Mac, the one name may be composed and the other not.
    let composed = |text: &str| text.nfc().collect();
    (composed(folder), composed(&stem.to_lowercase()))
}

/// The files that are another file's photo, each with what it is; of paths with `/`.
pub fn left_out(files: &[&str]) -> BTreeMap<String, &'static str> {
    let keys: Vec<Key> = files.iter().map(|path| key(path)).collect();
    let all: BTreeSet<&Key> = keys.iter().collect();
    let with_keys = || files.iter().copied().zip(&keys);
    let photos = with_keys().filter(|(path, _)| has_extension(path, &PHOTO_BESIDE_RAW));
    let beside_raw: BTreeSet<&Key> = photos.map(|(_, key)| key).collect();
    let mut left_out = BTreeMap::new();
    for (path, key) in with_keys() {
        if is_raw(&extension_of(Path::new(path))) && beside_raw.contains(key) {
            left_out.insert(path.to_owned(), RAW_BESIDE_PHOTO);
        } else if edited_stem(&key.1).is_some_and(|edited| all.contains(&(key.0.clone(), edited))) {
            left_out.insert(path.to_owned(), ORIGINAL_OF_EDITED);
        }
    }
    left_out
}

/// How many of these films lie beside a photo of the same name.
pub(super) fn films_of_photos(files: &[&str], films: &[String]) -> u64 {
    let photos = files
        .iter()
        .filter(|path| has_extension(path, &PHOTO_WITH_FILM));
    let photos: BTreeSet<Key> = photos.map(|path| key(path)).collect();
    let films = films
        .iter()
        .filter(|film| has_extension(film, &FILMS) && photos.contains(&key(film)));
    films.count() as u64
}

fn has_extension(path: &str, extensions: &[&str]) -> bool {
    extensions.contains(&extension_of(Path::new(path)).as_str())
}

/// The stem that Apple gives the edited copy of a photo: IMG_E1234 beside IMG_1234.
fn edited_stem(stem: &str) -> Option<String> {
    let number = stem.strip_prefix("img_")?;
    let is_number = number.len() >= 4 && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| format!("img_e{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_one_folder_and_name_are_one_photo() {
        let files = [
            "a/DSC_1.NEF",
            "a/dsc_1.jpg",
            "a/DSC_2.NEF",
            "b/DSC_2.jpg",
            "a/IMG_1234.HEIC",
            "a/IMG_E1234.JPG",
            "a/IMG_1235.HEIC",
            "b/IMG_E1235.JPG",
            "a/IMG_E99.jpg",
            "a/Zoe\u{301}.ARW",
            "a/Zo\u{e9}.heic",
        ];
        let left_out: Vec<_> = left_out(&files).into_iter().collect();
        assert_eq!(
            left_out,
            [
                ("a/DSC_1.NEF".to_owned(), RAW_BESIDE_PHOTO),
                ("a/IMG_1234.HEIC".to_owned(), ORIGINAL_OF_EDITED),
                ("a/Zoe\u{301}.ARW".to_owned(), RAW_BESIDE_PHOTO),
            ]
        );
        let films = ["a/img_1234.mov", "b/IMG_1235.MOV", "a/DSC_1.avi"].map(str::to_owned);
        assert_eq!(films_of_photos(&files, &films), 1);
    }
}
