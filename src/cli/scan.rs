//! `kinfolk scan`: finds the faces in folders, stores them in the library and groups them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output::Format;
use super::{interrupt, output, people, terminal};
use crate::curate::{self, RegroupSummary};
use crate::export::escaped_cell;
use crate::library::Library;
use crate::photo::{PatternError, Patterns, counted_files, normal_root};
use crate::scan::{self, Phase, Progress, ScanControl, ScanOptions, ScanSummary};
use crate::text::{counted, duration};
use crate::vision::{DEFAULT_MIN_SCORE, DeviceChoice, Engine};

/// Find the faces in folders of photos and group them
#[derive(Args)]
#[command(after_help = "\
Scanning again reads only photos that are new or changed; moved and renamed photos keep their people. Ctrl-C stops the
scan, and the faces found so far are grouped; another Ctrl-C stops the grouping. Photos that can't be read are reported
and skipped.

Files that are not your photos are left out: snapshots and recycle bins of servers, thumbnails, previews in the libraries
of Apple Photos, iPhoto, Lightroom and others, folders with a file .nomedia, hidden folders, albums exported by Kinfolk.
--list-excluded lists them. --exclude and --include are stored in the library for all later scans, also in the window; the
same pattern given to the other option removes it. A pattern without a / is a name at any depth (*.png, Screenshots), one
with a / is a path from the scanned folder (2019/**/raw). Case is ignored.

Examples:
  kinfolk scan ~/Pictures
  kinfolk scan ~/Pictures /media/camera --threads 4
  kinfolk scan --again --min-score 0.5
  kinfolk scan ~/Pictures --library family.sqlite --json
  kinfolk scan ~/Pictures --exclude Screenshots --exclude \"*.gif\"
  kinfolk scan ~/Pictures --list-excluded       what is left out and why; nothing is scanned")]
pub struct ScanArgs {
    /// Folders to scan, with everything below them
    #[arg(required_unless_present_any = ["list_excluded", "again"], value_name = "FOLDER")]
    folders: Vec<PathBuf>,

    /// Leave out folders and files of this name or path, now and in later scans; may be repeated
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    exclude: Vec<String>,

    /// Take folders and files that would be left out, now and in later scans; may be repeated
    #[arg(long, value_name = "PATTERN", value_parser = pattern)]
    include: Vec<String>,

    /// List what is left out and why, without scanning [default FOLDER: all scanned folders]
    #[arg(long)]
    list_excluded: bool,

    /// Search known photos again, for example with another --min-score; without a FOLDER those of all folders of the
    /// library. What people decided about faces that are found again stays
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
    if args.list_excluded {
        return list_excluded(choice, args);
    }
    let mut library = match args.folders.is_empty() {
        true => choice.open()?,
        false => choice.open_or_create()?,
    };
    let kept = scan::patterns(&library)?;
    let patterns = with_arguments(kept.clone(), args)?;
    if patterns != kept {
        scan::keep_patterns(&mut library, &patterns)?;
    }
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
    let grouped = curate::group_unless_stopped(&mut library, &stop)?;
    report_problems(&library, &folders)?;
    tell_outdated_model(&library)?;
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
            "cannot scan {:?}: {}; check the path (`kinfolk relocate` says where a folder is now, `kinfolk forget` that it is gone \
             for good)",
            folder.path, folder.reason
        ))),
    }
}

/// A pattern that can be kept.
fn pattern(text: &str) -> Result<String, PatternError> {
    Patterns::default().add_exclude(text)?;
    Ok(text.to_owned())
}

/// The patterns of the library and those of the arguments.
fn with_arguments(mut patterns: Patterns, args: &ScanArgs) -> Result<Patterns, CliError> {
    let wrong = |error: PatternError| CliError::Usage(error.to_string());
    for pattern in &args.exclude {
        patterns.add_exclude(pattern).map_err(wrong)?;
    }
    for pattern in &args.include {
        patterns.add_include(pattern).map_err(wrong)?;
    }
    let excluded = args.exclude.iter().map(|pattern| (pattern, false));
    let included = args.include.iter().map(|pattern| (pattern, true));
    for (pattern, is_include) in excluded.chain(included) {
        if let Some(hint) = Patterns::hint(pattern, is_include) {
            terminal::say(&format!("kinfolk: {hint}"));
        }
    }
    Ok(patterns)
}

#[derive(Serialize)]
struct LeftOutLine {
    path: String,
    kind: &'static str,
    why: String,
}

