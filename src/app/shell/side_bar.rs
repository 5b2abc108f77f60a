//! The side bar on the left: the library's menu, the pages with their counts, and the folders.

use egui::{Align2, FontId, Popup, Rect, Response, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo};

use strum::IntoEnumIterator as _;

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::navigation::Page;
use crate::app::state::settings::{Settings, ThemeChoice};
use crate::app::theme::{GAP_L, GAP_S, GAP_XS, TEXT, TEXT_SMALL, Tokens};
use crate::app::views::command_menu::command_menu_ui;
use crate::app::views::context::ViewContext;
use crate::app::widgets::counts::thousands;
use crate::app::widgets::icon::{self, Icon};
use crate::library::Counts;
use crate::vision::DeviceChoice;

/// Height of a line, in points.
const ROW: f32 = 28.0;

pub fn side_bar_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    questions: usize,
    settings: &Settings,
    devices: &[DeviceChoice],
) {
    library_menu_ui(ui, cx, settings, devices);
    ui.add_space(GAP_XS);
    ui.spacing_mut().item_spacing.y = 2.0;
    for page in Page::LISTED {
        page_row_ui(ui, cx, page, questions);
    }
    ui.add_space(GAP_S);
    ui.separator();
    ui.add_space(GAP_S);
    ui.horizontal(|ui| {
        ui.add_space(GAP_S);
        ui.label(cx.tokens.small("Folders"));
    });
    ScrollArea::vertical()
        .auto_shrink([false, true])
        .show(ui, |ui| {
            folders_ui(ui, cx);
            let add = row_ui(ui, cx.tokens, "+  Add folder", None, false);
            add.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Add folder"));
            if add
                .on_hover_text(UiCommand::AddFolder.tooltip_with_key(ui.ctx()))
                .clicked()
            {
                cx.push(Action::AddFolder);
            }
        });
}

fn page_row_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, page: Page, questions: usize) {
    let count = count_of(page, &cx.snapshot.counts, questions as u32);
    let row = row_ui(ui, cx.tokens, page.title(), Some(count), is_at(cx, page));
    let row = match command_of(page) {
        Some(command) => row.on_hover_text(command.tooltip_with_key(ui.ctx())),
        None => row,
    };
    if row.clicked() {
        cx.go(page);
    }
}

/// Whether this page is highlighted: a person's page belongs to People, a photo's to Photos.
fn is_at(cx: &ViewContext<'_>, page: Page) -> bool {
    let at = match cx.page {
        Page::Group(group_id) => cx.list_of(group_id),
        Page::Photo(_) => Page::Photos,
        other => other,
    };
    at == page
}

/// `questions`: the number of review questions that were read so far.
fn count_of(page: Page, counts: &Counts, questions: u32) -> u64 {
    u64::from(match page {
        Page::People => counts.people,
        Page::Unnamed => counts.unnamed,
        Page::Review => counts.suggested + questions,
        Page::Photos => counts.photos,
        Page::Ignored => counts.ignored,
        Page::Problems => counts.problems,
        Page::History | Page::Group(_) | Page::Photo(_) => 0,
    })
}

fn command_of(page: Page) -> Option<UiCommand> {
    Some(match page {
        Page::People => UiCommand::People,
        Page::Unnamed => UiCommand::Unnamed,
        Page::Review => UiCommand::Review,
        Page::Photos => UiCommand::Photos,
        Page::Ignored => UiCommand::Ignored,
        Page::Problems => UiCommand::Problems,
        Page::History => UiCommand::History,
        Page::Group(_) | Page::Photo(_) => return None,
    })
}

fn folders_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let roots = cx.snapshot.roots.clone();
    for root in roots.iter() {
        let name = root
            .path
            .file_name()
            .unwrap_or(root.path.as_os_str())
            .to_string_lossy();
        let row = row_ui(ui, cx.tokens, &name, None, false);
        row.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Folder {name}")));
        let row = row.on_hover_text(root.path.display().to_string());
        let mut action = row
            .clicked()
            .then(|| Action::ShowInFolder(root.path.clone()));
        row.context_menu(|ui| {
            if ui.button("Scan again").clicked() {
                action = Some(Action::ScanFolder(root.path.clone()));
            }
            if ui.button("Show in folder").clicked() {
                action = Some(Action::ShowInFolder(root.path.clone()));
            }
        });
        if let Some(action) = action {
            cx.push(action);
        }
    }
}

