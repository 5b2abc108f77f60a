//! The photo itself, fitted or zoomed and panned, with the boxes of its faces over it.

use egui::epaint::RectShape;
use egui::{
    Align2, Color32, CursorIcon, Id, Rect, Response, Role, Sense, TextStyle, Ui, WidgetInfo, pos2,
    vec2,
};

use crate::app::state::queries::PhotoDetails;
use crate::app::theme::{GAP_L, GAP_XL};
use crate::app::views::context::ViewContext;
use crate::app::views::photo::state::PhotoState;
use crate::app::views::photo::{boxes, filmstrip};
use crate::app::widgets::zoom::Zoom;
use crate::library::PhotoId;

/// The zoom factor of a double click.
const DOUBLE_CLICK_ZOOM: f32 = 3.0;

/// Draws the photo in `view`.
pub fn canvas_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    state: &mut PhotoState,
    details: &PhotoDetails,
    view: Rect,
) {
    let photo = &details.photo;
    let id = Id::unique("photo canvas");
    let response = ui.interact(view, id, Sense::click_and_drag());
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Image, true, format!("Photo {}", photo.shown_path()))
    });
    let inner = view.shrink2(vec2(GAP_L, GAP_L / 2.0));
    ui.painter().rect_filled(view, 0.0, cx.tokens.well);
    move_and_zoom(ui, state, details, inner, &response);

    let painter = ui.painter_at(view);
    let on_screen = state.zoom.screen_rect(photo.size, inner);
    let pixels = |on_screen: Rect| on_screen.size().max_elem() * ui.pixels_per_point();
    let shown = cx.pictures.photo(photo, pixels(on_screen));
    report_sharpness(ui, state, &response, photo.photo_id, shown.sharp);
    if shown.sharp || shown.problem.is_some() {
        for neighbour in filmstrip::neighbours(&mut state.position, cx.filmstrip, photo.photo_id) {
            if let Some(details) = cx.queries.photo(neighbour) {
                let next = &details.photo;
                let fitted = Zoom::default().screen_rect(next.size, inner);
                cx.pictures.prefetch_photo(next, pixels(fitted));
            }
        }
    }
    if let Some(picture) = shown.picture {
        let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.add(RectShape::filled(on_screen, 0.0, Color32::WHITE).with_texture(picture.id, uv));
    } else {
        painter.rect_filled(on_screen, 0.0, cx.tokens.hover);
    }
    if let Some(problem) = &shown.problem {
        problem_ui(ui, cx, view, problem);
    }
    boxes::boxes_ui(ui, cx, state, details, on_screen, view);
}

/// Marks the photo as busy for screen readers until the picture is sharp. Then it is logged, for
/// `benches/photo_page.py`.
fn report_sharpness(
    ui: &Ui,
    state: &mut PhotoState,
    response: &Response,
    photo_id: PhotoId,
    sharp: bool,
) {
    if !sharp {
        ui.ctx()
            .accesskit_node_builder(response.id, |node| node.set_busy());
    } else if !std::mem::replace(&mut state.logged_sharp, true) {
        tracing::debug!("photo {photo_id} is sharp");
    }
}

fn move_and_zoom(
    ui: &Ui,
    state: &mut PhotoState,
    details: &PhotoDetails,
    view: Rect,
    response: &Response,
) {
    let size = details.photo.size;
    if let Some(pointer) = response.hover_pos() {
        let (scrolled, pinched) =
            ui.input(|input| (input.smooth_scroll_delta().y, input.zoom_delta()));
        let by = pinched * (scrolled / 300.0).exp();
        if by != 1.0 {
            state.zoom.zoom_at(by, pointer, size, view);
        }
        if response.double_clicked() {
            if state.zoom.is_fit() {
                state.zoom.zoom_at(DOUBLE_CLICK_ZOOM, pointer, size, view);
            } else {
                state.zoom = Zoom::default();
            }
        }
    }
    if response.dragged() {
        state.zoom.pan(response.drag_delta(), size, view);
    }
    if !state.zoom.is_fit() && (response.hovered() || response.dragged()) {
        ui.ctx().set_cursor_icon(if response.dragged() {
            CursorIcon::Grabbing
        } else {
            CursorIcon::Grab
        });
    }
}

fn problem_ui(ui: &Ui, cx: &ViewContext<'_>, view: Rect, problem: &str) {
    let font = TextStyle::Body.resolve(ui.style());
    let galley = ui.painter().layout(
        problem.to_owned(),
        font,
        cx.tokens.text,
        (view.width() - 2.0 * GAP_XL).max(80.0),
    );
    let rect = Align2::CENTER_CENTER.anchor_size(view.center(), galley.size());
    ui.painter()
        .rect_filled(rect.expand(GAP_L), cx.tokens.radius(), cx.tokens.raised);
    ui.painter().galley(rect.min, galley, cx.tokens.text);
}
