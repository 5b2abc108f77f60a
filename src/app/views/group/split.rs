//! The split slider of a group's page and, under it, the pieces that the group would split into.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::sync::Arc;

use egui::{Align, Key, Layout, Rect, RichText, ScrollArea, TextStyle, Ui, UiBuilder, pos2, vec2};

use crate::app::state::queries::GroupTree;
use crate::app::theme::{GAP_L, GAP_M, GAP_S, GAP_XS};
use crate::app::views::context::ViewContext;
use crate::app::widgets::counts::thousands;
use crate::app::widgets::empty::reading_ui;
use crate::app::widgets::focus::presses_on;
use crate::app::widgets::picture::paint_filling;
use crate::app::widgets::primary_button::primary_button_ui;
use crate::app::widgets::split_slider::{SplitScale, split_slider_ui};
use crate::curate::Command;
use crate::library::{FaceId, FaceState, GroupId};

/// Size of a face in a row, in points.
const FACE_SIDE: f32 = 84.0;
/// Width of a row's count, in points.
const COUNT_WIDTH: f32 = 96.0;
/// Maximum rows of faces per piece: enough to judge it, and the next piece stays visible.
const MAX_ROWS: usize = 2;

/// A split that is being prepared.
#[derive(Debug)]
pub struct SplitState {
    group_id: GroupId,
    /// The source of the fields below.
    tree: Option<Arc<GroupTree>>,
    scale: SplitScale,
    pieces: usize,
    /// The faces of each piece, the largest first; the tree is cut into `cut_at` pieces.
    cut: Vec<Vec<FaceId>>,
    cut_at: usize,
    /// How the pieces are drawn.
    rows: Vec<Row>,
    wants_focus: bool,
}

impl SplitState {
    pub fn new(group_id: GroupId) -> Self {
        Self {
            group_id,
            tree: None,
            scale: SplitScale::new(&[]),
            pieces: 0,
            cut: Vec::new(),
            cut_at: 0,
            rows: Vec::new(),
            wants_focus: true,
        }
    }

    /// Whether another page has requested it and it has not been shown yet.
    pub fn is_new_for(&self, group_id: GroupId) -> bool {
        self.wants_focus && self.group_id == group_id
    }

    /// Sets the tree. The slider starts at the natural split and stays where it was moved to.
    fn take_tree(&mut self, tree: &Arc<GroupTree>) {
        if self
            .tree
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(known, tree))
        {
            return;
        }
        self.scale = SplitScale::new(tree.tree.heights());
        let wanted = if self.tree.is_some() {
            self.pieces
        } else {
            self.scale.natural()
        };
        self.pieces = wanted.clamp(1, self.scale.max_pieces());
        self.cut_at = 0;
        self.tree = Some(tree.clone());
    }

    /// Cuts the tree at the slider's position. The piece that keeps the group comes first, then the others, largest
    /// first.
    fn cut(&mut self, cx: &mut ViewContext<'_>) {
        let Some(tree) = self.tree.as_ref().filter(|_| self.cut_at != self.pieces) else {
            return;
        };
        let labels = tree.tree.pieces(self.pieces);
        let mut pieces: Vec<Vec<FaceId>> = vec![Vec::new(); self.pieces];
        for (label, face_id) in labels.into_iter().zip(&tree.faces) {
            if let Some(piece) = pieces.get_mut(label as usize) {
                piece.push(*face_id);
            }
        }
        pieces.retain(|piece| !piece.is_empty());
        let confirmed = confirmed_of_person(cx, self.group_id);
        let keeps = |piece: &Vec<FaceId>| {
            piece
                .iter()
                .filter(|face_id| confirmed.contains(face_id))
                .count()
        };
        pieces.sort_by_cached_key(|piece| Reverse(piece.len()));
        let most = pieces.iter().map(keeps).max().unwrap_or(0);
        if let Some(staying) = pieces.iter().position(|piece| keeps(piece) == most) {
            pieces[..=staying].rotate_right(1);
        }
        self.rows = rows_of(&pieces);
        self.cut = pieces;
        self.cut_at = self.pieces;
    }
}

/// The confirmed faces of a named group: the piece with most of them keeps the name.
fn confirmed_of_person(cx: &mut ViewContext<'_>, group_id: GroupId) -> HashSet<FaceId> {
    let named = cx.snapshot.is_person(group_id);
    let Some(details) = cx.queries.group(group_id).filter(|_| named) else {
        return HashSet::new();
    };
    let confirmed = details
        .faces
        .iter()
        .filter(|face| face.state == FaceState::Confirmed);
    confirmed.map(|face| face.face_id).collect()
}

/// Draws slider and pieces; true when the split is done or cancelled.
pub fn split_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, split: &mut SplitState) -> bool {
    match cx.queries.tree(split.group_id) {
        Some(tree) => split.take_tree(&tree),
        None if split.tree.is_none() => {
            reading_ui(ui, "Computing the pieces of this group…");
            return false;
        }
        None => {}
    }
    if split.scale.max_pieces() < 2 {
        ui.add_space(GAP_L);
        ui.label("This group has too few recognisable faces to be split by similarity. Select faces and press S to move them out.");
        return ui.button("Close").clicked();
    }
    split.cut(cx);
    let done = controls_ui(ui, cx, split);
    split.cut(cx);
    pieces_ui(ui, cx, split);
    done
}

