//! Commands as buttons and menu entries, each with label, tooltip and key.

use egui::{Button, Response, Role, Ui, WidgetInfo};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::views::context::ViewContext;

/// A button for a command; the caller runs it when clicked.
pub fn command_button_ui(ui: &mut Ui, command: UiCommand, label: &str) -> Response {
    let response = ui.add(Button::new(label));
    response.on_hover_text(command.tooltip_with_key(ui.ctx()))
}

/// A row of buttons, each of which gives its command.
pub fn command_buttons_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, buttons: &[(UiCommand, &str)]) {
    for (command, label) in buttons {
        if command_button_ui(ui, *command, label).clicked() {
            cx.push(Action::Run(*command));
        }
    }
}

/// The entries of a context menu; returns the chosen command. `None` in `commands` draws a separator.
pub fn command_menu_ui(ui: &mut Ui, commands: &[Option<UiCommand>]) -> Option<UiCommand> {
    ui.set_min_width(200.0);
    let mut chosen = None;
    for command in commands {
        let Some(command) = command else {
            ui.separator();
            continue;
        };
        let mut button = Button::new(command.label());
        if let Some(shortcut) = command.keys().first() {
            button = button.shortcut_text(ui.ctx().format_shortcut(shortcut));
        }
        let response = ui.add(button).on_hover_text(command.tooltip());
        // The key is drawn but not part of the accessible name.
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, command.label()));
        if response.clicked() {
            chosen = Some(*command);
            ui.close();
        }
    }
    chosen
}
