//! One face in a grid: the crop, its selection ring, and the two buttons of a suggestion.

use egui::{Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use crate::app::commands::ui_command::UiCommand;
use crate::app::pictures::cache::PictureCache;
use crate::app::theme::{GAP_S, GAP_XS, ON_PHOTO, Tokens};
use crate::app::views::tile_grid::Tile;
use crate::app::widgets::picture::{Picture, paint_filling};
use crate::app::widgets::yes_no::{SIDE, YesNo, answer_button_ui};
use crate::library::{FaceId, Presence};

#[derive(Debug, Clone, Copy)]
pub struct FaceTile<'a> {
    pub face_id: FaceId,
    pub rect: Rect,
    pub selected: bool,
    /// Whether the keyboard's cursor is on this face.
    pub cursor: bool,
    /// The name for which the face is suggested.
    pub suggested_as: Option<&'a str>,
    /// Empty: no tooltip.
    pub tooltip: &'a str,
    /// A face that is not present is marked.
    pub presence: Presence,
}

impl<'a> FaceTile<'a> {
    /// The face of a grid's tile, without suggestion and tooltip.
    pub fn of(tile: &Tile<FaceId>) -> FaceTile<'a> {
        FaceTile {
            face_id: tile.item,
            rect: tile.rect,
            selected: tile.selected,
            cursor: tile.cursor,
            suggested_as: None,
            tooltip: "",
            presence: Presence::Present,
        }
    }
}

#[derive(Debug)]
pub struct FaceTileResponse {
    pub response: Response,
    pub answer: Option<YesNo>,
}

/// Draws one face.
pub fn face_tile_ui(
    ui: &mut Ui,
    pictures: &mut PictureCache,
    tile: &FaceTile<'_>,
) -> FaceTileResponse {
    let tokens = Tokens::of(ui.ctx());
    let FaceTile { face_id, rect, .. } = *tile;
    let response = ui.interact(rect, ui.scope_id().with(face_id), Sense::click());
    response.widget_info(|| {
        let suggested = if tile.suggested_as.is_some() {
            ", suggested"
        } else {
            ""
        };
        WidgetInfo::selected(
            Role::Button,
            true,
            tile.selected,
            format!("Face {face_id}{suggested}"),
        )
    });
    let picture = pictures.face(face_id);
    paint_face(ui, tokens, rect, picture, tile.selected);
    paint_presence(ui, tokens, rect, tile.presence);
    if response.has_focus() || tile.cursor && !tile.selected {
        ui.painter().rect_stroke(
            rect,
            tokens.radius(),
            Stroke::new(2.0, tokens.text_weak),
            StrokeKind::Inside,
        );
    } else if response.hovered() && !tile.selected {
        ui.painter().rect_stroke(
            rect,
            tokens.radius(),
            Stroke::new(1.0, tokens.text_weak),
            StrokeKind::Inside,
        );
    }
    let answer = tile
        .suggested_as
        .and_then(|name| answers_ui(ui, tile, name));
    let response = if tile.tooltip.is_empty() {
        response
    } else {
        response.on_hover_text(tile.tooltip)
    };
    FaceTileResponse { response, answer }
}

/// A crop, with a ring if it is selected.
pub fn paint_face(ui: &Ui, tokens: &Tokens, rect: Rect, picture: Option<Picture>, selected: bool) {
    let painter = ui.painter();
    if selected {
        painter.rect_filled(rect, tokens.radius(), tokens.selected);
        paint_filling(painter, tokens, rect.shrink(4.0), picture, 4.0);
        painter.rect_stroke(
            rect,
            tokens.radius(),
            Stroke::new(3.0, tokens.accent),
            StrokeKind::Inside,
        );
    } else {
        paint_filling(painter, tokens, rect, picture, tokens.radius());
    }
}

/// Darkens a picture that is not present, and labels it.
pub fn paint_presence(ui: &Ui, tokens: &Tokens, rect: Rect, presence: Presence) {
    let label = match presence {
        Presence::Present => return,
        Presence::Away => "away",
        Presence::NotFound => "not found",
    };
    ui.painter()
        .rect_filled(rect, tokens.radius(), tokens.scrim);
    ui.painter().text(
        rect.left_bottom() + vec2(GAP_S, -GAP_XS),
        egui::Align2::LEFT_BOTTOM,
        label,
        egui::TextStyle::Small.resolve(ui.style()),
        ON_PHOTO,
    );
}

fn answers_ui(ui: &mut Ui, tile: &FaceTile<'_>, name: &str) -> Option<YesNo> {
    let tokens = Tokens::of(ui.ctx());
    let rect = tile.rect;
    let strip = Rect::from_min_max(
        pos2(rect.left(), rect.bottom() - SIDE - 2.0 * GAP_XS),
        rect.max,
    );
    ui.painter().rect_filled(
        strip.shrink2(vec2(if tile.selected { 4.0 } else { 0.0 }, 0.0)),
        egui::CornerRadius {
            nw: 0,
            ne: 0,
            sw: 6,
            se: 6,
        },
        tokens.scrim,
    );
    let inset = SIDE / 2.0 + GAP_XS;
    let mut answer = None;
    let sides = [
        (
            YesNo::Yes,
            pos2(rect.left() + inset, strip.center().y),
            "Accept",
            UiCommand::Accept,
        ),
        (
            YesNo::No,
            pos2(rect.right() - inset, strip.center().y),
            "Reject",
            UiCommand::Reject,
        ),
    ];
    for (which, center, word, command) in sides {
        let label = format!("{word} face {}", tile.face_id);
        let question = if which == YesNo::Yes {
            format!("This is {name}")
        } else {
            format!("This is not {name}")
        };
        let tooltip = match command.keys().first() {
            Some(shortcut) => format!("{question} ({})", ui.ctx().format_shortcut(shortcut)),
            None => question,
        };
        if answer_button_ui(ui, center, which, &label, &tooltip).clicked() {
            answer = Some(which);
        }
    }
    answer
}
