//! The threads of the window: closing and switching libraries while they work, stopping scans, several exports, the
//! device, and photos read in advance.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use image::{Rgb, RgbImage};
use kinfolk::app::AppOptions;
use kinfolk::app::commands::action::Action;
use kinfolk::app::session::export_thread::ExportJob;
use kinfolk::app::state::settings::Settings;
use kinfolk::cluster::DEFAULT_CUT;
use kinfolk::curate::{self, Command};
use kinfolk::export::AlbumOptions;
use kinfolk::geometry::Size;
use kinfolk::library::{Library, PhotoId};
use kinfolk::stop::StopFlag;
use kinfolk::vision::DeviceChoice;

use crate::support::crowd::{CLEAR, Crowd, size_and_hash, store_photo};
use crate::support::window::{Window, fill};

/// Locks a library against writing, so that a scan or a command waits.
fn keep_from_writing(library: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(library).expect("connection");
    connection
        .execute_batch("BEGIN IMMEDIATE")
        .expect("write lock");
    connection
}

/// Unlocks it after a moment.
fn release_soon(connection: rusqlite::Connection) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        drop(connection);
    })
}

/// Whether a thread of a window still has the library open.
fn is_held(library: &Path) -> bool {
    let lock = File::open(library.with_extension("sqlite.lock")).expect("lock file");
    matches!(lock.try_lock(), Err(TryLockError::WouldBlock))
}

fn library_of(window: &Window) -> PathBuf {
    window.app().snapshot().library.clone()
}

/// Begins to scan an empty folder.
fn scan(window: &mut Window) {
    let folder = window.folder().join("nothing");
    fs::create_dir_all(&folder).expect("folder");
    window.ask([Action::ScanFolder(folder)]);
    window.harness.step();
}

/// Begins a scan and gives a command; neither can end before the lock is released.
fn keep_busy(window: &mut Window) -> rusqlite::Connection {
    let busy = keep_from_writing(&library_of(window));
    let group = window.groups()[0].group_id;
    let name = "Maria".to_owned();
    scan(window);
    window.ask([Action::execute(Command::Name { group, name })]);
    busy
}

fn ungrouped() -> Window {
    Window::open(|library, _| {
        let mut crowd = Crowd::new(1, CLEAR, 3);
        for _ in 0..4 {
            store_photo(library, &mut crowd, &[0]);
        }
    })
}

fn press_button(window: &mut Window, label: &str) {
    window
        .harness
        .get_by_role_and_label(Role::Button, label)
        .click();
    window.harness.step();
    window.harness.step();
}

#[test]
fn another_library_opens_while_the_scan_of_the_first_ends() {
    let mut window = Window::with_groups(&[4, 2]);
    let first = library_of(&window);
    let second = window.folder().join("second.sqlite");
    fill(&mut Library::open(&second).expect("library"), &[3]);
    let busy = keep_busy(&mut window);
    window.ask([Action::SwitchLibrary(second)]);
    window.settle();
    assert_eq!(window.groups().len(), 1);
    assert!(is_held(&first), "it can't have ended");
    drop(busy);
    assert!(window.app().closing().finish(Duration::from_secs(60)));
    assert!(!is_held(&first));
}

#[test]
fn a_library_opened_again_waits_until_its_scan_has_ended() {
    let mut window = Window::with_groups(&[4, 2]);
    let library = library_of(&window);
    let busy = keep_busy(&mut window);
    window.ask([Action::SwitchLibrary(library)]);
    for _ in 0..20 {
        window.harness.step();
        std::thread::sleep(Duration::from_millis(20));
        assert!(window.shows_text("Opening"), "{:?}", window.labels());
    }
    drop(busy);
    window.settle();
    assert_eq!(window.groups().len(), 2, "{:?}", window.labels());
    assert_eq!(window.people(), ["Maria"]);
}

