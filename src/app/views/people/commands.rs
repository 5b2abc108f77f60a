//! What is particular to the page of groups; every other command is the shell's.

use egui::{Event, Ui};

use crate::app::action::{NameTarget, Naming};
use crate::app::context::ViewContext;
use crate::app::place::Place;
use crate::app::ui_command::UiCommand;
use crate::library::GroupId;

/// Carries out what was asked in this frame.
pub fn take_commands(ui: &Ui, cx: &mut ViewContext<'_>) {
    type_at_once(ui, cx);
    let Some(group_id) = cx.selection.groups.single() else {
        return;
    };
    // A group has no one photo to show: a closer look is its page.
    if cx.take(UiCommand::WholePhoto) {
        cx.go(Place::Group(group_id));
    }
    if cx.take(UiCommand::Split) {
        cx.view_state.group.open_split(group_id);
        cx.go(Place::Group(group_id));
    }
}

fn is_named(cx: &ViewContext<'_>, group_id: GroupId) -> bool {
    cx.snapshot
        .group(group_id)
        .is_some_and(|group| group.name.is_some())
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
