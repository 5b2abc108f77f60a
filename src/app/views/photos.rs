//! All photos by year, as a grid of thumbnails; the search finds files by name and photos by who is in them.

use std::collections::HashSet;
use std::sync::Arc;

use egui::{
    Id, Rect, Response, Role, Sense, Stroke, StrokeKind, TextStyle, Ui, UiBuilder, WidgetInfo, vec2,
};

use crate::app::action::Action;
use crate::app::context::ViewContext;
use crate::app::details::PhotoList;
use crate::app::tokens::{GAP_L, GAP_S, GAP_XS, ON_PHOTO};
use crate::app::ui_command::UiCommand;
use crate::app::views::people::section_header_ui;
use crate::app::widgets::command_menu::primary_button_ui;
use crate::app::widgets::dates::day;
use crate::app::widgets::empty::{empty_ui, reading_ui};
use crate::app::widgets::grid::{GridLayout, GridMeasures, Section};
use crate::app::widgets::picture::paint_fitting;
use crate::app::widgets::tile_grid::{Tile, TileGrid, Tiles, tile_grid_ui};
use crate::app::widgets::years::year_sections;
use crate::library::{GroupId, PhotoId, PhotoRow};

/// People whose photos a search looks into, at most: a search for one letter would read everybody.
const MOST_PEOPLE: usize = 8;
/// A year with fewer shares its section with the next.
const LEAST_PHOTOS_OF_YEAR: usize = 12;

/// The photos in the order they are drawn in, made anew when they or the search change.
#[derive(Debug, Default)]
pub struct PhotosState {
    source: Option<Arc<PhotoList>>,
    search: String,
    /// Number of photos of the people found, to notice when more of them have been read.
    in_photos: usize,
    order: Arc<[PhotoId]>,
    rows: Vec<usize>,
    years: Vec<(String, usize)>,
}

/// Draws the page.
pub fn photos_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let Some(list) = cx.details.photos() else {
        return reading_ui(ui, "Reading the photos…");
    };
    let mut state = std::mem::take(&mut cx.view_state.photos);
    prepare(cx, &mut state, &list);
    cx.selection
        .photos
        .retain(|photo_id| state.order.contains(&photo_id));
    take_commands(cx, &state);
    if state.order.is_empty() {
        nothing_ui(ui, cx);
    } else {
        grid_ui(ui, cx, &state);
    }
    cx.view_state.photos = state;
}

fn prepare(cx: &mut ViewContext<'_>, state: &mut PhotosState, list: &Arc<PhotoList>) {
    let with_people = photos_of_people(cx);
    let same = state
        .source
        .as_ref()
        .is_some_and(|source| Arc::ptr_eq(source, list));
    if same && state.search == cx.search && state.in_photos == with_people.len() {
        return;
    }
    let found = |photo: &PhotoRow| {
        let path = photo.path.to_lowercase();
        cx.search.split_whitespace().all(|word| path.contains(word))
            || with_people.contains(&photo.photo_id)
    };
    state.rows = (0..list.photos.len())
        .filter(|row| found(&list.photos[*row]))
        .collect();
    state.order = state
        .rows
        .iter()
        .map(|row| list.photos[*row].photo_id)
        .collect();
    let taken = state
        .rows
        .iter()
        .map(|row| list.photos[*row].taken.as_deref());
    state.years = year_sections(taken, LEAST_PHOTOS_OF_YEAR);
    state.search = cx.search.to_owned();
    state.in_photos = with_people.len();
    state.source = Some(list.clone());
}

/// Photos with people whose names the search means.
fn photos_of_people(cx: &mut ViewContext<'_>) -> HashSet<PhotoId> {
    if cx.search.is_empty() {
        return HashSet::new();
    }
    let people: Vec<GroupId> = cx
        .snapshot
        .people()
        .filter(|person| cx.matches_search(person))
        .map(|person| person.group_id)
        .take(MOST_PEOPLE)
        .collect();
    people
        .into_iter()
        .filter_map(|person| cx.details.group(person))
        .flat_map(|details| details.photos.to_vec())
        .collect()
}

fn take_commands(cx: &mut ViewContext<'_>, state: &PhotosState) {
    let Some(photo_id) = cx
        .selection
        .photos
        .cursor()
        .or_else(|| cx.selection.photos.iter().next())
    else {
        return;
    };
    // Enter names elsewhere; a photo has no name to type.
    if cx.take(UiCommand::Open) || cx.take(UiCommand::WholePhoto) || cx.take(UiCommand::Name) {
        cx.push(Action::OpenPhoto {
            photo_id,
            among: state.order.clone(),
        });
    }
}

