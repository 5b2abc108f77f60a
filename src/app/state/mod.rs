//! What the window remembers between frames: plain data, without threads and without painting.

pub mod cached;
pub mod known_people;
pub mod name_offers;
pub mod naming;
pub mod navigation;
pub mod progress;
pub mod queries;
pub mod selection;
pub mod settings;
pub mod settings_file;
pub mod snapshot;
