//! Decisions about faces that changed photos no longer show: the faces that each may be are beside it, and one click
//! places it.

use std::sync::Arc;

use egui::{
    Align, Align2, Layout, Rect, RichText, ScrollArea, Sense, Stroke, TextStyle, Ui, UiBuilder,
    pos2, vec2,
};

use crate::app::commands::action::Action;
use crate::app::state::cached::{Cached, Version};
use crate::app::state::queries::NotFound;
use crate::app::theme::{GAP_L, GAP_M, GAP_S, GAP_XS};
use crate::app::views::context::ViewContext;
use crate::app::views::nothing_found::no_match_ui;
use crate::app::widgets::dates::day;
use crate::app::widgets::empty::{empty_ui, reading_ui};
use crate::app::widgets::face_button::face_button_ui;
use crate::app::widgets::picture::paint_filling;
use crate::curate::Command;
use crate::library::{Decision, FaceRow, UnplacedDecision};
use crate::text::contains_words;

const ROW_HEIGHT: f32 = 104.0;
/// Side of the former face, and of those that it may be.
const FACE_SIDE: f32 = 72.0;
const CHOICE_SIDE: f32 = 56.0;
/// Width of what is said of a face.
const TEXT_WIDTH: f32 = 208.0;

/// What the page remembers: the rows that match the search, and what is said in each.
pub type NotFoundState = Cached<(Version<Vec<NotFound>>, String), Arc<[Line]>>;

/// A row that is shown.
#[derive(Debug)]
pub struct Line {
    row: usize,
    /// "Confirmed as Maria, cover of Maria".
    decided: String,
    file: String,
    /// The file's folder and the day it was taken.
    place: String,
    /// What the tooltip of a choice says: "This is Maria".
    question: String,
}

pub fn not_found_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut NotFoundState) {
    let Some(not_found) = cx.queries.not_found() else {
        return reading_ui(ui, "Reading the decisions…");
    };
    let source = (Version::of(&not_found), cx.search.to_owned());
    let lines = state.get(source, |(not_found, search)| lines(&not_found.0, search));
    let lines = lines.clone();
    if lines.is_empty() {
        return nothing_ui(ui, cx, not_found.is_empty());
    }
    let page = ui.available_rect_before_wrap().shrink2(vec2(GAP_L, GAP_M));
    ui.scope_builder(UiBuilder::new().max_rect(page), |ui| {
        let message = "These photos were changed after you had decided something about a face, and the face was not found again. \
                       The decision is kept. Click the face that it is; Ctrl+Z takes it back.";
        ui.label(RichText::new(message).color(cx.tokens.text_weak));
        ui.add_space(GAP_S);
        let area = ScrollArea::vertical().auto_shrink(false);
        area.show_rows(ui, ROW_HEIGHT, lines.len(), |ui, rows| {
            for line in &lines[rows] {
                row_ui(ui, cx, &not_found[line.row], line);
            }
        });
    });
}

fn nothing_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, none_at_all: bool) {
    if !none_at_all {
        let message = format!("No person and no file name here contains “{}”.", cx.search);
        return no_match_ui(ui, cx, "Nothing found", &message);
    }
    let message = "Every face that you named or marked is where it was. When a photo is cropped or replaced and a face in it is not \
                   found again, what you decided is kept and listed here, to be placed by hand.";
    empty_ui(ui, "Every face was found again", message, |_| {});
}

fn lines(not_found: &[NotFound], search: &str) -> Arc<[Line]> {
    let all = not_found
        .iter()
        .enumerate()
        .map(|(row, one)| line(row, one));
    all.filter(|line| {
        let text = format!("{} {} {}", line.decided, line.file, line.place);
        contains_words(&text, search)
    })
    .collect()
}

fn line(row: usize, not_found: &NotFound) -> Line {
    let path = not_found.photo.shown_path();
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", &path));
    let taken = not_found.photo.taken.as_deref().map(day);
    let place: Vec<String> = taken
        .into_iter()
        .chain((!folder.is_empty()).then(|| folder.to_owned()))
        .collect();
    let decided: Vec<String> = not_found.decisions.iter().map(decided).collect();
    let person = not_found
        .decisions
        .iter()
        .find(|said| said.decision == Decision::Confirmed)
        .and_then(|said| said.person.as_deref());
    Line {
        row,
        decided: decided.join(", "),
        file: file.to_owned(),
        place: place.join(" · "),
        question: match person {
            Some(person) => format!("This is {person}"),
            None => "This is the face".to_owned(),
        },
    }
}

