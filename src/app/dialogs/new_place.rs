//! Asks where a scanned folder is now, says what of it is there, and has the library follow.

use std::path::{Path, PathBuf};

use egui::{Align, Key, Layout, RichText, TextEdit, Ui, vec2};

use crate::app::commands::action::Action;
use crate::app::dialogs::{DialogOutput, modal_ui};
use crate::app::session::file_dialogs::PathPurpose;
use crate::app::session::request::FolderJob;
use crate::app::theme::{GAP_L, GAP_M, GAP_S, Tokens};
use crate::app::widgets::counts::counted;
use crate::app::widgets::folder_name::folder_name;
use crate::app::widgets::primary_button::primary_button_ui;
use crate::scan::Relocation;

pub struct NewPlaceDialog {
    old: PathBuf,
    typed: String,
    /// The place looked at last, and what is there; `None` while it is being looked at.
    looked_in: Option<(PathBuf, Option<Result<Relocation, String>>)>,
    opened: bool,
    /// The photos were found: Enter uses the folder.
    focuses_use: bool,
}

impl NewPlaceDialog {
    pub fn new(old: PathBuf) -> Self {
        Self {
            old,
            typed: String::new(),
            looked_in: None,
            opened: false,
            focuses_use: false,
        }
    }

    /// The job that looks at a chosen place.
    pub fn look_in(&mut self, new: PathBuf) -> FolderJob {
        self.typed = new.display().to_string();
        self.looked_in = Some((new.clone(), None));
        FolderJob::LookForRelocated {
            old: self.old.clone(),
            new,
        }
    }

    /// A place was looked at; ignored if another one was chosen meanwhile.
    pub fn looked(&mut self, old: &Path, new: &Path, found: Result<Relocation, String>) {
        if let Some((place, result)) = &mut self.looked_in
            && self.old == old
            && place == new
        {
            self.focuses_use = found.is_ok();
            *result = Some(found);
        }
    }

    pub fn ui(&mut self, ctx: &egui::Context) -> DialogOutput {
        let tokens = Tokens::of(ctx);
        modal_ui(ctx, "new place dialog", 520.0, |ui| {
            ui.label(Tokens::title(format!(
                "Where is “{}” now?",
                folder_name(&self.old)
            )));
            ui.add_space(GAP_S);
            ui.add(
                egui::Label::new(tokens.small(format!(
                    "It was scanned at {}. Its photos and people are kept, wherever it is.",
                    self.old.display()
                )))
                .wrap(),
            );
            ui.add_space(GAP_L);
            let place = self.place_ui(ui);
            ui.add_space(GAP_M);
            self.found_ui(ui, tokens);
            ui.add_space(GAP_L);
            match place {
                Some(asked) => asked,
                None => self.buttons_ui(ui),
            }
        })
    }

    /// The field for the place and the button that chooses it.
    fn place_ui(&mut self, ui: &mut Ui) -> Option<DialogOutput> {
        let label = ui.label("This folder is now at");
        let row = vec2(ui.available_width(), ui.spacing().interact_size.y);
        let layout = Layout::right_to_left(Align::Center);
        let (browse, entered) = ui
            .allocate_ui_with_layout(row, layout, |ui| {
                let browse = ui.button("Choose…").on_hover_text("Choose the folder");
                let field = TextEdit::singleline(&mut self.typed)
                    .hint_text(PathPurpose::NewPlace.example())
                    .desired_width(ui.available_width());
                let response = ui.add(field).labelled_by(label.id);
                if !self.opened {
                    self.opened = true;
                    response.request_focus();
                }
                if response.changed() {
                    self.looked_in = None;
                }
                let entered =
                    response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                (browse.clicked(), entered)
            })
            .inner;
        if browse {
            return Some(DialogOutput::Asks(Action::ChooseNewPlace));
        }
        entered.then(|| self.looked_for()).flatten()
    }

    /// Has the typed place looked at.
    fn looked_for(&mut self) -> Option<DialogOutput> {
        let typed = self.typed.trim();
        if typed.is_empty() {
            return None;
        }
        let job = self.look_in(PathBuf::from(typed));
        Some(DialogOutput::Asks(Action::Folder(job)))
    }

    /// What is at the place; two lines, so that nothing moves.
    fn found_ui(&self, ui: &mut Ui, tokens: &Tokens) {
        let (text, color) = match &self.looked_in {
            None => (
                "Kinfolk looks there for the photos before anything is changed.".to_owned(),
                tokens.text_weak,
            ),
            Some((_, None)) => ("Looking for its photos…".to_owned(), tokens.text_weak),
            Some((_, Some(Ok(found)))) => (found_text(found), tokens.text),
            Some((_, Some(Err(reason)))) => (reason.clone(), tokens.no),
        };
        ui.add(egui::Label::new(RichText::new(text).color(color)).wrap());
    }

    fn buttons_ui(&mut self, ui: &mut Ui) -> DialogOutput {
        let mut output = DialogOutput::Open;
        ui.horizontal(|ui| {
            if ui
                .button("Forget the folder…")
                .on_hover_text("Take the folder and all that came from it out of the library")
                .clicked()
            {
                output = DialogOutput::Chosen(Action::AskToForget(self.old.clone()));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(pressed) = self.main_button_ui(ui) {
                    output = pressed;
                }
                if ui.button("Cancel").clicked() {
                    output = DialogOutput::Closed;
                }
            });
        });
        output
    }

    /// "Look there", and then "Use this folder".
    fn main_button_ui(&mut self, ui: &mut Ui) -> Option<DialogOutput> {
        if let Some((new, Some(Ok(_)))) = &self.looked_in {
            let job = FolderJob::Relocate {
                old: self.old.clone(),
                new: new.clone(),
            };
            let use_it = primary_button_ui(ui, "Use this folder");
            if std::mem::take(&mut self.focuses_use) {
                use_it.request_focus();
            }
            return use_it
                .clicked()
                .then_some(DialogOutput::Chosen(Action::Folder(job)));
        }
        let is_looking = matches!(&self.looked_in, Some((_, None)));
        let may_look = !is_looking && !self.typed.trim().is_empty();
        let look = ui.add_enabled_ui(may_look, |ui| primary_button_ui(ui, "Look there"));
        if look.inner.clicked() {
            return self.looked_for();
        }
        None
    }
}

fn found_text(found: &Relocation) -> String {
    let there = match found.found {
        1 => "1 of its photos is there.".to_owned(),
        photos => format!("{} of it are there.", counted(photos, "photo")),
    };
    match found.not_found.as_slice() {
        [] => format!("{there} None is missing."),
        [one] => format!(
            "{there} “{}” is not: it will be away, with its people.",
            folder_name(one)
        ),
        [first, ..] => format!(
            "{there} {}, “{}” among them, are not: they will be away, with their people.",
            counted(found.not_found.len() as u64, "photo"),
            folder_name(first)
        ),
    }
}
