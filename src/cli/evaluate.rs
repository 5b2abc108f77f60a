//! `kinfolk evaluate`: scores grouping and identification on photos whose people are known.
//!
//! The photos are scanned into a temporary library. Each photo gives one labelled face, its principal face: the one
//! nearest to the centre of the photo, in diagonals of its box. All faces are grouped, but only the labelled ones are
//! scored.
//!
//! Identification is scored as an open set. A hash of the name and of the path decides which people are known and by
//! which photos, so the choice is the same on every machine. One person in five, and everybody with fewer than two
//! clear photos, is an impostor, whom the gallery doesn't know. Half of the clear photos of everybody else are the
//! gallery, and the others are probes. Faces that are too unclear to recognise are probes for which nobody is found.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::error::CliError;
use super::labels::principal_face;
use super::{interrupt, output, terminal};
use crate::cluster::metrics::{
    GenuineProbe, GroupingScore, OpenSetScore, rank_one, score_grouping, score_open_set,
};
use crate::cluster::{DEFAULT_CUT, best_people};
use crate::curate;
use crate::library::{FaceId, FaceRow, Library, PhotoId};
use crate::scan::{self, ScanControl, ScanOptions};
use crate::stop::StopFlag;
use crate::vision::{Centred, DeviceChoice, Embedding, Engine};

/// One person in this many is an impostor.
const IMPOSTOR_SHARE: u64 = 5;

/// Score grouping and identification on photos sorted into one folder per person
#[derive(Args)]
#[command(after_help = "\
The photos of each person are in one folder, FOLDER/<person>/<photos>; the face nearest to the centre of a photo is that
person's. Nothing is stored. Splits and merges are the edits that the groups would need. Identification: one
person in five, and everybody with fewer than two clear photos, is an impostor. Half of the photos of the others are the
gallery, and the other half are probes. TPIR is the share of probes that are identified, at the similarity threshold that
accepts the share FPIR of the impostors.

Example:
  kinfolk evaluate ~/labelled")]
pub struct EvaluateArgs {
    /// Folder with a folder of photos for each person
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,

    /// Print the scores as a JSON object
    #[arg(long)]
    json: bool,

    /// Where the networks run: cpu, cuda or metal (the last two need a build with that feature)
    #[arg(long, value_name = "DEVICE", default_value_t = DeviceChoice::Cpu)]
    device: DeviceChoice,
}

pub fn run(args: &EvaluateArgs) -> Result<(), CliError> {
    let place = tempfile::tempdir().map_err(|error| {
        CliError::Failed(format!(
            "cannot make a temporary folder: {error}; check the disk"
        ))
    })?;
    let mut library = Library::open(&place.path().join("evaluation.sqlite"))?;
    let stop = scan_into(&mut library, args)?;
    curate::regroup(&mut library, DEFAULT_CUT, &stop, &mut |_| {})?;
    let evaluation = evaluate(&library)?;
    if evaluation.labelled == 0 {
        return Err(CliError::Failed(format!(
            "no photo in a folder of {:?}: sort the photos into one folder for each person",
            args.folder
        )));
    }
    if args.json {
        output::print_json(&evaluation)
    } else {
        output::print_line(&evaluation.to_string())
    }
}

/// Returns the flag that Ctrl-C sets from here on.
fn scan_into(library: &mut Library, args: &EvaluateArgs) -> Result<StopFlag, CliError> {
    let engine = Engine::load(args.device)?;
    let control = ScanControl::new();
    let on_stop = control.clone();
    let stop = interrupt::watch(move || on_stop.stop());
    let bar = terminal::progress_bar(Some(0));
    let folders = std::slice::from_ref(&args.folder);
    let scanned = scan::scan(
        library,
        &engine,
        folders,
        &ScanOptions::default(),
        &control,
        &|progress| {
            bar.set_length(progress.photos_total);
            bar.set_position(progress.photos_done);
        },
    );
    bar.finish_and_clear();
    if scanned?.stopped {
        return Err(CliError::Failed(
            "stopped before all photos were searched".into(),
        ));
    }
    Ok(stop)
}

