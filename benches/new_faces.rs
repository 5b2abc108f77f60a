//! A few new faces in a large library: `cargo bench --bench new_faces [-- FACES NEW_FACES [FOLDER]]`.
//!
//! Drawn faces, by default 100,000 and 1,000. The first are grouped, and the thousand largest groups get a name and up
//! to a hundred confirmed faces each. Measures the grouping in memory, then the grouping after a scan, from and to a
//! library file. Groups and library are made in a temporary folder, which takes a quarter of an hour for a million
//! faces (1 GB); in FOLDER they are kept and used again.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a benchmark that can't go on fails"
)]

#[path = "../tests/support/draw.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod draw;
#[path = "common/drawn_photo.rs"]
mod drawn_photo;
#[path = "../tests/support/grouping.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod grouping;
#[path = "../tests/support/population.rs"]
#[allow(dead_code, reason = "the bench of whole groupings uses the rest")]
mod population;
#[path = "common/process.rs"]
mod process;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use drawn_photo::drawn_photo;
use grouping::{group, group_new_faces};
use kinfolk::cluster::{Centre, DEFAULT_CUT, Rule, best_people};
use kinfolk::curate::{Gallery, group_again};
use kinfolk::library::{
    Assignment, FaceId, GroupRow, Library, Membership, MembershipState, RootId, ScannedPhoto,
};
use kinfolk::stop::StopFlag;
use kinfolk::vision::{Centred, EMBEDDING_MODEL};
use population::{Population, population};
use process::{peak_mebibytes, timed};

const SEED: u64 = 5;
const KNOWN_PEOPLE: usize = 1_000;
const MAX_CONFIRMED: usize = 100;
/// Photos stored in one transaction.
const BATCH: usize = 2_000;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let number = |nth: usize, usual: usize| {
        let given = arguments.get(nth).map(|argument| argument.parse().unwrap());
        given.unwrap_or(usual)
    };
    let (existing, new_faces) = (number(0, 100_000), number(1, 1_000));
    let temporary = tempfile::tempdir().unwrap();
    let folder = arguments.get(2).map(PathBuf::from);
    let folder = folder.as_deref().unwrap_or(temporary.path());
    println!("  seconds  CPU secs");
    let world = World::new(existing, new_faces, folder);
    let groups = world.groups.len();
    println!("          ({new_faces} new faces into {existing} in {groups} groups)");
    world.in_memory();
    world.in_library(folder);
    let peak = peak_mebibytes();
    println!("peak memory {peak:.0} MiB, the drawn faces included");
}

/// Runs and times the work.
fn told<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let (result, seconds, cpu) = timed(work);
    println!("{seconds:9.3} {cpu:9.2}  {what}");
    result
}

/// The groups of the first faces, stored beside the library.
fn labels(drawn: &Population, existing: usize, folder: &Path) -> Vec<u32> {
    let kept = folder.join("labels.json");
    if let Ok(text) = std::fs::read(&kept) {
        return serde_json::from_slice(&text).unwrap();
    }
    let labels = told("grouping whole, once", || {
        let (embeddings, faces) = (&drawn.embeddings[..existing], &drawn.faces[..existing]);
        group(embeddings, faces, DEFAULT_CUT)
    });
    let file = std::fs::File::create(&kept).unwrap();
    serde_json::to_writer(std::io::BufWriter::new(file), &labels).unwrap();
    labels
}

struct World {
    drawn: Population,
    existing: usize,
    /// The existing faces of each group; largest group first.
    groups: Vec<Vec<usize>>,
}

impl World {
    fn new(existing: usize, new_faces: usize, folder: &Path) -> World {
        let drawn = population(existing + new_faces, SEED);
        let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for (face, label) in labels(&drawn, existing, folder).into_iter().enumerate() {
            groups.entry(label).or_default().push(face);
        }
        let mut groups: Vec<Vec<usize>> = groups.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
        World {
            drawn,
            existing,
            groups,
        }
    }

    fn known(&self) -> impl Iterator<Item = &[usize]> {
        let known = self.groups.iter().take(KNOWN_PEOPLE);
        known.map(|group| &group[..group.len().min(MAX_CONFIRMED)])
    }

