//! The header of a group's page: cover, name, counts and dates, and commands for the whole group.

use egui::{
    Align, Layout, Rect, RichText, Role, Sense, TextStyle, Ui, UiBuilder, WidgetInfo, vec2,
};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::naming::NameTarget;
use crate::app::state::navigation::Page;
use crate::app::theme::{GAP_L, GAP_M, GAP_S, GAP_XS};
use crate::app::views::command_menu::command_button_ui;
use crate::app::views::context::ViewContext;
use crate::app::views::group::split::SplitState;
use crate::app::views::name_field::NameFieldOptions;
use crate::app::views::naming;
use crate::app::widgets::counts::{counted, thousands};
use crate::app::widgets::dates::years;
use crate::app::widgets::picture::paint_filling;
use crate::library::{GroupId, GroupSummary};

const COVER_SIDE: f32 = 64.0;
const NAME_WIDTH: f32 = 280.0;
const MAX_OFTEN_WITH: usize = 3;

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
    let cover = summary.cover.and_then(|face_id| cx.pictures.face(face_id));
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
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = GAP_XS;
                    ui.label(cx.tokens.small(facts(&summary)));
                    often_with_ui(ui, cx, summary.group_id);
                });
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

/// "148 faces in 97 photos · 2009 – 2026 · 3 away".
fn facts(summary: &GroupSummary) -> String {
    let faces = counted(u64::from(summary.faces), "face");
    let photos = counted(u64::from(summary.photos), "photo");
    let mut facts = format!("{faces} in {photos}");
    let (first, last) = (&summary.first_taken, &summary.last_taken);
    if let Some(years) = years(first.as_deref(), last.as_deref()) {
        facts = format!("{facts} · {years}");
    }
    if summary.away > 0 {
        facts = format!("{facts} · {} away", thousands(summary.away.into()));
    }
    facts
}

/// "· often with Tom, Ana": links to the people who share the most photos.
fn often_with_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, group_id: GroupId) {
    let Some(details) = cx.queries.group(group_id) else {
        return;
    };
    let known = details.often_with.iter().filter_map(|(other, photos)| {
        Some((*other, cx.snapshot.group(*other)?.name.clone()?, *photos))
    });
    for (index, (other, name, photos)) in known.take(MAX_OFTEN_WITH).enumerate() {
        ui.label(
            cx.tokens
                .small(if index == 0 { "· often with" } else { "·" }),
        );
        let shared = counted(u64::from(photos), "photo");
        let link = ui.link(cx.tokens.small(name));
        if link
            .on_hover_text(format!("In {shared} together"))
            .clicked()
        {
            cx.push(Action::Go(Page::Group(other)));
        }
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
    let label = format!("Name of group {}", summary.group_id);
    let options = NameFieldOptions {
        label: &label,
        hint: "Who is this?",
        width: NAME_WIDTH,
        renames: summary.name.is_some(),
    };
    let given = naming::target_field_ui(ui, cx, target, &options);
    if let Some(person) = given.and_then(|given| given.person) {
        // The group is part of that person now, so show the person instead.
        cx.push(Action::Back);
        cx.go(Page::Group(person));
    }
}

/// From right to left.
fn buttons_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    summary: &GroupSummary,
    split: &mut Option<SplitState>,
) {
    let mut buttons = vec![
        (UiCommand::Ignore, "Ignore"),
        (UiCommand::Merge, "Merge with…"),
    ];
    if summary.name.is_some() {
        buttons.insert(0, (UiCommand::Export, "Export…"));
    }
    for (command, label) in buttons {
        if command_button_ui(ui, command, label).clicked() {
            // Act on the whole group, whatever faces are selected.
            cx.selection.faces.clear();
            cx.push(Action::Run(command));
        }
    }
    if summary.faces > 1 && command_button_ui(ui, UiCommand::Split, "Split…").clicked() {
        *split = if split.is_some() {
            None
        } else {
            // The pieces replace the faces.
            cx.selection.faces.hide();
            Some(SplitState::new(summary.group_id))
        };
    }
}
