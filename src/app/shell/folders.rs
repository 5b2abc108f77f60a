//! The scanned folders in the side bar: those that are not there are marked, and each has a menu.

use egui::{Role, Ui, WidgetInfo};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::shell::side_row::{RowEnd, row_ui};
use crate::app::state::navigation::Page;
use crate::app::views::context::ViewContext;
use crate::app::widgets::folder_name::folder_name;
use crate::library::RootRow;

/// The folders, "Add folder", and the way to what scans leave out.
pub fn folders_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let roots = cx.snapshot.roots.clone();
    let gone = cx.queries.gone_folders();
    for root in roots.iter() {
        let is_gone = gone
            .as_ref()
            .is_some_and(|gone| gone.iter().any(|gone| gone.root_id == root.root_id));
        folder_ui(ui, cx, root, is_gone);
    }
    let add = row_ui(ui, cx.tokens, "+  Add folder", RowEnd::Nothing, false);
    add.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Add folder"));
    if add
        .on_hover_text(UiCommand::AddFolder.tooltip_with_key(ui.ctx()))
        .clicked()
    {
        cx.push(Action::AddFolder);
    }
    if roots.is_empty() {
        return;
    }
    let left_out = row_ui(
        ui,
        cx.tokens,
        "Left out",
        RowEnd::Nothing,
        cx.page == Page::LeftOut,
    );
    if left_out
        .on_hover_text(UiCommand::LeftOut.tooltip_with_key(ui.ctx()))
        .clicked()
    {
        cx.go(Page::LeftOut);
    }
}

fn folder_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, root: &RootRow, is_gone: bool) {
    let name = folder_name(&root.path);
    let end = if is_gone {
        RowEnd::Warning
    } else {
        RowEnd::Nothing
    };
    let row = row_ui(ui, cx.tokens, &name, end, false);
    let path = root.path.display();
    let (label, tooltip) = if is_gone {
        (
            format!("Folder {name}, not there"),
            format!("{path}\nThis folder is not there. Click to say where it is now."),
        )
    } else {
        (format!("Folder {name}"), path.to_string())
    };
    row.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    let row = row.on_hover_text(tooltip);
    let mut action = row.clicked().then(|| match is_gone {
        true => Action::AskNewPlace(root.path.clone()),
        false => Action::ShowInFolder(root.path.clone()),
    });
    row.context_menu(|ui| {
        if let Some(chosen) = menu_ui(ui, root, is_gone) {
            action = Some(chosen);
        }
    });
    if let Some(action) = action {
        cx.push(action);
    }
}

fn menu_ui(ui: &mut Ui, root: &RootRow, is_gone: bool) -> Option<Action> {
    let path = || root.path.clone();
    let mut entries = Vec::new();
    if !is_gone {
        entries.extend([
            ("Scan again", Action::ScanFolder(path())),
            (UiCommand::LookAgain.label(), Action::LookAgainIn(path())),
            ("Show in folder", Action::ShowInFolder(path())),
        ]);
    }
    entries.extend([
        (UiCommand::NewPlace.label(), Action::AskNewPlace(path())),
        ("Forget…", Action::AskToForget(path())),
    ]);
    let mut chosen = None;
    for (label, action) in entries {
        if ui.button(label).clicked() {
            chosen = Some(action);
        }
    }
    chosen
}
