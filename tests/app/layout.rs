//! Layout and order without a window: grids, zoom, the split slider's scale, completion, arrangement.

use egui::{Rect, pos2, vec2};
use kinfolk::app::state::known_people::{KnownPeople, KnownPerson};
use kinfolk::app::state::settings::GroupSort;
use kinfolk::app::views::people::card_order::{Arrangement, CardFilter};
use kinfolk::app::widgets::grid::{GridLayout, GridMeasures, Section, Step};
use kinfolk::app::widgets::split_slider::{MAX_PIECES, SplitScale};
use kinfolk::app::widgets::years::year_sections;
use kinfolk::app::widgets::zoom::{Zoom, screen_from_photo};
use kinfolk::geometry::{PhotoRect, Size};
use kinfolk::library::{GroupId, GroupSummary};

const MEASURES: GridMeasures = GridMeasures {
    min_cell_width: 100.0,
    height_per_width: 1.0,
    extra_height: 40.0,
    gap: 10.0,
    header_height: 30.0,
};

fn sections(cells: &[usize]) -> Vec<Section> {
    cells
        .iter()
        .map(|&cells| Section {
            cells,
            has_header: true,
        })
        .collect()
}

#[test]
fn a_grid_fills_its_width_and_its_cells_do_not_overlap() {
    for width in [90.0, 320.0, 555.0, 1280.0] {
        let grid = GridLayout::new(width, &MEASURES, &sections(&[7, 0, 23]));
        let rects: Vec<_> = (0..grid.cells())
            .map(|cell| grid.cell_rect(cell).unwrap())
            .collect();
        for (a, first) in rects.iter().enumerate() {
            assert!(
                first.right() <= width.max(1.0) + 0.01,
                "cell {a} leaves a grid of {width}"
            );
            for second in &rects[a + 1..] {
                assert!(
                    !first.shrink(0.1).intersects(*second),
                    "{first:?} overlaps {second:?} at width {width}"
                );
            }
        }
        let row_right = rects[grid.columns().min(7) - 1].right();
        assert!(
            grid.columns() > 7 || width - row_right < grid.columns() as f32,
            "a full row leaves a gap at {width}"
        );
        assert!((rects.last().unwrap().bottom() - grid.size().y).abs() < 0.5);
    }
}

#[test]
fn only_rows_in_view_of_a_huge_grid_are_visited() {
    let grid = GridLayout::new(1000.0, &MEASURES, &sections(&[40, 100_000]));
    let middle = grid.size().y / 2.0;
    let seen: Vec<_> = grid
        .cells_between(middle, middle + 800.0)
        .into_iter()
        .flatten()
        .collect();
    assert!(
        (9..=81).contains(&seen.len()),
        "{} cells for a view of 800 points",
        seen.len()
    );
    for cell in seen {
        let rect = grid.cell_rect(cell).unwrap();
        assert!(rect.bottom() + MEASURES.gap >= middle && rect.top() <= middle + 800.0);
        assert_eq!(grid.cell_at(rect.center()), Some(cell));
    }
}

#[test]
fn arrow_steps_keep_the_column_over_sections() {
    let grid = GridLayout::new(430.0, &MEASURES, &sections(&[6, 9]));
    assert_eq!(grid.columns(), 4);
    assert_eq!(grid.step(1, Step::Down, 0.0), 5);
    assert_eq!(
        grid.step(5, Step::Down, 0.0),
        7,
        "from the last row into the next section"
    );
    assert_eq!(
        grid.step(3, Step::Down, 0.0),
        5,
        "a short row is entered at its end"
    );
    assert_eq!(grid.step(7, Step::Up, 0.0), 5);
    assert_eq!(grid.step(0, Step::Up, 0.0), 0);
    assert_eq!(grid.step(14, Step::Right, 0.0), 14);
    assert_eq!(grid.step(3, Step::Last, 0.0), 14);
    assert_eq!(grid.step(0, Step::PageDown, 2.0 * 150.0 + 5.0), 6);
}

#[test]
fn a_rubber_band_selects_what_it_touches() {
    let grid = GridLayout::new(430.0, &MEASURES, &sections(&[8]));
    let from = grid.cell_rect(1).unwrap().center();
    let to = grid.cell_rect(6).unwrap().center();
    assert_eq!(grid.cells_in(Rect::from_two_pos(to, from)), [1, 2, 5, 6]);
}

