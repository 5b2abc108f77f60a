//! A band above photos for each scanned folder that is not there, with what can be done about it.

use egui::{Align, Frame, Layout, Margin, Ui};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::theme::{GAP_L, GAP_S};
use crate::app::views::context::ViewContext;
use crate::app::widgets::folder_name::folder_name;
use crate::app::widgets::icon::{Icon, icon_ui};

/// Bands shown; the side bar marks every folder that is not there.
const MAX_SHOWN: usize = 2;

/// Draws the bands; nothing if every folder is there.
pub fn gone_folders_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let Some(gone) = cx.queries.gone_folders().filter(|gone| !gone.is_empty()) else {
        return;
    };
    let margin = Margin::symmetric(GAP_L as i8, GAP_S as i8);
    for folder in gone.iter().take(MAX_SHOWN) {
        Frame::new()
            .fill(cx.tokens.maybe.gamma_multiply(0.14))
            .inner_margin(margin)
            .show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let label = UiCommand::NewPlace.label();
                    if ui
                        .button(label)
                        .on_hover_text(UiCommand::NewPlace.tooltip())
                        .clicked()
                    {
                        cx.push(Action::AskNewPlace(folder.path.clone()));
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        icon_ui(ui, Icon::Warning, cx.tokens.maybe);
                        let text = format!(
                            "The folder “{}” is not there. Its photos and people are kept.",
                            folder_name(&folder.path)
                        );
                        ui.add(egui::Label::new(text).truncate())
                            .on_hover_text(folder.path.display().to_string());
                    });
                });
            });
    }
}
