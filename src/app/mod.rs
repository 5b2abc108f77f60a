//! The window: egui views over a snapshot of the library. Views send actions and never write.
//!
//! ```text
//!            Action                         requests
//!   views ───────────▶ App (window, update) ─────────▶ library thread   commands, undo, snapshots
//!     ▲                  │   ▲                         query thread     data of the page shown
//!     │ ViewContext      │   │ Event                   scan thread      scans, groups while it runs
//!     │                  │   │                         review thread    the queue of questions
//!     │                  │   │                         disk thread     folders that are gone, what is left out
//!     │                  │   │                         folder thread   moves and forgets folders
//!     └──────────────────┘   └──────────────────────── export thread, decoder (pictures)
//! ```
//! A view is a function `people_ui(ui, cx, &mut state.people)` in `views/`; `views::page_ui` picks it. The
//! [`ViewContext`](views::context::ViewContext) `cx` holds what it may read and collects the actions it pushes; its own
//! state is kept by the window. A view takes the commands that concern it (`cx.take(UiCommand)`). The others become
//! actions on the selection in `commands/to_action.rs`.
//!
//! What a page shows and lets the user select is computed before anything is drawn (`views::prepare`).
//!
//! Nothing here blocks: SQL, decoding, grouping and file dialogs run on other threads. Their events are handled at the
//! start of a frame.

pub mod commands;
pub mod demo;
mod dialogs;
mod pictures;
mod run;
pub mod session;
pub mod shell;
pub mod state;
pub mod theme;
mod update;
pub mod views;
pub mod widgets;
mod window;

pub use run::{AppError, run};
pub use session::closing::Closing;
pub use window::{App, AppOptions};
