//! The albums according to the library, before the destination is read.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use super::manifest::{AlbumRecord, Owner};
use super::summary::AlbumOptions;
use crate::export::error::ExportError;
use crate::files::page_path;
use crate::library::{FaceState, GroupId, KnownPhoto, Library, PhotoId, PhotoRow, Presence};
use crate::photo::ContentHash;

/// One person's photos.
pub struct Album {
    pub group: GroupId,
    pub name: Option<String>,
    /// Sorted by root and path; one photo per content.
    pub photos: Vec<AlbumPhoto>,
}

/// A photo of an album.
#[derive(Clone)]
pub struct AlbumPhoto {
    pub path: PathBuf,
    /// The original file name.
    pub file_name: String,
    pub content_hash: ContentHash,
    /// Bytes, as seen by the scan.
    pub file_size: u64,
    pub vanished: bool,
}

impl Album {
    /// The album's key in the manifest.
    pub fn key(&self) -> String {
        match &self.name {
            Some(name) => name.clone(),
            None => format!("#{}", self.group),
        }
    }
}

/// Who is in the library.
pub struct People {
    library: Option<String>,
    named: HashSet<GroupId>,
    groups: HashSet<GroupId>,
}

impl People {
    pub fn of(library: &Library) -> Result<People, ExportError> {
        let groups = library.group_summaries()?.into_iter();
        Ok(People {
            library: library.identity()?,
            named: library.named_groups()?,
            groups: groups.map(|group| group.group_id).collect(),
        })
    }

    pub fn owner(&self, group: GroupId) -> Option<Owner> {
        let library = self.library.clone()?;
        Some(Owner { library, group })
    }

    /// Whether this is their library.
    pub fn are_of(&self, library: &str) -> bool {
        self.library.as_deref() == Some(library)
    }

    pub fn has(&self, group: GroupId) -> bool {
        self.groups.contains(&group)
    }

    /// Whether these are all people with a name, at least.
    pub fn are_all_among(&self, groups: &[GroupId]) -> bool {
        let among: HashSet<&GroupId> = groups.iter().collect();
        self.named.iter().all(|group| among.contains(group))
    }

    /// Whether nobody has this album any more: the group is gone, or has lost the name it was exported by.
    pub fn have_lost(&self, record: &AlbumRecord) -> bool {
        let Some(owner) = &record.owner else {
            return false;
        };
        let is_known = match record.key.starts_with('#') {
            true => self.groups.contains(&owner.group),
            false => self.named.contains(&owner.group),
        };
        self.are_of(&owner.library) && !is_known
    }
}

/// The chosen people sorted by name, so that name clashes are resolved the same way each time.
pub fn planned_albums(
    library: &Library,
    people: &[GroupId],
    options: &AlbumOptions,
) -> Result<Vec<Album>, ExportError> {
    let photos = AlbumPhotos::of(library)?;
    let chosen: HashSet<GroupId> = people.iter().copied().collect();
    let mut albums = Vec::new();
    for group in library.group_summaries()? {
        if !chosen.contains(&group.group_id) {
            continue;
        }
        // Of a photo that is away the summary says so.
        let mut faces = library.faces_of_group(group.group_id)?;
        faces.extend(library.away_faces_of_group(group.group_id)?);
        faces.retain(|face| face.presence != Presence::NotFound);
        let wanted: HashSet<PhotoId> = faces
            .iter()
            .filter(|face| {
                group.name.is_none()
                    || options.with_suggestions
                    || face.state == FaceState::Confirmed
            })
            .map(|face| face.photo_id)
            .collect();
        albums.push(Album {
            group: group.group_id,
            name: group.name,
            photos: photos.distinct(&wanted),
        });
    }
    albums.sort_by_key(|album| (album.name.is_none(), album.name.clone(), album.group));
    Ok(albums)
}

/// All photos of the library with their content hashes.
struct AlbumPhotos(HashMap<PhotoId, AlbumPhoto>);

impl AlbumPhotos {
    fn of(library: &Library) -> Result<Self, ExportError> {
        let mut known: HashMap<PhotoId, KnownPhoto> = HashMap::new();
        let mut files: HashMap<PhotoId, PhotoId> = HashMap::new();
        for root in library.roots()? {
            let photos = library.known_photos(root.root_id)?;
            files.extend(files_of_pages(&photos));
            known.extend(photos.into_iter().map(|photo| (photo.photo_id, photo)));
        }
        let rows = library.photos()?;
        let by_id: HashMap<PhotoId, &PhotoRow> =
            rows.iter().map(|photo| (photo.photo_id, photo)).collect();
        let photos = rows.iter().filter_map(|photo| {
            let file = files.get(&photo.photo_id).unwrap_or(&photo.photo_id);
            let (row, known) = (by_id.get(file)?, known.get(file)?);
            let mut exported = AlbumPhoto::new(row, known);
            exported.vanished = photo.vanished;
            Some((photo.photo_id, exported))
        });
        Ok(AlbumPhotos(photos.collect()))
    }

    /// The wanted photos, one per content, preferring a present file.
    fn distinct(&self, wanted: &HashSet<PhotoId>) -> Vec<AlbumPhoto> {
        let mut found: Vec<&AlbumPhoto> = wanted.iter().filter_map(|id| self.0.get(id)).collect();
        found.sort_by(|a, b| (a.vanished, &a.path).cmp(&(b.vanished, &b.path)));
        let mut by_content = BTreeMap::new();
        for photo in found {
            by_content.entry(photo.content_hash).or_insert(photo);
        }
        let mut distinct: Vec<AlbumPhoto> = by_content.into_values().cloned().collect();
        distinct.sort_by(|a, b| a.path.cmp(&b.path));
        distinct
    }
}

/// For the photos on further pages, the photo that stands for the whole file: what is exported is the file.
fn files_of_pages(photos: &[KnownPhoto]) -> Vec<(PhotoId, PhotoId)> {
    let pages = photos
        .iter()
        .filter_map(|photo| Some((photo, page_path::page_in(&photo.path)?.0)));
    let pages: Vec<(&KnownPhoto, &str)> = pages.collect();
    if pages.is_empty() {
        return Vec::new();
    }
    let by_path: HashMap<(&str, bool), PhotoId> = photos
        .iter()
        .map(|photo| ((photo.path.as_str(), photo.vanished), photo.photo_id))
        .collect();
    let file = |(photo, path): (&KnownPhoto, &str)| {
        let file = by_path.get(&(path, photo.vanished))?;
        Some((photo.photo_id, *file))
    };
    pages.into_iter().filter_map(file).collect()
}

impl AlbumPhoto {
    fn new(photo: &PhotoRow, known: &KnownPhoto) -> Self {
        let path = photo.shown_path();
        let file_name = path.rsplit('/').next().unwrap_or(&path).to_owned();
        AlbumPhoto {
            path: photo.absolute(),
            file_name,
            content_hash: known.content_hash,
            file_size: known.file_size,
            vanished: photo.vanished,
        }
    }
}
