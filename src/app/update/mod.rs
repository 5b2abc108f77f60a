//! What changes the window's state: actions of the views, events of the threads.

mod actions;
mod events;
