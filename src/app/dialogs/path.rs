//! A path typed by hand, where the system has no file dialog.

use std::path::PathBuf;

use egui::{Align, Key, Layout, TextEdit, Ui};

use crate::app::commands::action::Action;
use crate::app::dialogs::{DialogOutput, modal_ui};
use crate::app::session::file_dialogs::PathPurpose;
use crate::app::theme::{GAP_L, GAP_S, Tokens};
use crate::app::widgets::primary_button::primary_button_ui;

/// Asks for a path as text.
pub struct PathDialog {
    purpose: PathPurpose,
    typed: String,
    opened: bool,
}

impl PathDialog {
    pub fn new(purpose: PathPurpose) -> Self {
        Self {
            purpose,
            typed: String::new(),
            opened: false,
        }
    }

    pub fn ui(&mut self, ctx: &egui::Context) -> DialogOutput {
        modal_ui(ctx, "path dialog", 440.0, |ui| {
            ui.label(Tokens::title(self.purpose.title()));
            ui.add_space(GAP_S);
            ui.label(Tokens::of(ctx).small("The system's file dialog did not open. Type the path here, or drop a folder on the window."));
            ui.add_space(GAP_L);
            let entered = self.field_ui(ui);
            ui.add_space(GAP_L);
            self.buttons_ui(ui, entered)
        })
    }

    fn field_ui(&mut self, ui: &mut Ui) -> bool {
        let field = TextEdit::singleline(&mut self.typed)
            .hint_text(self.purpose.example())
            .desired_width(f32::INFINITY);
        let response = ui.add(field).accessible_name("Path");
        if !self.opened {
            self.opened = true;
            response.request_focus();
        }
        response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter))
    }

    fn buttons_ui(&self, ui: &mut Ui, entered: bool) -> DialogOutput {
        let typed = self.typed.trim();
        let mut answer = DialogOutput::Open;
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let go = ui
                .add_enabled_ui(!typed.is_empty(), |ui| {
                    primary_button_ui(ui, self.purpose.verb())
                })
                .inner
                .clicked();
            if (go || entered) && !typed.is_empty() {
                answer =
                    DialogOutput::Chosen(Action::PathChosen(self.purpose, PathBuf::from(typed)));
            }
            if ui.button("Cancel").clicked() {
                answer = DialogOutput::Closed;
            }
        });
        answer
    }
}