/// A line across the side bar: text on the left, a count on the right.
pub fn row_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &str,
    count: Option<u64>,
    selected: bool,
) -> Response {
    let (rect, response) =
        ui.allocate_exact_size(Vec2::new(ui.available_width(), ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, text));
    if let Some(count) = count {
        ui.ctx()
            .accesskit_node_builder(response.id, |node| node.set_description(thousands(count)));
    }
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let fill = if selected {
        Some(tokens.selected)
    } else {
        response.hovered().then_some(tokens.button)
    };
    if let Some(fill) = fill {
        ui.painter().rect_filled(rect, tokens.radius(), fill);
    }
    if response.has_focus() {
        let stroke = egui::Stroke::new(2.0, tokens.accent);
        ui.painter()
            .rect_stroke(rect, tokens.radius(), stroke, egui::StrokeKind::Inside);
    }
    let inner = rect.shrink2(Vec2::new(GAP_S, 0.0));
    let right = paint_count(ui, tokens, inner, count);
    let galley = egui::WidgetText::from(text).into_galley(
        ui,
        Some(egui::TextWrapMode::Truncate),
        right - inner.left(),
        FontId::proportional(TEXT),
    );
    let position = egui::pos2(inner.left(), rect.center().y - galley.size().y / 2.0);
    ui.painter().galley(position, galley, tokens.text);
    response
}

/// Paints the count at the right end; returns where the text must end.
fn paint_count(ui: &Ui, tokens: &Tokens, inner: Rect, count: Option<u64>) -> f32 {
    let Some(count) = count else {
        return inner.right();
    };
    let font = FontId::proportional(TEXT_SMALL);
    let painted = ui.painter().text(
        inner.right_center(),
        Align2::RIGHT_CENTER,
        thousands(count),
        font,
        tokens.text_weak,
    );
    painted.left() - GAP_S
}

fn library_menu_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    settings: &Settings,
    devices: &[DeviceChoice],
) {
    let name = cx
        .snapshot
        .library
        .file_stem()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let response = row_ui(ui, cx.tokens, "Library", None, false);
    let arrow = Rect::from_center_size(
        response.rect.right_center() - Vec2::new(GAP_L, 0.0),
        Vec2::splat(icon::SIDE),
    );
    Icon::Down.paint(ui.painter(), arrow, cx.tokens.text_weak);
    let chosen = Popup::menu(&response).show(|ui| {
        if !name.is_empty() {
            ui.label(cx.tokens.small(name));
        }
        library_lines_ui(ui, settings, devices)
    });
    if let Some(command) = chosen.and_then(|chosen| chosen.inner) {
        cx.push(Action::Run(command));
    }
}

fn library_lines_ui(
    ui: &mut Ui,
    settings: &Settings,
    devices: &[DeviceChoice],
) -> Option<UiCommand> {
    let chosen = command_menu_ui(
        ui,
        &[
            Some(UiCommand::OpenLibrary),
            Some(UiCommand::NewLibrary),
            None,
            Some(UiCommand::AddFolder),
            Some(UiCommand::ScanAll),
            Some(UiCommand::Export),
            None,
            Some(UiCommand::Undo),
            Some(UiCommand::Redo),
            Some(UiCommand::History),
            Some(UiCommand::Errors),
            None,
            Some(UiCommand::Palette),
            Some(UiCommand::Inspector),
            None,
        ],
    );
    let mut setting_chosen = None;
    for (choice, command, label) in [
        (ThemeChoice::System, UiCommand::ThemeSystem, "Theme: system"),
        (ThemeChoice::Light, UiCommand::ThemeLight, "Theme: light"),
        (ThemeChoice::Dark, UiCommand::ThemeDark, "Theme: dark"),
    ] {
        if ui.radio(settings.theme == choice, label).clicked() {
            setting_chosen = Some(command);
        }
    }
    let offered = |command: &UiCommand| command.device().is_some() && command.is_offered(devices);
    for (number, command) in UiCommand::iter().filter(offered).enumerate() {
        if number == 0 {
            ui.separator();
        }
        let chosen = command.device() == Some(settings.device);
        let line = ui.radio(chosen, command.label());
        if line.on_hover_text(command.tooltip()).clicked() {
            setting_chosen = Some(command);
        }
    }
    ui.separator();
    let quit = command_menu_ui(ui, &[Some(UiCommand::Quit)]);
    chosen.or(setting_chosen).or(quit)
}