#[test]
fn zooming_keeps_what_is_under_the_pointer() {
    let photo = Size {
        width: 4000,
        height: 3000,
    };
    let view = Rect::from_min_size(pos2(100.0, 50.0), vec2(800.0, 600.0));
    let mut zoom = Zoom::default();
    let whole = zoom.screen_rect(photo, view);
    assert!(view.contains_rect(whole.shrink(0.01)) && zoom.is_fit());

    let face = PhotoRect {
        x: 1000.0,
        y: 900.0,
        width: 200.0,
        height: 200.0,
    };
    let anchor = screen_from_photo(face, photo, whole).center();
    zoom.zoom_at(3.0, anchor, photo, view);
    let after = screen_from_photo(face, photo, zoom.screen_rect(photo, view));
    assert!(
        (after.center() - anchor).length() < 0.5,
        "{after:?} moved away from {anchor:?}"
    );
    assert!((after.width() - 3.0 * 40.0).abs() < 0.1);

    zoom.pan(vec2(1e6, 1e6), photo, view);
    let moved = zoom.screen_rect(photo, view);
    assert!(
        (moved.min - view.min).length() < 0.5,
        "panning stops at the photo's edge"
    );
    zoom.zoom_at(0.01, anchor, photo, view);
    assert!(zoom.is_fit());
}

#[test]
fn every_number_of_pieces_has_its_part_of_the_track_and_the_widest_gap_is_natural() {
    // Three tight bunches: two merges far above all others.
    let mut heights = vec![0.9, 0.8];
    heights.extend((0..200).map(|n| 0.2 - n as f32 * 0.0005));
    let scale = SplitScale::new(&heights);
    assert_eq!(scale.max_pieces(), MAX_PIECES);
    assert_eq!(scale.natural(), 3);
    for pieces in 1..=scale.max_pieces() {
        assert_eq!(scale.pieces_at(scale.middle_of(pieces)), pieces);
    }
    assert_eq!(scale.pieces_at(0.0), 1);
    assert_eq!(scale.pieces_at(1.0), scale.max_pieces());
    assert_eq!(SplitScale::new(&[]).max_pieces(), 1);
    assert_eq!(SplitScale::new(&[0.4]).natural(), 2);
}

fn person(id: i64, name: &str, faces: u32) -> KnownPerson {
    KnownPerson {
        group_id: GroupId(id),
        name: name.to_owned(),
        faces,
    }
}

#[test]
fn completion_prefers_beginnings_then_faces() {
    let people = KnownPeople::new(vec![
        person(1, "Joanna", 90),
        person(2, "Anna Berg", 3),
        person(3, "Anton", 7),
        person(4, "Maria Anders", 50),
    ]);
    let names = |typed: &str| -> Vec<_> {
        people
            .completions(typed, 5, None)
            .iter()
            .map(|completion| completion.person.name.as_str())
            .collect()
    };
    assert_eq!(
        names("an"),
        ["Anton", "Anna Berg", "Maria Anders", "Joanna"]
    );
    assert_eq!(names("ANNA B"), ["Anna Berg"]);
    assert!(names(" ").is_empty());
    assert!(
        !people.completions("anna", 5, None).last().unwrap().likely,
        "inside of a word is a guess"
    );
    assert_eq!(
        people
            .same_name(" anton ", None)
            .map(|person| person.group_id),
        Some(GroupId(3))
    );
    // A person is not a completion of their own name.
    let except = Some(GroupId(3));
    assert_eq!(people.completions("ant", 5, except), []);
    assert_eq!(people.same_name("Anton", except), None);
}

fn group(id: i64, name: Option<&str>, faces: u32, last: &str) -> GroupSummary {
    GroupSummary {
        group_id: GroupId(id),
        name: name.map(str::to_owned),
        cover: None,
        faces,
        photos: faces,
        away: 0,
        suggested: 0,
        first_taken: None,
        last_taken: Some(last.to_owned()),
        is_unclear: false,
    }
}

