//! The known people that are offered for the name being typed.

use std::sync::Arc;

use crate::app::state::cached::{Cached, Version};
use crate::app::state::known_people::{KnownPeople, KnownPerson};
use crate::app::state::naming::NameTarget;
use crate::app::state::snapshot::Snapshot;
use crate::library::{GroupId, GroupSummary, free_name};

const MAX_OFFERED: usize = 5;

/// All known people, and those who fit the text typed last.
#[derive(Debug, Default)]
pub struct NameOffers {
    known: Cached<u64, Arc<KnownPeople>>,
    offer: Cached<OfferSource, Arc<Offer>>,
}

/// The known people, the one being renamed, and the text.
type OfferSource = (Version<KnownPeople>, Option<GroupId>, String);

impl NameOffers {
    pub fn get(&mut self, snapshot: &Snapshot, target: &NameTarget, typed: &str) -> Arc<Offer> {
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

/// The people whose names can be offered.
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

/// The known people who fit a text.
#[derive(Debug, Default)]
pub struct Offer {
    pub people: Vec<KnownPerson>,
    /// The first one is likely the right one.
    pub first_is_likely: bool,
    /// The person with exactly this name.
    pub same: Option<GroupId>,
    /// If there is one, a name for another person of this name: `Maria (2)`.
    pub other: Option<String>,
}

impl Offer {
    /// `except`: the person being renamed.
    pub fn new(known: &KnownPeople, except: Option<GroupId>, typed: &str) -> Self {
        let offered = known.completions(typed, MAX_OFFERED, except);
        let same = known.same_name(typed, except);
        Self {
            other: same.map(|person| free_name(&person.name, known.names())),
            first_is_likely: offered.first().is_some_and(|first| first.likely),
            people: offered
                .iter()
                .map(|completion| completion.person.clone())
                .collect(),
            same: same.map(|person| person.group_id),
        }
    }
}
