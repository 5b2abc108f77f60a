//! A slider over a dendrogram: from the whole group on the left to more and more pieces on the right.
//!
//! Each number of pieces has a part of the track. Half of the track is divided evenly, so that every number can be hit;
//! the other half by the differences of the merge heights, so that a long part is a natural split, which is the same
//! over a wide range of distances. The knob snaps to the parts.

use egui::{Key, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, accesskit, pos2, vec2};

use crate::app::theme::Tokens;
use crate::app::widgets::focus::presses_on;

/// Maximum number of pieces; with more, splitting by hand is easier.
pub const MAX_PIECES: usize = 24;
const HEIGHT: f32 = 32.0;

/// The parts of the track, one per number of pieces.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitScale {
    /// Where the part of `n + 1` pieces ends, as a fraction of the track (0..1), increasing; the last is 1.
    ends: Vec<f32>,
    natural: usize,
}

impl SplitScale {
    /// From the heights at which the group's pieces were merged, in any order; a group has `heights.len() + 1` faces.
    pub fn new(heights: &[f32]) -> Self {
        let mut falling = heights.to_vec();
        falling.sort_by(|a, b| b.total_cmp(a));
        let pieces = (falling.len() + 1).min(MAX_PIECES);
        // A cut between falling[n - 2] and falling[n - 1] leaves n pieces.
        let gap = |n: usize| match n {
            1 => 0.0,
            n => (falling[n - 2] - falling.get(n - 1).copied().unwrap_or(0.0)).max(0.0),
        };
        let total: f32 = (1..=pieces).map(gap).sum::<f32>().max(f32::EPSILON);
        let mut ends = Vec::with_capacity(pieces);
        let mut end = 0.0;
        for n in 1..=pieces {
            end += 0.5 / pieces as f32 + 0.5 * gap(n) / total;
            ends.push(end);
        }
        let whole = ends.last().copied().unwrap_or(1.0);
        ends.iter_mut().for_each(|end| *end /= whole);
        // Among many pieces, some gap is always wide by chance. So more pieces need a wider gap.
        let weight = |n: usize| gap(n) / (n - 1) as f32;
        let natural = (2..pieces).max_by(|&a, &b| weight(a).total_cmp(&weight(b)).then(b.cmp(&a)));
        Self {
            ends,
            natural: natural.unwrap_or(pieces),
        }
    }

    /// The maximum number of pieces.
    pub fn max_pieces(&self) -> usize {
        self.ends.len()
    }

    /// The number of pieces (at least 2) that stays the same over the widest range of heights, weighted towards few
    /// pieces.
    pub fn natural(&self) -> usize {
        self.natural
    }

    /// The number of pieces at a fraction of the track.
    pub fn pieces_at(&self, fraction: f32) -> usize {
        (self.ends.partition_point(|&end| end < fraction) + 1).min(self.max_pieces())
    }

    /// The middle of the part of `pieces`, as a fraction of the track.
    pub fn middle_of(&self, pieces: usize) -> f32 {
        let index = pieces.clamp(1, self.max_pieces()) - 1;
        let start = if index == 0 {
            0.0
        } else {
            self.ends[index - 1]
        };
        0.5 * (start + self.ends[index])
    }
}

/// Draws the slider; `pieces` changes with pointer, arrow keys and accessibility actions.
pub fn split_slider_ui(ui: &mut Ui, scale: &SplitScale, pieces: &mut usize) -> Response {
    let (rect, mut response) =
        ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click_and_drag());
    let track = Rect::from_min_max(
        pos2(rect.left() + 8.0, rect.center().y),
        pos2(rect.right() - 8.0, rect.center().y),
    );
    let before = *pieces;
    if let Some(pointer) = response.interact_pointer_pos() {
        response.request_focus();
        *pieces =
            scale.pieces_at(((pointer.x - track.left()) / track.width().max(1.0)).clamp(0.0, 1.0));
    }
    *pieces = (*pieces as isize + key_steps(ui, &response)).clamp(1, scale.max_pieces() as isize)
        as usize;
    if *pieces != before {
        response.mark_changed();
    }
    paint(ui, scale, *pieces, track, &response);
    response.widget_info(|| WidgetInfo::slider(true, *pieces as f64, "Pieces"));
    ui.ctx().accesskit_node_builder(response.id, |node| {
        node.set_min_numeric_value(1.0);
        node.set_max_numeric_value(scale.max_pieces() as f64);
        node.set_numeric_value_step(1.0);
        node.add_action(accesskit::Action::Increment);
        node.add_action(accesskit::Action::Decrement);
    });
    response.on_hover_text("Fewer or more pieces (left and right arrow)")
}

fn key_steps(ui: &Ui, response: &Response) -> isize {
    if response.has_focus() {
        let filter = egui::EventFilter {
            horizontal_arrows: true,
            ..Default::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    }
    let asked = |action| {
        ui.input(|input| input.num_accesskit_action_requests(response.id, action)) as isize
    };
    let pressed = |key| presses_on(response, key) as isize;
    asked(accesskit::Action::Increment) - asked(accesskit::Action::Decrement)
        + pressed(Key::ArrowRight)
        - pressed(Key::ArrowLeft)
}

fn paint(ui: &Ui, scale: &SplitScale, pieces: usize, track: Rect, response: &Response) {
    let tokens = Tokens::of(ui.ctx());
    let painter = ui.painter();
    let at =
        |fraction: f32| -> Pos2 { pos2(track.left() + fraction * track.width(), track.center().y) };
    let knob = at(scale.middle_of(pieces));
    painter.line_segment(
        [track.left_center(), track.right_center()],
        Stroke::new(4.0, tokens.button),
    );
    painter.line_segment([track.left_center(), knob], Stroke::new(4.0, tokens.accent));
    for &end in &scale.ends[..scale.max_pieces() - 1] {
        let tick = at(end);
        painter.line_segment(
            [tick - vec2(0.0, 5.0), tick + vec2(0.0, 5.0)],
            Stroke::new(1.0, tokens.text_weak),
        );
    }
    if scale.max_pieces() > 2 {
        let natural = at(scale.middle_of(scale.natural()));
        painter.circle_filled(natural - vec2(0.0, 12.0), 2.5, tokens.maybe);
    }
    let radius = if response.hovered() || response.has_focus() {
        9.0
    } else {
        8.0
    };
    painter.circle(knob, radius, tokens.raised, Stroke::new(2.0, tokens.accent));
}
