//! The list of the photo's faces, including marked ones.

use egui::{
    Align, Layout, Rect, RichText, Role, ScrollArea, Sense, TextStyle, Ui, UiBuilder, WidgetInfo,
    vec2,
};

use crate::app::state::navigation::Page;
use crate::app::state::queries::PhotoDetails;
use crate::app::theme::{GAP_M, GAP_S, GAP_XS};
use crate::app::views::context::ViewContext;
use crate::app::views::face_commands::is_suggestion;
use crate::app::views::photo::face_names::{begin_naming, is_shown, name_of};
use crate::app::views::photo::state::PhotoState;
use crate::app::widgets::picture::paint_filling;
use crate::app::widgets::section_header::section_header_ui;
use crate::library::{FaceRow, FaceState};

const ROW_HEIGHT: f32 = 56.0;
const FACE_SIDE: f32 = 44.0;

/// Draws the list in `side`.
pub fn faces_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    state: &mut PhotoState,
    details: &PhotoDetails,
    side: Rect,
) {
    ui.painter().rect_filled(side, 0.0, cx.tokens.chrome);
    let inner = side.shrink2(vec2(GAP_M, 0.0));
    ui.scope_builder(UiBuilder::new().max_rect(inner), |ui| {
        let (header, _) = ui.allocate_exact_size(vec2(ui.available_width(), 36.0), Sense::hover());
        section_header_ui(ui, cx.tokens, header, "Faces", details.faces.len());
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().auto_shrink(false).show_rows(
            ui,
            ROW_HEIGHT,
            details.faces.len(),
            |ui, rows| {
                for face in &details.faces[rows] {
                    row_ui(ui, cx, state, face);
                }
            },
        );
    });
}

fn row_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut PhotoState, face: &FaceRow) {
    let tokens = cx.tokens;
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    let name = name_of(cx, face);
    let selected = cx.selection.faces.contains(face.face_id);
    response.widget_info(|| {
        let label = format!("{} in the list of faces", name.unwrap_or("Unnamed"));
        WidgetInfo::selected(Role::Button, true, selected, label)
    });
    if response.hovered() {
        state.pointed = Some(face.face_id);
    }
    if selected || response.hovered() || state.pointed == Some(face.face_id) {
        let fill = if selected {
            tokens.selected
        } else {
            tokens.hover
        };
        ui.painter()
            .rect_filled(rect.expand2(vec2(GAP_XS, -2.0)), tokens.radius(), fill);
    }
    let picture_rect =
        egui::Align2::LEFT_CENTER.anchor_size(rect.left_center(), vec2(FACE_SIDE, FACE_SIDE));
    let picture = cx.pictures.face(face.face_id);
    paint_filling(ui.painter(), tokens, picture_rect, picture, tokens.radius());
    let text = rect
        .with_min_x(picture_rect.right() + GAP_S)
        .shrink2(vec2(0.0, 9.0));
    // A separate child `Ui`, so that long labels do not move the next row.
    let layout = Layout::top_down(Align::Min);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(text).layout(layout));
    ui.spacing_mut().item_spacing.y = 0.0;
    let label = match name {
        Some(name) => RichText::new(name),
        None => RichText::new("Who?").color(tokens.text_weak),
    };
    ui.add(egui::Label::new(label).truncate());
    let (state_label, color) = if is_suggestion(cx, face) {
        ("suggested", tokens.maybe)
    } else {
        (words_of(face), tokens.text_weak)
    };
    let state_label = RichText::new(state_label).text_style(TextStyle::Small);
    ui.label(state_label.color(color));
    if response.double_clicked()
        && let (Some(_), Some(group_id)) = (name, face.group)
    {
        cx.go(Page::Group(group_id));
    } else if response.clicked() && is_shown(face) {
        cx.selection.faces.set(face.face_id);
        if name.is_none() {
            begin_naming(cx, face);
        }
    }
}

/// The state of a face in a word or two.
fn words_of(face: &FaceRow) -> &'static str {
    match face.state {
        FaceState::Confirmed => "confirmed",
        FaceState::Automatic | FaceState::Ungrouped => "no name yet",
        FaceState::Unclear => "unclear",
        FaceState::Ignored => "ignored",
        FaceState::NotAFace => "not a face",
    }
}
