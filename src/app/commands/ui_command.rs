//! Everything the window can be told by a key, a menu or the palette: one enum that knows its words and keys.
//!
//! The shell collects commands, the shown view takes those that concern it (`ViewContext::take`), the shell does the rest.

use egui::{Key, KeyboardShortcut, Modifiers};
use strum::{EnumIter, IntoEnumIterator as _};

use crate::vision::DeviceChoice;

/// A command of the window. What changes the library in the end is a `curate::Command`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter)]
pub enum UiCommand {
    Name,
    Merge,
    Split,
    Move,
    Accept,
    Reject,
    NotSure,
    Ignore,
    Remove,
    NotAFace,
    Restore,
    Cover,
    DeleteName,
    Open,
    WholePhoto,
    Previous,
    Next,
    Fit,
    Names,
    SelectAll,
    Escape,
    Back,

    Undo,
    Redo,
    History,

    Search,
    Palette,
    People,
    Unnamed,
    Photos,
    Ignored,
    Review,
    Problems,
    Errors,

    AddFolder,
    ScanAll,
    PauseScan,
    StopScan,
    TryDemo,
    Export,
    OpenLibrary,
    NewLibrary,

    ThemeSystem,
    ThemeLight,
    ThemeDark,
    DeviceCpu,
    DeviceCuda,
    DeviceMetal,
    Inspector,
    LargerCards,
    SmallerCards,
    Quit,
}

const fn plain(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}

