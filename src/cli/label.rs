//! `kinfolk label`: names for many faces at once, from a table.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use clap::Args;

use super::error::CliError;
use super::label_file::{Label, read_labels};
use super::open::LibraryChoice;
use super::{output, terminal};
use crate::curate::{self, Command};
use crate::geometry::PhotoRect;
use crate::library::{FaceId, FaceRow, FaceState, GroupId, Library, PhotoRow, name_key};

/// A labelled box and a face are the same if they overlap this much (intersection over union).
const LEAST_OVERLAP: f32 = 0.4;

/// Name faces in bulk from a table
#[derive(Args)]
#[command(after_help = "\
The table has the columns path,person and, if it says which face, x,y,width,height in pixels of the upright photo. A
path is relative to a scanned folder, or absolute. Without a box the row names the photo's principal face: the one
nearest the centre, measured in its own size. Each person named is one entry of `kinfolk history` and can be undone.
Rows that match no photo or no face are reported and skipped. `kinfolk cluster` then lets the names spread to groups.

Examples:
  kinfolk label family.csv
  kinfolk faces > faces.csv       after filling in the column `person` by hand: kinfolk label faces.csv")]
pub struct LabelArgs {
    /// The table: comma-separated values with a header line
    #[arg(value_name = "FILE.csv")]
    file: PathBuf,
}

pub fn run(choice: &LibraryChoice, args: &LabelArgs) -> Result<(), CliError> {
    let labels = read_labels(&args.file)?;
    let mut library = choice.open()?;
    let mut matched = Matched::default();
    for (photo, labels) in labels_by_photo(&library, labels, &mut matched)? {
        matched.match_photo(&library, &photo, &labels)?;
    }
    for (line, why) in &matched.skipped {
        terminal::say(&format!(
            "kinfolk: {:?}, line {line}: skipped: {why}",
            args.file
        ));
    }
    let named = name_all(&mut library, matched.faces)?;
    output::print_line(&format!(
        "{} named, {} named before, {} skipped",
        output::counted(named.now, "face"),
        named.before,
        output::counted(matched.skipped.len() as u64, "row"),
    ))?;
    if named.now + named.before == 0 {
        return Err(CliError::Failed(format!(
            "no row of {:?} matches a face: scan the photos first, and give paths relative to the scanned folder",
            args.file
        )));
    }
    Ok(())
}

/// The photo's principal face: the one whose centre is nearest the photo's, in units of its own diagonal.
pub fn principal_face<'a>(photo: &PhotoRow, faces: &'a [FaceRow]) -> Option<&'a FaceRow> {
    let (width, height) = (photo.size.width as f32, photo.size.height as f32);
    let off = |face: &FaceRow| {
        let face_box = face.box_in_photo;
        let center = face_box.center();
        let distance = (center.x - width / 2.0).hypot(center.y - height / 2.0);
        distance / face_box.width.hypot(face_box.height).max(1e-6)
    };
    faces.iter().min_by(|a, b| off(a).total_cmp(&off(b)))
}

/// Labels that found their photo, by photo; the others are noted as skipped.
fn labels_by_photo(
    library: &Library,
    labels: Vec<Label>,
    matched: &mut Matched,
) -> Result<Vec<(PhotoRow, Vec<Label>)>, CliError> {
    let places = PhotoPlaces::of(library.photos()?);
    let mut by_photo: BTreeMap<usize, Vec<Label>> = BTreeMap::new();
    for label in labels {
        match places.find(&label.path) {
            Ok(photo) => by_photo.entry(photo).or_default().push(label),
            Err(why) => matched.skipped.push((label.line, why)),
        }
    }
    let labelled = by_photo.into_iter();
    Ok(labelled
        .map(|(photo, labels)| (places.photos[photo].clone(), labels))
        .collect())
}

/// Photos by the ways a table may call them.
struct PhotoPlaces {
    photos: Vec<PhotoRow>,
    by_absolute: HashMap<PathBuf, usize>,
    by_relative: HashMap<String, Vec<usize>>,
}

impl PhotoPlaces {
    fn of(mut photos: Vec<PhotoRow>) -> Self {
        // A photo that is there goes before one that was there: the later entry wins below.
        photos.sort_by_key(|photo| !photo.vanished);
        let mut places = PhotoPlaces {
            by_absolute: HashMap::new(),
            by_relative: HashMap::new(),
            photos: Vec::new(),
        };
        for (index, photo) in photos.iter().enumerate() {
            places.by_absolute.insert(photo.absolute(), index);
        }
        for &index in places.by_absolute.values() {
            let relative = photos[index].path.clone();
            places.by_relative.entry(relative).or_default().push(index);
        }
        places.photos = photos;
        places
    }

