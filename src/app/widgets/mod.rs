//! Widgets that several pages use, one file each.
//!
//! A widget gets plain data, draws it, and returns what the user did; it uses no types of the application but the
//! theme. Layout and order are plain functions, tested without a window.

pub mod choice_list;
pub mod counts;
pub mod danger_button;
pub mod dates;
pub mod empty;
pub mod face_button;
pub mod filter_chips;
pub mod floating_bar;
pub mod focus;
pub mod folder_name;
pub mod fuzzy;
pub mod grid;
pub mod icon;
pub mod picture;
pub mod primary_button;
pub mod section_header;
pub mod split_slider;
pub mod years;
pub mod yes_no;
pub mod zoom;
