//! Empty pages: the search has no match, or there are no photos yet.

use egui::Ui;

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::views::context::ViewContext;
use crate::app::widgets::empty::empty_ui;
use crate::app::widgets::primary_button::primary_button_ui;

/// The search has no match on this page; offers to clear it.
pub fn no_match_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, title: &str, message: &str) {
    empty_ui(ui, title, message, |ui| {
        if ui.button("Clear the search").clicked() {
            cx.push(Action::SetSearch(String::new()));
        }
    });
}

/// Nothing was scanned yet; offers to add a folder.
pub fn add_folder_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, title: &str, message: &str) {
    empty_ui(ui, title, message, |ui| {
        if primary_button_ui(ui, "Add folder…")
            .on_hover_text(UiCommand::AddFolder.tooltip_with_key(ui.ctx()))
            .clicked()
        {
            cx.push(Action::AddFolder);
        }
    });
}
