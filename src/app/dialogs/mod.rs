//! Dialogs: one at a time, closed by Escape or a click outside.

mod export;
mod folder;
mod forget;
mod new_place;
mod path;
mod person;

use egui::{Frame, Id, Modal, Ui};

pub use export::ExportDialog;
pub use folder::FolderDialog;
pub use forget::ForgetDialog;
pub use new_place::NewPlaceDialog;
pub use path::PathDialog;
pub use person::PersonDialog;

use crate::app::commands::action::Action;
use crate::app::state::snapshot::Snapshot;
use crate::app::theme::Tokens;

/// The open dialog.
pub enum Dialog {
    Export(ExportDialog),
    Folder(FolderDialog),
    Forget(ForgetDialog),
    NewPlace(NewPlaceDialog),
    Path(PathDialog),
    Person(PersonDialog),
}

/// What the window must do after a frame of the dialog.
pub enum DialogOutput {
    Open,
    Closed,
    /// Close and run this.
    Chosen(Action),
    /// Run this, but stay open.
    Asks(Action),
}

impl Dialog {
    pub fn ui(&mut self, ctx: &egui::Context, snapshot: &Snapshot) -> DialogOutput {
        match self {
            Dialog::Export(dialog) => dialog.ui(ctx, snapshot),
            Dialog::Folder(dialog) => dialog.ui(ctx, snapshot),
            Dialog::Forget(dialog) => dialog.ui(ctx),
            Dialog::NewPlace(dialog) => dialog.ui(ctx),
            Dialog::Path(dialog) => dialog.ui(ctx),
            Dialog::Person(dialog) => dialog.ui(ctx, snapshot),
        }
    }
}

/// The frame of a dialog; `add` draws its contents.
fn modal_ui(
    ctx: &egui::Context,
    id: &str,
    width: f32,
    add: impl FnOnce(&mut Ui) -> DialogOutput,
) -> DialogOutput {
    let tokens = Tokens::of(ctx);
    let frame = Frame::popup(&ctx.global_style()).inner_margin(20);
    let response = Modal::new(Id::unique(id))
        .backdrop_color(tokens.scrim)
        .frame(frame)
        .show(ctx, |ui| {
            ui.set_width(width.min(ctx.content_rect().width() - 80.0));
            add(ui)
        });
    let closes = response.should_close();
    match response.inner {
        DialogOutput::Open if closes => DialogOutput::Closed,
        answer => answer,
    }
}
