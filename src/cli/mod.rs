//! The command line: the actions of the window without a window, one file per command.
//!
//! Only results go to standard output; progress, warnings and errors go to standard error. The exit status is 0 for
//! success, 1 for a failure (with one line that says what failed, where, and what to do), and 2 for wrong usage.

#[cfg(feature = "byo")]
mod brought;
mod cluster;
mod confirm;
mod cover;
mod delete_name;
mod error;
mod evaluate;
mod export;
mod faces;
mod forget;
mod history;
mod identify;
mod ignore;
mod interrupt;
mod label;
mod labels;
mod merge;
mod migrate;
mod models;
mod move_faces;
mod name;
mod named_faces;
mod not_a_face;
mod open;
mod output;
mod people;
mod place;
mod reject;
mod relocate;
mod restore;
mod review;
mod review_oracle;
mod scan;
mod search;
mod split;
mod terminal;
mod undo;
mod window;

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::library::LibraryError;
use crate::platform;

use error::CliError;
use open::LibraryChoice;

/// Who is in your photos? Finds faces, groups them into people, and never changes a photo.
#[derive(Parser)]
#[command(
    name = "kinfolk",
    version,
    after_help = "\
Examples:
  kinfolk                              open the window
  kinfolk ~/Pictures                   open the window and scan a folder
  kinfolk scan ~/Pictures              find and group the faces without a window
  kinfolk people                       list the groups
  kinfolk name 12 Maria                give group 12 a name
  kinfolk export albums ~/Albums       one folder of photos for each person

Photos are only read, and nothing leaves this computer. Faces and decisions are stored in one file, the library.
Exit status: 0 done, 1 failed, 2 wrong usage. KINFOLK_LOG=info (or debug) prints more to standard error."
)]
struct Cli {
    /// The library to use instead of the one in your data folder
    #[arg(long, global = true, value_name = "FILE")]
    library: Option<PathBuf>,

    /// Open the window and scan this folder
    folder: Option<PathBuf>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    Scan(scan::ScanArgs),
    Faces(faces::FacesArgs),
    People(people::PeopleArgs),
    Search(search::SearchArgs),
    Cluster(cluster::ClusterArgs),
    Label(label::LabelArgs),
    Identify(identify::IdentifyArgs),
    Merge(merge::MergeArgs),
    Split(split::SplitArgs),
    Name(name::NameArgs),
    Forget(forget::ForgetArgs),
    Relocate(relocate::RelocateArgs),
    Migrate(migrate::MigrateArgs),
    Place(place::PlaceArgs),
    DeleteName(delete_name::DeleteNameArgs),
    Confirm(confirm::ConfirmArgs),
    Reject(reject::RejectArgs),
    Move(move_faces::MoveArgs),
    Ignore(ignore::IgnoreArgs),
    NotAFace(not_a_face::NotAFaceArgs),
    Restore(restore::RestoreArgs),
    Cover(cover::CoverArgs),
    Undo(undo::UndoArgs),
    Redo(undo::RedoArgs),
    History(history::HistoryArgs),
    Review(review::ReviewArgs),
    Models(models::ModelsArgs),
    Evaluate(evaluate::EvaluateArgs),
    #[command(subcommand)]
    Export(export::ExportCommand),
}

/// Parses the arguments, runs the command and returns the exit status.
pub fn run() -> ExitCode {
    terminal::start_logging();
    if let Err(error) = platform::full_files_are_errors() {
        tracing::warn!("a file that may not grow will end the program: {error}");
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return misunderstood(&error),
    };
    let library = LibraryChoice::new(cli.library);
    let outcome = match (cli.command, cli.folder) {
        (Some(_), Some(folder)) => Err(CliError::Usage(format!(
            "{folder:?} stands before a command: put what a command works on behind it"
        ))),
        (Some(command), None) => dispatch(command, &library),
        (None, folder) => window::run(&library, folder),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // The reader of our output has closed it.
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            match library.path() {
                Ok(path) if LibraryError::is_unnamed_in(&error) => {
                    terminal::say(&format!("kinfolk: {error} (the library is {path:?})"));
                }
                _ => terminal::say(&format!("kinfolk: {error}")),
            }
            error.exit_code()
        }
    }
}

/// Prints help and the version to standard output, and wrong arguments to standard error. The latter without colours,
/// since arguments may be names of files that contain escape sequences.
fn misunderstood(error: &clap::Error) -> ExitCode {
    let printed = if error.use_stderr() {
        let plain = error.render().to_string();
        write!(io::stderr(), "{}", terminal::shown(&plain))
    } else {
        error.print()
    };
    // There is nowhere to report a failure to print.
    printed.ok();
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

fn dispatch(command: Command, library: &LibraryChoice) -> Result<(), CliError> {
    match command {
        Command::Scan(args) => scan::run(library, &args),
        Command::Faces(args) => faces::run(library, &args),
        Command::People(args) => people::run(library, &args),
        Command::Search(args) => search::run(library, &args),
        Command::Cluster(args) => cluster::run(library, &args),
        Command::Label(args) => label::run(library, &args),
        Command::Identify(args) => identify::run(library, &args),
        Command::Merge(args) => merge::run(library, &args),
        Command::Split(args) => split::run(library, &args),
        Command::Name(args) => name::run(library, &args),
        Command::Forget(args) => forget::run(library, &args),
        Command::Relocate(args) => relocate::run(library, &args),
        Command::Migrate(args) => migrate::run(library, &args),
        Command::Place(args) => place::run(library, &args),
        Command::DeleteName(args) => delete_name::run(library, &args),
        Command::Confirm(args) => confirm::run(library, &args),
        Command::Reject(args) => reject::run(library, &args),
        Command::Move(args) => move_faces::run(library, &args),
        Command::Ignore(args) => ignore::run(library, &args),
        Command::NotAFace(args) => not_a_face::run(library, &args),
        Command::Restore(args) => restore::run(library, &args),
        Command::Cover(args) => cover::run(library, &args),
        Command::Undo(args) => undo::undo(library, &args),
        Command::Redo(args) => undo::redo(library, &args),
        Command::History(args) => history::run(library, &args),
        Command::Review(args) => review::run(library, &args),
        Command::Models(args) => models::run(library, &args),
        Command::Evaluate(args) => evaluate::run(&args),
        Command::Export(command) => export::run(library, &command),
    }
}
