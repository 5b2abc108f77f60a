//! People drawn as unit vectors, stored in a library as by a scan, without photos on disk.

use image::{Rgb, RgbImage};
use kinfolk::geometry::{Landmarks, PhotoRect, Point, Size};
use kinfolk::library::{FaceId, Library, PhotoId, RootId, ScannedFace, ScannedPhoto};
use kinfolk::photo::{ContentHash, jpeg_thumbnail};
use kinfolk::vision::{EMBEDDING_LEN, FaceMeasures, ModelName};

use super::draw::{Draw, face_of};

/// Noise at which people are clearly different: mean cosine distance about 0.2 within a person, 1 between people.
pub const CLEAR: f32 = 0.5;

const PHOTO: Size = Size {
    width: 1600,
    height: 1200,
};

/// Draws photos of a fixed number of people.
pub struct Crowd {
    draw: Draw,
    people: Vec<[f32; EMBEDDING_LEN]>,
    noise: f32,
    photos: u32,
}

impl Crowd {
    pub fn new(people: usize, noise: f32, seed: u64) -> Crowd {
        let mut draw = Draw(seed);
        let people = (0..people).map(|_| draw.vector()).collect();
        Crowd {
            draw,
            people,
            noise,
            photos: 0,
        }
    }

    /// A new photo with one face of each of `people` (numbers from 0), side by side; taken a day after the last.
    pub fn photo(&mut self, root_id: RootId, people: &[usize]) -> ScannedPhoto {
        self.photos += 1;
        let number = self.photos;
        let mut content_hash = [0; 32];
        content_hash[..4].copy_from_slice(&number.to_le_bytes());
        ScannedPhoto {
            root_id,
            path: format!("drawn/{number:04}.jpg"),
            file_size: 1_000_000,
            modified_ns: i64::from(number),
            changed_ns: None,
            content_hash: ContentHash(content_hash),
            size: PHOTO,
            orientation: 1,
            model: ModelName::default(),
            taken: Some(format!(
                "20{:02}-{:02}-{:02}T12:00:00",
                number / 336 % 100,
                number / 28 % 12 + 1,
                number % 28 + 1
            )),
            thumbnail: Some(plain_jpeg([90, 100, 110])),
            faces: people
                .iter()
                .enumerate()
                .map(|(place, &person)| self.face(person, place))
                .collect(),
        }
    }

    fn face(&mut self, person: usize, place: usize) -> ScannedFace {
        let box_in_photo = PhotoRect {
            x: 40.0 + 170.0 * place as f32,
            y: 300.0,
            width: 120.0,
            height: 150.0,
        };
        ScannedFace {
            box_in_photo,
            landmarks: landmarks_in(&box_in_photo),
            score: 0.9,
            quality: 0.5 + self.draw.below(1000) as f32 / 2000.0,
            recognizable: true,
            measures: FaceMeasures::default(),
            embedding: Some(face_of(&self.people[person], self.noise, &mut self.draw)),
            thumbnail: Some(plain_jpeg(colour_of(person))),
        }
    }
}

/// Stores a photo with these people and returns their faces in the same order.
pub fn store_photo(
    library: &mut Library,
    crowd: &mut Crowd,
    people: &[usize],
) -> (PhotoId, Vec<FaceId>) {
    let root_id = library.add_root(&super::demo_photos()).expect("root");
    let photo = crowd.photo(root_id, people);
    let photo_id = library.store_scanned(&[photo]).expect("store")[0];
    let mut faces = library.faces_of_photo(photo_id).expect("faces");
    faces.sort_by(|a, b| a.box_in_photo.x.total_cmp(&b.box_in_photo.x));
    (photo_id, faces.iter().map(|face| face.face_id).collect())
}

fn landmarks_in(face: &PhotoRect) -> Landmarks {
    let at = |x: f32, y: f32| Point {
        x: face.x + x * face.width,
        y: face.y + y * face.height,
    };
    Landmarks([
        at(0.3, 0.4),
        at(0.7, 0.4),
        at(0.5, 0.6),
        at(0.35, 0.8),
        at(0.65, 0.8),
    ])
}

/// Each person has a colour, so that screenshots show who is who.
fn colour_of(person: usize) -> [u8; 3] {
    let mut draw = Draw(person as u64);
    std::array::from_fn(|_| 60 + draw.below(180) as u8)
}

fn plain_jpeg(colour: [u8; 3]) -> Vec<u8> {
    jpeg_thumbnail(&RgbImage::from_pixel(64, 64, Rgb(colour)), 64).expect("encode")
}

/// The content hash of a file with these bytes.
pub fn size_and_hash(bytes: &[u8]) -> (u64, ContentHash) {
    let hash = blake3::hash(bytes);
    (bytes.len() as u64, ContentHash(*hash.as_bytes()))
}
