//! `kinfolk identify`: who is in these photos? Nothing is stored.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::Args;
use rayon::prelude::*;
use serde::Serialize;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output::{self, Format};
use super::{interrupt, terminal};
use crate::curate::{self, Gallery, Identification};
use crate::export::{escaped_cell, rounded};
use crate::files::path_text;
use crate::library::GroupId;
use crate::photo;
use crate::scan::{Face, FaceFinder, FaceFinderError, ScanOptions};
use crate::stop::StopFlag;
use crate::text::counted;
use crate::vision::{Centred, DeviceChoice, Engine};

/// Photos for each thread between two checks for Ctrl-C.
const PHOTOS_PER_ROUND: usize = 4;

/// Tell who is in photos, without storing anything
#[derive(Args)]
#[command(after_help = "\
Compares each face with the confirmed faces of the people in the library. Columns: path,x,y,width,height,person,
similarity,probability,accepted. `person` is the most similar person, accepted or not; `similarity` is between -1 and 1;
`probability` is the probability, 0 to 1, that the face is that person, if half of the faces are of people in the library.
It depends on the similarity, on the margin over the second person, and on what was confirmed and rejected of that person
before. `accepted` is 1 for a probability of at least 0.5: about one stranger in a hundred is accepted, more among people
who look alike. From 0.2 to 0.5, ask somebody who knows; below that, the person is probably not in the library. Faces that
are too small or blurred to recognise have no person. Paths are as given; if the only path is a folder, they are relative
to it.

Examples:
  kinfolk identify party.jpg
  kinfolk identify ~/Inbox --format json")]
pub struct IdentifyArgs {
    /// Photos, or folders of photos
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// How to print the table
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,

    /// Where the networks run: cpu, cuda or metal (the last two need a build with that feature)
    #[arg(long, value_name = "DEVICE", default_value_t = DeviceChoice::Cpu)]
    device: DeviceChoice,
}

/// A photo to search, and the path to print for it.
struct Probe {
    file: PathBuf,
    shown: String,
}

#[derive(Serialize)]
struct IdentifiedFace {
    path: String,
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    person: Option<String>,
    similarity: Option<f64>,
    probability: Option<f64>,
    accepted: bool,
}

const COLUMNS: [&str; 9] = [
    "path",
    "x",
    "y",
    "width",
    "height",
    "person",
    "similarity",
    "probability",
    "accepted",
];

pub fn run(choice: &LibraryChoice, args: &IdentifyArgs) -> Result<(), CliError> {
    let probes = probes(&args.paths)?;
    let library = choice.open_to_read()?;
    let gallery = Gallery::of(&library)?;
    if gallery.people() == 0 {
        terminal::say(
            "kinfolk: nobody in the library has a name and a face yet; see `kinfolk name` and `kinfolk label`",
        );
    }
    let outdated = library.photos_with_outdated_embeddings()?.len();
    if outdated > 0 {
        let photos = counted(outdated as u64, "photo");
        terminal::say(&format!(
            "kinfolk: faces of {photos} were read by an earlier version and can't be compared: scan their folders again, or run `kinfolk migrate`"
        ));
    }
    let names: HashMap<GroupId, String> = library.people()?.into_iter().collect();
    let engine = Engine::load(args.device)?.for_model(&library.embedding_model()?)?;
    let stop = interrupt::watch(|| {});
    let mut faces = Vec::new();
    for (probe, found) in examined(&probes, &engine, &stop) {
        match found {
            Ok(found) => faces.extend(identified(probe, &found, &gallery, &names)),
            Err(error) => terminal::say(&format!(
                "kinfolk: skipped {:?}: {}",
                probe.file,
                error.reason()
            )),
        }
    }
    output::print_table(args.format, COLUMNS, &faces, csv_cells)?;
    if stop.is_set() {
        return Err(CliError::Failed(
            "stopped before all photos were searched".into(),
        ));
    }
    Ok(())
}

/// The photos at the paths; folders are walked.
fn probes(paths: &[PathBuf]) -> Result<Vec<Probe>, CliError> {
    let mut probes = Vec::new();
    for path in paths {
        let found = std::fs::metadata(path).map_err(|error| {
            CliError::Failed(format!("cannot open {path:?}: {error}; check the path"))
        })?;
        if found.is_dir() {
            probes.extend(probes_in(path, paths.len() == 1));
        } else {
            probes.push(Probe {
                file: path.clone(),
                shown: path.to_string_lossy().replace('\\', "/"),
            });
        }
    }
    Ok(probes)
}

