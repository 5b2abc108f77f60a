//! Commands (from a key, a menu entry or a line of the palette) and the actions that they are turned into.

pub mod action;
pub mod read_keys;
pub mod to_action;
pub mod ui_command;
