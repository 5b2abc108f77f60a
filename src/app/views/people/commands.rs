//! What is particular to the page of groups; every other command is the shell's.

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::naming::{NameTarget, Naming};
use crate::app::state::navigation::Page;
use crate::app::views::context::ViewContext;
use crate::library::GroupId;

/// Carries out what was asked in this frame.
pub fn take_commands(cx: &mut ViewContext<'_>) {
    type_at_once(cx);
    let Some(group_id) = cx.selection.groups.single() else {
        return;
    };
    // A group has no one photo to show: a closer look is its page.
    if cx.take(UiCommand::WholePhoto) {
        cx.go(Page::Group(group_id));
    }
    if cx.take(UiCommand::Split) {
        cx.push(Action::OpenSplit(group_id));
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
    let position = order.iter().position(|group_id| *group_id == after)?;
    let next = order[position + 1..]
        .iter()
        .copied()
        .find(|group_id| !is_named(cx, *group_id))?;
    *cx.naming = Some(Naming::new(NameTarget::Group(next), String::new()));
    Some(next)
}

/// A capital letter, or a letter of a script without capitals, begins the name of the one selected unnamed group.
/// Small letters stay what the key list says.
fn type_at_once(cx: &mut ViewContext<'_>) {
    let one = cx.selection.groups.single();
    let Some(group_id) = one.filter(|group_id| cx.naming.is_none() && !is_named(cx, *group_id))
    else {
        return;
    };
    if let Some(text) = cx.take_capital() {
        *cx.naming = Some(Naming::new(NameTarget::Group(group_id), text));
    }
}
