//! How commands name faces and groups.
//!
//! A face is its number in `kinfolk faces`, or a photo and where in it: `IMG_1.jpg` (it has one face), `IMG_1.jpg#2` (the
//! second from the left), `IMG_1.jpg@120,80,60,60` (the box at x, y, width, height, in pixels of the upright photo). A
//! group is its number in `kinfolk people`, or a person's name.

use clap::Args;

use super::error::CliError;
use super::labels::PhotoPlaces;
use crate::curate::CurateError;
use crate::geometry::PhotoRect;
use crate::library::{FaceId, FaceRow, FaceState, GroupId, Library, name_key};
use crate::text::counted;

/// A box and a face are the same if they overlap this much (intersection over union).
const MIN_OVERLAP: f32 = 0.4;

/// What the help of every command on faces says about naming them.
pub const FACE_HELP: &str = "\
A FACE is its number in the column `face` of `kinfolk faces`, or a photo: IMG_1.jpg where it has one face, IMG_1.jpg#2
for the second from the left, IMG_1.jpg@120,80,60,60 for the box x,y,width,height. A photo that is called like a number
is written ./123.";

/// The faces that a command is about.
#[derive(Args)]
pub struct NamedFaces {
    /// Faces: their numbers, or photos with one face, or PHOTO#2, or PHOTO@x,y,width,height
    #[arg(required = true, value_name = "FACE", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    faces: Vec<String>,
}

impl NamedFaces {
    /// Their ids; an error for the first that means no face.
    pub fn find(&self, library: &Library) -> Result<Vec<FaceId>, CliError> {
        let mut finder = FaceFinder {
            library,
            places: None,
        };
        self.faces.iter().map(|name| finder.find(name)).collect()
    }
}

/// The face that one name means.
pub fn find_face(library: &Library, name: &str) -> Result<FaceId, CliError> {
    let mut finder = FaceFinder {
        library,
        places: None,
    };
    finder.find(name)
}

/// The group of this number, or the person of this name.
pub fn find_group(library: &Library, name: &str) -> Result<GroupId, CliError> {
    if let Ok(group) = name.parse::<GroupId>() {
        return match library.group(group)? {
            Some(_) => Ok(group),
            None => Err(CurateError::UnknownGroup(group).into()),
        };
    }
    person_called(library, name)?.ok_or_else(|| {
        CliError::Failed(format!(
            "there is nobody called {name:?}: `kinfolk people` lists the groups and names"
        ))
    })
}

/// The person of this name, if there is one; spelt the same rather than alike.
pub fn person_called(library: &Library, name: &str) -> Result<Option<GroupId>, CliError> {
    let key = name_key(name);
    let people = library.people()?.into_iter();
    let mut alike: Vec<_> = people.filter(|(_, known)| name_key(known) == key).collect();
    alike.sort_by_key(|(_, known)| known != name);
    Ok(alike.first().map(|(group, _)| *group))
}

struct FaceFinder<'a> {
    library: &'a Library,
    /// Read for the first photo that is named.
    places: Option<PhotoPlaces>,
}

/// Where in its photo a face is.
enum Place {
    Only,
    /// From the left, from 1.
    Number(usize),
    Box(PhotoRect),
}

impl FaceFinder<'_> {
    fn find(&mut self, name: &str) -> Result<FaceId, CliError> {
        if let Ok(face) = name.parse::<FaceId>() {
            return match self.library.face(face)? {
                Some(_) => Ok(face),
                None => Err(CurateError::UnknownFace(face).into()),
            };
        }
        if self.places.is_none() {
            self.places = Some(PhotoPlaces::of(self.library)?);
        }
        let Some(places) = &self.places else {
            return Err(CliError::Failed(format!(
                "no photo {name:?} in the library"
            )));
        };
        let (photo, place) = photo_and_place(places, name)?;
        let photo = &places.photos[photo];
        let mut faces = self.library.faces_of_photo(photo.photo_id)?;
        faces.sort_by(|a, b| a.box_in_photo.x.total_cmp(&b.box_in_photo.x));
        chosen(name, &faces, &place).map_err(CliError::Failed)
    }
}

/// A whole name is a photo before a part of it is: file names may hold `#` and `@`.
fn photo_and_place(places: &PhotoPlaces, name: &str) -> Result<(usize, Place), CliError> {
    let whole = places.find_typed(name);
    let why = match whole {
        Ok(photo) => return Ok((photo, Place::Only)),
        Err(why) => why,
    };
    let parts = [
        name.rsplit_once('#')
            .and_then(|(path, number)| Some((path, Place::Number(number.parse().ok()?)))),
        name.rsplit_once('@')
            .and_then(|(path, numbers)| Some((path, Place::Box(rect(numbers)?)))),
    ];
    match parts.into_iter().flatten().next() {
        Some((path, place)) => places
            .find_typed(path)
            .map(|photo| (photo, place))
            .map_err(CliError::Failed),
        None => Err(CliError::Failed(format!(
            "{why}: give a face's number from `kinfolk faces`, a photo, PHOTO#2 or PHOTO@x,y,width,height"
        ))),
    }
}

/// `x,y,width,height`, all of them numbers and the last two above 0.
fn rect(numbers: &str) -> Option<PhotoRect> {
    let numbers: Vec<f32> = numbers
        .split(',')
        .map(|number| number.trim().parse().ok().filter(|n: &f32| n.is_finite()))
        .collect::<Option<_>>()?;
    match numbers[..] {
        [x, y, width, height] if width > 0.0 && height > 0.0 => Some(PhotoRect {
            x,
            y,
            width,
            height,
        }),
        _ => None,
    }
}

/// The face at a place, among those of a photo from left to right.
fn chosen(name: &str, faces: &[FaceRow], place: &Place) -> Result<FaceId, String> {
    let listed = || {
        let numbers: Vec<String> = faces.iter().map(|face| face.face_id.to_string()).collect();
        numbers.join(", ")
    };
    match place {
        _ if faces.is_empty() => Err(format!("{name:?}: no face was found in this photo")),
        Place::Only => {
            let mut seen = faces
                .iter()
                .filter(|face| face.state != FaceState::NotAFace);
            match (seen.next(), seen.next(), faces) {
                (Some(only), None, _) | (None, _, [only]) => Ok(only.face_id),
                _ => Err(format!(
                    "{name:?} has {} faces: give one of the numbers {}, or {name}#1 for the first from the left",
                    faces.len(),
                    listed()
                )),
            }
        }
        Place::Number(number) => faces
            .get(number.wrapping_sub(1))
            .map(|face| face.face_id)
            .ok_or_else(|| {
                format!(
                    "{name:?}: this photo has {}, numbered from 1 from left to right ({})",
                    counted(faces.len() as u64, "face"),
                    listed()
                )
            }),
        Place::Box(wanted) => faces
            .iter()
            .map(|face| (wanted.iou(&face.box_in_photo), face))
            .filter(|(overlap, _)| *overlap >= MIN_OVERLAP)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, face)| face.face_id)
            .ok_or_else(|| {
                format!(
                    "{name:?}: no face where the box is; those of this photo are {}",
                    listed()
                )
            }),
    }
}
