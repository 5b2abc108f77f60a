//! One person with very many faces: `cargo bench --bench large_person [-- FOLDER]`.
//!
//! Three libraries of drawn faces: 50,000 of one person, 20,000 copies of one face, and 50,000 of one person among
//! 10,000 of others. Measures the grouping of each, from and to its file, and the dendrogram of its largest group, as
//! used by the split view and `kinfolk split`; each in its own process. In FOLDER the libraries are kept, so that other
//! builds of `kinfolk` can be run on copies of them.

#![allow(clippy::unwrap_used, reason = "a benchmark that can't go on fails")]

#[path = "../tests/support/draw.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod draw;
#[path = "common/drawn_photo.rs"]
mod drawn_photo;
#[path = "../tests/support/population.rs"]
#[allow(dead_code, reason = "other benches use the rest")]
mod population;
#[path = "common/process.rs"]
mod process;

use std::path::{Path, PathBuf};
use std::process::Command;

use draw::Draw;
use drawn_photo::drawn_photo;
use kinfolk::cluster::DEFAULT_CUT;
use kinfolk::curate::{group_dendrogram, regroup};
use kinfolk::library::Library;
use kinfolk::stop::StopFlag;
use kinfolk::vision::{EMBEDDING_LEN, Embedding};
use population::population;
use process::{peak_mebibytes, timed};

const SEED: u64 = 7;
/// Photos stored in one transaction.
const BATCH: usize = 2_000;
/// Runs one library in this process.
const HERE: &str = "--here";

/// A library by name: faces of the one person, whether they are all equal, and faces of others.
const LIBRARIES: [(&str, usize, bool, usize); 3] = [
    ("one person", 50_000, false, 0),
    ("one face", 20_000, true, 0),
    ("among others", 50_000, false, 10_000),
];

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    if let [here, number, folder] = &arguments[..]
        && here == HERE
    {
        measure(number.parse().unwrap(), Path::new(folder));
        return;
    }
    let temporary = tempfile::tempdir().unwrap();
    let folder = arguments.first().map(PathBuf::from);
    let folder = folder.as_deref().unwrap_or(temporary.path());
    println!("library         what    seconds  CPU secs  peak MiB");
    for (number, (name, one, same, others)) in LIBRARIES.into_iter().enumerate() {
        let path = file_of(folder, number);
        if !path.exists() {
            make_library(&path, &drawn(one, same, others));
        }
        let own = std::env::current_exe().unwrap();
        let number = number.to_string();
        let ended = Command::new(own)
            .args([HERE, &number])
            .arg(folder)
            .status()
            .unwrap();
        assert!(ended.success(), "the run with {name} failed");
    }
}

fn file_of(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("{}.sqlite", LIBRARIES[number].0.replace(' ', "_")))
}

fn measure(number: usize, folder: &Path) {
    let name = LIBRARIES[number].0;
    let copy = folder.join("copy.sqlite");
    std::fs::copy(file_of(folder, number), &copy).unwrap();
    let never = StopFlag::default();
    let mut library = Library::open(&copy).unwrap();
    let (summary, seconds, cpu) =
        timed(|| regroup(&mut library, DEFAULT_CUT, &never, &mut |_| {}).unwrap());
    let peak = peak_mebibytes();
    println!("{name:14} cluster {seconds:9.2} {cpu:9.2} {peak:9.0}  ({summary})");
    let groups = library.group_summaries().unwrap();
    let largest = groups.iter().max_by_key(|group| group.faces).unwrap();
    let ((faces, _), seconds, cpu) =
        timed(|| group_dendrogram(&library, largest.group_id, &never).unwrap());
    let peak = peak_mebibytes();
    println!(
        "{name:14} split   {seconds:9.2} {cpu:9.2} {peak:9.0}  ({} faces)",
        faces.len()
    );
    drop(library);
    std::fs::remove_file(&copy).unwrap();
}

/// Faces of one person, distributed as those of people on the labelled photos, and faces of others.
fn drawn(one: usize, same: bool, others: usize) -> Vec<Embedding> {
    let mut draw = Draw(SEED);
    let person = Embedding::from_raw(draw.vector());
    let mut faces: Vec<Embedding> = Vec::with_capacity(one + others);
    for _ in 0..one {
        let face = match faces.last() {
            _ if same => person,
            // Another shot of the same moment.
            Some(before) if draw.below(5) == 0 => around(before, 0.25, &mut draw),
            _ => {
                let noise = 0.7 * (0.25 * draw.normal()).exp();
                around(&person, noise, &mut draw)
            }
        };
        faces.push(face);
    }
    faces.extend(population(others, SEED).embeddings);
    faces
}

fn around(centre: &Embedding, noise: f32, draw: &mut Draw) -> Embedding {
    let off = draw.vector();
    let scale = noise / (EMBEDDING_LEN as f32).sqrt();
    Embedding::from_raw(std::array::from_fn(|at| centre.0[at] + scale * off[at]))
}

fn make_library(path: &Path, faces: &[Embedding]) {
    let mut library = Library::open(path).unwrap();
    let root_id = library.add_root(Path::new("/photos")).unwrap();
    let numbered: Vec<(usize, Embedding)> = faces.iter().copied().enumerate().collect();
    for batch in numbered.chunks(BATCH) {
        let photos = batch
            .iter()
            .map(|(number, face)| drawn_photo(root_id, format!("{number}.jpg"), [*face]));
        library.store_scanned(&photos.collect::<Vec<_>>()).unwrap();
    }
}
