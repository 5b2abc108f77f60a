//! The window's parts that need no window: keys, colours, settings, selection, the way back, fuzzy search.
#![cfg(feature = "gui")]
#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::BTreeMap;
use std::sync::Arc;

use egui::{Color32, Key, KeyboardShortcut, Modifiers};
use kinfolk::app::place::{Navigation, Place};
use kinfolk::app::selection::Selection;
use kinfolk::app::settings::{GroupSort, Settings, ThemeChoice};
use kinfolk::app::shell::palette::fuzzy_score;
use kinfolk::app::shell::status_bar::duration;
use kinfolk::app::tokens::{DARK, LIGHT, Tokens};
use kinfolk::app::ui_command::{UiCommand, by_modifiers};
use kinfolk::library::{GroupId, PhotoId};

/// What a press of these keys is on a platform: Ctrl and Cmd are one key or two.
fn pressed(shortcut: &KeyboardShortcut, is_mac: bool) -> (bool, bool, bool, bool, Key) {
    let Modifiers {
        alt,
        ctrl,
        shift,
        mac_cmd,
        command,
    } = shortcut.modifiers;
    let (ctrl, cmd) = if is_mac {
        (ctrl, mac_cmd || command)
    } else {
        (ctrl || command, false)
    };
    (alt, ctrl, shift, cmd, shortcut.logical_key)
}

#[test]
fn no_two_commands_share_a_key_on_any_platform() {
    for is_mac in [false, true] {
        let mut taken: BTreeMap<String, UiCommand> = BTreeMap::new();
        for (shortcut, command) in by_modifiers() {
            let keys = format!("{:?}", pressed(&shortcut, is_mac));
            if let Some(other) = taken.insert(keys, command) {
                panic!("{other:?} and {command:?} share {shortcut:?} (mac: {is_mac})");
            }
        }
    }
}

#[test]
fn shortcuts_with_more_modifiers_come_first() {
    let position = |wanted: UiCommand| {
        by_modifiers()
            .position(|(_, command)| command == wanted)
            .unwrap()
    };
    assert!(position(UiCommand::Redo) < position(UiCommand::Undo));
    assert!(position(UiCommand::NotAFace) < position(UiCommand::Remove));
}

#[test]
fn every_command_has_words_of_its_own() {
    let mut words: Vec<&str> = UiCommand::ALL
        .iter()
        .map(|command| command.text())
        .collect();
    assert!(
        UiCommand::ALL
            .iter()
            .all(|command| command.tooltip().ends_with('.'))
    );
    words.sort_unstable();
    let count = words.len();
    words.dedup();
    assert_eq!(words.len(), count);
}

/// Relative luminance, WCAG 2.2.
fn luminance(color: Color32) -> f32 {
    let linear = |value: u8| {
        let value = f32::from(value) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * linear(color.r()) + 0.7152 * linear(color.g()) + 0.0722 * linear(color.b())
}

fn contrast(a: Color32, b: Color32) -> f32 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn text_stands_out_from_what_it_is_on() {
    for tokens in [DARK, LIGHT] {
        let Tokens {
            surface,
            chrome,
            raised,
            selected,
            ..
        } = tokens;
        for background in [surface, chrome, raised, selected] {
            for (name, text) in [("text", tokens.text), ("weak", tokens.text_weak)] {
                let found = contrast(text, background);
                assert!(found >= 4.5, "{name} on {background:?}: {found}");
            }
        }
        for (name, text) in [
            ("yes", tokens.yes),
            ("no", tokens.no),
            ("maybe", tokens.maybe),
        ] {
            assert!(
                contrast(text, chrome) >= 4.5,
                "{name}: {}",
                contrast(text, chrome)
            );
        }
        assert!(contrast(tokens.on_accent, tokens.accent) >= 4.5);
    }
}

#[test]
fn greys_do_not_tint_photos() {
    for tokens in [DARK, LIGHT] {
        for grey in [
            tokens.surface,
            tokens.chrome,
            tokens.raised,
            tokens.well,
            tokens.button,
            tokens.line,
            tokens.text,
        ] {
            assert!(grey.r() == grey.g() && grey.g() == grey.b(), "{grey:?}");
        }
    }
}

#[test]
fn digits_are_equally_wide_so_that_counts_line_up() {
    let ctx = egui::Context::default();
    kinfolk::app::tokens::install(&ctx);
    let mut widths = Vec::new();
    let output = ctx.run_ui(egui::RawInput::default(), |ui| {
        let font = egui::FontId::proportional(13.0);
        widths = ui.fonts_mut(|fonts| {
            ('0'..='9')
                .map(|digit| fonts.glyph_width(&font, digit))
                .collect::<Vec<f32>>()
        });
    });
    output.drop_without_applying_deltas();
    assert!(
        widths.iter().all(|width| (width - widths[0]).abs() < 0.01),
        "{widths:?}"
    );
}

#[test]
fn settings_come_back_and_a_damaged_file_means_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new folder").join("settings.json");
    assert_eq!(Settings::load(&path), Settings::default());
    let mut settings = Settings {
        theme: ThemeChoice::Dark,
        sort: GroupSort::Name,
        library: Some("/photos/library.sqlite".into()),
        card_size: 96.0,
        ..Settings::default()
    };
    settings.window.position = Some([12.0, 34.0]);
    settings.save(&path).unwrap();
    assert_eq!(Settings::load(&path), settings);
    for damaged in [&b"{\"theme\": \"dark\""[..], b"\xff\xfe", b"[]"] {
        replace(&path, damaged);
        assert_eq!(Settings::load(&path), Settings::default());
    }
    replace(&path, b"{\"card_size\": 1e30, \"theme\": \"light\"}");
    let bounded = Settings::load(&path);
    assert_eq!(
        (bounded.card_size, bounded.theme),
        (240.0, ThemeChoice::Light)
    );
}

