//! A group's card: cover, name or "Unnamed", count, number of suggestions; a strip of other faces under the pointer.

use std::sync::Arc;

use egui::{
    Align2, DragAndDrop, FontId, Id, LayerId, Order, Painter, Rect, Response, Role, Sense, Stroke,
    StrokeKind, TextStyle, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::naming::NameTarget;
use crate::app::state::navigation::Page;
use crate::app::theme::{GAP_S, GAP_XS, Tokens};
use crate::app::views::command_menu::command_menu_ui;
use crate::app::views::context::ViewContext;
use crate::app::views::face_tile::paint_face;
use crate::app::views::name_field::NameFieldOptions;
use crate::app::views::naming;
use crate::app::views::tile_grid::{Tile, scroll_at_edges};
use crate::app::widgets::counts::{counted, thousands};
use crate::app::widgets::picture::paint_filling;
use crate::curate::Command;
use crate::library::{FaceId, GroupId, GroupSummary};

/// Height of the lines under the picture: name and count.
pub const TEXT_HEIGHT: f32 = 48.0;
/// Time for which the pointer must rest before the strip appears, so that strips do not flash while the pointer crosses
/// the page.
const REST_SECONDS: f32 = 0.25;
const STRIP_FACES: usize = 4;

/// What happened on a card, other than clicks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardEvent {
    Named { continues: bool },
}

/// Groups being dragged to another card.
#[derive(Debug, Clone)]
struct DraggedGroups {
    groups: Vec<GroupId>,
    cover: Option<FaceId>,
}

pub fn card_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    tile: &Tile<GroupId>,
) -> (Response, Option<CardEvent>) {
    let snapshot = cx.snapshot;
    let response = ui.interact(
        tile.rect,
        ui.scope_id().with(tile.item),
        Sense::click_and_drag(),
    );
    let Some(group) = snapshot.group(tile.item) else {
        return (response, None);
    };
    response
        .widget_info(|| WidgetInfo::selected(Role::Button, true, tile.selected, label_of(group)));
    let picture_rect =
        Rect::from_min_size(tile.rect.min, vec2(tile.rect.width(), tile.rect.width()));
    background_ui(ui, cx.tokens, tile, &response);
    let cover = group.cover.and_then(|face_id| cx.pictures.face(face_id));
    paint_face(ui, cx.tokens, picture_rect, cover, tile.selected);
    if response.hovered() {
        strip_ui(ui, cx, group, picture_rect);
    }
    if group.suggested > 0 {
        badge_ui(ui, cx, group, picture_rect);
    }
    let event = text_ui(ui, cx, group, tile.rect.with_min_y(picture_rect.bottom()));
    drag_and_drop(ui, cx, group, picture_rect, &response);
    let menu = menu_of(group);
    response.context_menu(|ui| {
        if let Some(command) = command_menu_ui(ui, &menu) {
            cx.push(Action::Run(command));
        }
    });
    (response, event)
}

/// The number under a name; somebody whose photos are all away has none to count.
fn count_of(group: &GroupSummary) -> String {
    match (group.faces, group.away) {
        (0, away) if away > 0 => format!("{} away", thousands(away.into())),
        (faces, _) => thousands(faces.into()),
    }
}

/// The accessible name of a card.
fn label_of(group: &GroupSummary) -> String {
    let mut faces = counted(u64::from(group.faces), "face");
    if group.away > 0 {
        faces += &format!(", {} away", thousands(group.away.into()));
    }
    match &group.name {
        Some(name) => format!("{name}, {faces}"),
        None => format!("Unnamed group {}, {faces}", group.group_id),
    }
}

fn menu_of(group: &GroupSummary) -> Vec<Option<UiCommand>> {
    let mut menu = vec![
        Some(UiCommand::Open),
        Some(UiCommand::Name),
        None,
        Some(UiCommand::Merge),
        Some(UiCommand::Split),
    ];
    menu.extend([None, Some(UiCommand::Ignore), Some(UiCommand::NotAFace)]);
    if group.name.is_some() {
        menu.extend([None, Some(UiCommand::DeleteName), Some(UiCommand::Export)]);
    }
    menu
}

fn background_ui(ui: &Ui, tokens: &Tokens, tile: &Tile<GroupId>, response: &Response) {
    let around = tile.rect.expand(6.0);
    if tile.selected {
        ui.painter()
            .rect_filled(around, tokens.radius(), tokens.selected);
    } else if response.hovered() {
        ui.painter()
            .rect_filled(around, tokens.radius(), tokens.hover);
    }
    if response.has_focus() || tile.cursor && !tile.selected {
        ui.painter().rect_stroke(
            around,
            tokens.radius(),
            Stroke::new(1.5, tokens.accent),
            StrokeKind::Inside,
        );
    }
}

