//! `kinfolk review`: the questions whose answers save most edits, and how many they save.

use std::collections::HashSet;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output::{self, Format};
use super::review_oracle;
use crate::curate::{self, QuestionKind, QueuedQuestion};
use crate::stop::StopFlag;

/// List the questions worth answering, the most useful first
#[derive(Args)]
#[command(after_help = "\
Columns: kind,groups,faces,distance,probability,gain. Every question asks whether two sets of faces are one person:
two groups (same-person), a group and its most doubtful part of three or more faces (mixture) or of one or two (edge),
a person and the faces that the program added (suggestion), ignored faces and a group that looks like them (ignored:
shall it be ignored, too?). `faces` counts both sides, `distance` is the mean cosine distance between them, `probability`
that they are one person, `gain` the edits that an answer is expected to save.
Answer in the window, or with merge, split, confirm, reject and ignore.

With --oracle the questions are answered from a table of labels as `kinfolk label` reads it, and a row is printed after
each answer: answers,edits,groups,rest,rest_before. `edits` is the number of splits and merges that the groups still need
to match the labels. `rest` counts only edits among faces that no answer was about, and `rest_before` is the same number
at the start: the difference is what the answers improved elsewhere. Questions about faces without a label are skipped.
This is for measuring, and the answers are ordinary commands (see `kinfolk history`): use a copy of your library.

Examples:
  kinfolk review
  kinfolk review --oracle truth.csv --answers 50 --library copy.sqlite")]
pub struct ReviewArgs {
    /// How to print the table
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,

    /// Answer from this table of labels and print how many edits are left
    #[arg(long, value_name = "TRUTH.csv")]
    oracle: Option<PathBuf>,

    /// Answers to give
    #[arg(long, value_name = "N", default_value_t = 100, requires = "oracle")]
    answers: usize,
}

#[derive(Serialize)]
struct QueueRow {
    kind: QuestionKind,
    groups: Vec<i64>,
    faces: (u32, u32),
    distance: f32,
    probability: f64,
    gain: f64,
}

impl From<&QueuedQuestion> for QueueRow {
    fn from(queued: &QueuedQuestion) -> Self {
        QueueRow {
            kind: queued.question.kind(),
            groups: queued
                .question
                .groups()
                .iter()
                .map(|group| group.0)
                .collect(),
            faces: queued.faces,
            distance: queued.distance,
            probability: queued.probability,
            gain: queued.gain,
        }
    }
}

pub fn run(choice: &LibraryChoice, args: &ReviewArgs) -> Result<(), CliError> {
    if let Some(truth) = &args.oracle {
        let mut library = choice.open()?;
        let curve = review_oracle::curve(&mut library, truth, args.answers)?;
        let header = ["answers", "edits", "groups", "rest", "rest_before"];
        return output::print_table(args.format, header, &curve, |point| {
            [
                point.answers,
                point.edits,
                point.groups,
                point.rest,
                point.rest_before,
            ]
            .map(|number| number.to_string())
        });
    }
    let library = choice.open_to_read()?;
    let queue = curate::review_queue(&library, &HashSet::new(), &StopFlag::default())?;
    let rows: Vec<QueueRow> = queue.iter().map(QueueRow::from).collect();
    let header = ["kind", "groups", "faces", "distance", "probability", "gain"];
    output::print_table(args.format, header, &rows, |row| {
        let groups: Vec<String> = row.groups.iter().map(i64::to_string).collect();
        [
            row.kind.as_str().to_owned(),
            groups.join(" "),
            format!("{} {}", row.faces.0, row.faces.1),
            format!("{:.3}", row.distance),
            format!("{:.3}", row.probability),
            format!("{:.3}", row.gain),
        ]
    })
}