    fn in_memory(&self) {
        let centred = |face: usize| self.drawn.embeddings[face].centred();
        let centres: Vec<Centre> = self
            .groups
            .iter()
            .map(|group| {
                let mut centre = Centre::default();
                group.iter().for_each(|&face| centre.add(&centred(face)));
                centre
            })
            .collect();
        let new_faces: Vec<Centred> = (self.existing..self.drawn.embeddings.len())
            .map(centred)
            .collect();
        let unions = told("grouping in memory", || {
            group_new_faces(
                &centres,
                |place| {
                    let faces = self.groups[place].iter();
                    faces.map(|&face| self.drawn.faces[face].clone()).collect()
                },
                &new_faces,
                &self.drawn.faces[self.existing..],
                &Rule::new(DEFAULT_CUT, self.drawn.faces.len()),
            )
        });
        let (mut exemplars, mut people) = (Vec::new(), Vec::new());
        for (person, group) in (0..).zip(self.known()) {
            exemplars.extend(group.iter().map(|&face| centred(face)));
            people.resize(exemplars.len(), person);
        }
        let what = format!(
            "identification among {} exemplars in memory",
            exemplars.len()
        );
        told(&what, || best_people(&new_faces, &exemplars, &people));
        let joined = unions.iter().filter(|union| !union.existing.is_empty());
        let bridges = unions.iter().filter(|union| union.existing.len() > 1);
        println!(
            "          ({} of {} unions with a group, {} bridge several)",
            joined.count(),
            unions.len(),
            bridges.count()
        );
    }

    fn in_library(&self, folder: &Path) {
        let path = folder.join("library.sqlite");
        if !path.exists() {
            self.make_library(&path);
        }
        // A copy, so that the file can be used again.
        let copy = folder.join("copy.sqlite");
        std::fs::copy(&path, &copy).unwrap();
        let mut library = Library::open(&copy).unwrap();
        told("reading memberships", || {
            library.memberships().unwrap().len()
        });
        told("reading embeddings", || {
            let mut faces = 0;
            library.each_centred(|_, _| faces += 1).unwrap();
            faces
        });
        told("reading photos of faces", || {
            let mut faces = 0;
            library.each_face(|_, _| faces += 1).unwrap();
            faces
        });
        let people = told("reading the gallery", || {
            Gallery::of(&library).unwrap().people()
        });
        let summary = told("grouping again, all of it", || {
            group_again(&mut library, &StopFlag::default()).unwrap()
        });
        println!("          ({summary}; {people} people known)");
        drop(library);
        std::fs::remove_file(&copy).unwrap();
    }

    fn make_library(&self, path: &Path) {
        let mut library = Library::open(path).unwrap();
        let root_id = library.add_root(Path::new("/photos")).unwrap();
        let faces = self.store(&mut library, root_id, 0..self.existing);
        let assignments: Vec<(FaceId, Assignment)> = (0..)
            .zip(&self.groups)
            .flat_map(|(number, group)| {
                let new = Assignment::New(number);
                group
                    .iter()
                    .map(|&face| (faces[face], new))
                    .collect::<Vec<_>>()
            })
            .collect();
        let made = library.set_automatic_memberships(&assignments).unwrap();
        for (number, confirmed) in (0..).zip(self.known()) {
            let group = made.created[&number];
            let mut edit = library.edit().unwrap();
            let named = GroupRow {
                name: Some(format!("person {number}")),
                cover: None,
            };
            edit.set_group(group, Some(named)).unwrap();
            let state = MembershipState::Confirmed;
            for &face in confirmed {
                edit.set_membership(faces[face], Some(Membership { group, state }))
                    .unwrap();
            }
            edit.commit(&"bench", "named").unwrap();
        }
        // As left by a grouping of all these faces.
        let whole = format!(
            r#"{{"faces":{},"gap":0.0,"model":"{EMBEDDING_MODEL}"}}"#,
            self.existing
        );
        library.set_setting("whole_grouping", Some(&whole)).unwrap();
        self.store(&mut library, root_id, self.existing..self.drawn.faces.len());
    }

    /// Stores the photos of some faces and returns the ids of the faces.
    fn store(&self, library: &mut Library, root_id: RootId, faces: Range<usize>) -> Vec<FaceId> {
        let mut photos: Vec<(u32, Vec<usize>)> = Vec::new();
        for face in faces.clone() {
            let photo = self.drawn.faces[face].photo;
            match photos.last_mut().filter(|(last, _)| *last == photo) {
                Some((_, faces)) => faces.push(face),
                None => photos.push((photo, vec![face])),
            }
        }
        let mut ids = Vec::with_capacity(faces.len());
        for batch in photos.chunks(BATCH) {
            let scanned: Vec<ScannedPhoto> = batch
                .iter()
                .map(|(photo, of_photo)| self.photo(root_id, *photo, faces.start, of_photo))
                .collect();
            for photo_id in library.store_scanned(&scanned).unwrap() {
                let rows = library.faces_of_photo(photo_id).unwrap();
                ids.extend(rows.iter().map(|row| row.face_id));
            }
        }
        ids
    }

    fn photo(&self, root_id: RootId, photo: u32, first: usize, faces: &[usize]) -> ScannedPhoto {
        let embeddings = faces.iter().map(|&face| self.drawn.embeddings[face]);
        drawn_photo(root_id, format!("{first}/{photo}.jpg"), embeddings)
    }
}
