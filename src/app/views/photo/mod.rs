//! A photo's page: the photo with its named boxes, the list of faces at the side, the filmstrip below.

mod boxes;
mod canvas;
mod face_names;
mod faces;
mod filmstrip;
mod state;

use egui::{Align, Layout, Panel, Rect, Ui, UiBuilder, vec2};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::cached::Version;
use crate::app::state::navigation::Page;
use crate::app::state::queries::PhotoDetails;
use crate::app::state::selection::Shown;
use crate::app::theme::{GAP_L, GAP_M, GAP_S};
use crate::app::views::context::ViewContext;
use crate::app::widgets::counts::counted;
use crate::app::widgets::dates::day_and_time;
use crate::app::widgets::empty::reading_ui;
use crate::app::widgets::grid::Step;
use crate::app::widgets::zoom::{ZOOM_STEP, Zoom};
use crate::curate::Command;
use crate::library::{FaceRow, PhotoId};
use face_names::{begin_naming, is_shown, name_of};
pub use state::PhotoState;

const HEADER_HEIGHT: f32 = 44.0;
const FACES_WIDTH: f32 = 208.0;
/// Below this width the list of faces is hidden.
const MIN_WIDTH_WITH_FACES: f32 = 720.0;

/// The faces with boxes are what the page shows.
pub fn prepare(cx: &mut ViewContext<'_>, state: &mut PhotoState, photo_id: PhotoId) -> Shown {
    if state.shown != Some(photo_id) {
        state.shown = Some(photo_id);
        state.zoom = Zoom::default();
        state.logged_sharp = false;
        state.pointed = None;
        cx.selection.faces.clear();
    }
    match cx.queries.photo(photo_id) {
        Some(details) => {
            let in_boxes = |details: &Version<PhotoDetails>| {
                let shown = details.0.faces.iter().filter(|face| is_shown(face));
                shown.map(|face| face.face_id).collect()
            };
            Shown::Faces(state.order.get(Version(details), in_boxes).clone())
        }
        None => Shown::Nothing,
    }
}

pub fn photo_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut PhotoState, photo_id: PhotoId) {
    match cx.queries.photo(photo_id) {
        Some(details) => {
            take_commands(ui, cx, state, &details);
            page_ui(ui, cx, state, &details);
        }
        None => reading_ui(ui, "Reading the photo…"),
    }
}

fn page_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut PhotoState, details: &PhotoDetails) {
    header_ui(ui, cx, state, details);
    let page = ui.available_rect_before_wrap();
    let with_strip = cx.filmstrip.len() > 1;
    let strip_height = if with_strip { filmstrip::HEIGHT } else { 0.0 };
    let with_faces = !details.faces.is_empty() && page.width() >= MIN_WIDTH_WITH_FACES;
    let faces_width = if with_faces { FACES_WIDTH } else { 0.0 };
    let photo = Rect::from_min_max(page.min, page.max - vec2(faces_width, strip_height));
    canvas::canvas_ui(ui, cx, state, details, photo);
    if with_faces {
        let side = Rect::from_min_max(photo.right_top(), page.max - vec2(0.0, strip_height));
        faces::faces_ui(ui, cx, state, details, side);
    }
    if with_strip {
        filmstrip::filmstrip_ui(
            ui,
            cx,
            &mut state.position,
            details.photo.photo_id,
            page.with_min_y(page.bottom() - strip_height),
        );
    }
    ui.advance_cursor_after_rect(page);
}

