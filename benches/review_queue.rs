//! The review of large libraries: `cargo bench --bench review_queue [-- NAME...]`, each in its own process.
//!
//! - `faces`: 100,000 faces, grouped;
//! - `groups`: 100,000 groups of 200,000 faces, two thirds of them of one face;
//! - `person`: one person with 50,000 faces, in one unnamed group, among 10,000 others;
//! - `write FOLDER`: the three libraries as files in a folder, for `kinfolk review`.
//!
//! Prints the time of the first queue and the maximum memory until then; then the time from commit to queue after a
//! right answer, after undo, and after a few new photos, which are grouped in between. Each line has the median and the
//! maximum elapsed time, and the median CPU time of all cores.

#![allow(clippy::unwrap_used, reason = "a benchmark that can't go on fails")]

#[path = "../tests/support/draw.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod draw;
#[path = "common/drawn_photo.rs"]
mod drawn_photo;
#[path = "../tests/support/population.rs"]
mod population;
#[path = "common/process.rs"]
mod process;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Command;

use drawn_photo::drawn_photo;
use kinfolk::cluster::{DEFAULT_CUT, group};
use kinfolk::curate::{Answer, Question, QueuedQuestion, ReviewCache, execute, group_again, undo};
use kinfolk::library::{Assignment, FaceId, GroupId, Library, RootId, ScannedPhoto};
use kinfolk::stop::StopFlag;
use kinfolk::vision::{Centred, Embedding};
use population::{Population, population, population_of};
use process::{peak_mebibytes, timed};

const SEED: u64 = 5;
const SCENES: [&str; 3] = ["faces", "groups", "person"];
/// Runs one scene in this process.
const HERE: &str = "--here";
/// Photos stored in one transaction.
const BATCH: usize = 2_000;
const ANSWERS: usize = 30;
const SCANS: usize = 5;
const NEW_PHOTOS: usize = 20;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    if let [write, folder] = arguments.as_slice()
        && write == "write"
    {
        for scene in SCENES {
            Scene::new(scene).store(&Path::new(folder).join(format!("{scene}.sqlite")));
        }
        return;
    }
    if let [here, scene] = arguments.as_slice()
        && here == HERE
    {
        measure(scene);
        return;
    }
    let chosen = SCENES
        .iter()
        .filter(|scene| arguments.is_empty() || arguments.iter().any(|chosen| chosen == *scene));
    println!("   median   longest  CPU secs");
    for scene in chosen {
        let own = std::env::current_exe().unwrap();
        let ended = Command::new(own).args([HERE, scene]).status().unwrap();
        assert!(ended.success(), "{scene} failed");
    }
}

/// Faces with their groups.
struct Scene {
    drawn: Population,
    groups: Vec<u32>,
}

impl Scene {
    fn new(name: &str) -> Scene {
        match name {
            "faces" => {
                let drawn = population(100_000, SEED);
                let stop = StopFlag::default();
                let centred: Vec<Centred> =
                    drawn.embeddings.iter().map(Embedding::centred).collect();
                let groups = group(&centred, &drawn.faces, DEFAULT_CUT, &stop);
                Scene {
                    groups: groups.unwrap(),
                    drawn,
                }
            }
            // Two faces per group on average.
            "groups" => Scene::of_people((0..100_000).map(|person| match person % 24 {
                0..16 => 1,
                16..20 => 2,
                20..22 => 4,
                22 => 6,
                _ => 10,
            })),
            "person" => Scene::of_people(std::iter::once(50_000).chain([1; 10_000])),
            _ => panic!("no scene is called {name}"),
        }
    }

    /// Everybody in a group of their own.
    fn of_people(sizes: impl Iterator<Item = usize>) -> Scene {
        let drawn = population_of(&sizes.collect::<Vec<_>>(), SEED);
        Scene {
            groups: drawn.people.clone(),
            drawn,
        }
    }

    /// Writes a library and returns the person of each face.
    fn store(&self, path: &Path) -> HashMap<FaceId, u32> {
        let mut library = Library::open(path).unwrap();
        let root_id = library.add_root(Path::new("/photos")).unwrap();
        let mut people = HashMap::new();
        let mut assignments = Vec::new();
        let faces: Vec<usize> = (0..self.groups.len()).collect();
        for batch in faces.chunks(BATCH) {
            let embeddings = batch.iter().map(|&face| self.drawn.embeddings[face]);
            let ids = store_faces(&mut library, root_id, batch[0], embeddings);
            for (&face, face_id) in batch.iter().zip(ids) {
                people.insert(face_id, self.drawn.people[face]);
                assignments.push((face_id, Assignment::New(self.groups[face])));
            }
        }
        library.set_automatic_memberships(&assignments).unwrap();
        people
    }
}

/// Stores a photo for each face.
fn store_faces(
    library: &mut Library,
    root_id: RootId,
    first: usize,
    embeddings: impl Iterator<Item = Embedding>,
) -> Vec<FaceId> {
    let photos: Vec<ScannedPhoto> = (first..)
        .zip(embeddings)
        .map(|(number, embedding)| drawn_photo(root_id, format!("{number}.jpg"), [embedding]))
        .collect();
    let photos = library.store_scanned(&photos).unwrap();
    let faces = photos
        .iter()
        .map(|&photo_id| library.face_ids_of_photo(photo_id).unwrap());
    faces.flatten().collect()
}

