//! A group's page: header, suggestions, and all faces by year; or, while it is being split, its pieces.

mod faces;
mod header;
mod split;

use egui::{Ui, UiBuilder, vec2};

use crate::app::commands::ui_command::UiCommand;
use crate::app::state::selection::Shown;
use crate::app::theme::GAP_L;
use crate::app::views::context::ViewContext;
use crate::app::views::face_commands::take_answers;
use crate::app::widgets::empty::{empty_ui, reading_ui};
use crate::library::{FaceId, GroupId};

/// What the page remembers.
#[derive(Debug, Default)]
pub struct GroupState {
    /// The group drawn last, and the number of egui's pass.
    shown: Option<GroupId>,
    shown_in: u64,
    split: Option<split::SplitState>,
    face_order: faces::FaceOrder,
    scroll_to: Option<FaceId>,
}

impl GroupState {
    /// Opens the split slider the next time the page of this group is shown.
    pub fn open_split(&mut self, group_id: GroupId) {
        self.split = Some(split::SplitState::new(group_id));
    }
}

/// Sorts the faces; they are what the page shows, unless the group is being split.
pub fn prepare(
    ctx: &egui::Context,
    cx: &mut ViewContext<'_>,
    state: &mut GroupState,
    group_id: GroupId,
) -> Shown {
    let pass = ctx.cumulative_pass_nr();
    let comes_back = pass > state.shown_in + 1;
    state.shown_in = pass;
    if state.shown != Some(group_id) || comes_back {
        state.shown = Some(group_id);
        state.split = state.split.take_if(|split| split.is_new_for(group_id));
        cx.selection.faces.clear();
    }
    match cx.queries.group(group_id) {
        Some(details) => {
            state.face_order.prepare(cx, group_id, &details);
            if state.split.is_none() {
                Shown::Faces(state.face_order.order())
            } else {
                Shown::Nothing
            }
        }
        None => Shown::Nothing,
    }
}

pub fn group_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut GroupState, group_id: GroupId) {
    match cx.queries.group(group_id) {
        Some(_) => {
            take_commands(cx, state, group_id);
            header::header_ui(ui, cx, group_id, &mut state.split);
            page_ui(ui, cx, group_id, state);
        }
        None => {
            header::header_ui(ui, cx, group_id, &mut state.split);
            reading_ui(ui, "Reading the faces of this group…");
        }
    }
}

fn page_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, group_id: GroupId, state: &mut GroupState) {
    let page = ui.available_rect_before_wrap();
    if let Some(split) = &mut state.split {
        let inner = page.shrink2(vec2(GAP_L, 0.0)).with_max_x(page.right());
        let area = UiBuilder::new().max_rect(inner);
        if ui
            .scope_builder(area, |ui| split::split_ui(ui, cx, split))
            .inner
        {
            state.split = None;
        }
    } else if state.face_order.is_empty() {
        let message = "Its faces were moved, ignored or removed. Undo (Ctrl+Z) brings them back.";
        empty_ui(ui, "No faces in this group", message, |_| {});
    } else {
        faces::faces_ui(ui, cx, group_id, &state.face_order, state.scroll_to.take());
    }
    if state.split.is_none() {
        faces::face_bar_ui(ui, cx, group_id, &mut state.face_order, page);
    }
}

fn take_commands(cx: &mut ViewContext<'_>, state: &mut GroupState, group_id: GroupId) {
    if state.split.is_some() {
        if cx.take(UiCommand::Escape) || cx.take(UiCommand::Split) {
            state.split = None;
        }
        return;
    }
    if let Some(face_id) = take_answers(cx, state.face_order.suggested()) {
        state.scroll_to = Some(face_id);
    }
    if cx.selection.faces.is_empty() && cx.take(UiCommand::Split) {
        state.open_split(group_id);
    }
}
