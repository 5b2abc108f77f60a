//! A bar that floats above the foot of a page, so that it appears without moving anything.

use egui::{Align2, Area, Frame, Id, Margin, Order, Rect, Stroke, Ui, vec2};

use crate::app::theme::Tokens;

/// Distance from the foot of the page, in points; toasts are below.
const ABOVE_FOOT: f32 = 68.0;

/// Draws `contents` in a raised bar at the foot of `page`, centred.
pub fn floating_bar_ui(ui: &Ui, id: Id, page: Rect, contents: impl FnOnce(&mut Ui)) {
    let tokens = Tokens::of(ui.ctx());
    Area::new(id)
        .order(Order::Middle)
        .fixed_pos(page.center_bottom() - vec2(0.0, ABOVE_FOOT))
        .pivot(Align2::CENTER_BOTTOM)
        .constrain_to(page)
        .show(ui.ctx(), |ui| {
            Frame::new()
                .fill(tokens.raised)
                .stroke(Stroke::new(1.0, tokens.line))
                .corner_radius(tokens.radius())
                .shadow(ui.visuals().popup_shadow)
                .inner_margin(Margin::same(8))
                .show(ui, |ui| ui.horizontal(contents));
        });
}