#[test]
fn a_library_that_waits_to_be_opened_can_be_left() {
    let mut window = Window::with_groups(&[4, 2]);
    let library = library_of(&window);
    let other = window.folder().join("other.sqlite");
    let busy = keep_busy(&mut window);
    for path in [&library, &other, &library, &other] {
        window.ask([Action::SwitchLibrary(path.clone())]);
    }
    window.settle();
    assert_eq!(library_of(&window), other);
    drop(busy);
    assert!(window.app().closing().finish(Duration::from_secs(60)));
    assert!(!is_held(&library));
}

#[test]
fn closing_during_a_scan_groups_nothing() {
    let mut window = ungrouped();
    let library = library_of(&window);
    let busy = keep_from_writing(&library);
    scan(&mut window);
    let released = release_soon(busy);
    let _folder = window.close();
    released.join().expect("the lock is released");
    let library = Library::open(&library).expect("the library is closed");
    assert!(library.group_summaries().expect("groups").is_empty());
}

#[test]
fn a_command_given_before_closing_is_executed() {
    let mut window = Window::with_groups(&[4]);
    let path = library_of(&window);
    let group = window.groups()[0].group_id;
    let busy = keep_from_writing(&path);
    let name = "Maria".to_owned();
    window.ask([Action::execute(Command::Name { group, name })]);
    let released = release_soon(busy);
    let _folder = window.close();
    released.join().expect("the lock is released");
    let library = Library::open(&path).expect("the library is closed");
    let groups = library.group_summaries().expect("groups");
    assert_eq!(groups[0].name.as_deref(), Some("Maria"));
}

#[test]
fn a_stopped_scan_groups_what_was_found() {
    let mut window = ungrouped();
    let busy = keep_from_writing(&library_of(&window));
    scan(&mut window);
    press_button(&mut window, "Stop");
    assert!(window.shows("Stop grouping"), "{:?}", window.labels());
    drop(busy);
    window.settle();
    assert_eq!(window.groups().len(), 1, "{:?}", window.app().messages());
}

#[test]
fn a_second_stop_leaves_the_grouping_out() {
    let mut window = ungrouped();
    let busy = keep_from_writing(&library_of(&window));
    scan(&mut window);
    press_button(&mut window, "Stop");
    press_button(&mut window, "Stop grouping");
    drop(busy);
    window.settle();
    assert!(window.groups().is_empty());
    let messages = window.app().messages();
    assert!(
        messages
            .iter()
            .any(|message| message.contains("scan again to group them")),
        "{messages:?}"
    );
    scan(&mut window);
    window.settle();
    assert_eq!(window.groups().len(), 1, "the next scan groups them");
}

/// A person with this number of existing photos.
fn with_album(photos: usize) -> Window {
    Window::open(|library, folder| {
        let place = folder.join("photos");
        fs::create_dir_all(&place).expect("folder");
        let place = place.canonicalize().expect("folder");
        let root = library.add_root(&place).expect("root");
        let mut crowd = Crowd::new(1, CLEAR, 5);
        for number in 0..photos {
            let mut photo = crowd.photo(root, &[0]);
            photo.path = format!("{number}.png");
            let [low, high, ..] = number.to_le_bytes();
            let picture = RgbImage::from_pixel(16, 16, Rgb([low, high, 100]));
            let file = place.join(&photo.path);
            picture.save(&file).expect("photo");
            (photo.file_size, photo.content_hash) = size_and_hash(&fs::read(&file).expect("photo"));
            library.store_scanned(&[photo]).expect("store");
        }
        curate::regroup(library, DEFAULT_CUT, &StopFlag::default(), &mut |_| {}).expect("grouping");
        let group = library.group_summaries().expect("groups")[0].group_id;
        let name = "Maria".to_owned();
        curate::execute(library, Command::Name { group, name }).expect("naming");
    })
}

fn export_to(window: &Window, name: &str) -> Action {
    Action::ExportTo(ExportJob {
        people: vec![window.groups()[0].group_id],
        destination: window.folder().join(name),
        options: AlbumOptions::default(),
    })
}

