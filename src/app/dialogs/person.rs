//! Choosing a person by name, to merge with or to move faces to.

use std::collections::HashSet;
use std::sync::Arc;

use egui::{Response, Ui};

use crate::app::commands::action::{Action, PersonPurpose};
use crate::app::dialogs::{DialogOutput, modal_ui};
use crate::app::state::cached::Cached;
use crate::app::state::snapshot::Snapshot;
use crate::app::theme::{GAP_M, Tokens};
use crate::app::widgets::choice_list::{ChoiceList, ChoiceListOptions, choice_row_ui};
use crate::app::widgets::counts::counted;
use crate::app::widgets::fuzzy::fuzzy_score;
use crate::curate::{Command, MoveTarget};
use crate::library::{GroupId, free_name};

const OPTIONS: ChoiceListOptions<'_> = ChoiceListOptions {
    hint: "Name",
    label: "Name of the person",
    max_chars: 200,
    height: 300.0,
    nothing: "Nobody has that name yet.",
};

pub struct PersonDialog {
    purpose: PersonPurpose,
    list: ChoiceList,
    /// Cached for one version of the library and one typed text.
    choices: Cached<(u64, String), Arc<[Choice]>>,
}

enum Choice {
    Person {
        group_id: GroupId,
        name: String,
        faces: u32,
    },
    /// Faces can move to a new person, also to another of a name that is taken.
    New { name: String, note: &'static str },
}

impl PersonDialog {
    pub fn new(purpose: PersonPurpose) -> Self {
        Self {
            purpose,
            list: ChoiceList::default(),
            choices: Cached::default(),
        }
    }

    pub fn ui(&mut self, ctx: &egui::Context, snapshot: &Snapshot) -> DialogOutput {
        let source = (snapshot.version, self.list.typed.clone());
        let purpose = &self.purpose;
        let choices = self
            .choices
            .get(source, |(_, typed)| choices(purpose, typed, snapshot));
        let choices = choices.clone();
        modal_ui(ctx, "person dialog", 400.0, |ui| {
            ui.label(Tokens::title(self.title(snapshot)));
            ui.add_space(GAP_M);
            let chosen = self
                .list
                .ui(ui, &OPTIONS, choices.len(), |ui, index, marked| {
                    choice_ui(ui, &choices[index], marked)
                });
            match chosen.and_then(|index| choices.get(index)) {
                Some(choice) => DialogOutput::Chosen(Action::execute(self.command(choice))),
                None => DialogOutput::Open,
            }
        })
    }

    fn title(&self, snapshot: &Snapshot) -> String {
        match &self.purpose {
            PersonPurpose::Merge { from } => match from.as_slice() {
                [one] => match snapshot.person_name(*one) {
                    Some(name) => format!("Merge {name} with…"),
                    None => "Merge this group with…".to_owned(),
                },
                from => format!("Merge {} with…", counted(from.len() as u64, "group")),
            },
            PersonPurpose::Move { faces } => {
                format!("Move {} to…", counted(faces.len() as u64, "face"))
            }
        }
    }

    fn command(&self, choice: &Choice) -> Command {
        match (&self.purpose, choice) {
            (PersonPurpose::Merge { from }, Choice::Person { group_id, .. }) => Command::Merge {
                from: from.clone(),
                into: *group_id,
            },
            (PersonPurpose::Move { faces }, Choice::Person { group_id, .. }) => Command::Move {
                faces: faces.clone(),
                to: MoveTarget::Group(*group_id),
            },
            (PersonPurpose::Move { faces }, Choice::New { name, .. }) => Command::NameFaces {
                faces: faces.clone(),
                name: name.clone(),
            },
            (PersonPurpose::Merge { .. }, Choice::New { .. }) => {
                unreachable!("only faces can move to a new person")
            }
        }
    }
}

fn choices(purpose: &PersonPurpose, typed: &str, snapshot: &Snapshot) -> Arc<[Choice]> {
    let typed = typed.trim();
    let from: &[GroupId] = match purpose {
        PersonPurpose::Merge { from } => from,
        PersonPurpose::Move { .. } => &[],
    };
    let from: HashSet<GroupId> = from.iter().copied().collect();
    let mut fitting: Vec<(i32, Choice)> = snapshot
        .people()
        .filter(|person| !from.contains(&person.group_id))
        .filter_map(|person| {
            let name = person.name.clone()?;
            let score = fuzzy_score(typed, &name)?;
            Some((
                score,
                Choice::Person {
                    group_id: person.group_id,
                    name,
                    faces: person.faces,
                },
            ))
        })
        .collect();
    fitting.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let mut choices: Vec<Choice> = fitting.into_iter().map(|(_, choice)| choice).collect();
    let is_move = matches!(purpose, PersonPurpose::Move { .. });
    if is_move && !typed.is_empty() {
        choices.push(match snapshot.person_named(typed) {
            None => Choice::New {
                name: typed.to_owned(),
                note: "new person",
            },
            Some(same) => {
                let names = snapshot
                    .people()
                    .filter_map(|person| person.name.as_deref());
                Choice::New {
                    name: free_name(same.name.as_deref().unwrap_or(typed), names),
                    note: "another person",
                }
            }
        });
    }
    choices.into()
}

fn choice_ui(ui: &mut Ui, choice: &Choice, marked: bool) -> Response {
    match choice {
        Choice::Person { name, faces, .. } => {
            let note = counted(u64::from(*faces), "face");
            choice_row_ui(ui, name, &note, name, marked)
        }
        Choice::New { name, note } => choice_row_ui(ui, name, note, name, marked),
    }
}
