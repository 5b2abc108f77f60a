//! Parts of the window that need no window: keys, colours, settings, selection, the way back, fuzzy search.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Color32, Key, KeyboardShortcut, Modifiers};
use kinfolk::app::commands::ui_command::{UiCommand, by_modifiers};
use kinfolk::app::shell::errors::ErrorLog;
use kinfolk::app::state::navigation::{Navigation, Page};
use kinfolk::app::state::selection::{Selection, Selections, Shown};
use kinfolk::app::state::settings::{GroupSort, Settings, SettingsError, ThemeChoice};
use kinfolk::app::state::settings_file::SettingsFile;
use kinfolk::app::theme::{DARK, LIGHT, Tokens};
use kinfolk::app::widgets::fuzzy::fuzzy_score;
use kinfolk::library::{GroupId, PhotoId};
use kinfolk::text::duration;
use strum::IntoEnumIterator as _;

/// The key press of a shortcut on a platform: Ctrl and Cmd are one key or two.
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
fn every_command_has_its_own_label() {
    let mut words: Vec<&str> = UiCommand::iter().map(|command| command.label()).collect();
    assert!(UiCommand::iter().all(|command| command.tooltip().ends_with('.')));
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
    kinfolk::app::theme::install(&ctx);
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

/// Waits for the pause and for the writing thread; returns the error to report.
fn write(memory: &mut SettingsFile, now: Instant) -> Option<SettingsError> {
    let (sender, done) = std::sync::mpsc::channel();
    let mut follow = |later: u64| {
        let sender = sender.clone();
        let written = move || {
            let _ = sender.send(());
        };
        memory.follow(now + Duration::from_secs(later), written)
    };
    let told = follow(0).or(follow(3));
    // A thread writes the settings.
    done.recv_timeout(Duration::from_secs(60)).unwrap();
    told.or(follow(3))
}

#[test]
fn settings_that_could_not_be_written_are_reported_once_and_retried() {
    let folder = tempfile::tempdir().unwrap();
    // A file where the settings' folder should be.
    let blocked = folder.path().join("config");
    replace(&blocked, b"");
    let path = blocked.join("settings.json");
    let mut memory = SettingsFile::load(Some(path.clone()));
    let start = Instant::now();
    memory.settings.card_size = 96.0;
    let told = write(&mut memory, start).unwrap().to_string();
    assert!(told.contains("settings.json"), "{told}");

    // Half a minute later it fails again, without another report.
    assert!(write(&mut memory, start + Duration::from_secs(60)).is_none());
    std::fs::remove_file(&blocked).unwrap();
    assert!(write(&mut memory, start + Duration::from_secs(120)).is_none());
    assert_eq!(Settings::load(&path), memory.settings);

    // Settings that were written are not written again.
    let wrote = memory.follow(start + Duration::from_secs(600), || panic!("written again"));
    assert!(wrote.is_none());

    // The next failure is reported again.
    std::fs::remove_dir_all(&blocked).unwrap();
    replace(&blocked, b"");
    memory.settings.card_size = 112.0;
    assert!(write(&mut memory, start + Duration::from_secs(700)).is_some());
    // At the end of the program too.
    std::fs::remove_file(&blocked).unwrap();
    memory.save_now();
    assert_eq!(Settings::load(&path), memory.settings);
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
    assert_eq!(ids(&selection), [1, 2], "the rest is deselected");
    selection.begin_band(Modifiers::NONE);
    selection.band([4].map(GroupId));
    selection.end_band();
    assert_eq!(ids(&selection), [4]);
}

#[test]
fn what_is_not_shown_is_not_selected_but_remembered() {
    let shown = |ids: &[i64]| Shown::Groups(ids.iter().copied().map(GroupId).collect());
    let mut selections = Selections::default();
    selections.show(&shown(&[1, 2, 3, 4]));
    let order = [1, 2, 3, 4].map(GroupId);
    selections.groups.click(&order, GroupId(2), Modifiers::NONE);
    selections
        .groups
        .click(&order, GroupId(3), Modifiers::COMMAND);
    selections.show(&shown(&[3, 4]));
    assert_eq!(ids(&selections.groups), [3]);
    assert_eq!(selections.groups.single(), Some(GroupId(3)));
    selections.show(&Shown::Nothing);
    assert!(selections.is_empty());
    assert_eq!(selections.groups.cursor(), None);
    assert!(selections.groups.shown().is_empty());
    selections.show(&Shown::Faces(Arc::from([])));
    assert!(selections.is_empty());
    selections.show(&shown(&[4, 3, 2]));
    assert_eq!(ids(&selections.groups), [2, 3]);
    assert_eq!(selections.groups.cursor(), Some(GroupId(3)));

    // Ctrl adds while one is hidden; a click without it begins a new selection.
    selections.show(&shown(&[3, 4]));
    selections
        .groups
        .click(&order, GroupId(4), Modifiers::COMMAND);
    selections.show(&shown(&[2, 3, 4]));
    assert_eq!(ids(&selections.groups), [2, 3, 4]);
    selections.show(&shown(&[3, 4]));
    selections.groups.click(&order, GroupId(4), Modifiers::NONE);
    selections.show(&shown(&[2, 3, 4]));
    assert_eq!(ids(&selections.groups), [4]);

    // Items that no longer exist are not selected again.
    selections.show(&Shown::Nothing);
    selections.groups.retain(|group| group != GroupId(4));
    selections.show(&shown(&[2, 3, 4]));
    assert!(selections.is_empty());
}

#[test]
fn errors_are_kept_newest_first_and_the_same_one_once() {
    let mut errors = ErrorLog::default();
    errors.add("The disk is full.", 10);
    errors.add("The folder is gone.", 20);
    errors.add("The disk is full.", 30);
    let kept: Vec<_> = errors
        .entries()
        .map(|entry| (entry.message.as_str(), entry.at, entry.times))
        .collect();
    assert_eq!(
        kept,
        [("The disk is full.", 30, 2), ("The folder is gone.", 20, 1)]
    );
}

#[test]
fn the_way_back_skips_what_is_gone_and_counts_the_filmstrip_as_one_step() {
    let mut navigation = Navigation::default();
    let among: Arc<[PhotoId]> = Arc::from([1, 2, 3].map(PhotoId));
    navigation.go(Page::Group(GroupId(1)));
    navigation.go(Page::Group(GroupId(2)));
    navigation.open_photo(PhotoId(1), among.clone());
    navigation.open_photo(PhotoId(2), among);
    assert!(navigation.back());
    assert_eq!(navigation.page(), Page::Group(GroupId(2)));
    navigation.retain(|page| !matches!(page, Page::Group(_)));
    assert_eq!(navigation.page(), Page::People);
}

#[test]
fn fuzzy_search_needs_the_letters_in_order_and_prefers_beginnings() {
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
