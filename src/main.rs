//! The program's entry point; everything else lives in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    kinfolk::cli::run()
}
