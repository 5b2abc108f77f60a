//! What a typed name does: it names a group or faces, or makes them part of the person who already has that name.

use egui::Ui;

use crate::app::state::naming::{NameTarget, Naming};
use crate::app::state::snapshot::Snapshot;
use crate::app::views::context::ViewContext;
use crate::app::views::name_field::{GivenName, NameFieldOptions, NameFieldOutput, name_field_ui};
use crate::curate::Command;
use crate::library::GroupId;

/// Starts typing a name for a group, beginning with its current name.
pub fn begin(cx: &mut ViewContext<'_>, group_id: GroupId) {
    let name = cx
        .snapshot
        .person_name(group_id)
        .map(str::to_owned)
        .unwrap_or_default();
    *cx.naming = Some(Naming::new(NameTarget::Group(group_id), name));
}

/// Draws the field for `target`, whose name is being typed, and executes the result; returns the name that was given.
pub fn target_field_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    target: &NameTarget,
    options: &NameFieldOptions<'_>,
) -> Option<GivenName> {
    let snapshot = cx.snapshot;
    let offers = &mut *cx.name_offers;
    let naming = cx.naming.as_mut().filter(|naming| naming.target == *target);
    let answer = naming.map(|naming| {
        let offer = |typed: &str| offers.get(snapshot, target, typed);
        name_field_ui(ui, naming, offer, options)
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

/// The command that gives this name; `None` if it changes nothing.
fn command_for(snapshot: &Snapshot, target: &NameTarget, given: &GivenName) -> Option<Command> {
    match (target, given.person) {
        (NameTarget::Group(group_id), Some(person)) if *group_id == person => None,
        (NameTarget::Group(group_id), Some(person)) => Some(Command::Merge {
            from: vec![*group_id],
            into: person,
        }),
        (NameTarget::Group(group_id), None) => {
            let unchanged = snapshot.person_name(*group_id) == Some(given.name.as_str());
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
