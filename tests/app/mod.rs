//! The window, driven by its accessible labels and by its parts.

mod away;
mod better_model;
mod commands;
mod folders;
mod frame_cost;
mod layout;
mod left_out;
mod main_tasks;
mod names;
mod not_found;
mod parts;
mod problems;
mod review;
mod threads;
mod views;
