//! Commands (from a key, a menu entry or a line of the palette) and the actions that they are turned into.

pub mod action;
pub mod key_input;
pub mod to_action;
pub mod ui_command;
