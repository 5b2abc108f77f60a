//! What a view gets: everything it may read, and the actions it pushes.

use std::sync::Arc;

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::pictures::cache::PictureCache;
use crate::app::state::name_offers::NameOffers;
use crate::app::state::naming::{NameTarget, Naming};
use crate::app::state::navigation::Page;
use crate::app::state::progress::ScanState;
use crate::app::state::queries::Queries;
use crate::app::state::selection::Selections;
use crate::app::state::settings::{FaceSort, GroupSort};
use crate::app::state::snapshot::Snapshot;
use crate::app::theme::Tokens;
use crate::app::widgets::grid::Step;
use crate::curate::Command;
use crate::library::{GroupId, GroupSummary, PhotoId};
use crate::text::contains_words;

/// Views read this, draw, and push actions; they never write to the library.
pub struct ViewContext<'a> {
    pub page: Page,
    pub snapshot: &'a Snapshot,
    pub queries: &'a mut Queries,
    pub pictures: &'a mut PictureCache,
    pub selection: &'a mut Selections,
    /// The name being typed, if any; the view that shows its target draws the field.
    pub naming: &'a mut Option<Naming>,
    /// The known people who fit the name being typed.
    pub name_offers: &'a mut NameOffers,
    /// The text of the search box, trimmed, in lower case; empty without a search.
    pub search: &'a str,
    pub sort: GroupSort,
    pub face_sort: FaceSort,
    /// The size of a card's picture, in points.
    pub card_size: f32,
    /// The photos that previous, next and the filmstrip step through on a photo's page.
    pub filmstrip: &'a Arc<[PhotoId]>,
    pub scan: Option<&'a ScanState>,
    /// Faces are compared by a model to which there is a better one.
    pub model_is_outdated: bool,
    /// What is being done to the folders that the library knows, if anything.
    pub folder_change: Option<&'static str>,
    pub tokens: &'static Tokens,
    /// Whether Shift is held and the page has the keyboard focus.
    pub shift: bool,
    pub(in crate::app) step: Option<Step>,
    pub(in crate::app) capital: Option<String>,
    pub(in crate::app) commands: &'a mut Vec<UiCommand>,
    pub(in crate::app) actions: &'a mut Vec<Action>,
}

impl ViewContext<'_> {
    pub fn push(&mut self, action: Action) {
        self.actions.push(action);
    }

    pub fn execute(&mut self, command: Command) {
        self.push(Action::execute(command));
    }

    pub fn go(&mut self, page: Page) {
        self.push(Action::Go(page));
    }

    /// True if this command was given in this frame; the view then runs it. The window runs commands that no view
    /// takes.
    pub fn take(&mut self, command: UiCommand) -> bool {
        let before = self.commands.len();
        self.commands.retain(|given| *given != command);
        self.commands.len() < before
    }

    /// True if this command was given in this frame and nobody has taken it yet.
    pub fn is_given(&self, command: UiCommand) -> bool {
        self.commands.contains(&command)
    }

    /// An arrow key, Home or End, if the page has the keyboard.
    pub fn take_step(&mut self) -> Option<Step> {
        self.step.take()
    }

    /// A capital letter, if nothing has the keyboard focus.
    pub fn take_capital(&mut self) -> Option<String> {
        self.capital.take()
    }

    /// The page that lists this group.
    pub fn list_of(&self, group_id: GroupId) -> Page {
        if self.snapshot.is_person(group_id) {
            Page::People
        } else {
            Page::Unnamed
        }
    }

    /// The name being typed, if it is for `target`.
    pub fn naming_of(&mut self, target: &NameTarget) -> Option<&mut Naming> {
        self.naming
            .as_mut()
            .filter(|naming| naming.target == *target)
    }

    /// True if the group's name contains every word of the search. Unnamed groups match "unnamed".
    pub fn matches_search(&self, group: &GroupSummary) -> bool {
        contains_words(group.name.as_deref().unwrap_or("unnamed"), self.search)
    }
}
