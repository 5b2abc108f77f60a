//! Updates of the window's state: by actions of the views and by events of the threads.

mod actions;
mod events;
mod folders;
mod migration;
