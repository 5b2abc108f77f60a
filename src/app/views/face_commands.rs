//! What can be done to selected faces, the same on every page that shows faces.

use egui::{Response, Ui};

use crate::app::action::{Action, PickPurpose};
use crate::app::context::ViewContext;
use crate::app::ui_command::UiCommand;
use crate::app::widgets::command_menu::command_menu_ui;
use crate::curate::{Command, MoveTarget};
use crate::library::{FaceId, FaceRow, FaceState, GroupId, PhotoId};

/// Faces that a command is about, with what must be known of them.
#[derive(Debug, Clone, Default)]
pub struct ChosenFaces {
    pub faces: Vec<FaceId>,
    /// The group whose page they are on, if they are.
    pub group: Option<GroupId>,
    /// Those of them that are suggestions.
    pub suggested: Vec<FaceId>,
}

/// Whether a face is a suggestion: an automatic member of a person.
pub fn is_suggestion(cx: &ViewContext<'_>, face: &FaceRow) -> bool {
    face.state == FaceState::Automatic
        && face
            .group
            .and_then(|group_id| cx.snapshot.group(group_id))
            .is_some_and(|group| group.name.is_some())
}

/// Carries out the commands of this frame that concern the chosen faces; true if one was.
pub fn take_face_commands(cx: &mut ViewContext<'_>, chosen: &ChosenFaces) -> bool {
    if chosen.faces.is_empty() {
        return false;
    }
    const OFFERED: [UiCommand; 9] = [
        UiCommand::Accept,
        UiCommand::Reject,
        UiCommand::Split,
        UiCommand::Move,
        UiCommand::Remove,
        UiCommand::NotAFace,
        UiCommand::Ignore,
        UiCommand::Restore,
        UiCommand::Cover,
    ];
    let mut done = false;
    for command in OFFERED {
        if cx.take(command) {
            done |= carry_out(cx, command, chosen);
        }
    }
    done
}

/// Does one command to the chosen faces; false where it means nothing to them.
pub fn carry_out(cx: &mut ViewContext<'_>, command: UiCommand, chosen: &ChosenFaces) -> bool {
    let faces = chosen.faces.clone();
    let command = match (command, chosen.group) {
        (UiCommand::Accept, _) if !chosen.suggested.is_empty() => Command::Confirm {
            faces: chosen.suggested.clone(),
        },
        (UiCommand::Reject, _) if !chosen.suggested.is_empty() => Command::Reject {
            faces: chosen.suggested.clone(),
        },
        (UiCommand::Split, Some(group)) => Command::SplitFaces { group, faces },
        (UiCommand::Remove, Some(group)) => remove_command(cx, group, faces),
        (UiCommand::NotAFace, _) => Command::NotAFace { faces },
        (UiCommand::Ignore, _) => Command::Ignore { faces },
        (UiCommand::Restore, _) => Command::Restore { faces },
        (UiCommand::Cover, Some(group)) if faces.len() == 1 => Command::SetCover {
            group,
            face: faces[0],
        },
        (UiCommand::Move, _) => {
            cx.push(Action::PickPerson(PickPurpose::Move { faces }));
            return true;
        }
        _ => return false,
    };
    cx.execute(command);
    cx.selection.faces.clear();
    true
}

/// Out of a person is a no to that person, to be remembered; out of an unnamed group is just out.
fn remove_command(cx: &ViewContext<'_>, group: GroupId, faces: Vec<FaceId>) -> Command {
    let named = cx
        .snapshot
        .group(group)
        .is_some_and(|group| group.name.is_some());
    if named {
        Command::Reject { faces }
    } else {
        Command::Move {
            faces,
            to: MoveTarget::NewGroup,
        }
    }
}

/// The context menu of a face; what is chosen comes back as a command next frame.
pub fn face_menu_ui(response: &Response, cx: &mut ViewContext<'_>, commands: &[Option<UiCommand>]) {
    response.context_menu(|ui: &mut Ui| {
        if let Some(command) = command_menu_ui(ui, commands) {
            cx.push(Action::Run(command));
        }
    });
}

/// Opens the photo of a face; previous and next walk through `among`.
pub fn open_photo(cx: &mut ViewContext<'_>, photo_id: PhotoId, among: std::sync::Arc<[PhotoId]>) {
    cx.push(Action::OpenPhoto { photo_id, among });
}

/// The photos of these faces, each once, in their order.
pub fn photos_of<'a>(faces: impl Iterator<Item = &'a FaceRow>) -> std::sync::Arc<[PhotoId]> {
    let mut seen = std::collections::HashSet::new();
    faces
        .map(|face| face.photo_id)
        .filter(|photo_id| seen.insert(*photo_id))
        .collect()
}
