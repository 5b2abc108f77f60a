//! A row of chips, one of which is chosen: what a list shows.

use egui::{Button, Role, Ui, WidgetInfo};

use crate::app::widgets::counts::thousands;

/// Draws "All" and a chip for each label with its count; `chosen` is the index of the chosen one, `None` for all.
pub fn filter_chips_ui<L: AsRef<str>>(
    ui: &mut Ui,
    chips: &[(L, usize)],
    chosen: &mut Option<usize>,
) {
    let all = chips.iter().map(|(_, count)| count).sum();
    if chip_ui(ui, "All", all, chosen.is_none()) {
        *chosen = None;
    }
    for (index, (label, count)) in chips.iter().enumerate() {
        if chip_ui(ui, label.as_ref(), *count, *chosen == Some(index)) {
            *chosen = Some(index);
        }
    }
}

fn chip_ui(ui: &mut Ui, label: &str, count: usize, is_chosen: bool) -> bool {
    let text = format!("{label}  {}", thousands(count as u64));
    let response = ui.add(Button::selectable(is_chosen, text).frame(true));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, label));
    response.clicked()
}
