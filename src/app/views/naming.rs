//! What a typed name does: name a group or faces, or make them part of the person who has that name already.

use egui::Ui;

use crate::app::state::naming::{NameTarget, Naming};
use crate::app::state::snapshot::Snapshot;
use crate::app::views::context::ViewContext;
use crate::app::views::name_field::{GivenName, NameFieldLook, NameFieldOutput, name_field_ui};
use crate::curate::Command;
use crate::library::GroupId;

/// Begins to type a name for a group, with its present name if it has one.
pub fn begin(cx: &mut ViewContext<'_>, group_id: GroupId) {
    let name = cx
        .snapshot
        .group(group_id)
        .and_then(|group| group.name.clone())
        .unwrap_or_default();
    *cx.naming = Some(Naming::new(NameTarget::Group(group_id), name));
}

/// Draws the field for `target`, whose name is being typed, and carries out what came of it; returns the name given.
pub fn target_field_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    target: &NameTarget,
    look: &NameFieldLook<'_>,
) -> Option<GivenName> {
    let snapshot = cx.snapshot;
    let offers = &mut *cx.name_offers;
    let naming = cx.naming.as_mut().filter(|naming| naming.target == *target);
    let answer = naming.map(|naming| {
        let offer = |typed: &str| offers.get(snapshot, target, typed);
        name_field_ui(ui, naming, offer, look)
    });
    match answer? {
        NameFieldOutput::Typing => None,
        NameFieldOutput::Cancelled => {
            *cx.naming = None;
            None
        }
        NameFieldOutput::Given(given) => {
            *cx.naming = None;
            if let Some(command) = command_for(cx.snapshot, target, &given) {
                cx.execute(command);
            }
            Some(given)
        }
    }
}

/// The command that gives this name; `None` where it changes nothing.
fn command_for(snapshot: &Snapshot, target: &NameTarget, given: &GivenName) -> Option<Command> {
    match (target, given.person) {
        (NameTarget::Group(group_id), Some(person)) if *group_id == person => None,
        (NameTarget::Group(group_id), Some(person)) => Some(Command::Merge {
            from: vec![*group_id],
            into: person,
        }),
        (NameTarget::Group(group_id), None) => {
            let unchanged = snapshot
                .group(*group_id)
                .and_then(|group| group.name.as_deref())
                == Some(given.name.as_str());
            (!unchanged).then(|| Command::Name {
                group: *group_id,
                name: given.name.clone(),
            })
        }
        (NameTarget::Faces(faces), _) => Some(Command::NameFaces {
            faces: faces.to_vec(),
            name: given.name.clone(),
        }),
    }
}
