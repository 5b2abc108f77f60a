//! A scrolled grid of tiles that can be selected by click, Shift, Ctrl, rubber band and keyboard.
//!
//! Only the tiles in view are drawn. The caller ([`Tiles`]) draws a tile and its menu. While the grid is drawn, the
//! selection is not in the context; each [`Tile`] says whether it is selected.

use std::hash::Hash;

use egui::{
    CursorIcon, Id, Modifiers, Pos2, Rect, Response, ScrollArea, Sense, Stroke, StrokeKind, Ui,
    UiBuilder, vec2,
};

use crate::app::commands::ui_command::UiCommand;
use crate::app::state::selection::{Selection, Selections};
use crate::app::theme::{GAP_L, GAP_S, Tokens};
use crate::app::views::context::ViewContext;
use crate::app::widgets::grid::{GridLayout, GridMeasures, Section, Step};

/// Empty space under the last row, in points, so that the selection bar covers no tile.
const FOOT_HEIGHT: f32 = 72.0;

#[derive(Debug, Clone, Copy)]
pub struct Tile<Item> {
    pub item: Item,
    pub cell: usize,
    /// On the screen.
    pub rect: Rect,
    pub selected: bool,
    /// Whether the keyboard's cursor is on this tile.
    pub cursor: bool,
}

/// Draws the tiles of a grid.
pub trait Tiles<Item> {
    /// Draws a section's header in `rect`.
    fn header_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, section: usize, rect: Rect);
    /// Draws one tile; its response handles clicks and may have a context menu.
    fn tile_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, tile: &Tile<Item>) -> Response;
    /// Draws behind the tiles.
    fn background_ui(&mut self, _ui: &mut Ui, _layout: &GridLayout, _content_min: Pos2) {}
}

/// A page of tiles.
#[derive(Debug, Clone, Copy)]
pub struct TileGrid<'a, Item> {
    pub id: Id,
    pub measures: GridMeasures,
    pub sections: &'a [Section],
    /// The item of each cell.
    pub order: &'a [Item],
    /// A drag that begins on a tile also draws a rubber band; otherwise the tile handles it.
    pub band_over_tiles: bool,
    /// Scroll to this item.
    pub scroll_to: Option<Item>,
}

/// The measures of a grid of square face tiles.
pub fn face_measures(cx: &ViewContext<'_>, header_height: f32) -> GridMeasures {
    GridMeasures {
        min_cell_width: cx.card_size,
        height_per_width: 1.0,
        extra_height: 0.0,
        gap: GAP_S,
        header_height,
    }
}

/// Draws the tiles, filling `ui`, and updates the selection; returns the item that was double-clicked.
pub fn tile_grid_ui<Item: Copy + Ord + Hash>(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    grid: &TileGrid<'_, Item>,
    selection_of: fn(&mut Selections) -> &mut Selection<Item>,
    tiles: &mut impl Tiles<Item>,
) -> Option<Item> {
    let page = ui.available_rect_before_wrap();
    let inner = page.shrink2(vec2(GAP_L, 0.0)).with_max_x(page.right());
    let width = inner.width() - ui.spacing().scroll.allocated_width() - GAP_L;
    let layout = GridLayout::new(width, &grid.measures, grid.sections);
    let mut selection = std::mem::take(selection_of(cx.selection));
    let opened = ui
        .scope_builder(UiBuilder::new().max_rect(inner), |ui| {
            scrolled_ui(ui, cx, grid, &layout, &mut selection, tiles)
        })
        .inner;
    *selection_of(cx.selection) = selection;
    opened
}

/// The part of the grid that is visible.
struct View<'a> {
    layout: &'a GridLayout,
    /// In the grid's content.
    viewport: Rect,
    /// The top left corner of the content on the screen.
    content_min: Pos2,
}

fn scrolled_ui<Item: Copy + Ord + Hash>(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    grid: &TileGrid<'_, Item>,
    layout: &GridLayout,
    selection: &mut Selection<Item>,
    tiles: &mut impl Tiles<Item>,
) -> Option<Item> {
    let page_height = ui.available_height();
    let moved_to = keyboard(cx, grid, layout, selection, page_height);
    let area = ScrollArea::vertical().id_salt(grid.id).auto_shrink(false);
    let shown = area.show_viewport(ui, |ui, viewport| {
        let content_min = ui.max_rect().min;
        ui.set_min_size(layout.size() + vec2(0.0, FOOT_HEIGHT));
        tiles.background_ui(ui, layout, content_min);
        let background = background_ui(ui, grid, selection, viewport, content_min);
        let view = View {
            layout,
            viewport,
            content_min,
        };
        headers_ui(ui, cx, &view, tiles);
        let opened = tiles_ui(ui, cx, grid, &view, selection, tiles);
        band_ui(ui, grid, layout, selection, &background, content_min);
        for item in [moved_to, grid.scroll_to].into_iter().flatten() {
            if let Some(rect) = grid
                .order
                .iter()
                .position(|other| *other == item)
                .and_then(|cell| layout.cell_rect(cell))
            {
                ui.scroll_to_rect(rect.translate(content_min.to_vec2()).expand(12.0), None);
            }
        }
        opened
    });
    shown.inner
}

