//! Commands that only the page of groups handles; the window runs every other command.

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::naming::{NameTarget, Naming};
use crate::app::state::navigation::Page;
use crate::app::views::context::ViewContext;
use crate::library::GroupId;

/// Handles the commands of this frame.
pub fn take_commands(cx: &mut ViewContext<'_>) {
    type_at_once(cx);
    let Some(group_id) = cx.selection.groups.single() else {
        return;
    };
    // A group has no single photo to show, so its page opens instead.
    if cx.take(UiCommand::WholePhoto) {
        cx.go(Page::Group(group_id));
    }
    if cx.take(UiCommand::Split) {
        cx.push(Action::OpenSplit(group_id));
    }
}

/// The next unnamed group after this one in the page's order; starts typing its name.
pub fn next_unnamed(
    cx: &mut ViewContext<'_>,
    order: &[GroupId],
    after: GroupId,
) -> Option<GroupId> {
    let position = order.iter().position(|group_id| *group_id == after)?;
    let next = order[position + 1..]
        .iter()
        .copied()
        .find(|group_id| !cx.snapshot.is_person(*group_id))?;
    *cx.naming = Some(Naming::new(NameTarget::Group(next), String::new()));
    Some(next)
}

/// A capital letter, or a letter of a script without capitals, starts naming the one selected unnamed group. Small
/// letters are command keys.
fn type_at_once(cx: &mut ViewContext<'_>) {
    let one = cx.selection.groups.single();
    let Some(group_id) =
        one.filter(|group_id| cx.naming.is_none() && !cx.snapshot.is_person(*group_id))
    else {
        return;
    };
    if let Some(text) = cx.take_capital() {
        *cx.naming = Some(Naming::new(NameTarget::Group(group_id), text));
    }
}
