//! `kinfolk cluster`: groups the faces again.

use clap::Args;

use super::error::CliError;
use super::open::LibraryChoice;
use super::{interrupt, output, people, terminal};
use crate::cluster::Cut;
use crate::curate::{self, RegroupStep};
use crate::text::counted;

/// Group the faces again, keeping everything a person has decided
#[derive(Args)]
#[command(after_help = "\
Names, confirmed faces, rejections, splits and ignored faces stay; only faces that the program grouped itself may move.
A scan groups the faces anyway; use this command to try another threshold. The default follows from the number of faces
and from what you have decided so far: merges, splits, rejections, answers in the review. Ctrl-C stops it and nothing
changes.

Examples:
  kinfolk cluster
  kinfolk cluster --threshold 0.45     smaller, purer groups")]
pub struct ClusterArgs {
    /// Average cosine distance up to which groups are joined, 0 (alike) to 2 [default: by the number of faces and your
    /// answers]
    #[arg(long, value_name = "T", value_parser = distance)]
    threshold: Option<f32>,
}

pub fn run(choice: &LibraryChoice, args: &ClusterArgs) -> Result<(), CliError> {
    let mut library = choice.open()?;
    let cut = match args.threshold {
        Some(threshold) => Cut::Fixed(threshold),
        None => curate::library_cut(&library)?,
    };
    let stop = interrupt::watch(|| {});
    let bar = terminal::working_bar();
    let summary = curate::regroup(&mut library, cut, &stop, &mut |step| {
        bar.set_message(message(step));
    });
    bar.finish_and_clear();
    let summary = summary?;
    output::print_line(&format!(
        "{} changed groups\n{}",
        counted(u64::from(summary.moved), "face"),
        people::groups_text(&library)?
    ))
}

fn message(step: RegroupStep) -> &'static str {
    match step {
        RegroupStep::Reading => "reading the faces",
        RegroupStep::Grouping => "grouping the faces",
        RegroupStep::Writing => "writing the groups",
    }
}

/// A cosine distance, 0 to 2.
pub fn distance(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(distance) if (0.0..=2.0).contains(&distance) => Ok(distance),
        _ => Err("give a cosine distance from 0 to 2".into()),
    }
}
