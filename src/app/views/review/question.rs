//! One question: both sides with their best faces, and the three answers.

use std::sync::Arc;

use egui::{Align, Align2, Button, Layout, Rect, TextStyle, Ui, UiBuilder, pos2, vec2};

use super::answers::{AnswerButton, ROW, answers_ui, button_by_key};
use super::sides::{Side, sides};
use super::state::{ReviewState, Tab};
use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::theme::{GAP_L, GAP_M, GAP_S, GAP_XL, GAP_XS};
use crate::app::views::context::ViewContext;
use crate::app::views::face_commands::photos_of;
use crate::app::views::face_tile::{FaceTile, face_tile_ui};
use crate::app::widgets::dates::day;
use crate::app::widgets::empty::reading_ui;
use crate::curate::{Answer, Question, QueuedQuestion};
use crate::library::{FaceRow, GroupId, Mark};

/// Maximum width of the card, in points.
const WIDTH: f32 = 960.0;
/// Maximum height of the sides, so that the buttons below stay clear of the toasts in a window of usual height.
const MAX_HEIGHT: f32 = 408.0;
/// Maximum size of a face.
const MAX_FACE_SIDE: f32 = 240.0;
/// Height of the title and the text under it.
const TITLE_HEIGHT: f32 = 64.0;
/// Height of a side's name and count.
const NAME_HEIGHT: f32 = 52.0;
/// The faces are grouped again after this number of answers.
const ANSWERS_BETWEEN_GROUPINGS: usize = 5;

/// Draws the question and handles its answer. `last`: no other question is left.
pub(super) fn question_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    state: &mut ReviewState,
    queue: &Arc<Vec<QueuedQuestion>>,
    row: usize,
    last: bool,
) {
    let Some(sides) = sides(cx, &mut state.sides, queue, row) else {
        return reading_ui(ui, "Reading the faces…");
    };
    let queued = &queue[row];
    let page = ui.available_rect_before_wrap();
    let width = WIDTH.min(page.width() - 2.0 * GAP_L);
    let left = page.center().x - width / 2.0;
    let row = |top: f32, height: f32| Rect::from_min_size(pos2(left, top), vec2(width, height));
    let title = row(page.top() + GAP_S, TITLE_HEIGHT);
    let room = page.bottom() - title.bottom() - ROW - 2.0 * GAP_L - GAP_XL;
    let faces = row(title.bottom() + GAP_M, room.clamp(160.0, MAX_HEIGHT));
    let text = QuestionText::of(&queued.question, &sides);
    title_ui(ui, cx, title, &text);
    let shape = Shape::of(&queued.question);
    for (number, (side, rect)) in sides.iter().zip(shape.rects(faces)).enumerate() {
        // While one side is read again after a change, a face may be on both.
        ui.push_id(number, |ui| side_ui(ui, cx, side, rect));
    }
    let buttons = row(faces.bottom() + GAP_L, ROW);
    let pressed = answers_ui(ui, buttons, text.tooltips);
    if let Some(pressed) = pressed.or_else(|| button_by_key(|command| cx.take(command))) {
        handle_answer(cx, state, queued, pressed, last);
    }
    ui.advance_cursor_after_rect(page);
}

fn handle_answer(
    cx: &mut ViewContext<'_>,
    state: &mut ReviewState,
    queued: &QueuedQuestion,
    pressed: AnswerButton,
    last: bool,
) {
    // Stay on this tab after the last question is answered.
    state.tab = Some(Tab::Questions);
    let key = queued.question.key();
    let answer = match pressed {
        AnswerButton::NotSure => {
            state.skip(key);
            return;
        }
        AnswerButton::Same => Answer::Same,
        AnswerButton::Different => Answer::Different,
    };
    cx.execute(queued.question.command(answer));
    state.answer(key);
    state.answers_since_grouping += 1;
    if last || state.answers_since_grouping == ANSWERS_BETWEEN_GROUPINGS {
        state.answers_since_grouping = 0;
        cx.push(Action::GroupAgain);
    }
}

/// The text of a question.
struct QuestionText {
    title: String,
    /// What the answers do.
    message: &'static str,
    tooltips: [&'static str; 3],
}

const NOT_SURE: &str = "Skip this question for now";

impl QuestionText {
    fn of(question: &Question, sides: &[Side; 2]) -> QuestionText {
        match question {
            Question::SamePerson { .. } => QuestionText {
                title: match &sides[0].name {
                    Some(name) => format!("Is this also {name}?"),
                    None => "Are these the same person?".to_owned(),
                },
                message: "“Same person” merges the two groups; “different people” keeps them separate for good.",
                tooltips: [
                    "Merge the two groups",
                    "Keep the two groups separate",
                    NOT_SURE,
                ],
            },
            Question::MixedGroup { .. } => QuestionText {
                title: "Is this group one person?".to_owned(),
                message: "It may contain two people. “Different people” splits it as shown; “same person” keeps it whole.",
                tooltips: ["Keep the group whole", "Split the group as shown", NOT_SURE],
            },
            Question::BorderlineFaces { faces, .. } => QuestionText {
                title: if faces.len() == 1 {
                    "Does this face belong with the others?".to_owned()
                } else {
                    "Do these faces belong with the others?".to_owned()
                },
                message: "“Different people” removes it from the group; “same person” leaves it there.",
                tooltips: [
                    "Leave it in the group",
                    "Remove it from the group",
                    NOT_SURE,
                ],
            },
            Question::Suggestion { .. } => QuestionText {
                title: "Are these the same person?".to_owned(),
                message: "“Same person” accepts the suggestions; “different people” rejects them.",
                tooltips: ["Accept", "Reject", NOT_SURE],
            },
            Question::LikeIgnored { .. } => QuestionText {
                title: "Ignore these, too?".to_owned(),
                message: "They look like faces that you ignored. “Same person” ignores them, too; “different people” keeps them.",
                tooltips: [
                    "Ignore them, too",
                    "Keep them, and do not ask again",
                    NOT_SURE,
                ],
            },
        }
    }
}

fn title_ui(ui: &mut Ui, cx: &ViewContext<'_>, rect: Rect, text: &QuestionText) {
    let heading = TextStyle::Heading.resolve(ui.style());
    let small = TextStyle::Small.resolve(ui.style());
    let lines = [
        (
            text.title.as_str(),
            rect.top() + 16.0,
            heading,
            cx.tokens.text,
        ),
        (text.message, rect.top() + 46.0, small, cx.tokens.text_weak),
    ];
    for (text, middle, font, color) in lines {
        let at = pos2(rect.center().x, middle);
        let drawn = ui
            .painter()
            .text(at, Align2::CENTER_CENTER, text, font, color);
        // Screen readers do not see painted text.
        let id = ui.scope_id().with(text);
        let response = ui.interact(drawn, id, egui::Sense::hover());
        response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, text));
    }
}

