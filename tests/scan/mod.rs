//! Scanning folders: the first scan, later scans, stopping, and roots that disappear and come back.

mod again;
mod any_order;
mod control;
mod excluded;
mod first;
mod killed;
mod large;
mod moved;
mod outdated;
mod places;
mod second_looks;
mod world;
