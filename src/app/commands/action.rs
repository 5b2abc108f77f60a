//! The requests of a view, its only way to change the library, the disk or the rest of the window.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::commands::ui_command::UiCommand;
use crate::app::session::export_thread::ExportJob;
use crate::app::session::file_dialogs::PathPurpose;
use crate::app::session::request::{Change, FolderJob};
use crate::app::state::naming::NameTarget;
use crate::app::state::navigation::Page;
use crate::app::state::settings::{FaceSort, GroupSort, ThemeChoice};
use crate::curate::Command;
use crate::library::{FaceId, GroupId, Mark, PhotoId};
use crate::vision::DeviceChoice;

/// Views push these; the window runs them after the frame was drawn.
#[derive(Clone, Debug)]
pub enum Action {
    /// Change the library; a toast shows what happened and offers to undo it.
    Change(Change),
    /// Group the faces again after some answers.
    GroupAgain,

    Go(Page),
    /// Open a group's page with the split slider.
    OpenSplit(GroupId),
    Back,
    /// Open a photo's page, or step to it from another photo. Previous, next and the filmstrip step through `among`.
    OpenPhoto {
        photo_id: PhotoId,
        among: Arc<[PhotoId]>,
    },

    /// Choose a folder, then scan it.
    AddFolder,
    ScanFolder(PathBuf),
    /// Scan every folder of the library again.
    ScanAll,
    TryDemo,
    /// Search the known photos in a folder for faces again.
    LookAgainIn(PathBuf),
    /// Search these known photos for faces again.
    LookAgainAt(Vec<PhotoId>),
    /// Embed all known faces by a better model.
    Migrate,
    /// Stop the scan of photos; stop the grouping if it runs already or the scan was stopped before.
    StopScan,
    PauseScan,
    ResumeScan,

    /// Choose the folder for a command on a folder; at once if there is only one.
    ChooseFolder(FolderPurpose),
    /// Open the dialog that asks where a scanned folder is now.
    AskNewPlace(PathBuf),
    /// Choose the new place in the system's dialog; the dialog that asks for it stays open.
    ChooseNewPlace,
    /// Open the dialog that says what forgetting a folder would take out of the library.
    AskToForget(PathBuf),
    /// Change which folders the library knows, or look at what that would do.
    Folder(FolderJob),

    OpenLibrary,
    NewLibrary,
    /// Close the current library and open this one.
    SwitchLibrary(PathBuf),

    /// Try again to open the library.
    Retry,

    /// Open the export dialog for these people.
    Export {
        people: Vec<GroupId>,
    },
    /// Choose the destination in the system's dialog; the export dialog stays open.
    ChooseAlbumFolder,
    ExportTo(ExportJob),
    /// Stop the running export.
    StopExport,
    /// Stop the running export and those that wait.
    StopAllExports,
    /// A path was chosen or typed.
    PathChosen(PathPurpose, PathBuf),
    /// Show a file or folder in the platform's file manager.
    ShowInFolder(PathBuf),
    /// Open the dialog that chooses a person by name.
    ChoosePerson(PersonPurpose),

    /// Start typing a name; the view that shows the target draws the field (see [`Naming`]).
    RenameFocus(NameTarget),
    FocusSearch,
    SetSearch(String),
    SetSort(GroupSort),
    SetFaceSort(FaceSort),
    /// The size of a card's picture, in points.
    SetCardSize(f32),
    SetTheme(ThemeChoice),
    /// The device for the networks of the next scan.
    SetDevice(DeviceChoice),

    /// Show a message that is not about a command.
    Notify(String),
    /// Run a command as if it had been chosen from a menu.
    Run(UiCommand),
}

impl Action {
    /// Executes a command on the library.
    pub fn execute(command: Command) -> Action {
        Action::Change(Change::Execute(command))
    }

    /// Marks all faces of a group.
    pub fn mark_group(group_id: GroupId, mark: Mark) -> Action {
        Action::Change(Change::MarkGroups {
            groups: vec![group_id],
            mark,
        })
    }
}

/// What the chosen folder is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderPurpose {
    /// Say where it is now.
    NewPlace,
    Forget,
    LookAgain,
}

impl FolderPurpose {
    /// The action on the chosen folder.
    pub fn action(self, folder: PathBuf) -> Action {
        match self {
            FolderPurpose::NewPlace => Action::AskNewPlace(folder),
            FolderPurpose::Forget => Action::AskToForget(folder),
            FolderPurpose::LookAgain => Action::LookAgainIn(folder),
        }
    }
}

/// What the chosen person is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonPurpose {
    /// Merge the groups into the chosen one.
    Merge { from: Vec<GroupId> },
    /// Move the faces to the chosen one, or to a new person with the typed name.
    Move { faces: Vec<FaceId> },
}