#[test]
fn groups_are_sorted_as_asked_and_searched_by_name() {
    let groups = [
        group(1, Some("Maria"), 5, "2020"),
        group(2, None, 40, "2021"),
        group(3, Some("Ana"), 9, "2019"),
        group(4, None, 50, "2018"),
    ];
    let ids = |sort, search: &str, only_unnamed| -> Vec<i64> {
        let filter = CardFilter {
            only_unnamed,
            search: search.to_owned(),
            sort,
        };
        Arrangement::sorted(&groups, &filter)
            .order
            .iter()
            .map(|id| id.0)
            .collect()
    };
    assert_eq!(ids(GroupSort::Faces, "", false), [3, 1, 4, 2]);
    assert_eq!(ids(GroupSort::Name, "", false), [3, 1, 4, 2]);
    assert_eq!(ids(GroupSort::Recent, "", false), [1, 3, 2, 4]);
    assert_eq!(ids(GroupSort::Faces, "mar", false), [1]);
    assert_eq!(ids(GroupSort::Faces, "", true), [4, 2]);
}

#[test]
fn groups_that_are_hard_to_recognize_come_last() {
    let unclear = |id, faces, last| GroupSummary {
        is_unclear: true,
        ..group(id, None, faces, last)
    };
    let groups = [
        unclear(1, 9, "2022"),
        group(2, None, 1, "2018"),
        group(3, Some("Ana"), 1, "2017"),
        unclear(4, 1, "2023"),
    ];
    for sort in [GroupSort::Faces, GroupSort::Name, GroupSort::Recent] {
        let filter = CardFilter {
            sort,
            ..CardFilter::default()
        };
        let arranged = Arrangement::sorted(&groups, &filter);
        assert_eq!(arranged.named(), [GroupId(3)]);
        assert_eq!(arranged.unnamed(), [GroupId(2)]);
        let mut last = arranged.unclear().to_vec();
        last.sort_unstable();
        assert_eq!(last, [GroupId(1), GroupId(4)]);

        let after = [unclear(5, 1, ""), groups[0].clone(), groups[1].clone()];
        let kept = arranged.kept(&after, &filter);
        assert_eq!(kept.unnamed(), [GroupId(2)]);
        assert_eq!(
            kept.unclear(),
            [GroupId(1), GroupId(5)],
            "new ones at the end"
        );
    }
}

#[test]
fn a_group_named_while_working_keeps_its_place() {
    let before = [
        group(1, Some("Ana"), 3, ""),
        group(2, None, 9, ""),
        group(3, None, 8, ""),
    ];
    let arranged = Arrangement::sorted(&before, &CardFilter::default());
    let after = [
        group(4, None, 99, ""),
        group(3, Some("Zoe"), 30, ""),
        group(2, None, 9, ""),
    ];
    let kept = arranged.kept(&after, &CardFilter::default());
    assert_eq!(kept.named(), []);
    assert_eq!(kept.unnamed(), [GroupId(2), GroupId(3), GroupId(4)]);
}

#[test]
fn sparse_years_share_a_section_and_undated_photos_have_their_own() {
    let taken = |years: &[(&'static str, usize)]| -> Vec<Option<&'static str>> {
        years
            .iter()
            .flat_map(|&(year, count)| {
                std::iter::repeat_n((!year.is_empty()).then_some(year), count)
            })
            .collect()
    };
    let sections = |years: &[(&'static str, usize)]| year_sections(taken(years).into_iter(), 4);
    let expected = |titles: &[(&str, usize)]| -> Vec<(String, usize)> {
        titles
            .iter()
            .map(|&(title, count)| (title.to_owned(), count))
            .collect()
    };
    assert_eq!(
        sections(&[
            ("2009-01-02", 1),
            ("2011", 2),
            ("2012", 3),
            ("2015", 9),
            ("2016", 5)
        ]),
        expected(&[("2009 – 2012", 6), ("2015", 9), ("2016", 5)])
    );
    assert_eq!(
        sections(&[("2015", 9), ("2016", 2), ("", 1)]),
        expected(&[("2015 – 2016", 11), ("Without a date", 1)])
    );
    assert_eq!(sections(&[("", 2)]), expected(&[("Without a date", 2)]));
    assert_eq!(sections(&[]), []);
}

#[test]
fn a_wide_gap_far_down_is_not_natural() {
    // One person in slightly different light: the widest gap leaves five pieces, but so do most trees.
    let scale = SplitScale::new(&[0.50, 0.42, 0.34, 0.26, 0.10]);
    assert_eq!(scale.natural(), 2);
}
