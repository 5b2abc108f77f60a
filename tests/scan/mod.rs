//! Scanning folders: the first scan, later scans, stopping, and roots that disappear and come back.

mod again;
mod any_order;
#[cfg(feature = "byo")]
mod brought;
mod control;
mod excluded;
mod first;
mod further_passes;
mod killed;
mod large;
mod migrate;
mod moved;
mod outdated;
mod pages;
mod pairs;
mod places;
mod world;
