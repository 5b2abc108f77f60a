//! `kinfolk people`: the groups, largest first.

use clap::Args;
use serde::Serialize;

use super::error::CliError;
use super::open::LibraryChoice;
use super::output::{self, Format};
use crate::export::{clusters, escaped_cell};
use crate::library::{GroupSummary, Library};
use crate::text::counted;

/// List the groups: named people and unnamed ones
#[derive(Args)]
#[command(after_help = "\
Columns: cluster,person,faces,photos; `cluster` is the number for the commands name, merge and split. Faces on their own
are listed only with --all.

Examples:
  kinfolk people
  kinfolk people --all --format json")]
pub struct PeopleArgs {
    /// How to print the table
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,

    /// Also list unnamed groups of one face
    #[arg(long)]
    all: bool,
}

#[derive(Serialize)]
struct PeopleRow {
    cluster: i64,
    person: Option<String>,
    faces: u32,
    photos: u32,
}

impl From<GroupSummary> for PeopleRow {
    fn from(group: GroupSummary) -> Self {
        PeopleRow {
            cluster: group.group_id.0,
            person: group.name,
            faces: group.faces,
            photos: group.photos,
        }
    }
}

pub fn run(choice: &LibraryChoice, args: &PeopleArgs) -> Result<(), CliError> {
    let groups = choice.open_to_read()?.group_summaries()?;
    let rows: Vec<PeopleRow> = if args.all {
        groups.into_iter().map(PeopleRow::from).collect()
    } else {
        clusters(groups).map(PeopleRow::from).collect()
    };
    let header = ["cluster", "person", "faces", "photos"];
    output::print_table(args.format, header, &rows, |row| {
        let person = row.person.as_deref().unwrap_or_default();
        [
            row.cluster.to_string(),
            escaped_cell(person).into_owned(),
            row.faces.to_string(),
            row.photos.to_string(),
        ]
    })
}

/// `1 face on its own`, `40 faces on their own`.
fn on_their_own(faces: u64) -> String {
    let whose = if faces == 1 { "its" } else { "their" };
    format!("{} on {whose} own", counted(faces, "face"))
}

/// The result of grouping in one line: `12 groups, 3 of them named; 40 faces on their own`.
pub fn groups_text(library: &Library) -> Result<String, CliError> {
    let summaries = library.group_summaries()?;
    let all = summaries.len() as u64;
    let named = summaries
        .iter()
        .filter(|group| group.name.is_some())
        .count();
    let groups = clusters(summaries).count() as u64;
    Ok(format!(
        "{}, {named} of them named; {}",
        counted(groups, "group"),
        on_their_own(all - groups),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_face_is_on_its_own() {
        let texts = [0, 1, 2].map(on_their_own);
        let expected = [
            "0 faces on their own",
            "1 face on its own",
            "2 faces on their own",
        ];
        assert_eq!(texts, expected);
    }
}