/// The scores.
#[derive(Debug, Serialize)]
struct Evaluation {
    /// Photos in the folders of people, including unreadable ones.
    labelled: usize,
    /// Photos with a face.
    found: usize,
    grouping: GroupingScore,
    edits: usize,
    identification: IdentificationScore,
}

#[derive(Debug, Serialize)]
struct IdentificationScore {
    people: usize,
    exemplars: usize,
    probes: usize,
    impostors: usize,
    rank_one: f64,
    /// `None` if there are no probes or no impostors.
    at_fpir_0_01: Option<OpenSetScore>,
    at_fpir_0_1: Option<OpenSetScore>,
}

/// The principal face of a photo of `person`.
struct LabelledFace {
    person: String,
    path: String,
    group: u32,
    /// `None` if the face is too unclear to recognise.
    embedding: Option<Embedding>,
}

fn evaluate(library: &Library) -> Result<Evaluation, CliError> {
    let photos = library.photos()?;
    let unreadable = library.problems()?;
    let paths = photos
        .iter()
        .map(|photo| &photo.path)
        .chain(unreadable.iter().map(|problem| &problem.path));
    let labelled = paths.filter(|path| person_of(path).is_some()).count();

    let mut faces: HashMap<PhotoId, Vec<FaceRow>> = HashMap::new();
    for face in library.all_faces()? {
        faces.entry(face.photo_id).or_default().push(face);
    }
    let mut embeddings: HashMap<FaceId, Embedding> = library.embeddings()?.into_iter().collect();
    let mut groups = GroupLabels::default();
    let mut principals: Vec<LabelledFace> = Vec::new();
    for photo in photos {
        let (Some(person), Some(of_photo)) = (person_of(&photo.path), faces.get(&photo.photo_id))
        else {
            continue;
        };
        let Some(face) = principal_face(of_photo, photo.size) else {
            continue;
        };
        let embedding = embeddings
            .remove(&face.face_id)
            .filter(|_| face.recognizable);
        let group = groups.label(face);
        principals.push(LabelledFace {
            person: person.to_owned(),
            path: photo.path,
            group,
            embedding,
        });
    }

    let grouping = score_grouping(&people_of(&principals), &groups_of(&principals));
    Ok(Evaluation {
        labelled,
        found: principals.len(),
        edits: grouping.edits(),
        grouping,
        identification: score_identification(&principals),
    })
}

/// The folder below the root that contains the photo; None for a photo in the root itself.
fn person_of(path: &str) -> Option<&str> {
    path.split_once('/').map(|(person, _)| person)
}

/// A number for each group, and another one for each face without a group.
#[derive(Default)]
struct GroupLabels {
    of_group: HashMap<i64, u32>,
    given: u32,
}

impl GroupLabels {
    fn label(&mut self, face: &FaceRow) -> u32 {
        let next = self.given;
        let label = face
            .group
            .map_or(next, |group| *self.of_group.entry(group.0).or_insert(next));
        self.given += u32::from(label == next);
        label
    }
}

fn people_of(faces: &[LabelledFace]) -> Vec<u32> {
    let mut labels: HashMap<&str, u32> = HashMap::new();
    faces
        .iter()
        .map(|face| {
            let next = labels.len() as u32;
            *labels.entry(&face.person).or_insert(next)
        })
        .collect()
}

fn groups_of(faces: &[LabelledFace]) -> Vec<u32> {
    faces.iter().map(|face| face.group).collect()
}

/// The known people with their faces, and the faces to identify; a probe of an unknown person has no person.
#[derive(Default)]
struct OpenSet {
    gallery: Vec<Centred>,
    labels: Vec<u32>,
    people: u32,
    probes: Vec<(Option<u32>, Option<Centred>)>,
}

impl OpenSet {
    fn draw(faces: &[LabelledFace]) -> OpenSet {
        let mut by_person: BTreeMap<&str, Vec<&LabelledFace>> = BTreeMap::new();
        for face in faces {
            by_person.entry(&face.person).or_default().push(face);
        }
        let mut set = OpenSet::default();
        for (person, mut photos) in by_person {
            photos.sort_by_key(|face| drawn(&face.path));
            set.add(drawn(person).is_multiple_of(IMPOSTOR_SHARE), &photos);
        }
        set
    }

