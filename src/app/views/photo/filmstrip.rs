//! The photos before and after this one, as a strip of thumbnails with this one in the middle.

use std::sync::Arc;

use egui::{Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::app::commands::action::Action;
use crate::app::state::cached::{Cached, Version};
use crate::app::theme::{GAP_S, GAP_XS};
use crate::app::views::context::ViewContext;
use crate::app::widgets::picture::paint_filling;
use crate::library::PhotoId;

/// Height of the strip, in points.
pub const HEIGHT: f32 = 76.0;
const SIDE: f32 = HEIGHT - 2.0 * GAP_S;

/// The position of the photo in the strip.
pub type PositionAmong = Cached<(Version<[PhotoId]>, PhotoId), Option<usize>>;

/// The position of a photo in the strip, and the number of photos; `None` if it is not in the strip.
pub fn position_among(
    known: &mut PositionAmong,
    filmstrip: &Arc<[PhotoId]>,
    photo_id: PhotoId,
) -> Option<(usize, usize)> {
    let position = *known.get((Version::of(filmstrip), photo_id), |_| {
        filmstrip.iter().position(|other| *other == photo_id)
    });
    Some((position?, filmstrip.len())).filter(|_| filmstrip.len() > 1)
}

/// The photos after and before this one in the strip.
pub fn neighbours(
    known: &mut PositionAmong,
    filmstrip: &Arc<[PhotoId]>,
    photo_id: PhotoId,
) -> impl Iterator<Item = PhotoId> + use<> {
    let position = position_among(known, filmstrip, photo_id).map(|(position, _)| position);
    let after = position.and_then(|position| filmstrip.get(position + 1).copied());
    let before = position.and_then(|position| filmstrip.get(position.checked_sub(1)?).copied());
    after.into_iter().chain(before)
}

/// Opens another photo of the strip.
fn open(cx: &mut ViewContext<'_>, photo_id: PhotoId) {
    let among = Arc::clone(cx.filmstrip);
    cx.push(Action::OpenPhoto { photo_id, among });
}

/// Draws the strip in `rect`.
pub fn filmstrip_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    known: &mut PositionAmong,
    photo_id: PhotoId,
    rect: Rect,
) {
    let tokens = cx.tokens;
    ui.painter().rect_filled(rect, 0.0, tokens.chrome);
    let Some((position, count)) = position_among(known, cx.filmstrip, photo_id) else {
        return;
    };
    let pitch = SIDE + GAP_XS;
    // The strip slides instead of jumping.
    let middle =
        ui.ctx()
            .animate_value_with_time(ui.scope_id().with("filmstrip"), position as f32, 0.12);
    let across = (rect.width() / pitch / 2.0).ceil() as usize + 1;
    let around = middle.round().max(0.0) as usize;
    for index in around.saturating_sub(across)..(around + across + 1).min(count) {
        let Some(other) = cx.filmstrip.get(index).copied() else {
            continue;
        };
        let left = rect.center().x - SIDE / 2.0 + (index as f32 - middle) * pitch;
        let cell = Rect::from_min_size(pos2(left, rect.top() + GAP_S), vec2(SIDE, SIDE));
        if !rect.intersects(cell) {
            continue;
        }
        let response = ui.interact(
            cell,
            ui.scope_id().with(("filmstrip", other)),
            Sense::click(),
        );
        response.widget_info(|| {
            WidgetInfo::selected(
                Role::Button,
                true,
                other == photo_id,
                format!("Photo {} of {count}", index + 1),
            )
        });
        let picture = cx.pictures.photo_thumbnail(other);
        paint_filling(&ui.painter_at(rect), tokens, cell, picture, 4.0);
        let stroke = match (other == photo_id, response.hovered()) {
            (true, _) => Stroke::new(2.5, tokens.accent),
            (false, true) => Stroke::new(1.0, tokens.text_weak),
            (false, false) => Stroke::NONE,
        };
        ui.painter_at(rect)
            .rect_stroke(cell, 4.0, stroke, StrokeKind::Inside);
        if response.clicked() {
            open(cx, other);
        }
    }
}
