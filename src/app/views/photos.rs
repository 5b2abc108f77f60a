//! Photos by year, as a grid of thumbnails: those that are there, or those that are away. The search finds file names and
//! the people in the photos.

use std::collections::HashSet;
use std::sync::Arc;

use egui::{Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::cached::{Cached, Version};
use crate::app::state::queries::{GroupDetails, PhotoList};
use crate::app::state::selection::Shown;
use crate::app::theme::GAP_XS;
use crate::app::views::command_menu::command_buttons_ui;
use crate::app::views::context::ViewContext;
use crate::app::views::face_tile::paint_presence;
use crate::app::views::gone_folders::gone_folders_ui;
use crate::app::views::nothing_found::{add_folder_ui, no_match_ui};
use crate::app::views::tile_grid::{Tile, TileGrid, Tiles, tile_grid_ui};
use crate::app::widgets::dates::day;
use crate::app::widgets::empty::{empty_ui, reading_ui};
use crate::app::widgets::grid::{GridMeasures, Section};
use crate::app::widgets::picture::paint_fitting;
use crate::app::widgets::section_header::section_header_ui;
use crate::app::widgets::years::year_sections;
use crate::library::{GroupId, PhotoId, PhotoRow, Presence};
use crate::text::search_key;

/// Maximum number of people whose photos a search includes: a search for one letter would otherwise read everybody.
const MAX_PEOPLE: usize = 8;
/// A year with fewer photos shares its section with the next.
const MIN_PHOTOS_OF_YEAR: usize = 12;

/// What the page remembers.
#[derive(Debug, Default)]
pub struct PhotosState {
    people: Cached<(u64, String), Vec<GroupId>>,
    found: Cached<Source, Found>,
}

/// The source of the matching photos; `people` are those whose names match the search.
#[derive(Debug, PartialEq)]
struct Source {
    list: Version<PhotoList>,
    away: bool,
    search: String,
    people: Vec<Version<GroupDetails>>,
}

/// The photos in the order they are drawn in.
#[derive(Clone, Debug)]
struct Found {
    list: Arc<PhotoList>,
    away: bool,
    order: Arc<[PhotoId]>,
    /// For each cell, the row of its photo in the list.
    rows: Arc<[usize]>,
    years: Arc<[(String, usize)]>,
}

/// The photos that match the search; `None` while they are being read.
fn found(cx: &mut ViewContext<'_>, state: &mut PhotosState, away: bool) -> Option<Found> {
    let list = cx.queries.photos()?;
    let source = Source {
        list: Version(list),
        away,
        search: cx.search.to_owned(),
        people: details_of_people(cx, state),
    };
    Some(state.found.get(source, find).clone())
}

/// The photos shown; with `away`, those whose file did not exist at the last scan.
pub fn prepare(cx: &mut ViewContext<'_>, state: &mut PhotosState, away: bool) -> Shown {
    found(cx, state, away).map_or(Shown::Nothing, |found| Shown::Photos(found.order))
}

pub fn photos_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut PhotosState, away: bool) {
    let Some(found) = found(cx, state, away) else {
        return reading_ui(ui, "Reading the photos…");
    };
    take_commands(cx, &found);
    gone_folders_ui(ui, cx);
    if found.order.is_empty() {
        nothing_ui(ui, cx, away);
    } else {
        grid_ui(ui, cx, &found);
    }
}

fn find(source: &Source) -> Found {
    let photos = rows_of(&source.list.0, source.away);
    let people = source.people.iter();
    let with_people: HashSet<PhotoId> = people
        .flat_map(|details| {
            let away = details.0.away.iter().map(|face| face.photo_id);
            details.0.photos.iter().copied().chain(away)
        })
        .collect();
    let words: Vec<&str> = source.search.split_whitespace().collect();
    let is_found = |photo: &PhotoRow| {
        if words.is_empty() || with_people.contains(&photo.photo_id) {
            return true;
        }
        let path = search_key(&photo.shown_path());
        words.iter().all(|word| path.contains(word))
    };
    let rows: Arc<[usize]> = (0..photos.len())
        .filter(|row| is_found(&photos[*row]))
        .collect();
    let taken = rows.iter().map(|row| photos[*row].taken.as_deref());
    let years = year_sections(taken, MIN_PHOTOS_OF_YEAR);
    Found {
        list: source.list.0.clone(),
        away: source.away,
        order: rows.iter().map(|row| photos[*row].photo_id).collect(),
        rows,
        years: years.into(),
    }
}

