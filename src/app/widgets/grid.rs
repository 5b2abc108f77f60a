//! The layout of a grid with sections, without its cells.
//!
//! All positions are points from the top left corner of the grid's content, y downwards. The time for a layout grows
//! with the number of sections only, and only the cells of the rows in view are visited, so 100,000 cards scroll as
//! fast as 100.

use std::ops::Range;

use egui::{Pos2, Rect, Vec2, pos2, vec2};

/// The measures of a grid.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GridMeasures {
    /// Minimum width of a cell; cells grow so that their row fills the grid.
    pub min_cell_width: f32,
    /// The height of a cell of width `w` is `w * height_per_width + extra_height`.
    pub height_per_width: f32,
    /// Height of the text under the picture.
    pub extra_height: f32,
    /// Between cells, in both directions.
    pub gap: f32,
    /// Height of a section's header, with the space around it.
    pub header_height: f32,
}

/// The size of a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    pub cells: usize,
    pub has_header: bool,
}

impl Section {
    /// A section with a header, unless it is empty.
    pub fn headed(cells: usize) -> Self {
        Self {
            cells,
            has_header: cells > 0,
        }
    }
}

/// A step from one cell to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Left,
    Right,
    Up,
    Down,
    PageUp,
    PageDown,
    First,
    Last,
}

#[derive(Debug, Clone, PartialEq)]
struct PlacedSection {
    cells: Range<usize>,
    header_top: Option<f32>,
    cells_top: f32,
}

/// A grid that is laid out; cells are numbered through all sections.
#[derive(Debug, Clone, PartialEq)]
pub struct GridLayout {
    columns: usize,
    cell: Vec2,
    gap: f32,
    header_height: f32,
    width: f32,
    height: f32,
    sections: Vec<PlacedSection>,
}

impl GridLayout {
    /// Lays out `sections` in `width` points.
    pub fn new(width: f32, measures: &GridMeasures, sections: &[Section]) -> Self {
        let gap = measures.gap;
        let width = width.max(1.0);
        let columns =
            (((width + gap) / (measures.min_cell_width.max(1.0) + gap)).floor() as usize).max(1);
        let cell_width = ((width - gap * (columns - 1) as f32) / columns as f32)
            .floor()
            .max(1.0);
        let cell_height = (cell_width * measures.height_per_width + measures.extra_height).round();
        let mut top = 0.0;
        let mut first = 0;
        let mut placed = Vec::with_capacity(sections.len());
        for section in sections {
            let header_top = section.has_header.then_some(top);
            if section.has_header {
                top += measures.header_height;
            }
            placed.push(PlacedSection {
                cells: first..first + section.cells,
                header_top,
                cells_top: top,
            });
            let rows = section.cells.div_ceil(columns);
            top += rows as f32 * (cell_height + gap);
            first += section.cells;
        }
        Self {
            columns,
            cell: vec2(cell_width, cell_height),
            gap,
            header_height: measures.header_height,
            width,
            height: (top - gap).max(0.0),
            sections: placed,
        }
    }

    /// Cells in a row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Cells of all sections.
    pub fn cells(&self) -> usize {
        self.sections.last().map_or(0, |section| section.cells.end)
    }

    /// Number of sections, including empty ones.
    pub fn sections(&self) -> usize {
        self.sections.len()
    }

    /// The area of a section: its header and its rows.
    pub fn section_rect(&self, section: usize) -> Option<Rect> {
        let placed = self.sections.get(section)?;
        let top = placed.header_top.unwrap_or(placed.cells_top);
        let rows = placed.cells.len().div_ceil(self.columns);
        let bottom = placed.cells_top + rows as f32 * (self.cell.y + self.gap) - self.gap;
        Some(Rect::from_min_max(
            pos2(0.0, top),
            pos2(self.width, bottom.max(top)),
        ))
    }

    /// Size of one cell.
    pub fn cell_size(&self) -> Vec2 {
        self.cell
    }

    /// Size of the whole content.
    pub fn size(&self) -> Vec2 {
        vec2(self.width, self.height)
    }

    /// The area of a section's header, if it has one.
    pub fn header_rect(&self, section: usize) -> Option<Rect> {
        let top = self.sections.get(section)?.header_top?;
        Some(Rect::from_min_size(
            pos2(0.0, top),
            vec2(self.width, self.header_height),
        ))
    }

