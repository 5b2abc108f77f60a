//! The window: egui views over a snapshot of the library; views send commands and never write.

pub mod views;
