//! Short messages above the status bar: changes, with Undo, and errors.

use std::time::{Duration, Instant};

use egui::{Align2, Area, Frame, Margin, Order, Ui, Vec2};

use crate::app::commands::action::Action;
use crate::app::shell::errors::ErrorLog;
use crate::app::theme::{GAP_L, GAP_S, STATUS_BAR_HEIGHT, Tokens};
use crate::app::widgets::dates::now;
use crate::app::widgets::icon::{Icon, icon_button_ui, icon_ui};

/// How long a toast stays. Errors stay until they are closed or others need the space; the error log keeps them.
const TOAST_TIME: Duration = Duration::from_secs(8);
/// Maximum number of toasts; older ones are removed first, errors last.
const MAX_TOASTS: usize = 4;
/// Maximum width of a toast, in points.
const WIDTH: f32 = 480.0;

/// What a toast is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastKind {
    /// The last change of the library; one at a time, because only the last can be undone.
    Change,
    Note,
    Problem,
}

#[derive(Clone, Debug)]
pub struct Toast {
    pub kind: ToastKind,
    pub message: String,
    /// A button: its label and its action.
    pub action: Option<(&'static str, Action)>,
    since: Instant,
}

#[derive(Debug, Default)]
pub struct Toasts {
    shown: Vec<Toast>,
    /// Every error, even if its toast is gone.
    pub errors: ErrorLog,
}

impl Toasts {
    pub fn add(
        &mut self,
        kind: ToastKind,
        message: impl Into<String>,
        action: Option<(&'static str, Action)>,
    ) {
        let message = message.into();
        if kind == ToastKind::Problem {
            self.errors.add(&message, now());
        }
        self.shown.retain(|toast| {
            toast.message != message
                && (kind != ToastKind::Change || toast.kind != ToastKind::Change)
        });
        if self.shown.len() == MAX_TOASTS {
            let is_error = |toast: &Toast| toast.kind == ToastKind::Problem;
            let leaves = self.shown.iter().position(|toast| !is_error(toast));
            self.shown.remove(leaves.unwrap_or(0));
        }
        self.shown.push(Toast {
            kind,
            message,
            action,
            since: Instant::now(),
        });
    }

    pub fn note(&mut self, message: impl Into<String>) {
        self.add(ToastKind::Note, message, None);
    }

    pub fn problem(&mut self, message: impl Into<String>) {
        self.add(ToastKind::Problem, message, None);
    }

    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.shown.iter().map(|toast| toast.message.as_str())
    }

    pub fn ui(&mut self, ctx: &egui::Context, actions: &mut Vec<Action>) {
        self.shown
            .retain(|toast| toast.kind == ToastKind::Problem || toast.since.elapsed() < TOAST_TIME);
        let Some(next) = self
            .shown
            .iter()
            .filter(|toast| toast.kind != ToastKind::Problem)
            .map(|toast| toast.since)
            .min()
        else {
            if !self.shown.is_empty() {
                self.area_ui(ctx, actions);
            }
            return;
        };
        ctx.request_repaint_after(TOAST_TIME.saturating_sub(next.elapsed()));
        self.area_ui(ctx, actions);
    }

    fn area_ui(&mut self, ctx: &egui::Context, actions: &mut Vec<Action>) {
        let tokens = Tokens::of(ctx);
        let mut closed = None;
        Area::new(egui::Id::unique("toasts"))
            .order(Order::Foreground)
            // Beside the selection bar, which is in the middle.
            .anchor(
                Align2::RIGHT_BOTTOM,
                Vec2::new(-GAP_L, -(STATUS_BAR_HEIGHT + GAP_L)),
            )
            .show(ctx, |ui| {
                for (index, toast) in self.shown.iter().enumerate() {
                    if toast_ui(ui, tokens, toast, actions) {
                        closed = Some(index);
                    }
                }
            });
        if let Some(index) = closed {
            self.shown.remove(index);
        }
    }
}

/// Draws one toast; true if it should close.
fn toast_ui(ui: &mut Ui, tokens: &Tokens, toast: &Toast, actions: &mut Vec<Action>) -> bool {
    let mut closed = false;
    let frame = Frame::popup(ui.style()).inner_margin(Margin::symmetric(12, 8));
    frame.show(ui, |ui| {
        ui.set_max_width(WIDTH);
        ui.horizontal(|ui| {
            if toast.kind == ToastKind::Problem {
                icon_ui(ui, Icon::Warning, tokens.no);
            }
            let width = ui.available_width() - if toast.action.is_some() { 160.0 } else { 40.0 };
            ui.scope(|ui| {
                ui.set_max_width(width);
                ui.add(egui::Label::new(&toast.message).wrap());
            });
            ui.add_space(GAP_S);
            if let Some((label, action)) = &toast.action
                && ui.button(*label).clicked()
            {
                actions.push(action.clone());
                closed = true;
            }
            if icon_button_ui(ui, Icon::Close, "Close the message").clicked() {
                closed = true;
            }
        });
    });
    closed
}

/// An error's text with a capital letter and a full stop.
pub fn as_message(error: &str) -> String {
    let mut letters = error.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().collect::<String>())
        .unwrap_or_default();
    let stop = if error.ends_with(['.', '!', '?']) {
        ""
    } else {
        "."
    };
    format!("{first}{}{stop}", letters.as_str())
}