fn exported(window: &Window, name: &str) -> usize {
    fs::read_dir(window.folder().join(name).join("Maria"))
        .map(Iterator::count)
        .unwrap_or(0)
}

const ALBUM: usize = 300;

#[test]
fn exports_follow_each_other_and_the_status_bar_shows_how_many_wait() {
    let mut window = with_album(ALBUM);
    let exports = ["one", "two", "three"].map(|name| export_to(&window, name));
    window.ask(exports);
    let (mut waited, mut stoppable) = (false, false);
    window.step_until("the exports", |window| {
        waited |= window.shows_text("more exports wait") || window.shows_text("more export waits");
        stoppable |= window.shows("Stop export") && window.shows("Stop all exports");
        window.app().is_at_rest()
    });
    assert!(waited && stoppable);
    for name in ["one", "two", "three"] {
        assert_eq!(exported(&window, name), ALBUM, "{name}");
    }
}

#[test]
fn stop_ends_the_export_that_runs_and_no_other() {
    let mut window = with_album(ALBUM);
    let actions = [
        export_to(&window, "one"),
        export_to(&window, "two"),
        Action::StopExport,
    ];
    window.ask(actions);
    window.settle();
    assert!(exported(&window, "one") < ALBUM);
    assert_eq!(exported(&window, "two"), ALBUM);
}

#[test]
fn all_exports_can_be_stopped_and_the_next_one_is_whole() {
    let mut window = with_album(ALBUM);
    let actions = [
        export_to(&window, "one"),
        export_to(&window, "two"),
        Action::StopAllExports,
        export_to(&window, "three"),
    ];
    window.ask(actions);
    window.settle();
    assert!(exported(&window, "one") < ALBUM);
    assert_eq!(exported(&window, "two"), 0);
    assert_eq!(exported(&window, "three"), ALBUM);
}

#[test]
fn an_export_is_seen_and_stopped_beside_a_scan() {
    let mut window = with_album(ALBUM);
    let busy = keep_from_writing(&library_of(&window));
    scan(&mut window);
    let exports = ["one", "two"].map(|name| export_to(&window, name));
    window.ask(exports);
    let mut both = false;
    window.step_until("the exports", |window| {
        both |= window.shows("Stop") && window.shows("Stop export");
        exported(window, "two") == ALBUM
    });
    assert!(both);
    drop(busy);
    window.settle();
}

/// A window of a build with these devices, and its settings file.
fn with_devices(devices: &[DeviceChoice]) -> (Window, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let library = folder.path().join("library.sqlite");
    fill(&mut Library::open(&library).expect("library"), &[2]);
    let settings = folder.path().join("settings.json");
    let options = AppOptions {
        library: Some(library),
        settings: Some(settings.clone()),
        devices: Some(devices.to_vec()),
        ..AppOptions::default()
    };
    (Window::with(folder, options), settings)
}

fn type_into_palette(window: &mut Window, text: &str) {
    window.press_with(Modifiers::COMMAND, Key::K);
    window.type_text(text);
}

#[test]
fn a_build_for_the_processor_alone_offers_no_device() {
    let (mut window, _) = with_devices(&[DeviceChoice::Cpu]);
    type_into_palette(&mut window, "device");
    assert!(!window.shows_text("Device: "), "{:?}", window.labels());
    window.press(Key::Escape);
    window.click("Library");
    assert!(window.shows("Theme: dark"));
    assert!(!window.shows_text("Device: "), "{:?}", window.labels());
}

#[test]
fn the_device_is_chosen_in_menu_and_palette_and_kept() {
    let devices = [DeviceChoice::Cpu, DeviceChoice::Cuda];
    let (mut window, settings) = with_devices(&devices);
    type_into_palette(&mut window, "device: metal");
    assert!(!window.shows("Device: Metal"));
    window.press(Key::Escape);
    type_into_palette(&mut window, "device: cuda");
    window.press(Key::Enter);
    window.click("Library");
    let line = window
        .harness
        .get_by_role_and_label(Role::RadioButton, "Device: CUDA");
    assert_eq!(
        line.accesskit_node().toggled(),
        Some(egui::accesskit::Toggled::True)
    );
    let _folder = window.close();
    assert_eq!(Settings::load(&settings).device, DeviceChoice::Cuda);
}

