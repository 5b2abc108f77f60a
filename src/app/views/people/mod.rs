//! People and Unnamed: a grid of group cards, to name, merge and open.
//!
//! The cards are sorted again when the library changes and nobody works on the page. While a name is typed, a card is
//! selected or dragged, or the pointer rests on the page, every card keeps its place.

mod card;
pub mod card_order;
mod commands;

use egui::{Id, Rect, Response, Ui};

use crate::app::state::navigation::Page;
use crate::app::state::selection::Shown;
use crate::app::theme::GAP_L;
use crate::app::views::context::ViewContext;
use crate::app::views::nothing_found::{add_folder_ui, no_match_ui};
use crate::app::views::people::card::{CardEvent, TEXT_HEIGHT, card_ui};
use crate::app::views::people::card_order::{Arrangement, CardFilter};
use crate::app::views::tile_grid::{Tile, TileGrid, Tiles, tile_grid_ui};
use crate::app::widgets::empty::empty_ui;
use crate::app::widgets::grid::{GridMeasures, Section};
use crate::app::widgets::section_header::section_header_ui;
use crate::library::GroupId;

/// What the page remembers.
#[derive(Debug, Default)]
pub struct PeopleState {
    arrangement: Arrangement,
    /// The source of `arrangement`: the library's version and the filter.
    made_from: Option<(u64, CardFilter)>,
    /// The cards have kept their old places and are no longer sorted.
    out_of_order: bool,
    scroll_to: Option<GroupId>,
    pointer_was_over: bool,
}

/// After resting this long on the page, the pointer no longer keeps the cards in place.
const REST_SECONDS: f32 = 2.0;

/// Sorts the cards; they are what the page shows.
pub fn prepare(
    ctx: &egui::Context,
    cx: &mut ViewContext<'_>,
    state: &mut PeopleState,
    only_unnamed: bool,
) -> Shown {
    arrange(ctx, cx, state, only_unnamed);
    Shown::Groups(state.arrangement.order.clone())
}

/// Draws the page of all groups, or of the unnamed ones only.
pub fn people_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    state: &mut PeopleState,
    only_unnamed: bool,
) {
    commands::take_commands(cx);
    if state.arrangement.order.is_empty() {
        nothing_ui(ui, cx, only_unnamed);
    } else {
        grid_ui(ui, cx, state, only_unnamed);
    }
}

/// Sorts the cards, or keeps them in place while somebody works on them.
fn arrange(ctx: &egui::Context, cx: &ViewContext<'_>, state: &mut PeopleState, only_unnamed: bool) {
    let filter = CardFilter {
        only_unnamed,
        search: cx.search.to_owned(),
        sort: cx.sort,
    };
    let same_filter = matches!(&state.made_from, Some((_, before)) if *before == filter);
    let same_library =
        matches!(&state.made_from, Some((version, _)) if *version == cx.snapshot.version);
    if same_filter && same_library && !state.out_of_order {
        return;
    }
    if same_filter && is_at_work(ctx, cx, state) {
        if !same_library {
            let kept = state.arrangement.kept(&cx.snapshot.groups, &filter);
            let sorted = Arrangement::sorted(&cx.snapshot.groups, &filter);
            state.out_of_order = kept != sorted;
            state.arrangement = kept;
        }
    } else {
        state.arrangement = Arrangement::sorted(&cx.snapshot.groups, &filter);
        state.out_of_order = false;
    }
    state.made_from = Some((cx.snapshot.version, filter));
}

/// Whether somebody is working on the cards, so that they must not move.
fn is_at_work(ctx: &egui::Context, cx: &ViewContext<'_>, state: &PeopleState) -> bool {
    if cx.naming.is_some() || !cx.selection.groups.remembers_nothing() {
        return true;
    }
    let rested = ctx.input(|input| input.pointer.time_since_last_movement());
    let pointed = state.pointer_was_over && rested < REST_SECONDS;
    if pointed {
        ctx.request_repaint_after_secs(REST_SECONDS - rested + 0.05);
    }
    pointed
}

fn grid_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut PeopleState, only_unnamed: bool) {
    let measures = GridMeasures {
        min_cell_width: cx.card_size,
        height_per_width: 1.0,
        extra_height: TEXT_HEIGHT,
        gap: GAP_L,
        header_height: 36.0,
    };
    let arrangement = &state.arrangement;
    let counts = [
        arrangement.named().len(),
        arrangement.unnamed().len(),
        arrangement.unclear().len(),
    ];
    let [named, unnamed, unclear] = counts;
    let sections = [
        Section::headed(named),
        Section {
            cells: unnamed,
            has_header: unnamed > 0 && !only_unnamed,
        },
        Section::headed(unclear),
    ];
    let page = ui.available_rect_before_wrap();
    let grid = TileGrid {
        id: Id::unique(("people", only_unnamed)),
        measures,
        sections: &sections,
        order: &state.arrangement.order,
        band_over_tiles: false,
        scroll_to: state.scroll_to.take(),
    };
    let mut cards = Cards {
        counts,
        order: &state.arrangement.order,
        next: None,
        dragged: None,
    };
    let opened = tile_grid_ui(
        ui,
        cx,
        &grid,
        |selections| &mut selections.groups,
        &mut cards,
    );
    let (next, dragged) = (cards.next, cards.dragged);
    if let Some(group_id) = dragged {
        card::drag(ui.ctx(), cx, group_id);
    }
    if let Some(group_id) = opened {
        cx.go(Page::Group(group_id));
    }
    if let Some(group_id) = next {
        cx.selection.groups.set(group_id);
        state.scroll_to = Some(group_id);
    }
    state.pointer_was_over = ui.rect_contains_pointer(page);
}

/// What the sections are called. The last one is for faces so small, dark, blurred or turned away that nobody can tell
/// who it is.
const SECTIONS: [&str; 3] = ["Named", "Unnamed", "Hard to recognize"];

struct Cards<'a> {
    counts: [usize; 3],
    order: &'a [GroupId],
    /// The group to name next.
    next: Option<GroupId>,
    /// The card that is being dragged.
    dragged: Option<GroupId>,
}

impl Tiles<GroupId> for Cards<'_> {
    fn header_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, section: usize, rect: Rect) {
        section_header_ui(ui, cx.tokens, rect, SECTIONS[section], self.counts[section]);
    }

    fn tile_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, tile: &Tile<GroupId>) -> Response {
        let (response, event) = card_ui(ui, cx, tile);
        if let Some(CardEvent::Named { continues: true }) = event {
            self.next = commands::next_unnamed(cx, self.order, tile.item);
        }
        if response.drag_started() {
            self.dragged = Some(tile.item);
        }
        response
    }
}

fn nothing_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, only_unnamed: bool) {
    if !cx.search.is_empty() {
        let message = format!(
            "No name contains “{}”. Unnamed groups can't be found by name.",
            cx.search
        );
        return no_match_ui(ui, cx, "Nobody found", &message);
    }
    if cx.scan.is_some() {
        return empty_ui(
            ui,
            "Looking for faces",
            "Groups appear here as soon as the first faces are found.",
            |_| {},
        );
    }
    if only_unnamed && cx.snapshot.counts.people > 0 {
        return empty_ui(
            ui,
            "Everybody has a name",
            "New groups appear here when new photos are scanned.",
            |_| {},
        );
    }
    add_folder_ui(
        ui,
        cx,
        "No faces found",
        "No face was found in the scanned photos. Add a folder with photos of people.",
    );
}
