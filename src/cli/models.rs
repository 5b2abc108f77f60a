//! `kinfolk models`: the networks, where they come from, and bringing one's own.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use serde::Serialize;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output::{self, Format};
use crate::export::escaped_cell;
use crate::library::Library;
use crate::vision::{BuiltInNetwork, ModelName, built_in_networks};

/// List the networks, or bring a recognizer of your own, or remove one
#[derive(Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Columns: name,task,origin,current,licence,source,sha256,model,note. `current` says which recognizer embeds the faces of this
library, `model` is what the library stores with each vector.

Examples:
  kinfolk models
  kinfolk models --format json
  kinfolk models add ~/Downloads/arcface.json --accept-licence
  kinfolk models remove arcface-r50"
)]
pub struct ModelsArgs {
    /// How to print the table
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,

    #[command(subcommand)]
    command: Option<ModelsCommand>,
}

#[derive(Subcommand)]
enum ModelsCommand {
    Add(AddArgs),
    Remove(RemoveArgs),
}

/// Remove a network that was brought
#[derive(Args)]
#[command(after_help = "\
Removes its files from the folder beside the library. The vectors that it has made stay: `kinfolk migrate --to` their model
compares by them again, but new photos need the network. The network that the library compares its faces by stays: migrate
to another model first. Needs a build with the feature `byo`.

Examples:
  kinfolk models remove arcface-r50")]
struct RemoveArgs {
    /// The name in `kinfolk models`
    #[arg(value_name = "NAME")]
    name: String,
}

/// Bring a recognizer: an ONNX file with a manifest
#[derive(Args)]
#[command(after_help = "\
Checks the network of a manifest and copies both into a folder beside the library. Nothing is embedded by it until you say
`kinfolk migrate --to NAME`; the vectors of two networks are never mixed. The licence of the weights is your own matter: read
it first, then say --accept-licence. Needs a build with the feature `byo`.

The manifest is a JSON file beside the ONNX file:
  {
    \"kinfolk_model\": 1,
    \"name\": \"arcface-r50\",
    \"file\": \"w600k_r50.onnx\",
    \"sha256\": \"the SHA-256 of the ONNX file\",
    \"licence\": \"the terms of the weights\",
    \"source\": \"where they come from\",
    \"input\": {
      \"width\": 112, \"height\": 112, \"layout\": \"nchw\", \"channels\": \"rgb\",
      \"mean\": [127.5, 127.5, 127.5], \"scale\": [0.0078431, 0.0078431, 0.0078431]
    },
    \"template\": \"arcface\",
    \"output\": { \"dimension\": 512 },
    \"mirrored\": false
  }
A pixel from 0 to 255 becomes (pixel - mean) * scale. `layout` is nchw or nhwc, `channels` rgb or bgr. `template` is arcface
(scaled from 112 pixels) or five [x, y] in pixels of the input: right eye, left eye, nose, right and left mouth corner.
`output` may name one of several outputs. `mirrored` adds the vector of the mirror image.

Examples:
  kinfolk models add ~/Downloads/arcface.json
  kinfolk models add ~/Downloads/arcface.json --accept-licence
  kinfolk migrate --to arcface-r50")]
struct AddArgs {
    /// The manifest
    #[arg(value_name = "MANIFEST")]
    manifest: PathBuf,

    /// You have read the licence of the weights and accept it
    #[arg(long)]
    accept_licence: bool,
}

/// A network in the table.
#[derive(Serialize)]
struct ModelRow {
    name: String,
    task: String,
    origin: &'static str,
    current: bool,
    licence: String,
    source: String,
    sha256: String,
    model: Option<String>,
    note: Option<String>,
}

pub fn run(choice: &LibraryChoice, args: &ModelsArgs) -> Result<(), CliError> {
    match &args.command {
        Some(ModelsCommand::Add(add)) => add_network(choice, add),
        Some(ModelsCommand::Remove(remove)) => remove_network(choice, &remove.name),
        None => list(choice, args.format),
    }
}

fn list(choice: &LibraryChoice, format: Format) -> Result<(), CliError> {
    // The built-in networks are listed without a library, too.
    let library = match choice.path()?.exists() {
        true => Some(choice.open_to_read()?),
        false => None,
    };
    let current = match &library {
        Some(library) => library.embedding_model()?,
        None => ModelName::default(),
    };
    let mut rows: Vec<ModelRow> = built_in_networks()
        .into_iter()
        .map(|network| built_in_row(network, &current))
        .collect();
    if let Some(library) = &library {
        rows.extend(brought_rows(library, &current)?);
    }
    let header = [
        "name", "task", "origin", "current", "licence", "source", "sha256", "model", "note",
    ];
    output::print_table(format, header, &rows, |row| {
        let current = if row.current { "yes" } else { "" };
        [
            escaped_cell(&row.name).into_owned(),
            row.task.clone(),
            row.origin.to_owned(),
            current.to_owned(),
            escaped_cell(&row.licence).into_owned(),
            escaped_cell(&row.source).into_owned(),
            row.sha256.clone(),
            row.model.clone().unwrap_or_default(),
            escaped_cell(row.note.as_deref().unwrap_or_default()).into_owned(),
        ]
    })
}