fn rows_of(list: &PhotoList, away: bool) -> &[PhotoRow] {
    if away {
        &list.away.rows
    } else {
        &list.present.rows
    }
}

/// The data of the people whose names match the search.
fn details_of_people(
    cx: &mut ViewContext<'_>,
    state: &mut PhotosState,
) -> Vec<Version<GroupDetails>> {
    if cx.search.is_empty() {
        return Vec::new();
    }
    let source = (cx.snapshot.version, cx.search.to_owned());
    let people = state.people.get(source, |_| {
        let found = cx
            .snapshot
            .people()
            .filter(|person| cx.matches_search(person));
        found
            .map(|person| person.group_id)
            .take(MAX_PEOPLE)
            .collect()
    });
    let details = people.iter().filter_map(|person| cx.queries.group(*person));
    details.map(Version).collect()
}

fn take_commands(cx: &mut ViewContext<'_>, found: &Found) {
    let Some(photo_id) = cx
        .selection
        .photos
        .cursor()
        .or_else(|| cx.selection.photos.iter().next())
    else {
        return;
    };
    // A photo has no name to type, so Enter opens it.
    if cx.take(UiCommand::Open) || cx.take(UiCommand::WholePhoto) || cx.take(UiCommand::Name) {
        cx.push(Action::OpenPhoto {
            photo_id,
            among: found.order.clone(),
        });
    }
}

fn grid_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, found: &Found) {
    let measures = GridMeasures {
        min_cell_width: cx.card_size * 1.25,
        height_per_width: 0.75,
        extra_height: 0.0,
        gap: GAP_XS,
        header_height: 40.0,
    };
    let years = found.years.iter();
    let sections: Vec<_> = years.map(|(_, cells)| Section::headed(*cells)).collect();
    let grid = TileGrid {
        id: Id::unique("photos"),
        measures,
        sections: &sections,
        order: &found.order,
        band_over_tiles: true,
        scroll_to: None,
    };
    let mut tiles = PhotoTiles { found };
    let opened = tile_grid_ui(
        ui,
        cx,
        &grid,
        |selections| &mut selections.photos,
        &mut tiles,
    );
    if let Some(photo_id) = opened {
        cx.push(Action::OpenPhoto {
            photo_id,
            among: found.order.clone(),
        });
    }
}

struct PhotoTiles<'a> {
    found: &'a Found,
}

impl PhotoTiles<'_> {
    fn row(&self, cell: usize) -> Option<&PhotoRow> {
        let rows = rows_of(&self.found.list, self.found.away);
        rows.get(*self.found.rows.get(cell)?)
    }
}

impl Tiles<PhotoId> for PhotoTiles<'_> {
    fn header_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, section: usize, rect: Rect) {
        if let Some((year, count)) = self.found.years.get(section) {
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
                format!("Photo {}", photo.shown_path()),
            )
        });
        let picture = cx.pictures.photo_thumbnail(tile.item);
        paint_fitting(ui.painter(), tokens, tile.rect, picture, tile.selected);
        if photo.vanished {
            paint_presence(ui, tokens, tile.rect, Presence::Away);
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
        let is_away = photo.vanished;
        let tooltip = match &photo.taken {
            Some(taken) => format!("{}\n{}", photo.shown_path(), day(taken)),
            None => photo.shown_path().into_owned(),
        };
        let among = self.found.order.clone();
        let photo_id = tile.item;
        response.context_menu(|ui| {
            if ui.button("Open").clicked() {
                cx.push(Action::OpenPhoto { photo_id, among });
            }
            if is_away {
                return;
            }
            command_buttons_ui(
                ui,
                cx,
                &[(UiCommand::LookAgain, UiCommand::LookAgain.label())],
            );
            if ui.button("Show in folder").clicked() {
                cx.push(Action::ShowInFolder(path));
            }
        });
        response.on_hover_text(tooltip)
    }
}

fn nothing_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, away: bool) {
    if !cx.search.is_empty() {
        let message = format!(
            "No file name and no person in a photo contains “{}”.",
            cx.search
        );
        return no_match_ui(ui, cx, "No photo found", &message);
    }
    if away {
        let message = "Every photo was there at the last scan. A photo that is deleted, or on a drive that is not connected, \
                       is listed here and keeps its people; it comes back by itself when a scan finds it again.";
        return empty_ui(ui, "No photo is away", message, |_| {});
    }
    add_folder_ui(
        ui,
        cx,
        "No photos yet",
        "Add a folder: its photos appear here while they are scanned.",
    );
}
