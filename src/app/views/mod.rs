//! The pages of the window, one file or folder each.
//!
//! A view reads its [`ViewContext`], draws, and pushes actions; it never writes to the library. It takes the
//! [`UiCommand`](crate::app::commands::ui_command::UiCommand)s that concern it.

pub mod command_menu;
pub mod context;
pub mod face_commands;
pub mod face_tile;
pub mod file_row;
pub mod gone_folders;
pub mod group;
pub mod history;
pub mod ignored;
pub mod left_out;
pub mod name_field;
pub mod naming;
pub mod not_found;
pub mod nothing_found;
pub mod people;
pub mod photo;
pub mod photos;
pub mod problems;
pub mod review;
pub mod selection_bar;
pub mod tile_grid;

use egui::Ui;

use crate::app::state::navigation::Page;
use crate::app::state::queries::Queries;
use crate::app::state::selection::Shown;
use crate::app::views::context::ViewContext;
use crate::library::GroupId;

/// What views remember between frames.
#[derive(Debug, Default)]
pub struct ViewState {
    people: people::PeopleState,
    group: group::GroupState,
    history: history::HistoryState,
    ignored: ignored::IgnoredState,
    left_out: left_out::LeftOutState,
    not_found: not_found::NotFoundState,
    photo: photo::PhotoState,
    photos: photos::PhotosState,
    problems: problems::ProblemsState,
    review: review::ReviewState,
}

impl ViewState {
    /// Opens the split slider the next time the page of this group is shown.
    pub fn open_split(&mut self, group_id: GroupId) {
        self.group.open_split(group_id);
    }

    /// The number of review questions that were read so far.
    pub fn waiting_questions(&mut self, queries: &Queries) -> usize {
        self.review.waiting_questions(queries)
    }
}

/// Computes the items that the page shows, before anything is drawn: only these can be selected and changed.
pub fn prepare(ctx: &egui::Context, cx: &mut ViewContext<'_>, state: &mut ViewState) {
    let shown = match cx.page {
        Page::People => people::prepare(ctx, cx, &mut state.people, false),
        Page::Unnamed => people::prepare(ctx, cx, &mut state.people, true),
        Page::Review => review::prepare(cx, &mut state.review),
        Page::Photos => photos::prepare(cx, &mut state.photos, false),
        Page::Away => photos::prepare(cx, &mut state.photos, true),
        Page::Ignored => ignored::prepare(cx, &mut state.ignored),
        Page::Group(group_id) => group::prepare(ctx, cx, &mut state.group, group_id),
        Page::Photo(photo_id) => photo::prepare(cx, &mut state.photo, photo_id),
        Page::NotFound | Page::Problems | Page::LeftOut | Page::History => Shown::Nothing,
    };
    cx.selection.show(&shown);
}

/// Draws the page, filling `ui`.
pub fn page_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut ViewState) {
    match cx.page {
        Page::People => people::people_ui(ui, cx, &mut state.people, false),
        Page::Unnamed => people::people_ui(ui, cx, &mut state.people, true),
        Page::Review => review::review_ui(ui, cx, &mut state.review),
        Page::Photos => photos::photos_ui(ui, cx, &mut state.photos, false),
        Page::Away => photos::photos_ui(ui, cx, &mut state.photos, true),
        Page::Ignored => ignored::ignored_ui(ui, cx, &mut state.ignored),
        Page::NotFound => not_found::not_found_ui(ui, cx, &mut state.not_found),
        Page::LeftOut => left_out::left_out_ui(ui, cx, &mut state.left_out),
        Page::Problems => problems::problems_ui(ui, cx, &mut state.problems),
        Page::History => history::history_ui(ui, cx, &mut state.history),
        Page::Group(group_id) => group::group_ui(ui, cx, &mut state.group, group_id),
        Page::Photo(photo_id) => photo::photo_ui(ui, cx, &mut state.photo, photo_id),
    }
}
