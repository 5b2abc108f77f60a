//! From a key press to the changed window in a large library: `cargo bench --bench changes [-- LIBRARY]`.
//!
//! The real window without a screen, with a library of 100,000 photos, 200,000 faces and 20,500 groups. LIBRARY is
//! one that `cargo bench --bench library -- --write LIBRARY` made, to save half a minute. A time ends with the frame
//! that shows the change, including its triangles but not the graphics driver.

#![allow(clippy::unwrap_used, reason = "a benchmark that can't go on fails")]

#[path = "common/large_library.rs"]
mod large_library;
#[path = "common/process.rs"]
#[allow(
    dead_code,
    reason = "the benches of work that does not wait use the rest"
)]
mod process;
#[path = "../tests/support/test_library/mod.rs"]
#[allow(dead_code, reason = "the tests use the rest")]
mod synthetic;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::{Key, Modifiers};
use egui_kittest::Harness;
use kinfolk::app::commands::action::Action;
use kinfolk::app::state::navigation::Page;
use kinfolk::app::state::snapshot::Snapshot;
use kinfolk::app::{App, AppOptions};
use kinfolk::library::GroupId;

const ROUNDS: usize = 9;

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.sqlite");
    let given = std::env::args()
        .skip(1)
        .find(|argument| argument != "--bench");
    match given {
        Some(file) => drop(std::fs::copy(file, &path).unwrap()),
        None => large_library::build().keep_as(&path),
    }
    let mut window = Window::open(path);
    println!(
        "milliseconds from key press to the changed frame, median (lowest to highest) of {ROUNDS}"
    );
    let mut times: Vec<(&str, Vec<f64>)> = Vec::new();
    for round in 0..ROUNDS {
        for (what, time) in window.round(round) {
            match times.iter_mut().find(|(known, _)| *known == what) {
                Some((_, all)) => all.push(time),
                None => times.push((what, vec![time])),
            }
        }
    }
    for (what, mut times) in times {
        times.sort_by(f64::total_cmp);
        let (first, middle, last) = (times[0], times[times.len() / 2], times[times.len() - 1]);
        println!("{what:<28} {middle:7.1} ({first:.1} to {last:.1})");
    }
    println!("peak memory {:.0} MiB", process::peak_mebibytes());
}

struct Window(Harness<'static, App>);

impl Window {
    fn open(path: PathBuf) -> Window {
        let options = AppOptions {
            library: Some(path),
            ..AppOptions::default()
        };
        let harness = Harness::builder()
            .with_size([1280.0, 800.0])
            .build_eframe(|cc| App::new(&cc.egui_ctx, options));
        let mut window = Window(harness);
        window.settle();
        window
    }

    fn settle(&mut self) {
        let mut calm = 0;
        while calm < 4 {
            self.0.step();
            calm = if self.0.state().is_at_rest() {
                calm + 1
            } else {
                0
            };
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    fn groups(&self) -> Vec<GroupId> {
        let snapshot = self.0.state().snapshot();
        snapshot.unnamed().map(|group| group.group_id).collect()
    }

    fn go(&mut self, page: Page) {
        self.0.state_mut().push(Action::Go(page));
        self.settle();
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.0.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Milliseconds from this key to a frame that shows the change.
    fn time(&mut self, modifiers: Modifiers, key: Key, shows: impl Fn(&Snapshot) -> bool) -> f64 {
        self.settle();
        let begin = Instant::now();
        self.0.key_press_modifiers(modifiers, key);
        loop {
            self.0.step();
            if shows(&self.0.state().snapshot()) {
                break;
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        let output = self.0.output();
        let triangles = self
            .0
            .ctx
            .tessellate(output.shapes.clone(), output.pixels_per_point);
        assert!(!triangles.is_empty(), "the frame shows nothing");
        let time = begin.elapsed().as_secs_f64() * 1000.0;
        self.settle();
        time
    }

    /// Each command once.
    fn round(&mut self, round: usize) -> Vec<(&'static str, f64)> {
        let none = Modifiers::NONE;
        let mut times = Vec::new();
        let name = format!("Person {round}");

        // On the page of unnamed groups: name the first, merge the next two.
        self.go(Page::Unnamed);
        let groups = self.groups();
        self.press(none, Key::ArrowRight);
        self.press(none, Key::F2);
        self.0.event(egui::Event::Text(name.clone()));
        times.push((
            "name a group",
            self.time(none, Key::Enter, |snapshot| {
                snapshot.person_named(&name).is_some()
            }),
        ));
        self.press(none, Key::Escape);
        self.press(none, Key::Escape);
        self.go(Page::Unnamed);
        let before = self.0.state().snapshot().groups.len();
        self.press(none, Key::ArrowRight);
        self.press(Modifiers::SHIFT, Key::ArrowRight);
        times.push((
            "merge two groups",
            self.time(none, Key::M, |snapshot| snapshot.groups.len() == before - 1),
        ));
        times.push((
            "undo the merge",
            self.time(Modifiers::COMMAND, Key::Z, |snapshot| {
                snapshot.groups.len() == before
            }),
        ));
        // On a group's page: split its first faces out.
        let group_id = groups[3];
        self.go(Page::Group(group_id));
        self.press(none, Key::ArrowRight);
        self.press(Modifiers::SHIFT, Key::ArrowRight);
        times.push((
            "split two faces out",
            self.time(none, Key::S, |snapshot| snapshot.groups.len() == before + 1),
        ));
        times.push((
            "undo the split",
            self.time(Modifiers::COMMAND, Key::Z, |snapshot| {
                snapshot.groups.len() == before
            }),
        ));
        self.press(none, Key::Escape);
        times
    }
}
