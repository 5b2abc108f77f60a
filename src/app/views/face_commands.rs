//! Shared by pages with faces: answers to suggestions, the context menu, opening the photo.
//!
//! The window runs all other commands on selected faces.

use std::collections::HashSet;
use std::sync::Arc;

use egui::Response;

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::views::command_menu::command_menu_ui;
use crate::app::views::context::ViewContext;
use crate::app::widgets::yes_no::YesNo;
use crate::curate::Command;
use crate::library::{FaceId, FaceRow, FaceState, PhotoId};

/// Whether a face is a suggestion: an automatic member of a person.
pub fn is_suggestion(cx: &ViewContext<'_>, face: &FaceRow) -> bool {
    face.state == FaceState::Automatic
        && face
            .group
            .is_some_and(|group_id| cx.snapshot.is_person(group_id))
}

/// Handles Accept and Reject on a page with these suggestions: answers the selected ones and selects the next, so
/// that pressing Y (accept) or N (reject) repeatedly steps through the suggestions. Without a selection the first press
/// only selects the first suggestion. Returns the face to scroll to.
pub fn take_answers(cx: &mut ViewContext<'_>, suggested: &[FaceId]) -> Option<FaceId> {
    if !cx.is_given(UiCommand::Accept) && !cx.is_given(UiCommand::Reject) {
        return None;
    }
    let selected: Vec<FaceId> = suggested
        .iter()
        .copied()
        .filter(|face_id| cx.selection.faces.contains(*face_id))
        .collect();
    let (Some(first), Some(last)) = (selected.first(), selected.last()) else {
        let first = *suggested
            .first()
            .filter(|_| cx.selection.faces.is_empty())?;
        if cx.take(UiCommand::Accept) || cx.take(UiCommand::Reject) {
            cx.selection.faces.set(first);
            return Some(first);
        }
        return None;
    };
    let position = |face_id: &FaceId| suggested.iter().position(|other| other == face_id);
    let after = position(last).and_then(|position| suggested.get(position + 1));
    let before = position(first).and_then(|position| suggested.get(position.checked_sub(1)?));
    let next = after.or(before).copied();
    let answer = if cx.take(UiCommand::Accept) {
        YesNo::Yes
    } else {
        cx.take(UiCommand::Reject);
        YesNo::No
    };
    give_answer(cx, answer, selected);
    match next {
        Some(next) => cx.selection.faces.set(next),
        None => cx.selection.faces.clear(),
    }
    next
}

/// Accepts or rejects suggestions.
pub fn give_answer(cx: &mut ViewContext<'_>, answer: YesNo, faces: Vec<FaceId>) {
    cx.execute(match answer {
        YesNo::Yes => Command::Confirm { faces },
        YesNo::No => Command::Reject { faces },
    });
}

/// The context menu of a face; the chosen command runs in the next frame.
pub fn face_menu_ui(response: &Response, cx: &mut ViewContext<'_>, commands: &[Option<UiCommand>]) {
    response.context_menu(|ui| {
        if let Some(command) = command_menu_ui(ui, commands) {
            cx.push(Action::Run(command));
        }
    });
}

/// The photos of these faces, each once, in the order of the faces.
pub fn photos_of<'a>(faces: impl Iterator<Item = &'a FaceRow>) -> Arc<[PhotoId]> {
    let mut seen = HashSet::new();
    faces
        .map(|face| face.photo_id)
        .filter(|photo_id| seen.insert(*photo_id))
        .collect()
}
