//! What the keys, menus and palette do to groups.

use egui::{Event, Ui};

use crate::app::action::{Action, NameTarget, Naming, PickPurpose};
use crate::app::context::ViewContext;
use crate::app::place::Place;
use crate::app::ui_command::UiCommand;
use crate::app::views::naming;
use crate::app::views::people::PeopleState;
use crate::curate::Command;
use crate::library::{FaceId, GroupId};

/// Groups to be put aside as soon as all their faces are known.
#[derive(Debug, Clone)]
pub struct IgnoredGroups {
    groups: Vec<GroupId>,
    not_a_face: bool,
}

/// Carries out what was asked in this frame.
pub fn take_commands(ui: &Ui, cx: &mut ViewContext<'_>, state: &mut PeopleState) {
    put_aside(cx, state);
    type_at_once(ui, cx);
    let selected = cx.selection.groups.to_vec();
    let Some(&first) = selected.first() else {
        return;
    };
    if cx.take(UiCommand::Name) {
        naming::begin(
            cx,
            cx.selection
                .groups
                .cursor()
                .filter(|cursor| selected.contains(cursor))
                .unwrap_or(first),
        );
    }
    if cx.take(UiCommand::Open) || cx.take(UiCommand::WholePhoto) {
        cx.go(Place::Group(first));
    }
    if cx.take(UiCommand::Merge) {
        merge(cx, &selected);
    }
    if cx.take(UiCommand::Split) {
        cx.view_state.group.open_split(first);
        cx.go(Place::Group(first));
    }
    if cx.take(UiCommand::Ignore) {
        state.ignored = Some(IgnoredGroups {
            groups: selected.clone(),
            not_a_face: false,
        });
    }
    if cx.take(UiCommand::NotAFace) {
        state.ignored = Some(IgnoredGroups {
            groups: selected.clone(),
            not_a_face: true,
        });
    }
    let people: Vec<_> = selected
        .iter()
        .copied()
        .filter(|group| is_named(cx, *group))
        .collect();
    if cx.take(UiCommand::DeleteName) {
        for &group in &people {
            cx.execute(Command::DeleteName { group });
        }
    }
    if !people.is_empty() && cx.take(UiCommand::Export) {
        cx.push(Action::Export { people });
    }
    put_aside(cx, state);
}

fn is_named(cx: &ViewContext<'_>, group_id: GroupId) -> bool {
    cx.snapshot
        .group(group_id)
        .is_some_and(|group| group.name.is_some())
}

/// Into the person among them with the most faces; without one, into the largest group. One alone asks for the other.
fn merge(cx: &mut ViewContext<'_>, selected: &[GroupId]) {
    if selected.len() == 1 {
        cx.push(Action::PickPerson(PickPurpose::Merge {
            from: selected.to_vec(),
        }));
        return;
    }
    let weight = |group_id: &GroupId| {
        cx.snapshot
            .group(*group_id)
            .map(|group| (group.name.is_some(), group.faces))
    };
    let Some(into) = selected.iter().copied().max_by_key(weight) else {
        return;
    };
    let from = selected
        .iter()
        .copied()
        .filter(|group_id| *group_id != into)
        .collect();
    cx.execute(Command::Merge { from, into });
    cx.selection.groups.set(into);
}

/// The unnamed group after this one in the page's order; begins to name it.
pub fn next_unnamed(
    cx: &mut ViewContext<'_>,
    order: &[GroupId],
    after: GroupId,
) -> Option<GroupId> {
    let place = order.iter().position(|group_id| *group_id == after)?;
    let next = order[place + 1..]
        .iter()
        .copied()
        .find(|group_id| !is_named(cx, *group_id))?;
    *cx.naming = Some(Naming::new(NameTarget::Group(next), String::new()));
    Some(next)
}

/// A capital letter, or a letter of a script without capitals, begins the name of the one selected unnamed group.
/// Small letters stay what the key list says.
fn type_at_once(ui: &Ui, cx: &mut ViewContext<'_>) {
    let nothing_focused = ui.memory(|memory| memory.focused().is_none());
    if cx.naming.is_some() || !nothing_focused || egui::Popup::is_any_open(ui.ctx()) {
        return;
    }
    let Some(group_id) = cx
        .selection
        .groups
        .single()
        .filter(|group_id| !is_named(cx, *group_id))
    else {
        return;
    };
    let begins_name = |text: &String| {
        text.chars()
            .next()
            .is_some_and(|first| first.is_alphabetic() && !first.is_lowercase())
    };
    let typed = ui.input(|input| {
        input.events.iter().find_map(|event| match event {
            Event::Text(text) if begins_name(text) => Some(text.clone()),
            _ => None,
        })
    });
    if let Some(text) = typed {
        *cx.naming = Some(Naming::new(NameTarget::Group(group_id), text.clone()));
        // The field is not there yet to take the text itself, but will be in this frame.
        ui.input_mut(|input| {
            input
                .events
                .retain(|event| !matches!(event, Event::Text(typed) if *typed == text))
        });
    }
}

/// Ignores whole groups once their faces have been read.
fn put_aside(cx: &mut ViewContext<'_>, state: &mut PeopleState) {
    let Some(ignored) = &state.ignored else {
        return;
    };
    let mut faces: Vec<FaceId> = Vec::new();
    let mut complete = true;
    for &group_id in ignored
        .groups
        .iter()
        .filter(|group_id| cx.snapshot.group(**group_id).is_some())
    {
        match cx.details.group(group_id) {
            Some(details) => faces.extend(details.faces.iter().map(|face| face.face_id)),
            None => complete = false,
        }
    }
    if !complete {
        return;
    }
    let command = if ignored.not_a_face {
        Command::NotAFace { faces }
    } else {
        Command::Ignore { faces }
    };
    cx.execute(command);
    cx.selection.groups.clear();
    state.ignored = None;
}
