//! The boxes of the faces on a photo, each with its name under it, "Who?", or the field for the name.

use egui::{
    Align2, Color32, FontId, Id, Pos2, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind,
    TextStyle, Ui, UiBuilder, WidgetInfo, vec2,
};

use crate::app::commands::ui_command::UiCommand;
use crate::app::state::navigation::Page;
use crate::app::state::queries::PhotoDetails;
use crate::app::theme::{GAP_S, ON_PHOTO, PHOTO_LABEL, Tokens};
use crate::app::views::context::ViewContext;
use crate::app::views::face_commands::{face_menu_ui, is_suggestion};
use crate::app::views::name_field::NameFieldOptions;
use crate::app::views::naming;
use crate::app::views::photo::face_names::{begin_naming, is_shown, name_of, name_target};
use crate::app::views::photo::state::PhotoState;
use crate::app::widgets::counts::counted;
use crate::app::widgets::zoom::screen_from_photo;
use crate::library::FaceRow;

const FIELD_WIDTH: f32 = 180.0;
/// Minimum width of a box, in points, for which "Who?" is always shown. Smaller ones show it only under the pointer,
/// because the labels would overlap.
const MIN_WIDTH_TO_ASK: f32 = 48.0;

/// Draws all boxes; they fade in while the pointer is over the photo.
pub fn boxes_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    state: &mut PhotoState,
    details: &PhotoDetails,
    on_screen: Rect,
    view: Rect,
) {
    let over_photo =
        ui.rect_contains_pointer(view) && ui.input(|input| input.pointer.hover_pos().is_some());
    let seen = state.boxes_pinned
        || over_photo
        || cx.naming.is_some()
        || !cx.selection.faces.is_empty()
        || state.pointed.is_some();
    let opacity = ui
        .ctx()
        .animate_bool_with_time(Id::unique("boxes of the photo"), seen, 0.15);
    let mut pointed = None;
    ui.scope(|ui| {
        ui.shrink_clip_rect(view);
        ui.set_opacity(opacity);
        let placed = |face: &&FaceRow| is_shown(face) && face.has_place;
        for face in details.faces.iter().filter(placed) {
            let rect = screen_from_photo(face.box_in_photo, details.photo.size, on_screen);
            if view.intersects(rect) && box_ui(ui, cx, state, face, rect) {
                pointed = Some(face.face_id);
            }
        }
        // Last, so that it covers the boxes below it.
        field_of_named_ui(ui, cx, details, on_screen);
    });
    if over_photo || pointed.is_some() {
        state.pointed = pointed;
    }
}

/// One face; true if the pointer is on it.
fn box_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    state: &PhotoState,
    face: &FaceRow,
    rect: Rect,
) -> bool {
    let name = name_of(cx, face);
    let response = ui.interact(
        rect,
        ui.scope_id().with(("box", face.face_id)),
        Sense::click(),
    );
    let selected = cx.selection.faces.contains(face.face_id);
    let label = match name {
        Some(name) => format!("Face {}: {name}", face.face_id),
        None => format!("Face {}: unnamed", face.face_id),
    };
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, label.clone()));
    if response.clicked() {
        let modifiers = ui.input(|input| input.modifiers);
        cx.selection.faces.click(
            &[face.face_id],
            face.face_id,
            egui::Modifiers {
                shift: false,
                ..modifiers
            },
        );
    }
    // A click on an unnamed face starts typing its name; Escape leaves the face selected.
    if response.clicked() && name.is_none() && cx.selection.faces.single() == Some(face.face_id) {
        begin_naming(cx, face);
    }
    if response.secondary_clicked() && !selected {
        cx.selection.faces.set(face.face_id);
    }
    let bright = selected || response.hovered() || state.pointed == Some(face.face_id);
    frame_ui(ui, cx.tokens, face, rect, bright, selected);
    face_menu_ui(&response, cx, &menu(cx, face));
    let asks = name.is_some() || bright || rect.width() >= MIN_WIDTH_TO_ASK;
    let is_named_now = cx.naming_of(&name_target(cx, face)).is_some();
    let over_name = asks && !is_named_now && name_ui(ui, cx, face, name, under(rect), bright);
    response.hovered() || over_name
}

/// White with a dark edge, so that it shows on any photo; dashed for a face too unclear to recognise.
fn frame_ui(ui: &Ui, tokens: &Tokens, face: &FaceRow, rect: Rect, bright: bool, selected: bool) {
    let painter = ui.painter();
    let color = if selected { tokens.accent } else { ON_PHOTO };
    let width = if bright { 2.5 } else { 1.5 };
    let radius = tokens.radius();
    if face.recognizable {
        painter.rect_stroke(
            rect.expand(1.0),
            radius,
            Stroke::new(width + 1.5, tokens.scrim),
            StrokeKind::Middle,
        );
        painter.rect_stroke(rect, radius, Stroke::new(width, color), StrokeKind::Middle);
    } else {
        let corners = [
            rect.left_top(),
            rect.right_top(),
            rect.right_bottom(),
            rect.left_bottom(),
            rect.left_top(),
        ];
        painter.extend(Shape::dashed_line(
            &corners,
            Stroke::new(width + 1.5, tokens.scrim),
            5.0,
            4.0,
        ));
        painter.extend(Shape::dashed_line(
            &corners,
            Stroke::new(width, color),
            5.0,
            4.0,
        ));
    }
}

