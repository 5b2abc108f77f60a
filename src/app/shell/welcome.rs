//! The window without photos: the first run, a library being opened, and a library that can't be opened.

use egui::{Align, Frame, Layout, RichText, Stroke, TextStyle, Ui, UiBuilder, Vec2};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::theme::{GAP_L, GAP_M, GAP_S, GAP_XL, TITLE, Tokens};
use crate::app::widgets::primary_button::primary_button_ui;

/// Width of the text, in points.
const WIDTH: f32 = 460.0;

/// The first run: what Kinfolk does, two ways to begin, and what it never does.
pub fn welcome_ui(ui: &mut Ui, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui.ctx());
    centered(ui, 260.0, |ui| {
        ui.label(
            RichText::new("Who is in your photos?")
                .size(TITLE + 8.0)
                .strong(),
        );
        ui.add_space(GAP_S);
        ui.label("Choose a folder of photos. Kinfolk finds every face, groups the faces into people, and you give them names.");
        ui.add_space(GAP_XL);
        buttons_row(ui, |ui| {
            if primary_button_ui(ui, "Choose a folder")
                .on_hover_text(UiCommand::AddFolder.tooltip_with_key(ui.ctx()))
                .clicked()
            {
                actions.push(Action::AddFolder);
            }
            if ui
                .button("Try the demo photos")
                .on_hover_text(UiCommand::TryDemo.tooltip())
                .clicked()
            {
                actions.push(Action::TryDemo);
            }
        });
        ui.add_space(GAP_XL);
        let hint = "Your photos are never changed, and nothing leaves this computer. You can also drop a folder here.";
        ui.label(tokens.small(hint));
    });
}

pub fn opening_ui(ui: &mut Ui, path: &std::path::Path) {
    let tokens = Tokens::of(ui.ctx());
    centered(ui, 60.0, |ui| {
        ui.label(tokens.small(format!("Opening {}…", path.display())));
    });
}

/// The library can't be opened: why, and what to do instead.
pub fn failed_ui(ui: &mut Ui, reason: &str, actions: &mut Vec<Action>) {
    let tokens = Tokens::of(ui.ctx());
    centered(ui, 220.0, |ui| {
        ui.label(RichText::new("This library can't be opened").text_style(TextStyle::Heading));
        ui.add_space(GAP_M);
        Frame::new()
            .fill(tokens.well)
            .stroke(Stroke::new(1.0, tokens.line))
            .corner_radius(tokens.radius())
            .inner_margin(12)
            .show(ui, |ui| {
                ui.label(reason);
            });
        ui.add_space(GAP_L);
        buttons_row(ui, |ui| {
            if primary_button_ui(ui, "Try again").clicked() {
                actions.push(Action::Retry);
            }
            if ui.button("Open another library…").clicked() {
                actions.push(Action::OpenLibrary);
            }
            if ui.button("New library…").clicked() {
                actions.push(Action::NewLibrary);
            }
        });
    });
}

/// A column of centred text in the middle of the window; `height` is its approximate height.
fn centered(ui: &mut Ui, height: f32, add: impl FnOnce(&mut Ui)) {
    let all = ui.available_rect_before_wrap();
    let size = Vec2::new(WIDTH.min(all.width() - 2.0 * GAP_L), height);
    let rect = egui::Rect::from_center_size(all.center(), size);
    ui.scope_builder(
        UiBuilder::new()
            .max_rect(rect)
            .layout(Layout::top_down(Align::Center)),
        add,
    );
    ui.advance_cursor_after_rect(all);
}

/// A centred row of buttons; its width is measured in the previous frame.
fn buttons_row(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    let id = ui.scope_id().with("row of buttons");
    let width: Option<f32> = ui.data(|data| data.get_temp(id));
    ui.horizontal(|ui| {
        ui.add_space(((ui.available_width() - width.unwrap_or(0.0)) / 2.0).max(0.0));
        let measured = ui.scope(add).response.rect.width();
        if width != Some(measured) {
            ui.data_mut(|data| data.insert_temp(id, measured));
            ui.ctx()
                .request_discard("the row of buttons has another width");
        }
    });
}
