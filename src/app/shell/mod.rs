//! The parts of the window around the page: side bar, top bar, inspector, status bar, toasts, palette.

pub mod drop;
pub mod errors;
mod folders;
pub mod inspector;
pub mod palette;
pub mod side_bar;
mod side_row;
pub mod status_bar;
pub mod toasts;
pub mod top_bar;
pub mod welcome;
