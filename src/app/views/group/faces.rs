//! The faces of a group's page: first the suggestions on an amber background, then the other faces by year.

use std::sync::Arc;

use egui::{Align, Id, Layout, Pos2, Rect, Response, RichText, Ui, UiBuilder, vec2};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::cached::{Cached, Version};
use crate::app::state::naming::NameTarget;
use crate::app::state::queries::GroupDetails;
use crate::app::state::selection::Selection;
use crate::app::state::settings::FaceSort;
use crate::app::theme::GAP_S;
use crate::app::views::command_menu::{command_button_ui, command_buttons_ui};
use crate::app::views::context::ViewContext;
use crate::app::views::face_commands::{face_menu_ui, give_answer, is_suggestion};
use crate::app::views::face_tile::{FaceTile, face_tile_ui};
use crate::app::views::name_field::NameFieldOptions;
use crate::app::views::naming;
use crate::app::views::selection_bar::selection_bar_ui;
use crate::app::views::tile_grid::face_measures;
use crate::app::views::tile_grid::{Tile, TileGrid, Tiles, tile_grid_ui};
use crate::app::widgets::dates::day;
use crate::app::widgets::grid::{GridLayout, Section};
use crate::app::widgets::section_header::section_header_ui;
use crate::app::widgets::years::year_sections;
use crate::app::widgets::yes_no::YesNo;
use crate::library::{FaceId, FaceRow, GroupId, Presence};

/// A year with fewer faces shares its section with the next.
const MIN_FACES_OF_YEAR: usize = 12;

/// The faces in the order they are drawn in, sorted again when the group changes.
#[derive(Debug)]
pub struct FaceOrder {
    source: Option<Arc<GroupDetails>>,
    named: bool,
    sort: FaceSort,
    order: Arc<[FaceId]>,
    /// For each cell, the row of its face in the faces of `source`, followed by those that are away.
    rows: Vec<usize>,
    /// Number of suggestions; they are the first cells.
    suggested: usize,
    /// Title and number of cells of the sections after the suggestions: years, or all faces from the best on; then the faces
    /// that are away.
    years: Vec<(String, usize)>,
    /// Whether suggestions are selected, cached for one revision of the selection.
    with_suggestions: Cached<(u64, Version<[FaceId]>), bool>,
}

impl Default for FaceOrder {
    fn default() -> Self {
        Self {
            source: None,
            named: false,
            sort: FaceSort::default(),
            order: Arc::from([]),
            rows: Vec::new(),
            suggested: 0,
            years: Vec::new(),
            with_suggestions: Cached::default(),
        }
    }
}

impl FaceOrder {
    /// Sorts the faces into sections, if they have changed.
    pub fn prepare(
        &mut self,
        cx: &ViewContext<'_>,
        group_id: GroupId,
        details: &Arc<GroupDetails>,
    ) {
        let named = cx.snapshot.is_person(group_id);
        let same = self
            .source
            .as_ref()
            .is_some_and(|source| Arc::ptr_eq(source, details))
            && self.named == named
            && self.sort == cx.face_sort;
        if same {
            return;
        }
        let suggestion = |row: &usize| is_suggestion(cx, &details.faces[*row]);
        let (mut suggested, mut others): (Vec<usize>, Vec<usize>) =
            (0..details.faces.len()).partition(suggestion);
        self.suggested = suggested.len();
        self.years = match cx.face_sort {
            FaceSort::Date => year_sections(
                others
                    .iter()
                    .map(|row| details.faces[*row].taken.as_deref()),
                MIN_FACES_OF_YEAR,
            ),
            FaceSort::Best => {
                sort_by_quality(&mut suggested, details);
                sort_by_quality(&mut others, details);
                vec![("Best first".to_owned(), others.len())]
            }
        };
        if !details.away.is_empty() {
            self.years.push(("Away".to_owned(), details.away.len()));
        }
        let present = details.faces.len();
        let away = present..present + details.away.len();
        self.rows = suggested.into_iter().chain(others).chain(away).collect();
        self.named = named;
        self.sort = cx.face_sort;
        self.source = Some(details.clone());
        let cells = (0..self.rows.len()).filter_map(|cell| self.row(cell));
        self.order = cells.map(|face| face.face_id).collect();
    }

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub fn suggested(&self) -> &[FaceId] {
        &self.order[..self.suggested]
    }