/// The label of a decision.
fn decided(said: &UnplacedDecision) -> String {
    let whom = said.person.as_deref().unwrap_or("an unnamed group");
    match said.decision {
        Decision::Confirmed => whom.to_owned(),
        Decision::Rejected => format!("not {whom}"),
        Decision::Ignored => "Ignored".to_owned(),
        Decision::NotAFace => "Not a face".to_owned(),
        Decision::Drawn => "drawn by hand".to_owned(),
        Decision::Cover => "the cover".to_owned(),
    }
}

fn row_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, not_found: &NotFound, line: &Line) {
    let tokens = cx.tokens;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::hover());
    ui.painter()
        .hline(rect.x_range(), rect.bottom(), Stroke::new(1.0, tokens.line));
    let face_rect = Align2::LEFT_CENTER.anchor_size(rect.left_center(), vec2(FACE_SIDE, FACE_SIDE));
    let picture = cx.pictures.face(not_found.face.face_id);
    paint_filling(ui.painter(), tokens, face_rect, picture, tokens.radius());
    let text = Rect::from_min_max(
        pos2(face_rect.right() + GAP_M, face_rect.top()),
        pos2(face_rect.right() + GAP_M + TEXT_WIDTH, rect.bottom()),
    );
    text_ui(ui, cx, not_found, line, text);
    let choices = rect.with_min_x(text.right() + GAP_L);
    ui.push_id(not_found.face.face_id, |ui| {
        choices_ui(ui, cx, not_found, line, choices);
    });
}

fn text_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, not_found: &NotFound, line: &Line, rect: Rect) {
    let layout = Layout::top_down(Align::Min);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| {
        ui.spacing_mut().item_spacing.y = GAP_XS / 2.0;
        ui.add(egui::Label::new(&line.decided).truncate())
            .on_hover_text(&line.decided);
        let file = ui.link(cx.tokens.small(&line.file));
        let path = not_found.photo.absolute();
        if file.on_hover_text(path.display().to_string()).clicked() {
            let photo_id = not_found.photo.photo_id;
            let among = Arc::from([photo_id]);
            cx.push(Action::OpenPhoto { photo_id, among });
        }
        ui.add(egui::Label::new(cx.tokens.small(&line.place)).truncate());
    });
}

/// The photo, its faces, then suggestions for the person in other photos.
fn choices_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    not_found: &NotFound,
    line: &Line,
    rect: Rect,
) {
    let layout = Layout::left_to_right(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| {
        let (photo, _) = ui.allocate_exact_size(vec2(96.0, 72.0), Sense::hover());
        let picture = cx.pictures.photo_thumbnail(not_found.photo.photo_id);
        paint_filling(ui.painter(), cx.tokens, photo, picture, cx.tokens.radius());
        ui.add_space(GAP_S);
        if not_found.photo.vanished {
            ui.label(cx.tokens.small("The photo is away."));
        } else if not_found.in_photo.is_empty() {
            ui.label(cx.tokens.small("No face in it now."));
        }
        faces_ui(ui, cx, not_found, &not_found.in_photo, &line.question);
        if !not_found.suggested.is_empty() {
            ui.add_space(GAP_S);
            let or = RichText::new("or").text_style(TextStyle::Small);
            ui.label(or.color(cx.tokens.maybe))
                .on_hover_text("Faces in other photos that are suggested for this person");
            ui.add_space(GAP_S);
            faces_ui(ui, cx, not_found, &not_found.suggested, &line.question);
        }
    });
}

fn faces_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    not_found: &NotFound,
    faces: &[FaceRow],
    question: &str,
) {
    for face in faces {
        if ui.available_width() < CHOICE_SIDE {
            return;
        }
        let picture = cx.pictures.face(face.face_id);
        let name = face
            .group
            .and_then(|group_id| cx.snapshot.person_name(group_id));
        let tooltip = match name {
            Some(name) => format!("{question} (now {name})"),
            None => question.to_owned(),
        };
        let label = format!("Face {}: {question}", face.face_id);
        if face_button_ui(ui, picture, CHOICE_SIDE, &label)
            .on_hover_text(tooltip)
            .clicked()
        {
            cx.execute(Command::Place {
                missing: not_found.face.face_id,
                face: face.face_id,
            });
        }
    }
}
