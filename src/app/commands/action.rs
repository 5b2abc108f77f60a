//! What a view may ask for: the only way from a view to the library, the disk and the shell.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::commands::ui_command::UiCommand;
use crate::app::session::export_thread::ExportJob;
use crate::app::session::file_dialogs::PathPurpose;
use crate::app::session::request::Change;
use crate::app::state::naming::NameTarget;
use crate::app::state::navigation::Page;
use crate::app::state::settings::{GroupSort, ThemeChoice};
use crate::curate::Command;
use crate::library::{FaceId, GroupId, Mark, PhotoId};
use crate::vision::DeviceChoice;

/// Views push these; the shell carries them out after the frame was drawn.
#[derive(Clone, Debug)]
pub enum Action {
    /// Change the library, undoably; a toast says what happened.
    Change(Change),
    /// Group the faces again: some questions were answered.
    GroupAgain,

    Go(Page),
    /// Open a group's page with the split slider folded out.
    OpenSplit(GroupId),
    Back,
    /// Open a photo's page (or step to it from another photo); `among` is what previous, next and the filmstrip walk through.
    OpenPhoto {
        photo_id: PhotoId,
        among: Arc<[PhotoId]>,
    },

    /// Ask for a folder, then scan it.
    AddFolder,
    ScanFolder(PathBuf),
    /// Scan every folder of the library again.
    ScanAll,
    TryDemo,
    /// Stop looking at photos; during the grouping, or when given again, stop that.
    StopScan,
    PauseScan,
    ResumeScan,

    OpenLibrary,
    NewLibrary,
    /// Close this library, open that one.
    SwitchLibrary(PathBuf),

    /// Open the library again after it failed to.
    Retry,

    /// Open the export dialog for these people.
    Export {
        people: Vec<GroupId>,
    },
    /// Choose the destination in the system's dialog; the export dialog stays open.
    ChooseAlbumFolder,
    ExportTo(ExportJob),
    /// Stop the export that runs.
    StopExport,
    /// Stop that and those that wait.
    StopAllExports,
    /// A path was chosen or typed.
    PathChosen(PathPurpose, PathBuf),
    /// Show a file or folder in the platform's file manager.
    ShowInFolder(PathBuf),
    /// Open the dialog that chooses a person by name.
    ChoosePerson(PersonPurpose),

    /// Begin to name something; the view that shows it draws the field (see [`Naming`]).
    RenameFocus(NameTarget),
    FocusSearch,
    SetSearch(String),
    SetSort(GroupSort),
    /// Side of a card's picture in points.
    SetCardSize(f32),
    SetTheme(ThemeChoice),
    /// Where the networks of the next scan run.
    SetDevice(DeviceChoice),

    /// Say a sentence that is not about a command.
    Notify(String),
    /// As if it had been chosen from a menu.
    Run(UiCommand),
}

impl Action {
    /// Execute a command on the library.
    pub fn execute(command: Command) -> Action {
        Action::Change(Change::Execute(command))
    }

    /// Mark all faces of a group.
    pub fn mark_group(group_id: GroupId, mark: Mark) -> Action {
        Action::Change(Change::MarkGroups {
            groups: vec![group_id],
            mark,
        })
    }
}

/// What a person chosen by name is wanted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PersonPurpose {
    /// The groups become part of the one chosen.
    Merge { from: Vec<GroupId> },
    /// The faces move to the one chosen, or to a new person of the name typed.
    Move { faces: Vec<FaceId> },
}
