//! The export dialog: where albums are written, and how.

use std::path::PathBuf;

use egui::{Align, Key, Layout, TextEdit, Ui};

use crate::app::commands::action::Action;
use crate::app::dialogs::{DialogOutput, modal_ui};
use crate::app::session::export_thread::ExportJob;
use crate::app::state::snapshot::Snapshot;
use crate::app::theme::{GAP_L, GAP_M, GAP_S, Tokens};
use crate::app::widgets::counts::counted;
use crate::app::widgets::primary_button::primary_button_ui;
use crate::export::{AlbumOptions, CopyMode};
use crate::library::GroupId;

/// What the user did in the row of the destination.
struct DestinationOutput {
    /// The file dialog should open.
    browse: bool,
    /// Enter was pressed in the field.
    entered: bool,
}

pub struct ExportDialog {
    people: Vec<GroupId>,
    pub destination: String,
    options: AlbumOptions,
    /// False until the first frame has been drawn.
    opened: bool,
}

impl ExportDialog {
    pub fn new(people: Vec<GroupId>, destination: Option<PathBuf>) -> Self {
        Self {
            people,
            destination: destination
                .map(|path| path.display().to_string())
                .unwrap_or_default(),
            options: AlbumOptions::default(),
            opened: false,
        }
    }

    pub fn ui(&mut self, ctx: &egui::Context, snapshot: &Snapshot) -> DialogOutput {
        modal_ui(ctx, "export dialog", 480.0, |ui| {
            ui.label(Tokens::title(title(&self.people, snapshot)));
            ui.add_space(GAP_S);
            ui.label(Tokens::of(ctx).small("One folder for each person. Existing files are never overwritten; export again to add new photos."));
            ui.add_space(GAP_L);
            let destination = self.destination_ui(ui);
            ui.add_space(GAP_M);
            self.options_ui(ui);
            ui.add_space(GAP_L);
            if destination.browse {
                return DialogOutput::Asks(Action::ChooseAlbumFolder);
            }
            self.buttons_ui(ui, destination.entered)
        })
    }

    fn destination_ui(&mut self, ui: &mut Ui) -> DestinationOutput {
        let label = ui.label("Into the folder");
        ui.horizontal(|ui| {
            let field = TextEdit::singleline(&mut self.destination)
                .hint_text("/path/to/albums")
                .desired_width(ui.available_width() - 108.0);
            let response = ui.add(field).labelled_by(label.id);
            if !self.opened {
                self.opened = true;
                response.request_focus();
            }
            let browse = ui.button("Choose…").on_hover_text("Choose a folder");
            DestinationOutput {
                browse: browse.clicked(),
                entered: response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)),
            }
        })
        .inner
    }

    fn options_ui(&mut self, ui: &mut Ui) {
        for (how, label, hint) in [
            (CopyMode::Copy, "Copies", "Independent files."),
            (
                CopyMode::HardLink,
                "Hard links",
                "No extra space, but only on the same disk; changing one changes the other.",
            ),
            (
                CopyMode::SymbolicLink,
                "Symbolic links",
                "Links to the photos; they break if a photo is moved.",
            ),
        ] {
            ui.radio_value(&mut self.options.how, how, label)
                .on_hover_text(hint);
        }
        ui.add_space(GAP_S);
        ui.checkbox(
            &mut self.options.with_suggestions,
            "Also photos where the person is only suggested",
        );
        ui.checkbox(
            &mut self.options.tidy,
            "Take back what earlier exports wrote and the albums no longer hold",
        )
        .on_hover_text(
            "Deletes only copies and links that Kinfolk wrote and nobody changed, of photos that are still in their place.",
        );
    }

    fn buttons_ui(&self, ui: &mut Ui, entered: bool) -> DialogOutput {
        let destination = self.destination.trim();
        let mut answer = DialogOutput::Open;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let ready = !destination.is_empty() && !self.people.is_empty();
            let export = ui
                .add_enabled_ui(ready, |ui| primary_button_ui(ui, "Export"))
                .inner;
            let pressed = export
                .on_disabled_hover_text("Choose a folder first")
                .clicked();
            if ready && (pressed || entered) {
                answer = DialogOutput::Chosen(Action::ExportTo(ExportJob {
                    people: self.people.clone(),
                    destination: PathBuf::from(destination),
                    options: self.options,
                }));
            }
            if ui.button("Cancel").clicked() {
                answer = DialogOutput::Closed;
            }
        });
        answer
    }
}

fn title(people: &[GroupId], snapshot: &Snapshot) -> String {
    match people {
        [one] => format!("Export the album of {}", snapshot.name_of(*one)),
        people => format!("Export {}", counted(people.len() as u64, "album")),
    }
}
