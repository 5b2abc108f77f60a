//! Ctrl+K: every command by its words, with its key; and every person by name.

use std::sync::Arc;

use egui::{
    Align2, Area, Button, Frame, Id, Key, Modal, Modifiers, RichText, Role, ScrollArea, TextEdit,
    Ui, Vec2, WidgetInfo,
};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::cached::Cached;
use crate::app::state::navigation::Place;
use crate::app::state::snapshot::Snapshot;
use crate::app::theme::{GAP_S, Tokens};
use crate::app::widgets::fuzzy::fuzzy_score;
use crate::vision::DeviceChoice;

/// Width and height of the list, in points.
const WIDTH: f32 = 520.0;
const HEIGHT: f32 = 360.0;
/// Lines at once; who wants another types one letter more.
const MOST: usize = 60;

/// The open palette.
#[derive(Debug, Default)]
pub struct Palette {
    typed: String,
    marked: usize,
    opened: bool,
    /// By the library's version and the text typed.
    lines: Cached<(u64, String), Arc<[Line]>>,
    /// The devices to choose from.
    devices: Vec<DeviceChoice>,
}

/// A line of the palette.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    text: String,
    command: Option<UiCommand>,
    place: Place,
    score: i32,
}

impl Palette {
    pub fn new(devices: &[DeviceChoice]) -> Self {
        Self {
            devices: devices.to_vec(),
            ..Self::default()
        }
    }

    /// Draws it; `Some` when it is to be closed, with what was chosen.
    pub fn ui(&mut self, ctx: &egui::Context, snapshot: &Snapshot) -> Option<Option<Action>> {
        let source = (snapshot.version, self.typed.clone());
        let devices = &self.devices;
        let lines = self
            .lines
            .get(source, |(_, typed)| lines(typed, snapshot, devices));
        let lines = lines.clone();
        let keys = Keys::take(ctx);
        self.marked = keys.moved(self.marked, lines.len());
        let mut chosen = keys
            .enter
            .then(|| lines.get(self.marked))
            .flatten()
            .cloned();
        let tokens = Tokens::of(ctx);
        let area =
            Area::new(Id::unique("palette area")).anchor(Align2::CENTER_TOP, Vec2::new(0.0, 80.0));
        let modal = Modal::new(Id::unique("palette"))
            .area(
                area.kind(egui::UiKind::Modal)
                    .order(egui::Order::Foreground),
            )
            .backdrop_color(tokens.scrim)
            .frame(Frame::popup(&ctx.global_style()).inner_margin(12));
        let response = modal.show(ctx, |ui| {
            ui.set_width(WIDTH);
            self.field_ui(ui);
            ui.add_space(GAP_S);
            if let Some(line) = self.lines_ui(ui, tokens, &lines, keys.moves()) {
                chosen = Some(line);
            }
        });
        if let Some(line) = chosen {
            return Some(Some(line.action()));
        }
        response.should_close().then_some(None)
    }

    fn field_ui(&mut self, ui: &mut Ui) {
        let field = TextEdit::singleline(&mut self.typed)
            .hint_text("Find a command or a person")
            .desired_width(f32::INFINITY)
            .char_limit(100);
        let response = ui.add(field).accessible_name("Find a command or a person");
        if !self.opened || !response.has_focus() {
            self.opened = true;
            response.request_focus();
        }
        if response.changed() {
            self.marked = 0;
        }
    }

    fn lines_ui(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        lines: &[Line],
        follow: bool,
    ) -> Option<Line> {
        let mut chosen = None;
        ui.spacing_mut().item_spacing.y = 2.0;
        ScrollArea::vertical()
            .max_height(HEIGHT)
            .min_scrolled_height(HEIGHT)
            .auto_shrink([false, true])
            .show(ui, |ui| {
                if lines.is_empty() {
                    ui.label(tokens.small("Nothing is called like that."));
                }
                for (index, line) in lines.iter().enumerate() {
                    let response = line_ui(ui, tokens, line, index == self.marked);
                    if follow && index == self.marked {
                        response.scroll_to_me(None);
                    }
                    if response.clicked() {
                        chosen = Some(line.clone());
                    }
                }
            });
        chosen
    }
}

fn line_ui(ui: &mut Ui, tokens: &Tokens, line: &Line, marked: bool) -> egui::Response {
    let note = match line.command {
        Some(command) => command
            .keys()
            .first()
            .map(|shortcut| ui.ctx().format_shortcut(shortcut))
            .unwrap_or_default(),
        None => "person".to_owned(),
    };
    let button = Button::selectable(marked, RichText::new(&line.text).color(tokens.text))
        .right_text(RichText::new(note).color(tokens.text_weak))
        .truncate()
        .min_size(Vec2::new(ui.available_width(), 28.0));
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, marked, &line.text));
    match line.command {
        Some(command) => response.on_hover_text(command.tooltip()),
        None => response,
    }
}

impl Line {
    fn action(&self) -> Action {
        match self.command {
            Some(command) => Action::Run(command),
            None => Action::Go(self.place),
        }
    }
}

fn lines(typed: &str, snapshot: &Snapshot, devices: &[DeviceChoice]) -> Arc<[Line]> {
    let commands = UiCommand::ALL
        .into_iter()
        .filter(|command| *command != UiCommand::Palette && command.is_offered(devices))
        .filter_map(|command| {
            Some(Line {
                text: command.text().to_owned(),
                command: Some(command),
                place: Place::People,
                score: fuzzy_score(typed, command.text())?,
            })
        });
    let people = snapshot
        .people()
        .filter(|_| !typed.trim().is_empty())
        .filter_map(|person| {
            let name = person.name.as_deref()?;
            Some(Line {
                text: name.to_owned(),
                command: None,
                place: Place::Group(person.group_id),
                score: fuzzy_score(typed, name)?,
            })
        });
    let mut lines: Vec<Line> = commands.chain(people).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.score));
    lines.truncate(MOST);
    lines.into()
}

#[derive(Clone, Copy)]
struct Keys {
    enter: bool,
    steps: isize,
}

impl Keys {
    fn take(ctx: &egui::Context) -> Keys {
        ctx.input_mut(|input| Keys {
            enter: input.consume_key(Modifiers::NONE, Key::Enter),
            steps: input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown) as isize
                - input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp) as isize,
        })
    }

    fn moves(self) -> bool {
        self.steps != 0
    }

    fn moved(self, marked: usize, lines: usize) -> usize {
        marked
            .saturating_add_signed(self.steps)
            .min(lines.saturating_sub(1))
    }
}
