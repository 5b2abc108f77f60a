//! Everything the window can be told by a key, a menu or the palette: one enum that knows its words and keys.
//!
//! The shell collects commands, the shown view takes those that concern it (`ViewContext::take`), the shell does the rest.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::vision::DeviceChoice;

/// A command of the window. What changes the library in the end is a `curate::Command`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    pub const ALL: [UiCommand; 52] = [
        UiCommand::Name,
        UiCommand::Merge,
        UiCommand::Split,
        UiCommand::Move,
        UiCommand::Accept,
        UiCommand::Reject,
        UiCommand::NotSure,
        UiCommand::Ignore,
        UiCommand::Remove,
        UiCommand::NotAFace,
        UiCommand::Restore,
        UiCommand::Cover,
        UiCommand::DeleteName,
        UiCommand::Open,
        UiCommand::WholePhoto,
        UiCommand::Previous,
        UiCommand::Next,
        UiCommand::Fit,
        UiCommand::Names,
        UiCommand::SelectAll,
        UiCommand::Escape,
        UiCommand::Back,
        UiCommand::Undo,
        UiCommand::Redo,
        UiCommand::History,
        UiCommand::Search,
        UiCommand::Palette,
        UiCommand::People,
        UiCommand::Unnamed,
        UiCommand::Photos,
        UiCommand::Ignored,
        UiCommand::Review,
        UiCommand::Problems,
        UiCommand::Errors,
        UiCommand::AddFolder,
        UiCommand::ScanAll,
        UiCommand::PauseScan,
        UiCommand::StopScan,
        UiCommand::TryDemo,
        UiCommand::Export,
        UiCommand::OpenLibrary,
        UiCommand::NewLibrary,
        UiCommand::ThemeSystem,
        UiCommand::ThemeLight,
        UiCommand::ThemeDark,
        UiCommand::DeviceCpu,
        UiCommand::DeviceCuda,
        UiCommand::DeviceMetal,
        UiCommand::Inspector,
        UiCommand::LargerCards,
        UiCommand::SmallerCards,
        UiCommand::Quit,
    ];

    /// The words of the menu and the palette. A dialog follows where they end in "…".
    pub fn text(self) -> &'static str {
        self.texts().0
    }

    /// What it does, in a sentence for the tooltip and the palette's second line.
    pub fn tooltip(self) -> &'static str {
        self.texts().1
    }

    fn texts(self) -> (&'static str, &'static str) {
        match self {
            UiCommand::Name => (
                "Name…",
                "Type a name for the selection; names you know complete themselves.",
            ),
            UiCommand::Merge => (
                "Merge…",
                "Make one group of the selected ones, or merge this one with a person you choose.",
            ),
            UiCommand::Split => (
                "Split…",
                "Take the selected faces out, or show how this group would fall apart.",
            ),
            UiCommand::Move => ("Move to…", "Move the selected faces to another person."),
            UiCommand::Accept => ("Accept suggestion", "Yes, this is that person."),
            UiCommand::Reject => (
                "Reject suggestion",
                "No, this is somebody else; never suggested again.",
            ),
            UiCommand::NotSure => ("Not sure", "Leave this question for another day."),
            UiCommand::Ignore => (
                "Ignore",
                "A real face that nobody wants to name; it is not shown again unasked.",
            ),
            UiCommand::Remove => (
                "Remove from this person",
                "The selected faces leave this group and get one of their own.",
            ),
            UiCommand::NotAFace => ("Not a face", "The selection is no face at all."),
            UiCommand::Restore => ("Restore", "Bring ignored faces back."),
            UiCommand::Cover => ("Use as cover", "Show this person by the selected face."),
            UiCommand::DeleteName => (
                "Remove the name",
                "The person becomes an unnamed group; its faces stay together.",
            ),
            UiCommand::Open => ("Open", "Open the page of the selection."),
            UiCommand::WholePhoto => (
                "Show the whole photo",
                "Open the photo that the face is in; again closes it.",
            ),
            UiCommand::Previous => ("Previous", "The photo before this one."),
            UiCommand::Next => ("Next", "The photo after this one."),
            UiCommand::Fit => ("Fit the photo", "Show the whole photo, without zoom."),
            UiCommand::Names => (
                "Show or hide names",
                "Keep the boxes and names of a photo in sight.",
            ),
            UiCommand::SelectAll => ("Select all", "Select everything shown."),
            UiCommand::Escape => (
                "Clear selection",
                "Clear the selection; with none, go back.",
            ),
            UiCommand::Back => ("Back", "Back to where you were."),
            UiCommand::Undo => (
                "Undo",
                "Take back the last change, without limit and also after a restart.",
            ),
            UiCommand::Redo => ("Redo", "Do again what was taken back."),
            UiCommand::History => ("History", "Every change as a sentence."),
            UiCommand::Search => ("Search", "Search names and files."),
            UiCommand::Palette => ("All commands…", "Find any command by its name."),
            UiCommand::People => ("People", "Go to named people, then unnamed groups."),
            UiCommand::Unnamed => ("Unnamed", "Go to groups that wait for a name."),
            UiCommand::Photos => ("Photos", "Go to all photos."),
            UiCommand::Ignored => ("Ignored", "Go to faces that were put aside."),
            UiCommand::Review => ("Review", "Go to the questions that wait for a yes or no."),
            UiCommand::Problems => ("Problems", "Go to files that could not be read."),
            UiCommand::Errors => (
                "Errors",
                "Show what went wrong since the window was opened.",
            ),
            UiCommand::AddFolder => (
                "Add folder…",
                "Choose a folder and find the faces in its photos.",
            ),
            UiCommand::ScanAll => (
                "Scan again",
                "Look for new, changed and moved photos in all folders.",
            ),
            UiCommand::PauseScan => (
                "Pause or resume the scan",
                "Pause the scan, or go on with it.",
            ),
            UiCommand::StopScan => (
                "Stop the scan",
                "Stop after the photos in work; what was found is kept.",
            ),
            UiCommand::TryDemo => (
                "Try the demo photos",
                "Scan a few photos that come with Kinfolk.",
            ),
            UiCommand::Export => (
                "Export albums…",
                "Copy each person's photos to a folder of their own.",
            ),
            UiCommand::OpenLibrary => ("Open library…", "Open another library file."),
            UiCommand::NewLibrary => ("New library…", "Begin an empty library in a new file."),
            UiCommand::ThemeSystem => ("Theme: as the system", "Light or dark as the system says."),
            UiCommand::ThemeLight => ("Theme: light", "Always light."),
            UiCommand::ThemeDark => ("Theme: dark", "Always dark."),
            UiCommand::DeviceCpu => ("Device: CPU", "Scans look for faces with the processor."),
            UiCommand::DeviceCuda => (
                "Device: CUDA",
                "Scans look for faces with the NVIDIA graphics card.",
            ),
            UiCommand::DeviceMetal => (
                "Device: Metal",
                "Scans look for faces with Apple's graphics.",
            ),
            UiCommand::Inspector => (
                "Show or hide the inspector",
                "Details of the selection, on the right.",
            ),
            UiCommand::LargerCards => ("Larger cards", "Show larger pictures."),
            UiCommand::SmallerCards => ("Smaller cards", "Show smaller pictures."),
            UiCommand::Quit => ("Quit", "Close the window; everything is saved already."),
        }
    }

    /// The keys, the first being the one that is shown.
    pub fn keys(self) -> &'static [KeyboardShortcut] {
        match self {
            UiCommand::Name => &const { [plain(Key::F2), plain(Key::Enter)] },
            UiCommand::Merge => &const { [plain(Key::M)] },
            UiCommand::Split => &const { [plain(Key::S)] },
            UiCommand::Move => &const { [plain(Key::V)] },
            UiCommand::Accept => &const { [plain(Key::Y)] },
            UiCommand::Reject => &const { [plain(Key::N)] },
            UiCommand::NotSure => &const { [plain(Key::U)] },
            UiCommand::Ignore => &const { [plain(Key::I)] },
            UiCommand::Remove => &const { [plain(Key::Delete)] },
            UiCommand::NotAFace => &const { [shift(Key::Delete)] },
            UiCommand::Restore => &const { [plain(Key::R)] },
            UiCommand::Cover => &const { [plain(Key::C)] },
            UiCommand::DeleteName => &const { [command(Key::Backspace)] },
            UiCommand::Open => &const { [plain(Key::O)] },
            UiCommand::WholePhoto => &const { [plain(Key::Space)] },
            UiCommand::Previous => &const { [plain(Key::PageUp)] },
            UiCommand::Next => &const { [plain(Key::PageDown)] },
            UiCommand::Fit => &const { [plain(Key::Num0)] },
            UiCommand::Names => &const { [plain(Key::B)] },
            UiCommand::SelectAll => &const { [command(Key::A)] },
            UiCommand::Escape => &const { [plain(Key::Escape)] },
            UiCommand::Back => {
                &const {
                    [
                        plain(Key::Backspace),
                        KeyboardShortcut::new(Modifiers::ALT, Key::ArrowLeft),
                    ]
                }
            }
            UiCommand::Undo => &const { [command(Key::Z)] },
            UiCommand::Redo => &const { [command_shift(Key::Z), command(Key::Y)] },
            UiCommand::History => &const { [command(Key::H)] },
            UiCommand::Search => &const { [plain(Key::Slash), command(Key::F)] },
            UiCommand::Palette => &const { [command(Key::K), plain(Key::F1)] },
            UiCommand::People => &const { [plain(Key::Num1)] },
            UiCommand::Unnamed => &const { [plain(Key::Num2)] },
            UiCommand::Photos => &const { [plain(Key::Num3)] },
            UiCommand::Ignored => &const { [plain(Key::Num4)] },
            UiCommand::Review => &const { [plain(Key::Num5)] },
            UiCommand::Problems => &const { [plain(Key::Num6)] },
            UiCommand::Errors => &const { [command_shift(Key::E)] },
            UiCommand::AddFolder => &const { [command(Key::O)] },
            UiCommand::ScanAll => &const { [plain(Key::F5)] },
            UiCommand::PauseScan => &const { [command(Key::P)] },
            UiCommand::StopScan => &const { [command(Key::Period)] },
            UiCommand::Export => &const { [command(Key::E)] },
            UiCommand::OpenLibrary => &const { [command_shift(Key::O)] },
            UiCommand::NewLibrary => &const { [command_shift(Key::N)] },
            UiCommand::Inspector => &const { [command(Key::I)] },
            UiCommand::LargerCards => &const { [plain(Key::Plus), plain(Key::Equals)] },
            UiCommand::SmallerCards => &const { [plain(Key::Minus)] },
            UiCommand::Quit => &const { [command(Key::Q)] },
            UiCommand::TryDemo
            | UiCommand::ThemeSystem
            | UiCommand::ThemeLight
            | UiCommand::ThemeDark
            | UiCommand::DeviceCpu
            | UiCommand::DeviceCuda
            | UiCommand::DeviceMetal => &[],
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
    let mut shortcuts: Vec<_> = UiCommand::ALL
        .into_iter()
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