fn grid_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &PhotosState) {
    let measures = GridMeasures {
        min_cell_width: cx.card_size * 1.25,
        height_per_width: 0.75,
        extra_height: 0.0,
        gap: GAP_XS,
        header_height: 40.0,
    };
    let sections: Vec<_> = state
        .years
        .iter()
        .map(|(_, cells)| Section {
            cells: *cells,
            has_header: true,
        })
        .collect();
    let page = ui.available_rect_before_wrap();
    let width = page.width() - ui.spacing().scroll.allocated_width() - 2.0 * GAP_L;
    let layout = GridLayout::new(width, &measures, &sections);
    let grid = TileGrid {
        id: Id::unique("photos"),
        layout: &layout,
        order: &state.order,
        band_over_tiles: true,
        scroll_to: None,
        scroll_offset: None,
    };
    let mut selection = std::mem::take(&mut cx.selection.photos);
    let inner = page.shrink2(vec2(GAP_L, 0.0)).with_max_x(page.right());
    let output = ui
        .scope_builder(UiBuilder::new().max_rect(inner), |ui| {
            tile_grid_ui(ui, cx, &grid, &mut selection, &mut PhotoTiles { state })
        })
        .inner;
    cx.selection.photos = selection;
    if let Some(photo_id) = output.opened {
        cx.push(Action::OpenPhoto {
            photo_id,
            among: state.order.clone(),
        });
    }
}

struct PhotoTiles<'a> {
    state: &'a PhotosState,
}

impl PhotoTiles<'_> {
    fn row(&self, cell: usize) -> Option<&PhotoRow> {
        self.state
            .source
            .as_ref()?
            .photos
            .get(*self.state.rows.get(cell)?)
    }
}

impl Tiles<PhotoId> for PhotoTiles<'_> {
    fn header_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, section: usize, rect: Rect) {
        if let Some((year, count)) = self.state.years.get(section) {
            section_header_ui(ui, cx.tokens, rect, year, *count);
        }
    }

    fn tile_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, tile: &Tile<PhotoId>) -> Response {
        let tokens = cx.tokens;
        let response = ui.interact(tile.rect, ui.scope_id().with(tile.item), Sense::click());
        let Some(photo) = self.row(tile.cell) else {
            return response;
        };
        response.widget_info(|| {
            WidgetInfo::selected(
                Role::Button,
                true,
                tile.selected,
                format!("Photo {}", photo.path),
            )
        });
        let picture = cx.textures.photo_thumbnail(tile.item);
        paint_fitting(ui.painter(), tokens, tile.rect, picture, tile.selected);
        if photo.vanished {
            let font = TextStyle::Small.resolve(ui.style());
            ui.painter()
                .rect_filled(tile.rect, tokens.radius(), tokens.scrim);
            ui.painter().text(
                tile.rect.left_bottom() + vec2(GAP_S, -GAP_XS),
                egui::Align2::LEFT_BOTTOM,
                "file is gone",
                font,
                ON_PHOTO,
            );
        }
        if response.hovered() || response.has_focus() || tile.cursor && !tile.selected {
            ui.painter().rect_stroke(
                tile.rect,
                tokens.radius(),
                Stroke::new(1.5, tokens.text_weak),
                StrokeKind::Inside,
            );
        }
        let path = photo.absolute();
        let tooltip = match &photo.taken {
            Some(taken) => format!("{}\n{}", photo.path, day(taken)),
            None => photo.path.clone(),
        };
        let among = self.state.order.clone();
        let photo_id = tile.item;
        response.context_menu(|ui| {
            if ui.button("Open").clicked() {
                cx.push(Action::OpenPhoto { photo_id, among });
            }
            if ui.button("Show in folder").clicked() {
                cx.push(Action::ShowInFolder(path));
            }
        });
        response.on_hover_text(tooltip)
    }
}

fn nothing_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    if !cx.search.is_empty() {
        let sentence = format!(
            "No file name and no person in a photo holds “{}”.",
            cx.search
        );
        return empty_ui(ui, "No photo found", &sentence, |ui| {
            if ui.button("Clear the search").clicked() {
                cx.push(Action::SetSearch(String::new()));
            }
        });
    }
    empty_ui(
        ui,
        "No photos yet",
        "Add a folder: its photos show up here while they are scanned.",
        |ui| {
            if primary_button_ui(ui, "Add folder…")
                .on_hover_text(UiCommand::AddFolder.tooltip_with_key(ui.ctx()))
                .clicked()
            {
                cx.push(Action::AddFolder);
            }
        },
    );
}