fn probes_in(folder: &Path, is_only_one: bool) -> Vec<Probe> {
    let found = photo::discover(folder, &[], &photo::Rules::by_default(folder), |_| {
        ControlFlow::Continue(())
    });
    for unreadable in &found.unreadable {
        let place = path_text::path_below(folder, &unreadable.path);
        terminal::say(&format!(
            "kinfolk: skipped {place:?}: {}",
            unreadable.reason
        ));
    }
    let prefix = folder.to_string_lossy().replace('\\', "/");
    let prefix = prefix.trim_end_matches('/');
    let probe = |path: String| Probe {
        file: path_text::path_below(folder, &path),
        shown: match (is_only_one, path_text::shown_text(&path)) {
            (true, shown) => shown.into_owned(),
            (false, shown) => format!("{prefix}/{shown}"),
        },
    };
    found
        .files
        .into_iter()
        .map(|file| probe(file.path))
        .collect()
}

type Examined<'a> = (&'a Probe, Result<Vec<Face>, FaceFinderError>);

/// The faces of each photo, in order, on all cores. Fewer photos if the user stops.
fn examined<'a>(probes: &'a [Probe], engine: &Engine, stop: &StopFlag) -> Vec<Examined<'a>> {
    let finder = FaceFinder::new(engine, ScanOptions::default(), stop.clone());
    let bar = terminal::progress_bar(Some(probes.len() as u64));
    let mut all = Vec::with_capacity(probes.len());
    for round in probes.chunks(rayon::current_num_threads() * PHOTOS_PER_ROUND) {
        if stop.is_set() {
            break;
        }
        let searched = round.par_iter().filter_map(|probe| {
            let found = finder.find_faces(&probe.file);
            bar.inc(1);
            let is_stopped = found.as_ref().is_err_and(FaceFinderError::is_stopped);
            (!is_stopped).then_some((probe, found))
        });
        all.par_extend(searched);
    }
    bar.finish_and_clear();
    all
}

fn identified(
    probe: &Probe,
    found: &[Face],
    gallery: &Gallery,
    names: &HashMap<GroupId, String>,
) -> Vec<IdentifiedFace> {
    let embedded = found.iter().filter_map(|face| face.embedding);
    let embeddings: Vec<Centred> = embedded.map(|embedding| embedding.centred()).collect();
    let mut answers = curate::identify(gallery, &embeddings).into_iter();
    let mut rows = Vec::with_capacity(found.len());
    for face in found {
        let answer = face.embedding.and_then(|_| answers.next());
        rows.push(row(&probe.shown, face, answer, names));
    }
    rows
}

fn row(
    path: &str,
    face: &Face,
    answer: Option<Identification>,
    names: &HashMap<GroupId, String>,
) -> IdentifiedFace {
    let face_box = face.detection.box_in_photo;
    let person = answer.and_then(|answer| names.get(&answer.person?).cloned());
    IdentifiedFace {
        path: path.to_owned(),
        x: rounded(face_box.x, 100.0),
        y: rounded(face_box.y, 100.0),
        width: rounded(face_box.width, 100.0),
        height: rounded(face_box.height, 100.0),
        similarity: answer
            .filter(|_| person.is_some())
            .map(|answer| rounded(answer.similarity, 1e6)),
        probability: answer
            .filter(|_| person.is_some())
            .map(|answer| rounded(answer.probability as f32, 1e4)),
        accepted: answer.is_some_and(|answer| answer.accepted()),
        person,
    }
}

fn csv_cells(face: &IdentifiedFace) -> [String; COLUMNS.len()] {
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    [
        escaped_cell(&face.path).into_owned(),
        face.x.to_string(),
        face.y.to_string(),
        face.width.to_string(),
        face.height.to_string(),
        escaped_cell(face.person.as_deref().unwrap_or_default()).into_owned(),
        number(face.similarity),
        number(face.probability),
        u8::from(face.accepted).to_string(),
    ]
}
