//! `kinfolk export`: albums and tables for other programs.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use indicatif::ProgressBar;

use super::error::CliError;
use super::named_faces::person_called;
use super::open::LibraryChoice;
use super::output::{self, Format};
use super::{interrupt, terminal};
use crate::export::{
    self, AlbumOptions, AlbumProgress, AlbumSummary, CopyMode, FaceTable, TableOptions,
};
use crate::library::{GroupId, Library};
use crate::text::counted;

/// Write albums or tables for other programs
#[derive(Subcommand)]
#[command(after_help = "\
Examples:
  kinfolk export albums ~/Albums
  kinfolk export table faces.csv")]
pub enum ExportCommand {
    Albums(AlbumsArgs),
    /// Names in the metadata of the photos, in files beside them (comes in a later version)
    Sidecars(LaterArgs),
    Table(TableArgs),
    /// A folder of web pages to browse the people (comes in a later version)
    Gallery(LaterArgs),
}

/// One folder per person with their photos
#[derive(Args)]
#[command(after_help = "\
Nothing that exists is replaced or deleted, and running the command again adds only what is new. The destination gets a
file .kinfolk-album.json that records what was written; scans skip such folders. The folder of a renamed person is renamed,
unless it has files that Kinfolk did not write. --tidy deletes copies and links that Kinfolk wrote and the albums no longer
contain, if they are unchanged and the photo itself still exists. Folders get names that every system
accepts; if two names are alike, the second one gets a number. A destination with scanned photos is refused. Photos that
have changed since the scan, or are gone, are left out and listed; the exit status is then 1.

Examples:
  kinfolk export albums ~/Albums
  kinfolk export albums ~/Albums --person Maria --person Tom
  kinfolk export albums ~/Albums --how symlink --with-suggestions
  kinfolk export albums ~/Albums --tidy")]
pub struct AlbumsArgs {
    /// Folder for the albums; it is created if it does not exist
    #[arg(value_name = "DEST")]
    destination: PathBuf,

    /// A person to export, by name; may be repeated [default: everybody with a name]
    #[arg(long, value_name = "NAME")]
    person: Vec<String>,

    /// A group to export, by number, named or not; may be repeated
    #[arg(long, value_name = "GROUP")]
    group: Vec<GroupId>,

    /// How photos get into the albums
    #[arg(long, value_enum, default_value_t = How::Copy)]
    how: How,

    /// Also photos in which the person is only suggested
    #[arg(long)]
    with_suggestions: bool,

    /// What is done anyway
    #[arg(long, hide = true, conflicts_with = "with_suggestions")]
    confirmed_only: bool,

    /// Take back what earlier exports wrote and the albums no longer hold
    #[arg(long)]
    tidy: bool,

    /// Print the summary as a JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum How {
    /// Separate files
    Copy,
    /// Second names of the same files: no space used, same disk only
    Hardlink,
    /// Pointers to the photos: no space used, broken if the photos move
    Symlink,
}

/// The table of faces, as `kinfolk faces` prints it, in a file
#[derive(Args)]
#[command(after_help = "\
DEST is a file ending in .csv or .json, or a folder, which gets faces.csv and faces.json. A file that is not a table of
faces is replaced only with --force, and only if it holds text. Photos and the library are never replaced.

Examples:
  kinfolk export table faces.csv
  kinfolk export table ~/backup            both formats in a folder that exists
  kinfolk export table list.txt --format csv --force")]
pub struct TableArgs {
    /// File or folder
    #[arg(value_name = "DEST")]
    destination: PathBuf,

    /// The format, if the ending of the file does not tell it
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// Also the columns of what was measured of each face, as `kinfolk faces --measures`
    #[arg(long)]
    measures: bool,

    /// Replace DEST if it holds any text; never a photo or the library
    #[arg(long)]
    force: bool,
}

#[derive(Args)]
pub struct LaterArgs {
    /// Where to write
    #[arg(value_name = "DEST")]
    _destination: PathBuf,
}

pub fn run(choice: &LibraryChoice, command: &ExportCommand) -> Result<(), CliError> {
    match command {
        ExportCommand::Albums(args) => albums(choice, args),
        ExportCommand::Table(args) => table(choice, args),
        ExportCommand::Sidecars(_) => Err(later("names in metadata (sidecars)")),
        ExportCommand::Gallery(_) => Err(later("a gallery")),
    }
}

fn later(what: &str) -> CliError {
    CliError::Failed(format!(
        "{what} can't be exported yet; it comes in a later version: use `kinfolk export albums` or `table`"
    ))
}

fn albums(choice: &LibraryChoice, args: &AlbumsArgs) -> Result<(), CliError> {
    let library = choice.open_to_read()?;
    let people = chosen_people(&library, args)?;
    let options = AlbumOptions {
        how: match args.how {
            How::Copy => CopyMode::Copy,
            How::Hardlink => CopyMode::HardLink,
            How::Symlink => CopyMode::SymbolicLink,
        },
        with_suggestions: args.with_suggestions,
        tidy: args.tidy,
    };
    let stop = interrupt::watch(|| {});
    let bar = terminal::progress_bar(Some(0));
    let exported = export::albums(
        &library,
        &people,
        &args.destination,
        &options,
        &mut |progress| {
            show_progress(&bar, progress);
            if stop.is_set() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        },
    );
    bar.finish_and_clear();
    let summary = exported?;
    report(&summary);
    if args.json {
        output::print_json(&summary)?;
    } else {
        output::print_line(&summary_text(&summary))?;
    }
    if summary.stopped {
        return Err(CliError::Failed(
            "stopped before all photos were exported: run the same command again to continue"
                .into(),
        ));
    }
    if summary.left_out() > 0 {
        return Err(CliError::Failed(format!(
            "{} could not be exported: scan their folders again, then export again",
            counted(summary.left_out() as u64, "photo")
        )));
    }
    Ok(())
}

