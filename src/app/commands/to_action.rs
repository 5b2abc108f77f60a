//! Converts commands that no view has taken to actions on the current selection.

use std::sync::Arc;

use crate::app::commands::action::{Action, FolderPurpose, PersonPurpose};
use crate::app::commands::ui_command::UiCommand;
use crate::app::session::request::{Change, mark_command};
use crate::app::state::naming::NameTarget;
use crate::app::state::navigation::{Navigation, Page};
use crate::app::state::queries::Queries;
use crate::app::state::selection::Selections;
use crate::app::state::settings::{Settings, ThemeChoice};
use crate::app::state::snapshot::Snapshot;
use crate::app::theme::CARD_SIZES;
use crate::curate::{Command, MoveTarget};
use crate::library::{FaceId, FaceRow, GroupId, Mark, PhotoId};

/// The data that a command may read. The selection contains only items that the page shows.
pub struct CommandContext<'a> {
    pub snapshot: &'a Snapshot,
    pub queries: &'a mut Queries,
    pub selection: &'a Selections,
    pub navigation: &'a Navigation,
    pub settings: &'a Settings,
    pub scan_paused: Option<bool>,
}

/// The change of the card size per key press, in points.
const CARD_STEP: f32 = 16.0;

impl CommandContext<'_> {
    /// The action of a command, or a message that says what is missing.
    pub fn action(&mut self, command: UiCommand) -> Result<Action, &'static str> {
        match command {
            UiCommand::Name => self.name(),
            UiCommand::Merge => self.merge(),
            UiCommand::Split => self.split(),
            UiCommand::Move => Ok(Action::ChoosePerson(PersonPurpose::Move {
                faces: self.faces()?,
            })),
            UiCommand::Accept => Ok(Action::execute(Command::Confirm {
                faces: self.faces()?,
            })),
            UiCommand::Reject => Ok(Action::execute(Command::Reject {
                faces: self.faces()?,
            })),
            UiCommand::Ignore => self.mark(Mark::Ignored),
            UiCommand::NotAFace => self.mark(Mark::NotAFace),
            UiCommand::Remove => self.remove(),
            UiCommand::Restore => Ok(Action::execute(Command::Restore {
                faces: self.faces()?,
            })),
            UiCommand::Cover => self.cover(),
            UiCommand::DeleteName => self.delete_name(),
            UiCommand::Open => self.open(),
            UiCommand::WholePhoto => self.whole_photo(),
            UiCommand::Previous => self.step(-1),
            UiCommand::Next => self.step(1),
            UiCommand::LookAgain => self.look_again(),
            UiCommand::NewPlace => self.choose_folder(FolderPurpose::NewPlace),
            UiCommand::ForgetFolder => self.choose_folder(FolderPurpose::Forget),
            UiCommand::Export => Ok(Action::Export {
                people: self.people_to_export()?,
            }),
            UiCommand::LargerCards => Ok(self.card_size(CARD_STEP)),
            UiCommand::SmallerCards => Ok(self.card_size(-CARD_STEP)),
            UiCommand::PauseScan => match self.scan_paused {
                Some(true) => Ok(Action::ResumeScan),
                Some(false) => Ok(Action::PauseScan),
                None => Err("No scan is running."),
            },
            UiCommand::StopScan => self
                .scan_paused
                .map(|_| Action::StopScan)
                .ok_or("No scan is running."),
            UiCommand::Fit | UiCommand::Names => Err("Open a photo first."),
            UiCommand::SelectAll => Err("There is nothing to select here."),
            _ => plain_action(command).ok_or("This command does nothing on this page."),
        }
    }

    fn faces(&self) -> Result<Vec<FaceId>, &'static str> {
        let faces = self.selection.faces.to_vec();
        if faces.is_empty() {
            Err("Select faces first.")
        } else {
            Ok(faces)
        }
    }

    /// The groups that a command applies to: the selected ones, or the one whose page is shown.
    fn groups(&self) -> Vec<GroupId> {
        match self.navigation.page() {
            Page::Group(group_id) => vec![group_id],
            _ => self.selection.groups.to_vec(),
        }
    }

    fn one_group(&self) -> Result<GroupId, &'static str> {
        match self.groups().as_slice() {
            [group_id] => Ok(*group_id),
            [] => Err("Select a person or a group first."),
            _ => Err("Select only one group."),
        }
    }

    fn name(&self) -> Result<Action, &'static str> {
        if !self.selection.faces.is_empty() {
            if self.navigation.page() == Page::Ignored {
                return Err("Restore the faces first: ignored faces have no name.");
            }
            return Ok(Action::RenameFocus(NameTarget::Faces(
                self.selection.faces.iter().collect(),
            )));
        }
        Ok(Action::RenameFocus(NameTarget::Group(self.one_group()?)))
    }

    fn merge(&self) -> Result<Action, &'static str> {
        let groups = self.groups();
        if groups.is_empty() {
            return Err("Select the groups to merge first.");
        }
        if groups.len() == 1 {
            return Ok(Action::ChoosePerson(PersonPurpose::Merge { from: groups }));
        }
        // Merge into a person rather than an unnamed group, then into the larger group.
        let weight = |group_id: &GroupId| {
            self.snapshot
                .group(*group_id)
                .map(|group| (group.name.is_some(), group.faces))
                .unwrap_or_default()
        };
        let Some(into) = groups.iter().copied().max_by_key(weight) else {
            return Err("Select the groups to merge first.");
        };
        Ok(Action::execute(Command::Merge {
            from: groups
                .into_iter()
                .filter(|group_id| *group_id != into)
                .collect(),
            into,
        }))
    }

    fn split(&self) -> Result<Action, &'static str> {
        let Page::Group(group) = self.navigation.page() else {
            return Err("Open a group to split it.");
        };
        Ok(Action::execute(Command::SplitFaces {
            group,
            faces: self.faces()?,
        }))
    }

    fn mark(&self, mark: Mark) -> Result<Action, &'static str> {
        let faces = self.selection.faces.to_vec();
        if !faces.is_empty() {
            return Ok(Action::execute(mark_command(mark, faces)));
        }
        let groups = self.groups();
        if groups.is_empty() {
            return Err("Select faces or groups first.");
        }
        Ok(Action::Change(Change::MarkGroups { groups, mark }))
    }

    /// A face is rejected from a person for good; from an unnamed group it is only moved away.
    fn remove(&self) -> Result<Action, &'static str> {
        let faces = self.faces()?;
        let of_person = match self.navigation.page() {
            Page::Group(group_id) => self.snapshot.is_person(group_id),
            _ => true,
        };
        Ok(Action::execute(if of_person {
            Command::Reject { faces }
        } else {
            Command::Move {
                faces,
                to: MoveTarget::NewGroup,
            }
        }))
    }

    fn cover(&self) -> Result<Action, &'static str> {
        let Page::Group(group) = self.navigation.page() else {
            return Err("Open a group to choose its cover.");
        };
        let face = self
            .selection
            .faces
            .single()
            .ok_or("Select exactly one face.")?;
        Ok(Action::execute(Command::SetCover { group, face }))
    }

    fn delete_name(&self) -> Result<Action, &'static str> {
        let group = self.one_group()?;
        Ok(Action::execute(Command::DeleteName { group }))
    }

    fn open(&mut self) -> Result<Action, &'static str> {
        match (
            self.selection.groups.single(),
            self.selection.photos.single(),
        ) {
            (Some(group_id), _) if !matches!(self.navigation.page(), Page::Group(_)) => {
                Ok(Action::Go(Page::Group(group_id)))
            }
            (_, Some(photo_id)) => Ok(self.open_photo(photo_id)),
            _ => self.whole_photo(),
        }
    }

    fn open_photo(&mut self, photo_id: PhotoId) -> Action {
        let among = match self.navigation.page() {
            Page::Group(group_id) => self
                .queries
                .group(group_id)
                .map(|details| details.photos.clone()),
            Page::Photos => self.queries.photos().map(|list| list.present.order.clone()),
            Page::Away => self.queries.photos().map(|list| list.away.order.clone()),
            _ => None,
        };
        let among = among.unwrap_or_else(|| Arc::from([photo_id]));
        Action::OpenPhoto { photo_id, among }
    }

    fn whole_photo(&mut self) -> Result<Action, &'static str> {
        let page = self.navigation.page();
        if matches!(page, Page::Photo(_)) {
            return Ok(Action::Back);
        }
        if let Some(photo_id) = self
            .selection
            .photos
            .single()
            .or(self.selection.photos.cursor())
        {
            return Ok(self.open_photo(photo_id));
        }
        let face_id = self
            .selection
            .faces
            .cursor()
            .or(self.selection.faces.single())
            .ok_or("Select a face or a photo first.")?;
        let photo_id = self
            .photo_of(page, face_id)
            .ok_or("Select a face or a photo first.")?;
        Ok(self.open_photo(photo_id))
    }

    fn photo_of(&mut self, page: Page, face_id: FaceId) -> Option<PhotoId> {
        let find = |faces: &[FaceRow]| {
            faces
                .iter()
                .find(|face| face.face_id == face_id)
                .map(|face| face.photo_id)
        };
        match page {
            Page::Group(group_id) => {
                let details = self.queries.group(group_id)?;
                find(&details.faces).or_else(|| find(&details.away))
            }
            Page::Ignored => {
                let marked = self.queries.ignored()?;
                find(&marked.ignored).or_else(|| find(&marked.not_a_face))
            }
            Page::Review => self
                .queries
                .suggestions()?
                .iter()
                .find_map(|person| find(&person.faces)),
            _ => None,
        }
    }

    fn step(&self, steps: isize) -> Result<Action, &'static str> {
        let Page::Photo(photo_id) = self.navigation.page() else {
            return Err("Open a photo first.");
        };
        let filmstrip = self.navigation.filmstrip();
        let next = filmstrip
            .iter()
            .position(|other| *other == photo_id)
            .and_then(|position| position.checked_add_signed(steps))
            .and_then(|position| filmstrip.get(position))
            .ok_or(if steps < 0 {
                "This is the first photo."
            } else {
                "This is the last photo."
            })?;
        Ok(Action::OpenPhoto {
            photo_id: *next,
            among: filmstrip.clone(),
        })
    }

    /// The selected photos, the photo shown, or those of a folder to be chosen.
    fn look_again(&self) -> Result<Action, &'static str> {
        let photos = match self.navigation.page() {
            Page::Photo(photo_id) => vec![photo_id],
            _ => self.selection.photos.to_vec(),
        };
        if photos.is_empty() {
            self.choose_folder(FolderPurpose::LookAgain)
        } else {
            Ok(Action::LookAgainAt(photos))
        }
    }

    fn choose_folder(&self, purpose: FolderPurpose) -> Result<Action, &'static str> {
        match self.snapshot.roots.is_empty() {
            true => Err("Add a folder first."),
            false => Ok(Action::ChooseFolder(purpose)),
        }
    }

    /// The selected groups, or the people shown on the page of people, or everybody.
    fn people_to_export(&self) -> Result<Vec<GroupId>, &'static str> {
        let groups = self.groups();
        if !groups.is_empty() {
            return Ok(groups);
        }
        let people: Vec<GroupId> = match self.navigation.page() {
            Page::People => {
                let shown = self.selection.groups.shown().iter().copied();
                shown
                    .filter(|group_id| self.snapshot.is_person(*group_id))
                    .collect()
            }
            _ => self
                .snapshot
                .people()
                .map(|person| person.group_id)
                .collect(),
        };
        if !people.is_empty() {
            Ok(people)
        } else if self.snapshot.counts.people > 0 {
            Err("No people are shown. Clear the search first.")
        } else {
            Err("Name a person first: an album contains the photos of a person.")
        }
    }

    fn card_size(&self, change: f32) -> Action {
        Action::SetCardSize(
            (self.settings.card_size + change).clamp(*CARD_SIZES.start(), *CARD_SIZES.end()),
        )
    }
}

