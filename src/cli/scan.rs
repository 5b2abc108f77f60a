//! `kinfolk scan`: finds the faces in folders, stores them in the library and groups them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;

use super::error::CliError;
use super::open::LibraryChoice;
use super::{interrupt, output, people, terminal};
use crate::curate::{self, CurateError, RegroupSummary};
use crate::library::Library;
use crate::photo::normal_root;
use crate::scan::{self, Phase, Progress, ScanControl, ScanOptions, ScanSummary};
use crate::text::{counted, duration};
use crate::vision::{DEFAULT_MIN_SCORE, DeviceChoice, Engine};

/// Find the faces in folders of photos and group them
#[derive(Args)]
#[command(after_help = "\
Scanning again reads only photos that are new or changed; moved and renamed photos keep their people. Ctrl-C stops the
scan, and the faces found so far are grouped; another Ctrl-C stops the grouping. Photos that can't be read are reported
and skipped. Folders with albums that Kinfolk exported are skipped.

Examples:
  kinfolk scan ~/Pictures
  kinfolk scan ~/Pictures /media/camera --threads 4
  kinfolk scan --again --min-score 0.5
  kinfolk scan ~/Pictures --library family.sqlite --json")]
pub struct ScanArgs {
    /// Folders to scan, with everything below them
    #[arg(required_unless_present = "again", value_name = "FOLDER")]
    folders: Vec<PathBuf>,

    /// Look again at photos that are known, say with another --min-score; without a FOLDER at all folders of the library.
    /// What people decided about faces that are found again stays
    #[arg(long)]
    again: bool,

    /// Print the summary as a JSON object
    #[arg(long)]
    json: bool,

    /// Minimum score of a face, 0 to 1; a lower one finds more faces and more false ones
    #[arg(long, value_name = "S", value_parser = score)]
    min_score: Option<f32>,

    /// Where the networks run: cpu, cuda or metal (the last two need a build with that feature)
    #[arg(long, value_name = "DEVICE", default_value_t = DeviceChoice::Cpu)]
    device: DeviceChoice,

