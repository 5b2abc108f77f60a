//! What a typed name does: name a group or faces, or make them part of the person who has that name already.

use std::sync::Arc;

use egui::Ui;

use crate::app::state::cached::{Cached, Version};
use crate::app::state::known_people::{KnownPeople, KnownPerson};
use crate::app::state::naming::{NameTarget, Naming};
use crate::app::state::snapshot::Snapshot;
use crate::app::views::context::ViewContext;
use crate::app::views::name_field::{GivenName, NameAnswer, NameFieldLook, Offer, name_field_ui};
use crate::curate::Command;
use crate::library::{GroupId, GroupSummary};

/// What the field remembers between frames: everybody's name, and what fits the text typed last.
#[derive(Debug, Default)]
pub struct NamingState {
    known: Cached<u64, Arc<KnownPeople>>,
    offer: Cached<OfferSource, Arc<Offer>>,
}

/// What an offer depends on: the known people, the one being renamed, the text.
type OfferSource = (Version<KnownPeople>, Option<GroupId>, String);

impl NamingState {
    fn offer(&mut self, snapshot: &Snapshot, target: &NameTarget, typed: &str) -> Arc<Offer> {
        let known = self
            .known
            .get(snapshot.version, |_| Arc::new(known_people(snapshot)));
        let renamed = match target {
            NameTarget::Group(group_id) => Some(*group_id),
            NameTarget::Faces(_) => None,
        };
        let source = (Version::of(known), renamed, typed.to_owned());
        let offer = self.offer.get(source, |(known, renamed, typed)| {
            Arc::new(Offer::new(&known.0, *renamed, typed))
        });
        offer.clone()
    }
}

/// The people a name may be completed to.
fn known_people(snapshot: &Snapshot) -> KnownPeople {
    let known = |group: &GroupSummary| {
        let name = group.name.clone()?;
        Some(KnownPerson {
            group_id: group.group_id,
            name,
            faces: group.faces,
        })
    };
    KnownPeople::new(snapshot.people().filter_map(known).collect())
}

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
    let mut state = std::mem::take(&mut cx.view_state.naming);
    let answer = cx.naming_of(target).map(|naming| {
        let offer = |typed: &str| state.offer(snapshot, target, typed);
        name_field_ui(ui, naming, offer, look)
    });
    cx.view_state.naming = state;
    match answer? {
        NameAnswer::Typing => None,
        NameAnswer::Cancelled => {
            *cx.naming = None;
            None
        }
        NameAnswer::Given(given) => {
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
