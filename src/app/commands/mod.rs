//! Commands (a key, a menu entry, a line of the palette) and the actions they lead to.

pub mod action;
pub mod key_input;
pub mod to_action;
pub mod ui_command;