#[cfg(not(feature = "cuda"))]
#[test]
fn an_unusable_device_is_reported_and_the_cpu_is_used() {
    let devices = [DeviceChoice::Cpu, DeviceChoice::Cuda];
    let (mut window, _) = with_devices(&devices);
    type_into_palette(&mut window, "device: cuda");
    window.press(Key::Enter);
    scan(&mut window);
    window.settle();
    let messages = window.app().messages();
    let told = |part: &str| messages.iter().any(|message| message.contains(part));
    assert!(told("choose \"Device: CPU\""), "{messages:?}");
    assert!(told("Scanned"), "{messages:?}");
}

const PHOTO: Size = Size {
    width: 4000,
    height: 3000,
};

/// A window with photos of 12 megapixels, and their folder.
fn with_photos(count: usize) -> (Window, PathBuf) {
    let mut place = PathBuf::new();
    let window = Window::open(|library, folder| {
        let photos = folder.join("photos");
        fs::create_dir_all(&photos).expect("folder");
        place = photos.canonicalize().expect("folder");
        let root = library.add_root(&place).expect("root");
        let mut crowd = Crowd::new(1, CLEAR, 5);
        let picture = RgbImage::from_pixel(PHOTO.width, PHOTO.height, Rgb([90, 120, 60]));
        for number in 0..count {
            let mut photo = crowd.photo(root, &[]);
            photo.path = format!("{number}.jpg");
            photo.size = PHOTO;
            picture.save(place.join(&photo.path)).expect("photo");
            library.store_scanned(&[photo]).expect("store");
        }
    });
    (window, place)
}

fn open_first_photo(window: &mut Window) {
    window.press(Key::Num3);
    let among: Vec<PhotoId> = (1..=3).map(PhotoId).collect();
    let open = Action::OpenPhoto {
        photo_id: among[0],
        among: among.into(),
    };
    window.ask([open]);
    window.step_until("the pictures", |window| {
        window.app().has_all_pictures() && is_sharp(window, "Photo 0.jpg")
    });
    // The neighbours are requested once the first photo is sharp.
    for _ in 0..4 {
        window.harness.step();
    }
    window.step_until("the pictures read ahead", |window| {
        window.app().has_all_pictures()
    });
}

fn is_sharp(window: &Window, label: &str) -> bool {
    window
        .harness
        .query_by_role_and_label(Role::Image, label)
        .is_some_and(|node| !node.accesskit_node().is_busy())
}

/// The sizes of the photos' textures, the largest first.
fn photo_textures(window: &Window) -> Vec<[usize; 2]> {
    let manager = window.harness.ctx.tex_manager();
    let manager = manager.read();
    let mut sizes: Vec<[usize; 2]> = manager
        .allocated()
        .filter(|(_, meta)| meta.name == "picture" && meta.size[0] > 160)
        .map(|(_, meta)| meta.size)
        .collect();
    sizes.sort_unstable_by_key(|size| std::cmp::Reverse(*size));
    sizes
}

#[test]
fn a_photo_is_decoded_as_large_as_it_is_shown() {
    let (mut window, _) = with_photos(1);
    open_first_photo(&mut window);
    assert_eq!(photo_textures(&window), [[1000, 750]]);
    for _ in 0..20 {
        window.press(Key::Plus);
    }
    // As large as the textures of this window may be.
    window.step_until("the whole photo", |window| {
        photo_textures(window).first() == Some(&[2048, 1536])
    });
}

#[test]
fn the_next_and_the_previous_photo_are_read_ahead() {
    let (mut window, place) = with_photos(3);
    open_first_photo(&mut window);
    fs::remove_file(place.join("1.jpg")).expect("remove");
    window.press(Key::PageDown);
    assert!(is_sharp(&window, "Photo 1.jpg"), "{:?}", window.labels());
}