    /// The area of a cell.
    pub fn cell_rect(&self, cell: usize) -> Option<Rect> {
        let section = self.section_of(cell)?;
        let (row, column) = self.row_and_column(section, cell);
        let min = pos2(
            column as f32 * (self.cell.x + self.gap),
            section.cells_top + row as f32 * (self.cell.y + self.gap),
        );
        Some(Rect::from_min_size(min, self.cell))
    }

    /// The cells whose rows intersect `top..bottom`, one range per section in view.
    pub fn cells_between(&self, top: f32, bottom: f32) -> Vec<Range<usize>> {
        let pitch = self.cell.y + self.gap;
        let mut ranges = Vec::new();
        for section in &self.sections {
            let rows = section.cells.len().div_ceil(self.columns);
            let first_row = ((top - section.cells_top) / pitch).floor().max(0.0) as usize;
            let end_row = ((bottom - section.cells_top) / pitch).ceil().max(0.0) as usize;
            let end_row = end_row.min(rows);
            if first_row < end_row {
                let start = section.cells.start + first_row * self.columns;
                let end = (section.cells.start + end_row * self.columns).min(section.cells.end);
                ranges.push(start..end);
            }
        }
        ranges
    }

    /// The cells that intersect a rectangle, for the rubber band.
    pub fn cells_in(&self, band: Rect) -> Vec<usize> {
        self.cells_between(band.top(), band.bottom())
            .into_iter()
            .flatten()
            .filter(|&cell| {
                self.cell_rect(cell)
                    .is_some_and(|rect| rect.intersects(band))
            })
            .collect()
    }

    /// The cell under a point.
    pub fn cell_at(&self, point: Pos2) -> Option<usize> {
        self.cells_in(Rect::from_min_max(point, point))
            .into_iter()
            .next()
    }

    /// The cell one step from `cell`; `page_height` is the visible height. Stays within the grid; up and down keep
    /// the column across sections as far as the row is long.
    pub fn step(&self, cell: usize, step: Step, page_height: f32) -> usize {
        let Some(last) = self.cells().checked_sub(1) else {
            return 0;
        };
        let cell = cell.min(last);
        match step {
            Step::Left => cell.saturating_sub(1),
            Step::Right => (cell + 1).min(last),
            Step::First => 0,
            Step::Last => last,
            Step::Up => self.row_away(cell, -1),
            Step::Down => self.row_away(cell, 1),
            Step::PageUp | Step::PageDown => {
                let rows = (page_height / (self.cell.y + self.gap)).floor().max(1.0) as usize;
                let direction = if step == Step::PageUp { -1 } else { 1 };
                (0..rows).fold(cell, |at, _| self.row_away(at, direction))
            }
        }
    }

    fn row_away(&self, cell: usize, direction: isize) -> usize {
        let Some(index) = self
            .sections
            .iter()
            .position(|section| section.cells.contains(&cell))
        else {
            return cell;
        };
        let section = &self.sections[index];
        let (row, column) = self.row_and_column(section, cell);
        let rows = section.cells.len().div_ceil(self.columns);
        if direction < 0 && row > 0 {
            return cell - self.columns;
        }
        if direction > 0 && row + 1 < rows {
            return (cell + self.columns).min(section.cells.end - 1);
        }
        let neighbour = if direction < 0 {
            self.sections[..index]
                .iter()
                .rev()
                .find(|section| !section.cells.is_empty())
        } else {
            self.sections[index + 1..]
                .iter()
                .find(|section| !section.cells.is_empty())
        };
        match neighbour {
            None => cell,
            Some(next) if direction > 0 => (next.cells.start + column).min(next.cells.end - 1),
            Some(previous) => {
                let last_row = (previous.cells.len() - 1) / self.columns;
                (previous.cells.start + last_row * self.columns + column)
                    .min(previous.cells.end - 1)
            }
        }
    }

    fn section_of(&self, cell: usize) -> Option<&PlacedSection> {
        self.sections
            .iter()
            .find(|section| section.cells.contains(&cell))
    }

    fn row_and_column(&self, section: &PlacedSection, cell: usize) -> (usize, usize) {
        let within = cell - section.cells.start;
        (within / self.columns, within % self.columns)
    }
}
