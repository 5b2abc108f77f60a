//! A text field for a name, with the known people who fit below it and, last, a new person with the typed name.
//!
//! Enter accepts the marked row and continues with the next group, Shift+Enter accepts the text as typed, Tab
//! completes the text, Escape or a click elsewhere cancels.

use std::sync::Arc;

use egui::{Id, Key, Modifiers, Popup, PopupCloseBehavior, Response, TextEdit, Ui};

use crate::app::state::known_people::KnownPerson;
use crate::app::state::name_offers::Offer;
use crate::app::state::naming::Naming;
use crate::app::widgets::choice_list::choice_row_ui;
use crate::app::widgets::counts::counted;
use crate::library::GroupId;

/// Maximum length; a longer text was pasted by mistake.
const MAX_CHARS: usize = 200;
/// Minimum width of the rows, in points.
const MIN_WIDTH: f32 = 280.0;

/// The name that was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenName {
    pub name: String,
    /// The known person with this name; `None`: a new person.
    pub person: Option<GroupId>,
    /// Entered by key: continue with the next group.
    pub continues: bool,
}

/// The result of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameFieldOutput {
    Typing,
    Cancelled,
    Given(GivenName),
}

/// The appearance and purpose of a field.
#[derive(Debug, Clone, Copy)]
pub struct NameFieldOptions<'a> {
    /// The accessible name, such as "Name of group 12".
    pub label: &'a str,
    /// Shown while empty.
    pub hint: &'a str,
    pub width: f32,
    /// Changes a name instead of giving one: known people are offered but not marked.
    pub renames: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice<'a> {
    Person(&'a KnownPerson),
    New(&'a str),
    /// Another person of a name that is taken.
    Another(&'a str),
}

/// The rows under the field, and the index of the marked one; `moved_to` is the row chosen by the arrow keys.
fn choices<'a>(
    typed: &'a str,
    offer: &'a Offer,
    renames: bool,
    moved_to: Option<usize>,
) -> (Vec<Choice<'a>>, usize) {
    let typed = typed.trim();
    let same = offer.same.is_some();
    let takes_first = !offer.people.is_empty() && (same || offer.first_is_likely && !renames);
    let mut choices: Vec<_> = offer.people.iter().map(Choice::Person).collect();
    if !typed.is_empty() && !same {
        choices.push(Choice::New(typed));
    }
    let likely = if takes_first {
        0
    } else {
        choices.len().saturating_sub(1)
    };
    choices.extend(offer.other.as_deref().map(Choice::Another));
    let marked = moved_to
        .filter(|&line| line < choices.len())
        .unwrap_or(likely);
    (choices, marked)
}

/// Draws the field and its rows; `offer` returns the people who fit a text.
pub fn name_field_ui(
    ui: &mut Ui,
    naming: &mut Naming,
    mut offer: impl FnMut(&str) -> Arc<Offer>,
    options: &NameFieldOptions<'_>,
) -> NameFieldOutput {
    let id = ui.make_persistent_id(("name field", options.label));
    let line_id = id.with("line");
    if naming.wants_focus {
        ui.data_mut(|data| data.remove::<usize>(line_id));
    }
    let moved_to = ui.data(|data| data.get_temp::<usize>(line_id));
    let keys = if ui.memory(|memory| memory.has_focus(id)) {
        keys(ui)
    } else {
        FieldKeys::default()
    };
    let offered = offer(&naming.text);
    let answer = answer_to_keys(naming, &offered, options, moved_to, &keys);
    if let KeyOutcome::Ends(answer) = answer {
        ui.memory_mut(|memory| memory.surrender_focus(id));
        return answer;
    }
    let mut moved_to = if let KeyOutcome::MovesTo(line) = answer {
        Some(line)
    } else {
        moved_to
    };
    let response = text_ui(ui, id, naming, options);
    if response.changed() {
        moved_to = None;
    }
    ui.data_mut(|data| match moved_to {
        Some(line) => {
            data.insert_temp(line_id, line);
        }
        None => data.remove::<usize>(line_id),
    });
    let offered = offer(&naming.text);
    let (picked, over_lines) = lines_ui(&response, &naming.text, &offered, options, moved_to);
    if let Some(given) = picked {
        return NameFieldOutput::Given(given);
    }
    if response.lost_focus() {
        if over_lines {
            response.request_focus();
        } else {
            return NameFieldOutput::Cancelled;
        }
    }
    NameFieldOutput::Typing
}

fn text_ui(ui: &mut Ui, id: Id, naming: &mut Naming, options: &NameFieldOptions<'_>) -> Response {
    let response = ui
        .add(
            TextEdit::singleline(&mut naming.text)
                .id(id)
                .hint_text(options.hint.to_owned())
                .desired_width(options.width)
                .cursor_at_end(true)
                .char_limit(MAX_CHARS),
        )
        .accessible_name(options.label);
    if naming.wants_focus {
        naming.wants_focus = false;
        response.request_focus();
        response.scroll_to_me(None);
        if options.renames {
            select_all(ui, id, naming.text.chars().count());
        }
    }
    response
}

fn select_all(ui: &Ui, id: Id, characters: usize) {
    use egui::text::{CCursor, CCursorRange};
    let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::two(
        CCursor::new(0),
        CCursor::new(characters),
    )));
    state.store(ui.ctx(), id);
}

