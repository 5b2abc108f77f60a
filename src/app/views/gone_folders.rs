//! A band above photos for each scanned folder that is not there, with what can be done about it.

use egui::{Align, Layout, Sense, Ui, UiBuilder, vec2};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::theme::GAP_L;
use crate::app::views::context::ViewContext;
use crate::app::widgets::folder_name::folder_name;
use crate::app::widgets::icon::{Icon, icon_ui};
use crate::library::RootRow;

/// Bands shown; the side bar marks every folder that is not there.
const MAX_SHOWN: usize = 2;
/// Height of a band, in points.
const HEIGHT: f32 = 44.0;

/// Draws the bands; nothing if every folder is there.
pub fn gone_folders_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let Some(gone) = cx.queries.gone_folders().filter(|gone| !gone.is_empty()) else {
        return;
    };
    for folder in gone.iter().take(MAX_SHOWN) {
        let size = vec2(ui.available_width(), HEIGHT);
        let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
        ui.painter()
            .rect_filled(rect, 0.0, cx.tokens.maybe.gamma_multiply(0.14));
        let layout = Layout::right_to_left(Align::Center);
        let inner = UiBuilder::new().max_rect(rect.shrink2(vec2(GAP_L, 0.0)));
        ui.scope_builder(inner.layout(layout), |ui| band_ui(ui, cx, folder));
    }
}

fn band_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, folder: &RootRow) {
    let button = ui.button(UiCommand::NewPlace.label());
    if button
        .on_hover_text(UiCommand::NewPlace.tooltip())
        .clicked()
    {
        cx.push(Action::AskNewPlace(folder.path.clone()));
    }
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        icon_ui(ui, Icon::Warning, cx.tokens.maybe);
        let name = folder_name(&folder.path);
        let text = format!("The folder “{name}” is not there. Its photos and people are kept.");
        ui.add(egui::Label::new(text).truncate())
            .on_hover_text(folder.path.display().to_string());
    });
}