/// Name and count, or the field while the name is typed, in the same place so that nothing moves.
fn text_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    group: &GroupSummary,
    rect: Rect,
) -> Option<CardEvent> {
    let target = NameTarget::Group(group.group_id);
    if cx.naming_of(&target).is_some() {
        return field_ui(ui, cx, group, &target, rect);
    }
    let tokens = cx.tokens;
    let (name, color) = match &group.name {
        Some(name) => (name.as_str(), tokens.text),
        None => ("Unnamed", tokens.text_weak),
    };
    let name_font = TextStyle::Body.resolve(ui.style());
    let count_font = TextStyle::Small.resolve(ui.style());
    let top = rect.top() + GAP_XS;
    one_line(
        ui.painter(),
        pos2(rect.left() + 2.0, top),
        rect.width() - 4.0,
        name,
        name_font,
        color,
    );
    one_line(
        ui.painter(),
        pos2(rect.left() + 2.0, top + 20.0),
        rect.width() - 4.0,
        &count_of(group),
        count_font,
        tokens.text_weak,
    );
    None
}

/// A line of text cut with "…" at `width`.
pub fn one_line(
    painter: &Painter,
    min: egui::Pos2,
    width: f32,
    text: &str,
    font: FontId,
    color: egui::Color32,
) -> Rect {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width);
    let galley = painter.layout_job(job);
    let rect = Rect::from_min_size(min, galley.size());
    painter.galley(min, galley, color);
    rect
}

fn field_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    group: &GroupSummary,
    target: &NameTarget,
    rect: Rect,
) -> Option<CardEvent> {
    let label = format!("Name of group {}", group.group_id);
    let options = NameFieldOptions {
        label: &label,
        hint: "Who is this?",
        width: rect.width(),
        renames: group.name.is_some(),
    };
    let field = rect.shrink2(vec2(0.0, GAP_XS + 2.0));
    let given = ui
        .scope_builder(UiBuilder::new().max_rect(field), |ui| {
            naming::target_field_ui(ui, cx, target, &options)
        })
        .inner?;
    Some(CardEvent::Named {
        continues: given.continues && group.name.is_none(),
    })
}

/// A strip of other faces at the bottom of the picture, once the pointer rests on it.
fn strip_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, group: &GroupSummary, picture: Rect) {
    let id = Id::unique("card under the pointer");
    let now = ui.input(|input| input.time);
    let (over, since) = ui
        .data(|data| data.get_temp::<(GroupId, f64)>(id))
        .unwrap_or((group.group_id, now));
    let since = if over == group.group_id { since } else { now };
    ui.data_mut(|data| data.insert_temp(id, (group.group_id, since)));
    let dragging = DragAndDrop::has_any_payload(ui.ctx());
    if group.faces < 2 || dragging || now - since < f64::from(REST_SECONDS) {
        ui.ctx().request_repaint_after_secs(REST_SECONDS);
        return;
    }
    let Some(details) = cx.queries.group(group.group_id) else {
        return;
    };
    let others = details
        .faces
        .iter()
        .filter(|face| Some(face.face_id) != group.cover);
    // Spread over the whole group, so that the strip shows more than one day.
    let apart = (details.faces.len().saturating_sub(1) / STRIP_FACES).max(1);
    let gap = 2.0;
    let side = ((picture.width() - gap * (STRIP_FACES as f32 + 1.0)) / STRIP_FACES as f32).floor();
    let strip = picture.with_min_y(picture.bottom() - side - 2.0 * gap);
    ui.painter().rect_filled(
        strip,
        egui::CornerRadius {
            nw: 0,
            ne: 0,
            sw: 6,
            se: 6,
        },
        cx.tokens.scrim,
    );
    for (index, face) in others.step_by(apart).take(STRIP_FACES).enumerate() {
        let min = strip.min + vec2(gap + index as f32 * (side + gap), gap);
        let picture = cx.pictures.face(face.face_id);
        paint_filling(
            ui.painter(),
            cx.tokens,
            Rect::from_min_size(min, vec2(side, side)),
            picture,
            3.0,
        );
    }
}

