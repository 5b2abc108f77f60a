//! The palette (Ctrl+K): every command with its key, and every person by name.

use std::sync::Arc;

use egui::{Align2, Area, Frame, Id, Modal, Response, Ui, Vec2};

use strum::IntoEnumIterator as _;

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::cached::Cached;
use crate::app::state::navigation::Page;
use crate::app::state::snapshot::Snapshot;
use crate::app::theme::Tokens;
use crate::app::widgets::choice_list::{ChoiceList, ChoiceListOptions, choice_row_ui};
use crate::app::widgets::fuzzy::fuzzy_score;
use crate::vision::DeviceChoice;

/// Width and height of the list, in points.
const WIDTH: f32 = 520.0;
const HEIGHT: f32 = 360.0;
/// Maximum number of lines; typing another letter finds the others.
const MAX_LINES: usize = 60;

#[derive(Debug, Default)]
pub struct Palette {
    list: ChoiceList,
    /// Cached for one version of the library and one typed text.
    lines: Cached<(u64, String), Arc<[Line]>>,
    /// The devices to choose from.
    devices: Vec<DeviceChoice>,
}

/// A line of the palette.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    text: String,
    command: Option<UiCommand>,
    page: Page,
    score: i32,
}

impl Palette {
    pub fn new(devices: &[DeviceChoice]) -> Self {
        Self {
            devices: devices.to_vec(),
            ..Self::default()
        }
    }

    /// Draws the palette; `Some` when it should close, with the chosen action.
    pub fn ui(&mut self, ctx: &egui::Context, snapshot: &Snapshot) -> Option<Option<Action>> {
        let source = (snapshot.version, self.list.typed.clone());
        let devices = &self.devices;
        let lines = self
            .lines
            .get(source, |(_, typed)| lines(typed, snapshot, devices));
        let lines = lines.clone();
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
            self.list
                .ui(ui, &OPTIONS, lines.len(), |ui, index, marked| {
                    line_ui(ui, &lines[index], marked)
                })
        });
        if let Some(line) = response.inner.and_then(|index| lines.get(index)) {
            return Some(Some(line.action()));
        }
        response.should_close().then_some(None)
    }
}

const OPTIONS: ChoiceListOptions<'_> = ChoiceListOptions {
    hint: "Find a command or a person",
    label: "Find a command or a person",
    max_chars: 100,
    height: HEIGHT,
    nothing: "No command or person matches.",
};

fn line_ui(ui: &mut Ui, line: &Line, marked: bool) -> Response {
    let note = match line.command {
        Some(command) => command
            .keys()
            .first()
            .map(|shortcut| ui.ctx().format_shortcut(shortcut))
            .unwrap_or_default(),
        None => "person".to_owned(),
    };
    let response = choice_row_ui(ui, &line.text, &note, &line.text, marked);
    match line.command {
        Some(command) => response.on_hover_text(command.tooltip()),
        None => response,
    }
}

impl Line {
    fn action(&self) -> Action {
        match self.command {
            Some(command) => Action::Run(command),
            None => Action::Go(self.page),
        }
    }
}

fn lines(typed: &str, snapshot: &Snapshot, devices: &[DeviceChoice]) -> Arc<[Line]> {
    let commands = UiCommand::iter()
        .filter(|command| *command != UiCommand::Palette && command.is_offered(devices))
        .filter_map(|command| {
            Some(Line {
                text: command.label().to_owned(),
                command: Some(command),
                page: Page::People,
                score: fuzzy_score(typed, command.label())?,
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
                page: Page::Group(person.group_id),
                score: fuzzy_score(typed, name)?,
            })
        });
    let mut lines: Vec<Line> = commands.chain(people).collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.score));
    lines.truncate(MAX_LINES);
    lines.into()
}