    fn find(&self, path: &str) -> Result<usize, String> {
        if Path::new(path).is_absolute() {
            let known = self.by_absolute.get(Path::new(path));
            return known
                .copied()
                .ok_or_else(|| format!("no photo {path:?} in the library"));
        }
        let relative = path.strip_prefix("./").unwrap_or(path);
        match self.by_relative.get(relative).map(Vec::as_slice) {
            Some([photo]) => Ok(*photo),
            Some(_) => Err(format!(
                "{path:?} is in more than one scanned folder: give the absolute path"
            )),
            None => Err(format!("no photo {path:?} in the library")),
        }
    }
}

/// What the labels come to.
#[derive(Default)]
struct Matched {
    faces: BTreeMap<String, Vec<FaceRow>>,
    /// Line and reason.
    skipped: Vec<(u64, String)>,
}

impl Matched {
    /// Gives each label of one photo a face of its own: boxes by most overlap, then the principal face.
    fn match_photo(
        &mut self,
        library: &Library,
        photo: &PhotoRow,
        labels: &[Label],
    ) -> Result<(), CliError> {
        let mut faces = library.faces_of_photo(photo.photo_id)?;
        faces.retain(|face| face.state != FaceState::NotAFace);
        let mut used = HashSet::new();
        let (boxed, unboxed): (Vec<_>, Vec<_>) = labels
            .iter()
            .partition(|label| label.box_in_photo.is_some());
        for (label, face) in by_overlap(&boxed, &faces) {
            match face {
                Some(face) => self.take(label, face, &mut used),
                None => self.skip(label, "no face where the box is"),
            }
        }
        for label in unboxed {
            match principal_face(photo, &faces) {
                Some(face) if used.contains(&face.face_id) => self.skip(
                    label,
                    "the photo's principal face is named by another row: give boxes",
                ),
                Some(face) => self.take(label, face, &mut used),
                None => self.skip(label, "no face in this photo"),
            }
        }
        Ok(())
    }

    fn take(&mut self, label: &Label, face: &FaceRow, used: &mut HashSet<FaceId>) {
        used.insert(face.face_id);
        let faces = self.faces.entry(label.person.clone()).or_default();
        faces.push(face.clone());
    }

    fn skip(&mut self, label: &Label, why: &str) {
        self.skipped
            .push((label.line, format!("{:?}: {why}", label.path)));
    }
}

/// Pairs labels and faces one to one, best overlap first.
fn by_overlap<'a>(
    labels: &[&'a Label],
    faces: &'a [FaceRow],
) -> Vec<(&'a Label, Option<&'a FaceRow>)> {
    let overlap = |label: &Label, face_box: &PhotoRect| {
        label
            .box_in_photo
            .map_or(0.0, |wanted| wanted.iou(face_box))
    };
    let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
    for (label, row) in labels.iter().enumerate() {
        for (face, found) in faces.iter().enumerate() {
            let shared = overlap(row, &found.box_in_photo);
            if shared >= LEAST_OVERLAP {
                pairs.push((shared, label, face));
            }
        }
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut face_of: Vec<Option<usize>> = vec![None; labels.len()];
    let mut used = HashSet::new();
    for (_, label, face) in pairs {
        if face_of[label].is_none() && used.insert(face) {
            face_of[label] = Some(face);
        }
    }
    let found = face_of
        .into_iter()
        .map(|face| face.map(|face| &faces[face]));
    labels.iter().copied().zip(found).collect()
}

struct Named {
    now: u64,
    before: u64,
}

/// One command for each person; faces that already bear the name by a person's word are left alone.
fn name_all(
    library: &mut Library,
    faces: BTreeMap<String, Vec<FaceRow>>,
) -> Result<Named, CliError> {
    let people: HashMap<GroupId, String> = library
        .people()?
        .into_iter()
        .map(|(group, name)| (group, name_key(&name)))
        .collect();
    let mut named = Named { now: 0, before: 0 };
    for (name, faces) in faces {
        let (before, now): (Vec<FaceRow>, Vec<FaceRow>) = faces.into_iter().partition(|face| {
            face.state == FaceState::Confirmed
                && face.group.and_then(|group| people.get(&group)) == Some(&name_key(&name))
        });
        named.before += before.len() as u64;
        named.now += now.len() as u64;
        if now.is_empty() {
            continue;
        }
        let faces = now.iter().map(|face| face.face_id).collect();
        curate::execute(library, Command::NameFaces { faces, name })?;
    }
    Ok(named)
}