#[derive(Debug, Default)]
struct FieldKeys {
    cancel: bool,
    enter: bool,
    as_typed: bool,
    complete: bool,
    move_by: isize,
}

fn keys(ui: &Ui) -> FieldKeys {
    ui.input_mut(|input| FieldKeys {
        cancel: input.consume_key(Modifiers::NONE, Key::Escape),
        as_typed: input.consume_key(Modifiers::SHIFT, Key::Enter),
        enter: input.consume_key(Modifiers::NONE, Key::Enter),
        complete: input.consume_key(Modifiers::NONE, Key::Tab),
        move_by: input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown) as isize
            - input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp) as isize,
    })
}

enum KeyOutcome {
    Nothing,
    MovesTo(usize),
    Ends(NameFieldOutput),
}

fn answer_to_keys(
    naming: &mut Naming,
    offer: &Offer,
    options: &NameFieldOptions<'_>,
    moved_to: Option<usize>,
    keys: &FieldKeys,
) -> KeyOutcome {
    let (choices, marked) = choices(&naming.text, offer, options.renames, moved_to);
    let Some(choice) = choices.get(marked) else {
        let ends = keys.cancel || keys.enter || keys.as_typed;
        return if ends {
            KeyOutcome::Ends(NameFieldOutput::Cancelled)
        } else {
            KeyOutcome::Nothing
        };
    };
    if keys.cancel {
        return KeyOutcome::Ends(NameFieldOutput::Cancelled);
    }
    if keys.as_typed {
        let name = naming.text.trim().to_owned();
        let person = offer.same;
        return KeyOutcome::Ends(NameFieldOutput::Given(GivenName {
            name,
            person,
            continues: true,
        }));
    }
    if keys.enter {
        return KeyOutcome::Ends(NameFieldOutput::Given(given(choice, true)));
    }
    if keys.move_by != 0 {
        return KeyOutcome::MovesTo(
            (marked as isize + keys.move_by).clamp(0, choices.len() as isize - 1) as usize,
        );
    }
    if keys.complete
        && let Choice::Person(person) = choice
    {
        naming.text = person.name.clone();
    }
    KeyOutcome::Nothing
}

fn given(choice: &Choice<'_>, continues: bool) -> GivenName {
    match choice {
        Choice::Person(person) => GivenName {
            name: person.name.clone(),
            person: Some(person.group_id),
            continues,
        },
        Choice::New(name) | Choice::Another(name) => GivenName {
            name: (*name).to_owned(),
            person: None,
            continues,
        },
    }
}

/// The rows under the field; returns the clicked one, and whether the pointer is over them.
fn lines_ui(
    response: &Response,
    typed: &str,
    offer: &Offer,
    options: &NameFieldOptions<'_>,
    moved_to: Option<usize>,
) -> (Option<GivenName>, bool) {
    let (choices, marked) = choices(typed, offer, options.renames, moved_to);
    let only_renames = options.renames && matches!(choices.as_slice(), [Choice::New(_)]);
    let in_use = response.has_focus() || response.lost_focus();
    if choices.is_empty() || only_renames || !in_use {
        return (None, false);
    }
    let mut picked = None;
    let shown = Popup::from_response(response)
        .id(response.id.with("lines"))
        .open(true)
        .close_behavior(PopupCloseBehavior::IgnoreClicks)
        .width(response.rect.width().max(MIN_WIDTH))
        .show(|ui| {
            for (line, choice) in choices.iter().enumerate() {
                if line_ui(ui, choice, line == marked, options.renames).clicked() {
                    picked = Some(given(choice, false));
                }
            }
        });
    (
        picked,
        shown.is_some_and(|shown| shown.response.contains_pointer()),
    )
}

fn line_ui(ui: &mut Ui, choice: &Choice<'_>, marked: bool, renames: bool) -> Response {
    match choice {
        Choice::Person(person) => {
            let faces = counted(u64::from(person.faces), "face");
            let note = if renames {
                format!("merge · {faces}")
            } else {
                faces
            };
            let label = format!("Name as {}", person.name);
            choice_row_ui(ui, &person.name, &note, &label, marked)
        }
        Choice::Another(name) => {
            let note = "another person";
            choice_row_ui(ui, name, note, &format!("Another person {name}"), marked)
        }
        Choice::New(name) if renames => {
            choice_row_ui(ui, name, "rename", &format!("Rename to {name}"), marked)
        }
        Choice::New(name) => choice_row_ui(
            ui,
            name,
            "new person",
            &format!("New person {name}"),
            marked,
        ),
    }
}
