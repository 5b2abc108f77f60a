//! The whole window over a library of drawn people, driven by accessible labels as a blind user would.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use kinfolk::app::commands::action::Action;
use kinfolk::app::{App, AppOptions, Closing};
use kinfolk::cluster::DEFAULT_CUT;
use kinfolk::curate::{self, Command};
use kinfolk::library::{GroupId, GroupSummary, Library};
use kinfolk::stop::StopFlag;
use tempfile::TempDir;

use crate::support::crowd::{CLEAR, Crowd, store_photo};

/// Maximum time to wait for the window's threads on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A window with its own library in a temporary folder.
pub struct Window {
    // Dropped in this order.
    pub harness: Harness<'static, App>,
    closed: Closed,
    folder: TempDir,
}

/// Waits until the window's libraries are closed, so that their folder can be removed.
struct Closed(Closing);

impl Drop for Closed {
    fn drop(&mut self) {
        self.0.finish(PATIENCE);
    }
}

impl Window {
    /// A window with a new library that `fill` has filled.
    pub fn open(fill: impl FnOnce(&mut Library, &Path)) -> Window {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("library.sqlite");
        let mut library = Library::open(&path).expect("new library");
        fill(&mut library, folder.path());
        drop(library);
        Window::on(folder, path)
    }

    /// [`Window::open`], with nothing drawn yet.
    pub fn begin(fill: impl FnOnce(&mut Library, &Path)) -> Window {
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("library.sqlite");
        let mut library = Library::open(&path).expect("new library");
        fill(&mut library, folder.path());
        drop(library);
        let options = AppOptions {
            library: Some(path),
            ..AppOptions::default()
        };
        Window::unsettled(folder, options)
    }

    /// A window with the library at `path`.
    pub fn on(folder: TempDir, path: PathBuf) -> Window {
        let options = AppOptions {
            library: Some(path),
            ..AppOptions::default()
        };
        Window::with(folder, options)
    }

    /// A window with these options.
    pub fn with(folder: TempDir, options: AppOptions) -> Window {
        let mut window = Window::unsettled(folder, options);
        window.settle();
        window
    }

    fn unsettled(folder: TempDir, options: AppOptions) -> Window {
        let options = AppOptions {
            demo_folder: Some(folder.path().join("demo")),
            ..options
        };
        let harness = Harness::builder()
            .with_size([1280.0, 800.0])
            .with_step_dt(0.1)
            .build_eframe(|cc| App::new(&cc.egui_ctx, options));
        let closed = Closed(harness.state().closing());
        Window {
            harness,
            closed,
            folder,
        }
    }

    /// Unnamed groups of drawn people: `faces[0]` faces of the first, `faces[1]` of the second, …, each in its own
    /// photo.
    pub fn with_groups(faces: &[usize]) -> Window {
        Window::open(|library, _| fill(library, faces))
    }

    /// One person, Maria: four faces confirmed by naming, three suggested.
    pub fn with_suggestions() -> Window {
        Window::open(|library, _| {
            let mut crowd = Crowd::new(1, CLEAR, 3);
            for _ in 0..4 {
                store_photo(library, &mut crowd, &[0]);
            }
            regroup(library);
            let group = library.group_summaries().expect("groups")[0].group_id;
            let name = "Maria".to_owned();
            curate::execute(library, Command::Name { group, name }).expect("naming");
            for _ in 0..3 {
                store_photo(library, &mut crowd, &[0]);
            }
            regroup(library);
        })
    }

    pub fn app(&self) -> &App {
        self.harness.state()
    }

    /// Closes the window and waits until its library is closed.
    pub fn close(self) -> TempDir {
        let Window {
            harness,
            closed,
            folder,
        } = self;
        drop(harness);
        drop(closed);
        folder
    }

    /// Draws until `done`.
    pub fn step_until(&mut self, what: &str, mut done: impl FnMut(&Window) -> bool) {
        let since = Instant::now();
        while !done(self) {
            assert!(
                since.elapsed() < PATIENCE,
                "waited in vain for {what}; the window shows {:?}",
                self.labels()
            );
            self.harness.step();
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Pushes actions as a view does, and draws the frame that runs them.
    pub fn ask(&mut self, actions: impl IntoIterator<Item = Action>) {
        for action in actions {
            self.harness.state_mut().push(action);
        }
        self.harness.step();
    }

    pub fn app_mut(&mut self) -> &mut App {
        self.harness.state_mut()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Draws until nothing is in progress.
    pub fn settle(&mut self) {
        let since = Instant::now();
        let mut calm = 0;
        while calm < 4 {
            self.harness.step();
            calm = if self.app().is_at_rest() { calm + 1 } else { 0 };
            assert!(
                since.elapsed() < PATIENCE,
                "the window does not come to rest; it says {:?}",
                self.app().messages()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Presses the button with this label.
    pub fn click(&mut self, label: &str) {
        self.harness
            .get_by_role_and_label(Role::Button, label)
            .click();
        self.settle();
    }

    pub fn click_with(&mut self, label: &str, modifiers: Modifiers) {
        self.harness
            .get_by_role_and_label(Role::Button, label)
            .click_modifiers(modifiers);
        self.settle();
    }

    /// Whether something with this label exists.
    pub fn shows(&self, label: &str) -> bool {
        self.harness.query_all_by_label(label).next().is_some()
    }

    pub fn shows_text(&self, part: &str) -> bool {
        self.harness
            .query_all_by_label_contains(part)
            .next()
            .is_some()
    }

    pub fn press(&mut self, key: Key) {
        self.harness.key_press(key);
        self.settle();
    }

    pub fn press_with(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    /// Types into the focused field.
    pub fn type_text(&mut self, text: &str) {
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.settle();
    }

    pub fn groups(&self) -> Vec<GroupSummary> {
        self.app().snapshot().groups.to_vec()
    }

    /// The names of the people, sorted.
    pub fn people(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .groups()
            .into_iter()
            .filter_map(|group| group.name)
            .collect();
        names.sort();
        names
    }

    /// The label of a group's card.
    pub fn card(&self, group_id: GroupId) -> String {
        let snapshot = self.app().snapshot();
        let group = snapshot.group(group_id).expect("the group is there");
        let faces = if group.faces == 1 { "face" } else { "faces" };
        let away = match group.away {
            0 => String::new(),
            away => format!(", {away} away"),
        };
        match &group.name {
            Some(name) => format!("{name}, {} {faces}{away}", group.faces),
            None => format!("Unnamed group {group_id}, {} {faces}{away}", group.faces),
        }
    }

    /// Every label in the window, for the messages of failing tests.
    pub fn labels(&self) -> Vec<String> {
        self.harness
            .query_all(
                egui_kittest::kittest::by()
                    .recursive(true)
                    .predicate(|node| node.label().is_some()),
            )
            .filter_map(|node| node.accesskit_node().label())
            .collect()
    }
}

/// Stores groups of these sizes in a library and groups them as a scan does.
pub fn fill(library: &mut Library, faces: &[usize]) {
    let mut crowd = Crowd::new(faces.len(), CLEAR, 7);
    for (person, count) in faces.iter().enumerate() {
        for _ in 0..*count {
            store_photo(library, &mut crowd, &[person]);
        }
    }
    regroup(library);
}

/// Groups all faces as a scan does at its end.
pub fn regroup(library: &mut Library) {
    curate::regroup(library, DEFAULT_CUT, &StopFlag::default(), &mut |_| {}).expect("grouping");
}