/// The groups that the arguments name, or everybody with a name.
fn chosen_people(library: &Library, args: &AlbumsArgs) -> Result<Vec<GroupId>, CliError> {
    let named = library.people()?;
    if args.person.is_empty() && args.group.is_empty() {
        if named.is_empty() {
            return Err(CliError::Failed(
                "nobody has a name yet: use `kinfolk name GROUP NAME`, or choose groups with --group"
                    .into(),
            ));
        }
        return Ok(named.into_iter().map(|(group, _)| group).collect());
    }
    let mut chosen = Vec::new();
    for name in &args.person {
        let Some(group) = person_called(library, name)? else {
            return Err(CliError::Failed(format!(
                "there is nobody called {name:?}: `kinfolk people` lists the names"
            )));
        };
        chosen.push(group);
    }
    for group in &args.group {
        if library.group(*group)?.is_none() {
            return Err(CliError::Failed(format!(
                "there is no group {group}: `kinfolk people` lists the groups"
            )));
        }
        chosen.push(*group);
    }
    Ok(chosen)
}

fn show_progress(bar: &ProgressBar, progress: &AlbumProgress) {
    bar.set_length(progress.photos_total);
    bar.set_position(progress.photos_done);
    if let Some(file) = progress.current.as_deref().and_then(Path::file_name) {
        bar.set_message(terminal::shown(&file.to_string_lossy()).into_owned());
    }
}

/// What the user should know in addition to the summary.
fn report(summary: &AlbumSummary) {
    for photo in &summary.vanished {
        terminal::say(&format!(
            "kinfolk: skipped {photo:?}: it is no longer there"
        ));
    }
    for photo in &summary.changed {
        terminal::say(&format!(
            "kinfolk: skipped {photo:?}: it has changed since the scan"
        ));
    }
    for problem in &summary.problems {
        terminal::say(&format!(
            "kinfolk: skipped {:?}: {}",
            problem.path, problem.reason
        ));
    }
    if let Some(root) = &summary.inside_root {
        terminal::say(&format!(
            "kinfolk: {:?} is in the scanned folder {root:?}; scans will skip it",
            summary.destination
        ));
    }
}

fn summary_text(summary: &AlbumSummary) -> String {
    let mut lines: Vec<String> = summary
        .albums
        .iter()
        .map(|album| {
            let mut line = format!(
                "{}: {} new, {} there before",
                album.folder, album.written, album.already_there
            );
            if album.left_over > 0 {
                line += &format!(", {} no longer of this person (kept)", album.left_over);
            }
            if album.taken_back > 0 {
                line += &format!(", {} taken back", album.taken_back);
            }
            line
        })
        .collect();
    for renamed in &summary.renamed {
        lines.push(format!("{}: was {:?}", renamed.to, renamed.from));
    }
    for kept in &summary.kept {
        lines.push(format!(
            "{}: would be {:?} now, but keeps its name: {}",
            kept.folder, kept.wanted, kept.why
        ));
    }
    for former in &summary.former {
        lines.push(format!(
            "{}: of nobody in the library any more, {} taken back, {} kept",
            former.folder, former.taken_back, former.left_over
        ));
    }
    let left_over = summary.left_over();
    if left_over > 0 {
        lines.push(format!(
            "{} kept that albums no longer hold: --tidy deletes those that are as Kinfolk wrote them, if the photo itself is there",
            counted(left_over, "file")
        ));
    }
    for (left_out, why) in [
        (summary.changed.len(), "changed since the scan"),
        (summary.vanished.len(), "no longer there"),
        (
            summary.away as usize,
            "away (`kinfolk forget` takes photos that are gone for good out of the library)",
        ),
        (summary.problems.len(), "not readable"),
    ] {
        if left_out > 0 {
            let photos = counted(left_out as u64, "photo");
            lines.push(format!("{photos} left out: {why}"));
        }
    }
    lines.push(format!(
        "{} written to {}",
        counted(summary.written(), "photo"),
        summary.destination.display()
    ));
    lines.join("\n")
}

fn table(choice: &LibraryChoice, args: &TableArgs) -> Result<(), CliError> {
    let library = choice.open_to_read()?;
    for (path, format) in table_files(args)? {
        let options = TableOptions {
            measures: args.measures,
            ..FaceTable::Present.into()
        };
        export::table_file(&library, options, format.into(), &path, args.force)?;
        output::print_line(&format!("wrote {}", path.display()))?;
    }
    Ok(())
}

fn table_files(args: &TableArgs) -> Result<Vec<(PathBuf, Format)>, CliError> {
    let destination = &args.destination;
    if destination.is_dir() {
        let both = [("faces.csv", Format::Csv), ("faces.json", Format::Json)];
        return Ok(both
            .into_iter()
            .filter(|(_, format)| args.format.is_none_or(|wanted| wanted == *format))
            .map(|(file, format)| (destination.join(file), format))
            .collect());
    }
    let ending = destination
        .extension()
        .map(|ending| ending.to_ascii_lowercase());
    let by_ending = match ending.as_deref().and_then(|ending| ending.to_str()) {
        Some("csv") => Some(Format::Csv),
        Some("json") => Some(Format::Json),
        _ => None,
    };
    match args.format.or(by_ending) {
        Some(format) => Ok(vec![(destination.clone(), format)]),
        None => Err(CliError::Usage(format!(
            "the name {destination:?} does not tell the format: end it in .csv or .json, or give --format"
        ))),
    }
}
