//! The tab of suggestions: those of each person, then the largest groups without a name.

use std::sync::Arc;

use egui::{Align, Id, Layout, Pos2, Rect, Response, RichText, TextStyle, Ui, UiBuilder, vec2};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::cached::{Cached, Version};
use crate::app::state::naming::NameTarget;
use crate::app::state::navigation::Page;
use crate::app::state::queries::{GroupDetails, Suggestions};
use crate::app::theme::{GAP_M, GAP_S, Tokens};
use crate::app::views::command_menu::command_button_ui;
use crate::app::views::context::ViewContext;
use crate::app::views::face_commands::{face_menu_ui, give_answer, photos_of, take_answers};
use crate::app::views::face_tile::{FaceTile, face_tile_ui};
use crate::app::views::name_field::NameFieldOptions;
use crate::app::views::naming;
use crate::app::views::tile_grid::face_measures;
use crate::app::views::tile_grid::{Tile, TileGrid, Tiles, tile_grid_ui};
use crate::app::widgets::counts::counted;
use crate::app::widgets::dates::day;
use crate::app::widgets::empty::empty_ui;
use crate::app::widgets::grid::{GridLayout, Section};
use crate::app::widgets::picture::paint_filling;
use crate::app::widgets::yes_no::YesNo;
use crate::library::{FaceId, FaceRow, GroupId, GroupSummary, Mark};

/// Unnamed groups offered at once; more follow as these are named.
const MAX_UNNAMED: usize = 12;
/// Faces shown of an unnamed group.
const FACES_OF_UNNAMED: usize = 8;
/// Minimum number of faces of an unnamed group on this tab: a single face is rarely worth a name.
const MIN_FACES: u32 = 2;

/// One section of the tab.
#[derive(Debug)]
struct SuggestionSection {
    group_id: GroupId,
    /// The person for whom the faces are suggested; `None`: the group itself has no name.
    person: Option<String>,
    faces: Vec<FaceRow>,
    /// Number of cells before its own.
    before: usize,
}

/// The sections, and their faces in the order they are drawn in.
#[derive(Debug)]
struct SuggestionSections {
    list: Vec<SuggestionSection>,
    order: Arc<[FaceId]>,
    /// Number of suggestions; they are the first cells.
    suggested: usize,
}

#[derive(Debug, Default)]
pub(super) struct SuggestionsState {
    unnamed: Cached<(u64, String), Vec<GroupId>>,
    sections: Cached<Source, Arc<SuggestionSections>>,
}

/// The source of the sections.
#[derive(Debug, PartialEq)]
struct Source {
    suggestions: Version<Vec<Suggestions>>,
    library: u64,
    search: String,
    /// Those that have been read.
    unnamed: Vec<(GroupId, Version<GroupDetails>)>,
}

/// The faces that the tab shows.
pub(super) fn order(
    cx: &mut ViewContext<'_>,
    state: &mut SuggestionsState,
    suggestions: &Arc<Vec<Suggestions>>,
) -> Arc<[FaceId]> {
    sections(cx, state, suggestions).order.clone()
}

/// Draws the tab.
pub(super) fn suggestions_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    state: &mut SuggestionsState,
    suggestions: &Arc<Vec<Suggestions>>,
) {
    let sections = sections(cx, state, suggestions);
    let scroll_to = take_commands(cx, &sections);
    if sections.list.is_empty() {
        let message = if cx.search.is_empty() {
            "Name a few people. Faces that look like them are suggested here after the next grouping."
        } else {
            "Nobody with that name has suggestions."
        };
        return empty_ui(ui, "No suggestions", message, |_| {});
    }
    grid_ui(ui, cx, &sections, scroll_to);
}

fn sections(
    cx: &mut ViewContext<'_>,
    state: &mut SuggestionsState,
    suggestions: &Arc<Vec<Suggestions>>,
) -> Arc<SuggestionSections> {
    let unnamed = state
        .unnamed
        .get((cx.snapshot.version, cx.search.to_owned()), |_| {
            let waits =
                |group: &&GroupSummary| group.faces >= MIN_FACES && cx.matches_search(group);
            let groups = cx.snapshot.unnamed().filter(waits);
            groups
                .map(|group| group.group_id)
                .take(MAX_UNNAMED)
                .collect()
        });
    let read = unnamed
        .iter()
        .filter_map(|group_id| Some((*group_id, Version(cx.queries.group(*group_id)?))));
    let source = Source {
        suggestions: Version::of(suggestions),
        library: cx.snapshot.version,
        search: cx.search.to_owned(),
        unnamed: read.collect(),
    };
    let sections = state
        .sections
        .get(source, |source| Arc::new(ask(cx, source)));
    sections.clone()
}

