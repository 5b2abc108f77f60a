//! Says what forgetting a folder would take out of the library, and asks.

use std::path::{Path, PathBuf};

use egui::{Align, Layout, Ui};

use crate::app::commands::action::Action;
use crate::app::dialogs::{DialogOutput, modal_ui};
use crate::app::session::request::FolderJob;
use crate::app::theme::{GAP_L, GAP_M, GAP_S, Tokens};
use crate::app::widgets::counts::{counted, thousands};
use crate::app::widgets::danger_button::danger_button_ui;
use crate::app::widgets::folder_name::folder_name;
use crate::library::Forgetting;

/// Names listed of people who would have no photo left.
const MAX_NAMES: usize = 8;

pub struct ForgetDialog {
    folder: PathBuf,
    /// `None` while it is being counted.
    forgetting: Option<Forgetting>,
}

impl ForgetDialog {
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            forgetting: None,
        }
    }

    /// What would go was counted; ignored if it is another folder's.
    pub fn looked(&mut self, folder: &Path, forgetting: Forgetting) {
        if self.folder == folder {
            self.forgetting = Some(forgetting);
        }
    }

    pub fn ui(&mut self, ctx: &egui::Context) -> DialogOutput {
        let tokens = Tokens::of(ctx);
        modal_ui(ctx, "forget dialog", 480.0, |ui| {
            ui.label(Tokens::title(format!(
                "Forget “{}”?",
                folder_name(&self.folder)
            )));
            ui.add_space(GAP_S);
            ui.add(egui::Label::new(tokens.small(self.folder.display().to_string())).wrap());
            ui.add_space(GAP_L);
            match &self.forgetting {
                Some(forgetting) => forgetting_ui(ui, tokens, forgetting),
                None => {
                    ui.label(tokens.small("Counting what came from this folder…"));
                }
            }
            ui.add_space(GAP_L);
            self.buttons_ui(ui)
        })
    }

    fn buttons_ui(&self, ui: &mut Ui) -> DialogOutput {
        let mut output = DialogOutput::Open;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let is_known = self.forgetting.is_some();
            let forget = ui.add_enabled_ui(is_known, |ui| danger_button_ui(ui, "Forget"));
            if forget.inner.clicked() {
                let job = FolderJob::Forget(self.folder.clone());
                output = DialogOutput::Chosen(Action::Folder(job));
            }
            if ui.button("Cancel").clicked() {
                output = DialogOutput::Closed;
            }
        });
        output
    }
}

fn forgetting_ui(ui: &mut Ui, tokens: &Tokens, forgetting: &Forgetting) {
    ui.label(format!(
        "{} and {} leave the library; {} of the faces {} confirmed by you.",
        counted(forgetting.photos, "photo"),
        counted(forgetting.faces, "face"),
        thousands(forgetting.confirmed),
        if forgetting.confirmed == 1 {
            "is"
        } else {
            "are"
        },
    ));
    if let Some(names) = names_text(&forgetting.people_without_photos) {
        ui.add_space(GAP_S);
        ui.label(names);
    }
    ui.add_space(GAP_M);
    ui.label(tokens.small(
        "The files on the disk stay as they are. This cannot be undone: scanning the folder again finds the faces, but not \
         whose they are.",
    ));
}

/// Who would have no photo left.
fn names_text(names: &[String]) -> Option<String> {
    let listed = names.get(..MAX_NAMES).unwrap_or(names).join(", ");
    let more = match names.len().saturating_sub(MAX_NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match names.len() {
        0 => None,
        1 => Some(format!("{listed} is in no other photo; the name stays.")),
        _ => Some(format!(
            "{listed}{more} are in no other photo; their names stay."
        )),
    }
}