    /// The faces that the page shows.
    pub fn order(&self) -> Arc<[FaceId]> {
        self.order.clone()
    }

    fn suggestions_selected(&mut self, selection: &Selection<FaceId>) -> bool {
        let suggested = &self.order[..self.suggested];
        let source = (selection.revision(), Version::of(&self.order));
        *self.with_suggestions.get(source, |_| {
            suggested.iter().any(|face_id| selection.contains(*face_id))
        })
    }

    fn row(&self, cell: usize) -> Option<&FaceRow> {
        let source = self.source.as_ref()?;
        let row = *self.rows.get(cell)?;
        let away = row.checked_sub(source.faces.len());
        match away {
            Some(away) => source.away.get(away),
            None => source.faces.get(row),
        }
    }
}

/// The best first; of equal ones, the earlier.
fn sort_by_quality(rows: &mut [usize], details: &GroupDetails) {
    let quality = |row: &usize| details.faces[*row].quality;
    rows.sort_by(|one, other| quality(other).total_cmp(&quality(one)));
}

/// Draws the faces.
pub fn faces_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    group_id: GroupId,
    face_order: &FaceOrder,
    scroll_to: Option<FaceId>,
) {
    let years = face_order.years.iter().map(|(_, cells)| *cells);
    let counts = std::iter::once(face_order.suggested).chain(years);
    let sections: Vec<_> = counts.map(Section::headed).collect();
    let grid = TileGrid {
        id: Id::unique(("faces of group", group_id)),
        measures: face_measures(cx, 40.0),
        sections: &sections,
        order: &face_order.order,
        band_over_tiles: true,
        scroll_to,
    };
    let name = cx.snapshot.person_name(group_id).map(str::to_owned);
    let mut tiles = Faces {
        name,
        face_order,
        answered: None,
    };
    let opened = tile_grid_ui(
        ui,
        cx,
        &grid,
        |selections| &mut selections.faces,
        &mut tiles,
    );
    let answered = tiles.answered;
    if let Some((face_id, answer)) = answered {
        give_answer(cx, answer, vec![face_id]);
    }
    if let Some(face_id) = opened {
        open_face(cx, face_order, face_id);
    }
}

struct Faces<'a> {
    name: Option<String>,
    face_order: &'a FaceOrder,
    answered: Option<(FaceId, YesNo)>,
}

impl Tiles<FaceId> for Faces<'_> {
    fn header_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, section: usize, rect: Rect) {
        match section
            .checked_sub(1)
            .and_then(|index| self.face_order.years.get(index))
        {
            Some((year, count)) => section_header_ui(ui, cx.tokens, rect, year, *count),
            None => self.suggestions_header_ui(ui, cx, rect),
        }
    }

    fn tile_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, tile: &Tile<FaceId>) -> Response {
        let suggested = tile.cell < self.face_order.suggested;
        let row = self.face_order.row(tile.cell);
        let taken = row
            .and_then(|row| row.taken.as_deref())
            .map(day)
            .unwrap_or_default();
        let presence = row.map_or(Presence::Present, |row| row.presence);
        let drawn = FaceTile {
            suggested_as: self.name.as_deref().filter(|_| suggested),
            tooltip: &taken,
            presence,
            ..FaceTile::of(tile)
        };
        let shown = face_tile_ui(ui, cx.pictures, &drawn);
        if let Some(answer) = shown.answer {
            self.answered = Some((tile.item, answer));
        }
        face_menu_ui(&shown.response, cx, &menu(self.name.is_some(), suggested));
        shown.response
    }

    fn background_ui(&mut self, ui: &mut Ui, layout: &GridLayout, content_min: Pos2) {
        if self.face_order.suggested == 0 {
            return;
        }
        let tokens = crate::app::theme::Tokens::of(ui.ctx());
        if let Some(band) = layout.section_rect(0) {
            let band = band
                .translate(content_min.to_vec2())
                .expand2(vec2(GAP_S, 0.0))
                .with_max_y(content_min.y + band.bottom() + GAP_S);
            ui.painter()
                .rect_filled(band, tokens.radius(), tokens.maybe.gamma_multiply(0.14));
        }
    }
}