fn replace(path: &std::path::Path, bytes: &[u8]) {
    use std::io::Write as _;
    std::fs::File::create(path)
        .unwrap()
        .write_all(bytes)
        .unwrap();
}

fn ids(selection: &Selection<GroupId>) -> Vec<i64> {
    selection.iter().map(|group| group.0).collect()
}

#[test]
fn clicks_select_as_in_a_file_manager() {
    let order: Vec<GroupId> = [5, 3, 9, 1, 7].map(GroupId).to_vec();
    let mut selection = Selection::default();
    selection.click(&order, GroupId(3), Modifiers::NONE);
    selection.click(&order, GroupId(1), Modifiers::SHIFT);
    assert_eq!(ids(&selection), [1, 3, 9]);
    selection.click(&order, GroupId(5), Modifiers::SHIFT);
    assert_eq!(ids(&selection), [3, 5], "a range begins at the anchor");
    selection.click(&order, GroupId(7), Modifiers::COMMAND);
    selection.click(&order, GroupId(3), Modifiers::COMMAND);
    assert_eq!(ids(&selection), [5, 7]);
    selection.click(&order, GroupId(9), Modifiers::NONE);
    assert_eq!(ids(&selection), [9]);
}

#[test]
fn arrows_stay_inside_the_grid_and_extend_with_shift() {
    let order: Vec<GroupId> = (1..=7).map(GroupId).collect();
    let mut selection = Selection::default();
    assert_eq!(
        selection.step(&order, 1, false),
        Some(GroupId(1)),
        "the first arrow goes to the first card"
    );
    assert_eq!(selection.step(&order, 3, false), Some(GroupId(4)));
    assert_eq!(
        selection.step(&order, -5, false),
        Some(GroupId(4)),
        "no row above"
    );
    selection.step(&order, 3, true);
    assert_eq!(ids(&selection), [4, 5, 6, 7]);
    assert_eq!(selection.step(&[], 1, false), None);
}

#[test]
fn a_rubber_band_adds_to_the_selection_only_with_ctrl_or_shift() {
    let mut selection = Selection::default();
    selection.set(GroupId(1));
    selection.begin_band(Modifiers::COMMAND);
    selection.band([2, 3].map(GroupId));
    selection.band([2].map(GroupId));
    selection.end_band();
    assert_eq!(ids(&selection), [1, 2], "what the band has left is let go");
    selection.begin_band(Modifiers::NONE);
    selection.band([4].map(GroupId));
    selection.end_band();
    assert_eq!(ids(&selection), [4]);
}

#[test]
fn the_way_back_skips_what_is_gone_and_takes_the_filmstrip_as_one_step() {
    let mut navigation = Navigation::default();
    let among: Arc<[PhotoId]> = Arc::from([1, 2, 3].map(PhotoId));
    navigation.go(Place::Group(GroupId(1)));
    navigation.go(Place::Group(GroupId(2)));
    navigation.open_photo(PhotoId(1), among.clone());
    navigation.open_photo(PhotoId(2), among);
    assert!(navigation.back());
    assert_eq!(navigation.place(), Place::Group(GroupId(2)));
    navigation.retain(|place| !matches!(place, Place::Group(_)));
    assert_eq!(navigation.place(), Place::People);
}

#[test]
fn fuzzy_search_wants_the_letters_in_order_and_prefers_beginnings() {
    assert_eq!(fuzzy_score("mx", "Maria"), None);
    assert!(fuzzy_score("exp", "Export albums…") > fuzzy_score("exp", "Next page"));
    assert!(fuzzy_score("ea", "Export albums…") > fuzzy_score("ea", "Remove name"));
    assert!(fuzzy_score("", "anything").is_some());
}

#[test]
fn durations_read_as_people_say_them() {
    assert_eq!(duration(9.4), "9 s");
    assert_eq!(duration(540.0), "9 min");
    assert_eq!(duration(12_000.0), "3 h 20 min");
    assert_eq!(duration(-3.0), "0 s");
}

#[test]
fn the_binary_carries_every_demo_photo() {
    let folder = tempfile::tempdir().unwrap();
    kinfolk::app::demo::unpack(folder.path()).unwrap();
    let names = |folder: &std::path::Path| {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    let assets = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
    assert_eq!(names(folder.path()), names(&assets));
}
