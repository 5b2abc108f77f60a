//! Faces that are ignored or marked as not a face, to look at again and restore.

use std::sync::Arc;

use egui::{Id, Rect, Response, Ui};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::cached::{Cached, Version};
use crate::app::state::queries::MarkedFaces;
use crate::app::state::selection::Shown;
use crate::app::views::command_menu::command_buttons_ui;
use crate::app::views::context::ViewContext;
use crate::app::views::face_commands::{face_menu_ui, photos_of};
use crate::app::views::face_tile::{FaceTile, face_tile_ui};
use crate::app::views::selection_bar::selection_bar_ui;
use crate::app::views::tile_grid::face_measures;
use crate::app::views::tile_grid::{Tile, TileGrid, Tiles, tile_grid_ui};
use crate::app::widgets::empty::{empty_ui, reading_ui};
use crate::app::widgets::grid::Section;
use crate::app::widgets::section_header::section_header_ui;
use crate::library::{FaceId, FaceRow};

/// What the page remembers: its faces in their order.
pub type IgnoredState = Cached<Version<MarkedFaces>, Arc<[FaceId]>>;

pub fn prepare(cx: &mut ViewContext<'_>, state: &mut IgnoredState) -> Shown {
    let marked = cx.queries.ignored();
    marked.map_or(Shown::Nothing, |marked| {
        Shown::Faces(order_of(state, &marked))
    })
}

fn order_of(state: &mut IgnoredState, marked: &Arc<MarkedFaces>) -> Arc<[FaceId]> {
    let order = state.get(Version::of(marked), |marked| {
        all(&marked.0).map(|face| face.face_id).collect()
    });
    order.clone()
}

pub fn ignored_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut IgnoredState) {
    let Some(marked) = cx.queries.ignored() else {
        return reading_ui(ui, "Reading the ignored faces…");
    };
    let order = order_of(state, &marked);
    take_commands(cx, &marked);
    if order.is_empty() {
        let message = "Faces of strangers that you ignore (I) and detections that are not a face (Shift+Del) are kept here. Nothing is deleted.";
        return empty_ui(ui, "No ignored faces", message, |_| {});
    }
    grid_ui(ui, cx, &marked, &order);
}

fn all(marked: &MarkedFaces) -> impl Iterator<Item = &FaceRow> {
    marked.ignored.iter().chain(&marked.not_a_face)
}

fn take_commands(cx: &mut ViewContext<'_>, marked: &MarkedFaces) {
    if let Some(face_id) = cx.selection.faces.cursor()
        && (cx.take(UiCommand::WholePhoto) || cx.take(UiCommand::Open))
    {
        open(cx, marked, face_id);
    }
}

fn open(cx: &mut ViewContext<'_>, marked: &MarkedFaces, face_id: FaceId) {
    if let Some(face) = all(marked).find(|face| face.face_id == face_id) {
        cx.push(Action::OpenPhoto {
            photo_id: face.photo_id,
            among: photos_of(all(marked)),
        });
    }
}

fn grid_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, marked: &MarkedFaces, order: &[FaceId]) {
    let counts = [marked.ignored.len(), marked.not_a_face.len()];
    let page = ui.available_rect_before_wrap();
    let grid = TileGrid {
        id: Id::unique("ignored"),
        measures: face_measures(cx, 40.0),
        sections: &counts.map(Section::headed),
        order,
        band_over_tiles: true,
        scroll_to: None,
    };
    let mut tiles = MarkedTiles { counts };
    let opened = tile_grid_ui(
        ui,
        cx,
        &grid,
        |selections| &mut selections.faces,
        &mut tiles,
    );
    if let Some(face_id) = opened {
        open(cx, marked, face_id);
    }
    selection_bar_ui(ui, cx, page, |ui, cx| {
        let buttons = [
            (UiCommand::Restore, "Restore"),
            (UiCommand::Escape, "Clear"),
        ];
        command_buttons_ui(ui, cx, &buttons);
    });
}

struct MarkedTiles {
    counts: [usize; 2],
}

impl Tiles<FaceId> for MarkedTiles {
    fn header_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, section: usize, rect: Rect) {
        let word = if section == 0 {
            "Ignored"
        } else {
            "Not a face"
        };
        section_header_ui(ui, cx.tokens, rect, word, self.counts[section]);
    }

    fn tile_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, tile: &Tile<FaceId>) -> Response {
        let shown = face_tile_ui(ui, cx.pictures, &FaceTile::of(tile));
        face_menu_ui(
            &shown.response,
            cx,
            &[Some(UiCommand::Restore), Some(UiCommand::WholePhoto)],
        );
        shown.response
    }
}
