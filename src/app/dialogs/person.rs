//! Choosing a person by name: whom to merge with, where faces move to.

use std::collections::HashSet;
use std::sync::Arc;

use egui::{
    Button, Key, Modifiers, Rect, RichText, Role, ScrollArea, TextEdit, Ui, Vec2, WidgetInfo,
};

use crate::app::commands::action::{Action, PickPurpose};
use crate::app::dialogs::{DialogAnswer, modal_ui};
use crate::app::state::cached::Cached;
use crate::app::state::snapshot::Snapshot;
use crate::app::theme::{GAP_M, Tokens};
use crate::app::widgets::dates::counted;
use crate::app::widgets::fuzzy::fuzzy_score;
use crate::curate::{Command, MoveTarget};
use crate::library::GroupId;

/// Height of the list, in points.
const HEIGHT: f32 = 300.0;
/// Height of a line, in points.
const ROW: f32 = 28.0;

/// Choosing a person.
pub struct PersonDialog {
    purpose: PickPurpose,
    typed: String,
    marked: usize,
    opened: bool,
    /// By the library's version and the text typed.
    choices: Cached<(u64, String), Arc<[Choice]>>,
}

enum Choice {
    Person {
        group_id: GroupId,
        name: String,
        faces: u32,
    },
    /// Faces can move to somebody new.
    New(String),
}

impl PersonDialog {
    pub fn new(purpose: PickPurpose) -> Self {
        Self {
            purpose,
            typed: String::new(),
            marked: 0,
            opened: false,
            choices: Cached::default(),
        }
    }

    pub fn ui(&mut self, ctx: &egui::Context, snapshot: &Snapshot) -> DialogAnswer {
        let source = (snapshot.version, self.typed.clone());
        let purpose = &self.purpose;
        let choices = self
            .choices
            .get(source, |(_, typed)| choices(purpose, typed, snapshot));
        let choices = choices.clone();
        let (enter, steps) = ctx.input_mut(|input| {
            let down = input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown) as isize;
            let up = input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp) as isize;
            (input.consume_key(Modifiers::NONE, Key::Enter), down - up)
        });
        self.marked = self
            .marked
            .saturating_add_signed(steps)
            .min(choices.len().saturating_sub(1));
        modal_ui(ctx, "person dialog", 400.0, |ui| {
            ui.label(Tokens::title(self.title(snapshot)));
            ui.add_space(GAP_M);
            self.field_ui(ui);
            ui.add_space(GAP_M);
            let clicked = self.choices_ui(ui, &choices, steps != 0);
            let chosen = clicked.or((enter && !choices.is_empty()).then_some(self.marked));
            match chosen.and_then(|index| choices.get(index)) {
                Some(choice) => DialogAnswer::Chosen(Action::Execute(self.command(choice))),
                None => DialogAnswer::Open,
            }
        })
    }

    fn title(&self, snapshot: &Snapshot) -> String {
        match &self.purpose {
            PickPurpose::Merge { from } => match from.as_slice() {
                [one] => match snapshot.group(*one).and_then(|group| group.name.as_deref()) {
                    Some(name) => format!("Merge {name} with…"),
                    None => "Merge this group with…".to_owned(),
                },
                from => format!(
                    "Merge {} with…",
                    counted(from.len() as u64, "group", "groups")
                ),
            },
            PickPurpose::Move { faces } => {
                format!("Move {} to…", counted(faces.len() as u64, "face", "faces"))
            }
        }
    }

    fn field_ui(&mut self, ui: &mut Ui) {
        let field = TextEdit::singleline(&mut self.typed)
            .hint_text("Name")
            .desired_width(f32::INFINITY)
            .char_limit(200);
        let response = ui.add(field).accessible_name("Name of the person");
        if !self.opened || !response.has_focus() {
            self.opened = true;
            response.request_focus();
        }
        if response.changed() {
            self.marked = 0;
        }
    }

    fn choices_ui(&self, ui: &mut Ui, choices: &[Choice], follow: bool) -> Option<usize> {
        let tokens = Tokens::of(ui.ctx());
        let mut clicked = None;
        ui.spacing_mut().item_spacing.y = 2.0;
        let area = ScrollArea::vertical()
            .max_height(HEIGHT)
            .min_scrolled_height(HEIGHT)
            .auto_shrink([false, true]);
        if choices.is_empty() {
            area.show(ui, |ui| {
                ui.label(tokens.small("Nobody is called like that yet."))
            });
            return None;
        }
        // Only the lines in view are drawn: there may be very many people.
        area.show_rows(ui, ROW, choices.len(), |ui, rows| {
            let top = ui.cursor().min;
            let pitch = ROW + ui.spacing().item_spacing.y;
            for index in rows.clone() {
                let choice = &choices[index];
                if choice_ui(ui, tokens, choice, index == self.marked).clicked() {
                    clicked = Some(index);
                }
            }
            if follow {
                let lines = self.marked as f32 - rows.start as f32;
                let min = top + Vec2::new(0.0, lines * pitch);
                ui.scroll_to_rect(Rect::from_min_size(min, Vec2::splat(ROW)), None);
            }
        });
        clicked
    }

    fn command(&self, choice: &Choice) -> Command {
        match (&self.purpose, choice) {
            (PickPurpose::Merge { from }, Choice::Person { group_id, .. }) => Command::Merge {
                from: from.clone(),
                into: *group_id,
            },
            (PickPurpose::Move { faces }, Choice::Person { group_id, .. }) => Command::Move {
                faces: faces.clone(),
                to: MoveTarget::Group(*group_id),
            },
            (PickPurpose::Move { faces }, Choice::New(name)) => Command::NameFaces {
                faces: faces.clone(),
                name: name.clone(),
            },
            (PickPurpose::Merge { .. }, Choice::New(_)) => {
                unreachable!("only faces can move to somebody new")
            }
        }
    }
}

fn choices(purpose: &PickPurpose, typed: &str, snapshot: &Snapshot) -> Arc<[Choice]> {
    let typed = typed.trim();
    let from: &[GroupId] = match purpose {
        PickPurpose::Merge { from } => from,
        PickPurpose::Move { .. } => &[],
    };
    let from: HashSet<GroupId> = from.iter().copied().collect();
    let mut fitting: Vec<(i32, Choice)> = snapshot
        .people()
        .filter(|person| !from.contains(&person.group_id))
        .filter_map(|person| {
            let name = person.name.clone()?;
            let score = fuzzy_score(typed, &name)?;
            Some((
                score,
                Choice::Person {
                    group_id: person.group_id,
                    name,
                    faces: person.faces,
                },
            ))
        })
        .collect();
    fitting.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let mut choices: Vec<Choice> = fitting.into_iter().map(|(_, choice)| choice).collect();
    let is_move = matches!(purpose, PickPurpose::Move { .. });
    if is_move && !typed.is_empty() && snapshot.person_named(typed).is_none() {
        choices.push(Choice::New(typed.to_owned()));
    }
    choices.into()
}

fn choice_ui(ui: &mut Ui, tokens: &Tokens, choice: &Choice, marked: bool) -> egui::Response {
    let (text, note) = match choice {
        Choice::Person { name, faces, .. } => {
            (name.clone(), counted(u64::from(*faces), "face", "faces"))
        }
        Choice::New(name) => (name.clone(), "new person".to_owned()),
    };
    let button = Button::selectable(marked, RichText::new(&text).color(tokens.text))
        .right_text(RichText::new(note).color(tokens.text_weak))
        .truncate()
        .min_size(Vec2::new(ui.available_width(), ROW));
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, marked, &text));
    response
}
