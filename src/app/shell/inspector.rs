//! The inspector on the right: what is selected, and commands for it.

use std::sync::Arc;

use egui::{Align, Layout, RichText, ScrollArea, Sense, TextStyle, Ui, Vec2};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::cached::Cached;
use crate::app::state::navigation::Page;
use crate::app::theme::{GAP_L, GAP_M, GAP_S, GAP_XS};
use crate::app::views::command_menu::{command_button_ui, command_buttons_ui};
use crate::app::views::context::ViewContext;
use crate::app::widgets::counts::{counted, thousands};
use crate::app::widgets::dates::{day_and_time, years};
use crate::app::widgets::picture::paint_filling;
use crate::app::widgets::primary_button::primary_button_ui;
use crate::library::{FaceId, FaceRow, FaceState, GroupId, GroupSummary, PhotoId};

/// Sizes of the pictures, in points.
const COVER: f32 = 96.0;
const SMALL: f32 = 48.0;
/// Faces shown of a selection.
const MAX_FACES: usize = 12;

/// Cached for the selected groups, by the selection's revision and the library's version.
pub type InspectorState = Cached<(u64, u64), GroupsSelected>;

/// What is shown of several groups.
#[derive(Clone, Debug)]
pub struct GroupsSelected {
    faces: u64,
    covers: Arc<[FaceId]>,
}

pub fn inspector_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut InspectorState) {
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GAP_XS;
            match subject(cx) {
                Subject::Nothing => nothing_ui(ui, cx),
                Subject::Group(group_id) => group_ui(ui, cx, group_id),
                Subject::Groups => groups_ui(ui, cx, state),
                Subject::Photo(photo_id) => photo_ui(ui, cx, photo_id),
                Subject::Photos(photos) => {
                    title_ui(ui, &format!("{} selected", counted(photos, "photo")));
                    photos_buttons_ui(ui, cx);
                }
            }
        });
}

enum Subject {
    Nothing,
    Group(GroupId),
    Groups,
    Photo(PhotoId),
    Photos(u64),
}

/// What the inspector describes: the selection on the page.
fn subject(cx: &ViewContext<'_>) -> Subject {
    let selection = &cx.selection;
    match (selection.groups.single(), selection.photos.single()) {
        (Some(group_id), _) => Subject::Group(group_id),
        (_, Some(photo_id)) => Subject::Photo(photo_id),
        _ if !selection.groups.is_empty() => Subject::Groups,
        _ if !selection.photos.is_empty() => Subject::Photos(selection.photos.len() as u64),
        _ => Subject::Nothing,
    }
}

/// On the pages that have an inspector ([`Page::has_inspector`]).
fn nothing_ui(ui: &mut Ui, cx: &ViewContext<'_>) {
    ui.add_space(GAP_XS);
    let hint = match cx.page {
        Page::Photos | Page::Away => "Select a photo to see who is in it.",
        _ if cx.snapshot.groups.is_empty() => "People appear here as their faces are found.",
        _ => "Select a card to see details. Press Enter to name it, M to merge several.",
    };
    ui.label(cx.tokens.small(hint));
}

fn title_ui(ui: &mut Ui, text: &str) {
    ui.add(
        egui::Label::new(
            RichText::new(text)
                .text_style(TextStyle::Heading)
                .size(18.0),
        )
        .wrap(),
    );
}

fn group_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, group_id: GroupId) {
    let Some(group) = cx.snapshot.group(group_id).cloned() else {
        return;
    };
    if let Some(cover) = group.cover {
        face_ui(ui, cx, cover, COVER);
        ui.add_space(GAP_S);
    }
    title_ui(ui, group.name.as_deref().unwrap_or("Unnamed"));
    group_facts_ui(ui, cx, &group);
    ui.add_space(GAP_M);
    often_with_ui(ui, cx, group_id);
    if group.suggested > 0 {
        let label = format!("Review {}", thousands(u64::from(group.suggested)));
        let hint = "Review the faces suggested for this person";
        if ui.button(label).on_hover_text(hint).clicked() {
            cx.go(Page::Group(group_id));
        }
    }
    group_buttons_ui(ui, cx, &group);
}