fn measure(name: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.sqlite");
    let people = Scene::new(name).store(&path);
    let mut library = Library::open(&path).unwrap();
    let before = peak_mebibytes();
    reset_peak();
    // As in the window, the review has a connection of its own.
    let mut review = Review {
        library: library.second_connection().unwrap(),
        cache: ReviewCache::default(),
    };
    let (queue, seconds, cpu) = timed(|| review.queue());
    println!(
        "{seconds:9.3} {seconds:9.3} {cpu:9.2}  {name}: the first queue, {} questions, peak {:.0} MiB ({before:.0} before)",
        queue.len(),
        peak_mebibytes()
    );
    let answers = answers(&mut library, &mut review, queue, &people);
    told("the next after an answer", &answers);
    let mut undone = Vec::new();
    for _ in 0..ANSWERS / 3 {
        undo(&mut library).unwrap().unwrap();
        undone.push(review.timed());
    }
    told("the next after undo", &undone);
    let root_id = library.roots().unwrap()[0].root_id;
    let new = population(SCANS * NEW_PHOTOS, SEED + 1);
    let mut scanned = Vec::new();
    for (number, embeddings) in new.embeddings.chunks(NEW_PHOTOS).enumerate() {
        let first = 10_000_000 + number * NEW_PHOTOS;
        let new = embeddings.iter().copied();
        store_faces(&mut library, root_id, first, new);
        scanned.push(review.timed());
    }
    told("the next after new photos", &scanned);
    if name == "faces" {
        let stop = StopFlag::default();
        group_again(&mut library, &stop).unwrap();
        told("the next after they are grouped", &[review.timed()]);
    }
}

/// The review's connection and cache.
struct Review {
    library: Library,
    cache: ReviewCache,
}

impl Review {
    fn queue(&mut self) -> Vec<QueuedQuestion> {
        let stop = StopFlag::default();
        self.cache
            .queue(&self.library, &HashSet::new(), &stop)
            .unwrap()
    }

    fn timed(&mut self) -> (f64, f64) {
        let (_, seconds, cpu) = timed(|| self.queue());
        (seconds, cpu)
    }
}

/// Answers the first question about two sets of faces that each have a majority.
fn answers(
    library: &mut Library,
    review: &mut Review,
    mut queue: Vec<QueuedQuestion>,
    people: &HashMap<FaceId, u32>,
) -> Vec<(f64, f64)> {
    let mut times = Vec::new();
    let mut kinds: HashMap<&str, usize> = HashMap::new();
    while times.len() < ANSWERS {
        let Some(first) = queue.first() else {
            break;
        };
        let question = &first.question;
        *kinds.entry(question.kind().as_str()).or_default() += 1;
        let [one, other] = sides(library, question).map(|side| most(&side, people));
        let answer = match one == other {
            true => Answer::Same,
            false => Answer::Different,
        };
        if execute(library, question.command(answer)).is_err() {
            break;
        }
        let (next, seconds, cpu) = timed(|| review.queue());
        queue = next;
        times.push((seconds, cpu));
    }
    println!("{:30} (asked: {kinds:?})", "");
    times
}

fn most(faces: &[FaceId], people: &HashMap<FaceId, u32>) -> Option<u32> {
    let mut counts: HashMap<u32, usize> = HashMap::new();
    for face in faces {
        *counts.entry(people[face]).or_default() += 1;
    }
    counts
        .into_iter()
        .max_by_key(|&(person, count)| (count, person))
        .map(|(person, _)| person)
}

fn sides(library: &Library, question: &Question) -> [Vec<FaceId>; 2] {
    let of_group = |group: GroupId| -> Vec<FaceId> {
        let faces = library.faces_of_group(group).unwrap();
        faces.iter().map(|face| face.face_id).collect()
    };
    match question {
        Question::SamePerson { into, from } => [of_group(*into), of_group(*from)],
        Question::MixedGroup { pieces, .. } => pieces.clone(),
        Question::BorderlineFaces { faces, rest, .. } => [rest.clone(), faces.clone()],
        Question::Suggestion { person, faces } => [of_group(*person), faces.clone()],
        Question::LikeIgnored { faces, ignored, .. } => [ignored.clone(), faces.clone()],
    }
}

fn told(what: &str, times: &[(f64, f64)]) {
    let sorted = |of: fn(&(f64, f64)) -> f64| {
        let mut times: Vec<f64> = times.iter().map(of).collect();
        times.sort_by(f64::total_cmp);
        times
    };
    let (clock, cpu) = (sorted(|times| times.0), sorted(|times| times.1));
    if let Some(longest) = clock.last() {
        println!(
            "{:9.3} {longest:9.3} {:9.2}  {what}",
            clock[clock.len() / 2],
            cpu[cpu.len() / 2]
        );
    }
}

/// Resets the maximum memory of the process, where Linux allows it.
#[expect(
    clippy::disallowed_methods,
    reason = "no file of anybody's, but a switch of the system"
)]
fn reset_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}
