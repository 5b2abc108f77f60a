//! `kinfolk migrate`: embeds the faces of the library again, by another model.

use clap::Args;
use serde::Serialize;

use super::error::CliError;
use super::open::LibraryChoice;
use super::scan::{options_with, show_progress};
use super::{interrupt, output, people, terminal};
use crate::curate::{self, RegroupSummary};
use crate::library::Library;
use crate::scan::{self, LeftPhoto, MigrateOptions, MigrationSummary, ScanControl};
use crate::text::counted;
use crate::vision::{DeviceChoice, Engine, ModelName};

/// Photos that are listed by name.
const MAX_LISTED: usize = 20;

/// Compare the faces by another model: embed them again from the photos
#[derive(Args)]
#[command(after_help = "\
A library compares its faces by one model, a recognizer with its alignment. A newer Kinfolk may have a better one; the
library goes on with its own until it is migrated, which the window does by itself, in the background. Known faces are
embedded again and grouped again. Their boxes, names, confirmed faces and everything else that people decided stay.

Ctrl-C stops it; the same command goes on there. The vectors of the former model are kept: `kinfolk migrate --to` it goes
back, without reading the photos. Photos that are away or have changed keep their vectors, and their faces stay where they
are; if these are more than a tenth of all faces, the library is not switched. Once the photos are there, migrate again.

Examples:
  kinfolk migrate --dry-run                    what would be done, and the models of the library
  kinfolk migrate
  kinfolk migrate --to sface-2021dec-refined   back to that model
  kinfolk migrate --to arcface-r50             to a network that `kinfolk models add` brought")]
pub struct MigrateArgs {
    /// The model [default: the best one of this Kinfolk]
    #[arg(long, value_name = "MODEL")]
    to: Option<String>,

    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,

    /// Switch to the model even if more than a tenth of the faces can't be embedded by it now
    #[arg(long)]
    leave_away: bool,

    /// Print the summary as a JSON object
    #[arg(long)]
    json: bool,

    /// Where the networks run: cpu, cuda or metal (the last two need a build with that feature)
    #[arg(long, value_name = "DEVICE", default_value_t = DeviceChoice::Cpu)]
    device: DeviceChoice,

    /// Photos read at the same time [default: the number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

#[derive(Serialize)]
struct JsonSummary<'a> {
    #[serde(flatten)]
    migration: &'a MigrationSummary,
    dry_run: bool,
    /// None if it was not switched, or the grouping was stopped.
    grouping: Option<&'a RegroupSummary>,
}

pub fn run(choice: &LibraryChoice, args: &MigrateArgs) -> Result<(), CliError> {
    if args.dry_run {
        let library = choice.open_to_read()?;
        let to = expected_model(&library, args)?;
        let summary = scan::look_at_migration(&library, &to)?;
        return print(args, &library, &summary, None);
    }
    let mut library = choice.open()?;
    let to = expected_model(&library, args)?;
    let engine = Engine::load(args.device)?;
    let control = ScanControl::default();
    let on_stop = control.clone();
    let steps = interrupt::watch_steps(move || on_stop.stop());
    #[cfg(feature = "byo")]
    let to = match brought_network(&library, args)? {
        Some(entry) => {
            let stop = control.stop_flag();
            super::brought::fitted_model(&mut library, &engine, &entry, stop, !args.json)?
        }
        None => to,
    };
    let options = MigrateOptions {
        scan: options_with(args.threads),
        leave: args.leave_away,
    };
    let bar = terminal::progress_bar(None);
    let migrated = scan::migrate(
        &mut library,
        &engine,
        &to,
        &options,
        &control,
        &|progress| show_progress(&bar, progress),
    );
    bar.finish_and_clear();
    let summary = migrated?;
    let mut grouped = None;
    if summary.switched {
        if scan::engine_for(&library, &engine, &to).is_err() {
            terminal::say(&format!(
                "kinfolk: this Kinfolk can't run the model {to:?}: new photos can't be scanned until you migrate to another",
                to = to.as_str()
            ));
        }
        grouped = curate::group_unless_stopped(&mut library, &steps.flag())?;
    }
    print(args, &library, &summary, grouped.as_ref())?;
    if summary.stopped {
        return Err(CliError::Failed(
            "stopped before all faces were embedded; the library is as it was: run the same command again to continue"
                .into(),
        ));
    }
    if !summary.switched {
        return Err(CliError::Failed(format!(
            "{} can't be embedded by {} now, so the library still compares faces by {}: connect the drive of the photos \
             or scan them again, then migrate again; --leave-away switches all the same",
            counted(summary.left_faces, "face"),
            summary.to,
            summary.from
        )));
    }
    if grouped.is_none() {
        return Err(CliError::Failed(
            "stopped before the faces were grouped: `kinfolk cluster` groups them".into(),
        ));
    }
    Ok(())
}

