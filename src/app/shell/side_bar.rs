//! The side bar on the left: the library's menu, the pages with their counts, and the folders.

use egui::{Popup, Rect, ScrollArea, Ui, Vec2};

use strum::IntoEnumIterator as _;

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::shell::folders::folders_ui;
use crate::app::shell::side_row::{RowEnd, row_ui};
use crate::app::state::navigation::Page;
use crate::app::state::settings::{Settings, ThemeChoice};
use crate::app::theme::{GAP_L, GAP_S, GAP_XS};
use crate::app::views::command_menu::command_menu_ui;
use crate::app::views::context::ViewContext;
use crate::app::widgets::icon::{self, Icon};
use crate::library::Counts;
use crate::vision::DeviceChoice;

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
        let is_empty = count_of(page, &cx.snapshot.counts, 0) == 0;
        if !page.is_rare() || !is_empty || cx.page == page {
            page_row_ui(ui, cx, page, questions);
        }
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
        });
}

fn page_row_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, page: Page, questions: usize) {
    let count = count_of(page, &cx.snapshot.counts, questions as u32);
    let row = row_ui(
        ui,
        cx.tokens,
        page.title(),
        RowEnd::Count(count),
        is_at(cx, page),
    );
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
        Page::Away => counts.vanished,
        Page::Ignored => counts.ignored,
        Page::NotFound => counts.not_found,
        Page::Problems => counts.problems,
        Page::LeftOut | Page::History | Page::Group(_) | Page::Photo(_) => 0,
    })
}

fn command_of(page: Page) -> Option<UiCommand> {
    Some(match page {
        Page::People => UiCommand::People,
        Page::Unnamed => UiCommand::Unnamed,
        Page::Review => UiCommand::Review,
        Page::Photos => UiCommand::Photos,
        Page::Away => UiCommand::Away,
        Page::Ignored => UiCommand::Ignored,
        Page::NotFound => UiCommand::NotFound,
        Page::Problems => UiCommand::Problems,
        Page::LeftOut => UiCommand::LeftOut,
        Page::History => UiCommand::History,
        Page::Group(_) | Page::Photo(_) => return None,
    })
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
    let response = row_ui(ui, cx.tokens, "Library", RowEnd::Nothing, false);
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
            Some(UiCommand::LookAgain),
            Some(UiCommand::Migrate),
            Some(UiCommand::LeftOut),
            None,
            Some(UiCommand::NewPlace),
            Some(UiCommand::ForgetFolder),
            None,
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
