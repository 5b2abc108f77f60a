//! The window, driven by its accessible labels and by its parts.

mod commands;
mod frame_cost;
mod layout;
mod main_tasks;
mod parts;
mod review;
mod threads;
mod views;
