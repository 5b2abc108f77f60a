//! Parts that several places of the window are made of, one file each.
//!
//! A widget is handed plain data, draws, and says what was done to it; it knows no place and no library. Those with
//! layout or order in them keep that part as plain functions, tested without a window.

pub mod choice_list;
pub mod counts;
pub mod dates;
pub mod empty;
pub mod floating_bar;
pub mod focus;
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
