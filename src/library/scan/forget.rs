//! Takes a folder and all that came from it out of the library. The photos themselves are never touched.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use serde::Serialize;

use crate::library::grouping::forget_grouping;
use crate::library::{FaceId, GroupId, Library, LibraryError, PhotoId, RootId};

/// What forgetting a folder takes out of the library.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Forgetting {
    /// Photos, including those that are away.
    pub photos: u64,
    pub faces: u64,
    /// Of these, faces that a person has confirmed.
    pub confirmed: u64,
    /// People who have faces in no other photo. Their names stay.
    pub people_without_photos: Vec<String>,
}

/// The photos at or below a folder, and the roots there.
struct Contents {
    photos: HashSet<PhotoId>,
    roots: Vec<RootId>,
}

impl Library {
    /// What [`Library::forget`] would take out. The folder may be a root, lie inside or around some, or be a photo; it need
    /// not exist.
    pub fn forgetting(&self, folder: &Path) -> Result<Forgetting, LibraryError> {
        self.forgetting_of(&self.contents(folder)?)
    }

    /// Takes the photos at or below a folder out of the library, with their faces and all decisions about these, and the
    /// roots there with their problems. Cannot be undone; undo of earlier commands leaves these faces out.
    pub fn forget(&mut self, folder: &Path) -> Result<Forgetting, LibraryError> {
        let contents = self.contents(folder)?;
        let forgetting = self.forgetting_of(&contents)?;
        let mut faces: Vec<FaceId> = Vec::new();
        for &photo_id in &contents.photos {
            faces.extend(self.face_ids_of_photo(photo_id)?);
        }
        let problems = self.problems()?.into_iter();
        let problems = problems.filter(|problem| problem.absolute().starts_with(folder));
        let problems: Vec<(RootId, String)> = problems
            .map(|problem| (problem.root_id, problem.path))
            .collect();
        let tx = self.write()?;
        forget_grouping(&tx)?;
        for photo_id in &contents.photos {
            tx.prepare_cached("DELETE FROM photo WHERE photo_id = ?1")?
                .execute([photo_id])?;
        }
        for (root_id, path) in &problems {
            tx.prepare_cached("DELETE FROM problem WHERE root_id = ?1 AND path = ?2")?
                .execute((root_id, path))?;
        }
        for root_id in &contents.roots {
            tx.prepare_cached("DELETE FROM root WHERE root_id = ?1")?
                .execute([root_id])?;
        }
        tx.commit()?;
        self.touched.add_faces(faces);
        Ok(forgetting)
    }

    fn contents(&self, folder: &Path) -> Result<Contents, LibraryError> {
        let photos = self.photos()?.into_iter();
        let photos = photos.filter(|photo| photo.absolute().starts_with(folder));
        let roots = self.roots()?.into_iter();
        let roots = roots.filter(|root| root.path.starts_with(folder));
        Ok(Contents {
            photos: photos.map(|photo| photo.photo_id).collect(),
            roots: roots.map(|root| root.root_id).collect(),
        })
    }

    fn forgetting_of(&self, contents: &Contents) -> Result<Forgetting, LibraryError> {
        let mut forgetting = Forgetting {
            photos: contents.photos.len() as u64,
            ..Forgetting::default()
        };
        // Name, and whether anything of the person stays.
        let mut people: BTreeMap<GroupId, (Option<String>, bool)> = BTreeMap::new();
        let sql = "SELECT f.photo_id, m.group_id, g.name, m.state IS 'confirmed'
                   FROM face f LEFT JOIN membership m USING (face_id) LEFT JOIN face_group g USING (group_id)";
        let faces = self.rows(sql, [], |row| {
            let group: Option<GroupId> = row.get(1)?;
            let name: Option<String> = row.get(2)?;
            Ok((
                row.get::<_, PhotoId>(0)?,
                group,
                name,
                row.get::<_, bool>(3)?,
            ))
        })?;
        for (photo_id, group, name, is_confirmed) in faces {
            let goes = contents.photos.contains(&photo_id);
            if goes {
                forgetting.faces += 1;
                forgetting.confirmed += u64::from(is_confirmed);
            }
            if let Some(group) = group {
                people.entry(group).or_insert((name, false)).1 |= !goes;
            }
        }
        let emptied = people.into_values().filter(|(_, stays)| !stays);
        forgetting.people_without_photos = emptied.filter_map(|(name, _)| name).collect();
        forgetting.people_without_photos.sort();
        Ok(forgetting)
    }
}