fn ask(cx: &ViewContext<'_>, source: &Source) -> SuggestionSections {
    let mut sections = SuggestionSections {
        list: Vec::new(),
        order: Arc::from([]),
        suggested: 0,
    };
    let mut cells = 0;
    let mut push = |list: &mut Vec<SuggestionSection>, group_id, person, faces: Vec<FaceRow>| {
        let before = cells;
        cells += faces.len();
        list.push(SuggestionSection {
            group_id,
            person,
            faces,
            before,
        });
        cells
    };
    for suggested in source.suggestions.0.iter() {
        let person = cx.snapshot.group(suggested.group_id);
        if let Some(person) = person.filter(|person| cx.matches_search(person)) {
            let faces = suggested.faces.clone();
            sections.suggested = push(
                &mut sections.list,
                person.group_id,
                person.name.clone(),
                faces,
            );
        }
    }
    for (group_id, details) in &source.unnamed {
        // Spread over the group, so that the faces are not all of one day.
        let faces = &details.0.faces;
        let apart = faces.len().div_ceil(FACES_OF_UNNAMED).max(1);
        let faces = faces.iter().step_by(apart).cloned().collect();
        push(&mut sections.list, *group_id, None, faces);
    }
    let faces = sections.list.iter().flat_map(|section| &section.faces);
    sections.order = faces.map(|face| face.face_id).collect();
    sections
}

/// Y and N answer the selected suggestions and select the next; without a selection they start with the first.
fn take_commands(cx: &mut ViewContext<'_>, sections: &SuggestionSections) -> Option<FaceId> {
    if (cx.take(UiCommand::WholePhoto) || cx.take(UiCommand::Open))
        && let Some(face_id) = cx.selection.faces.cursor()
    {
        open(cx, sections, face_id);
    }
    if cx.take(UiCommand::Name) {
        let at = cx.selection.faces.cursor();
        let unnamed = |section: &&SuggestionSection| section.person.is_none();
        let holds = |section: &&SuggestionSection| {
            section.faces.iter().any(|face| Some(face.face_id) == at)
        };
        let list = &sections.list;
        let section = list
            .iter()
            .filter(unnamed)
            .find(holds)
            .or_else(|| list.iter().find(unnamed));
        if let Some(section) = section {
            naming::begin(cx, section.group_id);
        }
    }
    take_answers(cx, &sections.order[..sections.suggested])
}

fn open(cx: &mut ViewContext<'_>, sections: &SuggestionSections, face_id: FaceId) {
    let all = || sections.list.iter().flat_map(|section| &section.faces);
    if let Some(face) = all().find(|face| face.face_id == face_id) {
        cx.push(Action::OpenPhoto {
            photo_id: face.photo_id,
            among: photos_of(all()),
        });
    }
}

fn grid_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    sections: &SuggestionSections,
    scroll_to: Option<FaceId>,
) {
    let headed: Vec<_> = sections
        .list
        .iter()
        .map(|section| Section {
            cells: section.faces.len(),
            has_header: true,
        })
        .collect();
    let grid = TileGrid {
        id: Id::unique("review"),
        measures: face_measures(cx, 72.0),
        sections: &headed,
        order: &sections.order,
        band_over_tiles: true,
        scroll_to,
    };
    let mut tiles = SuggestionTiles {
        sections,
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
        open(cx, sections, face_id);
    }
}

struct SuggestionTiles<'a> {
    sections: &'a SuggestionSections,
    answered: Option<(FaceId, YesNo)>,
}

impl SuggestionTiles<'_> {
    fn of_cell(&self, cell: usize) -> Option<(&SuggestionSection, &FaceRow)> {
        let list = &self.sections.list;
        let after = list.partition_point(|section| section.before <= cell);
        // A section without faces begins at the same cell as the next section with faces.
        let section = &list[after.checked_sub(1)?];
        Some((section, section.faces.get(cell - section.before)?))
    }
}