/// Handles arrow keys, Home, End, page keys and Select all; returns the item to scroll to.
fn keyboard<Item: Copy + Ord>(
    cx: &mut ViewContext<'_>,
    grid: &TileGrid<'_, Item>,
    layout: &GridLayout,
    selection: &mut Selection<Item>,
    page_height: f32,
) -> Option<Item> {
    if cx.take(UiCommand::SelectAll) {
        selection.select_all(grid.order);
    }
    let step = step_pressed(cx)?;
    let now = selection
        .cursor()
        .and_then(|cursor| grid.order.iter().position(|item| *item == cursor));
    let cell = match now {
        Some(now) => layout.step(now, step, page_height),
        None if step == Step::Last => grid.order.len().saturating_sub(1),
        None => 0,
    };
    let item = *grid.order.get(cell)?;
    let modifiers = if cx.shift {
        Modifiers::SHIFT
    } else {
        Modifiers::NONE
    };
    selection.click(grid.order, item, modifiers);
    Some(item)
}

fn step_pressed(cx: &mut ViewContext<'_>) -> Option<Step> {
    // Previous and Next share their keys with page up and page down.
    if cx.take(UiCommand::Previous) {
        Some(Step::PageUp)
    } else if cx.take(UiCommand::Next) {
        Some(Step::PageDown)
    } else {
        cx.take_step()
    }
}

fn background_ui<Item: Copy + Ord>(
    ui: &Ui,
    grid: &TileGrid<'_, Item>,
    selection: &mut Selection<Item>,
    viewport: Rect,
    content_min: Pos2,
) -> Response {
    let seen = viewport.translate(content_min.to_vec2());
    let background = ui.interact(seen, grid.id.with("background"), Sense::click_and_drag());
    if background.clicked() && !ui.input(|input| input.modifiers.any()) {
        selection.clear();
    }
    background
}

fn headers_ui<Item: Copy + Ord>(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    view: &View<'_>,
    tiles: &mut impl Tiles<Item>,
) {
    let View {
        layout,
        viewport,
        content_min,
    } = *view;
    for section in 0..layout.sections() {
        let Some(rect) = layout.header_rect(section) else {
            continue;
        };
        if rect.bottom() >= viewport.top() && rect.top() <= viewport.bottom() {
            tiles.header_ui(ui, cx, section, rect.translate(content_min.to_vec2()));
        }
    }
}

fn tiles_ui<Item: Copy + Ord + Hash>(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    grid: &TileGrid<'_, Item>,
    view: &View<'_>,
    selection: &mut Selection<Item>,
    tiles: &mut impl Tiles<Item>,
) -> Option<Item> {
    let View {
        layout,
        viewport,
        content_min,
    } = *view;
    let mut opened = None;
    for cell in layout
        .cells_between(viewport.top(), viewport.bottom())
        .into_iter()
        .flatten()
    {
        let (Some(&item), Some(rect)) = (grid.order.get(cell), layout.cell_rect(cell)) else {
            continue;
        };
        let tile = Tile {
            item,
            cell,
            rect: rect.translate(content_min.to_vec2()),
            selected: selection.contains(item),
            cursor: selection.cursor() == Some(item),
        };
        let response = tiles.tile_ui(ui, cx, &tile);
        if response.clicked() {
            selection.click(grid.order, item, ui.input(|input| input.modifiers));
        }
        if response.secondary_clicked() && !selection.contains(item) {
            selection.set(item);
        }
        if response.double_clicked() {
            opened = Some(item);
        }
    }
    opened
}

/// The rubber band: kept in content positions, so that it grows while the grid scrolls under it.
fn band_ui<Item: Copy + Ord + Hash>(
    ui: &Ui,
    grid: &TileGrid<'_, Item>,
    layout: &GridLayout,
    selection: &mut Selection<Item>,
    background: &Response,
    content_min: Pos2,
) {
    let start_id = grid.id.with("band");
    let pointer = ui.input(|input| input.pointer.interact_pos());
    if background.drag_started_by(egui::PointerButton::Primary)
        && let Some(origin) = ui.input(|input| input.pointer.press_origin())
    {
        let start = origin - content_min.to_vec2();
        if grid.band_over_tiles || layout.cell_at(start).is_none() {
            ui.data_mut(|data| data.insert_temp(start_id, start));
            selection.begin_band(ui.input(|input| input.modifiers));
        }
    }
    let (Some(start), Some(pointer)) = (ui.data(|data| data.get_temp::<Pos2>(start_id)), pointer)
    else {
        return;
    };
    let band = Rect::from_two_pos(start, pointer - content_min.to_vec2());
    let hits = layout.cells_in(band);
    selection.band(
        hits.into_iter()
            .filter_map(|cell| grid.order.get(cell).copied()),
    );
    if !background.dragged() {
        ui.data_mut(|data| data.remove::<Pos2>(start_id));
        selection.end_band();
        return;
    }
    ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    scroll_at_edges(ui, pointer);
    let tokens = Tokens::of(ui.ctx());
    let on_screen = band.translate(content_min.to_vec2());
    ui.painter()
        .rect_filled(on_screen, 2.0, tokens.accent.gamma_multiply(0.15));
    ui.painter().rect_stroke(
        on_screen,
        2.0,
        Stroke::new(1.0, tokens.accent),
        StrokeKind::Inside,
    );
}

/// Scrolls while something is dragged to the upper or lower edge of the visible area.
pub fn scroll_at_edges(ui: &Ui, pointer: Pos2) {
    const EDGE: f32 = 32.0;
    const POINTS_PER_SECOND: f32 = 900.0;
    let seen = ui.clip_rect();
    let seconds = ui.input(|input| input.stable_dt).min(0.1);
    let beyond = ((seen.top() + EDGE - pointer.y).max(0.0)
        - (pointer.y - seen.bottom() + EDGE).max(0.0))
        / EDGE;
    if beyond != 0.0 {
        ui.scroll_with_delta(vec2(
            0.0,
            beyond.clamp(-1.0, 1.0) * POINTS_PER_SECOND * seconds,
        ));
        ui.ctx().request_repaint();
    }
}
