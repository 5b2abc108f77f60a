//! All errors since the window was opened, in a panel behind a bell, until the user clears them.

use egui::{
    Align, Align2, Button, FontId, Frame, Id, Layout, Margin, Modal, Role, ScrollArea, Sense,
    Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::theme::{GAP_M, GAP_S, GAP_XS, TEXT_SMALL, Tokens};
use crate::app::widgets::counts::{counted, thousands};
use crate::app::widgets::dates::{ago, now};
use crate::app::widgets::icon::{self, Icon, icon_button_ui};

/// The panel's size, in points.
const WIDTH: f32 = 560.0;
const HEIGHT: f32 = 360.0;
const BELL_HEIGHT: f32 = 24.0;
/// Seconds after which the times are drawn again.
const REFRESH_SECONDS: f32 = 20.0;

/// An error, which may have occurred several times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorEntry {
    /// When it last occurred, in unix seconds.
    pub at: i64,
    pub message: String,
    pub times: u32,
}

/// The errors, the newest last.
#[derive(Debug, Default)]
pub struct ErrorLog {
    entries: Vec<ErrorEntry>,
    /// Whether the user has not seen some of them yet.
    unseen: bool,
    open: bool,
}

impl ErrorLog {
    /// Adds an error. If it is in the list already, its count increases and it becomes the newest.
    pub fn add(&mut self, message: &str, at: i64) {
        let known = self
            .entries
            .iter()
            .position(|entry| entry.message == message);
        let times = known.map_or(0, |index| self.entries.remove(index).times);
        self.entries.push(ErrorEntry {
            at,
            message: message.to_owned(),
            times: times + 1,
        });
        self.unseen = true;
    }

    /// The newest first.
    pub fn entries(&self) -> impl Iterator<Item = &ErrorEntry> {
        self.entries.iter().rev()
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub fn open(&mut self) {
        self.open = true;
    }

    /// Whether the panel covers the page.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Draws the panel, if it is open.
    pub fn panel_ui(&mut self, ctx: &egui::Context) {
        if !self.open {
            return;
        }
        self.unseen = false;
        ctx.request_repaint_after_secs(REFRESH_SECONDS);
        let tokens = Tokens::of(ctx);
        let response = Modal::new(Id::unique("errors"))
            .backdrop_color(tokens.scrim)
            .frame(Frame::popup(&ctx.global_style()).inner_margin(20))
            .show(ctx, |ui| {
                ui.set_width(WIDTH.min(ctx.content_rect().width() - 80.0));
                let closed = self.head_ui(ui, tokens);
                ui.add_space(GAP_M);
                self.list_ui(ui, tokens);
                closed
            });
        if response.inner || response.should_close() {
            self.open = false;
        }
    }

    /// The title, "Clear" and "Close"; true if the panel should close.
    fn head_ui(&mut self, ui: &mut Ui, tokens: &Tokens) -> bool {
        let mut closed = false;
        ui.horizontal(|ui| {
            ui.label(Tokens::title("Errors"));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                closed = icon_button_ui(ui, Icon::Close, "Close the errors").clicked();
                let clear = ui.add_enabled(!self.entries.is_empty(), Button::new("Clear"));
                if clear
                    .on_hover_text("Remove these errors from the list")
                    .clicked()
                {
                    self.entries.clear();
                }
            });
        });
        let message = if self.entries.is_empty() {
            "No errors since the window was opened."
        } else {
            "Errors since the window was opened, the newest first."
        };
        ui.label(tokens.small(message));
        closed
    }

    fn list_ui(&self, ui: &mut Ui, tokens: &Tokens) {
        let now = now();
        ScrollArea::vertical()
            .max_height(HEIGHT)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = GAP_S;
                for entry in self.entries() {
                    entry_ui(ui, tokens, entry, now);
                }
            });
    }
}

fn entry_ui(ui: &mut Ui, tokens: &Tokens, entry: &ErrorEntry, now: i64) {
    Frame::new()
        .fill(tokens.well)
        .corner_radius(tokens.radius())
        .inner_margin(Margin::symmetric(12, 8))
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GAP_XS;
            ui.set_width(ui.available_width());
            let mut time = ago(entry.at, now);
            if entry.times > 1 {
                let times = thousands(entry.times.into());
                time = format!("{time} · {times} times");
            }
            ui.label(tokens.small(time));
            ui.add(egui::Label::new(&entry.message).wrap().selectable(true));
        });
}

/// The bell with the number of errors, red while some were not seen; nothing if there are none.
pub fn bell_ui(ui: &mut Ui, errors: &ErrorLog, actions: &mut Vec<Action>) {
    if errors.is_empty() {
        return;
    }
    let tokens = Tokens::of(ui.ctx());
    let count = errors.entries.len() as u64;
    let color = if errors.unseen {
        tokens.no
    } else {
        tokens.text_weak
    };
    let font = FontId::proportional(TEXT_SMALL);
    let number = ui.painter().layout_no_wrap(thousands(count), font, color);
    let width = icon::SIDE + GAP_XS + number.size().x + 2.0 * GAP_S;
    let (rect, response) = ui.allocate_exact_size(vec2(width, BELL_HEIGHT), Sense::click());
    let label = counted(count, "error");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &label));
    let painter = ui.painter();
    if response.hovered() {
        painter.rect_filled(rect, tokens.radius(), tokens.button);
    }
    if response.has_focus() {
        let line = Stroke::new(2.0, tokens.accent);
        painter.rect_stroke(rect, tokens.radius(), line, StrokeKind::Inside);
    }
    let inner = rect.shrink2(vec2(GAP_S, 0.0));
    let bell = Align2::LEFT_CENTER.anchor_size(inner.left_center(), Vec2::splat(icon::SIDE));
    Icon::Bell.paint(painter, bell, color);
    let text = Align2::RIGHT_CENTER.anchor_size(inner.right_center(), number.size());
    painter.galley(text.min, number, color);
    if response
        .on_hover_text(UiCommand::Errors.tooltip_with_key(ui.ctx()))
        .clicked()
    {
        actions.push(Action::Run(UiCommand::Errors));
    }
}