const fn command(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn command_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

impl UiCommand {
    /// What the menu and the palette call it. A dialog follows where the label ends in "…".
    pub fn label(self) -> &'static str {
        self.description().0
    }

    /// What it does: the text of the tooltip.
    pub fn tooltip(self) -> &'static str {
        self.description().1
    }

    /// The keys; the first is the one that is shown.
    pub fn keys(self) -> &'static [KeyboardShortcut] {
        self.description().2
    }

    /// Label, tooltip and keys.
    fn description(self) -> (&'static str, &'static str, &'static [KeyboardShortcut]) {
        match self {
            UiCommand::Name => (
                "Name…",
                "Type a name for the selection; names you know complete themselves.",
                const { &[plain(Key::F2), plain(Key::Enter)] },
            ),
            UiCommand::Merge => (
                "Merge…",
                "Make one group of the selected ones, or merge this one with a person you choose.",
                const { &[plain(Key::M)] },
            ),
            UiCommand::Split => (
                "Split…",
                "Take the selected faces out, or show how this group would fall apart.",
                const { &[plain(Key::S)] },
            ),
            UiCommand::Move => (
                "Move to…",
                "Move the selected faces to another person.",
                const { &[plain(Key::V)] },
            ),
            UiCommand::Accept => (
                "Accept suggestion",
                "Yes, this is that person.",
                const { &[plain(Key::Y)] },
            ),
            UiCommand::Reject => (
                "Reject suggestion",
                "No, this is somebody else; never suggested again.",
                const { &[plain(Key::N)] },
            ),
            UiCommand::NotSure => (
                "Not sure",
                "Leave this question for another day.",
                const { &[plain(Key::U)] },
            ),
            UiCommand::Ignore => (
                "Ignore",
                "A real face that nobody wants to name; it is not shown again unasked.",
                const { &[plain(Key::I)] },
            ),
            UiCommand::Remove => (
                "Remove from this person",
                "The selected faces leave this group and get one of their own.",
                const { &[plain(Key::Delete)] },
            ),
            UiCommand::NotAFace => (
                "Not a face",
                "The selection is no face at all.",
                const { &[shift(Key::Delete)] },
            ),
            UiCommand::Restore => (
                "Restore",
                "Bring ignored faces back.",
                const { &[plain(Key::R)] },
            ),
            UiCommand::Cover => (
                "Use as cover",
                "Show this person by the selected face.",
                const { &[plain(Key::C)] },
            ),
            UiCommand::DeleteName => (
                "Remove the name",
                "The person becomes an unnamed group; its faces stay together.",
                const { &[command(Key::Backspace)] },
            ),
            UiCommand::Open => (
                "Open",
                "Open the page of the selection.",
                const { &[plain(Key::O)] },
            ),
            UiCommand::WholePhoto => (
                "Show the whole photo",
                "Open the photo that the face is in; again closes it.",
                const { &[plain(Key::Space)] },
            ),
            UiCommand::Previous => (
                "Previous",
                "The photo before this one.",
                const { &[plain(Key::PageUp)] },
            ),
            UiCommand::Next => (
                "Next",
                "The photo after this one.",
                const { &[plain(Key::PageDown)] },
            ),
            UiCommand::Fit => (
                "Fit the photo",
                "Show the whole photo, without zoom.",
                const { &[plain(Key::Num0)] },
            ),
            UiCommand::Names => (
                "Show or hide names",
                "Keep the boxes and names of a photo in sight.",
                const { &[plain(Key::B)] },
            ),
            UiCommand::SelectAll => (
                "Select all",
                "Select everything shown.",
                const { &[command(Key::A)] },
            ),
            UiCommand::Escape => (
                "Clear selection",
                "Clear the selection; with none, go back.",
                const { &[plain(Key::Escape)] },
            ),
            UiCommand::Back => (
                "Back",
                "Back to where you were.",
                const {
                    &[
                        plain(Key::Backspace),
                        KeyboardShortcut::new(Modifiers::ALT, Key::ArrowLeft),
                    ]
                },
            ),
            UiCommand::Undo => (
                "Undo",
                "Take back the last change, without limit and also after a restart.",
                const { &[command(Key::Z)] },
            ),
            UiCommand::Redo => (
                "Redo",
                "Do again what was taken back.",
                const { &[command_shift(Key::Z), command(Key::Y)] },
            ),
            UiCommand::History => (
                "History",
                "Every change as a sentence.",
                const { &[command(Key::H)] },
            ),
            UiCommand::Search => (
                "Search",
                "Search names and files.",
                const { &[plain(Key::Slash), command(Key::F)] },
            ),
            UiCommand::Palette => (
                "All commands…",
                "Find any command by its name.",
                const { &[command(Key::K), plain(Key::F1)] },
            ),
            UiCommand::People => (
                "People",
                "Go to named people, then unnamed groups.",
                const { &[plain(Key::Num1)] },
            ),
            UiCommand::Unnamed => (
                "Unnamed",
                "Go to groups that wait for a name.",
                const { &[plain(Key::Num2)] },
            ),
            UiCommand::Photos => ("Photos", "Go to all photos.", const { &[plain(Key::Num3)] }),
            UiCommand::Ignored => (
                "Ignored",
                "Go to faces that were put aside.",
                const { &[plain(Key::Num4)] },
            ),
            UiCommand::Review => (
                "Review",
                "Go to the questions that wait for a yes or no.",
                const { &[plain(Key::Num5)] },
            ),
            UiCommand::Problems => (
                "Problems",
                "Go to files that could not be read.",
                const { &[plain(Key::Num6)] },
            ),
            UiCommand::Errors => (
                "Errors",
                "Show what went wrong since the window was opened.",
                const { &[command_shift(Key::E)] },
            ),
            UiCommand::AddFolder => (
                "Add folder…",
                "Choose a folder and find the faces in its photos.",
                const { &[command(Key::O)] },
            ),
            UiCommand::ScanAll => (
                "Scan again",
                "Look for new, changed and moved photos in all folders.",
                const { &[plain(Key::F5)] },
            ),
            UiCommand::PauseScan => (
                "Pause or resume the scan",
                "Pause the scan, or go on with it.",
                const { &[command(Key::P)] },
            ),
            UiCommand::StopScan => (
                "Stop the scan",
                "Stop after the photos in work; what was found is kept.",
                const { &[command(Key::Period)] },
            ),
            UiCommand::TryDemo => (
                "Try the demo photos",
                "Scan a few photos that come with Kinfolk.",
                &[],
            ),
            UiCommand::Export => (
                "Export albums…",
                "Copy each person's photos to a folder of their own.",
                const { &[command(Key::E)] },
            ),
            UiCommand::OpenLibrary => (
                "Open library…",
                "Open another library file.",
                const { &[command_shift(Key::O)] },
            ),
            UiCommand::NewLibrary => (
                "New library…",
                "Begin an empty library in a new file.",
                const { &[command_shift(Key::N)] },
            ),
            UiCommand::ThemeSystem => (
                "Theme: as the system",
                "Light or dark as the system says.",
                &[],
            ),
            UiCommand::ThemeLight => ("Theme: light", "Always light.", &[]),
            UiCommand::ThemeDark => ("Theme: dark", "Always dark.", &[]),
            UiCommand::DeviceCpu => (
                "Device: CPU",
                "Scans look for faces with the processor.",
                &[],
            ),
            UiCommand::DeviceCuda => (
                "Device: CUDA",
                "Scans look for faces with the NVIDIA graphics card.",
                &[],
            ),
            UiCommand::DeviceMetal => (
                "Device: Metal",
                "Scans look for faces with Apple's graphics.",
                &[],
            ),
            UiCommand::Inspector => (
                "Show or hide the inspector",
                "Queries of the selection, on the right.",
                const { &[command(Key::I)] },
            ),
            UiCommand::LargerCards => (
                "Larger cards",
                "Show larger pictures.",
                const { &[plain(Key::Plus), plain(Key::Equals)] },
            ),
            UiCommand::SmallerCards => (
                "Smaller cards",
                "Show smaller pictures.",
                const { &[plain(Key::Minus)] },
            ),
            UiCommand::Quit => (
                "Quit",
                "Close the window; everything is saved already.",
                const { &[command(Key::Q)] },
            ),
        }
    }

    /// The device that it chooses.
    pub fn device(self) -> Option<DeviceChoice> {
        match self {
            UiCommand::DeviceCpu => Some(DeviceChoice::Cpu),
            UiCommand::DeviceCuda => Some(DeviceChoice::Cuda),
            UiCommand::DeviceMetal => Some(DeviceChoice::Metal),
            _ => None,
        }
    }

    /// Whether there is a choice to make: a device where `devices` are those to choose from, and anything else.
    pub fn is_offered(self, devices: &[DeviceChoice]) -> bool {
        self.device()
            .is_none_or(|device| devices.len() > 1 && devices.contains(&device))
    }

    /// The tooltip with the key in brackets.
    pub fn tooltip_with_key(self, ctx: &egui::Context) -> String {
        match self.keys().first() {
            Some(shortcut) => format!("{} ({})", self.tooltip(), ctx.format_shortcut(shortcut)),
            None => self.tooltip().to_owned(),
        }
    }

    /// Commands whose keys mean something to a text field.
    pub(super) fn edits_text_too(self) -> bool {
        matches!(
            self,
            UiCommand::SelectAll
                | UiCommand::Undo
                | UiCommand::Redo
                | UiCommand::NotAFace
                | UiCommand::DeleteName
                | UiCommand::History
        )
    }
}

/// Every shortcut, those with more modifiers first: egui lets Ctrl+Z match when Ctrl+Shift+Z was pressed.
pub fn by_modifiers() -> impl Iterator<Item = (KeyboardShortcut, UiCommand)> {
    let mut shortcuts: Vec<_> = UiCommand::iter()
        .flat_map(|command| {
            command
                .keys()
                .iter()
                .map(move |shortcut| (*shortcut, command))
        })
        .collect();
    shortcuts.sort_by_key(|(shortcut, _)| std::cmp::Reverse(modifier_count(shortcut.modifiers)));
    shortcuts.into_iter()
}

fn modifier_count(modifiers: Modifiers) -> usize {
    let Modifiers {
        alt,
        ctrl,
        shift,
        mac_cmd,
        command,
    } = modifiers;
    [alt, ctrl, shift, mac_cmd, command]
        .into_iter()
        .filter(|on| *on)
        .count()
}
