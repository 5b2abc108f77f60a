//! Everything that a key, a menu or the palette can do: one enum that knows its labels and keys.
//!
//! The window collects the commands of a frame, the view takes those that concern it (`ViewContext::take`), and the
//! window runs the rest.

use egui::{Key, KeyboardShortcut, Modifiers};
use strum::{EnumIter, IntoEnumIterator as _};

use crate::vision::DeviceChoice;

/// A command of the window. Changes of the library are a `curate::Command`.
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
    Away,
    Ignored,
    NotFound,
    Review,
    Problems,
    LeftOut,
    Errors,

    AddFolder,
    NewPlace,
    ForgetFolder,
    ScanAll,
    LookAgain,
    Migrate,
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

const fn alt(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT, key)
}

const fn command(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn command_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

impl UiCommand {
    /// The text in menus and the palette. A dialog follows if it ends in "…".
    pub fn label(self) -> &'static str {
        self.description().0
    }

    /// What it does, for the tooltip.
    pub fn tooltip(self) -> &'static str {
        self.description().1
    }

    /// The keys; the first one is shown.
    pub fn keys(self) -> &'static [KeyboardShortcut] {
        self.description().2
    }

    /// Label, tooltip and keys.
    #[rustfmt::skip] // One command per line.
    fn description(self) -> (&'static str, &'static str, &'static [KeyboardShortcut]) {
        use UiCommand::*;
        match self {
            Name => ("Name…", "Type a name for the selection; known names are completed.", const { &[plain(Key::F2), plain(Key::Enter)] }),
            Merge => ("Merge…", "Merge the selected groups, or merge this group with a person.", const { &[plain(Key::M)] }),
            Split => ("Split…", "Move the selected faces to a new group, or split the group by similarity.", const { &[plain(Key::S)] }),
            Move => ("Move to…", "Move the selected faces to another person.", const { &[plain(Key::V)] }),
            Accept => ("Accept suggestion", "Confirm that this is the suggested person.", const { &[plain(Key::Y)] }),
            Reject => ("Reject suggestion", "This is somebody else; do not suggest it again.", const { &[plain(Key::N)] }),
            NotSure => ("Not sure", "Skip this question for now.", const { &[plain(Key::U)] }),
            Ignore => ("Ignore", "Hide a face that you do not want to name.", const { &[plain(Key::I)] }),
            Remove => ("Remove from this person", "Move the selected faces out of this group.", const { &[plain(Key::Delete)] }),
            NotAFace => ("Not a face", "Mark the selection as a false detection.", const { &[shift(Key::Delete)] }),
            Restore => ("Restore", "Show ignored faces again.", const { &[plain(Key::R)] }),
            Cover => ("Use as cover", "Use the selected face as the cover of this person.", const { &[plain(Key::C)] }),
            DeleteName => ("Remove the name", "The person becomes an unnamed group; its faces stay together.", const { &[command(Key::Backspace)] }),
            Open => ("Open", "Open the page of the selection.", const { &[plain(Key::O)] }),
            WholePhoto => ("Show the whole photo", "Open the photo of the face, or close it again.", const { &[plain(Key::Space)] }),
            Previous => ("Previous", "The photo before this one.", const { &[plain(Key::PageUp)] }),
            Next => ("Next", "The photo after this one.", const { &[plain(Key::PageDown)] }),
            Fit => ("Fit the photo", "Show the whole photo, without zoom.", const { &[plain(Key::Num0)] }),
            Names => ("Show or hide names", "Always show the boxes and names on a photo.", const { &[plain(Key::B)] }),
            SelectAll => ("Select all", "Select everything shown.", const { &[command(Key::A)] }),
            Escape => ("Clear selection", "Clear the selection; without one, go back.", const { &[plain(Key::Escape)] }),
            Back => ("Back", "Back to the previous page.", const { &[plain(Key::Backspace), alt(Key::ArrowLeft)] }),
            Undo => ("Undo", "Undo the last change; works without limit and after a restart.", const { &[command(Key::Z)] }),
            Redo => ("Redo", "Redo the last undone change.", const { &[command_shift(Key::Z), command(Key::Y)] }),
            History => ("History", "Show all changes.", const { &[command(Key::H)] }),
            Search => ("Search", "Search names and files.", const { &[plain(Key::Slash), command(Key::F)] }),
            Palette => ("All commands…", "Find any command by its name.", const { &[command(Key::K), plain(Key::F1)] }),
            People => ("People", "Show all people and groups.", const { &[plain(Key::Num1)] }),
            Unnamed => ("Unnamed", "Show the groups without a name.", const { &[plain(Key::Num2)] }),
            Photos => ("Photos", "Show all photos.", const { &[plain(Key::Num3)] }),
            Away => ("Away", "Show the photos whose files are not there.", const { &[plain(Key::Num7)] }),
            NotFound => ("Not found", "Show the faces that changed photos no longer show, to place them by hand.", const { &[plain(Key::Num8)] }),
            Ignored => ("Ignored", "Show the ignored faces.", const { &[plain(Key::Num4)] }),
            Review => ("Review", "Show the questions about people.", const { &[plain(Key::Num5)] }),
            Problems => ("Problems", "Show the files that could not be read, or not wholly.", const { &[plain(Key::Num6)] }),
            LeftOut => ("Left out", "Show what scans leave out and why, and change it.", const { &[plain(Key::Num9)] }),
            Errors => ("Errors", "Show the errors since the window was opened.", const { &[command_shift(Key::E)] }),
            AddFolder => ("Add folder…", "Choose a folder and find the faces in its photos.", const { &[command(Key::O)] }),
            NewPlace => ("This folder is now at…", "Say where a folder lies now; its photos keep their people.", const { &[command_shift(Key::R)] }),
            ForgetFolder => ("Forget a folder…", "Take a folder and all that came from it out of the library.", const { &[command_shift(Key::F)] }),
            LookAgain => ("Look again for faces", "Search known photos again: the selected ones, or those of a folder.", const { &[shift(Key::F5)] }),
            Migrate => ("Update how faces are compared", "Embed the known faces by the better model of this Kinfolk; names and decisions stay.", &[]),
            ScanAll => ("Scan again", "Look for new, changed and moved photos in all folders.", const { &[plain(Key::F5)] }),
            PauseScan => ("Pause or resume the scan", "Pause or continue the scan.", const { &[command(Key::P)] }),
            StopScan => ("Stop the scan", "Stop after the current photos; faces found so far are kept.", const { &[command(Key::Period)] }),
            TryDemo => ("Try the demo photos", "Scan a few photos that come with Kinfolk.", &[]),
            Export => ("Export albums…", "Copy each person's photos to a folder of their own.", const { &[command(Key::E)] }),
            OpenLibrary => ("Open library…", "Open another library file.", const { &[command_shift(Key::O)] }),
            NewLibrary => ("New library…", "Create an empty library in a new file.", const { &[command_shift(Key::N)] }),
            ThemeSystem => ("Theme: system", "Light or dark, like the system.", &[]),
            ThemeLight => ("Theme: light", "Always light.", &[]),
            ThemeDark => ("Theme: dark", "Always dark.", &[]),
            DeviceCpu => ("Device: CPU", "Find faces with the processor.", &[]),
            DeviceCuda => ("Device: CUDA", "Find faces with the NVIDIA graphics card.", &[]),
            DeviceMetal => ("Device: Metal", "Find faces with the Apple graphics processor.", &[]),
            Inspector => ("Show or hide the inspector", "Details of the selection, on the right.", const { &[command(Key::I)] }),
            LargerCards => ("Larger cards", "Show larger pictures.", const { &[plain(Key::Plus), plain(Key::Equals)] }),
            SmallerCards => ("Smaller cards", "Show smaller pictures.", const { &[plain(Key::Minus)] }),
            Quit => ("Quit", "Close the window; all changes are already saved.", const { &[command(Key::Q)] }),
        }
    }

    /// The device that it selects.
    pub fn device(self) -> Option<DeviceChoice> {
        match self {
            UiCommand::DeviceCpu => Some(DeviceChoice::Cpu),
            UiCommand::DeviceCuda => Some(DeviceChoice::Cuda),
            UiCommand::DeviceMetal => Some(DeviceChoice::Metal),
            _ => None,
        }
    }

    /// Whether it is offered: a device only if it is one of several in `devices`.
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

    /// Commands whose keys also edit text.
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

/// Every shortcut, those with more modifiers first: egui also matches Ctrl+Z when Ctrl+Shift+Z was pressed.
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