    /// Photos searched at the same time [default: the number of cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

pub fn run(choice: &LibraryChoice, args: &ScanArgs) -> Result<(), CliError> {
    let mut library = match args.folders.is_empty() {
        true => choice.open()?,
        false => choice.open_or_create()?,
    };
    let folders = folders(args, &library)?;
    let options = options(args);
    let engine = Engine::load(args.device)?;
    let control = ScanControl::default();
    let on_stop = control.clone();
    let steps = interrupt::watch_steps(move || on_stop.stop());

    let bar = terminal::progress_bar(None);
    let scanned = scan::scan(
        &mut library,
        &engine,
        &folders,
        &options,
        &control,
        &|progress| show_progress(&bar, progress),
    );
    bar.finish_and_clear();
    let scanned = scanned?;
    // The faces that a stopped scan has found are grouped as well; another Ctrl-C stops that, too.
    let stop = if scanned.stopped {
        steps.next_step()
    } else {
        steps.flag()
    };
    tracing::debug!("grouping begins");
    let grouped = match curate::group_again(&mut library, &stop) {
        Ok(grouped) => Some(grouped),
        Err(CurateError::Stopped(_)) => None,
        Err(error) => return Err(error.into()),
    };
    report_problems(&library, &folders)?;
    for path in &scanned.coarse {
        terminal::say(&format!(
            "kinfolk: {path:?} is so large that it was looked at coarsely: faces of 60 pixels may be missing"
        ));
    }
    tell_other_score(&mut library, &options, &scanned)?;
    print_summary(args, &library, &scanned, grouped.as_ref())?;
    if scanned.stopped {
        return Err(CliError::Failed(
            "stopped before all photos were searched: run the same command again to continue"
                .into(),
        ));
    }
    if grouped.is_none() {
        return Err(CliError::Failed(
            "stopped before the faces were grouped: run the same command again to group them"
                .into(),
        ));
    }
    match scanned.unreachable.as_slice() {
        [] => Ok(()),
        [folder, ..] => Err(CliError::Failed(format!(
            "cannot scan {:?}: {}; check the path",
            folder.path, folder.reason
        ))),
    }
}

/// The folders asked for; all that the library knows, where they are none.
fn folders(args: &ScanArgs, library: &Library) -> Result<Vec<PathBuf>, CliError> {
    if !args.folders.is_empty() {
        return Ok(args.folders.clone());
    }
    let roots = library.roots()?;
    Ok(roots.into_iter().map(|root| root.path).collect())
}

/// The setting with the least score of the faces of photos that are known.
const KNOWN_MIN_SCORE: &str = "known_min_score";

/// Says so where known photos were left alone that another least score was asked for, and remembers with which all were
/// searched.
fn tell_other_score(
    library: &mut Library,
    options: &ScanOptions,
    scanned: &ScanSummary,
) -> Result<(), CliError> {
    let asked = options.min_score;
    let known = library.setting(KNOWN_MIN_SCORE)?;
    let known = known.and_then(|score| score.parse::<f32>().ok());
    let known_score = known.unwrap_or(DEFAULT_MIN_SCORE);
    if scanned.unchanged > 0 && known_score != asked {
        terminal::say(&format!(
            "kinfolk: {} not looked at again: faces of score {known_score} or more were searched there, of {asked} \
             elsewhere; add --again to look at all",
            match scanned.unchanged {
                1 => "1 known photo was".to_owned(),
                photos => format!("{photos} known photos were"),
            }
        ));
    } else if !scanned.stopped && known != Some(asked) {
        library.set_setting(KNOWN_MIN_SCORE, Some(&asked.to_string()))?;
    }
    Ok(())
}

/// A score or probability, 0 to 1.
fn score(text: &str) -> Result<f32, String> {
    match text.parse::<f32>() {
        Ok(score) if (0.0..=1.0).contains(&score) => Ok(score),
        _ => Err("give a number from 0 to 1".into()),
    }
}

fn options(args: &ScanArgs) -> ScanOptions {
    let mut options = match args.threads {
        Some(threads) => ScanOptions::with_threads(usize::from(threads)),
        None => ScanOptions::default(),
    };
    if let Some(min_score) = args.min_score {
        options.min_score = min_score;
    }
    options.again = args.again;
    options
}

fn show_progress(bar: &ProgressBar, progress: &Progress) {
    if progress.phase == Phase::Walking {
        bar.set_message(format!("looking for photos: {}", progress.photos_total));
        bar.tick();
        return;
    }
    if bar.length() != Some(progress.photos_total) {
        bar.set_length(progress.photos_total);
        bar.set_style(terminal::counted_style());
    }
    bar.set_position(progress.photos_done);
    let mut message = format!(
        "{:.1} photos/s, {}",
        progress.photos_per_second,
        counted(progress.faces, "face")
    );
    if let Some(seconds) = progress.seconds_left {
        let _ = write!(message, ", {} left", duration(seconds));
    }
    if let Some(file) = progress.current.as_deref().and_then(Path::file_name) {
        let _ = write!(message, "  {}", terminal::shown(&file.to_string_lossy()));
    }
    bar.set_message(message);
}

/// One line for each file below the scanned folders that could not be read.
fn report_problems(library: &Library, folders: &[PathBuf]) -> Result<(), CliError> {
    let scanned: Vec<PathBuf> = folders
        .iter()
        .filter_map(|folder| normal_root(folder).ok())
        .collect();
    for problem in library.problems()? {
        let file = problem.absolute();
        if scanned.iter().any(|folder| file.starts_with(folder)) {
            terminal::say(&format!("kinfolk: skipped {file:?}: {}", problem.reason));
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct JsonSummary<'a> {
    #[serde(flatten)]
    scan: &'a ScanSummary,
    /// None if it was stopped.
    grouping: Option<&'a RegroupSummary>,
}

fn print_summary(
    args: &ScanArgs,
    library: &Library,
    scanned: &ScanSummary,
    grouped: Option<&RegroupSummary>,
) -> Result<(), CliError> {
    if args.json {
        return output::print_json(&JsonSummary {
            scan: scanned,
            grouping: grouped,
        });
    }
    output::print_line(&format!(
        "{}\n{}",
        summary_text(scanned),
        people::groups_text(library)?
    ))
}

fn summary_text(scanned: &ScanSummary) -> String {
    let mut text = format!(
        "{} scanned in {:.1} s: {}",
        counted(scanned.photos_scanned, "photo"),
        scanned.seconds,
        counted(scanned.faces, "face"),
    );
    for (count, what) in [
        (scanned.unchanged, "unchanged"),
        (scanned.moved, "moved or renamed"),
        (scanned.copied, "copies of known photos"),
        (scanned.returned, "back again"),
        (scanned.vanished, "no longer there"),
        (scanned.problems, "not readable"),
    ] {
        if count > 0 {
            let _ = write!(text, "\n{count} {what}");
        }
    }
    let lost = &scanned.lost_decisions;
    if !lost.is_empty() {
        let _ = write!(
            text,
            "\n{} lost with faces that their photos no longer show; `kinfolk undo` does not bring them back:",
            counted(lost.len() as u64, "decision")
        );
        for decision in lost {
            let _ = write!(text, "\n  {decision}");
        }
    }
    if !scanned.other_files.is_empty() {
        let kinds: Vec<String> = scanned
            .other_files
            .iter()
            .map(|(kind, count)| format!("{count} {kind}"))
            .collect();
        let _ = write!(text, "\nother files left out: {}", kinds.join(", "));
    }
    text
}
