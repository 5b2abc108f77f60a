//! The keyboard focus.

use egui::{Key, Modifiers, Popup, Response};

/// How often `key` was pressed while this widget had the focus; takes the presses out of the input.
pub fn presses_on(response: &Response, key: Key) -> usize {
    let ctx = &response.ctx;
    let on_top = ctx.memory(|memory| memory.allows_interaction(response.layer_id));
    if !response.has_focus() || !on_top || Popup::is_any_open(ctx) {
        return 0;
    }
    ctx.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key))
}

/// Takes the focus away, because something has opened over the page.
pub fn release_focus(ctx: &egui::Context) {
    ctx.memory_mut(|memory| {
        if let Some(focused) = memory.focused() {
            memory.surrender_focus(focused);
        }
    });
}