/// The name under the box, or "Who?"; true if the pointer is on it.
fn name_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    face: &FaceRow,
    name: Option<&str>,
    under: Pos2,
    bright: bool,
) -> bool {
    let suggested = is_suggestion(cx, face);
    let text = match name {
        Some(name) if suggested => format!("{name}?"),
        Some(name) => name.to_owned(),
        None => "Who?".to_owned(),
    };
    let (fill, ink) = if suggested {
        (cx.tokens.maybe, cx.tokens.on_accent)
    } else if name.is_some() || !bright {
        (PHOTO_LABEL, ON_PHOTO)
    } else {
        (cx.tokens.accent, cx.tokens.on_accent)
    };
    let font = TextStyle::Small.resolve(ui.style());
    let response = pill_ui(ui, face, &text, under, font, fill, ink);
    response.widget_info(|| {
        let label = match name {
            Some(name) => format!("Open {name}"),
            None => format!("Who is face {}?", face.face_id),
        };
        WidgetInfo::labeled(Role::Button, true, label)
    });
    let hovered = response.hovered();
    let tooltip = tooltip_of(ui, cx, face, name, suggested);
    if response.on_hover_text(tooltip).clicked() {
        match (name, face.group) {
            (Some(_), Some(group_id)) => cx.go(Page::Group(group_id)),
            _ => begin_naming(cx, face),
        }
    }
    hovered
}

fn tooltip_of(
    ui: &Ui,
    cx: &ViewContext<'_>,
    face: &FaceRow,
    name: Option<&str>,
    suggested: bool,
) -> String {
    if let Some(name) = name {
        return if suggested {
            format!("Perhaps {name}: select the face and press Y or N; click to open {name}")
        } else {
            format!("Open {name}")
        };
    }
    let faces = face
        .group
        .and_then(|group_id| cx.snapshot.group(group_id))
        .map_or(1, |group| group.faces);
    let what = if faces > 1 {
        format!("Name this group of {}", counted(u64::from(faces), "face"))
    } else {
        "Name this face".to_owned()
    };
    match UiCommand::Name.keys().first() {
        Some(shortcut) => format!("{what} ({})", ui.ctx().format_shortcut(shortcut)),
        None => what,
    }
}

fn pill_ui(
    ui: &Ui,
    face: &FaceRow,
    text: &str,
    under: Pos2,
    font: FontId,
    fill: Color32,
    ink: Color32,
) -> Response {
    let galley = ui.painter().layout_no_wrap(text.to_owned(), font, ink);
    let size = galley.size() + vec2(2.0 * GAP_S, 6.0);
    let rect = Align2::CENTER_TOP.anchor_size(under, size);
    let response = ui.interact(
        rect,
        ui.scope_id().with(("name", face.face_id)),
        Sense::click(),
    );
    ui.painter().rect_filled(rect, 6.0, fill);
    ui.painter()
        .galley(rect.min + vec2(GAP_S, 3.0), galley, ink);
    response
}

/// Where the name of a face is drawn.
fn under(face: Rect) -> Pos2 {
    face.center_bottom() + vec2(0.0, 6.0)
}

/// The field under the face that is being named; for a group, under its selected or first face in the photo.
fn field_of_named_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    details: &PhotoDetails,
    on_screen: Rect,
) {
    let Some(target) = cx.naming.as_ref().map(|naming| naming.target.clone()) else {
        return;
    };
    let is_meant = |face: &&FaceRow| is_shown(face) && name_target(cx, face) == target;
    let meant: Vec<&FaceRow> = details.faces.iter().filter(is_meant).collect();
    let selected = meant
        .iter()
        .find(|face| cx.selection.faces.contains(face.face_id));
    let Some(face) = selected.or(meant.first()) else {
        return;
    };
    let rect = screen_from_photo(face.box_in_photo, details.photo.size, on_screen);
    let field = Align2::CENTER_TOP.anchor_size(under(rect), vec2(FIELD_WIDTH, 28.0));
    let options = NameFieldOptions {
        label: "Who is this?",
        hint: "Who?",
        width: FIELD_WIDTH,
        renames: false,
    };
    ui.scope_builder(UiBuilder::new().max_rect(field), |ui| {
        naming::target_field_ui(ui, cx, &target, &options)
    });
}

fn menu(cx: &ViewContext<'_>, face: &FaceRow) -> Vec<Option<UiCommand>> {
    let mut menu = Vec::new();
    if is_suggestion(cx, face) {
        menu.extend([Some(UiCommand::Accept), Some(UiCommand::Reject), None]);
    }
    menu.extend([Some(UiCommand::Name), Some(UiCommand::Move)]);
    if name_of(cx, face).is_some() {
        menu.extend([Some(UiCommand::Remove), Some(UiCommand::Cover)]);
    }
    menu.extend([None, Some(UiCommand::Ignore), Some(UiCommand::NotAFace)]);
    menu
}
