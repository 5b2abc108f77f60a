//! The window: egui views over a snapshot of the library; views send actions and never write.
//!
//! ```text
//!            Action                       request
//!   views ───────────▶ shell (window.rs) ─────────▶ worker    commands, undo, snapshots
//!     ▲                  │   ▲                      reader    details of the page shown
//!     │ ViewContext      │   │ Event                scanner   scan, regroup while it runs
//!     │                  │   │                      reviewer  the review's queue, regroup after answers
//!     └──────────────────┘   └───────────────────── exporter, decoder (pictures)
//! ```
//! A view is a function `foo_ui(ui: &mut egui::Ui, cx: &mut ViewContext<'_>)` in `views/`; `views::page_ui` picks it.
//! In `cx` it finds
//! - `snapshot`: counts, groups, folders; immutable, replaced as a whole;
//! - `details`: what one page needs more (`details.group(id)`, `.tree(id)`, `.photo(id)`, `.photos()`, `.review()`, …): `Option<Arc<_>>`, `None` while it is being read;
//! - `textures`: `face(id)`, `photo_thumbnail(id)`, `photo(id, path, pixels)`: `None` while it is being decoded, ask again in the next frame;
//! - `selection`: `groups`, `faces`, `photos`, each with click, range, toggle, rubber band, cursor;
//! - `naming`: the one name being typed; `Action::RenameFocus` begins it, the view that shows its target draws the field and sets it to `None` at the end;
//! - `view_state`: what views must remember between frames, owned by them;
//! - `search`, `sort`, `card_size`, `filmstrip`, `scan`, `tokens` to read;
//! - `push(Action)`, `execute(curate::Command)`, `go(Page)`: its wishes, carried out after the frame was drawn;
//! - `take(UiCommand)`: true if this command (key, menu, palette) was given in this frame; whatever the view does not take, the shell carries out
//!   from the selection (merge, ignore, …) where that makes sense;
//! - `take_step()`, `take_capital()`: arrows and the beginning of a name. Views read no keys themselves: `keys.rs` does, and says whose they are.
//!
//! What a page shows and lets select is worked out before anything is drawn (`views::prepare`); the selection answers for that alone.
//!
//! No call in here waits: SQL, decoding, grouping and file dialogs run on other threads, whose events the shell takes in at the start of a frame.

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
