//! Scanning folders: the first scan, later scans, stopping, and roots that disappear and come back.

mod again;
mod control;
mod first;
mod killed;
mod large;
mod left_out;
mod outdated;
mod places;
mod world;
