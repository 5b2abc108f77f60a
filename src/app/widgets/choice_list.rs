//! A list to choose from by typing: a text field, and below it the matching rows, one of which the arrow keys mark.

use egui::{
    Button, Key, Modifiers, Rect, Response, RichText, Role, ScrollArea, TextEdit, Ui, Vec2,
    WidgetInfo,
};

use crate::app::theme::{GAP_S, Tokens};

/// Height of a row, in points.
pub const ROW_HEIGHT: f32 = 28.0;

/// The typed text and the marked row.
#[derive(Debug, Default)]
pub struct ChoiceList {
    pub typed: String,
    marked: usize,
    opened: bool,
}

/// The texts and sizes of a list.
#[derive(Debug, Clone, Copy)]
pub struct ChoiceListOptions<'a> {
    /// Shown while the field is empty.
    pub hint: &'a str,
    /// The field's accessible name.
    pub label: &'a str,
    /// Maximum length of the text.
    pub max_chars: usize,
    /// Height of the rows' area, in points.
    pub height: f32,
    /// Shown if no row matches.
    pub nothing: &'a str,
}

impl ChoiceList {
    /// Draws the field and `count` rows; `row_ui` draws one (index, marked). Returns the index of the row that was
    /// clicked or chosen by Enter.
    pub fn ui(
        &mut self,
        ui: &mut Ui,
        options: &ChoiceListOptions<'_>,
        count: usize,
        row_ui: impl FnMut(&mut Ui, usize, bool) -> Response,
    ) -> Option<usize> {
        let (enter, steps) = ui.input_mut(|input| {
            let down = input.count_and_consume_key(Modifiers::NONE, Key::ArrowDown) as isize;
            let up = input.count_and_consume_key(Modifiers::NONE, Key::ArrowUp) as isize;
            (input.consume_key(Modifiers::NONE, Key::Enter), down - up)
        });
        let last = count.saturating_sub(1);
        self.marked = self.marked.saturating_add_signed(steps).min(last);
        let entered = (enter && count > 0).then_some(self.marked);
        self.field_ui(ui, options);
        ui.add_space(GAP_S);
        let clicked = self.rows_ui(ui, options, count, steps != 0, row_ui);
        clicked.or(entered)
    }

    fn field_ui(&mut self, ui: &mut Ui, options: &ChoiceListOptions<'_>) {
        let field = TextEdit::singleline(&mut self.typed)
            .hint_text(options.hint.to_owned())
            .desired_width(f32::INFINITY)
            .char_limit(options.max_chars);
        let response = ui.add(field).accessible_name(options.label);
        if !self.opened || !response.has_focus() {
            self.opened = true;
            response.request_focus();
        }
        if response.changed() {
            self.marked = 0;
        }
    }

    fn rows_ui(
        &self,
        ui: &mut Ui,
        options: &ChoiceListOptions<'_>,
        count: usize,
        follow: bool,
        mut row_ui: impl FnMut(&mut Ui, usize, bool) -> Response,
    ) -> Option<usize> {
        let mut clicked = None;
        ui.spacing_mut().item_spacing.y = 2.0;
        let area = ScrollArea::vertical()
            .max_height(options.height)
            .min_scrolled_height(options.height)
            .auto_shrink([false, true]);
        if count == 0 {
            let nothing = Tokens::of(ui.ctx()).small(options.nothing);
            area.show(ui, |ui| ui.label(nothing));
            return None;
        }
        // Only the rows in view are drawn, because there may be very many people.
        area.show_rows(ui, ROW_HEIGHT, count, |ui, rows| {
            let top = ui.cursor().min;
            let pitch = ROW_HEIGHT + ui.spacing().item_spacing.y;
            for index in rows.clone() {
                if row_ui(ui, index, index == self.marked).clicked() {
                    clicked = Some(index);
                }
            }
            if follow {
                let lines = self.marked as f32 - rows.start as f32;
                let min = top + Vec2::new(0.0, lines * pitch);
                ui.scroll_to_rect(Rect::from_min_size(min, Vec2::splat(ROW_HEIGHT)), None);
            }
        });
        clicked
    }
}

/// A row: text on the left, a note on the right; `label` is its accessible name.
pub fn choice_row_ui(ui: &mut Ui, text: &str, note: &str, label: &str, marked: bool) -> Response {
    let tokens = Tokens::of(ui.ctx());
    let button = Button::selectable(marked, RichText::new(text).color(tokens.text))
        .right_text(RichText::new(note).color(tokens.text_weak))
        .truncate()
        .min_size(Vec2::new(ui.available_width(), ROW_HEIGHT));
    let response = ui.add(button);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, marked, label));
    response
}