fn controls_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, split: &mut SplitState) -> bool {
    let mut done = false;
    ui.add_space(GAP_S);
    ui.horizontal(|ui| {
        let slider_width = (ui.available_width() - 320.0).max(160.0);
        let slider = ui.scope(|ui| {
            ui.set_max_width(slider_width);
            split_slider_ui(ui, &split.scale, &mut split.pieces)
        });
        let slider = slider.inner;
        if std::mem::take(&mut split.wants_focus) {
            slider.request_focus();
        }
        ui.add_space(GAP_M);
        if split.pieces > 1 {
            let label = format!("Split into {}", split.pieces);
            if primary_button_ui(ui, &label)
                .on_hover_text("Make each piece a group (Enter); can be undone")
                .clicked()
                || presses_on(&slider, Key::Enter) > 0
            {
                split.cut(cx);
                cx.execute(Command::SplitAt {
                    group: split.group_id,
                    pieces: split.cut.clone(),
                });
                done = true;
            }
        } else {
            ui.add_enabled(false, egui::Button::new("Split into …"));
        }
        if ui
            .button("Cancel")
            .on_hover_text("Do not split the group (Esc)")
            .clicked()
        {
            done = true;
        }
    });
    let hint = if split.pieces == split.scale.natural() {
        "The amber dot marks this as the clearest split."
    } else {
        "Move the slider until no piece mixes two people. The amber dot marks the clearest split."
    };
    ui.label(cx.tokens.small(hint));
    ui.add_space(GAP_S);
    done
}

/// One row of the list: a piece, or all the pieces with one face.
#[derive(Debug)]
struct Row {
    faces: Vec<FaceId>,
    count: String,
    label: &'static str,
}

fn rows_of(cut: &[Vec<FaceId>]) -> Vec<Row> {
    let alone = cut.iter().skip(1).filter(|piece| piece.len() == 1).count();
    let gathers = alone > 1;
    let mut rows: Vec<Row> = cut
        .iter()
        .enumerate()
        .filter(|(number, piece)| *number == 0 || !gathers || piece.len() > 1)
        .map(|(number, piece)| Row {
            faces: piece.clone(),
            count: thousands(piece.len() as u64),
            label: if number == 0 {
                "stays here"
            } else {
                "in a new group"
            },
        })
        .collect();
    if gathers {
        let faces = cut
            .iter()
            .skip(1)
            .filter(|piece| piece.len() == 1)
            .flatten()
            .copied();
        rows.push(Row {
            faces: faces.collect(),
            count: format!("{alone} × 1"),
            label: "each on its own",
        });
    }
    rows
}

fn pieces_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, split: &SplitState) {
    let width = ui.available_width() - ui.spacing().scroll.allocated_width() - GAP_S * 2.0;
    let per_row = (((width - COUNT_WIDTH + GAP_XS) / (FACE_SIDE + GAP_XS)).floor() as usize).max(1);
    let rows = &split.rows;
    let lines = |row: &Row| row.faces.len().div_ceil(per_row).clamp(1, MAX_ROWS);
    let height_of = |row: &Row| lines(row) as f32 * (FACE_SIDE + GAP_XS) - GAP_XS + 2.0 * GAP_M;
    ScrollArea::vertical()
        .id_salt(("pieces", split.group_id))
        .auto_shrink(false)
        .show_viewport(ui, |ui, viewport| {
            let min = ui.max_rect().min;
            ui.set_min_size(vec2(width, rows.iter().map(height_of).sum()));
            let mut top = 0.0;
            for (number, row) in rows.iter().enumerate() {
                let height = height_of(row);
                if top + height >= viewport.top() && top <= viewport.bottom() {
                    let rect = Rect::from_min_size(pos2(min.x, min.y + top), vec2(width, height));
                    if number > 0 {
                        let line = egui::Stroke::new(1.0, cx.tokens.line);
                        ui.painter().hline(rect.x_range(), rect.top(), line);
                    }
                    row_ui(ui, cx, row, rect.shrink2(vec2(0.0, GAP_M)), per_row);
                }
                top += height;
            }
        });
}

/// The count of a piece, then its faces.
fn row_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, row: &Row, rect: Rect, per_row: usize) {
    let text = rect.with_max_x(rect.left() + COUNT_WIDTH);
    let layout = Layout::top_down(Align::Min);
    ui.scope_builder(UiBuilder::new().max_rect(text).layout(layout), |ui| {
        ui.label(RichText::new(&row.count).text_style(TextStyle::Heading));
        ui.label(cx.tokens.small(row.label));
    });
    let faces = rect.with_min_x(rect.left() + COUNT_WIDTH);
    strip_ui(ui, cx, &row.faces, faces, per_row);
}

/// As many faces as there is room for, spread over the whole piece.
fn strip_ui(ui: &Ui, cx: &mut ViewContext<'_>, faces: &[FaceId], rect: Rect, per_row: usize) {
    let tokens = cx.tokens;
    let room = per_row * MAX_ROWS;
    let shown = if faces.len() > room {
        room - 1
    } else {
        faces.len()
    };
    let place_rect = |index: usize| {
        let (row, column) = ((index / per_row) as f32, (index % per_row) as f32);
        let min = rect.min + vec2(column, row) * (FACE_SIDE + GAP_XS);
        Rect::from_min_size(min, vec2(FACE_SIDE, FACE_SIDE))
    };
    for index in 0..shown {
        let picture = cx.pictures.face(faces[index * faces.len() / shown]);
        paint_filling(
            ui.painter(),
            tokens,
            place_rect(index),
            picture,
            tokens.radius(),
        );
    }
    if faces.len() > shown {
        let font = TextStyle::Body.resolve(ui.style());
        let rest = format!("+{}", thousands((faces.len() - shown) as u64));
        let center = place_rect(shown).center();
        ui.painter().text(
            center,
            egui::Align2::CENTER_CENTER,
            rest,
            font,
            tokens.text_weak,
        );
    }
}
