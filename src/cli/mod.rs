//! The command line: the window's actions without a window, one file per command.
//!
//! Results go to standard output and nothing else does; progress, warnings and errors go to standard error. Exit status:
//! 0 done, 1 failed with one line that says what, where and what to do, 2 wrong usage.

mod error;
mod export;
mod faces;
mod interrupt;
mod open;
mod output;
mod people;
mod terminal;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use error::CliError;
use open::LibraryChoice;

/// Who is in your photos? Finds faces, groups them into people, and never changes a photo.
#[derive(Parser)]
#[command(
    name = "kinfolk",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  kinfolk                              open the window
  kinfolk ~/Pictures                   open the window and scan a folder
  kinfolk scan ~/Pictures              find and group the faces without a window
  kinfolk people                       list the groups
  kinfolk name 12 Maria                give group 12 a name
  kinfolk export albums ~/Albums       one folder of photos for each person

Photos are only read and nothing leaves this computer. What is found and decided is kept in one file, the library.
Exit status: 0 done, 1 failed, 2 wrong usage. KINFOLK_LOG=info (or debug) says more on standard error."
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
    Faces(faces::FacesArgs),
    People(people::PeopleArgs),
    #[command(subcommand)]
    Export(export::ExportCommand),
}

/// Reads the arguments, does what they ask and turns the outcome into an exit status.
pub fn run() -> ExitCode {
    terminal::start_logging();
    let cli = Cli::parse();
    let library = LibraryChoice::new(cli.library);
    let outcome = match cli.command {
        Some(command) => dispatch(command, &library),
        None => Err(CliError::Failed("the window is not there yet".into())),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read our output has seen enough.
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            terminal::say(&format!("kinfolk: {error}"));
            error.exit_code()
        }
    }
}

fn dispatch(command: Command, library: &LibraryChoice) -> Result<(), CliError> {
    match command {
        Command::Faces(args) => faces::run(library, &args),
        Command::People(args) => people::run(library, &args),
        Command::Export(command) => export::run(library, &command),
    }
}

/// Names of all commands, for messages and tests.
pub fn command_names() -> Vec<String> {
    Cli::command()
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect()
}
