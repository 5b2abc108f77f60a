//! Scanning folders: what is found the first time, what survives the next times, stopping, and roots that come and go.

mod again;
mod control;
mod first;
mod killed;
mod large;
mod outdated;
mod places;
mod second_looks;
mod world;
