//! Remembers the photos so large that they were searched with fewer pixels than are needed to find every small face.

use std::collections::BTreeSet;

use crate::library::{Library, LibraryError, PhotoRow};
use crate::photo::ContentHash;

/// The setting that keeps the contents of these photos, as JSON of their hashes in hexadecimal.
const COARSE_PHOTOS: &str = "coarse_photos";

/// What a scan has found out since it was kept last.
#[derive(Default)]
pub(super) struct CoarseLooks {
    coarse: BTreeSet<String>,
    /// Large ones that were seen finely.
    fine: BTreeSet<String>,
}

impl CoarseLooks {
    pub(super) fn note(&mut self, content: &ContentHash, is_coarse: bool) {
        let content = hex(content);
        let (to, from) = match is_coarse {
            true => (&mut self.coarse, &mut self.fine),
            false => (&mut self.fine, &mut self.coarse),
        };
        from.remove(&content);
        to.insert(content);
    }

    /// Keeps it in the library; the next batch begins anew.
    pub(super) fn keep(&mut self, library: &mut Library) -> Result<(), LibraryError> {
        let looks = std::mem::take(self);
        if looks.coarse.is_empty() && looks.fine.is_empty() {
            return Ok(());
        }
        let known = kept(library)?;
        let mut coarse = known.clone();
        coarse.retain(|content| !looks.fine.contains(content));
        coarse.extend(looks.coarse);
        if coarse == known {
            return Ok(());
        }
        let text = serde_json::to_string(&coarse)?;
        library.set_setting(COARSE_PHOTOS, Some(&text))
    }
}

/// The photos of the library in which faces of 60 pixels may have been missed, for their size; by path.
pub fn coarse_photos(library: &Library) -> Result<Vec<PhotoRow>, LibraryError> {
    let mut photos = Vec::new();
    for content in kept(library)? {
        let Ok(hash) = blake3::Hash::from_hex(&content) else {
            continue;
        };
        let of_content = library.photos_with_content(&ContentHash(*hash.as_bytes()))?;
        photos.extend(of_content.into_iter().filter(|photo| !photo.vanished));
    }
    photos.sort_by(|one, other| (&one.root, &one.path).cmp(&(&other.root, &other.path)));
    Ok(photos)
}

fn kept(library: &Library) -> Result<BTreeSet<String>, LibraryError> {
    let kept = library.setting(COARSE_PHOTOS)?.unwrap_or_default();
    // What can't be read is found out again by a scan.
    Ok(serde_json::from_str(&kept).unwrap_or_default())
}

fn hex(content: &ContentHash) -> String {
    blake3::Hash::from_bytes(content.0).to_hex().to_string()
}