impl Faces<'_> {
    fn suggestions_header_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, rect: Rect) {
        let count = self.face_order.suggested;
        let name = self.name.as_deref().unwrap_or("this person");
        let label = if count == 1 {
            format!("1 face looks like {name}")
        } else {
            format!("{count} faces look like {name}")
        };
        ui.scope_builder(
            UiBuilder::new()
                .max_rect(rect)
                .layout(Layout::left_to_right(Align::Center)),
            |ui| {
                ui.label(RichText::new(label).color(cx.tokens.maybe));
                ui.add_space(GAP_S);
                let accept = if count == 1 {
                    "Accept".to_owned()
                } else {
                    format!("Accept all {count}")
                };
                if command_button_ui(ui, UiCommand::Accept, &accept).clicked() {
                    give_answer(cx, YesNo::Yes, self.face_order.suggested().to_vec());
                }
                ui.add_space(GAP_S);
                ui.label(cx.tokens.small("or answer face by face"));
            },
        );
    }
}

fn menu(named: bool, suggested: bool) -> Vec<Option<UiCommand>> {
    let mut menu = Vec::new();
    if suggested {
        menu.extend([Some(UiCommand::Accept), Some(UiCommand::Reject), None]);
    }
    menu.extend([
        Some(UiCommand::WholePhoto),
        Some(UiCommand::Cover),
        None,
        Some(UiCommand::Split),
        Some(UiCommand::Move),
    ]);
    if named {
        menu.push(Some(UiCommand::Remove));
    }
    menu.extend([None, Some(UiCommand::Ignore), Some(UiCommand::NotAFace)]);
    menu
}

fn open_face(cx: &mut ViewContext<'_>, face_order: &FaceOrder, face_id: FaceId) {
    let Some(source) = &face_order.source else {
        return;
    };
    let mut all = source.faces.iter().chain(&source.away);
    if let Some(face) = all.find(|face| face.face_id == face_id) {
        cx.push(Action::OpenPhoto {
            photo_id: face.photo_id,
            among: source.photos.clone(),
        });
    }
}

/// Commands for the selected faces, at the foot of the page.
pub fn face_bar_ui(
    ui: &Ui,
    cx: &mut ViewContext<'_>,
    group_id: GroupId,
    face_order: &mut FaceOrder,
    page: Rect,
) {
    selection_bar_ui(ui, cx, page, |ui, cx| {
        let with_suggestions = face_order.suggestions_selected(&cx.selection.faces);
        let target = cx.naming.as_ref().map(|naming| naming.target.clone());
        if let Some(target @ NameTarget::Faces(_)) = target {
            return naming_ui(ui, cx, &target);
        }
        let in_person = cx.snapshot.is_person(group_id);
        let mut buttons = Vec::new();
        if with_suggestions {
            buttons.extend([(UiCommand::Accept, "Accept"), (UiCommand::Reject, "Reject")]);
        }
        buttons.extend([
            (UiCommand::Name, "Name…"),
            (UiCommand::Move, "Move to…"),
            (UiCommand::Split, "Split out"),
        ]);
        if in_person && !with_suggestions {
            buttons.push((UiCommand::Remove, "Not this person"));
        }
        buttons.extend([
            (UiCommand::Ignore, "Ignore"),
            (UiCommand::NotAFace, "Not a face"),
        ]);
        if cx.selection.faces.single().is_some() {
            buttons.push((UiCommand::Cover, "Use as cover"));
        }
        buttons.push((UiCommand::Escape, "Clear"));
        command_buttons_ui(ui, cx, &buttons);
    });
}

/// The field for the name of the selected faces, which leave the group for that person.
fn naming_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, target: &NameTarget) {
    let options = NameFieldOptions {
        label: "Name of the selected faces",
        hint: "Who are these?",
        width: 240.0,
        renames: false,
    };
    naming::target_field_ui(ui, cx, target, &options);
}
