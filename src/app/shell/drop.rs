//! Folders dropped on the window are scanned.

use egui::{Align2, FontId, Id, LayerId, Order, StrokeKind};

use crate::app::commands::action::Action;
use crate::app::theme::{SUBTITLE, Tokens};

/// Scans what was dropped; while something is dragged over the window, shows a hint.
pub fn drop_ui(ctx: &egui::Context, actions: &mut Vec<Action>) {
    let (dropped, hovering) = ctx.input(|input| {
        let dropped: Vec<_> = input
            .raw
            .dropped_files
            .iter()
            .map(|file| file.path().to_owned())
            .collect();
        (dropped, !input.raw.hovered_files.is_empty())
    });
    actions.extend(dropped.into_iter().map(Action::ScanFolder));
    if hovering {
        let tokens = Tokens::of(ctx);
        let painter = ctx.layer_painter(LayerId::new(Order::Foreground, Id::unique("drop")));
        let rect = ctx.content_rect();
        painter.rect_filled(rect, 0.0, tokens.scrim);
        painter.rect_stroke(
            rect.shrink(8.0),
            tokens.radius(),
            egui::Stroke::new(3.0, tokens.accent),
            StrokeKind::Inside,
        );
        let font = FontId::proportional(SUBTITLE);
        painter.text(
            rect.center(),
            Align2::CENTER_CENTER,
            "Drop a folder to scan its photos",
            font,
            egui::Color32::WHITE,
        );
    }
}
