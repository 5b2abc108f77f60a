//! The user's own rules of what scans leave out and include: a chip for each, and a field for another one.

use egui::{Align, Frame, Layout, Margin, RichText, TextEdit, TextStyle, Ui};

use crate::app::commands::action::Action;
use crate::app::session::request::FolderJob;
use crate::app::shell::toasts::as_message;
use crate::app::theme::GAP_S;
use crate::app::views::context::ViewContext;
use crate::app::widgets::icon::{Icon, icon_button_ui};
use crate::photo::Patterns;

/// Most characters of a rule; a longer text was pasted by mistake.
const MAX_CHARS: usize = 500;
const FIELD_WIDTH: f32 = 320.0;

/// The rule being typed, and why the last one was refused.
#[derive(Debug, Default)]
pub struct RulesState {
    typed: String,
    refused: Option<String>,
}

/// Whether a rule leaves out or includes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    LeaveOut,
    Include,
}

impl Way {
    fn label(self) -> &'static str {
        match self {
            Way::LeaveOut => "Leave out",
            Way::Include => "Include",
        }
    }
}

pub fn rules_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    state: &mut RulesState,
    patterns: &Patterns,
) {
    ui.label(
        RichText::new("Your rules")
            .text_style(TextStyle::Heading)
            .size(16.0),
    );
    if *patterns == Patterns::default() {
        let hint = "None yet. A rule is a name (Screenshots, *.png) or a path in a scanned folder (2019/**/raw).";
        ui.label(cx.tokens.small(hint));
    } else {
        chips_ui(ui, cx, patterns);
    }
    ui.add_space(GAP_S);
    field_ui(ui, cx, state, patterns);
    if let Some(refused) = &state.refused {
        ui.label(
            RichText::new(refused)
                .text_style(TextStyle::Small)
                .color(cx.tokens.no),
        );
    }
}

fn chips_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, patterns: &Patterns) {
    let excludes = patterns.exclude.iter().map(|rule| (Way::LeaveOut, rule));
    let includes = patterns.include.iter().map(|rule| (Way::Include, rule));
    ui.horizontal_wrapped(|ui| {
        for (way, rule) in excludes.chain(includes) {
            if chip_ui(ui, cx, way, rule) {
                let patterns = without(patterns, way, rule);
                cx.push(Action::Folder(FolderJob::KeepPatterns(patterns)));
            }
        }
    });
}

/// One rule; true if it is to be removed.
fn chip_ui(ui: &mut Ui, cx: &ViewContext<'_>, way: Way, rule: &str) -> bool {
    let margin = Margin {
        left: 10,
        right: 2,
        top: 0,
        bottom: 0,
    };
    Frame::new()
        .fill(cx.tokens.button)
        .corner_radius(cx.tokens.radius())
        .inner_margin(margin)
        .show(ui, |ui| {
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                ui.label(cx.tokens.small(way.label()));
                ui.label(rule);
                icon_button_ui(ui, Icon::Close, &format!("Remove the rule {rule}"))
                    .on_hover_text("Remove this rule")
                    .clicked()
            })
            .inner
        })
        .inner
}

fn without(patterns: &Patterns, way: Way, rule: &str) -> Patterns {
    let mut patterns = patterns.clone();
    let rules = match way {
        Way::LeaveOut => &mut patterns.exclude,
        Way::Include => &mut patterns.include,
    };
    rules.retain(|known| known != rule);
    patterns
}

/// The field for a new rule. Enter leaves out what is typed.
fn field_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, state: &mut RulesState, patterns: &Patterns) {
    let mut given = None;
    ui.horizontal(|ui| {
        let field = TextEdit::singleline(&mut state.typed)
            .hint_text("Name or path")
            .char_limit(MAX_CHARS)
            .desired_width(FIELD_WIDTH);
        let response = ui.add(field).accessible_name("New rule");
        if response.changed() {
            state.refused = None;
        }
        let entered =
            response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
        given = entered.then_some(Way::LeaveOut);
        ui.add_enabled_ui(!state.typed.trim().is_empty(), |ui| {
            for way in [Way::LeaveOut, Way::Include] {
                if ui.button(way.label()).clicked() {
                    given = Some(way);
                }
            }
        });
    });
    let typed = state.typed.trim();
    let Some(way) = given.filter(|_| !typed.is_empty()) else {
        return;
    };
    let mut patterns = patterns.clone();
    let added = match way {
        Way::LeaveOut => patterns.add_exclude(typed),
        Way::Include => patterns.add_include(typed),
    };
    match added {
        Ok(()) => {
            state.typed.clear();
            cx.push(Action::Folder(FolderJob::KeepPatterns(patterns)));
        }
        Err(error) => state.refused = Some(as_message(&error.to_string())),
    }
}