/// The layout of the two sides.
#[derive(Clone, Copy)]
enum Shape {
    SideBySide,
    /// Two rows: the halves of one group.
    Stacked,
}

impl Shape {
    fn of(question: &Question) -> Shape {
        match question {
            Question::MixedGroup { .. } => Shape::Stacked,
            _ => Shape::SideBySide,
        }
    }

    fn rects(self, whole: Rect) -> [Rect; 2] {
        match self {
            Shape::SideBySide => {
                let (left, right) = whole.split_left_right_at_fraction(0.5);
                [
                    left.with_max_x(left.right() - GAP_S / 2.0),
                    right.with_min_x(right.left() + GAP_S / 2.0),
                ]
            }
            Shape::Stacked => {
                let (top, bottom) = whole.split_top_bottom_at_fraction(0.5);
                [
                    top.with_max_y(top.bottom() - GAP_S / 2.0),
                    bottom.with_min_y(bottom.top() + GAP_S / 2.0),
                ]
            }
        }
    }
}

/// A side's name and count, then its faces.
fn side_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, side: &Side, rect: Rect) {
    let tokens = cx.tokens;
    ui.painter()
        .rect_filled(rect, tokens.radius(), tokens.chrome);
    let inner = rect.shrink(GAP_M);
    let name = inner.with_max_y(inner.top() + NAME_HEIGHT - GAP_M);
    ui.scope_builder(UiBuilder::new().max_rect(name), |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.strong(&side.title);
        ui.label(tokens.small(&side.summary));
    });
    if let Some(group_id) = side.whole {
        group_buttons_ui(ui, cx, group_id, name);
    }
    let room = inner.with_min_y(inner.top() + NAME_HEIGHT - GAP_XS);
    for (face, tile) in side.shown.iter().zip(tiles(room, side.shown.len())) {
        tile_ui(ui, cx, side, face, tile);
    }
}

/// Buttons for groups that are strangers or no faces at all.
fn group_buttons_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, group_id: GroupId, rect: Rect) {
    let layout = Layout::right_to_left(Align::Min);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout), |ui| {
        for (mark, command) in [
            (Mark::NotAFace, UiCommand::NotAFace),
            (Mark::Ignored, UiCommand::Ignore),
        ] {
            let label = cx.tokens.small(command.label());
            let button = ui.add(Button::new(label).min_size(vec2(0.0, 24.0)));
            if button.on_hover_text(command.tooltip()).clicked() {
                cx.push(Action::mark_group(group_id, mark));
            }
        }
    });
}

fn tile_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, side: &Side, face: &FaceRow, rect: Rect) {
    let taken = face.taken.as_deref().map(day).unwrap_or_default();
    let tile = FaceTile {
        face_id: face.face_id,
        rect,
        selected: false,
        cursor: false,
        suggested_as: None,
        tooltip: &taken,
        presence: face.presence,
    };
    if face_tile_ui(ui, cx.pictures, &tile).response.clicked() {
        cx.push(Action::OpenPhoto {
            photo_id: face.photo_id,
            among: photos_of(side.shown.iter()),
        });
    }
}

/// Squares for `count` faces, as large as fits, centred in `room`.
fn tiles(room: Rect, count: usize) -> Vec<Rect> {
    let side_with = |columns: usize| {
        let rows = count.div_ceil(columns);
        let wide = (room.width() - (columns - 1) as f32 * GAP_S) / columns as f32;
        let high = (room.height() - (rows - 1) as f32 * GAP_S) / rows as f32;
        wide.min(high).min(MAX_FACE_SIDE)
    };
    let best = (1..=count).max_by(|one, other| side_with(*one).total_cmp(&side_with(*other)));
    let Some(columns) = best else {
        return Vec::new();
    };
    let side = side_with(columns).max(1.0);
    let rows = count.div_ceil(columns);
    let extent = |number: usize| number as f32 * (side + GAP_S) - GAP_S;
    let min = room.center() - vec2(extent(columns), extent(rows)) / 2.0;
    let tile = |index: usize| {
        let (row, column) = ((index / columns) as f32, (index % columns) as f32);
        Rect::from_min_size(min + vec2(column, row) * (side + GAP_S), vec2(side, side))
    };
    (0..count).map(tile).collect()
}
