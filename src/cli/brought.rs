//! Brought networks in the commands: which model a name stands for.

use super::error::CliError;
use super::{output, terminal};
use crate::library::Library;
use crate::scan::brought::{BroughtEntry, BroughtModelError, find, prepare, ready_model};
use crate::stop::StopFlag;
use crate::text::counted;
use crate::vision::brought::SpaceFigures;
use crate::vision::{Engine, ModelName};

/// The network of a name; `None` if none was brought with it.
pub fn network(library: &Library, name: &str) -> Result<Option<BroughtEntry>, CliError> {
    match find(library, name) {
        Ok(entry) => Ok(Some(entry)),
        Err(BroughtModelError::Unknown { .. } | BroughtModelError::InMemory) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The model to which a library would be migrated, without fitting one: then that of the network alone.
pub fn expected_model(library: &Library, entry: &BroughtEntry) -> Result<ModelName, CliError> {
    Ok(match ready_model(library, entry)? {
        Some(model) => model,
        None => ModelName::new(&entry.model),
    })
}

/// The model of a network in this library. Fits one where necessary, and tells what was estimated.
pub fn fitted_model(
    library: &mut Library,
    engine: &Engine,
    entry: &BroughtEntry,
    stop: &StopFlag,
    is_told: bool,
) -> Result<ModelName, CliError> {
    let bar = terminal::working_bar();
    let prepared = prepare(library, engine, entry, stop, &|done, photos| {
        bar.set_message(format!(
            "trying {} on {done} of {}",
            entry.manifest.name,
            counted(photos as u64, "photo")
        ));
    });
    bar.finish_and_clear();
    let prepared = prepared?;
    if prepared.is_new && is_told {
        output::print_line(&format!(
            "{}: {}",
            entry.manifest.name,
            figures_text(&prepared.figures)
        ))?;
    }
    Ok(prepared.model.name().clone())
}

/// What was estimated from the library, in one line.
pub fn figures_text(figures: &SpaceFigures) -> String {
    format!(
        "fitted to {} of {}; {:.1} % of the variance of its vectors is kept, whitened with the power {:.2}; the similarity of \
         strangers varies by {:.3} (by {:.3} in its own vectors, by .092 with SFace), so the cut of SFace holds",
        counted(figures.faces as u64, "face"),
        match figures.people {
            1 => "1 person".to_owned(),
            people => format!("{people} people"),
        },
        100.0 * figures.kept,
        figures.whitening,
        figures.deviation,
        figures.deviation_before
    )
}
