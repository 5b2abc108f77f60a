//! The head of a group's page: cover, name, counts and dates, and what can be done to the whole group.

use egui::{
    Align, Layout, Rect, RichText, Role, Sense, TextStyle, Ui, UiBuilder, WidgetInfo, vec2,
};

use crate::app::action::{Action, NameTarget, PickPurpose};
use crate::app::context::ViewContext;
use crate::app::place::Place;
use crate::app::tokens::{GAP_L, GAP_M, GAP_S, GAP_XS};
use crate::app::ui_command::UiCommand;
use crate::app::views::group::split::SplitState;
use crate::app::views::{group, naming};
use crate::app::widgets::command_menu::command_button_ui;
use crate::app::widgets::dates::{counted, years};
use crate::app::widgets::name_field::{NameAnswer, NameFieldLook, name_field_ui};
use crate::app::widgets::picture::paint_filling;
use crate::curate::Command;
use crate::library::{FaceId, GroupId, GroupSummary};

const COVER_SIDE: f32 = 64.0;
const NAME_WIDTH: f32 = 280.0;

/// Draws the header across the page.
pub fn header_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    group_id: GroupId,
    split: &mut Option<SplitState>,
) {
    let Some(summary) = cx.snapshot.group(group_id).cloned() else {
        return;
    };
    let height = COVER_SIDE + 2.0 * GAP_M;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let inner = rect.shrink2(vec2(GAP_L, GAP_M));
    let cover_rect = Rect::from_min_size(inner.min, vec2(COVER_SIDE, COVER_SIDE));
    let cover = summary.cover.and_then(|face_id| cx.textures.face(face_id));
    paint_filling(
        ui.painter(),
        cx.tokens,
        cover_rect,
        cover,
        cx.tokens.radius(),
    );
    let texts = inner.with_min_x(cover_rect.right() + GAP_M);
    ui.scope_builder(
        UiBuilder::new()
            .max_rect(texts)
            .layout(Layout::right_to_left(Align::Center)),
        |ui| {
            buttons_ui(ui, cx, &summary, split);
            let left = Rect::from_min_max(
                texts.min,
                egui::pos2(ui.min_rect().left() - GAP_M, texts.max.y),
            );
            let layout = Layout::top_down(Align::Min);
            ui.scope_builder(UiBuilder::new().max_rect(left).layout(layout), |ui| {
                ui.add_space(GAP_S);
                name_ui(ui, cx, &summary);
                ui.label(
                    RichText::new(facts(&summary))
                        .text_style(TextStyle::Small)
                        .color(cx.tokens.text_weak),
                );
            });
        },
    );
    ui.painter().hline(
        rect.x_range(),
        rect.bottom(),
        egui::Stroke::new(1.0, cx.tokens.line),
    );
    ui.add_space(GAP_XS);
}

/// "148 faces in 97 photos · 2009 – 2026".
fn facts(summary: &GroupSummary) -> String {
    let faces = counted(u64::from(summary.faces), "face", "faces");
    let photos = counted(u64::from(summary.photos), "photo", "photos");
    match years(
        summary.first_taken.as_deref(),
        summary.last_taken.as_deref(),
    ) {
        Some(years) => format!("{faces} in {photos} · {years}"),
        None => format!("{faces} in {photos}"),
    }
}

fn name_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, summary: &GroupSummary) {
    let target = NameTarget::Group(summary.group_id);
    if cx.naming_of(&target).is_some() {
        return field_ui(ui, cx, summary, &target);
    }
    let text = match &summary.name {
        Some(name) => RichText::new(name).text_style(TextStyle::Heading),
        None => RichText::new("Who is this?")
            .text_style(TextStyle::Heading)
            .color(cx.tokens.text_weak),
    };
    let response = ui.add(egui::Label::new(text).truncate().sense(Sense::click()));
    let label = match &summary.name {
        Some(name) => format!("Rename {name}"),
        None => "Name this group".to_owned(),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label.clone()));
    let response = response.on_hover_cursor(egui::CursorIcon::Text);
    if response
        .on_hover_text(UiCommand::Name.tooltip_with_key(ui.ctx()))
        .clicked()
    {
        naming::begin(cx, summary.group_id);
    }
}

fn field_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, summary: &GroupSummary, target: &NameTarget) {
    let people = naming::known_people(cx.snapshot, target);
    let Some(naming) = cx.naming_of(target) else {
        return;
    };
    let label = format!("Name of group {}", summary.group_id);
    let look = NameFieldLook {
        label: &label,
        hint: "Who is this?",
        width: NAME_WIDTH,
        renames: summary.name.is_some(),
    };
    match name_field_ui(ui, naming, &people, &look) {
        NameAnswer::Typing => {}
        NameAnswer::Cancelled => *cx.naming = None,
        NameAnswer::Given(given) => {
            *cx.naming = None;
            let Some(command) = naming::command_for(cx.snapshot, target, &given) else {
                return;
            };
            cx.execute(command);
            if let Some(person) = given.person {
                // The group is part of that person now: show the person instead.
                group::leave(cx);
                cx.go(Place::Group(person));
            }
        }
    }
}

fn buttons_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    summary: &GroupSummary,
    split: &mut Option<SplitState>,
) {
    // From right to left.
    let mut pressed = None;
    if summary.name.is_some() && command_button_ui(ui, UiCommand::Export, "Export…").clicked() {
        pressed = Some(UiCommand::Export);
    }
    if command_button_ui(ui, UiCommand::Ignore, "Ignore").clicked() {
        pressed = Some(UiCommand::Ignore);
    }
    if summary.faces > 1 && command_button_ui(ui, UiCommand::Split, "Split…").clicked() {
        pressed = Some(UiCommand::Split);
    }
    if command_button_ui(ui, UiCommand::Merge, "Merge with…").clicked() {
        pressed = Some(UiCommand::Merge);
    }
    if let Some(command) = pressed {
        let faces = cx.details.group(summary.group_id);
        let faces: Vec<FaceId> = faces
            .iter()
            .flat_map(|details| &details.faces)
            .map(|face| face.face_id)
            .collect();
        group_command(cx, summary.group_id, command, split, &faces);
    }
}

/// Does a command to the whole group.
pub fn group_command(
    cx: &mut ViewContext<'_>,
    group_id: GroupId,
    command: UiCommand,
    split: &mut Option<SplitState>,
    faces: &[FaceId],
) {
    match command {
        UiCommand::Name => naming::begin(cx, group_id),
        UiCommand::Merge => cx.push(Action::PickPerson(PickPurpose::Merge {
            from: vec![group_id],
        })),
        UiCommand::Split => {
            *split = if split.is_some() {
                None
            } else {
                Some(SplitState::new(group_id))
            }
        }
        UiCommand::Ignore if !faces.is_empty() => cx.execute(Command::Ignore {
            faces: faces.to_vec(),
        }),
        UiCommand::DeleteName => cx.execute(Command::DeleteName { group: group_id }),
        UiCommand::Export => cx.push(Action::Export {
            people: vec![group_id],
        }),
        _ => {}
    }
}