/// A table of what a scan of the folders leaves out; nothing is changed.
fn list_excluded(choice: &LibraryChoice, args: &ScanArgs) -> Result<(), CliError> {
    let (kept, roots) = if choice.path()?.exists() {
        let library = choice.open_to_read()?;
        (scan::patterns(&library)?, library.roots()?)
    } else {
        (Patterns::default(), Vec::new())
    };
    let patterns = with_arguments(kept, args)?;
    let folders = match args.folders.as_slice() {
        [] => roots.iter().map(|root| root.path.clone()).collect(),
        folders => folders.to_vec(),
    };
    let control = ScanControl::default();
    let on_stop = control.clone();
    interrupt::watch(move || on_stop.stop());
    let lines: Vec<LeftOutLine> = scan::list_left_out(&folders, &roots, &patterns, &control)?
        .into_iter()
        .map(|row| LeftOutLine {
            path: row.path.to_string_lossy().into_owned(),
            kind: if row.is_folder { "folder" } else { "file" },
            why: row.why.to_string(),
        })
        .collect();
    for (what, patterns) in [
        ("excludes", &patterns.exclude),
        ("includes", &patterns.include),
    ] {
        for pattern in patterns {
            terminal::say(&format!("kinfolk: this library {what} {pattern:?}"));
        }
    }
    let format = if args.json { Format::Json } else { Format::Csv };
    output::print_table(format, ["path", "kind", "why"], &lines, |line| {
        [
            escaped_cell(&line.path).into_owned(),
            line.kind.to_owned(),
            line.why.clone(),
        ]
    })
}

/// The folders asked for; all that the library knows, where they are none.
fn folders(args: &ScanArgs, library: &Library) -> Result<Vec<PathBuf>, CliError> {
    if !args.folders.is_empty() {
        return Ok(args.folders.clone());
    }
    let roots = library.roots()?;
    Ok(roots.into_iter().map(|root| root.path).collect())
}

/// The setting with the minimum score of the faces of photos that are known.
const KNOWN_MIN_SCORE: &str = "known_min_score";

/// Says so where known photos were left alone that another minimum score was asked for, and remembers with which all were
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

/// The options of a scan with as many threads as were asked for.
pub(super) fn options_with(threads: Option<u16>) -> ScanOptions {
    threads.map_or_else(ScanOptions::default, |threads| {
        ScanOptions::with_threads(usize::from(threads))
    })
}

fn options(args: &ScanArgs) -> ScanOptions {
    let mut options = options_with(args.threads);
    if let Some(min_score) = args.min_score {
        options.min_score = min_score;
    }
    options.again = args.again;
    options
}

pub(super) fn show_progress(bar: &ProgressBar, progress: &Progress) {
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

/// New photos are embedded as the library's other photos are.
fn tell_outdated_model(library: &Library) -> Result<(), CliError> {
    let model = library.embedding_model()?;
    if model.is_outdated() {
        terminal::say(&format!(
            "kinfolk: this library compares faces by {model}, and there is a better model: see `kinfolk migrate --help`"
        ));
    }
    Ok(())
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
            let skipped = if problem.is_read() { "" } else { "skipped " };
            terminal::say(&format!("kinfolk: {skipped}{file:?}: {}", problem.reason));
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
        (scanned.copied, "copied from known photos"),
        (scanned.returned, "back again"),
        (scanned.vanished, "no longer there"),
        (scanned.incomplete, "looked at in part"),
        (scanned.problems, "not readable"),
    ] {
        if count > 0 {
            let _ = write!(text, "\n{count} {what}");
        }
    }
    for folder in &scanned.moved_folders {
        let _ = write!(text, "\n{:?} is now {:?}", folder.from, folder.to);
    }
    let not_found = &scanned.not_found;
    if !not_found.is_empty() {
        let _ = write!(
            text,
            "\n{} about faces that changed photos no longer show; kept, `kinfolk faces --not-found` lists the faces:",
            counted(not_found.len() as u64, "decision")
        );
        for decision in not_found {
            let _ = write!(text, "\n  {decision}");
        }
    }
    if !scanned.left_out.is_empty() {
        let reasons: Vec<String> = scanned
            .left_out
            .iter()
            .map(|(why, count)| why.counted(*count))
            .collect();
        let _ = write!(
            text,
            "\nleft out: {} (--list-excluded lists them, --include PATTERN takes them)",
            reasons.join(", ")
        );
    }
    if scanned.now_left_out > 0 {
        let one = scanned.now_left_out == 1;
        let (count, file) = match one {
            true => ("counts", "its JPEG or edited copy"),
            false => ("count", "their JPEGs or edited copies"),
        };
        let _ = write!(
            text,
            "\n{} {count} with {file} from now on; who is in {} was carried over",
            counted(scanned.now_left_out, "known photo"),
            if one { "it" } else { "them" }
        );
    }
    if scanned.known_left_out > 0 {
        let _ = write!(
            text,
            "\n{} known from earlier scans left out now; who is in them is kept",
            counted(scanned.known_left_out, "photo")
        );
    }
    if !scanned.other_files.is_empty() {
        let kinds: Vec<String> = scanned
            .other_files
            .iter()
            .map(|(kind, count)| counted_files(kind, *count))
            .collect();
        let _ = write!(text, "\nother files left out: {}", kinds.join(", "));
    }
    text
}