fn header_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    state: &mut PhotoState,
    details: &PhotoDetails,
) {
    let frame = egui::Frame::new().inner_margin(egui::Margin::symmetric(GAP_L as i8, 0));
    Panel::top("photo header")
        .exact_size(HEADER_HEIGHT)
        .frame(frame)
        .show(ui, |ui| {
            let rect = ui.max_rect();
            ui.scope_builder(
                UiBuilder::new()
                    .max_rect(rect)
                    .layout(Layout::right_to_left(Align::Center)),
                |ui| {
                    buttons_ui(ui, cx, state, details);
                    let left = rect.with_max_x(ui.min_rect().left() - GAP_M);
                    ui.scope_builder(
                        UiBuilder::new()
                            .max_rect(left)
                            .layout(Layout::left_to_right(Align::Center)),
                        |ui| {
                            let photo = &details.photo;
                            let mut facts = format!("{} × {}", photo.size.width, photo.size.height);
                            if let Some(taken) = &photo.taken {
                                facts = format!("{} · {facts}", day_and_time(taken));
                            }
                            if photo.vanished {
                                facts = format!("{facts} · away: the file is not there");
                            }
                            ui.add(egui::Label::new(cx.tokens.small(facts)).truncate())
                                .on_hover_text(photo.absolute().display().to_string());
                        },
                    );
                },
            );
        });
}

fn buttons_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    state: &mut PhotoState,
    details: &PhotoDetails,
) {
    if ui
        .button("Show in folder")
        .on_hover_text("Show the file in the file manager")
        .clicked()
    {
        cx.push(Action::ShowInFolder(details.photo.absolute()));
    }
    let not_found = details.not_found as u64;
    if not_found > 0 {
        let label = format!("{} not found here", counted(not_found, "face"));
        let hint =
            "What you decided about faces that this photo no longer shows; place them by hand";
        if ui.button(label).on_hover_text(hint).clicked() {
            cx.go(Page::NotFound);
        }
    }
    ui.toggle_value(&mut state.boxes_pinned, "Names")
        .on_hover_text(UiCommand::Names.tooltip_with_key(ui.ctx()));
    if !state.zoom.is_fit()
        && ui
            .button("Fit")
            .on_hover_text(UiCommand::Fit.tooltip_with_key(ui.ctx()))
            .clicked()
    {
        state.zoom = Zoom::default();
    }
    let photo_id = details.photo.photo_id;
    if let Some((position, count)) =
        filmstrip::position_among(&mut state.position, cx.filmstrip, photo_id)
    {
        ui.label(cx.tokens.small(format!("{} of {count}", position + 1)));
        ui.add_space(GAP_S);
    }
}

fn take_commands(
    ui: &Ui,
    cx: &mut ViewContext<'_>,
    state: &mut PhotoState,
    details: &PhotoDetails,
) {
    match cx.take_step().filter(|_| !cx.shift) {
        Some(Step::Left) => cx.push(Action::Run(UiCommand::Previous)),
        Some(Step::Right) => cx.push(Action::Run(UiCommand::Next)),
        _ => {}
    }
    if cx.take(UiCommand::Fit) {
        state.zoom = Zoom::default();
    }
    if cx.take(UiCommand::Names) {
        state.boxes_pinned = !state.boxes_pinned;
    }
    let zoom_by = match (
        cx.take(UiCommand::LargerCards),
        cx.take(UiCommand::SmallerCards),
    ) {
        (true, _) => ZOOM_STEP,
        (_, true) => 1.0 / ZOOM_STEP,
        _ => 1.0,
    };
    if zoom_by != 1.0 {
        let view = ui.available_rect_before_wrap();
        state
            .zoom
            .zoom_at(zoom_by, view.center(), details.photo.size, view);
    }
    if cx.take(UiCommand::Name) {
        let selected = cx.selection.faces.single();
        let face = details
            .faces
            .iter()
            .find(|face| Some(face.face_id) == selected)
            .or_else(|| first_unnamed(cx, details));
        if let Some(face) = face {
            begin_naming(cx, face);
        }
    }
    let one = cx
        .selection
        .faces
        .single()
        .and_then(|selected| details.faces.iter().find(|face| face.face_id == selected));
    if let Some((face, group)) = one.and_then(|face| Some((face.face_id, face.group?)))
        && cx.take(UiCommand::Cover)
    {
        cx.execute(Command::SetCover { group, face });
    }
}

fn first_unnamed<'a>(cx: &ViewContext<'_>, details: &'a PhotoDetails) -> Option<&'a FaceRow> {
    details
        .faces
        .iter()
        .find(|face| is_shown(face) && name_of(cx, face).is_none())
}
