//! From a key, a menu or the palette to what is to be done.

pub mod action;
pub mod keys;
pub mod to_action;
pub mod ui_command;