/// An amber badge with the number of suggestions; opens the page where they are answered.
fn badge_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, group: &GroupSummary, picture: Rect) {
    let tokens = cx.tokens;
    let text = thousands(u64::from(group.suggested));
    let font = TextStyle::Small.resolve(ui.style());
    let galley = ui.painter().layout_no_wrap(text, font, tokens.on_accent);
    let size = vec2((galley.size().x + 2.0 * GAP_S).max(22.0), 20.0);
    let rect = Align2::RIGHT_TOP.anchor_size(picture.right_top() + vec2(-6.0, 6.0), size);
    let response = ui.interact(
        rect,
        ui.scope_id().with(("badge", group.group_id)),
        Sense::click(),
    );
    let label = format!(
        "{} for {}",
        counted(u64::from(group.suggested), "suggestion"),
        cx.snapshot.name_of(group.group_id)
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label.clone()));
    ui.painter().rect_filled(rect, 10.0, tokens.maybe);
    ui.painter().galley(
        rect.center() - galley.size() / 2.0,
        galley,
        tokens.on_accent,
    );
    if response
        .on_hover_text(format!("{label}: open to answer them"))
        .clicked()
    {
        cx.go(Page::Group(group.group_id));
    }
}

/// Starts dragging this card, with the other selected ones if it is selected.
pub fn drag(ctx: &egui::Context, cx: &ViewContext<'_>, group_id: GroupId) {
    let selected = &cx.selection.groups;
    let groups = if selected.contains(group_id) {
        selected.to_vec()
    } else {
        vec![group_id]
    };
    let cover = cx.snapshot.group(group_id).and_then(|group| group.cover);
    DragAndDrop::set_payload(ctx, DraggedGroups { groups, cover });
}

/// A card dropped on another one merges with it.
fn drag_and_drop(
    ui: &Ui,
    cx: &mut ViewContext<'_>,
    group: &GroupSummary,
    picture: Rect,
    response: &Response,
) {
    if response.dragged()
        && let Some(pointer) = ui.input(|input| input.pointer.interact_pos())
    {
        scroll_at_edges(ui, pointer);
        if let Some(dragged) = DragAndDrop::payload::<DraggedGroups>(ui.ctx()) {
            dragged_card_ui(ui, cx, &dragged, pointer);
        }
    }
    let is_target = |dragged: &Arc<DraggedGroups>| !dragged.groups.contains(&group.group_id);
    if response
        .dnd_hover_payload::<DraggedGroups>()
        .is_some_and(|dragged| is_target(&dragged))
    {
        let tokens = cx.tokens;
        ui.painter().rect_stroke(
            picture,
            tokens.radius(),
            Stroke::new(3.0, tokens.accent),
            StrokeKind::Outside,
        );
        let font = TextStyle::Small.resolve(ui.style());
        let bar = picture.with_min_y(picture.bottom() - 24.0);
        ui.painter().rect_filled(
            bar,
            egui::CornerRadius {
                nw: 0,
                ne: 0,
                sw: 6,
                se: 6,
            },
            tokens.accent,
        );
        let label = format!("Merge with {}", cx.snapshot.name_of(group.group_id));
        let text = Rect::from_min_max(bar.min + vec2(GAP_S, 3.0), bar.max);
        one_line(
            ui.painter(),
            text.min,
            text.width() - GAP_S,
            &label,
            font,
            tokens.on_accent,
        );
    }
    if response
        .dnd_hover_payload::<DraggedGroups>()
        .is_some_and(|dragged| is_target(&dragged))
        && let Some(dragged) = response.dnd_release_payload::<DraggedGroups>()
    {
        cx.execute(Command::Merge {
            from: dragged.groups.clone(),
            into: group.group_id,
        });
        cx.selection.groups.clear();
    }
}

/// The picture at the pointer while cards are dragged.
fn dragged_card_ui(
    ui: &Ui,
    cx: &mut ViewContext<'_>,
    dragged: &DraggedGroups,
    pointer: egui::Pos2,
) {
    let tokens = cx.tokens;
    let painter = ui
        .ctx()
        .layer_painter(LayerId::new(Order::Tooltip, Id::unique("dragged cards")));
    let rect = Rect::from_min_size(pointer + vec2(10.0, 10.0), vec2(64.0, 64.0));
    let cover = dragged.cover.and_then(|face_id| cx.pictures.face(face_id));
    paint_filling(&painter, tokens, rect, cover, tokens.radius());
    painter.rect_stroke(
        rect,
        tokens.radius(),
        Stroke::new(2.0, tokens.accent),
        StrokeKind::Outside,
    );
    if dragged.groups.len() > 1 {
        let font = TextStyle::Small.resolve(ui.style());
        painter.circle_filled(rect.right_top(), 11.0, tokens.accent);
        painter.text(
            rect.right_top(),
            Align2::CENTER_CENTER,
            dragged.groups.len().to_string(),
            font,
            tokens.on_accent,
        );
    }
}
