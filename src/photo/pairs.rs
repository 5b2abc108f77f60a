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
pub const VIDEO: &str = "video";

/// "2 raw files beside their JPEG or HEIC", "31 videos", "4 txt": files that are no photos of their own, by what they are
/// counted as.
pub fn counted_files(kind: &str, count: u64) -> String {
    let many = match kind {
        RAW_BESIDE_PHOTO => "raw files beside their JPEG or HEIC",
        ORIGINAL_OF_EDITED => "originals beside their edited copies",
        LIVE_PHOTO_FILM => "films of Live Photos",
        VIDEO => "videos",
        kind => kind,
    };
    format!("{count} {}", if count == 1 { kind } else { many })
}

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

/// Why a file is left out, and which one is the photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The name under which files of this kind are counted.
    pub kind: &'static str,
    /// Its path, one of a file that is not left out itself.
    pub kept: String,
}

/// The files that are another file's photo; of paths with `/`.
pub fn left_out(files: &[&str]) -> BTreeMap<String, Pair> {
    let keys: Vec<Key> = files.iter().map(|path| key(path)).collect();
    let with_keys = || files.iter().copied().zip(&keys);
    // The first of each name.
    let all: BTreeMap<&Key, &str> = with_keys().rev().map(|(path, key)| (key, path)).collect();
    let photos = with_keys().filter(|(path, _)| has_extension(path, &PHOTO_BESIDE_RAW));
    let beside_raw: BTreeMap<&Key, &str> = photos.rev().map(|(path, key)| (key, path)).collect();
    let mut left_out = BTreeMap::new();
    for (path, key) in with_keys() {
        let raw = is_raw(&extension_of(Path::new(path)));
        let photo = beside_raw.get(key).filter(|_| raw);
        let edited = || all.get(&(key.0.clone(), edited_stem(&key.1)?));
        let pair = match photo {
            Some(photo) => Some((RAW_BESIDE_PHOTO, *photo)),
            None => edited().map(|edited| (ORIGINAL_OF_EDITED, *edited)),
        };
        if let Some((kind, kept)) = pair {
            let kept = kept.to_owned();
            left_out.insert(path.to_owned(), Pair { kind, kept });
        }
    }
    with_last_kept(left_out)
}

/// Of a raw file beside a JPEG that has an edited copy, that copy is kept.
fn with_last_kept(mut left_out: BTreeMap<String, Pair>) -> BTreeMap<String, Pair> {
    for path in left_out.keys().cloned().collect::<Vec<_>>() {
        while let Some(kept) = left_out
            .get(&path)
            .and_then(|pair| left_out.get(&pair.kept))
            .map(|pair| pair.kept.clone())
        {
            if let Some(pair) = left_out.get_mut(&path) {
                pair.kept = kept;
            }
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
        let left_out = left_out(&files);
        let pairs = left_out.iter();
        let pairs: Vec<_> = pairs
            .map(|(path, pair)| (path.as_str(), pair.kind, pair.kept.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("a/DSC_1.NEF", RAW_BESIDE_PHOTO, "a/dsc_1.jpg"),
                ("a/IMG_1234.HEIC", ORIGINAL_OF_EDITED, "a/IMG_E1234.JPG"),
                ("a/Zoe\u{301}.ARW", RAW_BESIDE_PHOTO, "a/Zo\u{e9}.heic"),
            ]
        );
        let films = ["a/img_1234.mov", "b/IMG_1235.MOV", "a/DSC_1.avi"].map(str::to_owned);
        assert_eq!(films_of_photos(&files, &films), 1);
    }

    #[test]
    fn the_last_of_a_chain_is_kept() {
        let files = [
            "IMG_1234.DNG",
            "IMG_1234.JPG",
            "IMG_E1234.DNG",
            "IMG_E1234.JPG",
        ];
        let left_out = left_out(&files);
        assert_eq!(left_out.len(), 3);
        assert!(left_out.values().all(|pair| pair.kept == "IMG_E1234.JPG"));
    }
}