fn group_facts_ui(ui: &mut Ui, cx: &ViewContext<'_>, group: &GroupSummary) {
    let faces = counted(u64::from(group.faces), "face");
    let photos = counted(u64::from(group.photos), "photo");
    ui.label(format!("{faces} in {photos}"));
    if let Some(years) = years(group.first_taken.as_deref(), group.last_taken.as_deref()) {
        ui.label(cx.tokens.small(years));
    }
    if group.away > 0 {
        let away = format!("and {} away", counted(u64::from(group.away), "face"));
        ui.label(cx.tokens.small(away));
    }
    if group.suggested > 0 {
        let label = format!("{} suggested", thousands(u64::from(group.suggested)));
        ui.label(
            RichText::new(label)
                .text_style(TextStyle::Small)
                .color(cx.tokens.maybe),
        );
    }
}

fn group_buttons_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, group: &GroupSummary) {
    column(ui, |ui| {
        if group.name.is_none()
            && primary_button_ui(ui, "Name…")
                .on_hover_text(UiCommand::Name.tooltip_with_key(ui.ctx()))
                .clicked()
        {
            cx.push(Action::Run(UiCommand::Name));
        }
        if ui
            .button("Open")
            .on_hover_text(UiCommand::Open.tooltip_with_key(ui.ctx()))
            .clicked()
        {
            cx.go(Page::Group(group.group_id));
        }
        if group.name.is_some() && command_button_ui(ui, UiCommand::Name, "Rename…").clicked() {
            cx.push(Action::Run(UiCommand::Name));
        }
        if command_button_ui(ui, UiCommand::Merge, "Merge with…").clicked() {
            cx.push(Action::Run(UiCommand::Merge));
        }
        if command_button_ui(ui, UiCommand::Export, "Export album…").clicked() {
            cx.push(Action::Export {
                people: vec![group.group_id],
            });
        }
        if group.name.is_none() && command_button_ui(ui, UiCommand::Ignore, "Ignore").clicked() {
            cx.push(Action::Run(UiCommand::Ignore));
        }
    });
}

fn often_with_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, group_id: GroupId) {
    let Some(details) = cx
        .queries
        .group(group_id)
        .filter(|details| !details.often_with.is_empty())
    else {
        return;
    };
    ui.label(cx.tokens.small("Often with"));
    for (other, photos) in &details.often_with {
        let Some(name) = cx.snapshot.person_name(*other).map(str::to_owned) else {
            continue;
        };
        let shared = counted(u64::from(*photos), "photo");
        if ui
            .link(format!("{name} · {photos}"))
            .on_hover_text(format!("In {shared} together"))
            .clicked()
        {
            cx.go(Page::Group(*other));
        }
    }
    ui.add_space(GAP_M);
}

fn groups_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut InspectorState) {
    let selected = &cx.selection.groups;
    let source = (selected.revision(), cx.snapshot.version);
    let snapshot = cx.snapshot;
    let groups = || {
        selected
            .iter()
            .filter_map(|group_id| snapshot.group(group_id))
    };
    let GroupsSelected { faces, covers } = state
        .get(source, |_| GroupsSelected {
            faces: groups().map(|group| u64::from(group.faces)).sum(),
            covers: groups()
                .filter_map(|group| group.cover)
                .take(MAX_FACES)
                .collect(),
        })
        .clone();
    title_ui(ui, &format!("{} groups selected", selected.len()));
    ui.label(counted(faces, "face"));
    ui.add_space(GAP_S);
    face_strip_ui(ui, cx, &covers);
    ui.add_space(GAP_M);
    column(ui, |ui| {
        if primary_button_ui(ui, "Merge")
            .on_hover_text(UiCommand::Merge.tooltip_with_key(ui.ctx()))
            .clicked()
        {
            cx.push(Action::Run(UiCommand::Merge));
        }
        let buttons = [
            (UiCommand::Ignore, "Ignore"),
            (UiCommand::Export, "Export albums…"),
        ];
        command_buttons_ui(ui, cx, &buttons);
    });
}