impl Tiles<FaceId> for SuggestionTiles<'_> {
    fn header_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, section: usize, rect: Rect) {
        let Some(section) = self.sections.list.get(section) else {
            return;
        };
        let line = rect
            .with_min_y(rect.top() + GAP_M)
            .with_max_y(rect.bottom() - GAP_S);
        ui.scope_builder(
            UiBuilder::new()
                .max_rect(line)
                .layout(Layout::left_to_right(Align::Center)),
            |ui| match &section.person {
                Some(name) => suggestions_header_ui(ui, cx, section, name),
                None => unnamed_header_ui(ui, cx, section),
            },
        );
    }

    fn tile_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, tile: &Tile<FaceId>) -> Response {
        let Some((section, face)) = self.of_cell(tile.cell) else {
            return ui.interact(
                tile.rect,
                ui.scope_id().with(tile.item),
                egui::Sense::hover(),
            );
        };
        let taken = face.taken.as_deref().map(day).unwrap_or_default();
        let drawn = FaceTile {
            suggested_as: section.person.as_deref(),
            tooltip: &taken,
            ..FaceTile::of(tile)
        };
        let shown = face_tile_ui(ui, cx.pictures, &drawn);
        let menu: &[Option<UiCommand>] = if section.person.is_some() {
            &[
                Some(UiCommand::Accept),
                Some(UiCommand::Reject),
                None,
                Some(UiCommand::WholePhoto),
                Some(UiCommand::Move),
                None,
                Some(UiCommand::Ignore),
                Some(UiCommand::NotAFace),
            ]
        } else {
            &[
                Some(UiCommand::WholePhoto),
                Some(UiCommand::Move),
                None,
                Some(UiCommand::Ignore),
                Some(UiCommand::NotAFace),
            ]
        };
        face_menu_ui(&shown.response, cx, menu);
        if let Some(answer) = shown.answer {
            self.answered = Some((tile.item, answer));
        }
        shown.response
    }

    fn background_ui(&mut self, ui: &mut Ui, layout: &GridLayout, content_min: Pos2) {
        let tokens = Tokens::of(ui.ctx());
        for (section, _) in self
            .sections
            .list
            .iter()
            .enumerate()
            .filter(|(_, section)| section.person.is_some())
        {
            let Some(band) = layout
                .section_rect(section)
                .map(|band| band.translate(content_min.to_vec2()))
            else {
                continue;
            };
            let band = Rect::from_min_max(
                band.min + vec2(-GAP_S, GAP_S / 2.0),
                band.max + vec2(GAP_S, GAP_S / 2.0),
            );
            if ui.is_rect_visible(band) {
                ui.painter()
                    .rect_filled(band, tokens.radius(), tokens.maybe.gamma_multiply(0.14));
            }
        }
    }
}

fn suggestions_header_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    section: &SuggestionSection,
    name: &str,
) {
    cover_ui(ui, cx, section.group_id);
    let label = if section.faces.len() == 1 {
        format!("Is this {name}?")
    } else {
        format!("Are these {name}?")
    };
    ui.label(RichText::new(label).text_style(TextStyle::Heading));
    ui.add_space(GAP_S);
    let accept = if section.faces.len() == 1 {
        "Accept".to_owned()
    } else {
        format!("Accept all {}", section.faces.len())
    };
    if command_button_ui(ui, UiCommand::Accept, &accept).clicked() {
        give_answer(
            cx,
            YesNo::Yes,
            section.faces.iter().map(|face| face.face_id).collect(),
        );
    }
    let open = ui.button("Open").on_hover_text(format!("Open {name}"));
    if open.clicked() {
        cx.go(Page::Group(section.group_id));
    }
}

fn unnamed_header_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, section: &SuggestionSection) {
    let target = NameTarget::Group(section.group_id);
    if cx.naming_of(&target).is_some() {
        field_ui(ui, cx, &target, section.group_id);
    } else {
        let response = ui
            .button(RichText::new("Who is this?"))
            .on_hover_text(UiCommand::Name.tooltip_with_key(ui.ctx()));
        if response
            .accessible_name(format!("Name group {}", section.group_id))
            .clicked()
        {
            naming::begin(cx, section.group_id);
        }
    }
    let faces = cx
        .snapshot
        .group(section.group_id)
        .map_or(0, |group| group.faces);
    ui.label(cx.tokens.small(counted(u64::from(faces), "face")));
    if ui.button("Open").clicked() {
        cx.go(Page::Group(section.group_id));
    }
    if ui
        .button("Ignore")
        .on_hover_text(UiCommand::Ignore.tooltip())
        .clicked()
    {
        cx.push(Action::mark_group(section.group_id, Mark::Ignored));
    }
}

fn field_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, target: &NameTarget, group_id: GroupId) {
    let label = format!("Name of group {group_id}");
    let options = NameFieldOptions {
        label: &label,
        hint: "Who is this?",
        width: 220.0,
        renames: false,
    };
    naming::target_field_ui(ui, cx, target, &options);
}

fn cover_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, group_id: GroupId) {
    let (rect, _) = ui.allocate_exact_size(vec2(48.0, 48.0), egui::Sense::hover());
    let cover = cx
        .snapshot
        .group(group_id)
        .and_then(|group| group.cover)
        .and_then(|face_id| cx.pictures.face(face_id));
    paint_filling(ui.painter(), cx.tokens, rect, cover, cx.tokens.radius());
    ui.add_space(GAP_S);
}
