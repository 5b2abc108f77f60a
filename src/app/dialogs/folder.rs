//! Choosing a scanned folder, for a command on one.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::commands::action::FolderPurpose;
use crate::app::dialogs::{DialogOutput, modal_ui};
use crate::app::state::cached::Cached;
use crate::app::state::snapshot::Snapshot;
use crate::app::theme::{GAP_M, Tokens};
use crate::app::widgets::choice_list::{ChoiceList, ChoiceListOptions, choice_row_ui};
use crate::app::widgets::folder_name::folder_name;
use crate::app::widgets::fuzzy::fuzzy_score;

const OPTIONS: ChoiceListOptions<'_> = ChoiceListOptions {
    hint: "Folder",
    label: "Name of the folder",
    max_chars: 1000,
    height: 300.0,
    nothing: "No folder of the library has these letters.",
};

pub struct FolderDialog {
    purpose: FolderPurpose,
    list: ChoiceList,
    /// Cached for one version of the library and one typed text.
    choices: Cached<(u64, String), Arc<[PathBuf]>>,
}

impl FolderDialog {
    pub fn new(purpose: FolderPurpose) -> Self {
        Self {
            purpose,
            list: ChoiceList::default(),
            choices: Cached::default(),
        }
    }

    pub fn ui(&mut self, ctx: &egui::Context, snapshot: &Snapshot) -> DialogOutput {
        let source = (snapshot.version, self.list.typed.clone());
        let choices = self
            .choices
            .get(source, |(_, typed)| choices(typed, snapshot));
        let choices = choices.clone();
        let title = match self.purpose {
            FolderPurpose::NewPlace => "Which folder is elsewhere now?",
            FolderPurpose::Forget => "Forget which folder?",
            FolderPurpose::LookAgain => "Look again for faces in which folder?",
        };
        modal_ui(ctx, "folder dialog", 480.0, |ui| {
            ui.label(Tokens::title(title));
            ui.add_space(GAP_M);
            let chosen = self
                .list
                .ui(ui, &OPTIONS, choices.len(), |ui, index, marked| {
                    let name = folder_name(&choices[index]);
                    let path = choices[index].to_string_lossy();
                    choice_row_ui(ui, &name, &path, &path, marked)
                });
            match chosen.and_then(|index| choices.get(index)) {
                Some(folder) => DialogOutput::Chosen(self.purpose.action(folder.clone())),
                None => DialogOutput::Open,
            }
        })
    }
}

fn choices(typed: &str, snapshot: &Snapshot) -> Arc<[PathBuf]> {
    let roots = snapshot.roots.iter();
    let mut fitting: Vec<(i32, PathBuf)> = roots
        .filter_map(|root| {
            let score = fuzzy_score(typed.trim(), &root.path.to_string_lossy())?;
            Some((score, root.path.clone()))
        })
        .collect();
    fitting.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    fitting.into_iter().map(|(_, folder)| folder).collect()
}
