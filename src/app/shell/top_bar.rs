//! The bar above the page: the way back, the title of the page, search, order and size of the cards.

use egui::{
    Align, Align2, ComboBox, Layout, Margin, Rect, RichText, Slider, TextEdit, TextStyle, Ui, Vec2,
};

use crate::app::commands::action::Action;
use crate::app::commands::ui_command::UiCommand;
use crate::app::state::navigation::Page;
use crate::app::state::settings::{FaceSort, GroupSort};
use crate::app::theme::{CARD_SIZES, GAP_M, Tokens};
use crate::app::views::context::ViewContext;
use crate::app::widgets::counts::{counted, thousands};
use crate::app::widgets::icon::{self, Icon, icon_button_ui};

/// Maximum length of a search; a longer text was pasted by mistake.
const MAX_CHARS: usize = 200;
/// Below these widths of the bar the slider and then the order are hidden, in points.
const WIDTH_FOR_SIZE: f32 = 620.0;
const WIDTH_FOR_SORT: f32 = 460.0;

/// The search box's text as typed.
#[derive(Debug, Default)]
pub struct SearchBox {
    pub text: String,
    pub wants_focus: bool,
}

pub fn top_bar_ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    search: &mut SearchBox,
    can_go_back: bool,
) {
    let width = ui.available_width();
    ui.horizontal_centered(|ui| {
        back_ui(ui, cx, can_go_back);
        title_ui(ui, cx);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if cx.page.has_cards() && width >= WIDTH_FOR_SIZE {
                size_ui(ui, cx);
            }
            if has_groups(cx.page) && width >= WIDTH_FOR_SORT {
                sort_ui(ui, cx);
            }
            if matches!(cx.page, Page::Group(_)) && width >= WIDTH_FOR_SORT {
                face_sort_ui(ui, cx);
            }
            if cx.page.searchable() {
                search_ui(ui, cx.tokens, search);
            }
        });
    });
}

fn has_groups(page: Page) -> bool {
    matches!(page, Page::People | Page::Unnamed)
}

fn back_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, can_go_back: bool) {
    if !cx.page.is_below() || !can_go_back {
        return;
    }
    let button = icon_button_ui(ui, Icon::Back, "Back");
    if button
        .on_hover_text(UiCommand::Back.tooltip_with_key(ui.ctx()))
        .clicked()
    {
        cx.push(Action::Back);
    }
}

fn title_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let title = match cx.page {
        // The page itself shows the name; the title is the list it belongs to.
        Page::Group(group_id) => cx.list_of(group_id).title().to_owned(),
        Page::Photo(photo_id) => {
            let details = cx.queries.photo(photo_id);
            let path = details
                .as_ref()
                .map_or_else(Default::default, |details| details.photo.shown_path());
            path.rsplit('/').next().unwrap_or(&path).to_owned()
        }
        page => page.title().to_owned(),
    };
    ui.label(RichText::new(title).text_style(TextStyle::Heading));
    if let Some(count) = count_text(cx) {
        ui.label(cx.tokens.small(count));
    }
}

fn count_text(cx: &ViewContext<'_>) -> Option<String> {
    let counts = &cx.snapshot.counts;
    Some(match cx.page {
        Page::People => {
            let noun = if counts.people == 1 {
                "person"
            } else {
                "people"
            };
            let (people, unnamed) = (counts.people.into(), counts.unnamed.into());
            format!(
                "{} {noun} · {} unnamed",
                thousands(people),
                thousands(unnamed)
            )
        }
        Page::Unnamed => counted(counts.unnamed.into(), "group"),
        Page::Photos => counted(counts.photos.into(), "photo"),
        Page::Away => counted(counts.vanished.into(), "photo"),
        Page::NotFound => counted(counts.not_found.into(), "face"),
        Page::Ignored => counted(counts.ignored.into(), "face"),
        Page::Problems => counted(counts.problems.into(), "file"),
        // The page shows its count itself.
        Page::Review | Page::LeftOut | Page::History | Page::Group(_) | Page::Photo(_) => {
            return None;
        }
    })
}

fn search_ui(ui: &mut Ui, tokens: &Tokens, search: &mut SearchBox) {
    let has_text = !search.text.is_empty();
    if has_text && icon_button_ui(ui, Icon::Close, "Clear the search").clicked() {
        search.text.clear();
    }
    let field = TextEdit::singleline(&mut search.text)
        .id(egui::Id::unique("search"))
        .margin(Margin {
            left: 30,
            right: 8,
            top: 4,
            bottom: 4,
        })
        .align(Align2::LEFT_CENTER)
        .min_size(Vec2::new(0.0, 28.0))
        .hint_text("Search")
        .char_limit(MAX_CHARS)
        .desired_width(180.0);
    let response = ui
        .add(field)
        .accessible_name("Search")
        .on_hover_text(UiCommand::Search.tooltip_with_key(ui.ctx()));
    let sign = Rect::from_center_size(
        response.rect.left_center() + Vec2::new(16.0, 0.0),
        Vec2::splat(icon::SIDE),
    );
    Icon::Search.paint(ui.painter(), sign, tokens.text_weak);
    if search.wants_focus {
        search.wants_focus = false;
        response.request_focus();
    }
    let escaped = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Escape));
    if escaped {
        search.text.clear();
    }
}

fn sort_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let (tooltip, choices) = ("The order of the cards", GroupSort::ALL);
    if let Some(sort) = order_ui(ui, tooltip, cx.sort, choices, GroupSort::text) {
        cx.push(Action::SetSort(sort));
    }
}

fn face_sort_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let (tooltip, choices) = ("The order of the faces", FaceSort::ALL);
    if let Some(sort) = order_ui(ui, tooltip, cx.face_sort, choices, FaceSort::text) {
        cx.push(Action::SetFaceSort(sort));
    }
}

/// A list of orders; returns one that was chosen now.
fn order_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    tooltip: &'static str,
    current: T,
    choices: impl IntoIterator<Item = T>,
    text: fn(T) -> &'static str,
) -> Option<T> {
    let mut chosen = current;
    let combo = ComboBox::from_id_salt(tooltip)
        .selected_text(text(chosen))
        .show_ui(ui, |ui| {
            for choice in choices {
                ui.selectable_value(&mut chosen, choice, text(choice));
            }
        });
    combo
        .response
        .accessible_name("Order")
        .on_hover_text(tooltip);
    (chosen != current).then_some(chosen)
}

fn size_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    ui.add_space(GAP_M);
    ui.spacing_mut().slider_width = 96.0;
    let mut size = cx.card_size;
    let slider = ui.add(
        Slider::new(&mut size, CARD_SIZES)
            .step_by(4.0)
            .show_value(false),
    );
    if slider
        .accessible_name("Size of the pictures")
        .on_hover_text("Size of the pictures (+ and −)")
        .changed()
    {
        cx.push(Action::SetCardSize(size));
    }
}