fn photo_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, photo_id: PhotoId) {
    let Some(details) = cx.queries.photo(photo_id) else {
        return;
    };
    let photo = &details.photo;
    let width = ui.available_width();
    let aspect = photo.size.height as f32 / photo.size.width.max(1) as f32;
    let (rect, _) = ui.allocate_exact_size(
        Vec2::new(width, (width * aspect).min(width * 1.4)),
        Sense::hover(),
    );
    paint_filling(
        ui.painter(),
        cx.tokens,
        rect,
        cx.pictures.photo_thumbnail(photo_id),
        cx.tokens.radius(),
    );
    ui.add_space(GAP_S);
    let path = photo.shown_path();
    title_ui(ui, path.rsplit('/').next().unwrap_or(&path));
    if let Some(taken) = &photo.taken {
        ui.label(day_and_time(taken));
    }
    ui.label(cx.tokens.small(format!(
        "{} × {} pixels",
        thousands(photo.size.width.into()),
        thousands(photo.size.height.into())
    )));
    let folder = photo
        .absolute()
        .parent()
        .map(|folder| folder.display().to_string())
        .unwrap_or_default();
    ui.add(egui::Label::new(cx.tokens.small(folder)).wrap());
    if photo.vanished {
        ui.label(
            RichText::new("Away: the file is not there. Its people are kept.")
                .color(cx.tokens.maybe),
        );
    }
    ui.add_space(GAP_M);
    in_the_photo_ui(ui, cx, &details.faces);
    if photo.vanished {
        return;
    }
    column(ui, |ui| {
        command_buttons_ui(
            ui,
            cx,
            &[(UiCommand::LookAgain, UiCommand::LookAgain.label())],
        );
        if ui.button("Show in folder").clicked() {
            cx.push(Action::ShowInFolder(photo.absolute()));
        }
    });
}

/// Commands for several photos.
fn photos_buttons_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    if cx.page == Page::Away {
        return;
    }
    ui.add_space(GAP_M);
    column(ui, |ui| {
        command_buttons_ui(
            ui,
            cx,
            &[(UiCommand::LookAgain, UiCommand::LookAgain.label())],
        );
    });
}

fn in_the_photo_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, faces: &[FaceRow]) {
    let shown: Vec<&FaceRow> = faces
        .iter()
        .filter(|face| !matches!(face.state, FaceState::Ignored | FaceState::NotAFace))
        .collect();
    if shown.is_empty() {
        ui.label(cx.tokens.small("No faces in this photo."));
        ui.add_space(GAP_M);
        return;
    }
    ui.label(cx.tokens.small(counted(shown.len() as u64, "face")));
    for face in shown {
        ui.horizontal(|ui| {
            face_ui(ui, cx, face.face_id, 32.0);
            match face.group {
                Some(group_id) => {
                    let name = cx.snapshot.name_of(group_id).to_owned();
                    if ui.link(name).clicked() {
                        cx.go(Page::Group(group_id));
                    }
                }
                None => {
                    ui.label(cx.tokens.small("Too unclear to recognise"));
                }
            }
        });
    }
    ui.add_space(GAP_M);
}

fn face_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, face_id: FaceId, side: f32) {
    let (rect, _) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    paint_filling(
        ui.painter(),
        cx.tokens,
        rect,
        cx.pictures.face(face_id),
        cx.tokens.radius(),
    );
}

fn face_strip_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, faces: &[FaceId]) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = Vec2::splat(GAP_XS);
        for face_id in faces {
            face_ui(ui, cx, *face_id, SMALL);
        }
    });
}

/// A column of buttons, all as wide as the inspector.
fn column(ui: &mut Ui, add: impl FnOnce(&mut Ui)) {
    ui.with_layout(Layout::top_down_justified(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.y = 6.0;
        add(ui);
    });
    ui.add_space(GAP_L);
}

/// Margin around the inspector's content, in points.
pub const MARGIN: i8 = 16;

/// Below this width of the window the inspector is hidden, in points.
pub const MIN_WINDOW_WIDTH: f32 = 900.0;