fn built_in_row(network: BuiltInNetwork, current: &ModelName) -> ModelRow {
    let is_current = network.is_recognizer && current.is_built_in();
    ModelRow {
        name: network.name.to_owned(),
        task: network.task.to_owned(),
        origin: "built-in",
        current: is_current,
        licence: network.licence.to_owned(),
        source: network.source.to_owned(),
        sha256: network.sha256.to_owned(),
        model: is_current.then(|| current.to_string()),
        note: None,
    }
}

#[cfg(feature = "byo")]
fn brought_rows(library: &Library, current: &ModelName) -> Result<Vec<ModelRow>, CliError> {
    use crate::scan::brought::{entries, ready_model, space_of};
    use crate::vision::brought::network_of;

    let (entries, problems) = entries(library)?;
    let mut rows = Vec::new();
    for entry in entries {
        let is_current = network_of(current) == Some(entry.model.as_str());
        let mut note = space_of(library, &entry)?.map_or_else(
            || "not fitted to this library yet".to_owned(),
            |figures| super::brought::figures_text(&figures),
        );
        if is_current && ready_model(library, &entry)?.is_none() {
            note += "; the library has grown to twice the faces: migrate to it again";
        }
        rows.push(ModelRow {
            name: entry.manifest.name,
            task: "recognizes faces".into(),
            origin: "brought",
            current: is_current,
            licence: entry.manifest.licence,
            source: entry.manifest.source,
            sha256: entry.manifest.sha256,
            model: Some(if is_current {
                current.to_string()
            } else {
                entry.model
            }),
            note: Some(note),
        });
    }
    for problem in problems {
        super::terminal::say(&format!("kinfolk: {problem}"));
    }
    Ok(rows)
}

#[cfg(feature = "byo")]
fn add_network(choice: &LibraryChoice, args: &AddArgs) -> Result<(), CliError> {
    use crate::scan::brought::{add, manifest_at};

    let manifest = manifest_at(&args.manifest)?;
    if !args.accept_licence {
        output::print_line(&format!(
            "{} from {}\nLicence of the weights:\n{}",
            manifest.name,
            if manifest.source.is_empty() {
                "an unnamed source"
            } else {
                &manifest.source
            },
            manifest.licence.trim_end()
        ))?;
        return Err(CliError::Failed(format!(
            "nothing was added: if you accept this licence, say `kinfolk models add {:?} --accept-licence`",
            args.manifest
        )));
    }
    let library = choice.open_or_create()?;
    let entry = add(&library, &args.manifest)?;
    output::print_line(&format!(
        "Added {} ({:.1} MB). To embed the faces of this library by it: kinfolk migrate --to {}",
        entry.manifest.name,
        entry.bytes as f64 / 1e6,
        entry.manifest.name
    ))
}

#[cfg(feature = "byo")]
fn remove_network(choice: &LibraryChoice, name: &str) -> Result<(), CliError> {
    // No other program works with the library meanwhile.
    let library = choice.open()?;
    let entry = crate::scan::brought::remove(&library, name)?;
    output::print_line(&format!(
        "Removed {} ({:.1} MB)",
        entry.manifest.name,
        entry.bytes as f64 / 1e6
    ))
}

#[cfg(not(feature = "byo"))]
const NEEDS_FEATURE: &str = "this Kinfolk can't run networks of your own: build it with `cargo build --release --features byo`";

#[cfg(not(feature = "byo"))]
fn brought_rows(_library: &Library, current: &ModelName) -> Result<Vec<ModelRow>, CliError> {
    if !current.is_built_in() {
        super::terminal::say(&format!(
            "kinfolk: the faces of this library were embedded by {:?}; {NEEDS_FEATURE}",
            current.as_str()
        ));
    }
    Ok(Vec::new())
}

#[cfg(not(feature = "byo"))]
fn add_network(_choice: &LibraryChoice, args: &AddArgs) -> Result<(), CliError> {
    let (manifest, _) = (&args.manifest, args.accept_licence);
    Err(CliError::Failed(format!(
        "{manifest:?} was not added: {NEEDS_FEATURE}"
    )))
}

#[cfg(not(feature = "byo"))]
fn remove_network(_choice: &LibraryChoice, name: &str) -> Result<(), CliError> {
    Err(CliError::Failed(format!(
        "{name:?} was not removed: {NEEDS_FEATURE}"
    )))
}
