//! What a view is handed: everything it may read, and where it leaves its wishes.

use std::sync::Arc;

use crate::app::action::{Action, NameTarget, Naming};
use crate::app::details::Details;
use crate::app::place::Place;
use crate::app::scanner::ScanState;
use crate::app::selection::Selections;
use crate::app::settings::GroupSort;
use crate::app::snapshot::Snapshot;
use crate::app::textures::Textures;
use crate::app::tokens::Tokens;
use crate::app::ui_command::UiCommand;
use crate::app::views::ViewState;
use crate::curate::Command;
use crate::library::{GroupSummary, PhotoId};

/// Views read this, draw, and push actions; they never write to the library.
pub struct ViewContext<'a> {
    pub place: Place,
    pub snapshot: &'a Snapshot,
    pub details: &'a mut Details,
    pub textures: &'a mut Textures,
    pub selection: &'a mut Selections,
    /// The name being typed, if any; the view that shows its target draws the field.
    pub naming: &'a mut Option<Naming>,
    /// State of views that must outlive a frame (slider position, zoom); views own its fields.
    pub view_state: &'a mut ViewState,
    /// Text of the search box, trimmed, in lower case; empty without a search.
    pub search: &'a str,
    pub sort: GroupSort,
    /// Side of a card's picture, in points.
    pub card_size: f32,
    /// The photos that previous, next and the filmstrip walk through on a photo's page.
    pub filmstrip: &'a Arc<[PhotoId]>,
    pub scan: Option<&'a ScanState>,
    pub tokens: &'static Tokens,
    pub(super) commands: &'a mut Vec<UiCommand>,
    pub(super) actions: &'a mut Vec<Action>,
}

impl ViewContext<'_> {
    pub fn push(&mut self, action: Action) {
        self.actions.push(action);
    }

    pub fn execute(&mut self, command: Command) {
        self.push(Action::Execute(command));
    }

    pub fn go(&mut self, place: Place) {
        self.push(Action::Go(place));
    }

    /// True if this command was given in this frame; it is then the view's to carry out. What no view takes, the shell does.
    pub fn take(&mut self, command: UiCommand) -> bool {
        let before = self.commands.len();
        self.commands.retain(|given| *given != command);
        self.commands.len() < before
    }

    /// The field for `target`, if its name is being typed.
    pub fn naming_of(&mut self, target: &NameTarget) -> Option<&mut Naming> {
        self.naming
            .as_mut()
            .filter(|naming| naming.target == *target)
    }

    /// True if the group passes the search box: every word of it is in the name. Unnamed groups are found by "unnamed".
    pub fn matches_search(&self, group: &GroupSummary) -> bool {
        let name = group.name.as_deref().unwrap_or("unnamed").to_lowercase();
        self.search
            .split_whitespace()
            .all(|word| name.contains(word))
    }

    /// Named or unnamed groups that pass the search, in the order chosen.
    pub fn groups(&self, named: bool) -> Vec<GroupSummary> {
        let mut groups: Vec<GroupSummary> = self
            .snapshot
            .groups
            .iter()
            .filter(|group| group.name.is_some() == named && self.matches_search(group))
            .cloned()
            .collect();
        match self.sort {
            GroupSort::Faces => {}
            GroupSort::Name => groups
                .sort_by_cached_key(|group| group.name.as_ref().map(|name| name.to_lowercase())),
            GroupSort::Recent => groups.sort_by(|a, b| b.last_taken.cmp(&a.last_taken)),
        }
        groups
    }
}