/// The model asked for, before anything of it is prepared.
fn expected_model(library: &Library, args: &MigrateArgs) -> Result<ModelName, CliError> {
    #[cfg(feature = "byo")]
    if let Some(entry) = brought_network(library, args)? {
        return super::brought::expected_model(library, &entry);
    }
    model(library, args)
}

/// The brought network that was asked for, unless it was a model by its whole name.
#[cfg(feature = "byo")]
fn brought_network(
    library: &Library,
    args: &MigrateArgs,
) -> Result<Option<scan::brought::BroughtEntry>, CliError> {
    match &args.to {
        Some(name) if model(library, args).is_err() => super::brought::network(library, name),
        _ => Ok(None),
    }
}

/// The model asked for, which this Kinfolk or the library must know.
fn model(library: &Library, args: &MigrateArgs) -> Result<ModelName, CliError> {
    let Some(name) = &args.to else {
        return Ok(ModelName::default());
    };
    let wanted = ModelName::new(name);
    let models = library.models()?;
    let of_library = models.into_iter().map(|one| one.model);
    let mut known: Vec<ModelName> = of_library.chain(ModelName::built_in()).collect();
    known.sort();
    known.dedup();
    if known.contains(&wanted) {
        return Ok(wanted);
    }
    let known: Vec<&str> = known.iter().map(ModelName::as_str).collect();
    Err(CliError::Failed(format!(
        "there is no model {name:?}: give one of {}, or a network of `kinfolk models`",
        known.join(", ")
    )))
}

fn print(
    args: &MigrateArgs,
    library: &Library,
    summary: &MigrationSummary,
    grouped: Option<&RegroupSummary>,
) -> Result<(), CliError> {
    if args.json {
        return output::print_json(&JsonSummary {
            migration: summary,
            dry_run: args.dry_run,
            grouping: grouped,
        });
    }
    let mut lines = Vec::new();
    for one in library.models()? {
        let current = if one.is_current { " (current)" } else { "" };
        let faces = counted(one.faces.into(), "face");
        lines.push(format!("{}{current}: {faces}", one.model));
    }
    lines.push(done_line(args, summary));
    lines.extend(left_lines(&summary.left));
    if grouped.is_some() {
        lines.push(people::groups_text(library)?);
    }
    output::print_line(&lines.join("\n"))
}

fn done_line(args: &MigrateArgs, summary: &MigrationSummary) -> String {
    let (photos, faces) = (
        counted(summary.photos, "photo"),
        counted(summary.faces, "face"),
    );
    let to = &summary.to;
    if args.dry_run {
        return format!("would embed {faces} in {photos} by {to}");
    }
    let seconds = summary.seconds;
    match summary.switched {
        true => format!(
            "{faces} in {photos} embedded in {seconds:.1} s; faces are compared by {to} now"
        ),
        false => format!("{faces} in {photos} embedded in {seconds:.1} s"),
    }
}

fn left_lines(left: &[LeftPhoto]) -> Vec<String> {
    if left.is_empty() {
        return Vec::new();
    }
    let count = counted(left.len() as u64, "photo");
    let keep = if left.len() == 1 {
        "keeps its"
    } else {
        "keep their"
    };
    let mut lines = vec![format!("{count} {keep} former vectors:")];
    let listed = left.iter().take(MAX_LISTED);
    lines.extend(listed.map(|photo| format!("  {:?}: {}", photo.path, photo.reason)));
    if let Some(more @ 1..) = left.len().checked_sub(MAX_LISTED) {
        lines.push(format!("  and {more} more"));
    }
    lines
}