    fn add(&mut self, impostor: bool, photos: &[&LabelledFace]) {
        let clear: Vec<Centred> = photos
            .iter()
            .filter_map(|face| Some(face.embedding?.centred()))
            .collect();
        let unclear = photos.len() - clear.len();
        let known = if impostor || clear.len() < 2 {
            0
        } else {
            clear.len().div_ceil(2)
        };
        let person = (known > 0).then_some(self.people);
        self.people += u32::from(known > 0);
        let (exemplars, looked_up) = clear.split_at(known);
        for &exemplar in exemplars {
            self.gallery.push(exemplar);
            self.labels.extend(person);
        }
        self.probes
            .extend(looked_up.iter().map(|&probe| (person, Some(probe))));
        self.probes
            .extend(std::iter::repeat_n((person, None), unclear));
    }
}

fn score_identification(faces: &[LabelledFace]) -> IdentificationScore {
    let set = OpenSet::draw(faces);
    let clear: Vec<Centred> = set
        .probes
        .iter()
        .filter_map(|(_, embedding)| *embedding)
        .collect();
    let mut answers = best_people(&clear, &set.gallery, &set.labels).into_iter();
    let (mut genuine, mut impostors) = (Vec::new(), Vec::new());
    for (person, embedding) in &set.probes {
        let best = embedding.and_then(|_| answers.next().flatten());
        let similarity = best.map_or(-1.0, |best| best.similarity);
        match person {
            Some(person) => genuine.push(GenuineProbe {
                similarity,
                right: best.is_some_and(|best| best.person == *person),
            }),
            None => impostors.push(similarity),
        }
    }
    IdentificationScore {
        people: set.people as usize,
        exemplars: set.gallery.len(),
        probes: genuine.len(),
        impostors: impostors.len(),
        rank_one: rank_one(&genuine),
        at_fpir_0_01: score_open_set(&genuine, &impostors, 0.01),
        at_fpir_0_1: score_open_set(&genuine, &impostors, 0.1),
    }
}

/// A pseudorandom number that depends only on the text, the same on every machine.
fn drawn(text: &str) -> u64 {
    let hash = blake3::hash(text.as_bytes());
    let (first, _) = hash.as_bytes().split_at(8);
    first
        .iter()
        .fold(0, |number, &byte| number << 8 | u64::from(byte))
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let GroupingScore {
            groups,
            people,
            splits,
            merges,
            pairwise,
            bcubed,
            ..
        } = self.grouping;
        writeln!(
            f,
            "{} labelled photos, {} with a face",
            self.labelled, self.found
        )?;
        writeln!(f, "groups {groups}, people {people}")?;
        writeln!(
            f,
            "splits {splits} + merges {merges} = {} edits",
            self.edits
        )?;
        for (name, score) in [("pairwise", pairwise), ("BCubed", bcubed)] {
            writeln!(
                f,
                "{name:<9} P {:.4}  R {:.4}  F {:.4}",
                score.precision, score.recall, score.f
            )?;
        }
        write!(f, "{}", self.identification)
    }
}

impl fmt::Display for IdentificationScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "identification: {} people known by {} photos; {} photos of theirs and {} of impostors looked up",
            self.people, self.exemplars, self.probes, self.impostors
        )?;
        writeln!(f, "rank 1    {:.4}", self.rank_one)?;
        for (fpir, score) in [("0.01", self.at_fpir_0_01), ("0.1 ", self.at_fpir_0_1)] {
            match score {
                Some(OpenSetScore { tpir, threshold }) => {
                    writeln!(
                        f,
                        "TPIR      {tpir:.4} at FPIR {fpir} (similarity above {threshold:.3})"
                    )?;
                }
                None => writeln!(
                    f,
                    "TPIR      unknown at FPIR {fpir}: no probes or no impostors"
                )?,
            }
        }
        write!(
            f,
            "protocol: one person in {IMPOSTOR_SHARE}, drawn by a hash of the name, and everybody with fewer than two clear photos \
             is an impostor; half of the clear photos of the others, drawn by a hash of the path, are known"
        )
    }
}
