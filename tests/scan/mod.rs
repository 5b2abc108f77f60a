//! Scanning folders: what is found the first time, what survives the next times, stopping, and roots that come and go.

mod again;
mod control;
mod first;
mod killed;
mod large;
mod left_out;
mod outdated;
mod places;
mod world;
