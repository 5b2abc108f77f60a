//! The keys of a frame.
//!
//! This is the only code that reads keys, apart from text fields. A dialog, the palette or an open menu gets all
//! keys; a focused text field keeps those that edit text; any other focused widget keeps Enter, Space and the arrows;
//! the page gets the rest.

use egui::{Event, Key, KeyboardShortcut, Modifiers, Popup};

use crate::app::commands::ui_command::{UiCommand, by_modifiers};
use crate::app::widgets::grid::Step;

/// The keys for the page in a frame.
#[derive(Debug, Default)]
pub struct PageKeys {
    pub commands: Vec<UiCommand>,
    pub step: Option<Step>,
    /// Shift is held: a step extends the selection.
    pub shift: bool,
    /// Text that begins with a capital letter, or a letter of a script without capitals: the beginning of a name.
    pub capital: Option<String>,
}

impl PageKeys {
    /// Takes the page's keys out of the input. `covered`: a dialog or the palette covers the page.
    pub fn take(ctx: &egui::Context, covered: bool) -> PageKeys {
        if covered || Popup::is_any_open(ctx) {
            return PageKeys::default();
        }
        let commands = commands(ctx);
        let nothing_focused = ctx.memory(|memory| memory.focused().is_none());
        PageKeys {
            commands,
            step: nothing_focused.then(|| step(ctx)).flatten(),
            shift: ctx.input(|input| input.modifiers.shift),
            capital: nothing_focused.then(|| capital(ctx)).flatten(),
        }
    }
}

/// The commands of the pressed keys, in the order of [`by_modifiers`].
fn commands(ctx: &egui::Context) -> Vec<UiCommand> {
    let editing = ctx.text_edit_focused();
    let focused = ctx.memory(|memory| memory.focused().is_some());
    ctx.input_mut(|input| {
        by_modifiers()
            .filter(|(shortcut, command)| {
                !(editing && (shortcut.conflicts_with_text_editing() || command.edits_text_too()))
            })
            .filter(|(shortcut, _)| !(focused && presses_buttons(shortcut)))
            // A capital letter is text: it begins a name on the page of groups.
            .filter(|(shortcut, _)| !(input.modifiers.shift && is_letter(shortcut)))
            .collect::<Vec<_>>()
            .into_iter()
            .filter_map(|(shortcut, command)| input.consume_shortcut(&shortcut).then_some(command))
            .collect()
    })
}

/// Enter and Space belong to a button that has the keyboard focus.
fn presses_buttons(shortcut: &KeyboardShortcut) -> bool {
    shortcut.modifiers.is_none() && matches!(shortcut.logical_key, Key::Enter | Key::Space)
}

/// A letter without modifiers.
fn is_letter(shortcut: &KeyboardShortcut) -> bool {
    let name = shortcut.logical_key.name();
    shortcut.modifiers.is_none() && name.len() == 1 && name.as_bytes()[0].is_ascii_alphabetic()
}

fn step(ctx: &egui::Context) -> Option<Step> {
    const KEYS: [(Key, Step); 6] = [
        (Key::ArrowLeft, Step::Left),
        (Key::ArrowRight, Step::Right),
        (Key::ArrowUp, Step::Up),
        (Key::ArrowDown, Step::Down),
        (Key::Home, Step::First),
        (Key::End, Step::Last),
    ];
    ctx.input_mut(|input| {
        if input.modifiers.alt || input.modifiers.command {
            return None;
        }
        KEYS.into_iter()
            .find(|(key, _)| input.consume_key(Modifiers::NONE, *key))
            .map(|(_, step)| step)
    })
}

/// Also removes the text, because a field that opens in this frame would insert it a second time.
fn capital(ctx: &egui::Context) -> Option<String> {
    let begins_name = |text: &str| {
        let first = text.chars().next();
        first.is_some_and(|first| first.is_alphabetic() && !first.is_lowercase())
    };
    ctx.input_mut(|input| {
        let is_it = |event: &Event| matches!(event, Event::Text(text) if begins_name(text));
        let index = input.events.iter().position(is_it)?;
        match input.events.remove(index) {
            Event::Text(text) => Some(text),
            _ => None,
        }
    })
}
