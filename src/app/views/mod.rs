//! The places of the window, one file or folder each.
//!
//! A view reads what [`ViewContext`] hands it, draws, and pushes actions; it never writes to the library. Commands
//! from keys, menus and the palette reach it as [`UiCommand`](crate::app::commands::ui_command::UiCommand)s that it takes.

pub mod command_menu;
pub mod context;
pub mod face_commands;
pub mod face_tile;
pub mod group;
pub mod history;
pub mod ignored;
pub mod name_field;
pub mod naming;
pub mod people;
pub mod photo;
pub mod photos;
pub mod problems;
pub mod review;
pub mod tile_grid;

use egui::Ui;

use crate::app::state::navigation::Place;
use crate::app::state::selection::Shown;
use crate::app::views::context::ViewContext;

/// What views must remember between frames; the shell keeps it and does not look inside.
#[derive(Debug, Default)]
pub struct ViewState {
    people: people::PeopleState,
    group: group::GroupState,
    history: history::HistoryState,
    ignored: ignored::IgnoredState,
    naming: naming::NamingState,
    photo: photo::PhotoState,
    photos: photos::PhotosState,
    problems: problems::ProblemsState,
    review: review::ReviewState,
}

/// Works out what the place shows, before anything is drawn: only that is selected and can be acted on.
pub fn prepare(ctx: &egui::Context, cx: &mut ViewContext<'_>) {
    let shown = match cx.place {
        Place::People => people::prepare(ctx, cx, false),
        Place::Unnamed => people::prepare(ctx, cx, true),
        Place::Review => review::prepare(cx),
        Place::Photos => photos::prepare(cx),
        Place::Ignored => ignored::prepare(cx),
        Place::Group(group_id) => group::prepare(ctx, cx, group_id),
        Place::Photo(photo_id) => photo::prepare(cx, photo_id),
        Place::Problems | Place::History => Shown::Nothing,
    };
    cx.selection.show(&shown);
}

/// Draws the place the window is at, filling `ui`.
pub fn place_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    match cx.place {
        Place::People => people::people_ui(ui, cx, false),
        Place::Unnamed => people::people_ui(ui, cx, true),
        Place::Review => review::review_ui(ui, cx),
        Place::Photos => photos::photos_ui(ui, cx),
        Place::Ignored => ignored::ignored_ui(ui, cx),
        Place::Problems => problems::problems_ui(ui, cx),
        Place::History => history::history_ui(ui, cx),
        Place::Group(group_id) => group::group_ui(ui, cx, group_id),
        Place::Photo(photo_id) => photo::photo_ui(ui, cx, photo_id),
    }
}