/// Commands that do the same on every page.
fn plain_action(command: UiCommand) -> Option<Action> {
    Some(match command {
        UiCommand::Back => Action::Back,
        UiCommand::Undo => Action::Change(Change::Undo),
        UiCommand::Redo => Action::Change(Change::Redo),
        UiCommand::History => Action::Go(Page::History),
        UiCommand::Search => Action::FocusSearch,
        UiCommand::People => Action::Go(Page::People),
        UiCommand::Unnamed => Action::Go(Page::Unnamed),
        UiCommand::Photos => Action::Go(Page::Photos),
        UiCommand::Away => Action::Go(Page::Away),
        UiCommand::Ignored => Action::Go(Page::Ignored),
        UiCommand::NotFound => Action::Go(Page::NotFound),
        UiCommand::LeftOut => Action::Go(Page::LeftOut),
        UiCommand::Review => Action::Go(Page::Review),
        UiCommand::Problems => Action::Go(Page::Problems),
        UiCommand::AddFolder => Action::AddFolder,
        UiCommand::ScanAll => Action::ScanAll,
        UiCommand::Migrate => Action::Migrate,
        UiCommand::TryDemo => Action::TryDemo,
        UiCommand::OpenLibrary => Action::OpenLibrary,
        UiCommand::NewLibrary => Action::NewLibrary,
        UiCommand::ThemeSystem => Action::SetTheme(ThemeChoice::System),
        UiCommand::ThemeLight => Action::SetTheme(ThemeChoice::Light),
        UiCommand::ThemeDark => Action::SetTheme(ThemeChoice::Dark),
        UiCommand::DeviceCpu | UiCommand::DeviceCuda | UiCommand::DeviceMetal => {
            Action::SetDevice(command.device()?)
        }
        _ => return None,
    })
}
